package transport

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gobua/engine"
)

// tokenClock is a clock and an office that a test moves by hand.
type tokenClock struct {
	now    atomic.Int64
	closed atomic.Bool
}

func (c *tokenClock) Now() time.Time          { return time.UnixMilli(c.now.Load()) }
func (c *tokenClock) forward(d time.Duration) { c.now.Add(d.Milliseconds()) }

var (
	testStart  = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	testBearer = Bearer{Account: "acc-1", Name: "Nguyễn Thị Ánh", Ref: "CC-0123", Role: engine.RoleAuctioneer}
)

func newTestTokens(t *testing.T) (*AccessTokens, *tokenClock) {
	t.Helper()
	c := new(tokenClock)
	c.now.Store(testStart.UnixMilli())
	var key Key
	rand.Read(key[:])
	return NewTokens(key, TokenOptions{Now: c.Now, OfficeUp: func() bool { return !c.closed.Load() }}), c
}

func mustIssue(t *testing.T, tokens *AccessTokens, b Bearer) string {
	t.Helper()
	token, _, err := tokens.Issue(b)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestATokenSaysWhoItsBearerIs(t *testing.T) {
	tokens, _ := newTestTokens(t)
	token, expiresAt, err := tokens.Issue(testBearer)
	if err != nil {
		t.Fatal(err)
	}
	got, err := tokens.Parse(token)
	if err != nil {
		t.Fatal(err)
	}
	want := Principal{Account: "acc-1", Name: "Nguyễn Thị Ánh", Ref: "CC-0123", Role: engine.RoleAuctioneer, ExpiresAt: expiresAt}
	if !got.ExpiresAt.Equal(want.ExpiresAt) {
		t.Fatalf("expires at %v, want %v", got.ExpiresAt, want.ExpiresAt)
	}
	got.ExpiresAt = want.ExpiresAt
	if got != want {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	if life := expiresAt.Sub(testStart); life != AccessTokenLife {
		t.Fatalf("lives %v, want %v", life, AccessTokenLife)
	}
}

func TestATokenExpiresUnlessTheOfficeIsClosed(t *testing.T) {
	tests := []struct {
		name   string
		after  time.Duration
		closed bool
		want   error
	}{
		{"fresh", 0, false, nil},
		{"last second", AccessTokenLife - time.Second, false, nil},
		{"within the leeway", AccessTokenLife + 4*time.Second, false, nil},
		{"after the leeway", AccessTokenLife + 6*time.Second, false, ErrTokenExpired},
		{"office closed", AccessTokenLife + 6*time.Second, true, nil},
		{"office closed, end of the grace", AccessTokenLife + OfficeGrace, true, nil},
		{"office closed, grace over", AccessTokenLife + OfficeGrace + 6*time.Second, true, ErrTokenExpired},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tokens, clock := newTestTokens(t)
			token := mustIssue(t, tokens, testBearer)
			p, err := tokens.Parse(token)
			if err != nil {
				t.Fatal(err)
			}
			clock.forward(tt.after)
			clock.closed.Store(tt.closed)
			if _, err := tokens.Parse(token); !errors.Is(err, tt.want) {
				t.Errorf("Parse: %v, want %v", err, tt.want)
			}
			if err := tokens.Alive(p); !errors.Is(err, tt.want) {
				t.Errorf("Alive: %v, want %v", err, tt.want)
			}
		})
	}
}

func TestTheGraceEndsWhenTheOfficeIsBack(t *testing.T) {
	tokens, clock := newTestTokens(t)
	token := mustIssue(t, tokens, testBearer)
	clock.forward(time.Hour)
	clock.closed.Store(true)
	if _, err := tokens.Parse(token); err != nil {
		t.Fatalf("office closed: %v", err)
	}
	clock.closed.Store(false)
	if _, err := tokens.Parse(token); !errors.Is(err, ErrTokenExpired) {
		t.Fatalf("office back: %v, want %v", err, ErrTokenExpired)
	}
}

func TestARevokedAccountIsDeadAtOnce(t *testing.T) {
	tokens, clock := newTestTokens(t)
	token := mustIssue(t, tokens, testBearer)
	other := mustIssue(t, tokens, Bearer{Account: "acc-2", Role: engine.RoleBidder})
	p, err := tokens.Parse(token)
	if err != nil {
		t.Fatal(err)
	}
	tokens.Revoke("acc-1", clock.Now())
	late := mustIssue(t, tokens, testBearer) // a sign-in that read the account just before
	for name, dead := range map[string]string{"before": token, "during": late} {
		if _, err := tokens.Parse(dead); !errors.Is(err, ErrTokenInvalid) {
			t.Errorf("token issued %s the revocation: %v", name, err)
		}
	}
	if err := tokens.Alive(p); !errors.Is(err, ErrTokenInvalid) {
		t.Errorf("Alive: %v", err)
	}
	if _, err := tokens.Parse(other); err != nil {
		t.Errorf("another account: %v", err)
	}
	clock.closed.Store(true)
	clock.forward(time.Hour)
	if _, err := tokens.Parse(token); !errors.Is(err, ErrTokenInvalid) {
		t.Errorf("the grace brought a revoked account back: %v", err)
	}
}

func TestTheListOfRevokedAccountsForgets(t *testing.T) {
	tokens, clock := newTestTokens(t)
	for range 100 {
		tokens.Revoke(rand.Text(), clock.Now())
		clock.forward(10 * time.Minute)
	}
	limit := int((AccessTokenLife+OfficeGrace+time.Minute)/(10*time.Minute)) + 1
	if n := len(tokens.revoked.since); n > limit {
		t.Fatalf("%d accounts are remembered, want at most %d", n, limit)
	}
}

func TestATokenThatIsNotOursIsRefused(t *testing.T) {
	tokens, clock := newTestTokens(t)
	good := func() jwt.MapClaims {
		return jwt.MapClaims{
			"iss": "gobua", "aud": "gobua", "sub": "acc-1", "role": "bidder",
			"exp": clock.Now().Add(time.Minute).Unix(),
		}
	}
	with := func(k string, v any) jwt.MapClaims {
		c := good()
		if c[k] = v; v == nil {
			delete(c, k)
		}
		return c
	}
	sign := func(m jwt.SigningMethod, key any, c jwt.MapClaims) string {
		s, err := jwt.NewWithClaims(m, c).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	hs256 := func(c jwt.MapClaims) string { return sign(jwt.SigningMethodHS256, tokens.key, c) }
	whole := hs256(good())
	if _, err := tokens.Parse(whole); err != nil {
		t.Fatalf("the pattern of the test is itself refused: %v", err)
	}

	tests := map[string]string{
		"empty":             "",
		"no token":          "not a token",
		"too long":          whole + strings.Repeat("x", maxTokenBytes),
		"alg none":          sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good()),
		"alg none, renamed": algNone(t, whole),
		"other method":      sign(jwt.SigningMethodHS512, tokens.key, good()),
		"other key":         sign(jwt.SigningMethodHS256, make([]byte, 32), good()),
		"cut signature":     whole[:len(whole)-4],
		"other body":        forgedBody(t, whole),
		"no expiry":         hs256(with("exp", nil)),
		"expiry is text":    hs256(with("exp", "tomorrow")),
		"other audience":    hs256(with("aud", "elsewhere")),
		"no audience":       hs256(with("aud", nil)),
		"other issuer":      hs256(with("iss", "elsewhere")),
		"no account":        hs256(with("sub", nil)),
		"no role":           hs256(with("role", nil)),
		"role of nobody":    hs256(with("role", "system")),
		"not yet valid":     hs256(with("nbf", clock.Now().Add(time.Hour).Unix())),
	}
	for name, token := range tests {
		t.Run(name, func(t *testing.T) {
			for _, closed := range []bool{false, true} {
				clock.closed.Store(closed)
				if p, err := tokens.Parse(token); !errors.Is(err, ErrTokenInvalid) {
					t.Errorf("office closed %v: got %+v, %v", closed, p, err)
				}
			}
		})
	}
}

// An expired token with a second fault must not come back under the grace.
func TestTheGraceForgivesAgeAlone(t *testing.T) {
	tokens, clock := newTestTokens(t)
	clock.closed.Store(true)
	old := jwt.MapClaims{
		"iss": "gobua", "aud": "elsewhere", "sub": "acc-1", "role": "bidder",
		"exp": clock.Now().Add(-time.Minute).Unix(),
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, old).SignedString(tokens.key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Parse(token); !errors.Is(err, ErrTokenInvalid) {
		t.Fatalf("got %v, want %v", err, ErrTokenInvalid)
	}
}

func TestErrorsDoNotQuoteTheToken(t *testing.T) {
	tokens, clock := newTestTokens(t)
	token := mustIssue(t, tokens, testBearer)
	clock.forward(time.Hour)
	for _, s := range []string{token, token[:len(token)-3], "eyJhbGciOi.secret.part"} {
		_, err := tokens.Parse(s)
		for part := range strings.SplitSeq(s, ".") {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%q quotes the token", err)
			}
		}
	}
}

// algNone replaces the header of a token and drops its signature.
func algNone(t *testing.T, token string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"nOnE","typ":"JWT"}`)) + "." + parts[1] + "."
}

// forgedBody changes the role and keeps the signature.
func forgedBody(t *testing.T, token string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]any
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	c["role"] = "admin"
	raw, err = json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return parts[0] + "." + base64.RawURLEncoding.EncodeToString(raw) + "." + parts[2]
}
