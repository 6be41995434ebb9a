package engine

func init() { Methods["first_bid"] = firstBid{} }

// firstBid sells to whoever is the first to name the price: one bid, and the
// bidding is over. It is the example of docs/methods.md.
type firstBid struct{ timed }

func (m firstBid) Problems(r *Rules) []Problem {
	ps := m.timed.Problems(r)
	if r.Proxy {
		ps = append(ps, Problem{"proxy", "not_with_method"})
	}
	if r.Reserve != nil {
		ps = append(ps, Problem{"reserve", "not_with_method"})
	}
	return ps
}

func (firstBid) Bid(s *State, b *Bidder, act Act, _ Instant, out []Event) []Event {
	bid, ok := act.(PlaceBid)
	refuse := func(why Reason) []Event {
		return append(out, &Refused{Act: act.ActName(), Code: b.Code, Amount: amountOf(act), Reason: why, Next: s.NextMinimum()})
	}
	switch {
	case !ok:
		return refuse(ReasonNoProxy)
	case bid.Amount < s.Rules.Start:
		return refuse(ReasonBelowStart)
	case bid.Amount > s.Rules.Start:
		return refuse(ReasonAboveCap)
	}
	accepted := &BidAccepted{Code: b.Code, Amount: bid.Amount, Level: bid.Amount, Price: bid.Amount, Leader: b.Code}
	return append(out, accepted, s.close())
}

func (firstBid) Next(s *State, price Dong, _ Instant) Dong {
	if price == 0 {
		return s.Rules.Start
	}
	return 0
}

func (firstBid) Standing(s *State, without ParticipantCode) (ParticipantCode, Dong) {
	for _, b := range s.bidders {
		if b.Best != 0 && b.Out == "" && b.Code != without {
			return b.Code, b.Best
		}
	}
	return "", 0
}
