package visitor

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"gobua/engine"
)

// renewBefore is how long before its end a token is renewed: longer than any
// call takes, far shorter than a token lasts.
const renewBefore = 2 * time.Minute

// Account is somebody who may sign in.
type Account struct {
	ID       string      `json:"id"`
	Login    string      `json:"login"`
	Name     string      `json:"name"`
	Role     engine.Role `json:"role"`
	StaffRef string      `json:"staffRef,omitempty"`
	Revoked  bool        `json:"revoked,omitempty"`
}

// NewAccount is what an administrator says of somebody new.
type NewAccount struct {
	Login    string      `json:"login"`
	Name     string      `json:"name"`
	Password string      `json:"password"`
	Role     engine.Role `json:"role"`
	StaffRef string      `json:"staffRef,omitempty"`
}

// Participation is a session one is admitted to, with one's own code in it.
type Participation struct {
	Session engine.SessionID       `json:"session"`
	Code    engine.ParticipantCode `json:"code"`
}

// Person is somebody signed in. All methods may be called from any goroutine;
// they block until the server has answered.
type Person struct {
	Account Account
	site    *Site
	client  *http.Client // with the refresh cookie

	mu      sync.Mutex // also keeps two from renewing at once
	token   string
	expires time.Time
}

type signedIn struct {
	Token     string         `json:"token"`
	ExpiresAt engine.Instant `json:"expiresAt"`
	Account   Account        `json:"account"`
}

// credentials are what somebody signs in with.
type credentials struct {
	Login       string `json:"login"`
	Password    string `json:"password"`
	NewPassword string `json:"newPassword,omitempty"`
	Place       string `json:"place,omitempty"`
}

// stand implements lineUp.
func (c *credentials) stand(place string) { c.Place = place }

// SignIn signs somebody in; their cookie is kept apart from everybody else's.
func (s *Site) SignIn(ctx context.Context, login, password string) (*Person, error) {
	return s.signIn(ctx, credentials{Login: login, Password: password})
}

// SignInFirst signs in with a password that somebody else has given, and sets
// one's own.
func (s *Site) SignInFirst(ctx context.Context, login, given, own string) (*Person, error) {
	return s.signIn(ctx, credentials{Login: login, Password: given, NewPassword: own})
}

func (s *Site) signIn(ctx context.Context, in credentials) (*Person, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	p := &Person{site: s, client: &http.Client{Transport: s.transport, Jar: jar}}
	var out signedIn
	if err := s.do(ctx, p.client, request{method: http.MethodPost, path: "/auth/login", in: &in, out: &out}); err != nil {
		return nil, fmt.Errorf("sign in as %s: %w", in.Login, err)
	}
	p.token, p.expires, p.Account = out.Token, out.ExpiresAt.Time(), out.Account
	return p, nil
}

// Token returns an access token, renewed if its end is near. While the server
// cannot renew it, it is the old one, which the server then bears with.
func (p *Person) Token(ctx context.Context) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Until(p.expires) > renewBefore {
		return p.token, nil
	}
	if err := p.renew(ctx); err != nil && !passing(err) {
		return "", err
	}
	return p.token, nil
}

// Return comes back without a password, as a page does that is opened again.
func (p *Person) Return(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.renew(ctx)
}

// renew gets a new token; the caller holds mu.
func (p *Person) renew(ctx context.Context) error {
	var out signedIn
	if err := p.site.try(ctx, p.client, request{method: http.MethodPost, path: "/auth/refresh", out: &out}); err != nil {
		return fmt.Errorf("renew the token of %s: %w", p.Account.Login, err)
	}
	p.token, p.expires = out.Token, out.ExpiresAt.Time()
	return nil
}

// call is an API call in this person's name. What creates something carries a
// key, so that a repetition creates nothing twice.
func (p *Person) call(ctx context.Context, method, path string, in, out any) error {
	token, err := p.Token(ctx)
	if err != nil {
		return err
	}
	r := request{method: method, path: path, token: token, in: in, out: out}
	if method == http.MethodPost {
		r.once = uuid.NewString()
	}
	return p.site.do(ctx, p.client, r)
}

// Participations lists the sessions this person is admitted to.
func (p *Person) Participations(ctx context.Context) ([]Participation, error) {
	var out struct {
		Participations []Participation `json:"participations"`
	}
	err := p.call(ctx, http.MethodGet, "/me", nil, &out)
	return out.Participations, err
}

// CreateAccount opens an account; for administrators.
func (p *Person) CreateAccount(ctx context.Context, a NewAccount) (Account, error) {
	var out Account
	err := p.call(ctx, http.MethodPost, "/accounts", a, &out)
	return out, err
}

// FindAccounts searches accounts by name and login; for staff.
func (p *Person) FindAccounts(ctx context.Context, query string) ([]Account, error) {
	var out struct {
		Accounts []Account `json:"accounts"`
	}
	err := p.call(ctx, http.MethodGet, "/accounts?query="+url.QueryEscape(query), nil, &out)
	return out.Accounts, err
}

// Revoke ends an account and cuts its connections; for administrators.
func (p *Person) Revoke(ctx context.Context, accountID string) error {
	return p.call(ctx, http.MethodPost, "/accounts/"+url.PathEscape(accountID)+"/revoke", nil, nil)
}

// signInsAtOnce is how many people sign in at the same time: a password costs
// the server 20 ms of a core.
const signInsAtOnce = 4

// AdmitAll signs in people who may not have an account yet, and opens one then;
// p must be an administrator. Their passwords are derived from a secret, such
// as the administrator's own password, so that a later run finds them again
// and nobody else knows them. signedIn is called for each, from any goroutine.
func (p *Person) AdmitAll(ctx context.Context, secret string, who []NewAccount, signedIn func()) ([]*Person, error) {
	if p.Account.Role != engine.RoleAdmin {
		return nil, fmt.Errorf("%s is %s; opening accounts takes an administrator", p.Account.Login, p.Account.Role)
	}
	people := make([]*Person, len(who))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(signInsAtOnce)
	for i, a := range who {
		group.Go(func() (err error) {
			if people[i], err = p.admit(ctx, secret, a); err == nil {
				signedIn()
			}
			return err
		})
	}
	return people, group.Wait()
}

// OpenAll is AdmitAll for who is to sign in later, with SignInAs.
func (p *Person) OpenAll(ctx context.Context, secret string, who []NewAccount) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(signInsAtOnce)
	for _, a := range who {
		group.Go(func() error {
			_, err := p.admit(ctx, secret, a)
			return err
		})
	}
	return group.Wait()
}

// SignInAs signs in somebody whose account OpenAll or AdmitAll has opened.
func (s *Site) SignInAs(ctx context.Context, secret, login string) (*Person, error) {
	return s.SignIn(ctx, login, derive(secret, "visitor", login))
}

// admit opens an account and has it set its own password, or finds that an
// earlier run has done so.
func (p *Person) admit(ctx context.Context, secret string, a NewAccount) (*Person, error) {
	a.Password = derive(secret, "given", a.Login)
	_, err := p.CreateAccount(ctx, a)
	switch {
	case err == nil:
		return p.site.SignInFirst(ctx, a.Login, a.Password, derive(secret, "visitor", a.Login))
	case !HasCode(err, "login_taken"):
		return nil, fmt.Errorf("open the account %s: %w", a.Login, err)
	}
	q, err := p.site.SignInAs(ctx, secret, a.Login)
	if HasCode(err, "bad_credentials") { // a run that was broken off, or one with another secret
		q, err = p.site.SignInFirst(ctx, a.Login, a.Password, derive(secret, "visitor", a.Login))
	}
	if HasCode(err, "bad_credentials") {
		return nil, fmt.Errorf("%w (the account is from a run with another secret)", err)
	}
	return q, err
}

// derive makes one of the two passwords of an account out of a secret.
func derive(secret, which, login string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("gobua " + which + " " + login))
	return base32.StdEncoding.EncodeToString(mac.Sum(nil))[:24]
}
