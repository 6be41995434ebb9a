package office

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gobua/engine"
)

// Answers of the office that are no failures. They are compared with
// errors.Is; what a caller may show of them is their name only.
var (
	// ErrUnavailable wraps whatever kept the database from answering. Trying
	// again later is right; nobody knows whether a write has happened, which
	// is why every write of the office may be repeated.
	ErrUnavailable = errors.New("office: the database cannot be reached")
	// ErrNotFound: there is no such account, auction, session or result.
	ErrNotFound = errors.New("office: not found")
	// ErrForbidden: the account may not do this.
	ErrForbidden = errors.New("office: forbidden")
	// ErrPasswordGiven: the password fits, and was typed by somebody else: the
	// account must set one of its own with it.
	ErrPasswordGiven = errors.New("office: the password was given by somebody else")
	// ErrBadCredentials: login and password do not fit, whatever the cause.
	ErrBadCredentials = errors.New("office: bad credentials")
	// ErrSignedOut: the refresh token is unknown, expired, revoked or reused.
	ErrSignedOut = errors.New("office: signed out")
	// ErrLoginTaken: another account has this login.
	ErrLoginTaken = errors.New("office: login taken")
	// ErrEditedMeanwhile: the version named is not the current one.
	ErrEditedMeanwhile = errors.New("office: edited meanwhile")
	// ErrPublished: the auction is published, its rules are frozen.
	ErrPublished = errors.New("office: already published")
	// ErrRegistered: the account has registered for this lot already.
	ErrRegistered = errors.New("office: already registered")
	// ErrWrongState: the thing is not in a state in which this can be done.
	ErrWrongState = errors.New("office: not in this state")
	// ErrTooLate: the deadline has passed on the server's clock.
	ErrTooLate = errors.New("office: too late")
	// ErrTooEarly: the time for it has not come on the server's clock.
	ErrTooEarly = errors.New("office: too early")
	// ErrOtherKeys: the database was sealed with other keys than those in the
	// keys folder. It is a failure that a person must look at.
	ErrOtherKeys = errors.New("office: the database was sealed with other keys than those in the keys folder; restore the folder that belongs to it")
	// ErrTooMany: there are as many already as there may be.
	ErrTooMany = errors.New("office: too many")
	// ErrCodeTaken: another participant of the auction has this code. The office
	// draws another one; nobody else sees this error.
	ErrCodeTaken = errors.New("office: code taken")
	// ErrBadCode: the code of the second factor is wrong, too old, or was used.
	ErrBadCode = errors.New("office: bad code")
	// ErrNoSecondFactor: the account has none.
	ErrNoSecondFactor = errors.New("office: no second factor")
	// ErrLegalPersonTaken: another account is this legal person.
	ErrLegalPersonTaken = errors.New("office: the legal person has an account")
	// ErrKeyReused: the idempotency key was used for another request.
	ErrKeyReused = errors.New("office: idempotency key reused")
)

// ErrThrottled answers a sign-in that comes too soon after failed ones. It is
// found with errors.As.
type ErrThrottled struct{ RetryAfter time.Duration }

func (e ErrThrottled) Error() string {
	return fmt.Sprintf("office: too many attempts, again in %s", e.RetryAfter.Round(time.Second))
}

// ErrRush answers whoever needs a password hashed while too many others do who
// came before them. Nothing was decided, and nothing is counted. It is found with
// errors.As.
type ErrRush struct {
	RetryAfter time.Duration
	// Since is when they came first. Whoever brings it again goes before those who
	// came later; zero where nobody asks for it.
	Since time.Time
}

func (e ErrRush) Error() string {
	return fmt.Sprintf("office: too many passwords at once, again in %s", e.RetryAfter.Round(time.Second))
}

// Field names an input, as a path like "lots.0.rules.step.amount", and what is
// wrong with it, as a key that the page turns into a sentence.
type Field struct {
	Field string `json:"field"`
	Code  string `json:"code"`
}

// Invalid lists every mistake of an input at once. It is found with errors.As
// on a *Invalid.
type Invalid struct{ Fields []Field }

func (e *Invalid) Error() string {
	var b strings.Builder
	b.WriteString("office: invalid input")
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Field, f.Code)
	}
	return b.String()
}

// ResultConflict answers the delivery of a result that differs from the one
// already kept for the session. It is a failure that a person must look at:
// one of the two journals is not the one that was public.
type ResultConflict struct {
	Session         engine.SessionID
	Kept, Delivered engine.Head
}

func (e *ResultConflict) Error() string {
	return fmt.Sprintf("office: session %s: the kept result ends at record %d %s, the delivered one at record %d %s",
		e.Session, e.Kept.Seq, e.Kept.Hash, e.Delivered.Seq, e.Delivered.Hash)
}
