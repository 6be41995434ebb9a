package transport

import (
	"crypto/sha256"
	"encoding/hex"
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

// reference is under which name a record knows one of the staff: the published
// one, or for who has none a mark that is the same in every session and tells no
// account apart from who may look it up. So a record is never by nobody.
func (p Principal) reference() string {
	if p.Ref != "" {
		return p.Ref
	}
	sum := sha256.Sum256([]byte("staff/" + p.Account))
	return "nv-" + hex.EncodeToString(sum[:4])
}

// Tokens turns an access token into its bearer. Parse may be called from any
// goroutine and does not block. Its errors wrap ErrTokenExpired or
// ErrTokenInvalid and never quote the token.
type Tokens interface {
	Parse(token string) (Principal, error)
}
