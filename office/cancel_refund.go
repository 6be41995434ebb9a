package office

import (
	"context"
	"errors"
	"fmt"
)

// CancelledStore finds what a cancelled auction leaves to be done.
type CancelledStore interface {
	// HeldOfCancelled returns the registrations of cancelled auctions whose
	// deposit is held and not yet a debt, oldest first.
	HeldOfCancelled(ctx context.Context, limit int) ([]Registration, error)
}

// refundCancelled makes the deposits of cancelled auctions debts of their
// centres, due within the working days of the rules sheet. It runs after a
// cancellation and again with every Reconcile: money may still arrive, and the
// program may have died in between. The dossier fee stays: a dossier was had
// for it.
func (o *Office) refundCancelled(ctx context.Context) error {
	held, err := o.store.HeldOfCancelled(ctx, reconcileBatch)
	if err != nil {
		return err
	}
	var errs []error
	for _, r := range held {
		a, err := o.store.Auction(ctx, r.AuctionID)
		if err == nil {
			err = o.giveBackDeposit(ctx, &a, r.ID)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("deposit of registration %s in a cancelled auction: %w", r.ID, err))
		}
	}
	return errors.Join(errs...)
}

func (o *Office) giveBackDeposit(ctx context.Context, a *Auction, registration string) error {
	due, err := o.calendar.DeadlineAfter(a.CancelledAt, a.Sheet.After.RefundDays)
	if err != nil {
		return err
	}
	_, err = o.store.ChangeRegistration(ctx, registration, func(r *Registration) (Trail, error) {
		before, state := logOf(r), r.Deposit.State
		if r.Deposit.giveBack(due); r.Deposit.State == state {
			return Trail{}, errNothingToDo // another program has
		}
		return o.act(program, "registration.refund_due", "registration", r.ID, before, logOf(r)).ofAuction(a).because(a.CancelReason), nil
	})
	if errors.Is(err, errNothingToDo) {
		return nil
	}
	return err
}
