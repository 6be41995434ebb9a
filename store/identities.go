package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"gobua/engine"
	"gobua/office"
)

// identityColumns are those of an identityRow: of identities i and accounts a.
const identityColumns = `coalesce(i.version, 0) as version, coalesce(i.kind, '') as kind, coalesce(i.state, '') as state, i.mac,
	i.sealed, i.submitted_at, i.decided_at, coalesce(i.decided_by::text, '') as decided_by, coalesce(i.reason, '') as reason,
	a.id, a.login, a.name, a.email`

type identityRow struct {
	Version     int
	Kind        office.IdentityKind
	State       office.IdentityState
	Mac, Sealed []byte
	SubmittedAt instant `db:"submitted_at"`
	DecidedAt   instant `db:"decided_at"`
	DecidedBy   string  `db:"decided_by"`
	Reason      string
	ID          string
	Login       string
	Name        string
	Email       string
}

func (r *identityRow) identity() office.Identity {
	return office.Identity{
		AccountID: r.ID, Version: r.Version, Kind: r.Kind, State: r.State, Mac: r.Mac, Sealed: r.Sealed,
		SubmittedAt: engine.Instant(r.SubmittedAt), DecidedAt: engine.Instant(r.DecidedAt), DecidedBy: r.DecidedBy, Reason: r.Reason,
		Login: r.Login, Name: r.Name, Email: r.Email,
	}
}

// ChangeIdentity implements office.IdentityStore. The account's row is locked,
// because the identity may not be there yet.
func (s *Store) ChangeIdentity(ctx context.Context, accountID string, change func(*office.Identity) (office.Trail, error)) (office.Identity, error) {
	var i office.Identity
	var refused error
	err := s.tx(ctx, "change identity", func(ctx context.Context, tx *sqlx.Tx) error {
		refused = nil
		var locked string
		err := tx.GetContext(ctx, &locked, `
			select id from accounts where id = $1 and role = 'bidder' and revoked_at is null for no key update`, accountID)
		if err != nil {
			return err
		}
		var row identityRow
		err = tx.GetContext(ctx, &row, `
			select `+identityColumns+` from accounts a left join identities i on i.account_id = a.id where a.id = $1`, accountID)
		if err != nil {
			return err
		}
		i = row.identity()
		t, err := change(&i)
		if err != nil {
			refused = err
			return errRefused
		}
		i.Version = row.Version + 1
		if err := keepIdentity(ctx, tx, &i, row.Name); err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	switch {
	case refused != nil:
		return office.Identity{}, refused
	case violates(err, "identities_once"):
		return office.Identity{}, office.ErrLegalPersonTaken
	}
	return i, err
}

func keepIdentity(ctx context.Context, tx *sqlx.Tx, i *office.Identity, oldName string) error {
	_, err := tx.ExecContext(ctx, `
		insert into identities (account_id, version, kind, state, mac, sealed, submitted_at, decided_at, decided_by, reason)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (account_id) do update set version = excluded.version, kind = excluded.kind, state = excluded.state,
			mac = excluded.mac, sealed = excluded.sealed, submitted_at = excluded.submitted_at,
			decided_at = excluded.decided_at, decided_by = excluded.decided_by, reason = excluded.reason`,
		i.AccountID, i.Version, i.Kind, i.State, i.Mac, i.Sealed, instant(i.SubmittedAt), instant(i.DecidedAt), maybe(i.DecidedBy), i.Reason)
	if err != nil || i.Name == oldName {
		return err
	}
	_, err = tx.ExecContext(ctx, `update accounts set name = $2, search = $3 where id = $1`,
		i.AccountID, i.Name, i.Search)
	return err
}

// Identity implements office.IdentityStore.
func (s *Store) Identity(ctx context.Context, accountID string) (office.Identity, error) {
	var row identityRow
	err := s.call(ctx, "identity", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, `
			select `+identityColumns+` from identities i join accounts a on a.id = i.account_id where a.id = $1`, accountID)
	})
	return row.identity(), err
}

// Identities implements office.IdentityStore.
func (s *Store) Identities(ctx context.Context, q office.IdentityQuery) ([]office.Identity, error) {
	var rows []identityRow
	err := s.call(ctx, "identities", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select `+identityColumns+` from identities i join accounts a on a.id = i.account_id
			where ($1 = '' or i.state = $1) and a.search like all($2::text[])
			order by i.submitted_at, a.id limit $3`, q.State, patterns(q.Words), q.Limit)
	})
	list := make([]office.Identity, len(rows))
	for i := range rows {
		list[i] = rows[i].identity()
	}
	return list, err
}
