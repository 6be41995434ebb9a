package engine_test

import (
	"fmt"
	"math/big"
	"slices"

	"gobua/engine"
)

// oracle is the rules of a method written a second time. It shares no code with
// the engine.
type oracle interface {
	// takes tells whether an offer is valid.
	takes(by engine.ParticipantCode, amount, confirm engine.Dong, raise bool, now engine.Instant) bool
	// accept follows an offer that was valid.
	accept(f offer, raise bool)
	// hear follows what is not an offer.
	hear(r engine.Record)
	// differs tells what in the state after some records is not as it should be,
	// empty: nothing.
	differs(s, before *engine.State, records []engine.Record) string
	// minimum is what an offer should name now, step a sensible difference,
	// maxima what others have offered: the world draws offers from them.
	minimum() engine.Dong
	step(price engine.Dong) engine.Dong
	maxima() []offer
}

func newOracle(rules engine.Rules, reserve engine.Dong) oracle {
	if rules.Method == "descending" {
		return newFalling(rules)
	}
	if rules.Called != nil {
		return newHall(rules, reserve)
	}
	if rules.Method == "gong" {
		return newGong(rules)
	}
	if rules.Method == "turns" {
		return newTurnTable(rules)
	}
	return &rising{rules: rules, reserve: reserve, out: map[engine.ParticipantCode]bool{}, present: map[engine.ParticipantCode]bool{}}
}

// rising is trả giá lên, slowly and from the list of accepted offers alone.
type rising struct {
	rules   engine.Rules
	reserve engine.Dong
	offers  []offer // accepted, oldest first
	out     map[engine.ParticipantCode]bool
	present map[engine.ParticipantCode]bool

	open, paused, over bool
	end, latest        engine.Instant
	frozenAt           engine.Instant
	extensions         int

	gone   bool // it cannot be bought at once any more
	bought engine.ParticipantCode

	// Rounds (SC9): where the present period begins among the offers, which it
	// is, from when it takes bids and whose.
	since, round int
	from         engine.Instant
	going        map[engine.ParticipantCode]bool
}

type offer struct {
	by     engine.ParticipantCode
	amount engine.Dong
	at     engine.Instant
	clock  engine.Instant // at, put later by every standstill since
}

func (o *rising) step(price engine.Dong) engine.Dong {
	s := o.rules.Step
	switch s.Kind {
	case engine.StepBands:
		for _, b := range slices.Backward(s.Bands) {
			if price >= b.From {
				return b.Step
			}
		}
		return s.Bands[0].Step
	case engine.StepPercent:
		part := new(big.Int).Mul(big.NewInt(int64(price)), big.NewInt(s.BasisPoints))
		return max(s.Amount, engine.Dong(part.Div(part, big.NewInt(10_000)).Int64()))
	}
	return s.Amount
}

// maxima are the highest offers of those still in, the highest first, the
// earlier first among equals.
func (o *rising) maxima() []offer {
	best := map[engine.ParticipantCode]offer{}
	var order []engine.ParticipantCode
	for _, f := range o.offers {
		if o.out[f.by] {
			continue
		}
		if known, ok := best[f.by]; !ok || f.amount > known.amount {
			best[f.by] = f
			order = slices.DeleteFunc(order, func(c engine.ParticipantCode) bool { return c == f.by })
			order = append(order, f.by) // in the order in which these offers were accepted
		}
	}
	var list []offer
	for _, code := range order {
		list = append(list, best[code])
	}
	slices.SortStableFunc(list, func(a, b offer) int { return int(b.amount - a.amount) })
	return list
}

func (o *rising) standing() (leader engine.ParticipantCode, price engine.Dong) {
	list := o.maxima()
	switch {
	case len(list) == 0:
		return "", 0
	case list[0].by == o.bought:
		return o.bought, o.rules.BuyNow.Amount
	case !o.rules.Proxy:
		return list[0].by, list[0].amount
	case len(list) == 1:
		price = o.rules.Start
	default:
		price = min(list[0].amount, list[1].amount+o.step(list[1].amount))
	}
	if o.reserve != 0 && list[0].amount >= o.reserve {
		price = max(price, o.reserve)
	} else if o.reserve != 0 && o.rules.ReserveKind == engine.ReserveReveal {
		price = list[0].amount
	}
	return list[0].by, price
}

func (o *rising) cap() engine.Dong {
	if o.rules.Cap != 0 {
		return o.rules.Cap
	}
	return engine.MaxDong
}

// minimum is the least amount of the next bid, whatever the cap.
func (o *rising) minimum() engine.Dong {
	_, price := o.standing()
	if price == 0 {
		return o.rules.Start
	}
	next := price + o.step(price)
	for o.rules.Step.Kind == engine.StepFixed && (next-o.rules.Start)%o.rules.Step.Amount != 0 {
		next++
	}
	return next
}

// takes tells whether an offer is valid: domain rule 9 in one expression.
func (o *rising) takes(by engine.ParticipantCode, amount, confirm engine.Dong, raise bool, now engine.Instant) bool {
	leader, price := o.standing()
	open := o.open && !o.paused && !o.over && now < o.end
	may := o.present[by] && !o.out[by] && (o.round == 0 || o.going[by] && now >= o.from)
	fits := amount >= o.rules.Start && amount <= o.cap() &&
		(o.rules.Step.Kind != engine.StepFixed || (amount-o.rules.Start)%o.rules.Step.Amount == 0)
	higher := by != leader && amount >= o.minimum()
	if raise {
		higher = o.rules.Proxy && by == leader && amount > o.maxima()[0].amount
	}
	slow := true
	for _, f := range o.offers {
		slow = slow && (f.by != by || now-f.at >= engine.Instant(o.rules.MinIntervalMs))
	}
	over := amount - o.minimum() - engine.Dong(o.rules.ConfirmAbove)*o.step(max(price, o.rules.Start))
	sure := o.rules.ConfirmAbove == 0 || confirm == amount || over <= 0
	return open && may && fits && higher && slow && sure
}

// buyable tells whether it can be bought at once, and remembers when not.
func (o *rising) buyable() bool {
	b := o.rules.BuyNow
	if b == nil {
		return false
	}
	_, price := o.standing()
	limits := map[engine.BuyNowUntil]*big.Rat{
		engine.BuyNowFirstBid: big.NewRat(1, 1), engine.BuyNowReserve: big.NewRat(int64(o.reserve), 1),
		engine.BuyNowShare: big.NewRat(int64(b.Amount)*b.BasisPoints/10_000, 1), engine.BuyNowEnd: big.NewRat(int64(b.Amount), 1),
	}
	if price > 0 && big.NewRat(int64(price), 1).Cmp(limits[b.Until]) >= 0 {
		o.gone = true
	}
	return !o.gone
}

// buys tells whether an act to buy is valid.
func (o *rising) buys(by engine.ParticipantCode, amount engine.Dong, now engine.Instant) bool {
	open := o.open && !o.paused && !o.over && now < o.end
	return open && o.present[by] && !o.out[by] && o.buyable() && amount == o.rules.BuyNow.Amount
}

// accept adds an offer and moves the end as the closing rule says.
func (o *rising) accept(f offer, raise bool) {
	f.clock = f.at
	if o.buyable() && f.amount >= o.rules.BuyNow.Amount {
		f.amount, o.bought, o.end = o.rules.BuyNow.Amount, f.by, min(o.end, f.at)
		o.offers = append(o.offers, f)
		o.gone = true
		return
	}
	o.offers = append(o.offers, f)
	o.buyable()
	c := o.rules.Closing
	if raise || c.Kind == engine.ClosingFixed || c.Kind == engine.ClosingRounds || o.end-f.at > engine.Instant(c.WindowMs) || c.MaxCount != 0 && o.extensions == c.MaxCount {
		return
	}
	end := f.at + engine.Instant(c.ByMs)
	if c.Kind == engine.ClosingAdd {
		end = o.end + engine.Instant(c.ByMs)
	}
	if c.MaxTotalMs != 0 && end > o.latest {
		end = o.latest
	}
	if end > o.end {
		o.end = end
		o.extensions++
	}
}

// hear follows the acts that are not offers; what they may do is tested
// elsewhere.
func (o *rising) hear(r engine.Record) {
	switch e := r.Event.(type) {
	case *engine.Opened:
		o.open, o.end = true, r.At+engine.Instant(o.rules.BiddingMs)
		o.latest = o.end + engine.Instant(o.rules.Closing.MaxTotalMs)
	case *engine.CheckedIn:
		o.present[e.Code] = true
	case *engine.Withdrawn:
		o.out[e.Code] = true
	case *engine.Disqualified:
		o.out[e.Code] = true
	case *engine.Paused:
		o.paused, o.frozenAt = true, r.At
	case *engine.Resumed:
		o.paused = false
		o.end += r.At - o.frozenAt
		o.latest += r.At - o.frozenAt
		o.stoodStill(r.At - o.frozenAt)
	case *engine.OutageCredited:
		lost := engine.Instant(e.LostMs)
		o.end = max(o.end+lost, r.At+engine.Instant(o.rules.RecoveryMinMs))
		o.latest = max(o.latest+lost, o.end)
		o.stoodStill(lost)
	case *engine.Extended:
		if r.By.Role == engine.RoleAuctioneer {
			by := e.ClosesAt - o.end
			o.end, o.latest = o.end+by, o.latest+by
		}
	case *engine.RoundOpened:
		o.going = o.bidders()
		o.round, o.since = o.round+1, len(o.offers)
		o.from = r.At + engine.Instant(o.rules.Closing.GapMs)
		o.end = o.from + engine.Instant(o.rules.Closing.ByMs)
		if o.rules.Closing.MaxTotalMs != 0 {
			o.end = min(o.end, o.latest)
		}
	case *engine.Closed, *engine.Announced, *engine.Stopped, *engine.Cancelled:
		o.over = true
	}
}

func (o *rising) differs(s, before *engine.State, records []engine.Record) string {
	leader, price := o.standing()
	next := o.minimum()
	fell := slices.ContainsFunc(records, func(r engine.Record) bool {
		return r.Event.Kind() == engine.KindWithdrawn || r.Event.Kind() == engine.KindDisqualified
	})
	switch {
	case s.Leader != leader || s.Price != price:
		return fmt.Sprintf("%q leads at %d, the oracle says %q at %d; offers %+v", s.Leader, s.Price, leader, price, o.maxima())
	case s.NextMinimum() != next && (s.NextMinimum() != 0 || next <= o.cap()):
		return fmt.Sprintf("next minimum %d, the oracle says %d", s.NextMinimum(), next)
	case o.open && s.ClosesAt != o.end:
		return fmt.Sprintf("ends at %d, the oracle says %d", s.ClosesAt, o.end)
	case s.LatestAt != 0 && (s.LatestAt != o.latest || s.ClosesAt > s.LatestAt):
		return fmt.Sprintf("latest end %d, the oracle says %d; ends at %d", s.LatestAt, o.latest, s.ClosesAt)
	case s.Price < before.Price && !fell:
		return fmt.Sprintf("the price fell from %d to %d", before.Price, s.Price)
	case s.ClosesAt < before.ClosesAt && (o.bought == "" || s.ClosesAt != records[0].At):
		return "the end ran backwards"
	case s.ReserveMet && o.reserve > s.Price && s.Price > 0:
		return fmt.Sprintf("the reserve %d is met at %d", o.reserve, s.Price)
	}
	now := s.Now()
	if live := s.Phase == engine.PhaseScheduled || s.Phase == engine.PhaseRunning || s.Phase == engine.PhasePaused; now.BuyNow != (live && o.buyable()) {
		return fmt.Sprintf("the room sees that it can be bought: %v, the oracle says %v", now.BuyNow, o.buyable())
	}
	over := s.Phase == engine.PhaseClosed || s.Phase == engine.PhaseAnnounced
	if now.Bought != (over && o.bought != "" && o.bought == s.Leader) {
		return fmt.Sprintf("the room sees that it was bought: %v, the oracle says by %q", now.Bought, o.bought)
	}
	if rd := now.Round; o.open && !o.over && s.Rules.Closing.Kind == engine.ClosingRounds && (rd == nil || rd.Round != o.round || rd.Follows != o.follows(0)) {
		return fmt.Sprintf("the room shows %s, the oracle says round %d, another follows: %v", dump(rd), o.round, o.follows(0))
	}
	return ""
}

func (o *rising) stoodStill(d engine.Instant) {
	o.from += d
	for i := range o.offers {
		o.offers[i].clock += d
	}
}

// bidders are those still in whose offers fell into the present period.
func (o *rising) bidders() map[engine.ParticipantCode]bool {
	found := map[engine.ParticipantCode]bool{}
	for _, f := range o.offers[o.since:] {
		if !o.out[f.by] {
			found[f.by] = true
		}
	}
	return found
}

// follows tells whether a clock that looks now, at the end of a period, finds
// that another round begins.
func (o *rising) follows(now engine.Instant) bool {
	c := o.rules.Closing
	late := false
	for _, f := range o.offers[o.since:] {
		late = late || !o.out[f.by] && o.end-f.clock <= engine.Instant(c.WindowMs)
	}
	room := c.MaxTotalMs == 0 || max(now, o.end)+engine.Instant(c.GapMs) < o.latest
	return c.Kind == engine.ClosingRounds && late && len(o.bidders()) > 1 && o.round < c.MaxCount && room
}
