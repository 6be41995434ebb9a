package shardlog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/internal/keptstream"
)

// write appends what waits, one message after the other, until the claim is over.
// All that came while a message was on its way goes into the next one.
func (l *Log) write(sh *shard, c *claim) {
	defer close(c.done)
	for {
		sh.mu.Lock()
		if c.over != nil {
			sh.mu.Unlock()
			return
		}
		m, requests := sh.assemble(c)
		var f *flight
		if len(requests) > 0 {
			f = sh.takeOff(m, l.incarnation, c.epoch)
		}
		last := c.last
		sh.mu.Unlock()
		if f == nil {
			select {
			case <-c.wake:
			case <-l.life.Done():
				sh.lose(journal.ErrClosed, nil)
				return
			}
			continue
		}
		f.payload = m.encode()
		ctx, cancel := context.WithTimeout(l.life, l.o.GiveUp)
		seq, err := l.publish(ctx, sh, f, last)
		cancel()
		sh.st.learn(err)
		l.finish(sh, c, m, requests, seq, err)
	}
}

// assemble takes from the queue what goes into one message, and answers what
// needs none. Who waits for a session that is in the message already waits for
// the next one. The caller holds sh.mu.
func (sh *shard) assemble(c *claim) (*message, []*request) {
	m := &message{kind: kindPack}
	var requests, left []*request
	taken := map[engine.SessionID]bool{}
	size := 0
	for i, r := range c.queue {
		if size > 0 && size+r.size > PackBytes {
			left = append(left, c.queue[i:]...)
			break
		}
		if r.touches(taken) {
			left = append(left, r)
			r.claimSessions(taken) // and nobody overtakes it
			continue
		}
		if err := r.ctx.Err(); err != nil {
			r.answer <- err
			continue
		}
		if err := sh.stale(r.parts); err != nil {
			r.answer <- err
			continue
		}
		parts := withEntries(r.parts)
		if len(parts) == 0 {
			r.answer <- nil
			continue
		}
		r.claimSessions(taken)
		m.parts = append(m.parts, parts...)
		requests = append(requests, r)
		size += r.size
	}
	c.queue = left
	return m, requests
}

func (r *request) touches(taken map[engine.SessionID]bool) bool {
	for _, p := range r.parts {
		if taken[p.Session] {
			return true
		}
	}
	return false
}

func (r *request) claimSessions(taken map[engine.SessionID]bool) {
	for _, p := range r.parts {
		taken[p.Session] = true
	}
}

// stale refuses parts that do not go on where their sessions end. The caller
// holds sh.mu.
func (sh *shard) stale(parts []engine.Part) error {
	for _, p := range parts {
		if head := sh.heads[p.Session]; p.After != head {
			return journal.Fenced(p.Session, p.After, head)
		}
	}
	return nil
}

func withEntries(parts []engine.Part) (some []engine.Part) {
	for _, p := range parts {
		if len(p.Entries) > 0 {
			some = append(some, p)
		}
	}
	return some
}

// finish answers those whose entries were in a message, and ends the claim if the
// message did not get into the log for sure.
func (l *Log) finish(sh *shard, c *claim, m *message, requests []*request, seq uint64, err error) {
	if err == nil {
		l.know(sh.n, m.parts)
	}
	var lost error
	sh.mu.Lock()
	switch {
	case err == nil:
		c.last, sh.acked = seq, seq
		sh.advance(m.parts)
	case !errors.Is(err, errRefused) && c.over == nil:
		lost = err
		sh.drop(c, err)
	}
	sh.mu.Unlock()
	for _, r := range requests {
		r.answer <- err
	}
	if lost != nil && l.life.Err() == nil {
		l.o.Log.Error("shardlog: the claim is lost", "shard", sh.n, "err", lost)
		l.follower.Lost(sh.n, lost)
	}
}

// errRefused: the message cannot be; nothing was written and the claim stays.
var errRefused = errors.New("shardlog: the log does not take it")

// Times of publish.
const (
	attemptPatience = 500 * time.Millisecond // one try; a synced append takes a few
	firstPause      = 5 * time.Millisecond
	maxPause        = 50 * time.Millisecond
	// settlePatience is how long a message that the log refused after an attempt
	// with an open outcome is looked for in it.
	settlePatience = 2 * time.Second
)

// publish sends a message under the fence of its subject's last sequence, with
// the same id again and again until its outcome is known or ctx ends. It blocks
// meanwhile. Errors: ErrFenced and errRefused, nothing was written; ErrUnknown.
// The flight of an error is abandoned.
func (l *Log) publish(ctx context.Context, sh *shard, f *flight, last uint64) (uint64, error) {
	flying, land := context.WithCancel(ctx)
	defer land()
	sh.mu.Lock()
	f.landed = land
	sh.mu.Unlock()
	open := false // whether an attempt may have left the message behind
	for wait := firstPause; ; wait = min(2*wait, maxPause) {
		seq, err := l.attempt(flying, sh, f, last)
		if err == nil {
			return l.landed(sh, f, seq), nil
		}
		at, wrong := keptstream.WrongLast(err)
		switch {
		case wrong && at > last:
			verdict := engine.ErrFenced
			if sh.st.expect(at); open && sh.st.waitBriefly(flying, at, settlePatience) != nil {
				verdict = ErrUnknown // what is there instead may be this message
			}
			err = fmt.Errorf("%w: the log is at message %d, not at %d", verdict, at, last)
		case isTooLarge(err) && !open:
			err = fmt.Errorf("%w: nothing was written: %w", errRefused, err)
		default:
			// Also where the log is said to be before what was acknowledged: its
			// leader is a new one, or has lost it, which the stream's watch tells.
			open = open || !errors.Is(err, errNotSent)
			if pause(flying, wait); flying.Err() == nil {
				continue
			}
			err = fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		if seq := sh.abandon(f); seq != 0 {
			return seq, nil
		}
		return 0, fmt.Errorf("shard %d: %w", sh.n, err)
	}
}

// landed notes an acknowledgement, and hands the message to the mirror without
// waiting for it to come back.
func (l *Log) landed(sh *shard, f *flight, seq uint64) uint64 {
	sh.mu.Lock()
	f.land(seq)
	sh.mu.Unlock()
	sh.st.offer(delivery{seq: seq, subject: sh.subject, data: f.payload})
	return seq
}

// errNotSent: there is no connection, so the attempt left nothing behind.
var errNotSent = errors.New("not connected")

// attempt sends a message once.
func (l *Log) attempt(ctx context.Context, sh *shard, f *flight, last uint64) (uint64, error) {
	if !l.o.Conn.IsConnected() {
		return 0, errNotSent
	}
	ctx, cancel := context.WithTimeout(ctx, attemptPatience)
	defer cancel()
	ack, err := l.js.Publish(ctx, sh.subject, f.payload,
		jetstream.WithMsgID(f.from.id(sh.n)),
		jetstream.WithExpectStream(sh.st.name),
		jetstream.WithExpectLastSequencePerSubject(last),
		jetstream.WithRetryAttempts(0))
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}

// id is by which the log knows a message again.
func (s sender) id(shard int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "gobua %d %d %d %d", shard, s.incarnation, s.epoch, s.counter))
	return hex.EncodeToString(sum[:16])
}

const errCodeMessageTooLarge jetstream.ErrorCode = 10054

func isTooLarge(err error) bool {
	var api *jetstream.APIError
	return errors.Is(err, nats.ErrMaxPayload) || errors.As(err, &api) && api.ErrorCode == errCodeMessageTooLarge
}

func isClosed(err error) bool { return errors.Is(err, journal.ErrClosed) }
