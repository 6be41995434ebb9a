package transport

import (
	"fmt"
	"strings"
	"testing"
)

// hidden is a request that somebody would have the server find in another one's
// body. Its path stands in no answer to anything else.
const hidden = "GET /api/v1/hidden HTTP/1.1\r\nHost: x\r\n\r\n"

// TestNoRequestHidesInAnother: whatever a proxy in front could read otherwise
// than we do gets one answer, and with it the connection ends.
func TestNoRequestHidesInAnother(t *testing.T) {
	s := newSite(t, new(stubOffice))
	post := "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	for name, c := range map[string]struct {
		request string
		status  int
	}{
		"chunked":                       {post + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
		"length and chunks":             {post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
		"chunks and length":             {post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 411},
		"identity and length":           {post + "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}", 411},
		"chunked in HTTP/1.0":           {"POST /api/v1/auth/login HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
		"a line feed ends a chunk":      {post + "Transfer-Encoding: chunked\r\n\r\n1;a\nx\r\nb\r\n0\r\n\r\n", 411},
		"chunked twice":                 {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
		"chunked of another kind":       {post + "Transfer-Encoding: xchunked\r\n\r\n", 400},
		"chunked after a tab":           {post + "Transfer-Encoding:\tchunked\r\n\r\n", 400},
		"chunked on the next line":      {post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400},
		"a space before the colon":      {post + "Transfer-Encoding : chunked\r\n\r\n", 400},
		"two lengths":                   {post + "Content-Length: 2\r\nContent-Length: 44\r\n\r\n{}", 400},
		"the same length twice":         {post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400},
		"a list of lengths":             {post + "Content-Length: 2, 2\r\n\r\n{}", 400},
		"a length with a sign":          {post + "Content-Length: +2\r\n\r\n{}", 400},
		"a negative length":             {post + "Content-Length: -1\r\n\r\n", 400},
		"a length in hexadecimal":       {post + "Content-Length: 0x2\r\n\r\n{}", 400},
		"a length of no number":         {post + "Content-Length: \r\n\r\n", 400},
		"a length that overflows":       {post + "Content-Length: 18446744073709551618\r\n\r\n{}", 400},
		"a line that goes on":           {post + "X-A: a\r\n Content-Length: 44\r\n\r\n", 400},
		"a line feed alone":             {post + "X-A: a\nContent-Length: 2\r\n\r\n{}", 400},
		"line feeds alone":              {"GET /healthz HTTP/1.1\nHost: x\n\n", 400},
		"a carriage return alone":       {post + "X-A: a\rContent-Length: 44\r\n\r\n", 400},
		"a zero byte":                   {post + "X-A: a\x00\r\n\r\n", 400},
		"a line that is no field":       {post + "chunked\r\n\r\n", 400},
		"no host":                       {"GET /healthz HTTP/1.1\r\n\r\n", 400},
		"two hosts":                     {"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
		"a version that does not exist": {"GET /healthz HTTP/1.12\r\nHost: x\r\n\r\n", 400},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.raw(c.request + hidden)
			if n := strings.Count(got, "HTTP/1.1 "); n != 1 {
				t.Fatalf("%d answers:\n%s", n, got)
			}
			if want := fmt.Sprintf("HTTP/1.1 %d ", c.status); !strings.HasPrefix(got, want) {
				t.Errorf("want %s, got\n%s", want, got)
			}
			if !strings.Contains(got, "Connection: close") {
				t.Errorf("it does not say that the connection ends:\n%s", got)
			}
		})
	}
}

// TestABodyIsReadToItsEnd also where none is expected: what follows it is the
// next request, and nothing in it is.
func TestABodyIsReadToItsEnd(t *testing.T) {
	s := newSite(t, new(stubOffice))
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "DELETE", "POST", "BREW"} {
		first := fmt.Sprintf("%s /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", method, len(hidden), hidden)
		got := s.raw(first + "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if n := strings.Count(got, "HTTP/1.1 "); n != 2 || strings.Count(got, "HTTP/1.1 200 ") != 1 {
			t.Errorf("%s: %d answers:\n%s", method, n, got)
		}
	}
}

func FuzzFraming(f *testing.F) {
	f.Add([]byte("Host: x\r\n\r\n"))
	f.Add([]byte("Host: x\r\nTransfer-Encoding: chunked\r\n\r\n"))
	f.Add([]byte("X: a\r\n Host: y\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if misframed(raw) != "" {
			return
		}
		for _, line := range strings.Split(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
			if strings.ContainsAny(line, "\r\n\x00") || strings.HasPrefix(line, " ") || strings.HasPrefix(strings.ToLower(line), "transfer-encoding:") {
				t.Errorf("%q was taken", raw)
			}
		}
	})
}
