package office

import (
	"context"
	"errors"
	"fmt"

	"gobua/engine"
)

// program is who acts where nobody does: the clock, and what follows by rule.
var program = Account{Role: engine.RoleSystem}

// auction names the auction of a proceeding, for the trail.
func (p *Proceeding) auction() *Auction { return &Auction{ID: p.AuctionID, CentreID: p.CentreID} }

// begin starts the proceeding of a session whose result is kept. It may be
// called any number of times.
func (o *Office) begin(ctx context.Context, r SessionResult) error {
	if r.Phase == engine.PhaseStopped {
		return nil // it is run again
	}
	frozen, err := o.store.Frozen(ctx, r.Session)
	if errors.Is(err, ErrNotFound) {
		return nil // a result from before a restore: its lot is not known here
	}
	if err != nil {
		return err
	}
	r.Lot = frozen.Lot
	a, err := o.store.Auction(ctx, r.Lot.AuctionID)
	if err != nil || a.RehearsalOf != "" { // nothing follows a rehearsal
		return err
	}
	var reserve engine.Dong
	if frozen.Secret != nil {
		reserve = frozen.Secret.Reserve
	}
	p := beginProceeding(r, a.Sheet.After, reserve)
	p.CentreID = a.CentreID
	who, err := o.whoIsWho(ctx, &p)
	if err != nil {
		return err
	}
	trail := o.act(program, "proceeding.begin", "proceeding", p.LotID, nil, map[string]any{"state": p.State}).ofAuction(&a).
		and(o.stepLetters(&p, p.Steps, who, &r)...).tell(&a, "lot.result", p.outcome())
	if p.Award != nil {
		trail.Acts = append(trail.Acts, o.opened(&p, p.Award.Code))
	}
	for _, a := range p.Awards {
		trail.Acts = append(trail.Acts, o.opened(&p, a.Code))
	}
	if _, err := o.store.InsertProceeding(ctx, p, trail); err != nil {
		return err
	}
	return o.follow(ctx, p.LotID)
}

// opened is the line that the program itself looked behind a code: the winner's for
// the minutes, the adjacent bidder's to write the offer.
func (o *Office) opened(p *Proceeding, code engine.ParticipantCode) Act {
	return o.act(program, "proceeding.identify", "proceeding", p.LotID, nil, map[string]any{"code": code, "state": p.State}).
		ofAuction(p.auction()).Acts[0]
}

// changeProceeding does an act on a proceeding, tells those it concerns, and
// sees to what follows from it.
func (o *Office) changeProceeding(ctx context.Context, by Account, lotID, name, reason string, act func(*Proceeding, engine.Instant) error) (Proceeding, error) {
	known, err := o.store.Proceeding(ctx, lotID)
	if err != nil {
		return Proceeding{}, err
	}
	who, err := o.whoIsWho(ctx, &known)
	if err != nil {
		return Proceeding{}, err
	}
	p, err := o.store.ChangeProceeding(ctx, lotID, func(p *Proceeding) (Trail, error) {
		before, steps := p.State, len(p.Steps)
		at := engine.InstantOf(o.now())
		if err := act(p, at); err != nil {
			return Trail{}, err
		}
		trail := o.act(by, "proceeding."+name, "proceeding", lotID, map[string]any{"state": before}, map[string]any{"state": p.State}).
			ofAuction(p.auction()).because(reason).and(o.stepLetters(p, p.Steps[steps:], who, nil)...)
		for _, s := range p.Steps[steps:] {
			if s.Kind == StepOffered {
				trail.Acts = append(trail.Acts, o.opened(p, s.Code))
			}
		}
		if p.State.Final() && !before.Final() {
			trail = trail.tell(p.auction(), "lot.final", p.outcome())
		}
		return trail, nil
	})
	if err != nil {
		return Proceeding{}, err
	}
	o.followOrLog(ctx, lotID)
	return p, nil
}

func (o *Office) followOrLog(ctx context.Context, lotID string) {
	if err := o.follow(ctx, lotID); err != nil {
		o.log.Warn("what follows from a proceeding is not done yet, will try again", "lot", lotID, "err", err)
	}
}

// follow does what follows from the state a proceeding is in: the next version
// of the minutes, the deposits of a final lot, the end of the auction. It may be
// called any number of times.
func (o *Office) follow(ctx context.Context, lotID string) error {
	p, err := o.store.Proceeding(ctx, lotID)
	if err != nil {
		return err
	}
	err = o.writeMinutes(ctx, p)
	if p.State.Final() {
		if !p.DepositsDone {
			err = errors.Join(err, o.settleDeposits(ctx, p))
		}
		err = errors.Join(err, o.conclude(ctx, p.auction()))
	}
	return err
}

// conclude ends an auction all of whose lots are final.
func (o *Office) conclude(ctx context.Context, a *Auction) error {
	at := engine.InstantOf(o.now())
	trail := o.act(program, "auction.conclude", "auction", a.ID, nil, nil).ofAuction(a).
		tell(a, "auction.concluded", map[string]any{"auctionId": a.ID})
	_, err := o.store.ConcludeAuction(ctx, a.ID, at, trail)
	return err
}

// followBatch is how many proceedings one round of FollowUp looks at, of each
// kind; the rest comes a minute later.
const followBatch = 200

// FollowUp does what nobody asked for: proceedings of results that have none,
// deadlines that have passed, minutes, deposits and ends that a crash left
// undone. Run calls it; it goes on after one that fails.
func (o *Office) FollowUp(ctx context.Context) error {
	var errs []error
	sessions, err := o.store.ResultsToFollow(ctx, followBatch)
	errs = append(errs, err)
	for _, id := range sessions {
		r, err := o.store.Result(ctx, id)
		if err == nil {
			err = o.begin(ctx, r)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("result of session %s: %w", id, err))
		}
	}
	now := engine.InstantOf(o.now())
	due, err := o.store.Proceedings(ctx, ProceedingQuery{DueBy: now, Limit: followBatch})
	errs = append(errs, err)
	for _, p := range due {
		if err := o.expire(ctx, p.LotID); err != nil {
			errs = append(errs, fmt.Errorf("deadline of lot %s: %w", p.LotID, err))
		}
	}
	for _, q := range []ProceedingQuery{{Unwritten: true, Limit: followBatch}, {Undone: true, Limit: followBatch}} {
		left, err := o.store.Proceedings(ctx, q)
		errs = append(errs, err)
		for _, p := range left {
			if err := o.follow(ctx, p.LotID); err != nil {
				errs = append(errs, fmt.Errorf("lot %s: %w", p.LotID, err))
			}
		}
	}
	return errors.Join(errs...)
}

// expire decides a deadline that has passed; another instance may have been
// faster.
func (o *Office) expire(ctx context.Context, lotID string) error {
	_, err := o.changeProceeding(ctx, program, lotID, "expire", "", func(p *Proceeding, at engine.Instant) error {
		if !p.expire(at) {
			return errNothingToDo
		}
		return nil
	})
	if errors.Is(err, errNothingToDo) {
		return nil
	}
	return err
}

// FailUnregistered ends a lot for which nobody was admitted to a session
// (Điều 52.1 a). a is listed or published. It may be called again.
func (o *Office) FailUnregistered(ctx context.Context, by Account, a Auction, lotID string) error {
	for i := range a.Lots {
		lot := &a.Lots[i]
		if lot.ID != lotID {
			continue
		}
		if lot.Session != "" {
			return ErrWrongState
		}
		p := beginUnregistered(roomLot(&a, lot), lot.Rules.Currency, a.Sheet.After, engine.InstantOf(o.now()))
		p.CentreID = a.CentreID
		trail := o.act(by, "proceeding.begin", "proceeding", lotID, nil, map[string]any{"state": p.State, "ground": p.Ground}).
			ofAuction(&a).tell(&a, "lot.result", p.outcome())
		if _, err := o.store.InsertProceeding(ctx, p, trail); err != nil {
			return err
		}
		return o.follow(ctx, lotID)
	}
	return ErrNotFound
}

// roomLot is a lot as a room shows it.
func roomLot(a *Auction, lot *LotDraft) engine.Lot {
	return engine.Lot{
		AuctionID: a.ID, LotID: lot.ID, Number: lot.Number, Kind: lot.Kind, Title: lot.Title, Detail: lot.Detail,
		Place: lot.Place, Owner: a.Owner, Centre: a.Centre, Deposit: lot.Deposit,
	}
}

// cast is who stands behind the codes of a proceeding that matter now.
type cast struct {
	everybody []string // accounts of all participants
	behind    map[engine.ParticipantCode]string
}

// whoIsWho finds whom to write to. Nobody is shown what it finds.
func (o *Office) whoIsWho(ctx context.Context, p *Proceeding) (cast, error) {
	c := cast{behind: map[engine.ParticipantCode]string{}}
	if p.Session == "" {
		return c, nil
	}
	admitted, err := o.admissions(ctx, p.Session)
	if err != nil {
		return c, err
	}
	for _, a := range admitted {
		c.everybody = append(c.everybody, a.Account)
		c.behind[a.Code] = a.Account
	}
	return c, nil
}
