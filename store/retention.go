package store

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

// InsertHold implements office.RetentionStore.
func (s *Store) InsertHold(ctx context.Context, h office.Hold, t office.Trail) error {
	err := s.tx(ctx, "insert hold", func(ctx context.Context, tx *sqlx.Tx) error {
		if err := lockAuction(ctx, tx, h.AuctionID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			insert into legal_holds (id, auction_id, reason, placed_by, placed_at) values ($1, $2, $3, $4, $5)`,
			h.ID, h.AuctionID, h.Reason, h.PlacedBy, instant(h.PlacedAt))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	if violates(err, "legal_holds_one") {
		return office.ErrWrongState
	}
	return err
}

// lockAuction lets holds and disposals of one auction come one after the other.
func lockAuction(ctx context.Context, tx *sqlx.Tx, id string) error {
	var locked string
	return tx.GetContext(ctx, &locked, `select id from auctions where id = $1 for update`, id)
}

type holdRow struct {
	ID          string
	Reason      string
	PlacedBy    string         `db:"placed_by"`
	PlacedAt    instant        `db:"placed_at"`
	LiftReason  string         `db:"lift_reason"`
	LiftAskedBy sql.NullString `db:"lift_asked_by"`
	LiftAskedAt instant        `db:"lift_asked_at"`
	LiftedBy    sql.NullString `db:"lifted_by"`
	LiftedAt    instant        `db:"lifted_at"`
	Placer      string
	Asker       sql.NullString
	Lifter      sql.NullString
}

func (r *holdRow) hold(auctionID string) office.Hold {
	return office.Hold{
		ID: r.ID, AuctionID: auctionID, Reason: r.Reason, PlacedBy: r.PlacedBy, PlacedAt: engine.Instant(r.PlacedAt), LiftReason: r.LiftReason,
		LiftAskedBy: r.LiftAskedBy.String, LiftAskedAt: engine.Instant(r.LiftAskedAt), LiftedBy: r.LiftedBy.String,
		LiftedAt: engine.Instant(r.LiftedAt), PlacedByName: r.Placer, LiftAskedByName: r.Asker.String, LiftedByName: r.Lifter.String,
	}
}

const selectHolds = `
	select h.id, h.reason, h.placed_by, h.placed_at, h.lift_reason, h.lift_asked_by, h.lift_asked_at, h.lifted_by, h.lifted_at,
		p.name as placer, q.name as asker, l.name as lifter
	from legal_holds h join accounts p on p.id = h.placed_by left join accounts q on q.id = h.lift_asked_by
		left join accounts l on l.id = h.lifted_by
	where h.auction_id = $1`

// ChangeHold implements office.RetentionStore.
func (s *Store) ChangeHold(ctx context.Context, auctionID string, change func(*office.Hold) (office.Trail, error)) (office.Hold, error) {
	var h office.Hold
	var refused error
	err := s.tx(ctx, "change hold", func(ctx context.Context, tx *sqlx.Tx) error {
		refused = nil
		if err := lockAuction(ctx, tx, auctionID); err != nil {
			return err
		}
		var row holdRow
		if err := tx.GetContext(ctx, &row, selectHolds+` and h.lifted_at is null`, auctionID); err != nil {
			return err
		}
		h = row.hold(auctionID)
		t, err := change(&h)
		if err != nil {
			refused = err
			return errRefused
		}
		_, err = tx.ExecContext(ctx, `
			update legal_holds set lift_reason = $2, lift_asked_by = $3, lift_asked_at = $4, lifted_by = $5, lifted_at = $6 where id = $1`,
			h.ID, h.LiftReason, maybe(h.LiftAskedBy), instant(h.LiftAskedAt), maybe(h.LiftedBy), instant(h.LiftedAt))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	if refused != nil {
		return office.Hold{}, refused
	}
	return h, err
}

// Holds implements office.RetentionStore.
func (s *Store) Holds(ctx context.Context, auctionID string) ([]office.Hold, error) {
	var rows []holdRow
	err := s.call(ctx, "holds", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, selectHolds+` order by h.placed_at, h.id`, auctionID)
	})
	list := make([]office.Hold, len(rows))
	for i := range rows {
		list[i] = rows[i].hold(auctionID)
	}
	return list, err
}

// InsertDisposal implements office.RetentionStore.
func (s *Store) InsertDisposal(ctx context.Context, d office.Disposal, t office.Trail) error {
	err := s.tx(ctx, "insert disposal", func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			insert into disposals (id, auction_id, reason, proposed_by, proposed_at) values ($1, $2, $3, $4, $5)`,
			d.ID, d.AuctionID, d.Reason, d.ProposedBy, instant(d.ProposedAt))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	if violates(err, "disposals_one") {
		return office.ErrWrongState
	}
	return err
}

type disposalRow struct {
	ID         string
	AuctionID  string `db:"auction_id"`
	Reason     string
	ProposedBy string  `db:"proposed_by"`
	ProposedAt instant `db:"proposed_at"`
	Approved   sql.NullBool
	DecidedBy  sql.NullString `db:"decided_by"`
	DecidedAt  instant        `db:"decided_at"`
	Remark     string
	DoneAt     instant                                   `db:"done_at"`
	Record     sql.Null[document[office.DisposalRecord]] `db:"record"`
	Proposer   string
	Decider    sql.NullString
}

func (r *disposalRow) disposal() office.Disposal {
	d := office.Disposal{
		ID: r.ID, AuctionID: r.AuctionID, Reason: r.Reason, ProposedBy: r.ProposedBy, ProposedAt: engine.Instant(r.ProposedAt),
		DecidedBy: r.DecidedBy.String, DecidedAt: engine.Instant(r.DecidedAt), Remark: r.Remark, DoneAt: engine.Instant(r.DoneAt),
		ProposedByName: r.Proposer, DecidedByName: r.Decider.String,
	}
	if r.Approved.Valid {
		d.Approved = &r.Approved.Bool
	}
	if r.Record.Valid {
		d.Record = &r.Record.V.v
	}
	return d
}

const selectDisposals = `
	select d.id, d.auction_id, d.reason, d.proposed_by, d.proposed_at, d.approved, d.decided_by, d.decided_at, d.remark, d.done_at, d.record,
		p.name as proposer, q.name as decider
	from disposals d join accounts p on p.id = d.proposed_by left join accounts q on q.id = d.decided_by where `

// ChangeDisposal implements office.RetentionStore.
func (s *Store) ChangeDisposal(ctx context.Context, id string, change func(*office.Disposal) (office.Trail, error)) (office.Disposal, error) {
	var d office.Disposal
	var refused error
	err := s.tx(ctx, "change disposal", func(ctx context.Context, tx *sqlx.Tx) error {
		refused = nil
		var auctionID string
		if err := tx.GetContext(ctx, &auctionID, `select auction_id from disposals where id = $1`, id); err != nil {
			return err
		}
		if err := lockAuction(ctx, tx, auctionID); err != nil {
			return err
		}
		var row disposalRow
		if err := tx.GetContext(ctx, &row, selectDisposals+`d.id = $1`, id); err != nil {
			return err
		}
		d = row.disposal()
		t, err := change(&d)
		if err == nil && d.Approved != nil && *d.Approved {
			err = heldBack(ctx, tx, auctionID)
		}
		if err != nil {
			refused = err
			return errRefused
		}
		_, err = tx.ExecContext(ctx, `
			update disposals set approved = $2, decided_by = $3, decided_at = $4, remark = $5 where id = $1`,
			d.ID, d.Approved, maybe(d.DecidedBy), instant(d.DecidedAt), d.Remark)
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	if refused != nil {
		return office.Disposal{}, refused
	}
	return d, err
}

// heldBack looks once more for a hold, under the lock that placing one takes.
func heldBack(ctx context.Context, tx *sqlx.Tx, auctionID string) error {
	var held bool
	err := tx.GetContext(ctx, &held, `select exists (select from legal_holds where auction_id = $1 and lifted_at is null)`, auctionID)
	if err == nil && held {
		err = office.ErrWrongState
	}
	return err
}

func (s *Store) disposals(ctx context.Context, what, where string, args ...any) ([]office.Disposal, error) {
	var rows []disposalRow
	err := s.call(ctx, what, func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, selectDisposals+where, args...)
	})
	list := make([]office.Disposal, len(rows))
	for i := range rows {
		list[i] = rows[i].disposal()
	}
	return list, err
}

// Disposals implements office.RetentionStore.
func (s *Store) Disposals(ctx context.Context, auctionID string) ([]office.Disposal, error) {
	return s.disposals(ctx, "disposals", `d.auction_id = $1 order by d.proposed_at, d.id`, auctionID)
}

// UnfinishedDisposals implements office.RetentionStore.
func (s *Store) UnfinishedDisposals(ctx context.Context, limit int) ([]office.Disposal, error) {
	return s.disposals(ctx, "unfinished disposals", `d.approved and d.done_at is null order by d.decided_at limit $1`, limit)
}

// PersonalContents implements office.RetentionStore.
func (s *Store) PersonalContents(ctx context.Context, auctionID string, purposes []office.FilePurpose) ([]engine.Hash, error) {
	var rows []hash
	err := s.call(ctx, "personal contents", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select distinct f.hash from files f where f.auction_id = $1 and f.purpose = any($2)
				and not exists (
					select from files g where g.hash = f.hash and (g.auction_id is distinct from f.auction_id or g.purpose <> all($2)))`,
			auctionID, pq.Array(purposes))
	})
	list := make([]engine.Hash, len(rows))
	for i := range rows {
		list[i] = engine.Hash(rows[i])
	}
	return list, err
}

// personal are the statements that remove what is personal of an auction. The
// triggers let them through while an approved disposal is not done.
var personal = []string{
	`delete from admissions where session_id in (select s.id from sessions s join lots l on l.id = s.lot_id where l.auction_id = $1)`,
	`update registrations set facts = facts - 'representative' - 'proxy' - 'refundTo' - 'reason', sealed_code = null, code_issued_at = null,
		code_mark = null where auction_id = $1`,
	`update payments set facts = facts - 'references' - 'note' where registration_id in (select id from registrations where auction_id = $1)`,
	`update statements set name = '-', content = '{"rows": [], "problems": [], "debits": 0}' where auction_id = $1`,
	`update complaints set name = '', contact = '', body = '' where auction_id = $1`,
	`update mails set address = '', body = '', next_at = null where auction_id = $1`,
}

// FinishDisposal implements office.RetentionStore.
func (s *Store) FinishDisposal(ctx context.Context, d office.Disposal, t office.Trail) error {
	return s.tx(ctx, "finish disposal", func(ctx context.Context, tx *sqlx.Tx) error {
		for _, statement := range personal {
			if _, err := tx.ExecContext(ctx, statement, d.AuctionID); err != nil {
				return err
			}
		}
		done, err := tx.ExecContext(ctx, `
			update disposals set done_at = $2, record = $3 where id = $1 and approved and done_at is null`,
			d.ID, instant(d.DoneAt), document[*office.DisposalRecord]{d.Record})
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
