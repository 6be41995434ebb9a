package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"

	"gobua/engine"
	"gobua/office"
)

type letterRow struct {
	ID        string
	CentreID  sql.NullString `db:"centre_id"`
	AuctionID sql.NullString `db:"auction_id"`
	Kind      string
	Name      sql.NullString
	Address   string
	Subject   string
	Body      string
	CreatedAt instant `db:"created_at"`
	NextAt    instant `db:"next_at"`
	SentAt    instant `db:"sent_at"`
	Tries     int
	Trouble   string
}

const letterColumns = `m.id, m.centre_id, m.auction_id, m.kind, a.name, m.address, m.subject, m.created_at, m.next_at, m.sent_at,
	m.tries, m.trouble`

func (r *letterRow) letter() office.Letter {
	return office.Letter{
		ID: r.ID, CentreID: r.CentreID.String, AuctionID: r.AuctionID.String, Kind: r.Kind, Name: r.Name.String,
		Address: r.Address, Subject: r.Subject, Body: r.Body, CreatedAt: engine.Instant(r.CreatedAt),
		NextAt: engine.Instant(r.NextAt), SentAt: engine.Instant(r.SentAt), Tries: r.Tries, Trouble: r.Trouble,
	}
}

func lettersOf(rows []letterRow) []office.Letter {
	list := make([]office.Letter, len(rows))
	for i := range rows {
		list[i] = rows[i].letter()
	}
	return list
}

// ClaimLetters implements office.OutboxStore. Several instances may claim at
// the same time: each skips what another holds.
func (s *Store) ClaimLetters(ctx context.Context, claim string, life time.Duration, now engine.Instant, limit int) ([]office.Letter, error) {
	var rows []letterRow
	err := s.tx(ctx, "claim letters", func(ctx context.Context, tx *sqlx.Tx) error {
		rows = nil
		return tx.SelectContext(ctx, &rows, `
			with due as (
				select id from mails where next_at <= $1 and (claim is null or claimed_until < now())
				order by next_at, id limit $2 for update skip locked
			), m as (
				update mails set claim = $3, claimed_until = now() + $4 * interval '1 ms' where id in (select id from due) returning *
			)
			select `+letterColumns+`, m.body from m left join accounts a on a.id = m.account_id order by m.created_at, m.id`,
			instant(now), limit, claim, life.Milliseconds())
	})
	list := lettersOf(rows)
	for i := range list {
		list[i].Claim = claim
	}
	return list, err
}

// SettleLetter implements office.OutboxStore.
func (s *Store) SettleLetter(ctx context.Context, l office.Letter) error {
	return s.call(ctx, "settle letter", func(ctx context.Context) error {
		_, err := s.db.ExecContext(ctx, `
			update mails set sent_at = $2, next_at = $3, tries = $4, trouble = $5, claim = null, claimed_until = null
			where id = $1 and sent_at is null and (claim = $6 or $2::timestamptz is not null)`,
			l.ID, instant(l.SentAt), instant(l.NextAt), l.Tries, l.Trouble, l.Claim)
		return err
	})
}

// Letters implements office.OutboxStore.
func (s *Store) Letters(ctx context.Context, q office.LetterQuery) ([]office.Letter, error) {
	var rows []letterRow
	err := s.call(ctx, "letters", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select `+letterColumns+` from mails m left join accounts a on a.id = m.account_id
			where ($1 = '' or m.centre_id::text = $1) and ($2 = '' or m.auction_id::text = $2)
				and (not $3 or m.sent_at is null and m.tries > 0) and ($4::timestamptz is null or m.created_at < $4)
			order by m.created_at desc, m.id desc limit $5`,
			q.CentreID, q.AuctionID, q.Unsent, instant(q.Before), q.Limit)
	})
	return lettersOf(rows), err
}

// Letter implements office.OutboxStore.
func (s *Store) Letter(ctx context.Context, id string) (office.Letter, error) {
	var row letterRow
	err := s.call(ctx, "letter", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, `
			select `+letterColumns+`, m.body from mails m left join accounts a on a.id = m.account_id where m.id = $1`, id)
	})
	return row.letter(), err
}

// RetryLetter implements office.OutboxStore.
func (s *Store) RetryLetter(ctx context.Context, id string, at engine.Instant, t office.Trail) error {
	return s.tx(ctx, "retry letter", func(ctx context.Context, tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, `
			update mails set next_at = $2, tries = 0 where id = $1 and sent_at is null and next_at is null`, id, instant(at))
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
