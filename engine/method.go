package engine

// Method is how a price is found. A method is pure: equal arguments give equal
// events. It reads s and never writes it. It is called on the goroutine that
// owns s, by Decide, and blocks on nothing.
//
// A method is one file and one line in Methods; it embeds timed where a session
// does nothing but end when its time is over.
type Method interface {
	// Problems names what the method cannot work with in a rules sheet, beside
	// what holds for all of them. It is called while a sheet is checked, without
	// a session.
	Problems(r *Rules) []Problem
	// Bid decides an act of Bidding of a participant who may bid in a running
	// session, and appends what happens to out. A refusal is an event; an act the
	// method does not know is refused with ReasonNotForMethod.
	Bid(s *State, p *Bidder, act Act, now Instant, out []Event) []Event
	// Opened is the event that begins bidding at a moment.
	Opened(s *State, now Instant) *Opened
	// Next is the amount the next bid must at least name at a moment while the
	// price is `price`, zero before the first bid. Zero: none can be taken.
	Next(s *State, price Dong, now Instant) Dong
	// Due is when the clock has the next thing to decide in a running session.
	Due(s *State) Instant
	// Tick decides what the clock does in a running session at Due or later,
	// and appends it to out.
	Tick(s *State, now Instant, out []Event) []Event
	// Overdue appends what the clock has brought by now and no Tick has recorded
	// yet. Decide puts it before what a participant or the auctioneer does.
	Overdue(s *State, now Instant, out []Event) []Event
	// Standing returns leader and price if nobody in `without` had ever bid.
	Standing(s *State, without ParticipantCode) (leader ParticipantCode, price Dong)
	// Vacated appends what follows in a closed session from its leader's leaving,
	// by a withdrawal or a disqualification. s is still as it was before.
	Vacated(s *State, now Instant, out []Event) []Event
	// WhyClosed tells why b's bid is not taken because bidding is over.
	WhyClosed(s *State, b *Bidder) Reason
	// Show fills in what only sessions of this method show the room.
	Show(s *State, n *Now)
}

// Conductor is a Method with acts of the auctioneer beside those that every
// session has, such as calling a lot for the third time.
type Conductor interface {
	Method
	// Conduct decides one of them and appends what happens to out, or tells why
	// it is refused. ReasonForbidden: the method has no such act.
	Conduct(s *State, act Act, now Instant, out []Event) ([]Event, Reason)
}

// Screener is a Method that turns some attempts to bid away without a record,
// because nothing of them may be kept (rule SE2).
type Screener interface {
	Method
	// Screen tells why an act is turned away, empty: it is not. What it says must
	// stay true for the same command, which is screened again when it comes again.
	Screen(s *State, act Bidding) Reason
}

// Keyed is a Method whose offers are opened by the keys of officers.
type Keyed interface {
	Method
	// Keep decides an act with a key and appends what happens to out, or tells
	// why it is refused.
	Keep(s *State, by Actor, act Keeping, now Instant, out []Event) ([]Event, Reason)
}

// Methods is the one place where a method is made known.
var Methods = map[string]Method{}

// timed is what methods have in common whose bidding ends when its time is over
// and whose price rises by steps.
type timed struct{}

func (timed) Problems(r *Rules) []Problem {
	ps := append(r.Step.problems(r.Start), r.Closing.problems()...)
	if r.Descent != nil {
		ps = append(ps, Problem{"descent", "not_for_method"})
	}
	if r.Sealed != nil {
		ps = append(ps, Problem{"sealed", "not_for_method"})
	}
	if r.Hybrid != nil {
		ps = append(ps, Problem{"hybrid", "not_for_method"})
	}
	if r.Called != nil {
		ps = append(ps, Problem{"called", "not_for_method"})
	}
	return ps
}

func (timed) Opened(s *State, now Instant) *Opened { return s.opened(now) }

func (timed) Next(s *State, price Dong, _ Instant) Dong { return s.Rules.NextMinimum(price) }

func (timed) Due(s *State) Instant { return s.ClosesAt }

// Tick ends a period: a round follows where the closing has them, or bidding is
// over. It is one event, so there is no moment in between.
func (timed) Tick(s *State, now Instant, out []Event) []Event {
	if round := s.nextRound(now); round != nil {
		return append(out, round)
	}
	return append(out, s.close())
}

func (timed) Overdue(_ *State, _ Instant, out []Event) []Event { return out }

// Vacated: who stands behind the leader leads, and bidding stays over.
func (timed) Vacated(_ *State, _ Instant, out []Event) []Event { return out }

func (timed) WhyClosed(*State, *Bidder) Reason { return ReasonClosed }

func (timed) Show(s *State, n *Now) { n.Step = s.Rules.Step.At(max(s.Price, s.Rules.Start)) }

// close is the event that ends the bidding time.
func (s *State) close() *Closed { return &Closed{ReserveMet: s.ReserveMet || s.secret == nil} }
