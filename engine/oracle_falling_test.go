package engine_test

import (
	"fmt"
	"math/big"

	"gobua/engine"
)

// fallingClock is đặt giá xuống as a clock on a wall: it runs forwards, counts the
// time until the next fall, stands still while the session does, and is looked
// at when something happens. The engine reckons backwards from the end.
type fallingClock struct {
	rules   engine.Rules
	prices  []engine.Dong // every price, the start first
	present map[engine.ParticipantCode]bool
	out     map[engine.ParticipantCode]bool

	at      int           // which price is asked
	left    engine.Millis // how much longer
	looked  engine.Instant
	running bool
	taken   []offer
}

func newFalling(rules engine.Rules) *fallingClock {
	o := &fallingClock{rules: rules, present: map[engine.ParticipantCode]bool{}, out: map[engine.ParticipantCode]bool{}}
	for k := int64(0); len(o.prices) == 0 || o.prices[len(o.prices)-1] > rules.Descent.Floor; k++ {
		o.prices = append(o.prices, priceAfter(rules, k))
	}
	return o
}

// priceAfter is rule DU1 with fractions.
func priceAfter(rules engine.Rules, k int64) engine.Dong {
	d := rules.Descent
	fall := new(big.Rat).SetInt64(int64(d.Amount))
	if d.BasisPoints != 0 {
		fall.Mul(big.NewRat(d.BasisPoints, 10_000), new(big.Rat).SetInt64(int64(rules.Start)))
	}
	price := new(big.Rat).SetInt64(int64(rules.Start))
	price.Sub(price, fall.Mul(fall, new(big.Rat).SetInt64(k)))
	price.Add(price, big.NewRat(1, 2)) // half up: the floor of one half more
	whole := new(big.Int).Div(price.Num(), price.Denom())
	return max(d.Floor, engine.Dong(whole.Int64()))
}

// look lets the clock run until a moment.
func (o *fallingClock) look(now engine.Instant) {
	passed := now.Sub(o.looked)
	o.looked = now
	if !o.running {
		return
	}
	o.left -= passed
	for o.left <= 0 && o.at < len(o.prices)-1 {
		o.at++
		o.left += o.rules.Descent.EveryMs
	}
}

// whole is how much time there is until the end.
func (o *fallingClock) whole() engine.Millis {
	return o.left + engine.Millis(len(o.prices)-1-o.at)*o.rules.Descent.EveryMs
}

func (o *fallingClock) leader() (engine.ParticipantCode, engine.Dong) {
	if n := len(o.taken); n > 0 && !o.out[o.taken[n-1].by] {
		return o.taken[n-1].by, o.taken[n-1].amount
	}
	return "", 0
}

func (o *fallingClock) takes(by engine.ParticipantCode, amount, _ engine.Dong, raise bool, now engine.Instant) bool {
	o.look(now)
	return o.running && o.left > 0 && o.present[by] && !o.out[by] && !raise && amount == o.prices[o.at]
}

func (o *fallingClock) accept(f offer, _ bool) { o.taken = append(o.taken, f) }

func (o *fallingClock) hear(r engine.Record) {
	switch r.Event.(type) {
	case *engine.OutageCredited, *engine.Lowered: // a fall before an outage is recorded after it
	default:
		o.look(r.At)
	}
	switch e := r.Event.(type) {
	case *engine.CheckedIn:
		o.present[e.Code] = true
	case *engine.Opened:
		o.running, o.left = true, o.rules.Descent.EveryMs
	case *engine.Withdrawn:
		o.out[e.Code] = true
	case *engine.Disqualified:
		o.out[e.Code] = true
	case *engine.Reopened:
		o.running, o.left = true, o.rules.Descent.EveryMs
		if o.rules.Descent.Preceding && o.at > 0 {
			o.at--
		}
	case *engine.OutageCredited:
		o.look(e.From)
		o.looked = r.At // it stood still
		o.left += max(0, o.rules.RecoveryMinMs-o.whole())
	case *engine.Extended:
		o.left += e.ClosesAt.Sub(r.At) - o.whole()
	case *engine.Resumed:
		o.running = true
	case *engine.Paused, *engine.Closed, *engine.Announced, *engine.Stopped, *engine.Cancelled:
		o.running = false
	}
}

func (o *fallingClock) differs(s, before *engine.State, records []engine.Record) string {
	if n := len(records); n > 0 {
		o.look(records[n-1].At)
	}
	leader, price := o.leader()
	asked := o.prices[o.at]
	if leader != "" {
		asked = 0
	}
	now := s.Now()
	switch {
	case s.Leader != leader || s.Price != price:
		return fmt.Sprintf("%q leads at %d, the oracle says %q at %d", s.Leader, s.Price, leader, price)
	case s.NextMinimum() != asked || now.Next != asked:
		return fmt.Sprintf("%d is asked, the room sees %d, the oracle says %d", s.NextMinimum(), now.Next, asked)
	case s.Phase == engine.PhaseRunning && s.ClosesAt != o.looked.Add(o.whole()):
		return fmt.Sprintf("ends at %d, the oracle says %d", s.ClosesAt, o.looked.Add(o.whole()))
	case s.Phase == engine.PhasePaused && s.Remaining != o.whole():
		return fmt.Sprintf("%d ms remain, the oracle says %d", s.Remaining, o.whole())
	case s.Phase == engine.PhaseClosed && leader == "" && o.at != len(o.prices)-1:
		return "closed before the lowest price was asked"
	}
	if last := o.at == len(o.prices)-1; leader == "" && !last && !s.Phase.Final() && s.Phase != engine.PhaseClosed {
		at, in := engine.Instant(0), engine.Millis(0)
		switch s.Phase {
		case engine.PhaseRunning:
			at = o.looked.Add(o.left)
		case engine.PhasePaused:
			in = o.left
		}
		if now.FallsAt != at || now.FallsInMs != in || now.FallsTo != o.prices[o.at+1] || now.Step != now.Next-now.FallsTo {
			return fmt.Sprintf("the room sees a fall to %d at %d or in %d, the oracle says %d at %d or in %d", now.FallsTo, now.FallsAt, now.FallsInMs, o.prices[o.at+1], at, in)
		}
	} else if now.FallsAt != 0 || now.FallsTo != 0 || now.FallsInMs != 0 || now.Step != 0 {
		return "the room sees a fall that will not come"
	}
	return o.listed(before, records)
}

// listed: every fall has a record of its own, in order, never before it is due.
func (o *fallingClock) listed(before *engine.State, records []engine.Record) string {
	count := before.Falls
	for _, r := range records {
		switch e := r.Event.(type) {
		case *engine.Lowered:
			count++
			if e.Count != count || e.Price != o.prices[count] || e.Due > r.At || r.By != engine.System {
				return fmt.Sprintf("fall %d is recorded as %+v", count, e)
			}
		case *engine.Reopened:
			count = e.Count
		}
	}
	if count != o.at {
		return fmt.Sprintf("%d falls are recorded, the oracle counts %d", count, o.at)
	}
	return ""
}

func (o *fallingClock) minimum() engine.Dong { return o.prices[o.at] }

func (o *fallingClock) step(engine.Dong) engine.Dong { return max(1, o.prices[0]-o.prices[1]) }

// maxima are the prices around the one being asked: what a slow page sends.
func (o *fallingClock) maxima() []offer {
	return []offer{{by: people[0], amount: o.prices[max(0, o.at-1)]}}
}
