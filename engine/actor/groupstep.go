package actor

import (
	"math"

	"gobua/engine"
)

// step decides letters in the order of their receipt, whichever of the sessions
// each is for, as of now; see core.step. It returns how many it decided: those
// that stay make another step. What becomes due in any session before a letter
// is decided before it, so a lot that ended is not moved by a later bid on
// another, and a lot is never ended by its clock while a bid received before
// that on another lot of its group is undecided.
func (g *group) step(letters []letter, now engine.Instant) (n int) {
	for _, m := range g.members {
		m.b = batch{after: m.c.state.Head}
		m.b.told.FirstFeed = m.c.state.Feed + 1
		m.concerned, m.absent, m.wasFinal = nil, m.a.absence(), m.c.state.Phase.Final()
	}
	g.follow()              // what a torn journal may have left undone
	var back engine.Instant // when all sessions could be reached again
	for n < len(letters) && g.bytes() < maxStepBytes {
		l := &letters[n]
		n++
		back = max(back, g.credit(l.at))
		at := max(l.at, back, g.last())
		g.tick(at)
		g.decide(l, at)
		g.follow()
	}
	owed := engine.Instant(math.MaxInt64)
	if n < len(letters) {
		now = letters[n].at
		owed = now // an outage that began later is for the next step
	}
	back = max(back, g.credit(owed))
	g.tick(max(now, back, g.last()))
	for _, m := range g.members {
		m.c.finish(&m.b, m.concerned)
		m.b.final = !m.wasFinal && m.c.state.Phase.Final()
	}
	return n
}

// bytes is how much the present step has decided so far.
func (g *group) bytes() (n int) {
	for _, m := range g.members {
		n += m.b.bytes
	}
	return n
}

// last is the moment of the last record in any of the sessions.
func (g *group) last() (at engine.Instant) {
	for _, m := range g.members {
		at = max(at, m.c.state.LastAt)
	}
	return at
}

// credit gives the sessions back what an outage took that began before a
// moment, and returns when it ended; zero: there was none. What was due before
// it is decided first, in all of them.
func (g *group) credit(before engine.Instant) (back engine.Instant) {
	for _, m := range g.members {
		if m.absent == (outage{}) || m.absent.from >= before {
			continue
		}
		g.tick(m.absent.from)
		m.concerned = m.c.credit(m.absent, &m.b, m.concerned)
		back = max(back, m.absent.to)
		m.absent = outage{}
		g.follow()
	}
	return back
}

// tick decides every deadline up to a moment, the earliest of all sessions
// first.
func (g *group) tick(upTo engine.Instant) {
	for {
		var next *member
		for _, m := range g.members {
			if due := engine.Deadline(&m.c.state); due != 0 && due <= upTo && (next == nil || due < engine.Deadline(&next.c.state)) {
				next = m
			}
		}
		if next == nil {
			return
		}
		next.concerned = next.c.tickOnce(upTo, &next.b, next.concerned)
		g.follow()
	}
}

// decide answers one letter. A bid, and a key that opens sealed offers, are
// decided with what the limits of whom they bind leave free across the lots at
// that moment.
func (g *group) decide(l *letter, at engine.Instant) {
	m := g.of[l.to]
	if m == nil { // damaged since it was sent
		l.answer(engine.Receipt{}, engine.ErrNoSession)
		return
	}
	l.cmd.Free, l.cmd.Taken = g.free(m, l.cmd), g.taken(m, l.cmd)
	m.concerned = m.c.decide(l, at, &m.b, m.concerned)
}

// free is what the limit of whom a command binds leaves for a session, nil: no
// limit. That is its sender, or who bids in the hall. To take an offer back
// binds nobody.
func (g *group) free(m *member, cmd engine.Command) *engine.Free {
	code := engine.ParticipantCode("")
	if _, back := cmd.Do.(engine.TakeOfferBack); back {
		return nil
	}
	if floor, ok := cmd.Do.(engine.FloorBid); ok {
		code = floor.Code
	} else if cmd.By.Role == engine.RoleBidder {
		code = engine.ParticipantCode(cmd.By.Ref)
	}
	b := m.c.state.Bidder(code)
	if b == nil {
		return nil
	}
	return g.left(m, b)
}

// taken is whom their limit leaves no further lot when a key comes, with which
// sealed offers may be opened: an offer binds its participant only then.
func (g *group) taken(m *member, cmd engine.Command) (codes []engine.ParticipantCode) {
	if _, key := cmd.Do.(engine.PresentKey); !key {
		return nil
	}
	for _, b := range m.c.state.Bidders() {
		if free := g.left(m, b); free != nil && free.Lots < 1 {
			codes = append(codes, b.Code)
		}
	}
	return codes
}

// left is what the limit of a participant of a session leaves for it, nil: no
// limit.
func (g *group) left(m *member, b *engine.Bidder) *engine.Free {
	free, limited := m.c.state.LimitOf(b)
	if !limited {
		return nil
	}
	for _, other := range g.members {
		if other == m {
			continue
		}
		if o := other.c.state.BidderOf(b.Party); o != nil {
			if bound := other.c.state.Bound(o); bound > 0 {
				free.Lots--
				free.Total -= bound
			}
		}
	}
	return &free
}

// follow moves the end of every running lot that lies before its group's. The
// record has the moment of the bid, or of what made the lot run again since.
func (g *group) follow() {
	for _, m := range g.members {
		group := m.c.state.Rules.Group
		if group == nil || !group.Extends || m.c.state.Phase != engine.PhaseRunning {
			continue
		}
		x := g.extension(group.Name, m)
		if m.c.state.Behind(x) {
			cmd := engine.Command{By: engine.System, Do: engine.Follow{Extension: x}}
			m.concerned = m.c.apply(cmd, max(x.At, m.c.state.LastAt), &m.b, m.concerned)
		}
	}
}

// extension is what the other lots of a group were extended to since a lot opened:
// the latest end, and the highest number.
func (g *group) extension(name string, but *member) (latest engine.Extension) {
	count := 0
	for _, m := range g.members {
		group := m.c.state.Rules.Group
		if m == but || group == nil || group.Name != name {
			continue
		}
		x := m.c.state.Extension()
		if !but.c.state.Concerns(x) {
			continue
		}
		count = max(count, x.Count)
		if x.ClosesAt > latest.ClosesAt {
			latest = x
		}
	}
	latest.Count = count
	return latest
}
