package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gobua/internal/durable"
)

// Folder is a Store in a folder, for one process: two calls of Append for one
// name must not come at the same time.
type Folder struct{ dir string }

// NewFolder returns the folder at dir, which need not exist.
func NewFolder(dir string) *Folder { return &Folder{dir} }

func (f *Folder) path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

// InDatabase is part of Store.
func (f *Folder) InDatabase() bool { return false }

// Begin is part of Store.
func (f *Folder) Begin(_ context.Context, name string) error {
	if err := os.MkdirAll(filepath.Dir(f.path(name)), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(f.path(name), os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return out.Close()
}

// Size is part of Store.
func (f *Folder) Size(_ context.Context, name string) (int64, error) {
	info, err := os.Stat(f.path(name))
	if err != nil {
		return 0, known(err)
	}
	return info.Size(), nil
}

// known turns what the disk says into what this package says.
func known(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrUnknown
	}
	return err
}

// Append is part of Store.
func (f *Folder) Append(ctx context.Context, name string, offset int64, chunk []byte) error {
	if len(chunk) == 0 || len(chunk) > ChunkBytes {
		return ErrTooLong
	}
	have, err := f.Size(ctx, name)
	switch {
	case err != nil:
		return err
	case have != offset:
		return ErrOffset
	}
	out, err := os.OpenFile(f.path(name), os.O_WRONLY, 0)
	if err != nil {
		return known(err)
	}
	if _, err = out.WriteAt(chunk, offset); err != nil { // half a chunk would shift all that follow
		err = errors.Join(err, out.Truncate(offset))
	}
	return errors.Join(err, out.Close())
}

// file is an open file that knows its size.
type file struct {
	*os.File
	size int64
}

func (f file) Size() int64 { return f.size }

// Open is part of Store.
func (f *Folder) Open(_ context.Context, name string) (Content, error) {
	in, err := os.Open(f.path(name))
	if err != nil {
		return nil, known(err)
	}
	info, err := in.Stat()
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return file{in, info.Size()}, nil
}

// settle makes a content permanent under another name.
func (f *Folder) settle(from, to string, name func(from, to string) error) error {
	in, err := os.Open(f.path(from))
	if err != nil {
		return known(err)
	}
	if err := errors.Join(in.Sync(), in.Close(), os.Chmod(f.path(from), 0o400)); err != nil {
		return err
	}
	folder := filepath.Dir(f.path(to))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := name(f.path(from), f.path(to)); err != nil {
		return err
	}
	return errors.Join(durable.SyncDir(folder), durable.SyncDir(filepath.Dir(folder)))
}

// Link is part of Store.
func (f *Folder) Link(_ context.Context, from, to string) error {
	return f.settle(from, to, func(from, to string) error {
		if err := os.Link(from, to); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	})
}

// Replace is part of Store.
func (f *Folder) Replace(_ context.Context, from, to string) error {
	return f.settle(from, to, os.Rename)
}

// Remove is part of Store.
func (f *Folder) Remove(_ context.Context, name string) error {
	if err := os.Remove(f.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := durable.SyncDir(filepath.Dir(f.path(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Tidy is part of Store.
func (f *Folder) Tidy(ctx context.Context, prefix string, before time.Time) error {
	folder, begins := filepath.Split(f.path(prefix + "x"))
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if !e.Type().IsRegular() || !strings.HasPrefix(e.Name(), strings.TrimSuffix(begins, "x")) {
			continue
		}
		if err == nil && info.ModTime().Before(before) {
			err = os.Remove(filepath.Join(folder, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// names calls do for every content with a settled name.
func (f *Folder) names(skip func(name string) bool, do func(name string) error) error {
	err := filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(f.dir, path)
		if err != nil {
			return err
		}
		if name := filepath.ToSlash(rel); !skip(name) {
			return do(name)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// String tells where it is.
func (f *Folder) String() string { return fmt.Sprintf("folder %s", f.dir) }
