package bank

import (
	"cmp"
	"slices"

	"gobua/engine"
)

// Verdict is what a row of a statement means. Every row has exactly one.
type Verdict string

// The verdicts. Matched and Split settle their payment; everything else waits
// for a person.
const (
	Matched      Verdict = "matched"       // the whole amount in one transfer
	Split        Verdict = "split"         // one of several transfers that add up
	Underpaid    Verdict = "underpaid"     // too little so far
	Overpaid     Verdict = "overpaid"      // too much
	NoMemo       Verdict = "no_memo"       // the description names no payment
	UnknownMemo  Verdict = "unknown_memo"  // the memo is nobody's
	SeveralMemos Verdict = "several_memos" // one transfer that names several payments
	AlreadyPaid  Verdict = "already_paid"  // the payment is settled without this row
	Duplicate    Verdict = "duplicate"     // the same transfer was told before
	Late         Verdict = "late"          // came in after the deadline
)

// Settles tells whether rows with this verdict settle their payment.
func (v Verdict) Settles() bool { return v == Matched || v == Split }

// Expected is a payment that is waited for.
type Expected struct {
	ID     string      `json:"id"` // the office's name for it, unique
	Memo   Memo        `json:"memo"`
	Amount engine.Dong `json:"amount"`
	// Deadline is the first moment that is too late; zero: there is none. A row
	// without a time counts from the beginning of its day, in the payer's favour.
	Deadline engine.Instant `json:"deadline,omitempty"`
	Received engine.Dong    `json:"received,omitempty"` // of this amount, by rows confirmed before
	Paid     bool           `json:"paid,omitempty"`     // settled before
}

// Match is a row with its verdict. Payment and Memo are empty if the row names
// no payment.
type Match struct {
	Row     Row     `json:"row"`
	Verdict Verdict `json:"verdict"`
	Payment string  `json:"payment,omitempty"`
	Memo    Memo    `json:"memo,omitempty"`
	// Difference is all that came in for the payment less its amount: negative
	// for Underpaid, positive for Overpaid, otherwise zero.
	Difference engine.Dong `json:"difference,omitempty"`
}

// Reconcile gives every row its verdict, in the order of the rows. It decides
// nothing about a registration: it proposes, a person confirms. The order of
// rows in the file does not matter, their times do.
func Reconcile(rows []Row, expected []Expected) []Match {
	byMemo := make(map[Memo]*Expected, len(expected))
	for i := range expected {
		byMemo[expected[i].Memo] = &expected[i]
	}
	matches := make([]Match, len(rows))
	waiting := map[*Expected][]*Match{}
	for i, row := range rows {
		m := &matches[i]
		m.Row = row
		payment := m.find(byMemo)
		if payment == nil {
			continue
		}
		m.Payment, m.Memo = payment.ID, payment.Memo
		switch {
		case row.DuplicateOf > 0 || row.Imported:
			m.Verdict = Duplicate
		case payment.Paid:
			m.Verdict = AlreadyPaid
		case payment.Deadline != 0 && row.At >= payment.Deadline:
			m.Verdict = Late
		default:
			waiting[payment] = append(waiting[payment], m)
		}
	}
	for payment, group := range waiting {
		settle(payment, group)
	}
	return matches
}

// find looks for the payment a row names, or gives the row its verdict.
func (m *Match) find(byMemo map[Memo]*Expected) (payment *Expected) {
	memos, known := FindMemos(m.Row.Description), 0
	for _, memo := range memos {
		if p, ok := byMemo[memo]; ok {
			payment = p
			known++
		}
	}
	switch {
	case m.Row.DuplicateOf > 0 || m.Row.Imported:
		m.Verdict = Duplicate
	case len(memos) == 0:
		m.Verdict = NoMemo
	case known == 0:
		m.Verdict = UnknownMemo
	case known > 1:
		m.Verdict = SeveralMemos
	}
	if known != 1 {
		return nil
	}
	return payment
}

// settle gives their verdicts to the rows of one payment that came in time.
func settle(p *Expected, group []*Match) {
	slices.SortStableFunc(group, func(a, b *Match) int {
		return cmp.Or(cmp.Compare(a.Row.At, b.Row.At), cmp.Compare(a.Row.Line, b.Row.Line))
	})
	// As they came in: the first rows that add up settle the payment.
	sum := p.Received
	for i, m := range group {
		sum += m.Row.Amount
		if sum != p.Amount {
			continue
		}
		verdict := Split
		if i == 0 && p.Received == 0 {
			verdict = Matched
		}
		give(group[:i+1], verdict, 0)
		give(group[i+1:], AlreadyPaid, 0)
		return
	}
	// Else one row that is the whole amount, beside rows that are not.
	if p.Received == 0 {
		for _, m := range group {
			if m.Row.Amount == p.Amount {
				give(group, AlreadyPaid, 0)
				m.Verdict = Matched
				return
			}
		}
	}
	if sum < p.Amount {
		give(group, Underpaid, sum-p.Amount)
	} else {
		give(group, Overpaid, sum-p.Amount)
	}
}

func give(group []*Match, v Verdict, difference engine.Dong) {
	for _, m := range group {
		m.Verdict, m.Difference = v, difference
	}
}
