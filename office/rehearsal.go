package office

import (
	"context"
	"errors"
	"unicode/utf8"

	"gobua/engine"
)

// rehearsalTitle marks a rehearsal wherever a title stands; the page has a
// banner besides.
const rehearsalTitle = "ĐẤU GIÁ THỬ – "

// Rehearse makes and publishes a practice auction (đấu giá thử, requirement A7):
// the same lots and rules, open to those who have registered for the auction or
// are named in it, opening at opensAt. It is never in results, reports or the
// archive, and there is nothing to be won: no deposit, no hidden price. Staff
// who may prepare an auction may. Errors: *Invalid, ErrWrongState once the
// auction has its sessions or is over, or is itself a rehearsal.
func (o *Office) Rehearse(ctx context.Context, by Account, auctionID string, opensAt engine.Instant) (Auction, error) {
	real, err := o.Auction(ctx, auctionID)
	if err != nil {
		return Auction{}, err
	}
	if by, err = o.authorizeAt(ctx, by, real.CentreID, preparers...); err != nil {
		return Auction{}, err
	}
	if real.RehearsalOf != "" || real.Status != StatusListed && real.Status != StatusPublished && real.Status != StatusDraft {
		return Auction{}, ErrWrongState
	}
	who, err := o.registrants(ctx, &real)
	if err != nil {
		return Auction{}, err
	}
	var f faults
	f.add("opensAt", o.openingCode(opensAt))
	f.when(len(who) == 0, "participants", "missing")
	f.when(len(real.Lots) == 0, "lots", "missing")
	if err := f.err(); err != nil {
		return Auction{}, err
	}
	a, err := o.rehearsal(real, who, opensAt)
	if err != nil {
		return Auction{}, err
	}
	t := o.act(by, "auction.rehearse", "auction", a.ID, nil, map[string]any{
		"of": real.ID, "opensAt": opensAt, "participants": len(who),
	}).ofAuction(&a)
	for _, p := range who {
		t = t.and(Mail{
			CentreID: a.CentreID, AccountID: p.AccountID, AuctionID: real.ID, Kind: "rehearsal",
			Subject: rehearsalSubject(&real), Body: rehearsalBody(&real, opensAt),
		})
	}
	if _, err := o.store.InsertAuction(ctx, a, by.ID, IdempotencyKey{}, t); err != nil {
		return Auction{}, err
	}
	return o.Publish(ctx, by, a.ID, a.Version)
}

// rehearsal is the practice auction of a real one.
func (o *Office) rehearsal(real Auction, who []Participant, opensAt engine.Instant) (a Auction, err error) {
	a = Auction{
		Status: StatusDraft, Version: 1, CreatedAt: engine.InstantOf(o.now()), CentreID: real.CentreID, RehearsalOf: real.ID,
		AuctionDraft: real.AuctionDraft, ParticipantCount: len(who),
	}
	if a.ID, err = o.newID(); err != nil {
		return Auction{}, err
	}
	a.Title = rehearsalTitle + cutRunes(real.Title, maxTitleRunes-utf8.RuneCountInString(rehearsalTitle))
	a.Participants = who
	a.Sheet = Sheet{Room: real.Sheet.Room}
	a.Lots = append([]LotDraft{}, real.Lots...)
	for i := range a.Lots {
		lot := &a.Lots[i]
		if lot.ID, err = o.newID(); err != nil {
			return Auction{}, err
		}
		lot.Session, lot.Deposit = "", 0
		lot.Rules.OpensAt, lot.Rules.Reserve, lot.Rules.ReserveAmount = opensAt, nil, 0
		lot.Rules.ReserveKind = engine.ReserveClassic
		if b := lot.Rules.BuyNow; b != nil && b.Until == engine.BuyNowReserve {
			lot.Rules.BuyNow = nil // it needs the reserve
		}
		lot.StartHidden, lot.ReserveSalt = false, engine.Hash{}
	}
	a.Search = searchText(&a)
	return a, nil
}

func cutRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// registrants are those who may rehearse: everybody named in the auction, and
// everybody whose registration counts, whatever is still missing in it.
func (o *Office) registrants(ctx context.Context, a *Auction) ([]Participant, error) {
	list, err := o.store.Registrations(ctx, RegistrationQuery{AuctionID: a.ID, Limit: maxLots * engine.MaxParticipants})
	if err != nil {
		return nil, err
	}
	who := []Participant{}
	seen := map[string]bool{}
	add := func(account string) {
		if !seen[account] && len(who) < engine.MaxParticipants {
			seen[account] = true
			who = append(who, Participant{AccountID: account})
		}
	}
	for _, p := range a.Participants {
		add(p.AccountID)
	}
	for i := range list {
		if list[i].Standing == StandingIn {
			add(list[i].AccountID)
		}
	}
	return who, nil
}

// Rehearsals returns the sessions of an auction's newest rehearsal, none if it
// has not been rehearsed. Staff of its centre may ask.
func (o *Office) Rehearsals(ctx context.Context, by Account, auctionID string) ([]SessionOfAuction, error) {
	a, err := o.Auction(ctx, auctionID)
	if err != nil {
		return nil, err
	}
	if _, err := o.authorizeOn(ctx, by, &a, staffRoles...); err != nil {
		return nil, err
	}
	id, _, err := o.store.RehearsalOf(ctx, auctionID)
	if errors.Is(err, ErrNotFound) {
		return []SessionOfAuction{}, nil
	}
	if err != nil {
		return nil, err
	}
	return o.store.SessionsOf(ctx, id)
}
