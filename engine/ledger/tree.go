package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
)

// SplitView is the proof that a log shows different histories to different
// people: two checkpoints, both signed by it, of which neither continues the
// other. Keep both notes.
type SplitView struct {
	One, Other Checkpoint
	Why        error
}

// Error says what contradicts what.
func (s *SplitView) Error() string {
	return fmt.Sprintf("ledger: two histories of %s: size %d with root %s, and size %d with root %s: %v",
		s.One.Origin, s.One.Size, s.One.Root.Short(), s.Other.Size, s.Other.Root.Short(), s.Why)
}

// Unwrap returns why.
func (s *SplitView) Unwrap() error { return s.Why }

// CheckInclusion checks that an entry is the one at an index of the tree of a
// checkpoint.
func CheckInclusion(c Checkpoint, index int64, entry string, proof []engine.Hash) error {
	if index < 0 || index >= c.Size {
		return fmt.Errorf("ledger: entry %d is not among %d", index, c.Size)
	}
	if err := tlog.CheckRecord(treeHashes(proof), c.Size, tlog.Hash(c.Root), index, LeafHash(entry)); err != nil {
		return fmt.Errorf("ledger: entry %d is not in the tree of size %d: %w", index, c.Size, err)
	}
	return nil
}

// CheckConsistency checks that one of two checkpoints continues the other. A
// wrong proof and a split view cannot be told apart here: whoever cannot prove
// it has not shown that there is one history.
func CheckConsistency(one, other Checkpoint, proof []engine.Hash) error {
	older, newer := one, other
	if newer.Size < older.Size {
		older, newer = newer, older
	}
	var why error
	switch {
	case older.Origin != newer.Origin:
		return fmt.Errorf("ledger: %q and %q are two logs", older.Origin, newer.Origin)
	case older.Size == newer.Size && older.Root == newer.Root, older.Size == 0:
		return nil
	case older.Size == newer.Size:
		why = fmt.Errorf("two roots of one size")
	default:
		why = tlog.CheckTree(treeHashes(proof), newer.Size, tlog.Hash(newer.Root), older.Size, tlog.Hash(older.Root))
	}
	if why != nil {
		return &SplitView{One: older, Other: newer, Why: why}
	}
	return nil
}

// LeafHash is the hash of an entry in the tree (RFC 6962).
func LeafHash(entry string) tlog.Hash { return tlog.RecordHash([]byte(entry)) }

func treeHashes(proof []engine.Hash) []tlog.Hash {
	out := make([]tlog.Hash, len(proof))
	for i, h := range proof {
		out[i] = tlog.Hash(h)
	}
	return out
}

// Hashes turns a proof of package tlog into the hashes of the engine.
func Hashes[P ~[]tlog.Hash](proof P) []engine.Hash {
	out := make([]engine.Hash, len(proof))
	for i, h := range proof {
		out[i] = engine.Hash(h)
	}
	return out
}
