package actor

import (
	"context"
	"sync"
	"time"

	"gobua/engine"
)

// mailboxSize is how many letters may wait. At the measured thousands of
// decisions a second it is well under a second of work; beyond it the honest
// answer is "busy".
const mailboxSize = 8192

// letter is one command on its way to a session's actor.
type letter struct {
	cmd    engine.Command
	at     engine.Instant // when the server received it
	answer func(engine.Receipt, error)
	ask    func(*engine.State) // a question instead of a command; answered with the batch
}

// mailbox is the only way to an actor. Stamping the time and putting the
// letter happen under one lock, and so do emptying it and reading the clock:
// therefore every letter that was received before the moment take returns is
// in what take returns, and the hammer never beats a bid that came in time.
type mailbox struct {
	mu      sync.Mutex
	letters []letter
	last    engine.Instant
	closed  bool
	wake    chan struct{} // capacity 1: there is something to take
}

func newMailbox() *mailbox { return &mailbox{wake: make(chan struct{}, 1)} }

// now is the server's clock, which never runs backwards.
func (m *mailbox) now() engine.Instant {
	m.last = max(m.last, engine.InstantOf(time.Now()))
	return m.last
}

// put stamps a letter and leaves it. It never blocks.
func (m *mailbox) put(l letter) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed:
		return engine.ErrNoSession
	case len(m.letters) >= mailboxSize:
		return engine.ErrBusy
	}
	l.at = m.now()
	m.letters = append(m.letters, l)
	m.signal()
	return nil
}

func (m *mailbox) signal() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// take waits for letters or for a moment (zero: no such moment) and returns
// all letters and the time now. After ctx ends it returns what is left, once.
func (m *mailbox) take(ctx context.Context, until engine.Instant, spare []letter) ([]letter, engine.Instant) {
	var due <-chan time.Time
	if until != 0 {
		timer := time.NewTimer(time.Until(until.Time()))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-m.wake:
	case <-due:
	case <-ctx.Done():
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	letters := m.letters
	m.letters = spare[:0]
	return letters, m.now()
}

// close refuses further letters and returns those that still wait.
func (m *mailbox) close() []letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	letters := m.letters
	m.letters = nil
	return letters
}

// depth is how many letters wait.
func (m *mailbox) depth() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.letters)
}
