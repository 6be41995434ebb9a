package transport

import (
	"crypto/rand"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gobua/engine"
)

// HubOptions are what a Hub is made of. The zero value works.
type HubOptions struct {
	Shards   int  // goroutines that write; 0: one for each processor
	Portable bool // do not use descriptors directly: a goroutine for each connection that reads, and one that writes
	Log      *slog.Logger
	Metrics  prometheus.Registerer // nil: nothing is counted where anybody could see it

	// Head tells where a session's record stands, false: nobody may be told, or
	// it is not known. nil: no room shows it.
	Head func(id engine.SessionID) (engine.Head, bool)

	// Epoch names the feed of a session, where several processes bring the same
	// feed under the same numbers: a client then goes on at any of them. nil:
	// each process begins an epoch of its own whenever a session is opened.
	Epoch func(id engine.SessionID) string

	// Elsewhere is how many connections follow a session at other processes, as
	// far as is known. It must not block; nil: there are no others.
	Elsewhere func(id engine.SessionID) int

	// Behind tells since when nobody vouches that what a room shows is the newest,
	// zero: somebody does; and whether bids for it are not taken here while another
	// process may take them. It is asked for every room with readers twice a second,
	// and must not block. nil: every room is always the newest.
	Behind func(id engine.SessionID) (since engine.Instant, cut bool)

	// Now is the server's clock, which stamps what the page reckons with;
	// nil: time.Now.
	Now func() time.Time

	times times // zero: usualTimes
	crowd int   // so many viewers of a shard are a crowd; zero: manyViewers
}

// times are the intervals of the feed.
type times struct {
	round        time.Duration // housekeeping of a shard
	beat         time.Duration // how often rooms are looked at
	quiet        time.Duration // a heartbeat comes after this much silence
	quietNearEnd time.Duration // and in the last minute after this much
	ping         time.Duration // browsers answer pings by themselves, which keeps readWait off
	readWait     time.Duration // see readWait; as exact as a round
	stay         time.Duration // a reader waits so long for more from somebody who is signed in
	stall        time.Duration // a line that takes nothing for so long is cut
	strikes      time.Duration // falling off a log twice within this is being too slow
}

var usualTimes = times{
	round: time.Second, beat: 500 * time.Millisecond, quiet: 5 * time.Second, quietNearEnd: time.Second,
	ping: 15 * time.Second, readWait: readWait, stay: 10 * time.Second, stall: 5 * time.Second, strikes: 30 * time.Second,
}

// Hub carries what happens in sessions to all who follow them. It implements
// actor.Feed: what an actor tells is encoded once and left in the session's
// logs, at a cost that does not grow with the viewers; shards bring it to the
// clients. It knows nothing of who may see or do what: that is the Gateway's.
type Hub struct {
	log     *slog.Logger
	now     func() time.Time
	head    func(id engine.SessionID) (engine.Head, bool)
	epoch   func(id engine.SessionID) string // nil: a new one each time
	others  func(id engine.SessionID) int    // viewers at other processes
	behind  func(id engine.SessionID) (since engine.Instant, cut bool)
	times   times
	began   time.Time
	metrics *feedMetrics
	shards  []*shard
	stop    chan struct{}
	running sync.WaitGroup
	stopped sync.Once

	mu    sync.RWMutex
	rooms map[engine.SessionID]*room
	turn  int // the shard that gets the next client

	portable bool
	crowd    int
}

// NewHub starts a hub. Close stops it.
func NewHub(o HubOptions) *Hub {
	if o.Shards == 0 {
		o.Shards = runtime.GOMAXPROCS(0)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Elsewhere == nil {
		o.Elsewhere = func(engine.SessionID) int { return 0 }
	}
	if o.Behind == nil {
		o.Behind = func(engine.SessionID) (engine.Instant, bool) { return 0, false }
	}
	if o.times == (times{}) {
		o.times = usualTimes
	}
	if o.crowd == 0 {
		o.crowd = manyViewers
	}
	h := &Hub{
		log: o.Log, now: o.Now, head: o.Head, epoch: o.Epoch, others: o.Elsewhere, behind: o.Behind, times: o.times, metrics: newFeedMetrics(o.Metrics), stop: make(chan struct{}),
		rooms: map[engine.SessionID]*room{}, portable: o.Portable, crowd: o.crowd, began: time.Now(),
	}
	for i := range o.Shards {
		s := newShard(h, i)
		h.shards = append(h.shards, s)
		if !o.Portable {
			h.poll(s)
		}
		h.running.Go(s.run)
	}
	h.running.Go(h.beat)
	return h
}

// poll gives a shard a poller where the system has one. Without it the clients
// cost more and nothing else changes.
func (h *Hub) poll(s *shard) {
	p, err := openPoller()
	if err != nil {
		h.log.Warn("every connection will have a goroutine that reads", "err", err)
	}
	if p != nil {
		s.poller = p
		h.running.Go(p.run)
	}
}

// age is how long the hub has been running, by a clock that nobody sets.
func (h *Hub) age() time.Duration { return time.Since(h.began) }

// Close stops the shards and waits for them. The connections should have ended
// before: nobody writes to them any more.
func (h *Hub) Close() {
	h.stopped.Do(func() {
		close(h.stop)
		for _, s := range h.shards {
			s.stop()
			if s.poller != nil {
				s.poller.close()
			}
		}
	})
	h.running.Wait()
}

// Opened implements actor.Feed: a new epoch begins, and nobody goes on from
// what they knew before. It does not block.
func (h *Hub) Opened(id engine.SessionID, public engine.Room, feed engine.FeedSeq, desk engine.Desk) {
	h.mu.Lock()
	r := h.rooms[id]
	if r == nil {
		r = newRoom(id, len(h.shards))
		r.others, r.behind = h.others, h.behind
		r.common = h.epoch != nil
		r.open(h.newEpoch(id), public, feed, desk, h.now()) // before anybody can find it
		h.rooms[id] = r
		h.mu.Unlock()
		return
	}
	h.mu.Unlock()
	r.open(h.newEpoch(id), public, feed, desk, h.now())
	h.wake(r.public)
}

// newEpoch names the feed of a session that is opened.
func (h *Hub) newEpoch(id engine.SessionID) string {
	if h.epoch != nil {
		return h.epoch(id)
	}
	return newEpoch()
}

// newEpoch names one life of a session's feed.
func newEpoch() string { return rand.Text()[:8] }

// Tell implements actor.Feed. It does not block; its cost is that of encoding
// the updates, and of the few participants concerned.
func (h *Hub) Tell(id engine.SessionID, t engine.Told) {
	r := h.room(id)
	if r == nil {
		panic("told of a session that was never opened: " + string(id)) // a bug of the caller
	}
	r.tell(t, h.now())
	r.parties.tell(t.You)
	h.wake(r.public)
	h.wake(r.desk)
}

// Gone says that a session is no longer served here. Its readers hear so.
func (h *Hub) Gone(id engine.SessionID) {
	h.mu.Lock()
	r := h.rooms[id]
	delete(h.rooms, id)
	h.mu.Unlock()
	if r == nil {
		return
	}
	r.end(h.now())
	for _, s := range h.shards {
		s.do(func() { s.dismiss(r) })
	}
}

// Room returns the public view of a session and where it stands: what a
// newcomer would be sent. The room is never changed afterwards.
func (h *Hub) Room(id engine.SessionID) (epoch string, seq engine.FeedSeq, public engine.Room, ok bool) {
	r := h.room(id)
	if r == nil {
		return "", 0, engine.Room{}, false
	}
	v := r.view.Load()
	return v.epoch, v.feed, *v.room, true
}

// Viewers is how many connections follow a session, at all processes.
func (h *Hub) Viewers(id engine.SessionID) int {
	if r := h.room(id); r != nil {
		return r.viewers()
	}
	return 0
}

// ViewersHere is how many connections to this process follow each session that
// anybody follows.
func (h *Hub) ViewersHere() map[engine.SessionID]int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	here := map[engine.SessionID]int{}
	for id, r := range h.rooms {
		if n := r.public.readers(); n > 0 {
			here[id] = n
		}
	}
	return here
}

func (h *Hub) room(id engine.SessionID) *room {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.rooms[id]
}

// nextShard spreads clients evenly.
func (h *Hub) nextShard() *shard {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.turn++
	return h.shards[h.turn%len(h.shards)]
}

// wake has a log swept by every shard that has readers of it and does not know
// yet. Its cost is that of the shards, of which there is one a processor.
func (h *Hub) wake(l *feedLog) {
	for i := range l.marks {
		m := &l.marks[i]
		if m.readers.Load() > 0 && !m.dirty.Swap(true) {
			h.shards[i].notice(l)
		}
	}
}

// beat gives quiet rooms a heartbeat and consoles the presence, until the hub
// is closed.
func (h *Hub) beat() {
	ticker := time.NewTicker(h.times.beat)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-h.stop:
			return
		case <-ticker.C:
		}
		h.mu.RLock()
		rooms := make([]*room, 0, len(h.rooms))
		for _, r := range h.rooms {
			rooms = append(rooms, r)
		}
		h.mu.RUnlock()
		for _, r := range rooms {
			h.beatRoom(r, n%2 == 0)
			if n%4 == 0 {
				h.tellHead(r)
			}
		}
	}
}

// tellHead tells a room where its record stands, if that has moved. Once in two
// seconds is often enough: what a spectator keeps, nobody can change any more.
func (h *Hub) tellHead(r *room) {
	if h.head == nil {
		return
	}
	if head, ok := h.head(r.id); ok && r.tellHead(head, h.now()) {
		h.wake(r.public)
	}
}

// beatRoom looks after one room; desks are renewed every other time, which is
// once a second.
func (h *Hub) beatRoom(r *room, desks bool) {
	now := h.now()
	if r.restand.Swap(false) {
		r.parties.refresh()
	}
	if r.beat(now, h.times.quiet, h.times.quietNearEnd) {
		h.wake(r.public)
	}
	if desks && r.deskChanged(now) {
		for _, s := range h.shards {
			s.do(func() { s.greetDesk(r) })
		}
	}
}
