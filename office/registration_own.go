package office

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"gobua/engine"
	"gobua/office/bank"
)

// What a dossier may hold. A person writes a name, not a book; a list of own
// registrations is one that a person reads.
const (
	maxOwnRegistrations = 200
	maxRegistrations    = engine.MaxParticipants
)

// DossierForm is what a participant writes into the form. RepresentativeID is
// the national id of the representative; it is not kept, only its mark.
type DossierForm struct {
	NoConflict       bool        `json:"noConflict"`
	Representative   string      `json:"representative"`
	RepresentativeID string      `json:"representativeId"`
	RefundTo         BankAccount `json:"refundTo"`
}

// Register opens the registration of a bidder for one lot of a listed auction,
// inside the dossier window. Registering again returns the registration that is
// there, and so does a request that is repeated.
func (o *Office) Register(ctx context.Context, by Account, auctionID, lotID string) (OwnRegistration, error) {
	by, err := o.authorize(ctx, by, engine.RoleBidder)
	if err != nil {
		return OwnRegistration{}, err
	}
	a, err := o.listed(ctx, auctionID)
	if err != nil {
		return OwnRegistration{}, err
	}
	r, err := o.newRegistration(&a, by, lotID)
	if err != nil {
		return OwnRegistration{}, err
	}
	trail := o.act(by, "registration.open", "registration", r.ID, nil, map[string]string{"lot": lotID}).ofAuction(&a)
	err = o.store.InsertRegistration(ctx, r, trail)
	if errors.Is(err, ErrRegistered) {
		return o.ownOf(ctx, by, &a, lotID)
	}
	if err != nil {
		return OwnRegistration{}, err
	}
	return o.ownView(ctx, &a, r)
}

// listed returns an auction that people can register for. What the public does
// not know is not found.
func (o *Office) listed(ctx context.Context, id string) (Auction, error) {
	if !validID(id) {
		return Auction{}, ErrNotFound
	}
	a, err := o.store.Auction(ctx, id)
	switch {
	case err != nil:
		return Auction{}, err
	case a.Status == StatusDraft:
		return Auction{}, ErrNotFound
	case a.Status != StatusListed:
		return Auction{}, ErrWrongState
	}
	return a, nil
}

// newRegistration draws up a registration with its two payments. The window
// must be open.
func (o *Office) newRegistration(a *Auction, of Account, lotID string) (Registration, error) {
	now := engine.InstantOf(o.now())
	lot := lotOf(a, lotID)
	if lot == nil {
		return Registration{}, &Invalid{[]Field{{Field: "lotId", Code: "unknown"}}}
	}
	if err := inWindow(a.Sheet.Windows.Dossier, now); err != nil {
		return Registration{}, err
	}
	id, err := o.newID()
	if err != nil {
		return Registration{}, err
	}
	r := Registration{
		ID: id, AuctionID: a.ID, LotID: lotID, AccountID: of.ID, Version: 1, Dossier: DossierDraft, Standing: StandingIn,
		CreatedAt: now, ChangedAt: now, Login: of.Login, Name: of.Name,
	}
	if r.Fee, err = o.newPayment(a.Sheet.Money.DossierFee, a.Sheet.Windows.Dossier.To); err != nil {
		return Registration{}, err
	}
	r.Deposit, err = o.newPayment(lot.Deposit, a.Sheet.Windows.Deposit.To)
	return r, err
}

// newPayment returns a payment under a memo of its own. Nothing to pay is paid.
func (o *Office) newPayment(due engine.Dong, dueAt engine.Instant) (Payment, error) {
	memo, err := bank.NewMemo(o.rand)
	if err != nil {
		return Payment{}, err
	}
	p := Payment{Memo: string(memo), Due: due, State: PaymentDue, DueAt: dueAt}
	if due == 0 {
		p.State = PaymentReceived
	}
	return p, nil
}

func lotOf(a *Auction, id string) *LotDraft {
	for i := range a.Lots {
		if a.Lots[i].ID == id {
			return &a.Lots[i]
		}
	}
	return nil
}

// ownOf returns the registration of an account for a lot that is in.
func (o *Office) ownOf(ctx context.Context, by Account, a *Auction, lotID string) (OwnRegistration, error) {
	list, err := o.store.Registrations(ctx, RegistrationQuery{LotID: lotID, AccountID: by.ID, Limit: maxOwnRegistrations})
	if err != nil {
		return OwnRegistration{}, err
	}
	for _, r := range list {
		if r.Standing != StandingWithdrawn {
			return o.ownView(ctx, a, r)
		}
	}
	return OwnRegistration{}, ErrEditedMeanwhile // withdrawn at this very moment
}

// MyRegistrations returns the registrations of a bidder, newest first.
func (o *Office) MyRegistrations(ctx context.Context, by Account) ([]OwnRegistration, error) {
	by, err := o.authorize(ctx, by, engine.RoleBidder)
	if err != nil {
		return nil, err
	}
	list, err := o.store.Registrations(ctx, RegistrationQuery{AccountID: by.ID, Limit: maxOwnRegistrations})
	if err != nil {
		return nil, err
	}
	auctions := map[string]*Auction{}
	views := make([]OwnRegistration, 0, len(list))
	for i := len(list) - 1; i >= 0; i-- {
		a := auctions[list[i].AuctionID]
		if a == nil {
			found, err := o.store.Auction(ctx, list[i].AuctionID)
			if err != nil {
				return nil, err
			}
			a = &found
			auctions[found.ID] = a
		}
		v, err := o.ownView(ctx, a, list[i])
		if err != nil {
			return nil, err
		}
		views = append(views, v)
	}
	return views, nil
}

// MyRegistration returns one registration to the person it belongs to; to
// everybody else it does not exist.
func (o *Office) MyRegistration(ctx context.Context, by Account, id string) (OwnRegistration, error) {
	_, a, r, err := o.own(ctx, by, id)
	if err != nil {
		return OwnRegistration{}, err
	}
	return o.ownView(ctx, &a, r)
}

// own finds a registration of the acting bidder, with its auction.
func (o *Office) own(ctx context.Context, by Account, id string) (Account, Auction, Registration, error) {
	by, err := o.authorize(ctx, by, engine.RoleBidder)
	if err == nil && !validID(id) {
		err = ErrNotFound
	}
	if err != nil {
		return by, Auction{}, Registration{}, err
	}
	r, err := o.store.Registration(ctx, id)
	if err == nil && r.AccountID != by.ID {
		err = ErrNotFound
	}
	if err != nil {
		return by, Auction{}, Registration{}, err
	}
	a, err := o.store.Auction(ctx, r.AuctionID)
	return by, a, r, err
}

// change is the one way in which a bidder's own act reaches the store. act
// changes the registration; errSame means that it has been done before.
func (o *Office) change(ctx context.Context, by Account, a *Auction, id, name string, act func(*Registration) error) (Registration, error) {
	r, err := o.store.ChangeRegistration(ctx, id, func(r *Registration) (Trail, error) {
		before := logOf(r)
		if a.Status != StatusListed {
			return Trail{}, ErrWrongState
		}
		if err := act(r); err != nil {
			return Trail{}, err
		}
		return o.act(by, name, "registration", id, before, logOf(r)).ofAuction(a).because(r.Reason), nil
	})
	if errors.Is(err, errSame) {
		return o.store.Registration(ctx, id)
	}
	return r, err
}

// registrationLog is what the audit log shows of a registration: where it is,
// and nothing of the person.
type registrationLog struct {
	Dossier  DossierState         `json:"dossier"`
	Standing RegistrationStanding `json:"standing"`
	Fee      PaymentState         `json:"fee"`
	Deposit  PaymentState         `json:"deposit"`
	Paid     engine.Dong          `json:"paid"` // of the deposit
}

func logOf(r *Registration) registrationLog {
	return registrationLog{r.Dossier, r.Standing, r.Fee.State, r.Deposit.State, r.Deposit.Paid}
}

// EditRegistration writes the form anew, until it is handed in. version is the
// one the caller has read. An empty RepresentativeID keeps the one given before,
// as long as the name stays.
func (o *Office) EditRegistration(ctx context.Context, by Account, id string, version int, form DossierForm) (OwnRegistration, error) {
	by, a, _, err := o.own(ctx, by, id)
	if err != nil {
		return OwnRegistration{}, err
	}
	var f faults
	checkForm(&f, &form)
	if err := f.err(); err != nil {
		return OwnRegistration{}, err
	}
	r, err := o.change(ctx, by, &a, id, "registration.edit", func(r *Registration) error {
		if err := r.editable(a.Sheet.Windows, engine.InstantOf(o.now())); err != nil {
			return err
		}
		if r.Version != version {
			return ErrEditedMeanwhile
		}
		return o.fill(r, form)
	})
	if err != nil {
		return OwnRegistration{}, err
	}
	return o.ownView(ctx, &a, r)
}

// checkForm tidies a form and notes what is wrong with it. What is missing is
// told when the dossier is handed in.
func checkForm(f *faults, form *DossierForm) {
	f.text("representative", &form.Representative, 120, false)
	f.text("representativeId", &form.RepresentativeID, 20, false)
	form.RepresentativeID = strings.ReplaceAll(form.RepresentativeID, " ", "")
	digits := strings.Trim(form.RepresentativeID, "0123456789") == ""
	f.when(form.RepresentativeID != "" && (!digits || len(form.RepresentativeID) < 9 || len(form.RepresentativeID) > 12), "representativeId", "malformed")
	f.when(form.RepresentativeID != "" && form.Representative == "", "representative", "missing")
	to := &form.RefundTo
	f.text("refundTo.holder", &to.Holder, 120, false)
	f.text("refundTo.branch", &to.Branch, 120, false)
	to.Number = strings.ToUpper(strings.ReplaceAll(to.Number, " ", ""))
	if to.BIN == "" && to.Number == "" {
		return
	}
	switch (bank.Account{BIN: to.BIN, Number: to.Number}).Check() {
	case "unknown_bank":
		f.add("refundTo.bin", "unknown")
	case "bad_account":
		f.add("refundTo.number", "malformed")
	}
	f.when(to.Holder == "", "refundTo.holder", "missing")
}

// fill puts a checked form into a registration.
func (o *Office) fill(r *Registration, form DossierForm) error {
	switch {
	case form.Representative == "":
		r.Proxy = Proxy{}
	case form.RepresentativeID != "":
		if o.vault == nil {
			return errNoVault
		}
		mark := o.personMac(Person, form.RepresentativeID)
		r.Proxy = Proxy{Mark: fmt.Sprintf("%x", mark), Last: form.RepresentativeID[len(form.RepresentativeID)-3:]}
	case form.Representative != r.Representative || r.Proxy.Mark == "":
		return &Invalid{[]Field{{Field: "representativeId", Code: "missing"}}}
	}
	r.NoConflict, r.Representative, r.RefundTo = form.NoConflict, form.Representative, form.RefundTo
	return nil
}

// SubmitRegistration hands the dossier in: nothing in it can be changed from
// here on, unless the office sends it back. Submitting twice is once.
func (o *Office) SubmitRegistration(ctx context.Context, by Account, id string, version int) (OwnRegistration, error) {
	by, a, r, err := o.own(ctx, by, id)
	if err != nil {
		return OwnRegistration{}, err
	}
	if r.Dossier != DossierSubmitted {
		if err := o.complete(ctx, &r); err != nil {
			return OwnRegistration{}, err
		}
	}
	r, err = o.change(ctx, by, &a, id, "registration.submit", func(r *Registration) error {
		if r.Version != version && r.Dossier != DossierSubmitted {
			return ErrEditedMeanwhile
		}
		return r.submit(a.Sheet.Windows, engine.InstantOf(o.now()))
	})
	if err != nil {
		return OwnRegistration{}, err
	}
	return o.ownView(ctx, &a, r)
}

// complete asks for everything that a dossier must have when it is handed in.
func (o *Office) complete(ctx context.Context, r *Registration) error {
	var f faults
	who, err := o.IdentityOf(ctx, r.AccountID)
	if err != nil {
		return err
	}
	f.when(!who.Submitted, "identity", "missing") // who bids must be known (P2)
	f.when(!r.NoConflict, "noConflict", "missing")
	f.when(r.RefundTo.Number == "", "refundTo.number", "missing")
	if r.Proxy.Mark != "" {
		others, err := o.store.Registrations(ctx, RegistrationQuery{LotID: r.LotID, Limit: maxRegistrations})
		if err != nil {
			return err
		}
		for _, other := range others {
			if sharesProxy(r, &other) {
				f.add("representativeId", "proxy_of_another")
				break
			}
		}
	}
	return f.err()
}

// sharesProxy tells whether another participant of the lot has handed in a
// dossier with the same representative, which the law does not allow.
func sharesProxy(r, other *Registration) bool {
	return other.ID != r.ID && other.AccountID != r.AccountID && other.LotID == r.LotID && other.Standing == StandingIn &&
		(other.Dossier == DossierSubmitted || other.Dossier == DossierApproved) &&
		r.Proxy.Mark != "" && other.Proxy.Mark == r.Proxy.Mark
}

// WithdrawRegistration ends a registration at its owner's wish. Withdrawing
// twice is once. What becomes of the deposit is told by Withdrawal in the view.
func (o *Office) WithdrawRegistration(ctx context.Context, by Account, id, reason string) (OwnRegistration, error) {
	by, a, _, err := o.own(ctx, by, id)
	if err != nil {
		return OwnRegistration{}, err
	}
	var f faults
	f.lines("reason", &reason, maxReasonRunes)
	if err := f.err(); err != nil {
		return OwnRegistration{}, err
	}
	versions, err := o.store.RulesVersions(ctx, a.ID)
	if err != nil {
		return OwnRegistration{}, err
	}
	r, err := o.change(ctx, by, &a, id, "registration.withdraw", func(r *Registration) error {
		now := engine.InstantOf(o.now())
		due, err := o.calendar.DeadlineAfter(now, a.Sheet.After.RefundDays)
		if err != nil {
			return err
		}
		return r.withdraw(a.Sheet, WithdrawalFree(versions, *r), reason, now, due)
	})
	if err != nil {
		return OwnRegistration{}, err
	}
	return o.ownView(ctx, &a, r)
}

// MarkSent notes that the owner says to have sent the money, so that the next
// thing is shown. It settles nothing.
func (o *Office) MarkSent(ctx context.Context, by Account, id string, kind PaymentKind) (OwnRegistration, error) {
	by, a, _, err := o.own(ctx, by, id)
	if err != nil {
		return OwnRegistration{}, err
	}
	r, err := o.change(ctx, by, &a, id, "registration.sent", func(r *Registration) error {
		return r.markSent(kind, engine.InstantOf(o.now()))
	})
	if err != nil {
		return OwnRegistration{}, err
	}
	return o.ownView(ctx, &a, r)
}

// payTo is the account that money of an auction goes to.
func (o *Office) payTo(ctx context.Context, a *Auction) (BankAccount, error) {
	if a.Sheet.Money.Account.Number != "" {
		return a.Sheet.Money.Account, nil
	}
	c, err := o.store.Centre(ctx, cmp.Or(a.CentreID, HostCentre))
	return c.Bank, err
}
