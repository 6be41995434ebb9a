package office

import (
	"context"

	"gobua/engine"
	"gobua/office/bank"
)

// OwnRegistration is a registration as the person sees it that it belongs to,
// and nobody else: with the code, the next step, and how to pay.
type OwnRegistration struct {
	ID             string                 `json:"id"`
	AuctionID      string                 `json:"auctionId"`
	AuctionTitle   string                 `json:"auctionTitle"`
	LotID          string                 `json:"lotId"`
	LotNumber      int                    `json:"lotNumber"`
	LotTitle       string                 `json:"lotTitle"`
	OpensAt        engine.Instant         `json:"opensAt,omitempty"`
	Session        engine.SessionID       `json:"session,omitempty"` // once there is one
	Version        int                    `json:"version"`
	Dossier        DossierState           `json:"dossier"`
	Standing       RegistrationStanding   `json:"standing"`
	NoConflict     bool                   `json:"noConflict"`
	Representative string                 `json:"representative,omitempty"`
	ProxyLast      string                 `json:"proxyLast,omitempty"` // last digits of the representative's id
	RefundTo       BankAccount            `json:"refundTo,omitzero"`
	SubmittedAt    engine.Instant         `json:"submittedAt,omitempty"`
	DecidedAt      engine.Instant         `json:"decidedAt,omitempty"`
	Reason         string                 `json:"reason,omitempty"`
	CreatedAt      engine.Instant         `json:"createdAt"`
	Fee            OwnPayment             `json:"fee"`
	Deposit        OwnPayment             `json:"deposit"`
	PayTo          BankAccount            `json:"payTo,omitzero"`
	BankName       string                 `json:"bankName,omitempty"`
	Code           engine.ParticipantCode `json:"code,omitempty"`
	CodeIssuedAt   engine.Instant         `json:"codeIssuedAt,omitempty"`
	Windows        SheetWindows           `json:"windows,omitzero"`
	Guarantee      bool                   `json:"guarantee,omitempty"` // a bank guarantee may replace the deposit
	Editable       bool                   `json:"editable"`            // the dossier may be changed now
	Withdrawal     Withdrawal             `json:"withdrawal"`
	Step           Step                   `json:"step"`
}

// OwnPayment is a payment as its payer sees it.
type OwnPayment struct {
	Memo        string         `json:"memo"`
	Due         engine.Dong    `json:"due"`
	Paid        engine.Dong    `json:"paid"`
	Missing     engine.Dong    `json:"missing"`
	State       PaymentState   `json:"state"`
	Method      string         `json:"method,omitempty"`
	Untimely    bool           `json:"untimely,omitempty"` // came outside the window
	SentAt      engine.Instant `json:"sentAt,omitempty"`
	PaidAt      engine.Instant `json:"paidAt,omitempty"`
	DueAt       engine.Instant `json:"dueAt,omitempty"`
	RefundDueAt engine.Instant `json:"refundDueAt,omitempty"`
	QR          string         `json:"qr,omitempty"` // VietQR text for what is missing; empty: nothing to pay now
}

// Withdrawal says what withdrawing now would mean.
type Withdrawal struct {
	Allowed bool `json:"allowed"`
	Free    bool `json:"free"`   // price, quantity or quality changed: Điều 39.3
	Refund  bool `json:"refund"` // a deposit that is there is given back
}

// ownView makes what the owner of a registration is shown.
func (o *Office) ownView(ctx context.Context, a *Auction, r Registration) (OwnRegistration, error) {
	now := engine.InstantOf(o.now())
	code, err := o.openCode(&r)
	if err != nil {
		return OwnRegistration{}, err
	}
	to, err := o.payTo(ctx, a)
	if err != nil {
		return OwnRegistration{}, err
	}
	versions, err := o.store.RulesVersions(ctx, a.ID)
	if err != nil {
		return OwnRegistration{}, err
	}
	v := OwnRegistration{
		ID: r.ID, AuctionID: a.ID, AuctionTitle: a.Title, LotID: r.LotID, Version: r.Version, Dossier: r.Dossier, Standing: r.Standing,
		NoConflict: r.NoConflict, Representative: r.Representative, ProxyLast: r.Proxy.Last, RefundTo: r.RefundTo,
		SubmittedAt: r.SubmittedAt, DecidedAt: r.DecidedAt, Reason: r.Reason, CreatedAt: r.CreatedAt,
		PayTo: to, Code: code, CodeIssuedAt: r.CodeIssuedAt, Windows: a.Sheet.Windows, Guarantee: a.Sheet.Money.Guarantee,
		Editable:   a.Status == StatusListed && r.editable(a.Sheet.Windows, now) == nil,
		Withdrawal: withdrawalOf(&r, a, WithdrawalFree(versions, r), now),
		Step:       NextStep(&r, a, now),
	}
	if v.Step.Code == StepDeclare || v.Step.Code == StepPayFee || v.Step.Code == StepSubmit {
		who, err := o.IdentityOf(ctx, r.AccountID)
		if err != nil {
			return OwnRegistration{}, err
		}
		if !who.Submitted {
			v.Step = Step{Code: StepIdentity, Deadline: a.Sheet.Windows.Dossier.To}
		}
	}
	if lot := lotOf(a, r.LotID); lot != nil {
		v.LotNumber, v.LotTitle, v.OpensAt, v.Session = lot.Number, lot.Title, lot.Rules.OpensAt, lot.Session
	}
	if b, ok := bank.BankByBIN(to.BIN); ok {
		v.BankName = b.Short
	}
	v.Fee = ownPayment(r.Fee, to, a.Status == StatusListed && r.Standing == StandingIn && a.Sheet.Windows.Dossier.Has(now))
	v.Deposit = ownPayment(r.Deposit, to, a.Status == StatusListed && r.Standing == StandingIn && a.Sheet.Windows.Deposit.Has(now))
	return v, nil
}

// ownPayment shows a payment, with the code to pay it while it can be paid.
func ownPayment(p Payment, to BankAccount, payable bool) OwnPayment {
	v := OwnPayment{
		Memo: p.Memo, Due: p.Due, Paid: p.Paid, Missing: p.missing(), State: p.State, Method: p.Method, Untimely: p.Untimely > 0,
		SentAt: p.SentAt, PaidAt: p.PaidAt, DueAt: p.DueAt, RefundDueAt: p.RefundDueAt,
	}
	if payable && v.Missing > 0 {
		// An account that the bank's code cannot carry is still shown in words.
		v.QR, _ = bank.VietQR(bank.Account{BIN: to.BIN, Number: to.Number}, v.Missing, p.Memo)
	}
	return v
}

func withdrawalOf(r *Registration, a *Auction, free bool, now engine.Instant) Withdrawal {
	trial := *r
	err := trial.withdraw(a.Sheet, free, "", now, now)
	return Withdrawal{
		Allowed: err == nil && a.Status == StatusListed,
		Free:    free,
		Refund:  trial.Deposit.State == PaymentRefundDue,
	}
}

// DeskRegistration is a registration as the registrar sees it. It has no code
// and no national id: that is not a matter of care but of type.
type DeskRegistration struct {
	ID             string               `json:"id"`
	LotID          string               `json:"lotId"`
	LotNumber      int                  `json:"lotNumber"`
	AccountID      string               `json:"accountId"`
	Login          string               `json:"login"`
	Name           string               `json:"name"`
	Version        int                  `json:"version"`
	Dossier        DossierState         `json:"dossier"`
	Standing       RegistrationStanding `json:"standing"`
	Admitted       bool                 `json:"admitted"` // eligible, and a code was given
	NoConflict     bool                 `json:"noConflict"`
	Representative string               `json:"representative,omitempty"`
	ProxyLast      string               `json:"proxyLast,omitempty"`
	RefundTo       BankAccount          `json:"refundTo,omitzero"`
	SubmittedAt    engine.Instant       `json:"submittedAt,omitempty"`
	DecidedAt      engine.Instant       `json:"decidedAt,omitempty"`
	DecidedBy      string               `json:"decidedBy,omitempty"`
	Reason         string               `json:"reason,omitempty"`
	Flags          []Flag               `json:"flags"`
	AtCounter      bool                 `json:"atCounter,omitempty"`
	CreatedAt      engine.Instant       `json:"createdAt"`
	EndedAt        engine.Instant       `json:"endedAt,omitempty"`
	Fee            DeskPayment          `json:"fee"`
	Deposit        DeskPayment          `json:"deposit"`
}

// DeskPayment is a payment as the registrar sees it.
type DeskPayment struct {
	Payment
	Missing engine.Dong `json:"missing"`
	Surplus engine.Dong `json:"surplus,omitempty"` // came in beyond what was due
}

func deskPayment(p Payment) DeskPayment {
	v := DeskPayment{Payment: p, Missing: p.missing()}
	if p.Paid > p.Due {
		v.Surplus = p.Paid - p.Due
	}
	return v
}

func deskView(r *Registration, a *Auction, flags []Flag) DeskRegistration {
	v := DeskRegistration{
		ID: r.ID, LotID: r.LotID, AccountID: r.AccountID, Login: r.Login, Name: r.Name, Version: r.Version, Dossier: r.Dossier,
		Standing: r.Standing, Admitted: r.Eligible() && r.SealedCode != nil, NoConflict: r.NoConflict,
		Representative: r.Representative, ProxyLast: r.Proxy.Last, RefundTo: r.RefundTo, SubmittedAt: r.SubmittedAt,
		DecidedAt: r.DecidedAt, DecidedBy: r.DecidedBy, Reason: r.Reason, Flags: flags, AtCounter: r.AtCounter,
		CreatedAt: r.CreatedAt, EndedAt: r.EndedAt, Fee: deskPayment(r.Fee), Deposit: deskPayment(r.Deposit),
	}
	if lot := lotOf(a, r.LotID); lot != nil {
		v.LotNumber = lot.Number
	}
	return v
}
