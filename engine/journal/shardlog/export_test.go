package shardlog

import (
	"encoding/binary"
	"hash/crc32"
	"time"

	"gobua/engine"
)

// WithLostAfter changes how long a message that the log must have may be missing.
func (o Options) WithLostAfter(d time.Duration) Options {
	o.lostAfter = d
	return o
}

// Deaf makes a node hear nothing of what the leaders tell again.
func (o Options) Deaf() Options {
	o.deaf = true
	return o
}

// Subject is where a shard's messages are.
func (l Layout) Subject(shard int) string { return l.subjectOf(shard) }

// EncodePack writes a pack as no node would send it.
func EncodePack(shard int, epoch uint64, parts ...engine.Part) []byte {
	m := &message{kind: kindPack, shard: shard, from: sender{incarnation: 1, epoch: epoch, counter: 1}, parts: parts}
	return m.encode()
}

// EncodeFence writes a fence.
func EncodeFence(shard int, epoch uint64, node string) []byte {
	m := &message{kind: kindFence, shard: shard, from: sender{incarnation: 1, epoch: epoch, counter: 1}, node: node}
	return m.encode()
}

// Recode reads a message and writes it again.
func Recode(b []byte) ([]byte, error) {
	m, err := decode(b)
	if err != nil {
		return nil, err
	}
	return m.encode(), nil
}

// EncodeSettled writes a settled mark.
func EncodeSettled(shard int, id engine.SessionID) []byte {
	m := &message{kind: kindSettled, shard: shard, session: id}
	return m.encode()
}

// RecodePlace reads a cursor file and writes it again.
func RecodePlace(b []byte, shards int) ([]byte, error) {
	p, err := decodePlace(b, shards)
	if err != nil {
		return nil, err
	}
	return encodePlace(p), nil
}

// EncodePlace writes a cursor file.
func EncodePlace(applied, seen uint64, shards int) []byte {
	return encodePlace(&place{Applied: applied, Seen: seen, Shards: make([]shardPlace, shards)})
}

// Flying tells whether a message of a shard is on its way.
func (l *Log) Flying(shard int) bool {
	sh := l.shards[shard]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return len(sh.flights) > 0
}

// Waiting is how many appends of a shard wait for the next message.
func (l *Log) Waiting(shard int) int {
	sh := l.shards[shard]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.claim == nil {
		return 0
	}
	return len(sh.claim.queue)
}

// WithChecksum puts the right checksum behind bytes in place of their last four.
func WithChecksum(b []byte) []byte {
	body := b[:max(len(b)-checkBytes, 0)]
	return binary.BigEndian.AppendUint32(append([]byte{}, body...), crc32.Checksum(body, castagnoli))
}
