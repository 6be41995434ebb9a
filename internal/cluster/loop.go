package cluster

import (
	"slices"
	"time"

	"gobua/engine"
)

// stepEvery is how often the loop looks at the time: a small part of what lies
// between giveUpAfter and deadAfter.
const stepEvery = 100 * time.Millisecond

// loop owns what is known and what is done. It never waits for anybody.
func (m *Member) loop() {
	tick := time.NewTicker(stepEvery)
	defer tick.Stop()
	ask := time.NewTicker(pingEvery)
	defer ask.Stop()
	for !m.closing || m.underWay() {
		select {
		case fn := <-m.inbox:
			fn()
			for range len(m.inbox) {
				(<-m.inbox)()
			}
		case <-tick.C:
		case <-ask.C:
			m.pingAll()
		}
		m.step()
	}
	m.end()
}

// underWay tells whether anything that was begun has not ended.
func (m *Member) underWay() bool {
	for _, u := range m.known.units {
		if u.phase != idle || u.confirming {
			return true
		}
	}
	return false
}

// end closes what is open. Nothing is served any more.
func (m *Member) end() {
	m.unsubscribeAll()
	m.asks.close()
	m.publish()
	close(m.stopped)
	m.wg.Wait()
	close(m.done)
}

// step looks at everything once. Our own lease comes first: who was asleep must
// not judge others.
func (m *Member) step() {
	now := m.o.Steady()
	term := m.lease.term.Load()
	held := m.lease.held() && term == m.term
	if m.hadLease && !held && !m.closing {
		m.o.Log.Warn("the lease was not renewed in time, and most of the nodes do not answer; everything is given up")
		if m.o.Hooks.LeaseLost != nil {
			m.o.Hooks.LeaseLost()
		}
	}
	m.hadLease, m.term = held, term
	if gap := now - m.steppedAt; gap > 3*stepEvery {
		for _, n := range m.known.nodes { // we did not look; what they did meanwhile still waits
			n.seenAt += gap
			n.listenedFrom = now
		}
	}
	m.steppedAt = now
	if held {
		m.judge(now)
	}
	m.lookApart(now)
	m.place()
	for _, name := range m.o.Units {
		m.tend(m.known.units[name], now, held)
	}
	m.lease.setOwed(m.owed())
	m.publish()
	m.checkLeft()
}

func (m *Member) judge(now time.Duration) {
	dead := map[string]bool{}
	for _, n := range m.known.nodes {
		dead[n.name] = n.dead
	}
	m.known.judge(now)
	for _, n := range m.known.nodes {
		if n.dead && !dead[n.name] && !n.deleted {
			m.lost(n.name, whyDead)
		}
	}
}

func (m *Member) lost(node, why string) {
	m.o.Log.Warn("a node was lost", "node", node, "why", why)
	if m.o.Hooks.NodeLost != nil {
		m.o.Hooks.NodeLost(node, why)
	}
}

// place reckons the right nodes, when the nodes are others than last time.
func (m *Member) place() {
	nodes := m.known.candidates()
	if m.leaving {
		nodes = slices.DeleteFunc(nodes, func(n string) bool { return n == m.o.Node })
	}
	if m.right != nil && slices.Equal(nodes, m.placedFor) {
		return
	}
	m.right, m.placedFor = Place(m.o.Units, nodes), nodes
}

// owed is since when units are owed time that we gave up and that our key still
// speaks for.
func (m *Member) owed() (at engine.Instant) {
	for _, u := range m.known.units {
		if u.phase == serving || u.servedUntil == 0 || !m.ours(u) {
			continue
		}
		if at == 0 || u.servedUntil < at {
			at = u.servedUntil
		}
	}
	return at
}

// onRenewed runs in the loop after every renewal.
func (m *Member) onRenewed() {
	now := m.o.Steady()
	if now-m.renewedAt > blindAfter {
		m.known.forgive(now)
	}
	m.renewedAt = now
	if m.known.settledLong(m.o.Node) {
		m.lease.keepBefore(m.known.named)
	}
}

// checkLeft tells Leave when others serve everything that they can.
func (m *Member) checkLeft() {
	if !m.leaving || m.closing {
		return
	}
	for _, u := range m.known.units {
		if u.phase != idle || m.ours(u) || len(m.placedFor) > 0 && !m.servedElsewhere(u) {
			return
		}
	}
	select {
	case <-m.gaveAll:
	default:
		close(m.gaveAll)
	}
}

func (m *Member) servedElsewhere(u *unit) bool {
	n := m.known.nodes[u.key.Owner]
	return u.key.Serving && n != nil && n.live() && n.key.Incarnation == u.key.Incarnation
}
