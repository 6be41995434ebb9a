package transport

import (
	"time"

	"gobua/engine"
)

// Principal is who speaks: what an access token says about its bearer. It is
// never taken from a frame or a body.
type Principal struct {
	Account   string // account id; never published
	Name      string
	Ref       string // staff reference (licence number), empty for bidders
	Role      engine.Role
	SignIn    string // the sign-in the token belongs to
	ExpiresAt time.Time
}

// Tokens turns an access token into its bearer. Parse may be called from any
// goroutine and does not block. Its errors wrap ErrTokenExpired or
// ErrTokenInvalid and never quote the token.
type Tokens interface {
	Parse(token string) (Principal, error)
}
