package witness_test

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/transport"
)

func withCancel(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

// current is the checkpoint that a log shows now.
func current(t *testing.T, l transport.LedgerAPI) []byte {
	t.Helper()
	c, err := l.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	return []byte(c.Note)
}

func (l *log) size() int64 {
	l.t.Helper()
	c, err := l.Checkpoint()
	if err != nil {
		l.t.Fatal(err)
	}
	return c.Size
}

// stolen is the key of a log, out of its file.
func stolen(t *testing.T, l *log) (seed [32]byte) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(l.keys(), "ledger-key"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hex.Decode(seed[:], []byte(strings.TrimSpace(string(text)))); err != nil {
		t.Fatal(err)
	}
	return seed
}

// bent is a log that shows another checkpoint than its own.
type bent struct {
	transport.LedgerAPI
	note []byte
}

func (b bent) Checkpoint() (ledger.SignedCheckpoint, error) {
	return ledger.SignedCheckpoint{Note: string(b.note)}, nil
}

// shown passes every question on to the log that the house shows now.
type shown struct{ h *house }

func (s shown) log() transport.LedgerAPI                     { return *s.h.show.Load() }
func (s shown) About() (ledger.About, error)                 { return s.log().About() }
func (s shown) Checkpoint() (ledger.SignedCheckpoint, error) { return s.log().Checkpoint() }
func (s shown) CheckpointAt(n int64) (ledger.SignedCheckpoint, error) {
	return s.log().CheckpointAt(n)
}
func (s shown) Checkpoints(after int64, limit int) ([]ledger.SignedCheckpoint, error) {
	return s.log().Checkpoints(after, limit)
}
func (s shown) Timestamp(n int64) ([]byte, error)  { return s.log().Timestamp(n) }
func (s shown) Tile(t tlog.Tile) ([]byte, error)   { return s.log().Tile(t) }
func (s shown) AddCosignature(signed []byte) error { return s.log().AddCosignature(signed) }
func (s shown) Inclusion(index, size int64) (ledger.Inclusion, error) {
	return s.log().Inclusion(index, size)
}
func (s shown) Consistency(from, to int64) (ledger.Consistency, error) {
	return s.log().Consistency(from, to)
}
func (s shown) SessionProof(id engine.SessionID) (ledger.SessionProof, error) {
	return s.log().SessionProof(id)
}
func (s shown) SessionEntries(id engine.SessionID, from int64, limit int) ([]ledger.SessionEntry, error) {
	return s.log().SessionEntries(id, from, limit)
}
