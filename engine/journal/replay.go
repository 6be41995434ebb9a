package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"gobua/engine"
)

// Replay implements engine.Journal. It reads what was durable when it was
// called: a row that an append is just writing is not among it. fn may keep
// the entry; it must not call the journal.
func (p *Pebble) Replay(ctx context.Context, id engine.SessionID, after engine.Seq, fn func(engine.Entry) error) error {
	if err := errors.Join(ctx.Err(), checkID(id)); err != nil {
		return err
	}
	s, err := p.use()
	if err != nil {
		return err
	}
	defer p.mu.RUnlock()
	head, err := p.headOf(s, id)
	if err != nil {
		return err
	}
	if after > head.Seq {
		return damaged(id, "it ends at record %d, but what follows record %d was asked for", head.Seq, after)
	}
	prev := engine.Head{Seq: after}
	if after > 0 {
		if prev.Hash, err = s.hashAt(id, after); err != nil {
			return fmt.Errorf("session %s: record %d: %w", id, after, err)
		}
	}
	return s.read(ctx, id, prev, head, fn)
}

// Head waits for an append on its way and returns where a session durably ends;
// the zero head of a session without entries. The error wraps ErrCorrupt if it
// ends before its kept head.
func (p *Pebble) Head(ctx context.Context, id engine.SessionID) (engine.Head, error) {
	if err := errors.Join(ctx.Err(), checkID(id)); err != nil {
		return engine.Head{}, err
	}
	s, err := p.use()
	if err != nil {
		return engine.Head{}, err
	}
	defer p.mu.RUnlock()
	return p.headOf(s, id)
}

// headOf waits for an append on its way and returns where the session durably
// ends.
func (p *Pebble) headOf(s *store, id engine.SessionID) (engine.Head, error) {
	t := s.tail(id)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := p.learn(s, id, t); err != nil {
		return engine.Head{}, err
	}
	return t.head, nil
}

// read hands out a session's rows from prev to head, and an error if they are
// not exactly the chain between the two.
func (s *store) read(ctx context.Context, id engine.SessionID, prev, head engine.Head, fn func(engine.Entry) error) (err error) {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: rowKey(id, prev.Seq+1), UpperBound: rowKey(id, head.Seq+1)})
	if err != nil {
		return named(err)
	}
	defer closeIter(it, &err)
	secrets, err := s.disclosures(id, prev.Seq+1, head.Seq)
	if err != nil {
		return err
	}
	defer closeIter(secrets.it, &err)
	for valid := it.First(); valid; valid = it.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		e := engine.Entry{}
		if _, e.Seq, err = parseRowKey(it.Key()); err != nil {
			return damaged(id, "%w", err)
		}
		value, err := it.ValueAndErr()
		if err != nil {
			return fmt.Errorf("session %s: record %d: %w", id, e.Seq, named(err))
		}
		if e.Hash, e.Body, err = parseRow(slices.Clone(value)); err != nil {
			return damaged(id, "record %d: %w", e.Seq, err)
		}
		if prev, err = prev.Next(e); err != nil {
			return damaged(id, "%w", err)
		}
		if e.Disclosure, err = secrets.of(e.Seq); err != nil {
			return fmt.Errorf("session %s: what record %d conceals: %w", id, e.Seq, err)
		}
		if err := fn(e); err != nil {
			return err
		}
	}
	if err := it.Error(); err != nil {
		return fmt.Errorf("session %s: after record %d: %w", id, prev.Seq, named(err))
	}
	if secrets.seq != 0 {
		return damaged(id, "a disclosure of record %d, which there is not", secrets.seq)
	}
	if prev != head {
		return damaged(id, "it ends at record %d (%s), but its head is record %d (%s)", prev.Seq, prev.Hash.Short(), head.Seq, head.Hash.Short())
	}
	return nil
}

// disclosures walks along a session's rows and hands out what each conceals.
type disclosures struct {
	it  *pebble.Iterator
	seq engine.Seq // of the next one; zero: there is none
}

func (s *store) disclosures(id engine.SessionID, from, to engine.Seq) (*disclosures, error) {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: disclosureKey(id, from), UpperBound: disclosureKey(id, to+1)})
	if err != nil {
		return nil, named(err)
	}
	d := &disclosures{it: it}
	d.stand(it.First())
	return d, nil
}

func (d *disclosures) stand(valid bool) {
	d.seq = 0
	if valid {
		d.seq = engine.Seq(binary.BigEndian.Uint64(d.it.Key()[1+idBytes:]))
	}
}

// of returns what a record conceals, nil: nothing. Records are asked for in
// their order. Whether it is what the record commits to is for the reader of
// the entry to see.
func (d *disclosures) of(seq engine.Seq) (engine.Disclosure, error) {
	if d.seq != seq {
		return nil, named(d.it.Error())
	}
	value, err := d.it.ValueAndErr()
	if err != nil {
		return nil, named(err)
	}
	value = slices.Clone(value)
	d.stand(d.it.Next())
	return value, nil
}

// Sessions implements engine.Journal.
func (p *Pebble) Sessions(ctx context.Context) ([]engine.SessionID, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s, err := p.use()
	if err != nil {
		return nil, err
	}
	defer p.mu.RUnlock()
	return s.sessions()
}

// sessions lists the sessions that have rows, in the order of their ids. It
// jumps from session to session, so it costs one seek each, however many rows
// they have.
func (s *store) sessions() (ids []engine.SessionID, err error) {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte{tagRow}, UpperBound: []byte{tagRow + 1}})
	if err != nil {
		return nil, named(err)
	}
	defer closeIter(it, &err)
	for valid := it.First(); valid; {
		id, _, err := parseRowKey(it.Key())
		if err != nil {
			return nil, errors.Join(engine.ErrCorrupt, err)
		}
		ids = append(ids, id)
		valid = it.SeekGE(rowKey(id, ^engine.Seq(0)))
	}
	return ids, nil
}
