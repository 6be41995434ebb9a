package cluster

import (
	"context"
	"errors"
	"time"
)

// pingEvery is how often the nodes ask each other whether somebody is there. A
// server knows at once when the connection of a process that was killed is
// closed, and says so. Of a machine that is gone nobody says so; the lease is
// for that.
const pingEvery = 200 * time.Millisecond

// pingKind is the kind of these requests; the answer is the incarnation.
const pingKind = "ping"

func (m *Member) servePings() error {
	return m.Serve(pingKind, func(_ []byte, answer func([]byte)) { answer([]byte(m.incarnation)) })
}

// pingAll asks every other node that is not known to be away.
func (m *Member) pingAll() {
	if m.closing {
		return
	}
	for _, n := range m.known.nodes {
		now := m.o.Steady()
		if n.name == m.o.Node || n.deleted || now-n.askedAt < pingEvery/2 {
			continue
		}
		n.askedAt = now
		m.AskAsync(n.name, pingKind, nil, 2*pingEvery, func(answer []byte, err error) {
			m.tryPost(func() { m.ponged(n, now, string(answer), err) })
		})
	}
}

// ponged takes in how a ping ended that was sent at a moment.
func (m *Member) ponged(n *node, sent time.Duration, incarnation string, err error) {
	now := m.o.Steady()
	switch {
	case err == nil:
		n.noResponders = 0
		if incarnation == n.key.Incarnation {
			n.gone, n.distrustUntil = false, 0
			n.answeredAt = sent
			m.lease.hear(m.known.heard())
		}
	case !errors.Is(err, ErrNoNode):
		n.noResponders = 0 // late, or lost: no proof of anything
	default:
		n.noResponders++
		if n.noResponders >= goneAfter && !n.gone && !n.dead && now >= n.distrustUntil {
			n.gone, n.goneAt = true, now
			m.lost(n.name, whyGone)
			m.lease.renewSoon() // to prove that it is not us who are away
		}
	}
}

// waitForNamesake blocks until an earlier process of our name is certainly over.
func (m *Member) waitForNamesake(ctx context.Context, old *node) error {
	for i := range goneAfter {
		if i > 0 && !pause(ctx, pingEvery) {
			return ctx.Err()
		}
		try, cancel := context.WithTimeout(ctx, 2*pingEvery)
		_, err := m.Ask(try, m.o.Node, pingKind, nil)
		cancel()
		switch {
		case err == nil:
			return ErrNameTaken
		case !errors.Is(err, ErrNoNode):
			return m.waitForItsLease(ctx, old.revision)
		}
	}
	return nil
}

// waitForItsLease waits as long as the others would.
func (m *Member) waitForItsLease(ctx context.Context, revision uint64) error {
	for began := m.o.Steady(); m.o.Steady()-began <= deadAfter; {
		list, err := m.store.readAllUntil(ctx)
		if err != nil {
			return err
		}
		for _, e := range list {
			if e.key == nodePrefix+m.o.Node && e.revision > revision {
				return ErrNameTaken
			}
		}
		if !pause(ctx, pingEvery) {
			return ctx.Err()
		}
	}
	return nil
}
