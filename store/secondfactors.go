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

type secondFactorRow struct {
	AccountID   string `db:"account_id"`
	Sealed      []byte
	CreatedAt   instant `db:"created_at"`
	ConfirmedAt instant `db:"confirmed_at"`
	LastStep    int64   `db:"last_step"`
	Recovery    pq.StringArray
}

const selectSecondFactor = `
	select account_id, sealed, created_at, confirmed_at, last_step, recovery from second_factors where account_id = $1`

func (r *secondFactorRow) secondFactor() office.SecondFactor {
	return office.SecondFactor{
		AccountID: r.AccountID, Sealed: r.Sealed, CreatedAt: engine.Instant(r.CreatedAt),
		ConfirmedAt: engine.Instant(r.ConfirmedAt), LastStep: r.LastStep, Recovery: r.Recovery,
	}
}

// SecondFactor implements office.SecondFactorStore.
func (s *Store) SecondFactor(ctx context.Context, accountID string) (office.SecondFactor, error) {
	var row secondFactorRow
	err := s.call(ctx, "second factor", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, selectSecondFactor, accountID)
	})
	return row.secondFactor(), err
}

// ChangeSecondFactor implements office.SecondFactorStore. The account's row is
// locked, because the second factor may not be there yet.
func (s *Store) ChangeSecondFactor(ctx context.Context, accountID string, change func(*office.SecondFactor) (office.Trail, error)) error {
	var refused error
	err := s.tx(ctx, "change second factor", func(ctx context.Context, tx *sqlx.Tx) error {
		refused = nil
		var locked string
		err := tx.GetContext(ctx, &locked, `
			select id from accounts where id = $1 and revoked_at is null for no key update`, accountID)
		if err != nil {
			return err
		}
		row := secondFactorRow{AccountID: accountID}
		if err := tx.GetContext(ctx, &row, selectSecondFactor, accountID); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		f := row.secondFactor()
		t, err := change(&f)
		if err != nil {
			refused = err
			return errRefused
		}
		if err := keepSecondFactor(ctx, tx, &f); err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	if refused != nil {
		return refused
	}
	return err
}

func keepSecondFactor(ctx context.Context, tx *sqlx.Tx, f *office.SecondFactor) error {
	if len(f.Sealed) == 0 {
		_, err := tx.ExecContext(ctx, `delete from second_factors where account_id = $1`, f.AccountID)
		return err
	}
	recovery := f.Recovery
	if recovery == nil {
		recovery = []string{} // not null
	}
	_, err := tx.ExecContext(ctx, `
		insert into second_factors (account_id, sealed, created_at, confirmed_at, last_step, recovery)
		values ($1, $2, $3, $4, $5, $6)
		on conflict (account_id) do update set sealed = excluded.sealed, created_at = excluded.created_at,
			confirmed_at = excluded.confirmed_at, last_step = excluded.last_step, recovery = excluded.recovery`,
		f.AccountID, f.Sealed, instant(f.CreatedAt), instant(f.ConfirmedAt), f.LastStep, pq.Array(recovery))
	return err
}
