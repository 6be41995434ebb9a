package engine_test

import (
	"slices"
	"testing"

	"gobua/engine"
)

// TestSealedOffers are the stories of rules SE1 and VI1: who offers what in a
// round, and what is proposed once it is opened. An offer of zero is taken back.
func TestSealedOffers(t *testing.T) {
	type made struct {
		by     engine.ParticipantCode
		amount engine.Dong
	}
	for name, story := range map[string]struct {
		rules   engine.Rules
		reserve engine.Dong
		offers  []made
		winner  engine.ParticipantCode
		price   engine.Dong
		ranked  string
	}{
		"SE1 the highest wins":            {bySeal(1, 0), 0, []made{{"A", 1200}, {"B", 1500}, {"C", 1000}}, "B", 1500, "BAC"},
		"SE1 the last of each counts":     {bySeal(1, 0), 0, []made{{"A", 2000}, {"B", 1500}, {"A", 1100}}, "B", 1500, "BA"},
		"SE1 of equal ones the earlier":   {bySeal(1, 0), 0, []made{{"A", 1500}, {"B", 1500}}, "A", 1500, "AB"},
		"SE1 the earlier last change":     {bySeal(1, 0), 0, []made{{"A", 1500}, {"B", 1500}, {"A", 1500}}, "B", 1500, "BA"},
		"SE-01 taken back, it counts not": {bySeal(1, 0), 0, []made{{"A", 2000}, {"B", 1500}, {"A", 0}}, "B", 1500, "B"},
		"SE1 taken back, another follows": {bySeal(1, 0), 0, []made{{"A", 2000}, {"A", 0}, {"B", 1500}, {"A", 1600}}, "A", 1600, "AB"},
		"SE-04 equal ones, one round":     {bySeal(1, 0), 0, []made{{"C", 1300}, {"A", 1300}, {"B", 1300}}, "C", 1300, "CAB"},
		"SE1 nobody":                      {bySeal(1, 0), 0, []made{{"A", 1000}, {"A", 0}}, "", 0, ""},
		"VI-01 alone pays the start":      {secondPrice(), 0, []made{{"A", 2000}}, "A", 1000, "A"},
		"VI-02":                           {secondPrice(), 0, []made{{"A", 1250}, {"B", 2000}}, "B", 1250, "BA"},
		"VI-03":                           {vickrey(50), 0, []made{{"A", 100}, {"B", 90}, {"C", 85}, {"D", 80}, {"E", 75}, {"F", 70}}, "A", 90, "ABCDEF"},
		"VI1 a tie pays its own":          {secondPrice(), 0, []made{{"A", 1500}, {"B", 1500}, {"C", 1200}}, "A", 1500, "ABC"},
		"VI1 never below the reserve":     {secondPrice(), 1800, []made{{"A", 2000}, {"B", 1500}}, "A", 1800, "AB"},
		"VI1 a losing one above it":       {secondPrice(), 1800, []made{{"A", 2000}, {"B", 1900}}, "A", 1900, "AB"},
	} {
		t.Run(name, func(t *testing.T) {
			s := sealedSale(t, story.rules, story.reserve, "A", "B", "C", "D", "E", "F")
			for _, o := range story.offers {
				if o.amount == 0 {
					s.must(o.by, engine.TakeOfferBack{})
					continue
				}
				s.offer(o.by, o.amount)
			}
			if s.state.Leader != "" || s.room.Now.Price != 0 || s.room.Now.Bids != 0 {
				t.Errorf("before the opening the room has %s", mustJSON(s.room.Now))
			}
			s.unseal()
			s.proposes(story.winner, story.price)
			if codes, _ := s.ranked(); codes != story.ranked {
				t.Errorf("ranked %s, want %s", codes, story.ranked)
			}
			s.fine(s.auctioneer(engine.Announce{Winner: story.winner, Price: story.price}))
			checkReplay(t, s.records, s.state, s.room)
			strangerAgrees(t, s.records)
			if err := openAgain(s.records); err != nil {
				t.Error(err)
			}
		})
	}
}

// vickrey is the second price from another start.
func vickrey(start engine.Dong) engine.Rules {
	r := secondPrice()
	r.Start = start
	return r
}

// TestSealedRounds: a further round is for those with an offer in the one
// before, its offers lie a step above the highest, and nothing is announced
// while one is due.
func TestSealedRounds(t *testing.T) {
	s := sealedSale(t, bySeal(2, 0), 0, "A", "B", "C")
	s.offer("A", 1500)
	s.offer("B", 1500)
	if why := s.auctioneer(engine.OpenRound{}); why != engine.ReasonNoRoundDue {
		t.Errorf("a round before the opening: %q", why)
	}
	s.unseal()
	if s.room.Now.Sealed.Due != engine.DueRound {
		t.Fatalf("the room has %s", mustJSON(s.room.Now.Sealed))
	}
	if why := s.auctioneer(engine.Announce{Winner: "A", Price: 1500}); why != engine.ReasonRoundDue {
		t.Errorf("announced instead of a round: %q", why)
	}
	s.fine(s.auctioneer(engine.OpenRound{}))
	s.endsAt(15*minute + 5*minute)
	for offer, want := range map[made]engine.Reason{
		{"C", 1700}: engine.ReasonNotInRound, {"A", 1500}: engine.ReasonTooLow, {"A", 1650}: engine.ReasonOffStep, {"A", 900}: engine.ReasonBelowStart,
	} {
		if why := s.by(offer.by, engine.PutOffer{Amount: offer.amount}); why != want {
			t.Errorf("%s offers %d: %q, want %q", offer.by, offer.amount, why, want)
		}
	}
	s.offer("B", 1600)
	s.stands("A", 1500)
	s.unseal()
	s.proposes("B", 1600)
	if s.room.Now.Sealed.Due != "" {
		t.Errorf("after the last round %q is due", s.room.Now.Sealed.Due)
	}
	s.must("B", engine.Withdraw{Confirm: "B"}) // article 50: what stands behind it, of whichever round
	s.proposes("A", 1500)
	checkReplay(t, s.records, s.state, s.room)
}

type made struct {
	by     engine.ParticipantCode
	amount engine.Dong
}

// TestSealedRunOff: among those tied for the highest, and only as long as one
// of them goes higher.
func TestSealedRunOff(t *testing.T) {
	s := sealedSale(t, bySeal(1, 2), 0, "A", "B", "C")
	s.offer("C", 1200)
	s.offer("A", 1500)
	s.offer("B", 1500)
	s.unseal()
	if s.room.Now.Sealed.Due != engine.DueRunOff {
		t.Fatalf("the room has %s", mustJSON(s.room.Now.Sealed))
	}
	s.fine(s.auctioneer(engine.OpenRound{}))
	if n := s.room.Now.Sealed; !n.RunOff || n.Going != 2 || !slices.Equal(n.Codes, []engine.ParticipantCode{"A", "B"}) || n.Floor != 1500 {
		t.Errorf("the room has %s", mustJSON(n))
	}
	if why := s.by("C", engine.PutOffer{Amount: 1700}); why != engine.ReasonNotInRound {
		t.Errorf("C may offer in a run-off of others: %q", why)
	}
	s.unseal() // nobody goes higher: the earlier last change
	s.proposes("A", 1500)
	if s.room.Now.Sealed.Due != "" {
		t.Errorf("%q is due although nobody went higher", s.room.Now.Sealed.Due)
	}
}

// TestSealedTieAfterAWithdrawal: what is due follows from those who remain.
func TestSealedTieAfterAWithdrawal(t *testing.T) {
	s := sealedSale(t, bySeal(1, 1), 0, "A", "B", "C")
	s.offer("A", 1500)
	s.offer("B", 1500)
	s.offer("C", 1800)
	s.unseal()
	s.proposes("C", 1800)
	s.must("C", engine.Withdraw{Confirm: "C"})
	s.stands("A", 1500)
	if s.room.Now.Sealed.Due != engine.DueRunOff {
		t.Errorf("the room has %s", mustJSON(s.room.Now.Sealed))
	}
	s.fine(s.auctioneer(engine.OpenRound{}))
	s.offer("B", 1600)
	s.unseal()
	s.proposes("B", 1600)
}

// TestSecondPriceWithdrawn: article 50 under the second price. The winner's own
// offer stays in the list although it lies above the price.
func TestSecondPriceWithdrawn(t *testing.T) {
	s := sealedSale(t, secondPrice(), 0, "A", "B", "C")
	s.offer("A", 2000)
	s.offer("B", 1700)
	s.offer("C", 1300)
	s.unseal()
	s.proposes("A", 1700)
	s.must("A", engine.Withdraw{Confirm: "A"})
	s.proposes("B", 1300)
	struck := ""
	for _, r := range s.room.History {
		if r.Struck {
			struck += string(r.Code)
		}
	}
	if struck != "A" {
		t.Errorf("struck is %q", struck)
	}
	s.fine(s.auctioneer(engine.Disqualify{Code: "B", Reason: "x"}))
	s.proposes("C", 1000)
}

// TestSealedSheets: what a sheet of sealed offers cannot have.
func TestSealedSheets(t *testing.T) {
	for name, change := range map[string]func(*engine.Rules){
		"no sealed":       func(r *engine.Rules) { r.Sealed = nil },
		"another method":  func(r *engine.Rules) { r.Method = "ascending" },
		"a falling price": func(r *engine.Rules) { *r = byHundred(); r.Sealed = bySeal(1, 0).Sealed },
		"maxima":          func(r *engine.Rules) { r.Proxy = true },
		"an extended end": func(r *engine.Rules) {
			r.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: minute, ByMs: minute}
		},
		"a pace":            func(r *engine.Rules) { r.MinIntervalMs = 1000 },
		"no round":          func(r *engine.Rules) { r.Sealed.Rounds = 0 },
		"too many":          func(r *engine.Rules) { r.Sealed.RunOffs = 20 },
		"no length":         func(r *engine.Rules) { r.Sealed.RoundMs = 0 },
		"an unused length":  func(r *engine.Rules) { r.Sealed.Rounds, r.Sealed.RunOffs = 1, 0 },
		"unknown pricing":   func(r *engine.Rules) { r.Sealed.Pricing = "third" },
		"second and rounds": func(r *engine.Rules) { r.Sealed.Pricing = engine.PricingSecond },
	} {
		rules := bySeal(2, 1)
		change(&rules)
		if rules.Check() == nil {
			t.Errorf("%s: the sheet is taken", name)
		}
	}
	rules := bySeal(2, 1)
	if err := rules.Check(); err != nil {
		t.Error(err)
	}
}
