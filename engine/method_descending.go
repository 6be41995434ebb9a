package engine

func init() { Methods["descending"] = descending{} }

// descending is đặt giá xuống, the Dutch clock: the price falls from the start
// at equal intervals, and who first accepts the price that is being asked wins
// at once (rules DU1 and DU2). An acceptance is a PlaceBid that names that
// price exactly.
//
// What is asked follows from the end of bidding alone: the time left says how
// many prices are still to come. Whatever moves the end (a resumption, an
// outage credited, an extension by hand) therefore moves every fall that is
// still to come, and a clock that stands does not fall (rule DU3). A price that
// has been asked never rises again by itself: an extension asks the present
// price for longer. So the moment of receipt decides what an acceptance meets,
// never when a Tick happened to run; falls that were due before are recorded
// before it.
type descending struct{}

func (descending) Problems(r *Rules) (ps []Problem) {
	alien := func(when bool, field string) {
		if when {
			ps = append(ps, Problem{field, "not_for_method"})
		}
	}
	if r.Descent == nil {
		ps = append(ps, Problem{"descent", "missing"})
	} else {
		ps = append(ps, r.Descent.problems(r)...)
	}
	s := &r.Step
	alien(s.Kind != "" || s.Amount != 0 || len(s.Bands) > 0 || s.BasisPoints != 0, "step.kind") // the fall is in Descent
	alien(r.Closing != Closing{Kind: ClosingFixed}, "closing.kind")
	alien(r.Called != nil, "called")
	alien(r.Proxy, "proxy")
	alien(r.Reserve != nil, "reserve") // Floor is the least price, and public
	alien(r.ConfirmAbove != 0, "confirmAbove")
	alien(r.Cap != 0, "cap")
	alien(r.MinIntervalMs != 0, "minIntervalMs")
	alien(r.Hybrid != nil, "hybrid")
	alien(r.Sealed != nil, "sealed")
	return ps
}

func (descending) Opened(s *State, now Instant) *Opened { return s.opened(now) }

// Bid decides an acceptance: the first that names the price being asked closes
// the session in the same breath, so a second one finds it closed.
func (m descending) Bid(s *State, b *Bidder, act Act, now Instant, out []Event) []Event {
	asked := m.Next(s, s.Price, now)
	amount := amountOf(act)
	why := Reason("")
	_, raises := act.(RaiseMaximum)
	switch _, accepts := act.(PlaceBid); {
	case raises:
		why = ReasonNoProxy
	case !accepts:
		why = ReasonNotForMethod
	case amount <= 0 || amount > MaxDong:
		why = ReasonBadAmount
	case amount > asked:
		why = ReasonPricePassed
	case amount < asked:
		why = ReasonPriceNotReached
	}
	if why != "" {
		return append(out, &Refused{Act: act.ActName(), Code: b.Code, Amount: amount, Reason: why, Next: asked})
	}
	return append(out, &BidAccepted{Code: b.Code, Amount: amount, Level: amount, Price: amount, Leader: b.Code}, s.close())
}

// Next is the price being asked; zero once somebody has accepted.
func (m descending) Next(s *State, _ Dong, now Instant) Dong {
	if s.Leader != "" {
		return 0
	}
	return s.Rules.Descent.PriceAfter(s.Rules.Start, m.falls(s, now))
}

// last is how many falls lead to the floor.
func (descending) last(s *State) int { return int(s.Rules.BiddingMs/s.Rules.Descent.EveryMs) - 1 }

// falls is how often the price has fallen at a moment, recorded or not.
func (m descending) falls(s *State, now Instant) int {
	if s.Phase != PhaseRunning {
		return s.Falls
	}
	every, left := s.Rules.Descent.EveryMs, max(s.ClosesAt.Sub(now), 0)
	toCome := int((left + every - 1) / every) // prices that are still asked, this one included
	return max(s.Falls, min(m.last(s)+1-toCome, m.last(s)))
}

// fallAt is when a running session's price falls for the k-th time.
func (m descending) fallAt(s *State, k int) Instant {
	return s.ClosesAt.Add(-Millis(m.last(s)+1-k) * s.Rules.Descent.EveryMs)
}

// Due is the next fall, and after the last one the end.
func (m descending) Due(s *State) Instant { return m.fallAt(s, s.Falls+1) }

func (m descending) Tick(s *State, now Instant, out []Event) []Event {
	out = m.Overdue(s, now, out)
	if now >= s.ClosesAt {
		out = append(out, s.close()) // rule DU-09: nobody has accepted
	}
	return out
}

// Overdue records each fall that is due and not yet recorded, one by one.
func (m descending) Overdue(s *State, now Instant, out []Event) []Event {
	for k := s.Falls + 1; k <= m.falls(s, now); k++ {
		out = append(out, &Lowered{Price: s.Rules.Descent.PriceAfter(s.Rules.Start, k), Count: k, Due: m.fallAt(s, k)})
	}
	return out
}

// Standing: only the first acceptance ever counted, so nobody stands behind it.
func (descending) Standing(s *State, without ParticipantCode) (ParticipantCode, Dong) {
	if s.Leader == without {
		return "", 0
	}
	return s.Leader, s.Price
}

// Vacated lets the clock go on once who had accepted has left before the
// announcement (article 50): with the accepted price, or by the rules with the
// one before it, which is then asked for a whole interval.
func (m descending) Vacated(s *State, now Instant, out []Event) []Event {
	k := s.Falls
	if s.Rules.Descent.Preceding {
		k = max(k-1, 0)
	}
	closes := now.Add(Millis(m.last(s)+1-k) * s.Rules.Descent.EveryMs)
	return append(out, &Reopened{ClosesAt: closes, Price: s.Rules.Descent.PriceAfter(s.Rules.Start, k), Count: k})
}

// WhyClosed tells the slower of two that somebody else has accepted.
func (descending) WhyClosed(s *State, b *Bidder) Reason {
	switch s.Leader {
	case "":
		return ReasonClosed
	case b.Code:
		return ReasonOwnLead
	}
	return ReasonAlreadyTaken
}

// Show tells the room the next fall.
func (m descending) Show(s *State, n *Now) {
	n.Step = 0
	if s.Leader != "" || s.Phase.Final() || s.Phase == PhaseClosed || s.Falls >= m.last(s) {
		return
	}
	n.FallsTo = s.Rules.Descent.PriceAfter(s.Rules.Start, s.Falls+1)
	n.Step = n.Next - n.FallsTo
	switch s.Phase {
	case PhaseRunning:
		n.FallsAt = m.Due(s)
	case PhasePaused:
		n.FallsInMs = s.Remaining - Millis(m.last(s)-s.Falls)*s.Rules.Descent.EveryMs
	}
}
