package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gobua/engine"
)

// counter is a sale of several units over a counter: whoever may choose next
// takes one unit at a time, as long as there are any, and everything is counted
// again from the slips when somebody asks.
type counter struct {
	rules engine.Rules
	slips []unitBid // as they were put in, one for none takes the earlier back
	out   map[engine.ParticipantCode]bool
}

// next is the slip that may choose before all others that are left: nobody
// offers more, of those nobody wants more, and of those nobody came earlier.
func next(left map[int]unitBid) (at int) {
	at = -1
	for i, s := range left {
		best, found := left[at]
		switch {
		case !found || s.amount > best.amount:
			at = i
		case s.amount == best.amount && s.units > best.units:
			at = i
		case s.amount == best.amount && s.units == best.units && i < at:
			at = i
		}
	}
	return at
}

// sells is who takes how many units, in the order, and what a unit costs.
func (c *counter) sells() (order []unitBid, price engine.Dong) {
	left := map[int]unitBid{}
	for i, s := range c.slips {
		for j := range c.slips[:i] {
			if c.slips[j].by == s.by {
				delete(left, j)
			}
		}
		if s.units > 0 && !c.out[s.by] {
			left[i] = s
		}
	}
	units, unmet := c.rules.Sealed.Units, false
	lowest := engine.MaxDong
	for len(left) > 0 {
		i := next(left)
		got := 0
		for range left[i].units {
			if units == 0 {
				unmet = true
				break
			}
			units--
			got++
		}
		if got > 0 {
			order = append(order, unitBid{by: left[i].by, units: got})
			lowest = min(lowest, left[i].amount)
		}
		delete(left, i)
	}
	switch {
	case len(order) == 0:
		return nil, 0
	case unmet:
		return order, lowest
	}
	return order, c.rules.Start
}

func (c *counter) differs(s *sale) string {
	order, price := c.sells()
	var got []unitBid
	p := s.state.Proposal()
	for _, a := range p.Awards {
		got = append(got, unitBid{by: a.Code, units: a.Units})
	}
	if !slices.Equal(got, order) || p.Price != price || s.room.Now.Price != price {
		return fmt.Sprintf("%v at %d, the counter sells %v at %d", got, p.Price, order, price)
	}
	return ""
}

// TestRandomUnitSales plays random demand against the counter, with what
// happens after the opening: winners of a part decline it, winners withdraw,
// people are disqualified.
func TestRandomUnitSales(t *testing.T) {
	first := rand.Uint64()
	if *seed != 0 {
		first = *seed
	}
	parts, scarce, plenty, left := 0, 0, 0, 0
	for i := range uint64(400) {
		r := rand.New(rand.NewPCG(first+i, 11))
		c := &counter{rules: unitsFrom(engine.Dong(1+r.IntN(5)), 2+r.IntN(20)), out: map[engine.ParticipantCode]bool{}}
		s := sealedSale(t, c.rules, 0, people...)
		for range r.IntN(14) {
			slip := unitBid{people[r.IntN(len(people))], c.rules.Start + engine.Dong(r.IntN(4)), 1 + r.IntN(c.rules.Sealed.Units)}
			if r.IntN(3) > 0 {
				slip.units = 1 + r.IntN(min(4, slip.units))
			}
			if b := slices.IndexFunc(c.slips, func(o unitBid) bool { return o.by == slip.by }); b >= 0 && c.last(slip.by).units > 0 && r.IntN(5) == 0 {
				slip.units = 0
			}
			s.offerUnits(slip)
			c.slips = append(c.slips, slip)
		}
		s.unseal()
		for {
			if wrong := c.differs(s); wrong != "" {
				t.Fatalf("seed %d: %v: %s", first+i, c.slips, wrong)
			}
			awards := s.state.Proposal().Awards
			if len(awards) == 0 {
				break
			}
			if s.state.Price == c.rules.Start {
				plenty++
			} else {
				scarce++
			}
			last := awards[len(awards)-1]
			gone := awards[r.IntN(len(awards))].Code
			switch r.IntN(5) {
			case 0:
				if gone = last.Code; last.Wanted == 0 {
					continue
				}
				parts++
				s.fine(s.auctioneer(engine.Decline{Code: gone, Reason: "x"}))
			case 1:
				s.must(gone, engine.Withdraw{Confirm: gone})
			case 2:
				s.fine(s.auctioneer(engine.Disqualify{Code: gone, Reason: "x"}))
			default:
				gone = ""
			}
			if gone == "" {
				break
			}
			c.out[gone] = true
			left++
		}
		s.fine(s.announceUnits())
		checkReplay(t, s.records, s.state, s.room)
		if err := openAgain(s.records); err != nil {
			t.Fatalf("seed %d: %v", first+i, err)
		}
	}
	if parts < 10 || scarce < 50 || plenty < 50 || left < 50 {
		t.Errorf("%d parts declined, %d times too few units, %d times enough, %d left: too little was tried", parts, scarce, plenty, left)
	}
}

func (c *counter) last(code engine.ParticipantCode) (last unitBid) {
	for _, s := range c.slips {
		if s.by == code {
			last = s
		}
	}
	return last
}
