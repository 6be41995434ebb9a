package actor

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"gobua/engine"
)

// ErrElsewhere is the answer to a command for a session that another process
// decides: nothing happened, and that one may be asked. Only a registry that
// shares its sessions gives it.
var ErrElsewhere = errors.New("session: another process decides it")

// tenure is the time in which this process decides some sessions: from Take to
// Give, or for as long as it runs where it shares them with nobody.
type tenure struct {
	ctx    context.Context // ends when its actors shall stop
	cancel context.CancelFunc
	since  engine.Instant // nobody could reach the sessions from then on
	wg     sync.WaitGroup // its actors

	groups map[string]*group // of lots that are sold together, by auction; see group.go. The registry's mu guards it
}

// everything is the unit of all sessions where no other process decides any.
const everything = 0

func (r *Registry) shares() bool { return r.o.Unit != nil }

// unitOf is the unit of the sessions of an auction.
func (r *Registry) unitOf(auctionID string) int {
	if r.shares() {
		return r.o.Unit(auctionID)
	}
	return everything
}

// away is what letters are answered with that come to a session after this
// process has stopped deciding it.
func (r *Registry) away() error {
	if r.shares() {
		return ErrElsewhere
	}
	return engine.ErrBusy
}

// enter begins the tenure of a unit.
func (r *Registry) enter(unit int, since engine.Instant) (*tenure, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.stopped:
		return nil, errStopped
	case r.tenures[unit] != nil:
		return nil, fmt.Errorf("unit %d of the sessions is decided here already", unit)
	}
	t := &tenure{since: since, groups: map[string]*group{}}
	t.ctx, t.cancel = context.WithCancel(r.ctx)
	r.tenures[unit] = t
	return t, nil
}

// Take begins to decide the sessions of a unit. The caller holds the unit's
// claim on the journal, and Follow has been given everything before it. since:
// nobody could reach the sessions from then on; zero: they were handed over and
// are owed nothing. It blocks until those that are not settled are served;
// settled ones are served before it returns too, and owed nothing.
//
// After an error, or when ctx ends, nothing of the unit is decided here.
func (r *Registry) Take(ctx context.Context, unit int, since engine.Instant) error {
	t, err := r.enter(unit, since)
	if err != nil {
		return err
	}
	if err := r.serve(ctx, t, r.dismiss(unit)); err != nil {
		_ = r.Give(context.WithoutCancel(ctx), unit) // which only waits
		return fmt.Errorf("unit %d: %w", unit, err)
	}
	return nil
}

// Give stops deciding the sessions of a unit: letters that wait are decided,
// those that come are answered with ErrElsewhere, and when it returns nothing
// of the unit is on its way to the journal any more. What comes after is
// followed. To give what was not taken does nothing. The error is that of ctx,
// after which the unit must not be released.
func (r *Registry) Give(ctx context.Context, unit int) error {
	r.mu.Lock()
	t := r.tenures[unit]
	r.mu.Unlock()
	if t == nil {
		return nil
	}
	t.cancel()
	ended := make(chan struct{})
	go func() {
		t.wg.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		return ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tenures[unit] != t {
		return nil
	}
	delete(r.tenures, unit)
	var ids []engine.SessionID
	for id, u := range r.units {
		if u == unit && r.actors[id] != nil {
			delete(r.actors, id)
			ids = append(ids, id)
		}
	}
	if !r.stopped {
		r.wg.Go(func() { r.followGiven(r.ctx, ids) })
	}
	return nil
}

// Decides tells whether a session is decided by this process.
func (r *Registry) Decides(id engine.SessionID) bool {
	_, ok := r.actor(id)
	return ok
}

// Deciding is how many sessions this process decides that are not over.
func (r *Registry) Deciding() (sessions int) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, a := range r.actors {
		if v := a.view.Load(); v != nil && !v.Room.Now.Phase.Final() {
			sessions++
		}
	}
	return sessions
}

// UnitOf is the unit of a session that is known.
func (r *Registry) UnitOf(id engine.SessionID) (unit int, ok bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	unit, ok = r.units[id]
	return unit, ok
}

// serve launches the actors of sessions that the journal has and waits until
// those that are not settled are served, and those sold together with one of
// them. A damaged session is not served; the others are.
func (r *Registry) serve(ctx context.Context, t *tenure, ids []engine.SessionID) error {
	var urgent []*Actor
	var settled []engine.SessionID
	for _, id := range ids {
		done, err := r.o.Journal.Settled(ctx, id)
		if err != nil {
			return fmt.Errorf("session %s: %w", id, err)
		}
		if done {
			settled = append(settled, id)
			continue
		}
		a, err := r.launch(t, id, t.since, r.settle.enqueue)
		switch {
		case isDamage(err):
			continue // lose has named it
		case err != nil:
			return err
		}
		urgent = append(urgent, a)
	}
	r.settle.remember(settled)
	with, settled, err := r.companions(t, settled)
	if err != nil {
		return err
	}
	for _, a := range append(urgent, with...) {
		select {
		case <-a.served:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for _, id := range settled { // their clocks stand, so they are owed nothing
		if _, err := r.launch(t, id, 0, func(engine.SessionID) {}); err != nil && !isDamage(err) {
			return err
		}
	}
	r.settle.audit() // of what is decided here, which is now all of it
	return nil
}
