package actor

import (
	"context"
	"errors"
	"fmt"

	"gobua/engine"
)

// leastOutage is the shortest absence that is worth a record and a word to the
// room: a failed append that was read back at once is none.
const leastOutage = engine.Millis(1000)

// recover reads a session back from its journal.
func (a *Actor) recover(ctx context.Context) (*core, error) {
	c := new(core)
	err := replay(ctx, a.journal, a.id, func(r engine.Record) error {
		c.absorb(r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if c.state.Head.Seq == 0 {
		return nil, fmt.Errorf("session %s: %w: it has no records", a.id, engine.ErrCorrupt)
	}
	holders := make(map[engine.Hash]engine.ParticipantCode, len(c.state.Bidders()))
	for _, b := range c.state.Bidders() {
		holders[b.Holder] = b.Code
	}
	a.holders.Store(&holders)
	return c, nil
}

// replay reads a session's records, oldest first. A record that cannot be
// decoded is damage: its bytes are what was once acknowledged.
func replay(ctx context.Context, j engine.Journal, id engine.SessionID, fn func(engine.Record) error) error {
	return j.Replay(ctx, id, 0, func(e engine.Entry) error {
		r, err := engine.DecodeRecord(e.Body)
		if err != nil {
			return fmt.Errorf("session %s: %w: %w", id, engine.ErrCorrupt, err)
		}
		if created, ok := r.Event.(*engine.Created); ok != (e.Seq == 1) || ok && created.Session != id {
			return fmt.Errorf("session %s: %w: record %d is not where it belongs", id, engine.ErrCorrupt, e.Seq)
		}
		r.Hash = e.Hash
		return fn(r)
	})
}

func isDamage(err error) bool { return errors.Is(err, engine.ErrCorrupt) }
