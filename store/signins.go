package store

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"gobua/engine"
	"gobua/office"
)

// InsertSignIn implements office.SignInStore.
func (s *Store) InsertSignIn(ctx context.Context, t office.RefreshToken, keep int, trail office.Trail) error {
	return s.tx(ctx, "insert sign-in", func(ctx context.Context, tx *sqlx.Tx) error {
		// "for share" waits for a revocation under way, which ends the sign-ins
		// it can see.
		var id string
		err := tx.GetContext(ctx, &id, `
			insert into sign_ins (id, account_id, created_at, seen_at, origin, agent)
			select $1::uuid, a.id, $3::timestamptz, $3, $4, $5 from accounts a where a.id = $2 and a.revoked_at is null for share
			returning id`, t.SignIn, t.AccountID, instant(t.BeganAt), t.Device.Address, t.Device.Agent)
		if err != nil {
			return err
		}
		if err := insertToken(ctx, tx, t); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			delete from sign_ins where id in (
				select id from sign_ins where account_id = $1 order by created_at desc, id desc offset $2
			)`, t.AccountID, keep)
		if err != nil {
			return err
		}
		return leave(ctx, tx, trail)
	})
}

func insertToken(ctx context.Context, tx *sqlx.Tx, t office.RefreshToken) error {
	_, err := tx.ExecContext(ctx, `insert into refresh_tokens (hash, sign_in_id, issued_at, expires_at) values ($1, $2, $3, $4)`,
		hash(t.Hash), t.SignIn, instant(t.IssuedAt), instant(t.ExpiresAt))
	return err
}

// RotateRefresh implements office.SignInStore. The rows are locked the family
// first, as every deletion of a family does.
func (s *Store) RotateRefresh(ctx context.Context, token engine.Hash, decide func(office.RefreshToken, office.Account) office.Rotation) error {
	return s.tx(ctx, "rotate refresh token", func(ctx context.Context, tx *sqlx.Tx) error {
		var family string
		err := tx.GetContext(ctx, &family, `
			select f.id from sign_ins f where f.id = (select sign_in_id from refresh_tokens where hash = $1) for update`, hash(token))
		if err != nil {
			return err
		}
		var row struct {
			accountRow
			BeganAt   instant `db:"began_at"`
			IssuedAt  instant `db:"issued_at"`
			ExpiresAt instant `db:"expires_at"`
			UsedAt    instant `db:"used_at"`
			Uses      int
		}
		err = tx.GetContext(ctx, &row, `
			select f.created_at as began_at, t.issued_at, t.expires_at, t.used_at, t.uses, `+accountColumns+`
			from refresh_tokens t join sign_ins f on f.id = t.sign_in_id join accounts a on a.id = f.account_id
			where t.hash = $1`, hash(token))
		if err != nil {
			return err
		}
		r := decide(office.RefreshToken{
			Hash: token, SignIn: family, AccountID: row.ID, BeganAt: engine.Instant(row.BeganAt),
			IssuedAt: engine.Instant(row.IssuedAt), ExpiresAt: engine.Instant(row.ExpiresAt), UsedAt: engine.Instant(row.UsedAt), Uses: row.Uses,
		}, row.account())
		return rotate(ctx, tx, family, r)
	})
}

func rotate(ctx context.Context, tx *sqlx.Tx, family string, r office.Rotation) error {
	switch {
	case r.End:
		_, err := tx.ExecContext(ctx, `delete from sign_ins where id = $1`, family)
		return err
	case r.Next == nil:
		return nil
	}
	_, err := tx.ExecContext(ctx, `update sign_ins set seen_at = $2 where id = $1`, family, instant(r.Next.IssuedAt))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `update refresh_tokens set used_at = $2, uses = $3 where hash = $1`,
		hash(r.Used.Hash), instant(r.Used.UsedAt), r.Used.Uses)
	if err != nil {
		return err
	}
	return insertToken(ctx, tx, *r.Next)
}

// EndSignIn implements office.SignInStore.
func (s *Store) EndSignIn(ctx context.Context, token engine.Hash) (signIn string, err error) {
	err = s.call(ctx, "end sign-in", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &signIn, `
			delete from sign_ins where id = (select sign_in_id from refresh_tokens where hash = $1) returning id`, hash(token))
	})
	if errors.Is(err, office.ErrNotFound) {
		err = nil
	}
	return signIn, err
}

// Tidy implements office.SignInStore.
func (s *Store) Tidy(ctx context.Context, expired, used, keys engine.Instant) error {
	return s.tx(ctx, "tidy", func(ctx context.Context, tx *sqlx.Tx) error {
		// Nobody has used these for weeks: no access token of them is alive.
		_, err := tx.ExecContext(ctx, `select set_config('gobua.tidying', 'on', true)`)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `delete from signed_out where at < now() - $1 * interval '1 ms'`, (2 * office.SignedOutKept).Milliseconds())
		if err != nil {
			return err
		}
		// A family goes with its last unexpired token, and takes the rest along.
		_, err = tx.ExecContext(ctx, `
			delete from sign_ins f
			where not exists (select from refresh_tokens t where t.sign_in_id = f.id and t.expires_at > $1)`, instant(expired))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `delete from refresh_tokens where expires_at <= $1 or used_at < $2`, instant(expired), instant(used))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `delete from password_resets where expires_at < $1 and made_at < $2`, instant(expired), instant(keys))
		if err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, `delete from once_answers where created_at < now() - interval '1 day'`); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `delete from idempotency_keys where created_at < $1`, instant(keys))
		return err
	})
}

// SignIns implements office.SignInStore.
func (s *Store) SignIns(ctx context.Context, accountID string) ([]office.SignInPlace, error) {
	var rows []struct {
		ID        string
		CreatedAt instant `db:"created_at"`
		SeenAt    instant `db:"seen_at"`
		Origin    string
		Agent     string
	}
	err := s.call(ctx, "sign-ins", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select id, created_at, coalesce(seen_at, created_at) as seen_at, origin, agent
			from sign_ins where account_id = $1 order by 3 desc, id desc`, accountID)
	})
	list := make([]office.SignInPlace, len(rows))
	for i, r := range rows {
		list[i] = office.SignInPlace{
			ID: r.ID, CreatedAt: engine.Instant(r.CreatedAt), SeenAt: engine.Instant(r.SeenAt), Address: r.Origin, Agent: r.Agent,
		}
	}
	return list, err
}

// EndSignIns implements office.SignInStore.
func (s *Store) EndSignIns(ctx context.Context, accountID, id, keep string, t office.Trail) (ended []string, err error) {
	err = s.tx(ctx, "end sign-ins", func(ctx context.Context, tx *sqlx.Tx) error {
		ended = nil
		err := tx.SelectContext(ctx, &ended, `
			delete from sign_ins where account_id = $1 and ($2::uuid is null and id is distinct from $3::uuid or id = $2)
			returning id`, accountID, maybe(id), maybe(keep))
		if err != nil || len(ended) == 0 {
			return err
		}
		return leave(ctx, tx, t)
	})
	return ended, err
}
