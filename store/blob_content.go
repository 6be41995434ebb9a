package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// blobContent reads a content chunk by chunk, one of them in memory.
type blobContent struct {
	ctx context.Context
	s   *Store
	row blobRow

	mu    sync.Mutex
	next  int64 // for Read
	at    int64 // of chunk
	chunk []byte
}

// Size is part of blob.Content.
func (c *blobContent) Size() int64 { return c.row.Size }

// Close is part of blob.Content.
func (c *blobContent) Close() error { return nil }

// Read is part of blob.Content.
func (c *blobContent) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, err := c.read(b, c.next)
	c.next += int64(n)
	return n, err
}

// ReadAt is part of blob.Content.
func (c *blobContent) ReadAt(b []byte, offset int64) (n int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for n < len(b) && err == nil {
		var more int
		more, err = c.read(b[n:], offset+int64(n))
		n += more
	}
	if n == len(b) {
		err = nil
	}
	return n, err
}

// read copies from the one chunk that has an offset.
func (c *blobContent) read(b []byte, offset int64) (int, error) {
	switch {
	case offset < 0:
		return 0, errors.New("content: negative offset")
	case len(b) == 0:
		return 0, nil
	case offset >= c.row.Size:
		return 0, io.EOF
	}
	if offset < c.at || offset >= c.at+int64(len(c.chunk)) {
		if err := c.load(offset); err != nil {
			return 0, err
		}
	}
	return copy(b, c.chunk[offset-c.at:]), nil
}

func (c *blobContent) load(offset int64) error {
	var row struct {
		At    int64
		Bytes []byte
	}
	err := c.s.call(c.ctx, "read content", func(ctx context.Context) error {
		return c.s.db.GetContext(ctx, &row, `
			select at, bytes from blob_chunks where blob_id = $1 and at <= $2 order by at desc limit 1`, c.row.ID, offset)
	})
	if err != nil {
		return err
	}
	if offset >= row.At+int64(len(row.Bytes)) {
		return fmt.Errorf("content %d: byte %d of %d is missing", c.row.ID, offset, c.row.Size)
	}
	c.at, c.chunk = row.At, row.Bytes
	return nil
}

// Seek is part of blob.Content.
func (c *blobContent) Seek(offset int64, whence int) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += c.next
	case io.SeekEnd:
		offset += c.row.Size
	}
	if offset < 0 {
		return c.next, errors.New("content: negative offset")
	}
	c.next = offset
	return offset, nil
}
