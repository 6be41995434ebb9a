package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"gobua/engine"
)

// Account is a person who may sign in. Its role never changes: a person with
// two offices has two accounts.
type Account struct {
	ID        string         `json:"id"`
	Login     string         `json:"login"`
	Name      string         `json:"name"`
	Role      engine.Role    `json:"role"`
	StaffRef  string         `json:"staffRef,omitempty"` // licence number of an auctioneer; public
	Revoked   bool           `json:"revoked"`
	CreatedAt engine.Instant `json:"createdAt"`
}

// NewAccount is what is needed to open an account. The login is three to 64
// letters without marks, digits and . _ - @, kept in lower case; the password
// has eight to 128 characters.
type NewAccount struct {
	Login    string      `json:"login"`
	Name     string      `json:"name"`
	Password string      `json:"password"`
	Role     engine.Role `json:"role"`
	StaffRef string      `json:"staffRef,omitempty"`
}

// The roles an account can have. Spectators need none, and System is nobody.
var accountRoles = []engine.Role{engine.RoleBidder, engine.RoleAuctioneer, engine.RoleObserver, engine.RoleAdmin}

// What a search may ask for.
const (
	maxFound      = 200
	maxQueryWords = 8
	maxQueryRunes = 200
)

// Account returns one account. Nobody's right is asked: the caller shows it to
// its owner or to staff.
func (o *Office) Account(ctx context.Context, id string) (Account, error) {
	if !validID(id) {
		return Account{}, ErrNotFound
	}
	return o.store.Account(ctx, id)
}

// FindAccounts returns up to `limit` accounts, at most 200, whose login or name
// contains every word of the query, marks and case aside; an empty query finds
// all.
func (o *Office) FindAccounts(ctx context.Context, query string, limit int) ([]Account, error) {
	if r := []rune(query); len(r) > maxQueryRunes {
		query = string(r[:maxQueryRunes])
	}
	words := strings.Fields(fold(strings.ToValidUTF8(strings.ReplaceAll(query, "\x00", ""), "")))
	if len(words) > maxQueryWords {
		words = words[:maxQueryWords]
	}
	if limit <= 0 || limit > maxFound {
		limit = maxFound
	}
	return o.store.FindAccounts(ctx, words, limit)
}

// CreateAccount opens an account. Only an admin may. It answers with *Invalid
// or ErrLoginTaken.
func (o *Office) CreateAccount(ctx context.Context, by Account, n NewAccount) (Account, error) {
	if _, err := o.authorize(ctx, by, engine.RoleAdmin); err != nil {
		return Account{}, err
	}
	return o.openAccount(ctx, n)
}

// EnsureAccount returns the account with this login, and opens it first if
// there is none; an existing one keeps its password and name. It asks for no
// right, because it is the program that calls it: for its first admin and its
// demo. An existing account with another role is an error.
func (o *Office) EnsureAccount(ctx context.Context, n NewAccount) (Account, error) {
	login := foldLogin(n.Login)
	a, _, err := o.store.AccountByLogin(ctx, login)
	if errors.Is(err, ErrNotFound) {
		if a, err = o.openAccount(ctx, n); errors.Is(err, ErrLoginTaken) {
			a, _, err = o.store.AccountByLogin(ctx, login) // another instance was faster
		}
	}
	if err != nil {
		return Account{}, err
	}
	if a.Role != n.Role {
		return Account{}, fmt.Errorf("account %s exists as %s, not as %s", login, a.Role, n.Role)
	}
	return a, nil
}

// Revoke takes an account's right to sign in and ends its sign-ins; the caller
// then cuts its connections. Only an admin may, and not on the own account, so
// that there is always an admin left. Revoking again is harmless.
func (o *Office) Revoke(ctx context.Context, by Account, id string) (Account, error) {
	admin, err := o.authorize(ctx, by, engine.RoleAdmin)
	if err != nil {
		return Account{}, err
	}
	if !validID(id) {
		return Account{}, ErrNotFound
	}
	if admin.ID == id {
		return Account{}, ErrForbidden
	}
	return o.store.RevokeAccount(ctx, id, engine.InstantOf(o.now()))
}

// authorize looks the acting account up again, because the token it came with
// may be minutes older than its revocation, and asks for one of the roles.
func (o *Office) authorize(ctx context.Context, by Account, roles ...engine.Role) (Account, error) {
	if !validID(by.ID) {
		return Account{}, ErrForbidden
	}
	a, err := o.store.Account(ctx, by.ID)
	if errors.Is(err, ErrNotFound) {
		return Account{}, ErrForbidden
	}
	if err != nil {
		return Account{}, err
	}
	if a.Revoked || !slices.Contains(roles, a.Role) {
		return Account{}, ErrForbidden
	}
	return a, nil
}

func (o *Office) openAccount(ctx context.Context, n NewAccount) (Account, error) {
	a := Account{
		Login: foldLogin(n.Login), Name: n.Name, Role: n.Role, StaffRef: n.StaffRef,
		CreatedAt: engine.InstantOf(o.now()),
	}
	var f faults
	f.when(a.Login == noLogin, "login", "malformed")
	f.text("name", &a.Name, 120, true)
	f.text("staffRef", &a.StaffRef, 64, false)
	f.when(!slices.Contains(accountRoles, a.Role), "role", "unknown")
	f.when(a.Role == engine.RoleBidder && a.StaffRef != "", "staffRef", "not_for_bidders")
	f.add("password", passwordCode(n.Password))
	if err := f.err(); err != nil {
		return Account{}, err
	}
	hash, err := o.hasher.hash(ctx, n.Password)
	if errors.Is(err, errHashBusy) {
		return Account{}, ErrThrottled{RetryAfter: busyRetry}
	}
	if err != nil {
		return Account{}, err
	}
	// Version 4, all random: HolderOf hides an account's id behind its hash,
	// and an id that tells its moment would be easier to guess.
	id, err := uuid.NewRandomFromReader(o.rand)
	if err != nil {
		return Account{}, fmt.Errorf("random bytes: %w", err)
	}
	a.ID = id.String()
	if err := o.store.InsertAccount(ctx, a, hash, fold(a.Login+" "+a.Name)); err != nil {
		return Account{}, err
	}
	return a, nil
}
