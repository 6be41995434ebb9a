package transport

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

func TestAnAddressThatAsksTooMuchWaits(t *testing.T) {
	s := newSite(t, new(stubOffice), func(h *HTTPOptions, _ *AppOptions) { h.RatePerSecond, h.RateBurst = 2, 5 })
	for range 5 {
		s.ask("GET", "/api/v1/time", nil).into(t, 200, nil)
	}
	got := s.ask("GET", "/api/v1/time", nil)
	got.refused(t, 429, codeRate)
	if got.Header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", got.Header.Get("Retry-After"))
	}
	s.ask("GET", "/api/v1/time", nil, "X-Forwarded-For", "9.9.9.9").refused(t, 429, codeRate) // a claim buys nothing
	s.ask("GET", "/healthz", nil).into(t, 200, nil)                                           // probes are not counted
	s.clock.forward(time.Second)
	s.ask("GET", "/api/v1/time", nil).into(t, 200, nil)
}

func TestTheLimiterTreatsANetworkOfIPv6AsOneAddress(t *testing.T) {
	l := newAddressLimiter(1, 2)
	allowed := 0
	for i := range 10 {
		if l.allow(netip.MustParseAddr(fmt.Sprintf("2001:db8::%d", i)), testStart) {
			allowed++
		}
	}
	if allowed != 2 {
		t.Errorf("%d requests of one network, want 2", allowed)
	}
	if !l.allow(netip.MustParseAddr("2001:db8:0:1::1"), testStart) || !l.allow(netip.MustParseAddr("10.0.0.1"), testStart) ||
		!l.allow(netip.Addr{}, testStart) {
		t.Error("another network pays for it")
	}
}

func TestTheLimiterIsBounded(t *testing.T) {
	l := newAddressLimiter(1, 1)
	for i := range 5 * maxAddresses {
		l.allow(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), testStart)
	}
	if n := len(l.buckets.young) + len(l.buckets.old); n > 2*maxAddresses {
		t.Errorf("%d addresses are kept, want at most %d", n, 2*maxAddresses)
	}
}

func TestTheClientsAddressIsTheLastOneThatIsBelieved(t *testing.T) {
	tests := []struct {
		name    string
		trusted []string
		headers []string
		want    string
	}{
		{"nobody is trusted", nil, []string{"1.2.3.4"}, "127.0.0.1"},
		{"another proxy is trusted", []string{"10.0.0.0/8"}, []string{"1.2.3.4"}, "127.0.0.1"},
		{"one proxy", []string{"127.0.0.1"}, []string{"1.2.3.4"}, "1.2.3.4"},
		{"the client adds lies in front", []string{"127.0.0.0/8"}, []string{"6.6.6.6, 1.2.3.4"}, "1.2.3.4"},
		{"two proxies", []string{"127.0.0.1", "10.0.0.0/8"}, []string{"6.6.6.6, 1.2.3.4, 10.1.1.1"}, "1.2.3.4"},
		{"two headers", []string{"127.0.0.1"}, []string{"6.6.6.6", "1.2.3.4"}, "1.2.3.4"},
		{"only proxies", []string{"127.0.0.1", "10.0.0.0/8"}, []string{"10.1.1.1"}, "10.1.1.1"},
		{"no header", []string{"127.0.0.1"}, nil, "127.0.0.1"},
		{"rubbish", []string{"127.0.0.1"}, []string{"1.2.3.4, unknown"}, "127.0.0.1"},
		{"IPv6", []string{"127.0.0.1"}, []string{"2001:db8::1"}, "2001:db8::1"},
		{"IPv4 in IPv6", []string{"127.0.0.1"}, []string{"::ffff:1.2.3.4"}, "1.2.3.4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			trusted, err := ParseTrustedProxies(tt.trusted)
			if err != nil {
				t.Fatal(err)
			}
			app := NewApp(AppOptions{})
			app.Get("/", func(c *fiber.Ctx) error { return c.SendString(trusted.ClientAddr(c).String()) })
			req, err := http.NewRequest("GET", serve(t, app), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range tt.headers {
				req.Header.Add("X-Forwarded-For", h)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			got, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestWrongProxiesAreNamedAllAtOnce(t *testing.T) {
	_, err := ParseTrustedProxies([]string{"10.0.0.1", "proxy", "10.0.0.0/99"})
	if err == nil || !strings.Contains(err.Error(), "proxy, 10.0.0.0/99") {
		t.Errorf("%v", err)
	}
}
