// Package records keeps the files in which sessions are published. Each is
// written once, when somebody first asks for it after the end of its session,
// and never changes. What speaks for its end comes later and may become more:
// it is added whenever the file is read.
package records

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sync/singleflight"

	"gobua/engine"
	"gobua/engine/proof"
	"gobua/internal/durable"
)

// Publish writes the file of a session. It returns engine.ErrNoSession and
// engine.ErrNotOver where there is none yet.
type Publish func(ctx context.Context, id engine.SessionID, w io.Writer) error

// Speak tells what speaks for the end of a session now; nothing, if nothing
// does. It may be called from any goroutine.
type Speak func(id engine.SessionID) []proof.Attachment

// Folder holds the files, packed with gzip. Its methods may be called from any
// goroutine; a file is written by one of those who ask, and the others wait.
type Folder struct {
	// Speak is set before the first file is read; nil: nothing is added.
	Speak Speak

	dir     string
	publish Publish
	writing singleflight.Group
	one     chan struct{} // a file at a time: the disk is there for the bids first
}

// NewFolder returns the folder at dir, which need not exist.
func NewFolder(dir string, publish Publish) *Folder {
	return &Folder{dir: dir, publish: publish, one: make(chan struct{}, 1)}
}

// Packed opens the file of a session with what speaks for its end, packed with
// gzip, and tells its size in bytes. spoken tells whether there was anything.
// The caller closes it. The first time it waits for the file to be written,
// some seconds for a million records, whether or not ctx ends; errors are those
// of Publish and of the disk.
func (f *Folder) Packed(ctx context.Context, id engine.SessionID) (packed io.ReadCloser, size int64, spoken bool, err error) {
	file, size, err := f.file(ctx, id)
	if err != nil {
		return nil, 0, false, err
	}
	var attached []proof.Attachment
	if f.Speak != nil {
		attached = f.Speak(id)
	}
	if len(attached) == 0 {
		return file, size, false, nil
	}
	more, length, ok, err := continued(file, size, proof.AttachmentLines(attached))
	switch {
	case err != nil:
		return nil, 0, false, errors.Join(err, file.Close())
	case !ok: // it was written by a program that could not do this
		return file, size, false, nil
	}
	return readCloser{more, file}, length, true, nil
}

// file opens the file of a session as it lies on the disk.
func (f *Folder) file(ctx context.Context, id engine.SessionID) (*os.File, int64, error) {
	if !id.Valid() {
		return nil, 0, engine.ErrNoSession
	}
	path := filepath.Join(f.dir, string(id)+".txt.gz")
	file, size, err := openSized(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return file, size, err
	}
	if _, err, _ = f.writing.Do(string(id), func() (any, error) { return nil, f.write(context.WithoutCancel(ctx), id, path) }); err != nil {
		return nil, 0, err
	}
	return openSized(path)
}

// Open opens the file of a session as text, with what speaks for its end.
func (f *Folder) Open(ctx context.Context, id engine.SessionID) (io.ReadCloser, error) {
	packed, _, _, err := f.Packed(ctx, id)
	if err != nil {
		return nil, err
	}
	text, err := gzip.NewReader(packed)
	if err != nil {
		return nil, errors.Join(err, packed.Close())
	}
	return readCloser{text, packed}, nil
}

// readCloser reads from one and closes another.
type readCloser struct {
	io.Reader
	io.Closer
}

func openSized(path string) (*os.File, int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

// write puts a file in its place whole or not at all; after nil it survives a
// loss of power.
func (f *Folder) write(ctx context.Context, id engine.SessionID, path string) (err error) {
	f.one <- struct{}{}
	defer func() { <-f.one }()
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(f.dir, ".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // does nothing after the rename
	packed, err := newPacker(tmp)
	if err == nil {
		err = errors.Join(f.publish(ctx, id, packed), packed.Close())
	}
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return durable.SyncDir(f.dir)
}
