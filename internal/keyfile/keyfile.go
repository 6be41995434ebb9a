// Package keyfile keeps a secret key of 32 bytes in a file that only its
// owner can read. Keys live in files and not in the database, so that a copy
// of the database alone opens nothing, and so that they are there while the
// database is away.
package keyfile

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gobua/internal/durable"
)

// Size is the length of a key in bytes.
const Size = 32

// Kind says what a key is for, in the words of the person who runs the server.
type Kind struct {
	Name string // "signing key"
	// Exposed and Damaged say what to do about a file that others can read
	// and about one that is not a key.
	Exposed, Damaged string
}

// LoadOrCreate reads the key file, or makes one that only its owner can read.
// Two processes that start at once get the same key. A file that others may
// read, or that is not a key, is an error that says what to do.
func LoadOrCreate(path string, kind Kind) ([Size]byte, error) {
	key, err := Load(path, kind)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := Create(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return key, fmt.Errorf("create %s: %w", kind.Name, err)
	}
	return Load(path, kind)
}

// Load reads a key file; fs.ErrNotExist when there is none.
func Load(path string, kind Kind) (key [Size]byte, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return key, fmt.Errorf("%s: %w", kind.Name, err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return key, fmt.Errorf("%s %s can be read by others (mode %#o): %s", kind.Name, path, mode, kind.Exposed)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return key, fmt.Errorf("%s: %w", kind.Name, err)
	}
	raw, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(raw) != Size {
		return key, fmt.Errorf("%s %s is damaged: want %d hexadecimal digits; %s", kind.Name, path, 2*Size, kind.Damaged)
	}
	return [Size]byte(raw), nil
}

// Create writes a new key beside its place and links it there: a reader sees
// no file or a whole one, and the first of two writers wins; the other gets
// fs.ErrExist.
func Create(path string) error {
	var key [Size]byte
	rand.Read(key[:])
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(hex.EncodeToString(key[:]) + "\n")
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(path))
}
