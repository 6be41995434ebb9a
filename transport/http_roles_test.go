package transport

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gobua/engine"
)

const (
	goodAuction = `{"title":"Phiên mẫu","lots":[{"kind":"land","title":"Thửa đất","rules":{"currency":"VND"}}],"participants":[]}`
	goodEdit    = `{"version":1,"title":"Phiên mẫu"}`
	goodAccount = `{"login":"an","name":"An","password":"mot-mat-khau","role":"bidder"}`
)

// right says of a route what each visitor is answered: nobody signed in,
// bidder, auctioneer, observer, admin.
type right struct {
	request, body string
	statuses      [5]int
}

// rights are those of every route.
var rights = slices.Concat(
	basicRights,
	auditRights,
	archiveRights,
	reportRights,
	hookRights,
	fileRights,
	publicRights,
	saleRights,
	replayRights,
	dayRights,
	listingRights,
	registrationRights,
	peopleRights,
	afterRights,
	recordRights,
	ledgerRights,
	openingRights,
)

var basicRights = []right{
	{"POST /auth/login", `{"login":"an","password":"x"}`, [5]int{200, 200, 200, 200, 200}},
	{"POST /auth/refresh", "", [5]int{200, 200, 200, 200, 200}},
	{"POST /auth/logout", "", [5]int{204, 204, 204, 204, 204}},
	{"GET /me", "", [5]int{401, 200, 200, 200, 200}},
	{"GET /time", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /clock", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /home", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /sessions/k7qp2mwx90ab", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /sessions/k7qp2mwx90ab/rows", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /desk/sessions", "", [5]int{401, 403, 200, 200, 200}},
	{"GET /auctions", "", [5]int{401, 403, 200, 200, 200}},
	{"POST /auctions", goodAuction, [5]int{401, 403, 201, 403, 201}},
	{"GET /auctions/a-1", "", [5]int{401, 403, 200, 200, 200}},
	{"PUT /auctions/a-1", goodEdit, [5]int{401, 403, 200, 403, 200}},
	{"POST /auctions/a-1/publish", `{"version":1}`, [5]int{401, 403, 200, 403, 200}},
	{"GET /accounts", "", [5]int{401, 403, 200, 403, 200}},
	{"POST /accounts", goodAccount, [5]int{401, 403, 403, 403, 201}},
	{"POST /accounts/acc-9/revoke", "", [5]int{401, 403, 403, 403, 200}},
}

func TestEachRoleGetsExactlyWhatItMay(t *testing.T) {
	s := newSite(t, new(stubOffice), withLedger(t))
	s.rooms.add("k7qp2mwx90ab", engine.PhaseRunning, nil)
	visitors := []engine.Role{"", engine.RoleBidder, engine.RoleAuctioneer, engine.RoleObserver, engine.RoleAdmin}
	for _, r := range rights {
		for i, role := range visitors {
			headers := []string{"X-Gobua", "1"}
			if role != "" {
				headers = append(headers, s.as(role)...)
			}
			method, path, _ := strings.Cut(r.request, " ")
			var body any
			if r.body != "" {
				body = r.body
			}
			got := s.ask(method, apiPrefix+path, body, headers...)
			if got.StatusCode != r.statuses[i] {
				t.Errorf("%s as %q: %d, want %d: %s", r.request, role, got.StatusCode, r.statuses[i], got.body)
			}
		}
	}
	for _, route := range routes {
		found := false
		for _, r := range rights {
			method, path, _ := strings.Cut(r.request, " ")
			found = found || method == route.method && pathFits(apiPrefix+path, route.path)
		}
		if !found {
			t.Errorf("%s %s is missing in the table", route.method, route.path)
		}
	}
}

func pathFits(path, pattern string) bool {
	want, have := strings.Split(apiPrefix+pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if want[i] != have[i] && !strings.HasPrefix(want[i], ":") {
			return false
		}
	}
	return true
}

func TestAnObserverDoesNotSeeTheHiddenReserve(t *testing.T) {
	s := newSite(t, new(stubOffice))
	for role, want := range map[engine.Role]bool{
		engine.RoleObserver: false, engine.RoleAuctioneer: true, engine.RoleAdmin: true,
	} {
		for _, path := range []string{"/api/v1/auctions", "/api/v1/auctions/a-1"} {
			got := s.ask("GET", path, nil, s.as(role)...)
			if has := strings.Contains(string(got.body), "777"); has != want {
				t.Errorf("%s as %s shows the reserve: %v, want %v", path, role, has, want)
			}
		}
	}
}

func TestABadTokenIsRefusedEverywhere(t *testing.T) {
	office := new(stubOffice)
	s := newSite(t, office)
	good := s.as(engine.RoleAdmin)[1]
	dead := s.bearer(Bearer{Account: "acc-gone", Role: engine.RoleAdmin})
	s.tokens.Revoke("acc-gone", s.clock.Now())
	bad := map[string][]string{
		"no header":     nil,
		"empty":         {"Authorization", ""},
		"no scheme":     {"Authorization", strings.TrimPrefix(good, "Bearer ")},
		"other scheme":  {"Authorization", "Basic YTpi"},
		"no token":      {"Authorization", "Bearer "},
		"cut":           {"Authorization", good[:len(good)-2]},
		"revoked":       dead,
		"in the cookie": {"Cookie", "gobua_refresh=" + strings.TrimPrefix(good, "Bearer ")},
	}
	for _, r := range routes {
		if r.who == nil {
			continue
		}
		path := apiPrefix + strings.ReplaceAll(strings.ReplaceAll(r.path, ":id", "a-1"), ":number", "1")
		for name, headers := range bad {
			t.Run(r.method+" "+r.path+" "+name, func(t *testing.T) {
				got := s.ask(r.method, path, nil, headers...)
				got.refused(t, http.StatusUnauthorized, codeUnauthorized)
				if got.Header.Get("WWW-Authenticate") != "Bearer" {
					t.Error("WWW-Authenticate is missing")
				}
			})
		}
	}
	s.clock.forward(AccessTokenLife + time.Minute)
	s.ask("GET", "/api/v1/me", nil, "Authorization", good).refused(t, 401, codeTokenExpired)
	if n := office.counted(); n != 0 {
		t.Errorf("the office was asked %d times", n)
	}
}
