package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"gobua/engine"
)

// turnRules are those of the public timetable: five minutes before the first
// round, two before the others, and two minutes for everybody.
func turnRules(rounds int) engine.Rules {
	r := plain()
	r.Method, r.BiddingMs = "turns", 5*minute
	r.Turns = &engine.Turns{Rounds: rounds, TurnMs: 2 * minute, PauseMs: 2 * minute}
	return r
}

// turn checks whose turn it is, until when, and what the room sees of it.
func (s *sale) turn(round int, code engine.ParticipantCode, until engine.Millis) {
	s.t.Helper()
	now := s.room.Now
	if tn := now.Turns; tn == nil || tn.Round != round || tn.Code != code || (tn.Turn == 0) != (code == "") || now.ClosesAt != opensAt.Add(until) {
		s.t.Errorf("at %s: %s until %d, want round %d, %q until %d", dump(s.now.Sub(opensAt)), dump(tn), now.ClosesAt.Sub(opensAt), round, code, until)
	}
}

// order checks the order of the round as the room sees it.
func (s *sale) order(want ...engine.ParticipantCode) {
	s.t.Helper()
	var got []engine.ParticipantCode
	for _, line := range s.room.Now.Turns.Order {
		got = append(got, line.Code)
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("the order is %v, want %v", got, want)
	}
}

// TestRO1 holds the published rows, with the price rising instead of falling.
func TestRO1(t *testing.T) {
	t.Run("RO-01", func(t *testing.T) { // the timetable of three rounds, if nobody says a word
		s := running(t, turnRules(3), 0, "A", "B")
		s.turn(1, "", 5*minute)
		for _, stage := range []struct {
			at    engine.Millis
			round int
			code  engine.ParticipantCode
		}{{5, 1, "B"}, {7, 1, "A"}, {9, 2, ""}, {11, 2, "B"}, {13, 2, "A"}, {15, 3, ""}, {17, 3, "B"}, {19, 3, "A"}} {
			s.at(stage.at*minute - 1).tick()
			if s.events != nil {
				t.Errorf("the stage before minute %d ends early: %s", stage.at, dump(s.events))
			}
			s.at(stage.at * minute).tick()
			s.turn(stage.round, stage.code, (stage.at+2)*minute)
		}
		s.at(21 * minute).tick()
		if s.stands("", 0); s.state.Phase != engine.PhaseClosed {
			t.Errorf("after the last turn it is %s", s.state.Phase)
		}
	})
	t.Run("RO-03", func(t *testing.T) { // of equals the later one speaks first
		s := running(t, turnRules(1), 0, "A", "B", "C")
		s.at(5 * minute).tick()
		s.order("C", "B", "A")
		s.turn(1, "C", 7*minute)
	})
	t.Run("RO-04", func(t *testing.T) { // the least that improves on what stands: 100.1 and a step of 10.2, in tenths
		rules := turnRules(1)
		rules.Start, rules.Step = 1001, steps(102)
		s := running(t, rules, 0, "A", "B")
		s.at(5 * minute).tick()
		s.bid("B", 1001)
		if why := s.bid("A", 1102); why != engine.ReasonTooLow {
			t.Errorf("less than a step above is answered with %q", why)
		}
		if why := s.bid("A", 1103); why != "" {
			t.Errorf("a step above is answered with %q", why)
		}
	})
	t.Run("RO-06", func(t *testing.T) { // the audit file: every turn with its bidder, amount and moment
		s := running(t, turnRules(3), 0, "A", "B")
		amount, offers := engine.Dong(900), []string(nil)
		for s.state.Phase == engine.PhaseRunning {
			s.at(s.state.ClosesAt.Sub(opensAt)).tick()
			for _, code := range []engine.ParticipantCode{"B", "A"} {
				if tn := s.room.Now.Turns; tn.Code == code {
					amount += 100
					s.bid(code, amount)
					offers = append(offers, fmt.Sprintf("round_%d.turn_%d %s %d", tn.Round, tn.Turn, code, amount))
				}
			}
		}
		if want := []string{
			"round_1.turn_1 B 1000", "round_1.turn_2 A 1100", "round_2.turn_1 B 1200", "round_2.turn_2 A 1300", "round_3.turn_1 B 1400", "round_3.turn_2 A 1500",
		}; !slices.Equal(offers, want) {
			t.Errorf("the turns were %v", offers)
		}
		opened, extract := 0, new(engine.Extractor)
		for _, r := range s.records {
			extract.Add(r)
		}
		for _, m := range extract.Extract().Course {
			if m.Kind == engine.KindTurnOpened && m.Code != "" {
				opened++
			}
		}
		if opened != len(offers) {
			t.Errorf("the course has %d turns, want %d", opened, len(offers))
		}
		s.stands("A", 1500)
	})
	t.Run("RO-07", func(t *testing.T) { // a lease: five minutes, three each, low to high, silence keeps the offer
		rules := turnRules(2)
		rules.Turns.TurnMs, rules.Turns.PauseMs = 3*minute, 5*minute
		s := running(t, rules, 0, "A", "B", "C")
		s.at(5 * minute).tick()
		s.turn(1, "C", 8*minute)
		s.at(6*minute).bid("C", 1000)
		s.at(7*minute).bid("B", 1500)
		s.turn(1, "A", 10*minute)
		s.at(10 * minute).tick() // A is silent
		s.turn(2, "", 15*minute)
		s.order("A", "C", "B")
		s.at(15 * minute).tick()
		s.at(16*minute).bid("A", 1600)
		s.turn(2, "C", 19*minute)
		s.at(19 * minute).tick() // C is silent and stands where it stood
		s.turn(2, "B", 22*minute)
		if line := s.room.Now.Turns.Order[1]; line.Level != 1000 {
			t.Errorf("after a silent turn C stands at %d", line.Level)
		}
		s.at(22 * minute).tick()
		if s.stands("A", 1600); s.state.Phase != engine.PhaseClosed {
			t.Errorf("after the last turn it is %s", s.state.Phase)
		}
	})
}

// TestRO1WhoseTurn: nobody else may bid, nobody in a pause, and an offer ends
// the turn in the same command.
func TestRO1WhoseTurn(t *testing.T) {
	s := running(t, turnRules(2), 0, "A", "B")
	s.unchanged(func() {
		if why := s.bid("A", 1000); why != engine.ReasonBetweenRounds {
			t.Errorf("in the pause A is answered with %q", why)
		}
	})
	s.at(5 * minute).tick()
	s.unchanged(func() {
		if why := s.bid("A", 1000); why != engine.ReasonNotYourTurn {
			t.Errorf("in B's turn A is answered with %q", why)
		}
		if why := s.by("B", engine.RaiseMaximum{Amount: 2000}); why != engine.ReasonNotForMethod {
			t.Errorf("a maximum is answered with %q", why)
		}
	})
	s.at(6*minute).bid("B", 1000)
	s.turn(1, "A", 8*minute)
	if why := s.bid("B", 1100); why != engine.ReasonNotYourTurn { // an offer cannot be changed
		t.Errorf("a second offer is answered with %q", why)
	}
	s.at(8 * minute)
	if why := s.bid("A", 1100); why != engine.ReasonNotYourTurn {
		t.Errorf("after the turn, before the clock has spoken, A is answered with %q", why)
	}
	s.tick()
	s.at(10 * minute).tick()
	s.turn(2, "A", 12*minute)
	s.at(12 * minute)
	if why := s.bid("A", 1100); why != engine.ReasonClosed {
		t.Errorf("after the last turn A is answered with %q", why) // B leads and is passed over
	}
}

// TestRO1PassedOver: who leads or is out has no turn.
func TestRO1PassedOver(t *testing.T) {
	s := running(t, turnRules(2), 0, "A", "B", "C")
	s.at(5 * minute).tick()
	s.bid("C", 1000)
	s.bid("B", 1100)
	s.auctioneer(engine.Disqualify{Code: "A", Reason: "x"})
	if due := engine.Deadline(s.state); due != s.now {
		t.Errorf("the turn of who is out ends at %d", due)
	}
	s.tick()
	s.turn(2, "", 7*minute)
	s.order("C", "B")
	s.at(7 * minute).tick()
	s.turn(2, "C", 9*minute)
	s.must("B", engine.Withdraw{Confirm: "B"}) // now C leads, in its own turn
	s.tick()
	if s.stands("C", 1000); s.state.Phase != engine.PhaseClosed {
		t.Errorf("it is %s", s.state.Phase)
	}
}

// TestRO1Standstill: a pause, an outage and time given by hand move the end of
// the turn and nothing else.
func TestRO1Standstill(t *testing.T) {
	s := running(t, turnRules(1), 0, "A", "B")
	s.at(5 * minute).tick()
	s.at(6 * minute).auctioneer(engine.Pause{Reason: "x"})
	s.at(16 * minute).auctioneer(engine.Resume{})
	s.turn(1, "B", 17*minute)
	s.auctioneer(engine.Extend{By: minute, Reason: "x"})
	s.turn(1, "B", 18*minute)
	s.now = opensAt.Add(20 * minute)
	s.why(s.do(engine.Command{By: engine.System, Do: engine.CreditOutage{From: opensAt.Add(17 * minute)}}))
	s.turn(1, "B", 21*minute)
	s.at(21 * minute).tick()
	s.turn(1, "A", 23*minute)
}

// TestRO1Late: who checks in while the first pause runs is in the first round,
// who comes later in the next one, and rounds of nobody pass.
func TestRO1Late(t *testing.T) {
	s := newSale(t, turnRules(3), 0, "A", "B", "C")
	s.at(0).tick()
	s.at(5 * minute).tick()
	s.turn(2, "", 7*minute)
	s.must("A", engine.CheckIn{})
	s.at(7 * minute).tick()
	s.turn(3, "", 9*minute)
	s.order("A")
	s.must("B", engine.CheckIn{})
	s.at(9 * minute).tick()
	s.turn(3, "A", 11*minute)
	checkReplay(t, s.records, s.state, s.room) // an order of nobody is read back as it was

	s = newSale(t, turnRules(2), 0, "A", "B", "C")
	s.must("A", engine.CheckIn{})
	s.at(0).tick()
	s.at(minute).must("C", engine.CheckIn{})
	s.at(5 * minute).tick()
	s.order("C", "A")
}

// TestRO1Sheet: what its sheet may not say.
func TestRO1Sheet(t *testing.T) {
	for field, change := range map[string]func(*engine.Rules){
		"turns":         func(r *engine.Rules) { r.Turns = nil },
		"turns.rounds":  func(r *engine.Rules) { r.Turns.Rounds = engine.MaxTurnRounds + 1 },
		"turns.turnMs":  func(r *engine.Rules) { r.Turns.TurnMs = 4999 },
		"turns.pauseMs": func(r *engine.Rules) { r.Turns.PauseMs = 0 },
		"biddingMs":     func(r *engine.Rules) { r.BiddingMs = 61 * minute },
		"closing.kind":  func(r *engine.Rules) { r.Closing = plateRules().Closing },
		"proxy":         func(r *engine.Rules) { r.Proxy = true },
		"hideCodes":     func(r *engine.Rules) { r.HideCodes = true },
		"group":         func(r *engine.Rules) { r.Group = &engine.Group{} },
		"gong":          func(r *engine.Rules) { r.Gong = gongRules().Gong },
	} {
		rules := turnRules(3)
		change(&rules)
		if !wrong(rules.Check(), field) {
			t.Errorf("%s: %v", field, rules.Check())
		}
	}
	rules := turnRules(3)
	if rules.Method = "ascending"; !wrong(rules.Check(), "turns") {
		t.Error("turns where nobody waits for one")
	}
}
