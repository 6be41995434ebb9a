package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"gobua/engine"
)

// The times of the protocol. Every one is counted on a steady clock.
const (
	// renewEvery is how often a node rewrites its key: one synced write of a few
	// milliseconds.
	renewEvery = 500 * time.Millisecond
	// giveUpAfter is how long a node trusts its last renewal. It is less than
	// deadAfter by what a busy machine may need to stop.
	giveUpAfter = 1500 * time.Millisecond
	// deadAfter is for how long a key may stay as it is until its node is taken
	// for dead: three renewals may be late.
	deadAfter = 2 * time.Second
)

// lease is this node's own key. beat writes it; everybody may ask whether it is
// held.
type lease struct {
	steady func() time.Duration
	sentAt atomic.Int64  // when the last renewal that was acknowledged was sent; steady; 0: never
	paid   atomic.Int64  // the PaidUntilMs it carried
	heard  atomic.Int64  // when most of the nodes were last asked and answered; steady; 0: never
	term   atomic.Uint64 // how often it had run out when it was renewed; changes before sentAt does
	kick   chan struct{}

	mu       sync.Mutex
	draining bool
	owed     engine.Instant // since when units are owed time that we gave up and nobody has claimed; 0: none
	before   map[string]engine.Instant
}

func newLease(steady func() time.Duration) *lease {
	return &lease{steady: steady, kick: make(chan struct{}, 1)}
}

// held tells whether we may go on deciding: our key was renewed lately, or most
// of the nodes have answered us lately. It is cheap and true at the moment it is
// asked, also for a process that has just been woken up.
//
// The second is for the seconds in which the keys have no leader. Nobody can
// renew then, and nobody can claim either; who hears most of the nodes is not
// the one who is cut off, and whoever claims what is ours when it is over has to
// fence us first.
func (l *lease) held() bool {
	return l.sentAt.Load() != 0 && l.age() <= giveUpAfter
}

// age is how long ago the last renewal was sent that was acknowledged, or most
// of the nodes were asked that answered.
func (l *lease) age() time.Duration {
	return l.steady() - time.Duration(max(l.sentAt.Load(), l.heard.Load()))
}

// renewed takes in that a renewal was acknowledged which was sent at a moment.
func (l *lease) renewed(sent time.Duration, paidUntil engine.Instant) {
	if !l.held() {
		l.term.Add(1) // whatever was served under the old one is given up, although it is held again
	}
	l.paid.Store(int64(paidUntil))
	l.sentAt.Store(int64(max(1, sent)))
}

// hear takes in when most of the nodes were last asked and answered.
func (l *lease) hear(at time.Duration) { l.heard.Store(int64(at)) }

// renewSoon has the key rewritten without waiting for its time.
func (l *lease) renewSoon() {
	select {
	case l.kick <- struct{}{}:
	default:
	}
}

func (l *lease) setOwed(at engine.Instant) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.owed = at
}

func (l *lease) drain() {
	l.mu.Lock()
	l.draining = true
	l.mu.Unlock()
	l.renewSoon()
}

// keepBefore forgets the last words of earlier processes that no unit names.
func (l *lease) keepBefore(named func(incarnation string) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.before, func(incarnation string, _ engine.Instant) bool { return !named(incarnation) })
}

// key is what is written next.
func (m *Member) key(serial uint64) nodeKey {
	facts, paid := m.o.Facts(), m.o.PaidUntil()
	m.lease.mu.Lock()
	defer m.lease.mu.Unlock()
	if m.lease.owed != 0 {
		paid = min(paid, m.lease.owed)
	}
	return nodeKey{
		Incarnation: m.incarnation, Serial: serial, PaidUntilMs: paid, Draining: m.lease.draining, Apart: int(m.apart.Load()),
		Before: maps.Clone(m.lease.before), Facts: facts,
	}
}

// encode makes the value of a key. Facts that are too long are left out.
func (k nodeKey) encode() []byte {
	value, err := json.Marshal(k)
	if err == nil && len(value) > maxKeyBytes/2 {
		k.Facts = Facts{Trouble: "the facts of this node are too long"}
		value, err = json.Marshal(k)
	}
	if err != nil {
		panic(err) // texts and numbers
	}
	return value
}

// renew writes the node's key once. It blocks until the outcome is known or ctx
// ends.
func (m *Member) renew(ctx context.Context, serial, after uint64) (revision uint64, err error) {
	sent := m.o.Steady()
	key := m.key(serial)
	value := key.encode()
	revision, err = m.store.put(ctx, nodePrefix+m.o.Node, after, value)
	if m.o.Hooks.Renewed != nil {
		m.o.Hooks.Renewed(m.o.Steady()-sent, err)
	}
	if err != nil {
		return 0, err
	}
	m.lease.renewed(sent, key.PaidUntilMs)
	return revision, nil
}

// beat renews the lease until ctx ends, or until another process has our name.
// It returns the last revision of the key.
func (m *Member) beat(ctx context.Context, revision uint64) uint64 {
	for serial := uint64(2); ; serial++ {
		m.waitForBeat(ctx)
		next, err := m.renew(ctx, serial, revision)
		switch {
		case ctx.Err() != nil:
			return revision
		case err == nil:
			revision = next
			m.post(m.onRenewed)
		case errors.Is(err, errRefused):
			if next = m.ownRevision(ctx, revision); next == 0 {
				m.post(func() { m.fail(ErrNameTaken) })
				return revision
			}
			revision = next
		}
	}
}

// waitForBeat waits until the next renewal is due, by the steady clock, or wanted.
func (m *Member) waitForBeat(ctx context.Context) {
	due := time.Duration(m.lease.sentAt.Load()) + renewEvery - m.o.Steady()
	if due <= 0 {
		return
	}
	t := time.NewTimer(due)
	defer t.Stop()
	select {
	case <-t.C:
	case <-m.lease.kick:
	case <-ctx.Done():
	}
}

// ownRevision finds out who wrote our key. It returns 0 if it was not us.
func (m *Member) ownRevision(ctx context.Context, after uint64) uint64 {
	for {
		list, err := m.store.readAllUntil(ctx)
		if err != nil {
			return after // ctx has ended
		}
		for _, e := range list {
			if e.key != nodePrefix+m.o.Node || e.revision <= after {
				continue
			}
			var k nodeKey
			if json.Unmarshal(e.value, &k) == nil && k.Incarnation == m.incarnation {
				return e.revision
			}
			return 0
		}
		if !pause(ctx, retryAfter) { // the replica that answered is behind
			return after
		}
	}
}
