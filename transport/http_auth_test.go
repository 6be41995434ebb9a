package transport

import (
	"net/http"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
)

func TestTheRefreshCookieIsOutOfReach(t *testing.T) {
	behindProxy := func(h *HTTPOptions, a *AppOptions) {
		proxies, err := ParseTrustedProxies([]string{"127.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		h.TrustedProxies, a.TrustedProxies = proxies, proxies
	}
	plain, proxied := newSite(t, new(stubOffice)), newSite(t, new(stubOffice), behindProxy)
	tests := []struct {
		name   string
		site   *site
		proto  string
		secure bool
	}{
		{"http", plain, "", false},
		{"https, claimed by anybody", plain, "https", false},
		{"http behind a proxy", proxied, "http", false},
		{"https behind a proxy", proxied, "https", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.site.ask("POST", "/api/v1/auth/login", `{"login":"an","password":"x"}`, "X-Forwarded-Proto", tt.proto)
			got.into(t, 200, nil)
			c := onlyCookie(t, got)
			name := map[bool]string{false: "gobua_refresh", true: "__Secure-gobua_refresh"}[tt.secure]
			if c.Name != name || c.Value != stubRefresh.Token || c.Path != "/api/v1/auth" || !c.HttpOnly ||
				c.SameSite != http.SameSiteStrictMode || c.Secure != tt.secure || !c.Expires.Equal(stubRefresh.ExpiresAt) {
				t.Errorf("cookie %+v", c)
			}
			if hsts := got.Header.Get("Strict-Transport-Security") != ""; hsts != tt.secure {
				t.Errorf("Strict-Transport-Security: %v", hsts)
			}
			// A cookie of the other line is none.
			for _, sent := range []string{"gobua_refresh", "__Secure-gobua_refresh"} {
				tt.site.http.Office.(*stubOffice).asked = ""
				tt.site.ask("POST", "/api/v1/auth/refresh", nil, "X-Gobua", "1", "X-Forwarded-Proto", tt.proto, "Cookie", sent+"=abc")
				if got := tt.site.http.Office.(*stubOffice).asked; (got == "abc") != (sent == name) {
					t.Errorf("%s: the office is asked of %q", sent, got)
				}
			}
		})
	}
}

func onlyCookie(t *testing.T, r reply) *http.Cookie {
	t.Helper()
	cookies := r.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	return cookies[0]
}

func TestSigningInAnswersATokenThatIsGood(t *testing.T) {
	s := newSite(t, new(stubOffice))
	for _, path := range []string{"/auth/login", "/auth/refresh"} {
		var in signedInJSON
		s.ask("POST", apiPrefix+path, `{"login":"an","password":"x"}`, "X-Gobua", "1").into(t, 200, &in)
		p, err := s.tokens.Parse(in.Token)
		if err != nil {
			t.Fatal(err)
		}
		if p.Account != stubAccount.ID || p.Role != stubAccount.Role || engine.InstantOf(p.ExpiresAt) != in.ExpiresAt {
			t.Errorf("%s: %+v, %+v", path, p, in)
		}
	}
}

func TestTheBrowserForgetsADeadSignIn(t *testing.T) {
	o := new(stubOffice)
	s := newSite(t, o)
	gone := func(r reply) {
		t.Helper()
		if c := onlyCookie(t, r); c.Value != "" || !c.Expires.Before(time.Now()) || c.Path != "/api/v1/auth" {
			t.Errorf("cookie %+v", c)
		}
	}
	s.ask("POST", "/api/v1/auth/logout", nil, "X-Gobua", "1").into(t, 204, nil)
	if o.counted() != 0 {
		t.Error("the office was asked to end a sign-in that nobody has")
	}
	out := s.ask("POST", "/api/v1/auth/logout", nil, "X-Gobua", "1", "Cookie", "gobua_refresh=abc")
	out.into(t, 204, nil)
	gone(out)
	o.fail(office.ErrSignedOut)
	dead := s.ask("POST", "/api/v1/auth/refresh", nil, "X-Gobua", "1", "Cookie", "gobua_refresh=abc")
	dead.refused(t, 401, codeSignedOut)
	gone(dead)
	o.fail(office.ErrUnavailable)
	closed := s.ask("POST", "/api/v1/auth/refresh", nil, "X-Gobua", "1", "Cookie", "gobua_refresh=abc")
	closed.refused(t, 503, codeOfficeClosed)
	if len(closed.Cookies()) != 0 {
		t.Error("a closed office costs a visitor the sign-in")
	}
	closed = s.ask("POST", "/api/v1/auth/logout", nil, "X-Gobua", "1", "Cookie", "gobua_refresh=abc")
	closed.refused(t, 503, codeOfficeClosed)
	gone(closed)
}

func TestWhoIsBiddingIsKnownWhileTheOfficeIsClosed(t *testing.T) {
	o := new(stubOffice)
	s := newSite(t, o)
	bidder := s.bearer(Bearer{Account: "acc-1", Name: "Nguyễn Văn An", Role: engine.RoleBidder})
	o.fail(office.ErrUnavailable)
	s.clock.closed.Store(true)
	s.clock.forward(time.Hour)
	var me struct {
		Account accountJSON
		Partial bool
	}
	s.ask("GET", "/api/v1/me", nil, bidder...).into(t, 200, &me)
	if !me.Partial || me.Account.ID != "acc-1" || me.Account.Name != "Nguyễn Văn An" || me.Account.Role != engine.RoleBidder {
		t.Errorf("%+v", me)
	}
}

func TestSigningSomebodyOutCutsTokensAndConnections(t *testing.T) {
	s := newSite(t, new(stubOffice))
	lost := s.bearer(Bearer{Account: "acc-9", Role: engine.RoleBidder, SignIn: "s-9"})
	another := s.bearer(Bearer{Account: "acc-8", Role: engine.RoleBidder, SignIn: "s-8"})
	var out struct{ Ended int }
	s.ask("POST", "/api/v1/accounts/acc-9/sign-out", map[string]string{"reason": "Mất máy"}, s.as(engine.RoleAdmin)...).into(t, 200, &out)
	if out.Ended != 1 {
		t.Errorf("%+v", out)
	}
	s.ask("GET", "/api/v1/me", nil, lost...).refused(t, 401, codeUnauthorized)
	s.ask("GET", "/api/v1/me", nil, another...).into(t, 200, nil)
	if len(s.rooms.kicked) != 1 || s.rooms.kicked[0] != "acc-9" {
		t.Errorf("kicked %v", s.rooms.kicked)
	}
}

func TestRevokingCutsTokenAndConnections(t *testing.T) {
	s := newSite(t, new(stubOffice))
	victim := s.bearer(Bearer{Account: "acc-9", Role: engine.RoleBidder})
	s.ask("GET", "/api/v1/me", nil, victim...).into(t, 200, nil)
	s.ask("POST", "/api/v1/accounts/acc-9/revoke", nil, s.as(engine.RoleAdmin)...).into(t, 200, nil)
	s.ask("GET", "/api/v1/me", nil, victim...).refused(t, 401, codeUnauthorized)
	if len(s.rooms.kicked) != 1 || s.rooms.kicked[0] != "acc-9" {
		t.Errorf("kicked %v", s.rooms.kicked)
	}
}
