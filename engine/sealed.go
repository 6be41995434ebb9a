package engine

import "slices"

// Sealed is how sealed offers (bỏ phiếu gián tiếp) are counted. Where there are
// rounds, the next one is for those with a valid offer in the round before, and
// an offer in it must lie at least a step above the highest so far.
type Sealed struct {
	Pricing Pricing `json:"pricing"`           // what the winner pays
	Rounds  int     `json:"rounds"`            // rounds at most, from 1; none follows where fewer than two would go on
	RunOffs int     `json:"runOffs,omitempty"` // further rounds among those who are tied for the highest; else the earlier last change wins (rule SE1)
	RoundMs Millis  `json:"roundMs,omitempty"` // length of every round but the first, which takes Rules.BiddingMs
	Units   int     `json:"units,omitempty"`   // identical units that are sold, where all pay one price (rule MU1); amounts are then per unit
}

// Pricing says what a winner of sealed offers pays.
type Pricing string

// The ways to pay. A winner under the second price pays the highest losing
// offer, the start price where there is none, and never less than a hidden
// reserve (rule VI1). The uniform price is that of several units, see
// Rules.serve (rule MU1).
const (
	PricingFirst   Pricing = "first"
	PricingSecond  Pricing = "second"
	PricingUniform Pricing = "uniform"
)

// Limits of sealed rounds. Each has a key of its own, and all of an officer's
// public keys come in one command.
const (
	MaxSealedRounds = 20
	minSealedMs     = Millis(10_000)
	maxSealedMs     = Millis(24 * 3600 * 1000)
)

// Keys is how many keys each keeper takes: one for every round there may be.
func (r *Sealed) Keys() int { return r.Rounds + r.RunOffs }

func (r *Sealed) problems() (ps []Problem) {
	bad := func(when bool, field, code string) {
		if when {
			ps = append(ps, Problem{"sealed." + field, code})
		}
	}
	second := r.Pricing == PricingSecond
	bad(r.Pricing != PricingFirst && !second && !r.uniform(), "pricing", "unknown")
	bad(r.Rounds < 1 || r.Rounds > MaxSealedRounds, "rounds", "out_of_range")
	bad(r.RunOffs < 0 || r.RunOffs > MaxSealedRounds-max(r.Rounds, 0), "runOffs", "out_of_range")
	// After an opening everybody knows what the others offer: a second price
	// would then be theirs to choose. A tie has the same price either way.
	bad(second && r.Rounds > 1, "rounds", "not_with_second_price")
	bad(second && r.RunOffs > 0, "runOffs", "not_with_second_price")
	if r.Rounds > 1 || r.RunOffs > 0 {
		bad(r.RoundMs < minSealedMs || r.RoundMs > maxSealedMs, "roundMs", "out_of_range")
	} else {
		bad(r.RoundMs != 0, "roundMs", "not_needed")
	}
	return ps
}

// sealed is what a session of sealed offers keeps beside the rest. The offers
// of the present round are with their bidders.
type sealed struct {
	keepers  []keeper // at most two, in the order in which they took their keys
	floor    Dong     // highest price before this round, zero: none
	unsealed bool     // the present round has been opened
	runOff   bool     // the present round is one among the tied
	runOffs  int      // how many of them have been held
	void     []VoidOffer
	// Several units, see units.go.
	offers   []*OfferOpened // that count, worst first
	unopened int            // offers of the opening that goes on
	changes  int            // to what would be announced, since the opening

	deskCount Seq     // records that the desk heard of
	heardAt   Instant // when the last of them was
}

// keeper is an officer who holds a key.
type keeper struct {
	who     Actor
	publics []Key // one for each round
	private Key   // of the present round, once presented
	given   bool
}

// sealedOffer is a participant's last offer of the present round.
type sealedOffer struct {
	cmd CommandID
	seq Seq
	at  Instant
	box []byte
}

// SealRound is the present round of sealed offers, from 1, with the public
// keys that seal an offer in it, the inner seal's first. False: none is sealed,
// because the session has no sealed offers or the keys are not taken yet. The
// owner of the session asks, who seals.
func (s *State) SealRound() (round int, publics [2]Key, ok bool) {
	if s.sealed == nil || !s.sealed.ready() {
		return 0, publics, false
	}
	for i := range publics {
		publics[i] = s.sealed.keepers[i].publics[s.Round]
	}
	return s.Round + 1, publics, true
}

// TellsNoCounts tells whether nothing may leave the session that says how many
// offers were made or tried (rule SE2): no record number and no measurement.
func (s *State) TellsNoCounts() bool { return s.sealed != nil }

// DeskHears tells whether the desk is told of an event: of sealed offers it
// hears no more than the room, not even that somebody tried.
func (s *State) DeskHears(e Event) bool {
	switch e := e.(type) {
	case *OfferSealed, *OfferTakenBack:
		return false
	case *Refused:
		return s.sealed == nil || e.Code == ""
	}
	return true
}

// lastHeard is when the last record was made that others may know of: an outage
// that was reckoned from an offer would tell that there was one.
func (s *State) lastHeard() Instant {
	if s.sealed != nil {
		return s.sealed.heardAt
	}
	return s.LastAt
}

// ready tells whether both keys are taken: before that nothing can be sealed.
func (d *sealed) ready() bool { return len(d.keepers) == 2 }

// whyNotReady tells why a session cannot open yet, empty: it can. Where offers
// are sealed the two keys come first; the clock opens as soon as they have.
func (s *State) whyNotReady() Reason {
	if s.sealed != nil && !s.sealed.ready() {
		return ReasonKeysMissing
	}
	return ""
}

// whySealedGoesOn tells why a closed session has no result yet, empty: it has.
func (s *State) whySealedGoesOn() Reason {
	if !s.sealed.unsealed && s.mayHoldOffers() {
		return ReasonStillSealed
	}
	if going, _ := s.sealedRoundDue(); len(going) > 0 {
		return ReasonRoundDue
	}
	return ""
}

// given is how many keys of the present round have been presented.
func (d *sealed) given() (n int) {
	for _, k := range d.keepers {
		if k.given {
			n++
		}
	}
	return n
}

// keeperOf is the place of an officer among the keepers, -1: none.
func (d *sealed) keeperOf(who Actor) int {
	return slices.IndexFunc(d.keepers, func(k keeper) bool { return k.who == who })
}

// applyKeyTaken puts an officer's keys in their place. Who takes keys again
// before the opening has lost the first ones.
func (d *sealed) applyKeyTaken(who Actor, e *KeyTaken) {
	if i := d.keeperOf(who); i >= 0 {
		d.keepers[i].publics = e.Publics
		return
	}
	d.keepers = append(d.keepers, keeper{who: who, publics: e.Publics})
}

func (d *sealed) applyKeyPresented(who Actor, e *KeyPresented) {
	k := &d.keepers[d.keeperOf(who)]
	k.private, k.given = e.Private, true
}

// applyUnsealed begins the opening of a round; the offers follow, worst first.
func (s *State) applyUnsealed(e *Unsealed) {
	s.sealed.unsealed, s.sealed.void = true, e.Void
	for _, b := range s.bidders {
		if b.offer != nil {
			s.sealed.unopened++
		}
	}
	s.sealed.unopened -= len(e.Void)
}

// applyOfferOpened makes an offer one that everybody knows.
func (s *State) applyOfferOpened(e *OfferOpened) {
	b := s.byCode[e.Code]
	b.Best, b.BestSeq, b.BestAt, b.Level = e.Amount, e.Offer, e.At, e.Amount
	b.bidRound = s.Round + 1
	b.rows = append(b.rows, row{s.Feed, e.Amount})
	s.Bids++
	s.Leader = e.Code
	s.setPrice(e.Price)
	s.sealed.unopened--
	if s.uniform() {
		b.units = e.Units
		s.sealed.offers = append(s.sealed.offers, e)
		s.noteUnits()
	}
}

// applySealedRound begins a further round: nobody has an offer in it yet.
func (s *State) applySealedRound(r Record, e *SealedRoundOpened) {
	d := s.sealed
	s.Phase, s.ClosedAt, s.ClosesAt, s.Round, s.roundFrom = PhaseRunning, 0, e.ClosesAt, e.Round-1, s.own(r.At)
	s.going = len(e.Going)
	d.floor, d.unsealed, d.void, d.runOff = e.Floor, false, nil, e.RunOff
	if e.RunOff {
		d.runOffs++
	}
	for i := range d.keepers {
		d.keepers[i].private, d.keepers[i].given = Key{}, false
	}
	for _, b := range s.bidders {
		b.offer = nil
	}
	for _, code := range e.Going {
		s.byCode[code].going = s.Round
	}
}

// sealedRoundDue is who would go on into a further round, empty: none is due.
// After the rounds of the sheet, those who are tied for the highest go into a
// run-off as often as the sheet says, unless nobody has gone higher in the last.
func (s *State) sealedRoundDue() (going []ParticipantCode, runOff bool) {
	d, r := s.sealed, s.Rules.Sealed
	if s.Phase != PhaseClosed || !d.unsealed || s.NextMinimum() == 0 {
		return nil, false
	}
	leader := s.byCode[s.Leader]
	runOff = s.Round+1 >= r.Rounds
	if leader == nil || runOff && d.runOffs >= r.RunOffs {
		return nil, false
	}
	for _, b := range s.bidders {
		if s.bidInPeriod(b) && (!runOff || b.Best == leader.Best) {
			going = append(going, b.Code)
		}
	}
	if len(going) < 2 {
		return nil, false
	}
	return going, runOff
}

// now is what the room may know of sealed offers.
func (d *sealed) now(s *State) *SealedNow {
	n := &SealedNow{
		Round: s.Round + 1, Keys: len(d.keepers), Given: d.given(), Opened: d.unsealed, Void: len(d.void),
		Floor: d.floor, RunOff: d.runOff, Going: s.going, Units: s.unitsNow(),
	}
	switch going, runOff := s.sealedRoundDue(); {
	case len(going) == 0:
	case runOff:
		n.Due = DueRunOff
	default:
		n.Due = DueRound
	}
	if s.Round > 0 && !s.Rules.HideCodes && s.going <= MaxRoundCodes {
		for _, b := range s.bidders {
			if b.going == s.Round && b.Out == "" {
				n.Codes = append(n.Codes, b.Code)
			}
		}
	}
	return n
}
