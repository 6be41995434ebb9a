package shardlog

import (
	"context"
	"errors"
	"fmt"

	"gobua/engine"
	"gobua/engine/journal"
)

// fencePatience is how long a claim waits to read what it was refused for before
// it tries again.
const fencePatience = answerPatience

// Claim makes this process the one that appends to a shard: it appends a fence
// under the last message it knows, until the log takes it, and returns when the
// mirror and the follower have everything before the fence. From then on no
// message of an earlier owner is taken by the log, and Append is taken here for
// the sessions of the shard, until the claim is lost or released. The epoch rises
// by one with each fence of the shard. It blocks for one append and the reading,
// until ctx ends. A shard that is claimed already gives its epoch. The error wraps
// ErrFenced if another node fenced the shard meanwhile; after any error there is
// no claim, but there may be a fence.
func (l *Log) Claim(ctx context.Context, shard int) (epoch uint64, err error) {
	sh, ctx, leave, err := l.enter(ctx, shard)
	if err != nil {
		return 0, err
	}
	defer leave()
	if epoch, claimed := sh.claimed(); claimed {
		return epoch, nil
	}
	epoch, seq, err := l.fence(ctx, sh)
	if err != nil {
		return 0, err
	}
	if err := sh.st.wait(ctx, true, func() bool { return sh.st.told >= seq }); err != nil {
		return 0, fmt.Errorf("shard %d: reading to the fence at message %d: %w", shard, seq, err)
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.epoch != epoch {
		return 0, fmt.Errorf("shard %d: %w: it was fenced again in epoch %d, after ours in %d", shard, engine.ErrFenced, sh.epoch, epoch)
	}
	c := &claim{epoch: epoch, last: sh.last, wake: make(chan struct{}, 1), done: make(chan struct{})}
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return 0, journal.ErrClosed
	}
	sh.claim = c
	l.all.Go(func() { l.write(sh, c) })
	return epoch, nil
}

// enter waits for its turn to claim or release a shard. The context it returns
// ends with the log too.
func (l *Log) enter(ctx context.Context, shard int) (*shard, context.Context, func(), error) {
	if shard < 0 || shard >= len(l.shards) {
		return nil, nil, nil, fmt.Errorf("shardlog: there is no shard %d of %d", shard, len(l.shards))
	}
	l.mu.RLock()
	following, closed := l.following, l.closed
	l.mu.RUnlock()
	switch {
	case closed:
		return nil, nil, nil, journal.ErrClosed
	case !following:
		return nil, nil, nil, errors.New("shardlog: nothing can be claimed before it follows")
	}
	sh := l.shards[shard]
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(l.life, func() { cancel(journal.ErrClosed) })
	leave := func() {
		stop()
		cancel(nil)
	}
	select {
	case sh.turn <- struct{}{}:
		return sh, ctx, func() { <-sh.turn; leave() }, nil
	case <-ctx.Done():
		defer leave()
		return nil, nil, nil, context.Cause(ctx)
	}
}

func (sh *shard) claimed() (epoch uint64, claimed bool) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.claim == nil {
		return 0, false
	}
	return sh.claim.epoch, true
}

// fence appends a fence. Where the log is further than was read, it is read first.
func (l *Log) fence(ctx context.Context, sh *shard) (epoch, seq uint64, err error) {
	for {
		if err := sh.st.brokenBy(); err != nil {
			return 0, 0, err
		}
		sh.mu.Lock()
		epoch = sh.epoch + 1
		last := sh.last
		m := &message{kind: kindFence, node: l.o.Node}
		f := sh.takeOff(m, l.incarnation, epoch)
		sh.mu.Unlock()
		f.payload = m.encode()
		seq, err = l.publish(ctx, sh, f, last)
		sh.st.learn(err)
		if err == nil {
			return epoch, seq, nil
		}
		_ = sh.st.waitBriefly(ctx, sh.st.known(), fencePatience) // it tries again in any case
		if ctx.Err() != nil {
			return 0, 0, fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
	}
}

// Release gives a shard up: no append is taken any more, those that wait are
// refused with ErrFenced, and the one on its way is waited for. It blocks at most
// until ctx ends; the claim is gone in any case. A shard that is not claimed is
// released already.
func (l *Log) Release(ctx context.Context, shard int) error {
	sh, ctx, leave, err := l.enter(ctx, shard)
	if err != nil {
		return err
	}
	defer leave()
	sh.mu.Lock()
	c := sh.claim
	if c != nil {
		sh.drop(c, errors.New("it was released"))
	}
	sh.mu.Unlock()
	if c == nil {
		return nil
	}
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("shard %d: released, with an append on its way: %w", shard, context.Cause(ctx))
	}
}

// Claimed tells whether appends are taken for the sessions of a shard. It does
// not block.
func (l *Log) Claimed(shard int) bool {
	if shard < 0 || shard >= len(l.shards) {
		return false
	}
	_, claimed := l.shards[shard].claimed()
	return claimed
}
