package actor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"gobua/engine"
)

// Create begins a session: its first record is journalled before it returns.
// Creating a session again with the same rules, lot and participants does
// nothing; with others it is an error. After any error it may be called again;
// ErrElsewhere: at the process that decides the sessions of the auction.
func (r *Registry) Create(ctx context.Context, c engine.Created) error {
	if err := engine.CheckCreated(&c); err != nil {
		return err
	}
	t, err := r.tenureOf(&c)
	if err != nil {
		return err
	}
	since := engine.Instant(0)
	if _, ok := r.actor(c.Session); !ok {
		switch err := r.begin(ctx, c); {
		case errors.Is(err, engine.ErrFenced):
			since = t.since // it was there before, perhaps before the process
			if there, err := r.recorded(ctx, c.Session); err != nil || !there {
				return errors.Join(r.away(), err) // this process was taken for dead
			}
		case err != nil:
			return err
		}
	}
	a, err := r.launch(t, c.Session, since, r.settle.enqueue)
	if err != nil {
		return err
	}
	return a.sameOrigin(ctx, &c)
}

// tenureOf finds under which tenure a session is created.
func (r *Registry) tenureOf(c *engine.Created) (*tenure, error) {
	unit := r.unitOf(c.Lot.AuctionID)
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.tenures[unit]
	switch {
	case r.stopped:
		return nil, errStopped
	case t == nil:
		return nil, r.away()
	}
	r.units[c.Session] = unit
	return t, nil
}

// recorded tells whether the journal has a session, whole or damaged.
func (r *Registry) recorded(ctx context.Context, id engine.SessionID) (bool, error) {
	err := r.o.Journal.Replay(ctx, id, 0, func(engine.Entry) error { return errFirst })
	if errors.Is(err, errFirst) || isDamage(err) {
		return true, nil
	}
	return false, err
}

// begin journals a session's first record. ErrFenced: the journal has one.
func (r *Registry) begin(ctx context.Context, c engine.Created) error {
	if c.Seed == nil {
		c.Seed = new(engine.Hash)
		rand.Read(c.Seed[:]) // never fails
	}
	rec := new(engine.State).Record(engine.Command{By: engine.System}, engine.InstantOf(r.clock()), &c)
	entry, err := new(engine.State).Entry(&rec)
	if err != nil {
		return err
	}
	return r.o.Journal.Append(ctx, c.Session, engine.Head{}, []engine.Entry{entry})
}

// sameOrigin waits until the session is served and compares what it was
// created with.
func (a *Actor) sameOrigin(ctx context.Context, c *engine.Created) error {
	select {
	case <-a.served:
	case <-ctx.Done():
		return ctx.Err()
	}
	v, origin := a.view.Load(), a.origin.Load()
	switch {
	case v == nil || origin == nil:
		return fmt.Errorf("session %s cannot be served", c.Session)
	case v.Room.RulesHash != c.RulesHash:
		return fmt.Errorf("session %s exists with other rules: %s, not %s", c.Session, v.Room.RulesHash.Short(), c.RulesHash.Short())
	case *origin != fingerprint(c):
		return fmt.Errorf("session %s exists with the same rules but another lot, other participants or another reserve", c.Session)
	}
	return nil
}
