package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gobua/engine"
	"gobua/office"
)

// ClaimOnce implements office.OnceStore. What is too old, or was claimed by
// somebody who died over it, is taken over.
func (s *Store) ClaimOnce(ctx context.Context, r office.OnceRequest, claim string, life, kept time.Duration) (ours bool, a office.OnceAnswer, err error) {
	err = s.call(ctx, "claim request", func(ctx context.Context) error {
		done, err := s.db.ExecContext(ctx, `
			insert into once_answers as o (account_id, path, key, request_hash, claim, claimed_until)
			values ($1, $2, $3, $4, $5, now() + $6 * interval '1 ms')
			on conflict (account_id, path, key) do update
				set request_hash = excluded.request_hash, claim = excluded.claim, claimed_until = excluded.claimed_until,
					status = null, answer = null, created_at = now()
				where o.status is null and o.claimed_until < now() and o.request_hash = excluded.request_hash
					or o.created_at < now() - $7 * interval '1 ms'`,
			r.AccountID, r.Path, r.Key, hash(r.Hash), claim, life.Milliseconds(), kept.Milliseconds())
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if ours = n == 1; err != nil || ours {
			return err
		}
		var row struct {
			RequestHash hash `db:"request_hash"`
			Status      sql.NullInt32
			Answer      []byte
		}
		err = s.db.GetContext(ctx, &row, `
			select request_hash, status, answer from once_answers where account_id = $1 and path = $2 and key = $3`, r.AccountID, r.Path, r.Key)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return nil // it was forgotten in between: the caller looks again
		case err == nil && engine.Hash(row.RequestHash) != r.Hash:
			return office.ErrKeyReused
		}
		a = office.OnceAnswer{Status: int(row.Status.Int32), Body: row.Answer}
		return err
	})
	return ours, a, err
}

// SettleOnce implements office.OnceStore.
func (s *Store) SettleOnce(ctx context.Context, r office.OnceRequest, claim string, a office.OnceAnswer) error {
	return s.call(ctx, "settle request", func(ctx context.Context) error {
		const its = ` where account_id = $1 and path = $2 and key = $3 and claim = $4 and status is null`
		if a.Status == 0 {
			_, err := s.db.ExecContext(ctx, `delete from once_answers`+its, r.AccountID, r.Path, r.Key, claim)
			return err
		}
		_, err := s.db.ExecContext(ctx, `update once_answers set status = $5, answer = $6`+its,
			r.AccountID, r.Path, r.Key, claim, a.Status, append([]byte{}, a.Body...))
		return err
	})
}
