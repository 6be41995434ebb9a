package office

import (
	"errors"
	"fmt"
	"testing"

	"gobua/engine"
)

// The proceeding is pure, so these tests are of its own package: no store, no
// clock.

const (
	ended  = engine.Instant(1_000_000)
	answer = engine.Millis(60_000)
)

// sold is a result in which each code bid once, in this order.
func sold(deposit engine.Dong, bids ...ResultBid) SessionResult {
	r := SessionResult{
		Session: "000000000001", Lot: engine.Lot{AuctionID: "a", LotID: "l", Number: 1, Deposit: deposit}, Currency: "VND",
		Phase: engine.PhaseAnnounced, EndedAt: ended, Participants: 5, Present: 5, Bids: bids, BidCount: len(bids),
	}
	last := bids[len(bids)-1]
	r.Result = &engine.Result{Outcome: engine.OutcomeSold, Winner: last.Code, Price: last.Level, BidAt: last.At, BidSeq: last.Seq}
	return r
}

func bid(seq engine.Seq, code engine.ParticipantCode, level engine.Dong) ResultBid {
	return ResultBid{Seq: seq, At: ended - 100 + engine.Instant(seq), Code: code, Level: level}
}

var agreed = SheetAfter{AnswerMs: answer, SingleBidder: SingleConsent, AdjacentBidder: true, PaymentDays: 30}

// refused is a proceeding whose winner has refused.
func refused(t *testing.T, r SessionResult, after SheetAfter, reserve engine.Dong) Proceeding {
	t.Helper()
	p := beginProceeding(r, after, reserve)
	if err := p.refuse(ended+1, r.Result.Winner, false, "", "", ""); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRule14TheAdjacentBidderMayWinIfPriceAndDepositReachTheRefusedPrice(t *testing.T) {
	struck := bid(2, "M-300", 1_450)
	struck.Struck = true
	never := agreed
	never.AdjacentBidder = false
	for _, c := range []struct {
		name    string
		result  SessionResult
		after   SheetAfter
		reserve engine.Dong
		want    engine.ParticipantCode // empty: the lot fails
	}{
		{"the law's example, at equality", sold(200, bid(1, "M-200", 1_300), bid(3, "M-100", 1_500)), agreed, 0, "M-200"},
		{"one step below it", sold(200, bid(1, "M-200", 1_280), bid(3, "M-100", 1_500)), agreed, 0, ""},
		{"one đồng below it", sold(200, bid(1, "M-200", 1_299), bid(3, "M-100", 1_500)), agreed, 0, ""},
		{"one đồng above it", sold(200, bid(1, "M-200", 1_301), bid(3, "M-100", 1_500)), agreed, 0, "M-200"},
		{"the winner's own lower bids do not count", sold(200, bid(1, "M-200", 1_100), bid(2, "M-100", 1_400), bid(3, "M-100", 1_500)), agreed, 0, ""},
		{"the best of several others", sold(200, bid(1, "M-300", 1_350), bid(2, "M-200", 1_400), bid(3, "M-100", 1_500)), agreed, 0, "M-200"},
		{"of two at one price the earlier", sold(200, bid(1, "M-300", 1_400), bid(2, "M-200", 1_400), bid(3, "M-100", 1_500)), agreed, 0, "M-300"},
		{"struck bids do not count", sold(200, bid(1, "M-200", 1_300), struck, bid(3, "M-100", 1_500)), agreed, 0, "M-200"},
		{"a hidden reserve binds the adjacent price too", sold(200, bid(1, "M-200", 1_300), bid(3, "M-100", 1_500)), agreed, 1_301, ""},
		{"at the reserve", sold(200, bid(1, "M-200", 1_300), bid(3, "M-100", 1_500)), agreed, 1_300, "M-200"},
		{"where the sheet has no adjacent bidder", sold(200, bid(1, "M-200", 1_450), bid(3, "M-100", 1_500)), never, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := refused(t, c.result, c.after, c.reserve)
			if c.want == "" {
				if p.State != ProceedingFailed || p.Ground != FailRefused || p.Offer != nil || p.DeadlineAt != 0 {
					t.Fatalf("%s %s %+v", p.State, p.Ground, p.Offer)
				}
				return
			}
			if p.State != ProceedingOffer || p.Offer.Code != c.want || p.DeadlineAt != ended+1+engine.Instant(answer) {
				t.Fatalf("%s %+v until %d", p.State, p.Offer, p.DeadlineAt)
			}
		})
	}
}

func TestTheAdjacentBidderIsAskedOnce(t *testing.T) {
	p := refused(t, sold(500, bid(1, "M-300", 1_300), bid(2, "M-200", 1_400), bid(3, "M-100", 1_500)), agreed, 0)
	must(t, p.offer(ended+2, "auctioneer"))
	must(t, p.answer(ended+3, "M-200", true))
	if p.State != ProceedingConfirm || !p.Second || p.Award.Price != 1_400 {
		t.Fatalf("%+v", p)
	}
	must(t, p.refuse(ended+4, "M-200", true, "", "", ""))
	if p.State != ProceedingFailed || p.Ground != FailNotSigned {
		t.Fatalf("after a second refusal: %s %s", p.State, p.Ground)
	}
	want := []Fallen{{Code: "M-100", Ground: ForfeitRefused}, {Code: "M-200", Ground: ForfeitUnsigned}}
	if fmt.Sprint(p.Fallen) != fmt.Sprint(want) {
		t.Fatalf("%+v", p.Fallen)
	}
}

func TestGroundsOfAFailedLot(t *testing.T) {
	nobody := func(g engine.Ground) SessionResult {
		r := sold(0, bid(1, "M-100", 1))
		r.Result = &engine.Result{Outcome: engine.OutcomeFailed, Ground: g}
		return r
	}
	alone := sold(0, bid(1, "M-100", 1_000), bid(2, "M-100", 1_100))
	neverAlone := agreed
	neverAlone.SingleBidder = SingleNever
	two := sold(200, bid(1, "M-200", 1_000), bid(2, "M-100", 1_500))
	for want, p := range map[FailGround]Proceeding{
		FailNobodyRegistered: beginUnregistered(engine.Lot{}, "VND", agreed, ended),
		FailNoBid:            beginProceeding(nobody(engine.GroundNoBid), agreed, 0),
		FailBelowReserve:     beginProceeding(nobody(engine.GroundBelowReserve), agreed, 0),
		FailWithdrawn:        beginProceeding(nobody(engine.GroundWithdrawn), agreed, 0),
		FailSingleBidder:     beginProceeding(alone, neverAlone, 0),
		FailRefused:          refused(t, two, agreed, 0),
		FailNotSigned: func() Proceeding {
			p := beginProceeding(two, agreed, 0)
			must(t, p.refuse(ended, "M-100", true, "", "", ""))
			return p
		}(),
	} {
		if p.State != ProceedingFailed || p.Ground != want {
			t.Errorf("%s: %s %s", want, p.State, p.Ground)
		}
	}
}

func TestASingleBidderNeedsTheOwner(t *testing.T) {
	onlyOneBid := sold(0, bid(1, "M-100", 1_000), bid(2, "M-100", 1_100))
	onlyOneCame := sold(0, bid(1, "M-100", 1_000))
	onlyOneCame.Present = 1
	onlyOneAdmitted := sold(0, bid(1, "M-100", 1_000))
	onlyOneAdmitted.Participants, onlyOneAdmitted.Present = 1, 1
	for name, r := range map[string]SessionResult{"bid": onlyOneBid, "present": onlyOneCame, "admitted": onlyOneAdmitted} {
		p := beginProceeding(r, agreed, 0)
		if p.State != ProceedingConsent || p.DeadlineAt != 0 || p.expire(ended+1<<40) {
			t.Fatalf("one %s: %s until %d: the owner has no deadline", name, p.State, p.DeadlineAt)
		}
		yes, no := p, p
		must(t, yes.consent(ended+5, "x", true, "12/CV", ""))
		if yes.State != ProceedingConfirm || yes.DeadlineAt != ended+5+engine.Instant(answer) {
			t.Fatalf("one %s, consent: %s", name, yes.State)
		}
		must(t, no.consent(ended+5, "x", false, "12/CV", "không bán"))
		if no.State != ProceedingFailed || no.Ground != FailSingleBidder {
			t.Fatalf("one %s, no consent: %s %s", name, no.State, no.Ground)
		}
	}
}

// states makes one proceeding in every state.
func states(t *testing.T) map[ProceedingState]func() Proceeding {
	two := sold(200, bid(1, "M-200", 1_400), bid(2, "M-100", 1_500))
	confirm := func() Proceeding { return beginProceeding(two, agreed, 0) }
	offer := func() Proceeding { return refused(t, two, agreed, 0) }
	offered := func() Proceeding {
		p := offer()
		must(t, p.offer(ended+2, ""))
		return p
	}
	return map[ProceedingState]func() Proceeding{
		ProceedingConsent: func() Proceeding { return beginProceeding(sold(0, bid(1, "M-100", 1_500)), agreed, 0) },
		ProceedingConfirm: confirm, ProceedingOffer: offer, ProceedingOffered: offered,
		ProceedingSold: func() Proceeding {
			p := confirm()
			must(t, p.confirm(ended+1, "M-100"))
			p.beginSettlement(200)
			return p
		},
		ProceedingFailed: func() Proceeding {
			p := offered()
			must(t, p.answer(ended+3, "M-200", false))
			return p
		},
		ProceedingCancelled: func() Proceeding {
			r := two
			r.Phase, r.Result = engine.PhaseCancelled, nil
			return beginProceeding(r, agreed, 0)
		},
	}
}

func TestEveryActInEveryState(t *testing.T) {
	at := ended + 10
	acts := map[string]struct {
		do    func(*Proceeding) error
		lands map[ProceedingState]ProceedingState // where it may be done, and what comes of it
	}{
		"consent":    {func(p *Proceeding) error { return p.consent(at, "x", true, "d", "") }, map[ProceedingState]ProceedingState{ProceedingConsent: ProceedingConfirm}},
		"no consent": {func(p *Proceeding) error { return p.consent(at, "x", false, "d", "r") }, map[ProceedingState]ProceedingState{ProceedingConsent: ProceedingFailed}},
		"confirm":    {func(p *Proceeding) error { return p.confirm(at, "M-100") }, map[ProceedingState]ProceedingState{ProceedingConfirm: ProceedingSold}},
		"refuse":     {func(p *Proceeding) error { return p.refuse(at, "M-100", false, "", "", "") }, map[ProceedingState]ProceedingState{ProceedingConfirm: ProceedingOffer}},
		"offer":      {func(p *Proceeding) error { return p.offer(at, "x") }, map[ProceedingState]ProceedingState{ProceedingOffer: ProceedingOffered}},
		"accept":     {func(p *Proceeding) error { return p.answer(at, "M-200", true) }, map[ProceedingState]ProceedingState{ProceedingOffered: ProceedingConfirm}},
		"decline":    {func(p *Proceeding) error { return p.answer(at, "M-200", false) }, map[ProceedingState]ProceedingState{ProceedingOffered: ProceedingFailed}},
		"disqualify the winner": {func(p *Proceeding) error { return p.disqualify(at, "M-100", "r", "x") }, map[ProceedingState]ProceedingState{
			ProceedingConsent: ProceedingFailed, ProceedingConfirm: ProceedingOffer,
		}},
		"disqualify the adjacent": {func(p *Proceeding) error { return p.disqualify(at, "M-200", "r", "x") }, map[ProceedingState]ProceedingState{
			ProceedingConsent: ProceedingConsent, ProceedingConfirm: ProceedingConfirm, ProceedingOffer: ProceedingFailed, ProceedingOffered: ProceedingFailed,
		}},
		"pay": {func(p *Proceeding) error { return p.pay(SettlementPayment{At: at, Amount: 1, Reference: "r"}) }, map[ProceedingState]ProceedingState{ProceedingSold: ProceedingSold}},
	}
	for name, act := range acts {
		for state, begin := range states(t) {
			p := begin()
			if p.State != state {
				t.Fatalf("a proceeding in %s is in %s", state, p.State)
			}
			before := fmt.Sprintf("%+v", p)
			err := act.do(&p)
			want, may := act.lands[state]
			switch {
			case may && (err != nil || p.State != want):
				t.Errorf("%s in %s: %v, now %s", name, state, err, p.State)
			case !may && !errors.Is(err, ErrWrongState):
				t.Errorf("%s in %s: %v", name, state, err)
			case !may && fmt.Sprintf("%+v", p) != before:
				t.Errorf("%s in %s was refused and changed something", name, state)
			}
		}
	}
}

func TestAnAnswerIsValidUntilTheMillisecondBeforeItsDeadline(t *testing.T) {
	all := states(t)
	acts := map[ProceedingState][]func(*Proceeding, engine.Instant) error{
		ProceedingConfirm: {
			func(p *Proceeding, at engine.Instant) error { return p.confirm(at, "M-100") },
			func(p *Proceeding, at engine.Instant) error { return p.refuse(at, "M-100", false, "", "", "") },
		},
		ProceedingOffered: {
			func(p *Proceeding, at engine.Instant) error { return p.answer(at, "M-200", true) },
			func(p *Proceeding, at engine.Instant) error { return p.answer(at, "M-200", false) },
		},
	}
	for state, list := range acts {
		for i, act := range list {
			p := all[state]()
			deadline := p.DeadlineAt
			if p.expire(deadline - 1) {
				t.Fatalf("%s expired early", state)
			}
			if err := act(&p, deadline); !errors.Is(err, ErrTooLate) {
				t.Errorf("%s, act %d at the deadline: %v", state, i, err)
			}
			must(t, act(&p, deadline-1))
		}
	}
	wrong := all[ProceedingConfirm]()
	if err := wrong.confirm(ended+1, "M-200"); !errors.Is(err, ErrForbidden) {
		t.Errorf("somebody else confirms: %v", err)
	}
}

func TestWhatNobodyAnswersIsDecidedAtItsDeadline(t *testing.T) {
	all := states(t)
	p := all[ProceedingConfirm]()
	deadline := p.DeadlineAt
	late := deadline + 123_456 // noticed two minutes later
	if !p.expire(late) || p.State != ProceedingOffer || p.Fallen[0].Ground != ForfeitUnsigned {
		t.Fatalf("a silent winner: %+v", p)
	}
	if s, _ := p.stepOf(StepExpired); s.At != deadline || p.DeadlineAt != late+engine.Instant(answer) {
		t.Fatalf("the deadline counts, not when it was noticed: %+v until %d", s, p.DeadlineAt)
	}
	if !p.expire(p.DeadlineAt) || p.State != ProceedingOffered {
		t.Fatalf("a silent auctioneer does not take the adjacent bidder's right: %s", p.State)
	}
	if !p.expire(p.DeadlineAt) || p.State != ProceedingFailed || p.Ground != FailNotSigned {
		t.Fatalf("a silent adjacent bidder: %s %s", p.State, p.Ground)
	}
	if p.expire(late*2) || len(p.Fallen) != 1 {
		t.Fatal("who does not accept an offer loses nothing, and what is decided stays")
	}
	endless := agreed
	endless.AnswerMs = 0
	if p := beginProceeding(sold(0, bid(1, "M-2", 1), bid(2, "M-1", 2)), endless, 0); p.DeadlineAt != 0 || p.expire(late*1000) {
		t.Fatal("without a time for answers nothing expires")
	}
}

func TestThePriceIsPaidInPartsUntilNothingIsLeft(t *testing.T) {
	p := states(t)[ProceedingSold]()
	s := p.Settlement
	if s.Price != 1_500 || s.Earnest != 200 || s.Balance() != 1_300 {
		t.Fatalf("%+v", s)
	}
	// 1970-01-01 07:16 in Viet Nam and 30 days: the end of 31 January.
	if want := engine.Instant(31*24*3600_000 - 7*3600_000 - 1); s.DueAt != want {
		t.Fatalf("due at %d, want %d", s.DueAt, want)
	}
	must(t, p.pay(SettlementPayment{At: ended + 5, Amount: 1_000, Reference: "FT1"}))
	for _, wrong := range []SettlementPayment{{Amount: 301, Reference: "FT2"}, {Amount: 0, Reference: "FT2"}, {Amount: 1, Reference: "FT1"}} {
		if _, ok := errors.AsType[*Invalid](p.pay(wrong)); !ok {
			t.Errorf("%+v was noted", wrong)
		}
	}
	must(t, p.pay(SettlementPayment{At: ended + 6, Amount: 300, Reference: "FT2"}))
	if s.Balance() != 0 || s.PaidAt != ended+6 {
		t.Fatalf("%+v", s)
	}
}

func TestMinutesAreDueForWhatTheyTell(t *testing.T) {
	p := states(t)[ProceedingConfirm]()
	due := []int{p.MinutesDue()}
	must(t, p.refuse(ended+1, "M-100", false, "", "", ""))
	due = append(due, p.MinutesDue())
	must(t, p.offer(ended+2, ""))
	must(t, p.answer(ended+3, "M-200", true))
	due = append(due, p.MinutesDue())
	must(t, p.confirm(ended+4, "M-200")) // a signature, not a fact for the minutes
	due = append(due, p.MinutesDue())
	if fmt.Sprint(due) != "[1 2 4 4]" {
		t.Fatal(due)
	}
	for _, s := range []ProceedingState{ProceedingCancelled} {
		if p := states(t)[s](); p.MinutesDue() != 0 {
			t.Errorf("%s has minutes", s)
		}
	}
	if p := beginUnregistered(engine.Lot{}, "VND", agreed, ended); p.MinutesDue() != 0 {
		t.Error("a lot without a session has minutes")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
