package engine_test

import (
	"fmt"
	"slices"

	"gobua/engine"
)

// turnTable is rule RO1 as people around a table with an hourglass: whoever has the
// word holds it, and a card for each of those who have had theirs in this round
// lies face down. The engine counts places in a list and moments of the clock.
type turnTable struct {
	rules   engine.Rules
	present map[engine.ParticipantCode]bool
	out     map[engine.ParticipantCode]bool
	said    []offer // what was offered, the price rising

	round   int
	seats   []engine.ParticipantCode // of the round
	had     map[engine.ParticipantCode]bool
	speaker engine.ParticipantCode // empty: a pause

	left          engine.Millis
	looked        engine.Instant
	open, running bool
	over          bool
	wrong         string // how a turn differed from what was expected
}

func newTurnTable(rules engine.Rules) *turnTable {
	return &turnTable{rules: rules, round: 1, present: map[engine.ParticipantCode]bool{}, out: map[engine.ParticipantCode]bool{}, had: map[engine.ParticipantCode]bool{}}
}

func (o *turnTable) look(now engine.Instant) {
	if o.running {
		o.left -= now.Sub(o.looked)
	}
	o.looked = now
}

func (o *turnTable) standing() (engine.ParticipantCode, engine.Dong) {
	for _, f := range slices.Backward(o.said) {
		if !o.out[f.by] {
			return f.by, f.amount
		}
	}
	return "", 0
}

// own is when somebody made their best offer, as a place in said; -1: never.
func (o *turnTable) own(code engine.ParticipantCode) int {
	for i := len(o.said) - 1; i >= 0; i-- {
		if o.said[i].by == code {
			return i
		}
	}
	return -1
}

// seated takes the one who is to speak first away from the table until nobody
// is left. The price only rises, so a lower offer is an earlier one.
func (o *turnTable) seated() (seats []engine.ParticipantCode) {
	left := slices.DeleteFunc(slices.Clone(people), func(c engine.ParticipantCode) bool { return !o.present[c] || o.out[c] })
	for len(left) > 0 {
		first := 0
		for i, code := range left {
			if a, b := o.own(code), o.own(left[first]); a < b || a == b && a < 0 {
				first = i
			}
		}
		seats = append(seats, left[first])
		left = slices.Delete(left, first, first+1)
	}
	return seats
}

// follows is what comes after the present turn: whose, in which round, and who
// sits in it; nothing: the end.
func (o *turnTable) follows() (*engine.TurnOpened, bool) {
	leader, _ := o.standing()
	e := &engine.TurnOpened{Round: o.round}
	seats := o.seats
	if o.round == 1 && o.speaker == "" {
		seats = o.seated()
		e.Order = seats
	}
	for i, code := range seats {
		if o.had[code] {
			continue
		}
		o.had[code] = true
		if !o.out[code] && code != leader {
			e.Turn, e.Code, e.ClosesAt = i+1, code, o.looked.Add(o.rules.Turns.TurnMs)
			return e, true
		}
	}
	e = &engine.TurnOpened{Round: o.round + 1, Order: o.seated(), ClosesAt: o.looked.Add(o.rules.Turns.PauseMs)}
	return e, o.round < o.rules.Turns.Rounds
}

// idle tells whether whoever has the word has nothing to say.
func (o *turnTable) idle() bool {
	leader, _ := o.standing()
	return o.speaker != "" && (o.out[o.speaker] || o.speaker == leader)
}

// missesTick tells what is wrong with what the clock decides, empty: nothing.
func (o *turnTable) missesTick(now engine.Instant, events []engine.Event) string {
	if !o.open || o.over {
		return ""
	}
	o.look(now)
	if due := o.running && (o.left <= 0 || o.idle()); due != (len(events) == 1) || len(events) > 1 {
		return fmt.Sprintf("the turn is over: %v, and the clock decides", due)
	}
	return ""
}

func (o *turnTable) minimum() engine.Dong {
	if _, price := o.standing(); price > 0 {
		return price + o.rules.Step.Amount
	}
	return o.rules.Start
}

func (o *turnTable) takes(by engine.ParticipantCode, amount, confirm engine.Dong, raise bool, now engine.Instant) bool {
	o.look(now)
	leader, _ := o.standing()
	most := engine.MaxDong
	if o.rules.Cap != 0 {
		most = o.rules.Cap
	}
	above := amount - o.minimum()
	may := o.running && !o.over && o.left > 0 && by != "" && o.speaker == by && !o.out[by] && by != leader
	sure := o.rules.ConfirmAbove == 0 || confirm == amount || above <= engine.Dong(o.rules.ConfirmAbove)*o.rules.Step.Amount
	return may && !raise && above >= 0 && above%o.rules.Step.Amount == 0 && amount <= most && sure
}

func (o *turnTable) accept(f offer, _ bool) { o.said = append(o.said, f) }

func (o *turnTable) hear(r engine.Record) {
	switch e := r.Event.(type) {
	case *engine.CheckedIn:
		o.present[e.Code] = true
	case *engine.Opened:
		o.open, o.running, o.looked, o.left = true, true, r.At, o.rules.BiddingMs
	case *engine.TurnOpened:
		o.look(r.At)
		want, goesOn := o.follows()
		if got, want := dump(e), dump(want); !goesOn || got != want {
			o.wrong = fmt.Sprintf("%s, the oracle says %s, goes on: %v", got, want, goesOn)
		}
		if e.Turn == 0 {
			o.seats, o.had = want.Order, map[engine.ParticipantCode]bool{}
		} else if want.Order != nil {
			o.seats = want.Order
		}
		o.round, o.speaker, o.left = e.Round, e.Code, e.ClosesAt.Sub(r.At)
	case *engine.Withdrawn:
		o.out[e.Code] = true
	case *engine.Disqualified:
		o.out[e.Code] = true
	case *engine.OutageCredited:
		o.look(e.From)
		o.looked = r.At
		o.left = max(o.left, o.rules.RecoveryMinMs)
	case *engine.Extended:
		o.look(r.At)
		o.left = e.ClosesAt.Sub(r.At)
	case *engine.Paused:
		o.look(r.At)
		o.running = false
	case *engine.Resumed:
		o.running, o.looked = true, r.At
	case *engine.Closed:
		o.look(r.At)
		if _, goesOn := o.follows(); goesOn {
			o.wrong = "closed before the last turn"
		}
		o.running, o.over = false, true
	case *engine.Stopped, *engine.Cancelled:
		o.running, o.over = false, true
	}
}

func (o *turnTable) differs(s, _ *engine.State, records []engine.Record) string {
	if n := len(records); n > 0 {
		o.look(records[n-1].At)
	}
	leader, price := o.standing()
	now := s.Now().Turns
	switch {
	case o.wrong != "":
		return o.wrong
	case s.Leader != leader || s.Price != price:
		return fmt.Sprintf("%q leads at %d, the oracle says %q at %d", s.Leader, s.Price, leader, price)
	case s.Phase == engine.PhaseRunning && s.ClosesAt != o.looked.Add(o.left):
		return fmt.Sprintf("the turn ends at %d, the oracle says in %d ms", s.ClosesAt, o.left)
	case s.Phase == engine.PhasePaused && s.Remaining != o.left:
		return fmt.Sprintf("%d ms remain, the oracle says %d", s.Remaining, o.left)
	case o.open != (now != nil):
		return fmt.Sprintf("the room sees turns: %s", dump(now))
	case o.open && !o.over && (now.Round != o.round || now.Code != o.speaker || len(now.Order) != len(o.seats)):
		return fmt.Sprintf("the room sees %s, the oracle says round %d, %q of %v", dump(now), o.round, o.speaker, o.seats)
	}
	if !o.open {
		return ""
	}
	for i, line := range now.Order {
		stands := engine.Dong(0)
		if own := o.own(line.Code); own >= 0 && !o.out[line.Code] {
			stands = o.said[own].amount
		}
		if line.Code != o.seats[i] || line.Out != o.out[line.Code] || line.Level != stands {
			return fmt.Sprintf("the room sees %s, the oracle says %q at %d", dump(line), o.seats[i], stands)
		}
	}
	return ""
}

func (o *turnTable) step(engine.Dong) engine.Dong { return o.rules.Step.Amount }

func (o *turnTable) maxima() []offer {
	if n := len(o.said); n > 0 {
		return o.said[n-1:]
	}
	return nil
}
