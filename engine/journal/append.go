package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"gobua/engine"
)

// Append implements engine.Journal. Appends of one session are one after the
// other; those of many sessions share their syncs.
func (p *Pebble) Append(ctx context.Context, id engine.SessionID, after engine.Head, entries []engine.Entry) error {
	if p.o.OnAppend == nil {
		return p.append(ctx, id, after, entries)
	}
	began := time.Now()
	err := p.append(ctx, id, after, entries)
	p.o.OnAppend(len(entries), time.Since(began), err)
	return err
}

func (p *Pebble) append(ctx context.Context, id engine.SessionID, after engine.Head, entries []engine.Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := checkID(id); err != nil {
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
	t := s.tail(id)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := p.learn(s, id, t); err != nil {
		return err
	}
	if after != t.head {
		return Fenced(id, after, t.head)
	}
	head, err := checkEntries(after, entries)
	if err != nil {
		return fmt.Errorf("session %s: journal: nothing was written: %w", id, err)
	}
	if len(entries) == 0 {
		return nil
	}
	if err := s.write(id, entries); err != nil {
		t.known = false
		return fmt.Errorf("session %s: records %d to %d: %w", id, entries[0].Seq, head.Seq, err)
	}
	t.head = head
	p.keeper.note(id, head)
	return nil
}

// write commits entries as rows in one batch.
func (s *store) write(id engine.SessionID, entries []engine.Entry) error {
	b := s.db.NewBatchWithSize(batchHeaderBytes + rowsBytes(entries))
	if err := putRows(b, id, entries); err != nil {
		return err
	}
	return s.commit(b)
}

const batchHeaderBytes = 32

// rowsBytes is how much of a batch entries take.
func rowsBytes(entries []engine.Entry) (size int) {
	for i := range entries {
		size += rowKeyBytes + hashBytes + len(entries[i].Body) + 16
		if d := len(entries[i].Disclosure); d > 0 {
			size += rowKeyBytes + d + 16
		}
	}
	return size
}

// putRows puts entries into a batch, each with its disclosure if it has one.
func putRows(b *pebble.Batch, id engine.SessionID, entries []engine.Entry) error {
	for _, e := range entries {
		row := b.SetDeferred(rowKeyBytes, hashBytes+len(e.Body))
		putRowKey(row.Key, tagRow, id, e.Seq)
		putRow(row.Value, e)
		if err := row.Finish(); err != nil {
			return err
		}
		if len(e.Disclosure) == 0 {
			continue
		}
		if err := b.Set(disclosureKey(id, e.Seq), e.Disclosure, nil); err != nil {
			return err
		}
	}
	return nil
}

// learn finds out where a session ends, if that is not known yet, and refuses
// a session that does not reach its kept head. The caller holds the tail.
func (p *Pebble) learn(s *store, id engine.SessionID, t *tail) error {
	if t.known {
		return nil
	}
	if err := s.failed(); err != nil {
		return err // its memory may hold rows that the disk has not
	}
	head, err := s.last(id)
	if err != nil {
		return fmt.Errorf("session %s: its last record: %w", id, err)
	}
	at := func(seq engine.Seq) (engine.Hash, error) { return s.hashAt(id, seq) }
	if err := checkKept(id, head, p.keeper.kept(id), at); err != nil {
		return err
	}
	t.head, t.known = head, true
	return nil
}
