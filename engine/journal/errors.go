package journal

import (
	"errors"
	"fmt"

	"gobua/engine"
)

// Errors of opening and using a journal, beside those of engine.Journal.
var (
	// ErrClosed: the journal was closed; nothing was written.
	ErrClosed = errors.New("journal: closed")
	// ErrLocked: another process has the folder open.
	ErrLocked = errors.New("journal: folder is in use")
	// ErrFull: the disk is nearly full; nothing was written.
	ErrFull = errors.New("journal: disk is full")
	// ErrHeads: the file of kept heads is missing or damaged although the
	// journal has sessions. RebuildHeads is the way out.
	ErrHeads = errors.New("journal: kept heads are lost")
)

// damaged names a session that must not be served, and why.
func damaged(id engine.SessionID, format string, args ...any) error {
	return fmt.Errorf("session %s: %w: %w", id, engine.ErrCorrupt, fmt.Errorf(format, args...))
}

// Fenced is an ErrFenced that tells a stale owner how far the session really is.
func Fenced(id engine.SessionID, after, head engine.Head) error {
	if after.Seq == head.Seq {
		return fmt.Errorf("session %s: %w: record %d is %s, not %s", id, engine.ErrFenced, head.Seq, head.Hash.Short(), after.Hash.Short())
	}
	return fmt.Errorf("session %s: %w: it ends at record %d, not at %d", id, engine.ErrFenced, head.Seq, after.Seq)
}

// checkKept compares where a session ends with its kept head. at returns the
// hash of one of the session's rows.
func checkKept(id engine.SessionID, head, kept engine.Head, at func(engine.Seq) (engine.Hash, error)) error {
	if head.Seq < kept.Seq {
		return damaged(id, "it ends at record %d (%s), but its kept head is record %d (%s): %d acknowledged records are missing",
			head.Seq, head.Hash.Short(), kept.Seq, kept.Hash.Short(), kept.Seq-head.Seq)
	}
	if kept.Seq == 0 {
		return nil
	}
	found, err := at(kept.Seq)
	if err != nil {
		return fmt.Errorf("session %s: record %d: %w", id, kept.Seq, err)
	}
	if found != kept.Hash {
		return damaged(id, "record %d is %s, but its kept head is %s", kept.Seq, found.Short(), kept.Hash.Short())
	}
	return nil
}

// reachesKept refuses a store in which a session ends before its kept head.
// Then more may be lost than the rows of that session, so nothing is served
// until somebody has decided.
func reachesKept(s *store, heads map[engine.SessionID]engine.Head) error {
	const named = 5 // sessions in the message; there may be thousands
	var short []error
	for id, kept := range heads {
		head, err := s.last(id)
		if errors.Is(err, engine.ErrCorrupt) {
			continue // known to be damaged there, so its own replay is refused
		}
		if err != nil {
			return fmt.Errorf("session %s: its last record: %w", id, err)
		}
		if head.Seq < kept.Seq {
			short = append(short, checkKept(id, head, kept, nil))
		}
	}
	if len(short) == 0 {
		return nil
	}
	return fmt.Errorf("%d sessions end before their kept heads, nothing was changed: put back a copy of the folder that has them, "+
		"or go on without them after: gobua journal rebuild-heads: %w", len(short), errors.Join(short[:min(len(short), named)]...))
}
