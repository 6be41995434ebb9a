package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"gobua/engine"
)

// shard is one of the shards as this node serves it, or not.
type shard struct {
	n      *node
	number int

	work   sync.Mutex // one at a time takes, gives or regains
	tenure atomic.Pointer[tenure]
}

// tenure is the time from Take to Give.
type tenure struct {
	ctx context.Context // ends with it
	end context.CancelFunc
}

// take fences the shard and begins to decide its sessions.
func (s *shard) take(ctx context.Context, since engine.Instant) error {
	t := new(tenure)
	t.ctx, t.end = context.WithCancel(s.n.life)
	s.work.Lock()
	defer s.work.Unlock()
	s.tenure.Store(t) // before there is a claim that can be lost
	err := s.begin(ctx, since)
	if err != nil {
		s.tenure.Store(nil)
		t.end()
	}
	return err
}

// give stops deciding and releases the shard.
func (s *shard) give(ctx context.Context) error {
	if t := s.tenure.Swap(nil); t != nil {
		t.end()
	}
	s.work.Lock()
	defer s.work.Unlock()
	return s.stop(ctx)
}

func (s *shard) begin(ctx context.Context, since engine.Instant) error {
	if _, err := s.n.log.Claim(ctx, s.number); err != nil {
		return err
	}
	if err := s.n.registry.Take(ctx, s.number, since); err != nil {
		return errors.Join(err, s.n.log.Release(context.WithoutCancel(ctx), s.number))
	}
	return nil
}

func (s *shard) stop(ctx context.Context) error {
	return errors.Join(s.n.registry.Give(ctx, s.number), s.n.log.Release(ctx, s.number))
}

// lost is told by the log that a claim has ended which this node did not
// release. It does not block.
func (n *node) lost(number int, why error) {
	n.meter.fenced.Inc()
	n.s.log.Warn("this node decides a shard no more", "shard", number, "why", why)
	if t := n.shards[number].tenure.Load(); t != nil {
		since := n.registry.PaidUntil()
		n.background.Go(func() { n.shards[number].regain(t, since) })
	}
}

// The pauses of regain.
const (
	// Whoever was fenced will mostly hear within this time that the shard is
	// another's now.
	regainFirst = 300 * time.Millisecond
	regainMost  = 2 * time.Second
)

// regain takes a shard again whose claim was lost while its key still names this
// node: an append had no answer, or whoever fenced it did not go on. It ends
// when that has worked or the tenure is over.
func (s *shard) regain(t *tenure, since engine.Instant) {
	s.regainOnce(t, s.stop)
	for pause := regainFirst; ; pause = min(2*pause, regainMost) {
		select {
		case <-time.After(pause):
		case <-t.ctx.Done():
			return
		}
		if !s.regainOnce(t, func(ctx context.Context) error {
			if s.n.log.Claimed(s.number) {
				return nil
			}
			return s.begin(ctx, since)
		}) {
			return
		}
	}
}

// regainOnce does one step of a tenure and tells whether there is more to do.
func (s *shard) regainOnce(t *tenure, step func(context.Context) error) (more bool) {
	s.work.Lock()
	defer s.work.Unlock()
	if t.ctx.Err() != nil {
		return false
	}
	err := step(t.ctx)
	if err != nil && t.ctx.Err() == nil {
		s.n.s.log.Warn("a shard is not decided again yet", "shard", s.number, "err", err)
	}
	return err != nil
}
