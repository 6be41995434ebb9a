package store

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"

	"gobua/engine"
	"gobua/office"
)

// InsertComplaint implements office.ComplaintStore.
func (s *Store) InsertComplaint(ctx context.Context, c office.Complaint, most int, t office.Trail) error {
	return s.tx(ctx, "insert complaint", func(ctx context.Context, tx *sqlx.Tx) error {
		if err := lockAuction(ctx, tx, c.AuctionID); err != nil {
			return err
		}
		var open int
		if err := tx.GetContext(ctx, &open, `select count(*) from complaints where auction_id = $1 and state = 'open'`, c.AuctionID); err != nil {
			return err
		}
		if open >= most {
			return office.ErrTooMany
		}
		_, err := tx.ExecContext(ctx, `
			insert into complaints (id, auction_id, session_id, bid_seq, account_id, name, contact, body, filed_at, due_at, state)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			c.ID, c.AuctionID, maybe(c.Session), maybeInt(c.BidSeq), maybe(c.AccountID), c.Name, c.Contact, c.Body,
			instant(c.FiledAt), instant(c.DueAt), c.State)
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}

type complaintRow struct {
	ID         string
	AuctionID  string         `db:"auction_id"`
	Session    sql.NullString `db:"session_id"`
	BidSeq     sql.NullInt64  `db:"bid_seq"`
	AccountID  sql.NullString `db:"account_id"`
	Name       string
	Contact    string
	Body       string
	FiledAt    instant `db:"filed_at"`
	DueAt      instant `db:"due_at"`
	State      office.ComplaintState
	Answer     string
	AnsweredBy sql.NullString `db:"answered_by"`
	AnsweredAt instant        `db:"answered_at"`
	Answerer   sql.NullString
}

const selectComplaints = `
	select c.id, c.auction_id, c.session_id, c.bid_seq, c.account_id, c.name, c.contact, c.body, c.filed_at, c.due_at, c.state, c.answer,
		c.answered_by, c.answered_at, a.name as answerer
	from complaints c left join accounts a on a.id = c.answered_by where `

func (r *complaintRow) complaint() office.Complaint {
	return office.Complaint{
		ID: r.ID, AuctionID: r.AuctionID, Session: engine.SessionID(r.Session.String), BidSeq: engine.Seq(r.BidSeq.Int64),
		AccountID: r.AccountID.String, Name: r.Name, Contact: r.Contact, Body: r.Body, FiledAt: engine.Instant(r.FiledAt),
		DueAt: engine.Instant(r.DueAt), State: r.State, Answer: r.Answer, AnsweredBy: r.AnsweredBy.String,
		AnsweredAt: engine.Instant(r.AnsweredAt), AnswererRef: r.Answerer.String,
	}
}

// Complaint implements office.ComplaintStore.
func (s *Store) Complaint(ctx context.Context, id string) (office.Complaint, error) {
	var row complaintRow
	err := s.call(ctx, "complaint", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, selectComplaints+`c.id = $1`, id)
	})
	return row.complaint(), err
}

// Complaints implements office.ComplaintStore.
func (s *Store) Complaints(ctx context.Context, auctionID string, limit int) ([]office.Complaint, error) {
	var rows []complaintRow
	err := s.call(ctx, "complaints", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, selectComplaints+`c.auction_id = $1 order by c.filed_at, c.id limit $2`, auctionID, limit)
	})
	list := make([]office.Complaint, len(rows))
	for i := range rows {
		list[i] = rows[i].complaint()
	}
	return list, err
}

// AnswerComplaint implements office.ComplaintStore.
func (s *Store) AnswerComplaint(ctx context.Context, c office.Complaint, t office.Trail) error {
	return s.tx(ctx, "answer complaint", func(ctx context.Context, tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, `
			update complaints set state = $2, answer = $3, answered_by = $4, answered_at = $5 where id = $1 and state = 'open'`,
			c.ID, c.State, c.Answer, maybe(c.AnsweredBy), instant(c.AnsweredAt))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			if err == nil {
				err = office.ErrWrongState
			}
			return err
		}
		return leave(ctx, tx, t)
	})
}

// CountComplaints implements office.ComplaintStore.
func (s *Store) CountComplaints(ctx context.Context, auctionID string) (office.ComplaintCount, error) {
	var n office.ComplaintCount
	err := s.call(ctx, "count complaints", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &n, `
			select count(*) filter (where state = 'open') as open, count(*) filter (where state = 'upheld') as upheld,
				count(*) filter (where state = 'rejected') as rejected
			from complaints where auction_id = $1`, auctionID)
	})
	return n, err
}
