package office

import "gobua/engine"

// StepCode names the one thing a participant has to do next. The page turns it
// into a sentence.
type StepCode string

// The next steps, in the order of their life.
const (
	StepIdentity     StepCode = "identity"      // say who you are, before the dossier can be handed in
	StepDeclare      StepCode = "declare"       // declaration, representative, refund account
	StepPayFee       StepCode = "pay_fee"       // by Deadline
	StepSubmit       StepCode = "submit"        // upload the dossier and hand it in, by Deadline
	StepCorrect      StepCode = "correct"       // it came back with Reason; hand it in again by Deadline
	StepWaitDeposit  StepCode = "wait_deposit"  // deposits are taken from Deadline on
	StepPayDeposit   StepCode = "pay_deposit"   // by Deadline
	StepAskOffice    StepCode = "ask_office"    // money came late, early, or not as it should: the office decides
	StepWaitBank     StepCode = "wait_bank"     // money is said to be on its way
	StepWaitApproval StepCode = "wait_approval" // the office reads the dossier
	StepCheckIn      StepCode = "check_in"      // your code is Code: check in from Deadline on
	StepWaitSession  StepCode = "wait_session"  // the office closes the list of participants, then there is a room
	StepGo           StepCode = "go"            // roll-call is open
	StepWithdrawn    StepCode = "closed_withdrawn"
	StepDisqualified StepCode = "closed_disqualified"
	StepCancelled    StepCode = "closed_cancelled"
	StepNoDossier    StepCode = "closed_no_dossier" // not handed in in time
	StepRejected     StepCode = "closed_rejected"   // came back with Reason, not corrected in time
	StepNoFee        StepCode = "closed_no_fee"     // fee missing at the end
	StepNoDeposit    StepCode = "closed_no_deposit" // deposit missing at the end
	StepOver         StepCode = "closed_over"       // the auction is over
)

// Step is the next thing to do, with what it needs to be said.
type Step struct {
	Code     StepCode       `json:"code"`
	Deadline engine.Instant `json:"deadline,omitempty"` // do it before this; of StepWaitDeposit and StepCheckIn: not before
	Amount   engine.Dong    `json:"amount,omitempty"`   // still to be paid
	Reason   string         `json:"reason,omitempty"`   // what the office wrote
}

// NextStep says the one thing that the owner of a registration has to do, by
// the server's clock. It is pure and total: there is always exactly one.
func NextStep(r *Registration, a *Auction, now engine.Instant) Step {
	if s, ended := endStep(r, a); ended {
		return s
	}
	w := a.Sheet.Windows
	if s, open := dossierStep(r, w, now); open {
		return s
	}
	if s, open := feeStep(r, w, now); open {
		return s
	}
	if r.Dossier == DossierDraft {
		return Step{Code: StepSubmit, Deadline: w.Dossier.To}
	}
	if s, open := depositStep(r, w, now); open {
		return s
	}
	switch {
	case r.Dossier == DossierSubmitted:
		return Step{Code: StepWaitApproval}
	case r.Fee.missing() > 0 || !r.Deposit.Secured():
		return Step{Code: StepWaitBank, Amount: r.Fee.missing() + r.Deposit.missing()}
	case now < w.CheckIn:
		return Step{Code: StepCheckIn, Deadline: w.CheckIn}
	case a.Status == StatusListed:
		return Step{Code: StepWaitSession}
	}
	return Step{Code: StepGo}
}

// endStep is what there is to say where nothing is left to do.
func endStep(r *Registration, a *Auction) (Step, bool) {
	switch {
	case r.Standing == StandingWithdrawn:
		return Step{Code: StepWithdrawn, Reason: r.Reason}, true
	case r.Standing == StandingDisqualified:
		return Step{Code: StepDisqualified, Reason: r.Reason}, true
	case a.Status == StatusCancelled:
		return Step{Code: StepCancelled, Reason: a.CancelReason}, true
	case a.Status == StatusConcluded || a.Status == StatusArchived:
		return Step{Code: StepOver}, true
	case a.Status == StatusPublished && !r.Eligible():
		return leftOut(r), true
	}
	return Step{}, false
}

// leftOut says why a registration was not admitted when the sessions were made.
func leftOut(r *Registration) Step {
	switch {
	case r.Dossier == DossierRejected:
		return Step{Code: StepRejected, Reason: r.Reason}
	case r.Dossier != DossierApproved:
		return Step{Code: StepNoDossier}
	case !r.Deposit.Secured():
		return Step{Code: StepNoDeposit, Amount: r.Deposit.missing()}
	}
	return Step{Code: StepNoFee, Amount: r.Fee.missing()}
}

// dossierStep is what the dossier wants before money is looked at, and what
// became of one that was not handed in or not corrected in time.
func dossierStep(r *Registration, w SheetWindows, now engine.Instant) (Step, bool) {
	over := now >= w.Dossier.To
	switch {
	case r.Dossier == DossierDraft && over:
		return Step{Code: StepNoDossier, Deadline: w.Dossier.To}, true
	case r.Dossier == DossierRejected && over:
		return Step{Code: StepRejected, Deadline: w.Dossier.To, Reason: r.Reason}, true
	case r.Dossier == DossierRejected:
		return Step{Code: StepCorrect, Deadline: w.Dossier.To, Reason: r.Reason}, true
	case r.Dossier == DossierDraft && !r.declared():
		return Step{Code: StepDeclare, Deadline: w.Dossier.To}, true
	}
	return Step{}, false
}

// declared tells whether what must be said in the form has been said.
func (r *Registration) declared() bool { return r.NoConflict && r.RefundTo.Number != "" }

func feeStep(r *Registration, w SheetWindows, now engine.Instant) (Step, bool) {
	missing := r.Fee.missing()
	switch {
	case missing == 0 && r.Fee.State != PaymentDue || r.Fee.Due == 0:
		return Step{}, false
	case missing == 0 || r.Fee.Untimely > 0:
		return Step{Code: StepAskOffice, Amount: r.Fee.Due}, true
	case r.Fee.SentAt != 0:
		return Step{}, false // waits for the bank, while the next thing can be done
	case now >= w.Dossier.To:
		return Step{Code: StepNoFee, Deadline: w.Dossier.To, Amount: missing}, true
	}
	return Step{Code: StepPayFee, Deadline: w.Dossier.To, Amount: missing}, true
}

func depositStep(r *Registration, w SheetWindows, now engine.Instant) (Step, bool) {
	missing := r.Deposit.missing()
	switch {
	case r.Deposit.Secured():
		return Step{}, false
	case r.Deposit.State != PaymentDue:
		return Step{Code: StepNoDeposit, Deadline: w.Deposit.To}, true
	case missing == 0 || r.Deposit.Untimely > 0:
		return Step{Code: StepAskOffice, Amount: r.Deposit.Due}, true
	case r.Deposit.SentAt != 0:
		return Step{}, false
	case now >= w.Deposit.To:
		return Step{Code: StepNoDeposit, Deadline: w.Deposit.To, Amount: missing}, true
	case now < w.Deposit.From:
		return Step{Code: StepWaitDeposit, Deadline: w.Deposit.From, Amount: missing}, true
	}
	return Step{Code: StepPayDeposit, Deadline: w.Deposit.To, Amount: missing}, true
}
