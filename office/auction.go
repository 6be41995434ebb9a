package office

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"gobua/engine"
)

// AuctionStatus is where an auction is in its life.
type AuctionStatus string

// The states of an auction.
const (
	StatusDraft     AuctionStatus = "draft"     // may be edited
	StatusListed    AuctionStatus = "listed"    // public, rules frozen under a version; people register
	StatusPublished AuctionStatus = "published" // admissions closed, sessions exist
	StatusConcluded AuctionStatus = "concluded" // every lot has its final outcome
	StatusArchived  AuctionStatus = "archived"  // the file is sealed
	StatusCancelled AuctionStatus = "cancelled"
)

// AuctionDraft is what a person writes of an auction (cuộc đấu giá). A draft
// may still lack lots, participants and opening times; what it has must be
// right. Participants are admitted to every lot.
type AuctionDraft struct {
	Title        string        `json:"title"`
	Centre       string        `json:"centre"` // the organisation that runs it
	Owner        string        `json:"owner"`  // whose property is sold
	Place        string        `json:"place"`
	Lots         []LotDraft    `json:"lots"`
	Participants []Participant `json:"participants"`
	Sheet        Sheet         `json:"sheet,omitzero"`
}

// Auction is an AuctionDraft with what the office adds to it.
type Auction struct {
	ID        string         `json:"id"`
	Status    AuctionStatus  `json:"status"`
	Version   int            `json:"version"` // grows with each change; named again when changing it
	CreatedAt engine.Instant `json:"createdAt"`
	CentreID  string         `json:"centreId,omitempty"`
	ListedAt  engine.Instant `json:"listedAt,omitempty"`
	// PublishedAt is when the sessions were made, ConcludedAt when the last lot
	// had its outcome.
	PublishedAt  engine.Instant `json:"publishedAt,omitempty"`
	ConcludedAt  engine.Instant `json:"concludedAt,omitempty"`
	CancelledAt  engine.Instant `json:"cancelledAt,omitempty"`
	CancelReason string         `json:"cancelReason,omitempty"`
	RehearsalOf  string         `json:"rehearsalOf,omitempty"` // the auction this one rehearses
	AuctionDraft
	ParticipantCount int     `json:"participantCount"`   // also in lists, which leave Participants out
	Warnings         []Field `json:"warnings,omitempty"` // what Options.Advise would want
	Search           string  `json:"-"`                  // folded words, for the store to keep
	// NewRules is set by a change that makes a version of the rules, for the
	// store to keep. It is never read back.
	NewRules *RulesVersion `json:"-"`
}

// LotDraft is one thing to be sold. ID is empty for a new lot, Number zero for
// "as listed", Session empty until publication.
type LotDraft struct {
	ID      string           `json:"id,omitempty"`
	Number  int              `json:"number"`
	Kind    string           `json:"kind"` // land, house, car, plate, goods
	Title   string           `json:"title"`
	Detail  string           `json:"detail,omitempty"`
	Place   string           `json:"place,omitempty"`
	Deposit engine.Dong      `json:"deposit,omitempty"`
	Rules   RulesDraft       `json:"rules"`
	Session engine.SessionID `json:"session,omitempty"`
	// StartHidden: the starting price is not public (Điều 34.2.d). It is then
	// Rules.ReserveAmount, which the engine keeps hidden and compares at the
	// end (Điều 52.1.c); Rules.Start is the public floor from which bids are
	// taken, and every public page says that the starting price is not public.
	StartHidden bool `json:"startHidden,omitempty"`
	// ReserveSalt hides the reserve in its hash. It is drawn when the auction
	// is listed, so that the listed rules commit to the amount; zero before.
	ReserveSalt engine.Hash `json:"-"`
}

// StartingPrice is the lot's giá khởi điểm, hidden or not.
func (l *LotDraft) StartingPrice() engine.Dong {
	if l.StartHidden {
		return l.Rules.ReserveAmount
	}
	return l.Rules.Start
}

// RulesDraft is the rules sheet of a lot. ReserveAmount is the hidden reserve
// of a draft, zero for none; after publication it is gone from here and only
// its salted hash stands in Rules.Reserve, which a draft never has.
type RulesDraft struct {
	engine.Rules
	ReserveAmount engine.Dong `json:"reserveAmount,omitempty"`
}

// Participant is an account admitted to an auction. Login and Name are filled
// by the office and ignored when they come in.
type Participant struct {
	AccountID string `json:"accountId"`
	Login     string `json:"login,omitempty"`
	Name      string `json:"name,omitempty"`
}

// Participation is one session an account is admitted to, for that account's
// own eyes.
type Participation struct {
	Session  engine.SessionID       `json:"session"`
	Code     engine.ParticipantCode `json:"code"`
	LotTitle string                 `json:"lotTitle"`
	OpensAt  engine.Instant         `json:"opensAt"`
	// AuctionID is the auction of the lot, Rehearsal that it is only practised.
	AuctionID string `json:"auctionId"`
	Rehearsal bool   `json:"rehearsal,omitempty"`
}

// How many auctions and participations a list shows: what a person can read.
const (
	maxAuctions       = 100
	maxParticipations = 200
	maxKeyRunes       = 200
)

// CreateAuction keeps a new draft. Only an auctioneer or an admin may. The
// idempotency key, if any, is the caller's name for this request: the same key
// and draft again return the auction made the first time, the same key with
// another draft is ErrKeyReused. Keys are kept for a day.
func (o *Office) CreateAuction(ctx context.Context, by Account, d AuctionDraft, idempotencyKey string) (Auction, error) {
	by, err := o.authorize(ctx, by, preparers...)
	if err != nil {
		return Auction{}, err
	}
	key := IdempotencyKey{AccountID: by.ID, Key: idempotencyKey, RequestHash: hashDraft(d), At: engine.InstantOf(o.now())}
	a := Auction{Status: StatusDraft, Version: 1, CreatedAt: key.At, CentreID: by.CentreID, AuctionDraft: d}
	var f faults
	f.when(utf8.RuneCountInString(idempotencyKey) > maxKeyRunes || textCode(idempotencyKey, maxKeyRunes, false) != "",
		"idempotencyKey", "malformed")
	if err := o.prepare(ctx, &a, nil, f); err != nil {
		return Auction{}, err
	}
	if a.ID, err = o.newID(); err != nil {
		return Auction{}, err
	}
	trail := o.act(by, "auction.create", "auction", a.ID, nil, map[string]any{"title": a.Title, "lots": len(a.Lots)}).ofAuction(&a)
	id, err := o.store.InsertAuction(ctx, a, by.ID, key, trail)
	if err != nil {
		return Auction{}, err
	}
	return o.Auction(ctx, id)
}

// UpdateAuction replaces a draft. Only an auctioneer or an admin may. version
// is the one the caller has read; ErrEditedMeanwhile: read it again.
// ErrPublished: too late. Lots keep their ids; a lot without one is new, a lot
// left out is removed.
func (o *Office) UpdateAuction(ctx context.Context, by Account, id string, version int, d AuctionDraft) (Auction, error) {
	old, err := o.Auction(ctx, id)
	if err != nil {
		return Auction{}, err
	}
	if by, err = o.authorizeAt(ctx, by, old.CentreID, preparers...); err != nil {
		return Auction{}, err
	}
	switch {
	case old.Status != StatusDraft:
		return Auction{}, ErrPublished
	case old.Version != version:
		return Auction{}, ErrEditedMeanwhile
	}
	a := Auction{ID: id, Version: version, CentreID: old.CentreID, AuctionDraft: d}
	if err := o.prepare(ctx, &a, old.Lots, nil); err != nil {
		return Auction{}, err
	}
	trail := o.act(by, "auction.edit", "auction", id, withoutPeople(old.AuctionDraft), withoutPeople(a.AuctionDraft)).ofAuction(&a)
	if err := o.store.UpdateAuction(ctx, a, trail); err != nil {
		return Auction{}, err
	}
	return o.Auction(ctx, id)
}

// preparers may prepare an auction and publish it.
var preparers = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleAdmin}

// withoutPeople is what the audit log shows of a draft: its participants and
// hidden reserves are nobody's business there.
func withoutPeople(d AuctionDraft) AuctionDraft {
	d.Participants = nil
	d.Lots = slices.Clone(d.Lots)
	for i := range d.Lots {
		d.Lots[i].Rules.ReserveAmount = 0
	}
	return d
}

// searchText is what the public search of auctions looks through: all words in
// the first line, the places in the second.
func searchText(a *Auction) string {
	names, places := []string{a.Title, a.Centre, a.Owner}, []string{a.Place}
	for i := range a.Lots {
		names = append(names, a.Lots[i].Title)
		places = append(places, a.Lots[i].Place)
	}
	return strings.Join(indexWords(strings.Join(names, " ")), " ") + "\n" + strings.Join(indexWords(strings.Join(places, " ")), " ")
}

// Auction returns one auction with its lots and participants. A draft contains
// hidden reserves: it is for those who prepare it.
func (o *Office) Auction(ctx context.Context, id string) (Auction, error) {
	if !validID(id) {
		return Auction{}, ErrNotFound
	}
	a, err := o.store.Auction(ctx, id)
	if err != nil {
		return Auction{}, err
	}
	o.warn(&a)
	return a, nil
}

// AuctionFor returns one auction for a member of the staff: of the own centre,
// and for an observer only if assigned to it. To others it does not exist.
func (o *Office) AuctionFor(ctx context.Context, by Account, id string) (Auction, error) {
	by, err := o.authorize(ctx, by, staffRoles...)
	if err != nil {
		return Auction{}, err
	}
	a, err := o.Auction(ctx, id)
	if err == nil && (a.CentreID != by.CentreID || !watches(by, a.Sheet.People.Observers)) {
		err = ErrNotFound
	}
	if err != nil {
		return Auction{}, err
	}
	return a, nil
}

// AuctionQuery says which auctions are wanted; empty fields ask for nothing.
type AuctionQuery struct {
	CentreID string
	Observer string // account assigned to them
	Limit    int
}

// Auctions returns the newest hundred that a member of the staff may see,
// without their participants.
func (o *Office) Auctions(ctx context.Context, by Account) ([]Auction, error) {
	by, err := o.authorize(ctx, by, staffRoles...)
	if err != nil {
		return nil, err
	}
	q := AuctionQuery{CentreID: by.CentreID, Limit: maxAuctions}
	if !watches(by, nil) {
		q.Observer = by.ID
	}
	list, err := o.store.Auctions(ctx, q)
	for i := range list {
		o.warn(&list[i])
	}
	return list, err
}

// Participations returns where an account is admitted, latest opening first.
func (o *Office) Participations(ctx context.Context, accountID string) ([]Participation, error) {
	if !validID(accountID) {
		return nil, ErrNotFound
	}
	rows, err := o.store.Participations(ctx, o.finder(accountID), maxParticipations)
	if err != nil {
		return nil, err
	}
	list := make([]Participation, len(rows))
	for i, r := range rows {
		a, err := o.openAdmission(r.Session, r.Sealed)
		if err != nil {
			return nil, err
		}
		list[i] = Participation{Session: r.Session, Code: a.Code, LotTitle: r.LotTitle, OpensAt: r.OpensAt, AuctionID: r.AuctionID, Rehearsal: r.Rehearsal}
	}
	return list, nil
}

// prepare brings a draft into the form it is kept in and adds what is wrong
// with it to f. known are the lots whose ids it may name.
func (o *Office) prepare(ctx context.Context, a *Auction, known []LotDraft, f faults) error {
	a.Lots = append([]LotDraft{}, a.Lots...) // the caller's stay as they are
	checkDraft(&f, &a.AuctionDraft, known)
	if len(a.Participants) <= engine.MaxParticipants {
		if err := o.checkParticipants(ctx, &f, a.Participants); err != nil {
			return err
		}
	}
	if err := o.checkStaff(ctx, &f, a.Sheet.People, a.CentreID); err != nil {
		return err
	}
	if err := f.err(); err != nil {
		return err
	}
	a.ParticipantCount = len(a.Participants)
	a.Search = searchText(a)
	for i := range a.Lots {
		if a.Lots[i].ID != "" {
			continue
		}
		id, err := o.newID()
		if err != nil {
			return err
		}
		a.Lots[i].ID = id
	}
	return nil
}

// checkParticipants sees to it that only bidders are admitted. The database
// has the same rule as a constraint.
func (o *Office) checkParticipants(ctx context.Context, f *faults, ps []Participant) error {
	ids := make([]string, 0, len(ps))
	for _, p := range ps {
		if validID(p.AccountID) {
			ids = append(ids, p.AccountID)
		}
	}
	found, err := o.store.AccountsByID(ctx, ids)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	accounts := make(map[string]Account, len(found))
	for _, a := range found {
		accounts[a.ID] = a
	}
	seen := make(map[string]bool, len(ps))
	for i, p := range ps {
		a, ok := accounts[p.AccountID]
		field := path("participants", i)
		switch {
		case !ok:
			f.add(field, "unknown")
		case seen[p.AccountID]:
			f.add(field, "duplicate")
		case a.Role != engine.RoleBidder:
			f.add(field, "not_a_bidder")
		case a.Revoked:
			f.add(field, "revoked")
		}
		seen[p.AccountID] = true
	}
	return nil
}

// warn fills in what the law would want of an auction: of its preset, if it
// names one.
func (o *Office) warn(a *Auction) {
	if a.Sheet.Preset != "" {
		a.Warnings = a.Sheet.blocking(o.law(&a.AuctionDraft, engine.InstantOf(o.now())))
		return
	}
	var f faults
	for i := range a.Lots {
		o.advise.check(&f, path("lots", i), &a.Lots[i])
	}
	a.Warnings = f
}

// hashDraft recognises a repeated request.
func hashDraft(d AuctionDraft) engine.Hash {
	b, err := json.Marshal(d)
	if err != nil {
		panic("a draft cannot be written as JSON: " + err.Error()) // no field of it can fail
	}
	return sha256.Sum256(b)
}
