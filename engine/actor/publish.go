package actor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"gobua/engine"
	"gobua/engine/proof"
)

// Publish writes the file of a session that is over: everything of it that
// anybody may know, for whoever wants to decide it once more. The same session
// gives the same bytes. It reads the journal twice on the caller's goroutine.
//
// Errors: engine.ErrNoSession, engine.ErrNotOver, engine.ErrBareRecord, and those of the
// journal and of w.
func (r *Registry) Publish(ctx context.Context, id engine.SessionID, w io.Writer) error {
	v, ok := r.View(id)
	if !ok {
		return engine.ErrNoSession
	}
	if !v.Room.Now.Phase.Final() {
		return engine.ErrNotOver
	}
	entries := entriesOf(ctx, r.o.Journal, id)
	survey, err := proof.Look(entries)
	if err == nil {
		err = proof.WriteFile(w, survey, entries)
	}
	if err != nil {
		return fmt.Errorf("publish session %s: %w", id, err)
	}
	return nil
}

// errEnough ends a replay whose reader wants no more.
var errEnough = errors.New("enough")

// entriesOf reads a session's entries, each time from the beginning.
func entriesOf(ctx context.Context, j engine.Journal, id engine.SessionID) iter.Seq2[engine.Entry, error] {
	return func(yield func(engine.Entry, error) bool) {
		err := j.Replay(ctx, id, 0, func(e engine.Entry) error {
			if !yield(e, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && err != errEnough {
			yield(engine.Entry{}, err)
		}
	}
}
