package actor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"gobua/engine"
)

// replica follows a session that another process decides: it folds what the
// journal has into the same room, and tells the same.
type replica struct {
	id engine.SessionID
	r  *Registry
	*shown

	mu   sync.Mutex // one at a time folds
	c    *core      // nil: to be read back, if records come
	over bool       // this process decides the session now, or it is damaged
}

// Follow takes in records that another process has made durable, in their order
// for each session, after Journal's Replay has them. It may be called on many
// goroutines, for different sessions; it blocks for a moment, and for the
// reading back of a session whose records before it has not folded.
//
// Before Start it does nothing: Start reads what the journal has.
func (r *Registry) Follow(id engine.SessionID, entries []engine.Entry) {
	if p := r.replica(id, entries); p != nil {
		if err := p.fold(r.ctx, entries); err != nil && r.ctx.Err() == nil {
			p.give(err)
		}
	}
}

// replica finds who follows a session, or makes one; nil: this process decides
// it, or it is damaged, or it is too early.
func (r *Registry) replica(id engine.SessionID, entries []engine.Entry) *replica {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.following || r.stopped || r.damaged[id] != nil {
		return nil
	}
	if unit, known := r.units[id]; known && r.tenures[unit] != nil {
		return nil // its actor is being launched, or has just ended and is not forgotten yet
	}
	p := r.replicas[id]
	if p == nil {
		p = &replica{id: id, r: r, shown: r.show(id)}
		r.replicas[id] = p
	}
	return p
}

// show is where a session is shown. The caller holds r.mu.
func (r *Registry) show(id engine.SessionID) *shown {
	s := r.shown[id]
	if s == nil {
		s = new(shown)
		r.shown[id] = s
	}
	return s
}

// fold takes records in. What it has already it passes over; where some are
// missing it reads them.
func (p *replica) fold(ctx context.Context, entries []engine.Entry) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return nil
	}
	if p.c == nil || len(entries) > 0 && entries[0].Seq > p.c.state.Head.Seq+1 {
		return p.read(ctx)
	}
	b := batch{told: engine.Told{FirstFeed: p.c.state.Feed + 1}, entries: entries}
	var concerned []engine.ParticipantCode
	folded := 0
	for _, e := range entries {
		if e.Seq <= p.c.state.Head.Seq {
			continue
		}
		rec, err := readable(p.id, e)
		if err == nil {
			err = guard(p.id, rec, func(rec engine.Record) error {
				concerned = p.c.heed(rec, &b, concerned)
				return nil
			})
		}
		if err != nil {
			return err
		}
		folded++
	}
	if folded == 0 {
		return nil
	}
	p.c.finish(&b, concerned)
	p.publish(p.c)
	p.publishStandings(b.told.You)
	p.r.o.Feed.Tell(p.id, b.told)
	p.traceFollowed(entries)
	p.shelve()
	return nil
}

// shelve lets go of the state of a session that is over; see errShelved.
func (p *replica) shelve() {
	if p.c.state.Phase.Final() {
		p.c = nil
	}
}

// read reads the session back and shows it.
func (p *replica) read(ctx context.Context) error {
	c, err := reader{p.r.o.Mirror, p.r.near, p.r.reading}.readBack(ctx, p.id, p.shown)
	if err != nil {
		return err
	}
	if v := p.view.Load(); v != nil && c.state.Head.Seq < v.Head.Seq {
		return fmt.Errorf("the mirror ends at record %d, and record %d was told", c.state.Head.Seq, v.Head.Seq)
	}
	p.r.mu.Lock()
	p.r.units[p.id] = p.r.unitOf(c.state.Lot.AuctionID)
	p.r.mu.Unlock()
	p.c = c
	p.show(p.r.o.Feed, p.id, c)
	p.shelve()
	return nil
}

// give ends a replica that cannot go on: its session is damaged here, or the
// journal could not be read, and the next records are tried again.
func (p *replica) give(err error) {
	if !isDamage(err) {
		p.r.o.Log.Error("session cannot be followed and is read again", "session", p.id, "err", err)
		p.mu.Lock()
		p.c = nil
		p.mu.Unlock()
		return
	}
	p.end()
	p.r.loseSession(p.id, err)
}

// end waits for what is being folded, and lets nothing be folded any more.
func (p *replica) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	p.c = nil
}

// show makes a session visible that was read back. The room goes on where it
// was: it is told what it had not heard, and opened only if it never was.
func (s *shown) show(feed Feed, id engine.SessionID, c *core) {
	before := s.view.Load()
	s.publish(c)
	you := c.standings()
	s.publishStandings(you)
	if before == nil {
		feed.Opened(id, c.room, c.state.Feed, c.wholeDesk())
		return
	}
	if before.Head != c.state.Head {
		feed.Tell(id, c.missed(before, you))
	}
}

// missed is what a room hears that was last shown as `before`.
func (c *core) missed(before *View, you []engine.Standing) engine.Told {
	room := c.room
	later := c.desk[:0:0]
	if i := slices.IndexFunc(c.desk, func(d engine.DeskRecord) bool { return d.Seq > before.Head.Seq }); i >= 0 {
		later = slices.Clone(c.desk[i:])
	}
	return engine.Told{
		FirstFeed: before.Feed + 1, Updates: c.updates, Room: &room, You: you,
		Records: later, Participants: c.state.DeskParticipants(),
	}
}

// dismiss ends the replicas of a unit and names its sessions.
func (r *Registry) dismiss(unit int) (ids []engine.SessionID) {
	r.mu.Lock()
	var following []*replica
	for id, u := range r.units {
		if u != unit {
			continue
		}
		ids = append(ids, id)
		if p := r.replicas[id]; p != nil {
			following = append(following, p)
			delete(r.replicas, id)
		}
	}
	r.mu.Unlock()
	for _, p := range following {
		p.end()
	}
	slices.Sort(ids)
	return ids
}

// follow begins to follow every session of the journal, and waits until all
// are shown.
func (r *Registry) follow(ctx context.Context, ids []engine.SessionID) error {
	r.mu.Lock()
	r.following = true
	r.mu.Unlock()
	r.followAll(ctx, ids)
	return ctx.Err()
}

// mirrorPause is how long a journal that cannot be read is left alone.
const mirrorPause = 100 * time.Millisecond

// followGiven follows sessions that this process has just stopped deciding, as
// soon as the mirror has what was acknowledged to it: they are shown with that.
// What became of an append without an answer may be in there, too.
func (r *Registry) followGiven(ctx context.Context, ids []engine.SessionID) {
	for _, id := range ids {
		for {
			_, err := r.o.Journal.Settled(ctx, id) // as everything that reads, it waits for the mirror
			if err == nil || isDamage(err) {
				break
			}
			select {
			case <-time.After(mirrorPause):
			case <-ctx.Done():
				return
			}
		}
	}
	r.followAll(ctx, ids)
}

// followAll follows sessions, and waits until they are shown or ctx ends.
func (r *Registry) followAll(ctx context.Context, ids []engine.SessionID) {
	var wg sync.WaitGroup
	places := make(chan struct{}, maxReading)
	for _, id := range ids {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			r.Follow(id, nil)
			<-places
		})
	}
	wg.Wait()
}
