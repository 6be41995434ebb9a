package office

import (
	"context"
	"time"

	"gobua/engine"
)

// Device is from where somebody signs in.
type Device struct {
	Address string // network address, with or without a port
	Agent   string // family of browser and system: "Chrome · Android"

	// Since is when whoever signs in asked for it first, if they were sent away
	// then with ErrRush; zero: they have just come. It is not kept.
	Since time.Time
}

// SignInPlace is one sign-in of an account: a device that stays signed in.
type SignInPlace struct {
	ID        string         `json:"id"`
	CreatedAt engine.Instant `json:"createdAt"`
	SeenAt    engine.Instant `json:"seenAt"` // when it last renewed its token
	Address   string         `json:"address,omitempty"`
	Agent     string         `json:"agent,omitempty"`
	Current   bool           `json:"current,omitempty"` // the one that asks
}

// Limits of what is kept of a device.
const (
	maxAddressBytes = 64
	maxAgentRunes   = 80
)

// tidy makes a device fit to be kept, whatever a program sent.
func (d Device) tidy() Device {
	if len(d.Address) > maxAddressBytes {
		d.Address = d.Address[:maxAddressBytes]
	}
	if textCode(d.Agent, maxAgentRunes, false) != "" {
		d.Agent = ""
	}
	return d
}

// SignIns returns where the acting account is signed in, the latest first.
// current is the sign-in that asks.
func (o *Office) SignIns(ctx context.Context, by Account, current string) ([]SignInPlace, error) {
	by, err := o.authorize(ctx, by, accountRoles...)
	if err != nil {
		return nil, err
	}
	list, err := o.store.SignIns(ctx, by.ID)
	for i := range list {
		list[i].Current = list[i].ID == current
	}
	return list, err
}

// EndSignIns ends one sign-in of the acting account, or with an empty id all
// but `current`. It returns those ended, for the caller to cut. ErrNotFound:
// the account has no such sign-in.
func (o *Office) EndSignIns(ctx context.Context, by Account, id, current string) ([]string, error) {
	by, err := o.authorize(ctx, by, accountRoles...)
	if err != nil {
		return nil, err
	}
	if id != "" && !validID(id) {
		return nil, ErrNotFound
	}
	trail := o.act(by, "sign_in.end", "account", by.ID, nil, map[string]bool{"all": id == ""})
	ended, err := o.store.EndSignIns(ctx, by.ID, id, current, trail)
	if err == nil && id != "" && len(ended) == 0 {
		err = ErrNotFound
	}
	return ended, err
}

// EndSignInsOf ends all sign-ins of another account, a bidder's or of staff of the
// acting admin's centre: of who says that a device is lost, or lent. It needs a
// reason. The account itself stays, and who has the password signs in again. It
// returns those ended, for the caller to cut.
func (o *Office) EndSignInsOf(ctx context.Context, by Account, accountID, reason string) ([]string, error) {
	admin, a, err := o.lookAfter(ctx, by, accountID, &reason)
	if err != nil {
		return nil, err
	}
	trail := o.act(admin, "sign_in.end", "account", a.ID, nil, map[string]bool{"all": true}).because(reason)
	return o.store.EndSignIns(ctx, a.ID, "", "", trail)
}
