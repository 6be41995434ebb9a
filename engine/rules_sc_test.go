package engine_test

import (
	"testing"

	"gobua/engine"
)

// TestClosing is SC1, SC2 and SC6: what bids near the end do to the end. All
// times count from the opening.
func TestClosing(t *testing.T) {
	reset := func(by, window engine.Millis) engine.Closing {
		return engine.Closing{Kind: engine.ClosingReset, ByMs: by, WindowMs: window}
	}
	add := func(by, window engine.Millis) engine.Closing {
		return engine.Closing{Kind: engine.ClosingAdd, ByMs: by, WindowMs: window}
	}
	capped := func(c engine.Closing, count int, total engine.Millis) engine.Closing {
		c.MaxCount, c.MaxTotalMs = count, total
		return c
	}
	const m, h = minute, 60 * minute
	for _, c := range []struct {
		id      string
		closing engine.Closing
		bidding engine.Millis
		bids    []engine.Millis // each outbids the last
		end     engine.Millis
	}{
		{"SC-01", reset(10*m, 10*m), h, []engine.Millis{52 * m}, 62 * m},
		{"SC-03", reset(10*m, 10*m), 30 * m, []engine.Millis{28 * m}, 38 * m}, // not 40
		{"SC-04", reset(5*m, 5*m), h, []engine.Millis{59 * m}, 64 * m},
		{"SC-05", reset(15*m, 15*m), h, []engine.Millis{45*m - 1}, h}, // just outside
		{"SC-06", reset(15*m, 15*m), h, []engine.Millis{45 * m}, h},   // the boundary is inside: 45 + 15
		{"SC-06b", reset(15*m, 15*m), h, []engine.Millis{45*m + 1}, h + 1},
		{"SC-07", reset(15*m, 15*m), h, []engine.Millis{59 * m}, 74 * m}, // not 75
		{"SC-08", reset(5*m, 15*m), h, []engine.Millis{50 * m}, h},       // never earlier than it was
		{"SC-09", engine.Closing{Kind: engine.ClosingFixed}, h, []engine.Millis{55 * m}, h},
		{"SC-15", capped(reset(15*m, 15*m), 0, h), h, []engine.Millis{50 * m, 64 * m, 78 * m, 92 * m, 106 * m, 110 * m}, 2 * h},
		{"SC-16", capped(reset(90*second, 2*m), 0, 10*m), h, []engine.Millis{59 * m, h + 15*second}, h + 105*second},
		{"SC-16b", capped(reset(3*m, 3*m), 0, 2*m), h, []engine.Millis{59*m + 30*second}, h + 2*m},
		{"SC-26", reset(15*m, 15*m), h, []engine.Millis{50 * m, 51 * m, 59 * m}, 74 * m},
		{"SC1", reset(30*second, m), h, []engine.Millis{59 * m, 59*m + 20*second, 59*m + 50*second}, 60*m + 20*second},
		{"SC2", add(2*m, m), h, []engine.Millis{59 * m}, 62 * m},
		{"SC2-outside", add(2*m, m), h, []engine.Millis{59*m - 1}, h},
		{"SC2-twice", add(2*m, m), h, []engine.Millis{59*m + 30*second, 61*m + 30*second}, 64 * m},
		{"SC2-once", add(2*m, m), h, []engine.Millis{59*m + 30*second, 59*m + 31*second}, 62 * m},
		{"SC3", add(3*m, m), h, []engine.Millis{59*m + 59*second}, 63 * m},
		{"SC6-count", capped(add(2*m, m), 2, 0), h, []engine.Millis{59*m + 30*second, 61*m + 30*second, 63*m + 30*second}, 64 * m},
		{"SC6-total", capped(add(2*m, m), 0, 3*m), h, []engine.Millis{59*m + 30*second, 61*m + 30*second, 62*m + 30*second}, 63 * m},
		{"SC7", reset(5*m, 5*m), h, []engine.Millis{56 * m, 60*m + 30*second, 65*m + 29*second}, 70*m + 29*second},
		{"SC12", add(45*second, 30*second), h, []engine.Millis{59*m + 40*second}, h + 45*second},
	} {
		t.Run(c.id, func(t *testing.T) {
			rules := plain()
			rules.Closing, rules.BiddingMs = c.closing, c.bidding
			if err := rules.Check(); err != nil {
				t.Fatal(err)
			}
			s := running(t, rules, 0, "A", "B")
			end := s.state.ClosesAt
			for i, at := range c.bids {
				who := []engine.ParticipantCode{"A", "B"}[i%2]
				if why := s.at(at).bid(who, 1000+100*engine.Dong(i)); why != "" {
					t.Fatalf("bid at %d ms is refused: %s", at, why)
				}
				if s.state.ClosesAt < end {
					t.Errorf("the bid at %d ms moved the end earlier", at)
				}
				end = s.state.ClosesAt
			}
			s.endsAt(c.end)
			s.at(c.end - 1).tick()
			if s.state.Phase != engine.PhaseRunning {
				t.Error("closed before the end")
			}
			s.at(c.end).tick()
			if s.state.Phase != engine.PhaseClosed {
				t.Error("not closed at the end")
			}
			checkReplay(t, s.records, s.state, s.room)
		})
	}
}

// TestSC13 is SC8: who only improves the own position moves nothing.
func TestSC13(t *testing.T) {
	rules := plain()
	rules.Proxy = true
	rules.Closing = engine.Closing{Kind: engine.ClosingReset, ByMs: 2 * minute, WindowMs: 2 * minute}
	s := running(t, rules, 0, "A", "B")
	s.bid("A", 2000)
	s.at(14*minute).bid("A", 5000)
	s.endsAt(15 * minute)
	// A challenger who is beaten at once has moved the price.
	s.at(14*minute+10*second).bid("B", 3000)
	s.stands("A", 3100)
	s.endsAt(16*minute + 10*second)
}

// TestSC27 is a refused bid in the window: it moves nothing.
func TestSC27(t *testing.T) {
	rules := plain()
	rules.Closing = engine.Closing{Kind: engine.ClosingReset, ByMs: 2 * minute, WindowMs: 2 * minute}
	rules.ConfirmAbove = 5
	s := running(t, rules, 0, "A", "B")
	s.bid("A", 1500)
	s.at(14 * minute)
	for _, amount := range []engine.Dong{1000, 1500, 1599, 1650, 0, -1, engine.MaxDong, engine.MaxDong + 1} {
		s.unchanged(func() { s.by("B", engine.PlaceBid{Amount: amount}) })
	}
	s.unchanged(func() { s.bid("A", 2000) })
	s.endsAt(15 * minute)
}

// TestSC29 is the time of a bid: when the server received it. A command has no
// other time to offer, and what its id says of the sender's clock is not read.
func TestSC29(t *testing.T) {
	s := running(t, plain(), 0, "A", "B")
	var late, early engine.CommandID
	for i := range 6 { // the first 48 bits of a UUID of version 7 are a time
		late[i], early[i] = 0xff, 0x00
	}
	late[6], early[6], late[8], early[8] = 0x7f, 0x70, 0xbf, 0x80
	for i, id := range []engine.CommandID{late, early} {
		who := []engine.ParticipantCode{"A", "B"}[i]
		s.at(engine.Millis(i+1) * minute)
		if err := s.do(engine.Command{ID: id, By: bidder(who), Do: engine.PlaceBid{Amount: 1000 + 100*engine.Dong(i)}}); err != nil {
			t.Fatal(err)
		}
		if b := s.state.Bidder(who); b.BestAt != s.now || s.state.Leader != who {
			t.Errorf("%s's bid counts at %v, was received at %v", who, b.BestAt.Time(), s.now.Time())
		}
	}
}

// TestSC11 is the edge: valid means opens ≤ received < closes, and the moment
// decides, not whether the clock's own command came first.
func TestSC11(t *testing.T) {
	rules := plain()
	rules.Closing = engine.Closing{Kind: engine.ClosingReset, ByMs: minute, WindowMs: minute}
	for _, c := range []struct {
		at     engine.Millis
		ticked bool
		why    engine.Reason
	}{
		{-1, false, engine.ReasonNotOpen},
		{0, true, ""},
		{15*minute - 1, true, ""},
		{15 * minute, false, engine.ReasonClosed},
		{15 * minute, true, engine.ReasonClosed},
		{15*minute + 1, false, engine.ReasonClosed},
		{24 * 60 * minute, true, engine.ReasonClosed},
	} {
		s := newSale(t, rules, 0, "A")
		s.must("A", engine.CheckIn{})
		if c.at >= 0 {
			s.at(0).tick()
		}
		s.at(c.at)
		if c.ticked {
			s.tick()
		}
		if why := s.bid("A", 1000); why != c.why {
			t.Errorf("a bid at %d ms (clock looked first: %v) is answered with %q, want %q", c.at, c.ticked, why, c.why)
		}
	}
}

// TestSC11LateClock is a clock that comes late: what came after the end is
// refused although nobody has closed the session yet.
func TestSC11LateClock(t *testing.T) {
	s := running(t, plain(), 0, "A", "B")
	s.bid("A", 1000)
	s.at(15 * minute)
	for _, c := range []struct {
		do   engine.Act
		want engine.Reason
	}{
		{engine.Extend{By: minute, Reason: "late"}, engine.ReasonWrongPhase},
		{engine.Pause{Reason: "late"}, engine.ReasonWrongPhase},
		{engine.Resume{}, engine.ReasonWrongPhase},
		{engine.Open{}, engine.ReasonWrongPhase},
		{engine.Announce{Winner: "A", Price: 1000}, engine.ReasonWrongPhase}, // not closed yet
	} {
		if why := s.auctioneer(c.do); why != c.want {
			t.Errorf("%s after the end is answered with %q, want %q", c.do.ActName(), why, c.want)
		}
	}
	s.endsAt(15 * minute)
	late := newSale(t, plain(), 0, "A")
	late.at(0).tick()
	late.at(15 * minute)
	if why := late.by("A", engine.CheckIn{}); why != engine.ReasonClosed {
		t.Errorf("check-in after the end is answered with %q", why)
	}
}
