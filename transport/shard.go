package transport

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"

	"gobua/engine"
	"gobua/transport/wire"
)

// How a shard shares its time.
const (
	// sendsBetween is how many viewers are served before receipts are looked
	// for again: a send costs about 10 µs, so a bidder waits a quarter of a
	// millisecond at most behind a sweep of any length.
	sendsBetween = 24
	// Few viewers get every update at once. For many, updates that follow each
	// other within the gap go out together; a gap is of use only if it is
	// longer than the sweep.
	fewViewers  = 64
	manyViewers = 1000
	sweepGap    = 25 * time.Millisecond
	longGap     = 50 * time.Millisecond
)

// subscription is a client's place in a log.
type subscription struct {
	*client
	room   *room
	log    *feedLog
	cursor uint64
	desk   bool
	place  int // in its audience

	greet *greeting // what must come before the log goes on; nil: nothing
}

// greeting is how a subscription begins, or begins again.
type greeting struct {
	id     wire.Number
	epoch  string // with seq: where to go on; empty: from a snapshot
	seq    engine.FeedSeq
	fallen bool // off the log
}

// audience is the subscriptions of one shard to one log.
type audience struct {
	log  *feedLog
	subs []*subscription
	due  bool      // stands in the shard's list of audiences to sweep
	next time.Time // not to be swept before
	told uint64    // head of the log at the last sweep
}

// shard owns the writing half of its clients: exactly one goroutine ever
// writes to a connection. Everybody else leaves a word in the inbox.
type shard struct {
	hub    *Hub
	index  int
	poller poller        // nil: each client has a goroutine that waits for what comes
	wakes  chan struct{} // capacity 1: the inbox is not empty
	done   chan struct{} // closed when run has returned

	inbox struct {
		sync.Mutex
		ops     []func()   // subscriptions, departures; run between sweeps
		urgent  []*client  // something private waits
		dirty   []*feedLog // something public is new
		stopped bool
	}

	// The rest belongs to the goroutine.
	ops       []func()
	urgent    []*client
	dirty     []*feedLog
	clients   []*client
	audiences map[*feedLog]*audience
	due       []*audience
	blocked   []*client
	spare     []*client // blocked's other array
	batch     batch
	scratch   []byte
	nextRound time.Time // of housekeeping
}

func newShard(h *Hub, index int) *shard {
	return &shard{
		hub: h, index: index, wakes: make(chan struct{}, 1), done: make(chan struct{}),
		audiences: map[*feedLog]*audience{},
	}
}

// run serves until stop is called.
func (s *shard) run() {
	defer close(s.done)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		stopped := s.turn()
		if stopped {
			return
		}
		if wait := time.Until(s.wakeAt()); wait > 0 {
			timer.Reset(wait)
			select {
			case <-s.wakes:
			case <-timer.C:
			}
		}
	}
}

// turn does once all there is to do now.
func (s *shard) turn() (stopped bool) {
	stopped = s.takeInbox()
	for i, op := range s.ops {
		op()
		s.ops[i] = nil
	}
	s.serveUrgent()
	s.retryBlocked()
	s.sweepDue()
	if now := time.Now(); !now.Before(s.nextRound) {
		s.nextRound = now.Add(s.hub.times.round)
		s.lookAround(now)
	}
	return stopped
}

// takeInbox empties the inbox. Operations wait for the end of a sweep, because
// they change the lists that it walks.
func (s *shard) takeInbox() (stopped bool) {
	s.inbox.Lock()
	s.ops, s.inbox.ops = s.inbox.ops, s.ops[:0]
	s.dirty, s.inbox.dirty = s.inbox.dirty, s.dirty[:0]
	stopped = s.inbox.stopped
	s.inbox.Unlock()
	for _, log := range s.dirty {
		if a := s.audiences[log]; a != nil {
			s.schedule(a)
		} else {
			log.marks[s.index].dirty.Store(false)
		}
	}
	return stopped
}

// do has op run on the shard's goroutine. It does not wait, and returns false
// if the shard has stopped.
func (s *shard) do(op func()) bool {
	s.inbox.Lock()
	defer s.inbox.Unlock()
	if s.inbox.stopped {
		return false
	}
	s.inbox.ops = append(s.inbox.ops, op)
	s.wake()
	return true
}

// hurry has a client's outbox looked at, between two sends of a sweep.
func (s *shard) hurry(c *client) {
	s.inbox.Lock()
	defer s.inbox.Unlock()
	s.inbox.urgent = append(s.inbox.urgent, c)
	s.wake()
}

// notice has a log swept. The caller saw the log's mark go from clean to dirty.
func (s *shard) notice(log *feedLog) {
	s.inbox.Lock()
	defer s.inbox.Unlock()
	s.inbox.dirty = append(s.inbox.dirty, log)
	s.wake()
}

// stop ends run after the turn under way.
func (s *shard) stop() {
	s.inbox.Lock()
	defer s.inbox.Unlock()
	s.inbox.stopped = true
	s.wake()
}

func (s *shard) wake() {
	select {
	case s.wakes <- struct{}{}:
	default:
	}
}

// wakeAt is when there will be something to do without a word from anybody.
func (s *shard) wakeAt() time.Time {
	at := s.nextRound
	for _, a := range s.due {
		at = earlier(at, a.next)
	}
	for _, c := range s.blocked {
		at = earlier(at, c.retryAt)
	}
	return at
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// serveUrgent sends what waits privately. It is called between the sends of a
// sweep, so it must not change the list of any audience.
func (s *shard) serveUrgent() {
	s.inbox.Lock()
	s.urgent, s.inbox.urgent = s.inbox.urgent, s.urgent[:0]
	s.inbox.Unlock()
	for i, c := range s.urgent {
		if !c.blocked {
			s.serve(c)
		}
		s.urgent[i] = nil
	}
}

func (s *shard) schedule(a *audience) {
	if !a.due {
		a.due = true
		s.due = append(s.due, a)
	}
}

// sweepDue sweeps every audience whose gap is over.
func (s *shard) sweepDue() {
	waiting := s.due[:0]
	for _, a := range s.due {
		if began := time.Now(); !began.Before(a.next) {
			a.due = false
			a.next = began.Add(gapFor(len(a.subs)))
			s.sweep(a)
			s.forget(a)
		} else {
			waiting = append(waiting, a)
		}
	}
	clear(s.due[len(waiting):])
	s.due = waiting
}

func gapFor(viewers int) time.Duration {
	switch {
	case viewers < fewViewers:
		return 0
	case viewers < manyViewers:
		return sweepGap
	}
	return longGap
}

// sweep brings every reader of a log to its head, beginning somewhere else
// each time so that nobody always hears last.
func (s *shard) sweep(a *audience) {
	a.log.marks[s.index].dirty.Store(false) // what is appended from here on is for the next sweep
	head := a.log.head.Load()
	n := len(a.subs)
	if n == 0 {
		return
	}
	start := rand.IntN(n) // #nosec G404 -- no secret: who is told first
	for i := range n {
		if sub := a.subs[(start+i)%n]; !sub.blocked {
			s.advance(sub, head)
		}
		if i%sendsBetween == sendsBetween-1 {
			s.serveUrgent()
			runtime.Gosched() // readers take bids in
		}
	}
	if e := a.log.get(a.told); e != nil {
		s.hub.metrics.feedLag.Observe(s.hub.now().Sub(e.at).Seconds())
	}
	a.told = head
}

// forget drops an audience without readers.
func (s *shard) forget(a *audience) {
	if len(a.subs) == 0 && !a.due {
		delete(s.audiences, a.log)
	}
}

// join makes a client the shard's.
func (s *shard) join(c *client) {
	now := time.Now()
	c.heard.Store(int64(s.hub.age()))
	c.place = len(s.clients)
	s.clients = append(s.clients, c)
	// Half to a whole interval, so that those who came together do not ping
	// together for ever.
	c.pingAt = now.Add(s.hub.times.ping/2 + rand.N(s.hub.times.ping/2)) // #nosec G404 -- no secret: it only spreads
}

// leave takes a client out of every list, after one last attempt to send what
// waits. When it has returned, no sweep touches the connection any more.
func (s *shard) leave(c *client) {
	if !c.blocked {
		s.serve(c)
	}
	c.gone = true
	for len(c.subs) > 0 {
		s.unsubscribe(c.subs[0])
	}
	last := s.clients[len(s.clients)-1]
	s.clients[c.place], last.place = last, c.place
	s.clients[len(s.clients)-1] = nil
	s.clients = s.clients[:len(s.clients)-1]
}

// subscribe makes a client read a log, from a greeting on. Whoever reads it
// already begins again.
func (s *shard) subscribe(c *client, r *room, desk bool, g *greeting) {
	log := r.public
	if desk {
		log = r.desk
	}
	if sub := c.find(log); sub != nil {
		sub.greet = g
		return
	}
	a := s.audiences[log]
	if a == nil {
		a = &audience{log: log, told: log.head.Load()}
		s.audiences[log] = a
	}
	sub := &subscription{client: c, room: r, log: log, desk: desk, place: len(a.subs), greet: g}
	a.subs = append(a.subs, sub)
	c.subs = append(c.subs, sub)
	// First be counted, then read the position: whatever is appended in
	// between finds a reader, and is swept.
	log.marks[s.index].readers.Add(1)
}

func (s *shard) unsubscribe(sub *subscription) {
	a := s.audiences[sub.log]
	last := a.subs[len(a.subs)-1]
	a.subs[sub.place], last.place = last, sub.place
	a.subs[len(a.subs)-1] = nil
	a.subs = a.subs[:len(a.subs)-1]
	s.forget(a)
	sub.log.marks[s.index].readers.Add(-1)
	sub.client.subs = slices.DeleteFunc(sub.client.subs, func(other *subscription) bool { return other == sub })
}

// find returns a client's subscription to a log, or nil.
func (c *client) find(log *feedLog) *subscription {
	for _, sub := range c.subs {
		if sub.log == log {
			return sub
		}
	}
	return nil
}

// dismiss lets the readers of a room that is no longer served hear its last
// words, and ends their subscriptions.
func (s *shard) dismiss(r *room) {
	for _, log := range []*feedLog{r.public, r.desk} {
		a := s.audiences[log]
		if a == nil {
			continue
		}
		s.sweep(a)
		for len(a.subs) > 0 {
			s.unsubscribe(a.subs[len(a.subs)-1])
		}
	}
}

// greetDesk has every console of a room sent the whole desk again.
func (s *shard) greetDesk(r *room) {
	a := s.audiences[r.desk]
	if a == nil {
		return
	}
	for _, sub := range a.subs {
		sub.greet = &greeting{}
		if !sub.blocked {
			s.serve(sub.client)
		}
	}
}
