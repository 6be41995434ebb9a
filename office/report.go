package office

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"gobua/engine"
	"gobua/office/table"
	"gobua/office/workday"
)

// ReportKind is what a report tells.
type ReportKind string

// The kinds: the lots of a period, the participants and deposits of an auction,
// the bids and the presence of a session, the acts of staff in a period.
const (
	ReportLots     ReportKind = "lots"
	ReportDeposits ReportKind = "deposits"
	ReportBids     ReportKind = "bids"
	ReportPresence ReportKind = "presence"
	ReportActs     ReportKind = "acts"
)

// ReportQuery says which report is wanted. Lots and acts need a period,
// deposits an auction, bids and presence a session.
type ReportQuery struct {
	Kind      ReportKind       `json:"kind"`
	Format    table.Format     `json:"format"`
	From      engine.Instant   `json:"from"` // From ≤ t < To
	To        engine.Instant   `json:"to"`
	AuctionID string           `json:"auction"`
	Session   engine.SessionID `json:"session"`
	// Names opens who is behind the codes of the deposits. It is a recorded act
	// of those who examine dossiers, and needs a reason.
	Names  bool   `json:"names"`
	Reason string `json:"reason"`
}

// Report is a report that may be written. Nothing of it is read before.
type Report struct {
	Name    string // of a file, without its ending
	Format  table.Format
	Sheet   string // its name in a spreadsheet
	Columns []table.Column
	// Rows reads the rows and hands on each; it stops at an error of row.
	Rows func(ctx context.Context, row func(...table.Cell) error) error
}

// Write writes the report as its rows come from the database, in batches: its
// length takes no memory. It blocks for as long as that takes.
func (r *Report) Write(ctx context.Context, w io.Writer) error {
	out, err := table.NewWriter(w, r.Format, r.Sheet, r.Columns)
	if err != nil {
		return err
	}
	if err := r.Rows(ctx, out.Row); err != nil {
		return err
	}
	return out.Close()
}

// Limits of reports.
const (
	maxReportYears = 10
	reportBatch    = 500
)

// Report checks a query and returns the report. Who may read the audit log may
// have it as a report, with the same limits; the other reports are for all
// staff of the centre. Errors: *Invalid, ErrForbidden, ErrNotFound, ErrTooEarly
// while a session has no result.
func (o *Office) Report(ctx context.Context, by Account, q ReportQuery) (*Report, error) {
	by, err := o.authorize(ctx, by, allStaff...)
	if err != nil {
		return nil, err
	}
	begin, known := reports[q.Kind]
	var f faults
	f.when(!known, "kind", "unknown")
	f.when(q.Format.ContentType() == "", "format", "unknown")
	if q.Kind == ReportLots || q.Kind == ReportActs {
		f.when(q.From == 0, "from", "missing")
		f.when(q.To == 0, "to", "missing")
		f.when(q.To != 0 && q.To <= q.From, "to", "out_of_range")
		f.when(q.To > engine.InstantOf(q.From.Time().AddDate(maxReportYears, 0, 1)), "to", "out_of_range")
	}
	f.text("reason", &q.Reason, maxReasonRunes, q.Names)
	if err := f.err(); err != nil {
		return nil, err
	}
	r, err := begin(ctx, o, by, q)
	if err != nil {
		return nil, err
	}
	r.Format = q.Format
	return r, nil
}

// reports begins each kind.
var reports = map[ReportKind]func(context.Context, *Office, Account, ReportQuery) (*Report, error){
	ReportLots:     lotsReport,
	ReportDeposits: depositsReport,
	ReportBids:     bidsReport,
	ReportPresence: presenceReport,
	ReportActs:     actsReport,
}

// LotLine is a lot in the report of a period.
type LotLine struct {
	AuctionID, Auction, Owner string
	Status                    AuctionStatus
	Number                    int
	Lot                       string
	At                        engine.Instant // of the end of its last session, or the end of the auction
	Outcome                   string         // sold, failed, cancelled; empty: none yet
	Start, Price              engine.Dong    // zero: hidden, or none
	Registered, Present, Bids int
}

// LotCursor is where a page of the report ended.
type LotCursor struct {
	At        engine.Instant
	AuctionID string
	Number    int
}

// ReportStore reads what only reports ask for.
type ReportStore interface {
	// LotLines returns lots of a centre whose moment lies in from ≤ t < to, in
	// the order of their moments, after a cursor. Rehearsals are left out.
	LotLines(ctx context.Context, centreID string, from, to engine.Instant, after LotCursor, limit int) ([]LotLine, error)
}

func lotsReport(_ context.Context, o *Office, by Account, q ReportQuery) (*Report, error) {
	return &Report{
		Name: "ket-qua-" + dayName(q.From) + "-" + dayName(q.To-1), Sheet: "Kết quả", Columns: lotColumns,
		Rows: func(ctx context.Context, row func(...table.Cell) error) error {
			var after LotCursor
			for {
				lines, err := o.store.LotLines(ctx, by.CentreID, q.From, q.To, after, reportBatch)
				if err != nil {
					return err
				}
				for i := range lines {
					if err := row(lotCells(&lines[i])...); err != nil {
						return err
					}
				}
				if len(lines) < reportBatch {
					return nil
				}
				last := lines[len(lines)-1]
				after = LotCursor{last.At, last.AuctionID, last.Number}
			}
		},
	}, nil
}

func dayName(at engine.Instant) string { return at.Time().In(workday.Zone).Format("20060102") }

// depositsReport is of codes; of names too once the act that opens them is in
// the audit log.
func depositsReport(ctx context.Context, o *Office, by Account, q ReportQuery) (*Report, error) {
	roles := allStaff
	if q.Names {
		roles = examiners
	}
	by, a, err := o.authorizeForAuction(ctx, by, q.AuctionID, roles)
	if err != nil {
		return nil, err
	}
	if q.Names {
		if !a.over() {
			return nil, ErrTooEarly // while bidding goes on, nobody ties names to codes
		}
		trail := o.act(by, "identity.open", "auction", a.ID, nil, map[string]any{"report": q.Kind}).ofAuction(&a).because(q.Reason)
		if err := o.store.KeepTrail(ctx, trail); err != nil {
			return nil, err
		}
	}
	return &Report{
		Name: "tien-dat-truoc-" + a.ID, Sheet: "Tiền đặt trước", Columns: depositColumns(q.Names),
		Rows: func(ctx context.Context, row func(...table.Cell) error) error {
			found, err := o.store.Registrations(ctx, RegistrationQuery{AuctionID: a.ID, Limit: maxLots * maxRegistrations})
			if err != nil {
				return err
			}
			for i := range found {
				if found[i].Code, err = o.openCode(&found[i]); err != nil {
					return err
				}
				if err := row(depositCells(&a, &found[i], q.Names)...); err != nil {
					return err
				}
			}
			return nil
		},
	}, nil
}

// bidsReport is the record of a session whose result is kept.
func bidsReport(ctx context.Context, o *Office, by Account, q ReportQuery) (*Report, error) {
	s, err := o.sessionFor(ctx, by, q.Session, staffRoles...)
	if err != nil {
		return nil, err
	}
	if s.Phase == "" {
		return nil, ErrTooEarly
	}
	frozen, err := o.store.Frozen(ctx, s.Session)
	if err != nil {
		return nil, err
	}
	columns := bidColumns
	if unitsOf(&frozen.Rules) > 0 {
		columns = append(slices.Clone(columns), unitColumn)
	}
	return &Report{
		Name: "dien-bien-" + string(s.Session), Sheet: "Diễn biến", Columns: columns,
		Rows: func(ctx context.Context, row func(...table.Cell) error) error {
			r, err := o.store.Result(ctx, s.Session)
			if err != nil {
				return err
			}
			for _, b := range r.Bids {
				if err := row(bidCells(&r, &frozen.Rules, b)...); err != nil {
					return err
				}
			}
			return nil
		},
	}, nil
}

func presenceReport(ctx context.Context, o *Office, by Account, q ReportQuery) (*Report, error) {
	s, err := o.sessionFor(ctx, by, q.Session, staffRoles...)
	if err != nil {
		return nil, err
	}
	return &Report{
		Name: "hien-dien-" + string(s.Session), Sheet: "Hiện diện", Columns: presenceColumns,
		Rows: func(ctx context.Context, row func(...table.Cell) error) error {
			seen, err := o.store.Sightings(ctx, s.Session, "", maxSightings)
			if err != nil {
				return err
			}
			for _, one := range seen {
				if err := row(presenceCells(one)...); err != nil {
					return err
				}
			}
			return nil
		},
	}, nil
}

// actsReport is the audit log, newest first.
func actsReport(ctx context.Context, o *Office, by Account, q ReportQuery) (*Report, error) {
	ask := ActQuery{AuctionID: q.AuctionID, From: q.From, To: q.To}
	if _, err := o.Acts(ctx, by, ActQuery{AuctionID: q.AuctionID, From: q.From, To: q.To, Limit: 1}); err != nil {
		return nil, err // who may not read the log may not have it as a report
	}
	return &Report{
		Name: "nhat-ky-" + dayName(q.From) + "-" + dayName(q.To-1), Sheet: "Nhật ký", Columns: actColumns,
		Rows: func(ctx context.Context, row func(...table.Cell) error) error {
			for {
				lines, err := o.Acts(ctx, by, ask)
				if err != nil || len(lines) == 0 {
					return err
				}
				for i := range lines {
					if err := row(actCells(&lines[i])...); err != nil {
						return err
					}
				}
				ask.Before = lines[len(lines)-1].Seq
			}
		},
	}, nil
}

// FileName is what a report is called where it is kept.
func (r *Report) FileName() string { return fmt.Sprintf("%s.%s", r.Name, r.Format) }

// ReportLife is how long writing a report may take.
const ReportLife = 5 * time.Minute
