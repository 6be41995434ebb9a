package actor

import (
	"context"
	"sync"
	"time"

	"gobua/engine"
)

// Limits of a mailbox.
const (
	// mailboxSize is how many letters may wait. At the measured ten thousands of
	// decisions a second it is well under a second of work; beyond it the honest
	// answer is "busy".
	mailboxSize = 8192
	// staffPlaces of them are kept for the auctioneer, who must be able to pause
	// a session that is flooded.
	staffPlaces = 64
	// batchSize is how many letters are decided at a time. A letter makes up to
	// three records of some hundred bytes, or one of 3 KB: a batch stays below
	// the 4 MB that a journal takes at once.
	batchSize = 1024
)

// letter is one command on its way to a session's actor.
type letter struct {
	cmd    engine.Command
	at     engine.Instant // when the server received it
	answer func(engine.Receipt, error)
	to     *Actor              // whose session it is for; only a group has several
	ask    func(*engine.State) // a question instead of a command; answered with the batch
	way    *way                // nil: it is not traced
}

// mailbox is the only way to an actor. Stamping the time and putting the
// letter happen under one lock, and so do emptying it and reading the clock:
// therefore every letter that was received before the moment empty returns is
// in what empty returned, and the hammer never beats a bid that came in time.
type mailbox struct {
	clock func() time.Time
	wake  chan struct{} // capacity 1: there is something to do

	mu      sync.Mutex
	letters []letter
	last    engine.Instant
	refusal error // why no further letter is taken; nil: it is
}

func newMailbox(clock func() time.Time) *mailbox {
	return &mailbox{clock: clock, wake: make(chan struct{}, 1)}
}

// now is the server's clock, which never runs backwards.
func (m *mailbox) now() engine.Instant {
	m.last = max(m.last, engine.InstantOf(m.clock()))
	return m.last
}

// put stamps a letter and leaves it. It never blocks. After an error the
// letter was not taken and its answer will not be called.
func (m *mailbox) put(l letter) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refusal != nil {
		return m.refusal
	}
	places := mailboxSize
	if l.cmd.By.Role != engine.RoleAuctioneer {
		places -= staffPlaces
	}
	if len(m.letters) >= places {
		return engine.ErrBusy
	}
	l.at = m.now()
	m.letters = append(m.letters, l)
	m.signal()
	return nil
}

// signal ends the next wait, or the present one.
func (m *mailbox) signal() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// wait blocks until there may be something to do: a letter, a signal, a moment
// (zero: no such moment), or the end of ctx.
func (m *mailbox) wait(ctx context.Context, until engine.Instant) {
	var due <-chan time.Time
	if until != 0 {
		timer := time.NewTimer(until.Time().Sub(m.clock()))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-m.wake:
	case <-due:
	case <-ctx.Done():
	}
}

// empty takes the oldest letters, at most batchSize, and returns the moment up
// to which nothing else was received: now, or when the first that stays came.
// It does not block. The actor gives the slice of the round before back as
// spare.
func (m *mailbox) empty(spare []letter) ([]letter, engine.Instant) {
	clear(spare)
	if cap(spare) > batchSize {
		spare = nil // of a burst, which must not stay in memory in each of a thousand sessions
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	letters := m.letters
	if len(letters) <= batchSize {
		m.letters = spare[:0]
		return letters, m.now()
	}
	m.letters = append(spare[:0], letters[batchSize:]...)
	clear(letters[batchSize:])
	m.signal()
	return letters[:batchSize], m.letters[0].at
}

// refuse takes no further letters, and why. Those that wait stay.
func (m *mailbox) refuse(why error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refusal = why
}

// depth is how many letters wait.
func (m *mailbox) depth() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.letters)
}
