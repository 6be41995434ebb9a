package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"

	"gobua/docs/api/apitest"
	"gobua/engine"
	"gobua/office"
)

// site is REST on a real socket, with a client that checks every answer
// against docs/api/openapi.yaml.
type site struct {
	t      *testing.T
	url    string
	tokens *AccessTokens
	clock  *tokenClock
	rooms  *stubRooms
	log    *logLines
	client *http.Client
	http   *HTTP
}

// newSite serves REST over an office until the test ends.
func newSite(t *testing.T, o OfficeAPI, change ...func(*HTTPOptions, *AppOptions)) *site {
	t.Helper()
	tokens, clock := newTestTokens(t)
	s := &site{t: t, tokens: tokens, clock: clock, rooms: newStubRooms(), log: new(logLines), client: new(http.Client)}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	registry := prometheus.NewRegistry()
	ho := HTTPOptions{
		Office: o, Rooms: s.rooms, Tokens: tokens, Metrics: registry, Log: log, Now: clock.Now,
		RatePerSecond: 1e6, RateBurst: 1e6,
	}
	ao := AppOptions{Log: log, Metrics: registry, Now: clock.Now}
	for _, f := range change {
		f(&ho, &ao)
	}
	app := NewApp(ao)
	s.http = NewHTTP(ho)
	s.http.wait = func(_ context.Context, d time.Duration) { clock.forward(max(d, 0)) }
	s.http.Register(app)
	s.url = serve(t, app)
	return s
}

// serve runs an app on a free port of this machine until the test ends.
func serve(t *testing.T, app *fiber.App) (url string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- app.Listener(ln) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := app.ShutdownWithTimeout(5 * time.Second); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return "http://" + ln.Addr().String()
}

// reply is an answer that has been read.
type reply struct {
	*http.Response
	body []byte
}

// ask sends a request. The body is sent as it is if it is a string, else as
// JSON. Headers are pairs of name and value.
func (s *site) ask(method, path string, body any, headers ...string) reply {
	s.t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, s.url+path, in)
	if err != nil {
		s.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if method != http.MethodHead {
		apitest.Check(s.t, req, resp, raw)
	}
	return reply{resp, raw}
}

// as returns the header of a bearer with a role.
func (s *site) as(role engine.Role) []string {
	s.t.Helper()
	return s.bearer(Bearer{Account: "acc-" + string(role), Name: "Người " + string(role), Role: role})
}

func (s *site) bearer(b Bearer) []string {
	s.t.Helper()
	return []string{"Authorization", "Bearer " + mustIssue(s.t, s.tokens, b)}
}

// into decodes an answer, which must have a status.
func (r reply) into(t *testing.T, status int, v any) {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("%s %s: status %d, want %d: %s", r.Request.Method, r.Request.URL.Path, r.StatusCode, status, r.body)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal(r.body, v); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
}

// refused reads the code of a problem, which must have a status.
func (r reply) refused(t *testing.T, status int, code string) problem {
	t.Helper()
	var p problem
	r.into(t, status, &p)
	if p.Error.Code != code {
		t.Fatalf("%s %s: code %q, want %q: %s", r.Request.Method, r.Request.URL.Path, p.Error.Code, code, r.body)
	}
	return p
}

// logLines keeps what was logged.
type logLines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// stubRooms are loaded sessions without engines.
type stubRooms struct {
	mu     sync.Mutex
	cards  []SessionCard
	rooms  map[engine.SessionID]engine.Room
	kicked []string
	panics bool
	told   map[engine.SessionID]stubCourse
}

func newStubRooms() *stubRooms { return &stubRooms{rooms: make(map[engine.SessionID]engine.Room)} }

func (s *stubRooms) Cards() []SessionCard {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.panics {
		panic("planted: postgres://user:secret@host/db")
	}
	return append([]SessionCard(nil), s.cards...)
}

func (s *stubRooms) Room(id engine.SessionID) (string, engine.FeedSeq, engine.Room, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rooms[id]
	var seq engine.FeedSeq
	if len(r.History) > 0 {
		seq = r.History[0].Feed
	}
	return "x3f9a1c2", seq, r, ok
}

func (s *stubRooms) Rows(id engine.SessionID, before engine.FeedSeq, limit int) (rows []engine.Row, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rooms[id]
	for _, row := range r.History {
		if (before == 0 || row.Feed < before) && len(rows) < limit {
			rows = append(rows, row)
		}
	}
	return rows, ok
}

func (s *stubRooms) Kick(accountID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kicked = append(s.kicked, accountID)
}

// add loads a session in a phase.
func (s *stubRooms) add(id engine.SessionID, phase engine.Phase, change func(*SessionCard)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	card := SessionCard{
		Card: Card{
			Session: id, Currency: "VND", Method: "ascending", OpensAt: engine.InstantOf(testStart),
			Lot: engine.Lot{AuctionID: "a-1", LotID: "l-1", Number: 1, Kind: "land", Title: "Thửa đất " + string(id)},
			Now: engine.Now{Phase: phase, Next: 100, Step: 10},
		},
		Participants: 3, CheckedIn: 2, Viewers: 5,
	}
	if change != nil {
		change(&card)
	}
	s.cards = append(s.cards, card)
	s.rooms[id] = engine.Room{
		Session: id, Lot: card.Lot, Now: card.Now, History: []engine.Row{}, Messages: []engine.Message{},
		Rules: engine.Rules{
			Method: "ascending", Currency: "VND", Start: 100, Step: engine.Step{Kind: engine.StepFixed, Amount: 10},
			Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByClock,
			OpensAt: engine.InstantOf(testStart), BiddingMs: 60_000,
		},
	}
}

// stubOffice answers every call with one error, or with something plausible.
// It is for the shape of HTTP alone; what the office does is tested on the
// real one.
type stubOffice struct {
	mu      sync.Mutex
	err     error
	calls   int
	asked   string // the token of the last Refresh
	results []office.SessionResult
	atWork  chan struct{} // if set, CreateAccount says here that it has begun
	hold    chan struct{} // and waits for this
}

func (s *stubOffice) call() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	return s.err
}

func (s *stubOffice) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *stubOffice) counted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

var (
	stubAccount = office.Account{ID: "acc-1", Login: "an", Name: "Nguyễn Văn An", Role: engine.RoleBidder}
	stubRefresh = office.Refresh{Token: "refresh-token-of-the-stub", ExpiresAt: testStart.Add(24 * time.Hour)}
	stubAuction = office.Auction{
		ID: "a-1", Status: office.StatusDraft, Version: 1, CreatedAt: 1,
		AuctionDraft: office.AuctionDraft{
			Title: "Phiên mẫu", Participants: []office.Participant{},
			Lots: []office.LotDraft{{
				ID: "l-1", Number: 1, Kind: "land", Title: "Thửa đất",
				Rules: office.RulesDraft{Rules: engine.Rules{Currency: "VND", Method: "ascending",
					Step: engine.Step{Kind: engine.StepFixed, Amount: 10}, Closing: engine.Closing{Kind: engine.ClosingFixed},
					Opening: engine.OpeningByClock}, ReserveAmount: 777},
			}},
		},
	}
)

func (s *stubOffice) SignInFirst(context.Context, string, string, string, office.Device) (office.Account, office.Refresh, error) {
	return stubAccount, stubRefresh, s.call()
}

func (s *stubOffice) Refresh(_ context.Context, token string) (office.Account, office.Refresh, error) {
	s.asked = token
	return stubAccount, stubRefresh, s.call()
}

func (s *stubOffice) SignOut(context.Context, string) (string, error) { return "", s.call() }

func (s *stubOffice) Account(_ context.Context, id string) (office.Account, error) {
	return stubAccount, s.call()
}

func (s *stubOffice) FindAccounts(context.Context, office.Account, string, int) ([]office.Account, error) {
	return []office.Account{stubAccount}, s.call()
}

func (s *stubOffice) CreateAccount(ctx context.Context, _ office.Account, n office.NewAccount) (office.Account, error) {
	err := s.call()
	if s.atWork != nil {
		s.atWork <- struct{}{}
		select {
		case <-s.hold:
		case <-ctx.Done():
			return office.Account{}, ctx.Err()
		}
	}
	return office.Account{ID: "acc-new", Login: n.Login, Name: n.Name, Role: n.Role}, err
}

func (s *stubOffice) Revoke(_ context.Context, _ office.Account, id string) (office.Account, error) {
	a := stubAccount
	a.ID, a.Revoked = id, true
	return a, s.call()
}

func (s *stubOffice) CreateAuction(context.Context, office.Account, office.AuctionDraft, string) (office.Auction, error) {
	return stubAuction, s.call()
}

func (s *stubOffice) UpdateAuction(context.Context, office.Account, string, int, office.AuctionDraft) (office.Auction, error) {
	return stubAuction, s.call()
}

func (s *stubOffice) AuctionFor(context.Context, office.Account, string) (office.Auction, error) {
	a := stubAuction
	a.Lots = append([]office.LotDraft(nil), a.Lots...)
	return a, s.call()
}

func (s *stubOffice) Auctions(context.Context, office.Account) ([]office.Auction, error) {
	a := stubAuction
	a.Lots = append([]office.LotDraft(nil), a.Lots...)
	return []office.Auction{a}, s.call()
}

func (s *stubOffice) Publish(context.Context, office.Account, string, int) (office.Auction, error) {
	return stubAuction, s.call()
}

func (s *stubOffice) Participations(context.Context, string) ([]office.Participation, error) {
	return nil, s.call()
}

func (s *stubOffice) Results(context.Context, int) ([]office.SessionResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.err != nil {
		return nil, s.err
	}
	return append([]office.SessionResult(nil), s.results...), nil
}
