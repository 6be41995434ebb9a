package actor

import (
	"context"
	"slices"
	"testing"

	"gobua/engine"
)

// tie makes a session of a world one of its group: most lots share ends and
// length, so that they meet, and some people have a limit.
func (w *world) tie(c *engine.Created) {
	r := &c.Rules
	c.Lot.AuctionID, c.Lot.Number = "auction", 1+len(w.rooms)
	r.Group = &engine.Group{AtOnce: []int{0, 0, 1, 2}[w.third.IntN(4)]}
	if w.third.IntN(4) == 0 {
		r.Group.Name = "A"
	}
	if r.Descent == nil && w.third.IntN(3) > 0 {
		r.OpensAt, r.Opening, r.BiddingMs = w.now().Add(5000), engine.OpeningByClock, 90_000
	}
	if r.Descent == nil && r.Sealed == nil && r.Called == nil && r.Closing.Kind != engine.ClosingRounds && w.third.IntN(4) > 0 {
		r.Closing = []engine.Closing{
			{Kind: engine.ClosingReset, WindowMs: 20_000, ByMs: 30_000},
			{Kind: engine.ClosingAdd, WindowMs: 90_000, ByMs: 5000, MaxCount: 5},
			{Kind: engine.ClosingAdd, WindowMs: 90_000, ByMs: 7000, MaxTotalMs: 60_000},
		}[w.third.IntN(3)]
	}
	r.Group.Extends = (r.Closing.Kind == engine.ClosingReset || r.Closing.Kind == engine.ClosingAdd) && w.third.IntN(5) > 0
	for i := range c.Participants {
		p := &c.Participants[i]
		party := engine.PartyOf("auction", string(p.Code))
		p.Party = &party
		if w.third.IntN(3) == 0 {
			p.Limit = &engine.Limit{Total: engine.Dong(200 + w.third.IntN(400)), Lots: w.third.IntN(3)}
			if r.Sealed != nil {
				p.Limit.Total = 0 // is refused
			}
		}
	}
}

// groupMutants are planted faults of a group, as mutants are of an actor.
var groupMutants = map[string]groupFunc{
	"decides each lot by itself": func(g *group, ctx context.Context, letters []letter, now engine.Instant) error {
		for _, m := range g.members {
			m.b = m.c.step(slices.DeleteFunc(slices.Clone(letters), func(l letter) bool { return l.to != m.a }), now, m.a.absence())
			m.absent = outage{}
		}
		return g.conclude(ctx)
	},
	"appends lot by lot": func(g *group, ctx context.Context, letters []letter, now engine.Instant) error {
		g.step(letters, now)
		all := g.members
		var err error
		for _, m := range all {
			if err == nil {
				g.members = []*member{m}
				err = g.commit(ctx)
			}
		}
		g.members = all
		for _, m := range all {
			if err == nil {
				m.a.tell(m.c, m.b)
			}
			m.b.reply(err)
		}
		return err
	},
	"decides the letters of the last lot first": func(g *group, ctx context.Context, letters []letter, now engine.Instant) error {
		letters = slices.Clone(letters)
		slices.SortStableFunc(letters, func(a, b letter) int { return g.of[b.to].c.state.Lot.Number - g.of[a.to].c.state.Lot.Number })
		g.step(letters, now)
		return g.conclude(ctx)
	},
}

// conclude is the second half of turn, as production has it.
func (g *group) conclude(ctx context.Context) error {
	err := g.commit(ctx)
	for _, m := range g.members {
		if err == nil {
			m.a.tell(m.c, m.b)
		}
		m.b.reply(err)
	}
	return err
}

func TestTheSimulationCatchesEveryPlantedFaultOfAGroup(t *testing.T) {
	for name, work := range groupMutants {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(10 * seedsForAMutant) {
				if w := simulateGroup(t, seed+1, (*Actor).turn, work); w.violation != "" {
					t.Logf("caught by seed %d: %.200s", seed+1, w.violation)
					return
				}
			}
			t.Fatalf("lived through %d seeds", 10*seedsForAMutant)
		})
	}
}

// joinGroup gives a session to the one owner of all of them.
func (w *world) joinGroup(j engine.Journal, room *simRoom) {
	if w.group == nil {
		w.group = newGroup(j, room.actor.clock, engine.ErrBusy, func(a *Actor, err error) { w.fail("session %s is said to be damaged: %v", a.id, err) })
	}
	w.group.take(room.actor)
}

// serveGroup does what the group's goroutine does when it is woken.
func (w *world) serveGroup(ctx context.Context) {
	g := w.group
	err := g.admit(ctx)
	if err == nil {
		letters, now := g.box.empty(nil)
		err = w.groupWork(g, ctx, letters, now)
	}
	if err != nil {
		w.note("group: %v", err)
		g.drop()
		return
	}
	for _, room := range w.rooms {
		room.served = true
		room.viewed(room.actor.view.Load())
	}
	w.judgeGroup()
}

// judgeGroup checks what must hold between the sessions of a group, from their
// records alone.
func (w *world) judgeGroup() {
	excused := map[engine.ParticipantCode]bool{} // lead a lot by no bid: it fell back to them
	for _, room := range w.rooms {
		w.judgeEnds(room)
		var leader engine.ParticipantCode
		for _, r := range room.records {
			switch e := r.Event.(type) {
			case *engine.BidAccepted:
				leader = e.Leader
			case *engine.Withdrawn:
				leader, excused[e.Leader] = e.Leader, true
			case *engine.Disqualified:
				leader, excused[e.Leader] = e.Leader, true
			case *engine.Undone:
				leader, excused[e.Leader] = e.Leader, true
			case *engine.LotReopened: // what failed bound nobody, and does again
				excused[leader] = true
			}
		}
	}
	for _, code := range w.codes() {
		if !excused[code] {
			w.judgeLimit(code)
		}
	}
}

// judgeEnds: whatever a bid did to the end of a lot before another of its group
// closed, or runs now, it did to that one, up to that one's own latest end. What
// a lot follows is there.
func (w *world) judgeEnds(room *simRoom) {
	s := &room.past.state
	for _, r := range room.records {
		e, ok := r.Event.(*engine.Extended)
		if !ok || e.Cause == nil {
			continue
		}
		cause := w.room(e.Cause.Session)
		if int(e.Cause.Seq) > len(cause.records) {
			w.fail("session %s follows record %d of session %s, which there is not", room.id, e.Cause.Seq, e.Cause.Session)
			return
		}
		c := cause.records[e.Cause.Seq-1]
		if x, ok := c.Event.(*engine.Extended); !ok || x.Cause != nil || x.Reason != "" || c.At > r.At {
			w.fail("session %s follows record %d of session %s, which is %+v", room.id, e.Cause.Seq, e.Cause.Session, c)
		}
	}
	if !linked(s) || s.Phase != engine.PhaseRunning && s.Phase != engine.PhaseClosed {
		return
	}
	if most := s.Rules.Closing.MaxCount; most > 0 && s.Extensions >= most {
		return // its sheet allows no more
	}
	until := w.now() + 1 // still running
	if s.Phase == engine.PhaseClosed {
		until = s.ClosedAt
	}
	for _, other := range w.rooms {
		o := &other.past.state
		if other == room || !linked(o) || o.Rules.Group.Name != s.Rules.Group.Name {
			continue
		}
		for _, r := range other.records {
			x, ok := r.Event.(*engine.Extended)
			if !ok || x.Cause != nil || x.Reason != "" || r.At >= until || r.At < s.OpenedAt {
				continue
			}
			end := x.ClosesAt
			if s.LatestAt != 0 {
				end = min(end, s.LatestAt)
			}
			if s.ClosesAt < end {
				w.fail("session %s is %s with the end %d; a bid for %s at %d had moved the group's to %d", room.id, s.Phase, s.ClosesAt, other.id, r.At, end)
			}
		}
	}
}

func linked(s *engine.State) bool { return s.Rules.Group != nil && s.Rules.Group.Extends }

// judgeLimit: nobody leads or has won more lots than the least limit that a lot
// has for them, nor for more than the lowest sum.
func (w *world) judgeLimit(code engine.ParticipantCode) {
	lots, sum := 0, engine.Dong(0)
	mostLots, mostSum := 0, engine.Dong(0)
	for _, room := range w.rooms {
		s := &room.past.state
		b := s.Bidder(code)
		if b == nil {
			continue
		}
		mostLots = max(mostLots, or(s.Rules.Group.AtOnce, 99), or(b.Limit.Lots, 99))
		mostSum = max(mostSum, or(b.Limit.Total, engine.MaxDong))
		if s.Leader != code {
			continue
		}
		switch {
		case s.Phase == engine.PhaseRunning || s.Phase == engine.PhasePaused:
			lots, sum = lots+1, sum+b.Best
		case s.Phase == engine.PhaseClosed && s.Proposal().Winner == code, s.Phase == engine.PhaseAnnounced && s.Result.Winner == code:
			lots, sum = lots+1, sum+s.Price
		}
	}
	if lots > mostLots || sum > mostSum {
		w.fail("%s is bound in %d lots for %d, at most %d and %d are allowed", code, lots, sum, mostLots, mostSum)
	}
}

func or[T comparable](x, otherwise T) T {
	var zero T
	if x == zero {
		return otherwise
	}
	return x
}

func (w *world) room(id engine.SessionID) *simRoom {
	return w.rooms[slices.IndexFunc(w.rooms, func(r *simRoom) bool { return r.id == id })]
}

// codes are those of everybody in any of the sessions.
func (w *world) codes() (all []engine.ParticipantCode) {
	for _, room := range w.rooms {
		all = append(all, room.codes...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
