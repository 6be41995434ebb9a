package office

import (
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

// NewAccount is what is needed to open an account. The password is at least
// eight characters; the login is lower-case letters, digits and . _ - @.
type NewAccount struct {
	Login    string      `json:"login"`
	Name     string      `json:"name"`
	Password string      `json:"password"`
	Role     engine.Role `json:"role"`
	StaffRef string      `json:"staffRef,omitempty"`
}
