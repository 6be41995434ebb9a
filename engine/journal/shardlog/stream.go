package shardlog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"gobua/engine"
	"gobua/engine/journal"
)

// stream reads one stream of the log into the mirror, one message after the
// other, and tells what it read. Messages come from three sides: those of this
// process when they are acknowledged, those the leader tells again when it has
// committed them, and, where one is missing, from any replica.
type stream struct {
	log    *Log
	k      int
	name   string
	shards []*shard // every Streams-th of all, in their order
	cursor *cursor
	wake   chan struct{} // that waiting or end changed

	// Of the goroutine that reads alone.
	place     place
	viaLeader int                              // how many more messages are fetched from the leader
	unproven  map[engine.SessionID]engine.Head // while the log is read from its beginning: where it leaves each session

	mu           sync.Mutex
	waiting      map[uint64]delivery // came, and not yet read
	waitingBytes int
	taken        uint64        // the last that was taken from waiting, to be read
	durable      uint64        // the mirror has it, and all before
	told         uint64        // the follower was told it, and all before
	end          uint64        // the last that the log is known to have
	heardAt      time.Time     // when the leader last answered
	vouched      vouch         // the oldest word of the leader up to which not all was told yet; zero: none
	currentAt    time.Time     // see BehindOf
	sick         error         // why it does not get on now; nil: it does
	broken       error         // why it never will
	failed       error         // of the last append, whose outcome nobody knows; nil: it went well
	changed      chan struct{} // closed when any of durable, told, sick, broken change
}

// Limits of what waits to be read while the mirror's disk is slow. What is over
// them is dropped and fetched later.
const (
	maxWaiting      = 4096
	maxWaitingBytes = 32 << 20
)

func newStream(l *Log, k int) *stream {
	return &stream{
		log: l, k: k, name: StreamName(k), cursor: openCursor(l.o.Mirror.Dir(), k),
		wake: make(chan struct{}, 1), waiting: map[uint64]delivery{}, changed: make(chan struct{}),
	}
}

// hear takes what the leader of the stream tells again. NATS calls it on the
// subscription's goroutine; it does not block.
func (s *stream) hear(m *nats.Msg) {
	if d, err := deliveryOf(m); err == nil && !s.log.o.deaf { // else it is not of the log
		s.offer(d)
	}
}

// offer puts a message where it is read from when its turn comes.
func (s *stream) offer(d delivery) {
	s.mu.Lock()
	s.end = max(s.end, d.seq)
	_, there := s.waiting[d.seq]
	full := len(s.waiting) >= maxWaiting || s.waitingBytes+len(d.data) > maxWaitingBytes
	if !there && d.seq > s.taken && (!full || d.seq == s.taken+1) {
		s.waiting[d.seq] = d
		s.waitingBytes += len(d.data)
	}
	s.mu.Unlock()
	s.kick()
}

func (s *stream) kick() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// expect tells that the log has a message, so that it is looked for.
func (s *stream) expect(seq uint64) {
	s.mu.Lock()
	s.end = max(s.end, seq)
	s.mu.Unlock()
	s.kick()
}

// take returns the messages whose turn it is: as many as fit into one batch of
// the mirror, or one that is larger.
func (s *stream) take() (run []delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	size := 0
	for len(run) < fetchMessages {
		d, ok := s.waiting[s.taken+1]
		if size += len(d.data); !ok || len(run) > 0 && size > journal.MaxBatchBytes {
			break
		}
		s.taken++
		delete(s.waiting, s.taken)
		s.waitingBytes -= len(d.data)
		run = append(run, d)
	}
	return run
}

// missing tells whether the log has a message that has not come, and its number.
func (s *stream) missing() (next uint64, missing bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, there := s.waiting[s.taken+1]
	return s.taken + 1, !there && s.end > s.taken
}

// update changes what others wait for.
func (s *stream) update(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.changed)
	s.changed = make(chan struct{})
}

// wait blocks until there holds, which is called with s.mu held, until ctx or the
// log ends, or until it is known that the stream does not get on: at all, or, for
// who is not patient, now.
func (s *stream) wait(ctx context.Context, patient bool, there func() bool) error {
	for {
		s.mu.Lock()
		ok, changed, broken, sick := there(), s.changed, s.broken, s.sick
		s.mu.Unlock()
		switch {
		case ok:
			return nil
		case broken != nil:
			return broken
		case sick != nil && !patient:
			return sick
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.log.life.Done():
			return journal.ErrClosed
		}
	}
}

// waitBriefly blocks until a message was told, at most so long.
func (s *stream) waitBriefly(ctx context.Context, seq uint64, d time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return s.wait(ctx, true, func() bool { return s.told >= seq })
}

// gapPatience is how long a message that is missing between others is waited for
// before it is fetched: those that come from two sides come a moment apart.
const gapPatience = 5 * time.Millisecond

// follow reads on until the log is closed or the stream turns out to be damaged.
func (s *stream) follow() {
	for s.log.life.Err() == nil {
		if run := s.take(); len(run) > 0 {
			if err := s.read(s.log.life, run); err != nil {
				s.breakDown(err)
				return
			}
			continue
		}
		next, missing := s.missing()
		if !missing {
			select {
			case <-s.wake:
			case <-s.log.life.Done():
			}
			continue
		}
		pause(s.log.life, gapPatience)
		if now, still := s.missing(); !still || now != next {
			continue
		}
		if err := s.fill(s.log.life, next); err != nil {
			s.breakDown(err)
			return
		}
	}
}

// breakDown ends the stream for good: nothing of it is read or served any more.
func (s *stream) breakDown(err error) {
	if s.log.life.Err() != nil {
		return // it is being closed
	}
	s.log.o.Log.Error("shardlog: the stream is served no more", "stream", s.name, "err", err)
	s.update(func() { s.broken = err })
	for _, sh := range s.shards {
		sh.lose(err, s.log.follower.Lost)
	}
}

// Pauses of fill.
const (
	fillPause    = 20 * time.Millisecond
	fillMaxPause = 500 * time.Millisecond
	// leaderAfter is how long any replica may have it; then the leader is asked.
	leaderAfter = 250 * time.Millisecond
	// lostPatience is how long a message that the log must have may not be found
	// before it is taken for lost. A new leader may not have everything yet, and
	// one that was cut off gives up after 10 s.
	lostPatience = 30 * time.Second
	// leaderFor is how many messages the leader is asked for once a replica did
	// not have one.
	leaderFor = 100
)

// fill gets the message that is missing, and what follows it. It blocks until it
// has it, whatever state the servers are in; an error means that it is lost.
func (s *stream) fill(ctx context.Context, next uint64) error {
	began, wait := time.Now(), fillPause
	for ctx.Err() == nil {
		got, err := s.ask(ctx, next, time.Since(began) > leaderAfter)
		if len(got) > 0 && got[0].seq == next {
			for _, d := range got {
				s.offer(d)
			}
			s.healthy()
			return nil
		}
		if errors.Is(err, errNotThere) && time.Since(began) > s.log.o.lostAfter {
			return fmt.Errorf("stream %s: %w: message %d is gone, and the log had it", s.name, engine.ErrCorrupt, next)
		}
		if err != nil && time.Since(began) > answerPatience {
			s.ail(err)
		}
		if now, missing := s.missing(); !missing || now != next {
			return nil // it came by itself
		}
		pause(ctx, wait)
		wait = min(2*wait, fillMaxPause)
	}
	return nil
}

// ask asks for a message and what follows it: any replica, or the leader if that
// must have it or lately none but the leader had it.
func (s *stream) ask(ctx context.Context, next uint64, leader bool) (got []delivery, err error) {
	if s.viaLeader == 0 {
		got, err = s.fetch(ctx, next)
		if len(got) > 0 && got[0].seq == next {
			return got, nil
		}
	}
	if !leader && s.viaLeader == 0 {
		return nil, err
	}
	s.viaLeader = max(s.viaLeader-1, 0)
	d, err := s.fromLeader(ctx, next)
	if err != nil {
		s.viaLeader = 0
		return nil, err
	}
	if leader {
		s.viaLeader = leaderFor
	}
	return []delivery{d}, nil
}

// ail remembers why the stream does not get on.
func (s *stream) ail(err error) {
	if ctx := s.log.life; ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	first := s.sick == nil
	s.mu.Unlock()
	if first {
		s.log.o.Log.Error("shardlog: the mirror does not get on", "stream", s.name, "err", err)
	}
	s.update(func() { s.sick = err })
}

func (s *stream) healthy() {
	s.mu.Lock()
	sick := s.sick
	s.mu.Unlock()
	if sick != nil {
		s.log.o.Log.Warn("shardlog: the mirror gets on again", "stream", s.name)
		s.update(func() { s.sick = nil })
	}
}

// vouch is a leader's word how far its stream was at a moment.
type vouch struct {
	at  time.Time
	end uint64
}

// checkVouched takes note if all has been told that the leader vouched for. The
// caller holds s.mu.
func (s *stream) checkVouched() {
	if s.vouched != (vouch{}) && s.told >= s.vouched.end {
		s.currentAt, s.vouched = s.vouched.at, vouch{}
	}
}

// watchEvery is how often the leader is asked how far the log is: what was not
// told again, because a leader died or a line was cut, is found by it.
const watchEvery = 500 * time.Millisecond

// watch asks the stream's leader how far the log is, until the log is closed.
func (s *stream) watch() {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var short time.Time // since when the log ends before what was read of it
	for {
		select {
		case <-tick.C:
		case <-s.log.life.Done():
			return
		}
		s.mu.Lock()
		read := s.durable
		s.mu.Unlock()
		asked := time.Now()
		info, err := s.askEnd(s.log.life)
		if err != nil {
			continue // Trouble tells
		}
		s.mu.Lock()
		s.heardAt, s.failed = time.Now(), nil
		if s.vouched == (vouch{}) { // else it is first to be seen whether that is reached
			s.vouched = vouch{asked, info.State.LastSeq}
		}
		s.checkVouched()
		s.mu.Unlock()
		s.expect(info.State.LastSeq)
		switch {
		case info.State.LastSeq >= read:
			short = time.Time{}
		case short.IsZero():
			short = time.Now()
		case time.Since(short) > s.log.o.lostAfter:
			s.breakDown(fmt.Errorf("stream %s: %w: it ends at message %d, and %d were read of it", s.name, engine.ErrCorrupt, info.State.LastSeq, read))
			return
		}
	}
}
