package journal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"gobua/engine"
)

// Memory is a journal that ends with its process, for tests and simulation.
// It passes the same contract as Pebble and never fails; NewFaulty makes it.
type Memory struct {
	mu        sync.Mutex
	entries   map[engine.SessionID][]engine.Entry
	settled   map[engine.SessionID]bool
	lastAlive engine.Instant
	marked    engine.Instant
	closed    bool
}

var _ engine.Journal = (*Memory)(nil)

// NewMemory returns an empty journal.
func NewMemory() *Memory {
	return &Memory{entries: map[engine.SessionID][]engine.Entry{}, settled: map[engine.SessionID]bool{}}
}

// Restart is what a process that starts anew finds: the same records, and the
// last moment that was marked. The old journal is closed, so an owner left over
// from the old process can write nothing.
func (m *Memory) Restart() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	n := NewMemory()
	for id, entries := range m.entries {
		n.entries[id] = slices.Clone(entries) // bodies are never written again
	}
	maps.Copy(n.settled, m.settled)
	n.lastAlive, n.marked = m.marked, m.marked
	return n
}

// Append implements engine.Journal.
func (m *Memory) Append(ctx context.Context, id engine.SessionID, after engine.Head, entries []engine.Entry) error {
	if err := m.enter(ctx, id); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if head := m.head(id); after != head {
		return Fenced(id, after, head)
	}
	if _, err := checkEntries(after, entries); err != nil {
		return fmt.Errorf("session %s: journal: nothing was written: %w", id, err)
	}
	for _, e := range entries {
		m.entries[id] = append(m.entries[id], own(e))
	}
	return nil
}

// own is an entry that shares no bytes with another.
func own(e engine.Entry) engine.Entry {
	e.Body, e.Disclosure = slices.Clone(e.Body), slices.Clone(e.Disclosure)
	return e
}

// Replay implements engine.Journal. fn may keep the entry.
func (m *Memory) Replay(ctx context.Context, id engine.SessionID, after engine.Seq, fn func(engine.Entry) error) error {
	if err := m.enter(ctx, id); err != nil {
		return err
	}
	entries := m.entries[id]
	m.mu.Unlock()
	if after > engine.Seq(len(entries)) {
		return damaged(id, "it ends at record %d, but what follows record %d was asked for", len(entries), after)
	}
	for _, e := range entries[after:] {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := fn(own(e)); err != nil {
			return err
		}
	}
	return nil
}

// Sessions implements engine.Journal.
func (m *Memory) Sessions(ctx context.Context) ([]engine.SessionID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, ErrClosed
	}
	return slices.Sorted(maps.Keys(m.entries)), ctx.Err()
}

// MarkSettled implements engine.Journal.
func (m *Memory) MarkSettled(ctx context.Context, id engine.SessionID) error {
	if err := m.enter(ctx, id); err != nil {
		return err
	}
	defer m.mu.Unlock()
	m.settled[id] = true
	return nil
}

// Settled implements engine.Journal.
func (m *Memory) Settled(ctx context.Context, id engine.SessionID) (bool, error) {
	if err := m.enter(ctx, id); err != nil {
		return false, err
	}
	defer m.mu.Unlock()
	return m.settled[id], nil
}

// MarkAlive implements engine.Journal.
func (m *Memory) MarkAlive(ctx context.Context, at engine.Instant) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.marked = at
	return nil
}

// LastAlive implements engine.Journal.
func (m *Memory) LastAlive() engine.Instant { return m.lastAlive }

// Close makes every later call return ErrClosed.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	m.closed = true
	return nil
}

// enter locks the journal, unless the call is refused.
func (m *Memory) enter(ctx context.Context, id engine.SessionID) error {
	if err := errors.Join(ctx.Err(), checkID(id)); err != nil {
		return err
	}
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return ErrClosed
	}
	return nil
}

// head returns where a session ends. The caller holds m.mu.
func (m *Memory) head(id engine.SessionID) engine.Head {
	entries := m.entries[id]
	if len(entries) == 0 {
		return engine.Head{}
	}
	last := entries[len(entries)-1]
	return engine.Head{Seq: last.Seq, Hash: last.Hash}
}
