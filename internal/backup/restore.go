package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gobua/internal/durable"
)

// unfinishedName is a folder in a data folder that is being restored. While it
// is there nobody may serve the data folder.
const unfinishedName = ".restoring"

// Unfinished tells whether a data folder is one that a restore did not finish.
func Unfinished(data string) bool { return exists(filepath.Join(data, unfinishedName)) }

// Return is what is to be put back, and where.
type Return struct {
	From string // folder of the backup
	Keys string // folder of the copy of the keys; empty: they are not put back
	Data string // folder of the server, which must not be there, or be empty
	// Load fills the database from a file. folder is where the data folder is
	// made, and will be moved up from. nil: the database is not put back.
	Load func(ctx context.Context, file, folder string) error
	// Check reads the journal that was put back; with its error nothing is restored.
	Check func(journal string) error
}

// Restored is what was put back.
type Restored struct {
	Manifest
	Keys *Manifest // nil: none
}

// Restore checks a backup against its manifest and puts it back. It blocks until
// all of it is on stable storage. After an error the data folder is not to be
// served, and gobua serve refuses it.
func Restore(ctx context.Context, r Return) (*Restored, error) {
	m, err := Read(r.From)
	if err != nil {
		return nil, err
	}
	out := &Restored{Manifest: *m}
	switch {
	case m.Keys:
		return nil, fmt.Errorf("%s has the keys; name the folder with the rest, and this one with --keys", r.From)
	case m.Postgres == "" && r.Load != nil:
		return nil, fmt.Errorf("%s has no database: restore that from where it is kept, and say --no-database here", r.From)
	}
	if r.Keys != "" {
		if out.Keys, err = Read(r.Keys); err != nil {
			return nil, err
		}
		if !out.Keys.Keys {
			return nil, fmt.Errorf("%s has no keys", r.Keys)
		}
	}
	if err := os.MkdirAll(r.Data, 0o700); err != nil {
		return nil, err
	}
	if there, err := os.ReadDir(r.Data); err != nil {
		return nil, err
	} else if len(there) > 0 {
		return nil, fmt.Errorf("%s is not empty (%s): a restore never writes over anything; name an empty folder", r.Data, namesOf(there))
	}
	return out, r.put(ctx, m, out.Keys)
}

func namesOf(there []os.DirEntry) string {
	names := make([]string, 0, 4)
	for _, e := range there[:min(3, len(there))] {
		names = append(names, e.Name())
	}
	if len(there) > 3 {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// put makes everything aside and moves it up when it is whole.
func (r Return) put(ctx context.Context, m, keys *Manifest) error {
	aside := filepath.Join(r.Data, unfinishedName)
	if err := os.Mkdir(aside, 0o700); err != nil {
		return err
	}
	if err := durable.SyncDir(r.Data); err != nil {
		return err
	}
	if err := copyAgain(m, r.From, dataName, aside); err != nil {
		return err
	}
	if keys != nil {
		if err := copyAgain(keys, r.Keys, keysName, filepath.Join(aside, "keys")); err != nil {
			return err
		}
	}
	if err := r.Check(filepath.Join(aside, "journal")); err != nil {
		return err
	}
	if r.Load != nil {
		if err := r.Load(ctx, filepath.Join(r.From, databaseName), aside); err != nil {
			return fmt.Errorf("database: %w", err)
		}
	}
	if err := syncTree(aside); err != nil {
		return err
	}
	parts, err := os.ReadDir(aside)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := os.Rename(filepath.Join(aside, part.Name()), filepath.Join(r.Data, part.Name())); err != nil {
			return err
		}
	}
	if err := durable.SyncDir(r.Data); err != nil {
		return err
	}
	return errors.Join(os.Remove(aside), durable.SyncDir(r.Data))
}

// copyAgain copies the files of a manifest below a part of it into a folder, and
// holds what it wrote against the manifest once more.
func copyAgain(m *Manifest, from, part, to string) error {
	for _, f := range m.Files {
		rel, ok := strings.CutPrefix(f.Path, part+"/")
		if !ok {
			continue
		}
		target := filepath.Join(to, filepath.FromSlash(rel))
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		written, err := copyFile(filepath.Join(from, filepath.FromSlash(f.Path)), target)
		if err != nil {
			return err
		}
		if written.Bytes != f.Bytes || written.SHA256 != f.SHA256 {
			return fmt.Errorf("%w: %s changed while it was read", ErrIncomplete, f.Path)
		}
	}
	return nil
}
