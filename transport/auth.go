package transport

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gobua/engine"
)

// What an access token is good for, and for how long.
const (
	tokenIssuer   = "gobua"
	tokenAudience = "gobua"

	// AccessTokenLife is short because a token cannot be taken back on a machine
	// that the database does not reach: there a revoked account is refused after
	// this long, or OfficeGrace later.
	AccessTokenLife = 10 * time.Minute
	// OfficeGrace is how long an expired token stays good while the office
	// database cannot be reached: nobody can renew then, and nobody revoke,
	// and a sale under way must not lose its bidders.
	OfficeGrace = 2 * time.Hour

	tokenLeeway   = 5 * time.Second // clocks of two machines behind one address
	maxTokenBytes = 2048            // ours have about 350
)

// Why a token is refused.
var (
	ErrTokenExpired = errors.New("access token has expired")
	ErrTokenInvalid = errors.New("access token is not valid")
	// ErrSignInEnded is an ErrTokenInvalid: not the account was revoked, only the
	// sign-in that the token comes from has ended.
	ErrSignInEnded = fmt.Errorf("%w: its sign-in has ended", ErrTokenInvalid)
)

// Bearer is whom a token is issued to.
type Bearer struct {
	Account string
	Name    string
	Ref     string
	Role    engine.Role
	SignIn  string // the sign-in it belongs to, which can be ended by itself
}

// TokenOptions are the ways in which AccessTokens touch the world. The zero
// value is the wall clock and an office that is always open.
type TokenOptions struct {
	Now      func() time.Time
	OfficeUp func() bool      // must not block: it is asked for every expired token
	Revoked  *RevokedAccounts // nil: forgotten by a restart
	Announce func()           // other processes should look for changes; must not block; nil: nobody is told
	Log      *slog.Logger
}

// AccessTokens issues and checks access tokens (JWT, HS256). It implements
// Tokens; all methods may be called from any goroutine, and only Revoke and
// SignedOut block.
type AccessTokens struct {
	key      []byte
	now      func() time.Time
	officeUp func() bool

	revoked  *RevokedAccounts
	announce func()
	log      *slog.Logger
}

// claims is the body of a token: the registered claims and what a principal
// needs, so that nothing is read from the database to take a bid.
type claims struct {
	jwt.RegisteredClaims
	Role engine.Role `json:"role"`
	Name string      `json:"name,omitempty"`
	Ref  string      `json:"ref,omitempty"`
	In   string      `json:"in,omitempty"` // sign-in
}

// NewTokens returns AccessTokens over a key of LoadOrCreateKey.
func NewTokens(key Key, o TokenOptions) *AccessTokens {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.OfficeUp == nil {
		o.OfficeUp = func() bool { return true }
	}
	if o.Revoked == nil {
		o.Revoked = &RevokedAccounts{since: map[string]time.Time{}}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &AccessTokens{
		key: key[:], now: o.Now, officeUp: o.OfficeUp,
		revoked: o.Revoked, announce: o.Announce, log: o.Log,
	}
}

// Issue signs a token for a bearer whom the office has just recognised.
func (t *AccessTokens) Issue(b Bearer) (token string, expiresAt time.Time, err error) {
	now := t.now()
	expiresAt = now.Add(AccessTokenLife).Truncate(time.Second) // exp counts whole seconds
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    tokenIssuer,
			Audience:  jwt.ClaimStrings{tokenAudience},
			Subject:   b.Account,
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(expiresAt),
		},
		Role: b.Role, Name: b.Name, Ref: b.Ref, In: b.SignIn,
	}).SignedString(t.key)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("sign access token: %w", err)
	}
	return signed, expiresAt, nil
}

// Parse implements Tokens. While the office is unreachable it takes a token
// up to OfficeGrace after its end; Principal.ExpiresAt is the true end anyway.
func (t *AccessTokens) Parse(token string) (Principal, error) {
	now := t.now()
	p, err := t.parseAt(token, now)
	if errors.Is(err, ErrTokenExpired) && !t.officeUp() {
		p, err = t.parseAt(token, now.Add(-OfficeGrace))
	}
	if err != nil {
		return Principal{}, err
	}
	if err := t.dead(p); err != nil {
		return Principal{}, err
	}
	return p, nil
}

// Alive tells whether a principal parsed earlier may still act: nil,
// ErrTokenExpired, ErrSignInEnded or another ErrTokenInvalid. It is for connections that outlive the
// token they began with and ask before every command.
func (t *AccessTokens) Alive(p Principal) error {
	if err := t.dead(p); err != nil {
		return err
	}
	late := t.now().Sub(p.ExpiresAt)
	if late < tokenLeeway || late < OfficeGrace+tokenLeeway && !t.officeUp() {
		return nil
	}
	return ErrTokenExpired
}

// dead returns why a token that is good otherwise is not any more: its account
// was revoked, or its sign-in alone has ended.
func (t *AccessTokens) dead(p Principal) error {
	switch {
	case t.revoked.has(p.Account):
		return ErrTokenInvalid
	case p.SignIn != "" && t.revoked.has(p.SignIn):
		return ErrSignInEnded
	}
	return nil
}

// Revoke makes every token of an account, or of one sign-in, dead on this
// process at once, and after a restart where RevokedAccounts has a file. `at`
// is when it was revoked. It blocks for one sync of that file. The other
// processes learn it from the office, sooner if Announce reaches them.
func (t *AccessTokens) Revoke(id string, at time.Time) {
	t.keep([]string{id}, at)
	if t.announce != nil {
		t.announce()
	}
}

// SignedOut is Revoke for what the office has of other processes: sign-ins that
// ended and accounts that were revoked of late. Those known already cost a look.
func (t *AccessTokens) SignedOut(ids []string) { t.keep(ids, t.now()) }

func (t *AccessTokens) keep(ids []string, at time.Time) {
	if err := t.revoked.add(ids, at, t.now()); err != nil {
		t.log.Error("revocations will be forgotten by a restart", "of", ids, "err", err)
	}
}

// parseAt checks signature, method, issuer, audience and times as of a moment.
func (t *AccessTokens) parseAt(token string, now time.Time) (Principal, error) {
	if len(token) > maxTokenBytes {
		return Principal{}, ErrTokenInvalid
	}
	var c claims
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return t.key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithExpirationRequired(),
		jwt.WithAudience(tokenAudience),
		jwt.WithIssuer(tokenIssuer),
		jwt.WithLeeway(tokenLeeway),
		jwt.WithStrictDecoding(),
		jwt.WithTimeFunc(func() time.Time { return now }),
	)
	// What the library joins to "expired" is worse than expired: only a token
	// whose one fault is its age may be called so.
	if err != nil {
		if onlyExpired(err) {
			return Principal{}, ErrTokenExpired
		}
		return Principal{}, ErrTokenInvalid
	}
	if c.Subject == "" || !roleOfAccount(c.Role) {
		return Principal{}, ErrTokenInvalid
	}
	return Principal{Account: c.Subject, Name: c.Name, Ref: c.Ref, Role: c.Role, SignIn: c.In, ExpiresAt: c.ExpiresAt.Time}, nil
}

func onlyExpired(err error) bool {
	for _, worse := range []error{
		jwt.ErrTokenMalformed, jwt.ErrTokenUnverifiable, jwt.ErrTokenSignatureInvalid,
		jwt.ErrTokenRequiredClaimMissing, jwt.ErrTokenInvalidAudience, jwt.ErrTokenInvalidIssuer,
		jwt.ErrTokenNotValidYet, jwt.ErrTokenUsedBeforeIssued,
	} {
		if errors.Is(err, worse) {
			return false
		}
	}
	return errors.Is(err, jwt.ErrTokenExpired)
}

// roleOfAccount tells whether accounts can have a role. Spectators have no
// account, and the system has no token.
func roleOfAccount(r engine.Role) bool {
	switch r {
	case engine.RoleBidder, engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleObserver, engine.RoleAdmin:
		return true
	}
	return false
}
