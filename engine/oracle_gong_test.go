package engine_test

import (
	"fmt"
	"slices"

	"gobua/engine"
)

// silentGong is rule TX1 as two hourglasses on a table: one is turned over by
// every move, the other runs from the opening. Both lie on their side while the
// session stands still. The engine reckons with moments of the clock.
type silentGong struct {
	rules   engine.Rules
	present map[engine.ParticipantCode]bool
	out     map[engine.ParticipantCode]bool
	taken   []offer // rounds that were taken and count, the price rising

	silence, whole engine.Millis // what is left in each
	looked         engine.Instant
	running, over  bool
	last           map[engine.ParticipantCode]engine.Instant // accepted moves, for the pace
}

func newGong(rules engine.Rules) *silentGong {
	return &silentGong{
		rules: rules, present: map[engine.ParticipantCode]bool{}, out: map[engine.ParticipantCode]bool{},
		last: map[engine.ParticipantCode]engine.Instant{},
	}
}

func (o *silentGong) look(now engine.Instant) {
	if o.running {
		o.silence -= now.Sub(o.looked)
		o.whole -= now.Sub(o.looked)
	}
	o.looked = now
}

func (o *silentGong) standing() (engine.ParticipantCode, engine.Dong) {
	for _, f := range slices.Backward(o.taken) {
		if !o.out[f.by] {
			return f.by, f.amount
		}
	}
	return "", 0
}

// minimum is the price of the round, whatever the cap.
func (o *silentGong) minimum() engine.Dong {
	_, price := o.standing()
	return max(price, o.rules.Start) + o.rules.Step.Amount
}

// most is what no amount may exceed.
func (o *silentGong) most() engine.Dong {
	if o.rules.Cap != 0 {
		return o.rules.Cap
	}
	return engine.MaxDong
}

func (o *silentGong) takes(by engine.ParticipantCode, amount, confirm engine.Dong, raise bool, now engine.Instant) bool {
	o.look(now)
	leader, _ := o.standing()
	above := amount - o.minimum()
	moved, ever := o.last[by]
	may := o.running && !o.over && o.silence > 0 && o.present[by] && !o.out[by] && by != leader
	pace := !ever || now.Sub(moved) >= o.rules.MinIntervalMs
	sure := o.rules.ConfirmAbove == 0 || confirm == amount || above <= engine.Dong(o.rules.ConfirmAbove)*o.rules.Step.Amount
	return may && !raise && above >= 0 && above%o.rules.Step.Amount == 0 && amount <= o.most() && pace && sure
}

func (o *silentGong) accept(f offer, _ bool) {
	o.taken = append(o.taken, f)
	o.last[f.by] = f.at
	o.silence = max(o.silence, min(o.rules.Gong.SilenceMs, o.whole))
}

func (o *silentGong) hear(r engine.Record) {
	switch e := r.Event.(type) {
	case *engine.CheckedIn:
		o.present[e.Code] = true
	case *engine.Opened:
		o.running, o.looked, o.silence, o.whole = true, r.At, min(o.rules.Gong.SilenceMs, o.rules.BiddingMs), o.rules.BiddingMs
	case *engine.Withdrawn:
		o.out[e.Code] = true
	case *engine.Disqualified:
		o.out[e.Code] = true
	case *engine.OutageCredited:
		o.look(e.From)
		o.looked = r.At // both lay on their side
		o.silence = max(o.silence, o.rules.RecoveryMinMs)
		o.whole = max(o.whole, o.silence)
	case *engine.Extended:
		o.look(r.At)
		by := e.ClosesAt.Sub(r.At) - o.silence
		o.silence, o.whole = o.silence+by, o.whole+by
	case *engine.Paused:
		o.look(r.At)
		o.running = false
	case *engine.Resumed:
		o.running, o.looked = true, r.At
	case *engine.Closed, *engine.Announced, *engine.Stopped, *engine.Cancelled:
		o.running, o.over = false, true
	}
}

func (o *silentGong) differs(s, _ *engine.State, records []engine.Record) string {
	if n := len(records); n > 0 {
		o.look(records[n-1].At)
	}
	leader, price := o.standing()
	asked := o.minimum()
	if asked > o.most() {
		asked = 0
	}
	switch {
	case s.Leader != leader || s.Price != price:
		return fmt.Sprintf("%q leads at %d, the oracle says %q at %d", s.Leader, s.Price, leader, price)
	case s.NextMinimum() != asked || s.Now().Next != asked:
		return fmt.Sprintf("the round asks %d, the room sees %d, the oracle says %d", s.NextMinimum(), s.Now().Next, asked)
	case s.Phase == engine.PhaseRunning && (s.ClosesAt != o.looked.Add(o.silence) || s.LatestAt != o.looked.Add(o.whole)):
		return fmt.Sprintf("silence ends at %d, all at %d, the oracle says in %d and %d ms", s.ClosesAt, s.LatestAt, o.silence, o.whole)
	case s.Phase == engine.PhasePaused && s.Remaining != o.silence:
		return fmt.Sprintf("%d ms remain, the oracle says %d", s.Remaining, o.silence)
	case s.Phase == engine.PhaseClosed && len(records) > 0 && records[len(records)-1].Event.Kind() == engine.KindClosed && records[len(records)-1].At < s.ClosesAt:
		return "closed before the silence was over"
	}
	return ""
}

func (o *silentGong) step(engine.Dong) engine.Dong { return o.rules.Step.Amount }

// maxima are what the last rounds were taken at: what a slow page agrees to.
func (o *silentGong) maxima() []offer {
	if n := len(o.taken); n > 0 {
		return o.taken[n-1:]
	}
	return nil
}
