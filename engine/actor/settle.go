package actor

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"gobua/engine"
)

// Office takes the results of sessions that have ended. Deliver is called from
// one goroutine, may block, and must be harmless when called again with the
// same extract: together with the mark in the journal a result then arrives
// exactly once, however often either side dies.
type Office interface {
	Deliver(ctx context.Context, e engine.Extract) error
}

// settleEvery is how often results that could not be delivered are tried
// again.
const settleEvery = 2 * time.Second

// settler carries results from the journal to the office.
type settler struct {
	journal engine.Journal
	office  Office
	log     *slog.Logger
	wake    chan struct{}

	mu      sync.Mutex
	waiting map[engine.SessionID]bool
}

func newSettler(j engine.Journal, o Office, log *slog.Logger) *settler {
	return &settler{journal: j, office: o, log: log, wake: make(chan struct{}, 1), waiting: map[engine.SessionID]bool{}}
}

// enqueue notes that a session has ended. It does not block.
func (s *settler) enqueue(id engine.SessionID) {
	s.mu.Lock()
	s.waiting[id] = true
	s.mu.Unlock()
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
	retry := time.NewTicker(settleEvery)
	defer retry.Stop()
	for {
		select {
		case <-s.wake:
		case <-retry.C:
		case <-ctx.Done():
			return
		}
		for _, id := range s.pending() {
			if err := s.deliver(ctx, id); err != nil {
				if ctx.Err() == nil {
					s.log.Warn("result cannot be delivered, will try again", "session", id, "err", err)
				}
				break // the office is probably down; the others would only wait for it
			}
			s.mu.Lock()
			delete(s.waiting, id)
			s.mu.Unlock()
		}
	}
}

func (s *settler) pending() []engine.SessionID {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]engine.SessionID, 0, len(s.waiting))
	for id := range s.waiting {
		ids = append(ids, id)
	}
	return ids
}

// deliver brings one result to the office, from the journal and not from
// memory: what is delivered is what is durable.
func (s *settler) deliver(ctx context.Context, id engine.SessionID) error {
	done, err := s.journal.Settled(ctx, id)
	if err != nil || done {
		return err
	}
	if s.office == nil {
		return nil
	}
	var x engine.Extractor
	if err := replay(ctx, s.journal, id, func(r engine.Record) error { x.Add(r); return nil }); err != nil {
		return err
	}
	if err := s.office.Deliver(ctx, x.Extract()); err != nil {
		return err
	}
	return s.journal.MarkSettled(ctx, id)
}

type noMeter struct{}

func (noMeter) Decided(engine.ActName, bool, engine.Reason) {}
func (noMeter) Appended(int, time.Duration, error)          {}
