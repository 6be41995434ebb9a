package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"gobua/internal/durable"
)

// Names in a backup's folder. Below data/ are the files of the data folder,
// under their names there; in the folder of the keys, below keys/.
const (
	manifestName = "manifest.json"
	databaseName = "database.dump"
	dataName     = "data"
	keysName     = "keys"
	format       = "gobua backup 1"
)

// ErrIncomplete: a folder is no whole backup.
var ErrIncomplete = errors.New("no whole backup")

// Manifest says what a backup consists of. It is written last.
type Manifest struct {
	Format string `json:"format"`
	// ID is the same in the manifest of the keys that were copied along.
	ID      string    `json:"id"`
	Began   time.Time `json:"began"` // everything acknowledged before is in it
	Ended   time.Time `json:"ended"`
	Running bool      `json:"running"` // a server ran meanwhile, and may have gone on
	// Postgres is the version of the dumped database; empty: none is in it.
	Postgres string `json:"postgres,omitempty"`
	// NoLedger: the public log was out of order and is not in it.
	NoLedger bool   `json:"noLedger,omitempty"`
	Keys     bool   `json:"keys,omitempty"` // this is the folder of the keys
	Files    []File `json:"files"`          // by path
}

// File is one file of a backup.
type File struct {
	Path   string `json:"path"` // with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Bytes is how large the files are together.
func (m *Manifest) Bytes() (sum int64) {
	for _, f := range m.Files {
		sum += f.Bytes
	}
	return sum
}

// write puts the manifest into its folder and returns its own SHA-256, by which
// somebody may tell later that it is the same.
func (m *Manifest) write(folder string) (sum string, err error) {
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return "", err
	}
	text = append(text, '\n')
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:]), durable.WriteFile(filepath.Join(folder, manifestName), text)
}

// Read reads the manifest of a backup and holds every file against it: none is
// missing, changed, or there without being named. The error wraps ErrIncomplete.
func Read(folder string) (*Manifest, error) {
	text, err := os.ReadFile(filepath.Join(folder, manifestName))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrIncomplete, folder, err)
	}
	m := new(Manifest)
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrIncomplete, filepath.Join(folder, manifestName), err)
	}
	if m.Format != format {
		return nil, fmt.Errorf("%w: %s has format %q, this program knows %q", ErrIncomplete, folder, m.Format, format)
	}
	named := map[string]bool{manifestName: true}
	for _, f := range m.Files {
		if !filepath.IsLocal(f.Path) || path.Clean(f.Path) != f.Path || named[f.Path] {
			return nil, fmt.Errorf("%w: the manifest names %q", ErrIncomplete, f.Path)
		}
		named[f.Path] = true
		found, err := measure(folder, f.Path)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrIncomplete, err)
		}
		if found != f {
			return nil, fmt.Errorf("%w: %s has %d bytes and SHA-256 %s, the manifest says %d and %s",
				ErrIncomplete, filepath.Join(folder, f.Path), found.Bytes, found.SHA256, f.Bytes, f.SHA256)
		}
	}
	return m, filepath.WalkDir(folder, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if rel, _ := filepath.Rel(folder, p); !named[filepath.ToSlash(rel)] {
			return fmt.Errorf("%w: %s is not in the manifest", ErrIncomplete, p)
		}
		return nil
	})
}

// has tells whether a part of the data folder is in the backup.
func (m *Manifest) has(part string) bool {
	return slices.ContainsFunc(m.Files, func(f File) bool {
		return len(f.Path) > len(part) && f.Path[:len(part)+1] == part+"/"
	})
}
