package transport

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"gobua/engine"
)

func TestAPanicTellsNothingButItsNumber(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.rooms.panics = true
	p := s.ask("GET", "/api/v1/home", nil).refused(t, 500, codeInternal)
	if p.Error.Incident == "" {
		t.Fatal("no incident number")
	}
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"planted", "postgres", "secret", "goroutine", ".go"} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("the answer says %q: %s", secret, raw)
		}
	}
	log := s.log.String()
	for _, want := range []string{"level=ERROR", "id=" + p.Error.Incident, "planted", "http_rooms.go"} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not in the log: %s", want, log)
		}
	}
	s.rooms.panics = false
	s.ask("GET", "/api/v1/home", nil).into(t, 200, nil)
}

func TestTheLogHasNoSecrets(t *testing.T) {
	s := newSite(t, new(stubOffice))
	admin := s.as(engine.RoleAdmin)
	s.ask("POST", "/api/v1/auth/login", `{"login":"an","password":"mat-khau-bi-mat"}`).into(t, 200, nil)
	s.ask("POST", "/api/v1/auth/refresh", nil, "X-Gobua", "1", "Cookie", "gobua_refresh=banh-quy-bi-mat").into(t, 200, nil)
	s.ask("GET", "/api/v1/accounts?query=truy-van-bi-mat", nil, admin...).into(t, 200, nil)
	s.ask("GET", "/api/v1/me", nil, "Authorization", "Bearer the-bi-mat").refused(t, 401, codeUnauthorized)
	log := s.log.String()
	if strings.Contains(log, "bi-mat") || strings.Contains(log, admin[1][7:]) {
		t.Errorf("a secret is in the log: %s", log)
	}
	for _, want := range []string{"method=GET", "path=/api/v1/accounts", "status=200", "account=acc-admin", "from=127.0.0.1", "code=unauthorized"} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not in the log: %s", want, log)
		}
	}
}

func TestEveryAnswerOfTheAPIHasItsHeaders(t *testing.T) {
	s := newSite(t, new(stubOffice))
	for path, cache := range map[string]string{
		"/api/v1/home": "no-store", "/api/v1/me": "no-store", "/api/v1/nothing": "no-store", "/healthz": "no-store",
		"/api/openapi.yaml": docsAge,
	} {
		got := s.ask("GET", path, nil)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": cache,
			"Server": "", "X-Powered-By": "", "Access-Control-Allow-Origin": "",
		} {
			if got.Header.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got.Header.Get(name), want)
			}
		}
		if !strings.Contains(got.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %s", path, got.Header.Get("Content-Security-Policy"))
		}
	}
	if head := s.ask("HEAD", "/api/v1/home", nil); head.StatusCode != 200 || len(head.body) != 0 {
		t.Errorf("HEAD: %d %s", head.StatusCode, head.body)
	}
}

func TestReadyIsAboutBidding(t *testing.T) {
	var r Readiness
	s := newSite(t, new(stubOffice), func(h *HTTPOptions, _ *AppOptions) { h.Ready = func() Readiness { return r } })
	tests := []struct {
		name   string
		is     Readiness
		status int
	}{
		{"all well", Readiness{Journal: true, Office: true}, 200},
		{"office closed", Readiness{Journal: true}, 200},
		{"journal failed", Readiness{Office: true}, 503},
		{"about to end", Readiness{Journal: true, Office: true, Draining: true}, 503},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r = tt.is
			var got readinessJSON
			answer := s.ask("GET", "/readyz", nil)
			answer.into(t, tt.status, &got)
			if answer.Close != (tt.status == 503) {
				t.Errorf("%+v: the connection ends: %v", tt.is, answer.Close)
			}
			if got.Ready != (tt.status == 200) || (got.Office == "closed") == tt.is.Office || (got.Journal == "failed") == tt.is.Journal ||
				got.Draining != tt.is.Draining || (got.Note == "") != tt.is.Office {
				t.Errorf("%+v says %+v", tt.is, got)
			}
			s.ask("GET", "/healthz", nil).into(t, 200, nil) // alive all the same
		})
	}
}

func TestMetricsAreForThisMachine(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.ask("GET", "/api/v1/home", nil).into(t, 200, nil)
	s.ask("GET", "/api/v1/sessions/k7qp2mwx90ab", nil).refused(t, 404, codeUnknownSession)
	got := s.ask("GET", "/metrics", nil)
	got.into(t, 200, nil)
	for _, want := range []string{
		`gobua_http_request_seconds_count{method="GET",route="/api/v1/home",status="200"} 1`,
		`gobua_http_request_seconds_count{method="GET",route="/api/v1/sessions/:id",status="404"} 1`,
	} {
		if !strings.Contains(string(got.body), want) {
			t.Errorf("%s is missing", want)
		}
	}
	s.ask("GET", "/metrics", nil, "X-Forwarded-For", "127.0.0.1").refused(t, 404, codeNotFound)
	s.ask("GET", "/metrics", nil, "Forwarded", "for=127.0.0.1").refused(t, 404, codeNotFound)
	elsewhere := newSite(t, new(stubOffice), func(h *HTTPOptions, _ *AppOptions) {
		h.MetricsFrom = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	})
	elsewhere.ask("GET", "/metrics", nil).refused(t, 404, codeNotFound)
}

// Strings of a request must not change when the next request comes: some of
// them are kept.
func TestStringsOfARequestAreCopies(t *testing.T) {
	var kept []string
	app := NewApp(AppOptions{})
	app.Get("/keep/:id", func(c *fiber.Ctx) error {
		kept = append(kept, c.Params("id"), c.Get("X-Kept"), c.Query("q"), c.Path())
		return nil
	})
	url := serve(t, app)
	for _, who := range []string{"aaaaaaaa", "bbbbbbbb"} {
		req, err := http.NewRequest("GET", url+"/keep/"+who+"?q="+who, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Kept", who)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	if got, want := strings.Join(kept[:4], " "), "aaaaaaaa aaaaaaaa aaaaaaaa /keep/aaaaaaaa"; got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
}

func TestTheServerIsNotSplitIntoProcesses(t *testing.T) {
	c := NewApp(AppOptions{}).Config()
	if c.Prefork || !c.ReduceMemoryUsage || !c.Immutable || c.BodyLimit != maxBodyBytes || c.ReadTimeout == 0 || c.WriteTimeout == 0 || c.IdleTimeout == 0 {
		t.Errorf("%+v", c)
	}
}

// TestInARushNobodyKeepsAPlace: who has been served keeps the line for the next
// request, until half of the places are taken; then newcomers are served all the
// same, however many come.
func TestInARushNobodyKeepsAPlace(t *testing.T) {
	const places = 8
	app := NewApp(AppOptions{Connections: places})
	app.Get("/x", func(c *fiber.Ctx) error { return c.SendStatus(204) })
	url := serve(t, app)
	ask := func() (kept bool) {
		t.Helper()
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if _, err := io.WriteString(conn, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		r, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || r.StatusCode != 204 {
			t.Fatalf("%v, %v", r, err)
		}
		if !r.Close {
			return true
		}
		for app.Server().GetOpenConnectionsCount() > places/2 { // it closes after the answer
			time.Sleep(time.Millisecond)
		}
		return false
	}
	for i := range 3 * places {
		if kept, want := ask(), i < places/2; kept != want {
			t.Fatalf("newcomer %d keeps the place: %v", i+1, kept)
		}
	}
}
