package engine_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"gobua/engine"
)

// falling is a sheet of đặt giá xuống with nothing special in it.
func falling(start engine.Dong, d *engine.Descent) engine.Rules {
	r := plain()
	r.Method, r.Start, r.Step, r.Descent = "descending", start, engine.Step{}, d
	r.BiddingMs = d.Span(start)
	return r
}

// byHundred falls from 1,000 by 100 a minute to 500: six prices.
func byHundred() engine.Rules {
	return falling(1000, &engine.Descent{Amount: 100, EveryMs: minute, Floor: 500})
}

// TestDU1 is the schedule of prices.
func TestDU1(t *testing.T) {
	for _, c := range []struct {
		id     string
		start  engine.Dong
		d      engine.Descent
		after  int
		price  engine.Dong
		falls  int
		spanMs engine.Millis
	}{
		{"DU-01", 500_000, engine.Descent{BasisPoints: 100, EveryMs: 5 * minute, Floor: 100_000}, 1, 495_000, 80, 405 * minute},
		{"DU-03", 26_000, engine.Descent{BasisPoints: 100, EveryMs: 5 * minute, Floor: 5_200}, 1, 25_740, 80, 405 * minute},
		{"DU-04", 500_000, engine.Descent{BasisPoints: 100, EveryMs: 5 * minute, Floor: 100_000}, 80, 100_000, 80, 405 * minute},
		{"half up", 150, engine.Descent{BasisPoints: 100, EveryMs: minute, Floor: 140}, 1, 149, 7, 8 * minute}, // 148.5
		{"not added up", 150, engine.Descent{BasisPoints: 100, EveryMs: minute, Floor: 140}, 2, 147, 7, 8 * minute},
		{"below half", 149, engine.Descent{BasisPoints: 100, EveryMs: minute, Floor: 140}, 1, 148, 6, 7 * minute}, // 147.51
		{"the last fall is smaller", 1000, engine.Descent{Amount: 300, EveryMs: minute, Floor: 350}, 3, 350, 3, 4 * minute},
		{"and none comes after it", 1000, engine.Descent{Amount: 300, EveryMs: minute, Floor: 350}, 9, 350, 3, 4 * minute},
		{"rounded onto the floor", 301, engine.Descent{BasisPoints: 3333, EveryMs: minute, Floor: 100}, 2, 100, 2, 3 * minute}, // 100.35
		{"the largest amounts", engine.MaxDong, engine.Descent{BasisPoints: 10, EveryMs: second, Floor: 1}, 999, 9_000_000_000_000, 1000, 1001 * second},
		{"in one fall", 2, engine.Descent{Amount: engine.MaxDong, EveryMs: second, Floor: 1}, 1, 1, 1, 2 * second},
	} {
		t.Run(c.id, func(t *testing.T) {
			if got := c.d.PriceAfter(c.start, c.after); got != c.price {
				t.Errorf("after %d falls %d is asked, want %d", c.after, got, c.price)
			}
			if falls, span := c.d.Falls(c.start), c.d.Span(c.start); falls != c.falls || span != c.spanMs {
				t.Errorf("%d falls in %d ms, want %d in %d", falls, span, c.falls, c.spanMs)
			}
			r := falling(c.start, &c.d)
			if err := r.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDU1FallsAtItsMoment: the new price holds from the very millisecond, for
// an acceptance as for the room, and each fall is told.
func TestDU1FallsAtItsMoment(t *testing.T) {
	s := running(t, byHundred(), 0, "A")
	s.at(minute - 1).tick()
	if len(s.events) != 0 || s.room.Now.Next != 1000 || s.room.Now.FallsTo != 900 || s.room.Now.FallsAt != opensAt.Add(minute) || s.room.Now.Step != 100 {
		t.Errorf("too early: %s, room %s", dump(s.events), mustJSON(s.room.Now))
	}
	s.at(minute).tick()
	want := []engine.Event{&engine.Lowered{Price: 900, Count: 1, Due: opensAt.Add(minute)}}
	if !reflect.DeepEqual(s.events, want) || s.room.Now.Next != 900 || s.room.History[0].Level != 900 || !s.room.History[0].Fall {
		t.Errorf("the fall is %s, room %s", dump(s.events), mustJSON(s.room))
	}
	s.at(5 * minute).tick() // late by three
	if got := countKind(s, engine.KindLowered); got != 5 || s.room.Now.Next != 500 || s.room.Now.FallsTo != 0 || s.room.Now.FallsAt != 0 || s.room.Now.Step != 0 {
		t.Errorf("%d falls, room %s", got, mustJSON(s.room.Now))
	}
	checkReplay(t, s.records, s.state, s.room)
}

// TestDU2 is what an acceptance meets: the moment of receipt decides, whether
// or not the clock has come to record the fall.
func TestDU2(t *testing.T) {
	for _, c := range []struct {
		id     string
		at     engine.Millis
		amount engine.Dong
		why    engine.Reason
		next   engine.Dong
	}{
		{"the start price", 0, 1000, "", 0},
		{"last millisecond", minute - 1, 1000, "", 0},
		{"DU-07 an older price", minute, 1000, engine.ReasonPricePassed, 900},
		{"the price of the new minute", minute, 900, "", 0},
		{"three falls unrecorded", 3*minute + 5, 700, "", 0},
		{"DU-06 far below", minute, 10, engine.ReasonPriceNotReached, 900},
		{"the next one", minute - 1, 900, engine.ReasonPriceNotReached, 1000},
		{"above the start", 0, 1001, engine.ReasonPricePassed, 1000},
		{"nothing", 0, 0, engine.ReasonBadAmount, 1000},
		{"absurd", 0, engine.MaxDong + 1, engine.ReasonBadAmount, 1000},
		{"the floor at its last millisecond", 6*minute - 1, 500, "", 0},
		{"the floor after its end", 6 * minute, 500, engine.ReasonClosed, 500},
	} {
		for _, ticked := range []bool{false, true} {
			s := running(t, byHundred(), 0, "A", "B")
			s.at(c.at)
			if ticked && c.at < 6*minute {
				s.tick()
			}
			why := s.by("A", engine.PlaceBid{Amount: c.amount})
			receipt, _ := s.state.Outcome("A", commandID(s.ids))
			if why != c.why || receipt.Next != c.next || receipt.Accepted != (c.why == "") {
				t.Errorf("%s (ticked: %v): %q, %+v", c.id, ticked, why, receipt)
			}
			if c.why == "" {
				s.stands("A", c.amount)
				if s.state.Phase != engine.PhaseClosed || s.state.ClosesAt != s.now || engine.Deadline(s.state) != 0 || !receipt.Leading {
					t.Errorf("%s: bidding goes on: %s", c.id, mustJSON(s.room.Now))
				}
			}
			checkReplay(t, s.records, s.state, s.room)
		}
	}
}

// TestDU2OnlyOneWins: of two who accept in the same millisecond the first
// received wins; the other is told why.
func TestDU2OnlyOneWins(t *testing.T) {
	s := running(t, byHundred(), 0, "A", "B")
	s.at(90 * second)
	first, second := s.by("B", engine.PlaceBid{Amount: 900}), s.by("A", engine.PlaceBid{Amount: 900})
	if first != "" || second != engine.ReasonAlreadyTaken {
		t.Errorf("the first is answered %q, the second %q", first, second)
	}
	if why := s.by("B", engine.PlaceBid{Amount: 900}); why != engine.ReasonOwnLead {
		t.Errorf("a second acceptance of the winner is answered with %q", why)
	}
	s.at(10 * minute).tick()
	if got, want := s.state.Proposal(), (engine.Result{Outcome: engine.OutcomeSold, Winner: "B", Price: 900, BidAt: opensAt.Add(90_000), BidSeq: s.state.Bidder("B").BestSeq}); !reflect.DeepEqual(got, want) || s.state.Bids != 1 {
		t.Errorf("proposed: %+v, want %+v", got, want)
	}
}

// TestDU3 is the clock that stands: whatever moves the end moves every fall
// that is still to come, and no price rises again.
func TestDU3(t *testing.T) {
	for _, c := range []struct {
		id       string
		stop     engine.Millis
		act      func(s *sale)
		next     engine.Dong
		fallsAt  engine.Millis
		end      engine.Millis
		recovery engine.Millis
	}{
		{"pause", 90 * second, func(s *sale) {
			s.auctioneer(engine.Pause{Reason: "x"})
			if s.room.Now.FallsInMs != 30*second || s.room.Now.FallsAt != 0 || s.room.Now.FallsTo != 800 {
				t.Errorf("while paused the room sees %s", mustJSON(s.room.Now))
			}
			s.at(10 * minute).tick()
			s.auctioneer(engine.Resume{})
		}, 900, 10*minute + 30*second, 14*minute + 30*second, 0},
		{"pause with a fall overdue", 2*minute + 10*second, func(s *sale) {
			s.auctioneer(engine.Pause{Reason: "x"})
			if s.room.Now.Next != 800 {
				t.Errorf("while paused %d is asked", s.room.Now.Next)
			}
			s.at(10 * minute).auctioneer(engine.Resume{})
		}, 800, 10*minute + 50*second, 13*minute + 50*second, 0},
		{"outage", 4 * minute, func(s *sale) { s.credit(90 * second) }, 900, 4*minute + 30*second, 8*minute + 30*second, 0},
		{"outage with falls overdue before it", 4 * minute, func(s *sale) { s.credit(3*minute + 10*second) }, 700, 4*minute + 50*second, 6*minute + 50*second, 0},
		{"outage near the end", 10 * minute, func(s *sale) { s.credit(4*minute + 30*second) }, 600, 12 * minute, 13 * minute, 3 * minute},
		{"extended by hand", 90 * second, func(s *sale) { s.auctioneer(engine.Extend{By: 5 * minute, Reason: "x"}) }, 900, 7 * minute, 11 * minute, 0},
	} {
		t.Run(c.id, func(t *testing.T) {
			rules := byHundred()
			rules.RecoveryMinMs = c.recovery
			s := running(t, rules, 0, "A")
			s.at(c.stop)
			c.act(s)
			if now := s.room.Now; now.Next != c.next || now.FallsAt != opensAt.Add(c.fallsAt) || now.ClosesAt != opensAt.Add(c.end) {
				t.Errorf("%d is asked until %d ms, the end is at %d ms", now.Next, now.FallsAt.Sub(opensAt), now.ClosesAt.Sub(opensAt))
			}
			if due := engine.Deadline(s.state); due != s.room.Now.FallsAt {
				t.Errorf("due at %d ms", due.Sub(opensAt))
			}
			checkReplay(t, s.records, s.state, s.room)
		})
	}
}

// credit gives back the time since so many milliseconds after the opening.
func (s *sale) credit(from engine.Millis) {
	s.t.Helper()
	if err := s.do(engine.Command{By: engine.System, Do: engine.CreditOutage{From: opensAt.Add(from)}}); err != nil {
		s.t.Fatal(err)
	}
}

// TestDU09 is nobody who accepts.
func TestDU09(t *testing.T) {
	s := running(t, byHundred(), 0, "A")
	s.at(6*minute - 1).tick()
	if s.state.Phase != engine.PhaseRunning {
		t.Fatal("closed too early")
	}
	s.at(6 * minute).tick()
	if got := s.state.Proposal(); !reflect.DeepEqual(got, engine.Result{Outcome: engine.OutcomeFailed, Ground: engine.GroundNoBid}) {
		t.Errorf("proposed: %+v", got)
	}
	if s.room.Now.Next != 500 || s.state.Phase != engine.PhaseClosed {
		t.Errorf("the room sees %s", mustJSON(s.room.Now))
	}
}

// TestAcceptanceWithdrawn is article 50: the clock goes on, with the accepted
// price or the one before it, asked for a whole interval.
func TestAcceptanceWithdrawn(t *testing.T) {
	leave := map[string]func(s *sale) engine.Reason{
		"withdrawn":    func(s *sale) engine.Reason { return s.by("A", engine.Withdraw{Confirm: "A"}) },
		"disqualified": func(s *sale) engine.Reason { return s.auctioneer(engine.Disqualify{Code: "A", Reason: "x"}) },
	}
	for name, how := range leave {
		for _, preceding := range []bool{false, true} {
			rules := byHundred()
			rules.Descent.Preceding = preceding
			s := running(t, rules, 0, "A", "B", "C")
			s.at(150*second).bid("A", 800)
			s.at(20 * minute)
			if why := how(s); why != "" {
				t.Fatalf("%s: %s", name, why)
			}
			asked, left := engine.Dong(800), 4*minute
			if preceding {
				asked, left = 900, 5*minute
			}
			last := s.records[len(s.records)-1]
			if want := (&engine.Reopened{ClosesAt: s.now.Add(left), Price: asked, Count: s.state.Falls}); !reflect.DeepEqual(last.Event, engine.Event(want)) || last.By != engine.System {
				t.Errorf("%s: %s by %v", name, dump(last.Event), last.By)
			}
			s.stands("", 0)
			if now := s.room.Now; now.Phase != engine.PhaseRunning || now.Next != asked || now.FallsAt != s.now.Add(minute) {
				t.Errorf("%s: the room sees %s", name, mustJSON(now))
			}
			if why := s.bid("A", asked); why != engine.ReasonDisqualified {
				t.Errorf("%s: who left is answered with %q", name, why)
			}
			s.now = s.now.Add(minute)
			if why := s.bid("B", asked-100); why != "" {
				t.Errorf("%s: the next is refused: %s", name, why)
			}
			s.stands("B", asked-100)
			checkReplay(t, s.records, s.state, s.room)
		}
	}
}

// TestAcceptanceAnnounced: once the winner is announced, a withdrawal or a
// refusal is the office's matter and moves no clock.
func TestAcceptanceAnnounced(t *testing.T) {
	s := running(t, byHundred(), 0, "A", "B")
	s.bid("A", 1000)
	if why := s.auctioneer(engine.Disqualify{Code: "B", Reason: "x"}); why != "" || s.state.Phase != engine.PhaseClosed {
		t.Errorf("somebody else's disqualification: %q, %s", why, s.state.Phase)
	}
	if why := s.auctioneer(engine.Announce{Winner: "A", Price: 1000}); why != "" {
		t.Fatal(why)
	}
	s.unchanged(func() {
		if why := s.by("A", engine.Withdraw{Confirm: "A"}); why != engine.ReasonEnded {
			t.Errorf("a withdrawal is answered with %q", why)
		}
	})
}

// TestDescendingProblems names each rule that a falling price cannot work with.
func TestDescendingProblems(t *testing.T) {
	for _, c := range []struct {
		field, code string
		change      func(r *engine.Rules)
	}{
		{"descent", "missing", func(r *engine.Rules) { r.Descent = nil }},
		{"descent.amount", "one_of_two", func(r *engine.Rules) { r.Descent.BasisPoints = 100 }},
		{"descent.amount", "one_of_two", func(r *engine.Rules) { r.Descent.Amount = 0 }},
		{"descent.amount", "out_of_range", func(r *engine.Rules) { r.Descent.Amount = -1 }},
		{"descent.amount", "too_many_falls", func(r *engine.Rules) { r.Start, r.Descent.Amount, r.Descent.Floor = 2000, 1, 999 }},
		{"descent.basisPoints", "out_of_range", func(r *engine.Rules) { r.Descent.Amount, r.Descent.BasisPoints = 0, 10_001 }},
		{"descent.basisPoints", "out_of_range", func(r *engine.Rules) { r.Descent.Amount, r.Descent.BasisPoints = 0, 9 }}, // less than one đồng
		{"descent.everyMs", "out_of_range", func(r *engine.Rules) { r.Descent.EveryMs = 999 }},
		{"descent.floor", "out_of_range", func(r *engine.Rules) { r.Descent.Floor = 1000 }},
		{"descent.floor", "out_of_range", func(r *engine.Rules) { r.Descent.Floor = 0 }},
		{"biddingMs", "not_the_descent", func(r *engine.Rules) { r.BiddingMs++ }},
		{"step.kind", "not_for_method", func(r *engine.Rules) { r.Step = engine.Step{Kind: engine.StepFixed, Amount: 1} }},
		{"closing.kind", "not_for_method", func(r *engine.Rules) {
			r.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: second, ByMs: second}
		}},
		{"proxy", "not_for_method", func(r *engine.Rules) { r.Proxy = true }},
		{"reserve", "not_for_method", func(r *engine.Rules) { r.Reserve = new(engine.Hash) }},
		{"confirmAbove", "not_for_method", func(r *engine.Rules) { r.ConfirmAbove = 1 }},
		{"cap", "not_for_method", func(r *engine.Rules) { r.Cap = 5000 }},
		{"minIntervalMs", "not_for_method", func(r *engine.Rules) { r.MinIntervalMs = 1 }},
		{"descent", "not_for_method", func(r *engine.Rules) {
			r.Method, r.Step = "ascending", engine.Step{Kind: engine.StepFixed, Amount: 1}
		}},
	} {
		r := byHundred()
		c.change(&r)
		var wrong *engine.RulesError
		if !errors.As(r.Check(), &wrong) || !slices.Contains(wrong.Problems, engine.Problem{Field: c.field, Code: c.code}) {
			t.Errorf("want %s %s: %v", c.field, c.code, wrong)
		}
	}
}
