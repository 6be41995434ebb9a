package office

import (
	"context"
	"time"

	"gobua/engine"
)

// NewBidder is what a person says to open an account of their own: enough to
// watch and to be written to. Who they are in law comes with the identity,
// before they register for a lot (P2).
type NewBidder struct {
	Login    string `json:"login"`
	Name     string `json:"name"`
	Password string `json:"password"`
	Email    string `json:"email"`
	Consent  bool   `json:"consent"` // that personal data is kept for the auctions
}

// joinPace and identityPace are how often one place may open an account, and
// one account may say who it is: often enough for a family and its typing
// mistakes, too seldom to fill a database or to try out national ids.
var (
	joinPace     = pace{burst: 20, every: time.Minute}
	identityPace = pace{burst: 10, every: 5 * time.Minute}
)

// Join opens a bidder's account for whoever asks. remoteAddr is the caller's
// address. *Invalid, ErrLoginTaken, ErrThrottled.
func (o *Office) Join(ctx context.Context, n NewBidder, remoteAddr string) (Account, error) {
	var f faults
	f.email("email", &n.Email)
	f.when(n.Email == "", "email", "missing")
	f.when(!n.Consent, "consent", "missing")
	account := NewAccount{Login: n.Login, Name: n.Name, Password: n.Password, Email: n.Email, Role: engine.RoleBidder}
	a := o.checkAccount(&f, &account)
	if err := f.err(); err != nil {
		return Account{}, err
	}
	if _, err := o.joinThrottle.begin(ctx, "", remoteAddr); err != nil {
		return Account{}, err
	}
	a.ConsentAt = engine.InstantOf(o.now())
	return o.keepAccount(ctx, Account{Role: engine.RoleSystem, Origin: remoteAddr}, a, account.Password, "account.join")
}
