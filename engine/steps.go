package engine

import "math/bits"

// At returns the step that applies at a price (rules ST1 to ST3). It is never
// less than one, so an equal bid can never pass for a higher one (ST-26).
func (s *Step) At(price Dong) Dong {
	switch s.Kind {
	case StepBands:
		step := s.Bands[0].Step
		for _, b := range s.Bands {
			if price < b.From {
				break
			}
			step = b.Step
		}
		return step
	case StepPercent:
		return max(s.Amount, share(price, s.BasisPoints), 1)
	default:
		return max(s.Amount, 1)
	}
}

// share returns floor(price × basisPoints / 10,000) without overflow.
func share(price Dong, basisPoints int64) Dong {
	hi, lo := bits.Mul64(uint64(price), uint64(basisPoints))
	q, _ := bits.Div64(hi, lo, 10_000)
	return Dong(q)
}

// OnGrid tells whether an amount is the start plus a whole number of fixed
// steps (ST2). Other kinds of step have no grid.
func (r *Rules) OnGrid(amount Dong) bool {
	if r.Step.Kind != StepFixed {
		return true
	}
	return (amount-r.Start)%r.Step.Amount == 0
}

// NextMinimum is the least amount the next bid may name (rule PX6): the start
// price while nobody has bid, else the price plus the step at that price. It is
// zero where that would lie above the cap: no higher bid is possible then.
func (r *Rules) NextMinimum(price Dong) Dong {
	next := r.next(price)
	if next > r.AmountCap() {
		return 0
	}
	return next
}

func (r *Rules) next(price Dong) Dong {
	if price == 0 {
		return r.Start
	}
	next := price + r.Step.At(price)
	if r.Step.Kind == StepFixed && !r.OnGrid(next) {
		// A price can leave the grid only where a reserve lifted it.
		next += r.Step.Amount - (next-r.Start)%r.Step.Amount
	}
	return next
}

// StepsAbove counts how many steps an amount lies above the next minimum. A
// part of a step counts as a whole one.
func (r *Rules) StepsAbove(price, amount Dong) Dong {
	return r.stepsOver(r.next(price), price, amount)
}

// stepsOver is StepsAbove where a method asks for another minimum; zero: no
// higher bid is possible.
func (r *Rules) stepsOver(next, price, amount Dong) Dong {
	if next == 0 || amount <= next {
		return 0
	}
	step := r.Step.At(max(price, r.Start))
	return (amount - next + step - 1) / step
}
