package blob

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/google/uuid"
)

// TemporaryPrefix begins the names of contents that are being made. Backups leave
// such files out.
const TemporaryPrefix = ".tmp-"

// Temporary is a name that nothing has.
func Temporary() string { return TemporaryPrefix + uuid.NewString() }

// Moving is a Store into which the contents of a folder are moved while it is
// used: what is not in it yet is read from the folder.
type Moving struct {
	Store
	From *Folder
}

// Open is part of Store.
func (m Moving) Open(ctx context.Context, name string) (Content, error) {
	c, err := m.Store.Open(ctx, name)
	if !errors.Is(err, ErrUnknown) {
		return c, err
	}
	if c, old := m.From.Open(ctx, name); old == nil {
		return c, nil
	}
	return nil, err
}

// Replace is part of Store.
func (m Moving) Replace(ctx context.Context, from, to string) error {
	return errors.Join(m.Store.Replace(ctx, from, to), m.From.Remove(ctx, to))
}

// Remove is part of Store.
func (m Moving) Remove(ctx context.Context, name string) error {
	return errors.Join(m.Store.Remove(ctx, name), m.From.Remove(ctx, name))
}

// Move copies every content that the store lacks, and then puts the folder
// aside under the name it returns, so that nothing comes back from it: whoever
// runs the server deletes it. skip tells which names are not moved. It returns
// how many were copied. Broken off, it goes on where it was; an empty name means
// that there is no folder.
func (m Moving) Move(ctx context.Context, skip func(name string) bool) (moved int, aside string, err error) {
	if _, err := os.Stat(m.From.dir); errors.Is(err, os.ErrNotExist) {
		return 0, "", nil
	}
	err = m.From.names(skip, func(name string) error {
		if _, err := m.Size(ctx, name); !errors.Is(err, ErrUnknown) {
			return err
		}
		moved++
		return m.copy(ctx, name)
	})
	if err != nil {
		return moved, "", err
	}
	aside = m.From.dir + "-moved-into-database"
	return moved, aside, os.Rename(m.From.dir, aside)
}

func (m Moving) copy(ctx context.Context, name string) error {
	in, err := m.From.Open(ctx, name)
	if err != nil {
		return err
	}
	defer in.Close()
	made := Temporary()
	out, err := NewWriter(ctx, m.Store, made)
	if err == nil {
		_, err = io.Copy(out, in)
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = m.Link(ctx, made, name)
	}
	return errors.Join(err, m.Store.Remove(ctx, made))
}
