package office

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"gobua/engine"
)

// Act is one line of the audit log (nhật ký): who did what, when, from where,
// with the state before and after. Lines are chained: the hash of each covers
// the hash of the one before.
type Act struct {
	Seq       uint64          `json:"seq"`
	At        engine.Instant  `json:"at"`
	CentreID  string          `json:"centreId,omitempty"` // empty: of the installation, or of a bidder alone
	AccountID string          `json:"accountId,omitempty"`
	Who       string          `json:"who,omitempty"`    // name and login of the account, filled when read; not in the hash
	Role      engine.Role     `json:"role"`             // System: the program itself
	Origin    string          `json:"origin,omitempty"` // network address
	Name      string          `json:"name"`             // noun and verb: "auction.list"
	Subject   string          `json:"subject"`          // kind of thing: "auction"
	SubjectID string          `json:"subjectId"`
	AuctionID string          `json:"auctionId,omitempty"`
	Reason    string          `json:"reason,omitempty"`
	Before    json.RawMessage `json:"before,omitempty"`
	After     json.RawMessage `json:"after,omitempty"`
	Hash      engine.Hash     `json:"hash"`
}

// HashAfter returns the hash the line has behind the line with hash prev. The
// store computes it when it appends, a reader when checking the chain.
func (a Act) HashAfter(prev engine.Hash) engine.Hash {
	a.Hash, a.Who = engine.Hash{}, ""
	b, err := json.Marshal(a)
	if err != nil {
		panic("an act cannot be written as JSON: " + err.Error()) // Before and After come from json.Marshal
	}
	return sha256.Sum256(append(prev[:], b...))
}

// Mail is a letter to a person, kept in the transaction of what it tells of
// and sent afterwards. The address is looked up when it is written: an account
// without one is reached on the page alone.
type Mail struct {
	CentreID  string
	AccountID string
	AuctionID string
	Address   string // where it goes; empty: the account's address when it is kept
	Kind      string // "result_participant": names the template, for the log
	Subject   string
	Body      string
}

// Event is something that happened to an auction, for other machines. Body is
// written as JSON and must hold nothing that is not public.
type Event struct {
	CentreID  string
	AuctionID string
	Kind      string // "auction.listed"
	Body      any
}

// Trail is what an act leaves behind, in the same transaction as the act: the
// audit log, letters, events. An empty Trail leaves nothing.
type Trail struct {
	At     engine.Instant
	Acts   []Act
	Mails  []Mail
	Events []Event
}

// act begins a Trail with the line of an act by an account. before and after
// are what the log shows of the change, nil for nothing; they must not contain
// secrets or more of a person than the log needs.
func (o *Office) act(by Account, name, subject, id string, before, after any) Trail {
	at := engine.InstantOf(o.now())
	return Trail{At: at, Acts: []Act{{
		At: at, CentreID: by.CentreID, AccountID: by.ID, Role: by.Role, Origin: by.Origin,
		Name: name, Subject: subject, SubjectID: id, Before: inLog(before), After: inLog(after),
	}}}
}

// ofAuction ties the lines of a trail to an auction and its centre.
func (t Trail) ofAuction(a *Auction) Trail {
	for i := range t.Acts {
		t.Acts[i].AuctionID = a.ID
		if t.Acts[i].CentreID == "" {
			t.Acts[i].CentreID = a.CentreID
		}
	}
	return t
}

// because gives the reason that a person typed.
func (t Trail) because(reason string) Trail {
	for i := range t.Acts {
		t.Acts[i].Reason = reason
	}
	return t
}

// and adds letters.
func (t Trail) and(mails ...Mail) Trail {
	t.Mails = append(t.Mails, mails...)
	return t
}

// tell adds an event.
func (t Trail) tell(a *Auction, kind string, body any) Trail {
	t.Events = append(t.Events, Event{CentreID: a.CentreID, AuctionID: a.ID, Kind: kind, Body: body})
	return t
}

func inLog(v any) json.RawMessage {
	if v == nil {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("%T cannot be written as JSON: %v", v, err)) // the caller's own type
	}
	return b
}

// ActQuery says which lines of the audit log are wanted. Empty fields ask for
// nothing.
type ActQuery struct {
	CentreID  string
	AuctionID string
	AccountID string
	Name      string // a name or the beginning of one up to a dot: "auction."
	SubjectID string
	From, To  engine.Instant // From ≤ At < To
	Before    uint64         // only lines with a smaller number; zero: from the newest
	Limit     int
}

// TrailStore keeps what acts leave behind. Each method that changes something
// takes a Trail and keeps it in its own transaction.
type TrailStore interface {
	// KeepTrail keeps a trail alone, where the act itself changed nothing in the
	// database.
	KeepTrail(ctx context.Context, t Trail) error
	// Acts returns lines of the audit log, newest first.
	Acts(ctx context.Context, q ActQuery) ([]Act, error)
	// ActsFrom returns up to limit lines from a number on, oldest first, of the
	// whole installation: for checking the chain.
	ActsFrom(ctx context.Context, seq uint64, limit int) ([]Act, error)
}
