package load

import (
	"sync/atomic"

	"gobua/engine"
)

// A bid names the next price of its session, start + n × step, when it is sent.
// It is accepted unless a later one overtakes it on the way.
const (
	startAmount engine.Dong = 1_000_000
	stepAmount  engine.Dong = 1_000
)

// ladder is the prices of a session, each taken by one bid of the plan. Its
// methods may be called from any goroutine.
type ladder struct {
	next     atomic.Int32
	bids     []atomic.Int32 // by rung, one more than the number of the bid; 0: not taken
	accepted []atomic.Bool  // by bid of the plan
}

// prepare makes room for the bids of a session.
func (l *ladder) prepare(p plan, session int) {
	l.bids = make([]atomic.Int32, p.most(session))
	l.accepted = make([]atomic.Bool, p.bids)
}

// take returns the next free price for bid i.
func (l *ladder) take(i int) engine.Dong {
	rung := l.next.Add(1) - 1
	l.bids[rung].Store(int32(i) + 1)
	return startAmount + engine.Dong(rung)*stepAmount
}

// between lists the accepted bids above one price and up to another. It is
// complete once all receipts have come.
func (l *ladder) between(above, upTo engine.Dong) (bids []int) {
	for price := max(above+stepAmount, startAmount); price <= upTo; price += stepAmount {
		if i, ok := l.at(price); ok && l.accepted[i].Load() {
			bids = append(bids, i)
		}
	}
	return bids
}

// at returns which bid named a price.
func (l *ladder) at(price engine.Dong) (i int, ok bool) {
	rung := int((price - startAmount) / stepAmount)
	if rung < 0 || rung >= len(l.bids) {
		return 0, false
	}
	i = int(l.bids[rung].Load()) - 1
	return i, i >= 0
}
