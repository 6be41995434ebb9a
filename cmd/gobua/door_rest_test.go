package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// reply is an answer of REST.
type reply struct {
	*http.Response
	body string
}

// rest asks as anybody; headers come in pairs.
func (h *house) rest(t testing.TB, method, path, body string, headers ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(h.ctx, method, "http://"+h.addr+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{answer, string(text)}
}

// refused checks status and code, and that there is a sentence in the reader's
// language.
func (r reply) refused(t *testing.T, status int, code string) {
	t.Helper()
	var p struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(r.body), &p); err != nil || r.StatusCode != status || p.Error.Code != code {
		t.Errorf("%s %s: %d %.200s, want %d %s", r.Request.Method, r.Request.URL.Path, r.StatusCode, r.body, status, code)
		return
	}
	english := r.Request.Header.Get("Accept-Language") == "en"
	if p.Error.Message == "" || isEnglish(p.Error.Message) != english {
		t.Errorf("%s: the sentence is %q", code, p.Error.Message)
	}
}

func isEnglish(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r > 0x7f }) < 0 }

// raw sends bytes and reads one answer.
func (h *house) raw(t *testing.T, text string) reply {
	t.Helper()
	conn, err := net.Dial("tcp", h.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience)) // shows in the read
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Errorf("%.60q: no answer: %v", text, err)
		return reply{&http.Response{}, ""}
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Errorf("%.60q: %v", text, err)
	}
	return reply{answer, string(body)}
}

// office is what could have been changed by requests that should not.
func (h *house) office(t *testing.T) string {
	t.Helper()
	token, err := h.people["quantri"].Token(h.ctx)
	h.must(err)
	bearer := []string{"Authorization", "Bearer " + token}
	return h.rest(t, "GET", "/api/v1/auctions", "", bearer...).body + h.rest(t, "GET", "/api/v1/accounts", "", bearer...).body
}

// badRequests are refused in both languages, and the office is as it was.
func badRequests(t *testing.T, h *house) {
	lot := func(rules string) string {
		return `{"title":"x","lots":[{"kind":"goods","title":"x","rules":{"method":"ascending","currency":"VND","step":{"kind":"fixed","amount":100},` +
			`"closing":{"kind":"fixed"},"opening":"clock","biddingMs":3600000,` + rules + `}}]}`
	}
	account := func(change string) string {
		return `{"login":"moi-mo","name":"Mới Mở","password":"mot-mat-khau","role":"bidder",` + change + `}`
	}
	tests := []struct {
		name, login, method, path, body string
		status                          int
		code                            string
	}{
		{"no JSON", "dgv", "POST", "/auctions", `title=x`, 400, "bad_json"},
		{"cut", "dgv", "POST", "/auctions", `{"title":"x"`, 400, "bad_json"},
		{"two objects", "dgv", "POST", "/auctions", `{"title":"x"}{"title":"y"}`, 400, "bad_json"},
		{"deep", "dgv", "POST", "/auctions", `{"lots":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`, 400, "too_deep"},
		{"unknown field", "dgv", "POST", "/auctions", `{"title":"x","status":"published","admin":true}`, 400, "unknown_field"},
		{"no title", "dgv", "POST", "/auctions", `{"title":"  "}`, 422, "invalid"},
		{"title with a NUL", "dgv", "POST", "/auctions", `{"title":"a\u0000b"}`, 422, "invalid"},
		{"title of a thousand letters", "dgv", "POST", "/auctions", `{"title":"` + strings.Repeat("Đ", 1000) + `"}`, 422, "invalid"},
		{"negative start", "dgv", "POST", "/auctions", lot(`"start":-1000`), 422, "invalid"},
		{"fractional start", "dgv", "POST", "/auctions", lot(`"start":1000.5`), 422, "invalid"},
		{"start with an exponent", "dgv", "POST", "/auctions", lot(`"start":1e6`), 422, "invalid"},
		{"start as text", "dgv", "POST", "/auctions", lot(`"start":"1000"`), 422, "invalid"},
		{"start of ten quadrillion", "dgv", "POST", "/auctions", lot(`"start":10000000000000000`), 422, "invalid"},
		{"start of two to the 63rd", "dgv", "POST", "/auctions", lot(`"start":9223372036854775808`), 422, "invalid"},
		{"opening in the year 50000", "dgv", "POST", "/auctions", lot(`"start":1000,"opensAt":1515732480000000`), 422, "invalid"},
		{"cap below the start", "dgv", "POST", "/auctions", lot(`"start":1000,"cap":999`), 422, "invalid"},
		{"participant that is none", "dgv", "POST", "/auctions", `{"title":"x","participants":[{"accountId":"' or 1=1 --"}]}`, 422, "invalid"},
		{"a bidder makes an auction", "lan", "POST", "/auctions", `{"title":"x"}`, 403, "forbidden"},
		{"an observer makes an auction", "giamsat", "POST", "/auctions", `{"title":"x"}`, 403, "forbidden"},
		{"nobody makes an auction", "", "POST", "/auctions", `{"title":"x"}`, 401, "unauthorized"},
		{"a bidder reads the auctions", "lan", "GET", "/auctions", ``, 403, "forbidden"},
		{"a bidder reads the desk", "lan", "GET", "/desk/sessions", ``, 403, "forbidden"},
		{"a bidder looks people up", "lan", "GET", "/accounts?query=a", ``, 403, "forbidden"},
		{"an observer looks people up", "giamsat", "GET", "/accounts?query=a", ``, 403, "forbidden"},
		{"the auctioneer opens an account", "dgv", "POST", "/accounts", account(`"staffRef":""`), 403, "forbidden"},
		{"the auctioneer revokes", "dgv", "POST", "/accounts/" + h.people["lan"].Account.ID + "/revoke", ``, 403, "forbidden"},
		{"account of a role that is none", "quantri", "POST", "/accounts", strings.Replace(account(`"staffRef":""`), `"bidder"`, `"system"`, 1), 422, "invalid"},
		{"account with a short password", "quantri", "POST", "/accounts", strings.Replace(account(`"staffRef":""`), "mot-mat-khau", "1234567", 1), 422, "invalid"},
		{"account with a login that is taken", "quantri", "POST", "/accounts", strings.Replace(account(`"staffRef":""`), "moi-mo", "LAN", 1), 409, "login_taken"},
		{"account with a login of marks", "quantri", "POST", "/accounts", strings.Replace(account(`"staffRef":""`), "moi-mo", "đỗ", 1), 422, "invalid"},
		{"account with a name of a NUL", "quantri", "POST", "/accounts", strings.Replace(account(`"staffRef":""`), "Mới Mở", `a\u0000`, 1), 422, "invalid"},
		{"revoking nobody", "quantri", "POST", "/accounts/00000000-0000-4000-8000-000000000000/revoke", ``, 404, "not_found"},
		{"revoking with a query", "quantri", "POST", "/accounts/' or 1=1 --/revoke", ``, 404, "not_found"},
		{"an auction that is none", "dgv", "GET", "/auctions/00000000-0000-7000-8000-000000000000", ``, 404, "not_found"},
		{"a session that is none", "", "GET", "/sessions/000000000000", ``, 404, "unknown_session"},
		{"a session of the wrong form", "", "GET", "/sessions/..%2F..%2Fetc%2Fpasswd", ``, 404, "unknown_session"},
		{"rows before what is no number", "", "GET", "/sessions/" + string(h.open) + "/rows?before=1e3", ``, 422, "invalid"},
		{"rows before less than nothing", "", "GET", "/sessions/" + string(h.open) + "/rows?before=-1", ``, 422, "invalid"},
		{"no such address", "", "GET", "/nothing", ``, 404, "not_found"},
		{"wrong password", "", "POST", "/auth/login", `{"login":"lan","password":"wrong-password"}`, 401, "bad_credentials"},
		{"unknown login", "", "POST", "/auth/login", `{"login":"nobody-at-all","password":"wrong-password"}`, 401, "bad_credentials"},
		{"login with a NUL", "", "POST", "/auth/login", `{"login":"lan\u0000","password":"gobua2026\u0000"}`, 401, "bad_credentials"},
		{"login with a query", "", "POST", "/auth/login", `{"login":"' or 1=1 --","password":"x"}`, 401, "bad_credentials"},
		{"password as a list", "", "POST", "/auth/login", `{"login":"lan","password":["gobua2026"]}`, 422, "invalid"},
	}
	before := h.office(t)
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			headers := []string{"X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i)}
			if tt.login != "" {
				token, err := h.people[tt.login].Token(h.ctx)
				h.must(err)
				headers = append(headers, "Authorization", "Bearer "+token)
			}
			for _, language := range []string{"en", "vi"} {
				path := "/api/v1" + strings.ReplaceAll(tt.path, " ", "%20")
				h.rest(t, tt.method, path, tt.body, append(headers, "Accept-Language", language)...).refused(t, tt.status, tt.code)
			}
		})
	}
	if after := h.office(t); after != before {
		t.Errorf("the office was\n%s\nand is\n%s", before, after)
	}
}

// oddRequests are those no browser sends.
func oddRequests(t *testing.T, h *house) {
	page := "GET %s HTTP/1.1\r\nHost: " + h.addr + "\r\n%s\r\n"
	for _, path := range []string{
		"/../../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/_/../../go.mod", "/_/dev/../embed.go", "//etc/passwd", "/\\..\\..\\boot.ini",
		"/_/x/..%2f..%2f..%2fetc%2fpasswd", "/phong/..%2f..%2fetc", "/phong/%00", "/index.html", "/embed.go", "/js/main.js", "/.git/config", "/%ff",
	} {
		got := h.raw(t, fmt.Sprintf(page, path, ""))
		if got.StatusCode != 404 || strings.Contains(got.body, "root:") || strings.Contains(got.body, "package ") {
			t.Errorf("%s: %d %.100q", path, got.StatusCode, got.body)
		}
	}
	for _, path := range []string{"/api/../etc/passwd", "/api/v1/../../etc/passwd", "/api/v1/auctions/..%2f..%2fetc"} {
		if got := h.raw(t, fmt.Sprintf(page, path, "")); got.StatusCode != 404 && got.StatusCode != 401 {
			t.Errorf("%s: %d %.100q", path, got.StatusCode, got.body)
		}
	}
	for _, c := range []struct {
		text   string
		status int
		code   string
	}{
		{fmt.Sprintf(page, "/api/v1/home", "X-Long: "+strings.Repeat("x", 20<<10)+"\r\n"), 431, "headers_too_large"},
		{fmt.Sprintf(page, "/api/v1/home", strings.Repeat("X-Many: x\r\n", 2000)), 431, "headers_too_large"},
		{fmt.Sprintf(page, "/"+strings.Repeat("x", 20<<10), ""), 431, "headers_too_large"},
		{"TRACE /api/v1/home HTTP/1.1\r\nHost: x\r\n\r\n", 405, "method_not_allowed"},
		{"OPTIONS /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n\r\n", 405, "method_not_allowed"},
		{"DELETE /api/v1/auctions HTTP/1.1\r\nHost: x\r\n\r\n", 405, "method_not_allowed"},
		{"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\nContent-Length: 0\r\n\r\n", 403, "foreign_origin"},
		{"GET /ws HTTP/1.1\r\nHost: x\r\n\r\n", 426, "upgrade_required"},
		{"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n", 400, "bad_request"},
		{"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n{", 413, "too_large"},
		{"what is this\r\n\r\n", 400, "bad_request"},
	} {
		got := h.raw(t, c.text)
		if got.StatusCode != c.status || !strings.Contains(got.body, `"code":"`+c.code+`"`) {
			t.Errorf("%.70q: %d %.200s, want %d %s", c.text, got.StatusCode, got.body, c.status, c.code)
		}
		if got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%.70q: other sites are let in", c.text)
		}
	}
	for _, path := range []string{"/", "/api/v1/home", "/api/v1/time", "/healthz", "/readyz"} {
		get, head := h.rest(t, "GET", path, ""), h.rest(t, "HEAD", path, "")
		if get.StatusCode != 200 || head.StatusCode != 200 || head.body != "" || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
			t.Errorf("%s: GET %d, HEAD %d %q", path, get.StatusCode, head.StatusCode, head.body)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "TRACE", "OPTIONS", "PATCH", "BREW"} {
		got := h.raw(t, method+" / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
		if got.StatusCode < 400 || got.StatusCode >= 500 {
			t.Errorf("%s /: %d", method, got.StatusCode)
		}
	}
}

// guessedPasswords are slowed down where they come from, and nobody else is.
func guessedPasswords(t *testing.T, h *house) {
	try := func(from, password string) reply {
		return h.rest(t, "POST", "/api/v1/auth/login", `{"login":"chi","password":"`+password+`"}`, "X-Forwarded-For", from)
	}
	var throttled reply
	for range 6 {
		throttled = try("203.0.113.7", "guess-guess")
	}
	throttled.refused(t, 429, "throttled")
	if throttled.Header.Get("Retry-After") == "" {
		t.Error("nobody is told when to come back")
	}
	try("203.0.113.7", "gobua2026").refused(t, 429, "throttled")
	if got := try("198.51.100.9", "gobua2026"); got.StatusCode != 200 {
		t.Errorf("the right person elsewhere: %d %s", got.StatusCode, got.body)
	}
	for i := range 60 { // many places, one login
		throttled = try(fmt.Sprintf("203.0.113.%d", 100+i), "guess-guess")
	}
	throttled.refused(t, 429, "throttled")
	if got := try("198.51.100.9", "gobua2026"); got.StatusCode != 200 {
		t.Errorf("the right person where they have been before: %d %s", got.StatusCode, got.body)
	}
}

// floods of one address are refused, and those of others are not.
func floods(t *testing.T, h *house) {
	refusals := 0
	for range 600 {
		got := h.rest(t, "GET", "/api/v1/time", "", "X-Forwarded-For", "203.0.113.66")
		if got.StatusCode == 200 {
			continue
		}
		got.refused(t, 429, "rate")
		if got.Header.Get("Retry-After") == "" {
			t.Fatal("nobody is told when to come back")
		}
		if refusals++; refusals == 3 {
			break
		}
	}
	if refusals == 0 {
		t.Error("600 requests in a row were all answered")
	}
	if got := h.rest(t, "GET", "/api/v1/time", "", "X-Forwarded-For", "203.0.113.67"); got.StatusCode != 200 {
		t.Errorf("another address: %d", got.StatusCode)
	}
}

// slowRequest sends half a request and then nothing. It returns what came of
// it, later.
func slowRequest(h *house) func(*testing.T, *house) {
	type outcome struct {
		text string
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		conn, err := net.Dial("tcp", h.addr)
		if err != nil {
			done <- outcome{err: err}
			return
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(patience)) // shows in the read
		if _, err = io.WriteString(conn, "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"); err != nil {
			done <- outcome{err: err}
			return
		}
		text, err := io.ReadAll(conn)
		done <- outcome{string(text), err}
	}()
	return func(t *testing.T, _ *house) {
		o := <-done
		if o.err != nil || o.text != "" && !strings.Contains(o.text, `"code":"timeout"`) {
			t.Errorf("%q, %v", o.text, o.err)
		}
	}
}

// noticesNothing: after all that, a bid is a bid.
func noticesNothing(t *testing.T, h *house) {
	room, err := h.site().Room(h.ctx, h.open)
	h.must(err)
	k := h.knock(t, "lan", h.open)
	m := k.ask(fmt.Sprintf(`{"op":"bid","id":$N,"session":"$S","cmd":"$C","amount":%d}`, room.Now.Next))
	if got := verdict(m); got == "refused own_lead" {
		k = h.knock(t, "binh", h.open)
		m = k.ask(fmt.Sprintf(`{"op":"bid","id":$N,"session":"$S","cmd":"$C","amount":%d}`, room.Now.Next))
	}
	if got := verdict(m); got != "accepted" {
		t.Errorf("%s", got)
	}
	if said := h.said.String(); strings.Contains(said, "panic") || strings.Contains(said, "level=ERROR") {
		t.Errorf("the server is in trouble:\n%s", said)
	}
}
