package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"gobua/engine"
	"gobua/office"
)

// trailLock is the advisory lock under which the audit log grows: its lines
// are chained, so there is one writer at a time, until its commit.
const trailLock = 0x676f627561 // "gobua"

// leave keeps what an act leaves behind. It must be the last thing a
// transaction does, because from here on all others that leave a trail wait.
func leave(ctx context.Context, tx *sqlx.Tx, t office.Trail) error {
	for _, e := range t.Events {
		if err := insertEvent(ctx, tx, e, t.At); err != nil {
			return err
		}
	}
	for _, m := range t.Mails {
		if err := insertMail(ctx, tx, m, t.At); err != nil {
			return err
		}
	}
	return insertActs(ctx, tx, t.Acts)
}

func insertEvent(ctx context.Context, tx *sqlx.Tx, e office.Event, at engine.Instant) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("random bytes: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		insert into events (id, centre_id, auction_id, kind, body, at) values ($1, $2, $3, $4, $5, $6)`,
		id, e.CentreID, maybe(e.AuctionID), e.Kind, document[any]{e.Body}, instant(at))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		insert into hook_deliveries (hook_id, event_id, next_at)
		select id, $1, $2 from hooks where centre_id = $3 and ended_at is null and (kinds = '{}' or $4 = any(kinds))`,
		id, instant(at), e.CentreID, e.Kind)
	return err
}

// insertMail writes a letter to the address it names, else to the account's as it
// is now. Where there is none there is no letter.
func insertMail(ctx context.Context, tx *sqlx.Tx, m office.Mail, at engine.Instant) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("random bytes: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		insert into mails (id, centre_id, account_id, auction_id, kind, address, subject, body, created_at, next_at)
		select $1, $2, a.id, $4, $5, coalesce(nullif($9, ''), a.email), $6, $7, $8, $8 from accounts a
		where a.id = $3 and coalesce(nullif($9, ''), a.email) <> ''`,
		id, maybe(m.CentreID), m.AccountID, maybe(m.AuctionID), m.Kind, m.Subject, m.Body, instant(at), m.Address)
	return err
}

func insertActs(ctx context.Context, tx *sqlx.Tx, acts []office.Act) error {
	if len(acts) == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock($1)`, trailLock); err != nil {
		return err
	}
	var last struct {
		Seq  uint64
		Hash hash
	}
	err := tx.GetContext(ctx, &last, `select seq, hash from acts order by seq desc limit 1`)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	for _, a := range acts {
		a.Seq = last.Seq + 1
		a.Hash = a.HashAfter(engine.Hash(last.Hash))
		_, err := tx.ExecContext(ctx, `
			insert into acts (seq, at, centre_id, account_id, role, origin, name, subject, subject_id, auction_id, reason, before, after, hash)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			a.Seq, instant(a.At), maybe(a.CentreID), maybe(a.AccountID), a.Role, a.Origin, a.Name, a.Subject, a.SubjectID,
			maybe(a.AuctionID), a.Reason, maybeJSON(a.Before), maybeJSON(a.After), hash(a.Hash))
		if err != nil {
			return err
		}
		last.Seq, last.Hash = a.Seq, hash(a.Hash)
	}
	return nil
}

func maybeJSON(b json.RawMessage) sql.NullString {
	return sql.NullString{String: string(b), Valid: b != nil}
}

// KeepTrail implements office.TrailStore.
func (s *Store) KeepTrail(ctx context.Context, t office.Trail) error {
	return s.tx(ctx, "keep trail", func(ctx context.Context, tx *sqlx.Tx) error { return leave(ctx, tx, t) })
}

type actRow struct {
	Seq       uint64
	At        instant
	CentreID  sql.NullString `db:"centre_id"`
	AccountID sql.NullString `db:"account_id"`
	Role      engine.Role
	Origin    string
	Name      string
	Subject   string
	SubjectID string         `db:"subject_id"`
	AuctionID sql.NullString `db:"auction_id"`
	Reason    string
	Before    []byte
	After     []byte
	Hash      hash
	Who       sql.NullString
}

const selectActs = `
	select t.seq, t.at, t.centre_id, t.account_id, t.role, t.origin, t.name, t.subject, t.subject_id, t.auction_id, t.reason,
		t.before, t.after, t.hash, a.name || ' (' || a.login || ')' as who
	from acts t left join accounts a on a.id = t.account_id where `

func (r *actRow) act() office.Act {
	return office.Act{
		Seq: r.Seq, At: engine.Instant(r.At), CentreID: r.CentreID.String, AccountID: r.AccountID.String, Who: r.Who.String, Role: r.Role,
		Origin: r.Origin, Name: r.Name, Subject: r.Subject, SubjectID: r.SubjectID, AuctionID: r.AuctionID.String,
		Reason: r.Reason, Before: r.Before, After: r.After, Hash: engine.Hash(r.Hash),
	}
}

func actsOf(rows []actRow) []office.Act {
	list := make([]office.Act, len(rows))
	for i := range rows {
		list[i] = rows[i].act()
	}
	return list
}

// Acts implements office.TrailStore.
func (s *Store) Acts(ctx context.Context, q office.ActQuery) ([]office.Act, error) {
	where, args := []string{"true"}, []any{}
	ask := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(args))))
	}
	if q.CentreID != "" {
		ask("t.centre_id = ?", q.CentreID)
	}
	if q.AuctionID != "" {
		ask("t.auction_id = ?", q.AuctionID)
	}
	if q.AccountID != "" {
		ask("t.account_id = ?", q.AccountID)
	}
	if q.SubjectID != "" {
		ask("t.subject_id = ?", q.SubjectID)
	}
	if q.Name != "" {
		ask("t.name like ?", likeEscaper.Replace(q.Name)+"%")
	}
	if q.From != 0 {
		ask("t.at >= ?", instant(q.From))
	}
	if q.To != 0 {
		ask("t.at < ?", instant(q.To))
	}
	if q.Before != 0 {
		ask("t.seq < ?", q.Before)
	}
	args = append(args, q.Limit)
	var rows []actRow
	err := s.call(ctx, "acts", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, selectActs+strings.Join(where, " and ")+
			fmt.Sprintf(` order by t.seq desc limit $%d`, len(args)), args...)
	})
	return actsOf(rows), err
}

// ActsFrom implements office.TrailStore.
func (s *Store) ActsFrom(ctx context.Context, seq uint64, limit int) ([]office.Act, error) {
	var rows []actRow
	err := s.call(ctx, "acts from", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, selectActs+`t.seq >= $1 order by t.seq limit $2`, seq, limit)
	})
	return actsOf(rows), err
}
