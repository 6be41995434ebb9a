package engine

import (
	"strings"
	"unicode/utf8"
)

// Decide says what a command makes happen at a moment, appended to out; the
// caller owns out and may pass one with room in it. It reads s and never
// writes it; equal arguments give equal events.
//
// The error is an answer too: *Refusal for what is refused without a record,
// *Repeated for a command that was decided before. Nothing else is returned.
func Decide(s *State, c Command, now Instant, out []Event) ([]Event, error) {
	switch c.By.Role {
	case RoleSystem:
		return decideSystem(s, c, now, out), nil
	case RoleBidder:
		return decideBidder(s, c, now, out)
	case RoleAuctioneer:
		return decideAuctioneer(s, c, now, out)
	}
	return out, &Refusal{ReasonForbidden}
}

// Deadline is the next moment at which a Tick has something to decide; zero:
// never.
func Deadline(s *State) Instant {
	switch s.Phase {
	case PhaseScheduled:
		if s.Rules.Opening == OpeningByClock {
			return s.Rules.OpensAt
		}
	case PhaseRunning:
		return s.ClosesAt
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
			return append(out, s.open(now))
		}
		return append(out, &Closed{ReserveMet: s.ReserveMet || s.secret == nil})
	case CreditOutage:
		return creditOutage(s, act.From, now, out)
	}
	return out
}

// creditOutage gives a running session the time back that passed while it
// could not be reached, and at least RecoveryMinMs, so that people have the
// time to reconnect. A session whose end had passed before is left to the clock.
func creditOutage(s *State, from, now Instant, out []Event) []Event {
	from = max(from, s.LastAt)
	if s.Phase != PhaseRunning || from >= s.ClosesAt || from >= now {
		return out
	}
	closes := now.Add(max(s.ClosesAt.Sub(from), s.Rules.RecoveryMinMs))
	e := &OutageCredited{From: from, LostMs: now.Sub(from), ClosesAt: closes}
	if s.LatestAt != 0 {
		e.LatestAt = max(s.LatestAt.Add(now.Sub(from)), closes)
	}
	return append(out, e)
}

// open is the event that begins bidding at a moment.
func (s *State) open(now Instant) *Opened {
	e := &Opened{ClosesAt: now.Add(s.Rules.BiddingMs)}
	if s.Rules.Closing.MaxTotalMs > 0 {
		e.LatestAt = e.ClosesAt.Add(s.Rules.Closing.MaxTotalMs)
	}
	return e
}

func decideBidder(s *State, c Command, now Instant, out []Event) ([]Event, error) {
	b := s.byCode[ParticipantCode(c.By.Ref)]
	if b == nil {
		return out, &Refusal{ReasonNotAdmitted}
	}
	if err := b.memory.judge(c); err != nil {
		return out, err
	}
	if _, ok := c.Do.(CheckIn); ok {
		return checkIn(s, b, out)
	}
	if !b.CheckedIn {
		return out, &Refusal{ReasonNotCheckedIn}
	}
	switch act := c.Do.(type) {
	case PlaceBid, RaiseMaximum:
		if reason := s.whyNoBids(b, now); reason != "" {
			return append(out, &Refused{Act: c.Do.ActName(), Code: b.Code, Amount: amountOf(c.Do), Reason: reason, Next: s.NextMinimum()}), nil
		}
		return s.method.Bid(s, b, c.Do, now, out), nil
	case Withdraw:
		return withdraw(s, b, act, out), nil
	}
	return out, &Refusal{ReasonForbidden}
}

func checkIn(s *State, b *Bidder, out []Event) ([]Event, error) {
	switch {
	case b.CheckedIn:
		return out, &Refusal{ReasonAlreadyCheckedIn}
	case b.Out != "":
		return out, &Refusal{ReasonDisqualified}
	case s.Phase.Final():
		return out, &Refusal{ReasonEnded}
	case s.Phase == PhaseClosed:
		return out, &Refusal{ReasonClosed}
	}
	return append(out, &CheckedIn{b.Code}), nil
}

// whyNoBids tells why no bid of b is taken at a moment, whatever its amount;
// empty: it is. Valid means opens ≤ received < closes (rule SC11).
func (s *State) whyNoBids(b *Bidder, now Instant) Reason {
	switch {
	case s.Phase.Final():
		return ReasonEnded
	case b.Out != "":
		return ReasonDisqualified
	case s.Phase == PhaseScheduled:
		return ReasonNotOpen
	case s.Phase == PhasePaused:
		return ReasonPaused
	case s.Phase == PhaseClosed || now >= s.ClosesAt:
		return ReasonClosed
	}
	return ""
}

func withdraw(s *State, b *Bidder, act Withdraw, out []Event) []Event {
	refuse := func(r Reason) []Event {
		return append(out, &Refused{Act: ActWithdraw, Code: b.Code, Reason: r, Next: s.NextMinimum()})
	}
	switch {
	case s.Phase.Final():
		return refuse(ReasonEnded)
	case b.Out != "":
		return refuse(ReasonDisqualified)
	case b.Best == 0:
		return refuse(ReasonNothingToWithdraw)
	case s.Leader != b.Code:
		return refuse(ReasonNotLeading)
	case act.Confirm != b.Code:
		return refuse(ReasonConfirmMismatch)
	}
	leader, price := s.method.Standing(s, b.Code)
	return append(out, &Withdrawn{Code: b.Code, Price: price, Leader: leader})
}

func decideAuctioneer(s *State, c Command, now Instant, out []Event) ([]Event, error) {
	if err := s.staff.judge(c); err != nil {
		return out, err
	}
	e, reason := conduct(s, c.Do, now)
	if reason != "" {
		return append(out, &Refused{Act: c.Do.ActName(), Amount: amountOf(c.Do), Reason: reason, Next: s.NextMinimum()}), nil
	}
	return append(out, e), nil
}

// conduct decides one act of the auctioneer: the event, or why not.
func conduct(s *State, do Act, now Instant) (Event, Reason) {
	if s.Phase.Final() {
		return nil, ReasonEnded
	}
	switch act := do.(type) {
	case Open:
		return s.openByHand(now)
	case Pause:
		return s.pause(act, now)
	case Resume:
		return s.resume(act, now)
	case Stop:
		return &Stopped{act.Reason}, textMissing(act.Reason)
	case Cancel:
		return &Cancelled{act.Reason}, textMissing(act.Reason)
	case Say:
		return &Said{act.Text}, textMissing(act.Text)
	case Extend:
		return s.extendByHand(act)
	case Disqualify:
		return s.disqualify(act)
	case Announce:
		return s.announce(act)
	}
	return nil, ReasonForbidden
}

func (s *State) openByHand(now Instant) (Event, Reason) {
	switch {
	case s.Phase != PhaseScheduled:
		return nil, ReasonWrongPhase
	case now < s.Rules.OpensAt:
		return nil, ReasonTooEarly
	}
	return s.open(now), ""
}

func (s *State) pause(act Pause, now Instant) (Event, Reason) {
	if s.Phase != PhaseRunning || now >= s.ClosesAt {
		return nil, ReasonWrongPhase
	}
	return &Paused{RemainingMs: s.ClosesAt.Sub(now), Reason: act.Reason}, textMissing(act.Reason)
}

func (s *State) resume(act Resume, now Instant) (Event, Reason) {
	if s.Phase != PhasePaused {
		return nil, ReasonWrongPhase
	}
	e := &Resumed{ClosesAt: now.Add(s.Remaining), Reason: act.Reason}
	if s.LatestAt != 0 {
		e.LatestAt = s.LatestAt.Add(now.Sub(s.PausedAt))
	}
	return e, textTooLong(act.Reason)
}

func (s *State) extendByHand(act Extend) (Event, Reason) {
	switch {
	case s.Phase != PhaseRunning:
		return nil, ReasonWrongPhase
	case act.By < 1000 || act.By > 24*3600*1000:
		return nil, ReasonBadDuration
	}
	e := &Extended{ClosesAt: s.ClosesAt.Add(act.By), Count: s.Extensions, Reason: act.Reason}
	if s.LatestAt != 0 {
		e.LatestAt = s.LatestAt.Add(act.By)
	}
	return e, textMissing(act.Reason)
}

func (s *State) disqualify(act Disqualify) (Event, Reason) {
	b := s.byCode[act.Code]
	switch {
	case b == nil:
		return nil, ReasonUnknownCode
	case b.Out != "":
		return nil, ReasonAlreadyOut
	}
	e := &Disqualified{Code: act.Code, Reason: act.Reason, Price: s.Price, Leader: s.Leader}
	if b.Best > 0 {
		e.Leader, e.Price = s.method.Standing(s, act.Code)
	}
	return e, textMissing(act.Reason)
}

// Proposal is what the system proposes once bidding is over. It becomes the
// result only by the auctioneer's announcement (article 52; rule 16).
func (s *State) Proposal() Result {
	leader := s.byCode[s.Leader]
	switch {
	case leader == nil && s.Bids > 0:
		return Result{Outcome: OutcomeFailed, Ground: GroundWithdrawn}
	case leader == nil:
		return Result{Outcome: OutcomeFailed, Ground: GroundNoBid}
	case !s.ReserveMet:
		return Result{Outcome: OutcomeFailed, Ground: GroundBelowReserve}
	}
	return Result{Outcome: OutcomeSold, Winner: leader.Code, Price: s.Price, BidAt: leader.BestAt, BidSeq: leader.BestSeq}
}

func (s *State) announce(act Announce) (Event, Reason) {
	if s.Phase != PhaseClosed {
		return nil, ReasonWrongPhase
	}
	p := s.Proposal()
	if act.Winner != p.Winner || act.Price != p.Price {
		return nil, ReasonResultChanged
	}
	return &Announced{p}, ""
}

func textMissing(text string) Reason {
	if strings.TrimSpace(text) == "" {
		return ReasonTextNeeded
	}
	return textTooLong(text)
}

func textTooLong(text string) Reason {
	if utf8.RuneCountInString(text) > maxTextRunes {
		return ReasonTextTooLong
	}
	return ""
}
