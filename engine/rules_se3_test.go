package engine_test

import (
	"testing"

	"gobua/engine"
)

// hybridRules: from 1000 by 100 a minute down to 500, ten minutes for offers,
// three for the answer, a step of 2 % and at least 10.
func hybridRules() engine.Rules {
	r := byHundred()
	r.Method = "hybrid"
	r.Step = engine.Step{Kind: engine.StepPercent, Amount: 10, BasisPoints: 200}
	r.Sealed = &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 1}
	r.Hybrid = &engine.Hybrid{OffersMs: 10 * minute, AnswerMs: 3 * minute}
	return r
}

// taken is a hybrid sale in which A has accepted 800.
func taken(t *testing.T) *sale {
	t.Helper()
	s := sealedSale(t, hybridRules(), 0, "A", "B", "C")
	s.at(2 * minute).tick()
	s.must("A", engine.PlaceBid{Amount: 800})
	s.inStage(engine.StageOffers, 2*minute+10*minute)
	return s
}

// inStage fails the test unless the room and the state are in a stage that
// ends so long after the opening.
func (s *sale) inStage(stage engine.Stage, ends engine.Millis) {
	s.t.Helper()
	if s.state.Phase != engine.PhaseRunning || s.room.Now.Hybrid.Stage != stage {
		s.t.Fatalf("%s in stage %q, want running in %q", s.state.Phase, s.room.Now.Hybrid.Stage, stage)
	}
	s.endsAt(ends)
}

func (s *sale) refused(want engine.Reason, code engine.ParticipantCode, do engine.Act) {
	s.t.Helper()
	if why := s.by(code, do); why != want {
		s.t.Errorf("%s %T: refused with %q, want %q", code, do, why, want)
	}
}

// TestSE3 is a whole sale: accepted, outbid under seal, answered.
func TestSE3(t *testing.T) {
	s := taken(t)
	s.stands("A", 800)
	s.refused(engine.ReasonAlreadyTaken, "B", engine.PlaceBid{Amount: 800})
	s.refused(engine.ReasonLastWord, "A", engine.PutOffer{Amount: 900, Confirm: 900})
	s.refused(engine.ReasonTooLow, "B", engine.PutOffer{Amount: 800, Confirm: 800}) // SE-01: not above the price
	s.refused(engine.ReasonTooLow, "B", engine.PutOffer{Amount: 815, Confirm: 815}) // 2 % of 800 is 16
	s.offer("B", 816)
	s.offer("C", 900)
	s.offer("B", 950) // below the start: the price has fallen
	s.offer("C", 880)
	s.stands("A", 800) // nobody can tell
	s.unseal()
	s.stands("B", 950)
	opened := s.now
	s.inStage(engine.StageAnswer, opened.Sub(opensAt)+3*minute)
	s.refused(engine.ReasonAnotherIsAsked, "C", engine.PlaceBid{Amount: 2000, Confirm: 2000})
	s.refused(engine.ReasonTooLow, "A", engine.PlaceBid{Amount: 968, Confirm: 968}) // 2 % of 950 is 19
	s.must("A", engine.PlaceBid{Amount: 969, Confirm: 969})
	if s.state.Phase != engine.PhaseClosed {
		t.Fatalf("%s after the answer", s.state.Phase)
	}
	s.proposes("A", 969)
	s.auctioneer(engine.Announce{Winner: "A", Price: 969})
}

// TestSE3Silence: without an answer the highest offer has it.
func TestSE3Silence(t *testing.T) {
	s := taken(t)
	s.offer("C", 900)
	s.unseal()
	s.end()
	s.proposes("C", 900)
}

// TestSE3NoOffers: nobody offered more, and the acceptance stands.
func TestSE3NoOffers(t *testing.T) {
	s := taken(t)
	s.offer("C", 900)
	s.must("C", engine.TakeOfferBack{})
	s.unseal()
	if s.state.Phase != engine.PhaseClosed {
		t.Fatalf("%s, and nobody has offered anything", s.state.Phase)
	}
	s.proposes("A", 800)
}

// TestSE3Untaken: nobody accepts (DU-09), and the sale fails without a key.
func TestSE3Untaken(t *testing.T) {
	s := sealedSale(t, hybridRules(), 0, "A", "B")
	s.at(6 * minute).tick()
	for _, who := range keepers {
		if why := s.keeper(who, engine.PresentKey{Private: s.privateOf(who)}); why != engine.ReasonWrongPhase {
			t.Errorf("%s presented a key: %q", who.Ref, why)
		}
	}
	s.auctioneer(engine.Announce{})
	if s.state.Result.Ground != engine.GroundNoBid {
		t.Errorf("%+v", s.state.Result)
	}
}

// TestSE3FirstLeaves: who accepted withdraws. Offers go on above the price that
// was taken, and nobody has a last word.
func TestSE3FirstLeaves(t *testing.T) {
	s := taken(t)
	s.must("A", engine.Withdraw{Confirm: "A"})
	s.refused(engine.ReasonTooLow, "B", engine.PutOffer{Amount: 700, Confirm: 700})
	s.offer("B", 900)
	s.unseal()
	if s.state.Phase != engine.PhaseClosed {
		t.Fatalf("%s, and nobody is left to answer", s.state.Phase)
	}
	s.proposes("B", 900)
}

// TestSE3WinnerLeaves: whoever leads at the end may still withdraw, and the
// next one of all that was named leads.
func TestSE3WinnerLeaves(t *testing.T) {
	s := taken(t)
	s.offer("B", 900)
	s.offer("C", 950)
	s.unseal()
	s.must("A", engine.PlaceBid{Amount: 1000, Confirm: 1000})
	s.must("A", engine.Withdraw{Confirm: "A"})
	s.proposes("C", 950)
	s.must("C", engine.Withdraw{Confirm: "C"})
	s.proposes("B", 900)
}

// TestSE3Pause: a pause stands the clock still in every stage.
func TestSE3Pause(t *testing.T) {
	s := taken(t)
	s.at(5 * minute).auctioneer(engine.Pause{Reason: "x"})
	s.refused(engine.ReasonPaused, "B", engine.PutOffer{Amount: 900, Confirm: 900})
	s.at(9 * minute).auctioneer(engine.Resume{})
	s.inStage(engine.StageOffers, 16*minute)
	s.offer("B", 900)
	s.unseal()
	s.at(17 * minute).auctioneer(engine.Pause{Reason: "x"})
	s.at(20 * minute).auctioneer(engine.Resume{})
	s.inStage(engine.StageAnswer, 22*minute)
}

// TestSE3Sheet is what a hybrid sheet may not say.
func TestSE3Sheet(t *testing.T) {
	good := hybridRules()
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*engine.Rules){
		"descent":         func(r *engine.Rules) { r.Descent = nil },
		"sealed":          func(r *engine.Rules) { r.Sealed = nil },
		"hybrid":          func(r *engine.Rules) { r.Hybrid = nil },
		"hybrid.offersMs": func(r *engine.Rules) { r.Hybrid.OffersMs = 0 },
		"hybrid.answerMs": func(r *engine.Rules) { r.Hybrid.AnswerMs = 25 * 60 * minute },
		"sealed.pricing":  func(r *engine.Rules) { r.Sealed.Pricing = engine.PricingSecond },
		"sealed.rounds":   func(r *engine.Rules) { r.Sealed.Rounds, r.Sealed.RoundMs = 2, minute },
		"sealed.runOffs":  func(r *engine.Rules) { r.Sealed.RunOffs, r.Sealed.RoundMs = 1, minute },
		"step.kind":       func(r *engine.Rules) { r.Step = engine.Step{Kind: engine.StepFixed, Amount: 10} },
		"closing.kind":    func(r *engine.Rules) { r.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: 1, ByMs: 1} },
		"biddingMs":       func(r *engine.Rules) { r.BiddingMs++ },
	} {
		r := hybridRules()
		spoil(&r)
		if err := r.Check(); !wrong(err, field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}
