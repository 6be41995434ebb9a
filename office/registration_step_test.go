package office

import (
	"testing"

	"gobua/engine"
)

// There is exactly one next step, whatever the state and the time.
func TestTheNextStepIsOneThing(t *testing.T) {
	paid := func(r *Registration) { r.Fee.State, r.Deposit.State = PaymentReceived, PaymentReceived }
	for name, c := range map[string]struct {
		dossier DossierState
		change  func(*Registration, *Auction)
		now     engine.Instant
		want    Step
	}{
		"declare first":             {DossierDraft, func(r *Registration, _ *Auction) { r.NoConflict = false }, 150, Step{Code: StepDeclare, Deadline: 200}},
		"then pay the fee":          {DossierDraft, nil, 150, Step{Code: StepPayFee, Deadline: 200, Amount: 10}},
		"a part of the fee is paid": {DossierDraft, func(r *Registration, _ *Auction) { r.Fee.Paid = 4 }, 150, Step{Code: StepPayFee, Deadline: 200, Amount: 6}},
		"too much of the fee":       {DossierDraft, func(r *Registration, _ *Auction) { r.Fee.Paid = 11 }, 150, Step{Code: StepAskOffice, Amount: 10}},
		"then hand the dossier in":  {DossierDraft, func(r *Registration, _ *Auction) { r.Fee.State = PaymentReceived }, 150, Step{Code: StepSubmit, Deadline: 200}},
		"the fee is on its way":     {DossierDraft, func(r *Registration, _ *Auction) { r.Fee.SentAt = 140 }, 150, Step{Code: StepSubmit, Deadline: 200}},
		"never handed in":           {DossierDraft, nil, 200, Step{Code: StepNoDossier, Deadline: 200}},
		"correct it because":        {DossierRejected, nil, 199, Step{Code: StepCorrect, Deadline: 200, Reason: "vì thế"}},
		"never corrected":           {DossierRejected, nil, 200, Step{Code: StepRejected, Deadline: 200, Reason: "vì thế"}},
		"deposits come later":       {DossierSubmitted, func(r *Registration, _ *Auction) { r.Fee.State = PaymentReceived }, 119, Step{Code: StepWaitDeposit, Deadline: 120, Amount: 1000}},
		"pay the deposit":           {DossierSubmitted, func(r *Registration, _ *Auction) { r.Fee.State = PaymentReceived }, 120, Step{Code: StepPayDeposit, Deadline: 220, Amount: 1000}},
		"the last millisecond":      {DossierApproved, func(r *Registration, _ *Auction) { r.Fee.State = PaymentReceived }, 219, Step{Code: StepPayDeposit, Deadline: 220, Amount: 1000}},
		"no deposit":                {DossierApproved, func(r *Registration, _ *Auction) { r.Fee.State = PaymentReceived }, 220, Step{Code: StepNoDeposit, Deadline: 220, Amount: 1000}},
		"no fee":                    {DossierApproved, func(r *Registration, _ *Auction) { r.Deposit.State = PaymentReceived }, 230, Step{Code: StepNoFee, Deadline: 200, Amount: 10}},
		"the deposit came late": {DossierApproved, func(r *Registration, _ *Auction) {
			paid(r)
			r.Deposit = Payment{Due: 1000, Paid: 1000, State: PaymentDue, PaymentFacts: PaymentFacts{Untimely: 1000}}
		}, 230, Step{Code: StepAskOffice, Amount: 1000}},
		"it is on its way":       {DossierApproved, func(r *Registration, _ *Auction) { paid(r); r.Deposit.State, r.Deposit.SentAt = PaymentDue, 210 }, 230, Step{Code: StepWaitBank, Amount: 1000}},
		"wait for the office":    {DossierSubmitted, func(r *Registration, _ *Auction) { paid(r) }, 150, Step{Code: StepWaitApproval}},
		"check in from":          {DossierApproved, func(r *Registration, _ *Auction) { paid(r) }, 299, Step{Code: StepCheckIn, Deadline: 300}},
		"there is no room yet":   {DossierApproved, func(r *Registration, _ *Auction) { paid(r) }, 300, Step{Code: StepWaitSession}},
		"check in":               {DossierApproved, func(r *Registration, a *Auction) { paid(r); a.Status = StatusPublished }, 300, Step{Code: StepGo}},
		"a guarantee is as good": {DossierApproved, func(r *Registration, _ *Auction) { paid(r); r.Deposit.State = PaymentGuaranteed }, 150, Step{Code: StepCheckIn, Deadline: 300}},
		"no fee is asked":        {DossierApproved, func(r *Registration, _ *Auction) { paid(r); r.Fee = Payment{State: PaymentReceived} }, 150, Step{Code: StepCheckIn, Deadline: 300}},
		"left out at the end":    {DossierSubmitted, func(r *Registration, a *Auction) { paid(r); a.Status = StatusPublished }, 250, Step{Code: StepNoDossier}},
		"withdrawn":              {DossierApproved, func(r *Registration, _ *Auction) { r.Standing = StandingWithdrawn }, 150, Step{Code: StepWithdrawn, Reason: "vì thế"}},
		"disqualified":           {DossierApproved, func(r *Registration, _ *Auction) { r.Standing = StandingDisqualified }, 150, Step{Code: StepDisqualified, Reason: "vì thế"}},
		"cancelled":              {DossierDraft, func(_ *Registration, a *Auction) { a.Status, a.CancelReason = StatusCancelled, "chủ rút" }, 150, Step{Code: StepCancelled, Reason: "chủ rút"}},
		"over":                   {DossierApproved, func(r *Registration, a *Auction) { paid(r); a.Status = StatusConcluded }, 900, Step{Code: StepOver}},
	} {
		r := registrationIn(c.dossier, StandingIn, PaymentDue)
		a := Auction{Status: StatusListed, AuctionDraft: AuctionDraft{Sheet: sheetOfTests}}
		if c.change != nil {
			c.change(&r, &a)
		}
		if got := NextStep(&r, &a, c.now); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// Whatever the state, the step has a code, and what is asked to be paid is
// never negative.
func TestThereIsAlwaysANextStep(t *testing.T) {
	statuses := []AuctionStatus{StatusListed, StatusPublished, StatusConcluded, StatusArchived, StatusCancelled}
	for _, status := range statuses {
		for _, d := range dossierStates {
			for _, s := range standings {
				for _, fee := range moneyStates[:2] {
					for _, m := range moneyStates {
						for _, now := range []engine.Instant{0, 99, 100, 119, 120, 199, 200, 219, 220, 299, 300, 1000} {
							r := registrationIn(d, s, m)
							r.Fee.State = fee
							step := NextStep(&r, &Auction{Status: status, AuctionDraft: AuctionDraft{Sheet: sheetOfTests}}, now)
							if step.Code == "" || step.Amount < 0 {
								t.Fatalf("%s %s %s %s %s at %d: %+v", status, d, s, fee, m, now, step)
							}
						}
					}
				}
			}
		}
	}
}

// Flags are hints: the same name as staff or owner, whatever the marks and the
// case; the same representative or account as another one of the lot.
func TestFlagsForTheOfficer(t *testing.T) {
	of := func(id, lot, name string, f RegistrationFacts) Registration {
		return Registration{ID: id, LotID: lot, AccountID: "acc-" + id, Name: name, Standing: StandingIn, RegistrationFacts: f}
	}
	account := BankAccount{BIN: "970436", Number: "123"}
	list := []Registration{
		of("staff", "1", "LÊ  Thị hoa", RegistrationFacts{}),
		of("owner", "1", "Công ty Lúa Vàng", RegistrationFacts{}),
		of("kin", "1", "Nguyễn Văn Tư", RegistrationFacts{}),
		of("p1", "1", "Trần Một", RegistrationFacts{Representative: "Đỗ Hai", Proxy: Proxy{Mark: "m"}, RefundTo: account}),
		of("p2", "1", "Trần Ba", RegistrationFacts{Representative: "Đỗ Hai", Proxy: Proxy{Mark: "m"}}),
		of("a2", "1", "Phạm Bốn", RegistrationFacts{RefundTo: account}),
		of("hai", "1", "Do Hai", RegistrationFacts{}),
		of("other lot", "2", "Lý Năm", RegistrationFacts{Proxy: Proxy{Mark: "m"}, RefundTo: account, Representative: "X"}),
		of("twin1", "3", "Vũ Sáu", RegistrationFacts{}), of("twin2", "3", "Vũ Sáu", RegistrationFacts{}),
	}
	verified := map[string]bool{}
	for _, r := range list {
		verified[r.AccountID] = r.ID != "twin2"
	}
	got := flagsOf(list, []Account{{Name: "Lê Thị Hoa"}}, verified, "Công ty Lúa Vàng")
	kin := flagsOf(list, nil, verified, "Ông Nguyễn Văn Tư, bà Lê Thị B")
	for id, want := range map[string][]string{
		"staff": {FlagStaffName}, "owner": {FlagOwnerName}, "kin": nil,
		"p1": {FlagSameProxy, FlagProxyBids, FlagSameAccount}, "p2": {FlagSameProxy, FlagProxyBids}, "a2": {FlagSameAccount},
		"hai": {FlagProxyBids}, "other lot": nil, "twin1": nil, "twin2": {FlagUnverified},
	} {
		codes := map[string]bool{}
		for _, f := range got[id] {
			codes[f.Code] = true
		}
		for _, code := range want {
			if !codes[code] {
				t.Errorf("%s: %s is missing in %v", id, code, got[id])
			}
		}
		if len(codes) != len(want) {
			t.Errorf("%s: %v, want %v", id, got[id], want)
		}
	}
	if len(kin["kin"]) != 1 || kin["kin"][0].Code != FlagOwnerMentions {
		t.Errorf("named by the owner: %v", kin["kin"])
	}
}
