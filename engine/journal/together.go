package journal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gobua/engine"
)

// AppendTogether implements engine.Journal: one synced batch holds the rows of
// all parts, and a batch survives as a whole or not at all.
func (p *Pebble) AppendTogether(ctx context.Context, parts []engine.Part) error {
	began := time.Now()
	err := p.appendTogether(ctx, parts)
	if p.o.OnAppend != nil {
		entries := 0
		for _, part := range parts {
			entries += len(part.Entries)
		}
		p.o.OnAppend(entries, time.Since(began), err)
	}
	return err
}

func (p *Pebble) appendTogether(ctx context.Context, parts []engine.Part) error {
	parts, err := CheckParts(ctx, parts)
	if err != nil {
		return err
	}
	if err := p.space.check(); err != nil {
		return err
	}
	s, err := p.use()
	if err != nil {
		return err
	}
	defer p.mu.RUnlock()
	tails := make([]*tail, len(parts))
	for i, part := range parts {
		t := s.tail(part.Session)
		t.mu.Lock() // in the order of ids, so two owners wait for each other at most
		defer t.mu.Unlock()
		if err := p.learn(s, part.Session, t); err != nil {
			return err
		}
		if part.After != t.head {
			return Fenced(part.Session, part.After, t.head)
		}
		tails[i] = t
	}
	if err := s.writeParts(parts); err != nil {
		for _, t := range tails {
			t.known = false
		}
		return fmt.Errorf("%d sessions together: %w", len(parts), err)
	}
	for i, part := range parts {
		if n := len(part.Entries); n > 0 {
			last := part.Entries[n-1]
			tails[i].head = engine.Head{Seq: last.Seq, Hash: last.Hash}
			p.keeper.note(part.Session, tails[i].head)
		}
	}
	return nil
}

// writeParts commits the entries of all parts as rows in one batch.
func (s *store) writeParts(parts []engine.Part) error {
	size := 0
	for _, part := range parts {
		size += rowsBytes(part.Entries)
	}
	if size == 0 {
		return nil
	}
	b := s.db.NewBatchWithSize(batchHeaderBytes + size)
	for _, part := range parts {
		if err := putRows(b, part.Session, part.Entries); err != nil {
			return err
		}
	}
	return s.commit(b)
}

// CheckParts refuses what no wiring may write: malformed ids, a session named
// twice, entries that do not continue their part's head, and what is over the
// limits. It returns the parts in the order of their ids.
func CheckParts(ctx context.Context, parts []engine.Part) ([]engine.Part, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	parts = slices.SortedFunc(slices.Values(parts), func(a, b engine.Part) int { return cmp.Compare(a.Session, b.Session) })
	total := 0
	for i, part := range parts {
		if err := checkID(part.Session); err != nil {
			return nil, err
		}
		if i > 0 && parts[i-1].Session == part.Session {
			return nil, fmt.Errorf("session %s: journal: named twice, nothing was written", part.Session)
		}
		if _, err := checkEntries(part.After, part.Entries); err != nil {
			return nil, fmt.Errorf("session %s: journal: nothing was written: %w", part.Session, err)
		}
		for _, e := range part.Entries {
			total += len(e.Body) + len(e.Disclosure)
		}
	}
	if total > MaxBatchBytes {
		return nil, fmt.Errorf("journal: nothing was written: %d sessions together have %d bytes, the limit is %d", len(parts), total, MaxBatchBytes)
	}
	return parts, nil
}

// AppendTogether implements engine.Journal.
func (m *Memory) AppendTogether(ctx context.Context, parts []engine.Part) error {
	parts, err := CheckParts(ctx, parts)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	for _, part := range parts {
		if head := m.head(part.Session); part.After != head {
			return Fenced(part.Session, part.After, head)
		}
	}
	for _, part := range parts {
		for _, e := range part.Entries {
			m.entries[part.Session] = append(m.entries[part.Session], own(e))
		}
	}
	return nil
}

// AppendTogether implements engine.Journal. A torn append leaves whole parts
// behind, not some: Durable of them, in the order of the caller.
func (f *Faulty) AppendTogether(ctx context.Context, parts []engine.Part) error {
	entries := 0
	for _, part := range parts {
		entries += len(part.Entries)
	}
	if entries == 0 {
		return f.Journal.AppendTogether(ctx, parts)
	}
	f.mu.Lock()
	fault := f.decide(parts[0].Session, entries)
	f.mu.Unlock()
	if fault.Delay > 0 {
		time.Sleep(fault.Delay)
	}
	durable := parts
	switch fault.Kind {
	case NoFault:
		return f.Journal.AppendTogether(ctx, parts)
	case FailBefore:
		durable = nil
	case Tear:
		durable = parts[:min(max(fault.Durable, 0), len(parts))]
	}
	if err := f.Journal.AppendTogether(ctx, durable); err != nil {
		return err
	}
	return fmt.Errorf("%d sessions together: %w", len(parts), ErrInjected)
}
