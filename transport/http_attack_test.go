package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/gofiber/fiber/v2"

	api "gobua/docs/api"
	"gobua/engine"
)

// These tests take their questions from docs/api/openapi.yaml: a route of
// tomorrow is attacked like those of today.

var update = flag.Bool("update", false, "write testdata/who.txt anew")

// operation is one of the API as the file describes it.
type operation struct {
	method, path string // "/api/v1/auctions/{id}"
	example      any    // of a body of JSON
	fields       []string
}

func operations(t *testing.T) (list []operation) {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			RequestBody struct {
				Content map[string]struct {
					Example any
					Schema  apiSchema
				}
			} `yaml:"requestBody"`
		}
	}
	if err := yaml.Unmarshal(api.YAML, &doc); err != nil {
		t.Fatal(err)
	}
	known := readAPIFile(t)
	for path, methods := range doc.Paths {
		if !strings.HasPrefix(path, apiPrefix+"/") {
			continue
		}
		for method, op := range methods {
			body := op.RequestBody.Content["application/json"]
			list = append(list, operation{strings.ToUpper(method), path, body.Example, known.fields(body.Schema)})
		}
	}
	slices.SortFunc(list, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	if len(list) < 100 {
		t.Fatalf("only %d operations were read", len(list))
	}
	return list
}

// filled puts values where a path has parameters.
func filled(path, value string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") {
			parts[i] = value
		}
	}
	return strings.Join(parts, "/")
}

var everyRole = []engine.Role{
	engine.RoleBidder, engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleObserver, engine.RoleAdmin,
}

// TestNoRoleReachesMoreThanItsRows: testdata/who.txt says of every operation of
// the file who comes past the door. A route without a row fails, and a right that
// is added or taken away is a line of the diff that somebody has to read.
func TestNoRoleReachesMoreThanItsRows(t *testing.T) {
	s := newSite(t, new(stubOffice), withLedger(t))
	var rows strings.Builder
	for _, op := range operations(t) {
		var in []string
		reached := func(headers ...string) bool {
			got := s.ask(op.method, filled(op.path, "1"), nil, append(headers, "X-Gobua", "1")...)
			return got.StatusCode != 401 && got.StatusCode != 403 || bytes.Contains(got.body, []byte(codeBadCredentials))
		}
		public := reached()
		if public {
			in = append(in, "everybody")
		}
		for _, role := range everyRole {
			switch may := reached(s.as(role)...); {
			case may && !public:
				in = append(in, string(role))
			case public && !may:
				in = append(in, "but not "+string(role))
			}
		}
		fmt.Fprintf(&rows, "%s %s: %s\n", op.method, op.path, strings.Join(in, " "))
	}
	const file = "testdata/who.txt"
	if *update {
		if err := os.WriteFile(file, []byte(rows.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	have := strings.Split(rows.String(), "\n")
	rest := strings.Split(string(want), "\n")
	for _, row := range have {
		if i := slices.Index(rest, row); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else {
			t.Errorf("not in %s: %s", file, row)
		}
	}
	for _, row := range rest {
		t.Errorf("no longer so: %s", row)
	}
}

// privileged are names under which things are kept that a body must not set.
var privileged = []string{
	"id", "role", "status", "state", "centreId", "accountId", "by", "admin", "revoked", "createdAt", "publishedAt", "approved", "decidedBy",
	"standing", "dossier", "passwordHash", "hash", "sealed", "holder", "isAdmin", "__proto__", "constructor",
}

// TestABodySetsWhatIsDescribedAndNothingElse: every object of every body is
// refused with a field that the file does not know, before the office is asked.
func TestABodySetsWhatIsDescribedAndNothingElse(t *testing.T) {
	o := new(stubOffice)
	s := newSite(t, o, withLedger(t))
	asked := 0
	for _, op := range operations(t) {
		if op.example == nil {
			continue
		}
		raw, err := json.Marshal(op.example)
		if err != nil {
			t.Fatal(err)
		}
		refused := func(field string, change func(map[string]any)) {
			var body map[string]any
			if err := json.Unmarshal(raw, &body); err != nil {
				t.Fatal(err)
			}
			change(body)
			for _, role := range everyRole {
				got := s.ask(op.method, filled(op.path, "1"), body, append(s.as(role), "X-Gobua", "1")...)
				if got.StatusCode == 403 {
					continue
				}
				asked++
				if got.StatusCode != 400 || !bytes.Contains(got.body, []byte(codeUnknownField)) || !bytes.Contains(got.body, []byte(`"`+field+`"`)) {
					t.Errorf("%s %s takes %q: %d %s", op.method, op.path, field, got.StatusCode, got.body)
				}
				return // one who comes past the door is enough
			}
			t.Errorf("%s %s: nobody comes past the door", op.method, op.path)
		}
		for _, name := range privileged {
			if !slices.Contains(op.fields, name) {
				refused(name, func(body map[string]any) { body[name] = "admin" })
			}
		}
		var body any
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Fatal(err)
		}
		for i := range objectsIn(body) {
			refused("not_described", func(body map[string]any) { objectsIn(body)[i]["not_described"] = true })
		}
	}
	if n := o.counted(); n != 0 {
		t.Errorf("the office was asked %d times", n)
	}
	if asked < 800 {
		t.Errorf("only %d bodies were tried", asked)
	}
}

// objectsIn returns every object of a JSON value, in one order.
func objectsIn(v any) (all []map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		all = append(all, v)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			all = append(all, objectsIn(v[name])...)
		}
	case []any:
		for _, one := range v {
			all = append(all, objectsIn(one)...)
		}
	}
	return all
}

// TestNoHostileNameReachesTheOffice: what stands in a path is an id of ours or
// nothing. It becomes neither a path, nor a pattern, nor a line of the log.
func TestNoHostileNameReachesTheOffice(t *testing.T) {
	o := new(stubOffice)
	s := newSite(t, o, withLedger(t))
	for _, op := range operations(t) {
		if !strings.Contains(op.path, "{id}") {
			continue
		}
		for _, id := range []string{
			"..%2f..%2fetc%2fpasswd", "..%5c..%5cwin.ini", "%2e%2e", "a%00b", "%27%20or%201=1--", "%25", "*", "a%0d%0aSet-Cookie:%20a=b",
			"%1b%5b31m", "%e2%80%aeexe", strings.Repeat("a", 65), "%7b%7b.%7d%7d", "$%7bjndi:x%7d",
		} {
			path := strings.ReplaceAll(strings.ReplaceAll(op.path, "{id}", id), "{number}", "1")
			for _, role := range everyRole {
				got := s.ask(op.method, filled(path, "1"), op.example, append(s.as(role), "X-Gobua", "1")...)
				if got.StatusCode == 403 && role != engine.RoleAdmin {
					continue
				}
				if got.StatusCode != 404 && got.StatusCode != 403 && got.StatusCode != 415 || got.Header.Get("Set-Cookie") != "" {
					t.Errorf("%s %s: %d %s", op.method, path, got.StatusCode, got.body)
				}
				break
			}
		}
	}
	if n := o.counted(); n != 0 {
		t.Errorf("the office was asked %d times", n)
	}
}

// TestNobodyWritesALineOfTheLog: what a request says stands in quotation marks on
// the line of its own request, in both forms of the log.
func TestNobodyWritesALineOfTheLog(t *testing.T) {
	for _, form := range []string{"text", "json"} {
		lines := new(logLines)
		options := &slog.HandlerOptions{Level: slog.LevelDebug}
		var handler slog.Handler = slog.NewTextHandler(lines, options)
		if form == "json" {
			handler = slog.NewJSONHandler(lines, options)
		}
		s := newSite(t, new(stubOffice), func(h *HTTPOptions, a *AppOptions) { h.Log, a.Log = slog.New(handler), slog.New(handler) })
		asks := []string{
			"/api/v1/a%0d%0atime=2026-01-01%20level=INFO%20msg=request%20account=acc-admin", "/api/v1/%1b%5b2J%1b%5b31mx", "/api/v1/%e2%80%ae%e2%80%a8x",
			"/api/v1/auctions/%0aforged",
		}
		for _, path := range asks {
			s.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nUser-Agent: a\x1b[31m\r\nAccept-Language: en\x1b[31m\r\nConnection: close\r\n\r\n")
		}
		s.raw("POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5\r\nConnection: close\r\n\r\n{\x1b[31")
		log := lines.String()
		if n := strings.Count(log, "\n"); n != len(asks)+1 {
			t.Errorf("%s: %d requests left %d lines:\n%s", form, len(asks)+1, n, log)
		}
		if strings.ContainsAny(log, "\x1b\r\u202e\u2028") {
			t.Errorf("%s: what is not printed is in the log: %q", form, log)
		}
	}
}

// raw sends bytes, which no client of Go would, and reads to the end.
func (s *site) raw(request string) string {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		s.t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	answer, err := io.ReadAll(conn)
	if err != nil || len(answer) == 0 {
		s.t.Fatalf("%.60q: %q, %v", request, answer, err)
	}
	return string(answer)
}

// lettersTakeTime is an office in which an account costs a letter.
type lettersTakeTime struct {
	*stubOffice
	clock *tokenClock
}

func (o lettersTakeTime) ForgotPassword(_ context.Context, login, _ string) error {
	if login == "an" {
		o.clock.forward(40 * time.Millisecond)
	}
	return nil
}

// TestTheTimeOfAnAnswerTellsNothing of whether there is an account.
func TestTheTimeOfAnAnswerTellsNothing(t *testing.T) {
	o := lettersTakeTime{stubOffice: new(stubOffice), clock: new(tokenClock)}
	s := newSite(t, &o)
	o.clock = s.clock
	for _, login := range []string{"an", "nobody", ""} {
		before := s.clock.Now()
		s.ask("POST", "/api/v1/auth/forgot", map[string]string{"login": login}).into(t, 204, nil)
		if took := s.clock.Now().Sub(before); took != forgotTakes {
			t.Errorf("%q is answered after %v", login, took)
		}
	}
}

// TestARequestThatNeverEndsIsCut: byte after byte comes, always in time, and the
// whole is too late. Others are served meanwhile.
func TestARequestThatNeverEndsIsCut(t *testing.T) {
	app := NewApp(AppOptions{})
	if limit := app.Server().ReadTimeout; limit <= 0 || limit > 15*time.Second {
		t.Fatalf("a request may take %v", limit)
	}
	app.Server().ReadTimeout = 300 * time.Millisecond // the same way, in less of our time
	app.Post("/x", func(c *fiber.Ctx) error { return c.SendStatus(204) })
	url := serve(t, app)
	for name, begin := range map[string]string{
		"header":    "GET /x HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"body":      "POST /x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n",
		"handshake": "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ",
		"line":      "GET /",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			cut := make(chan error, 1)
			go func() {
				_ = conn.SetReadDeadline(time.Now().Add(patience))
				_, err := io.Copy(io.Discard, conn)
				cut <- err
			}()
			if _, err := io.WriteString(conn, begin); err != nil {
				t.Fatal(err)
			}
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case err := <-cut:
					if ne, ok := err.(net.Error); ok && ne.Timeout() {
						t.Fatal("it is still heard")
					}
					return
				case <-tick.C:
					_, _ = io.WriteString(conn, "x") // once it is cut, this fails
				}
			}
		})
	}
}
