package journal

import (
	"encoding/binary"
	"fmt"

	"gobua/engine"
)

// The folder's key space. DESIGN.md describes it; a change to any of it is a
// new format stamp.
const (
	tagFormat     = 'f' // f                       -> formatStamp
	tagRow        = 'r' // r, session, sequence    -> hash, body
	tagDisclosure = 'd' // d, session, sequence    -> what the body only commits to
	tagSettled    = 's' // s, session              -> nothing
)

// Format is the version of the folder's layout that this program writes.
const Format = "2"

// formatStamp tells which layout the rows have. A program that does not know
// the stamp it finds refuses the folder.
const formatStamp = "gobua journal " + Format

// firstStamp is the layout without disclosures. Its rows mean the same, so a
// folder that has it is taken over.
const firstStamp = "gobua journal 1"

// Widths in bytes.
const (
	idBytes      = 12
	seqBytes     = 8
	hashBytes    = len(engine.Hash{})
	rowKeyBytes  = 1 + idBytes + seqBytes
	markKeyBytes = 1 + idBytes
)

// Limits of one append. A record is a few hundred bytes; the largest holds a
// session's rules. A batch must fit well inside the memory table, or Pebble
// takes a slower way.
const (
	MaxBodyBytes       = 1 << 20
	MaxDisclosureBytes = 4 << 10 // an amount, or a reserve and a seed, with their salt
	MaxBatchBytes      = 4 << 20
)

var formatKey = []byte{tagFormat}

// putRowKey writes the key of a row or a disclosure into dst, which has rowKeyBytes bytes. Keys of
// one session sort by sequence, so a replay is one range.
func putRowKey(dst []byte, tag byte, id engine.SessionID, seq engine.Seq) {
	dst[0] = tag
	copy(dst[1:1+idBytes], id)
	binary.BigEndian.PutUint64(dst[1+idBytes:], uint64(seq))
}

func rowKey(id engine.SessionID, seq engine.Seq) []byte { return taggedKey(tagRow, id, seq) }

func disclosureKey(id engine.SessionID, seq engine.Seq) []byte {
	return taggedKey(tagDisclosure, id, seq)
}

func taggedKey(tag byte, id engine.SessionID, seq engine.Seq) []byte {
	key := make([]byte, rowKeyBytes)
	putRowKey(key, tag, id, seq)
	return key
}

// parseRowKey reads a row's key.
func parseRowKey(key []byte) (engine.SessionID, engine.Seq, error) {
	if len(key) != rowKeyBytes || key[0] != tagRow {
		return "", 0, fmt.Errorf("%q is no row's key", key)
	}
	id := engine.SessionID(key[1 : 1+idBytes])
	seq := engine.Seq(binary.BigEndian.Uint64(key[1+idBytes:]))
	if !id.Valid() || seq == 0 {
		return "", 0, fmt.Errorf("%q is no row's key", key)
	}
	return id, seq, nil
}

// putRow writes a row's value into dst, which has hashBytes+len(body) bytes.
func putRow(dst []byte, e engine.Entry) {
	copy(dst, e.Hash[:])
	copy(dst[hashBytes:], e.Body)
}

// parseRow reads a row's value. The body is a part of the value, not a copy.
func parseRow(value []byte) (engine.Hash, []byte, error) {
	if len(value) < hashBytes {
		return engine.Hash{}, nil, fmt.Errorf("a row of %d bytes has no room for its hash", len(value))
	}
	return engine.Hash(value[:hashBytes]), value[hashBytes:], nil
}

func settledKey(id engine.SessionID) []byte {
	return append([]byte{tagSettled}, id...)
}

// checkEntries tells whether entries may follow after, and which head they
// make. It is the last guard before a record is there for good: what is
// written is a chain, or nothing is written.
func checkEntries(after engine.Head, entries []engine.Entry) (head engine.Head, err error) {
	head = after
	total := 0
	for _, e := range entries {
		if len(e.Body) > MaxBodyBytes {
			return after, fmt.Errorf("record %d has %d bytes, the limit is %d", e.Seq, len(e.Body), MaxBodyBytes)
		}
		if len(e.Disclosure) > MaxDisclosureBytes {
			return after, fmt.Errorf("record %d conceals %d bytes, the limit is %d", e.Seq, len(e.Disclosure), MaxDisclosureBytes)
		}
		total += len(e.Body) + len(e.Disclosure)
		if head, err = head.Next(e); err != nil {
			return after, err
		}
	}
	if total > MaxBatchBytes {
		return after, fmt.Errorf("batch of %d records has %d bytes, the limit is %d", len(entries), total, MaxBatchBytes)
	}
	return head, nil
}

// checkID refuses what is no session id before it becomes part of a key.
func checkID(id engine.SessionID) error {
	if !id.Valid() {
		return fmt.Errorf("journal: %q is no session id", string(id))
	}
	return nil
}
