// Package upload keeps the contents of files on a disk, under their hash. A
// content comes in chunks and may be continued after a broken line or a
// restart. It is never run, never under a web root, and has no name here.
package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"gobua/internal/durable"
)

// ChunkBytes is the longest chunk that Append takes: with the headers it stays
// below what the server reads of one request.
const ChunkBytes = 192 << 10

// Answers that are no failures of the disk.
var (
	// ErrUnknown: no content under this id or hash.
	ErrUnknown = errors.New("upload: not found")
	// ErrOffset: the chunk does not continue what is here. Ask Received.
	ErrOffset = errors.New("upload: the chunk does not continue what was received")
	// ErrTooLong: the chunk is empty, too long, or goes beyond the size named
	// at the beginning.
	ErrTooLong = errors.New("upload: the chunk is too long")
	// ErrIncomplete: there are fewer bytes than were named at the beginning.
	ErrIncomplete = errors.New("upload: bytes are missing")
	// ErrOtherHash: the bytes are not those the sender meant. They are dropped.
	ErrOtherHash = errors.New("upload: the hash differs")
)

// Store is a folder of contents. All methods may be called from any goroutine;
// each blocks for the disk.
//
//	part/<id>         received so far
//	kept/ab/<hash>    whole, read-only
//	small/<hash>-480  pictures made smaller; may be deleted at any time
type Store struct {
	dir   string
	mu    sync.Mutex      // of busy
	busy  map[string]bool // reserved ids, by a chunk or an ending under way
	scale chan struct{}   // one content at a time is looked into or made smaller: the other CPU is for the bids
}

// Open makes the folder if it is not there.
func Open(dir string) (*Store, error) {
	for _, sub := range []string{"part", "kept", "small"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("folder of uploads: %w", err)
		}
	}
	return &Store{dir: dir, busy: make(map[string]bool), scale: make(chan struct{}, 1)}, nil
}

// idPattern is what ids look like: they become names on the disk.
var idPattern = regexp.MustCompile(`^[0-9a-f-]{36}$`)

func (s *Store) part(id string) string { return filepath.Join(s.dir, "part", id) }

func (s *Store) kept(hash [32]byte) string {
	name := hex.EncodeToString(hash[:])
	return filepath.Join(s.dir, "kept", name[:2], name)
}

// hold reserves an id; ErrOffset while another call has it, which then decides
// what comes next.
func (s *Store) hold(id string) (release func(), err error) {
	if !idPattern.MatchString(id) {
		return nil, ErrUnknown
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[id] {
		return nil, ErrOffset
	}
	s.busy[id] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, id)
	}, nil
}

// Begin makes room for a content that will come under an id of the caller's.
func (s *Store) Begin(id string) error {
	release, err := s.hold(id)
	if err != nil {
		return err
	}
	defer release()
	f, err := os.OpenFile(s.part(id), os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("begin upload: %w", err)
	}
	return f.Close()
}

// Received returns how many bytes are here of a content that is not finished.
func (s *Store) Received(id string) (int64, error) {
	if !idPattern.MatchString(id) {
		return 0, ErrUnknown
	}
	info, err := os.Stat(s.part(id))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, ErrUnknown
	}
	if err != nil {
		return 0, fmt.Errorf("upload: %w", err)
	}
	return info.Size(), nil
}

// Append adds a chunk at an offset, which must be where the last one ended,
// and returns how many bytes are here then. A chunk that is here already, sent
// again because its answer was lost, changes nothing. size is the whole's.
func (s *Store) Append(id string, offset int64, chunk []byte, size int64) (int64, error) {
	release, err := s.hold(id)
	if err != nil {
		return 0, err
	}
	defer release()
	have, err := s.Received(id)
	end := offset + int64(len(chunk))
	switch {
	case err != nil:
		return 0, err
	case len(chunk) == 0 || len(chunk) > ChunkBytes || end > size:
		return have, ErrTooLong
	case offset >= 0 && end <= have:
		return have, nil
	case offset != have:
		return have, ErrOffset
	}
	f, err := os.OpenFile(s.part(id), os.O_WRONLY, 0)
	if err != nil {
		return have, fmt.Errorf("upload: %w", err)
	}
	if _, err = f.WriteAt(chunk, offset); err != nil { // half a chunk would shift all that follow
		err = errors.Join(err, f.Truncate(offset))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return have, fmt.Errorf("upload: %w", err)
	}
	return end, nil
}

// Kept is a content that is whole.
type Kept struct {
	Hash      [32]byte // SHA-256
	Size      int64
	MediaType string // what the bytes are, whatever the sender said; empty: nothing we know
	// Fault is what is wrong with them, as a key; empty: nothing. It is known
	// to the question whether they may be kept, and only there.
	Fault string
}

// Finish makes a content permanent; it stays under its id too, so that
// finishing can be repeated until the caller drops it. want is the hash the sender computed, nil
// if it could not. allowed decides by what the bytes are whether they may be
// kept; an error of it, like ErrOtherHash, drops them and is returned. After
// nil the content survives a loss of power. It waits for its turn to be looked
// into, until ctx ends.
func (s *Store) Finish(ctx context.Context, id string, size int64, want []byte, allowed func(Kept) error) (Kept, error) {
	return s.finish(ctx, id, size, want, allowed, nil)
}

// FinishPhoto is Finish for a picture that everybody may see: what is kept is
// a JPEG of at most PhotoSide pixels, upright, without what a camera writes
// beside the picture. The original is not kept.
func (s *Store) FinishPhoto(ctx context.Context, id string, size int64, want []byte, allowed func(Kept) error) (Kept, error) {
	return s.finish(ctx, id, size, want, allowed, func(content []byte) ([]byte, error) { return smaller(content, PhotoSide) })
}

func (s *Store) finish(ctx context.Context, id string, size int64, want []byte, allowed func(Kept) error, change func([]byte) ([]byte, error)) (Kept, error) {
	release, err := s.hold(id)
	if err != nil {
		return Kept{}, err
	}
	defer release()
	have, err := s.Received(id)
	if err != nil {
		return Kept{}, err
	}
	if have != size {
		return Kept{}, ErrIncomplete
	}
	leave, err := s.turn(ctx)
	if err != nil {
		return Kept{}, err
	}
	defer leave()
	k, content, err := s.look(id)
	if err != nil {
		return Kept{}, err
	}
	if want != nil && string(want) != string(k.Hash[:]) {
		return Kept{}, errors.Join(ErrOtherHash, os.Remove(s.part(id)))
	}
	if err := allowed(k); err != nil {
		return Kept{}, errors.Join(err, os.Remove(s.part(id)))
	}
	k.Fault = ""
	if change == nil {
		return k, s.keep(id, k.Hash)
	}
	if content, err = change(content); err != nil {
		return Kept{}, err
	}
	k = Kept{Hash: sha256.Sum256(content), Size: int64(len(content)), MediaType: JPEG}
	return k, s.put(k.Hash, content)
}

// turn waits until nobody else looks into a content or makes one smaller.
func (s *Store) turn(ctx context.Context) (leave func(), err error) {
	select {
	case s.scale <- struct{}{}:
		return func() { <-s.scale }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// look reads a received content through and syncs it.
func (s *Store) look(id string) (Kept, []byte, error) {
	f, err := os.Open(s.part(id))
	if err != nil {
		return Kept{}, nil, fmt.Errorf("upload: %w", err)
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err = errors.Join(err, f.Sync()); err != nil {
		return Kept{}, nil, fmt.Errorf("upload: %w", err)
	}
	k := Kept{Hash: sha256.Sum256(content), Size: int64(len(content)), MediaType: detect(bytes.NewReader(content), int64(len(content)))}
	k.Fault = inspect(content, k.MediaType)
	return k, content, nil
}

// put keeps a content that was not received as it is.
func (s *Store) put(hash [32]byte, content []byte) error {
	to := s.kept(hash)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	if err := durable.WriteFile(to, content); err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	return durable.SyncDir(filepath.Join(s.dir, "kept"))
}

// keep gives a content its hash as a second name. What has it already is the
// same.
func (s *Store) keep(id string, hash [32]byte) error {
	to := s.kept(hash)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	if err := os.Chmod(s.part(id), 0o400); err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	if err := os.Link(s.part(id), to); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("upload: %w", err)
	}
	return errors.Join(durable.SyncDir(filepath.Dir(to)), durable.SyncDir(filepath.Join(s.dir, "kept")))
}

// Drop forgets a content that is not finished. It may be gone already.
func (s *Store) Drop(id string) error {
	release, err := s.hold(id)
	if err != nil {
		return err
	}
	defer release()
	if err := os.Remove(s.part(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("upload: %w", err)
	}
	return nil
}

// Content opens a kept content. The caller closes it.
func (s *Store) Content(hash [32]byte) (*os.File, error) {
	f, err := os.Open(s.kept(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: content %x", ErrUnknown, hash)
	}
	return f, err
}

// Remove deletes a kept content and what was made smaller of it. It may be gone
// already. The caller has made sure that nothing refers to it.
func (s *Store) Remove(hash [32]byte) error {
	names := []string{s.kept(hash)}
	small, err := filepath.Glob(filepath.Join(s.dir, "small", hex.EncodeToString(hash[:])+"-*"))
	if err != nil {
		return err
	}
	for _, name := range append(names, small...) {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := durable.SyncDir(filepath.Dir(names[0])); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Tidy forgets what was begun and not continued since a moment.
func (s *Store) Tidy(before time.Time) error {
	entries, err := os.ReadDir(filepath.Join(s.dir, "part"))
	if err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.ModTime().Before(before) {
			err = s.Drop(e.Name())
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrOffset) {
			return err
		}
	}
	return nil
}
