package visitor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"gobua/engine"
)

const (
	// callTimeout bounds one request. A server answers within ten seconds.
	callTimeout = 15 * time.Second
	// maxAnswerBytes is far above the largest answer, a list of auctions.
	maxAnswerBytes = 32 << 20
	// maxPatience is how long a call goes on asking a server that says "later".
	maxPatience = 5 * time.Minute
	// idleConnections of HTTP are kept for the calls of many people at once.
	idleConnections = 32
)

// Site is a running server, seen from outside. All methods may be called from
// any goroutine.
type Site struct {
	base      *url.URL
	transport *http.Transport
	pause     func(context.Context, time.Duration) error
	later     atomic.Int64
}

// Later is how often the server has asked to come later.
func (s *Site) Later() int64 { return s.later.Load() }

// NewSite returns the server at an address such as http://127.0.0.1:8080. It
// does not connect.
func NewSite(address string) (*Site, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("server %q: want an address such as http://127.0.0.1:8080", address)
	}
	u.Path = ""
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = idleConnections
	return &Site{base: u, transport: t, pause: pause}, nil
}

// Now is the server's clock, give or take the time the answer took.
func (s *Site) Now(ctx context.Context) (engine.Instant, error) {
	var out struct {
		Now engine.Instant `json:"now"`
	}
	err := s.do(ctx, &http.Client{Transport: s.transport}, request{method: http.MethodGet, path: "/time", out: &out})
	return out.Now, err
}

// Room returns what the public may see of a session now.
func (s *Site) Room(ctx context.Context, session engine.SessionID) (engine.Room, error) {
	room, _, err := s.RoomAt(ctx, session)
	return room, err
}

// RoomAt is Room with the number of the last update that is part of it.
func (s *Site) RoomAt(ctx context.Context, session engine.SessionID) (engine.Room, engine.FeedSeq, error) {
	var out struct {
		Room engine.Room    `json:"room"`
		Seq  engine.FeedSeq `json:"seq"`
	}
	err := s.do(ctx, &http.Client{Transport: s.transport}, request{method: http.MethodGet, path: "/sessions/" + url.PathEscape(string(session)), out: &out})
	return out.Room, out.Seq, err
}

// OnThisMachine tells whether the server's address is one of the loopback.
func (s *Site) OnThisMachine() bool {
	host := s.base.Hostname()
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.Is4() && addr.IsLoopback()
}

// String is the server's address.
func (s *Site) String() string { return s.base.String() }

// Close lets idle HTTP connections go. Lines are closed by their own Close.
func (s *Site) Close() { s.transport.CloseIdleConnections() }

// APIError is an answer of the API other than what was asked for.
type APIError struct {
	Status     int
	Code       string
	Message    string
	Fields     []APIField
	RetryAfter time.Duration // zero: nothing is said about it
	Place      string        // in a line; empty: there is none
}

// APIField says what is wrong with one field of what was sent.
type APIField struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (e *APIError) Error() string {
	text := fmt.Sprintf("server answered %d %s", e.Status, e.Code)
	if e.Message != "" {
		text += ": " + e.Message
	}
	for _, f := range e.Fields {
		text += fmt.Sprintf("; %s: %s %s", f.Field, f.Code, f.Message)
	}
	return text
}

// HasCode tells whether an error is an answer of the API with this code.
func HasCode(err error, code string) bool {
	var e *APIError
	return errors.As(err, &e) && e.Code == code
}

// later tells whether the same request may succeed after a while.
func (e *APIError) later() bool {
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable
}

// request is one call of the API.
type request struct {
	method, path string
	token        string // empty: none
	once         string // Idempotency-Key, empty: none
	in, out      any    // JSON, nil: none
}

// lineUp is a body that can say where its sender stands in line.
type lineUp interface{ stand(place string) }

// do calls the API. A server that asks to come later is asked again, as long
// as ctx lives and maxPatience lasts. The error is an *APIError if the server
// answered.
func (s *Site) do(ctx context.Context, client *http.Client, r request) error {
	ctx, cancel := context.WithTimeout(ctx, maxPatience)
	defer cancel()
	for {
		err := s.try(ctx, client, r)
		var refused *APIError
		if !errors.As(err, &refused) || !refused.later() {
			return err
		}
		s.later.Add(1)
		wait := max(refused.RetryAfter, time.Second)
		if in, lines := r.in.(lineUp); lines && refused.Place != "" {
			in.stand(refused.Place)
			wait = wait*3/4 + rand.N(wait/2) // as a page does, so that not all come together
		}
		if end, _ := ctx.Deadline(); time.Until(end) < wait {
			return err
		}
		if ended := s.pause(ctx, wait); ended != nil {
			return fmt.Errorf("%w (%w while waiting to ask again)", err, ended)
		}
	}
}

func (s *Site) try(ctx context.Context, client *http.Client, r request) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var body io.Reader
	if r.in != nil {
		b, err := json.Marshal(r.in)
		if err != nil {
			return fmt.Errorf("%s %s: %w", r.method, r.path, err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, s.base.String()+"/api/v1"+r.path, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	req.Header.Set("Accept-Language", "en")
	req.Header.Set("X-Gobua", "1") // what a foreign page cannot add
	if r.in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	if r.once != "" {
		req.Header.Set("Idempotency-Key", r.once)
	}
	answer, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswerBytes))
	if err != nil {
		return fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %w", r.method, r.path, apiError(answer, text))
	}
	if r.out == nil {
		return nil
	}
	if err := json.Unmarshal(text, r.out); err != nil {
		return fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	return nil
}

// apiError reads an answer that is not what was asked for.
func apiError(answer *http.Response, text []byte) *APIError {
	e := &APIError{Status: answer.StatusCode}
	var problem struct {
		Error struct {
			Code    string     `json:"code"`
			Message string     `json:"message"`
			Fields  []APIField `json:"fields"`
			Place   string     `json:"place"`
		} `json:"error"`
	}
	if json.Unmarshal(text, &problem) == nil {
		e.Code, e.Message, e.Fields, e.Place = problem.Error.Code, problem.Error.Message, problem.Error.Fields, problem.Error.Place
	}
	if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && seconds > 0 {
		e.RetryAfter = time.Duration(seconds) * time.Second
	}
	return e
}

// pause waits, or returns why not.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
