package shardlog

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
)

// mirrorPause is how long a failed write to the mirror is remembered.
const mirrorPause = 500 * time.Millisecond

// read takes messages into the mirror and tells them. It blocks for two syncs,
// and for as long as the mirror's disk fails. An error that wraps ErrCorrupt
// means that nothing of them was told.
func (s *stream) read(ctx context.Context, run []delivery) error {
	messages, err := s.decode(ctx, run)
	if err != nil {
		return err
	}
	after, err := s.check(run, messages)
	if err != nil {
		return err
	}
	last := run[len(run)-1]
	s.place.Seen, s.place.Digest = last.seq, sha256.Sum256(last.data)
	for {
		err := s.cursor.write(&s.place)
		if err == nil {
			err = s.intoMirror(ctx, messages)
		}
		if err == nil {
			break
		}
		if errors.Is(err, engine.ErrCorrupt) {
			return fmt.Errorf("stream %s: messages %d to %d: %w", s.name, run[0].seq, last.seq, err)
		}
		s.ail(fmt.Errorf("mirror: %w", err))
		if pause(ctx, mirrorPause); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	s.healthy()
	s.place.Applied, s.place.Shards = last.seq, after
	s.update(func() { s.durable = last.seq })
	for i, m := range messages {
		s.tell(run[i].seq, m)
	}
	s.update(func() {
		s.told = last.seq
		s.checkVouched()
	})
	return nil
}

// decode reads messages. One that is damaged where it came from is asked for at
// the leader.
func (s *stream) decode(ctx context.Context, run []delivery) ([]*message, error) {
	messages := make([]*message, len(run))
	for i := range run {
		m, err := decode(run[i].data)
		if err != nil {
			s.log.o.Log.Error("shardlog: message is damaged, the leader is asked", "stream", s.name, "message", run[i].seq, "err", err)
		}
		for err != nil {
			d, fetchErr := s.fromLeader(ctx, run[i].seq)
			switch {
			case fetchErr == nil:
				run[i] = d
				if m, err = decode(d.data); err != nil {
					return nil, fmt.Errorf("stream %s: message %d: %w: %w", s.name, d.seq, engine.ErrCorrupt, err)
				}
			case errors.Is(fetchErr, errNotThere):
				return nil, fmt.Errorf("stream %s: message %d: %w: %w", s.name, run[i].seq, engine.ErrCorrupt, err)
			default:
				s.ail(fetchErr)
				if pause(ctx, fillMaxPause); ctx.Err() != nil {
					return nil, ctx.Err()
				}
			}
		}
		messages[i] = m
	}
	return messages, nil
}

// check refuses messages that no node writes and that the log does not take:
// that they are there means that something is not what it seems. It returns what
// the shards' last messages are after them.
func (s *stream) check(run []delivery, messages []*message) ([]shardPlace, error) {
	after := slices.Clone(s.place.Shards)
	layout := s.log.o.Layout
	for i, m := range messages {
		refuse := func(format string, args ...any) error {
			return fmt.Errorf("stream %s: message %d: %w: %w", s.name, run[i].seq, engine.ErrCorrupt, fmt.Errorf(format, args...))
		}
		subject := layout.subjectOf(m.shard)
		if m.kind == kindSettled {
			subject += settledEnd
		}
		if m.shard >= layout.Shards || subject != run[i].subject {
			return nil, refuse("a message of shard %d on subject %s", m.shard, run[i].subject)
		}
		if m.kind == kindSettled {
			continue
		}
		at := &after[m.shard/layout.Streams]
		switch {
		case m.kind == kindFence && m.from.epoch != at.Epoch+1:
			return nil, refuse("shard %d: a fence of epoch %d by %s follows epoch %d", m.shard, m.from.epoch, m.node, at.Epoch)
		case m.kind == kindPack && (m.from.epoch != at.Epoch || at.Epoch == 0):
			return nil, refuse("shard %d: a pack of epoch %d stands in epoch %d", m.shard, m.from.epoch, at.Epoch)
		}
		for _, p := range m.parts {
			if p.After != (engine.Head{}) || len(p.Entries) == 0 {
				continue
			}
			if shard, err := s.log.shardOfFirst(p.Session, p.Entries[0]); err != nil || shard != m.shard {
				return nil, refuse("session %s in shard %d, it should be in %d (%v)", p.Session, m.shard, shard, err)
			}
		}
		*at = shardPlace{Last: run[i].seq, Epoch: m.from.epoch}
	}
	return after, nil
}

// intoMirror writes what the mirror does not have yet, in one batch. It may be
// called again with the same messages after an error.
func (s *stream) intoMirror(ctx context.Context, messages []*message) error {
	mirror := s.log.o.Mirror
	merged := map[engine.SessionID]*engine.Part{}
	for _, m := range messages {
		for _, p := range m.parts {
			to := merged[p.Session]
			if to == nil {
				head, err := mirror.Head(ctx, p.Session)
				if err != nil {
					return err
				}
				to = &engine.Part{Session: p.Session, After: head}
				merged[p.Session] = to
			}
			if err := s.merge(ctx, to, p); err != nil {
				return err
			}
			if s.unproven != nil {
				s.unproven[p.Session] = end(p)
			}
		}
	}
	parts := make([]engine.Part, 0, len(merged))
	for _, p := range merged {
		if len(p.Entries) > 0 {
			parts = append(parts, *p)
		}
	}
	if err := mirror.AppendTogether(ctx, parts); err != nil {
		if _, wrong := journal.CheckParts(context.WithoutCancel(ctx), parts); wrong != nil {
			return fmt.Errorf("%w: %w", engine.ErrCorrupt, wrong)
		}
		if errors.Is(err, engine.ErrFenced) {
			return fmt.Errorf("%w: somebody else writes to the mirror: %w", engine.ErrCorrupt, err)
		}
		return err
	}
	for _, m := range messages {
		if m.kind != kindSettled {
			continue
		}
		if done, err := mirror.Settled(ctx, m.session); err != nil {
			return err
		} else if done {
			continue
		}
		if err := mirror.MarkSettled(ctx, m.session); err != nil {
			return err
		}
	}
	return nil
}

// merge adds to what goes to the mirror what a part has beyond it.
func (s *stream) merge(ctx context.Context, to *engine.Part, p engine.Part) error {
	at := end(*to)
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("session %s: %w: %w", p.Session, engine.ErrCorrupt, fmt.Errorf(format, args...))
	}
	switch {
	case p.After.Seq > at.Seq:
		return wrong("the mirror ends at record %d, and the log goes on after record %d", at.Seq, p.After.Seq)
	case p.After.Seq == at.Seq && p.After.Hash != at.Hash:
		return wrong("record %d is %s in the mirror, and the log goes on after %s", at.Seq, at.Hash.Short(), p.After.Hash.Short())
	}
	known := min(int(at.Seq-p.After.Seq), len(p.Entries))
	if known > 0 && len(to.Entries) == 0 { // a message that the mirror had already
		e := p.Entries[known-1]
		kept, err := s.log.mirrored(ctx, p.Session, e.Seq)
		if err != nil {
			return err
		}
		if kept.Hash != e.Hash {
			return wrong("record %d is %s in the mirror and %s in the log", e.Seq, kept.Hash.Short(), e.Hash.Short())
		}
	} else if known > 0 {
		return wrong("record %d is twice in the log", p.After.Seq+1)
	}
	to.Entries = append(to.Entries, p.Entries[known:]...)
	return nil
}

// tell makes a message that the mirror has known to its shard, and what others
// decided to the follower.
func (s *stream) tell(seq uint64, m *message) {
	follower := s.log.follower
	opening := follower.Records == nil
	if m.kind == kindSettled {
		if !opening {
			follower.Settled(m.session)
		}
		return
	}
	sh := s.log.shards[m.shard]
	s.log.know(m.shard, m.parts)
	own, lost := sh.heard(seq, m, s.log.incarnation)
	if opening {
		return
	}
	if lost != nil {
		follower.Lost(sh.n, lost)
	}
	for _, p := range m.parts {
		if !own && len(p.Entries) > 0 {
			follower.Records(p.Session, p.Entries)
		}
	}
}
