package engine_test

import (
	"testing"

	"gobua/engine"
)

// gongRules are those of the public documents: three minutes of silence, a hard
// stop eight hours after nine.
func gongRules() engine.Rules {
	r := plain()
	r.Method, r.Gong, r.BiddingMs = "gong", &engine.Gong{SilenceMs: 3 * minute}, 8*60*minute
	return r
}

// TestTXStories: who wins after each of the published stories, and at what
// price. The start is 1,000 and a step 100, so the first round asks 1,100.
func TestTXStories(t *testing.T) {
	type taken struct {
		by     engine.ParticipantCode
		amount engine.Dong
	}
	for name, test := range map[string]struct {
		moves  []taken
		winner engine.ParticipantCode
		price  engine.Dong
	}{
		"TX-01: X raises; silence":                      {[]taken{{"X", 1500}}, "X", 1500},
		"TX-02: X raises; Y agrees; silence":            {[]taken{{"X", 1500}, {"Y", 1600}}, "Y", 1600},
		"TX-03: X raises; Y raises; silence":            {[]taken{{"X", 1500}, {"Y", 2000}}, "Y", 2000},
		"TX-04: X agrees; silence":                      {[]taken{{"X", 1100}}, "X", 1100},
		"TX-05: Y agrees; X agrees; silence":            {[]taken{{"Y", 1100}, {"X", 1200}}, "X", 1200},
		"TX-06: X agrees; Y raises; X agrees; silence":  {[]taken{{"X", 1100}, {"Y", 3000}, {"X", 3100}}, "X", 3100},
		"nobody moves in the first round, and it is no": {nil, "", 0},
	} {
		s := running(t, gongRules(), 0, "X", "Y")
		at := engine.Millis(0)
		for _, m := range test.moves {
			at += 2 * minute
			if why := s.at(at).bid(m.by, m.amount); why != "" {
				t.Errorf("%s: %s at %d is refused: %s", name, m.by, m.amount, why)
			}
			s.endsAt(at + 3*minute)
		}
		s.at(at + 3*minute - 1).tick()
		if s.state.Phase != engine.PhaseRunning {
			t.Errorf("%s: over before the silence was", name)
		}
		s.at(at + 3*minute).tick()
		if s.stands(test.winner, test.price); s.state.Phase != engine.PhaseClosed {
			t.Errorf("%s: after the silence it is %s", name, s.state.Phase)
		}
	}
}

// TestTX07ThePriceOfARound: the first is one step above the start, the next one
// step above what was taken; agreeing names it, raising names whole steps more.
func TestTX07ThePriceOfARound(t *testing.T) {
	s := running(t, gongRules(), 0, "X", "Y")
	asks := func(want engine.Dong) {
		t.Helper()
		if s.room.Now.Next != want || s.state.NextMinimum() != want {
			t.Errorf("the round asks %d, the room sees %d, want %d", s.state.NextMinimum(), s.room.Now.Next, want)
		}
	}
	asks(1100)
	for amount, want := range map[engine.Dong]engine.Reason{1000: engine.ReasonTooLow, 900: engine.ReasonBelowStart, 1150: engine.ReasonOffStep, 0: engine.ReasonBadAmount} {
		s.unchanged(func() {
			if why := s.bid("X", amount); why != want {
				t.Errorf("%d is answered with %q, want %q", amount, why, want)
			}
		})
	}
	s.bid("X", 1100)
	asks(1200)
	s.unchanged(func() {
		if why := s.bid("Y", 1100); why != engine.ReasonTooLow {
			t.Errorf("the second who agrees is answered with %q", why)
		}
		if why := s.bid("X", 1200); why != engine.ReasonOwnLead {
			t.Errorf("who took the round is answered with %q", why)
		}
		if why := s.by("Y", engine.RaiseMaximum{Amount: 2000}); why != engine.ReasonNotForMethod {
			t.Errorf("a maximum is answered with %q", why)
		}
	})
	s.bid("Y", 1700)
	asks(1800)
}

// TestTX08TheHardStop cuts the silence (SC-16), and moves with a standstill.
func TestTX08TheHardStop(t *testing.T) {
	rules := gongRules()
	rules.BiddingMs = 10 * minute
	s := running(t, rules, 0, "X", "Y")
	s.endsAt(3 * minute)
	s.at(2*minute+50*second).bid("X", 1100)
	s.at(5*minute).bid("Y", 1200)
	s.at(7*minute+50*second).bid("X", 1300)
	s.endsAt(10 * minute) // and not at 10:50
	s.at(9 * minute)
	s.auctioneer(engine.Pause{Reason: "x"})
	s.at(14 * minute)
	s.auctioneer(engine.Resume{})
	s.endsAt(15 * minute)
	s.at(15 * minute).tick()
	if s.stands("X", 1300); s.state.Phase != engine.PhaseClosed {
		t.Errorf("at the hard stop it is %s", s.state.Phase)
	}
	if why := s.bid("Y", 1400); why != engine.ReasonClosed {
		t.Errorf("after it a bid is answered with %q", why)
	}
}

// TestTX10OnePerSecond: the pace of the sheet holds here, too.
func TestTX10OnePerSecond(t *testing.T) {
	rules := gongRules()
	rules.MinIntervalMs = second
	s := running(t, rules, 0, "X", "Y")
	s.at(minute).bid("X", 1100)
	s.at(minute+100).bid("Y", 1200)
	s.at(minute + 999)
	if why := s.bid("X", 1300); why != engine.ReasonTooFast {
		t.Errorf("within a second X is answered with %q", why)
	}
	s.at(minute + second)
	if why := s.bid("X", 1300); why != "" {
		t.Errorf("after a second X is answered with %q", why)
	}
}

// TestGongGuardsAgainstTypos, counted from the price of the round.
func TestGongGuardsAgainstTypos(t *testing.T) {
	rules := gongRules()
	rules.ConfirmAbove = 5
	s := running(t, rules, 0, "X", "Y")
	if why := s.by("X", engine.PlaceBid{Amount: 1700}); why != engine.ReasonConfirmNeeded {
		t.Errorf("six steps above the round are answered with %q", why)
	}
	if why := s.by("X", engine.PlaceBid{Amount: 1600}); why != "" {
		t.Errorf("five steps above the round are answered with %q", why)
	}
}

// TestGongWithdrawn: the price that is asked falls back, the clock goes on.
func TestGongWithdrawn(t *testing.T) {
	s := running(t, gongRules(), 0, "X", "Y")
	s.at(minute).bid("X", 1100)
	s.at(2*minute).bid("Y", 2000)
	s.at(3*minute).must("Y", engine.Withdraw{Confirm: "Y"})
	s.stands("X", 1100)
	s.endsAt(5 * minute)
	if s.state.NextMinimum() != 1200 {
		t.Errorf("the round asks %d", s.state.NextMinimum())
	}
}

// TestGongMakesSense: what its sheet may not say.
func TestGongMakesSense(t *testing.T) {
	for name, change := range map[string]func(*engine.Rules){
		"no silence":              func(r *engine.Rules) { r.Gong = nil },
		"a short silence":         func(r *engine.Rules) { r.Gong.SilenceMs = 4999 },
		"more silence than time":  func(r *engine.Rules) { r.BiddingMs = 2 * minute },
		"a step by table":         func(r *engine.Rules) { r.Step = steps(70) },
		"another closing":         func(r *engine.Rules) { r.Closing = plateRules().Closing },
		"maxima":                  func(r *engine.Rules) { r.Proxy = true },
		"a reserve":               func(r *engine.Rules) { r.Reserve = new(engine.Hash) },
		"a cap below the round":   func(r *engine.Rules) { r.Cap = 1050 },
		"a price to buy now":      func(r *engine.Rules) { r.BuyNow = buyable(engine.BuyNowEnd).BuyNow },
		"silence where none ends": func(r *engine.Rules) { r.Method = "ascending" },
	} {
		rules := gongRules()
		change(&rules)
		if rules.Check() == nil {
			t.Errorf("%s is a sheet", name)
		}
	}
}
