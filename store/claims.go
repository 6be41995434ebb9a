package store

import (
	"context"
	"strings"
	"time"

	"gobua/office"
)

// Claim implements office.ClaimStore.
func (s *Store) Claim(ctx context.Context, name, claim string, life time.Duration) (ours bool, err error) {
	err = s.call(ctx, "claim", func(ctx context.Context) error {
		done, err := s.db.ExecContext(ctx, `
			insert into claims as c (name, claim, claimed_until) values ($1, $2, now() + $3 * interval '1 ms')
			on conflict (name) do update set claim = excluded.claim, claimed_until = excluded.claimed_until
			where c.claimed_until < now() or c.claim = excluded.claim`, name, claim, life.Milliseconds())
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		ours = n == 1
		return err
	})
	return ours, err
}

// RenewClaim implements office.ClaimStore.
func (s *Store) RenewClaim(ctx context.Context, of office.Claimed, claim string, life time.Duration) error {
	return s.onClaim(ctx, "renew claim", of, `update % set claimed_until = now() + $2 * interval '1 ms' where claim = $1`,
		claim, life.Milliseconds())
}

// EndClaim implements office.ClaimStore.
func (s *Store) EndClaim(ctx context.Context, of office.Claimed, claim string) error {
	if of == office.ClaimedName {
		return s.onClaim(ctx, "end claim", of, `delete from % where claim = $1`, claim)
	}
	return s.onClaim(ctx, "end claim", of, `update % set claim = null, claimed_until = null where claim = $1`, claim)
}

// claimTables are where claims stand.
var claimTables = map[office.Claimed]string{office.ClaimedLetters: "mails", office.ClaimedHooks: "hooks", office.ClaimedName: "claims"}

// onClaim does something with every row under a claim; % stands for the table.
func (s *Store) onClaim(ctx context.Context, what string, of office.Claimed, statement string, args ...any) error {
	return s.call(ctx, what, func(ctx context.Context) error {
		_, err := s.db.ExecContext(ctx, strings.Replace(statement, "%", claimTables[of], 1), args...)
		return err
	})
}
