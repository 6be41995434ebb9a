package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gobua/engine"
)

// saleroomHall is a called lot as somebody in the hall follows it: a sheet of
// paper with every bid on it, lines struck out, and how often the hammer was
// raised since anybody moved. What rises on the sheet is the older oracle's;
// the calling, undoing and reopening are its own.
type saleroomHall struct {
	*rising
	floor  []bool        // of offers: made in the hall
	sure   []bool        // of offers: called for the last time
	asker  string        // who asked for the undo that waits; empty: none does
	asks   []engine.Dong // of offers: what was asked for before it
	asked  engine.Dong
	called []engine.Instant
	warned bool
}

func newHall(rules engine.Rules, reserve engine.Dong) *saleroomHall {
	return &saleroomHall{rising: &rising{rules: rules, reserve: reserve, out: map[engine.ParticipantCode]bool{}, present: map[engine.ParticipantCode]bool{}}}
}

func (o *saleroomHall) again() { o.called, o.warned = nil, false }

func (o *saleroomHall) takes(by engine.ParticipantCode, amount, confirm engine.Dong, raise bool, now engine.Instant) bool {
	return !raise && o.rising.takes(by, amount, confirm, false, now)
}

func (o *saleroomHall) accept(f offer, _ bool) {
	o.offers, o.floor, o.asks = append(o.offers, f), append(o.floor, false), append(o.asks, o.asked)
	o.sure, o.asker = append(o.sure, false), ""
	o.asked = 0
	o.again()
}

// last is the line on the sheet that is not struck out, -1: there is none.
func (o *saleroomHall) last() int {
	last := len(o.offers) - 1
	for last >= 0 && o.out[o.offers[last].by] {
		last--
	}
	return last
}

// heardAll: from now on it takes two people to take the last line back.
func (o *saleroomHall) heardAll() {
	if last := o.last(); last >= 0 {
		o.sure[last] = true
	}
}

func (o *saleroomHall) hear(r engine.Record) {
	if leader, _ := o.standing(); o.leaves(r.Event, leader) {
		o.asker = ""
	}
	o.rising.hear(r)
	switch e := r.Event.(type) {
	case *engine.BidAccepted:
		o.floor[len(o.floor)-1] = e.Floor
	case *engine.Asked:
		o.asked = e.Price
		o.again()
	case *engine.Warned:
		o.warned = true
	case *engine.CallMade:
		o.called = append(o.called, r.At)
		if len(o.called) == o.rules.Called.Calls {
			o.heardAll()
		}
	case *engine.Hammered:
		o.end = r.At
		o.heardAll()
	case *engine.Closed:
		o.asker = ""
	case *engine.UndoAsked:
		o.asker = r.By.Ref
	case *engine.UndoDropped:
		o.asker = ""
	case *engine.LotReopened:
		o.over, o.asked = false, 0
		o.end = r.At + engine.Instant(o.rules.BiddingMs)
		o.again()
	case *engine.Paused, *engine.OutageCredited:
		o.again()
	case *engine.Withdrawn, *engine.Disqualified:
		o.asked = 0
		o.again()
	case *engine.Undone:
		last := o.last()
		o.asked, o.asker = o.asks[last], ""
		o.offers, o.floor, o.asks = slices.Delete(o.offers, last, last+1), slices.Delete(o.floor, last, last+1), slices.Delete(o.asks, last, last+1)
		o.sure = slices.Delete(o.sure, last, last+1)
		o.again()
	}
}

// leaves tells whether an event takes the one out who leads.
func (o *saleroomHall) leaves(e engine.Event, leader engine.ParticipantCode) bool {
	switch e := e.(type) {
	case *engine.Withdrawn:
		return e.Code == leader
	case *engine.Disqualified:
		return e.Code == leader
	}
	return false
}

// mayHammer tells whether the hammer may fall at a moment.
func (o *saleroomHall) mayHammer(price engine.Dong, passes bool, now engine.Instant) bool {
	leader, stands := o.standing()
	sells := leader != "" && stands >= o.reserve
	enough := o.rules.Called.EarlyHammer || len(o.called) == o.rules.Called.Calls && o.quiet(now)
	return o.open && !o.paused && !o.over && now < o.end && price == stands && enough && (!passes || !sells) && o.asker == ""
}

// quiet tells whether the last call was long enough ago.
func (o *saleroomHall) quiet(now engine.Instant) bool {
	n := len(o.called)
	return n == 0 || now-o.called[n-1] >= engine.Instant(o.rules.Called.CallEveryMs)
}

func (o *saleroomHall) mayCall(price engine.Dong, now engine.Instant) bool {
	_, stands := o.standing()
	return o.open && !o.paused && !o.over && now < o.end && price == stands && len(o.called) < o.rules.Called.Calls && o.quiet(now)
}

// mayUndo: the last line that is not struck out, and no other.
func (o *saleroomHall) mayUndo(code engine.ParticipantCode, amount engine.Dong, now engine.Instant) bool {
	leader, stands := o.standing()
	live := o.open && !o.over && (o.paused || now < o.end)
	return live && leader != "" && leader == code && stands == amount
}

func (o *saleroomHall) differs(s, before *engine.State, records []engine.Record) string {
	leader, price := o.standing()
	next, now := o.minimum(), s.Now()
	switch {
	case s.Leader != leader || s.Price != price:
		return fmt.Sprintf("%q leads at %d, the sheet says %q at %d", s.Leader, s.Price, leader, price)
	case s.NextMinimum() != next && (s.NextMinimum() != 0 || next <= o.cap()):
		return fmt.Sprintf("next minimum %d, the sheet says %d", s.NextMinimum(), next)
	case s.Bids != len(o.offers):
		return fmt.Sprintf("%d bids, the sheet has %d", s.Bids, len(o.offers))
	case o.open && s.ClosesAt != o.end:
		return fmt.Sprintf("ends at %d, the sheet says %d", s.ClosesAt, o.end)
	case s.ReserveMet && o.reserve > s.Price && s.Price > 0:
		return fmt.Sprintf("the reserve %d is met at %d", o.reserve, s.Price)
	}
	for _, f := range o.offers {
		you, _ := s.Standing(f.by)
		if !o.out[f.by] && (you.Best == 0 || you.LastBidAt == 0) {
			return fmt.Sprintf("%s has a line on the sheet and knows %+v", f.by, you)
		}
	}
	for _, b := range s.Bidders() {
		bid := slices.ContainsFunc(o.offers, func(f offer) bool { return f.by == b.Code })
		if !bid && b.Best != 0 {
			return fmt.Sprintf("%s has no line on the sheet and stands at %d", b.Code, b.Best)
		}
	}
	if now.Called == nil {
		return ""
	}
	if (now.Called.Undo != nil) != (o.asker != "") {
		return fmt.Sprintf("an undo waits: %v, the sheet says %q has asked", now.Called.Undo, o.asker)
	}
	asked := engine.Dong(0)
	if o.asked > s.NextMinimum() {
		asked = o.asked
	}
	floor := false
	for i, f := range o.offers {
		if f.by == leader && f.amount == price {
			floor = o.floor[i]
		}
	}
	if c := now.Called; c.Count != len(o.called) || c.Warned != o.warned || c.Asked != asked || c.Floor != floor {
		return fmt.Sprintf("the room sees %+v, the sheet says %d calls, warned %v, %d asked for, hall %v", c, len(o.called), o.warned, asked, floor)
	}
	return ""
}

// callingAct draws what only the auctioneer of a called lot does.
func (w *world) callingAct() engine.Act {
	d, s := w.dice, w.state
	price := pick(d, s.Price, s.Price, s.Price, s.Price+100)
	text := pick(d, "Nghe nhầm mã số", "x", "")
	code := pick(d, append(people, "X")...)
	amount := s.NextMinimum() + s.Rules.Step.At(s.Price)*d.dong(0, 4) - d.dong(0, 1)*d.dong(0, 1)
	called := s.Now().Called
	switch { // what takes many acts in a row would hardly ever come about
	case called == nil || s.Leader == "" || !d.once(2):
	case called.Undo == nil && called.Count < s.Rules.Called.Calls:
		return engine.Call{Price: s.Price}
	case called.Undo == nil:
		return engine.Undo{Code: s.Leader, Amount: s.Price, Reason: "x"}
	default:
		code = s.Leader
		return pick[engine.Act](d, engine.ConfirmUndo{Code: code, Amount: price}, engine.ConfirmUndo{Code: code, Amount: price}, engine.DropUndo{Code: code, Amount: price, Reason: text})
	}
	switch n := d.n(13); {
	case n == 12:
		return pick[engine.Act](d, engine.ConfirmUndo{Code: s.Leader, Amount: price}, engine.DropUndo{Code: code, Amount: price, Reason: text})
	case n < 3:
		return engine.FloorBid{Code: code, Amount: amount, Confirm: pick(d, amount, amount, 0)}
	case n < 6:
		return engine.Call{Price: price}
	case n < 7:
		return engine.Warn{}
	case n < 8:
		return engine.Ask{Price: amount}
	case n < 9:
		return pick[engine.Act](d, engine.Hammer{Price: price}, engine.Hammer{Price: price}, engine.Pass{Price: price})
	case n < 10:
		if !d.once(4) {
			code = s.Leader
		}
		return engine.Undo{Code: code, Amount: price, Reason: text}
	case n < 11:
		return engine.Reopen{Reason: text, LaterOpened: d.once(4)}
	}
	return engine.FloorCheckIn{Code: code}
}

// predictCall asks the oracle about an act of the auctioneer before it is
// applied.
func (w *world) predictCall(c engine.Command, events []engine.Event, err error) {
	o, called := w.oracle.(*saleroomHall)
	if !called || err != nil || c.By.Role == engine.RoleBidder {
		return
	}
	var may bool
	switch act := c.Do.(type) {
	case engine.FloorBid:
		if may = o.takes(act.Code, act.Amount, act.Confirm, false, w.now); may {
			defer o.accept(offer{by: act.Code, amount: act.Amount, at: w.now, clock: w.now}, false)
		}
	case engine.Call:
		may = o.mayCall(act.Price, w.now)
	case engine.Hammer:
		may = o.mayHammer(act.Price, false, w.now)
	case engine.Pass:
		may = o.mayHammer(act.Price, true, w.now)
	case engine.Undo:
		may = o.mayUndo(act.Code, act.Amount, w.now) && act.Reason != "" && o.asker == ""
		if may && !refused(events, err) {
			if _, asks := events[len(events)-1].(*engine.UndoAsked); asks != o.sure[o.last()] {
				w.t.Fatalf("an undo is only asked for: %v, the sheet says %v", asks, o.sure[o.last()])
			}
		}
	case engine.ConfirmUndo:
		may = o.mayUndo(act.Code, act.Amount, w.now) && o.asker != "" && o.asker != c.By.Ref
	case engine.DropUndo:
		may = o.mayUndo(act.Code, act.Amount, w.now) && o.asker != "" && act.Reason != ""
	case engine.Reopen:
		may = w.state.Phase == engine.PhaseClosed && act.Reason != "" && !act.LaterOpened
	default:
		return
	}
	if may == refused(events, err) {
		w.t.Fatalf("%s %+v at a price of %d, and the oracle says %v: %s", c.Do.ActName(), c.Do, w.state.Price, may, dump(events))
	}
}

// TestRandomCalledLots holds the calling to the sheet of paper: half of what
// happens is the auctioneer's or the clerk's.
func TestRandomCalledLots(t *testing.T) {
	seen, byTwo := map[engine.EventKind]int{}, 0
	first := rand.Uint64()
	for i := range uint64(60) {
		d := &dice{bytesOf(first + i)}
		w := newWorldUnder(t, d, drawCalledRules(d))
		for len(d.bytes) > 0 && !w.state.Phase.Final() {
			if !d.once(2) {
				w.move()
				continue
			}
			w.now = max(w.now.Add(pick[engine.Millis](d, 0, 400, 1500, 3000)), w.state.LastAt)
			w.take(engine.Command{ID: w.id(), By: pick(d, theAuctioneer, theAuctioneer, theAuctioneer, theClerk, theObserver), Do: w.callingAct()})
		}
		checkReplay(t, w.records, w.state, w.room)
		w.again()
		for _, r := range w.records {
			seen[r.Event.Kind()]++
			if e, ok := r.Event.(*engine.Undone); ok && e.Asked != 0 {
				byTwo++
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", first+i)
		}
	}
	for _, kind := range []engine.EventKind{engine.KindAsked, engine.KindWarned, engine.KindCallMade, engine.KindHammered, engine.KindUndone, engine.KindLotReopened, engine.KindUndoAsked, engine.KindUndoDropped} {
		if seen[kind] == 0 {
			t.Errorf("%s never happened: nothing was tried", kind)
		}
	}
	if byTwo == 0 {
		t.Error("no undo was confirmed by a second person: nothing was tried")
	}
}

func drawCalledRules(d *dice) engine.Rules {
	r := drawRules(d)
	r.Method, r.Proxy, r.Closing = "called", false, engine.Closing{Kind: engine.ClosingFixed}
	r.BiddingMs = pick(d, 60*minute, 60*minute, 10*minute)
	r.Called = &engine.Called{Calls: d.between(1, engine.MaxCalls), CallEveryMs: engine.Millis(d.n(3) * 1500), EarlyHammer: d.once(3)}
	return r
}
