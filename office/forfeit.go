package office

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gobua/engine"
)

// ForfeitGround is why a deposit is not given back (Điều 39.6, letters a to đ).
type ForfeitGround string

// The grounds, a to đ.
const (
	ForfeitAbsent       ForfeitGround = "absent"       // a: did not come, no force majeure
	ForfeitDisqualified ForfeitGround = "disqualified" // b: Điều 9.5
	ForfeitUnsigned     ForfeitGround = "unsigned"     // c: did not sign the minutes
	ForfeitWithdrew     ForfeitGround = "withdrew"     // d: withdrew a bid
	ForfeitRefused      ForfeitGround = "refused"      // đ: refused the result
)

var forfeitGrounds = []ForfeitGround{ForfeitAbsent, ForfeitDisqualified, ForfeitUnsigned, ForfeitWithdrew, ForfeitRefused}

// Forfeit is a proposal that a deposit be lost. Somebody else than who made it
// approves or turns it down; until then the money stays where it is.
type Forfeit struct {
	Ground     ForfeitGround  `json:"ground"`
	Reason     string         `json:"reason,omitempty"`
	ProposedBy string         `json:"proposedBy,omitempty"` // empty: the program, from what is on record
	ProposedAt engine.Instant `json:"proposedAt"`
	DecidedBy  string         `json:"decidedBy,omitempty"`
	DecidedAt  engine.Instant `json:"decidedAt,omitempty"`
	Approved   bool           `json:"approved,omitempty"`
	Decision   string         `json:"decision,omitempty"` // the reason given
}

// Who may propose that a deposit be lost, and who may decide on it.
var (
	forfeitProposers = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleAdmin}
	forfeitDeciders  = []engine.Role{engine.RoleAuctioneer, engine.RoleAdmin}
)

// ProposeForfeit proposes that a deposit be lost. ErrWrongState: the lot is not
// final, the deposit is not there any more, or a proposal waits already.
func (o *Office) ProposeForfeit(ctx context.Context, by Account, registrationID string, ground ForfeitGround, reason string) (Registration, error) {
	by, p, err := o.depositOf(ctx, by, registrationID, forfeitProposers)
	if err != nil {
		return Registration{}, err
	}
	var f faults
	f.when(!slices.Contains(forfeitGrounds, ground), "ground", "unknown")
	checkReason(&f, &reason)
	if err := f.err(); err != nil {
		return Registration{}, err
	}
	return o.store.ChangeRegistration(ctx, registrationID, func(r *Registration) (Trail, error) {
		d := &r.Deposit
		held := d.Secured() || d.State == PaymentRefundDue
		if !p.DepositsDone || !held || d.Forfeit != nil && d.Forfeit.DecidedAt == 0 {
			return Trail{}, ErrWrongState
		}
		at := engine.InstantOf(o.now())
		if d.State == PaymentRefundDue {
			d.State = heldState(d)
		}
		d.Forfeit = &Forfeit{Ground: ground, Reason: reason, ProposedBy: by.ID, ProposedAt: at}
		return o.act(by, "forfeit.propose", "registration", r.ID, nil, map[string]any{"ground": ground}).
			ofAuction(p.auction()).because(reason), nil
	})
}

// DecideForfeit approves a proposal, and the deposit is lost, or turns it
// down, and the deposit goes back. ErrForbidden: who decides has proposed it.
func (o *Office) DecideForfeit(ctx context.Context, by Account, registrationID string, approve bool, reason string) (Registration, error) {
	by, p, err := o.depositOf(ctx, by, registrationID, forfeitDeciders)
	if err != nil {
		return Registration{}, err
	}
	var f faults
	checkReason(&f, &reason)
	if err := f.err(); err != nil {
		return Registration{}, err
	}
	due, err := o.refundDueAt(&p)
	if err != nil {
		return Registration{}, err
	}
	return o.store.ChangeRegistration(ctx, registrationID, func(r *Registration) (Trail, error) {
		d := &r.Deposit
		switch {
		case d.Forfeit == nil || d.Forfeit.DecidedAt != 0 || !d.Secured():
			return Trail{}, ErrWrongState
		case d.Forfeit.ProposedBy == by.ID:
			return Trail{}, ErrForbidden
		}
		at := engine.InstantOf(o.now())
		decided := *d.Forfeit
		decided.DecidedBy, decided.DecidedAt, decided.Approved, decided.Decision = by.ID, at, approve, reason
		d.Forfeit = &decided
		name := "forfeit.turn_down"
		if approve {
			name = "forfeit.approve"
			d.State, d.SettledAt, d.Ground, d.ApprovedBy = PaymentForfeited, at, string(decided.Ground), by.ID
		} else {
			d.giveBack(due)
		}
		return o.act(by, name, "registration", r.ID, nil, map[string]any{"ground": decided.Ground, "deposit": d.State}).
			ofAuction(p.auction()).because(reason).and(forfeitLetter(&p, r, approve)), nil
	})
}

// depositOf finds the proceeding that a registration's deposit hangs on and
// asks for a role at its centre.
func (o *Office) depositOf(ctx context.Context, by Account, registrationID string, roles []engine.Role) (Account, Proceeding, error) {
	if !validID(registrationID) {
		return by, Proceeding{}, ErrNotFound
	}
	r, err := o.store.Registration(ctx, registrationID)
	if err != nil {
		return by, Proceeding{}, err
	}
	p, err := o.store.Proceeding(ctx, r.LotID)
	if errors.Is(err, ErrNotFound) {
		return by, Proceeding{}, ErrWrongState // bidding is not over
	}
	if err != nil {
		return by, Proceeding{}, err
	}
	by, err = o.authorizeAt(ctx, by, p.CentreID, roles...)
	return by, p, err
}

// heldState is what a deposit was before it was due back.
func heldState(p *Payment) PaymentState {
	if p.Method == "guarantee" {
		return PaymentGuaranteed
	}
	return PaymentReceived
}

// refundDueAt is the last moment to refund the deposits of a lot (Điều 39.4),
// zero if the sheet sets no term.
func (o *Office) refundDueAt(p *Proceeding) (engine.Instant, error) {
	if p.After.RefundDays <= 0 {
		return 0, nil
	}
	at, err := o.calendar.DeadlineAfter(p.EndedAt, p.After.RefundDays)
	if err != nil {
		return 0, fmt.Errorf("refunds of lot %s: %w", p.LotID, err)
	}
	return at, nil
}
