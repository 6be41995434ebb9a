package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gobua/engine"
)

// ErrInjected is the error of every fault that NewFaulty plants.
var ErrInjected = errors.New("journal: injected fault")

// Fault is what goes wrong with one append. The zero Fault is: nothing.
type Fault struct {
	Kind FaultKind
	// Durable is how many entries of a torn batch reach the disk.
	Durable int
	// Delay passes before anything else happens.
	Delay time.Duration
}

// FaultKind is a way in which an append fails.
type FaultKind int

// The ways. To the caller the last three look alike, and that is the point.
const (
	NoFault    FaultKind = iota
	FailBefore           // nothing reaches the disk
	FailAfter            // everything reaches the disk, and the caller gets an error

	// Tear: the first Durable entries reach the disk, and the caller gets an
	// error. It models a journal that breaks its promise to keep a batch whole:
	// no wiring may do that, and none is known to. Actors are tested with it all
	// the same, because what was told must be true and each command must get one
	// outcome even then.
	Tear
)

// Faulty is a journal on a failing disk, for tests and simulation. Everything
// but Append, MarkAlive too, passes through to the journal it wraps.
type Faulty struct {
	engine.Journal
	mu     sync.Mutex
	decide func(session engine.SessionID, entries int) Fault
}

var _ engine.Journal = (*Faulty)(nil)

// NewFaulty wraps a journal. decide is asked before every append of at least
// one entry; calls are one after the other, so it may draw from one seeded
// source. An append that would have been refused anyway is refused.
func NewFaulty(inner engine.Journal, decide func(session engine.SessionID, entries int) Fault) *Faulty {
	return &Faulty{Journal: inner, decide: decide}
}

// Append implements engine.Journal.
func (f *Faulty) Append(ctx context.Context, id engine.SessionID, after engine.Head, entries []engine.Entry) error {
	if len(entries) == 0 {
		return f.Journal.Append(ctx, id, after, entries)
	}
	f.mu.Lock()
	fault := f.decide(id, len(entries))
	f.mu.Unlock()
	if fault.Delay > 0 {
		time.Sleep(fault.Delay)
	}
	durable := len(entries)
	switch fault.Kind {
	case NoFault:
		return f.Journal.Append(ctx, id, after, entries)
	case FailBefore:
		durable = 0
	case Tear:
		durable = min(max(fault.Durable, 0), len(entries))
	}
	if err := f.Journal.Append(ctx, id, after, entries[:durable]); err != nil {
		return err
	}
	return fmt.Errorf("session %s: %w", id, ErrInjected)
}
