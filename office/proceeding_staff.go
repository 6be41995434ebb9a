package office

import (
	"context"
	"slices"

	"gobua/engine"
)

// Who at the centre may do what after a session.
var (
	afterReaders  = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleObserver, engine.RoleAdmin}
	afterActors   = []engine.Role{engine.RoleAuctioneer, engine.RoleClerk}
	moneyKeepers  = []engine.Role{engine.RoleRegistrar, engine.RoleClerk, engine.RoleAuctioneer}
	winnerReaders = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk}
)

// ProceedingView is a proceeding as the staff see it.
type ProceedingView struct {
	Proceeding
	Minutes     []Minutes      `json:"minutes"`
	Winner      string         `json:"winner,omitempty"` // name behind the award, of several all, for those who write the minutes
	RefundDueAt engine.Instant `json:"refundDueAt,omitempty"`
	Balance     engine.Dong    `json:"balance,omitempty"` // still to be paid
}

// Proceedings returns what follows the session of each lot of an auction, by
// number. A lot whose session goes on has none.
func (o *Office) Proceedings(ctx context.Context, by Account, auctionID string) ([]ProceedingView, error) {
	if !validID(auctionID) {
		return nil, ErrNotFound
	}
	a, err := o.store.Auction(ctx, auctionID)
	if err != nil {
		return nil, err
	}
	if by, err = o.authorizeOn(ctx, by, &a, afterReaders...); err != nil {
		return nil, err
	}
	list, err := o.store.Proceedings(ctx, ProceedingQuery{AuctionID: auctionID, Limit: maxLots})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].LotID
	}
	minutes, err := o.store.MinutesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	views := make([]ProceedingView, len(list))
	for i, p := range list {
		if views[i], err = o.view(ctx, by, p); err != nil {
			return nil, err
		}
		for _, m := range minutes {
			if m.LotID == p.LotID {
				views[i].Minutes = append(views[i].Minutes, m)
			}
		}
	}
	return views, nil
}

func (o *Office) view(ctx context.Context, by Account, p Proceeding) (ProceedingView, error) {
	v := ProceedingView{Proceeding: p, Minutes: []Minutes{}}
	var err error
	if v.RefundDueAt, err = o.refundDueAt(&p); err != nil {
		return v, err
	}
	if p.Settlement != nil {
		v.Balance = p.Settlement.Balance()
	}
	if p.Offer == nil && p.State != ProceedingFailed && slices.Contains(winnerReaders, by.Role) {
		v.Winner, err = o.namesOfWinners(ctx, &p)
	}
	return v, err
}

// proceedingAt finds a proceeding and asks for a role at its centre.
func (o *Office) proceedingAt(ctx context.Context, by Account, lotID string, roles []engine.Role) (Account, Proceeding, error) {
	if !validID(lotID) {
		return by, Proceeding{}, ErrNotFound
	}
	p, err := o.store.Proceeding(ctx, lotID)
	if err != nil {
		return by, Proceeding{}, err
	}
	by, err = o.authorizeOnID(ctx, by, p.CentreID, p.AuctionID, roles...)
	return by, p, err
}

// Word is what somebody writes with an act: why, and on which paper it rests.
type Word struct {
	Reason   string `json:"reason,omitempty"`
	Document string `json:"document,omitempty"` // number and date: "12/CV-THADS, 23/11/2026"
}

// check notes what is wrong with a word.
func (w *Word) check(needReason, needDocument bool) error {
	var f faults
	f.lines("reason", &w.Reason, maxReasonRunes)
	f.when(needReason && w.Reason == "", "reason", "missing")
	f.text("document", &w.Document, maxTitleRunes, needDocument)
	return f.err()
}

// OwnerConsents records what the owner says to a sale to a single bidder
// (Điều 49). The owner's paper must be named.
func (o *Office) OwnerConsents(ctx context.Context, by Account, lotID string, given bool, w Word) (Proceeding, error) {
	by, _, err := o.proceedingAt(ctx, by, lotID, afterActors)
	if err != nil {
		return Proceeding{}, err
	}
	if err := w.check(!given, true); err != nil {
		return Proceeding{}, err
	}
	return o.changeProceeding(ctx, by, lotID, "consent", w.Reason, func(p *Proceeding, at engine.Instant) error {
		return p.consent(at, by.ID, given, w.Document, w.Reason)
	})
}

// OfferAdjacent asks the adjacent bidder (Điều 51). Only an auctioneer may.
func (o *Office) OfferAdjacent(ctx context.Context, by Account, lotID string) (Proceeding, error) {
	by, _, err := o.proceedingAt(ctx, by, lotID, []engine.Role{engine.RoleAuctioneer})
	if err != nil {
		return Proceeding{}, err
	}
	return o.changeProceeding(ctx, by, lotID, "offer", "", func(p *Proceeding, at engine.Instant) error {
		return p.offer(at, by.ID)
	})
}

// RecordRefusal records that the winner refused the result, or to sign the
// minutes, before the office and not on the page.
func (o *Office) RecordRefusal(ctx context.Context, by Account, lotID string, unsigned bool, w Word) (Proceeding, error) {
	by, _, err := o.proceedingAt(ctx, by, lotID, []engine.Role{engine.RoleAuctioneer})
	if err != nil {
		return Proceeding{}, err
	}
	if err := w.check(true, false); err != nil {
		return Proceeding{}, err
	}
	return o.changeProceeding(ctx, by, lotID, "record_refusal", w.Reason, func(p *Proceeding, at engine.Instant) error {
		if p.State != ProceedingConfirm {
			return ErrWrongState
		}
		return p.refuse(at, p.Award.Code, unsigned, w.Reason, w.Document, by.ID)
	})
}

// DisqualifyAfter takes a participant's standing after the session. Only an
// auctioneer may. ErrNotFound: nobody bids under this code.
func (o *Office) DisqualifyAfter(ctx context.Context, by Account, lotID string, code engine.ParticipantCode, w Word) (Proceeding, error) {
	by, p, err := o.proceedingAt(ctx, by, lotID, []engine.Role{engine.RoleAuctioneer})
	if err != nil {
		return Proceeding{}, err
	}
	if err := w.check(true, false); err != nil {
		return Proceeding{}, err
	}
	who, err := o.whoIsWho(ctx, &p)
	switch {
	case err != nil:
		return Proceeding{}, err
	case who.behind[code] == "":
		return Proceeding{}, ErrNotFound
	}
	return o.changeProceeding(ctx, by, lotID, "disqualify", w.Reason, func(p *Proceeding, at engine.Instant) error {
		return p.disqualify(at, code, w.Reason, by.ID)
	})
}

// NotePayment notes money of the winner for the price.
func (o *Office) NotePayment(ctx context.Context, by Account, lotID string, amount engine.Dong, reference string) (Proceeding, error) {
	by, _, err := o.proceedingAt(ctx, by, lotID, moneyKeepers)
	if err != nil {
		return Proceeding{}, err
	}
	var f faults
	f.text("reference", &reference, 64, true)
	f.when(amount <= 0 || amount > engine.MaxDong, "amount", "out_of_range")
	if err := f.err(); err != nil {
		return Proceeding{}, err
	}
	return o.changeProceeding(ctx, by, lotID, "pay", "", func(p *Proceeding, at engine.Instant) error {
		return p.pay(SettlementPayment{At: at, Amount: amount, Reference: reference, NotedBy: by.ID})
	})
}
