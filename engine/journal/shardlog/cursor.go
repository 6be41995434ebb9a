package shardlog

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/cockroachdb/pebble/v2/vfs"

	"gobua/internal/durable"
)

// place is how far the mirror has a stream. It is written before each batch of
// messages that goes to the mirror: the mirror has everything up to Applied and
// nothing after Seen. So a log that ends before Seen, or has another message
// there, has lost what this node had of it.
type place struct {
	Applied uint64
	Seen    uint64
	Digest  [sha256.Size]byte // of the message at Seen
	Shards  []shardPlace      // of the stream, in their order, as of Applied
}

// shardPlace is what the messages of a shard said last.
type shardPlace struct{ Last, Epoch uint64 }

const (
	cursorPrefix   = "cursor." // and the number of the stream
	cursorMagic    = "gobua cursor 1\n"
	maxCursorBytes = 64 << 10
)

// cursor is the file of a stream's place, in the folder of the mirror: whoever
// removes the mirror removes it too, and the log is read anew.
type cursor struct {
	path string
	file vfs.File // nil until it is first written
}

func openCursor(dir string, stream int) *cursor {
	return &cursor{path: filepath.Join(dir, cursorPrefix+strconv.Itoa(stream))}
}

// read returns the place; nil if there is none. Any other error means a damaged
// file, which the log makes good.
func (c *cursor) read(shards int) (*place, error) {
	f, err := os.Open(c.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxCursorBytes))
	if err != nil {
		return nil, err
	}
	return decodePlace(b, shards)
}

// write replaces the place and returns when it is on stable storage. It is
// written over the old one: with up to 25 shards it lies in one sector, and a
// torn one is known by its checksum and costs reading the stream again.
func (c *cursor) write(p *place) (err error) {
	first := c.file == nil
	if first {
		f, err := vfs.Default.OpenReadWrite(c.path, vfs.WriteCategoryUnspecified)
		if err != nil {
			return err
		}
		c.file = f
	}
	_, err = c.file.WriteAt(encodePlace(p), 0)
	if err == nil {
		err = c.file.SyncData() // all but the first leave the file's size as it is
	}
	if err == nil && first {
		err = durable.SyncDir(filepath.Dir(c.path))
	}
	if err != nil {
		err = errors.Join(err, c.close())
	}
	return err
}

func (c *cursor) close() error {
	if c.file == nil {
		return nil
	}
	err := c.file.Close()
	c.file = nil
	return err
}

func encodePlace(p *place) []byte {
	b := append([]byte{}, cursorMagic...)
	b = binary.BigEndian.AppendUint64(b, p.Applied)
	b = binary.BigEndian.AppendUint64(b, p.Seen)
	b = append(b, p.Digest[:]...)
	for _, s := range p.Shards {
		b = binary.BigEndian.AppendUint64(b, s.Last)
		b = binary.BigEndian.AppendUint64(b, s.Epoch)
	}
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func decodePlace(b []byte, shards int) (*place, error) {
	const head = len(cursorMagic) + 8 + 8 + sha256.Size
	if len(b) != head+16*shards+4 || string(b[:len(cursorMagic)]) != cursorMagic {
		return nil, fmt.Errorf("%d bytes are no place in a stream of %d shards", len(b), shards)
	}
	body := b[:len(b)-4]
	if crc32.Checksum(body, castagnoli) != binary.BigEndian.Uint32(b[len(body):]) {
		return nil, errors.New("its checksum is wrong")
	}
	p := &place{
		Applied: binary.BigEndian.Uint64(body[len(cursorMagic):]),
		Seen:    binary.BigEndian.Uint64(body[len(cursorMagic)+8:]),
		Digest:  [sha256.Size]byte(body[head-sha256.Size : head]),
	}
	for body = body[head:]; len(body) > 0; body = body[16:] {
		p.Shards = append(p.Shards, shardPlace{binary.BigEndian.Uint64(body), binary.BigEndian.Uint64(body[8:])})
	}
	return p, nil
}
