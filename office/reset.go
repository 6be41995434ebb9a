package office

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gobua/engine"
)

// PasswordReset is a link to set a new password, as it is kept.
type PasswordReset struct {
	Hash      engine.Hash // SHA-256 of the token in the link
	AccountID string
	MadeAt    engine.Instant
	ExpiresAt engine.Instant
}

// PasswordStore keeps passwords and the links that set new ones.
type PasswordStore interface {
	// AccountsByEmail returns up to limit accounts that are not revoked and have
	// this login or address.
	AccountsByEmail(ctx context.Context, loginOrEmail string, limit int) ([]Account, error)
	// SetPassword keeps a new password and ends the account's sign-ins but for
	// `keep`. It returns those ended.
	SetPassword(ctx context.Context, accountID, passwordHash, keep string, t Trail) (ended []string, err error)
	// InsertReset keeps a link with its letter, unless the account was given
	// `most` since a moment: then it keeps nothing.
	InsertReset(ctx context.Context, r PasswordReset, most int, since engine.Instant, t Trail) error
	// UseReset marks a link as used, sets the password, and ends all other links
	// and all sign-ins of the account. ErrNotFound: there is no such link, it was
	// used, the account is revoked, or `at` is not before its end.
	UseReset(ctx context.Context, hash engine.Hash, at engine.Instant, passwordHash string, trail func(Account) Trail) (a Account, ended []string, err error)
}

const (
	// resetLife is how long a link in a letter works.
	resetLife = 30 * time.Minute
	// maxResets is how many letters an account is written within an hour,
	// whoever asks for them, so that nobody floods a stranger's mailbox.
	maxResets    = 3
	resetsWithin = time.Hour
	// maxResetAccounts is how many accounts one address may be asked for.
	maxResetAccounts = 5
)

// resetPace is how often one place may ask for a letter, and linkPace how many
// links that set no password are borne from it: nobody guesses one, but each try
// costs a hash, for which those who sign in wait.
var (
	resetPace = pace{burst: 10, every: time.Minute}
	linkPace  = pace{burst: 10, every: 30 * time.Second}
)

// resetPath is the page that a letter leads to. The token stands behind #, so
// that it reaches no server's log.
const resetPath = "/dat-lai-mat-khau#"

// ForgotPassword writes a letter with a link to every account with this login
// or address, if there is one. Who asks learns nothing: the answer is the same
// in every case. ErrThrottled when one place asks too often.
func (o *Office) ForgotPassword(ctx context.Context, loginOrEmail, remoteAddr string) error {
	if _, err := o.resetThrottle.begin(ctx, "", remoteAddr); err != nil {
		return err
	}
	wanted := strings.ToLower(tidyText(loginOrEmail))
	if wanted == "" || len(wanted) > 254 || textCode(wanted, 254, false) != "" {
		return nil
	}
	found, err := o.store.AccountsByEmail(ctx, wanted, maxResetAccounts)
	if err != nil {
		return err
	}
	for _, a := range found {
		if err := o.sendReset(ctx, a, remoteAddr); err != nil {
			return err
		}
	}
	return nil
}

func (o *Office) sendReset(ctx context.Context, a Account, remoteAddr string) error {
	if a.Email == "" {
		return nil // there is nowhere to write to
	}
	var secret [32]byte
	if _, err := io.ReadFull(o.rand, secret[:]); err != nil {
		return fmt.Errorf("random bytes: %w", err)
	}
	now := o.now()
	r := PasswordReset{Hash: sha256.Sum256(secret[:]), AccountID: a.ID, MadeAt: engine.InstantOf(now), ExpiresAt: engine.InstantOf(now.Add(resetLife))}
	trail := o.act(Account{Role: engine.RoleSystem, CentreID: a.CentreID, Origin: remoteAddr}, "password.forgot", "account", a.ID, nil, nil).
		and(letterReset(a, o.site+resetPath+base64.RawURLEncoding.EncodeToString(secret[:])))
	return o.store.InsertReset(ctx, r, maxResets, engine.InstantOf(now.Add(-resetsWithin)), trail)
}

// ResetPassword sets a new password with the token of a letter and ends all
// sign-ins, which it returns for the caller to cut. The second factor stays.
// ErrNotFound: the link is unknown, used or too old. ErrThrottled: too many such
// from one place.
func (o *Office) ResetPassword(ctx context.Context, token, password, remoteAddr string) (a Account, ended []string, err error) {
	var f faults
	f.add("password", o.ownPasswordCode(password, Account{})) // whose it is, the link tells later
	if err := f.err(); err != nil {
		return Account{}, nil, err
	}
	hash, ok := hashToken(token)
	if !ok {
		return Account{}, nil, ErrNotFound
	}
	try, err := o.linkThrottle.begin(ctx, "", remoteAddr)
	if err != nil {
		return Account{}, nil, err
	}
	defer func() {
		if !errors.Is(err, ErrNotFound) {
			o.linkThrottle.forgive(ctx, try)
		}
	}()
	passwordHash, err := o.hashPassword(ctx, password)
	if err != nil {
		return Account{}, nil, err
	}
	return o.store.UseReset(ctx, hash, engine.InstantOf(o.now()), passwordHash, func(a Account) Trail {
		a.Origin = remoteAddr
		return o.act(a, "password.reset", "account", a.ID, nil, nil).and(letterPasswordChanged(a))
	})
}

// ChangePassword sets another password for the acting account and ends its
// sign-ins but for `keep`; it returns those ended. ErrBadCredentials: the old
// one does not fit; wrong ones are throttled as at the sign-in.
func (o *Office) ChangePassword(ctx context.Context, by Account, old, password, keep string) (ended []string, err error) {
	if by, err = o.checkOwnPassword(ctx, by, old); err != nil {
		return nil, err
	}
	var f faults
	f.add("password", o.ownPasswordCode(password, by))
	f.when(password == old, "password", "same_as_old")
	if err := f.err(); err != nil {
		return nil, err
	}
	hash, err := o.hashPassword(ctx, password)
	if err != nil {
		return nil, err
	}
	trail := o.act(by, "password.change", "account", by.ID, nil, nil).and(letterPasswordChanged(by))
	return o.store.SetPassword(ctx, by.ID, hash, keep, trail)
}

// checkOwnPassword asks the acting account for its password once more, before
// what a stolen session must not be able to do.
func (o *Office) checkOwnPassword(ctx context.Context, by Account, password string) (Account, error) {
	a, err := o.authorize(ctx, by, accountRoles...)
	if err != nil {
		return Account{}, err
	}
	_, _, try, err := o.tryPassword(ctx, a.Login, password, Device{Address: by.Origin})
	if err == nil {
		o.throttle.forgive(ctx, try)
	}
	return a, err
}

func (o *Office) hashPassword(ctx context.Context, password string) (string, error) {
	return o.hashPasswordSince(ctx, o.hasher.now(), password)
}

// hashPasswordSince is hashPassword for who has come then.
func (o *Office) hashPasswordSince(ctx context.Context, since time.Time, password string) (string, error) {
	hash, err := o.hasher.hashSince(ctx, since, password)
	return hash, hashError(err, since)
}
