package main

import (
	"sync"
	"time"

	"gobua/engine"
)

// behindAfter is how long nobody may vouch for what a room shows until its
// viewers are told. The log's leader is asked twice a second.
const behindAfter = 2 * time.Second

// behind tells since when nobody vouches that what a room shows is the newest,
// zero: somebody does; and whether bids for it are not taken here while other
// nodes may take them. The hub asks it about every room twice a second. It does
// not block.
func (s *server) behind(id engine.SessionID) (since engine.Instant, cut bool) {
	if s.node != nil {
		return s.node.behind(id)
	}
	return s.still.since(s.journal.Trouble() != nil, engine.InstantOf(s.clock.Now()), 0, 0), false
}

// spell is a time in which something holds, as who looks now and then knows it.
type spell struct {
	mu     sync.Mutex
	from   engine.Instant // zero: it does not hold
	steady time.Duration  // when it was last seen to hold
}

// since takes in whether it holds now, and returns since when it does. It counts
// as holding until it was not seen for linger, by the steady clock.
func (s *spell) since(holds bool, from engine.Instant, steady, linger time.Duration) engine.Instant {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case holds && s.from == 0:
		s.from, s.steady = from, steady
	case holds:
		s.steady = steady
	case s.from != 0 && steady-s.steady >= linger:
		s.from = 0
	}
	return s.from
}

// behind is server.behind for a node of a cluster.
//
// Where the stream alone is silent, its leader is being elected, as a rule, and
// nobody can add anything: bids are taken and wait.
func (n *node) behind(id engine.SessionID) (since engine.Instant, cut bool) {
	if !n.joined.Load() {
		return 0, false
	}
	shard, known := n.registry.UnitOf(id)
	if !known {
		return 0, false
	}
	if since := n.aloneSince(); since != 0 {
		return since, true
	}
	now, steady := n.s.clock.Now(), n.s.clock.Steady()
	ago := func(d time.Duration) engine.Instant { return engine.InstantOf(now.Add(-d)) }
	silent := n.log.BehindOf(shard)
	apart := n.member.CutFrom()
	if owner, ok := n.member.Owner(shardUnit(shard)); ok {
		if heard, is := apart[owner]; is {
			return ago(max(silent, steady-heard)), true
		}
	}
	if silent > behindAfter {
		return ago(silent), len(apart) > 0
	}
	return 0, false
}

// aloneSince tells since when this node is cut off from most of the others; zero:
// it is not. It knows nothing of what they decide. It may have been the leader of
// a stream, and take itself for it for some seconds more, so its log's word counts
// for nothing then, nor for a moment after it is back. It does not block.
func (n *node) aloneSince() engine.Instant {
	from := engine.InstantOf(n.s.clock.Now().Add(-n.member.Unheard()))
	return n.alone.since(!n.member.Held(), from, n.s.clock.Steady(), behindAfter)
}
