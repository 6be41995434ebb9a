package office

import (
	"context"
	"errors"
	"fmt"

	"gobua/engine"
)

// maxLotRegistrations is more than register for one lot.
const maxLotRegistrations = 2 * engine.MaxParticipants

// settleDeposits decides what becomes of the deposits of a final lot: the
// winner's becomes earnest money, those on which the record has a ground of
// Điều 39.6 are proposed as lost, all others are due back. It may be called any
// number of times; what has been decided stays.
//
// It works on accounts and looks up only the codes that the record singles out.
func (o *Office) settleDeposits(ctx context.Context, p Proceeding) error {
	list, err := o.store.Registrations(ctx, RegistrationQuery{LotID: p.LotID, Limit: maxLotRegistrations})
	if err != nil {
		return err
	}
	winners, lost, err := o.lostDeposits(ctx, &p, len(list) > 0)
	if err != nil {
		return err
	}
	due, err := o.refundDueAt(&p)
	if err != nil {
		return err
	}
	var earnest engine.Dong
	for _, r := range list {
		ground, isLost := lost[r.AccountID]
		isWinner := winners[r.AccountID]
		changed, err := o.store.ChangeRegistration(ctx, r.ID, func(r *Registration) (Trail, error) {
			return o.settleDeposit(&p, r, isWinner, isLost, ground, due)
		})
		if errors.Is(err, errNothingToDo) {
			changed, err = o.store.Registration(ctx, r.ID) // another program may have done it since the list was read
		}
		if err != nil {
			return err
		}
		if isWinner && changed.Deposit.State == PaymentConverted {
			earnest += changed.Deposit.Paid
		}
	}
	_, err = o.store.ChangeProceeding(ctx, p.LotID, func(p *Proceeding) (Trail, error) {
		if p.DepositsDone {
			return Trail{}, errNothingToDo
		}
		p.DepositsDone = true
		if p.State == ProceedingSold && p.Award != nil {
			p.beginSettlement(earnest)
		}
		return o.act(program, "proceeding.settle_deposits", "proceeding", p.LotID, nil, nil).ofAuction(p.auction()), nil
	})
	if errors.Is(err, errNothingToDo) {
		return nil
	}
	return err
}

// settleDeposit decides on one deposit.
func (o *Office) settleDeposit(p *Proceeding, r *Registration, winner, lost bool, ground ForfeitGround, due engine.Instant) (Trail, error) {
	d := &r.Deposit
	partly := d.State == PaymentDue && d.Paid > 0
	kept := r.Standing == StandingWithdrawn // the rules sheet let the centre keep it
	if !d.Secured() && !partly || d.Forfeit != nil || kept {
		return Trail{}, errNothingToDo
	}
	if r.Standing == StandingDisqualified {
		lost, ground = true, ForfeitDisqualified
	}
	at := engine.InstantOf(o.now())
	switch {
	case winner && len(p.Awards) > 0: // stays until the centre has settled with each
		return Trail{}, errNothingToDo
	case winner:
		d.State, d.SettledAt = PaymentConverted, at
	case lost && !partly:
		d.Forfeit = &Forfeit{Ground: ground, ProposedAt: at}
	default:
		d.giveBack(due)
	}
	return o.act(program, "deposit.settle", "registration", r.ID, nil,
		map[string]any{"deposit": d.State, "forfeit": ground}).ofAuction(p.auction()), nil
}

// errNothingToDo ends a change that finds its work done.
var errNothingToDo = errors.New("nothing to do")

// lostDeposits finds the winners' accounts and those on whose deposit the record
// has a ground. Without registrations there are no deposits to look for.
func (o *Office) lostDeposits(ctx context.Context, p *Proceeding, any bool) (winners map[string]bool, lost map[string]ForfeitGround, err error) {
	winners, lost = map[string]bool{}, map[string]ForfeitGround{}
	if !any || p.Session == "" {
		return winners, lost, nil
	}
	grounds, err := o.lostCodes(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	admitted, err := o.admissions(ctx, p.Session)
	if err != nil {
		return nil, nil, fmt.Errorf("deposits of lot %s: %w", p.LotID, err)
	}
	for _, a := range admitted {
		if p.wins(a.Code) {
			winners[a.Account] = true
		} else if ground, ok := grounds[a.Code]; ok {
			lost[a.Account] = ground
		}
	}
	return winners, lost, nil
}

// lostCodes are the codes with a ground of Điều 39.6: from the session who
// withdrew or was disqualified, and who never came; from the proceeding who
// refused, did not sign or was disqualified, which is the later word.
func (o *Office) lostCodes(ctx context.Context, p *Proceeding) (map[engine.ParticipantCode]ForfeitGround, error) {
	grounds := map[engine.ParticipantCode]ForfeitGround{}
	if p.State == ProceedingCancelled {
		return grounds, nil // nobody is to blame for a sale that did not take place
	}
	r, err := o.store.Result(ctx, p.Session)
	if err != nil {
		return nil, err
	}
	absent, err := o.Absent(ctx, p.Session)
	if err != nil && !errors.Is(err, ErrWrongState) { // it never opened: nobody could be there
		return nil, err
	}
	for _, a := range absent {
		grounds[a.Code] = ForfeitAbsent
	}
	for _, out := range r.Outs {
		grounds[out.Code] = ForfeitDisqualified
		if out.Withdrew {
			grounds[out.Code] = ForfeitWithdrew
		}
	}
	for _, f := range p.Fallen {
		if f.Ground != "" {
			grounds[f.Code] = f.Ground
		}
	}
	return grounds, nil
}
