package office

import (
	"errors"
	"fmt"
	"testing"

	"gobua/engine"
)

// sheetOfTests has a dossier window of [100, 200) and a deposit window of
// [120, 220).
var sheetOfTests = Sheet{
	Windows: SheetWindows{Dossier: Window{100, 200}, Deposit: Window{120, 220}, CheckIn: 300},
	Money:   SheetMoney{DossierFee: 10, CashLimit: 5_000_000, Guarantee: true},
}

func registrationIn(d DossierState, s RegistrationStanding, deposit PaymentState) Registration {
	return Registration{
		ID: "r", LotID: "l", AccountID: "a", Dossier: d, Standing: s,
		Fee:     Payment{Due: 10, State: PaymentDue},
		Deposit: Payment{Due: 1000, State: deposit},
		RegistrationFacts: RegistrationFacts{
			NoConflict: true, RefundTo: BankAccount{BIN: "970436", Number: "1"}, DecidedBy: "officer", Reason: "vì thế",
		},
	}
}

var (
	dossierStates = []DossierState{DossierDraft, DossierSubmitted, DossierApproved, DossierRejected}
	standings     = []RegistrationStanding{StandingIn, StandingWithdrawn, StandingDisqualified}
	moneyStates   = []PaymentState{
		PaymentDue, PaymentReceived, PaymentGuaranteed, PaymentRefundDue, PaymentRefunded, PaymentForfeited, PaymentConverted,
	}
)

// Every state of a dossier × every act on it: what is allowed, what is refused,
// what has been done before. Time is inside every window.
func TestTheDossierAllowsAnActInItsStatesAlone(t *testing.T) {
	acts := map[string]func(*Registration) error{
		"edit":    func(r *Registration) error { return r.editable(sheetOfTests.Windows, 150) },
		"submit":  func(r *Registration) error { return r.submit(sheetOfTests.Windows, 150) },
		"approve": func(r *Registration) error { return r.decide(DossierApproved, "other", "", 150) },
		"reject":  func(r *Registration) error { return r.decide(DossierRejected, "other", "thiếu giấy", 150) },
		"again":   func(r *Registration) error { return r.decide(r.Dossier, "officer", "vì thế", 150) },
		"leave":   func(r *Registration) error { return r.withdraw(sheetOfTests, false, "", 150, 500) },
	}
	const no, ok, same = "refused", "allowed", "same"
	want := map[string]map[DossierState]string{ // of somebody who is in
		"edit":    {DossierDraft: ok, DossierSubmitted: no, DossierApproved: no, DossierRejected: ok},
		"submit":  {DossierDraft: ok, DossierSubmitted: same, DossierApproved: no, DossierRejected: ok},
		"approve": {DossierDraft: no, DossierSubmitted: ok, DossierApproved: no, DossierRejected: no},
		"reject":  {DossierDraft: no, DossierSubmitted: ok, DossierApproved: no, DossierRejected: no},
		"again":   {DossierDraft: same, DossierSubmitted: same, DossierApproved: same, DossierRejected: same},
		"leave":   {DossierDraft: ok, DossierSubmitted: ok, DossierApproved: ok, DossierRejected: ok},
	}
	for name, act := range acts {
		for _, d := range dossierStates {
			for _, s := range standings {
				r := registrationIn(d, s, PaymentDue)
				before := fmt.Sprint(r)
				expected := want[name][d]
				if s != StandingIn {
					expected = no
				}
				if name == "leave" && s == StandingWithdrawn {
					expected = same
				}
				err := act(&r)
				got := ok
				if errors.Is(err, errSame) {
					got = same
				} else if err != nil {
					got = no
					if !errors.Is(err, ErrWrongState) {
						t.Errorf("%s in %s, %s: %v", name, d, s, err)
					}
				}
				if got != expected {
					t.Errorf("%s in %s, %s: %s, want %s", name, d, s, got, expected)
				}
				if err != nil && fmt.Sprint(r) != before {
					t.Errorf("%s in %s, %s: refused and changed all the same", name, d, s)
				}
			}
		}
	}
}

// Every state of the deposit × every act on it.
func TestTheDepositAllowsAnActInItsStatesAlone(t *testing.T) {
	acts := map[string]func(*Registration) error{
		"cash":      func(r *Registration) error { return r.takeCash(DepositPayment, sheetOfTests, "officer", 150) },
		"guarantee": func(r *Registration) error { return r.guarantee(sheetOfTests, "officer", "số 1", 150) },
		"sent":      func(r *Registration) error { return r.markSent(DepositPayment, 150) },
		"waive": func(r *Registration) error {
			r.Deposit.Paid, r.Deposit.Untimely = 1000, 1000
			return r.waive(DepositPayment, "officer", "chậm do ngân hàng")
		},
	}
	for name, act := range acts {
		for _, m := range moneyStates {
			for _, s := range standings {
				r := registrationIn(DossierSubmitted, s, m)
				err := act(&r)
				if allowed := s == StandingIn && m == PaymentDue; allowed != (err == nil) {
					t.Errorf("%s in %s, %s: %v", name, m, s, err)
				}
				if err != nil && !errors.Is(err, ErrWrongState) {
					t.Errorf("%s in %s, %s: %v", name, m, s, err)
				}
			}
		}
	}
}

// Windows are From ≤ t < To to the millisecond.
func TestTheWindowsHoldAtTheirEdges(t *testing.T) {
	dossier := map[engine.Instant]error{99: ErrTooEarly, 100: nil, 199: nil, 200: ErrTooLate}
	deposit := map[engine.Instant]error{119: ErrTooEarly, 120: nil, 219: nil, 220: ErrTooLate}
	for name, c := range map[string]struct {
		edges map[engine.Instant]error
		act   func(*Registration, engine.Instant) error
	}{
		"edit":     {dossier, func(r *Registration, at engine.Instant) error { return r.editable(sheetOfTests.Windows, at) }},
		"submit":   {dossier, func(r *Registration, at engine.Instant) error { return r.submit(sheetOfTests.Windows, at) }},
		"cash fee": {dossier, func(r *Registration, at engine.Instant) error { return r.takeCash(FeePayment, sheetOfTests, "o", at) }},
		"cash deposit": {deposit, func(r *Registration, at engine.Instant) error {
			return r.takeCash(DepositPayment, sheetOfTests, "o", at)
		}},
		"guarantee": {deposit, func(r *Registration, at engine.Instant) error { return r.guarantee(sheetOfTests, "o", "số 1", at) }},
	} {
		for at, want := range c.edges {
			r := registrationIn(DossierDraft, StandingIn, PaymentDue)
			if err := c.act(&r, at); !errors.Is(err, want) || (err == nil) != (want == nil) {
				t.Errorf("%s at %d: %v, want %v", name, at, err, want)
			}
		}
	}
	for at, want := range map[engine.Instant]error{150: nil, 199: nil, 200: ErrTooLate} {
		r := registrationIn(DossierApproved, StandingIn, PaymentReceived)
		if err := r.withdraw(sheetOfTests, false, "", at, 900); !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("withdraw at %d: %v, want %v", at, err, want)
		}
	}
}

// Who withdraws gets the deposit back, unless the sheet keeps it; a change of
// the property overrules the sheet and the deadline (Điều 39.3).
func TestWithdrawingGivesTheDepositBackAsTheSheetSays(t *testing.T) {
	keeps := sheetOfTests
	keeps.Money.KeepOnWithdrawal = true
	for name, c := range map[string]struct {
		sheet Sheet
		free  bool
		at    engine.Instant
		state PaymentState
		paid  engine.Dong
		want  PaymentState
	}{
		"in time":                   {sheetOfTests, false, 150, PaymentReceived, 1000, PaymentRefundDue},
		"a guarantee goes back":     {sheetOfTests, false, 150, PaymentGuaranteed, 0, PaymentRefundDue},
		"nothing was paid":          {sheetOfTests, false, 150, PaymentDue, 0, PaymentDue},
		"a part was paid":           {keeps, false, 150, PaymentDue, 400, PaymentRefundDue},
		"the sheet keeps it":        {keeps, false, 150, PaymentReceived, 1000, PaymentReceived},
		"the property changed":      {keeps, true, 150, PaymentReceived, 1000, PaymentRefundDue},
		"it changed, after the end": {keeps, true, 900, PaymentReceived, 1000, PaymentRefundDue},
	} {
		r := registrationIn(DossierApproved, StandingIn, c.state)
		r.Deposit.Paid = c.paid
		if err := r.withdraw(c.sheet, c.free, "đổi ý", c.at, 999); err != nil {
			t.Fatal(name, err)
		}
		if r.Deposit.State != c.want || (c.want == PaymentRefundDue) != (r.Deposit.RefundDueAt == 999) || r.EndedAt != c.at {
			t.Errorf("%s: %+v", name, r.Deposit)
		}
	}
}

// Cash for a deposit is taken below the limit of the sheet alone, and all that
// is missing at once.
func TestCashIsTakenBelowTheLimit(t *testing.T) {
	for due, want := range map[engine.Dong]string{4_999_999: "", 5_000_000: "above_cash_limit"} {
		r := registrationIn(DossierDraft, StandingIn, PaymentDue)
		r.Deposit.Due, r.Deposit.Paid, r.Deposit.Untimely = due, 1000, 300
		err := r.takeCash(DepositPayment, sheetOfTests, "officer", 150)
		if invalid, _ := errors.AsType[*Invalid](err); (want == "") != (err == nil) || want != "" && invalid.Fields[0].Code != want {
			t.Errorf("%d: %v", due, err)
		}
		if err == nil && (r.Deposit.Paid != due+300 || r.Deposit.State != PaymentReceived) {
			t.Errorf("%+v", r.Deposit)
		}
	}
}

// What came late, early or in excess waits for an officer; too little is never
// accepted as a deposit, while a fee may be let off.
func TestMoneyNotInOrderIsAcceptedForAReasonOnly(t *testing.T) {
	r := registrationIn(DossierApproved, StandingIn, PaymentDue)
	r.receive(DepositPayment, 400, "FT1", 230, true, false, 900)
	if err := r.waive(DepositPayment, "officer", "vì thế"); err == nil {
		t.Fatal("400 of 1000 were accepted")
	}
	r.receive(DepositPayment, 700, "FT2", 231, true, false, 900)
	if r.Deposit.Secured() || r.Deposit.missing() != 1000 || r.Deposit.Untimely != 1100 {
		t.Fatalf("%+v", r.Deposit)
	}
	if err := r.waive(DepositPayment, "officer", "ngân hàng chậm"); err != nil || !r.Deposit.Secured() || r.Deposit.ApprovedBy != "officer" {
		t.Fatalf("%v %+v", err, r.Deposit)
	}
	if err := r.waive(DepositPayment, "officer", "ngân hàng chậm"); !errors.Is(err, errSame) {
		t.Fatal(err)
	}
	if err := r.waive(FeePayment, "officer", "hộ nghèo"); err != nil || r.Fee.Waived != 10 || !r.Eligible() {
		t.Fatalf("%v %+v", err, r.Fee)
	}
	gone := registrationIn(DossierApproved, StandingWithdrawn, PaymentDue)
	gone.receive(DepositPayment, 1000, "FT3", 150, false, true, 900)
	if gone.Deposit.State != PaymentRefundDue || gone.Deposit.RefundDueAt != 900 {
		t.Fatalf("money for somebody who has left: %+v", gone.Deposit)
	}
}
