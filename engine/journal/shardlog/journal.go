package shardlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"gobua/engine"
	"gobua/engine/journal"
)

// ShardOf is the shard of a session, if the log has one of its records. It does
// not block.
func (l *Log) ShardOf(id engine.SessionID) (shard int, known bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	shard, known = l.shardOf[id]
	return shard, known
}

// know remembers the shard of sessions.
func (l *Log) know(shard int, parts []engine.Part) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range parts {
		if len(p.Entries) > 0 {
			l.shardOf[p.Session] = shard
		}
	}
}

// Append implements engine.Journal. It blocks until a message with the entries is
// on stable storage at most replicas of the log; what waits for the same shard
// shares one. On a shard that is not claimed here it returns ErrFenced at once,
// and so for whatever waits when the claim is lost. Where the outcome cannot be
// known it returns ErrUnknown after GiveUp. The context is looked at until the
// entries are being written.
func (l *Log) Append(ctx context.Context, id engine.SessionID, after engine.Head, entries []engine.Entry) error {
	return l.AppendTogether(ctx, []engine.Part{{Session: id, After: after, Entries: entries}})
}

// AppendTogether implements engine.Journal. The sessions must be of one shard, as
// those of one auction are.
func (l *Log) AppendTogether(ctx context.Context, parts []engine.Part) error {
	began := time.Now()
	err := l.appendTogether(ctx, parts)
	if l.o.OnAppend != nil {
		entries := 0
		for _, part := range parts {
			entries += len(part.Entries)
		}
		l.o.OnAppend(entries, time.Since(began), err)
	}
	return err
}

func (l *Log) appendTogether(ctx context.Context, parts []engine.Part) error {
	parts, err := journal.CheckParts(ctx, parts)
	if err != nil {
		return err
	}
	if err := l.use(); err != nil || len(parts) == 0 {
		return err
	}
	sh, err := l.shardFor(parts)
	if err != nil || sh == nil {
		return err
	}
	r := &request{ctx: ctx, parts: parts, size: sizeOf(parts), answer: make(chan error, 1)}
	if r.size > maxPackBytes {
		return fmt.Errorf("shardlog: nothing was written: %d sessions together make a message of %d bytes, the limit is %d", len(parts), r.size, maxPackBytes)
	}
	if err := sh.submit(r); err != nil {
		return errors.Join(l.use(), err)
	}
	select {
	case err := <-r.answer:
		return err
	case <-ctx.Done():
		if sh.withdraw(r) {
			return ctx.Err()
		}
		return <-r.answer
	}
}

// shardFor is the shard that all parts are of; nil if they are nothing to append
// to sessions that are not there.
func (l *Log) shardFor(parts []engine.Part) (sh *shard, err error) {
	for _, p := range parts {
		n, known := l.ShardOf(p.Session)
		switch {
		case known:
		case p.After != (engine.Head{}):
			return nil, journal.Fenced(p.Session, p.After, engine.Head{})
		case len(p.Entries) == 0:
			continue
		default:
			if n, err = l.shardOfFirst(p.Session, p.Entries[0]); err != nil {
				return nil, err
			}
		}
		if sh != nil && sh.n != n {
			return nil, fmt.Errorf("shardlog: nothing was written: session %s is in shard %d, and not in %d with the others", p.Session, n, sh.n)
		}
		sh = l.shards[n]
	}
	return sh, nil
}

// reach waits until the mirror has a message.
func (s *stream) reach(ctx context.Context, seq uint64) error {
	return s.wait(ctx, false, func() bool { return s.broken == nil && s.durable >= seq })
}

// reach waits until the mirror has what was acknowledged to this process of a
// shard. Other shards of the stream are not waited for.
func (sh *shard) reach(ctx context.Context) error {
	sh.mu.Lock()
	acked := sh.acked
	sh.mu.Unlock()
	return sh.st.reach(ctx, acked)
}

// enterRead waits until the mirror has what was acknowledged of a session.
func (l *Log) enterRead(ctx context.Context, id engine.SessionID) error {
	if err := errors.Join(l.use(), ctx.Err()); err != nil {
		return err
	}
	shard, known := l.ShardOf(id)
	if !known {
		return nil
	}
	return l.shards[shard].reach(ctx)
}

// Replay implements engine.Journal. It reads the mirror, and waits for what was
// acknowledged to this process to get there.
func (l *Log) Replay(ctx context.Context, id engine.SessionID, after engine.Seq, fn func(engine.Entry) error) error {
	if err := l.enterRead(ctx, id); err != nil {
		return err
	}
	return l.o.Mirror.Replay(ctx, id, after, fn)
}

// Sessions implements engine.Journal. It reads the mirror, like Replay.
func (l *Log) Sessions(ctx context.Context) ([]engine.SessionID, error) {
	if err := l.use(); err != nil {
		return nil, err
	}
	for _, sh := range l.shards {
		if err := sh.reach(ctx); err != nil {
			return nil, err
		}
	}
	return l.o.Mirror.Sessions(ctx)
}

// Settled implements engine.Journal. It reads the mirror, like Replay.
func (l *Log) Settled(ctx context.Context, id engine.SessionID) (bool, error) {
	if err := l.enterRead(ctx, id); err != nil {
		return false, err
	}
	return l.o.Mirror.Settled(ctx, id)
}

// MarkSettled implements engine.Journal. Any node may mark any session that the
// log has; no claim is needed. It blocks until the mark is in the log and in the
// mirror, for GiveUp at most.
func (l *Log) MarkSettled(ctx context.Context, id engine.SessionID) error {
	if done, err := l.Settled(ctx, id); err != nil || done {
		return err
	}
	n, known := l.ShardOf(id)
	if !known {
		return fmt.Errorf("session %s: shardlog: it has no record, and cannot be settled", id)
	}
	sh := l.shards[n]
	m := &message{kind: kindSettled, shard: n, session: id}
	ctx, cancel := context.WithTimeout(ctx, l.o.GiveUp)
	defer cancel()
	payload := m.encode()
	var ack *jetstream.PubAck
	for {
		attempt, cancel := context.WithTimeout(ctx, attemptPatience)
		var err error
		ack, err = l.js.Publish(attempt, sh.subject+settledEnd, payload,
			jetstream.WithMsgID("settled "+string(id)), jetstream.WithExpectStream(sh.st.name), jetstream.WithRetryAttempts(0))
		cancel()
		if err == nil {
			sh.st.offer(delivery{seq: ack.Sequence, subject: sh.subject + settledEnd, data: payload})
			break
		}
		if pause(ctx, maxPause); ctx.Err() != nil || l.life.Err() != nil {
			return errors.Join(l.use(), fmt.Errorf("session %s: marking it settled: %w: %w", id, ErrUnknown, err))
		}
	}
	return sh.st.reach(ctx, ack.Sequence)
}

// Reach waits until the mirror has everything that the log had when it was called,
// whoever appended it. It must follow. It blocks for that, and while nobody
// answers for a stream, until ctx ends.
func (l *Log) Reach(ctx context.Context) error {
	for _, s := range l.streams {
		info, err := s.askEnd(ctx)
		for ; err != nil; info, err = s.askEnd(ctx) {
			if pause(ctx, fillMaxPause); ctx.Err() != nil || l.life.Err() != nil {
				return errors.Join(l.use(), err)
			}
		}
		s.expect(info.State.LastSeq)
		if err := s.reach(ctx, info.State.LastSeq); err != nil {
			return fmt.Errorf("stream %s: reading to message %d: %w", s.name, info.State.LastSeq, err)
		}
	}
	return l.use()
}

// MarkAlive implements engine.Journal. It is kept in the mirror and says something
// of this node alone: in a cluster the nodes' keys say until when everybody was
// served.
func (l *Log) MarkAlive(ctx context.Context, at engine.Instant) error {
	if err := l.use(); err != nil {
		return err
	}
	return l.o.Mirror.MarkAlive(ctx, at)
}

// LastAlive implements engine.Journal; see MarkAlive.
func (l *Log) LastAlive() engine.Instant { return l.o.Mirror.LastAlive() }

// Trouble tells why an append would not be taken now, as far as is known without
// trying: a stream's leader does not answer, the last append found no answer, the
// mirror does not get on or its disk is in trouble, or a stream is damaged. It
// never blocks. Most of it ends by itself.
func (l *Log) Trouble() error {
	if err := l.use(); err != nil {
		return err
	}
	if err := l.o.Mirror.Trouble(); err != nil {
		return err
	}
	for _, s := range l.streams {
		if err := s.trouble(); err != nil {
			return err
		}
	}
	return nil
}

// TroubleOf is Trouble for one shard alone: a leader that was lost stops the shards
// of its stream, and no others.
func (l *Log) TroubleOf(shard int) error {
	if err := errors.Join(l.use(), l.o.Mirror.Trouble()); err != nil {
		return err
	}
	return l.shards[shard].st.trouble()
}

// leaderPatience is how long a stream's leader may say nothing. It is asked twice
// a second.
const leaderPatience = 2 * time.Second

func (s *stream) trouble() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, err := range []error{s.broken, s.sick, s.failed} {
		if err != nil {
			return err
		}
	}
	if silent := time.Since(s.heardAt); silent > leaderPatience {
		return fmt.Errorf("stream %s: its leader has not answered for %v", s.name, silent.Round(100*time.Millisecond))
	}
	return nil
}

// learn remembers how an append went, for Trouble.
func (s *stream) learn(err error) {
	if err != nil && !errors.Is(err, ErrUnknown) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = err
}

func (s *stream) known() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end
}

func (s *stream) brokenBy() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

// BehindOf is how long ago everything had last been told here, as far as is known,
// that the stream of a shard had: its leader said how far it was, and that was
// reached. On a healthy node it is about half a second. It does not block.
func (l *Log) BehindOf(shard int) time.Duration {
	s := l.shards[shard].st
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.currentAt)
}

// StreamLag is how far this node has read a stream.
type StreamLag struct {
	Stream string
	Read   uint64        // the last message that the mirror has
	End    uint64        // the last message that the stream is known to have
	Silent time.Duration // since its leader last said so
}

// Behind is how many messages are still to be read.
func (s StreamLag) Behind() uint64 { return s.End - min(s.End, s.Read) }

// Lag tells how far this node has read each stream, in the order of the streams.
// It does not block.
func (l *Log) Lag() []StreamLag {
	lag := make([]StreamLag, 0, len(l.streams))
	for _, s := range l.streams {
		s.mu.Lock()
		lag = append(lag, StreamLag{Stream: s.name, Read: s.durable, End: s.end, Silent: time.Since(s.heardAt)})
		s.mu.Unlock()
	}
	return slices.Clip(lag)
}
