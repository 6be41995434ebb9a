package engine

func init() { Methods["ascending"] = ascending{} }

// ascending is trả giá lên: the highest valid bid leads. Without Rules.Proxy
// the amount of a bid is the price. With it the amount is a maximum, and
//
//	price = min(M1, M2 + step(M2))
//
// where M1 is the highest maximum and M2 the highest of anybody else; the
// earlier of equal maxima wins (rules PX1 to PX7). A hidden reserve changes the
// price (rules RS2, RS3), see withReserve.
type ascending struct{ timed }

// Problems adds that rounds do not go with maxima: a maximum would bid for
// somebody whom a round has left behind.
func (m ascending) Problems(r *Rules) []Problem {
	ps := m.timed.Problems(r)
	if r.Proxy && r.Closing.Kind == ClosingRounds {
		ps = append(ps, Problem{"closing.kind", "not_with_maxima"})
	}
	if r.BuyNow != nil {
		ps = append(ps, r.BuyNow.problems(r)...)
	}
	return ps
}

func (m ascending) Bid(s *State, b *Bidder, act Act, now Instant, out []Event) []Event {
	switch act := act.(type) {
	case PlaceBid:
		return m.place(s, b, act, now, out)
	case RaiseMaximum:
		return m.raise(s, b, act, now, out)
	case Buy:
		if why := s.whyNotBuy(act.Amount); why != "" {
			return append(out, &Refused{Act: ActBuy, Code: b.Code, Amount: act.Amount, Reason: why, Next: s.NextMinimum()})
		}
		return s.buy(b, act, out)
	}
	return append(out, &Refused{Act: act.ActName(), Code: b.Code, Reason: ReasonNotForMethod, Next: s.NextMinimum()})
}

func (m ascending) place(s *State, b *Bidder, bid PlaceBid, now Instant, out []Event) []Event {
	if why, steps := m.whyNotBid(s, b, bid, now); why != "" {
		return append(out, &Refused{Act: ActBid, Code: b.Code, Amount: bid.Amount, Reason: why, Next: s.NextMinimum(), Steps: steps})
	}
	if s.reachesBuyNow(bid.Amount) {
		return s.buy(b, bid, out) // rule BN-01
	}
	if s.Rules.Proxy {
		out = m.acceptMaximum(s, b, bid.Amount, out)
	} else {
		out = append(out, &BidAccepted{Code: b.Code, Amount: bid.Amount, Level: bid.Amount, Price: bid.Amount, Leader: b.Code})
	}
	// Every accepted bid of somebody else than the leader changes the leader or
	// the price, so rule SC8 lets each of them extend.
	return s.extendByRule(now, out)
}

// raise lets the leader lift its own maximum. The price moves only where it
// had been capped below M2 + step(M2), to meet the reserve, or below one that
// reveals; the end never moves (rule PX5).
func (m ascending) raise(s *State, b *Bidder, act RaiseMaximum, now Instant, out []Event) []Event {
	if why, steps := m.whyNotRaise(s, b, act, now); why != "" {
		return append(out, &Refused{Act: ActRaise, Code: b.Code, Amount: act.Amount, Reason: why, Next: s.NextMinimum(), Steps: steps})
	}
	if s.reachesBuyNow(act.Amount) {
		return s.buy(b, act, out)
	}
	price := max(s.Price, s.proxyPrice(act.Amount, m.second(s, b.Code)))
	return append(out, &Raised{Code: b.Code, Amount: act.Amount, Price: price})
}

// whyNotBid tells why a bid is refused, empty: it is not. With the typo guard
// it also says how many steps the amount lies above the next minimum.
func (ascending) whyNotBid(s *State, b *Bidder, bid PlaceBid, now Instant) (Reason, Dong) {
	next := s.NextMinimum()
	switch {
	case bid.Amount <= 0 || bid.Amount > MaxDong:
		return ReasonBadAmount, 0
	case s.Leader == b.Code:
		return ReasonOwnLead, 0
	case bid.Amount < s.Rules.Start:
		return ReasonBelowStart, 0
	case bid.Amount > s.Rules.AmountCap() || next == 0:
		return ReasonAboveCap, 0
	case bid.Amount < next:
		return ReasonTooLow, 0
	}
	return s.whyNotAmount(b, bid.Amount, bid.Confirm, now)
}

// whyNotRaise tells why a participant may not lift the own maximum.
func (ascending) whyNotRaise(s *State, b *Bidder, raise RaiseMaximum, now Instant) (Reason, Dong) {
	switch {
	case !s.Rules.Proxy:
		return ReasonNoProxy, 0
	case raise.Amount <= 0 || raise.Amount > MaxDong:
		return ReasonBadAmount, 0
	case s.Leader != b.Code:
		return ReasonNotLeading, 0
	case raise.Amount <= b.Best:
		return ReasonMaximumNotHigher, 0
	case raise.Amount > s.Rules.AmountCap():
		return ReasonAboveCap, 0
	}
	return s.whyNotAmount(b, raise.Amount, raise.Confirm, now)
}

// whyNotAmount is what bids and maxima have in common: the grid of steps, the
// pace, and the typo guard, for which an amount far above the next minimum must
// be named twice.
func (s *State) whyNotAmount(b *Bidder, amount, confirm Dong, now Instant) (Reason, Dong) {
	switch {
	case !s.Rules.OnGrid(amount):
		return ReasonOffStep, 0
	case b.LastBidAt != 0 && now.Sub(b.LastBidAt) < s.Rules.MinIntervalMs:
		return ReasonTooFast, 0
	case s.Rules.ConfirmAbove == 0 || confirm == amount:
		return "", 0
	}
	steps := s.Rules.stepsOver(s.nextAt(now), s.Price, amount)
	switch {
	case steps <= Dong(s.Rules.ConfirmAbove):
		return "", 0
	case confirm == 0:
		return ReasonConfirmNeeded, steps
	}
	return ReasonConfirmMismatch, steps
}

// defence is a bid that a standing maximum answers, in one allocation.
type defence struct {
	bid  BidAccepted
	move AutoRaised
}

// acceptMaximum finds price and leader after a challenger's maximum.
func (ascending) acceptMaximum(s *State, b *Bidder, amount Dong, out []Event) []Event {
	leader := s.byCode[s.Leader]
	if leader == nil {
		price := s.withReserve(amount, s.Rules.Start)
		return append(out, &BidAccepted{Code: b.Code, Amount: amount, Level: price, Price: price, Leader: b.Code})
	}
	if amount <= leader.Best {
		price := min(leader.Best, amount+s.Rules.Step.At(amount))
		both := &defence{
			BidAccepted{Code: b.Code, Amount: amount, Level: amount, Price: price, Leader: leader.Code},
			AutoRaised{Code: leader.Code, Level: price, Cause: b.Code},
		}
		return append(out, &both.bid, &both.move)
	}
	if leader.Best > s.Price {
		out = append(out, &AutoRaised{Code: leader.Code, Level: leader.Best, Cause: b.Code})
	}
	price := s.withReserve(amount, min(amount, leader.Best+s.Rules.Step.At(leader.Best)))
	return append(out, &BidAccepted{Code: b.Code, Amount: amount, Level: price, Price: price, Leader: b.Code})
}

// Standing returns leader and price as if one participant had never bid.
func (m ascending) Standing(s *State, without ParticipantCode) (ParticipantCode, Dong) {
	first := m.best(s, without, "")
	if first == nil {
		return "", 0
	}
	if !s.Rules.Proxy || first.Code == s.bought {
		return first.Code, first.Best
	}
	second := Dong(0)
	if b := m.best(s, without, first.Code); b != nil {
		second = b.Best
	}
	return first.Code, s.proxyPrice(first.Best, second)
}

// WhyClosed tells the slower of two that somebody else has bought (rule BN-04).
func (m ascending) WhyClosed(s *State, b *Bidder) Reason {
	switch s.bought {
	case "":
		return m.timed.WhyClosed(s, b)
	case b.Code:
		return ReasonOwnLead
	}
	return ReasonAlreadyTaken
}

// Show tells the room whether it can still be bought at once, or was.
func (m ascending) Show(s *State, n *Now) {
	m.timed.Show(s, n)
	switch s.Phase {
	case PhaseScheduled, PhaseRunning, PhasePaused:
		n.BuyNow = s.offersBuyNow()
	case PhaseClosed, PhaseAnnounced:
		n.Bought = s.bought != "" && s.bought == s.Leader
	}
}

// second is the highest maximum of anybody but the leader, zero if none.
func (m ascending) second(s *State, leader ParticipantCode) Dong {
	if b := m.best(s, leader, ""); b != nil {
		return b.Best
	}
	return 0
}

// best is who has the highest amount, the earlier of equals, leaving out two.
func (ascending) best(s *State, notA, notB ParticipantCode) *Bidder {
	var best *Bidder
	for _, b := range s.bidders {
		if b.Best == 0 || b.Out != "" || b.Code == notA || b.Code == notB {
			continue
		}
		if best == nil || b.Best > best.Best || b.Best == best.Best && b.BestSeq < best.BestSeq {
			best = b
		}
	}
	return best
}

// proxyPrice is rule PX1 and what a hidden reserve makes of it.
func (s *State) proxyPrice(first, second Dong) Dong {
	if second == 0 {
		return s.withReserve(first, s.Rules.Start)
	}
	return s.withReserve(first, min(first, second+s.Rules.Step.At(second)))
}

// withReserve is what a hidden reserve makes of the price of rule PX1: a
// maximum that reaches the reserve lifts the price to it (RS2). Below it the
// price stays, or under reveal is the whole maximum (RS3): the second one then
// plays no part, and because the next bid has to beat a price that is the
// maximum itself, no two maxima below the reserve are equal.
func (s *State) withReserve(maximum, price Dong) Dong {
	switch {
	case s.secret == nil:
		return price
	case maximum >= s.secret.Reserve:
		return max(price, s.secret.Reserve)
	case s.Rules.ReserveKind == ReserveReveal:
		return maximum
	}
	return price
}
