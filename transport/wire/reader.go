package wire

import (
	"encoding/binary"
	"fmt"
)

// Kind is what a client's WebSocket frame is.
type Kind byte

// The kinds that Reader finds: whole messages, and control frames as they
// come between the parts of one.
const (
	TextMessage Kind = 0x1
	CloseFrame  Kind = 0x8
	PingFrame   Kind = 0x9
	PongFrame   Kind = 0xa

	kindPart   Kind = 0x0
	kindBinary Kind = 0x2
)

// Breach is what RFC 6455 or this protocol does not allow. The connection is
// to be ended with the code; nothing after it can be read.
type Breach struct{ Code CloseCode }

func (b *Breach) Error() string { return fmt.Sprintf("client frame refused with %d", b.Code) }

// maxParts is in how many frames a message may come: far more than anybody
// needs, and few enough that empty ones are no way to keep a reader busy.
const maxParts = 64

// maxClientHeader is the longest header of a client's frame: two bytes, a
// length of eight, a mask of four.
const maxClientHeader = 14

// Reader finds the messages in what a client sends, as the bytes come. Unlike
// a WebSocket library it reads and writes nothing itself, because a connection
// need not have a goroutine that waits, and has another for writing. It judges
// a frame by its header, before it takes any of the payload, and keeps bytes
// only of what came cut. The zero value is at the beginning of a connection
// that has been upgraded.
type Reader struct {
	text    []byte // of a message that is not whole yet
	control []byte // of a control frame that is not
	frame   frameHeader
	got     int // bytes of the frame's payload so far
	header  [maxClientHeader]byte
	mask    [4]byte
	have    uint8 // bytes of the header so far
	parts   uint8 // frames of the message so far; zero: none is under way
	inside  bool  // the header is whole, its payload is not
}

// frameHeader is the header of one client frame.
type frameHeader struct {
	kind Kind
	fin  bool
	n    int // bytes of payload
}

// Next looks for the next message or control frame in p, which is what came
// after all that it was given before. If kind is zero, all of p was taken and
// nothing is whole yet; else rest is what is left of p, for the next call. It
// unmasks in place: payload may lie in p, and is valid as long as p is. An error
// is a *Breach, after which nothing may be read.
func (r *Reader) Next(p []byte) (kind Kind, payload, rest []byte, err error) {
	for {
		if !r.inside {
			if p, err = r.takeHeader(p); err != nil || !r.inside {
				return 0, nil, nil, err
			}
		}
		part := p[:min(len(p), r.frame.n-r.got)]
		p = p[len(part):]
		for i := range part {
			part[i] ^= r.mask[(r.got+i)&3]
		}
		r.got += len(part)
		whole := r.got == r.frame.n
		r.inside = !whole
		control := r.frame.kind >= CloseFrame
		kept := &r.text
		if control {
			kept = &r.control
		}
		joined := join(kept, part, whole && r.frame.fin)
		switch {
		case !whole: // p is empty
			return 0, nil, nil, nil
		case control:
			return r.frame.kind, joined, p, nil
		}
		r.parts++
		if r.frame.fin {
			r.parts = 0
			return TextMessage, joined, p, nil
		}
	}
}

// join is what has been kept and what came now, in one piece. If that is not
// all, it is kept; else nothing is any more.
func join(kept *[]byte, came []byte, all bool) []byte {
	if all && len(*kept) == 0 {
		return came // whole as it came: nothing is copied
	}
	joined := append(*kept, came...)
	*kept = joined
	if all {
		*kept = nil
	}
	return joined
}

// takeHeader takes what p has of a frame's header and judges it as far as it
// is there. When it is whole, r is inside the frame.
func (r *Reader) takeHeader(p []byte) (rest []byte, err error) {
	p, ok := r.fill(p, 2)
	if !ok {
		return nil, nil
	}
	h := frameHeader{kind: Kind(r.header[0] & 0x0f), fin: r.header[0]&0x80 != 0}
	reserved, masked := r.header[0]&0x70 != 0, r.header[1]&0x80 != 0
	length, size := uint64(r.header[1]&0x7f), 2
	switch {
	case reserved || !masked || !r.fits(h):
		return nil, &Breach{CloseProtocol}
	case h.kind >= CloseFrame && length > maxControlPayload:
		return nil, &Breach{CloseProtocol}
	case h.kind == kindBinary:
		return nil, &Breach{CloseUnsupported}
	}
	switch length {
	case 126:
		if p, ok = r.fill(p, 4); ok {
			length, size = uint64(binary.BigEndian.Uint16(r.header[2:])), 4
		}
	case 127:
		if p, ok = r.fill(p, 10); ok {
			length, size = binary.BigEndian.Uint64(r.header[2:]), 10
		}
	}
	if !ok {
		return nil, nil
	}
	have := 0
	if h.kind == kindPart {
		have = len(r.text)
	}
	if length > uint64(MaxClientFrame-have) || r.parts == maxParts && h.kind == kindPart {
		return nil, &Breach{CloseTooBig}
	}
	if p, ok = r.fill(p, size+len(r.mask)); !ok {
		return nil, nil
	}
	copy(r.mask[:], r.header[size:])
	h.n = int(length)
	r.frame, r.got, r.have, r.inside = h, 0, 0, true
	return p, nil
}

// fill takes bytes of p until n of the header are there, and tells whether
// they are.
func (r *Reader) fill(p []byte, n int) (rest []byte, ok bool) {
	if int(r.have) < n {
		k := copy(r.header[r.have:n], p)
		r.have += uint8(k)
		p = p[k:]
	}
	return p, int(r.have) >= n
}

// fits tells whether a frame of this kind may come now.
func (r *Reader) fits(h frameHeader) bool {
	switch h.kind {
	case TextMessage, kindBinary:
		return r.parts == 0
	case kindPart:
		return r.parts > 0
	case CloseFrame, PingFrame, PongFrame:
		return h.fin
	}
	return false
}
