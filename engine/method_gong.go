package engine

func init() { Methods["gong"] = gong{} }

// Gong (hỏi giá theo vòng) is what makes the clock of a session with rounds of
// silence.
type Gong struct {
	SilenceMs Millis `json:"silenceMs"` // without a move for so long, bidding ends
}

// Limits of the silence: nobody answers within less than five seconds.
const (
	minSilenceMs = Millis(5_000)
	maxSilenceMs = Millis(3600 * 1000)
)

// gong sells in rounds, each at a price that is asked (rule TX1): the first is
// one step above the start, and whoever agrees to it, or raises it by whole
// steps, takes the round. The next one asks a step more than what was taken.
// Silence for Gong.SilenceMs ends the bidding, as does Rules.BiddingMs after
// the opening at the latest, whatever the round (TX-07, TX-08, SC-16).
//
// To agree is a PlaceBid that names the price of the round; to raise, one that
// names more. Of two who agree to the same price the second is refused: the
// round is taken, and the page asks it again at the next price. The end moves
// with the bid in one event, so there is no moment in between. An opponent's
// withdrawal lowers the price that is asked and leaves the clock alone.
type gong struct{ ascending }

func (m gong) Problems(r *Rules) []Problem {
	ps := m.timed.Problems(r)
	bad := func(when bool, field, code string) {
		if when {
			ps = append(ps, Problem{field, code})
		}
	}
	bad(r.Gong == nil, "gong", "missing")
	bad(r.Gong != nil && (r.Gong.SilenceMs < minSilenceMs || r.Gong.SilenceMs > maxSilenceMs || r.Gong.SilenceMs > r.BiddingMs), "gong.silenceMs", "out_of_range")
	bad(r.Step.Kind != StepFixed, "step.kind", "not_for_method")
	bad(r.Closing != Closing{Kind: ClosingFixed}, "closing.kind", "not_for_method")
	bad(r.Proxy, "proxy", "not_for_method")
	bad(r.Reserve != nil, "reserve", "not_for_method")
	bad(r.Start > 0 && r.Start <= r.AmountCap() && r.Step.Amount > r.AmountCap()-r.Start, "cap", "below_first_step")
	return ps
}

// Opened: the first silence begins, and the latest end is set.
func (gong) Opened(s *State, now Instant) *Opened {
	latest := now.Add(s.Rules.BiddingMs)
	return &Opened{ClosesAt: min(now.Add(s.Rules.Gong.SilenceMs), latest), LatestAt: latest}
}

func (m gong) Bid(s *State, b *Bidder, act Act, now Instant, out []Event) []Event {
	bid, ok := act.(PlaceBid)
	why, steps := ReasonNotForMethod, Dong(0)
	if ok {
		why, steps = m.whyNotBid(s, b, bid, now)
	}
	if why != "" {
		return append(out, &Refused{Act: act.ActName(), Code: b.Code, Amount: amountOf(act), Reason: why, Next: m.Next(s, s.Price, now), Steps: steps})
	}
	end := max(s.ClosesAt, min(now.Add(s.Rules.Gong.SilenceMs), s.LatestAt))
	return append(out, &BidAccepted{Code: b.Code, Amount: bid.Amount, Level: bid.Amount, Price: bid.Amount, Leader: b.Code, ClosesAt: end})
}

// Next is the price that the round asks: a step above the start or above what
// was taken last.
func (gong) Next(s *State, price Dong, _ Instant) Dong {
	return s.Rules.NextMinimum(max(price, s.Rules.Start))
}
