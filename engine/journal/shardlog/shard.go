package shardlog

import (
	"context"
	"fmt"
	"sync"

	"gobua/engine"
	"gobua/engine/journal"
)

// shard is one subject of the log: where it is, and, while it is claimed here,
// what waits to be appended to it.
type shard struct {
	n       int
	subject string
	st      *stream
	turn    chan struct{} // holds one: whoever claims or releases has it

	mu      sync.Mutex
	last    uint64 // the last message that was read and told
	epoch   uint64 // of the last fence that was read and told
	heads   map[engine.SessionID]engine.Head
	claim   *claim // nil: another node's
	counter uint64
	flights map[sender]*flight // sent by this process, and not yet read
}

// claim is the time between a fence of this process and its end.
type claim struct {
	epoch uint64
	last  uint64 // the last message of the shard, as its next one must name it
	queue []*request
	wake  chan struct{} // that queue or over changed
	over  error         // why no more is taken; nil: it is
	done  chan struct{} // closed when its writer has ended
}

// request is an append that waits.
type request struct {
	ctx    context.Context
	parts  []engine.Part
	size   int
	answer chan error // holds one
}

// flight is a message on its way. The follower may see it in the log before the
// acknowledgement comes, or where none comes.
type flight struct {
	from    sender
	payload []byte
	landed  context.CancelFunc // ends the waiting for its acknowledgement
	seq     uint64             // where it is in the log; zero: not known to be there
}

func newShard(n int, subject string, st *stream) *shard {
	return &shard{
		n: n, subject: subject, st: st, turn: make(chan struct{}, 1),
		heads: map[engine.SessionID]engine.Head{}, flights: map[sender]*flight{},
	}
}

// heard takes note of a message that the mirror has. It tells whether an
// acknowledged append of this process is in it, and whether a claim ends by it.
// It is called on the stream's goroutine.
func (sh *shard) heard(seq uint64, m *message, incarnation uint64) (own bool, lost error) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.last, sh.epoch = seq, m.from.epoch
	sh.advance(m.parts)
	if f := sh.flights[m.from]; f != nil && m.from.incarnation == incarnation {
		own = true
		delete(sh.flights, m.from)
		f.land(seq)
	}
	if c := sh.claim; c != nil && m.kind == kindFence && m.from.epoch > c.epoch {
		lost = fmt.Errorf("shard %d: %w: node %s fenced it in epoch %d", sh.n, engine.ErrFenced, m.node, m.from.epoch)
		sh.drop(c, lost)
	}
	return own, lost
}

// land notes where a flight is in the log. The caller holds the shard.
func (f *flight) land(seq uint64) {
	if f.seq == 0 {
		f.seq = seq
		f.landed()
	}
}

// advance moves the ends of sessions. The caller holds sh.mu.
func (sh *shard) advance(parts []engine.Part) {
	for _, p := range parts {
		if to := end(p); to.Seq > sh.heads[p.Session].Seq {
			sh.heads[p.Session] = to
		}
	}
}

// takeOff makes a message ready to be sent. The caller holds sh.mu.
func (sh *shard) takeOff(m *message, incarnation, epoch uint64) *flight {
	sh.counter++
	m.shard, m.from = sh.n, sender{incarnation: incarnation, epoch: epoch, counter: sh.counter}
	f := &flight{from: m.from}
	sh.flights[m.from] = f
	return f
}

// abandon forgets a flight, so that the follower is told what is in it if it is
// in the log after all. It returns where it is, if it was seen: then it is not
// abandoned.
func (sh *shard) abandon(f *flight) (seq uint64) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if f.seq == 0 {
		delete(sh.flights, f.from)
	}
	return f.seq
}

// drop ends a claim: what waits is refused, and nothing more is taken. The
// caller holds sh.mu.
func (sh *shard) drop(c *claim, why error) {
	if sh.claim == c {
		sh.claim = nil
	}
	if c.over != nil {
		return
	}
	c.over = why
	for _, r := range c.queue {
		r.answer <- refused(sh.n, why)
	}
	c.queue = nil
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// refused is what an append is told that was not begun: nothing was written, and
// somebody else may own the shard.
func refused(shard int, why error) error {
	if isClosed(why) {
		return journal.ErrClosed
	}
	return fmt.Errorf("shard %d: %w: nothing was written: %v", shard, engine.ErrFenced, why) // why is of another append
}

// lose ends the claim, if there is one, and tells so.
func (sh *shard) lose(why error, tell func(int, error)) {
	sh.mu.Lock()
	c := sh.claim
	if c != nil {
		sh.drop(c, why)
	}
	sh.mu.Unlock()
	if c != nil && tell != nil {
		tell(sh.n, why)
	}
}

// submit puts an append where the writer finds it, unless the shard is not
// claimed here.
func (sh *shard) submit(r *request) error {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	c := sh.claim
	if c == nil {
		return fmt.Errorf("shard %d: %w: it is not claimed here", sh.n, engine.ErrFenced)
	}
	c.queue = append(c.queue, r)
	select {
	case c.wake <- struct{}{}:
	default:
	}
	return nil
}

// withdraw takes an append back, if it is not being written yet.
func (sh *shard) withdraw(r *request) bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	c := sh.claim
	if c == nil {
		return false
	}
	for i, q := range c.queue {
		if q == r {
			c.queue = append(c.queue[:i:i], c.queue[i+1:]...)
			return true
		}
	}
	return false
}
