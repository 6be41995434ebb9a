package office

import (
	"context"
	"fmt"
	"io"
	"slices"

	"gobua/engine"
)

// What listing and amending may say.
const (
	maxNoticeRunes = 4000
	maxRegistered  = 10_000 // letters of one act
)

// List makes a draft public (niêm yết, Điều 34 and 35): its rules are frozen as
// version one under their hash, and people may register. Those who prepare
// auctions may. version is the one the caller has read; listing the same
// version again returns what was listed the first time. Errors: *Invalid with
// everything that is missing or against the preset without a reason,
// ErrEditedMeanwhile.
func (o *Office) List(ctx context.Context, by Account, id string, version int) (Auction, error) {
	by, a, err := o.listing(ctx, by, id, version)
	if err != nil || a.Version != version {
		return a, err // refused, or listed by the same request before
	}
	trail := o.act(by, "auction.list", "auction", a.ID, nil, map[string]any{"rulesHash": a.NewRules.Hash, "overrides": a.Sheet.Override}).
		ofAuction(&a).
		tell(&a, "auction.listed", map[string]any{
			"auction": a.ID, "title": a.Title, "rulesHash": a.NewRules.Hash, "listedAt": a.ListedAt,
		})
	return o.replace(ctx, a, version, trail)
}

// CheckList tells whether List would list this version now, with the same
// errors. It changes nothing.
func (o *Office) CheckList(ctx context.Context, by Account, id string, version int) error {
	_, _, err := o.listing(ctx, by, id, version)
	return err
}

// listing is a draft as it would be listed, with its rules. An auction that
// was listed from this version already comes back as it is.
func (o *Office) listing(ctx context.Context, by Account, id string, version int) (Account, Auction, error) {
	a, err := o.Auction(ctx, id)
	if err != nil {
		return by, Auction{}, err
	}
	if by, err = o.authorizeAt(ctx, by, a.CentreID, preparers...); err != nil {
		return by, Auction{}, err
	}
	switch {
	case a.Status == StatusListed && version == a.Version-1:
		return by, a, nil
	case a.Version != version:
		return by, Auction{}, ErrEditedMeanwhile
	case a.Status != StatusDraft:
		return by, Auction{}, ErrWrongState
	}
	at := engine.InstantOf(o.now())
	a.Status, a.ListedAt = StatusListed, at
	if a.Sheet.Windows.ListedOn == 0 {
		a.Sheet.Windows.ListedOn = at
	}
	return by, a, o.makeRules(ctx, by, &a, SheetWindows{}, at)
}

// Amend changes the rules of a listed auction: a new version with a notice that
// tells the public what changed and why, and a letter to everybody who has
// registered. Where price, quantity or quality changed, they may withdraw and
// get their deposit back: see WithdrawalFree. Rights and errors as List;
// ErrPublished: sessions exist, the rules are frozen for good.
func (o *Office) Amend(ctx context.Context, by Account, id string, version int, d AuctionDraft, notice string) (Auction, error) {
	old, err := o.Auction(ctx, id)
	if err != nil {
		return Auction{}, err
	}
	if by, err = o.authorizeAt(ctx, by, old.CentreID, preparers...); err != nil {
		return Auction{}, err
	}
	switch {
	case old.Status == StatusDraft, old.Status == StatusCancelled:
		return Auction{}, ErrWrongState
	case old.Status != StatusListed:
		return Auction{}, ErrPublished
	case old.Version != version:
		return Auction{}, ErrEditedMeanwhile
	}
	var f faults
	f.lines("notice", &notice, maxNoticeRunes)
	f.when(notice == "", "notice", "missing")
	a := old
	a.AuctionDraft, a.Warnings = d, nil
	if a.Sheet.Windows.ListedOn == 0 {
		a.Sheet.Windows.ListedOn = old.Sheet.Windows.ListedOn
	}
	if err := o.prepare(ctx, &a, old.Lots, f); err != nil {
		return Auction{}, err
	}
	keepSalts(&a, old.Lots)
	at := engine.InstantOf(o.now())
	if err := o.makeRules(ctx, by, &a, old.Sheet.Windows, at); err != nil {
		return Auction{}, err
	}
	a.NewRules.Notice = notice
	if a.NewRules.Changes = changesOf(&old.AuctionDraft, &a.AuctionDraft); len(a.NewRules.Changes) == 0 {
		return Auction{}, &Invalid{[]Field{{"notice", "nothing_changed"}}}
	}
	trail := o.act(by, "auction.amend", "auction", a.ID, withoutPeople(old.AuctionDraft), withoutPeople(a.AuctionDraft)).
		ofAuction(&a).because(notice).
		tell(&a, "auction.amended", map[string]any{
			"auction": a.ID, "title": a.Title, "rulesHash": a.NewRules.Hash, "notice": notice, "changes": a.NewRules.Changes,
		})
	registered, err := o.registered(ctx, a.ID)
	if err != nil {
		return Auction{}, err
	}
	for _, r := range registered {
		free := slices.ContainsFunc(a.NewRules.Changes, func(c Change) bool { return c.frees(r.LotID) })
		trail = trail.and(amendMail(&a, r, notice, free))
	}
	return o.replace(ctx, a, version, trail)
}

// Cancel ends an auction before any session exists. A draft was never public
// and only goes; of a listed one the public reads the reason, and who has
// registered gets a letter and the deposit back. Once sessions exist it is the auctioneer who
// cancels them: ErrPublished. Cancelling again returns what was cancelled.
func (o *Office) Cancel(ctx context.Context, by Account, id, reason string) (Auction, error) {
	a, err := o.Auction(ctx, id)
	if err != nil {
		return Auction{}, err
	}
	if by, err = o.authorizeAt(ctx, by, a.CentreID, preparers...); err != nil {
		return Auction{}, err
	}
	var f faults
	f.lines("reason", &reason, maxNoticeRunes)
	f.when(reason == "", "reason", "missing")
	if err := f.err(); err != nil {
		return Auction{}, err
	}
	switch a.Status {
	case StatusCancelled:
		return a, nil
	case StatusPublished, StatusConcluded, StatusArchived:
		return Auction{}, ErrPublished
	}
	wasListed := a.Status == StatusListed
	version := a.Version
	before := map[string]any{"status": a.Status}
	a.Status, a.CancelledAt, a.CancelReason = StatusCancelled, engine.InstantOf(o.now()), reason
	trail := o.act(by, "auction.cancel", "auction", a.ID, before, map[string]any{"status": a.Status}).ofAuction(&a).because(reason)
	if !wasListed {
		return o.replace(ctx, a, version, trail)
	}
	trail = trail.tell(&a, "auction.cancelled", map[string]any{"auction": a.ID, "title": a.Title, "reason": reason})
	registered, err := o.registered(ctx, a.ID)
	if err != nil {
		return Auction{}, err
	}
	for _, r := range registered {
		trail = trail.and(cancelMail(&a, r, reason))
	}
	cancelled, err := o.replace(ctx, a, version, trail)
	if err != nil {
		return Auction{}, err
	}
	if err := o.refundCancelled(ctx); err != nil {
		o.log.Warn("deposits of a cancelled auction are not due yet, will try again", "auction", id, "err", err)
	}
	return cancelled, nil
}

// replace keeps a in place of the version it was made from, if nobody has
// changed that meanwhile.
func (o *Office) replace(ctx context.Context, a Auction, version int, trail Trail) (Auction, error) {
	kept, err := o.store.ChangeAuction(ctx, a.ID, func(now *Auction) (Trail, error) {
		if now.Version != version {
			return Trail{}, ErrEditedMeanwhile
		}
		*now = a
		return trail, nil
	})
	o.warn(&kept)
	return kept, err
}

// makeRules checks everything that listed rules must keep and freezes them as
// a.NewRules. was are the windows that are public already.
func (o *Office) makeRules(ctx context.Context, by Account, a *Auction, was SheetWindows, at engine.Instant) error {
	centre, err := o.store.Centre(ctx, a.CentreID)
	if err != nil {
		return err
	}
	found := o.law(&a.AuctionDraft, at)
	f := a.Sheet.blocking(found)
	o.checkComplete(&f, &a.AuctionDraft, was, centre, at)
	if err := o.checkStaff(ctx, &f, a.Sheet.People, a.CentreID); err != nil {
		return err
	}
	if err := f.err(); err != nil {
		return err
	}
	a.Sheet.dropUnused(found)
	a.Sheet.Money.Account = a.Sheet.depositAccount(centre) // so that the listed rules name it
	if a.Centre == "" {
		a.Centre = centre.Name
	}
	if err := o.drawSalts(a); err != nil {
		return err
	}
	staff, err := o.staffOf(ctx, a.Sheet.People)
	if err != nil {
		return err
	}
	a.Search = searchText(a)
	a.NewRules = freezeSheet(a, staff, by.ID, at)
	return nil
}

// drawSalts gives each hidden reserve the salt that hides it in its hash.
func (o *Office) drawSalts(a *Auction) error {
	for i := range a.Lots {
		lot := &a.Lots[i]
		if lot.Rules.ReserveAmount == 0 || lot.ReserveSalt != (engine.Hash{}) {
			continue
		}
		if _, err := io.ReadFull(o.rand, lot.ReserveSalt[:]); err != nil {
			return fmt.Errorf("random bytes: %w", err)
		}
	}
	return nil
}

// keepSalts leaves the salt of a reserve that has not changed as it was, so
// that its hash does not change either.
func keepSalts(a *Auction, old []LotDraft) {
	for i := range a.Lots {
		lot := &a.Lots[i]
		at := slices.IndexFunc(old, func(l LotDraft) bool { return l.ID == lot.ID })
		if at >= 0 && old[at].Rules.ReserveAmount == lot.Rules.ReserveAmount {
			lot.ReserveSalt = old[at].ReserveSalt
		}
	}
}

// registered are those who take part in an auction as far as they have not
// withdrawn.
func (o *Office) registered(ctx context.Context, auctionID string) ([]Registration, error) {
	list, err := o.store.Registrations(ctx, RegistrationQuery{AuctionID: auctionID, Limit: maxRegistered})
	return slices.DeleteFunc(list, func(r Registration) bool { return r.Standing != StandingIn }), err
}
