package engine

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// decideAuctioneer decides one act of the auctioneer, or of the clerk. Each has a record, also
// where it is refused.
func decideAuctioneer(s *State, c Command, now Instant, out []Event) ([]Event, error) {
	if err := s.judge(&s.staff, c); err != nil {
		return out, err
	}
	if s.Phase.Final() {
		return out, &Refusal{ReasonEnded}
	}
	switch act := c.Do.(type) {
	case FloorBid:
		act.Free = c.Free
		c.Do = act
	case ConfirmUndo:
		act.By = c.By.Ref
		c.Do = act
	}
	e, why := conduct(s, c.Do, now)
	if own, ok := s.method.(Conductor); ok && why == ReasonForbidden {
		var decided []Event
		if decided, why = own.Conduct(s, c.Do, now, out); why == "" {
			return decided, nil
		}
	}
	switch {
	case why == ReasonForbidden:
		return out, &Refusal{why}
	case why != "":
		return append(out, s.refuse(c, why, now)), nil
	}
	out = append(out, e)
	if e, ok := e.(*Disqualified); ok {
		out = s.vacated(e.Code, now, out)
	}
	return out, nil
}

// conduct finds the event of an act, or why there is none.
func conduct(s *State, do Act, now Instant) (Event, Reason) {
	switch act := do.(type) {
	case Open:
		return s.openByHand(act, now)
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
		return s.extendByHand(act, now)
	case Disqualify:
		return s.disqualify(act)
	case Announce:
		return s.announce(act)
	}
	return nil, ReasonForbidden
}

func (s *State) openByHand(act Open, now Instant) (Event, Reason) {
	switch {
	case s.Phase != PhaseScheduled:
		return nil, ReasonWrongPhase
	case now < s.Rules.OpensAt:
		return nil, ReasonTooEarly
	case act.EarlierGoesOn:
		return nil, ReasonEarlierLotOpen
	}
	if why := s.whyNotReady(); why != "" {
		return nil, why
	}
	return s.method.Opened(s, now), ""
}

func (s *State) pause(act Pause, now Instant) (Event, Reason) {
	if !s.takesBids(now) {
		return nil, ReasonWrongPhase
	}
	return &Paused{RemainingMs: s.ClosesAt.Sub(now), Reason: act.Reason}, textMissing(act.Reason)
}

// resume gives the frozen time back, and as much to the latest end.
func (s *State) resume(act Resume, now Instant) (Event, Reason) {
	if s.Phase != PhasePaused {
		return nil, ReasonWrongPhase
	}
	e := &Resumed{ClosesAt: now.Add(s.Remaining), Reason: act.Reason}
	if s.LatestAt != 0 {
		e.LatestAt = s.LatestAt.Add(now.Sub(s.PausedAt))
	}
	return e, textMalformed(act.Reason)
}

// extendByHand moves the end, and the latest end with it: that one limits what
// bids may do to the end, not the auctioneer, whose act has a name and a reason.
func (s *State) extendByHand(act Extend, now Instant) (Event, Reason) {
	switch {
	case !s.takesBids(now):
		return nil, ReasonWrongPhase
	case act.By < minExtendMs || act.By > maxExtendMs:
		return nil, ReasonBadDuration
	}
	e := &Extended{ClosesAt: s.ClosesAt.Add(act.By), Count: s.Extensions, Reason: act.Reason}
	if s.LatestAt != 0 {
		e.LatestAt = s.LatestAt.Add(act.By)
	}
	return e, textMissing(act.Reason)
}

// Limits of one extension by hand: nobody notices less than a second, and
// beyond a day the session wants another date.
const (
	minExtendMs = Millis(1000)
	maxExtendMs = Millis(24 * 3600 * 1000)
)

// disqualify takes a participant out. Under Rules.Proxy the price falls also
// where the participant did not lead: rule PX1 holds among those who remain,
// and nobody pays for a rival whose bids count no more.
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
// result only by the auctioneer's announcement (article 52).
func (s *State) Proposal() Result {
	leader := s.byCode[s.Leader]
	switch {
	case leader == nil:
		return Result{Outcome: OutcomeFailed, Ground: s.whyNobody()}
	case !s.ReserveMet:
		return Result{Outcome: OutcomeFailed, Ground: GroundBelowReserve}
	}
	return Result{Outcome: OutcomeSold, Winner: leader.Code, Price: s.Price, BidAt: leader.BestAt, BidSeq: leader.BestSeq, Awards: s.awards()}
}

// whyNobody tells why a session ended without a leader. Bids of the
// disqualified alone count as no bid.
func (s *State) whyNobody() Ground {
	for _, b := range s.bidders {
		if b.Out == ReasonWithdrawn {
			return GroundWithdrawn
		}
	}
	return GroundNoBid
}

func (s *State) announce(act Announce) (Event, Reason) {
	if s.Phase != PhaseClosed {
		return nil, ReasonWrongPhase
	}
	if s.sealed != nil {
		if why := s.whySealedGoesOn(); why != "" {
			return nil, why
		}
	}
	p := s.Proposal()
	if act.Winner != p.Winner || act.Price != p.Price || s.unitsChanged(act) {
		return nil, ReasonResultChanged
	}
	return &Announced{p}, ""
}

// textMissing tells what is wrong with a sentence that must be given. What
// nobody can see is no sentence.
func textMissing(text string) Reason {
	if !strings.ContainsFunc(text, visible) {
		return ReasonTextNeeded
	}
	return textMalformed(text)
}

func visible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// textMalformed refuses what is no text for people. Bytes that are not UTF-8
// would not survive the journal, PostgreSQL takes no NUL, and a character that
// turns the direction of writing would rearrange an amount on the page.
func textMalformed(text string) Reason {
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unprintable):
		return ReasonTextNeeded
	case utf8.RuneCountInString(text) > maxTextRunes:
		return ReasonTextTooLong
	}
	return ""
}

func unprintable(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r)
}
