package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gobua/engine"
)

// Opening is the wish to see who bid under a code of a session that is over
// (ADR 23). One of the staff asks with a reason, another approves, and who asked
// looks once.
type Opening struct {
	ID        string                 `json:"id"`
	AuctionID string                 `json:"auctionId"`
	Session   engine.SessionID       `json:"session"`
	Code      engine.ParticipantCode `json:"code"`
	Reason    string                 `json:"reason"`
	AskedBy   string                 `json:"-"`
	AskedAt   engine.Instant         `json:"askedAt"`
	ExpiresAt engine.Instant         `json:"expiresAt"` // of the request; once approved, of the look
	Approved  *bool                  `json:"-"`         // nil: not decided
	DecidedBy string                 `json:"-"`
	DecidedAt engine.Instant         `json:"decidedAt,omitempty"`
	Remark    string                 `json:"remark,omitempty"` // of the decision
	UsedAt    engine.Instant         `json:"usedAt,omitempty"`
	// AskedByName and DecidedByName are filled when read.
	AskedByName   string `json:"askedBy"`
	DecidedByName string `json:"decidedBy,omitempty"`
}

// OpeningState is where an opening stands.
type OpeningState string

// The states of an opening.
const (
	OpeningWaiting  OpeningState = "waiting"  // for the second person
	OpeningApproved OpeningState = "approved" // who asked may look
	OpeningRefused  OpeningState = "refused"
	OpeningUsed     OpeningState = "used"
	OpeningExpired  OpeningState = "expired"
)

// State tells where an opening stands at a moment.
func (p *Opening) State(at engine.Instant) OpeningState {
	switch {
	case p.UsedAt != 0:
		return OpeningUsed
	case p.Approved != nil && !*p.Approved:
		return OpeningRefused
	case at >= p.ExpiresAt:
		return OpeningExpired
	case p.Approved != nil:
		return OpeningApproved
	}
	return OpeningWaiting
}

// OpeningView is an opening as one of the staff sees it.
type OpeningView struct {
	Opening
	State     OpeningState `json:"state"`
	Mine      bool         `json:"mine,omitempty"`
	MayDecide bool         `json:"mayDecide,omitempty"`
}

// OpeningStore keeps openings.
type OpeningStore interface {
	InsertOpening(ctx context.Context, p Opening, t Trail) error
	// ChangeOpening locks one, calls change, and keeps the decision or the use that
	// change made of it, and the trail. An error of change keeps nothing and is
	// returned. change may be called more than once.
	ChangeOpening(ctx context.Context, id string, change func(*Opening) (Trail, error)) (Opening, error)
	// Openings returns those of an auction, newest first.
	Openings(ctx context.Context, auctionID string, limit int) ([]Opening, error)
}

// openers may ask to see who is behind a code, and may approve that another one
// does. An administrator is none of them: who makes accounts sees no bidder.
var openers = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar}

// DefaultOpeningLife is how long a request waits, and how long an approval can be
// used: a working day, so that it is about one matter.
const DefaultOpeningLife = 24 * time.Hour

// Limits of openings.
const (
	maxOpenings = 200 // of an auction, that are shown
	maxWaiting  = 20  // of an auction, that nobody has decided
	// settledAfter is how old an account, and what an administrator changed of it,
	// must be to take part where that was after the auction was published: nobody
	// makes the second person they need.
	settledAfter = engine.Millis(7 * 24 * 3600 * 1000)
)

// AskOpening asks to see who bid under a code of a session, and writes to those
// who may approve it. Only once the session's result is kept: while bidding goes
// on nobody at the office needs to know. Errors: *Invalid, ErrForbidden,
// ErrNotFound also for a code that nobody has, ErrTooEarly, ErrTooMany.
func (o *Office) AskOpening(ctx context.Context, by Account, session engine.SessionID, code engine.ParticipantCode, reason string) (OpeningView, error) {
	by, a, err := o.openingAt(ctx, by, session)
	if err != nil {
		return OpeningView{}, err
	}
	var f faults
	f.lines("reason", &reason, maxReasonRunes)
	f.when(reason == "", "reason", "missing")
	if err := f.err(); err != nil {
		return OpeningView{}, err
	}
	kept, err := o.store.HasResult(ctx, session)
	switch {
	case err != nil:
		return OpeningView{}, err
	case !kept:
		return OpeningView{}, ErrTooEarly
	}
	if _, err := o.behind(ctx, session, code); err != nil {
		return OpeningView{}, err
	}
	at := engine.InstantOf(o.now())
	before, err := o.store.Openings(ctx, a.ID, maxOpenings)
	if err != nil {
		return OpeningView{}, err
	}
	waiting := 0
	for i := range before {
		if before[i].State(at) == OpeningWaiting {
			waiting++
		}
	}
	if waiting >= maxWaiting {
		return OpeningView{}, ErrTooMany
	}
	p := Opening{
		AuctionID: a.ID, Session: session, Code: code, Reason: reason, AskedBy: by.ID, AskedByName: by.Name, AskedAt: at,
		ExpiresAt: engine.InstantOf(o.now().Add(o.openingLife)),
	}
	if p.ID, err = o.newID(); err != nil {
		return OpeningView{}, err
	}
	mails, err := o.openingLetters(ctx, by, &a, &p)
	if err != nil {
		return OpeningView{}, err
	}
	trail := o.act(by, "identity.open_ask", "opening", p.ID, nil, inLogOpening(&p)).ofAuction(&a).because(reason).and(mails...)
	if err := o.store.InsertOpening(ctx, p, trail); err != nil {
		return OpeningView{}, err
	}
	return openingView(by, p, at), nil
}

// DecideOpening approves or refuses what another one has asked for. ErrForbidden
// for who asked, for who has the same reference or address, and for an account
// that is not settled; ErrTooLate once it has expired; ErrWrongState once it is
// decided.
func (o *Office) DecideOpening(ctx context.Context, by Account, auctionID, id string, approve bool, remark string) (OpeningView, error) {
	by, a, err := o.authorizeForAuction(ctx, by, auctionID, openers)
	if err != nil {
		return OpeningView{}, err
	}
	var f faults
	f.lines("remark", &remark, maxReasonRunes)
	f.when(!approve && remark == "", "remark", "missing")
	if err := f.err(); err != nil {
		return OpeningView{}, err
	}
	known, err := o.openingOf(ctx, &a, id)
	if err != nil {
		return OpeningView{}, err
	}
	asker, err := o.store.Account(ctx, known.AskedBy)
	if err != nil {
		return OpeningView{}, err
	}
	at := engine.InstantOf(o.now())
	second, err := o.secondTo(ctx, asker, by, &a, at)
	if err != nil {
		return OpeningView{}, err
	}
	p, err := o.store.ChangeOpening(ctx, id, func(p *Opening) (Trail, error) {
		switch {
		case !second:
			return Trail{}, ErrForbidden
		case p.Approved != nil:
			return Trail{}, ErrWrongState
		case p.State(at) == OpeningExpired:
			return Trail{}, ErrTooLate
		}
		p.Approved, p.DecidedBy, p.DecidedByName, p.DecidedAt, p.Remark = &approve, by.ID, by.Name, at, remark
		name := "identity.open_refuse"
		if approve {
			name, p.ExpiresAt = "identity.open_approve", engine.InstantOf(o.now().Add(o.openingLife))
		}
		letter := letterOpeningDecided(a.CentreID, asker, by, p, o.site)
		letter.AuctionID = a.ID
		return o.act(by, name, "opening", p.ID, nil, inLogOpening(p)).ofAuction(&a).because(remark).and(letter), nil
	})
	if err != nil {
		return OpeningView{}, err
	}
	return openingView(by, p, at), nil
}

// UseOpening tells who asked who bid under the code, once. The look is in the log
// before the name is told. ErrForbidden for everybody else; ErrWrongState unless
// it is approved and not used; ErrTooLate once it has expired.
func (o *Office) UseOpening(ctx context.Context, by Account, auctionID, id string) (OpeningView, Account, error) {
	by, a, err := o.authorizeForAuction(ctx, by, auctionID, openers)
	if err != nil {
		return OpeningView{}, Account{}, err
	}
	known, err := o.openingOf(ctx, &a, id)
	if err != nil {
		return OpeningView{}, Account{}, err
	}
	if known.AskedBy != by.ID {
		return OpeningView{}, Account{}, ErrForbidden
	}
	holder, err := o.behind(ctx, known.Session, known.Code)
	if err != nil {
		return OpeningView{}, Account{}, err
	}
	at := engine.InstantOf(o.now())
	p, err := o.store.ChangeOpening(ctx, id, func(p *Opening) (Trail, error) {
		switch p.State(at) {
		case OpeningApproved:
		case OpeningExpired:
			return Trail{}, ErrTooLate
		default:
			return Trail{}, ErrWrongState
		}
		p.UsedAt = at
		return o.act(by, "identity.open", "session", string(p.Session), nil, inLogOpening(p)).ofAuction(&a).because(p.Reason), nil
	})
	if err != nil {
		return OpeningView{}, Account{}, err
	}
	who, err := o.store.Account(ctx, holder)
	return openingView(by, p, at), who, err
}

// Openings returns the openings of an auction, newest first, for those who may
// ask for one.
func (o *Office) Openings(ctx context.Context, by Account, auctionID string) ([]OpeningView, error) {
	by, a, err := o.authorizeForAuction(ctx, by, auctionID, openers)
	if err != nil {
		return nil, err
	}
	found, err := o.store.Openings(ctx, a.ID, maxOpenings)
	if err != nil {
		return nil, err
	}
	at := engine.InstantOf(o.now())
	may, err := o.settled(ctx, by, &a, at)
	if err != nil {
		return nil, err
	}
	views := make([]OpeningView, len(found))
	for i := range found {
		views[i] = openingView(by, found[i], at)
		views[i].MayDecide = may && views[i].State == OpeningWaiting && !views[i].Mine
	}
	return views, nil
}

func openingView(by Account, p Opening, at engine.Instant) OpeningView {
	return OpeningView{Opening: p, State: p.State(at), Mine: p.AskedBy == by.ID}
}

// openingAt finds the auction of a session for one who may ask.
func (o *Office) openingAt(ctx context.Context, by Account, session engine.SessionID) (Account, Auction, error) {
	by, err := o.authorize(ctx, by, openers...)
	if err != nil {
		return by, Auction{}, err
	}
	if !session.Valid() {
		return by, Auction{}, ErrNotFound
	}
	a, err := o.auctionOf(ctx, session)
	if err == nil && a.CentreID != by.CentreID {
		err = ErrNotFound
	}
	if err != nil {
		return by, a, err
	}
	may, err := o.settled(ctx, by, &a, engine.InstantOf(o.now()))
	if err == nil && !may {
		err = ErrForbidden
	}
	return by, a, err
}

// openingOf finds one among those of an auction that are shown. What it says of
// who asked and about which code never changes.
func (o *Office) openingOf(ctx context.Context, a *Auction, id string) (Opening, error) {
	found, err := o.store.Openings(ctx, a.ID, maxOpenings)
	if err != nil {
		return Opening{}, err
	}
	i := slices.IndexFunc(found, func(p Opening) bool { return p.ID == id })
	if i < 0 {
		return Opening{}, ErrNotFound
	}
	return found[i], nil
}

// secondTo tells whether b may be the second person to a: another account, with
// another reference and another address, of somebody who was there before.
func (o *Office) secondTo(ctx context.Context, a, b Account, of *Auction, at engine.Instant) (bool, error) {
	if a.ID == b.ID || a.StaffRef != "" && a.StaffRef == b.StaffRef || a.Email != "" && a.Email == b.Email {
		return false, nil
	}
	return o.settled(ctx, b, of, at)
}

// settled tells whether an account is older than the publication of an auction,
// or old enough, and so is whatever an administrator changed of the way into it:
// who gives an account their own address and asks for a link, or takes its second
// factor off, has made a second person, too.
func (o *Office) settled(ctx context.Context, b Account, of *Auction, at engine.Instant) (bool, error) {
	from := max(of.PublishedAt+1, at.Add(-settledAfter)+1)
	if b.CreatedAt >= from {
		return false, nil
	}
	for _, name := range []string{"account.edit", "second_factor.remove"} {
		acts, err := o.store.Acts(ctx, ActQuery{Name: name, SubjectID: b.ID, From: from, Limit: maxEdits})
		if err != nil {
			return false, err
		}
		if len(acts) == maxEdits || slices.ContainsFunc(acts, func(act Act) bool { return act.AccountID != b.ID && opensWay(act) }) {
			return false, nil
		}
	}
	return true, nil
}

// maxEdits is how many changes of an account are looked at; one with more is not
// settled.
const maxEdits = 50

// opensWay tells whether a change of an account may have let somebody else in, or
// made it look like another person's.
func opensWay(act Act) bool {
	var before, after AccountEdit
	if json.Unmarshal(act.Before, &before) != nil || json.Unmarshal(act.After, &after) != nil {
		return true // of the second factor, which is not in the log
	}
	return before.Email != after.Email || before.StaffRef != after.StaffRef
}

// behind is the account that bid under a code.
func (o *Office) behind(ctx context.Context, session engine.SessionID, code engine.ParticipantCode) (string, error) {
	list, err := o.admissions(ctx, session)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(list, func(one admission) bool { return one.Code == code })
	if i < 0 {
		return "", ErrNotFound
	}
	return list[i].Account, nil
}

func inLogOpening(p *Opening) any {
	return map[string]any{"opening": p.ID, "session": p.Session, "code": p.Code}
}

// openingLetters tells everybody who may approve an opening that one waits.
func (o *Office) openingLetters(ctx context.Context, by Account, a *Auction, p *Opening) ([]Mail, error) {
	staff, err := o.store.Staff(ctx, a.CentreID, maxStaff)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	var mails []Mail
	for _, one := range staff {
		if !slices.Contains(openers, one.Role) {
			continue
		}
		may, err := o.secondTo(ctx, by, one, a, p.AskedAt)
		if err != nil {
			return nil, err
		}
		if may {
			letter := letterOpening(a, one, by, p, o.site)
			letter.AuctionID = a.ID
			mails = append(mails, letter)
		}
	}
	return mails, nil
}

func openingLink(site, auctionID string) string {
	return fmt.Sprintf("%s/quan-tri/cuoc-dau-gia/%s/ket-qua", site, auctionID)
}

func letterOpening(a *Auction, to, by Account, p *Opening, site string) Mail {
	until := whenInVietnam(p.ExpiresAt)
	return bilingual(a.CentreID, to.ID, "opening_asked", "Cần người thứ hai: xem ai là mã số "+string(p.Code)+" · A second person is needed",
		[]string{
			fmt.Sprintf(`%s đề nghị xem ai trả giá dưới mã số %s của phiên %s, cuộc đấu giá "%s". Lý do: %s`, by.Name, p.Code, p.Session, a.Title, p.Reason),
			"Bạn có thể đồng ý hoặc từ chối đến " + until + ":", openingLink(site, a.ID),
		},
		[]string{
			fmt.Sprintf(`%s asks to see who bid under the code %s in session %s of the auction "%s". Reason: %s`, by.Name, p.Code, p.Session, a.Title, p.Reason),
			"You may approve or refuse it until " + until + ":", openingLink(site, a.ID),
		})
}

func letterOpeningDecided(centreID string, to, by Account, p *Opening, site string) Mail {
	vi, en := "từ chối", "refused"
	if *p.Approved {
		vi, en = "đồng ý", "approved"
	}
	remark := ""
	if p.Remark != "" {
		remark = " " + p.Remark
	}
	return bilingual(centreID, to.ID, "opening_decided", "Đề nghị xem mã số "+string(p.Code)+" · Your request",
		[]string{fmt.Sprintf("%s đã %s đề nghị xem ai là mã số %s.%s", by.Name, vi, p.Code, remark), openingLink(site, p.AuctionID)},
		[]string{fmt.Sprintf("%s has %s your request to see who bid under the code %s.%s", by.Name, en, p.Code, remark), openingLink(site, p.AuctionID)})
}
