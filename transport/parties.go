package transport

import (
	"slices"
	"sync"

	"gobua/engine"
	"gobua/transport/wire"
)

// parties are the participants of one session who are connected. One of a
// participant's connections is the bidding channel; the others follow and may
// take it over. All methods may be called from any goroutine; mu is held only
// for memory and for Saleroom.Standing, which does not block.
type parties struct {
	room *room

	mu sync.Mutex
	by map[engine.ParticipantCode]*party
}

// party is one participant.
type party struct {
	code      engine.ParticipantCode
	followers []*follower // oldest first
	active    *client     // the bidding channel; nil only while there is no follower
}

// follower is one connection of a participant.
type follower struct {
	*client
	greeted bool // the room was sent, so what is private may follow
}

func (p *party) find(c *client) *follower {
	for _, f := range p.followers {
		if f.client == c {
			return f
		}
	}
	return nil
}

// join makes a connection follow as a participant. The first one becomes the
// bidding channel. What the participant may know is sent by greet, after the
// room itself.
func (ps *parties) join(c *client, code engine.ParticipantCode) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.by[code]
	if p == nil {
		p = &party{code: code}
		ps.by[code] = p
	}
	if p.find(c) != nil {
		return
	}
	p.followers = append(p.followers, &follower{client: c})
	c.came(ps.room.id, code, len(p.followers))
	if p.active == nil {
		p.active = c
	}
}

// leave ends it. If the connection was the bidding channel, the newest of the
// others becomes it: nobody may be left without one.
func (ps *parties) leave(c *client, code engine.ParticipantCode) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.by[code]
	if p == nil || p.find(c) == nil {
		return
	}
	p.followers = slices.DeleteFunc(p.followers, func(f *follower) bool { return f.client == c })
	c.went(ps.room.id, code, len(p.followers))
	if len(p.followers) == 0 {
		delete(ps.by, code)
		return
	}
	if p.active == c {
		newest := p.followers[len(p.followers)-1]
		p.active = newest.client
		ps.show(p, newest)
	}
}

// take makes a connection the bidding channel and tells all that follow. It
// returns false if the connection does not follow.
func (ps *parties) take(c *client, code engine.ParticipantCode) bool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.by[code]
	if p == nil || p.find(c) == nil {
		return false
	}
	if p.active == c {
		return true
	}
	p.active = c
	for _, f := range p.followers {
		ps.show(p, f)
	}
	return true
}

// active tells whether a connection is the participant's bidding channel.
func (ps *parties) active(c *client, code engine.ParticipantCode) bool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.by[code]
	return p != nil && p.active == c
}

// greet sends a connection what its participant may know. From then on it is
// told of every change.
func (ps *parties) greet(c *client, code engine.ParticipantCode) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if p := ps.by[code]; p != nil {
		if f := p.find(c); f != nil {
			f.greeted = true
			ps.show(p, f)
		}
	}
}

// show queues a standing as it is read now, while mu is held. A standing is
// published before tell is called with it, and tell takes mu too: what is
// queued last is therefore never older than what was queued before.
func (ps *parties) show(p *party, f *follower) {
	if !f.greeted {
		return
	}
	if standing, ok := f.saleroom.Standing(ps.room.id, p.code); ok {
		ps.queue(p, f, standing)
	}
}

func (ps *parties) queue(p *party, f *follower, standing engine.Standing) {
	f.say(wire.You{
		Session: ps.room.id, Seq: ps.room.view.Load().feed,
		Active: p.active == f.client, Standing: standing,
	})
}

// tell queues what changed for participants. Its cost is that of the few
// connections of those concerned.
func (ps *parties) tell(you []engine.Standing) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for _, standing := range you {
		p := ps.by[standing.Code]
		if p == nil {
			continue
		}
		for _, f := range p.followers {
			if f.greeted {
				ps.queue(p, f, standing)
			}
		}
	}
}

// refresh sends everybody their standing anew, after the session was read back
// from its journal.
func (ps *parties) refresh() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for _, p := range ps.by {
		for _, f := range p.followers {
			ps.show(p, f)
		}
	}
}
