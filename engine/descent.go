package engine

import (
	"math/bits"
	"sort"
)

// Descent is how the price of a descending session falls (mức giảm giá, rule
// DU1). The clock asks the start price first, then every EveryMs a lower one,
// and last the Floor. Rules.BiddingMs is exactly the number of prices times
// EveryMs, so that each price is asked equally long and the sheet says the
// whole time in the field that every reader of it knows; Span says what it
// must be.
type Descent struct {
	Amount      Dong   `json:"amount,omitempty"`      // how much each fall is, or
	BasisPoints int64  `json:"basisPoints,omitempty"` // hundredths of a percent of the start price
	EveryMs     Millis `json:"everyMs"`               // how long each price is asked
	Floor       Dong   `json:"floor"`                 // the lowest price; the last fall may be smaller
	// Preceding: once an acceptance was withdrawn, the clock goes on from the
	// price before the accepted one instead of from that one.
	Preceding bool `json:"preceding,omitempty"`
}

// Limits of a descent. Nobody can follow a price that stands for less than a
// second, and a room whose price has fallen a thousand times wants larger falls.
const (
	MaxFalls     = 1000
	minDescentMs = Millis(1000)
	maxDescentMs = Millis(24 * 3600 * 1000)
)

// PriceAfter is the price after a number of falls: start − k × fall, rounded
// half up to the unit of money, and never below Floor (rule DU1).
func (d *Descent) PriceAfter(start Dong, falls int) Dong {
	if d.BasisPoints == 0 {
		return max(d.Floor, start-Dong(falls)*d.Amount)
	}
	left := 10_000 - int64(falls)*d.BasisPoints
	if left <= 0 {
		return d.Floor
	}
	hi, lo := bits.Mul64(uint64(start), uint64(left))
	lo, carry := bits.Add64(lo, 5000, 0)
	q, _ := bits.Div64(hi+carry, lo, 10_000)
	return max(d.Floor, Dong(q))
}

// Falls is how many falls lead from start to Floor. It is more than MaxFalls
// where that is too many.
func (d *Descent) Falls(start Dong) int {
	return sort.Search(MaxFalls+1, func(k int) bool { return d.PriceAfter(start, k) <= d.Floor })
}

// Span is the time that the whole descent from start takes, and what
// Rules.BiddingMs must be.
func (d *Descent) Span(start Dong) Millis { return Millis(d.Falls(start)+1) * d.EveryMs }

// problems names what is wrong with a descent that is there.
func (d *Descent) problems(r *Rules) (ps []Problem) {
	bad := func(when bool, field, code string) {
		if when {
			ps = append(ps, Problem{field, code})
		}
	}
	switch {
	case (d.Amount != 0) == (d.BasisPoints != 0):
		ps = append(ps, Problem{"descent.amount", "one_of_two"})
	case d.Amount < 0 || d.Amount > MaxDong:
		ps = append(ps, Problem{"descent.amount", "out_of_range"})
	case d.BasisPoints < 0 || d.BasisPoints > 10_000 || d.BasisPoints != 0 && r.Start > 0 && share(min(r.Start, MaxDong), d.BasisPoints) < 1:
		ps = append(ps, Problem{"descent.basisPoints", "out_of_range"})
	}
	bad(d.EveryMs < minDescentMs || d.EveryMs > maxDescentMs, "descent.everyMs", "out_of_range")
	bad(d.Floor <= 0 || d.Floor >= r.Start, "descent.floor", "out_of_range")
	if len(ps) > 0 || r.Start > MaxDong {
		return ps // of a schedule that cannot be made there is nothing to say
	}
	falls := d.Falls(r.Start)
	bad(falls > MaxFalls, "descent.amount", "too_many_falls")
	bad(falls <= MaxFalls && r.BiddingMs != d.Span(r.Start), "biddingMs", "not_the_descent")
	return ps
}
