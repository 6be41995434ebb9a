package engine

// Plate rounds (rule SC9) are how VPA ends an auction of number plates: when a
// valid bid falls into the last WindowMs of the bidding time, a round of ByMs
// follows, and another after it in the same way, up to MaxCount rounds and
// never past MaxTotalMs after the first end.
//
// Who goes on are the participants with a valid bid anywhere in the period
// before, not only in its last seconds: the Quy chế says "chỉ những người có
// trả giá hợp lệ ở vòng trước". The last seconds only decide whether there is
// a next round. Where a single one would go on, there is none: that person has
// won at the end of the period.
//
// A bid that was taken back, or whose bidder was disqualified, has never been:
// it opens no round and carries nobody on. Time that stood still (a pause, an
// outage) is not counted by the window, and time given by hand moves it.

// MaxRounds is the most rounds a rules sheet may have.
const MaxRounds = 100

// maxGapMs is the longest gap between two rounds: people wait in it without
// being able to do anything.
const maxGapMs = Millis(60_000)

// period is the bidding time between two decisions about a round: the main
// time or one round.
type period struct {
	on   int     // participants still in who bid validly in it
	last Instant // their last valid bid, on the session's own clock
}

// own turns a moment into one on the session's own clock, which stands still
// in pauses and outages.
func (s *State) own(at Instant) Instant { return at.Add(-s.frozen) }

// noteBid counts a valid bid in its period.
func (s *State) noteBid(b *Bidder, at Instant) {
	if !s.bidInPeriod(b) {
		s.period.on++
	}
	b.bidRound, b.bidAt = s.Round+1, s.own(at)
	s.period.last = b.bidAt
}

// bidInPeriod tells whether b has a valid bid in the present period.
func (s *State) bidInPeriod(b *Bidder) bool { return b.Out == "" && b.bidRound == s.Round+1 }

// goesOn tells whether b would go on if another round followed the period.
func (s *State) goesOn(b *Bidder) bool {
	return s.Rules.Closing.Kind == ClosingRounds && !s.Phase.Final() && s.bidInPeriod(b)
}

// recountPeriod finds the period again after somebody went out.
func (s *State) recountPeriod() {
	s.period = period{}
	for _, b := range s.bidders {
		if s.bidInPeriod(b) {
			s.period.on++
			s.period.last = max(s.period.last, b.bidAt)
		}
	}
}

// mayBidInRound tells whether the rounds leave b the right to bid; true
// wherever there are none.
func (s *State) mayBidInRound(b *Bidder) bool { return s.Round == 0 || b.going == s.Round }

// roundFollows tells whether another round follows the present period as
// things stand. Only bids, withdrawals, disqualifications and acts that move
// the end can still change that.
func (s *State) roundFollows() bool {
	c := &s.Rules.Closing
	return c.Kind == ClosingRounds && s.Round < c.MaxCount && s.period.on > 1 &&
		s.own(s.ClosesAt).Sub(s.period.last) <= c.WindowMs &&
		(s.LatestAt == 0 || s.ClosesAt.Add(c.GapMs) < s.LatestAt)
}

// nextRound is the round that begins at the end of a period, nil: none does.
// The latest end cuts it short.
func (s *State) nextRound(now Instant) *RoundOpened {
	if !s.roundFollows() {
		return nil
	}
	c := &s.Rules.Closing
	e := &RoundOpened{Round: s.Round + 1, OpensAt: now.Add(c.GapMs)}
	e.ClosesAt = e.OpensAt.Add(c.ByMs)
	if s.LatestAt != 0 {
		e.ClosesAt = min(e.ClosesAt, s.LatestAt)
	}
	if e.ClosesAt <= e.OpensAt {
		return nil // the clock came so late that no time is left
	}
	e.Going = make([]ParticipantCode, 0, s.period.on)
	for _, b := range s.bidders {
		if s.bidInPeriod(b) {
			e.Going = append(e.Going, b.Code)
		}
	}
	return e
}

// applyRound begins a round.
func (s *State) applyRound(e *RoundOpened) {
	s.Round, s.ClosesAt, s.roundFrom = e.Round, e.ClosesAt, s.own(e.OpensAt)
	s.period, s.going = period{}, len(e.Going)
	for _, code := range e.Going {
		s.byCode[code].going = e.Round
	}
}

// inGap tells whether the present round has yet to begin.
func (s *State) inGap(now Instant) bool { return s.own(now) < s.roundFrom }

// roundNow is what the room may know of the rounds, nil where the rules have
// none or bidding has not begun. It says how many may bid, never who where
// codes are hidden, and nothing of who has bid in the period: from that number
// a reader could tell which hidden bids are one person's.
func (s *State) roundNow() *RoundNow {
	if s.Rules.Closing.Kind != ClosingRounds || s.Phase == PhaseScheduled || s.OpenedAt == 0 {
		return nil
	}
	n := &RoundNow{Round: s.Round, Going: s.going}
	if s.Phase == PhaseRunning || s.Phase == PhasePaused {
		n.Follows = s.roundFollows()
	}
	if s.Phase == PhaseRunning && s.Rules.Closing.GapMs > 0 && s.Round > 0 {
		n.OpensAt = s.roundFrom.Add(s.frozen)
	}
	if s.Round > 0 && !s.Rules.HideCodes && s.going <= MaxRoundCodes {
		n.Codes = make([]ParticipantCode, 0, s.going)
		for _, b := range s.bidders {
			if b.going == s.Round && b.Out == "" {
				n.Codes = append(n.Codes, b.Code)
			}
		}
	}
	return n
}
