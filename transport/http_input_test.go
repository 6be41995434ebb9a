package transport

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
)

func TestBadBodiesAreRefusedBeforeTheOfficeIsAsked(t *testing.T) {
	o := new(stubOffice)
	s := newSite(t, o)
	admin := s.as(engine.RoleAdmin)
	deep := strings.Repeat(`{"lots":[`, 20) + strings.Repeat(`]}`, 20)
	tests := []struct {
		name, method, path, body string
		status                   int
		code, field              string
	}{
		{"empty", "POST", "/accounts", "", 400, codeBadJSON, ""},
		{"not JSON", "POST", "/accounts", "login=an", 400, codeBadJSON, ""},
		{"cut", "POST", "/accounts", goodAccount[:20], 400, codeBadJSON, ""},
		{"null", "POST", "/accounts", "null", 400, codeBadJSON, ""},
		{"a list", "POST", "/accounts", "[" + goodAccount + "]", 400, codeBadJSON, ""},
		{"a number", "POST", "/accounts", "1", 400, codeBadJSON, ""},
		{"something after it", "POST", "/accounts", goodAccount + "{}", 400, codeBadJSON, ""},
		{"not UTF-8", "POST", "/accounts", "{\"login\":\"\xff\"}", 400, codeBadJSON, ""},
		{"unknown field", "POST", "/accounts", `{"login":"an","admin":true}`, 400, codeUnknownField, "admin"},
		{"unknown field inside", "POST", "/auctions", `{"title":"x","lots":[{"price":1}]}`, 400, codeUnknownField, "price"},
		{"text for a number", "PUT", "/auctions/a-1", `{"version":"1"}`, 422, codeInvalid, "version"},
		{"number for a text", "POST", "/accounts", `{"login":7}`, 422, codeInvalid, "login"},
		{"object for a list", "POST", "/auctions", `{"lots":{}}`, 422, codeInvalid, "lots"},
		{"fraction of a đồng", "POST", "/auctions", `{"lots":[{"deposit":1.5}]}`, 422, codeInvalid, "lots.deposit"},
		{"amount with an exponent", "POST", "/auctions", `{"lots":[{"deposit":1e300}]}`, 422, codeInvalid, "lots.deposit"},
		{"amount beyond 64 bits", "POST", "/auctions", `{"lots":[{"rules":{"start":99999999999999999999}}]}`, 422, codeInvalid, "lots.rules.start"},
		{"hash of the wrong length", "POST", "/auctions", `{"lots":[{"rules":{"reserve":"abcd"}}]}`, 400, codeBadJSON, ""},
		{"too deep", "POST", "/auctions", deep, 400, codeTooDeep, ""},
		{"deep in lists", "POST", "/auctions", strings.Repeat("[", 100_000), 400, codeBadJSON, ""},
		{"deep and cut", "POST", "/auctions", `{"lots":` + strings.Repeat("[", 100_000), 400, codeTooDeep, ""},
		{"no version", "PUT", "/auctions/a-1", `{"title":"x"}`, 422, codeInvalid, "version"},
		{"negative version", "POST", "/auctions/a-1/publish", `{"version":-1}`, 422, codeInvalid, "version"},
		{"login as a list", "POST", "/auth/login", `{"login":["an"],"password":"x"}`, 422, codeInvalid, "login"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := s.ask(tt.method, apiPrefix+tt.path, tt.body, admin...).refused(t, tt.status, tt.code)
			if tt.field == "" {
				return
			}
			if len(p.Error.Fields) != 1 || p.Error.Fields[0].Field != tt.field || p.Error.Fields[0].Message == "" {
				t.Errorf("fields %+v, want %s", p.Error.Fields, tt.field)
			}
		})
	}
	if n := o.counted(); n != 0 {
		t.Errorf("the office was asked %d times", n)
	}
}

// TestTooLargeABodyIsRefusedByItsHeader: the answer is there before the body
// has come; who goes on sending may see the connection end instead.
func TestTooLargeABodyIsRefusedByItsHeader(t *testing.T) {
	s := newSite(t, new(stubOffice))
	line, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	fmt.Fprintf(line, "POST %s/auctions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", apiPrefix, maxBodyBytes+1)
	answer, err := http.ReadResponse(bufio.NewReader(line), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 413 || !strings.Contains(string(body), codeTooLarge) {
		t.Fatalf("%d %s %v", answer.StatusCode, body, err)
	}
}

func TestOnlyPlainJSONIsRead(t *testing.T) {
	s := newSite(t, new(stubOffice))
	admin := s.as(engine.RoleAdmin)
	for _, headers := range [][]string{
		{"Content-Type", "text/plain"},
		{"Content-Type", "application/x-www-form-urlencoded"},
		{"Content-Type", "multipart/form-data; boundary=x"},
		{"Content-Type", ""},
		{"Content-Type", "application/json/x"},
		{"Content-Encoding", "gzip"},
		{"Content-Encoding", "br"},
	} {
		s.ask("POST", "/api/v1/accounts", goodAccount, append(headers, admin...)...).refused(t, 415, codeNotJSON)
	}
	s.ask("POST", "/api/v1/accounts", goodAccount, append(admin, "Content-Type", "application/json; charset=utf-8")...).into(t, 201, nil)
}

func TestBadAddressesAreNotFound(t *testing.T) {
	o := new(stubOffice)
	s := newSite(t, o)
	admin := s.as(engine.RoleAdmin)
	long := strings.Repeat("a", 65)
	for _, path := range []string{
		"/auctions/..%2f..%2fetc%2fpasswd", "/auctions/a%00b", "/auctions/'%20or%201=1", "/auctions/" + long,
		"/auctions/%F0%9F%94%A8", "/auctions/a.b", "/auctions/..%5c..%5cboot.ini",
	} {
		s.ask("GET", apiPrefix+path, nil, admin...).refused(t, 404, codeNotFound)
	}
	for _, path := range []string{
		"/sessions/x", "/sessions/K7QP2MWX90AB", "/sessions/..%2f..%2fhome", "/sessions/" + long, "/sessions/k7qp2mwx90ab",
		"/sessions/k7qp2mwx90ab/rows",
	} {
		s.ask("GET", apiPrefix+path, nil).refused(t, 404, codeUnknownSession)
	}
	for _, path := range []string{"/api/v2/home", "/api/v1", "/api/v1/", "/api/v1/nothing", "/api/../etc/passwd"} {
		if got := s.ask("GET", path, nil); got.StatusCode != 404 || !strings.Contains(string(got.body), codeNotFound) {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
	s.rooms.add("k7qp2mwx90ab", engine.PhaseRunning, nil)
	for _, before := range []string{"-1", "1.5", "x", "99999999999999999999", "1e3"} {
		s.ask("GET", "/api/v1/sessions/k7qp2mwx90ab/rows?before="+before, nil).refused(t, 422, codeInvalid)
	}
	if n := o.counted(); n != 0 {
		t.Errorf("the office was asked %d times", n)
	}
}

func TestAWrongMethodIsToldWhichIsRight(t *testing.T) {
	s := newSite(t, new(stubOffice))
	for request, allow := range map[string]string{
		"DELETE /api/v1/auctions":    "GET, POST",
		"PATCH /api/v1/auctions/a-1": "GET, PUT",
		"GET /api/v1/auth/login":     "POST",
		"OPTIONS /api/v1/auth/login": "POST", // no CORS: a preflight learns nothing else
	} {
		method, path, _ := strings.Cut(request, " ")
		got := s.ask(method, path, nil)
		got.refused(t, 405, codeMethodNotAllowed)
		if got.Header.Get("Allow") != allow {
			t.Errorf("%s: Allow %q, want %q", request, got.Header.Get("Allow"), allow)
		}
		if got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: other sites are let in", request)
		}
	}
}

func TestAForeignPageCannotActForItsVisitor(t *testing.T) {
	o := new(stubOffice)
	s := newSite(t, o, func(h *HTTPOptions, _ *AppOptions) { h.Origins = []string{"https://dau-gia.example"} })
	own := s.url
	admin := s.as(engine.RoleAdmin)
	for _, origin := range []string{
		"https://evil.example", "null", "http://127.0.0.1:1", "https://dau-gia.example.evil.example",
		"https://dau-gia.example:8443", "http://dau-gia.example", "file://", strings.Replace(own, "127.0.0.1", "localhost", 1),
	} {
		for _, path := range []string{"/auth/login", "/auth/refresh", "/auth/logout", "/accounts", "/auctions/a-1/publish"} {
			s.ask("POST", apiPrefix+path, goodAccount, append([]string{"Origin", origin, "X-Gobua", "1"}, admin...)...).
				refused(t, 403, codeForeignOrigin)
		}
	}
	for _, path := range []string{"/auth/refresh", "/auth/logout"} {
		s.ask("POST", apiPrefix+path, nil).refused(t, 403, codeHeaderMissing)
		s.ask("POST", apiPrefix+path, nil, "X-Gobua", "0").refused(t, 403, codeHeaderMissing)
	}
	if n := o.counted(); n != 0 {
		t.Errorf("the office was asked %d times", n)
	}
	for _, headers := range [][]string{{"Origin", own}, {"Origin", "https://dau-gia.example"}, {"X-Gobua", "1"}} {
		s.ask("POST", "/api/v1/auth/refresh", nil, headers...).into(t, 200, nil)
	}
	s.ask("GET", "/api/v1/home", nil, "Origin", "https://evil.example").into(t, 200, nil) // public; unreadable there without CORS
}

// Every answer of the office reaches the client as its code, without a word of
// the cause.
func TestOfficeErrorsBecomeCodes(t *testing.T) {
	secret := "pq: password authentication failed for user gobua at 10.0.0.7"
	tests := []struct {
		err    error
		status int
		code   string
		retry  string
	}{
		{fmt.Errorf("%w: %s", office.ErrUnavailable, secret), 503, codeOfficeClosed, "5"},
		{fmt.Errorf("query: %w", context.DeadlineExceeded), 503, codeOfficeClosed, "5"},
		{office.ErrNotFound, 404, codeNotFound, ""},
		{office.ErrForbidden, 403, codeForbidden, ""},
		{office.ErrBadCredentials, 401, codeBadCredentials, ""},
		{office.ErrPasswordGiven, 403, codePasswordGiven, ""},
		{office.ErrSignedOut, 401, codeSignedOut, ""},
		{office.ErrLoginTaken, 409, codeLoginTaken, ""},
		{office.ErrEditedMeanwhile, 409, codeEditedMeanwhile, ""},
		{office.ErrPublished, 409, codeAlreadyPublished, ""},
		{office.ErrKeyReused, 409, codeIdempotencyReused, ""},
		{office.ErrThrottled{RetryAfter: 1500 * time.Millisecond}, 429, codeThrottled, "2"},
		{&office.Invalid{Fields: []office.Field{{Field: "title", Code: "missing"}}}, 422, codeInvalid, ""},
		{errors.New(secret), 500, codeInternal, ""},
	}
	o := new(stubOffice)
	s := newSite(t, o)
	admin := s.as(engine.RoleAdmin)
	for _, tt := range tests {
		o.fail(tt.err)
		got := s.ask("PUT", "/api/v1/auctions/a-1", goodEdit, admin...)
		got.refused(t, tt.status, tt.code)
		// "pq:" with its colon: the letters alone may stand in an incident's
		// random name.
		for _, part := range []string{"pq:", "password auth", "10.0.0.7"} {
			if bytes.Contains(got.body, []byte(part)) {
				t.Errorf("%v leaks %q: %s", tt.err, part, got.body)
			}
		}
		if got.Header.Get("Retry-After") != tt.retry {
			t.Errorf("%v: Retry-After %q, want %q", tt.err, got.Header.Get("Retry-After"), tt.retry)
		}
	}
	if !strings.Contains(s.log.String(), secret) {
		t.Error("the cause is not in the log")
	}
}

func TestAnswersSpeakTheReadersLanguage(t *testing.T) {
	s := newSite(t, new(stubOffice))
	for accept, want := range map[string]string{
		"": "vi", "vi": "vi", "vi-VN,vi;q=0.9,en;q=0.8": "vi", "en": "en", "en-US,en;q=0.9": "en",
		"fr": "vi", "fr,en;q=0.5": "en", "*": "vi", "en;q=0.1,vi;q=0.9": "vi", strings.Repeat("en,", 300): "en", ";;;": "vi",
	} {
		got := s.ask("GET", "/api/v1/me", nil, "Accept-Language", accept)
		p := got.refused(t, 401, codeUnauthorized)
		if lang := got.Header.Get("Content-Language"); lang != want {
			t.Errorf("%.20q: %s, want %s", accept, lang, want)
		}
		a := answers[codeUnauthorized]
		if sentence := map[string]string{"vi": a.vi, "en": a.en}[want]; p.Error.Message != sentence {
			t.Errorf("%.20q: %q, want %q", accept, p.Error.Message, sentence)
		}
	}
}

func TestEveryAnswerHasBothLanguages(t *testing.T) {
	for code, a := range answers {
		if a.status < 400 || a.vi == "" || a.en == "" || a.vi == a.en {
			t.Errorf("%s: %+v", code, a)
		}
	}
	for code, s := range fieldSentences {
		if s.vi == "" || s.en == "" {
			t.Errorf("%s: %+v", code, s)
		}
	}
}

// The codes that can stand beside a field come from three packages. This reads
// them from the source, so that a new one cannot be forgotten here.
func TestEveryFieldCodeHasASentence(t *testing.T) {
	calls := regexp.MustCompile(`, "([a-z_]+)"(?:\)|\}[)}])|return "([a-z_]+)"`)
	files, err := filepath.Glob("../office/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]bool)
	for _, f := range append(files, "../engine/rules.go", "../engine/sealed.go") {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range calls.FindAllStringSubmatch(string(source), -1) {
			found[m[1]+m[2]] = true
		}
	}
	if len(found) < 12 {
		t.Fatalf("only %d codes were found, the pattern no longer fits: %v", len(found), found)
	}
	for code := range found {
		if _, ok := fieldSentences[code]; !ok {
			t.Errorf("field code %q has no sentence", code)
		}
	}
}

// What the parser of HTTP refuses by itself is answered in the same form.
func TestBrokenRequestsGetTheSameForm(t *testing.T) {
	s := newSite(t, new(stubOffice))
	for name, raw := range map[string]string{
		codeHeadersTooLarge: "GET /api/v1/home HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 16<<10) + "\r\n\r\n",
		codeTooLarge:        "POST /api/v1/auctions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{",
		codeBadRequest:      "GET\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, raw); err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 4096)
		n, err := conn.Read(answer)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(answer[:n]); !strings.Contains(got, `"code":"`+name+`"`) {
			t.Errorf("%s: %s", name, got)
		}
		conn.Close()
	}
}

func FuzzBodies(f *testing.F) {
	for _, seed := range []string{goodAuction, goodEdit, goodAccount, "", "{", `{"a":"\"`, "[[[[", `{"\u0000":1}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if d := depthOf([]byte(body)); d < 0 || d > len(body) {
			t.Fatalf("depth %d of %d bytes", d, len(body))
		}
		if f := faultOf(jsonFault(errors.New(body))); answers[f.code].status == http.StatusInternalServerError {
			t.Fatal("a bad body is our failure")
		}
	})
}
