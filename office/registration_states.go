package office

import (
	"errors"

	"gobua/engine"
)

// The acts of this file are the state machines of a dossier and of its money.
// They are pure: a registration, the auction's sheet and a moment decide, and a
// refused act changes nothing. ErrWrongState: not at this step. ErrTooEarly,
// ErrTooLate: outside the window, From ≤ t < To.

// errSame ends a change that has been made before: nothing is written, and the
// caller answers as the first time.
var errSame = errors.New("office: done before")

// inWindow tells whether a moment lies in a window, and on which side it does
// not.
func inWindow(w Window, at engine.Instant) error {
	switch {
	case at < w.From:
		return ErrTooEarly
	case at >= w.To:
		return ErrTooLate
	}
	return nil
}

// editable tells whether the dossier may be changed by the person it belongs
// to: until it is handed in, and again when it came back.
func (r *Registration) editable(w SheetWindows, at engine.Instant) error {
	if r.Standing != StandingIn || r.Dossier != DossierDraft && r.Dossier != DossierRejected {
		return ErrWrongState
	}
	return inWindow(w.Dossier, at)
}

// submit hands the dossier in. Handing in twice is once.
func (r *Registration) submit(w SheetWindows, at engine.Instant) error {
	if r.Standing == StandingIn && r.Dossier == DossierSubmitted {
		return errSame
	}
	if err := r.editable(w, at); err != nil {
		return err
	}
	r.Dossier, r.SubmittedAt = DossierSubmitted, at
	r.DecidedAt, r.DecidedBy, r.Reason = 0, "", ""
	return nil
}

// decide approves the dossier or sends it back with a reason. The same decision
// by the same officer again is the first one.
func (r *Registration) decide(to DossierState, by, reason string, at engine.Instant) error {
	if r.Standing == StandingIn && r.Dossier == to && r.DecidedBy == by && r.Reason == reason {
		return errSame
	}
	if r.Standing != StandingIn || r.Dossier != DossierSubmitted {
		return ErrWrongState
	}
	r.Dossier, r.DecidedAt, r.DecidedBy, r.Reason = to, at, by, reason
	return nil
}

// withdraw ends the registration at the wish of its owner. free: a change of
// price, quantity or quality gives the right to withdraw until the session and
// to have the deposit back (Điều 39.3); without it, only while dossiers are
// taken and with what the sheet says of the deposit. refundDueAt is the last
// moment to give money back.
func (r *Registration) withdraw(s Sheet, free bool, reason string, at, refundDueAt engine.Instant) error {
	if r.Standing == StandingWithdrawn {
		return errSame
	}
	if r.Standing != StandingIn {
		return ErrWrongState
	}
	if !free && at >= s.Windows.Dossier.To {
		return ErrTooLate
	}
	r.Standing, r.Reason, r.EndedAt = StandingWithdrawn, reason, at
	if free || !s.Money.KeepOnWithdrawal || !r.Deposit.Secured() {
		r.Deposit.giveBack(refundDueAt)
	}
	return nil
}

// giveBack makes what has come in a debt of the centre.
func (p *Payment) giveBack(dueAt engine.Instant) {
	if p.State == PaymentReceived || p.State == PaymentGuaranteed || p.State == PaymentDue && p.Paid > 0 {
		p.State, p.RefundDueAt = PaymentRefundDue, dueAt
	}
}

// payment returns the fee or the deposit, or nil.
func (r *Registration) payment(kind PaymentKind) *Payment {
	switch kind {
	case FeePayment:
		return &r.Fee
	case DepositPayment:
		return &r.Deposit
	}
	return nil
}

// PaymentKind names one of the two payments of a registration.
type PaymentKind string

// The two payments: the dossier fee (tiền mua hồ sơ) and the deposit (tiền đặt
// trước).
const (
	FeePayment     PaymentKind = "fee"
	DepositPayment PaymentKind = "deposit"
)

// windowOf is when money of a kind is taken.
func windowOf(w SheetWindows, kind PaymentKind) Window {
	if kind == FeePayment {
		return w.Dossier
	}
	return w.Deposit
}

// missing is what a payment still lacks.
func (p Payment) missing() engine.Dong {
	if p.Secured() || p.State != PaymentDue {
		return 0
	}
	return max(p.Due-(p.Paid-p.Untimely), 0)
}

// receive books money that came by transfer. settles: it is all that was due,
// and in time. Money for an ended registration is owed back at once.
func (r *Registration) receive(kind PaymentKind, amount engine.Dong, reference string, at engine.Instant, untimely, settles bool, refundDueAt engine.Instant) {
	p := r.payment(kind)
	p.Paid += amount
	p.Method, p.PaidAt = "transfer", at
	if reference != "" {
		p.References = append(p.References, reference)
	}
	if untimely {
		p.Untimely += amount
	}
	switch {
	case p.State != PaymentDue:
	case settles:
		p.State = PaymentReceived
	}
	if r.Standing != StandingIn {
		p.giveBack(refundDueAt)
	}
}

// takeCash books cash at the counter: all that is missing, in the window, and
// for a deposit below the sheet's limit (Điều 39.1).
func (r *Registration) takeCash(kind PaymentKind, s Sheet, by string, at engine.Instant) error {
	p := r.payment(kind)
	if r.Standing != StandingIn || p == nil || p.State != PaymentDue || p.missing() == 0 {
		return ErrWrongState
	}
	if err := inWindow(windowOf(s.Windows, kind), at); err != nil {
		return err
	}
	if kind == DepositPayment && p.Due >= s.Money.CashLimit {
		return &Invalid{[]Field{{Field: "payment", Code: "above_cash_limit"}}}
	}
	p.Paid += p.missing()
	p.State, p.Method, p.PaidAt, p.ConfirmedBy = PaymentReceived, "cash", at, by
	return nil
}

// guarantee accepts a bank guarantee in place of the deposit. at is when the
// guarantee was handed in.
func (r *Registration) guarantee(s Sheet, by, note string, at engine.Instant) error {
	p := &r.Deposit
	switch {
	case r.Standing == StandingIn && p.State == PaymentGuaranteed && p.ConfirmedBy == by:
		return errSame
	case r.Standing != StandingIn || p.State != PaymentDue:
		return ErrWrongState
	case !s.Money.Guarantee:
		return &Invalid{[]Field{{Field: "payment", Code: "no_guarantee"}}}
	}
	if err := inWindow(s.Windows.Deposit, at); err != nil {
		return err
	}
	p.State, p.Method, p.PaidAt, p.ConfirmedBy, p.Note = PaymentGuaranteed, "guarantee", at, by, note
	return nil
}

// waive lets a fee off, or accepts money that did not come as it should: late,
// early, or too much. It does not make up for a deposit that is too small.
func (r *Registration) waive(kind PaymentKind, by, reason string) error {
	p := r.payment(kind)
	switch {
	case r.Standing == StandingIn && p != nil && p.Secured() && p.ApprovedBy == by && p.Note == reason:
		return errSame
	case r.Standing != StandingIn || p == nil || p.State != PaymentDue:
		return ErrWrongState
	case kind == DepositPayment && p.Paid < p.Due:
		return &Invalid{[]Field{{Field: "payment", Code: "underpaid"}}}
	}
	p.Waived = max(p.Due-p.Paid, 0)
	p.State, p.Untimely, p.ApprovedBy, p.Note = PaymentReceived, 0, by, reason
	return nil
}

// markSent notes that the payer says to have sent the money.
func (r *Registration) markSent(kind PaymentKind, at engine.Instant) error {
	p := r.payment(kind)
	switch {
	case r.Standing != StandingIn || p == nil || p.State != PaymentDue:
		return ErrWrongState
	case p.SentAt != 0:
		return errSame
	}
	p.SentAt = at
	return nil
}
