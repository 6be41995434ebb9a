package office

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"gobua/engine"
)

// SessionOfAuction is one session (phiên) as the office knows it: which lot it
// sells, and which run of that lot it is.
type SessionOfAuction struct {
	Session      engine.SessionID `json:"session"`
	AuctionID    string           `json:"auctionId"`
	CentreID     string           `json:"-"`
	AuctionTitle string           `json:"-"`
	LotID        string           `json:"lotId"`
	LotNumber    int              `json:"lotNumber"`
	LotTitle     string           `json:"lotTitle"`
	Run          int              `json:"run"` // above 1 after a re-run
	Newest       bool             `json:"newest"`
	OpensAt      engine.Instant   `json:"opensAt"`
	HandedOver   bool             `json:"handedOver"` // the engine's journal has it
	Participants int              `json:"participants"`
	Phase        engine.Phase     `json:"phase,omitempty"` // once its result is kept
	Rehearsal    bool             `json:"rehearsal,omitempty"`
	Incident     *Incident        `json:"incident,omitempty"` // that stopped it or is about to
}

// RunStore keeps the runs of lots.
type RunStore interface {
	// SessionsOf returns every run of every lot of an auction, by lot number
	// and run.
	SessionsOf(ctx context.Context, auctionID string) ([]SessionOfAuction, error)
	SessionOf(ctx context.Context, id engine.SessionID) (SessionOfAuction, error)
	// Unregistered returns the lots of published auctions that have neither a
	// session nor an outcome.
	Unregistered(ctx context.Context, limit int) ([]LotRef, error)
	// InsertRun keeps the next run of a lot after the session `after`, which
	// must be the newest of it, else ErrEditedMeanwhile.
	InsertRun(ctx context.Context, f FrozenSession, after engine.SessionID, t Trail) error
}

// LotRef names a lot and the auction it stands in.
type LotRef struct{ ID, AuctionID string }

// staffRoles may see what is behind a session.
var staffRoles = []engine.Role{
	engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleObserver, engine.RoleAdmin,
}

// sessionFor finds a session for an account of one of the roles in its centre.
func (o *Office) sessionFor(ctx context.Context, by Account, id engine.SessionID, roles ...engine.Role) (SessionOfAuction, error) {
	if !id.Valid() {
		return SessionOfAuction{}, ErrNotFound
	}
	s, err := o.store.SessionOf(ctx, id)
	if err != nil {
		return SessionOfAuction{}, err
	}
	_, err = o.authorizeOnID(ctx, by, s.CentreID, s.AuctionID, roles...)
	return s, err
}

// Sessions returns every run of every lot of an auction, by lot and run.
func (o *Office) Sessions(ctx context.Context, auctionID string) ([]SessionOfAuction, error) {
	if !validID(auctionID) {
		return nil, ErrNotFound
	}
	return o.store.SessionsOf(ctx, auctionID)
}

// Rerun makes the next session of a lot whose newest one was stopped (phiên đấu
// giá lại): the same rules but for the opening, the same participants under the
// same codes and with the deposits they have paid, nobody else. It tells them
// and the public. Only an auctioneer or an admin may. Asking again after the
// answer was lost returns the run made the first time.
//
// Errors: *Invalid, ErrWrongState where the session has not been stopped,
// ErrEditedMeanwhile where the lot has run again at another time.
func (o *Office) Rerun(ctx context.Context, by Account, id engine.SessionID, opensAt engine.Instant, reason string) (SessionOfAuction, error) {
	s, err := o.sessionFor(ctx, by, id, conductors...)
	if err != nil {
		return SessionOfAuction{}, err
	}
	if by, err = o.authorizeAt(ctx, by, s.CentreID, conductors...); err != nil {
		return SessionOfAuction{}, err
	}
	var f faults
	f.text("reason", &reason, maxReasonRunes, true)
	f.add("opensAt", o.openingCode(opensAt))
	if err := f.err(); err != nil {
		return SessionOfAuction{}, err
	}
	if s.Phase != engine.PhaseStopped {
		return SessionOfAuction{}, ErrWrongState
	}
	if !s.Newest {
		return o.runAfter(ctx, s, opensAt)
	}
	next, err := o.nextRun(ctx, s, opensAt)
	if err != nil {
		return SessionOfAuction{}, err
	}
	trail, err := o.rerunTrail(ctx, by, s, next, reason)
	if err != nil {
		return SessionOfAuction{}, err
	}
	if err := o.store.InsertRun(ctx, next, id, trail); err != nil {
		if errors.Is(err, ErrEditedMeanwhile) {
			return o.runAfter(ctx, s, opensAt)
		}
		return SessionOfAuction{}, err
	}
	return o.handedOver(ctx, s.AuctionID, next.Created.Session)
}

// handedOver returns a re-run that the engine has been given, if it takes it.
func (o *Office) handedOver(ctx context.Context, auctionID string, id engine.SessionID) (SessionOfAuction, error) {
	if err := o.handOver(ctx, auctionID); err != nil {
		o.log.Warn("a re-run is not handed over yet, will try again", "session", id, "err", err)
	}
	return o.store.SessionOf(ctx, id)
}

// openingCode tells what is wrong with the opening of a session yet to be made.
func (o *Office) openingCode(at engine.Instant) string {
	now := o.now()
	switch {
	case at == 0:
		return "missing"
	case at < engine.InstantOf(now.Add(-maxOpensAgo)):
		return "past"
	case at > engine.InstantOf(now.AddDate(1, 0, 0)):
		return "out_of_range"
	}
	return ""
}

// runAfter returns the run that follows a session, if it is the one asked for.
// Whoever made it may have been killed before it was handed over.
func (o *Office) runAfter(ctx context.Context, s SessionOfAuction, opensAt engine.Instant) (SessionOfAuction, error) {
	all, err := o.store.SessionsOf(ctx, s.AuctionID)
	if err != nil {
		return SessionOfAuction{}, err
	}
	for _, next := range all {
		if next.LotID == s.LotID && next.Run == s.Run+1 && next.OpensAt == opensAt {
			return o.handedOver(ctx, s.AuctionID, next.Session)
		}
	}
	return SessionOfAuction{}, ErrEditedMeanwhile
}

// nextRun freezes a session like another one under a new id.
func (o *Office) nextRun(ctx context.Context, s SessionOfAuction, opensAt engine.Instant) (FrozenSession, error) {
	old, err := o.store.Frozen(ctx, s.Session)
	if err != nil {
		return FrozenSession{}, err
	}
	before, err := o.admissions(ctx, s.Session)
	if err != nil {
		return FrozenSession{}, err
	}
	who := make([]Admitted, len(before))
	for i, a := range before {
		who[i] = Admitted{AccountID: a.Account, Code: a.Code}
	}
	var id [12]byte
	if _, err := io.ReadFull(o.rand, id[:]); err != nil {
		return FrozenSession{}, fmt.Errorf("random bytes: %w", err)
	}
	c := engine.Created{Session: engine.NewSessionID(id), Lot: old.Lot, Rules: old.Rules, Secret: old.Secret}
	c.Rules.OpensAt, c.Lot.Run = opensAt, s.Run+1
	c.RulesHash = c.Rules.Hash()
	sealed := o.admit(&c, who)
	if err := engine.CheckCreated(&c); err != nil {
		return FrozenSession{}, err
	}
	return FrozenSession{Created: c, Admissions: sealed}, nil
}

// rerunTrail is what a re-run leaves behind: the letters name the new time.
func (o *Office) rerunTrail(ctx context.Context, by Account, s SessionOfAuction, next FrozenSession, reason string) (Trail, error) {
	a, err := o.store.Auction(ctx, s.AuctionID)
	if err != nil {
		return Trail{}, err
	}
	opens := next.Created.Rules.OpensAt
	after := map[string]any{"session": next.Created.Session, "run": s.Run + 1, "opensAt": opens, "participants": len(next.Created.Participants)}
	t := o.act(by, "session.rerun", "session", string(s.Session), nil, after).ofAuction(&a).because(reason)
	if a.RehearsalOf == "" {
		t = t.tell(&a, "session.rerun", map[string]any{
			"lot": s.LotNumber, "session": next.Created.Session, "before": s.Session, "run": s.Run + 1, "opensAt": opens, "reason": reason,
		})
	}
	mails, err := o.lettersTo(ctx, s, "session_rerun", rerunSubject(s), rerunBody(s, next.Created.Session, opens, reason))
	return t.and(mails...), err
}

// lettersTo is one letter to everybody admitted to a session.
func (o *Office) lettersTo(ctx context.Context, s SessionOfAuction, kind, subject, body string) ([]Mail, error) {
	admitted, err := o.admissions(ctx, s.Session)
	if err != nil {
		return nil, err
	}
	mails := make([]Mail, len(admitted))
	for i, a := range admitted {
		mails[i] = Mail{CentreID: s.CentreID, AccountID: a.Account, AuctionID: s.AuctionID, Kind: kind, Subject: subject, Body: body}
	}
	// In the order of accounts: that of codes would say who has which.
	slices.SortFunc(mails, func(a, b Mail) int { return cmp.Compare(a.AccountID, b.AccountID) })
	return mails, nil
}

// Aftermath is what the public may know of a session beyond its room.
type Aftermath struct {
	Run     int             `json:"run"`
	Stopped *PublicIncident `json:"stopped,omitempty"`
	Next    *NextRun        `json:"next,omitempty"`    // replaces this one
	Earlier []NextRun       `json:"earlier,omitempty"` // runs of the lot before this one, oldest first
}

// PublicIncident is an incident without the people in it.
type PublicIncident struct {
	Ground   IncidentGround `json:"ground"`
	Sentence string         `json:"sentence"`
	At       engine.Instant `json:"at"`
}

// NextRun is another session of the same lot.
type NextRun struct {
	Session engine.SessionID `json:"session"`
	Run     int              `json:"run"`
	OpensAt engine.Instant   `json:"opensAt"`
}

// Aftermath returns why a session was stopped, and which runs came before and
// after it. It is for everybody.
func (o *Office) Aftermath(ctx context.Context, id engine.SessionID) (Aftermath, error) {
	if !id.Valid() {
		return Aftermath{}, ErrNotFound
	}
	s, err := o.store.SessionOf(ctx, id)
	if err != nil {
		return Aftermath{}, err
	}
	out := Aftermath{Run: s.Run}
	if i := s.Incident; i != nil && i.State == IncidentStopped {
		stopped := publicIncident(i)
		out.Stopped = &stopped
	}
	all, err := o.store.SessionsOf(ctx, s.AuctionID)
	if err != nil {
		return Aftermath{}, err
	}
	for _, other := range all {
		switch run := (NextRun{other.Session, other.Run, other.OpensAt}); {
		case other.LotID != s.LotID || other.Run == s.Run:
		case other.Run < s.Run:
			out.Earlier = append(out.Earlier, run)
		case other.Newest:
			out.Next = &run
		}
	}
	return out, nil
}

// PublicStop is a session of an auction that was stopped, and the run that
// replaces it.
type PublicStop struct {
	Lot     int              `json:"lot"` // its number
	Session engine.SessionID `json:"session"`
	PublicIncident
	Next *NextRun `json:"next,omitempty"`
}

// publicStops returns the stopped sessions of an auction, by lot and run.
func (o *Office) publicStops(ctx context.Context, auctionID string) (stops []PublicStop, err error) {
	all, err := o.store.SessionsOf(ctx, auctionID)
	for i, s := range all {
		if s.Incident == nil || s.Incident.State != IncidentStopped {
			continue
		}
		stop := PublicStop{Lot: s.LotNumber, Session: s.Session, PublicIncident: publicIncident(s.Incident)}
		if i+1 < len(all) && all[i+1].LotID == s.LotID {
			stop.Next = &NextRun{all[i+1].Session, all[i+1].Run, all[i+1].OpensAt}
		}
		stops = append(stops, stop)
	}
	return stops, err
}

func publicIncident(i *Incident) PublicIncident {
	return PublicIncident{i.Ground, i.Sentence, i.EndedAt}
}
