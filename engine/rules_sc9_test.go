package engine_test

import (
	"bytes"
	"slices"
	"testing"

	"gobua/engine"
)

// plateRules is the sheet of VPA's third campaign: 25 minutes, then at most ten
// rounds of 30 s, each opened by a bid in the last 10 s, 30 minutes in all.
func plateRules() engine.Rules {
	r := plain()
	r.Start, r.Step = 40_000_000, engine.Step{Kind: engine.StepFixed, Amount: 5_000_000}
	r.BiddingMs, r.MinIntervalMs = 25*minute, second
	r.Closing = engine.Closing{Kind: engine.ClosingRounds, WindowMs: 10 * second, ByMs: 30 * second, MaxCount: 10, MaxTotalMs: 5 * minute}
	return r
}

// plates is such a sale that has just opened.
func plates(t *testing.T, people ...engine.ParticipantCode) *sale {
	t.Helper()
	return running(t, plateRules(), 0, people...)
}

// next bids the next minimum and returns why it was refused, if it was.
func (s *sale) next(code engine.ParticipantCode) engine.Reason {
	s.t.Helper()
	return s.bid(code, s.state.NextMinimum())
}

// nexts lets people bid the next minimum, none of which may be refused.
func (s *sale) nexts(codes ...engine.ParticipantCode) {
	s.t.Helper()
	for _, code := range codes {
		if why := s.next(code); why != "" {
			s.t.Fatalf("%s at %d ms: %s", code, s.now.Sub(opensAt), why)
		}
	}
}

// round fails the test unless this round is on, for these people alone.
func (s *sale) round(n int, going ...engine.ParticipantCode) {
	s.t.Helper()
	rd := s.room.Now.Round
	if s.state.Phase != engine.PhaseRunning || rd == nil || rd.Round != n || s.state.Round != n {
		s.t.Fatalf("phase %s, the room shows round %s, want %d", s.state.Phase, mustJSON(rd), n)
	}
	if n > 0 && (rd.Going != len(going) || !slices.Equal(rd.Codes, going)) {
		s.t.Errorf("round %d: the room shows %s, want %v", n, mustJSON(rd), going)
	}
	for _, b := range s.state.Bidders() {
		you, _ := s.state.Standing(b.Code)
		may := n == 0 || slices.Contains(going, b.Code)
		if b.Out == "" && you.NotInRound == may {
			s.t.Errorf("round %d: %s is told %s", n, b.Code, mustJSON(you))
		}
	}
}

// over fails the test unless bidding is over and this is proposed.
func (s *sale) over(winner engine.ParticipantCode) {
	s.t.Helper()
	if p := s.state.Proposal(); s.state.Phase != engine.PhaseClosed || p.Winner != winner {
		s.t.Errorf("phase %s, proposed %q, want %q", s.state.Phase, p.Winner, winner)
	}
	checkReplay(s.t, s.records, s.state, s.room)
}

// end moves to the end of the period and lets the clock decide.
func (s *sale) end() *sale {
	s.t.Helper()
	s.now = s.state.ClosesAt
	s.tick()
	return s
}

// TestSC17 is a bid in the last 10 s of the main time: a round of 30 s follows,
// and whoever bid in the main time, early or late, may bid in it.
func TestSC17(t *testing.T) {
	s := plates(t, "A", "B", "C", "D")
	s.at(minute).nexts("C")
	s.at(20 * minute).nexts("A")
	s.at(24*minute + 55*second).nexts("B")
	if !s.room.Now.Round.Follows {
		t.Error("the room does not say that a round follows")
	}
	s.endsAt(25 * minute) // the bid itself moves nothing
	s.end().round(1, "A", "B", "C")
	s.endsAt(25*minute + 30*second)
	if s.room.Now.Round.Follows {
		t.Error("a round follows before anybody bid in this one")
	}
	s.at(25 * minute)
	s.unchanged(func() {
		if why := s.next("D"); why != engine.ReasonNotInRound {
			t.Errorf("D is answered with %q", why)
		}
	})
	s.nexts("C")
}

// TestSC18 is a round without a valid bid in its last 10 s: the highest wins.
func TestSC18(t *testing.T) {
	s := plates(t, "A", "B", "C")
	s.at(24*minute+55*second).nexts("A", "B")
	s.end().round(1, "A", "B")
	s.at(25*minute+25*second).nexts("A", "B")
	s.end().round(2, "A", "B")
	s.at(25*minute+49*second).nexts("A", "B")
	s.at(25*minute + 55*second)
	s.bid("A", 1) // refused, so it opens nothing
	s.end().over("B")
	if s.now != opensAt.Add(26*minute) {
		t.Errorf("over after %d ms", s.now.Sub(opensAt))
	}
}

// TestSC19 is a bid in the last 10 s of every round: bidding ends at 30:00,
// after round 10, without a gap between the rounds.
func TestSC19(t *testing.T) {
	s := plates(t, "A", "B", "C")
	s.at(24 * minute).nexts("C")
	for n := range 11 {
		s.now = s.state.ClosesAt.Add(-5 * second)
		s.nexts("A", "B")
		if follows := s.room.Now.Round.Follows; follows != (n < 10) {
			t.Errorf("round %d: another follows: %v", n, follows)
		}
		s.end()
		if n == 0 {
			s.round(1, "A", "B", "C")
		} else if n < 10 {
			s.round(n+1, "A", "B")
			s.endsAt(25*minute + engine.Millis(n+1)*30*second)
		}
	}
	s.over("B")
	if s.now != opensAt.Add(30*minute) || countKind(s, engine.KindRoundOpened) != 10 {
		t.Errorf("over after %d ms and %d rounds", s.now.Sub(opensAt), countKind(s, engine.KindRoundOpened))
	}
}

// TestSC20b is a period in which only one person bid validly: that person wins
// at its end, a bid in its last 10 s or not. It holds for the main time too.
func TestSC20b(t *testing.T) {
	s := plates(t, "A", "B")
	s.at(24*minute+55*second).nexts("A", "B")
	s.end().round(1, "A", "B")
	s.at(25*minute + 25*second).nexts("A")
	if s.room.Now.Round.Follows {
		t.Error("a round follows for one alone")
	}
	s.at(25*minute + 30*second - 1).tick()
	s.round(1, "A", "B") // not before its end
	s.end().over("A")

	alone := plates(t, "A", "B")
	alone.at(24*minute + 55*second).nexts("A")
	alone.end().over("A")

	none := plates(t, "A", "B")
	none.end().over("")
}

// TestSC9Edges is every boundary to the millisecond, of the main time and of a
// round.
func TestSC9Edges(t *testing.T) {
	for _, c := range []struct {
		left    engine.Millis // before the end of the period
		follows bool
	}{{10*second + 1, false}, {10 * second, true}, {10*second - 1, true}, {1, true}} {
		for rounds := range 2 {
			s := plates(t, "A", "B")
			s.at(24*minute).nexts("A", "B")
			if rounds == 1 {
				s.at(25*minute - 1).nexts("A")
				s.end().round(1, "A", "B")
				s.nexts("B") // the first millisecond belongs to the round
			}
			s.now = s.state.ClosesAt.Add(-c.left)
			s.nexts("A")
			if s.room.Now.Round.Follows != c.follows {
				t.Errorf("%d ms before the end of period %d: the room says %v", c.left, rounds, !c.follows)
			}
			if s.end(); (s.state.Phase == engine.PhaseRunning) != c.follows {
				t.Errorf("%d ms before the end of period %d: phase %s", c.left, rounds, s.state.Phase)
			}
		}
	}
	s := plates(t, "A", "B")
	s.at(20 * minute).nexts("A")
	s.at(25*minute - 1).nexts("B")
	s.at(25 * minute)
	if why := s.next("A"); why != engine.ReasonClosed {
		t.Errorf("a bid at the end before the clock looked is answered with %q", why)
	}
	s.tick()
	s.nexts("A")
	s.at(25*minute + 30*second)
	if why := s.next("B"); why != engine.ReasonClosed {
		t.Errorf("a bid at the end of the round is answered with %q", why)
	}
}

// TestSC9OneDecision: the end of a period and the beginning of the next are one
// record, and no room ever shows "closed" between them.
func TestSC9OneDecision(t *testing.T) {
	s := plates(t, "A", "B")
	s.at(24*minute+55*second).nexts("A", "B")
	told := len(s.updates)
	s.end()
	if len(s.events) != 1 || len(s.updates) != told+1 || s.updates[told].Kind != engine.KindRoundOpened || s.updates[told].Now.Phase != engine.PhaseRunning {
		t.Errorf("decided: %s; told: %s", dump(s.events), mustJSON(s.updates[told:]))
	}
	last := s.records[len(s.records)-1]
	if last.By != engine.System || last.Cmd != (engine.CommandID{}) {
		t.Errorf("a round is %+v's", last.By)
	}
	if all := s.state.Concerned(last, s.state.Leader, nil); !slices.Equal(all, []engine.ParticipantCode{"A", "B"}) {
		t.Errorf("a round concerns %v", all)
	}
}

// TestSC9Gap is a gap of 5 s between the rounds: no bid is taken in it, and 30
// minutes in all hold nevertheless, so the ninth round is cut short.
func TestSC9Gap(t *testing.T) {
	rules := plateRules()
	rules.Closing.GapMs = 5 * second
	s := running(t, rules, 0, "A", "B")
	s.at(24*minute+55*second).nexts("A", "B")
	s.end().round(1, "A", "B")
	s.endsAt(25*minute + 35*second)
	if s.room.Now.Round.OpensAt != opensAt.Add(25*minute+5*second) {
		t.Errorf("the room shows %s", mustJSON(s.room.Now.Round))
	}
	for at, want := range map[engine.Millis]engine.Reason{0: engine.ReasonBetweenRounds, 5*second - 1: engine.ReasonBetweenRounds} {
		if why := s.at(25*minute + at).next("A"); why != want {
			t.Errorf("a bid %d ms into the gap is answered with %q", at, why)
		}
	}
	// A pause within the gap leaves the rest of it.
	s.at(25*minute + 2*second)
	s.auctioneer(engine.Pause{Reason: "x"})
	s.at(27*minute + 2*second)
	s.auctioneer(engine.Resume{})
	if why := s.at(27*minute + 5*second - 1).next("A"); why != engine.ReasonBetweenRounds {
		t.Errorf("a bid in the rest of the gap is answered with %q", why)
	}
	s.at(27*minute + 5*second).nexts("A")
	s.endsAt(27*minute + 35*second)
	for s.state.Phase == engine.PhaseRunning {
		s.now = s.state.ClosesAt.Add(-5 * second)
		s.nexts("B", "A")
		s.end()
	}
	if s.now != opensAt.Add(32*minute) || s.state.Round != 9 { // two minutes stood still
		t.Errorf("over %d ms after the opening, in round %d", s.now.Sub(opensAt), s.state.Round)
	}
	s.over("A")
}

// TestSC9Pause: the window counts bidding time, not the time of a pause, and a
// round has its whole length.
func TestSC9Pause(t *testing.T) {
	s := plates(t, "A", "B", "C")
	s.at(10 * minute).nexts("C")
	s.at(24*minute+55*second).nexts("A", "B")
	s.at(24*minute + 58*second)
	s.auctioneer(engine.Pause{Reason: "x"})
	if why := s.next("A"); why != engine.ReasonPaused {
		t.Errorf("a bid in the pause is answered with %q", why)
	}
	if !s.room.Now.Round.Follows {
		t.Error("in the pause no round follows")
	}
	s.at(34*minute + 58*second)
	s.auctioneer(engine.Resume{})
	s.endsAt(35 * minute)
	s.end().round(1, "A", "B", "C")
	s.at(35*minute + 10*second).nexts("C")
	s.auctioneer(engine.Pause{Reason: "x"})
	s.at(45*minute + 10*second)
	s.auctioneer(engine.Resume{})
	s.endsAt(45*minute + 30*second)
	s.round(1, "A", "B", "C")
	s.at(45*minute + 20*second - 1).nexts("B") // just outside the last 10 s
	s.end().over("B")
}

// TestSC9Outage: an outage voids no round and no bid, other than rule AU4 has
// it for rounds of hidden answers; the lost time is given back within it.
func TestSC9Outage(t *testing.T) {
	s := plates(t, "A", "B")
	s.at(24*minute+55*second).nexts("A", "B")
	s.end().round(1, "A", "B")
	s.at(25*minute+22*second).nexts("A", "B")
	s.at(27*minute + 25*second)
	if err := s.do(engine.Command{By: engine.System, Do: engine.CreditOutage{From: opensAt.Add(25*minute + 25*second)}}); err != nil {
		t.Fatal(err)
	}
	s.round(1, "A", "B")
	s.endsAt(27*minute + 30*second)
	if !s.room.Now.Round.Follows {
		t.Error("the bids before the outage open no round any more")
	}
	s.end().round(2, "A", "B")
	s.stands("B", 55_000_000)

	// Where recovery gives more time than was left, the window moves with the end.
	rules := plateRules()
	rules.RecoveryMinMs = minute
	s = running(t, rules, 0, "A", "B")
	s.at(24*minute+55*second).nexts("A", "B")
	s.at(24*minute + 59*second)
	if err := s.do(engine.Command{By: engine.System, Do: engine.CreditOutage{From: opensAt.Add(24*minute + 56*second)}}); err != nil {
		t.Fatal(err)
	}
	s.endsAt(25*minute + 59*second)
	s.end().over("B")
}

// TestSC9ExtendedByHand: the auctioneer's extension moves the end of the round,
// and with it the window and the latest end; it is no round.
func TestSC9ExtendedByHand(t *testing.T) {
	s := plates(t, "A", "B")
	s.at(24*minute+55*second).nexts("A", "B")
	s.end().round(1, "A", "B")
	s.at(25*minute+25*second).nexts("A", "B")
	s.auctioneer(engine.Extend{By: minute, Reason: "x"})
	s.endsAt(26*minute + 30*second)
	s.round(1, "A", "B")
	if s.room.Now.Round.Follows || s.room.Now.LatestAt != opensAt.Add(31*minute) {
		t.Errorf("the room shows %s", mustJSON(s.room.Now))
	}
	s.at(26*minute + 21*second).nexts("A")
	s.end().round(2, "A", "B")
}

// TestSC9Out: a bid taken back, or of a participant who was disqualified,
// opens no round and carries nobody on.
func TestSC9Out(t *testing.T) {
	inRound := func(late ...engine.ParticipantCode) *sale {
		s := plates(t, "A", "B", "C")
		s.at(24*minute+55*second).nexts("C", "A", "B")
		s.end().round(1, "A", "B", "C")
		s.at(25*minute+5*second).nexts("A", "C")
		s.at(25*minute + 25*second).nexts(late...)
		return s
	}
	t.Run("disqualified, others go on", func(t *testing.T) {
		s := inRound("A", "B")
		s.auctioneer(engine.Disqualify{Code: "C", Reason: "x"})
		s.round(1, "A", "B")
		s.end().round(2, "A", "B")
	})
	t.Run("disqualified with the only late bid", func(t *testing.T) {
		s := inRound("B")
		s.auctioneer(engine.Disqualify{Code: "B", Reason: "x"})
		s.stands("C", 60_000_000)
		s.round(1, "A", "C")
		if s.room.Now.Round.Follows {
			t.Error("a bid that never was opens a round")
		}
		s.end().over("C")
	})
	t.Run("the leader withdraws, two late bids stay", func(t *testing.T) {
		s := inRound("B", "A")
		s.must("A", engine.Withdraw{Confirm: "A"})
		s.stands("B", 65_000_000)
		s.end().round(2, "B", "C")
	})
	t.Run("the leader withdraws, one is left", func(t *testing.T) {
		s := inRound("A", "B")
		s.auctioneer(engine.Disqualify{Code: "C", Reason: "x"})
		s.must("B", engine.Withdraw{Confirm: "B"})
		s.end().over("A")
	})
	t.Run("the price falls back to who does not go on", func(t *testing.T) {
		s := plates(t, "A", "B", "C")
		s.at(24*minute+55*second).nexts("C", "A", "B")
		s.end()
		s.at(25*minute+25*second).nexts("A", "B")
		s.end().round(2, "A", "B")
		s.auctioneer(engine.Disqualify{Code: "A", Reason: "x"})
		s.auctioneer(engine.Disqualify{Code: "B", Reason: "x"})
		s.stands("C", 40_000_000)
		s.round(2)
		if why := s.next("C"); why != engine.ReasonOwnLead && why != engine.ReasonNotInRound {
			t.Errorf("C is answered with %q", why)
		}
		s.end().over("C")
	})
}

// TestSC9HiddenCodes: where codes are hidden, the list of who goes on reaches
// nobody but the console; each knows of themselves.
func TestSC9HiddenCodes(t *testing.T) {
	rules := plateRules()
	rules.HideCodes = true
	s := running(t, rules, 0, "M-SECRET-1", "M-SECRET-2", "M-SECRET-3")
	s.at(24*minute+55*second).nexts("M-SECRET-1", "M-SECRET-2")
	s.end()
	s.at(25*minute+25*second).nexts("M-SECRET-1", "M-SECRET-2")
	s.end()
	if rd := s.room.Now.Round; rd.Round != 2 || rd.Going != 2 {
		t.Errorf("the room shows %s", mustJSON(rd))
	}
	hides(t, "a spectator", s.told(), "M-SECRET")
	for _, b := range s.state.Bidders() {
		you, _ := s.state.Standing(b.Code)
		if you.NotInRound != (b.Code == "M-SECRET-3") {
			t.Errorf("%s", mustJSON(you))
		}
	}
	s.end()
	s.auctioneer(engine.Announce{Winner: "M-SECRET-2", Price: s.state.Price})
	hides(t, "a spectator after the announcement", mustJSON(s.room), "M-SECRET-1", "M-SECRET-3")
	desk := mustJSON(s.state.DeskParticipants())
	if !bytes.Contains(desk, []byte("M-SECRET-1")) {
		t.Errorf("the console sees %s", desk)
	}
}

// TestSC9ManyGoOn: from more than MaxRoundCodes the room is told the number.
func TestSC9ManyGoOn(t *testing.T) {
	var people []engine.ParticipantCode
	for i := range engine.MaxRoundCodes + 1 {
		people = append(people, engine.ParticipantCode(rune('a'+i)))
	}
	s := plates(t, people...)
	s.at(24*minute + 55*second).nexts(people...)
	s.end()
	if rd := s.room.Now.Round; rd.Going != len(people) || rd.Codes != nil {
		t.Errorf("the room shows %s", mustJSON(rd))
	}
	s.auctioneer(engine.Disqualify{Code: people[0], Reason: "x"})
	if rd := s.room.Now.Round; rd.Going != engine.MaxRoundCodes || len(rd.Codes) != rd.Going || slices.Contains(rd.Codes, people[0]) {
		t.Errorf("the room shows %s", mustJSON(rd))
	}
}

// TestSC9Extract: the office keeps every round with who might bid in it.
func TestSC9Extract(t *testing.T) {
	s := plates(t, "A", "B", "C")
	s.at(24*minute+55*second).nexts("A", "B")
	s.end().end()
	s.auctioneer(engine.Announce{Winner: "B", Price: s.state.Price})
	var x engine.Extractor
	for _, r := range s.records {
		x.Add(r)
	}
	got := slices.DeleteFunc(x.Extract().Course, func(m engine.Moment) bool { return m.Kind != engine.KindRoundOpened })
	if len(got) != 1 || got[0].Round != 1 || got[0].At != opensAt.Add(25*minute) || !slices.Equal(got[0].Going, []engine.ParticipantCode{"A", "B"}) {
		t.Errorf("%+v", got)
	}
}

// TestSC9Sheet is what a sheet with rounds may not say.
func TestSC9Sheet(t *testing.T) {
	good := plateRules()
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*engine.Rules){
		"closing.kind":       func(r *engine.Rules) { r.Proxy = true },
		"closing.maxCount":   func(r *engine.Rules) { r.Closing.MaxCount = 0 },
		"closing.windowMs":   func(r *engine.Rules) { r.Closing.WindowMs = r.Closing.ByMs + 1 },
		"closing.byMs":       func(r *engine.Rules) { r.Closing.ByMs, r.Closing.WindowMs = 0, 0 },
		"closing.gapMs":      func(r *engine.Rules) { r.Closing.GapMs = 60*second + 1 },
		"closing.maxTotalMs": func(r *engine.Rules) { r.Closing.MaxTotalMs = -1 },
	} {
		r := plateRules()
		spoil(&r)
		problems := r.Check()
		if !wrong(problems, field) {
			t.Errorf("%s: %v", field, problems)
		}
	}
	many, gap := plateRules(), plain()
	many.Closing.MaxCount = engine.MaxRounds + 1
	gap.Closing.GapMs = 1
	for field, r := range map[string]engine.Rules{"closing.maxCount": many, "closing.gapMs": gap} {
		if err := r.Check(); !wrong(err, field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// wrong tells whether an error of Check names a field.
func wrong(err error, field string) bool {
	rules, ok := err.(*engine.RulesError)
	return ok && slices.ContainsFunc(rules.Problems, func(p engine.Problem) bool { return p.Field == field })
}
