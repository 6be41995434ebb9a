package office

import (
	"context"

	"gobua/engine"
)

// Stage is where an auction is for the public, as its status and the clock
// have it.
type Stage string

// The stages.
const (
	StageListed             Stage = "listed"              // public; dossiers are not taken yet
	StageRegistrationOpen   Stage = "registration_open"   // dossiers are taken
	StageRegistrationClosed Stage = "registration_closed" // no longer taken; sessions do not exist yet
	StageReady              Stage = "ready"               // sessions exist, none has opened
	StageInSession          Stage = "in_session"          // the first session's opening has come
	StageConcluded          Stage = "concluded"
	StageArchived           Stage = "archived"
	StageCancelled          Stage = "cancelled"
)

// StageAt derives the stage. A draft has none.
func (a *Auction) StageAt(now engine.Instant) Stage {
	return stageOf(a.Status, a.Sheet.Windows.Dossier, firstOpening(&a.AuctionDraft), now)
}

// stageOf is the stage at a moment. opening is the first of the lots'.
func stageOf(status AuctionStatus, dossier Window, opening, now engine.Instant) Stage {
	switch {
	case status == StatusCancelled:
		return StageCancelled
	case status == StatusArchived:
		return StageArchived
	case status == StatusConcluded:
		return StageConcluded
	case status == StatusPublished && now >= opening:
		return StageInSession
	case status == StatusPublished:
		return StageReady
	case status != StatusListed:
		return ""
	case now < dossier.From:
		return StageListed
	case now < dossier.To:
		return StageRegistrationOpen
	}
	return StageRegistrationClosed
}

// Deadline is the next moment that matters to the public.
type Deadline struct {
	Kind string         `json:"kind"` // dossier_opens, dossier_closes, deposit_closes, check_in, opens
	At   engine.Instant `json:"at"`
}

// next is the first deadline still to come, nil if there is none.
func (a *Auction) next(now engine.Instant) *Deadline {
	w := a.Sheet.Windows
	var next *Deadline
	switch a.Status {
	case StatusListed, StatusPublished:
	default:
		return nil
	}
	for _, d := range []Deadline{
		{"dossier_opens", w.Dossier.From}, {"dossier_closes", w.Dossier.To}, {"deposit_closes", w.Deposit.To},
		{"check_in", w.CheckIn}, {"opens", firstOpening(&a.AuctionDraft)},
	} {
		if d.At > now && (next == nil || d.At < next.At) {
			next = &d
		}
	}
	return next
}

// PublicAuction is all that anybody may know of an auction. It has no field for
// a participant, an account or a hidden reserve.
type PublicAuction struct {
	ID           string          `json:"id"`
	Stage        Stage           `json:"stage"`
	Next         *Deadline       `json:"next,omitempty"`
	Title        string          `json:"title"`
	Owner        string          `json:"owner"`
	Place        string          `json:"place"`
	Centre       PublicCentre    `json:"centre"`
	ListedAt     engine.Instant  `json:"listedAt,omitempty"`
	PublishedAt  engine.Instant  `json:"publishedAt,omitempty"`
	ConcludedAt  engine.Instant  `json:"concludedAt,omitempty"`
	CancelledAt  engine.Instant  `json:"cancelledAt,omitempty"`
	CancelReason string          `json:"cancelReason,omitempty"`
	RehearsalOf  string          `json:"rehearsalOf,omitempty"`
	Sheet        Sheet           `json:"sheet"` // without people
	Staff        []PublicStaff   `json:"staff"`
	Lots         []PublicLot     `json:"lots"`
	Rules        []PublicVersion `json:"rules"` // every version, the first one first
	Stops        []PublicStop    `json:"stops,omitempty"`
}

// PublicCentre is a centre as its auctions name it.
type PublicCentre struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Address  string `json:"address,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Email    string `json:"email,omitempty"`
	Licence  string `json:"licence,omitempty"`
	SealFile string `json:"sealFile,omitempty"` // id of a public file
}

func publicCentre(c Centre) PublicCentre {
	return PublicCentre{
		ID: c.ID, Name: c.Name, Address: c.Address, Phone: c.Phone, Email: c.Email, Licence: c.Licence, SealFile: c.SealFile,
	}
}

// PublicVersion is a version of the rules in the notice; its full text has an
// address of its own.
type PublicVersion struct {
	Number  int            `json:"number"`
	Hash    engine.Hash    `json:"hash"`
	MadeAt  engine.Instant `json:"madeAt"`
	Notice  string         `json:"notice,omitempty"`
	Changes []Change       `json:"changes"`
	// Withdrawal: the version changed price, quantity or quality, so that who
	// had registered may withdraw with a refund (Điều 39.3).
	Withdrawal bool `json:"withdrawal"`
}

// Notice is the public notice of an auction: ErrNotFound while it is a draft,
// or was cancelled as one. Anybody may read it.
func (o *Office) Notice(ctx context.Context, id string) (PublicAuction, error) {
	if !validID(id) {
		return PublicAuction{}, ErrNotFound
	}
	a, err := o.store.Auction(ctx, id)
	if err != nil {
		return PublicAuction{}, err
	}
	if a.ListedAt == 0 && a.PublishedAt == 0 {
		return PublicAuction{}, ErrNotFound
	}
	centre, err := o.store.Centre(ctx, a.CentreID)
	if err != nil {
		return PublicAuction{}, err
	}
	versions, err := o.store.RulesVersions(ctx, id)
	if err != nil {
		return PublicAuction{}, err
	}
	staff, err := o.staffOf(ctx, a.Sheet.People)
	if err != nil {
		return PublicAuction{}, err
	}
	p := publicAuction(&a, centre, versions, staff, engine.InstantOf(o.now()))
	if a.PublishedAt != 0 {
		p.Stops, err = o.publicStops(ctx, a.ID)
	}
	return p, err
}

// NoticeRules returns the frozen rules of a version as they were hashed.
// Anybody may read them.
func (o *Office) NoticeRules(ctx context.Context, id string, number int) (RulesVersion, error) {
	versions, err := o.RulesVersions(ctx, id)
	if err != nil {
		return RulesVersion{}, err
	}
	if number < 1 || number > len(versions) {
		return RulesVersion{}, ErrNotFound
	}
	return versions[number-1], nil
}

func publicAuction(a *Auction, centre Centre, versions []RulesVersion, staff map[string]Account, now engine.Instant) PublicAuction {
	p := PublicAuction{
		ID: a.ID, Stage: a.StageAt(now), Next: a.next(now), Title: a.Title, Owner: a.Owner, Place: a.Place,
		Centre:   publicCentre(centre),
		ListedAt: a.ListedAt, PublishedAt: a.PublishedAt, ConcludedAt: a.ConcludedAt, CancelledAt: a.CancelledAt,
		CancelReason: a.CancelReason, RehearsalOf: a.RehearsalOf,
		Sheet: publicSheet(a.Sheet), Staff: publicStaff(a.Sheet.People, staff),
		Lots: make([]PublicLot, len(a.Lots)), Rules: make([]PublicVersion, len(versions)),
	}
	if a.Centre != "" {
		p.Centre.Name = a.Centre // as the frozen rules say it
	}
	for i := range a.Lots {
		p.Lots[i] = publicLot(&a.Lots[i])
	}
	for i, v := range versions {
		p.Rules[i] = v.Public()
	}
	return p
}

// Public is a version without its maker and its text.
func (v RulesVersion) Public() PublicVersion {
	p := PublicVersion{Number: v.Number, Hash: v.Hash, MadeAt: v.MadeAt, Notice: v.Notice, Changes: v.Changes}
	for _, c := range v.Changes {
		p.Withdrawal = p.Withdrawal || c.frees(c.LotID)
	}
	return p
}
