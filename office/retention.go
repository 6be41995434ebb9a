package office

import (
	"context"
	"errors"
	"time"

	"gobua/engine"
	"gobua/office/workday"
)

// KeepRules are how long a centre keeps its files, and how fast it acts. Zero
// is the default of each.
type KeepRules struct {
	Years int `json:"years,omitempty"` // of a sealed file (Điều 54); 10
	// SealAfterDays is how many days after its end an auction without open
	// refunds is sealed by the program; 30.
	SealAfterDays int `json:"sealAfterDays,omitempty"`
	// AnswerDays is how many working days a complaint waits at most; 15.
	AnswerDays int `json:"answerDays,omitempty"`
}

// What a centre may set. The law keeps a file for five years at least.
var (
	keepDefault = KeepRules{Years: 10, SealAfterDays: 30, AnswerDays: 15}
	keepLeast   = KeepRules{Years: 5, SealAfterDays: 1, AnswerDays: 1}
	keepMost    = KeepRules{Years: 100, SealAfterDays: 3650, AnswerDays: 365}
)

// orDefault fills in what is not set.
func (k KeepRules) orDefault() KeepRules {
	pick := func(set, def int) int {
		if set == 0 {
			return def
		}
		return set
	}
	return KeepRules{pick(k.Years, keepDefault.Years), pick(k.SealAfterDays, keepDefault.SealAfterDays), pick(k.AnswerDays, keepDefault.AnswerDays)}
}

// check says which settings are outside what may be set; the paths begin with
// keep.
func (k KeepRules) check(f *faults) {
	outside := func(n, least, most int) bool { return n < least || n > most }
	f.when(outside(k.Years, keepLeast.Years, keepMost.Years), "keep.years", "out_of_range")
	f.when(outside(k.SealAfterDays, keepLeast.SealAfterDays, keepMost.SealAfterDays), "keep.sealAfterDays", "out_of_range")
	f.when(outside(k.AnswerDays, keepLeast.AnswerDays, keepMost.AnswerDays), "keep.answerDays", "out_of_range")
}

// keepRules returns what holds at a centre.
func (o *Office) keepRules(ctx context.Context, centreID string) (KeepRules, error) {
	c, err := o.store.Centre(ctx, centreID)
	return c.Keep.orDefault(), err
}

// Retention returns the settings of the caller's centre.
func (o *Office) Retention(ctx context.Context, by Account) (KeepRules, error) {
	by, err := o.authorize(ctx, by, allStaff...)
	if err != nil {
		return KeepRules{}, err
	}
	return o.keepRules(ctx, by.CentreID)
}

// SetRetention changes the settings of the caller's centre. Only an admin may.
// Files that are sealed already keep their date.
func (o *Office) SetRetention(ctx context.Context, by Account, k KeepRules) (KeepRules, error) {
	by, err := o.authorize(ctx, by, engine.RoleAdmin)
	if err != nil {
		return KeepRules{}, err
	}
	k = k.orDefault()
	var f faults
	k.check(&f)
	if err := f.err(); err != nil {
		return KeepRules{}, err
	}
	c, err := o.store.Centre(ctx, by.CentreID)
	if err != nil {
		return KeepRules{}, err
	}
	before := c.Keep.orDefault()
	c.Keep = k
	return k, o.store.UpdateCentre(ctx, c, o.act(by, "centre.retention", "centre", c.ID, before, k))
}

// keepUntil is the end of the day on which years have passed since the day of a
// moment, as the Civil Code counts them: the day itself does not count, and
// what was sealed on 29 February is kept to the end of 28 February.
func keepUntil(at engine.Instant, years int) engine.Instant {
	y, m, d := at.Time().In(workday.Zone).Date()
	last := time.Date(y+years, m+1, 0, 0, 0, 0, 0, workday.Zone).Day()
	return engine.InstantOf(time.Date(y+years, m, min(d, last)+1, 0, 0, 0, 0, workday.Zone))
}

// Hold keeps the file of an auction beyond its time, for a court or an
// inspection.
type Hold struct {
	ID          string         `json:"id"`
	AuctionID   string         `json:"-"`
	Reason      string         `json:"reason"`
	PlacedBy    string         `json:"-"`
	PlacedAt    engine.Instant `json:"placedAt"`
	LiftReason  string         `json:"liftReason,omitempty"`
	LiftAskedBy string         `json:"-"`
	LiftAskedAt engine.Instant `json:"liftAskedAt,omitempty"`
	LiftedBy    string         `json:"-"`
	LiftedAt    engine.Instant `json:"liftedAt,omitempty"`
	// Names, filled when read.
	PlacedByName    string `json:"placedBy,omitempty"`
	LiftAskedByName string `json:"liftAskedBy,omitempty"`
	LiftedByName    string `json:"liftedBy,omitempty"`
}

// Disposal removes what is personal from the file of an auction. It is proposed
// by one, decided by another, and what was removed stays written down.
type Disposal struct {
	ID         string          `json:"id"`
	AuctionID  string          `json:"-"`
	Reason     string          `json:"reason"`
	ProposedBy string          `json:"-"`
	ProposedAt engine.Instant  `json:"proposedAt"`
	Approved   *bool           `json:"approved,omitempty"`
	DecidedBy  string          `json:"-"`
	DecidedAt  engine.Instant  `json:"decidedAt,omitempty"`
	Remark     string          `json:"remark,omitempty"`
	DoneAt     engine.Instant  `json:"doneAt,omitempty"`
	Record     *DisposalRecord `json:"record,omitempty"`
	// Names, filled when read.
	ProposedByName string `json:"proposedBy,omitempty"`
	DecidedByName  string `json:"decidedBy,omitempty"`
}

// DisposalRecord is what a disposal has removed, and what is left.
type DisposalRecord struct {
	Files    int           `json:"files"`    // contents that were deleted
	Archives []ReducedFile `json:"archives"` // sealed files without identities
}

// ReducedFile is a sealed file before and after its identities were removed.
type ReducedFile struct {
	Number   int         `json:"number"`
	Before   engine.Hash `json:"before"`
	After    engine.Hash `json:"after"`
	Manifest engine.Hash `json:"manifest"` // the same before and after
	Size     int64       `json:"size"`
	Removed  int         `json:"removed"` // entries
}

// RetentionStore keeps holds and disposals.
type RetentionStore interface {
	// InsertHold returns ErrWrongState if there is one that is not lifted.
	InsertHold(ctx context.Context, h Hold, t Trail) error
	// ChangeHold works like ChangeRegistration on the hold that is not lifted.
	// ErrNotFound: there is none.
	ChangeHold(ctx context.Context, auctionID string, change func(*Hold) (Trail, error)) (Hold, error)
	// Holds returns those of an auction, oldest first.
	Holds(ctx context.Context, auctionID string) ([]Hold, error)
	// InsertDisposal returns ErrWrongState if one is proposed or approved.
	InsertDisposal(ctx context.Context, d Disposal, t Trail) error
	// ChangeDisposal works like ChangeRegistration. An approval finds the
	// auction without a hold, or it is ErrWrongState.
	ChangeDisposal(ctx context.Context, id string, change func(*Disposal) (Trail, error)) (Disposal, error)
	// Disposals returns those of an auction, oldest first.
	Disposals(ctx context.Context, auctionID string) ([]Disposal, error)
	// UnfinishedDisposals returns those that are approved and not done.
	UnfinishedDisposals(ctx context.Context, limit int) ([]Disposal, error)
	// PersonalContents returns the hashes of files of an auction with one of
	// some purposes that no other auction and no other purpose has.
	PersonalContents(ctx context.Context, auctionID string, purposes []FilePurpose) ([]engine.Hash, error)
	// FinishDisposal removes what is personal of an auction from the database
	// and keeps the record of a disposal, if it is approved and not done.
	FinishDisposal(ctx context.Context, d Disposal, t Trail) error
}

// PlaceHold keeps a file beyond its time. An admin, an auctioneer or an
// inspector's centre through one of them may; the reason names the request.
func (o *Office) PlaceHold(ctx context.Context, by Account, auctionID, reason string) (Hold, error) {
	by, a, err := o.authorizeForAuction(ctx, by, auctionID, conductors)
	if err != nil {
		return Hold{}, err
	}
	var f faults
	f.text("reason", &reason, maxReasonRunes, true)
	if err := f.err(); err != nil {
		return Hold{}, err
	}
	if done, err := o.disposedOf(ctx, a.ID); err != nil || done {
		return Hold{}, errors.Join(err, wrongIf(done))
	}
	h := Hold{AuctionID: a.ID, Reason: reason, PlacedBy: by.ID, PlacedAt: engine.InstantOf(o.now()), PlacedByName: by.Name}
	if h.ID, err = o.newID(); err != nil {
		return Hold{}, err
	}
	return h, o.store.InsertHold(ctx, h, o.act(by, "archive.hold", "archive", a.ID, nil, h).ofAuction(&a).because(reason))
}

func wrongIf(wrong bool) error {
	if wrong {
		return ErrWrongState
	}
	return nil
}

// LiftHold is said by two different admins: the first asks with a reason, the
// second agrees, and then the hold is lifted. The first again changes nothing.
func (o *Office) LiftHold(ctx context.Context, by Account, auctionID, reason string) (Hold, error) {
	by, a, err := o.authorizeForAuction(ctx, by, auctionID, onlyAdmin)
	if err != nil {
		return Hold{}, err
	}
	var f faults
	f.text("reason", &reason, maxReasonRunes, true)
	if err := f.err(); err != nil {
		return Hold{}, err
	}
	at := engine.InstantOf(o.now())
	h, err := o.store.ChangeHold(ctx, a.ID, func(h *Hold) (Trail, error) {
		name := "archive.hold_lift"
		switch h.LiftAskedBy {
		case by.ID:
			return Trail{}, nil
		case "":
			h.LiftAskedBy, h.LiftAskedAt, h.LiftReason, name = by.ID, at, reason, "archive.hold_ask"
		default:
			h.LiftedBy, h.LiftedAt = by.ID, at
		}
		return o.act(by, name, "archive", a.ID, nil, map[string]any{"hold": h.ID}).ofAuction(&a).because(reason), nil
	})
	if err != nil {
		return Hold{}, err
	}
	return h, nil
}

// disposers propose and decide about what is kept.
var disposers = []engine.Role{engine.RoleAdmin, engine.RoleRegistrar, engine.RoleAuctioneer}

// ProposeDisposal asks for what is personal of an auction to be removed.
// ErrTooEarly before the time of its newest file is over, ErrWrongState while a
// hold is on it.
func (o *Office) ProposeDisposal(ctx context.Context, by Account, auctionID, reason string) (Disposal, error) {
	by, a, err := o.authorizeForAuction(ctx, by, auctionID, disposers)
	if err != nil {
		return Disposal{}, err
	}
	var f faults
	f.text("reason", &reason, maxReasonRunes, true)
	if err := f.err(); err != nil {
		return Disposal{}, err
	}
	at := engine.InstantOf(o.now())
	if err := o.mayDispose(ctx, a.ID, at); err != nil {
		return Disposal{}, err
	}
	d := Disposal{AuctionID: a.ID, Reason: reason, ProposedBy: by.ID, ProposedAt: at, ProposedByName: by.Name}
	if d.ID, err = o.newID(); err != nil {
		return Disposal{}, err
	}
	return d, o.store.InsertDisposal(ctx, d, o.act(by, "archive.dispose_ask", "archive", a.ID, nil, d).ofAuction(&a).because(reason))
}

// mayDispose tells whether the time of every file of an auction is over and no
// hold keeps it.
func (o *Office) mayDispose(ctx context.Context, auctionID string, at engine.Instant) error {
	files, err := o.store.Archives(ctx, auctionID)
	if err != nil {
		return err
	}
	holds, err := o.store.Holds(ctx, auctionID)
	if err != nil {
		return err
	}
	for _, h := range holds {
		if h.LiftedAt == 0 {
			return ErrWrongState
		}
	}
	if len(files) == 0 {
		return ErrWrongState
	}
	for _, f := range files {
		if at < f.KeepUntil {
			return ErrTooEarly
		}
	}
	return nil
}

// disposedOf tells whether the disposal of an auction's file is approved.
func (o *Office) disposedOf(ctx context.Context, auctionID string) (bool, error) {
	list, err := o.store.Disposals(ctx, auctionID)
	for _, d := range list {
		if d.Approved != nil && *d.Approved {
			return true, nil
		}
	}
	return false, err
}

// DecideDisposal approves or refuses what another one has proposed; who has
// proposed it gets ErrForbidden. What was approved is removed at once, and
// after a crash at the next start.
func (o *Office) DecideDisposal(ctx context.Context, by Account, auctionID string, approve bool, remark string) (Disposal, error) {
	by, a, err := o.authorizeForAuction(ctx, by, auctionID, disposers)
	if err != nil {
		return Disposal{}, err
	}
	var f faults
	f.text("remark", &remark, maxReasonRunes, !approve)
	if err := f.err(); err != nil {
		return Disposal{}, err
	}
	list, err := o.store.Disposals(ctx, a.ID)
	if err != nil {
		return Disposal{}, err
	}
	if len(list) == 0 {
		return Disposal{}, ErrWrongState
	}
	at := engine.InstantOf(o.now())
	if approve {
		if err := o.mayDispose(ctx, a.ID, at); err != nil {
			return Disposal{}, err
		}
	}
	d, err := o.store.ChangeDisposal(ctx, list[len(list)-1].ID, func(d *Disposal) (Trail, error) {
		switch {
		case d.Approved != nil:
			return Trail{}, ErrWrongState
		case d.ProposedBy == by.ID:
			return Trail{}, ErrForbidden
		}
		d.Approved, d.DecidedBy, d.DecidedAt, d.Remark = &approve, by.ID, at, remark
		return o.act(by, "archive.dispose_decide", "archive", a.ID, nil, map[string]any{"disposal": d.ID, "approved": approve}).
			ofAuction(&a).because(remark), nil
	})
	if err != nil || !approve {
		return d, err
	}
	return o.dispose(ctx, d)
}
