package office

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

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
	CentreID  string         `json:"centreId,omitempty"` // of staff; bidders belong to none
	Email     string         `json:"email,omitempty"`
	Observer  ObserverKind   `json:"observer,omitempty"`  // on whose behalf an observer watches
	ConsentAt engine.Instant `json:"consentAt,omitempty"` // of a bidder who opened the account
	// PasswordGiven says that somebody else has typed the password: it lets in only
	// to set one of one's own.
	PasswordGiven bool `json:"-"`
	// Origin is the network address the account speaks from in this call, for
	// the audit log. It is not kept with the account.
	Origin string `json:"-"`
}

// ObserverKind says on whose behalf an observer watches.
type ObserverKind string

// The kinds of observer: enforcement officer (chấp hành viên), prosecutor
// (kiểm sát viên), the owner's delegate, inspector of the Department of Justice.
const (
	ObserverEnforcement ObserverKind = "enforcement"
	ObserverProsecutor  ObserverKind = "prosecutor"
	ObserverOwner       ObserverKind = "owner"
	ObserverInspector   ObserverKind = "inspector"
)

var observerKinds = []ObserverKind{"", ObserverEnforcement, ObserverProsecutor, ObserverOwner, ObserverInspector}

// NewAccount is what is needed to open an account. The login is three to 64
// letters without marks, digits and . _ - @, kept in lower case; the password
// has eight to 128 characters.
type NewAccount struct {
	Login    string       `json:"login"`
	Name     string       `json:"name"`
	Password string       `json:"password"`
	Role     engine.Role  `json:"role"`
	StaffRef string       `json:"staffRef,omitempty"`
	CentreID string       `json:"centreId,omitempty"` // of staff; empty: the centre of whoever opens it
	Email    string       `json:"email,omitempty"`
	Observer ObserverKind `json:"observer,omitempty"`
	// Given says that not its owner has chosen the password, who then must set
	// another one.
	Given bool `json:"-"`
	// Demo says that the password may be one that everybody knows.
	Demo bool `json:"-"`
}

// The roles an account can have. Spectators need none, and System is nobody.
var accountRoles = []engine.Role{
	engine.RoleBidder, engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleObserver, engine.RoleAdmin,
}

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
// all. Only those who prepare auctions may ask; they find bidders and the staff
// of their own centre.
func (o *Office) FindAccounts(ctx context.Context, by Account, query string, limit int) ([]Account, error) {
	by, err := o.authorize(ctx, by, preparers...)
	if err != nil {
		return nil, err
	}
	if limit <= 0 || limit > maxFound {
		limit = maxFound
	}
	return o.store.FindAccounts(ctx, by.CentreID, queryWords(query), limit)
}

// CreateAccount opens an account of the admin's own centre. An admin of the host
// centre may also open one for another centre's admin, so that none is ever
// locked out. It answers with *Invalid or ErrLoginTaken.
func (o *Office) CreateAccount(ctx context.Context, by Account, n NewAccount) (Account, error) {
	admin, err := o.authorize(ctx, by, engine.RoleAdmin)
	if err != nil {
		return Account{}, err
	}
	n.Given = true
	if n.CentreID == "" {
		n.CentreID = admin.CentreID
	}
	if n.CentreID != admin.CentreID && n.Role != engine.RoleBidder {
		if admin.CentreID != HostCentre || n.Role != engine.RoleAdmin {
			return Account{}, ErrForbidden
		}
		if !validID(n.CentreID) {
			return Account{}, &Invalid{[]Field{{"centreId", "unknown"}}}
		}
		if _, err := o.store.Centre(ctx, n.CentreID); errors.Is(err, ErrNotFound) {
			return Account{}, &Invalid{[]Field{{"centreId", "unknown"}}}
		} else if err != nil {
			return Account{}, err
		}
	}
	return o.openAccount(ctx, admin, n)
}

// EnsureAccount returns the account with this login, and opens it first if
// there is none; an existing one keeps its password and name. It asks for no
// right, because it is the program that calls it: for its first admin and its
// demo. An existing account with another role is an error.
func (o *Office) EnsureAccount(ctx context.Context, n NewAccount) (Account, error) {
	login := foldLogin(n.Login)
	a, _, err := o.store.AccountByLogin(ctx, login)
	if errors.Is(err, ErrNotFound) {
		if a, err = o.openAccount(ctx, Account{Role: engine.RoleSystem}, n); errors.Is(err, ErrLoginTaken) {
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
	if admin.ID == id {
		return Account{}, ErrForbidden
	}
	a, err := o.staffOrBidder(ctx, admin, id)
	if err != nil {
		return Account{}, err
	}
	return o.store.RevokeAccount(ctx, id, o.act(admin, "account.revoke", "account", id, nil, map[string]string{"login": a.Login}))
}

// staffOrBidder returns an account that an admin looks after: a bidder, or staff
// of the same centre. Staff of another centre are nobody here.
func (o *Office) staffOrBidder(ctx context.Context, admin Account, id string) (Account, error) {
	if !validID(id) {
		return Account{}, ErrNotFound
	}
	a, err := o.store.Account(ctx, id)
	if err == nil && a.CentreID != "" && a.CentreID != admin.CentreID {
		err = ErrNotFound
	}
	if err != nil {
		return Account{}, err
	}
	return a, nil
}

// lookAfter returns the acting admin, and another account that this admin looks
// after and is about to do something to, for a reason that is tidied. Nobody does
// so to their own: a colleague must look at who asks.
func (o *Office) lookAfter(ctx context.Context, by Account, id string, reason *string) (admin, of Account, err error) {
	if admin, err = o.authorize(ctx, by, engine.RoleAdmin); err != nil {
		return Account{}, Account{}, err
	}
	var f faults
	f.lines("reason", reason, maxReasonRunes)
	f.when(*reason == "", "reason", "missing")
	if err := f.err(); err != nil {
		return Account{}, Account{}, err
	}
	if of, err = o.staffOrBidder(ctx, admin, id); err != nil {
		return Account{}, Account{}, err
	}
	if of.ID == admin.ID {
		return Account{}, Account{}, ErrForbidden
	}
	return admin, of, nil
}

// AccountEdit is what an admin may change of an account. Login and role stay.
type AccountEdit struct {
	Name     string       `json:"name"`
	Email    string       `json:"email,omitempty"`
	StaffRef string       `json:"staffRef,omitempty"`
	Observer ObserverKind `json:"observer,omitempty"`
}

// EditAccount changes an account of the admin's own centre. Bidders keep their
// own. *Invalid, ErrNotFound.
func (o *Office) EditAccount(ctx context.Context, by Account, id string, e AccountEdit) (Account, error) {
	admin, err := o.authorize(ctx, by, engine.RoleAdmin)
	if err != nil {
		return Account{}, err
	}
	a, err := o.staffOrBidder(ctx, admin, id)
	if err != nil {
		return Account{}, err
	}
	if a.Role == engine.RoleBidder {
		return Account{}, ErrForbidden
	}
	before := AccountEdit{a.Name, a.Email, a.StaffRef, a.Observer}
	a.Name, a.Email, a.StaffRef, a.Observer = e.Name, e.Email, e.StaffRef, e.Observer
	var f faults
	checkPerson(&f, &a)
	if err := f.err(); err != nil {
		return Account{}, err
	}
	after := AccountEdit{a.Name, a.Email, a.StaffRef, a.Observer}
	trail := o.act(admin, "account.edit", "account", id, before, after)
	if after.Email != before.Email {
		trail = trail.and(lettersAddress(a, before.Email)...)
	}
	return a, o.store.UpdateAccount(ctx, a, fold(a.Login+" "+a.Name), trail)
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
	a.Origin = by.Origin
	return a, nil
}

// authorizeAt is authorize for what belongs to a centre: staff of another
// centre get ErrNotFound, as if it did not exist. Bidders belong to none and
// are let through where their role is.
func (o *Office) authorizeAt(ctx context.Context, by Account, centreID string, roles ...engine.Role) (Account, error) {
	a, err := o.authorize(ctx, by, roles...)
	if err == nil && a.CentreID != "" && a.CentreID != centreID {
		return Account{}, ErrNotFound
	}
	return a, err
}

func (o *Office) openAccount(ctx context.Context, by Account, n NewAccount) (Account, error) {
	var f faults
	a := o.checkAccount(&f, &n)
	if err := f.err(); err != nil {
		return Account{}, err
	}
	// Keeping it would find that out too, after hashing the password.
	if _, _, err := o.store.AccountByLogin(ctx, a.Login); err == nil {
		return Account{}, ErrLoginTaken
	} else if !errors.Is(err, ErrNotFound) {
		return Account{}, err
	}
	return o.keepAccount(ctx, by, a, n.Password, "account.open")
}

// checkAccount makes an account of what was typed and notes what is wrong.
func (o *Office) checkAccount(f *faults, n *NewAccount) Account {
	a := Account{
		Login: foldLogin(n.Login), Name: n.Name, Role: n.Role, StaffRef: n.StaffRef, Email: n.Email, Observer: n.Observer,
		CentreID: cmp.Or(n.CentreID, HostCentre), CreatedAt: engine.InstantOf(o.now()),
		PasswordGiven: n.Given,
	}
	if a.Role == engine.RoleBidder {
		a.CentreID = ""
	}
	f.when(a.Login == noLogin, "login", "malformed")
	f.when(!slices.Contains(accountRoles, a.Role), "role", "unknown")
	f.when(a.CentreID != "" && !validID(a.CentreID), "centreId", "unknown")
	checkPerson(f, &a)
	if n.Demo {
		f.add("password", passwordCode(n.Password))
	} else {
		f.add("password", o.ownPasswordCode(n.Password, a))
	}
	return a
}

// authorizeOn is authorizeAt for an auction: to an observer who is not assigned
// to it, it does not exist.
func (o *Office) authorizeOn(ctx context.Context, by Account, a *Auction, roles ...engine.Role) (Account, error) {
	who, err := o.authorizeAt(ctx, by, a.CentreID, roles...)
	if err == nil && !watches(who, a.Sheet.People.Observers) {
		return Account{}, ErrNotFound
	}
	return who, err
}

// authorizeOnID is authorizeOn for what knows its auction by the id alone.
func (o *Office) authorizeOnID(ctx context.Context, by Account, centreID, auctionID string, roles ...engine.Role) (Account, error) {
	who, err := o.authorizeAt(ctx, by, centreID, roles...)
	if err != nil || who.Role != engine.RoleObserver {
		return who, err
	}
	a, err := o.store.Auction(ctx, auctionID)
	if err != nil {
		return Account{}, err
	}
	return o.authorizeOn(ctx, by, &a, roles...)
}

// checkPerson tidies what may be changed of an account. Who runs auctions must
// have a licence (Điều 14), and its number is public; an observer watches on
// somebody's behalf.
func checkPerson(f *faults, a *Account) {
	f.text("name", &a.Name, 120, true)
	f.text("staffRef", &a.StaffRef, 64, a.Role == engine.RoleAuctioneer)
	f.when(a.Role == engine.RoleBidder && a.StaffRef != "", "staffRef", "not_for_bidders")
	switch {
	case a.Role == engine.RoleObserver && a.Observer == "":
		f.add("observer", "missing")
	case !slices.Contains(observerKinds, a.Observer) || a.Observer != "" && a.Role != engine.RoleObserver:
		f.add("observer", "unknown")
	}
	f.email("email", &a.Email)
}

// keepAccount gives a checked account its id and password and keeps it.
func (o *Office) keepAccount(ctx context.Context, by, a Account, password, act string) (Account, error) {
	hash, err := o.hashPassword(ctx, password)
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
	trail := o.act(by, act, "account", a.ID, nil, map[string]any{"login": a.Login, "role": a.Role, "centre": a.CentreID})
	if trail.Acts[0].CentreID == "" {
		trail.Acts[0].CentreID = a.CentreID
	}
	if err := o.store.InsertAccount(ctx, a, hash, fold(a.Login+" "+a.Name), trail); err != nil {
		return Account{}, err
	}
	if a.CentreID != "" {
		o.desksChanged(ctx)
	}
	return a, nil
}
