package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

type proceedingRow struct {
	LotID        string `db:"lot_id"`
	AuctionID    string `db:"auction_id"`
	CentreID     string `db:"centre_id"`
	Version      int
	State        office.ProceedingState
	DeadlineAt   instant `db:"deadline_at"`
	DepositsDone bool    `db:"deposits_done"`
	Facts        document[office.ProceedingFacts]
	CreatedAt    instant `db:"created_at"`
	ChangedAt    instant `db:"changed_at"`
}

func (r *proceedingRow) proceeding() office.Proceeding {
	return office.Proceeding{
		LotID: r.LotID, AuctionID: r.AuctionID, CentreID: r.CentreID, Version: r.Version, State: r.State,
		DeadlineAt: engine.Instant(r.DeadlineAt), DepositsDone: r.DepositsDone, CreatedAt: engine.Instant(r.CreatedAt),
		ChangedAt: engine.Instant(r.ChangedAt), ProceedingFacts: r.Facts.v,
	}
}

const selectProceedings = `
	select p.lot_id, p.auction_id, a.centre_id, p.version, p.state, p.deadline_at, p.deposits_done, p.facts, p.created_at, p.changed_at
	from proceedings p join auctions a on a.id = p.auction_id `

// InsertProceeding implements office.ProceedingStore.
func (s *Store) InsertProceeding(ctx context.Context, p office.Proceeding, t office.Trail) (bool, error) {
	var kept bool
	err := s.tx(ctx, "insert proceeding", func(ctx context.Context, tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, `
			insert into proceedings (lot_id, auction_id, session_id, version, state, deadline_at, deposits_done, minutes_due, facts,
				created_at, changed_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (lot_id) do nothing`,
			p.LotID, p.AuctionID, maybe(p.Session), p.Version, p.State, instant(p.DeadlineAt), p.DepositsDone, p.MinutesDue(),
			document[office.ProceedingFacts]{p.ProceedingFacts}, instant(p.CreatedAt), instant(t.At))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		kept = n == 1
		if err != nil || !kept {
			return err
		}
		return leave(ctx, tx, t)
	})
	return kept, err
}

// ChangeProceeding implements office.ProceedingStore.
func (s *Store) ChangeProceeding(ctx context.Context, lotID string, change func(*office.Proceeding) (office.Trail, error)) (office.Proceeding, error) {
	var p office.Proceeding
	var refused error
	err := s.tx(ctx, "change proceeding", func(ctx context.Context, tx *sqlx.Tx) error {
		refused = nil
		var row proceedingRow
		if err := tx.GetContext(ctx, &row, selectProceedings+`where p.lot_id = $1 for update of p`, lotID); err != nil {
			return err
		}
		p = row.proceeding()
		t, err := change(&p)
		if err != nil {
			refused = err
			return errRefused
		}
		p.Version, p.ChangedAt = row.Version+1, t.At
		_, err = tx.ExecContext(ctx, `
			update proceedings set version = $2, state = $3, deadline_at = $4, deposits_done = $5, minutes_due = $6, facts = $7,
				changed_at = $8 where lot_id = $1`,
			lotID, p.Version, p.State, instant(p.DeadlineAt), p.DepositsDone, p.MinutesDue(),
			document[office.ProceedingFacts]{p.ProceedingFacts}, instant(p.ChangedAt))
		if err != nil {
			return err
		}
		if p.Signed != nil {
			if err := insertSignature(ctx, tx, p.Signed); err != nil {
				return err
			}
			p.Signed = nil
		}
		return leave(ctx, tx, t)
	})
	switch {
	case refused != nil:
		return office.Proceeding{}, refused
	case violates(err, "minutes_signatures_once"):
		return office.Proceeding{}, office.ErrWrongState
	}
	return p, err
}

// Proceeding implements office.ProceedingStore.
func (s *Store) Proceeding(ctx context.Context, lotID string) (office.Proceeding, error) {
	var row proceedingRow
	err := s.call(ctx, "proceeding", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, selectProceedings+`where p.lot_id = $1`, lotID)
	})
	return row.proceeding(), err
}

// Proceedings implements office.ProceedingStore.
func (s *Store) Proceedings(ctx context.Context, q office.ProceedingQuery) ([]office.Proceeding, error) {
	condition, args := "where true", []any{}
	ask := func(what string, arg any) {
		args = append(args, arg)
		condition += fmt.Sprintf(" and "+what, len(args))
	}
	if q.AuctionID != "" {
		ask("p.auction_id = $%d", q.AuctionID)
	}
	if q.CentreID != "" {
		ask("a.centre_id = $%d", q.CentreID)
	}
	if q.Sessions != nil {
		ask("p.session_id = any($%d)", pq.Array(q.Sessions))
	}
	if q.DueBy != 0 {
		ask("p.deadline_at <= $%d", instant(q.DueBy))
	}
	if q.Undone {
		condition += " and not p.deposits_done and p.state in ('sold', 'failed', 'cancelled')"
	}
	if q.Unwritten {
		condition += " and p.minutes_due > (select coalesce(max(covers), 0) from minutes m where m.lot_id = p.lot_id)"
	}
	args = append(args, q.Limit)
	var rows []proceedingRow
	err := s.call(ctx, "proceedings", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, selectProceedings+condition+
			fmt.Sprintf(" order by p.auction_id, (p.facts -> 'lot' ->> 'number')::int, p.lot_id limit $%d", len(args)), args...)
	})
	list := make([]office.Proceeding, len(rows))
	for i := range rows {
		list[i] = rows[i].proceeding()
	}
	return list, err
}

// ResultsToFollow implements office.ProceedingStore.
func (s *Store) ResultsToFollow(ctx context.Context, limit int) ([]engine.SessionID, error) {
	var ids []engine.SessionID
	err := s.call(ctx, "results to follow", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &ids, `
			select r.session_id from results r
				join sessions s on s.id = r.session_id
				join lots l on l.id = s.lot_id
				join auctions a on a.id = l.auction_id
			where r.phase <> 'stopped' and a.rehearsal_of is null
				and not exists (select from proceedings p where p.lot_id = s.lot_id)
			order by r.ended_at, r.session_id limit $1`, limit)
	})
	return ids, err
}

// ConcludeAuction implements office.ProceedingStore.
func (s *Store) ConcludeAuction(ctx context.Context, id string, at engine.Instant, t office.Trail) (bool, error) {
	var ended bool
	err := s.tx(ctx, "conclude auction", func(ctx context.Context, tx *sqlx.Tx) error {
		var status office.AuctionStatus
		if err := tx.GetContext(ctx, &status, `select status from auctions where id = $1 for update`, id); err != nil {
			return err
		}
		ended = false
		if status != office.StatusPublished {
			return nil
		}
		done, err := tx.ExecContext(ctx, `
			update auctions set status = 'concluded', version = version + 1, concluded_at = $2
			where id = $1 and not exists (
				select from lots l left join proceedings p on p.lot_id = l.id
				where l.auction_id = $1 and coalesce(p.state, '') not in ('sold', 'failed', 'cancelled'))`, id, instant(at))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		ended = n == 1
		if err != nil || !ended {
			return err
		}
		return leave(ctx, tx, t)
	})
	return ended, err
}

type minutesRow struct {
	LotID  string `db:"lot_id"`
	Number int
	Covers int
	Hash   hash
	Size   int
	MadeAt instant `db:"made_at"`
	PDF    []byte
}

func (r *minutesRow) minutes() office.Minutes {
	return office.Minutes{
		LotID: r.LotID, Number: r.Number, Covers: r.Covers, Hash: engine.Hash(r.Hash), Size: r.Size,
		MadeAt: engine.Instant(r.MadeAt), PDF: r.PDF, Signatures: []office.MinutesSignature{},
	}
}

// InsertMinutes implements office.MinutesStore.
func (s *Store) InsertMinutes(ctx context.Context, m office.Minutes, t office.Trail) error {
	return s.tx(ctx, "insert minutes", func(ctx context.Context, tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, `
			insert into minutes (lot_id, number, covers, hash, pdf, made_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
			m.LotID, m.Number, m.Covers, hash(m.Hash), m.PDF, instant(m.MadeAt))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return leave(ctx, tx, t)
	})
}

// MinutesOf implements office.MinutesStore.
func (s *Store) MinutesOf(ctx context.Context, lotIDs []string) ([]office.Minutes, error) {
	var list []office.Minutes
	err := s.read(ctx, "minutes", func(ctx context.Context, tx *sqlx.Tx) error {
		var rows []minutesRow
		err := tx.SelectContext(ctx, &rows, `
			select lot_id, number, covers, hash, octet_length(pdf) as size, made_at from minutes
			where lot_id = any($1::uuid[]) order by lot_id, number`, pq.Array(lotIDs))
		if err != nil {
			return err
		}
		list = make([]office.Minutes, len(rows))
		for i := range rows {
			list[i] = rows[i].minutes()
		}
		return addSignatures(ctx, tx, list, lotIDs)
	})
	return list, err
}

func addSignatures(ctx context.Context, tx *sqlx.Tx, list []office.Minutes, lotIDs []string) error {
	var rows []struct {
		LotID     string `db:"lot_id"`
		Number    int
		Hash      hash
		Slot      office.SignatureSlot
		AccountID sql.NullString `db:"account_id"`
		Code      sql.NullString
		Name      string
		Method    string
		Token     []byte
		Refused   string
		At        instant
	}
	err := tx.SelectContext(ctx, &rows, `
		select lot_id, number, hash, slot, account_id, code, name, method, token, refused, at from minutes_signatures
		where lot_id = any($1::uuid[]) order by at, slot`, pq.Array(lotIDs))
	if err != nil {
		return err
	}
	for _, r := range rows {
		for i := range list {
			m := &list[i]
			if m.LotID != r.LotID || m.Number != r.Number {
				continue
			}
			m.Signatures = append(m.Signatures, office.MinutesSignature{
				LotID: r.LotID, Number: r.Number, Slot: r.Slot, AccountID: r.AccountID.String,
				Code: engine.ParticipantCode(r.Code.String), Name: r.Name, Method: r.Method, Token: r.Token,
				Hash: engine.Hash(r.Hash), Refused: r.Refused, At: engine.Instant(r.At),
			})
		}
	}
	return nil
}

// MinutesPDF implements office.MinutesStore.
func (s *Store) MinutesPDF(ctx context.Context, lotID string, number int) (office.Minutes, error) {
	var row minutesRow
	err := s.call(ctx, "minutes file", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, `
			select lot_id, number, covers, hash, octet_length(pdf) as size, made_at, pdf from minutes
			where lot_id = $1 and number = $2`, lotID, number)
	})
	return row.minutes(), err
}

func insertSignature(ctx context.Context, tx *sqlx.Tx, m *office.MinutesSignature) error {
	_, err := tx.ExecContext(ctx, `
		insert into minutes_signatures (lot_id, number, hash, slot, account_id, code, name, method, token, refused, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		m.LotID, m.Number, hash(m.Hash), m.Slot, maybe(m.AccountID), maybe(m.Code), m.Name, m.Method, m.Token, m.Refused, instant(m.At))
	return err
}

// Alarms implements office.AlarmStore.
func (s *Store) Alarms(ctx context.Context, centreID string, now engine.Instant, limit int) ([]office.Alarms, error) {
	var rows []struct {
		ID                                        string
		Title                                     string
		Due, Overdue, Forfeits, Waiting, Balances int
	}
	err := s.call(ctx, "alarms", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			with money as (
				select r.auction_id,
					count(*) filter (where d.state = 'refund_due') as due,
					count(*) filter (where d.state = 'refund_due' and d.refund_due_at < $2) as overdue,
					count(*) filter (where d.state in ('received', 'guaranteed') and d.facts -> 'forfeit' is not null
						and d.facts -> 'forfeit' -> 'decidedAt' is null) as forfeits
				from registrations r join payments d on d.registration_id = r.id and d.kind = 'deposit'
				group by r.auction_id
			), course as (
				select p.auction_id,
					count(*) filter (where p.state in ('consent', 'offer')) as waiting,
					count(*) filter (where (p.facts -> 'settlement' ->> 'dueAt')::bigint < $3
						and p.facts -> 'settlement' -> 'paidAt' is null) as balances
				from proceedings p group by p.auction_id
			)
			select a.id, a.title, coalesce(m.due, 0) as due, coalesce(m.overdue, 0) as overdue,
				coalesce(m.forfeits, 0) as forfeits, coalesce(c.waiting, 0) as waiting, coalesce(c.balances, 0) as balances
			from auctions a left join money m on m.auction_id = a.id left join course c on c.auction_id = a.id
			where a.centre_id = $1 and coalesce(m.due, 0) + coalesce(m.forfeits, 0) + coalesce(c.waiting, 0) + coalesce(c.balances, 0) > 0
			order by overdue desc, a.created_at desc limit $4`, centreID, instant(now), int64(now), limit)
	})
	list := make([]office.Alarms, len(rows))
	for i, r := range rows {
		list[i] = office.Alarms{
			AuctionID: r.ID, Title: r.Title, RefundsDue: r.Due, RefundsOverdue: r.Overdue, Forfeits: r.Forfeits,
			Waiting: r.Waiting, BalanceOverdue: r.Balances,
		}
	}
	return list, err
}
