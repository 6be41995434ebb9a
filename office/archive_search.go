package office

import (
	"context"

	"gobua/engine"
)

// ArchiveSearch is what somebody looks for among the sealed files of a centre.
// Empty fields ask for nothing.
type ArchiveSearch struct {
	Words   string // of title, owner, place and lots, marks and case aside
	Winner  engine.ParticipantCode
	From    engine.Instant // sealed: From ≤ at < To
	To      engine.Instant
	Outcome string // sold, failed, cancelled
	Expired bool   // only those whose time is over
	After   string // the auction that ended the page before
}

// ArchiveQuery is an ArchiveSearch as the store understands it.
type ArchiveQuery struct {
	CentreID  string
	Words     []string // folded
	Winner    engine.ParticipantCode
	From, To  engine.Instant
	Outcome   string
	ExpiredAt engine.Instant // zero: expired or not
	After     string         // the auction that ended the page before
	Limit     int
}

// ArchiveRow is one auction in the list of the archive.
type ArchiveRow struct {
	AuctionID string         `json:"auctionId"`
	Title     string         `json:"title"`
	Owner     string         `json:"owner"`
	Status    AuctionStatus  `json:"status"`
	Lots      int            `json:"lots"`
	Sold      int            `json:"sold"`
	Number    int            `json:"number"` // of the newest file
	Hash      engine.Hash    `json:"hash"`
	Size      int64          `json:"size"`
	SealedAt  engine.Instant `json:"sealedAt"`
	KeepUntil engine.Instant `json:"keepUntil"`
	Held      bool           `json:"held,omitempty"`
	Disposal  string         `json:"disposal,omitempty"` // proposed, done
}

const archivePage = 50

// FindArchives looks among the sealed files of the caller's centre, newest
// first, 50 at a time.
func (o *Office) FindArchives(ctx context.Context, by Account, s ArchiveSearch) ([]ArchiveRow, error) {
	by, err := o.authorize(ctx, by, allStaff...)
	if err != nil {
		return nil, err
	}
	q := ArchiveQuery{
		CentreID: by.CentreID, Winner: s.Winner, From: s.From, To: s.To, Outcome: s.Outcome, After: s.After, Limit: archivePage,
	}
	var f faults
	q.Words = f.search("q", s.Words)
	f.when(textCode(string(s.Winner), 40, false) != "", "winner", "malformed")
	f.when(s.Outcome != "" && s.Outcome != "sold" && s.Outcome != "failed" && s.Outcome != "cancelled", "outcome", "unknown")
	f.when(s.After != "" && !validID(s.After), "after", "malformed")
	if err := f.err(); err != nil {
		return nil, err
	}
	if s.Expired {
		q.ExpiredAt = engine.InstantOf(o.now())
	}
	found, err := o.store.FindArchives(ctx, q)
	return list(found), err
}
