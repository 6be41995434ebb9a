package actor

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"gobua/engine"
)

// Office takes the results of sessions that have ended. Deliver is called from
// one goroutine and may block until its context ends. It must be harmless when
// called again with the same extract: together with the mark in the journal a
// result then arrives exactly once, however often either side dies.
type Office interface {
	Deliver(ctx context.Context, e engine.Extract) error
}

// Limits of delivering results.
const (
	// deliverWithin is how long the office may take for one result. The
	// longest extract is some hundred thousand rows.
	deliverWithin = 30 * time.Second
	// giveUpAfter is how many failures in a row end a round: the office is
	// down then, and the others would only wait for it.
	giveUpAfter = 3
	// After a round that delivered nothing the next one waits, from settleFirst
	// on twice as long each time, at most settleMost.
	settleFirst = 2 * time.Second
	settleMost  = 30 * time.Second
)

// settler carries results from the journal to the office.
type settler struct {
	journal engine.Journal
	office  Office
	log     *slog.Logger
	wake    chan struct{} // capacity 1: a session was added

	mu      sync.Mutex
	queue   []engine.SessionID        // next first; what failed goes to the back, so it holds up nobody
	waiting map[engine.SessionID]bool // what is in the queue, and what is being delivered
}

func newSettler(j engine.Journal, o Office, log *slog.Logger) *settler {
	return &settler{journal: j, office: o, log: log, wake: make(chan struct{}, 1), waiting: map[engine.SessionID]bool{}}
}

// enqueue notes that a session has ended. It does not block.
func (s *settler) enqueue(id engine.SessionID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting[id] {
		return
	}
	s.waiting[id] = true
	s.queue = append(s.queue, id)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *settler) backlog() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting)
}

// run delivers until ctx ends.
func (s *settler) run(ctx context.Context) {
	pause := settleFirst
	for {
		var retry <-chan time.Time
		if s.backlog() > 0 {
			retry = time.After(pause)
		}
		select {
		case <-s.wake:
		case <-retry:
			pause = min(2*pause, settleMost)
		case <-ctx.Done():
			return
		}
		delivered, err := s.round(ctx)
		if delivered > 0 {
			pause = settleFirst
		}
		if err != nil && ctx.Err() == nil {
			s.log.Warn("results wait for the office", "waiting", s.backlog(), "delivered", delivered, "err", err)
		}
	}
}

// round tries every waiting result once, but gives up after a few failures in
// a row. It returns the last failure.
func (s *settler) round(ctx context.Context) (delivered int, failure error) {
	inARow := 0
	for n := s.backlog(); n > 0 && inARow < giveUpAfter && ctx.Err() == nil; n-- {
		id := s.next()
		if err := s.deliver(ctx, id); err != nil {
			failure = fmt.Errorf("session %s: %w", id, err)
			s.again(id)
			inARow++
			continue
		}
		s.done(id)
		delivered++
		inARow = 0
	}
	return delivered, failure
}

func (s *settler) next() engine.SessionID {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.queue[0]
	s.queue = s.queue[1:]
	return id
}

func (s *settler) again(id engine.SessionID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, id)
}

func (s *settler) done(id engine.SessionID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, id)
}

// deliver brings one result to the office, from the journal and not from
// memory: what is delivered is what is durable. A session that has ended takes
// no more records, so it is the same each time.
func (s *settler) deliver(ctx context.Context, id engine.SessionID) error {
	done, err := s.journal.Settled(ctx, id)
	if err != nil || done {
		return err
	}
	var x engine.Extractor
	err = replay(ctx, s.journal, id, func(r engine.Record) error {
		x.Add(r)
		return nil
	})
	if err != nil {
		return err
	}
	e := x.Extract()
	if !e.Phase.Final() {
		return fmt.Errorf("the journal says that it is %s", e.Phase)
	}
	ctx, cancel := context.WithTimeout(ctx, deliverWithin)
	defer cancel()
	if err := s.office.Deliver(ctx, e); err != nil {
		return err
	}
	return s.journal.MarkSettled(ctx, id)
}
