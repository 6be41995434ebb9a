package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gobua/engine"
	"gobua/office/workday"
)

// IdentityState is where the examination of an identity is.
type IdentityState string

// The states of an identity.
const (
	IdentitySubmitted IdentityState = "submitted"
	IdentityVerified  IdentityState = "verified"
	IdentityRejected  IdentityState = "rejected" // may be corrected and submitted again
)

// Identity says who an account is in law (Điều 38, one account a legal person).
type Identity struct {
	AccountID   string
	Version     int // zero: there is none yet
	Kind        IdentityKind
	State       IdentityState
	Mac         []byte // of the legal person: unique among those not rejected
	Sealed      []byte // IdentityFacts
	SubmittedAt engine.Instant
	DecidedAt   engine.Instant
	DecidedBy   string // account of the registrar
	Reason      string // of a rejection
	// Login, Name and Email are those of the account, filled when read. A changed
	// Name becomes the account's.
	Login, Name, Email string
	Search             string // folded login and name, for the store to keep with a new name
}

// IdentityFacts are the personal data of an identity. They are kept sealed.
type IdentityFacts struct {
	Number  string `json:"number"`            // national id or tax code
	Born    string `json:"born,omitempty"`    // of a person: 1990-05-17
	Address string `json:"address,omitempty"` // residence or seat
	Phone   string `json:"phone,omitempty"`
	// Representative acts for an organisation, or for a person by proxy.
	Representative *Representative `json:"representative,omitempty"`
}

// Representative is who acts for a legal person (P8).
type Representative struct {
	Name     string `json:"name"`
	Number   string `json:"number"`   // national id
	Attorney bool   `json:"attorney"` // by power of attorney; else by law
}

// NewIdentity is what a person says of themselves.
type NewIdentity struct {
	Version int          `json:"version"` // as read; zero for the first
	Kind    IdentityKind `json:"kind"`
	Name    string       `json:"name"`
	IdentityFacts
}

// OwnIdentity is an identity with its facts, for its owner's eyes.
type OwnIdentity struct {
	State       IdentityState  `json:"state"`
	SubmittedAt engine.Instant `json:"submittedAt"`
	DecidedAt   engine.Instant `json:"decidedAt,omitempty"`
	Reason      string         `json:"reason,omitempty"`
	NewIdentity
}

// ExaminedIdentity is an identity as the staff sees it: its numbers are masked.
type ExaminedIdentity struct {
	AccountID   string `json:"accountId"`
	Login       string `json:"login"`
	Email       string `json:"email,omitempty"`
	DecidedBy   string `json:"decidedBy,omitempty"`
	OwnIdentity        // with masked numbers
	Age         int    `json:"age,omitempty"` // of a person, in whole years today
}

// Identified is what the rest of the office may know of who an account is.
type Identified struct {
	Kind               IdentityKind
	Name               string
	Verified           bool
	Submitted          bool   // an identity is there, whatever became of it
	Masked             string // number, as staff sees it
	Mac                []byte // of the legal person, to compare
	RepresentativeName string
	RepresentativeMac  []byte // of who acts for it, to compare; nil: nobody
}

// IdentityQuery says which identities are wanted; empty fields ask for nothing.
type IdentityQuery struct {
	State IdentityState
	Words []string // folded, all of them in login and name
	Limit int
}

// IdentityStore keeps identities.
type IdentityStore interface {
	// ChangeIdentity locks the identity of a bidder, calls change on it (on one
	// of version zero if there is none) and keeps what change made of it with one
	// added to its version, the account's new name, and the trail. An error of
	// change keeps nothing and is returned. ErrLegalPersonTaken: another account
	// has the Mac. change may be called more than once.
	ChangeIdentity(ctx context.Context, accountID string, change func(*Identity) (Trail, error)) (Identity, error)
	Identity(ctx context.Context, accountID string) (Identity, error)
	// Identities returns them in the order they were submitted.
	Identities(ctx context.Context, q IdentityQuery) ([]Identity, error)
}

// What an identity may hold.
const (
	maxAddressRunes    = 300
	maxIdentitiesFound = 100
)

// SubmitIdentity keeps who the acting bidder is and asks for verification. What
// was verified may be changed, but for the number, and is examined again.
// *Invalid, also with "number" "taken" where another account is this legal
// person; ErrEditedMeanwhile; ErrThrottled after many tries, because the answer
// tells whether a number has an account.
func (o *Office) SubmitIdentity(ctx context.Context, by Account, n NewIdentity) (OwnIdentity, error) {
	by, err := o.authorize(ctx, by, engine.RoleBidder)
	if err != nil {
		return OwnIdentity{}, err
	}
	if err := o.checkIdentity(&n); err != nil {
		return OwnIdentity{}, err
	}
	if _, err := o.identityThrottle.begin(ctx, by.ID, by.Origin); err != nil {
		return OwnIdentity{}, err
	}
	mac := o.personMac(n.Kind, n.Number)
	plain, err := json.Marshal(n.IdentityFacts)
	if err != nil {
		return OwnIdentity{}, err
	}
	kept, err := o.store.ChangeIdentity(ctx, by.ID, func(i *Identity) (Trail, error) {
		if i.Version != n.Version {
			return Trail{}, ErrEditedMeanwhile
		}
		if i.State == IdentityVerified && !slices.Equal(i.Mac, mac) {
			return Trail{}, &Invalid{[]Field{{"number", "fixed"}}}
		}
		before := inLogIdentity(i)
		*i = Identity{
			AccountID: by.ID, Version: i.Version, Kind: n.Kind, State: IdentitySubmitted, Mac: mac, Name: n.Name, Login: i.Login, Email: i.Email,
			Search: fold(i.Login + " " + n.Name),
			Sealed: o.vault.Seal(identityContext(by.ID), plain), SubmittedAt: engine.InstantOf(o.now()),
		}
		return o.act(by, "identity.submit", "account", by.ID, before, inLogIdentity(i)), nil
	})
	if errors.Is(err, ErrLegalPersonTaken) {
		return OwnIdentity{}, &Invalid{[]Field{{"number", "taken"}}}
	}
	if err != nil {
		return OwnIdentity{}, err
	}
	return o.openIdentity(kept)
}

// OwnIdentity returns the identity of the acting bidder, ErrNotFound if there
// is none yet.
func (o *Office) OwnIdentity(ctx context.Context, by Account) (OwnIdentity, error) {
	by, err := o.authorize(ctx, by, engine.RoleBidder)
	if err != nil {
		return OwnIdentity{}, err
	}
	i, err := o.store.Identity(ctx, by.ID)
	if err != nil {
		return OwnIdentity{}, err
	}
	return o.openIdentity(i)
}

// IdentityOf returns what the rest of the office may know of an account's
// identity; a zero one if there is none. Nobody's right is asked.
func (o *Office) IdentityOf(ctx context.Context, accountID string) (Identified, error) {
	if !validID(accountID) {
		return Identified{}, ErrNotFound
	}
	i, err := o.store.Identity(ctx, accountID)
	if errors.Is(err, ErrNotFound) {
		return Identified{}, nil
	}
	if err != nil {
		return Identified{}, err
	}
	open, err := o.openIdentity(i)
	if err != nil {
		return Identified{}, err
	}
	who := Identified{
		Kind: i.Kind, Name: i.Name, Verified: i.State == IdentityVerified, Submitted: true,
		Masked: masked(open.Number), Mac: i.Mac,
	}
	if r := open.Representative; r != nil {
		who.RepresentativeName, who.RepresentativeMac = r.Name, o.personMac(Person, r.Number)
	}
	return who, nil
}

func (o *Office) personMac(kind IdentityKind, number string) []byte {
	return o.vault.Mac("legal person", legalPerson(kind, number))
}

func identityContext(accountID string) string { return "identity/" + accountID }

func (o *Office) openIdentity(i Identity) (OwnIdentity, error) {
	own := OwnIdentity{State: i.State, SubmittedAt: i.SubmittedAt, DecidedAt: i.DecidedAt, Reason: i.Reason}
	own.Version, own.Kind, own.Name = i.Version, i.Kind, i.Name
	plain, err := o.vault.Open(identityContext(i.AccountID), i.Sealed)
	if err == nil {
		err = json.Unmarshal(plain, &own.IdentityFacts)
	}
	if err != nil {
		return OwnIdentity{}, fmt.Errorf("identity of account %s: %w", i.AccountID, err)
	}
	return own, nil
}

// checkIdentity tidies what a person says of themselves.
func (o *Office) checkIdentity(n *NewIdentity) error {
	var f faults
	if n.Kind != Person && n.Kind != Organisation {
		f.add("kind", "unknown")
		return f.err()
	}
	f.text("name", &n.Name, 120, true)
	f.text("address", &n.Address, maxAddressRunes, true)
	f.add("phone", phoneCode(&n.Phone))
	n.Number = tidyNumber(n.Number)
	if n.Kind == Organisation {
		n.Born = ""
		f.add("number", taxCodeCode(n.Number))
		f.when(n.Representative == nil, "representative.name", "missing")
	} else {
		born, err := time.ParseInLocation(time.DateOnly, n.Born, workday.Zone)
		f.when(err != nil || born.After(o.now()) || born.Year() < 1900, "born", "malformed")
		f.add("number", nationalIDCode(n.Number, born))
	}
	if n.Representative != nil {
		r := *n.Representative
		f.text("representative.name", &r.Name, 120, true)
		r.Number = tidyNumber(r.Number)
		f.add("representative.number", nationalIDCode(r.Number, time.Time{}))
		r.Attorney = r.Attorney || n.Kind == Person // the law makes nobody the agent of an adult
		n.Representative = &r
	}
	return f.err()
}

// phoneCode tidies a telephone number and tells what is wrong with it.
func phoneCode(phone *string) string {
	s := tidyNumber(strings.NewReplacer("(", "", ")", "").Replace(*phone))
	digits := strings.TrimPrefix(s, "+")
	if !onlyDigits(digits) || len(digits) < 9 || len(digits) > 15 {
		return "malformed"
	}
	*phone = s
	return ""
}

// inLogIdentity is what the audit log shows of an identity: nothing of the
// person.
func inLogIdentity(i *Identity) any {
	if i.Version == 0 && i.State == "" {
		return nil
	}
	return map[string]any{"kind": i.Kind, "state": i.State}
}
