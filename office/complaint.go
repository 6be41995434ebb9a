package office

import (
	"context"
	"errors"

	"gobua/engine"
)

// ComplaintState is what has become of a complaint.
type ComplaintState string

// The states.
const (
	ComplaintOpen     ComplaintState = "open"
	ComplaintUpheld   ComplaintState = "upheld"
	ComplaintRejected ComplaintState = "rejected"
)

// Complaint (khiếu nại) is about an auction, or about one bid of it. Name,
// contact and words are for the staff that answers; the public sees how many
// there are.
type Complaint struct {
	ID          string           `json:"id"`
	AuctionID   string           `json:"auctionId"`
	Session     engine.SessionID `json:"session,omitempty"`
	BidSeq      engine.Seq       `json:"bidSeq,omitempty"` // as in the receipt of the bid and in the record
	AccountID   string           `json:"-"`                // empty: somebody without an account
	Name        string           `json:"name,omitempty"`
	Contact     string           `json:"contact,omitempty"`
	Body        string           `json:"body,omitempty"`
	FiledAt     engine.Instant   `json:"filedAt"`
	DueAt       engine.Instant   `json:"dueAt"` // of the answer
	State       ComplaintState   `json:"state"`
	Answer      string           `json:"answer,omitempty"`
	AnsweredBy  string           `json:"-"`
	AnsweredAt  engine.Instant   `json:"answeredAt,omitempty"`
	AnswererRef string           `json:"answeredBy,omitempty"` // name, filled when read
}

// NewComplaint is what somebody writes.
type NewComplaint struct {
	Session engine.SessionID `json:"session"`
	BidSeq  engine.Seq       `json:"bidSeq"`
	Name    string           `json:"name"`
	Contact string           `json:"contact"`
	Body    string           `json:"body"`
}

// ComplaintCount is what the public knows of the complaints about an auction.
type ComplaintCount struct {
	Open     int `json:"open"`
	Upheld   int `json:"upheld"`
	Rejected int `json:"rejected"`
}

// ComplaintStore keeps complaints.
type ComplaintStore interface {
	// InsertComplaint returns ErrTooMany if the auction has `most` open ones.
	InsertComplaint(ctx context.Context, c Complaint, most int, t Trail) error
	Complaint(ctx context.Context, id string) (Complaint, error)
	// Complaints returns those of an auction, oldest first.
	Complaints(ctx context.Context, auctionID string, limit int) ([]Complaint, error)
	// AnswerComplaint answers one that is open, else ErrWrongState.
	AnswerComplaint(ctx context.Context, c Complaint, t Trail) error
	CountComplaints(ctx context.Context, auctionID string) (ComplaintCount, error)
}

const (
	maxComplaints     = 5000 // shown and sealed
	maxOpenComplaints = 200  // of one auction: enough for all, too few to fill a disk
	maxBodyRunes      = 4000
	maxContactRunes   = 254
)

// FileComplaint keeps a complaint about a public auction. Anybody may file one:
// a participant under the own account, others with a name and an address to
// answer to. Staff may not. ErrTooMany: too many wait for an answer.
func (o *Office) FileComplaint(ctx context.Context, by Account, auctionID string, n NewComplaint) (Complaint, error) {
	a, err := o.Auction(ctx, auctionID)
	if err != nil {
		return Complaint{}, err
	}
	if a.publicSince() == 0 {
		return Complaint{}, ErrNotFound
	}
	if by.ID != "" {
		if by, err = o.authorize(ctx, by, engine.RoleBidder); err != nil {
			return Complaint{}, err
		}
		n.Name = by.Name
	}
	if by.ID == "" {
		by.Role = engine.RoleSpectator
	}
	var f faults
	f.text("name", &n.Name, 120, true)
	f.text("contact", &n.Contact, maxContactRunes, by.ID == "")
	f.lines("body", &n.Body, maxBodyRunes)
	f.when(n.Body == "", "body", "missing")
	f.when(n.BidSeq != 0 && n.Session == "", "session", "missing")
	if n.Session != "" {
		s, err := o.store.SessionOf(ctx, n.Session)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return Complaint{}, err
		}
		f.when(err != nil || s.AuctionID != a.ID, "session", "unknown")
	}
	if err := f.err(); err != nil {
		return Complaint{}, err
	}
	keep, err := o.keepRules(ctx, a.CentreID)
	if err != nil {
		return Complaint{}, err
	}
	now := o.now()
	due, err := o.calendar.DeadlineAfter(engine.InstantOf(now), keep.AnswerDays)
	if err != nil {
		return Complaint{}, err
	}
	c := Complaint{
		AuctionID: a.ID, Session: n.Session, BidSeq: n.BidSeq, AccountID: by.ID, Name: n.Name, Contact: n.Contact, Body: n.Body,
		FiledAt: engine.InstantOf(now), DueAt: due, State: ComplaintOpen,
	}
	if c.ID, err = o.newID(); err != nil {
		return Complaint{}, err
	}
	about := map[string]any{"session": c.Session, "bidSeq": c.BidSeq, "dueAt": c.DueAt}
	return c, o.store.InsertComplaint(ctx, c, maxOpenComplaints, o.act(by, "complaint.file", "complaint", c.ID, nil, about).ofAuction(&a))
}

// Complaints returns the complaints about an auction for all staff of its
// centre: who wrote and what, for those who examine dossiers alone.
func (o *Office) Complaints(ctx context.Context, by Account, auctionID string) ([]Complaint, error) {
	by, a, err := o.authorizeForAuction(ctx, by, auctionID, allStaff)
	if err != nil {
		return nil, err
	}
	found, err := o.store.Complaints(ctx, a.ID, maxComplaints)
	if !isExaminer(by) {
		for i := range found {
			found[i].Name, found[i].Contact, found[i].Body = "", "", ""
		}
	}
	return list(found), err
}

func isExaminer(by Account) bool {
	for _, role := range examiners {
		if by.Role == role {
			return true
		}
	}
	return false
}

// ComplaintCount is for everybody.
func (o *Office) ComplaintCount(ctx context.Context, auctionID string) (ComplaintCount, error) {
	a, err := o.Auction(ctx, auctionID)
	if err != nil {
		return ComplaintCount{}, err
	}
	if a.publicSince() == 0 {
		return ComplaintCount{}, ErrNotFound
	}
	return o.store.CountComplaints(ctx, a.ID)
}

// AnswerComplaint says whether a complaint is right, and why. A participant is
// told by letter. ErrWrongState: it is answered.
func (o *Office) AnswerComplaint(ctx context.Context, by Account, id string, upheld bool, answer string) (Complaint, error) {
	if !validID(id) {
		return Complaint{}, ErrNotFound
	}
	c, err := o.store.Complaint(ctx, id)
	if err != nil {
		return Complaint{}, err
	}
	by, a, err := o.authorizeForAuction(ctx, by, c.AuctionID, examiners)
	if err != nil {
		return Complaint{}, err
	}
	var f faults
	f.lines("answer", &answer, maxBodyRunes)
	f.when(answer == "", "answer", "missing")
	if err := f.err(); err != nil {
		return Complaint{}, err
	}
	if c.State != ComplaintOpen {
		return Complaint{}, ErrWrongState
	}
	c.State, c.Answer, c.AnsweredBy, c.AnsweredAt, c.AnswererRef = ComplaintRejected, answer, by.ID, engine.InstantOf(o.now()), by.Name
	if upheld {
		c.State = ComplaintUpheld
	}
	trail := o.act(by, "complaint.answer", "complaint", c.ID, nil, map[string]any{"state": c.State}).ofAuction(&a)
	if c.AccountID != "" {
		trail = trail.and(Mail{
			CentreID: a.CentreID, AccountID: c.AccountID, AuctionID: a.ID, Kind: "complaint_answer",
			Subject: cutRunes("Trả lời khiếu nại: "+a.Title, maxTitleRunes), Body: complaintLetter(&a, &c),
		})
	}
	return c, o.store.AnswerComplaint(ctx, c, trail)
}

func complaintLetter(a *Auction, c *Complaint) string {
	vi, en := "Khiếu nại không được chấp nhận.", "Your complaint was not upheld."
	if c.State == ComplaintUpheld {
		vi, en = "Khiếu nại được chấp nhận.", "Your complaint was upheld."
	}
	return a.Title + "\n\n" + vi + "\n" + c.Answer + "\n\n" + en + "\n"
}
