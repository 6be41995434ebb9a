package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"gobua/internal/durable"
)

// measure reads a file of a folder.
func measure(folder, path string) (File, error) {
	in, err := os.Open(filepath.Join(folder, path))
	if err != nil {
		return File{}, err
	}
	defer in.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, in)
	return File{Path: path, Bytes: n, SHA256: hex.EncodeToString(hash.Sum(nil))}, err
}

// copyFile copies a file to a place where none is, and makes its content
// durable; its name is made so by whoever syncs the folder. Only the owner can
// read the copy.
func copyFile(from, to string) (File, error) {
	in, err := os.Open(from)
	if err != nil {
		return File{}, err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return File{}, err
	}
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, hash), in)
	err = errors.Join(err, out.Sync(), out.Close())
	return File{Bytes: n, SHA256: hex.EncodeToString(hash.Sum(nil))}, err
}

// copyTree copies a file or a folder and returns the files, named by `as` and
// what is below. What goes away meanwhile is left out, and so are locks, sockets
// and files that are being made (.tmp-…): each of them is nothing, or has a
// whole one beside it.
func copyTree(from, to, as string) (files []File, err error) {
	err = filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o700)
		case !d.Type().IsRegular() || passing(d.Name()):
			return nil
		}
		f, err := copyFile(path, target)
		if errors.Is(err, fs.ErrNotExist) && !exists(path) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("copy %s: %w", path, err)
		}
		f.Path = filepath.ToSlash(filepath.Join(as, rel))
		files = append(files, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return files, syncTree(to)
}

// passing tells whether a file is there for a moment only.
func passing(name string) bool {
	for _, prefix := range []string{".tmp-", ".key-"} {
		if len(name) >= len(prefix) && name[:len(prefix)] == prefix {
			return true
		}
	}
	return name == "LOCK"
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// syncTree makes the names below a folder, and its own, durable.
func syncTree(root string) error {
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return durable.SyncDir(path)
	})
	return errors.Join(err, durable.SyncDir(filepath.Dir(root)))
}
