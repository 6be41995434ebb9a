package officetest

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/transport"
)

func (p *person) refreshCookie() string {
	p.h.t.Helper()
	u, err := url.Parse(p.h.url + "/api/v1/auth/refresh")
	if err != nil {
		p.h.t.Fatal(err)
	}
	for _, c := range p.client.Jar.Cookies(u) {
		if c.Name == "gobua_refresh" {
			return c.Value
		}
	}
	return ""
}

func TestASignInIsRenewedUntilSomebodySignsOut(t *testing.T) {
	h := open(t)
	p := h.signIn("admin")
	seen := map[string]bool{p.refreshCookie(): true}
	for range 3 {
		h.forward(transport.AccessTokenLife + time.Minute)
		p.ask("GET", "/me", nil).refused(401, "token_expired")
		p.enter(p.ask("POST", "/auth/refresh", nil))
		p.ask("GET", "/me", nil).into(200, nil)
		if c := p.refreshCookie(); c == "" || seen[c] {
			t.Fatal("the refresh token was not replaced")
		} else {
			seen[c] = true
		}
	}
	p.ask("POST", "/auth/logout", nil).into(http.StatusNoContent, nil)
	if p.refreshCookie() != "" {
		t.Error("the browser still has the cookie")
	}
	p.ask("POST", "/auth/refresh", nil).refused(401, "signed_out")
	p.ask("POST", "/auth/logout", nil).into(http.StatusNoContent, nil)
}

// A refresh token that comes back long after it was used was copied: the
// thief's and the owner's sign-in both end.
func TestAStolenRefreshTokenEndsTheSignIn(t *testing.T) {
	h := open(t)
	owner := h.signIn("admin")
	stolen := owner.refreshCookie()
	owner.enter(owner.ask("POST", "/auth/refresh", nil))
	h.forward(time.Minute)
	h.visitor().ask("POST", "/auth/refresh", nil, "Cookie", "gobua_refresh="+stolen).refused(401, "signed_out")
	owner.ask("POST", "/auth/refresh", nil).refused(401, "signed_out")
}

func TestTabsThatRefreshTogetherStaySignedIn(t *testing.T) {
	h := open(t)
	p := h.signIn("admin")
	shared := p.refreshCookie()
	statuses := make(chan int, 4)
	var wg sync.WaitGroup
	for range 4 {
		tab := h.visitor()
		wg.Go(func() {
			statuses <- tab.ask("POST", "/auth/refresh", nil, "Cookie", "gobua_refresh="+shared).StatusCode
		})
	}
	wg.Wait()
	for range 4 {
		if s := <-statuses; s != 200 {
			t.Errorf("a tab was answered %d", s)
		}
	}
}

func TestARevokedAccountIsOutAtOnce(t *testing.T) {
	h := open(t)
	admin := h.signIn("admin")
	p := h.account(admin, "duc", "Nguyễn Đình Đức", engine.RoleBidder)
	var row struct{ Revoked bool }
	admin.ask("POST", "/accounts/"+p.id+"/revoke", nil).into(200, &row)
	if !row.Revoked {
		t.Error("the answer does not say so")
	}
	p.ask("GET", "/me", nil).refused(401, "unauthorized")
	p.ask("POST", "/auth/refresh", nil).refused(401, "signed_out")
	h.visitor().ask("POST", "/auth/login", map[string]string{"login": "duc", "password": password}).refused(401, "bad_credentials")
	admin.ask("POST", "/accounts/"+p.id+"/revoke", nil).into(200, nil)
}

func TestGuessingPasswordsIsSlowedDown(t *testing.T) {
	h := open(t)
	wrong := func(login string) answer {
		return h.visitor().ask("POST", "/auth/login", map[string]string{"login": login, "password": "wrong-password"})
	}
	known, unknown := wrong("admin"), wrong("nobody")
	known.refused(401, "bad_credentials")
	unknown.refused(401, "bad_credentials")
	if string(known.body) != string(unknown.body) {
		t.Errorf("a known login is told from an unknown one: %s, %s", known.body, unknown.body)
	}
	var last answer
	for range 20 {
		if last = wrong("admin"); last.StatusCode == 429 {
			break
		}
	}
	last.refused(429, "throttled")
	seconds, err := strconv.Atoi(last.Header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		t.Fatalf("Retry-After %q", last.Header.Get("Retry-After"))
	}
	good := map[string]string{"login": "admin", "password": password}
	h.visitor().ask("POST", "/auth/login", good).refused(429, "throttled")
	h.forward(time.Duration(seconds+1) * time.Second)
	h.visitor().ask("POST", "/auth/login", good).into(200, nil)
	for _, login := range []string{"", strings.Repeat("x", 1000), "a\x00b", "' or 1=1 --", "Đức"} {
		if got := wrong(login); got.StatusCode != 401 && got.StatusCode != 429 {
			t.Errorf("login %.20q: %d %s", login, got.StatusCode, got.body)
		}
	}
}
