package engine

func init() { Methods["hybrid"] = insider{} }

// insider is a falling price, sealed offers and a last answer in one session
// (rule SE3; "Dutch" on Prozorro.Sale). The first who accepts the falling price
// has it unless somebody offers more under seal; the highest of those offers
// has it unless who accepted first answers with more still. So a low price is
// not the end of the sale, and to accept early is worth something: the last
// word.
//
// A stage is the method that it is: descending decides the falling price and
// bySeal the offers. Between them is only who may speak.
type insider struct {
	falls  descending
	offers bySeal
}

func (insider) Problems(r *Rules) (ps []Problem) {
	missing := func(when bool, field string) {
		if when {
			ps = append(ps, Problem{field, "missing"})
		}
	}
	alien := func(when bool, field string) {
		if when {
			ps = append(ps, Problem{field, "not_for_method"})
		}
	}
	missing(r.Descent == nil, "descent")
	missing(r.Sealed == nil, "sealed")
	missing(r.Hybrid == nil, "hybrid")
	if r.Descent != nil {
		ps = append(ps, r.Descent.problems(r)...)
	}
	if r.Sealed != nil {
		ps = append(ps, r.Sealed.problems()...)
	}
	if r.Hybrid != nil {
		ps = append(ps, r.Hybrid.problems(r)...)
	}
	ps = append(ps, r.Step.problems(r.Start)...)
	alien(r.Closing != Closing{Kind: ClosingFixed}, "closing.kind")
	alien(r.Proxy, "proxy")
	alien(r.Reserve != nil, "reserve") // the lowest price of the clock is public
	alien(r.MinIntervalMs != 0, "minIntervalMs")
	return ps
}

func (m insider) Opened(s *State, now Instant) *Opened { return m.falls.Opened(s, now) }

// Screen keeps no trace of an offer that is none.
func (m insider) Screen(s *State, act Bidding) Reason {
	if _, ok := act.(PutOffer); ok && s.hybrid.stage == StageOffers {
		return m.offers.Screen(s, act)
	}
	return ""
}

func (m insider) Bid(s *State, b *Bidder, act Act, now Instant, out []Event) []Event {
	refuse := func(why Reason) []Event {
		return append(out, &Refused{Act: act.ActName(), Code: b.Code, Amount: amountOf(act), Reason: why, Next: m.Next(s, s.Price, now)})
	}
	_, prices := act.(PlaceBid)
	switch stage := s.hybrid.stage; {
	case stage == StageFalling && prices:
		return m.accept(s, b, act, now, out)
	case stage == StageOffers && prices && s.hybrid.first == b.Code:
		return refuse(ReasonOwnLead)
	case stage == StageOffers && prices:
		return refuse(ReasonAlreadyTaken) // also where who was faster has withdrawn since
	case stage == StageOffers && s.hybrid.first == b.Code:
		return refuse(ReasonLastWord)
	case stage == StageOffers:
		return m.offers.Bid(s, b, act, now, out)
	case stage == StageAnswer && s.hybrid.first != b.Code:
		return refuse(ReasonAnotherIsAsked)
	case stage == StageAnswer && prices:
		if why := m.whyNotAnswer(s, b, act.(PlaceBid)); why != "" {
			return refuse(why)
		}
		amount := amountOf(act)
		return append(out, &BidAccepted{Code: b.Code, Amount: amount, Level: amount, Price: amount, Leader: b.Code}, s.close())
	}
	return refuse(ReasonNotForMethod)
}

// accept takes the falling price: instead of closing, the offers begin.
func (m insider) accept(s *State, b *Bidder, act Act, now Instant, out []Event) []Event {
	out = m.falls.Bid(s, b, act, now, out)
	closed := len(out) - 1
	if _, ok := out[closed].(*Closed); ok {
		out[closed] = &StageOpened{Stage: StageOffers, ClosesAt: now.Add(s.Rules.Hybrid.OffersMs), First: b.Code, Price: amountOf(act)}
	}
	return out
}

// whyNotAnswer tells why an answer is none: it must lie a step above the
// highest offer.
func (insider) whyNotAnswer(s *State, b *Bidder, act PlaceBid) Reason {
	switch next := s.Rules.NextMinimum(s.Price); {
	case act.Amount <= 0 || act.Amount > MaxDong:
		return ReasonBadAmount
	case act.Amount > s.Rules.AmountCap() || next == 0:
		return ReasonAboveCap
	case act.Amount < next:
		return ReasonTooLow
	case s.Rules.ConfirmAbove == 0 || act.Confirm == act.Amount || s.Rules.StepsAbove(s.Price, act.Amount) <= Dong(s.Rules.ConfirmAbove):
		return ""
	case act.Confirm == 0:
		return ReasonConfirmNeeded
	}
	return ReasonConfirmMismatch
}

// Next is the price being asked, the least offer, or the least answer.
func (m insider) Next(s *State, price Dong, now Instant) Dong {
	switch s.hybrid.stage {
	case StageOffers:
		return m.offers.Next(s, price, now)
	case StageAnswer:
		return s.Rules.NextMinimum(price)
	}
	if s.Leader != "" { // accepted, and the record of the next stage follows
		return s.Rules.NextMinimum(price)
	}
	return m.falls.Next(s, price, now)
}

func (m insider) Due(s *State) Instant {
	if s.hybrid.stage == StageFalling {
		return m.falls.Due(s)
	}
	return s.ClosesAt
}

func (m insider) Tick(s *State, now Instant, out []Event) []Event {
	if s.hybrid.stage == StageFalling {
		return m.falls.Tick(s, now, out)
	}
	return append(out, s.close())
}

func (m insider) Overdue(s *State, now Instant, out []Event) []Event {
	if s.hybrid.stage == StageFalling {
		return m.falls.Overdue(s, now, out)
	}
	return out
}

// Standing is the order of all that was named aloud: the acceptance, the offers
// once they are opened, the answer.
func (m insider) Standing(s *State, without ParticipantCode) (ParticipantCode, Dong) {
	return m.offers.Standing(s, without)
}

// Vacated: who stands behind the leader leads, and the stages stay over. The
// clock does not go on: what was offered meanwhile was offered above a price
// that somebody took.
func (insider) Vacated(_ *State, _ Instant, out []Event) []Event { return out }

func (m insider) WhyClosed(s *State, b *Bidder) Reason {
	if s.hybrid.stage == StageFalling {
		return m.falls.WhyClosed(s, b)
	}
	return ReasonClosed
}

// Keep adds the last stage to an opening that brought offers, while who is
// asked then may still answer.
func (m insider) Keep(s *State, by Actor, act Keeping, now Instant, out []Event) ([]Event, Reason) {
	out, why := m.offers.Keep(s, by, act, now, out)
	if why != "" || len(out) == 0 {
		return out, why
	}
	best, opened := out[len(out)-1].(*OfferOpened)
	if first := s.byCode[s.hybrid.first]; opened && first.Out == "" && s.Rules.NextMinimum(best.Price) != 0 {
		out = append(out, &StageOpened{Stage: StageAnswer, ClosesAt: now.Add(s.Rules.Hybrid.AnswerMs), First: first.Code, Price: best.Price})
	}
	return out, ""
}

func (m insider) Show(s *State, n *Now) {
	if s.hybrid.stage == StageFalling {
		m.falls.Show(s, n)
		n.Sealed = s.sealed.now(s)
	} else {
		m.offers.Show(s, n)
	}
	n.Hybrid = &HybridNow{Stage: s.hybrid.stage, First: s.shown(s.hybrid.first)}
}
