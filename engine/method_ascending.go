package engine

func init() { Methods["ascending"] = ascending{} }

// ascending is trả giá lên: the highest valid bid leads. Without Rules.Proxy
// the amount of a bid is the price. With it the amount is a maximum, and
//
//	price = min(M1, M2 + step(M2))
//
// where M1 is the highest maximum and M2 the highest of anybody else; the
// earlier of equal maxima wins (rules PX1 to PX7).
type ascending struct{}

func (m ascending) Bid(s *State, b *Bidder, act Act, now Instant, out []Event) []Event {
	if raise, ok := act.(RaiseMaximum); ok {
		return m.raise(s, b, raise, out)
	}
	bid := act.(PlaceBid)
	if refused := m.why(s, b, bid, now); refused != nil {
		return append(out, refused)
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

// why returns the refusal of a bid, or nil.
func (ascending) why(s *State, b *Bidder, bid PlaceBid, now Instant) *Refused {
	r := &Refused{Act: ActBid, Code: b.Code, Amount: bid.Amount, Next: s.NextMinimum()}
	switch {
	case bid.Amount <= 0 || bid.Amount > MaxDong:
		r.Reason = ReasonBadAmount
	case s.Leader == b.Code:
		r.Reason = ReasonOwnLead
	case bid.Amount < s.Rules.Start:
		r.Reason = ReasonBelowStart
	case bid.Amount < r.Next:
		r.Reason = ReasonTooLow
	case bid.Amount > s.Rules.AmountCap():
		r.Reason = ReasonAboveCap
	case !s.Rules.OnGrid(bid.Amount):
		r.Reason = ReasonOffStep
	case b.LastBidAt != 0 && now.Sub(b.LastBidAt) < s.Rules.MinIntervalMs:
		r.Reason = ReasonTooFast
	default:
		return confirmTypo(s, r, bid.Confirm)
	}
	return r
}

// confirmTypo is the typo guard: an amount far above the next minimum must be
// named twice.
func confirmTypo(s *State, r *Refused, confirm Dong) *Refused {
	steps := s.Rules.StepsAbove(s.Price, r.Amount)
	switch {
	case s.Rules.ConfirmAbove == 0 || steps <= Dong(s.Rules.ConfirmAbove) || confirm == r.Amount:
		return nil
	case confirm == 0:
		r.Reason = ReasonConfirmNeeded
	default:
		r.Reason = ReasonConfirmMismatch
	}
	r.Steps = steps
	return r
}

// acceptMaximum finds price and leader after a challenger's maximum.
func (ascending) acceptMaximum(s *State, b *Bidder, amount Dong, out []Event) []Event {
	leader := s.byCode[s.Leader]
	if leader == nil {
		price := s.liftToReserve(amount, s.Rules.Start)
		return append(out, &BidAccepted{Code: b.Code, Amount: amount, Level: price, Price: price, Leader: b.Code})
	}
	if amount <= leader.Best {
		price := min(leader.Best, amount+s.Rules.Step.At(amount))
		return append(out,
			&BidAccepted{Code: b.Code, Amount: amount, Level: amount, Price: price, Leader: leader.Code},
			&AutoRaised{Code: leader.Code, Level: price, Cause: b.Code})
	}
	if leader.Best > s.Price {
		out = append(out, &AutoRaised{Code: leader.Code, Level: leader.Best, Cause: b.Code})
	}
	price := s.liftToReserve(amount, min(amount, leader.Best+s.Rules.Step.At(leader.Best)))
	return append(out, &BidAccepted{Code: b.Code, Amount: amount, Level: price, Price: price, Leader: b.Code})
}

// raise lets the leader lift its own maximum. The price moves only where it
// had been capped below M2 + step(M2), or to meet the reserve; the end never
// moves (rule PX5).
func (m ascending) raise(s *State, b *Bidder, act RaiseMaximum, out []Event) []Event {
	r := &Refused{Act: ActRaise, Code: b.Code, Amount: act.Amount, Next: s.NextMinimum()}
	switch {
	case !s.Rules.Proxy:
		r.Reason = ReasonNoProxy
	case act.Amount <= 0 || act.Amount > MaxDong:
		r.Reason = ReasonBadAmount
	case s.Leader != b.Code:
		r.Reason = ReasonNotLeading
	case act.Amount <= b.Best:
		r.Reason = ReasonMaximumNotHigher
	case act.Amount > s.Rules.AmountCap():
		r.Reason = ReasonAboveCap
	case !s.Rules.OnGrid(act.Amount):
		r.Reason = ReasonOffStep
	default:
		if r = confirmTypo(s, r, act.Confirm); r == nil {
			price := max(s.Price, s.proxyPrice(act.Amount, m.second(s, b.Code)))
			return append(out, &Raised{Code: b.Code, Amount: act.Amount, Price: price})
		}
	}
	return append(out, r)
}

// Standing returns leader and price as if one participant had never bid.
func (m ascending) Standing(s *State, without ParticipantCode) (ParticipantCode, Dong) {
	first := m.best(s, without, "")
	if first == nil {
		return "", 0
	}
	if !s.Rules.Proxy {
		return first.Code, first.Best
	}
	second := Dong(0)
	if b := m.best(s, without, first.Code); b != nil {
		second = b.Best
	}
	return first.Code, s.proxyPrice(first.Best, second)
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

// proxyPrice is rule PX1, lifted to a reserve that the maximum reaches.
func (s *State) proxyPrice(first, second Dong) Dong {
	if second == 0 {
		return s.liftToReserve(first, s.Rules.Start)
	}
	return s.liftToReserve(first, min(first, second+s.Rules.Step.At(second)))
}

// liftToReserve is the classic reserve (rules RS2, RS3): a maximum that
// reaches it lifts the price to it.
func (s *State) liftToReserve(maximum, price Dong) Dong {
	if s.secret != nil && maximum >= s.secret.Reserve {
		return max(price, s.secret.Reserve)
	}
	return price
}
