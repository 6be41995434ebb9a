package actor

import (
	"context"
	"fmt"

	"gobua/engine"
)

// Retell tells a session that is over once more, as its room heard it: begin
// is given the room before anything had happened in it and when that was, tell
// every public update with its number, in order. What the room did not hear
// they are not given, because they get what absorb made of each record when it
// was told first.
//
// It reads the journal on the caller's goroutine and waits for begin and tell,
// whose error ends it. Its own are engine.ErrNoSession, engine.ErrNotOver and
// the journal's.
func (r *Registry) Retell(ctx context.Context, id engine.SessionID,
	begin func(engine.Room, engine.Instant) error, tell func(engine.FeedSeq, engine.Update) error,
) error {
	v, ok := r.View(id)
	if !ok {
		return engine.ErrNoSession
	}
	if !v.Room.Now.Phase.Final() {
		return engine.ErrNotOver
	}
	c := new(core)
	err := replay(ctx, r.o.Journal, id, func(rec engine.Record) error {
		u, public := c.absorb(rec)
		switch {
		case rec.Event.Kind() == engine.KindCreated:
			return begin(c.room, rec.At)
		case !public:
			return nil
		}
		return tell(c.state.Feed, u)
	})
	switch {
	case err != nil:
		return fmt.Errorf("tell session %s again: %w", id, err)
	case c.state.Feed != v.Feed:
		return fmt.Errorf("tell session %s again: %w: its journal has %d updates, its room had %d", id, engine.ErrCorrupt, c.state.Feed, v.Feed)
	}
	return nil
}
