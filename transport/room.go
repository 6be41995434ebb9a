package transport

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gobua/engine"
	"gobua/transport/wire"
)

// view is the public room at one feed position: what a newcomer is sent. It is
// published whole and never changed.
type view struct {
	epoch string
	feed  engine.FeedSeq
	room  *engine.Room

	once sync.Once
	json []byte
}

// roomJSON encodes the room the first time somebody needs it: a storm of
// reconnects costs one encoding for each feed position.
func (v *view) roomJSON() []byte {
	v.once.Do(func() { v.json = wire.RoomJSON(v.room) })
	return v.json
}

// room is a session as its audiences hear it: two logs, for everybody and for
// the desk, and the participants' connections.
//
// mu is held by who appends (the session's actor and the heartbeat) and by who
// needs a position and its content together. Nothing is sent, and nothing but
// memory waited for, while it is held.
type room struct {
	id      engine.SessionID
	parties parties
	view    atomic.Pointer[view]
	ended   atomic.Bool                 // no longer served here; set before the last words
	restand atomic.Bool                 // standings are to be sent anew
	head    atomic.Pointer[engine.Head] // of the record, as the room knows it; nil: not at all

	public, desk *feedLog
	common       bool                       // other processes bring the same feed under the same epoch
	others       func(engine.SessionID) int // viewers at other processes
	behind       func(engine.SessionID) (since engine.Instant, cut bool)

	mu           sync.Mutex
	epoch        string
	epochFeed    engine.FeedSeq // position at which the epoch began
	lastTold     time.Time      // when the public log last got a frame
	attempts     []engine.DeskRecord
	participants []engine.DeskParticipant
	deskStale    bool // presence changed since consoles got a whole desk
	deskViewers  int  // as consoles were last told
	deskTold     time.Time
	said         wire.Behind // as some reader was last told
	sayAgain     bool        // not all readers were told that
}

func newRoom(id engine.SessionID, shards int) *room {
	r := &room{id: id, public: newFeedLog(shards), desk: newFeedLog(shards),
		others: func(engine.SessionID) int { return 0 }, behind: func(engine.SessionID) (engine.Instant, bool) { return 0, false }}
	r.parties.room = r
	r.parties.by = map[engine.ParticipantCode]*party{}
	return r
}

// open begins an epoch. Whoever follows already gets the whole room anew,
// consoles the whole desk with the next beat.
func (r *room) open(epoch string, public engine.Room, feed engine.FeedSeq, desk engine.Desk, now time.Time) {
	v := &view{epoch: epoch, feed: feed, room: &public}
	json := v.roomJSON()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.epoch, r.epochFeed = epoch, feed
	r.attempts = slices.Clone(desk.Attempts)
	slices.Reverse(r.attempts)
	r.participants = desk.Participants
	r.view.Store(v)
	if r.public.readers() > 0 {
		r.appendPublic(feed, now, wire.AppendSnapshot(nil, r.snapshotHead(v, 0, now, r.said), json))
	}
	r.deskStale = true
	r.restand.Store(true)
}

// tell publishes what one durable batch changed.
func (r *room) tell(t engine.Told, now time.Time) {
	ups := make([][]byte, len(t.Updates))
	for i, u := range t.Updates {
		ups[i] = wire.Frame(wire.Up{Session: r.id, Seq: t.FirstFeed + engine.FeedSeq(i), Update: u})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, frame := range ups {
		r.appendPublic(t.FirstFeed+engine.FeedSeq(i), now, frame)
	}
	old := r.view.Load()
	if len(ups) > 0 {
		room := old.room
		if t.Room != nil {
			room = t.Room
		}
		r.view.Store(&view{epoch: old.epoch, feed: t.FirstFeed + engine.FeedSeq(len(ups)) - 1, room: room})
	}
	r.tellDesk(t, now)
}

// tellDesk keeps the newest records and shows them to the consoles, if any.
func (r *room) tellDesk(t engine.Told, now time.Time) {
	if t.Participants != nil {
		r.participants, r.deskStale = t.Participants, true
	}
	if keep := 2 * engine.MaxAttempts; len(r.attempts)+len(t.Records) > keep {
		r.attempts = slices.Clone(r.attempts[max(0, len(r.attempts)-engine.MaxAttempts):])
	}
	r.attempts = append(r.attempts, t.Records...)
	if r.desk.readers() == 0 {
		return
	}
	for _, record := range t.Records {
		r.desk.append(r.view.Load().feed, now, wire.Frame(wire.Rec{Session: r.id, Record: record}))
	}
}

func (r *room) appendPublic(feed engine.FeedSeq, now time.Time, frame []byte) {
	r.public.append(feed, now, frame)
	r.lastTold = now
}

func (r *room) snapshotHead(v *view, id wire.Number, now time.Time, behind wire.Behind) wire.Snapshot {
	s := wire.Snapshot{ID: id, Session: r.id, Epoch: v.epoch, Seq: v.feed, Now: engine.InstantOf(now), Behind: behind}
	if head := r.head.Load(); head != nil {
		s.Head = *head
	}
	return s
}

// beginning is how a reader of a log begins.
type beginning struct {
	frame  []byte // a snap, a subok or a desk
	cursor uint64 // what follows it in the log
	whole  bool   // it is all there is to know, not a resumption
}

// begin is what a reader of the public log is sent first. With the right epoch
// and a position the log still reaches, that is a word that it goes on there;
// else it is the whole room, appended to dst.
func (r *room) begin(dst []byte, id wire.Number, epoch string, after engine.FeedSeq, now time.Time) beginning {
	behind := r.isBehind()
	r.mu.Lock()
	v := r.view.Load()
	cursor, resumed := r.public.head.Load(), false
	switch {
	case epoch != v.epoch || after < r.epochFeed:
	case after == v.feed, after > v.feed && r.common: // it comes from a process that was ahead of this one
		resumed = true
	case after < v.feed:
		cursor, resumed = r.public.resume(after)
	}
	if !resumed {
		cursor = r.public.head.Load()
	}
	if isNews(r.said, behind) {
		r.said, r.sayAgain = behind, true
	}
	r.mu.Unlock()
	if resumed {
		frame := wire.Frame(wire.SubOK{ID: id, Session: r.id, Epoch: epoch, Seq: after, Resumed: true, Behind: behind})
		return beginning{frame, cursor, false}
	}
	return beginning{wire.AppendSnapshot(dst, r.snapshotHead(v, id, now, behind), v.roomJSON()), cursor, true}
}

// beginDesk is what a reader of the desk log is sent first. What it shows of
// the lists is shared with later appends and never changed by them.
func (r *room) beginDesk() beginning {
	r.mu.Lock()
	oldestFirst, cursor := r.attempts[max(0, len(r.attempts)-engine.MaxAttempts):], r.desk.head.Load()
	m := wire.Desk{Session: r.id, Viewers: r.viewers(), Desk: engine.Desk{Participants: r.participants}}
	r.mu.Unlock()
	m.Desk.Attempts = append([]engine.DeskRecord{}, oldestFirst...)
	slices.Reverse(m.Desk.Attempts)
	if len(m.Desk.Attempts) > 0 {
		m.Seq = m.Desk.Attempts[0].Seq
	}
	if m.Desk.Participants == nil {
		m.Desk.Participants = []engine.DeskParticipant{}
	}
	return beginning{wire.Frame(m), cursor, true}
}

// forgetAfter is when frames that nobody waits for are let go. A page that lost
// its line comes back within seconds; after that it is sent the room.
const forgetAfter = 10 * time.Minute

// beat appends a heartbeat if the room was quiet for long, or if it became the
// newest or stopped being it, and tells whether it did. Where nobody was for long,
// it forgets what was told.
func (r *room) beat(now time.Time, quiet, quietNearEnd time.Duration) bool {
	var behind wire.Behind
	followed := r.public.readers() > 0
	if followed {
		behind = r.isBehind()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	v := r.view.Load()
	if v.room.Now.Phase == engine.PhaseRunning && v.room.Now.ClosesAt.Sub(engine.InstantOf(now)) < lastMinute {
		quiet = quietNearEnd
	}
	silent := now.Sub(r.lastTold)
	if r.public.readers() == 0 && r.desk.readers() == 0 && silent >= forgetAfter {
		r.public.forget()
		r.desk.forget()
	}
	if !followed || silent < quiet && !isNews(r.said, behind) && !r.sayAgain {
		return false
	}
	r.said, r.sayAgain = behind, false
	r.appendPublic(v.feed, now, wire.Frame(wire.Heartbeat{Session: r.id, Epoch: v.epoch, Seq: v.feed, Now: engine.InstantOf(now), Behind: behind}))
	return true
}

// tellHead appends where the record stands, if that has moved and anybody
// follows. Newcomers have it from the snapshot.
func (r *room) tellHead(head engine.Head, now time.Time) bool {
	if old := r.head.Load(); old != nil && *old == head {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.head.Store(&head)
	if r.ended.Load() || r.public.readers() == 0 {
		return false
	}
	r.public.append(r.view.Load().feed, now, wire.Frame(wire.Head{Session: r.id, Head: head}))
	return true
}

// deskChanged tells whether consoles should get the whole desk again: because
// presence changed, or, less often, because the number of viewers did.
func (r *room) deskChanged(now time.Time) bool {
	if r.desk.readers() == 0 {
		return false
	}
	viewers := r.viewers()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.deskStale && (r.deskViewers == viewers || now.Sub(r.deskTold) < viewersEvery) {
		return false
	}
	r.deskStale, r.deskViewers, r.deskTold = false, viewers, now
	return true
}

// viewers is how many connections follow the session, at all processes.
func (r *room) viewers() int { return r.public.readers() + r.others(r.id) }

// viewersEvery is how often a number that moves all the time is worth sending
// a desk of up to ten thousand participants for.
const viewersEvery = 3 * time.Second

// lastMinute is when a lost tail would hurt most: heartbeats come faster.
const lastMinute = engine.Millis(60_000)

// end tells all that follow that the session is no longer served here.
func (r *room) end(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended.Store(true)
	frame := wire.Frame(wire.Bye{Session: r.id, Code: wire.ByeStale, RetryMs: resubscribeMs})
	r.appendPublic(r.view.Load().feed, now, frame)
}

// resubscribeMs is when a page may ask again for a session that went away.
const resubscribeMs = 5000
