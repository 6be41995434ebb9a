package office

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gobua/engine"
	"gobua/office/workday"
)

// PublicQuery is what a visitor asks of the public list. All of it is optional.
type PublicQuery struct {
	Text   string // words, with or without marks; each may be a beginning
	Place  string // the same, among places alone
	Kind   string // of a lot
	State  PublicState
	From   string // first day of opening, 2026-11-23
	To     string // last day of opening
	Centre string
	After  string // PublicPage.Next of the page before
}

// PublicState is a group of stages, as a visitor looks for auctions.
type PublicState string

// The groups. Empty asks for all.
const (
	PublicOpen      PublicState = "open"      // dossiers are taken now
	PublicUpcoming  PublicState = "upcoming"  // no session has opened
	PublicRunning   PublicState = "running"   // the first opening has come
	PublicOver      PublicState = "over"      // concluded or archived
	PublicCancelled PublicState = "cancelled" // stays visible with its reason
)

var publicStates = []PublicState{"", PublicOpen, PublicUpcoming, PublicRunning, PublicOver, PublicCancelled}

// PublicPage is a page of the public list, newest notice first.
type PublicPage struct {
	Notices []PublicCard   `json:"notices"`
	Next    string         `json:"next,omitempty"` // names the page after this one; empty: it is the last
	Count   int            `json:"count"`          // of all that fit, up to PublicCountCap
	More    bool           `json:"more,omitempty"` // there are more than Count
	Centres []PublicOption `json:"centres"`        // to choose from; empty while there is only one
	Now     engine.Instant `json:"now"`
}

// PublicCard is an auction in the public list.
type PublicCard struct {
	ID           string          `json:"id"`
	Stage        Stage           `json:"stage"`
	Title        string          `json:"title"`
	Owner        string          `json:"owner"`
	Place        string          `json:"place"`
	Centre       *PublicOption   `json:"centre,omitempty"` // absent while there is only one
	ListedAt     engine.Instant  `json:"listedAt"`         // when it became public
	OpensAt      engine.Instant  `json:"opensAt,omitempty"`
	DossierFrom  engine.Instant  `json:"dossierFrom,omitempty"`
	DossierTo    engine.Instant  `json:"dossierTo,omitempty"`
	CancelReason string          `json:"cancelReason,omitempty"`
	LotCount     int             `json:"lotCount"`
	Lots         []PublicLotName `json:"lots"`            // the first three
	Photo        string          `json:"photo,omitempty"` // a public file
}

// PublicLotName is a lot in the public list.
type PublicLotName struct {
	Number int    `json:"number"`
	Kind   string `json:"kind"`
	Title  string `json:"title"`
}

// PublicOption is a centre to choose.
type PublicOption struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Limits of the public list.
const (
	publicPageSize = 20
	// PublicCountCap is how far matches are counted: beyond it a number helps
	// nobody, and counting would read the whole archive.
	PublicCountCap = 1000
	publicLotNames = 3
	afterSign      = "_" // between moment and id in PublicPage.Next
)

// NoticeQuery is a PublicQuery as the store understands it.
type NoticeQuery struct {
	Words, PlaceWords []string // folded; each is a beginning
	Kind              string
	State             PublicState
	From, To          engine.Instant // From ≤ opening < To
	CentreID          string
	AfterAt           engine.Instant // with AfterID: only what comes behind
	AfterID           string
	Now               engine.Instant // for State
	Limit             int
	CountCap          int // 0: not counted
	Lots              int
}

// NoticeRow is an auction that the store found.
type NoticeRow struct {
	PublicCard
	Status   AuctionStatus
	CentreID string
}

// PublicStore finds public auctions.
type PublicStore interface {
	// Notices returns public auctions, newest first, and how many there are, up
	// to q.CountCap + 1.
	Notices(ctx context.Context, q NoticeQuery) ([]NoticeRow, int, error)
}

// PublicAuctions returns a page of the public list. Nobody needs an account
// for it. Pages are stable: what becomes public while somebody turns pages
// moves nothing. *Invalid names what cannot be understood.
func (o *Office) PublicAuctions(ctx context.Context, q PublicQuery) (PublicPage, error) {
	n, err := o.noticeQuery(q)
	if err != nil {
		return PublicPage{}, err
	}
	centres, err := o.store.Centres(ctx)
	if err != nil {
		return PublicPage{}, err
	}
	page := PublicPage{Now: n.Now, Notices: []PublicCard{}, Centres: []PublicOption{}}
	names := make(map[string]PublicOption, len(centres))
	for _, c := range centres {
		names[c.ID] = PublicOption{c.ID, c.Name}
		if len(centres) > 1 {
			page.Centres = append(page.Centres, names[c.ID])
		}
	}
	n.Limit++ // one more tells whether there is a next page
	rows, count, err := o.store.Notices(ctx, n)
	if err != nil {
		return PublicPage{}, err
	}
	page.Count, page.More = min(count, PublicCountCap), count > PublicCountCap
	if len(rows) > publicPageSize {
		rows = rows[:publicPageSize]
		last := rows[publicPageSize-1]
		page.Next = strconv.FormatInt(int64(last.ListedAt), 10) + afterSign + last.ID
	}
	for _, r := range rows {
		card := r.PublicCard
		card.Stage = stageOf(r.Status, Window{r.DossierFrom, r.DossierTo}, r.OpensAt, n.Now)
		if len(centres) > 1 {
			name := names[r.CentreID]
			card.Centre = &name
		}
		page.Notices = append(page.Notices, card)
	}
	return page, nil
}

// noticeQuery reads what a visitor typed. Signs that are in no word are no
// mistake: they find nothing anyway.
func (o *Office) noticeQuery(q PublicQuery) (NoticeQuery, error) {
	var f faults
	n := NoticeQuery{
		Kind: q.Kind, State: q.State, CentreID: q.Centre, Now: engine.InstantOf(o.now()),
		Limit: publicPageSize, CountCap: PublicCountCap, Lots: publicLotNames,
	}
	n.Words = f.search("q", q.Text)
	n.PlaceWords = f.search("place", q.Place)
	f.when(q.Kind != "" && !slices.Contains(lotKinds, q.Kind), "kind", "unknown")
	f.when(!slices.Contains(publicStates, q.State), "state", "unknown")
	f.when(q.Centre != "" && !validID(q.Centre), "centre", "unknown")
	n.From = f.day("from", q.From, 0)
	n.To = f.day("to", q.To, 1)
	if q.After != "" {
		at, id, ok := strings.Cut(q.After, afterSign)
		ms, err := strconv.ParseInt(at, 10, 64)
		f.when(!ok || err != nil || ms < 0 || !validID(id), "after", "malformed")
		n.AfterAt, n.AfterID = engine.Instant(ms), id
	}
	return n, f.err()
}

// search cuts what somebody typed into words.
func (f *faults) search(field, text string) []string {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxQueryRunes {
		f.add(field, "too_long")
		return nil
	}
	words := searchWords(text)
	f.when(len(words) > maxQueryWords, field, "too_many")
	return words
}

// day reads a day and returns its beginning, or that of a day some days later.
func (f *faults) day(field, text string, later int) engine.Instant {
	if text == "" {
		return 0
	}
	d, err := time.ParseInLocation(time.DateOnly, text, workday.Zone)
	if err != nil || d.Year() < 2000 || d.Year() > 2200 {
		f.add(field, "malformed")
		return 0
	}
	return engine.InstantOf(d.AddDate(0, 0, later))
}
