package ledger

import (
	"errors"

	"gobua/engine"
)

// What a log says when it has no answer.
var (
	// ErrNotFound: there is no such entry, checkpoint, tile or session, or not yet.
	ErrNotFound = errors.New("ledger: not found")
	// ErrDown: the log cannot be read or written now.
	ErrDown = errors.New("ledger: out of order")
	// ErrCosignature: what a witness sent is no cosignature of a checkpoint of
	// this log by a witness whose key is known.
	ErrCosignature = errors.New("ledger: cosignature refused")
)

// What a log answers, in the shapes in which it travels as JSON. Nothing in
// them is believed: checks go from a key to a checkpoint to a proof.

// SignedCheckpoint is a checkpoint with everything that was signed of it.
type SignedCheckpoint struct {
	Size    int64          `json:"size"`
	Root    engine.Hash    `json:"root"`
	At      engine.Instant `json:"at"`                // when it was signed, by the server's clock
	Note    string         `json:"note"`              // signed by the log, and by the witnesses whose word has come in
	Stamped bool           `json:"stamped,omitempty"` // there is a time stamp of RFC 3161 over the note's text
}

// Inclusion is the proof that an entry is in the tree of a size.
type Inclusion struct {
	Index   int64         `json:"index"`
	Size    int64         `json:"size"`
	Entry   string        `json:"entry"`
	Proof   []engine.Hash `json:"proof"`
	Opening *Opening      `json:"opening,omitempty"` // of a blind head, once it may be told
}

// Consistency is the proof that the tree of a size continues one of a smaller size.
type Consistency struct {
	From  int64         `json:"from"`
	To    int64         `json:"to"`
	Proof []engine.Hash `json:"proof"`
}

// SessionEntry is one entry of the log that is about a session.
type SessionEntry struct {
	Index   int64    `json:"index"`
	Entry   string   `json:"entry"`
	Opening *Opening `json:"opening,omitempty"`
}

// About is who signs a log and who watches it.
type About struct {
	Origin     string           `json:"origin"`
	Keys       []Key            `json:"keys"`      // the first one first
	Witnesses  []string         `json:"witnesses"` // names of those whose cosignatures are taken
	Checkpoint SignedCheckpoint `json:"checkpoint"`
}

// SessionProof is the newest entry about a session, proved by a checkpoint.
type SessionProof struct {
	Inclusion
	Checkpoint SignedCheckpoint `json:"checkpoint"`
}
