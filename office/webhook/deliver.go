package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// What one delivery may take.
const (
	defaultTimeout   = 20 * time.Second // the standard says 15 to 30
	maxResponseBytes = 64 << 10
	maxHeaderBytes   = 16 << 10
	maxBodyBytes     = 256 << 10
	maxRetryAfter    = 24 * time.Hour
)

// Endpoint is who is told.
type Endpoint struct {
	URL     string
	Secrets []Secret // the current one first; the old one while it is replaced
}

// Event is what is told. Body is JSON with "type", "timestamp" and "data", and
// holds nothing that is not public.
type Event struct {
	ID   string // the same for all attempts and endpoints; no dots
	Body []byte
}

// Class says in one word how a delivery ended.
type Class string

// How a delivery ends. After Delivered, Gone and BadEndpoint there is no other
// attempt.
const (
	Delivered   Class = "delivered"         // 2xx
	Gone        Class = "gone"              // 410: nobody wants to be told there
	Refused     Class = "refused"           // any other 4xx
	ServerError Class = "server_error"      // 5xx
	Redirected  Class = "redirected"        // 3xx, which is not followed: it would carry the event elsewhere
	Unexpected  Class = "unexpected_answer" // no HTTP, or a status that ends nothing
	Timeout     Class = "timeout"
	Unreachable Class = "unreachable"  // no such name, or nobody listens
	Certificate Class = "certificate"  // the server cannot prove who it is
	Forbidden   Class = "forbidden"    // the name leads into a private network
	BadEndpoint Class = "bad_endpoint" // address, secret or event cannot be used
	Stopped     Class = "stopped"      // the caller's context ended; counts as no attempt
)

// Outcome is a line of the delivery log. It has nothing of the answer's text.
type Outcome struct {
	Class      Class
	Status     int // of the answer, 0 if there was none
	Duration   time.Duration
	RetryAfter time.Duration // what a 429 or 503 asks for, 0 if nothing, at most a day
}

// Options of a client. All may be zero.
type Options struct {
	// Local lets endpoints be on this machine, and then without TLS: for trying
	// out. Other private addresses stay forbidden.
	Local   bool
	Timeout time.Duration // of a whole delivery; 0: 20 s
	Roots   *x509.CertPool
	Now     func() time.Time
}

// Client delivers events. Its methods may be called from any goroutine.
type Client struct {
	http    *http.Client
	local   bool
	timeout time.Duration
	now     func() time.Time
}

// New returns a client that has connected to nobody.
func New(o Options) *Client {
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	dialer := &net.Dialer{Timeout: o.Timeout, Control: guard(o.Local)}
	return &Client{
		local: o.Local, timeout: o.Timeout, now: o.Now,
		http: &http.Client{
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{
				Proxy:       nil, // which would resolve names behind the guard's back
				DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
				TLSHandshakeTimeout: o.Timeout, MaxResponseHeaderBytes: maxHeaderBytes,
				DisableKeepAlives: true, ForceAttemptHTTP2: true,
			},
		},
	}
}

// guard refuses a connection by the address that a name has led to, at the last
// moment, so that a name that changes between check and use gains nothing.
func guard(local bool) func(network, address string, c syscall.RawConn) error {
	public := ssrf.New(ssrf.WithAnyPort())
	return func(network, address string, c syscall.RawConn) error {
		if to, err := netip.ParseAddrPort(address); local && err == nil && to.Addr().Unmap().IsLoopback() {
			return nil
		}
		return public.Safe(network, address, c)
	}
}

// Deliver makes one attempt and tells how it ended. It blocks, at most for the
// timeout. An answer of 2xx is the end of it; the answer's text is read up to a
// limit and thrown away.
func (c *Client) Deliver(ctx context.Context, to Endpoint, e Event) Outcome {
	began := c.now()
	o := c.attempt(ctx, to, e, began)
	o.Duration = c.now().Sub(began)
	return o
}

func (c *Client) attempt(ctx context.Context, to Endpoint, e Event, at time.Time) Outcome {
	if CheckURL(to.URL, c.local) != nil || len(to.Secrets) == 0 || len(e.Body) > maxBodyBytes {
		return Outcome{Class: BadEndpoint}
	}
	signature, err := Sign(e.ID, at, e.Body, to.Secrets...)
	if err != nil {
		return Outcome{Class: BadEndpoint}
	}
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(limited, http.MethodPost, to.URL, bytes.NewReader(e.Body))
	if err != nil {
		return Outcome{Class: BadEndpoint}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "gobua-webhook/1")
	request.Header.Set("webhook-id", e.ID)
	request.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	request.Header.Set("webhook-signature", signature)
	answer, err := c.http.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return Outcome{Class: Stopped}
		}
		return Outcome{Class: classOf(err)}
	}
	defer answer.Body.Close()
	// What comes after the status changes nothing, not even its end.
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxResponseBytes))
	return Outcome{Class: classOfStatus(answer.StatusCode), Status: answer.StatusCode, RetryAfter: retryAfter(answer)}
}

func classOfStatus(status int) Class {
	switch {
	case status >= 200 && status < 300:
		return Delivered
	case status >= 300 && status < 400:
		return Redirected
	case status == http.StatusGone:
		return Gone
	case status >= 400 && status < 500:
		return Refused
	case status >= 500 && status < 600:
		return ServerError
	}
	return Unexpected
}

func classOf(err error) Class {
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	var operation *net.OpError
	var name *net.DNSError
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork):
		return Forbidden
	case errors.As(err, &certificate):
		return Certificate
	case errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	case errors.As(err, &name), errors.As(err, &operation) && operation.Op == "dial":
		return Unreachable
	}
	return Unexpected
}

func retryAfter(answer *http.Response) time.Duration {
	if answer.StatusCode != http.StatusTooManyRequests && answer.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	seconds, err := strconv.ParseUint(answer.Header.Get("Retry-After"), 10, 31)
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter)
}
