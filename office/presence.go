package office

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
)

// PresenceKind says what was seen of a participant.
type PresenceKind string

// The kinds of presence. A line that broke and a page that was closed both end
// a connection; only the first is a complaint's business.
const (
	PresenceSignIn  PresenceKind = "sign_in"  // the connection said who it is
	PresenceEnter   PresenceKind = "enter"    // a connection came into the room
	PresenceCheckIn PresenceKind = "check_in" // điểm danh was accepted
	PresenceSeen    PresenceKind = "seen"     // still there, said every minute
	PresenceLeave   PresenceKind = "leave"    // a connection left by itself
	PresenceLost    PresenceKind = "lost"     // a connection broke
)

// Sighting is one thing seen of one participant in one session, on the
// server's clock. It names a code and no account; see migration 00009.
type Sighting struct {
	Session     engine.SessionID       `json:"session"`
	Code        engine.ParticipantCode `json:"code"`
	Kind        PresenceKind           `json:"kind"`
	At          engine.Instant         `json:"at"`
	Connections int                    `json:"connections"` // of the participant in the room at this process, afterwards
	// Process counted them; Sight fills it in. Empty: it was the only one.
	Process string `json:"process,omitempty"`
}

// PresenceGap is a time of which sightings were lost.
type PresenceGap struct {
	From engine.Instant `json:"from"`
	To   engine.Instant `json:"to"`
	Lost int            `json:"lost"`
}

// PresenceStore keeps sightings. Rows are only ever added.
type PresenceStore interface {
	InsertSightings(ctx context.Context, list []Sighting) error
	InsertGap(ctx context.Context, g PresenceGap) error
	// Sightings returns what was seen in a session, by code and then by time;
	// of one participant, or of all with an empty code.
	Sightings(ctx context.Context, id engine.SessionID, code engine.ParticipantCode, limit int) ([]Sighting, error)
	// Gaps returns those that touch a span of time.
	Gaps(ctx context.Context, from, to engine.Instant) ([]PresenceGap, error)
}

// How presence is recorded.
const (
	// presenceQueue holds a hall of 2,000 that comes back twice while the
	// database is slow; 64 bytes each.
	presenceQueue = 8192
	// presenceBatch is how many rows one statement carries.
	presenceBatch = 500
	presenceEvery = 500 * time.Millisecond
	seenEvery     = time.Minute
	// maxSightings is what one session's presence is read of: 2,000 people
	// for two hours, seen every minute.
	maxSightings = 300_000
)

// attendance is who is in which room now, and what waits to be kept.
type attendance struct {
	queue   chan Sighting
	process string // our own

	mu   sync.Mutex
	here map[seat]int // connections
	gap  PresenceGap  // lost since the last flush
	all  int          // lost since the start
}

type seat struct {
	session engine.SessionID
	code    engine.ParticipantCode
}

func newAttendance() *attendance {
	return &attendance{queue: make(chan Sighting, presenceQueue), process: uuid.NewString(), here: map[seat]int{}}
}

// Sight takes note of something seen. It never blocks: what finds no room in
// the queue is lost, counted, and the gap kept. It may be called from any
// goroutine.
func (o *Office) Sight(s Sighting) { o.attendance.sight(s) }

func (a *attendance) sight(s Sighting) {
	a.mu.Lock()
	switch at := (seat{s.Session, s.Code}); {
	case s.Kind == PresenceCheckIn || s.Kind == PresenceSignIn:
	case s.Connections > 0:
		a.here[at] = s.Connections
	default:
		delete(a.here, at)
	}
	a.mu.Unlock()
	a.put(s)
}

func (a *attendance) put(s Sighting) {
	s.Process = a.process
	select {
	case a.queue <- s:
	default:
		a.miss(1, s.At, s.At)
	}
}

// miss counts what could not be kept.
func (a *attendance) miss(n int, from, to engine.Instant) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.gap.Lost == 0 {
		a.gap.From, a.gap.To = from, to
	}
	a.gap.From, a.gap.To = min(a.gap.From, from), max(a.gap.To, to)
	a.gap.Lost += n
	a.all += n
}

func (a *attendance) takeGap() PresenceGap {
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.gap
	a.gap = PresenceGap{}
	return g
}

// SightingsLost is how many sightings could not be kept since the start.
func (o *Office) SightingsLost() int {
	o.attendance.mu.Lock()
	defer o.attendance.mu.Unlock()
	return o.attendance.all
}

// connections is how many connections a participant has in a room now.
func (a *attendance) connections(id engine.SessionID, code engine.ParticipantCode) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.here[seat{id, code}]
}

// stillHere is a sighting of everybody who is in a room.
func (a *attendance) stillHere(at engine.Instant) []Sighting {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]Sighting, 0, len(a.here))
	for p, n := range a.here {
		list = append(list, Sighting{Session: p.session, Code: p.code, Kind: PresenceSeen, At: at, Connections: n})
	}
	return list
}

// RecordPresence keeps what is seen, in batches, until ctx ends; then it keeps
// what is left. While the database is away the queue fills.
func (o *Office) RecordPresence(ctx context.Context) {
	beat, minute := time.NewTicker(presenceEvery), time.NewTicker(seenEvery)
	defer beat.Stop()
	defer minute.Stop()
	var batch []Sighting
	for {
		select {
		case <-beat.C:
			batch = o.FlushPresence(ctx, batch)
		case <-minute.C:
			for _, s := range o.attendance.stillHere(engine.InstantOf(o.now())) {
				o.attendance.put(s)
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			for batch = o.FlushPresence(last, batch); len(batch) == 0 && len(o.attendance.queue) > 0; {
				batch = o.FlushPresence(last, batch)
			}
			return
		}
	}
}

// FlushPresence keeps what waits, at most one batch with what an earlier call
// could not keep, and returns what it could not keep either. RecordPresence
// calls it; a test may.
func (o *Office) FlushPresence(ctx context.Context, batch []Sighting) []Sighting {
	for len(batch) < presenceBatch && len(o.attendance.queue) > 0 {
		batch = append(batch, <-o.attendance.queue)
	}
	if g := o.attendance.takeGap(); g.Lost > 0 {
		o.log.Warn("sightings of participants were lost", "lost", g.Lost, "from", g.From.Time(), "to", g.To.Time())
		if err := o.store.InsertGap(ctx, g); err != nil {
			o.attendance.mu.Lock()
			o.attendance.all -= g.Lost // miss counts them again
			o.attendance.mu.Unlock()
			o.attendance.miss(g.Lost, g.From, g.To)
		}
	}
	if len(batch) == 0 {
		return nil
	}
	switch err := o.store.InsertSightings(ctx, batch); {
	case err == nil:
		return nil
	case errors.Is(err, ErrUnavailable) || ctx.Err() != nil:
		return batch // and again
	default:
		o.log.Error("sightings of participants cannot be kept", "err", err)
		o.attendance.miss(len(batch), batch[0].At, batch[len(batch)-1].At)
		return nil
	}
}
