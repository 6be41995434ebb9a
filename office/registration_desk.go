package office

import (
	"context"
	"errors"
	"slices"

	"gobua/engine"
)

// deskRoles may read and decide on registrations: the registrar alone. An admin
// must not know who bids, and who runs the session need not.
var deskRoles = []engine.Role{engine.RoleRegistrar}

// Registrations returns everybody who has registered for an auction, oldest
// first, to its registrar.
func (o *Office) Registrations(ctx context.Context, by Account, auctionID string) ([]DeskRegistration, error) {
	_, a, err := o.deskOf(ctx, by, auctionID)
	if err != nil {
		return nil, err
	}
	list, flags, err := o.flagged(ctx, &a)
	if err != nil {
		return nil, err
	}
	views := make([]DeskRegistration, len(list))
	for i := range list {
		views[i] = deskView(&list[i], &a, flags[list[i].ID])
	}
	return views, nil
}

// deskOf lets a registrar of the auction's centre in.
func (o *Office) deskOf(ctx context.Context, by Account, auctionID string) (Account, Auction, error) {
	if !validID(auctionID) {
		return by, Auction{}, ErrNotFound
	}
	a, err := o.store.Auction(ctx, auctionID)
	if err != nil {
		return by, Auction{}, err
	}
	by, err = o.authorizeAt(ctx, by, a.CentreID, deskRoles...)
	return by, a, err
}

// flagged reads the registrations of an auction with what an officer should
// look at.
func (o *Office) flagged(ctx context.Context, a *Auction) ([]Registration, map[string][]Flag, error) {
	list, err := o.store.Registrations(ctx, RegistrationQuery{AuctionID: a.ID, Limit: maxRegistrations})
	if err != nil {
		return nil, nil, err
	}
	staff, err := o.store.Staff(ctx, a.CentreID, maxStaff)
	if err != nil {
		return nil, nil, err
	}
	verified, err := o.store.VerifiedAmong(ctx, a.ID)
	return list, flagsOf(list, staff, verified, a.Owner), err
}

// atDesk finds a registration for a registrar of its centre.
func (o *Office) atDesk(ctx context.Context, by Account, id string) (Account, Auction, error) {
	if !validID(id) {
		return by, Auction{}, ErrNotFound
	}
	r, err := o.store.Registration(ctx, id)
	if err != nil {
		return by, Auction{}, err
	}
	return o.deskOf(ctx, by, r.AuctionID)
}

// desk is the one way in which an act of the registrar reaches the store: the
// act, the code if it makes the registration eligible, letters and the line of
// the log, all at once. errSame means that it has been done before.
func (o *Office) desk(ctx context.Context, by Account, a *Auction, id, name, reason string, act func(*Registration) ([]Mail, error)) (DeskRegistration, error) {
	if a.Status != StatusListed {
		return DeskRegistration{}, ErrWrongState
	}
	err := o.withCodes(ctx, a.ID, func(taken [][]byte) error {
		_, err := o.store.ChangeRegistration(ctx, id, func(r *Registration) (Trail, error) {
			before := logOf(r)
			mails, err := act(r)
			if err != nil {
				return Trail{}, err
			}
			t := o.act(by, name, "registration", id, before, logOf(r)).ofAuction(a).because(reason).and(mails...)
			return t, o.issue(r, a, taken, &t)
		})
		return err
	})
	if err != nil && !errors.Is(err, errSame) {
		return DeskRegistration{}, err
	}
	return o.deskRegistration(ctx, a, id)
}

func (o *Office) deskRegistration(ctx context.Context, a *Auction, id string) (DeskRegistration, error) {
	list, flags, err := o.flagged(ctx, a)
	if err != nil {
		return DeskRegistration{}, err
	}
	i := slices.IndexFunc(list, func(r Registration) bool { return r.ID == id })
	if i < 0 {
		return DeskRegistration{}, ErrNotFound
	}
	return deskView(&list[i], a, flags[id]), nil
}

// Decision is what an officer decides on a dossier.
type Decision struct {
	Version int    `json:"version"`
	Approve bool   `json:"approve"`
	Reason  string `json:"reason"`
}

// DecideRegistration approves a dossier or sends it back. A rejection needs a
// reason, and so does approving in spite of a flag. version is the one that was
// read, so that nobody decides on what was changed meanwhile.
func (o *Office) DecideRegistration(ctx context.Context, by Account, id string, d Decision) (DeskRegistration, error) {
	by, a, err := o.atDesk(ctx, by, id)
	if err != nil {
		return DeskRegistration{}, err
	}
	list, flags, err := o.flagged(ctx, &a)
	if err != nil {
		return DeskRegistration{}, err
	}
	var f faults
	f.lines("reason", &d.Reason, maxReasonRunes)
	f.when(d.Reason == "" && (!d.Approve || len(flags[id]) > 0), "reason", "missing")
	if err := f.err(); err != nil {
		return DeskRegistration{}, err
	}
	to, name := DossierRejected, "registration.reject"
	if d.Approve {
		to, name = DossierApproved, "registration.approve"
	}
	return o.desk(ctx, by, &a, id, name, d.Reason, func(r *Registration) ([]Mail, error) {
		if d.Approve && slices.ContainsFunc(list, func(other Registration) bool {
			return other.Dossier == DossierApproved && sharesProxy(r, &other)
		}) {
			return nil, &Invalid{[]Field{{Field: "approve", Code: "proxy_of_another"}}}
		}
		if err := r.decide(to, by.ID, d.Reason, engine.InstantOf(o.now())); err != nil {
			return nil, err
		}
		if r.Version != d.Version {
			return nil, ErrEditedMeanwhile
		}
		return []Mail{letterOfDecision(&a, r)}, nil
	})
}

// Receipt is what the counter gives for cash (phiếu thu).
type Receipt struct {
	Number  string         `json:"number"`
	Payer   string         `json:"payer"`
	Payment PaymentKind    `json:"payment"`
	Amount  engine.Dong    `json:"amount"`
	At      engine.Instant `json:"at"`
	TakenBy string         `json:"takenBy"`
	Auction string         `json:"auction"`
	Lot     int            `json:"lot"`
}

// TakeCash books cash at the counter, all that is missing at once; amount is
// what the officer counted and must be just that. It answers with the data of
// the receipt.
func (o *Office) TakeCash(ctx context.Context, by Account, id string, kind PaymentKind, amount engine.Dong) (DeskRegistration, Receipt, error) {
	by, a, err := o.atDesk(ctx, by, id)
	if err != nil {
		return DeskRegistration{}, Receipt{}, err
	}
	receipt := Receipt{Payment: kind, Amount: amount, TakenBy: by.Name, Auction: a.Title}
	v, err := o.desk(ctx, by, &a, id, "payment.cash", "", func(r *Registration) ([]Mail, error) {
		p := r.payment(kind)
		if p == nil {
			return nil, &Invalid{[]Field{{Field: "payment", Code: "unknown"}}}
		}
		now := engine.InstantOf(o.now())
		missing := p.missing()
		if err := r.takeCash(kind, a.Sheet, by.ID, now); err != nil {
			return nil, err
		}
		if amount != missing {
			return nil, &Invalid{[]Field{{Field: "amount", Code: "not_the_amount_due"}}}
		}
		receipt.Number, receipt.Payer, receipt.At = "PT-"+p.Memo, r.Name, now
		return letterOfMoney(&a, r, kind), nil
	})
	receipt.Lot = v.LotNumber
	return v, receipt, err
}

// AcceptGuarantee accepts a bank guarantee in place of the deposit. note says
// which one it is.
func (o *Office) AcceptGuarantee(ctx context.Context, by Account, id, note string) (DeskRegistration, error) {
	by, a, err := o.atDesk(ctx, by, id)
	if err != nil {
		return DeskRegistration{}, err
	}
	var f faults
	f.lines("note", &note, maxReasonRunes)
	f.when(note == "", "note", "missing")
	if err := f.err(); err != nil {
		return DeskRegistration{}, err
	}
	handedIn, err := o.guaranteeHandedIn(ctx, id, a.Sheet.Windows.Deposit.From)
	if err != nil {
		return DeskRegistration{}, err
	}
	return o.desk(ctx, by, &a, id, "payment.guarantee", note, func(r *Registration) ([]Mail, error) {
		if err := r.guarantee(a.Sheet, by.ID, note, handedIn); err != nil {
			return nil, err
		}
		return letterOfMoney(&a, r, DepositPayment), nil
	})
}

// guaranteeHandedIn is when the letter of guarantee came in: when it was
// uploaded, so that the office may take its time, but not before from; now, if
// it lies on the counter.
func (o *Office) guaranteeHandedIn(ctx context.Context, registrationID string, from engine.Instant) (engine.Instant, error) {
	files, err := o.store.Files(ctx, FileQuery{RegistrationID: registrationID, Purpose: FileGuarantee, Limit: maxFilesShown})
	if err != nil {
		return 0, err
	}
	at := engine.InstantOf(o.now())
	for _, f := range files {
		if f.WithdrawnAt == 0 {
			at = min(at, max(f.UploadedAt, from))
		}
	}
	return at, nil
}

// Waive lets a fee off, or accepts money that came late, early or in excess,
// for a reason that is kept.
func (o *Office) Waive(ctx context.Context, by Account, id string, kind PaymentKind, reason string) (DeskRegistration, error) {
	by, a, err := o.atDesk(ctx, by, id)
	if err != nil {
		return DeskRegistration{}, err
	}
	var f faults
	f.lines("reason", &reason, maxReasonRunes)
	f.when(reason == "", "reason", "missing")
	f.when(kind != FeePayment && kind != DepositPayment, "payment", "unknown")
	if err := f.err(); err != nil {
		return DeskRegistration{}, err
	}
	return o.desk(ctx, by, &a, id, "payment.waive", reason, func(r *Registration) ([]Mail, error) {
		if err := r.waive(kind, by.ID, reason); err != nil {
			return nil, err
		}
		return letterOfMoney(&a, r, kind), nil
	})
}

// CounterForm is a registration that a registrar writes for a person who came
// to the counter with the papers.
type CounterForm struct {
	AccountID string `json:"accountId"`
	LotID     string `json:"lotId"`
	DossierForm
}

// RegisterAtCounter opens a registration for a person and hands the dossier in,
// as it lies on the counter.
func (o *Office) RegisterAtCounter(ctx context.Context, by Account, auctionID string, form CounterForm) (DeskRegistration, error) {
	by, a, err := o.deskOf(ctx, by, auctionID)
	if err != nil {
		return DeskRegistration{}, err
	}
	if a.Status != StatusListed {
		return DeskRegistration{}, ErrWrongState
	}
	var f faults
	checkForm(&f, &form.DossierForm)
	f.when(!validID(form.AccountID), "accountId", "unknown")
	if err := f.err(); err != nil {
		return DeskRegistration{}, err
	}
	of, err := o.store.Account(ctx, form.AccountID)
	switch {
	case errors.Is(err, ErrNotFound) || err == nil && of.Role != engine.RoleBidder:
		return DeskRegistration{}, &Invalid{[]Field{{Field: "accountId", Code: "not_a_bidder"}}}
	case err != nil:
		return DeskRegistration{}, err
	case of.Revoked:
		return DeskRegistration{}, &Invalid{[]Field{{Field: "accountId", Code: "revoked"}}}
	}
	r, err := o.newRegistration(&a, of, form.LotID)
	if err != nil {
		return DeskRegistration{}, err
	}
	if err := o.fill(&r, form.DossierForm); err != nil {
		return DeskRegistration{}, err
	}
	if err := o.complete(ctx, &r); err != nil {
		return DeskRegistration{}, err
	}
	r.AtCounter = true
	if err := r.submit(a.Sheet.Windows, engine.InstantOf(o.now())); err != nil {
		return DeskRegistration{}, err
	}
	trail := o.act(by, "registration.counter", "registration", r.ID, nil, logOf(&r)).ofAuction(&a)
	if err := o.store.InsertRegistration(ctx, r, trail); err != nil {
		return DeskRegistration{}, err
	}
	return o.deskRegistration(ctx, &a, r.ID)
}
