package store

import (
	"context"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

// accountColumns are the columns of an accountRow, of a table named a.
const accountColumns = `a.id, a.login, a.name, a.role, a.staff_ref, a.created_at, a.revoked_at is not null as revoked,
	coalesce(a.centre_id::text, '') as centre_id, a.email, a.observer_kind, a.consent_at, a.password_given`

type accountRow struct {
	ID        string
	Login     string
	Name      string
	Role      engine.Role
	StaffRef  string  `db:"staff_ref"`
	CreatedAt instant `db:"created_at"`
	Revoked   bool
	CentreID  string `db:"centre_id"`
	Email     string
	Observer  office.ObserverKind `db:"observer_kind"`
	ConsentAt instant             `db:"consent_at"`
	Given     bool                `db:"password_given"`
}

func (r *accountRow) account() office.Account {
	return office.Account{
		ID: r.ID, Login: r.Login, Name: r.Name, Role: r.Role, StaffRef: r.StaffRef, Revoked: r.Revoked,
		CreatedAt: engine.Instant(r.CreatedAt), CentreID: r.CentreID, Email: r.Email, Observer: r.Observer,
		ConsentAt: engine.Instant(r.ConsentAt), PasswordGiven: r.Given,
	}
}

func accounts(rows []accountRow) []office.Account {
	list := make([]office.Account, len(rows))
	for i := range rows {
		list[i] = rows[i].account()
	}
	return list
}

// InsertAccount implements office.AccountStore.
func (s *Store) InsertAccount(ctx context.Context, a office.Account, passwordHash, search string, t office.Trail) error {
	err := s.tx(ctx, "insert account", func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			insert into accounts (id, login, name, role, staff_ref, password_hash, search, created_at, centre_id, email, observer_kind,
				consent_at, password_given)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			a.ID, a.Login, a.Name, a.Role, a.StaffRef, passwordHash, search, instant(a.CreatedAt), maybe(a.CentreID), a.Email, a.Observer,
			instant(a.ConsentAt), a.PasswordGiven)
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	if violates(err, "accounts_login_key") {
		return office.ErrLoginTaken
	}
	return err
}

// Account implements office.AccountStore.
func (s *Store) Account(ctx context.Context, id string) (office.Account, error) {
	var row accountRow
	err := s.call(ctx, "account", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, `select `+accountColumns+` from accounts a where a.id = $1`, id)
	})
	return row.account(), err
}

// AccountByLogin implements office.AccountStore.
func (s *Store) AccountByLogin(ctx context.Context, login string) (office.Account, string, error) {
	var row struct {
		accountRow
		Hash string `db:"password_hash"`
	}
	err := s.call(ctx, "account by login", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, `select `+accountColumns+`, a.password_hash from accounts a where a.login = $1`, login)
	})
	return row.account(), row.Hash, err
}

// AccountsByID implements office.AccountStore.
func (s *Store) AccountsByID(ctx context.Context, ids []string) ([]office.Account, error) {
	var rows []accountRow
	err := s.call(ctx, "accounts by id", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `select `+accountColumns+` from accounts a where a.id = any($1::uuid[])`, pq.Array(ids))
	})
	return accounts(rows), err
}

// likeEscaper makes a word stand for itself in a pattern.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// patterns match a text that contains the words.
func patterns(words []string) any {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = "%" + likeEscaper.Replace(w) + "%"
	}
	return pq.Array(list)
}

// FindAccounts implements office.AccountStore. It looks at every row: some ten
// thousand short ones, in milliseconds.
func (s *Store) FindAccounts(ctx context.Context, centreID string, words []string, limit int) ([]office.Account, error) {
	var rows []accountRow
	err := s.call(ctx, "find accounts", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select `+accountColumns+` from accounts a 
			where a.search like all($1::text[]) and (a.centre_id is null or a.centre_id = $2) order by a.login limit $3`,
			patterns(words), maybe(centreID), limit)
	})
	return accounts(rows), err
}

// UpdateAccount implements office.AccountStore.
func (s *Store) UpdateAccount(ctx context.Context, a office.Account, search string, t office.Trail) error {
	return s.tx(ctx, "update account", func(ctx context.Context, tx *sqlx.Tx) error {
		var id string
		err := tx.GetContext(ctx, &id, `
			update accounts set name = $2, email = $3, staff_ref = $4, observer_kind = $5, search = $6 where id = $1 returning id`,
			a.ID, a.Name, a.Email, a.StaffRef, a.Observer, search)
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}

// RevokeAccount implements office.AccountStore.
func (s *Store) RevokeAccount(ctx context.Context, id string, t office.Trail) (office.Account, error) {
	var row accountRow
	err := s.tx(ctx, "revoke account", func(ctx context.Context, tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &row, `
			update accounts a set revoked_at = coalesce(a.revoked_at, $2) where a.id = $1 returning `+accountColumns, id, instant(t.At))
		if err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, `delete from sign_ins where account_id = $1`, id); err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	return row.account(), err
}
