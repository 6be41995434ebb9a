package engine_test

import (
	"reflect"
	"testing"

	"gobua/engine"
)

// calledRules is a lot that the auctioneer calls three times, at least two
// seconds apart.
func calledRules() engine.Rules {
	r := plain()
	r.Method, r.BiddingMs = "called", 60*minute
	r.Called = &engine.Called{Calls: 3, CallEveryMs: 2 * second}
	return r
}

func (s *sale) clerk(do engine.Act) engine.Reason {
	s.t.Helper()
	return s.why(s.do(engine.Command{ID: s.id(), By: theClerk, Do: do}))
}

// says is an act of the auctioneer that must be taken.
func (s *sale) says(acts ...engine.Act) {
	s.t.Helper()
	for _, do := range acts {
		if why := s.auctioneer(do); why != "" {
			s.t.Fatalf("%s is refused: %s", do.ActName(), why)
		}
	}
}

// callsOut calls the price so many times, as slowly as the rules want.
func (s *sale) callsOut(times int) {
	s.t.Helper()
	for range times {
		s.says(engine.Call{Price: s.state.Price})
		s.now = s.now.Add(s.state.Rules.Called.CallEveryMs)
	}
}

// hammers calls as often as the rules say and lets the hammer fall.
func (s *sale) hammers() {
	s.t.Helper()
	s.callsOut(s.state.Rules.Called.Calls)
	s.says(engine.Hammer{Price: s.state.Price})
}

// undoes takes back the last bid, by two people where one is not enough.
func (s *sale) undoes() {
	s.t.Helper()
	code, price := s.state.Leader, s.state.Price
	s.says(engine.Undo{Code: code, Amount: price, Reason: "x"})
	if s.state.Leader != code {
		return
	}
	if why := s.clerk(engine.ConfirmUndo{Code: code, Amount: price}); why != "" {
		s.t.Fatalf("confirm_undo is refused: %s", why)
	}
}

// TestAU1: bids are undone newest first, each by a record of its own that leaves
// the old one where it is, and afterwards all is as before the bid.
func TestAU1(t *testing.T) {
	t.Run("AU-01", func(t *testing.T) {
		s := running(t, calledRules(), 0, "A", "B", "C")
		for i, code := range []engine.ParticipantCode{"A", "B", "C", "A", "B"} {
			s.bid(code, 1000+100*engine.Dong(i))
		}
		third := engine.Undo{Code: "C", Amount: 1200, Reason: "Recorded for the wrong code"}
		s.unchanged(func() {
			if why := s.auctioneer(third); why != engine.ReasonNotLastBid {
				t.Errorf("undoing the third of five is answered with %q", why)
			}
		})
		s.says(engine.Undo{Code: "B", Amount: 1400, Reason: "x"}, engine.Undo{Code: "A", Amount: 1300, Reason: "x"}, third)
		s.stands("B", 1100)
		if a, _ := s.state.Standing("A"); !a.Undone || a.Best != 1000 || !a.Outbid {
			t.Errorf("A knows %+v", a)
		}
		if c, _ := s.state.Standing("C"); !c.Undone || c.Best != 0 || c.Outbid || c.LastBidAt != 0 {
			t.Errorf("C knows %+v", c)
		}
		if s.state.Bids != 2 || s.room.Messages[0].Text != "Recorded for the wrong code" {
			t.Errorf("%d bids, the room reads %s", s.state.Bids, mustJSON(s.room.Messages))
		}
		s.must("C", engine.PlaceBid{Amount: 1200})
		if c, _ := s.state.Standing("C"); c.Undone {
			t.Error("C bid again and is still asked to")
		}
	})
	t.Run("AU-01b", func(t *testing.T) {
		s := running(t, calledRules(), 0, "A", "B")
		s.bid("A", 1000)
		bid := s.state.Bidder("A").BestSeq
		n := len(s.records)
		s.says(engine.Undo{Code: "A", Amount: 1000, Reason: "x"})
		e, ok := s.records[n].Event.(*engine.Undone)
		if !ok || e.Bid != bid || s.records[n].By != theAuctioneer || len(s.records) != n+1 {
			t.Fatalf("undone by %s", dump(s.records[n:]))
		}
		if row := s.room.History[0]; len(s.room.History) != 1 || row.Level != 1000 || !row.Struck {
			t.Errorf("the history shows %s", mustJSON(s.room.History))
		}
	})
	t.Run("needs a reason, a bid, and time", func(t *testing.T) {
		s := running(t, calledRules(), 0, "A")
		if why := s.auctioneer(engine.Undo{Code: "A", Amount: 1000, Reason: "x"}); why != engine.ReasonNotLastBid {
			t.Errorf("nothing to undo: %q", why)
		}
		s.bid("A", 1000)
		if why := s.auctioneer(engine.Undo{Code: "A", Amount: 1000}); why != engine.ReasonTextNeeded {
			t.Errorf("without a reason: %q", why)
		}
		s.says(engine.Pause{Reason: "x"}, engine.Undo{Code: "A", Amount: 1000, Reason: "x"}, engine.Resume{})
		s.bid("A", 1000)
		s.hammers()
		undo := engine.Undo{Code: "A", Amount: 1000, Reason: "x"}
		if why := s.auctioneer(undo); why != engine.ReasonWrongPhase {
			t.Errorf("after the hammer: %q", why)
		}
		s.says(engine.Announce{Winner: "A", Price: 1000})
		if why := s.auctioneer(undo); why != engine.ReasonEnded {
			t.Errorf("after the announcement: %q", why)
		}
	})
	t.Run("whose bids count no more", func(t *testing.T) {
		s := running(t, calledRules(), 0, "A", "B", "C")
		s.bid("A", 1000)
		s.bid("B", 1100)
		s.bid("C", 1200)
		s.says(engine.Disqualify{Code: "B", Reason: "x"}, engine.Undo{Code: "C", Amount: 1200, Reason: "x"})
		s.stands("A", 1000)
		s.must("A", engine.Withdraw{Confirm: "A"})
		s.stands("", 0)
		if why := s.auctioneer(engine.Undo{Code: "A", Amount: 1000, Reason: "x"}); why != engine.ReasonNotLastBid {
			t.Errorf("a withdrawn bid is undone: %q", why)
		}
	})
}

// standingOf is all that an undo has to bring back.
func standingOf(s *sale) map[string]any {
	now := s.state.Now()
	now.Bids, now.Called = s.state.Bids, nil
	all := map[string]any{"now": now, "next": s.state.NextMinimum()}
	for _, b := range s.state.Bidders() {
		you, _ := s.state.Standing(b.Code)
		you.Undone = false
		all[string(b.Code)] = []any{you, b.Best, b.BestSeq, b.BestAt, b.Level, b.LastBidAt}
	}
	return all
}

// TestUndoingEverythingLeavesNothing: whatever was bid, undoing all of it brings
// the session step by step to where it was.
func TestUndoingEverythingLeavesNothing(t *testing.T) {
	for seed := range uint64(50) {
		d := &dice{bytesOf(seed)}
		s := running(t, calledRules(), 0, people...)
		var before []map[string]any
		for range 12 {
			s.now = s.now.Add(second)
			code := pick(d, people...)
			if code == s.state.Leader {
				continue
			}
			if d.once(3) {
				s.says(engine.Ask{Price: s.state.NextMinimum() + 100*d.dong(0, 5)})
			}
			before = append(before, standingOf(s))
			if d.once(2) {
				s.says(engine.FloorBid{Code: code, Amount: s.state.NextMinimum() + 100*d.dong(0, 3)})
			} else {
				s.must(code, engine.PlaceBid{Amount: s.state.NextMinimum() + 100*d.dong(0, 3)})
			}
			s.callsOut(d.n(4))
		}
		for len(before) > 0 {
			s.now = s.now.Add(second)
			s.undoes()
			want := before[len(before)-1]
			if got := standingOf(s); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, %d bids are left:\n%s", seed, len(before)-1, difference(dump(want), dump(got)))
			}
			before = before[:len(before)-1]
		}
		for _, row := range s.room.History {
			if !row.Struck {
				t.Errorf("seed %d: a row counts: %s", seed, mustJSON(row))
			}
		}
		if p := s.state.Proposal(); p.Ground != engine.GroundNoBid {
			t.Errorf("seed %d: proposed: %+v", seed, p)
		}
		checkReplay(t, s.records, s.state, s.room)
	}
}

// TestAU2: a closed lot goes on with what stood, until something is announced or
// a later lot has opened.
func TestAU2(t *testing.T) {
	t.Run("goes on", func(t *testing.T) {
		s := running(t, calledRules(), 0, "A", "B")
		s.bid("A", 1000)
		s.hammers()
		if why := s.auctioneer(engine.Reopen{}); why != engine.ReasonTextNeeded {
			t.Errorf("without a reason: %q", why)
		}
		s.says(engine.Reopen{Reason: "A phone was not heard"})
		s.stands("A", 1000)
		if s.room.Now.Called.Count != 0 || s.state.ClosesAt != s.now.Add(60*minute) || !s.state.GoesOn {
			t.Errorf("it goes on as %s", mustJSON(s.room.Now))
		}
		s.bid("B", 1100)
		s.hammers()
		s.says(engine.Announce{Winner: "B", Price: 1100})
		if why := s.auctioneer(engine.Reopen{Reason: "x"}); why != engine.ReasonEnded {
			t.Errorf("after the announcement: %q", why)
		}
	})
	t.Run("AU-02", func(t *testing.T) {
		s := running(t, calledRules(), 0, "A")
		s.bid("A", 1000)
		if why := s.auctioneer(engine.Reopen{Reason: "x"}); why != engine.ReasonWrongPhase {
			t.Errorf("while bidding goes on: %q", why)
		}
		s.hammers()
		s.unchanged(func() {
			if why := s.auctioneer(engine.Reopen{Reason: "x", LaterOpened: true}); why != engine.ReasonLaterLotOpen {
				t.Errorf("after the next lot has opened: %q", why)
			}
		})
	})
	t.Run("the next lot waits", func(t *testing.T) {
		rules := calledRules()
		rules.Opening = engine.OpeningByAuctioneer
		s := newSale(t, rules, 0, "A")
		s.at(0)
		if why := s.auctioneer(engine.Open{EarlierGoesOn: true}); why != engine.ReasonEarlierLotOpen {
			t.Errorf("opened while an earlier lot goes on: %q", why)
		}
		s.says(engine.Open{})
	})
	t.Run("after the outer bound", func(t *testing.T) {
		s := running(t, calledRules(), 0, "A")
		s.at(60 * minute).tick()
		s.says(engine.Reopen{Reason: "x"})
		s.bid("A", 1000)
		s.stands("A", 1000)
	})
}

// TestCalls: calls come one after the other and not too fast, and begin again
// whenever what is called changes or somebody could not hear it.
func TestCalls(t *testing.T) {
	s := running(t, calledRules(), 0, "A", "B")
	s.bid("A", 1000)
	s.says(engine.Call{Price: 1000})
	for want, do := range map[engine.Reason]engine.Act{
		engine.ReasonCallTooSoon:  engine.Call{Price: 1000},
		engine.ReasonPriceChanged: engine.Call{Price: 900},
		engine.ReasonCallsMissing: engine.Hammer{Price: 1000},
		engine.ReasonBidStands:    engine.Pass{Price: 1000},
	} {
		s.unchanged(func() {
			if why := s.auctioneer(do); why != want {
				t.Errorf("%s is answered with %q, want %q", do.ActName(), why, want)
			}
		})
	}
	if c := s.room.Now.Called; c.Count != 1 || c.FreeAt != s.now.Add(2*second) {
		t.Errorf("the room sees %+v", c)
	}
	for _, c := range []struct {
		name   string
		change func()
	}{
		{"a bid", func() { s.must("B", engine.PlaceBid{Amount: 1100}) }},
		{"a bid in the hall", func() { s.clerk(engine.FloorBid{Code: "A", Amount: 1200}) }},
		{"an undo", func() { s.undoes() }},
		{"another price asked for", func() { s.says(engine.Ask{Price: 1500}) }},
		{"a pause", func() { s.says(engine.Pause{Reason: "x"}, engine.Resume{}) }},
		{"an outage", func() { s.outage(minute) }},
		{"somebody's leaving", func() { s.says(engine.Disqualify{Code: "B", Reason: "x"}) }},
	} {
		s.says(engine.Warn{})
		s.now = s.now.Add(2 * second)
		s.callsOut(3 - s.state.Now().Called.Count)
		if why := s.auctioneer(engine.Call{Price: s.state.Price}); why != engine.ReasonAllCalled {
			t.Errorf("a fourth call is answered with %q", why)
		}
		c.change()
		if now := s.room.Now.Called; now.Count != 0 || now.Warned || now.FreeAt != 0 {
			t.Errorf("after %s the room sees %s", c.name, mustJSON(now))
		}
	}
	s.callsOut(2)
	s.says(engine.Call{Price: s.state.Price})
	if why := s.auctioneer(engine.Hammer{Price: s.state.Price}); why != engine.ReasonCallTooSoon {
		t.Errorf("a hammer at the moment of the last call is answered with %q", why)
	}
	s.now = s.now.Add(2 * second)
	s.says(engine.Hammer{Price: s.state.Price})
	if p := s.state.Proposal(); s.state.Phase != engine.PhaseClosed || p.Outcome != engine.OutcomeSold || s.state.ClosesAt != s.now {
		t.Errorf("%s, proposed %+v", s.state.Phase, p)
	}
	if why := s.bid("A", s.state.NextMinimum()); why != engine.ReasonClosed {
		t.Errorf("a bid after the hammer is answered with %q", why)
	}
}

// outage lets the session be unreachable for a time until now.
func (s *sale) outage(d engine.Millis) {
	s.t.Helper()
	from := s.now
	s.now = s.now.Add(d)
	if err := s.do(engine.Command{By: engine.System, Do: engine.CreditOutage{From: from}}); err != nil {
		s.t.Fatal(err)
	}
}

// TestEarlyHammer: where the sheet allows it, nobody has to be called.
func TestEarlyHammer(t *testing.T) {
	rules := calledRules()
	rules.Called.EarlyHammer = true
	s := running(t, rules, 0, "A")
	s.bid("A", 1000)
	s.says(engine.Call{Price: 1000}, engine.Hammer{Price: 1000}, engine.Announce{Winner: "A", Price: 1000})
}

// TestPass: nothing is passed that a valid bid would win; with none, or below
// the reserve, hammer and pass both end without a sale.
func TestPass(t *testing.T) {
	for name, c := range map[string]struct {
		reserve engine.Dong
		bid     engine.Dong
		end     func(engine.Dong) engine.Act
		ground  engine.Ground
	}{
		"nobody":                   {0, 0, func(p engine.Dong) engine.Act { return engine.Pass{Price: p} }, engine.GroundNoBid},
		"nobody, hammered":         {0, 0, func(p engine.Dong) engine.Act { return engine.Hammer{Price: p} }, engine.GroundNoBid},
		"below the reserve":        {1500, 1000, func(p engine.Dong) engine.Act { return engine.Pass{Price: p} }, engine.GroundBelowReserve},
		"below, hammered":          {1500, 1000, func(p engine.Dong) engine.Act { return engine.Hammer{Price: p} }, engine.GroundBelowReserve},
		"at the reserve, hammered": {1500, 1500, func(p engine.Dong) engine.Act { return engine.Hammer{Price: p} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := running(t, calledRules(), c.reserve, "A")
			if c.bid != 0 {
				s.bid("A", c.bid)
			}
			if why := s.auctioneer(c.end(s.state.Price)); why != engine.ReasonCallsMissing {
				t.Errorf("before the calls: %q", why)
			}
			s.callsOut(3)
			s.says(c.end(s.state.Price))
			if p := s.state.Proposal(); p.Ground != c.ground {
				t.Errorf("proposed %+v", p)
			}
		})
	}
}

// TestAsk: what is asked for invites and binds nobody; it is never below what
// the law lets everybody bid.
func TestAsk(t *testing.T) {
	s := running(t, calledRules(), 0, "A", "B")
	for price, want := range map[engine.Dong]engine.Reason{
		0: engine.ReasonBadAmount, 900: engine.ReasonTooLow, 1550: engine.ReasonOffStep, engine.MaxDong + 1: engine.ReasonBadAmount, 2000: "",
	} {
		if why := s.auctioneer(engine.Ask{Price: price}); why != want {
			t.Errorf("asking for %d is answered with %q, want %q", price, why, want)
		}
	}
	if c := s.room.Now.Called; c.Asked != 2000 || s.room.Now.Next != 1000 {
		t.Errorf("the room sees %s", mustJSON(s.room.Now))
	}
	s.must("A", engine.PlaceBid{Amount: 1300}) // below what is asked for, and valid
	if c := s.room.Now.Called; c.Asked != 0 || s.room.Now.Next != 1400 {
		t.Errorf("after a bid the room sees %s", mustJSON(s.room.Now))
	}
	s.says(engine.Ask{Price: 2000}, engine.Ask{Price: 1400})
	if c := s.room.Now.Called; c.Asked != 0 {
		t.Errorf("asking for the next minimum is shown as %s", mustJSON(c))
	}
	s.says(engine.Ask{Price: 2000})
	s.must("B", engine.PlaceBid{Amount: 2000})
	s.says(engine.Undo{Code: "B", Amount: 2000, Reason: "x"})
	if c := s.room.Now.Called; c.Asked != 2000 {
		t.Errorf("after the undo is asked: %s", mustJSON(c))
	}
}

// TestFloorBids: a bid from the hall is held to what a bid from a phone is held
// to; the clerk may enter it and nothing else.
func TestFloorBids(t *testing.T) {
	rules := calledRules()
	rules.ConfirmAbove = 5
	s := newSale(t, rules, 0, "A", "B")
	s.at(0).tick()
	for _, c := range []struct {
		do   engine.Act
		want engine.Reason
	}{
		{engine.FloorBid{Code: "X", Amount: 1000}, engine.ReasonUnknownCode},
		{engine.FloorBid{Code: "A", Amount: 1000}, engine.ReasonNotCheckedIn},
		{engine.FloorCheckIn{Code: "X"}, engine.ReasonUnknownCode},
		{engine.FloorCheckIn{Code: "A"}, ""},
		{engine.FloorCheckIn{Code: "A"}, engine.ReasonAlreadyCheckedIn},
		{engine.FloorBid{Code: "A", Amount: 900}, engine.ReasonBelowStart},
		{engine.FloorBid{Code: "A", Amount: 1050}, engine.ReasonOffStep},
		{engine.FloorBid{Code: "A", Amount: 9000}, engine.ReasonConfirmNeeded},
		{engine.FloorBid{Code: "A", Amount: 1000}, ""},
		{engine.FloorBid{Code: "A", Amount: 1100}, engine.ReasonOwnLead},
		{engine.Call{Price: 1000}, engine.ReasonForbidden},
		{engine.Undo{Code: "A", Amount: 1000, Reason: "x"}, engine.ReasonForbidden},
		{engine.Hammer{Price: 1000}, engine.ReasonForbidden},
	} {
		if why := s.clerk(c.do); why != c.want {
			t.Errorf("the clerk's %+v is answered with %q, want %q", c.do, why, c.want)
		}
	}
	s.stands("A", 1000)
	bid := s.records[s.state.Bidder("A").BestSeq-1]
	if e, ok := bid.Event.(*engine.BidAccepted); !ok || !e.Floor || bid.By != theClerk {
		t.Errorf("recorded: %s", dump(bid))
	}
	if row := s.room.History[0]; !row.Floor || !s.room.Now.Called.Floor {
		t.Errorf("the room sees %s", mustJSON(s.room.Now))
	}
	s.must("B", engine.CheckIn{})
	s.must("B", engine.PlaceBid{Amount: 1100})
	if row := s.room.History[0]; row.Floor || s.room.Now.Called.Floor {
		t.Errorf("a phone's bid is shown as the hall's: %s", mustJSON(row))
	}
	again := engine.Command{ID: s.id(), By: theClerk, Do: engine.FloorBid{Code: "A", Amount: 1200}}
	if why := s.why(s.do(again)); why != "" {
		t.Fatal(why)
	}
	again.Do = engine.FloorBid{Code: "B", Amount: 1200}
	if why := s.why(s.do(again)); why != engine.ReasonCommandReused {
		t.Errorf("the same id for another code is answered with %q", why)
	}
	checkReplay(t, s.records, s.state, s.room)
}

// TestCalledSheets names what a sheet of a called lot may not say.
func TestCalledSheets(t *testing.T) {
	for field, change := range map[string]func(*engine.Rules){
		"called":             func(r *engine.Rules) { r.Called = nil },
		"called.calls":       func(r *engine.Rules) { r.Called.Calls = 6 },
		"called.callEveryMs": func(r *engine.Rules) { r.Called.CallEveryMs = -1 },
		"closing.kind":       func(r *engine.Rules) { r.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: 1, ByMs: 1} },
		"proxy":              func(r *engine.Rules) { r.Proxy = true },
	} {
		r := calledRules()
		change(&r)
		if !problemIn(r, field) {
			t.Errorf("%s is not named", field)
		}
	}
	for _, r := range []engine.Rules{plain(), byHundred()} {
		r.Called = &engine.Called{Calls: 3}
		if !problemIn(r, "called") {
			t.Errorf("%s may be called", r.Method)
		}
	}
}

func problemIn(r engine.Rules, field string) bool {
	wrong, ok := r.Check().(*engine.RulesError)
	if !ok {
		return false
	}
	for _, p := range wrong.Problems {
		if p.Field == field {
			return true
		}
	}
	return false
}
