package ledgerkeeper

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/engine/ledger"
)

// hall is a keeper with sessions and a clock that the test moves.
type hall struct {
	*Keeper
	t      testing.TB
	folder string
	o      Options
	said   said

	mu       sync.Mutex
	sessions []Session
	now      time.Time
}

var start = time.UnixMilli(1_790_000_000_000)

func newHall(t testing.TB, change ...func(*Options)) *hall {
	t.Helper()
	h := &hall{t: t, folder: t.TempDir(), now: start}
	h.o = Options{
		Dir: filepath.Join(h.folder, "ledger"), Every: time.Minute, Log: slog.New(slog.NewTextHandler(&h.said, nil)),
		Sessions: func() []Session { h.mu.Lock(); defer h.mu.Unlock(); return slices.Clone(h.sessions) },
		Now:      func() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now },
	}
	for _, f := range change {
		f(&h.o)
	}
	h.open()
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func (h *hall) keysFolder() string { return filepath.Join(h.folder, "keys") }

// tryOpen opens the log as a new process would.
func (h *hall) tryOpen() (err error) {
	if err := os.MkdirAll(h.keysFolder(), 0o700); err != nil {
		return err
	}
	if h.o.Signer, err = LoadSigner(h.keysFolder(), "daugia.example.vn/log", ""); err != nil {
		return err
	}
	k, err := Open(h.o)
	if err == nil {
		h.Keeper = k
	}
	return err
}

func (h *hall) open() {
	h.t.Helper()
	if err := h.tryOpen(); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) shut() {
	h.t.Helper()
	if err := h.Close(); err != nil {
		h.t.Fatal(err)
	}
}

// set says where a session stands now.
func (h *hall) set(s Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.sessions {
		if h.sessions[i].ID == s.ID {
			h.sessions[i] = s
			return
		}
	}
	h.sessions = append(h.sessions, s)
}

// pass lets time go by, and the keeper look at the sessions once.
func (h *hall) pass(d time.Duration) ledger.SignedCheckpoint {
	h.t.Helper()
	h.mu.Lock()
	h.now = h.now.Add(d)
	h.mu.Unlock()
	h.look(nil, false)
	return h.newest()
}

func (h *hall) newest() ledger.SignedCheckpoint {
	h.t.Helper()
	c, err := h.Checkpoint()
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// verified reads a checkpoint as a stranger would, who holds the first key.
func (h *hall) verified(signed string) ledger.Checkpoint {
	h.t.Helper()
	var keys ledger.Keys
	for _, key := range h.Keys() {
		in, err := h.Inclusion(key.Index, 0)
		if err != nil {
			h.t.Fatal(err)
		}
		if err := keys.Add(key.Index, in.Entry); err != nil {
			h.t.Fatal(err)
		}
	}
	c, err := keys.Open([]byte(signed))
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// consistent fails the test if one of two checkpoints does not continue the other.
func (h *hall) consistent(one, other ledger.Checkpoint) {
	h.t.Helper()
	proof, err := h.Consistency(min(one.Size, other.Size), max(one.Size, other.Size))
	if err == nil {
		err = ledger.CheckConsistency(one, other, proof.Proof)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// texts are the entries about a session.
func (h *hall) texts(id engine.SessionID) (out []string) {
	h.t.Helper()
	entries, err := h.SessionEntries(id, 0, 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Entry)
	}
	return out
}

func head(seq engine.Seq) engine.Head { return engine.Head{Seq: seq, Hash: engine.Hash{byte(seq), 1}} }

// said is what was logged.
type said struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
