package history

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"

	"gobua/engine"
)

// Sheet is what the sequential auction knows of the rules: a rising price, one
// bid above the other by a step, no maxima.
type Sheet struct{ Start, Step engine.Dong }

// ErrUndecided: the time was too short to find an order, or to show that there
// is none.
var ErrUndecided = errors.New("history: undecided")

// Violation: no order explains what was answered in a session.
type Violation struct {
	Session engine.SessionID
	// Explained are the bids of the longest order that could be found; the one
	// that nothing explains is among those that overlap its end.
	Explained, Bids int
	Around          []string
}

func (v *Violation) Error() string {
	return fmt.Sprintf("history: session %s: no order of its %d bids explains the answers; %d were explained, then came\n  %s",
		v.Session, v.Bids, v.Explained, strings.Join(v.Around, "\n  "))
}

// Check checks what was recorded so far.
func (h *History) Check(sheet Sheet, within time.Duration) error {
	return Check(h.Calls(), sheet, within)
}

// Check looks for an order, session by session. It returns nil, a *Violation or
// ErrUndecided, and blocks for at most about the given time.
func Check(calls []Call, sheet Sheet, within time.Duration) error {
	result, info := porcupine.CheckOperationsVerbose(sheet.model(), bids(calls), within)
	switch result {
	case porcupine.Ok:
		return nil
	case porcupine.Unknown:
		return ErrUndecided
	}
	for i, part := range info.PartialLinearizationsOperations() {
		ops := partition(bids(calls))[i]
		longest := 0
		for _, order := range part {
			longest = max(longest, len(order))
		}
		if longest < len(ops) {
			return violation(ops, longest)
		}
	}
	return violation(bids(calls), 0)
}

func violation(ops []porcupine.Operation, explained int) *Violation {
	v := &Violation{Session: ops[0].Input.(*bid).Session, Explained: explained, Bids: len(ops)}
	slices.SortFunc(ops, func(a, b porcupine.Operation) int { return cmp.Compare(a.Return, b.Return) })
	for _, op := range ops[max(0, explained-3):min(len(ops), explained+5)] {
		v.Around = append(v.Around, op.Input.(*bid).String())
	}
	return v
}

// bid is one operation: all sendings of a bid up to its first answer, or one
// sending of a bid that had an answer before.
type bid struct {
	Bid
	known   bool // somebody got an answer
	again   bool // it had an answer before
	often   bool // it was answered more than once, so its outcome must be remembered
	receipt engine.Receipt
}

func (b *bid) String() string {
	if !b.known {
		return fmt.Sprintf("%s bids %d (%s): never answered", b.By, b.Amount, b.ID)
	}
	r := b.receipt
	return fmt.Sprintf("%s bids %d (%s): accepted=%v %s, record %d, price %d", b.By, b.Amount, b.ID, r.Accepted, r.Reason, r.Seq, r.Price)
}

// bids makes operations of calls.
func bids(calls []Call) []porcupine.Operation {
	byID := map[engine.CommandID][]Call{}
	var ids []engine.CommandID // in the order of first sending, so that a check is the same each time
	for _, c := range calls {
		if byID[c.ID] == nil {
			ids = append(ids, c.ID)
		}
		byID[c.ID] = append(byID[c.ID], c)
	}
	people := map[string]int{}
	var ops []porcupine.Operation
	for _, id := range ids {
		all := byID[id]
		if _, ok := people[all[0].By]; !ok {
			people[all[0].By] = len(people)
		}
		first := slices.MinFunc(all, func(a, b Call) int { return cmp.Compare(a.Back, b.Back) })
		answers := 0
		for _, c := range all {
			if c.Back != never {
				answers++
			}
		}
		op := porcupine.Operation{ClientId: people[all[0].By], Call: all[0].Sent, Return: first.Back}
		op.Input = &bid{Bid: first.Bid, known: first.Back != never, often: answers > 1, receipt: first.Receipt}
		ops = append(ops, op)
		for _, c := range all {
			if c.Back == never || c.Back == first.Back {
				continue // what was sent again in vain changes nothing
			}
			op := porcupine.Operation{ClientId: people[c.By], Call: c.Sent, Return: c.Back}
			op.Input = &bid{Bid: c.Bid, known: true, again: true, receipt: c.Receipt}
			ops = append(ops, op)
		}
	}
	return ops
}

func partition(ops []porcupine.Operation) (parts [][]porcupine.Operation) {
	of := map[engine.SessionID]int{}
	for _, op := range ops {
		id := op.Input.(*bid).Session
		if _, ok := of[id]; !ok {
			of[id] = len(parts)
			parts = append(parts, nil)
		}
		parts[of[id]] = append(parts[of[id]], op)
	}
	return parts
}

// auction is the sequential auction: who leads at what price, which record was
// the last, whether bidding is over, and how bids that are asked for again were
// answered.
type auction struct {
	price  engine.Dong
	leader string
	seq    engine.Seq
	over   bool
	asked  *outcome
}

// outcome is a list that only grows, so that states may share it.
type outcome struct {
	first  engine.Receipt
	before *outcome
}

// has tells whether a receipt is the one that was given first.
func (o *outcome) has(r *engine.Receipt) bool {
	for ; o != nil; o = o.before {
		if f := &o.first; f.Cmd == r.Cmd {
			return f.Seq == r.Seq && f.Accepted == r.Accepted && f.Reason == r.Reason && f.Price == r.Price
		}
	}
	return false
}

func (s Sheet) model() porcupine.Model {
	m := porcupine.NondeterministicModel{
		Partition: partition,
		Init:      func() []any { return []any{auction{}} },
		Step:      func(state, input, _ any) []any { return s.step(state.(auction), input.(*bid)) },
		// What was asked for again follows from which bids are in the order so
		// far, and only states with the same ones are compared.
		Equal: func(a, b any) bool {
			x, y := a.(auction), b.(auction)
			x.asked, y.asked = nil, nil
			return x == y
		},
	}
	return m.ToModel()
}

// least is the lowest bid that is taken now.
func (s Sheet) least(a *auction) engine.Dong {
	if a.leader == "" {
		return s.Start
	}
	return a.price + s.Step
}

// step returns the states that a bid and its answer may lead to; none: the
// sequential auction would not have answered so.
func (s Sheet) step(a auction, b *bid) []any {
	r := b.receipt
	takes := !a.over && b.Amount >= s.least(&a) && b.By != a.leader
	switch {
	case b.again:
		if r.Cmd != b.ID || !a.asked.has(&r) {
			return nil
		}
		return []any{a}
	case !b.known: // taken, or refused or lost, which is the same to all others
		after := []any{a}
		if takes {
			a.price, a.leader = b.Amount, b.By
			after = append(after, a)
		}
		return after
	case r.Seq == 0: // an answer without a record decides nothing
		if r.Accepted {
			return nil
		}
		return []any{a}
	case r.Seq <= a.seq || r.Cmd != b.ID:
		return nil
	}
	switch {
	case r.Accepted && !takes:
		return nil
	case r.Accepted:
		a.price, a.leader = b.Amount, b.By
	case r.Reason == engine.ReasonOwnLead && b.By != a.leader,
		(r.Reason == engine.ReasonTooLow || r.Reason == engine.ReasonBelowStart) && b.Amount >= s.least(&a):
		return nil
	case r.Reason == engine.ReasonClosed:
		a.over = true
	}
	if r.Price != a.price || r.Accepted && !r.Leading {
		return nil
	}
	a.seq = r.Seq
	if b.often {
		a.asked = &outcome{r, a.asked}
	}
	return []any{a}
}
