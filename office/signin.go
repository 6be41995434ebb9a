package office

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office/workday"
)

// Refresh is a refresh token as it is handed out, once. It is a secret; the
// office keeps only its hash.
type Refresh struct {
	Token     string
	SignIn    string // the family it belongs to
	ExpiresAt time.Time
}

const (
	// refreshLife is how long a person stays signed in without coming back.
	refreshLife = 30 * 24 * time.Hour
	// staffSignInDays and bidderSignInDays are after how many days a sign-in ends,
	// however often somebody comes back, and signInEndsAt is when on that day: at
	// night, when nobody is signed out of a running auction.
	staffSignInDays  = 7
	bidderSignInDays = 90
	signInEndsAt     = 3 * time.Hour
	// refreshGrace is how long after its first use a token may be used again.
	// Two tabs of one browser refresh at the same moment, and an answer can be
	// lost on the way; neither must sign a bidder out in the middle of a sale.
	// Used again later, a token has been copied: its whole family ends.
	refreshGrace = 10 * time.Second
	// maxGraceUses bounds what a token can be turned into within the grace.
	maxGraceUses = 8
	// maxSignIns is how many devices of one account stay signed in; the oldest
	// goes first.
	maxSignIns = 20
	// usedKept is how long a used token is kept to notice its reuse. After it
	// a reuse is answered the same but ends nothing. A page that stays open
	// refreshes about 150 times a day.
	usedKept = 7 * 24 * time.Hour
)

// loginPattern is what a login looks like, the same as in the database.
var loginPattern = regexp.MustCompile(`^[a-z0-9._@-]{3,64}$`)

// noLogin stands for everything that cannot be a login.
const noLogin = "?"

// foldLogin brings a typed login into the form it is kept in.
func foldLogin(login string) string {
	login = strings.ToLower(strings.TrimSpace(login))
	if !loginPattern.MatchString(login) {
		return noLogin
	}
	return login
}

// SignIn checks a password and begins a family of refresh tokens. It answers
// ErrBadCredentials to an unknown login, a wrong password and a revoked
// account alike, in the same time; SecondFactorNeeded where the password is
// not enough; ErrPasswordGiven where it was given (SignInFirst); ErrThrottled after
// too many failures; ErrRush when too many others came before; ErrUnavailable
// without the database. It takes about 20 ms of a CPU.
func (o *Office) SignIn(ctx context.Context, login, password string, from Device) (Account, Refresh, error) {
	return o.SignInFirst(ctx, login, password, "", from)
}

// SignInFirst is SignIn for an account whose password somebody else has given: it
// replaces it by its own, which nobody else knows. Where it has one already that
// stays. *Invalid if own may not be a password.
func (o *Office) SignInFirst(ctx context.Context, login, password, own string, from Device) (Account, Refresh, error) {
	login = foldLogin(login)
	a, hash, try, err := o.tryPassword(ctx, login, password, from)
	if errors.Is(err, ErrBadCredentials) {
		return Account{}, Refresh{}, err
	}
	if err != nil {
		return Account{}, Refresh{}, err
	}
	o.throttle.succeed(ctx, try)
	if a.PasswordGiven {
		if hash, err = o.replaceGiven(ctx, a, password, own, from); err != nil {
			return Account{}, Refresh{}, err
		}
		a.PasswordGiven = false
	}
	if err := o.askSecondFactor(ctx, a, hash); err != nil {
		return Account{}, Refresh{}, err
	}
	r, err := o.beginSignIn(ctx, a, from)
	if err != nil {
		return Account{}, Refresh{}, err
	}
	return a, r, nil
}

// replaceGiven sets an account's own password for a given one, and returns its hash.
func (o *Office) replaceGiven(ctx context.Context, a Account, given, own string, from Device) (hash string, err error) {
	if own == "" {
		return "", ErrPasswordGiven
	}
	var f faults
	f.add("newPassword", o.ownPasswordCode(own, a))
	f.when(own == given, "newPassword", "same_as_old")
	if err := f.err(); err != nil {
		return "", err
	}
	if hash, err = o.hashPasswordSince(ctx, o.cameAt(from), own); err != nil {
		return "", err
	}
	a.Origin = from.Address
	trail := o.act(a, "password.change", "account", a.ID, nil, nil).and(letterPasswordChanged(a))
	_, err = o.store.SetPassword(ctx, a.ID, hash, "", trail) // nobody was signed in with the one that was given
	return hash, err
}

// beginSignIn begins a family of refresh tokens for somebody who has proved
// who they are.
func (o *Office) beginSignIn(ctx context.Context, a Account, from Device) (Refresh, error) {
	token, kept, err := o.newRefresh()
	if err != nil {
		return Refresh{}, err
	}
	kept.AccountID, kept.BeganAt, kept.Device = a.ID, kept.IssuedAt, from.tidy()
	if kept.SignIn, err = o.newID(); err != nil {
		return Refresh{}, err
	}
	kept.ExpiresAt = min(kept.ExpiresAt, signInEnd(a.Role, kept.BeganAt))
	token.SignIn, token.ExpiresAt = kept.SignIn, kept.ExpiresAt.Time()
	err = o.store.InsertSignIn(ctx, kept, maxSignIns, o.signInTrail(a, kept.Device))
	if errors.Is(err, ErrNotFound) {
		err = ErrBadCredentials // revoked since the password was read
	}
	if err != nil {
		return Refresh{}, err
	}
	o.log.Info("signed in", "account", a.ID, "from", from.Address)
	return token, nil
}

// signInTrail logs the sign-ins of staff. The lines of that log are kept one after
// the other, which thousands of bidders within a minute cannot wait for: their
// sign-ins are lines of the program's log alone.
func (o *Office) signInTrail(a Account, from Device) Trail {
	if a.Role == engine.RoleBidder {
		return Trail{}
	}
	a.Origin = from.Address
	return o.act(a, "sign_in.begin", "account", a.ID, nil, map[string]string{"device": from.Agent})
}

// tryPassword returns an account and its password's hash to whoever has the
// password. The try counts as failed until the caller forgives it; what is
// nobody's failure is forgiven here. Whoever finds too many waiting is sent away
// before the database hears of it: in a rush those are most.
func (o *Office) tryPassword(ctx context.Context, login, password string, from Device) (Account, string, attempt, error) {
	since := o.cameAt(from)
	ticket, err := o.hasher.queue(since)
	if err != nil {
		return Account{}, "", attempt{}, hashError(err, since)
	}
	defer ticket.leave()
	try, err := o.throttle.begin(ctx, login, from.Address)
	if err != nil {
		return Account{}, "", attempt{}, err
	}
	a, hash, err := o.readByPassword(ctx, ticket, login, password)
	if errors.Is(err, ErrBadCredentials) {
		// Never what was typed: a password is typed into that field, too.
		o.log.Info("a password did not let in", "account", a.ID, "from", from.Address)
	}
	if err != nil && !errors.Is(err, ErrBadCredentials) {
		o.throttle.forgive(ctx, try)
	}
	return a, hash, try, hashError(err, since)
}

// cameAt is when somebody asked to sign in first.
func (o *Office) cameAt(from Device) time.Time {
	if from.Since.IsZero() {
		return o.hasher.now()
	}
	return from.Since
}

func (o *Office) readByPassword(ctx context.Context, ticket *ticket, login, password string) (Account, string, error) {
	a, hash, err := o.store.AccountByLogin(ctx, login)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Account{}, "", err
	}
	ok, err := ticket.verify(ctx, password, hash)
	switch {
	case err != nil:
		return Account{}, "", fmt.Errorf("password of %s: %w", login, err)
	case !ok || a.Revoked:
		return Account{ID: a.ID}, "", ErrBadCredentials
	}
	return a, hash, nil
}

// markOf recognises a password's hash without telling it.
func markOf(passwordHash string) string {
	sum := sha256.Sum256([]byte(passwordHash))
	return base64.RawURLEncoding.EncodeToString(sum[:8])
}

// Refresh turns a refresh token into the next one. ErrSignedOut: sign in
// again; if the token had been used before, its whole family is ended.
func (o *Office) Refresh(ctx context.Context, token string) (Account, Refresh, error) {
	hash, ok := hashToken(token)
	if !ok {
		return Account{}, Refresh{}, ErrSignedOut
	}
	next, kept, err := o.newRefresh()
	if err != nil {
		return Account{}, Refresh{}, err
	}
	var account Account
	var verdict error
	err = o.store.RotateRefresh(ctx, hash, func(t RefreshToken, a Account) Rotation {
		var r Rotation
		account = a
		r, verdict = rotate(t, a, kept)
		if verdict == nil {
			next.SignIn, next.ExpiresAt = r.Next.SignIn, r.Next.ExpiresAt.Time()
		}
		return r
	})
	switch {
	case errors.Is(err, ErrNotFound):
		return Account{}, Refresh{}, ErrSignedOut
	case err != nil:
		return Account{}, Refresh{}, err
	case errors.Is(verdict, errReused):
		o.log.Warn("a refresh token was used twice, its sign-in is ended", "account", account.ID, "login", account.Login)
		return Account{}, Refresh{}, ErrSignedOut
	case verdict != nil:
		return Account{}, Refresh{}, verdict
	}
	return account, next, nil
}

var errReused = fmt.Errorf("%w: token reused", ErrSignedOut)

// rotate decides what becomes of t when it is shown at next.IssuedAt.
func rotate(t RefreshToken, a Account, next RefreshToken) (Rotation, error) {
	now := next.IssuedAt
	switch {
	case a.Revoked || now >= t.ExpiresAt || now >= signInEnd(a.Role, t.BeganAt):
		return Rotation{End: true}, ErrSignedOut
	case t.Uses >= maxGraceUses,
		t.Uses > 0 && now.Time().Sub(t.UsedAt.Time()) > refreshGrace:
		return Rotation{End: true}, errReused
	}
	if t.Uses == 0 {
		t.UsedAt = now
	}
	t.Uses++
	next.SignIn, next.AccountID, next.BeganAt = t.SignIn, t.AccountID, t.BeganAt
	next.ExpiresAt = min(next.ExpiresAt, signInEnd(a.Role, t.BeganAt))
	return Rotation{Used: t, Next: &next}, nil
}

// signInEnd is when the password is asked for again, whatever happened since a
// sign-in began.
func signInEnd(role engine.Role, began engine.Instant) engine.Instant {
	days := staffSignInDays
	if role == engine.RoleBidder {
		days = bidderSignInDays
	}
	return workday.DayOf(began).AddDays(days).Start().Add(engine.Millis(signInEndsAt.Milliseconds()))
}

// SignOut ends the family of a refresh token and returns its id: the access
// tokens that came of it must die too. An unknown token is signed out already.
func (o *Office) SignOut(ctx context.Context, token string) (signIn string, err error) {
	hash, ok := hashToken(token)
	if !ok {
		return "", nil
	}
	return o.store.EndSignIn(ctx, hash)
}

// newRefresh draws a token of 32 random bytes, for as long as nothing shortens
// its life.
func (o *Office) newRefresh() (Refresh, RefreshToken, error) {
	var secret [32]byte
	if _, err := io.ReadFull(o.rand, secret[:]); err != nil {
		return Refresh{}, RefreshToken{}, fmt.Errorf("random bytes: %w", err)
	}
	now := o.now()
	expires := now.Add(refreshLife)
	return Refresh{Token: base64.RawURLEncoding.EncodeToString(secret[:]), ExpiresAt: expires},
		RefreshToken{Hash: sha256.Sum256(secret[:]), IssuedAt: engine.InstantOf(now), ExpiresAt: engine.InstantOf(expires)}, nil
}

// hashToken finds the hash under which a token is kept.
func hashToken(token string) (engine.Hash, bool) {
	secret, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(secret) != 32 {
		return engine.Hash{}, false
	}
	return sha256.Sum256(secret), true
}

// newID draws a UUID of version 7: later ids sort after earlier ones.
func (o *Office) newID() (string, error) {
	id, err := uuid.NewV7FromReader(o.rand)
	if err != nil {
		return "", fmt.Errorf("random bytes: %w", err)
	}
	return id.String(), nil
}

// validID tells whether an id could be one of ours; others are simply unknown.
func validID(id string) bool {
	parsed, err := uuid.Parse(id)
	return err == nil && parsed.String() == id
}
