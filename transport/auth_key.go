package transport

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Key signs access tokens. It lives in a file beside the journal and not in
// the database, so that tokens can be checked while the database is away.
type Key [32]byte

// String keeps the key out of logs.
func (Key) String() string { return "(signing key)" }

// GoString keeps the key out of logs written with %#v.
func (k Key) GoString() string { return k.String() }

// LoadOrCreateKey reads the key file, or makes one that only its owner can
// read. Two processes that start at once get the same key. A file that others
// may read, or that is not a key, is an error that says what to do.
func LoadOrCreateKey(path string) (Key, error) {
	key, err := loadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := createKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return Key{}, fmt.Errorf("create signing key: %w", err)
	}
	return loadKey(path)
}

func loadKey(path string) (Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Key{}, fmt.Errorf("signing key: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return Key{}, fmt.Errorf("signing key %s can be read by others (mode %#o): run chmod 600 on it, or delete it to sign everybody out", path, mode)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("signing key: %w", err)
	}
	var key Key
	raw, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(raw) != len(key) {
		return Key{}, fmt.Errorf("signing key %s is damaged: want %d hexadecimal digits; delete it to get a new one, everybody then signs in again", path, 2*len(key))
	}
	return Key(raw), nil
}

// createKey writes a new key beside its place and links it there: a reader
// sees no file or a whole one, and the first of two writers wins.
func createKey(path string) error {
	var key Key
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
	return syncDir(filepath.Dir(path))
}

// syncDir makes a new name in a directory durable.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
