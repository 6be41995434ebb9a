// Package upload keeps the contents of files under their hash, on a disk or in a
// database. A content comes in chunks and may be continued after a broken line, a
// restart, or at another program. It is never run, never under a web root, and
// has no name here.
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
	"strings"
	"sync"
	"time"

	"gobua/office/blob"
)

// ChunkBytes is the longest chunk that Append takes: with the headers it stays
// below what the server reads of one request.
const ChunkBytes = blob.ChunkBytes

// Answers that are no failures of where contents lie.
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

// Store keeps contents. All methods may be called from any goroutine; each
// blocks for the disk or the database. The names in its blob.Store:
//
//	part/<id>       received so far
//	kept/ab/<hash>  whole
type Store struct {
	blobs blob.Store
	small string          // folder of pictures made smaller, <hash>-480; may be deleted at any time
	mu    sync.Mutex      // of busy
	busy  map[string]bool // reserved ids, by a chunk or an ending under way
	scale chan struct{}   // one content at a time is looked into or made smaller: the other CPU is for the bids
}

// Open keeps contents in a folder, which it makes if it is not there.
func Open(dir string) (*Store, error) { return New(blob.NewFolder(dir), filepath.Join(dir, smallName)) }

// New keeps contents in blobs, and pictures that were made smaller in a folder.
func New(blobs blob.Store, small string) (*Store, error) {
	if err := os.MkdirAll(small, 0o700); err != nil {
		return nil, fmt.Errorf("folder of small pictures: %w", err)
	}
	return &Store{blobs: blobs, small: small, busy: make(map[string]bool), scale: make(chan struct{}, 1)}, nil
}

// Names in a blob.Store, and in a folder that is one.
const (
	partPrefix = "part/"
	smallName  = "small"
)

// Passing tells whether a name in a folder of contents is of something that is
// not kept for good.
func Passing(name string) bool {
	return strings.HasPrefix(name, partPrefix) || strings.HasPrefix(name, smallName+"/") || strings.HasPrefix(name, blob.TemporaryPrefix)
}

// idPattern is what ids look like: they become names.
var idPattern = regexp.MustCompile(`^[0-9a-f-]{36}$`)

func part(id string) string { return partPrefix + id }

func kept(hash [32]byte) string {
	name := hex.EncodeToString(hash[:])
	return "kept/" + name[:2] + "/" + name
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
func (s *Store) Begin(ctx context.Context, id string) error {
	release, err := s.hold(id)
	if err != nil {
		return err
	}
	defer release()
	if err := s.blobs.Begin(ctx, part(id)); err != nil {
		return fmt.Errorf("begin upload: %w", err)
	}
	return nil
}

// Received returns how many bytes are here of a content that is not finished.
func (s *Store) Received(ctx context.Context, id string) (int64, error) {
	if !idPattern.MatchString(id) {
		return 0, ErrUnknown
	}
	size, err := s.blobs.Size(ctx, part(id))
	return size, said(err)
}

// said turns what a blob.Store answers into what this package does.
func said(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, blob.ErrUnknown):
		return ErrUnknown
	case errors.Is(err, blob.ErrOffset):
		return ErrOffset
	}
	return fmt.Errorf("upload: %w", err)
}

// Append adds a chunk at an offset, which must be where the last one ended,
// and returns how many bytes are here then. A chunk that is here already, sent
// again because its answer was lost, changes nothing. size is the whole's.
func (s *Store) Append(ctx context.Context, id string, offset int64, chunk []byte, size int64) (int64, error) {
	release, err := s.hold(id)
	if err != nil {
		return 0, err
	}
	defer release()
	have, err := s.Received(ctx, id)
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
	if err := s.blobs.Append(ctx, part(id), offset, chunk); err != nil {
		return have, said(err)
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
	have, err := s.Received(ctx, id)
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
	k, content, err := s.look(ctx, id)
	if err != nil {
		return Kept{}, err
	}
	if want != nil && string(want) != string(k.Hash[:]) {
		return Kept{}, errors.Join(ErrOtherHash, s.blobs.Remove(ctx, part(id)))
	}
	if err := allowed(k); err != nil {
		return Kept{}, errors.Join(err, s.blobs.Remove(ctx, part(id)))
	}
	k.Fault = ""
	if change == nil {
		return k, said(s.blobs.Link(ctx, part(id), kept(k.Hash)))
	}
	if content, err = change(content); err != nil {
		return Kept{}, err
	}
	k = Kept{Hash: sha256.Sum256(content), Size: int64(len(content)), MediaType: JPEG}
	return k, said(s.put(ctx, k.Hash, content))
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

// look reads a received content through.
func (s *Store) look(ctx context.Context, id string) (Kept, []byte, error) {
	content, err := s.read(ctx, part(id))
	if err != nil {
		return Kept{}, nil, err
	}
	k := Kept{Hash: sha256.Sum256(content), Size: int64(len(content)), MediaType: detect(bytes.NewReader(content), int64(len(content)))}
	k.Fault = inspect(content, k.MediaType)
	return k, content, nil
}

func (s *Store) read(ctx context.Context, name string) ([]byte, error) {
	f, err := s.blobs.Open(ctx, name)
	if err != nil {
		return nil, said(err)
	}
	content, err := io.ReadAll(f)
	return content, said(errors.Join(err, f.Close()))
}

// put keeps a content that was not received as it is.
func (s *Store) put(ctx context.Context, hash [32]byte, content []byte) error {
	made := blob.Temporary()
	out, err := blob.NewWriter(ctx, s.blobs, made)
	if err == nil {
		_, err = out.Write(content)
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = s.blobs.Link(ctx, made, kept(hash))
	}
	return errors.Join(err, s.blobs.Remove(ctx, made))
}

// Drop forgets a content that is not finished. It may be gone already.
func (s *Store) Drop(ctx context.Context, id string) error {
	release, err := s.hold(id)
	if err != nil {
		return err
	}
	defer release()
	return said(s.blobs.Remove(ctx, part(id)))
}

// Content opens a kept content. The caller closes it.
func (s *Store) Content(ctx context.Context, hash [32]byte) (blob.Content, error) {
	c, err := s.blobs.Open(ctx, kept(hash))
	if errors.Is(err, blob.ErrUnknown) {
		return nil, fmt.Errorf("%w: content %x", ErrUnknown, hash)
	}
	return c, err
}

// Remove deletes a kept content and what was made smaller of it here; other
// programs forget that with Tidy. It may be gone already. The caller has made sure
// that nothing refers to it.
func (s *Store) Remove(ctx context.Context, hash [32]byte) error {
	if err := s.blobs.Remove(ctx, kept(hash)); err != nil {
		return err
	}
	smaller, err := filepath.Glob(filepath.Join(s.small, hex.EncodeToString(hash[:])+"-*"))
	if err != nil {
		return err
	}
	for _, name := range smaller {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Tidy forgets what was begun and not continued since a moment; and, where other
// programs may have deleted their originals, pictures made smaller before it.
func (s *Store) Tidy(ctx context.Context, before time.Time) error {
	err := errors.Join(s.blobs.Tidy(ctx, partPrefix, before), s.blobs.Tidy(ctx, blob.TemporaryPrefix, before))
	if s.blobs.InDatabase() {
		err = errors.Join(err, blob.NewFolder(s.small).Tidy(ctx, "", before))
	}
	return said(err)
}
