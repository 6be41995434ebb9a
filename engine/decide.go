package engine

// Decide says what a command makes happen at a moment, appended to out; the
// caller owns out and may pass one with room in it. It reads s and never
// writes it; equal arguments give equal events.
//
// The error is an answer too: *Refusal for what is refused without a record,
// *Repeated for a command that was decided before. Nothing else is returned,
// and out is then as it was. A session that has come to its end takes no more
// records: what the office was given is the whole of it.
func Decide(s *State, c Command, now Instant, out []Event) ([]Event, error) {
	if act, ok := c.Do.(Keeping); ok && staffInRoom[c.By.Role] {
		return decideKeeper(s, c, act, now, out)
	}
	switch c.By.Role {
	case RoleSystem:
		return decideSystem(s, c, now, out), nil
	case RoleBidder, RoleAuctioneer, RoleClerk, RoleObserver:
		return decidePerson(s, c, now, out)
	}
	return out, &Refusal{ReasonForbidden}
}

// decidePerson puts what the clock owes before what somebody does, so that the
// record tells both in the order in which they happened.
func decidePerson(s *State, c Command, now Instant, out []Event) ([]Event, error) {
	decide := decideBidder
	if c.By.Role != RoleBidder {
		if !mayConduct(c.By.Role, c.Do) {
			return out, &Refusal{ReasonForbidden}
		}
		decide = decideAuctioneer
	}
	decided, err := decide(s, c, now, s.method.Overdue(s, now, out))
	if err != nil {
		return out, err
	}
	return decided, nil
}

// mayConduct tells whether an act is one of a role's in the room.
func mayConduct(role Role, do Act) bool {
	_, clerical := do.(Clerical)
	_, seconding := do.(Seconding)
	switch role {
	case RoleAuctioneer:
		return true
	case RoleClerk:
		return clerical || seconding
	case RoleObserver:
		return seconding
	}
	return false
}

// staffInRoom are the roles in a room that may hold a key.
var staffInRoom = map[Role]bool{RoleAuctioneer: true, RoleRegistrar: true, RoleClerk: true, RoleObserver: true}

// decideKeeper decides an act with a key. It has a record, also where it is
// refused; the key that was refused has none.
func decideKeeper(s *State, c Command, act Keeping, now Instant, out []Event) ([]Event, error) {
	if err := s.judge(&s.staff, c); err != nil {
		return out, err
	}
	if key, ok := act.(PresentKey); ok {
		key.Taken = c.Taken
		act = key
	}
	keyed, ok := s.method.(Keyed)
	switch {
	case s.Phase.Final():
		return out, &Refusal{ReasonEnded}
	case !ok:
		return out, &Refusal{ReasonForbidden}
	}
	decided, why := keyed.Keep(s, c.By, act, now, out)
	if why != "" {
		return append(out, s.refuse(c, why, now)), nil
	}
	return decided, nil
}

// Deadline is the next moment at which a Tick has something to decide; zero:
// never.
func Deadline(s *State) Instant {
	switch s.Phase {
	case PhaseScheduled:
		if s.Rules.Opening == OpeningByClock && s.whyNotReady() == "" {
			return s.Rules.OpensAt
		}
	case PhaseRunning:
		return s.method.Due(s)
	}
	return 0
}

func decideSystem(s *State, c Command, now Instant, out []Event) []Event {
	switch act := c.Do.(type) {
	case Tick:
		if due := Deadline(s); due == 0 || now < due {
			return out
		}
		if s.Phase == PhaseScheduled {
			return append(out, s.method.Opened(s, now))
		}
		return s.method.Tick(s, now, out)
	case CreditOutage:
		return creditOutage(s, act.From, now, out)
	case Follow:
		return s.follow(act.Extension, out)
	}
	return out
}

// creditOutage gives a running session the time back that passed while it
// could not be reached, and at least RecoveryMinMs, so that people have the
// time to reconnect. A session whose end had passed before is left to the clock.
func creditOutage(s *State, from, now Instant, out []Event) []Event {
	from = max(from, s.lastHeard())
	if s.Phase != PhaseRunning || from >= s.ClosesAt || from >= now {
		return out
	}
	out = s.method.Overdue(s, from, out)
	closes := now.Add(max(s.ClosesAt.Sub(from), s.Rules.RecoveryMinMs))
	e := &OutageCredited{From: from, LostMs: now.Sub(from), ClosesAt: closes}
	if s.LatestAt != 0 {
		e.LatestAt = max(s.LatestAt.Add(now.Sub(from)), closes)
	}
	return append(out, e)
}

// opened begins bidding for the official time of the sheet.
func (s *State) opened(now Instant) *Opened {
	e := &Opened{ClosesAt: now.Add(s.Rules.BiddingMs)}
	if s.Rules.Closing.MaxTotalMs > 0 {
		e.LatestAt = e.ClosesAt.Add(s.Rules.Closing.MaxTotalMs)
	}
	return e
}

// takesBids is rule SC11: opens ≤ received < closes. The moment counts, not
// whether the clock's own command has come yet. Whose bids a round takes, and
// from when, is for whyNoBids.
func (s *State) takesBids(now Instant) bool { return s.Phase == PhaseRunning && now < s.ClosesAt }

func decideBidder(s *State, c Command, now Instant, out []Event) ([]Event, error) {
	b := s.byCode[ParticipantCode(c.By.Ref)]
	if b == nil {
		return out, &Refusal{ReasonNotAdmitted}
	}
	if err := s.judge(&b.memory, c); err != nil {
		return out, err
	}
	if s.Phase.Final() {
		return out, &Refusal{ReasonEnded}
	}
	switch act := c.Do.(type) {
	case CheckIn:
		return checkIn(s, b, now, out)
	case Bidding:
		if method, ok := s.method.(Screener); ok {
			if why := method.Screen(s, act); why != "" {
				return out, &Refusal{why}
			}
		}
		if why := s.whyNoBids(b, now); why != "" {
			return append(out, s.refuse(c, why, now)), nil
		}
		if why := s.whyOverLimit(b, act, c.Free); why != "" {
			return append(out, s.refuseOverLimit(c, why, now)), nil
		}
		return s.method.Bid(s, b, act, now, out), nil
	case Withdraw:
		if why := s.whyNoWithdrawal(b, act); why != "" {
			return append(out, s.refuse(c, why, now)), nil
		}
		leader, price := s.method.Standing(s, b.Code)
		out = append(out, &Withdrawn{Code: b.Code, Price: price, Leader: leader})
		return s.vacated(b.Code, now, out), nil
	}
	return out, &Refusal{ReasonForbidden}
}

// refuse is the record of an attempt that was not accepted.
func (s *State) refuse(c Command, why Reason, now Instant) *Refused {
	e := &Refused{Act: c.Do.ActName(), Amount: amountOf(c.Do), Reason: why, Next: s.nextAt(now)}
	if c.By.Role == RoleBidder {
		e.Code = ParticipantCode(c.By.Ref)
		return e
	}
	code, text := saidWith(c.Do)
	if s.byCode[code] != nil {
		e.Code = code
	}
	if textMalformed(text) == "" {
		e.Text = text
	}
	return e
}

// saidWith is the participant and the sentence that an act of the staff names, so
// that also the record of a refusal says what was tried, and why.
func saidWith(do Act) (ParticipantCode, string) {
	switch act := do.(type) {
	case Pause:
		return "", act.Reason
	case Resume:
		return "", act.Reason
	case Stop:
		return "", act.Reason
	case Cancel:
		return "", act.Reason
	case Say:
		return "", act.Text
	case Extend:
		return "", act.Reason
	case Disqualify:
		return act.Code, act.Reason
	case Decline:
		return act.Code, act.Reason
	case Announce:
		return act.Winner, ""
	case FloorCheckIn:
		return act.Code, ""
	case Undo:
		return act.Code, act.Reason
	case ConfirmUndo:
		return act.Code, ""
	case DropUndo:
		return act.Code, act.Reason
	case Reopen:
		return "", act.Reason
	}
	return "", ""
}

// checkIn is refused without a record: each reason stays true for good, so
// that the same command cannot be answered otherwise later.
func checkIn(s *State, b *Bidder, now Instant, out []Event) ([]Event, error) {
	switch {
	case b.CheckedIn:
		return out, &Refusal{ReasonAlreadyCheckedIn}
	case b.Out != "":
		return out, &Refusal{ReasonDisqualified}
	case s.Phase == PhaseClosed || s.Phase == PhaseRunning && !s.takesBids(now) && s.turns == nil: // a turn's end is not the session's
		return out, &Refusal{ReasonClosed}
	}
	return append(out, &CheckedIn{Code: b.Code}), nil
}

// whyNoBids tells why no bid of b is taken at a moment, whatever its amount;
// empty: it is.
func (s *State) whyNoBids(b *Bidder, now Instant) Reason {
	switch {
	case !b.CheckedIn:
		return ReasonNotCheckedIn
	case b.Out != "":
		return ReasonDisqualified
	case s.Phase == PhaseScheduled:
		return ReasonNotOpen
	case s.Phase == PhasePaused:
		return ReasonPaused
	case !s.takesBids(now):
		return s.method.WhyClosed(s, b)
	case !s.mayBidInRound(b):
		return ReasonNotInRound
	case s.inGap(now):
		return ReasonBetweenRounds
	}
	return ""
}

// vacated appends what follows from somebody's losing the right to bid, where
// that was the leader of a closed session.
func (s *State) vacated(code ParticipantCode, now Instant, out []Event) []Event {
	if s.Phase != PhaseClosed || s.Leader != code {
		return out
	}
	return s.method.Vacated(s, now, out)
}

// whyNoWithdrawal tells why b may not take back the leading bid; empty: b may,
// until the winner is announced.
func (s *State) whyNoWithdrawal(b *Bidder, act Withdraw) Reason {
	switch {
	case !b.CheckedIn:
		return ReasonNotCheckedIn
	case b.Out != "":
		return ReasonDisqualified
	case b.Best == 0:
		return ReasonNothingToWithdraw
	case !s.leads(b):
		return ReasonNotLeading
	case act.Confirm != b.Code:
		return ReasonConfirmMismatch
	}
	return ""
}
