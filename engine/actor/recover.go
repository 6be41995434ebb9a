package actor

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"gobua/engine"
)

// recover reads a session back from its journal.
func (a *Actor) recover(ctx context.Context) (*core, error) {
	c, err := a.readBack(ctx, a.id, a.shown)
	if err != nil {
		return nil, err
	}
	if c.state.Rules.Group != nil && a.group == nil {
		return nil, fmt.Errorf("session %s: %w: it is sold together with others, and its first record could not be read when it was launched", a.id, engine.ErrCorrupt)
	}
	c.dropped = &a.dropped
	return c, nil
}

// reader reads sessions back, a bounded number at a time.
type reader struct {
	journal engine.Journal
	near    *neighbours
	places  chan struct{}
}

// readBack makes a session's state from its journal, and shows who its
// participants are. What the room has not heard of what was shown before is
// kept in updates. It blocks for the reading.
func (r reader) readBack(ctx context.Context, id engine.SessionID, s *shown) (*core, error) {
	select {
	case r.places <- struct{}{}:
		defer func() { <-r.places }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c := &core{near: r.near}
	var origin engine.Hash
	before := s.view.Load()
	err := replay(ctx, r.journal, id, func(r engine.Record) error {
		if created, ok := r.Event.(*engine.Created); ok {
			origin = fingerprint(created)
		}
		if u, public := c.absorb(r); public && before != nil && c.state.Feed > before.Feed {
			c.updates = append(c.updates, u)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if c.state.Head.Seq == 0 {
		return nil, fmt.Errorf("session %s: %w: it has no records", id, engine.ErrCorrupt)
	}
	s.began(origin, c.state.Bidders())
	r.near.know(id, &c.state)
	return c, nil
}

// fingerprint tells apart what sessions were created with: rules, lot,
// participants and hidden reserve.
func fingerprint(c *engine.Created) engine.Hash {
	drawn := *c
	drawn.Seed = nil // of the owner's drawing, not of the creation
	b, err := json.Marshal(&drawn)
	if err != nil {
		panic("a creation cannot be written as JSON: " + err.Error()) // no field of Created can fail
	}
	return sha256.Sum256(b)
}

// replay reads a session's records, oldest first. A record that cannot be
// decoded, or that the rules of this program cannot follow, is damage: such a
// session is refused, and the others are served.
func replay(ctx context.Context, j engine.Journal, id engine.SessionID, fn func(engine.Record) error) error {
	return j.Replay(ctx, id, 0, func(e engine.Entry) error {
		r, err := readable(id, e)
		if err != nil {
			return err
		}
		return guard(id, r, fn)
	})
}

// readable is the record of an entry, which is where it belongs.
func readable(id engine.SessionID, e engine.Entry) (engine.Record, error) {
	r, err := e.Record()
	if err == nil {
		err = misplaced(id, e, r)
	}
	if err != nil {
		return r, fmt.Errorf("session %s, record %d: %w: %w", id, e.Seq, engine.ErrCorrupt, err)
	}
	return r, nil
}

// misplaced tells what is wrong with a record where it stands.
func misplaced(id engine.SessionID, e engine.Entry, r engine.Record) error {
	created, first := r.Event.(*engine.Created)
	switch {
	case r.Seq != e.Seq:
		return fmt.Errorf("it says that it is record %d", r.Seq)
	case r.Concealed != nil:
		return errors.New("what it conceals is missing")
	case first != (e.Seq == 1):
		return errors.New("a session begins with its creation, once")
	case first && created.Session != id:
		return fmt.Errorf("it creates session %s", created.Session)
	case first && engine.Methods[created.Rules.Method] == nil:
		return fmt.Errorf("this program does not know the method %q", created.Rules.Method)
	}
	return nil
}

// guard turns the panic that a record causes into damage. Only what is read
// back is guarded: a bug in deciding still ends the program.
func guard(id engine.SessionID, r engine.Record, fn func(engine.Record) error) (err error) {
	defer func() {
		if bug := recover(); bug != nil {
			err = fmt.Errorf("session %s, record %d (%s): %w: it cannot follow: %v", id, r.Seq, r.Event.Kind(), engine.ErrCorrupt, bug)
		}
	}()
	return fn(r)
}

func isDamage(err error) bool { return errors.Is(err, engine.ErrCorrupt) }

// lose takes a session out of service that turned out to be damaged.
func (r *Registry) lose(a *Actor, err error) { r.loseSession(a.id, err) }

func (r *Registry) loseSession(id engine.SessionID, err error) {
	r.o.Log.Error("session is damaged and is not served", "session", id, "err", err)
	r.mu.Lock()
	r.damaged[id] = err
	delete(r.actors, id)
	delete(r.replicas, id)
	delete(r.shown, id)
	r.mu.Unlock()
	r.near.know(id, nil)
	r.o.Feed.Gone(id)
}
