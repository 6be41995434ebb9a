package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

type statementRow struct {
	ID          string
	AuctionID   string `db:"auction_id"`
	Account     string
	Name        string
	Hash        hash
	Content     document[office.StatementContent]
	UploadedBy  string         `db:"uploaded_by"`
	UploadedAt  instant        `db:"uploaded_at"`
	ConfirmedBy sql.NullString `db:"confirmed_by"`
	ConfirmedAt instant        `db:"confirmed_at"`
}

const (
	statementHead    = `id, auction_id, account, name, hash, uploaded_by, uploaded_at, confirmed_by, confirmed_at`
	statementColumns = statementHead + `, content`
)

func (r *statementRow) statement() office.Statement {
	return office.Statement{
		ID: r.ID, AuctionID: r.AuctionID, Account: r.Account, Name: r.Name, Hash: engine.Hash(r.Hash), UploadedBy: r.UploadedBy,
		UploadedAt: engine.Instant(r.UploadedAt), ConfirmedBy: r.ConfirmedBy.String, ConfirmedAt: engine.Instant(r.ConfirmedAt),
		StatementContent: r.Content.v,
	}
}

// InsertStatement implements office.StatementStore.
func (s *Store) InsertStatement(ctx context.Context, st office.Statement, t office.Trail) error {
	return s.tx(ctx, "insert statement", func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			insert into statements (id, auction_id, account, name, hash, content, uploaded_by, uploaded_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			st.ID, st.AuctionID, st.Account, st.Name, hash(st.Hash), document[office.StatementContent]{st.StatementContent},
			st.UploadedBy, instant(st.UploadedAt))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}

// Statement implements office.StatementStore.
func (s *Store) Statement(ctx context.Context, id string) (office.Statement, error) {
	var row statementRow
	err := s.call(ctx, "statement", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, `select `+statementColumns+` from statements where id = $1`, id)
	})
	return row.statement(), err
}

// Statements implements office.StatementStore.
func (s *Store) Statements(ctx context.Context, auctionID string, limit int) ([]office.Statement, error) {
	var rows []statementRow
	err := s.call(ctx, "statements", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select `+statementHead+` from statements where auction_id = $1 order by uploaded_at desc, id desc limit $2`, auctionID, limit)
	})
	list := make([]office.Statement, len(rows))
	for i := range rows {
		list[i] = rows[i].statement()
	}
	return list, err
}

// ConfirmedStatement implements office.StatementStore.
func (s *Store) ConfirmedStatement(ctx context.Context, account string, h engine.Hash) (id string, err error) {
	err = s.call(ctx, "confirmed statement", func(ctx context.Context) error {
		err := s.db.GetContext(ctx, &id, `
			select id from statements where account = $1 and hash = $2 and confirmed_at is not null limit 1`, account, hash(h))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return id, err
}

// Booked implements office.StatementStore.
func (s *Store) Booked(ctx context.Context, account string, keys []string) (map[string]bool, error) {
	var found []string
	err := s.call(ctx, "booked", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &found, `
			select key from bookings where account = $1
				and key_hash in (select sha256(convert_to(k, 'UTF8')) from unnest($2::text[]) k)`, account, pq.Array(keys))
	})
	booked := make(map[string]bool, len(found))
	for _, key := range found {
		booked[key] = true
	}
	return booked, err
}

// ConfirmStatement implements office.StatementStore.
func (s *Store) ConfirmStatement(ctx context.Context, id string, of []string,
	change func(*office.Statement, map[string]*office.Registration) ([]office.Booking, office.Trail, error),
) error {
	var refused error
	err := s.tx(ctx, "confirm statement", func(ctx context.Context, tx *sqlx.Tx) error {
		refused = nil
		var row statementRow
		if err := tx.GetContext(ctx, &row, `select `+statementColumns+` from statements where id = $1 for update`, id); err != nil {
			return err
		}
		registrations, err := lockRegistrations(ctx, tx, of)
		if err != nil {
			return err
		}
		st := row.statement()
		bookings, t, err := change(&st, registrations)
		if err != nil {
			refused = err
			return errRefused
		}
		_, err = tx.ExecContext(ctx, `update statements set content = $2, confirmed_by = $3, confirmed_at = $4 where id = $1`,
			id, document[office.StatementContent]{st.StatementContent}, maybe(st.ConfirmedBy), instant(st.ConfirmedAt))
		if err != nil {
			return err
		}
		for _, r := range registrations {
			r.Version, r.ChangedAt = r.Version+1, t.At
			if err := keepRegistration(ctx, tx, r); err != nil {
				return err
			}
		}
		for _, b := range bookings {
			if err := insertBooking(ctx, tx, b); err != nil {
				return err
			}
		}
		return leave(ctx, tx, t)
	})
	switch {
	case refused != nil:
		return refused
	case violates(err, "bookings_pkey"):
		return office.ErrEditedMeanwhile
	case violates(err, "registrations_code"):
		return office.ErrCodeTaken
	}
	return err
}

// lockRegistrations locks registrations in the order of their ids, so that two
// transactions do not wait for each other, and then reads them.
func lockRegistrations(ctx context.Context, tx *sqlx.Tx, ids []string) (map[string]*office.Registration, error) {
	var locked []string
	err := tx.SelectContext(ctx, &locked, `select id from registrations where id = any($1::uuid[]) order by id for update`, pq.Array(ids))
	if err != nil {
		return nil, err
	}
	var rows []registrationRow
	if err := tx.SelectContext(ctx, &rows, selectRegistrations+`where r.id = any($1::uuid[])`, pq.Array(ids)); err != nil {
		return nil, err
	}
	found := make(map[string]*office.Registration, len(rows))
	for i := range rows {
		r := rows[i].registration()
		found[r.ID] = &r
	}
	return found, nil
}

func insertBooking(ctx context.Context, tx *sqlx.Tx, b office.Booking) error {
	_, err := tx.ExecContext(ctx, `
		insert into bookings (account, key, key_hash, statement_id, registration_id, kind, amount, booked_at)
		values ($1, $2, sha256(convert_to($2, 'UTF8')), $3, $4, $5, $6, $7)`,
		b.Account, b.Key, b.StatementID, b.RegistrationID, b.Payment, b.Amount, instant(b.At))
	return err
}

// CodeMarks implements office.RegistrationStore.
func (s *Store) CodeMarks(ctx context.Context, auctionID string) ([][]byte, error) {
	var marks [][]byte
	err := s.call(ctx, "code marks", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &marks, `
			select code_mark from registrations where auction_id = $1 and code_mark is not null`, auctionID)
	})
	return marks, err
}

// VerifiedAmong implements office.RegistrationStore.
func (s *Store) VerifiedAmong(ctx context.Context, auctionID string) (map[string]bool, error) {
	var ids []string
	err := s.call(ctx, "verified among", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &ids, `
			select account_id from identities where state = 'verified'
				and account_id in (select account_id from registrations where auction_id = $1)`, auctionID)
	})
	verified := make(map[string]bool, len(ids))
	for _, id := range ids {
		verified[id] = true
	}
	return verified, err
}
