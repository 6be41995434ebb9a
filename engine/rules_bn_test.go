package engine_test

import (
	"errors"
	"slices"
	"testing"

	"gobua/engine"
)

// buyable is a sheet that can be bought at once for 10,000; the vectors of the
// rules BN are about such a lot.
func buyable(until engine.BuyNowUntil) engine.Rules {
	r := plain()
	r.BuyNow = &engine.BuyNow{Amount: 10_000, Until: until}
	r.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: 5 * minute, ByMs: 5 * minute}
	return r
}

func (s *sale) buy(code engine.ParticipantCode) engine.Reason {
	s.t.Helper()
	return s.by(code, engine.Buy{Amount: s.state.Rules.BuyNow.Amount})
}

// TestBN01ABidThatReachesThePriceBuysAtIt, also a maximum, and the leader's.
func TestBN01ABidThatReachesThePriceBuysAtIt(t *testing.T) {
	maxima := buyable(engine.BuyNowEnd)
	maxima.Proxy = true
	for name, test := range map[string]struct {
		rules engine.Rules
		act   engine.Act
		by    engine.ParticipantCode
	}{
		"a bid of the price":         {buyable(engine.BuyNowEnd), engine.PlaceBid{Amount: 10_000}, "A"},
		"a bid above it":             {buyable(engine.BuyNowEnd), engine.PlaceBid{Amount: 15_000}, "A"},
		"a maximum above it":         {maxima, engine.PlaceBid{Amount: 15_000}, "A"},
		"the leader's maximum":       {maxima, engine.RaiseMaximum{Amount: 12_000}, "B"},
		"by name":                    {maxima, engine.Buy{Amount: 10_000}, "A"},
		"by name, who already leads": {maxima, engine.Buy{Amount: 10_000}, "B"},
	} {
		s := running(t, test.rules, 0, "A", "B")
		s.bid("B", 2000)
		s.at(minute)
		cmd := engine.Command{ID: s.id(), By: bidder(test.by), Do: test.act}
		if why := s.why(s.do(cmd)); why != "" {
			t.Errorf("%s is refused: %s", name, why)
		}
		s.stands(test.by, 10_000)
		if s.state.Phase != engine.PhaseClosed || !s.room.Now.Bought || s.room.Now.BuyNow || s.state.ClosesAt != s.now {
			t.Errorf("%s: the room sees %s", name, mustJSON(s.room.Now))
		}
		if p := s.state.Proposal(); p.Outcome != engine.OutcomeSold || p.Winner != test.by || p.Price != 10_000 {
			t.Errorf("%s: proposed is %+v", name, p)
		}
		var again *engine.Repeated
		if err := s.do(cmd); !errors.As(err, &again) || again.Receipt.Amount == 0 || again.Receipt.Price != 10_000 || !again.Receipt.Leading {
			t.Errorf("%s: sent again it is answered with %v", name, err)
		}
	}
}

// TestBN02AnExtensionHasNoSay: bought in the last minutes, it is over at once.
func TestBN02AnExtensionHasNoSay(t *testing.T) {
	s := running(t, buyable(engine.BuyNowEnd), 0, "A", "B")
	s.at(14 * minute)
	s.bid("A", 10_000)
	if s.state.Phase != engine.PhaseClosed || s.state.Extensions != 0 || s.state.ClosesAt != s.now {
		t.Errorf("%s until %d after %d extensions", s.state.Phase, s.state.ClosesAt, s.state.Extensions)
	}
	if due := engine.Deadline(s.state); due != 0 {
		t.Errorf("the clock still waits for %d", due)
	}
}

// TestBN04ASecondBuyerIsRefused, as is everybody who bids then.
func TestBN04ASecondBuyerIsRefused(t *testing.T) {
	s := running(t, buyable(engine.BuyNowEnd), 0, "A", "B")
	s.must("A", engine.Buy{Amount: 10_000})
	s.unchanged(func() {
		for _, why := range []engine.Reason{s.buy("B"), s.bid("B", 10_000), s.bid("B", 15_000)} {
			if why != engine.ReasonAlreadyTaken {
				t.Errorf("B is answered with %q", why)
			}
		}
		if why := s.buy("A"); why != engine.ReasonOwnLead {
			t.Errorf("A is answered with %q", why)
		}
	})
}

// TestBuyNowIsGone: what ends the offer, and that it does not come back.
func TestBuyNowIsGone(t *testing.T) {
	for until, test := range map[engine.BuyNowUntil]struct{ stays, ends engine.Dong }{
		engine.BuyNowFirstBid: {0, 1000},
		engine.BuyNowReserve:  {3900, 4000},
		engine.BuyNowShare:    {4900, 5000},
		engine.BuyNowEnd:      {9900, 0},
	} {
		rules, reserve := buyable(until), engine.Dong(0)
		switch until {
		case engine.BuyNowReserve:
			reserve = 4000
		case engine.BuyNowShare:
			rules.BuyNow.BasisPoints = 5000
		}
		s := newSale(t, rules, reserve, "A", "B")
		if !s.room.Now.BuyNow {
			t.Errorf("%s: it is not offered before bidding begins", until)
		}
		s = running(t, rules, reserve, "A", "B")
		if test.stays != 0 {
			s.bid("A", test.stays)
		}
		if !s.room.Now.BuyNow {
			t.Errorf("%s: it is gone at %d", until, test.stays)
		}
		if test.ends == 0 {
			continue
		}
		s.bid("B", test.ends)
		if s.room.Now.BuyNow || s.state.Phase != engine.PhaseRunning {
			t.Errorf("%s: it is still offered at %d", until, test.ends)
		}
		if why := s.buy("A"); why != engine.ReasonBuyNowGone {
			t.Errorf("%s: a late buyer is answered with %q", until, why)
		}
		s.must("B", engine.Withdraw{Confirm: "B"})
		if s.buy("A") != engine.ReasonBuyNowGone || s.room.Now.BuyNow {
			t.Errorf("%s: it came back with a withdrawal", until)
		}
		if why := s.bid("A", 12_000); test.stays == 0 && (why != "" || s.state.Price != 12_000) {
			t.Errorf("%s: a bid above the old offer is answered with %q at %d", until, why, s.state.Price)
		}
	}
}

// TestBuyNowNamesWhatWasSeen: nobody buys at another price than the one that
// the page showed, and nobody where nothing is offered.
func TestBuyNowNamesWhatWasSeen(t *testing.T) {
	s := running(t, buyable(engine.BuyNowEnd), 0, "A", "B")
	s.unchanged(func() {
		if why := s.by("A", engine.Buy{Amount: 9999}); why != engine.ReasonBadAmount {
			t.Errorf("another price is answered with %q", why)
		}
	})
	s = running(t, plain(), 0, "A")
	if why := s.by("A", engine.Buy{Amount: 1000}); why != engine.ReasonBuyNowGone {
		t.Errorf("without an offer it is answered with %q", why)
	}
}

// TestBuyNowWithdrawn: who stood behind the buyer leads, and bidding stays over.
func TestBuyNowWithdrawn(t *testing.T) {
	rules := buyable(engine.BuyNowEnd)
	rules.Proxy = true
	s := running(t, rules, 0, "A", "B", "C")
	s.bid("B", 3000)
	s.bid("C", 2000)
	s.must("A", engine.Buy{Amount: 10_000})
	s.auctioneer(engine.Disqualify{Code: "C", Reason: "x"})
	s.stands("A", 10_000)
	s.must("A", engine.Withdraw{Confirm: "A"})
	s.stands("B", 1000)
	if s.state.Phase != engine.PhaseClosed || s.room.Now.Bought || s.room.Now.BuyNow {
		t.Errorf("the room sees %s", mustJSON(s.room.Now))
	}
}

// TestBuyNowMakesSense: what a sheet with an offer may not say.
func TestBuyNowMakesSense(t *testing.T) {
	for name, change := range map[string]func(*engine.Rules){
		"below the first step":  func(r *engine.Rules) { r.BuyNow.Amount = 1099 },
		"nothing":               func(r *engine.Rules) { r.BuyNow.Amount = 0 },
		"above the cap":         func(r *engine.Rules) { r.Cap = 9000 },
		"until nobody knows":    func(r *engine.Rules) { r.BuyNow.Until = "noon" },
		"until no reserve":      func(r *engine.Rules) { r.BuyNow.Until = engine.BuyNowReserve },
		"a share of everything": func(r *engine.Rules) { r.BuyNow.Until, r.BuyNow.BasisPoints = engine.BuyNowShare, 10_000 },
		"a share beside an end": func(r *engine.Rules) { r.BuyNow.BasisPoints = 1 },
		"rounds":                func(r *engine.Rules) { b := r.BuyNow; *r = plateRules(); r.BuyNow = b },
		"a falling price":       func(r *engine.Rules) { b := r.BuyNow; *r = byHundred(); r.BuyNow = b },
	} {
		rules := buyable(engine.BuyNowEnd)
		change(&rules)
		if rules.Check() == nil {
			t.Errorf("%s is a sheet", name)
		}
	}
	rules := buyable(engine.BuyNowEnd)
	rules.BuyNow.Amount = 1100
	if err := rules.Check(); err != nil {
		t.Errorf("one step above the start: %v", err)
	}
	secret := engine.Secret{Reserve: 1200}
	hash := engine.ReserveHash(secret)
	rules.Reserve = &hash
	if engine.CheckCreated(&engine.Created{Session: engine.NewSessionID([12]byte{}), Rules: rules, RulesHash: rules.Hash(), Secret: &secret}) == nil {
		t.Error("it could be bought below its reserve")
	}
}

// TestBuyNowExtract: the minutes hear of the purchase and of no other bid.
func TestBuyNowExtract(t *testing.T) {
	s := running(t, buyable(engine.BuyNowEnd), 0, "A", "B")
	s.bid("B", 2000)
	s.at(minute).bid("A", 15_000)
	var x engine.Extractor
	for _, r := range s.records {
		x.Add(r)
	}
	got := slices.DeleteFunc(x.Extract().Course, func(m engine.Moment) bool { return m.Kind != engine.KindBidAccepted })
	if len(got) != 1 || got[0].Code != "A" || got[0].Price != 10_000 || got[0].At != s.now {
		t.Errorf("%+v", got)
	}
}
