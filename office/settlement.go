package office

import (
	"gobua/engine"
	"gobua/office/workday"
)

// Settlement is the payment of the winning price: the deposit became earnest
// money (tiền đặt cọc, Điều 39.5) and counts towards it.
type Settlement struct {
	Price    engine.Dong         `json:"price"`
	Earnest  engine.Dong         `json:"earnest"`
	Payments []SettlementPayment `json:"payments"`
	DueAt    engine.Instant      `json:"dueAt,omitempty"` // zero: the sheet sets no term
	PaidAt   engine.Instant      `json:"paidAt,omitempty"`
}

// SettlementPayment is money of the winner as the office noted it.
type SettlementPayment struct {
	At        engine.Instant `json:"at"`
	Amount    engine.Dong    `json:"amount"`
	Reference string         `json:"reference"` // of the bank; once a lot
	NotedBy   string         `json:"notedBy"`
}

// maxPayments is how many payments one price comes in at most.
const maxPayments = 100

// Balance is what is still to be paid.
func (s *Settlement) Balance() engine.Dong {
	left := s.Price - s.Earnest
	for _, p := range s.Payments {
		left -= p.Amount
	}
	return left
}

// beginSettlement starts it with the deposit that became earnest money. The
// term counts whole days from the day of the confirmation, to the end of the
// last one.
func (p *Proceeding) beginSettlement(earnest engine.Dong) {
	s := &Settlement{Price: p.Award.Price, Earnest: min(earnest, p.Award.Price), Payments: []SettlementPayment{}}
	sold, _ := p.stepOf(StepConfirmed)
	if p.After.PaymentDays > 0 {
		s.DueAt = workday.DayOf(sold.At).AddDays(p.After.PaymentDays).End()
	}
	if s.Balance() == 0 {
		s.PaidAt = sold.At
	}
	p.Settlement = s
}

// pay notes a payment. More than the balance is refused, and a reference that
// was noted before: both are typing errors.
func (p *Proceeding) pay(pay SettlementPayment) error {
	s := p.Settlement
	if p.State != ProceedingSold || s == nil {
		return ErrWrongState
	}
	var f faults
	f.when(pay.Amount <= 0 || pay.Amount > s.Balance(), "amount", "out_of_range")
	f.when(len(s.Payments) >= maxPayments, "amount", "too_many")
	for _, old := range s.Payments {
		f.when(old.Reference == pay.Reference, "reference", "duplicate")
	}
	if err := f.err(); err != nil {
		return err
	}
	s.Payments = append(s.Payments, pay)
	if s.Balance() == 0 {
		s.PaidAt = pay.At
	}
	p.note(ProceedingStep{At: pay.At, Kind: StepPaid, Code: p.Award.Code, Price: pay.Amount, Document: pay.Reference, By: pay.NotedBy})
	return nil
}
