package engine

import "slices"

func init() { Methods["sealed"] = bySeal{} }

// bySeal is bỏ phiếu gián tiếp: everybody offers once in a round without
// knowing of anybody else, and may change or take back the offer until the
// round ends; the last one counts (rules SE1, SE2).
//
// An amount is in the clear only while it is being decided. What is kept is a
// box, which the session's owner has sealed with the public keys of two
// officers and which both private keys together open. After the end each of
// them presents the key of the round; with the second one all boxes are opened
// in one decision. Keys and boxes stand in the record, so anybody can open them
// again; the keys of later rounds do not follow from them.
type bySeal struct{ timed }

func (m bySeal) Problems(r *Rules) (ps []Problem) {
	alien := func(when bool, field string) {
		if when {
			ps = append(ps, Problem{field, "not_for_method"})
		}
	}
	ps = append(ps, r.Step.problems(r.Start)...)
	if r.Sealed == nil {
		ps = append(ps, Problem{"sealed", "missing"})
	} else {
		ps = append(ps, r.Sealed.problems()...)
		ps = append(ps, r.problemsOfUnits()...)
	}
	alien(r.Descent != nil, "descent")
	alien(r.Hybrid != nil, "hybrid")
	alien(r.Closing != Closing{Kind: ClosingFixed}, "closing.kind") // when an offer comes is nobody's business
	alien(r.Proxy, "proxy")
	alien(r.MinIntervalMs != 0, "minIntervalMs")
	return ps
}

// Screen turns away what is no offer here, without a record: neither its amount
// nor the attempt may be kept. All of it stays true for the same command: what
// an offer must at least name only rises from round to round.
func (bySeal) Screen(s *State, act Bidding) Reason {
	switch act := act.(type) {
	case TakeOfferBack:
		return ""
	case PutOffer:
		return s.whyNotOffer(act)
	}
	return ReasonNotForMethod
}

// whyNotOffer tells why an amount is none that can be offered in this round.
// The typo guard asks for it twice as elsewhere, but nobody is told by how many
// steps it is above what is needed: the page knows what was typed.
func (s *State) whyNotOffer(act PutOffer) Reason {
	floor := s.sealed.floor
	switch next := s.Rules.NextMinimum(floor); {
	case act.Amount <= 0 || act.Amount > MaxDong:
		return ReasonBadAmount
	case act.Units < 0 || act.Units > max(1, s.Rules.Sealed.Units):
		return ReasonBadUnits
	case act.Amount < s.Rules.Start && s.hybrid == nil: // where the price has fallen, what counts is the floor
		return ReasonBelowStart
	case act.Amount > s.Rules.AmountCap() || next == 0 || act.Amount > MaxDong/Dong(max(1, act.Units)):
		return ReasonAboveCap
	case act.Amount < next:
		return ReasonTooLow
	case !s.Rules.OnGrid(act.Amount):
		return ReasonOffStep
	case s.Rules.ConfirmAbove == 0 || act.Confirm == act.Amount:
		return ""
	case s.Rules.StepsAbove(floor, act.Amount) <= Dong(s.Rules.ConfirmAbove):
		return ""
	case act.Confirm == 0:
		return ReasonConfirmNeeded
	}
	return ReasonConfirmMismatch
}

func (bySeal) Bid(s *State, b *Bidder, act Act, _ Instant, out []Event) []Event {
	switch act := act.(type) {
	case PutOffer:
		if len(act.Box) != s.Rules.Sealed.BoxLength() {
			panic("an offer was decided that the session's owner has not sealed")
		}
		return append(out, &OfferSealed{Code: b.Code, Box: act.Box})
	case TakeOfferBack:
		if b.offer != nil {
			return append(out, &OfferTakenBack{Code: b.Code})
		}
	}
	return append(out, &Refused{Act: act.ActName(), Code: b.Code, Reason: ReasonNothingToWithdraw, Next: s.NextMinimum()})
}

// Next is the same for everybody until the round is opened: what is asked
// depends on the rounds before alone.
func (bySeal) Next(s *State, _ Dong, _ Instant) Dong {
	if s.sealed.unsealed {
		return s.Rules.NextMinimum(s.top())
	}
	return s.Rules.NextMinimum(s.sealed.floor)
}

// top is the highest offer that has been opened and still counts.
func (s *State) top() Dong {
	if b := s.byCode[s.Leader]; b != nil {
		return b.Best
	}
	return 0
}

// Standing ranks what has been opened, without one of the participants.
func (bySeal) Standing(s *State, without ParticipantCode) (ParticipantCode, Dong) {
	if s.uniform() {
		return s.unitStanding(without)
	}
	var first, second *Bidder
	for _, b := range s.bidders {
		if b.Best == 0 || b.Out != "" || b.Code == without {
			continue
		}
		switch {
		case first == nil || ahead(b, first):
			first, second = b, first
		case second == nil || ahead(b, second):
			second = b
		}
	}
	if first == nil {
		return "", 0
	}
	losing := Dong(0)
	if second != nil {
		losing = second.Best
	}
	return first.Code, s.toPay(first.Best, losing)
}

// ahead is rule SE1: the higher offer, of equal ones the one changed last the
// longest ago.
func ahead(a, b *Bidder) bool {
	return a.Best > b.Best || a.Best == b.Best && a.BestSeq < b.BestSeq
}

// toPay is what the best offer pays beside the best losing one, zero: none
// (rule VI1).
func (s *State) toPay(best, losing Dong) Dong {
	if s.Rules.Sealed.Pricing != PricingSecond {
		return best
	}
	price := max(losing, s.Rules.Start)
	if s.secret != nil && best >= s.secret.Reserve {
		price = max(price, s.secret.Reserve)
	}
	return price
}

// Keep decides the acts with keys.
func (m bySeal) Keep(s *State, by Actor, act Keeping, _ Instant, out []Event) ([]Event, Reason) {
	switch act := act.(type) {
	case TakeKey:
		if why := s.whyNoKey(by, act); why != "" {
			return out, why
		}
		return append(out, &KeyTaken{Publics: act.Publics}), ""
	case PresentKey:
		if why := s.whyNotPresented(by, act); why != "" {
			return out, why
		}
		out = append(out, &KeyPresented{Round: s.Round + 1, Private: act.Private})
		if s.sealed.given() == 0 {
			return out, ""
		}
		return m.open(s, by, act, out), ""
	}
	return out, ReasonForbidden
}

// Conduct decides the beginning of the next round, and that somebody does not
// take a part.
func (bySeal) Conduct(s *State, act Act, now Instant, out []Event) ([]Event, Reason) {
	switch act := act.(type) {
	case Decline:
		if !s.uniform() {
			return out, ReasonForbidden
		}
		e, why := s.decline(act)
		return append(out, e), why
	case OpenRound:
		going, runOff := s.sealedRoundDue()
		if len(going) == 0 {
			return out, ReasonNoRoundDue
		}
		return append(out, &SealedRoundOpened{
			Round: s.Round + 2, ClosesAt: now.Add(s.Rules.Sealed.RoundMs), Floor: s.top(), Going: going, RunOff: runOff,
		}), ""
	}
	return out, ReasonForbidden
}

// whyNoKey tells why an officer may not take keys, empty: they may. Two people
// take them, before the opening.
func (s *State) whyNoKey(by Actor, act TakeKey) Reason {
	d := s.sealed
	switch {
	case s.Phase != PhaseScheduled:
		return ReasonWrongPhase
	case d.ready() && d.keeperOf(by) < 0:
		return ReasonKeysTaken
	case len(act.Publics) != s.Rules.Sealed.Keys() || slices.ContainsFunc(act.Publics, sealsForAll):
		return ReasonBadKey
	}
	return ""
}

// whyNotPresented tells why a key opens nothing, empty: it does.
func (s *State) whyNotPresented(by Actor, act PresentKey) Reason {
	d := s.sealed
	i := d.keeperOf(by)
	switch {
	case s.Phase != PhaseClosed || d.unsealed || !s.mayHoldOffers():
		return ReasonWrongPhase
	case i < 0:
		return ReasonNoKeeper
	case d.keepers[i].given:
		return ReasonKeyGiven
	}
	if public, ok := publicOf(act.Private); !ok || public != d.keepers[i].publics[s.Round] {
		return ReasonBadKey
	}
	return ""
}

// open opens every box of the round with the key that is there and the one that
// has just come. What does not open, or holds what could not be offered, is
// void and stops nothing; so is an offer of somebody who already leads or has
// won as many lots as they may: it would bind them to one more. The rest follows
// in order, the best last, each with what holds after it, so that the room hears
// the best one last and shows it first.
func (bySeal) open(s *State, by Actor, second PresentKey, out []Event) []Event {
	var keys [2]Key
	for i, k := range s.sealed.keepers {
		if keys[i] = k.private; k.who == by {
			keys[i] = second.Private
		}
	}
	e := &Unsealed{Round: s.Round + 1}
	var opened []*OfferOpened
	for _, b := range s.bidders {
		if b.offer == nil {
			continue
		}
		offer, err := OpenBox(keys, s.Session, s.Round+1, b.Code, b.offer.cmd, b.offer.box)
		why := s.whyNotOffer(PutOffer{Amount: offer.Amount, Confirm: offer.Amount, Units: offer.Units})
		switch {
		case b.Out != "":
			e.Void = append(e.Void, VoidOffer{b.Code, b.Out})
		case err != nil:
			e.Void = append(e.Void, VoidOffer{b.Code, ReasonUnreadable})
		case why != "":
			e.Void = append(e.Void, VoidOffer{b.Code, why})
		case s.Leader != b.Code && s.limitsLots(b) && slices.Contains(second.Taken, b.Code):
			e.Void = append(e.Void, VoidOffer{b.Code, ReasonLotsTaken})
		default:
			opened = append(opened, &OfferOpened{Code: b.Code, Amount: offer.Amount, Offer: b.offer.seq, At: b.offer.at, Units: offer.Units})
		}
	}
	slices.SortFunc(opened, compareOffers)
	out = append(out, e)
	losing := Dong(0) // where it counts, there is no other round
	for i, o := range opened {
		if s.uniform() {
			o.Price = s.Rules.serve(opened[:i+1]).price
		} else {
			o.Price = s.toPay(o.Amount, losing)
		}
		losing = o.Amount
		out = append(out, o)
	}
	return out
}

func (bySeal) Show(s *State, n *Now) {
	n.Step = s.Rules.Step.At(max(n.Next, s.Rules.Start))
	n.Sealed = s.sealed.now(s)
}
