package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"gobua/engine"
	"gobua/office"
)

// AccountsByEmail implements office.PasswordStore.
func (s *Store) AccountsByEmail(ctx context.Context, loginOrEmail string, limit int) ([]office.Account, error) {
	var rows []accountRow
	err := s.call(ctx, "accounts by e-mail", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select `+accountColumns+` from accounts a
			where (a.login = $1 or a.email = $1) and a.revoked_at is null order by a.login limit $2`, loginOrEmail, limit)
	})
	return accounts(rows), err
}

// SetPassword implements office.PasswordStore.
func (s *Store) SetPassword(ctx context.Context, accountID, passwordHash, keep string, t office.Trail) (ended []string, err error) {
	err = s.tx(ctx, "set password", func(ctx context.Context, tx *sqlx.Tx) (err error) {
		if ended, err = setPassword(ctx, tx, accountID, passwordHash, keep); err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	return ended, err
}

// setPassword also makes links in letters useless: somebody else may have
// asked for them.
func setPassword(ctx context.Context, tx *sqlx.Tx, accountID, passwordHash, keep string) (ended []string, err error) {
	var id string
	err = tx.GetContext(ctx, &id, `
		update accounts set password_hash = $2, password_given = false where id = $1 and revoked_at is null returning id`, accountID, passwordHash)
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `update password_resets set used_at = now() where account_id = $1 and used_at is null`, accountID)
	if err != nil {
		return nil, err
	}
	err = tx.SelectContext(ctx, &ended, `
		delete from sign_ins where account_id = $1 and id is distinct from $2::uuid returning id`, accountID, maybe(keep))
	return ended, err
}

// InsertReset implements office.PasswordStore.
func (s *Store) InsertReset(ctx context.Context, r office.PasswordReset, most int, since engine.Instant, t office.Trail) error {
	return s.tx(ctx, "insert password reset", func(ctx context.Context, tx *sqlx.Tx) error {
		var id string
		// One after the other, so that many at once are counted.
		if err := tx.GetContext(ctx, &id, `select id from accounts where id = $1 for no key update`, r.AccountID); err != nil {
			return err
		}
		var made int
		err := tx.GetContext(ctx, &made, `
			select count(*) from password_resets where account_id = $1 and made_at > $2`, r.AccountID, instant(since))
		if err != nil || made >= most {
			return err
		}
		_, err = tx.ExecContext(ctx, `insert into password_resets (hash, account_id, made_at, expires_at) values ($1, $2, $3, $4)`,
			hash(r.Hash), r.AccountID, instant(r.MadeAt), instant(r.ExpiresAt))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}

// UseReset implements office.PasswordStore.
func (s *Store) UseReset(ctx context.Context, token engine.Hash, at engine.Instant, passwordHash string, trail func(office.Account) office.Trail) (a office.Account, ended []string, err error) {
	err = s.tx(ctx, "use password reset", func(ctx context.Context, tx *sqlx.Tx) (err error) {
		var id string
		err = tx.GetContext(ctx, &id, `
			update password_resets set used_at = $2 where hash = $1 and used_at is null and expires_at > $2 returning account_id`,
			hash(token), instant(at))
		if err != nil {
			return err
		}
		if ended, err = setPassword(ctx, tx, id, passwordHash, ""); err != nil {
			return err
		}
		var row accountRow
		if err := tx.GetContext(ctx, &row, `select `+accountColumns+` from accounts a where a.id = $1`, id); err != nil {
			return err
		}
		a = row.account()
		return leave(ctx, tx, trail(a))
	})
	return a, ended, err
}
