package cluster

import "time"

// apartAfter is for how long a node may go on renewing its key and leave our pings
// unanswered until the way between us is taken for cut. Twenty-five pings are
// lost by then; a process that died is known to be dead after two seconds.
const apartAfter = 5 * time.Second

// apart are the nodes that live and do not answer us, with when each last did.
// As far as it knows it is no fault of theirs: the way is cut.
func (k *known) apart(now time.Duration) map[string]time.Duration {
	var list map[string]time.Duration
	for _, n := range k.nodes {
		if n.name == k.self || n.deleted || n.dead || now-n.seenAt > deadAfter {
			continue
		}
		if heard := max(n.answeredAt, n.listenedFrom); now-heard > apartAfter {
			if list == nil {
				list = map[string]time.Duration{}
			}
			list[n.name] = heard
		}
	}
	return list
}

// othersHearAll tells whether some node answers us that hears everybody. Then
// people are better off there than at a node that does not. Where there is none
// all stand alike, and nobody is to send people away.
func (k *known) othersHearAll(now time.Duration) bool {
	for _, n := range k.nodes {
		if n.name != k.self && n.live() && !n.key.Draining && n.key.Apart == 0 && n.answeredAt != 0 && now-n.answeredAt <= apartAfter {
			return true
		}
	}
	return false
}

// lookApart finds out from whom we are cut off. The loop calls it.
func (m *Member) lookApart(now time.Duration) {
	apart := m.known.apart(now)
	m.apart.Store(int64(len(apart)))
	if !m.known.othersHearAll(now) {
		apart = nil
	}
	for name := range apart {
		if _, before := m.cutFrom[name]; !before {
			m.o.Log.Warn("a node lives and does not answer us, and others hear it: visitors are better off there", "node", name)
		}
	}
	for name := range m.cutFrom {
		if _, still := apart[name]; !still {
			m.o.Log.Info("the way to a node is no longer taken for cut", "node", name)
		}
	}
	m.cutFrom = apart
}

// CutFrom are the nodes that live and have not answered this one for seconds,
// while some node hears everybody, with when each last answered, on the steady
// clock. A visitor is then better off at the latter. The caller must not change
// it. It does not block.
func (m *Member) CutFrom() map[string]time.Duration { return m.view.Load().cutFrom }

// Unheard is for how long this node has had no proof that it hears the others:
// while it is short, Held. It does not block.
func (m *Member) Unheard() time.Duration { return m.lease.age() }
