// Package blob keeps contents under names. Where they lie is wiring: in a folder
// of one machine, or in the database that several share.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// ChunkBytes is the longest chunk that Append takes: one that fits into a
// request, and 40,000 of them into the largest content.
const ChunkBytes = 192 << 10

// Answers that are no failures of a store.
var (
	// ErrUnknown: no content has the name.
	ErrUnknown = fmt.Errorf("blob: not found: %w", fs.ErrNotExist)
	// ErrOffset: the chunk does not begin where the content ends.
	ErrOffset = errors.New("blob: the chunk does not continue the content")
	// ErrTooLong: the chunk is longer than ChunkBytes, or empty.
	ErrTooLong = errors.New("blob: the chunk is empty or too long")
)

// Store keeps contents. Names have slashes as paths do, and were made by the
// program: nobody else's text is one. All methods may be called from any
// goroutine and block for the disk or the database. After nil what Link and
// Replace have named survives a loss of power.
type Store interface {
	// Begin makes an empty content. fs.ErrExist: the name has one.
	Begin(ctx context.Context, name string) error
	// Size is how many bytes a content has.
	Size(ctx context.Context, name string) (int64, error)
	// Append adds a chunk at the end of a content, which must be at offset.
	Append(ctx context.Context, name string, offset int64, chunk []byte) error
	// Open opens a content for reading. The caller closes it. What is read stays
	// the same while it is open, also after ctx has ended.
	Open(ctx context.Context, name string) (Content, error)
	// Link gives a content a second name, under which nothing is appended any
	// more. A name that has a content already keeps that one.
	Link(ctx context.Context, from, to string) error
	// Replace gives a content another name and takes it away from what had that.
	Replace(ctx context.Context, from, to string) error
	// Remove takes a name from its content, which is gone with its last name. It
	// may be gone already.
	Remove(ctx context.Context, name string) error
	// Tidy removes the names that begin with a prefix and whose contents have not
	// been appended to since a moment.
	Tidy(ctx context.Context, prefix string, before time.Time) error
	// InDatabase tells that contents lie beside the rows that speak of them, so
	// that both can change as one.
	InDatabase() bool
}

// Content is an open content.
type Content interface {
	io.ReadSeekCloser
	io.ReaderAt
	Size() int64
}

// Writer appends to a content in chunks. Flush it at the end.
type Writer struct {
	ctx   context.Context
	store Store
	name  string
	size  int64 // appended
	chunk []byte
}

// NewWriter begins a content that is written until Flush.
func NewWriter(ctx context.Context, s Store, name string) (*Writer, error) {
	return &Writer{ctx: ctx, store: s, name: name, chunk: make([]byte, 0, ChunkBytes)}, s.Begin(ctx, name)
}

// Write is part of io.Writer.
func (w *Writer) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		took := min(len(b), ChunkBytes-len(w.chunk))
		w.chunk, b = append(w.chunk, b[:took]...), b[took:]
		if n += took; len(w.chunk) == ChunkBytes {
			if err := w.Flush(); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// Flush appends what was written and is not yet.
func (w *Writer) Flush() error {
	if len(w.chunk) == 0 {
		return nil
	}
	if err := w.store.Append(w.ctx, w.name, w.size, w.chunk); err != nil {
		return err
	}
	w.size += int64(len(w.chunk))
	w.chunk = w.chunk[:0]
	return nil
}
