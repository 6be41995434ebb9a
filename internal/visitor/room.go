package visitor

import (
	"context"
	"sync"

	"gobua/engine"
)

// Room is a session as followed on a line: what a page would show. All methods
// may be called from any goroutine.
type Room struct {
	session engine.SessionID

	mu       sync.Mutex
	room     engine.Room
	epoch    string
	seq      engine.FeedSeq
	known    bool // a snapshot came
	catching bool // a gap was seen, and the missing part is asked for
	you      engine.Standing
	active   bool
	gaps     int
	changed  chan struct{} // closed and replaced with each change
}

func newRoom(session engine.SessionID) *Room {
	return &Room{session: session, changed: make(chan struct{})}
}

// View returns the room as last told, and its feed number.
func (r *Room) View() (engine.Room, engine.FeedSeq) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.room, r.seq
}

// You returns what the server told this participant alone, and whether this
// line is the account's bidding channel.
func (r *Room) You() (you engine.Standing, active bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.you, r.active
}

// Gaps counts how often something was missing and had to be asked for.
func (r *Room) Gaps() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.gaps
}

// Await blocks until the room is as wanted and returns it; or until ctx ends.
// A lost line does not end it: a Seat brings the room up to date.
func (r *Room) Await(ctx context.Context, wanted func(engine.Now) bool) (engine.Room, error) {
	for {
		r.mu.Lock()
		room, known, changed := r.room, r.known, r.changed
		r.mu.Unlock()
		if known && wanted(room.Now) {
			return room, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return room, ctx.Err()
		}
	}
}

// resumeFrom is where to go on after a loss; no epoch: from the beginning.
func (r *Room) resumeFrom() (epoch string, seq engine.FeedSeq) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.epoch, r.seq
}

// take makes a message part of the room. It tells whether something is missing
// that must be asked for; that is told once per gap.
func (r *Room) take(m *message) (missing bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch m.T {
	case "snap":
		if m.Room == nil {
			return false
		}
		r.room, r.epoch, r.seq = *m.Room, m.Epoch, engine.FeedSeq(m.Seq)
		r.known, r.catching = true, false
	case "subok":
		r.catching = false
		return false
	case "up":
		seq := engine.FeedSeq(m.Seq)
		switch {
		case !r.known || m.Update == nil || seq <= r.seq:
			return false
		case seq > r.seq+1:
			return r.gap()
		}
		r.room.Fold(*m.Update)
		r.seq = seq
	case "hb":
		if !r.known || engine.FeedSeq(m.Seq) <= r.seq && m.Epoch == r.epoch {
			return false
		}
		r.gap()
		return true // again, if an earlier request was refused
	case "you":
		if m.You == nil {
			return false
		}
		r.you, r.active = *m.You, m.Active
	default:
		return false
	}
	close(r.changed)
	r.changed = make(chan struct{})
	return false
}

func (r *Room) gap() bool {
	if r.catching {
		return false
	}
	r.catching = true
	r.gaps++
	return true
}
