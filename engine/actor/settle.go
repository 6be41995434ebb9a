package actor

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
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
	// Lacks returns those of some sessions whose result the office has not, or
	// has no more: its database failed over to a copy that lagged, or was put
	// back from a backup. Called like Deliver.
	Lacks(ctx context.Context, ids []engine.SessionID) ([]engine.SessionID, error)
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
	// auditEvery is how often the office is asked whether it still has what it
	// took, besides at the start and whenever it comes back. That takes one
	// statement for auditAtOnce sessions.
	auditEvery  = time.Minute
	auditAtOnce = 1000
)

// settler carries results from the journal to the office.
type settler struct {
	journal engine.Journal
	office  Office
	decides func(engine.SessionID) bool // others' results are others' business
	log     *slog.Logger
	wake    chan struct{} // capacity 1: a session was added
	look    chan struct{} // capacity 1: the office is to be asked what it has

	mu      sync.Mutex
	queue   []engine.SessionID        // next first; what failed goes to the back, so it holds up nobody
	waiting map[engine.SessionID]bool // what is in the queue, and what is being delivered
	settled map[engine.SessionID]bool // true: the office has said that it took it; false: and has lost it
}

func newSettler(j engine.Journal, o Office, decides func(engine.SessionID) bool, log *slog.Logger) *settler {
	return &settler{journal: j, office: o, decides: decides, log: log, wake: make(chan struct{}, 1), look: make(chan struct{}, 1),
		waiting: map[engine.SessionID]bool{}, settled: map[engine.SessionID]bool{}}
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

// remember notes sessions of which the journal says that the office has taken
// their results. It does not block.
func (s *settler) remember(ids []engine.SessionID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		s.settled[id] = true
	}
}

// audit asks the office for what it has lost, soon. It does not block.
func (s *settler) audit() {
	select {
	case s.look <- struct{}{}:
	default:
	}
}

// run delivers until ctx ends.
func (s *settler) run(ctx context.Context) {
	audits := time.NewTicker(auditEvery)
	defer audits.Stop()
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
		case <-s.look:
			s.findLost(ctx)
			continue
		case <-audits.C:
			s.findLost(ctx)
			continue
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
		if !s.decides(id) {
			s.forget(id)
			continue
		}
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

// forget leaves a result to who decides its session now.
func (s *settler) forget(id engine.SessionID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, id)
}

func (s *settler) done(id engine.SessionID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, id)
	s.settled[id] = true
}

// findLost has the office say which results it took and has no more, and brings
// them again. An office that does not answer is asked again later.
func (s *settler) findLost(ctx context.Context) {
	for ids := range slices.Chunk(s.taken(), auditAtOnce) {
		bounded, cancel := context.WithTimeout(ctx, deliverWithin)
		lost, err := s.office.Lacks(bounded, ids)
		cancel()
		if err != nil {
			if ctx.Err() == nil {
				s.log.Warn("the office does not say which results it has", "err", err)
			}
			return
		}
		for _, id := range lost {
			s.log.Error("the office has lost a result that it had taken; it gets it again", "session", id)
			s.mu.Lock()
			s.settled[id] = false
			s.mu.Unlock()
			s.enqueue(id)
		}
	}
}

// taken lists the sessions that are decided here and whose results the office
// should have.
func (s *settler) taken() []engine.SessionID {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]engine.SessionID, 0, len(s.settled))
	for id, has := range s.settled {
		if has && s.decides(id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// isLost tells whether the office took a result and has it no more.
func (s *settler) isLost(id engine.SessionID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	has, took := s.settled[id]
	return took && !has
}

// deliver brings one result to the office, from the journal and not from
// memory: what is delivered is what is durable. A session that has ended takes
// no more records, so it is the same each time.
func (s *settler) deliver(ctx context.Context, id engine.SessionID) error {
	done, err := s.journal.Settled(ctx, id)
	if err != nil || done && !s.isLost(id) {
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
