package engine_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"gobua/engine"
)

// These are faults that real auction systems had. Each has the name of what
// must not happen here, as far as the rules are concerned.

func TestFaultEqualBidWins(t *testing.T) {
	for _, proxy := range []bool{false, true} {
		rules := plain()
		rules.Proxy = proxy
		s := running(t, rules, 0, "A", "B")
		s.bid("A", 1500)
		s.bid("B", 1500)
		if s.state.Leader != "A" {
			t.Errorf("with maxima %v: an equal bid leads", proxy)
		}
	}
}

func TestFaultRefusedBidExtends(t *testing.T) {
	rules := plain()
	rules.Closing = engine.Closing{Kind: engine.ClosingAdd, ByMs: minute, WindowMs: minute}
	s := running(t, rules, 0, "A", "B")
	s.bid("A", 1000)
	s.at(15*minute - second)
	s.unchanged(func() { s.bid("B", 1000); s.bid("B", 1050); s.bid("A", 1100) })
	s.endsAt(15 * minute)
}

func TestFaultAReaderMissesTheExtension(t *testing.T) {
	rules := plain()
	rules.Closing = engine.Closing{Kind: engine.ClosingReset, ByMs: minute, WindowMs: minute}
	s := running(t, rules, 0, "A")
	s.at(15*minute-second).bid("A", 1000)
	s.endsAt(16*minute - second) // state, deadline and room
	s.at(15 * minute).tick()
	if s.state.Phase != engine.PhaseRunning {
		t.Error("the clock closed at the old end")
	}
	if u := s.updates[len(s.updates)-1]; u.Kind != engine.KindExtended || u.Now.ClosesAt != s.state.ClosesAt {
		t.Errorf("the room was told %s", mustJSON(u))
	}
}

func TestFaultTwoBidsExtendTwiceFromTheOldEnd(t *testing.T) {
	rules := plain()
	rules.Closing = engine.Closing{Kind: engine.ClosingReset, ByMs: minute, WindowMs: minute}
	s := running(t, rules, 0, "A", "B")
	s.at(14*minute+10*second).bid("A", 1000)
	s.at(14*minute+20*second).bid("B", 1100)
	s.endsAt(15*minute + 20*second)
}

func TestFaultBidAndCloseBothHappen(t *testing.T) {
	for _, closeFirst := range []bool{false, true} {
		s := running(t, plain(), 0, "A")
		s.at(15 * minute)
		var why engine.Reason
		if closeFirst {
			s.tick()
			why = s.bid("A", 1000)
		} else {
			why = s.bid("A", 1000)
			s.tick()
		}
		if why != engine.ReasonClosed || s.state.Bids != 0 || s.state.Phase != engine.PhaseClosed {
			t.Errorf("close first %v: %q, %d bids, %s", closeFirst, why, s.state.Bids, s.state.Phase)
		}
		s.tick()
		if n := countKind(s, engine.KindClosed); n != 1 {
			t.Errorf("closed %d times", n)
		}
	}
}

func countKind(s *sale, kind engine.EventKind) (n int) {
	for _, r := range s.records {
		if r.Event.Kind() == kind {
			n++
		}
	}
	return n
}

func TestFaultCancelOrEndTwiceHurts(t *testing.T) {
	s := running(t, plain(), 0, "A")
	s.auctioneer(engine.Cancel{Reason: "x"})
	s.unchanged(func() { s.auctioneer(engine.Cancel{Reason: "y"}); s.auctioneer(engine.Stop{Reason: "z"}) })
	s = running(t, plain(), 0, "A")
	s.at(15 * minute).tick()
	s.unchanged(func() { s.at(16 * minute).tick(); s.at(17 * minute).tick() })
}

func TestFaultSelfOutbid(t *testing.T) {
	for _, proxy := range []bool{false, true} {
		rules := plain()
		rules.Proxy = proxy
		s := running(t, rules, 0, "A")
		s.bid("A", 1000)
		s.unchanged(func() {
			if why := s.by("A", engine.PlaceBid{Amount: 2000}); why != engine.ReasonOwnLead {
				t.Errorf("with maxima %v: answered with %q", proxy, why)
			}
		})
	}
}

func TestFaultOwnRaiseMovesThePrice(t *testing.T) {
	rules := plain()
	rules.Proxy = true
	s := running(t, rules, 0, "A", "B")
	s.bid("A", 2000)
	s.bid("B", 1500)
	s.unchanged(func() { s.bid("A", 5000) })
}

// TestFaultOrderAtTheClient: an update is whole and absolute, so that one that
// comes twice, or an older one that is dropped, leaves the room as it should be.
func TestFaultOrderAtTheClient(t *testing.T) {
	s := running(t, plain(), 0, "A", "B")
	created := s.state.Room()
	s.bid("A", 1000)
	s.bid("B", 1500)
	s.must("B", engine.Withdraw{Confirm: "B"})
	room := created
	for _, u := range s.updates {
		room.Fold(u)
	}
	if !bytes.Equal(mustJSON(room), mustJSON(s.room)) {
		t.Errorf("folded twice:\n%s\n%s", mustJSON(room), mustJSON(s.room))
	}
	now := room.Now
	room.Fold(s.updates[len(s.updates)-1])
	if !bytes.Equal(mustJSON(room.Now), mustJSON(now)) {
		t.Error("the same update twice changes the room")
	}
}

// TestFaultWhoComesLateMissesTheClose: whoever was last told anything, at any
// moment of the sale, learns of its close from what follows, and a newcomer
// from the room alone.
func TestFaultWhoComesLateMissesTheClose(t *testing.T) {
	s := running(t, plain(), 0, "A", "B")
	stale := []engine.Room{s.state.Room()}
	told := []int{len(s.updates)}
	for i := range 5 {
		s.now = s.now.Add(second)
		s.bid([]engine.ParticipantCode{"A", "B"}[i%2], engine.Dong(1000+100*i))
		stale, told = append(stale, s.state.Room()), append(told, len(s.updates))
	}
	s.at(15 * minute).tick()
	s.auctioneer(engine.Announce{Winner: "A", Price: 1400})
	for i, room := range stale {
		for _, u := range s.updates[told[i]:] {
			room.Fold(u)
		}
		if room.Now.Phase != engine.PhaseAnnounced || room.Now.Result == nil || !bytes.Equal(mustJSON(room.Now), mustJSON(s.room.Now)) {
			t.Errorf("who left after %d updates has %s", told[i], mustJSON(room.Now))
		}
	}
	if newcomer := s.state.Room(); newcomer.Now.Phase != engine.PhaseAnnounced || newcomer.Now.Result == nil {
		t.Errorf("a newcomer sees %s", mustJSON(newcomer.Now))
	}
}

// TestFaultLocalMidnight: a session over midnight in Việt Nam, and over
// midnight UTC, lasts as long as any other.
func TestFaultLocalMidnight(t *testing.T) {
	for _, opens := range []string{"2026-01-05T23:50:00+07:00", "2026-01-05T23:50:00Z", "2026-02-28T23:59:59.999+07:00"} {
		at, err := time.Parse(time.RFC3339Nano, opens)
		if err != nil {
			t.Fatal(err)
		}
		rules := plain()
		rules.OpensAt = engine.InstantOf(at)
		s := newSale(t, rules, 0, "A")
		s.now = rules.OpensAt
		s.tick()
		if got := s.state.ClosesAt.Time().Sub(at); got != 15*time.Minute {
			t.Errorf("opened at %s, open for %v", opens, got)
		}
	}
}

// TestFaultWrongEndPublished: the end follows from the rules alone, and the
// rules are looked at before they are frozen.
func TestFaultWrongEndPublished(t *testing.T) {
	for name, change := range map[string]func(*engine.Rules){
		"no time at all":     func(r *engine.Rules) { r.BiddingMs = 0 },
		"negative time":      func(r *engine.Rules) { r.BiddingMs = -minute },
		"months":             func(r *engine.Rules) { r.BiddingMs = 32 * 24 * 60 * minute },
		"no opening":         func(r *engine.Rules) { r.OpensAt = 0 },
		"microseconds":       func(r *engine.Rules) { r.OpensAt *= 1000 },
		"window without end": func(r *engine.Rules) { r.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: minute} },
		"latest end before":  func(r *engine.Rules) { r.Closing.Kind, r.Closing.MaxTotalMs = engine.ClosingAdd, -1 },
	} {
		rules := plain()
		change(&rules)
		var mistakes *engine.RulesError
		if err := rules.Check(); !errors.As(err, &mistakes) || len(mistakes.Problems) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRulesCheckNamesEverything: all mistakes at once.
func TestRulesCheckNamesEverything(t *testing.T) {
	rules := engine.Rules{
		Method: "?", Currency: "?", Start: -1, Cap: -1, Opening: "?", ConfirmAbove: -1, MinIntervalMs: -1, RecoveryMinMs: -1,
		Step:    engine.Step{Kind: engine.StepBands, Bands: []engine.Band{{From: 5, Step: 0}, {From: 5, Step: 1}, {From: 1, Step: 1}}},
		Closing: engine.Closing{Kind: engine.ClosingAdd, MaxCount: -1, MaxTotalMs: -1},
	}
	var mistakes *engine.RulesError
	if err := rules.Check(); !errors.As(err, &mistakes) {
		t.Fatal(err)
	}
	named := mistakes.Error()
	for _, field := range []string{
		"method", "currency", "start", "cap", "opensAt", "biddingMs", "opening", "confirmAbove", "minIntervalMs", "recoveryMinMs",
		"step.bands ", "step.bands.0", "step.bands.1", "closing.windowMs", "closing.byMs", "closing.maxCount", "closing.maxTotalMs",
	} {
		if !strings.Contains(named, "{"+field) {
			t.Errorf("%s is not named in %s", field, named)
		}
	}
	for name, step := range map[string]engine.Step{
		"kind": {Kind: "?"}, "no bands": {Kind: engine.StepBands}, "bands begin above the start": table("20:1"),
		"too many bands": {Kind: engine.StepBands, Bands: make([]engine.Band, engine.MaxBands+1)},
		"over 100 %":     {Kind: engine.StepPercent, BasisPoints: 10_001, Amount: 1},
	} {
		rules := plain()
		rules.Step = step
		if rules.Check() == nil {
			t.Errorf("%s: nothing is wrong with it", name)
		}
	}
}

// TestCheckCreated is what a session may begin with.
func TestCheckCreated(t *testing.T) {
	good := func() *engine.Created {
		secret := engine.Secret{Reserve: 2000}
		hash := engine.ReserveHash(secret)
		c := &engine.Created{Session: "k7qp0z3m9abc", Rules: plain(), Secret: &secret, Participants: []engine.Participant{{Code: "A", Holder: engine.Hash{1}}, {Code: "B", Holder: engine.Hash{2}}}}
		c.Rules.Reserve = &hash
		c.RulesHash = c.Rules.Hash()
		return c
	}
	if err := engine.CheckCreated(good()); err != nil {
		t.Fatal(err)
	}
	rehash := func(c *engine.Created) { c.RulesHash = c.Rules.Hash() }
	for name, change := range map[string]func(*engine.Created){
		"session":         func(c *engine.Created) { c.Session = "Hello" },
		"rules":           func(c *engine.Created) { c.Rules.Start = 0; rehash(c) },
		"another hash":    func(c *engine.Created) { c.Rules.Start = 1001 },
		"code twice":      func(c *engine.Created) { c.Participants[1].Code = "A" },
		"account twice":   func(c *engine.Created) { c.Participants[1].Holder = engine.Hash{1} },
		"no code":         func(c *engine.Created) { c.Participants[1].Code = "" },
		"long code":       func(c *engine.Created) { c.Participants[1].Code = engine.ParticipantCode(strings.Repeat("M", 65)) },
		"broken code":     func(c *engine.Created) { c.Participants[1].Code = "\xff" },
		"too many":        func(c *engine.Created) { c.Participants = make([]engine.Participant, engine.MaxParticipants+1) },
		"reserve untold":  func(c *engine.Created) { c.Rules.Reserve = nil; rehash(c) },
		"reserve unknown": func(c *engine.Created) { c.Secret = nil },
		"another reserve": func(c *engine.Created) { c.Secret.Reserve = 3000 },
		"reserve below": func(c *engine.Created) {
			c.Secret.Reserve = 999
			h := engine.ReserveHash(*c.Secret)
			c.Rules.Reserve = &h
			rehash(c)
		},
		"reserve above cap": func(c *engine.Created) { c.Rules.Cap = 1500; rehash(c) },
	} {
		c := good()
		change(c)
		if err := engine.CheckCreated(c); err == nil {
			t.Errorf("%s: a session may begin with it", name)
		}
	}
}
