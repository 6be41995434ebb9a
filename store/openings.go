package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"gobua/engine"
	"gobua/office"
)

type openingRow struct {
	ID            string
	AuctionID     string           `db:"auction_id"`
	Session       engine.SessionID `db:"session_id"`
	Code          engine.ParticipantCode
	Reason        string
	AskedBy       string  `db:"asked_by"`
	AskedAt       instant `db:"asked_at"`
	ExpiresAt     instant `db:"expires_at"`
	Approved      *bool
	DecidedBy     string  `db:"decided_by"`
	DecidedAt     instant `db:"decided_at"`
	Remark        string
	UsedAt        instant `db:"used_at"`
	AskedByName   string  `db:"asked_by_name"`
	DecidedByName string  `db:"decided_by_name"`
}

func (r *openingRow) opening() office.Opening {
	return office.Opening{
		ID: r.ID, AuctionID: r.AuctionID, Session: r.Session, Code: r.Code, Reason: r.Reason, AskedBy: r.AskedBy,
		AskedAt: engine.Instant(r.AskedAt), ExpiresAt: engine.Instant(r.ExpiresAt), Approved: r.Approved, DecidedBy: r.DecidedBy,
		DecidedAt: engine.Instant(r.DecidedAt), Remark: r.Remark, UsedAt: engine.Instant(r.UsedAt),
		AskedByName: r.AskedByName, DecidedByName: r.DecidedByName,
	}
}

const selectOpenings = `
	select p.id, p.auction_id, p.session_id, p.code, p.reason, p.asked_by, p.asked_at, p.expires_at, p.approved,
		coalesce(p.decided_by::text, '') as decided_by, p.decided_at, p.remark, p.used_at, a.name as asked_by_name,
		coalesce(d.name, '') as decided_by_name
	from identity_openings p join accounts a on a.id = p.asked_by left join accounts d on d.id = p.decided_by where `

// InsertOpening implements office.OpeningStore.
func (s *Store) InsertOpening(ctx context.Context, p office.Opening, t office.Trail) error {
	return s.tx(ctx, "insert opening", func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			insert into identity_openings (id, auction_id, session_id, code, reason, asked_by, asked_at, expires_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			p.ID, p.AuctionID, p.Session, p.Code, p.Reason, p.AskedBy, instant(p.AskedAt), instant(p.ExpiresAt))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}

// ChangeOpening implements office.OpeningStore.
func (s *Store) ChangeOpening(ctx context.Context, id string, change func(*office.Opening) (office.Trail, error)) (office.Opening, error) {
	var p office.Opening
	var refused error
	err := s.tx(ctx, "change opening", func(ctx context.Context, tx *sqlx.Tx) error {
		refused = nil
		var row openingRow
		if err := tx.GetContext(ctx, &row, selectOpenings+`p.id = $1 for update of p`, id); err != nil {
			return err
		}
		p = row.opening()
		t, err := change(&p)
		if err != nil {
			refused = err
			return errRefused
		}
		_, err = tx.ExecContext(ctx, `
			update identity_openings set approved = $2, decided_by = $3, decided_at = $4, remark = $5, expires_at = $6, used_at = $7 where id = $1`,
			p.ID, p.Approved, maybe(p.DecidedBy), instant(p.DecidedAt), p.Remark, instant(p.ExpiresAt), instant(p.UsedAt))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	if refused != nil {
		return office.Opening{}, refused
	}
	return p, err
}

// Openings implements office.OpeningStore.
func (s *Store) Openings(ctx context.Context, auctionID string, limit int) ([]office.Opening, error) {
	var rows []openingRow
	err := s.call(ctx, "openings", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, selectOpenings+`p.auction_id = $1 order by p.asked_at desc, p.id desc limit $2`, auctionID, limit)
	})
	list := make([]office.Opening, len(rows))
	for i := range rows {
		list[i] = rows[i].opening()
	}
	return list, err
}
