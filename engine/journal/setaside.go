package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gobua/engine"
)

// ErrWhole: a session is not damaged, so it is not taken out.
var ErrWhole = errors.New("journal: the session is whole")

// SetAside is the last way out for a damaged session of which there is no better
// copy: it takes the session out of the journal, so that the others can go where
// everything is compared, into the log of a cluster. What is left of it stays in a
// copy of the whole journal as it was, whose folder is returned; it lies beside the
// journal. A session that is whole is refused (ErrWhole), and so is one that is not
// there (engine.ErrNoSession). Where the journal as a whole is refused, it is not
// opened here either: see RebuildHeads. The journal must not be open.
func SetAside(ctx context.Context, dir string, id engine.SessionID) (aside string, err error) {
	found, err := Check(ctx, dir, nil)
	if err != nil {
		return "", err
	}
	there := false
	for _, c := range found {
		if c.Session != id {
			continue
		}
		if there = true; c.Damage == nil {
			return "", fmt.Errorf("session %s: %w", id, ErrWhole)
		}
	}
	if !there {
		return "", fmt.Errorf("session %s: %w", id, engine.ErrNoSession)
	}
	p, err := OpenPebble(dir, Options{HeadsEvery: time.Hour}) // they are written here
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	aside = fmt.Sprintf("%s-with-%s-%s", dir, id, time.Now().UTC().Format("20060102T150405.000Z"))
	if err := p.Checkpoint(aside); err != nil {
		return "", err
	}
	return aside, p.takeOut(id)
}

// takeOut removes every row of a session, and before that its kept head: a head
// without rows would say that records are lost.
func (p *Pebble) takeOut(id engine.SessionID) error {
	s, err := p.use()
	if err != nil {
		return err
	}
	defer p.mu.RUnlock()
	p.keeper.forget(id)
	if err := p.keeper.flush(); err != nil {
		return err
	}
	b := s.db.NewBatch()
	for _, tag := range []byte{tagRow, tagDisclosure} {
		if err := b.DeleteRange(taggedKey(tag, id, 0), taggedKey(tag, id, ^engine.Seq(0)), nil); err != nil {
			return err
		}
	}
	if err := b.Delete(settledKey(id), nil); err != nil {
		return err
	}
	return s.commit(b)
}
