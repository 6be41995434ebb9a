package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

var background = context.Background()

func testEvent() Event {
	return Event{ID: "msg_01972f3e", Body: []byte(`{"type":"auction.listed","timestamp":"2026-11-26T02:30:00Z","data":{"auction":"a-1"}}`)}
}

// TestTheSignatureIsTheStandards uses the vector that the standard's libraries
// share.
func TestTheSignatureIsTheStandards(t *testing.T) {
	got, err := Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; err != nil || got != want {
		t.Errorf("got %q %v", got, err)
	}
}

func TestASecretHasTheStandardsForm(t *testing.T) {
	if a, b := NewSecret(), NewSecret(); a == b || !strings.HasPrefix(string(a), "whsec_") {
		t.Error("two secrets are equal or unnamed")
	}
	if s := fmt.Sprintf("%v %s %+v %#v", NewSecret(), NewSecret(), Endpoint{Secrets: []Secret{NewSecret()}}, NewSecret()); strings.Contains(s, "whsec_") {
		t.Errorf("prints %s", s)
	}
	short := Secret("whsec_" + strings.Repeat("A", 28)) // 21 bytes
	for _, s := range []Secret{"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", short, Secret("whsec_" + strings.Repeat("A", 88))} {
		if _, err := Sign("m", time.Unix(1, 0), nil, s); !errors.Is(err, ErrBadSecret) {
			t.Errorf("%q is taken: %v", string(s), err)
		}
	}
	for _, id := range []string{"", "a.1"} {
		if _, err := Sign(id, time.Unix(1, 0), nil, NewSecret()); err == nil {
			t.Errorf("id %q is taken", id)
		}
	}
}

func TestTheReceiverCanCheckWithTheStandardsLibrary(t *testing.T) {
	current, old := NewSecret(), NewSecret()
	e := testEvent()
	seen := make(chan error, 1)
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil && (!bytes.Equal(body, e.Body) || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("webhook-id") != e.ID) {
			err = fmt.Errorf("%s %v %s", r.Method, r.Header, body)
		}
		for _, secret := range []Secret{current, old} {
			receiver, bad := standard.NewWebhook(string(secret))
			err = errors.Join(err, bad, receiver.Verify(body, r.Header))
		}
		stranger, bad := standard.NewWebhook(string(NewSecret()))
		if bad != nil || stranger.Verify(body, r.Header) == nil {
			err = errors.Join(err, bad, errors.New("any secret fits"))
		}
		seen <- err
	}))
	defer server.Close()
	c := New(Options{Local: true, Roots: rootsOf(server)})
	o := c.Deliver(background, Endpoint{server.URL, []Secret{current, old}}, e)
	if o.Class != Delivered || o.Status != 200 || o.Duration <= 0 {
		t.Fatalf("got %+v", o)
	}
	if err := <-seen; err != nil {
		t.Error(err)
	}
}

func TestEveryAnswerHasItsClass(t *testing.T) {
	tests := []struct {
		status int
		after  string
		class  Class
		wait   time.Duration
	}{
		{200, "", Delivered, 0}, {204, "", Delivered, 0}, {301, "", Redirected, 0}, {307, "", Redirected, 0},
		{400, "", Refused, 0}, {401, "5", Refused, 0}, {410, "", Gone, 0}, {429, "90", Refused, 90 * time.Second},
		{500, "", ServerError, 0}, {503, "999999", ServerError, 24 * time.Hour}, {503, "soon", ServerError, 0}, {502, "", ServerError, 0}, {600, "", Unexpected, 0},
	}
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		var row int
		fmt.Sscanf(r.URL.Path, "/%d", &row)
		w.Header().Set("Location", "/0") // which must not be followed
		w.Header().Set("Retry-After", tests[row].after)
		w.WriteHeader(tests[row].status)
	}))
	defer server.Close()
	c := New(Options{Local: true})
	for i, tt := range tests {
		o := c.Deliver(background, Endpoint{fmt.Sprintf("%s/%d", server.URL, i), []Secret{NewSecret()}}, testEvent())
		if o.Class != tt.class || o.Status != tt.status || o.RetryAfter != tt.wait {
			t.Errorf("%d %q: got %+v", tt.status, tt.after, o)
		}
	}
	if n := int(calls.Load()); n != len(tests) {
		t.Errorf("%d requests for %d deliveries", n, len(tests))
	}
}

func TestTroubleOnTheWayHasItsClass(t *testing.T) {
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer silent.Close()
	defer close(release)
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = discardLog
	secure.StartTLS()
	defer secure.Close()
	closed := httptest.NewServer(nil)
	closed.Close()
	garbage := answering(t, "SSH-2.0-x\r\n\r\n")
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 32<<10)); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	tests := []struct {
		name, url string
		class     Class
	}{
		{"silence", silent.URL, Timeout},
		{"a stranger's certificate", secure.URL, Certificate},
		{"nobody listens", closed.URL, Unreachable},
		{"no such name", "https://nowhere.invalid/", Unreachable},
		{"no HTTP", "http://" + garbage, Unexpected},
		{"an answer without end", endless.URL, Delivered},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			options := Options{Local: true}
			if tt.class == Timeout {
				options.Timeout = 20 * time.Millisecond
			}
			if o := New(options).Deliver(background, Endpoint{tt.url, []Secret{NewSecret()}}, testEvent()); o.Class != tt.class {
				t.Errorf("got %+v", o)
			}
		})
	}
	ended, cancel := context.WithCancel(background)
	cancel()
	if o := New(Options{Local: true}).Deliver(ended, Endpoint{closed.URL, []Secret{NewSecret()}}, testEvent()); o.Class != Stopped {
		t.Errorf("after the end of the context: %+v", o)
	}
}

func TestNobodyIsToldInsideAPrivateNetwork(t *testing.T) {
	var calls atomic.Int32
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	hosts := []string{
		"127.0.0.1", "localhost", "127.8.8.8", "[::1]", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "2130706433",
		"10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:db8::1]", "[ff02::1]",
	}
	for _, local := range []bool{false, true} {
		c := New(Options{Local: local, Roots: rootsOf(server), Timeout: 5 * time.Second})
		for _, host := range hosts {
			if local && (strings.Contains(host, "127.") || host == "localhost" || host == "[::1]" || host == "2130706433") {
				continue
			}
			o := c.Deliver(background, Endpoint{"https://" + host + ":" + port + "/", []Secret{NewSecret()}}, testEvent())
			if o.Class != Forbidden && !(host == "2130706433" && o.Class == Unreachable) {
				t.Errorf("local %v, %s: got %+v", local, host, o)
			}
		}
	}
	if calls.Load() != 0 {
		t.Error("somebody was told")
	}
}

func TestOnlyAddressesThatMayBeToldAreTaken(t *testing.T) {
	tests := []struct {
		url               string
		always, whenLocal bool
	}{
		{"https://hook.example/a?b=c", true, true}, {"https://hook.example:8443", true, true},
		{"http://127.0.0.1:9000/x", false, true}, {"http://localhost/x", false, true}, {"http://[::1]/x", false, true},
		{"http://hook.example", false, false}, {"http://127.0.0.1.example/", false, false}, {"ftp://hook.example", false, false},
		{"https://user:pass@hook.example", false, false}, {"https://hook.example/#x", false, false}, {"https://", false, false},
		{"//hook.example", false, false}, {"hook.example", false, false}, {"https:hook.example", false, false}, {"", false, false},
		{"https://hook.example/\n", false, false}, {"https://hook.example/" + strings.Repeat("a", 2000), false, false},
	}
	for _, tt := range tests {
		if got := CheckURL(tt.url, false) == nil; got != tt.always {
			t.Errorf("%q: %v", tt.url, got)
		}
		if got := CheckURL(tt.url, true) == nil; got != tt.whenLocal {
			t.Errorf("%q on this machine: %v", tt.url, got)
		}
	}
	good := Endpoint{"https://hook.example", []Secret{NewSecret()}}
	for name, o := range map[string]Outcome{
		"plain":     New(Options{}).Deliver(background, Endpoint{"http://127.0.0.1/", good.Secrets}, testEvent()),
		"no secret": New(Options{}).Deliver(background, Endpoint{good.URL, nil}, testEvent()),
		"bad one":   New(Options{}).Deliver(background, Endpoint{good.URL, []Secret{"x"}}, testEvent()),
		"no id":     New(Options{}).Deliver(background, good, Event{}),
		"too big":   New(Options{}).Deliver(background, good, Event{ID: "m", Body: make([]byte, maxBodyBytes+1)}),
	} {
		if o.Class != BadEndpoint {
			t.Errorf("%s: got %+v", name, o)
		}
	}
}

func TestTheWaitsGrowAsTheStandardSuggests(t *testing.T) {
	var all, last time.Duration
	for attempt := 1; ; attempt++ {
		wait, again := Backoff(attempt)
		if !again {
			if attempt != 10 || all < 72*time.Hour || all > 96*time.Hour {
				t.Errorf("gives up after attempt %d and %s", attempt, all)
			}
			break
		}
		if wait <= last {
			t.Errorf("attempt %d waits %s after %s", attempt, wait, last)
		}
		all, last = all+wait, wait
	}
	if first, _ := Backoff(1); first != 5*time.Second {
		t.Errorf("first wait %s", first)
	}
	if _, again := Backoff(0); again {
		t.Error("there is an attempt 0")
	}
}
