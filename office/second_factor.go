package office

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"gobua/engine"
	"gobua/office/secondfactor"
)

// SecondFactor is an account's second proof, as it is kept.
type SecondFactor struct {
	AccountID   string
	Sealed      []byte // the secret; empty: there is none
	CreatedAt   engine.Instant
	ConfirmedAt engine.Instant // zero: the app has not shown a code yet
	LastStep    int64          // of the last code taken
	Recovery    []string       // hashes of the codes on paper; "" for a used one
}

// SecondFactorStore keeps second factors.
type SecondFactorStore interface {
	// SecondFactor returns that of an account, ErrNotFound if there is none.
	SecondFactor(ctx context.Context, accountID string) (SecondFactor, error)
	// ChangeSecondFactor locks an account, calls change on its second factor (an
	// empty one if there is none) and keeps what change made of it, or deletes it
	// if Sealed is empty then, with the trail. An error of change keeps nothing
	// and is returned. change may be called more than once.
	ChangeSecondFactor(ctx context.Context, accountID string, change func(*SecondFactor) (Trail, error)) error
}

// SecondFactorState is what an account may know of its own second factor.
type SecondFactorState struct {
	Set          bool `json:"set"`
	Required     bool `json:"required"`     // it cannot be removed
	RecoveryLeft int  `json:"recoveryLeft"` // codes on paper not used yet
}

// SecondFactorSetUp is what an app needs. It is secret and shown once.
type SecondFactorSetUp struct {
	URI   string `json:"uri"`   // for the QR code
	Typed string `json:"typed"` // for those who cannot scan
}

// SecondFactorNeeded answers a sign-in whose password was right: the second
// step is missing. It is found with errors.As. Challenge is good for some
// minutes and for this account alone.
type SecondFactorNeeded struct {
	Challenge string
	ExpiresAt time.Time
	SetUp     bool // there is none yet, and the centre wants one: it is set up now
}

func (SecondFactorNeeded) Error() string { return "office: a second factor is needed" }

// challengeLife is how long the second step may take, with setting up an app.
const challengeLife = 10 * time.Minute

// challenge is what a Challenge holds, sealed.
type challenge struct {
	Account   string         `json:"a"`
	Password  string         `json:"p"` // mark of the password's hash: a new one ends the challenge
	ExpiresAt engine.Instant `json:"e"`
	SetUp     bool           `json:"s"`
}

const challengeContext = "sign-in challenge"

// askSecondFactor tells whether an account whose password was right must bring
// a second factor, and then returns SecondFactorNeeded.
func (o *Office) askSecondFactor(ctx context.Context, a Account, passwordHash string) error {
	kept, err := o.store.SecondFactor(ctx, a.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	set := err == nil && kept.ConfirmedAt != 0
	if !set {
		required, err := o.secondFactorRequired(ctx, a)
		if err != nil || !required {
			return err
		}
	}
	expires := o.now().Add(challengeLife)
	plain, err := json.Marshal(challenge{a.ID, markOf(passwordHash), engine.InstantOf(expires), !set})
	if err != nil {
		return err
	}
	sealed := o.vault.Seal(challengeContext, plain)
	return SecondFactorNeeded{base64.RawURLEncoding.EncodeToString(sealed), expires, !set}
}

// secondFactorRequired tells whether a member of the staff must have one, by
// the setting of the centre or else of the installation.
func (o *Office) secondFactorRequired(ctx context.Context, a Account) (bool, error) {
	if a.Role == engine.RoleBidder || o.vault == nil {
		return false, nil
	}
	c, err := o.store.Centre(ctx, a.CentreID)
	if err != nil {
		return false, err
	}
	switch c.SecondFactor {
	case SecondFactorOn:
		return true, nil
	case SecondFactorOff:
		return false, nil
	}
	return o.requireSecondFactor, nil
}

// readChallenge returns the account that a challenge was given to.
func (o *Office) readChallenge(ctx context.Context, text string) (Account, challenge, error) {
	var c challenge
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || o.vault == nil {
		return Account{}, c, ErrSignedOut
	}
	plain, err := o.vault.Open(challengeContext, sealed)
	if err != nil || json.Unmarshal(plain, &c) != nil || engine.InstantOf(o.now()) >= c.ExpiresAt {
		return Account{}, c, ErrSignedOut
	}
	a, err := o.store.Account(ctx, c.Account)
	if err != nil {
		return Account{}, c, err
	}
	a, hash, err := o.store.AccountByLogin(ctx, a.Login)
	if err != nil {
		return Account{}, c, err
	}
	if a.Revoked || markOf(hash) != c.Password {
		return Account{}, c, ErrSignedOut
	}
	return a, c, nil
}

// BeginSetUpBy begins a set-up for somebody who signs in and must have a second
// factor. ErrSignedOut: the challenge is not good (any more).
func (o *Office) BeginSetUpBy(ctx context.Context, challenge string, from Device) (SecondFactorSetUp, error) {
	a, c, err := o.readChallenge(ctx, challenge)
	if err != nil {
		return SecondFactorSetUp{}, err
	}
	if !c.SetUp {
		return SecondFactorSetUp{}, ErrForbidden
	}
	a.Origin = from.Address
	return o.beginSetUp(ctx, a, false)
}

// SignInSecond is the second step of a sign-in: a code of the app or one on
// paper. Where it ends a set-up, it also returns the recovery codes, once.
// ErrBadCode, ErrThrottled as for passwords, ErrSignedOut: begin again.
func (o *Office) SignInSecond(ctx context.Context, challenge, code string, from Device) (a Account, r Refresh, recovery []string, err error) {
	a, c, err := o.readChallenge(ctx, challenge)
	if err != nil {
		return Account{}, Refresh{}, nil, err
	}
	a.Origin = from.Address
	if c.SetUp {
		recovery, err = o.confirmSetUp(ctx, a, code)
	} else {
		err = o.useCode(ctx, a, code)
	}
	if err != nil {
		return Account{}, Refresh{}, nil, err
	}
	r, err = o.beginSignIn(ctx, a, from)
	return a, r, recovery, err
}

// SecondFactor returns what the acting account may know of its own.
func (o *Office) SecondFactor(ctx context.Context, by Account) (SecondFactorState, error) {
	by, err := o.authorize(ctx, by, accountRoles...)
	if err != nil {
		return SecondFactorState{}, err
	}
	required, err := o.secondFactorRequired(ctx, by)
	if err != nil {
		return SecondFactorState{}, err
	}
	kept, err := o.store.SecondFactor(ctx, by.ID)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	left := slices.DeleteFunc(slices.Clone(kept.Recovery), func(hash string) bool { return hash == "" })
	return SecondFactorState{Set: kept.ConfirmedAt != 0, Required: required, RecoveryLeft: len(left)}, err
}

// BeginSecondFactor begins a set-up for the acting account, which gives its
// password again, and a code of the old one if there is one (another phone).
// Until it is confirmed the old one holds no more.
func (o *Office) BeginSecondFactor(ctx context.Context, by Account, password, code string) (SecondFactorSetUp, error) {
	by, err := o.provedTwice(ctx, by, password, code)
	if err != nil {
		return SecondFactorSetUp{}, err
	}
	return o.beginSetUp(ctx, by, true)
}

// ConfirmSecondFactor ends a set-up with the first code of the app and returns
// the recovery codes, which are shown once. ErrBadCode; ErrWrongState: there is
// nothing to confirm.
func (o *Office) ConfirmSecondFactor(ctx context.Context, by Account, code string) ([]string, error) {
	by, err := o.authorize(ctx, by, accountRoles...)
	if err != nil {
		return nil, err
	}
	return o.confirmSetUp(ctx, by, code)
}

// RemoveSecondFactor takes the second factor off the acting account, which
// gives its password and a code again. ErrForbidden where the centre wants one.
func (o *Office) RemoveSecondFactor(ctx context.Context, by Account, password, code string) error {
	by, err := o.authorize(ctx, by, accountRoles...)
	if err != nil {
		return err
	}
	required, err := o.secondFactorRequired(ctx, by)
	if err != nil {
		return err
	}
	if required {
		return ErrForbidden
	}
	if by, err = o.provedTwice(ctx, by, password, code); err != nil {
		return err
	}
	return o.dropSecondFactor(ctx, by, by, "")
}

// DropSecondFactor takes the second factor off an account of the acting admin's
// centre, or off a bidder's, that has lost phone and paper. It needs a reason,
// and ends nothing else: the person still needs the password.
func (o *Office) DropSecondFactor(ctx context.Context, by Account, id, reason string) error {
	admin, a, err := o.lookAfter(ctx, by, id, &reason)
	if err != nil {
		return err
	}
	return o.dropSecondFactor(ctx, admin, a, reason)
}

func (o *Office) dropSecondFactor(ctx context.Context, by, of Account, reason string) error {
	return o.store.ChangeSecondFactor(ctx, of.ID, func(s *SecondFactor) (Trail, error) {
		if s.ConfirmedAt == 0 {
			return Trail{}, ErrNotFound
		}
		*s = SecondFactor{AccountID: of.ID}
		return o.act(by, "second_factor.remove", "account", of.ID, nil, nil).because(reason).and(letterSecondFactor(of, false)), nil
	})
}

// CheckSecondFactor takes a code of an account that signs something: each code
// is taken once. ErrBadCode, ErrThrottled; ErrNoSecondFactor: the account has
// none. Nobody's right is asked.
func (o *Office) CheckSecondFactor(ctx context.Context, accountID, code string) error {
	if !validID(accountID) {
		return ErrNotFound
	}
	a, err := o.store.Account(ctx, accountID)
	if err != nil {
		return err
	}
	return o.useCode(ctx, a, code)
}

// provedTwice asks the acting account for its password and, if it has a second
// factor, for a code of it.
func (o *Office) provedTwice(ctx context.Context, by Account, password, code string) (Account, error) {
	by, err := o.checkOwnPassword(ctx, by, password)
	if err != nil {
		return Account{}, err
	}
	if err := o.useCode(ctx, by, code); err != nil && !errors.Is(err, ErrNoSecondFactor) {
		return Account{}, err
	}
	return by, nil
}

func (o *Office) beginSetUp(ctx context.Context, a Account, again bool) (SecondFactorSetUp, error) {
	if o.vault == nil {
		return SecondFactorSetUp{}, ErrForbidden
	}
	secret := secondfactor.NewSecret()
	issuer := "Gõ Búa"
	if a.CentreID != "" {
		c, err := o.store.Centre(ctx, a.CentreID)
		if err != nil {
			return SecondFactorSetUp{}, err
		}
		issuer = c.Name
	}
	uri, err := secondfactor.URI(issuer, a.Login, secret)
	if err != nil {
		return SecondFactorSetUp{}, err
	}
	err = o.store.ChangeSecondFactor(ctx, a.ID, func(s *SecondFactor) (Trail, error) {
		if s.ConfirmedAt != 0 && !again {
			return Trail{}, ErrWrongState // set up on another device meanwhile
		}
		*s = SecondFactor{AccountID: a.ID, Sealed: o.vault.Seal(secretContext(a.ID), secret), CreatedAt: engine.InstantOf(o.now())}
		return o.act(a, "second_factor.begin", "account", a.ID, nil, nil), nil
	})
	return SecondFactorSetUp{URI: uri, Typed: secret.Typed()}, err
}

func secretContext(accountID string) string { return "second factor/" + accountID }

// confirmSetUp takes the first code of a new secret.
func (o *Office) confirmSetUp(ctx context.Context, a Account, code string) ([]string, error) {
	kept, err := o.store.SecondFactor(ctx, a.ID)
	if errors.Is(err, ErrNotFound) || err == nil && kept.ConfirmedAt != 0 {
		err = ErrWrongState
	}
	if err != nil {
		return nil, err
	}
	try, err := o.codeThrottle.begin(ctx, a.ID, a.Origin)
	if err != nil {
		return nil, err
	}
	if _, err := o.stepOf(&kept, code); err != nil {
		return nil, err // before ten hashes are made for a wrong code
	}
	codes := secondfactor.NewRecoveryCodes()
	hashes, err := secondfactor.HashRecoveryCodes(ctx, codeHasher{o.hasher}, codes)
	if err != nil {
		o.codeThrottle.forgive(ctx, try)
		return nil, hashError(err, time.Time{})
	}
	err = o.store.ChangeSecondFactor(ctx, a.ID, func(s *SecondFactor) (Trail, error) {
		if len(s.Sealed) == 0 || s.ConfirmedAt != 0 {
			return Trail{}, ErrWrongState
		}
		step, err := o.stepOf(s, code)
		if err != nil {
			return Trail{}, err
		}
		s.LastStep, s.ConfirmedAt, s.Recovery = step, engine.InstantOf(o.now()), hashes
		return o.act(a, "second_factor.set", "account", a.ID, nil, nil).and(letterSecondFactor(a, true)), nil
	})
	if err != nil {
		if !errors.Is(err, ErrBadCode) {
			o.codeThrottle.forgive(ctx, try)
		}
		return nil, err
	}
	o.codeThrottle.succeed(ctx, try)
	return codes, nil
}

// useCode takes a code of the app, or one on paper, of an account that has a
// second factor. A code is taken once, whoever comes first.
func (o *Office) useCode(ctx context.Context, a Account, code string) error {
	kept, err := o.store.SecondFactor(ctx, a.ID)
	if errors.Is(err, ErrNotFound) || err == nil && kept.ConfirmedAt == 0 {
		return ErrNoSecondFactor
	}
	if err != nil {
		return err
	}
	try, err := o.codeThrottle.begin(ctx, a.ID, a.Origin)
	if err != nil {
		return err
	}
	paper, err := secondfactor.FindRecoveryCode(ctx, codeHasher{o.hasher}, code, kept.Recovery)
	onPaper := err == nil
	if err != nil && !errors.Is(err, secondfactor.ErrNoCode) {
		o.codeThrottle.forgive(ctx, try)
		return hashError(err, time.Time{})
	}
	err = o.store.ChangeSecondFactor(ctx, a.ID, func(s *SecondFactor) (Trail, error) {
		if onPaper {
			if paper >= len(s.Recovery) || s.Recovery[paper] != kept.Recovery[paper] {
				return Trail{}, ErrBadCode // used meanwhile
			}
			s.Recovery = slices.Clone(s.Recovery)
			s.Recovery[paper] = ""
			return o.act(a, "second_factor.recover", "account", a.ID, nil, nil), nil
		}
		step, err := o.stepOf(s, code)
		s.LastStep = step
		return Trail{}, err
	})
	switch {
	case err == nil:
		o.codeThrottle.succeed(ctx, try)
	case !errors.Is(err, ErrBadCode):
		o.codeThrottle.forgive(ctx, try)
	}
	return err
}

// stepOf checks a code of the app against a secret.
func (o *Office) stepOf(s *SecondFactor, code string) (int64, error) {
	if len(s.Sealed) == 0 {
		return 0, ErrBadCode
	}
	secret, err := o.vault.Open(secretContext(s.AccountID), s.Sealed)
	if err != nil {
		return 0, err
	}
	step, ok := secondfactor.Verify(secret, code, o.wall(), s.LastStep)
	if !ok {
		return 0, ErrBadCode
	}
	return step, nil
}

// codeHasher hashes the codes on paper as passwords are.
type codeHasher struct{ *hasher }

func (h codeHasher) Hash(ctx context.Context, text string) (string, error) { return h.hash(ctx, text) }

func (h codeHasher) Verify(ctx context.Context, text, hash string) (bool, error) {
	return h.verify(ctx, text, hash)
}
