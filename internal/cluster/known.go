package cluster

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"gobua/engine"
)

// Whom to believe about others.
const (
	// blindAfter: who has not seen its own renewals for so long does not judge
	// others by theirs.
	blindAfter = time.Second
	// renewsWithin is how long a node takes to renew its key once that can be
	// written again: it tries five times a second.
	renewsWithin = 400 * time.Millisecond
	// settleAfterSerial is the renewal from which on a node draws units: a second
	// after it came.
	settleAfterSerial = 3
	// goneAfter is how many requests in a row must find no responder.
	goneAfter = 2
	// distrustFor is for how long "no responders" counts for nothing after it was
	// wrong once, as when two servers do not reach each other and a third both.
	distrustFor = time.Minute
)

// node is what is known of a node.
type node struct {
	name     string
	key      nodeKey
	revision uint64
	deleted  bool
	seenAt   time.Duration // when its key last changed

	dead          bool // its key has not changed for deadAfter
	gone          bool // nobody responds there
	goneAt        time.Duration
	noResponders  int
	distrustUntil time.Duration
	askedAt       time.Duration // the last ping
	answeredAt    time.Duration // when the last ping was sent that was answered; zero: none was
	listenedFrom  time.Duration // since when an answer could have come: it was met, or one of us was away before
}

func (n *node) live() bool { return !n.deleted && !n.dead && !n.gone }

// known is what a member has seen of the bucket. Only its loop touches it.
type known struct {
	self  string
	nodes map[string]*node
	units map[string]*unit
}

// unit is what is known of a unit, and what this node does with it.
type unit struct {
	name     string
	key      unitKey
	revision uint64
	seenAt   time.Duration

	work
}

// see takes in a key as it was at a revision. It tells whether that was new.
func (k *known) see(e entry, now time.Duration) bool {
	if name, ok := strings.CutPrefix(e.key, nodePrefix); ok {
		return k.seeNode(name, e, now)
	}
	name, _ := strings.CutPrefix(e.key, unitPrefix)
	u := k.units[name]
	if u == nil || e.revision <= u.revision {
		return false
	}
	var key unitKey
	if e.value != nil && json.Unmarshal(e.value, &key) != nil {
		return false
	}
	u.key, u.revision, u.seenAt = key, e.revision, now
	return true
}

func (k *known) seeNode(name string, e entry, now time.Duration) bool {
	n := k.nodes[name]
	if n == nil {
		n = &node{name: name, listenedFrom: now}
		k.nodes[name] = n
	}
	if e.revision <= n.revision {
		return false
	}
	var key nodeKey
	if e.value != nil && json.Unmarshal(e.value, &key) != nil {
		return false
	}
	if name == k.self && n.revision != 0 && now-n.seenAt > blindAfter {
		k.forgive(now)
	}
	switch {
	case key.Incarnation != n.key.Incarnation:
		n.distrustUntil, n.listenedFrom = 0, now
	case n.gone:
		n.distrustUntil = now + distrustFor
	}
	if n.dead {
		n.listenedFrom = now // it could not answer, and its answer is on its way
	}
	n.key, n.revision, n.deleted, n.seenAt = key, e.revision, e.value == nil, now
	n.dead, n.gone, n.noResponders = false, false, 0
	return true
}

// forgive begins anew to wait for everybody's renewals and answers, because for a
// while we could not see renewals. If most of the nodes answered us all the
// while, it was the keys that were away and not us: then one that did not answer
// either has so little time as it takes to renew a key that can be written again.
func (k *known) forgive(now time.Duration) {
	here := k.heard() != 0 && now-k.heard() <= blindAfter
	for _, n := range k.nodes {
		silent := n.name != k.self && now-max(n.answeredAt, n.listenedFrom) > blindAfter
		if here && silent {
			n.seenAt = min(now, max(n.seenAt, now-deadAfter+renewsWithin))
			continue
		}
		n.seenAt, n.listenedFrom, n.gone, n.noResponders = now, now, false, 0
	}
}

// heard is when so many others were last asked and answered that they and we are
// most of the nodes that there are; zero: never, or we are alone.
func (k *known) heard() time.Duration {
	var answered []time.Duration
	for _, n := range k.nodes {
		if n.name != k.self && !n.deleted {
			answered = append(answered, n.answeredAt)
		}
	}
	slices.Sort(answered)
	others := (len(answered) + 1) / 2 // and ourselves are more than half
	if others == 0 {
		return 0
	}
	return answered[len(answered)-others]
}

// judge finds out who is dead.
func (k *known) judge(now time.Duration) {
	self := k.nodes[k.self]
	if self == nil || now-self.seenAt > blindAfter {
		return
	}
	for _, n := range k.nodes {
		if n != self && now-n.seenAt > deadAfter {
			n.dead = true
		}
	}
}

// candidates are the nodes that should own units, sorted.
func (k *known) candidates() (names []string) {
	for _, n := range k.nodes {
		if n.live() && !n.key.Draining {
			names = append(names, n.name)
		}
	}
	slices.Sort(names)
	return names
}

// settled tells whether a node has been there for a second.
func (k *known) settled(name string) bool {
	n := k.nodes[name]
	return n != nil && n.live() && n.key.Serial >= settleAfterSerial
}

// orphaned tells whether nobody decides for a unit, and how it came to that.
// provenAt is when we last proved to be among those who can write.
func (k *known) orphaned(u *unit, now, provenAt time.Duration) (why string, is bool) {
	if u.key.Owner == "" {
		return whyFree, true
	}
	n := k.nodes[u.key.Owner]
	switch {
	case n == nil: // a replica may have told us of the unit before the node
		return whyDead, now-u.seenAt > deadAfter
	case n.deleted, n.key.Incarnation != u.key.Incarnation:
		return whyRestarted, n.revision > u.revision
	case n.gone:
		return whyGone, provenAt > n.goneAt
	}
	return whyDead, n.dead
}

// paidUntil tells until when an orphaned unit was served; zero: it never was.
func (k *known) paidUntil(u *unit) (at engine.Instant, known bool) {
	if !u.key.Serving {
		return u.key.PaidUntilMs, true
	}
	n := k.nodes[u.key.Owner]
	if n == nil {
		return 0, false
	}
	if n.key.Incarnation == u.key.Incarnation {
		return n.key.PaidUntilMs, true
	}
	at, known = n.key.Before[u.key.Incarnation]
	return at, known
}

// named tells whether a unit still names a process as its owner.
func (k *known) named(incarnation string) bool {
	for _, u := range k.units {
		if u.key.Incarnation == incarnation {
			return true
		}
	}
	return false
}

// Why a unit changed hands, for the log and for metrics.
const (
	whyFree      = "free"      // never owned, or given back
	whyDead      = "dead"      // its owner's lease ran out
	whyGone      = "gone"      // its owner does not respond
	whyRestarted = "restarted" // its owner is another process now, or has left
	whyAgain     = "again"     // it was ours, and we had given it up
	whyMoved     = "moved"     // another node is the right one
	whyLease     = "lease"     // we could not renew
	whyClaimed   = "claimed"   // somebody else has it
	whyLeave     = "leave"     // this member ends
	whyFailed    = "failed"    // it could not be taken
)

// settledLong tells whether a node has renewed for a minute. By then everybody
// has claimed what an earlier process of its name had left.
func (k *known) settledLong(name string) bool {
	n := k.nodes[name]
	return n != nil && n.key.Serial >= uint64(time.Minute/renewEvery)
}
