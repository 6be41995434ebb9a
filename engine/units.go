package engine

import (
	"cmp"
	"slices"
)

// MaxUnits is how many units a lot may have, and so how many may win it. All
// winners stand in one record, which everybody in the room is sent at once and
// every newcomer again: 500 are 45 KB, which a line of 140 kbit/s takes in
// three seconds; 10,000 of the longest codes would be more than a journal takes
// as one record. Whoever sells more sells them in bundles.
const MaxUnits = 500

// Award (phần trúng) is what one winner of a lot of several units gets (rule
// MU1).
type Award struct {
	Code   ParticipantCode `json:"code"`
	Units  int             `json:"units"`
	Wanted int             `json:"wanted,omitempty"` // what was asked for, where that is more
	Price  Dong            `json:"price"`            // per unit, the same for everybody
	BidAt  Instant         `json:"bidAt"`            // when the offer was received
	BidSeq Seq             `json:"bidSeq"`           // its record
}

// Total is what the winner pays.
func (a Award) Total() Dong { return a.Price * Dong(a.Units) }

// AwardsOf is what each winner gets, first in the order first; nil where nothing
// is sold. A lot that is sold as one has one award, of one unit.
func (r *Result) AwardsOf() []Award {
	if r.Outcome != OutcomeSold || len(r.Awards) > 0 {
		return r.Awards
	}
	return []Award{{Code: r.Winner, Units: 1, Price: r.Price, BidAt: r.BidAt, BidSeq: r.BidSeq}}
}

// Decline records, before the announcement, that a winner who gets less than
// was asked for does not take the part. It costs the winner nothing.
type Decline struct {
	Code   ParticipantCode
	Reason string
}

func (Decline) ActName() ActName { return ActDecline }

// PartDeclined takes the offer of somebody out who would have got only a part
// of it. Price and leader are those without it: the order is gone through
// again.
type PartDeclined struct {
	Code   ParticipantCode `json:"code"`
	Reason string          `json:"reason"`
	Price  Dong            `json:"price"`
	Leader ParticipantCode `json:"leader"`
}

func (*PartDeclined) Kind() EventKind { return KindPartDeclined }

// problemsOfUnits names what does not go with several units at one price. One
// opening decides: afterwards everybody knows what the others want. A hidden
// reserve would be a second start price, and a limit across lots is one of lots.
func (r *Rules) problemsOfUnits() (ps []Problem) {
	bad := func(when bool, field, code string) {
		if when {
			ps = append(ps, Problem{field, code})
		}
	}
	s := r.Sealed
	if !s.uniform() {
		bad(s.Units != 0, "sealed.units", "not_needed")
		return ps
	}
	bad(s.Units < 2, "sealed.units", "out_of_range")
	bad(s.Units > MaxUnits, "sealed.units", "too_many_units")
	bad(s.Rounds > 1, "sealed.rounds", "not_with_uniform_price")
	bad(s.RunOffs > 0, "sealed.runOffs", "not_with_uniform_price")
	bad(r.Reserve != nil, "reserve", "not_with_uniform_price")
	bad(r.Group != nil, "group", "not_with_uniform_price")
	return ps
}

func (r *Sealed) uniform() bool { return r.Pricing == PricingUniform }

// compareOffers is the order of an opening, worst first: price, then units,
// then the later last change (rules SE1, MU-06). A lot sold as one has no
// units.
func compareOffers(a, b *OfferOpened) int {
	return cmp.Or(cmp.Compare(a.Amount, b.Amount), cmp.Compare(a.Units, b.Units), cmp.Compare(b.Offer, a.Offer))
}

// serving is how the units of a lot go to the offers for them.
type serving struct {
	wanted  int  // units that all offers ask for
	sold    int  // units that go to somebody
	winners int  // offers that get units: the first so many in the order
	part    int  // units that the last of them gets
	price   Dong // per unit, zero: there is no offer
}

// serve gives the units to offers that stand worst first, from the best one
// down. All pay the same: the lowest offer that gets units where more are
// wanted than there are, else the start price (rule MU1).
func (r *Rules) serve(offers []*OfferOpened) (v serving) {
	for _, o := range slices.Backward(offers) {
		v.wanted += o.Units
		if left := r.Sealed.Units - v.sold; left > 0 {
			v.winners++
			v.part = min(left, o.Units)
			v.sold += v.part
			v.price = o.Amount
		}
	}
	if v.wanted <= r.Sealed.Units && v.winners > 0 {
		v.price = r.Start
	}
	return v
}

// unitStanding is Standing where several units are sold: the first in the order
// leads.
func (s *State) unitStanding(without ParticipantCode) (ParticipantCode, Dong) {
	offers := slices.DeleteFunc(slices.Clone(s.sealed.offers), func(o *OfferOpened) bool { return o.Code == without })
	if len(offers) == 0 {
		return "", 0
	}
	return offers[len(offers)-1].Code, s.Rules.serve(offers).price
}

// uniform tells whether the lot is several units at one price.
func (s *State) uniform() bool { return s.sealed != nil && s.Rules.Sealed.uniform() }

// leads tells whether somebody would win as things stand: the leader, and who
// gets some of several units.
func (s *State) leads(b *Bidder) bool { return s.Leader == b.Code || b.served > 0 }

// noteUnits keeps what each participant gets, once every offer is opened.
func (s *State) noteUnits() {
	if !s.uniform() || s.sealed.unopened > 0 {
		return
	}
	for _, b := range s.bidders {
		b.served = 0
	}
	v := s.Rules.serve(s.sealed.offers)
	for i := range v.winners {
		o := s.sealed.offers[len(s.sealed.offers)-1-i]
		b := s.byCode[o.Code]
		if b.served = o.Units; i == v.winners-1 {
			b.served = v.part
		}
	}
}

// dropUnits takes somebody's offer out of the order.
func (s *State) dropUnits(code ParticipantCode) {
	if !s.uniform() || !s.sealed.unsealed {
		return
	}
	before := len(s.sealed.offers)
	s.sealed.offers = slices.DeleteFunc(s.sealed.offers, func(o *OfferOpened) bool { return o.Code == code })
	if len(s.sealed.offers) != before {
		s.sealed.changes++
		s.noteUnits()
	}
}

// movesUnits tells whether an event has changed, or may have, what others get:
// the last offer of an opening, or one that counts no more.
func (s *State) movesUnits(e Event) bool {
	if !s.uniform() || !s.sealed.unsealed {
		return false
	}
	switch e.(type) {
	case *OfferOpened:
		return s.sealed.unopened == 0
	case *Withdrawn, *Disqualified, *PartDeclined:
		return true
	}
	return false
}

// awards are what the winners would get, first in the order first; nil where
// the lot is sold as one.
func (s *State) awards() (list []Award) {
	if !s.uniform() {
		return nil
	}
	for _, o := range slices.Backward(s.sealed.offers) {
		b := s.byCode[o.Code]
		if b.served == 0 {
			break
		}
		a := Award{Code: o.Code, Units: b.served, Price: s.Price, BidAt: o.At, BidSeq: o.Offer}
		if b.served < o.Units {
			a.Wanted = o.Units
		}
		list = append(list, a)
	}
	return list
}

// unitsChanged tells whether what would be announced is no longer what the
// auctioneer saw. Winner and price alone do not tell with several winners.
func (s *State) unitsChanged(act Announce) bool {
	return s.sealed != nil && act.Changes != s.sealed.changes
}

// decline decides that a part is not taken.
func (s *State) decline(act Decline) (Event, Reason) {
	b := s.byCode[act.Code]
	switch {
	case s.Phase != PhaseClosed || !s.sealed.unsealed:
		return nil, ReasonWrongPhase
	case b == nil:
		return nil, ReasonUnknownCode
	case b.Out != "":
		return nil, ReasonAlreadyOut
	case b.served == 0 || b.served == b.units:
		return nil, ReasonNotInPart
	}
	leader, price := s.unitStanding(act.Code)
	return &PartDeclined{Code: act.Code, Reason: act.Reason, Price: price, Leader: leader}, textMissing(act.Reason)
}

// unitsNow is what the room may know of the units once the offers are opened.
func (s *State) unitsNow() *UnitsNow {
	if !s.uniform() || !s.sealed.unsealed || s.sealed.unopened > 0 {
		return nil
	}
	v := s.Rules.serve(s.sealed.offers)
	n := &UnitsNow{Wanted: v.wanted, Sold: v.sold, Winners: v.winners, Part: v.part, Changes: s.sealed.changes}
	if v.winners > 0 {
		last := s.sealed.offers[len(s.sealed.offers)-v.winners]
		n.Missed, n.Last = last.Units-v.part, s.shown(last.Code)
	}
	return n
}

// UnitsNow is how the units of a lot go to those who offered, once all offers
// are opened: the first Winners rows that count get what they ask for, but the
// last of them only Part (rule MU1).
type UnitsNow struct {
	Wanted  int             `json:"w,omitempty"`  // units that all offers ask for
	Sold    int             `json:"s,omitempty"`  // units that go to somebody
	Winners int             `json:"n,omitempty"`  // how many get units
	Last    ParticipantCode `json:"c,omitempty"`  // the last of them in the order, where codes are shown
	Part    int             `json:"p,omitempty"`  // units that the last gets
	Missed  int             `json:"m,omitempty"`  // units that the last asked for and does not get
	Changes int             `json:"ch,omitempty"` // how often this has changed since the opening; to be named with an announcement
}
