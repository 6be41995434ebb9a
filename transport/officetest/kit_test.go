// Package officetest holds the tests of REST on what it really stands on: the
// office, its PostgreSQL, and the owners of the sessions.
package officetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gobua/docs/api/apitest"
	"gobua/engine"
	"gobua/engine/actor"
	"gobua/engine/journal"
	"gobua/internal/clock"
	"gobua/office"
	"gobua/office/vault"
	"gobua/store"
	"gobua/store/storetest"
	"gobua/transport"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// house is a server with its database on a line that can be cut.
type house struct {
	t        *testing.T
	url      string
	line     *storetest.Line
	store    *store.Store
	office   *office.Office
	registry *actor.Registry
	ahead    atomic.Int64 // nanoseconds by which the office's and the tokens' clock is ahead
	log      *lockedBuffer
	shared   shared
	clock    atomic.Pointer[clock.Status] // what is known of the server's clock; nil: nothing
}

func (h *house) now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }
func (h *house) clockStatus() clock.Status {
	if s := h.clock.Load(); s != nil {
		return *s
	}
	return clock.Status{Source: clock.Nobody}
}
func (h *house) forward(d time.Duration) { h.ahead.Add(int64(d)) }
func (h *house) officeUp() bool          { return h.store.Ready(context.Background()) == nil }
func (h *house) soon(minutes int) int64 {
	return h.now().Add(time.Duration(minutes) * time.Minute).UnixMilli()
}
func (h *house) untilTheOfficeIs(up bool) {
	storetest.Until(h.t, func() error { return h.wantOffice(up) })
}
func (h *house) wantOffice(up bool) error {
	return errorIf(h.officeUp() != up, "the office is not there yet")
}

type textError string

func (e textError) Error() string { return string(e) }

func errorIf(bad bool, text string) error {
	if bad {
		return textError(text)
	}
	return nil
}

// shared is what all houses on one database have in common.
type shared struct {
	dsn, keys, revoked string // folders of the keys, and the file of the revoked accounts, which each has for itself
	key                transport.Key
	away               bool // the database is not there
}

// password is everybody's.
const password = "mot-mat-khau-dai"

// open starts a house with one admin, "admin".
func open(t *testing.T) *house {
	t.Helper()
	s := shared{dsn: storetest.Migrated(t), keys: t.TempDir(), revoked: filepath.Join(t.TempDir(), "revoked")}
	rand.Read(s.key[:])
	h := s.house(t)
	if _, err := h.office.EnsureAccount(t.Context(), office.NewAccount{Login: "admin", Name: "Quản trị", Password: password, Role: engine.RoleAdmin}); err != nil {
		t.Fatal(err)
	}
	return h
}

// neighbour starts another house on the same database.
func (h *house) neighbour() *house {
	h.t.Helper()
	s := h.shared
	s.revoked = filepath.Join(h.t.TempDir(), "revoked")
	return s.house(h.t)
}

// house starts a house.
func (s shared) house(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, line: storetest.NewLine(t, s.dsn), log: new(lockedBuffer), shared: s}
	h.store = storetest.OpenAt(t, h.line.DSN)
	if !s.away {
		storetest.WaitReady(t, h.store)
	}
	log := slog.New(slog.NewTextHandler(h.log, nil))
	hub := transport.NewHub(transport.HubOptions{Log: log})
	results := new(archive)
	registry := actor.NewRegistry(actor.Options{Journal: journal.NewMemory(), Feed: hub, Office: results, Log: log})
	sealer, err := vault.Load(s.keys)
	if err != nil {
		t.Fatal(err)
	}
	revoked, err := transport.OpenRevoked(s.revoked)
	if err != nil {
		t.Fatal(err)
	}
	tokens := transport.NewTokens(s.key, transport.TokenOptions{Now: h.now, OfficeUp: h.officeUp, Revoked: revoked})
	h.office = office.New(h.store, office.Options{Sessions: registry, Saleroom: registry, Vault: sealer, Files: storetest.Files(t), Log: log, Now: h.now, Clock: h.clockStatus,
		SignedOut: tokens.SignedOut})
	results.office, h.registry = h.office, registry
	if err := registry.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	app := transport.NewApp(transport.AppOptions{Log: log})
	transport.NewHTTP(transport.HTTPOptions{
		Office: h.office, Rooms: rooms{registry, hub, h.office}, Tokens: tokens, Once: h.office, Log: log, Now: h.now,
		RatePerSecond: 1e6, RateBurst: 1e6,
	}).Register(app)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(ln) }()
	h.url = "http://" + ln.Addr().String()
	looking, enough := context.WithCancel(context.Background())
	looked := make(chan struct{})
	go func() {
		h.office.RunChanges(looking)
		close(looked)
	}()
	t.Cleanup(func() {
		enough()
		<-looked
		if err := app.ShutdownWithTimeout(5 * time.Second); err != nil {
			t.Error(err)
		}
		<-served
		registry.Stop()
		hub.Close()
	})
	return h
}

// rooms joins registry and hub as the program does.
type rooms struct {
	*actor.Registry
	*transport.Hub
	office *office.Office
}

func (r rooms) CodeOf(id engine.SessionID, accountID string) (engine.ParticipantCode, bool) {
	return r.Registry.CodeOf(id, r.office.PseudonymIn(id, accountID))
}

func (r rooms) Cards() (cards []transport.SessionCard) {
	for _, v := range r.Views() {
		cards = append(cards, transport.SessionCard{
			Card: transport.Card{Session: v.Room.Session, Lot: v.Room.Lot, Now: v.Room.Now,
				OpensAt: v.Room.Rules.OpensAt, Currency: v.Room.Rules.Currency, Method: v.Room.Rules.Method},
			Participants: v.Participants, CheckedIn: v.CheckedIn,
		})
	}
	return cards
}

func (r rooms) Rows(id engine.SessionID, _ engine.FeedSeq, _ int) ([]engine.Row, bool) {
	v, ok := r.View(id)
	if !ok {
		return nil, false
	}
	return v.Rows, true
}

func (r rooms) Kick(string) {} // no test here has a WebSocket

// archive hands what the sessions come to to the office, as the program does.
type archive struct{ office *office.Office }

func (a *archive) Deliver(ctx context.Context, e engine.Extract) error {
	return a.office.Deliver(ctx, office.ResultOf(e))
}

func (a *archive) Lacks(ctx context.Context, ids []engine.SessionID) ([]engine.SessionID, error) {
	return a.office.Lacks(ctx, ids)
}

// person is a browser: it keeps its cookies and its access token.
type person struct {
	h      *house
	client *http.Client
	token  string
	id     string
}

func (h *house) visitor() *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	p := &person{h: h, client: &http.Client{Jar: jar, Transport: new(http.Transport)}}
	h.t.Cleanup(p.client.CloseIdleConnections)
	return p
}

// signIn returns somebody who has signed in.
func (h *house) signIn(login string) *person {
	h.t.Helper()
	p := h.visitor()
	p.enter(p.ask("POST", "/auth/login", map[string]string{"login": login, "password": password}))
	return p
}

func (p *person) enter(r answer) {
	p.h.t.Helper()
	var in struct {
		Token   string
		Account struct{ ID string }
	}
	r.into(200, &in)
	p.token, p.id = in.Token, in.Account.ID
}

// account opens an account and signs it in.
func (h *house) account(admin *person, login, name string, role engine.Role) *person {
	h.t.Helper()
	n := office.NewAccount{Login: login, Name: name, Role: role}
	switch role {
	case engine.RoleAuctioneer:
		n.StaffRef = "210/TP-ĐG-CCHN"
	case engine.RoleObserver:
		n.Observer = office.ObserverInspector
	}
	return h.open(admin, n)
}

// open opens any account, whose owner signs in and sets the password of this
// package.
func (h *house) open(admin *person, n office.NewAccount) *person {
	h.t.Helper()
	n.Password = given
	admin.ask("POST", "/accounts", n).into(201, nil)
	return h.firstSignIn(n.Login)
}

// given is what whoever opens an account types as its password.
const given = "được cho hôm nay"

// firstSignIn replaces it.
func (h *house) firstSignIn(login string) *person {
	h.t.Helper()
	p := h.visitor()
	p.enter(p.ask("POST", "/auth/login", map[string]string{"login": login, "password": given, "newPassword": password}))
	return p
}

// answer is a response that has been read and judged.
type answer struct {
	*http.Response
	t    *testing.T
	body []byte
}

func (p *person) ask(method, path string, body any, headers ...string) answer {
	p.h.t.Helper()
	var in io.Reader
	bytesOnly, raw := body.([]byte)
	switch {
	case raw:
		in = bytes.NewReader(bytesOnly)
	case body != nil:
		text, err := json.Marshal(body)
		if err != nil {
			p.h.t.Fatal(err)
		}
		in = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, p.h.url+"/api/v1"+path, in)
	if err != nil {
		p.h.t.Fatal(err)
	}
	req.Header.Set("X-Gobua", "1")
	switch {
	case raw:
		req.Header.Set("Content-Type", "application/octet-stream")
	case body != nil:
		req.Header.Set("Content-Type", "application/json")
	}
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := p.client.Do(req)
	if err != nil {
		p.h.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		p.h.t.Fatal(err)
	}
	apitest.Check(p.h.t, req, resp, got)
	return answer{resp, p.h.t, got}
}

func (a answer) into(status int, v any) {
	a.t.Helper()
	if a.StatusCode != status {
		a.t.Fatalf("%s %s: status %d, want %d: %s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.body)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		a.t.Fatal(err)
	}
}

// refused checks a problem and returns the fields it names as "field code".
func (a answer) refused(status int, code string) string {
	a.t.Helper()
	var p struct {
		Error struct {
			Code   string
			Fields []struct{ Field, Code string }
		}
	}
	a.into(status, &p)
	if p.Error.Code != code {
		a.t.Fatalf("%s %s: code %s, want %s", a.Request.Method, a.Request.URL.Path, p.Error.Code, code)
	}
	var fields []string
	for _, f := range p.Error.Fields {
		fields = append(fields, f.Field+" "+f.Code)
	}
	return strings.Join(fields, ", ")
}

// reserve is a hidden amount that a test can look for in whatever is public.
const reserve = 2_345_678_901

// draft is an auction of one lot.
func draft(opensAt int64, participants ...*person) office.AuctionDraft {
	d := office.AuctionDraft{
		Title: "Phiên ngày thử", Centre: "Trung tâm", Owner: "Huyện", Place: "Hội trường",
		Lots: []office.LotDraft{{
			Number: 1, Kind: "land", Title: "Thửa đất số 12", Deposit: 240_000_000,
			Rules: office.RulesDraft{
				Rules: engine.Rules{
					Method: "ascending", Currency: "VND", Start: 2_000_000_000,
					Step:    engine.Step{Kind: engine.StepFixed, Amount: 50_000_000},
					Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByClock,
					OpensAt: engine.Instant(opensAt), BiddingMs: 1_800_000,
				},
				ReserveAmount: reserve,
			},
		}},
	}
	for _, p := range participants {
		d.Participants = append(d.Participants, office.Participant{AccountID: p.id})
	}
	return d
}

// lockedBuffer is a log that many goroutines write.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
