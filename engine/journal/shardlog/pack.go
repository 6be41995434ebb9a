package shardlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"gobua/engine"
)

// The format of a message. DESIGN.md describes it; a change to any of it is a
// new packFormat.
const (
	packFormat = "1"
	packMagic  = "gobua pack " + packFormat + "\n"
)

// kind is what a message is.
type kind byte

const (
	kindPack    kind = 'p' // what sessions of a shard decided
	kindFence   kind = 'f' // from here on another node decides
	kindSettled kind = 's' // the office has a session's result
)

// sender tells messages of one process from all others, and from each other.
type sender struct {
	incarnation uint64 // drawn at Open
	epoch       uint64 // of the fence under which it was sent; zero: a settled mark
	counter     uint64 // of the incarnation
}

// message is one message of the log.
type message struct {
	kind  kind
	shard int
	from  sender

	parts   []engine.Part    // of a pack; no session twice
	node    string           // of a fence: who decides from here on
	session engine.SessionID // of a settled mark
}

// Widths in bytes.
const (
	idBytes      = 12
	hashBytes    = len(engine.Hash{})
	headerBytes  = len(packMagic) + 1 + 2 + 3*8
	checkBytes   = 4
	partBytes    = idBytes + 8 + hashBytes + 4
	entryBytes   = hashBytes + 4 + 4
	maxNodeBytes = 255
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sizeOf is how many bytes parts take in a pack.
func sizeOf(parts []engine.Part) (size int) {
	for _, p := range parts {
		size += partBytes
		for i := range p.Entries {
			size += entryBytes + len(p.Entries[i].Body) + len(p.Entries[i].Disclosure)
		}
	}
	return size
}

// encode writes a message. The entries of a part follow its head without a gap,
// so their numbers are not written.
func (m *message) encode() []byte {
	b := make([]byte, 0, headerBytes+4+sizeOf(m.parts)+1+len(m.node)+idBytes+checkBytes)
	b = append(b, packMagic...)
	b = append(b, byte(m.kind))
	b = binary.BigEndian.AppendUint16(b, uint16(m.shard))
	b = binary.BigEndian.AppendUint64(b, m.from.incarnation)
	b = binary.BigEndian.AppendUint64(b, m.from.epoch)
	b = binary.BigEndian.AppendUint64(b, m.from.counter)
	switch m.kind {
	case kindFence:
		b = append(b, byte(len(m.node)))
		b = append(b, m.node...)
	case kindSettled:
		b = append(b, m.session...)
	case kindPack:
		b = binary.BigEndian.AppendUint32(b, uint32(len(m.parts)))
		for _, p := range m.parts {
			b = appendPart(b, p)
		}
	}
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func appendPart(b []byte, p engine.Part) []byte {
	b = append(b, p.Session...)
	b = binary.BigEndian.AppendUint64(b, uint64(p.After.Seq))
	b = append(b, p.After.Hash[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(p.Entries)))
	for _, e := range p.Entries {
		b = append(b, e.Hash[:]...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(e.Body)))
		b = append(b, e.Body...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(e.Disclosure)))
		b = append(b, e.Disclosure...)
	}
	return b
}

// decode reads a message. Bodies are parts of b, not copies. Anything that
// encode does not write is an error that says what is wrong.
func decode(b []byte) (*message, error) {
	if len(b) < headerBytes+checkBytes {
		return nil, fmt.Errorf("%d bytes are too few", len(b))
	}
	if string(b[:len(packMagic)]) != packMagic {
		return nil, fmt.Errorf("it begins with %q", b[:len(packMagic)])
	}
	body := b[:len(b)-checkBytes]
	if crc32.Checksum(body, castagnoli) != binary.BigEndian.Uint32(b[len(body):]) {
		return nil, errors.New("its checksum is wrong")
	}
	r := reader{b: body[len(packMagic):]}
	m := &message{kind: kind(r.take(1)[0]), shard: int(binary.BigEndian.Uint16(r.take(2)))}
	m.from = sender{incarnation: r.u64(), epoch: r.u64(), counter: r.u64()}
	switch m.kind {
	case kindFence:
		if n := r.take(1); n != nil {
			m.node = string(r.take(int(n[0])))
		}
	case kindSettled:
		m.session = r.session()
	case kindPack:
		m.parts = r.parts()
	default:
		return nil, fmt.Errorf("%q is no kind of message", byte(m.kind))
	}
	if r.err == nil && len(r.b) > 0 {
		r.fail("%d bytes too many", len(r.b))
	}
	return m, r.err
}

// reader takes a message apart. After the first error it gives zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
	r.b = nil
}

// take returns the next n bytes, nil after an error.
func (r *reader) take(n int) []byte {
	if r.err != nil || n > len(r.b) {
		r.fail("it ends in the middle")
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u32() int {
	if b := r.take(4); b != nil {
		return int(binary.BigEndian.Uint32(b))
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *reader) hash() (h engine.Hash) {
	copy(h[:], r.take(hashBytes))
	return h
}

func (r *reader) session() engine.SessionID {
	id := engine.SessionID(r.take(idBytes))
	if r.err == nil && !id.Valid() {
		r.fail("%q is no session id", string(id))
	}
	return id
}

// count reads how many things of at least a size follow.
func (r *reader) count(size int) int {
	n := r.u32()
	if n > len(r.b)/size {
		r.fail("it promises %d of at least %d bytes in %d", n, size, len(r.b))
		return 0
	}
	return n
}

func (r *reader) parts() []engine.Part {
	parts := make([]engine.Part, r.count(partBytes))
	seen := make(map[engine.SessionID]bool, len(parts))
	for i := range parts {
		p := &parts[i]
		p.Session = r.session()
		p.After.Seq = engine.Seq(r.u64())
		p.After.Hash = r.hash()
		p.Entries = make([]engine.Entry, r.count(entryBytes))
		for n := range p.Entries {
			e := &p.Entries[n]
			e.Seq = p.After.Seq + 1 + engine.Seq(n)
			e.Hash = r.hash()
			e.Body = r.take(r.u32())
			if d := r.take(r.u32()); len(d) > 0 {
				e.Disclosure = d
			}
		}
		if seen[p.Session] {
			r.fail("session %s is in it twice", p.Session)
		}
		seen[p.Session] = true
		if r.err != nil {
			return nil
		}
	}
	return parts
}

// end is where a part leaves its session.
func end(p engine.Part) engine.Head {
	if len(p.Entries) == 0 {
		return p.After
	}
	last := p.Entries[len(p.Entries)-1]
	return engine.Head{Seq: last.Seq, Hash: last.Hash}
}
