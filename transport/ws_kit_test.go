package transport

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"gobua/engine"
)

// hall is a Saleroom without rules: every bid is accepted, told and answered
// at once. It exists to make the gateway talk; what is right is the engine's.
type hall struct {
	hub *Hub

	mu       sync.Mutex
	rooms    map[engine.SessionID]*engine.Room
	feed     map[engine.SessionID]engine.FeedSeq
	codes    map[string]engine.ParticipantCode // by account, the same in all sessions
	best     sync.Map                          // engine.ParticipantCode → engine.Dong; read while a hub holds its locks
	receipts map[engine.CommandID]engine.Receipt
	asked    engine.Question                                                          // the last
	fail     error                                                                    // what Submit answers instead
	hold     chan struct{}                                                            // Submit answers only once it is closed
	submit   func(engine.SessionID, engine.Command, func(engine.Receipt, error)) bool // sees every command; true: it has dealt with it
}

func newHall(hub *Hub) *hall {
	return &hall{
		hub: hub, rooms: map[engine.SessionID]*engine.Room{}, feed: map[engine.SessionID]engine.FeedSeq{},
		codes:    map[string]engine.ParticipantCode{"an": "M-101", "binh": "M-102"},
		receipts: map[engine.CommandID]engine.Receipt{},
	}
}

const firstSession = engine.SessionID("k7qp0z3m9abc")

// open begins a session, or begins it again.
func (h *hall) open(id engine.SessionID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rooms[id] == nil {
		r := engine.Room{
			Session: id, Lot: engine.Lot{AuctionID: "a", LotID: "l", Number: 1, Kind: "land", Title: "Lô đất"},
			Rules: engine.Rules{
				Method: "ascending", Currency: "VND", Start: 1000, Step: engine.Step{Kind: engine.StepFixed, Amount: 100},
				Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByClock,
				OpensAt: 1_767_225_573_000, BiddingMs: 3_600_000,
			},
			Now:     engine.Now{Phase: engine.PhaseRunning, Next: 1000, Step: 100, ClosesAt: engine.InstantOf(time.Now().Add(time.Hour))},
			History: []engine.Row{}, Messages: []engine.Message{},
		}
		h.rooms[id] = &r
	}
	h.hub.Opened(id, *h.rooms[id], h.feed[id], engine.Desk{Participants: []engine.DeskParticipant{{Code: "M-101"}}})
}

// bid makes an accepted bid happen and tells the hub.
func (h *hall) bid(id engine.SessionID, code engine.ParticipantCode, level engine.Dong) engine.FeedSeq {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.feed[id]++
	feed, at := h.feed[id], engine.InstantOf(time.Now())
	room := *h.rooms[id]
	now := room.Now
	now.Price, now.Next, now.Leader, now.Bids = level, level+100, code, int(feed)
	u := engine.Update{Kind: engine.KindBidAccepted, At: at, Now: now, Row: &engine.Row{Feed: feed, At: at, Code: code, Level: level}}
	room.Fold(u)
	h.rooms[id] = &room
	h.best.Store(code, level)
	h.hub.Tell(id, engine.Told{
		FirstFeed: feed, Updates: []engine.Update{u}, Room: &room, You: []engine.Standing{h.standing(code)},
		Records: []engine.DeskRecord{{Seq: engine.Seq(feed), At: at, Kind: engine.KindBidAccepted, By: engine.Actor{Role: engine.RoleBidder, Ref: string(code)}, Code: code, Amount: level}},
	})
	return feed
}

func (h *hall) standing(code engine.ParticipantCode) engine.Standing {
	best, _ := h.best.Load(code)
	level, _ := best.(engine.Dong)
	return engine.Standing{Code: code, CheckedIn: true, Best: level, Leading: level > 0}
}

func (h *hall) Submit(id engine.SessionID, c engine.Command, answer func(engine.Receipt, error)) {
	h.mu.Lock()
	fail, hold, submit := h.fail, h.hold, h.submit
	h.mu.Unlock()
	if submit != nil && submit(id, c, answer) {
		return
	}
	go func() {
		if hold != nil {
			<-hold
		}
		if fail != nil {
			answer(engine.Receipt{}, fail)
			return
		}
		r := engine.Receipt{Cmd: c.ID, Act: c.Do.ActName(), At: engine.InstantOf(time.Now()), Accepted: true}
		if bid, ok := c.Do.(engine.PlaceBid); ok {
			r.Amount, r.Price = bid.Amount, bid.Amount
			r.Seq = engine.Seq(h.bid(id, engine.ParticipantCode(c.By.Ref), bid.Amount))
		}
		h.mu.Lock()
		h.receipts[c.ID] = r
		h.mu.Unlock()
		answer(r, nil)
	}()
}

// question is what Receipts was asked last.
func (h *hall) question() engine.Question {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.asked
}

func (h *hall) Receipts(_ engine.SessionID, q engine.Question, answer func([]engine.Receipt, error)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = q
	var found []engine.Receipt
	for _, cmd := range q.Commands {
		if r, ok := h.receipts[cmd]; ok {
			found = append(found, r)
		}
	}
	go answer(found, nil)
}

func (h *hall) CodeOf(_ engine.SessionID, accountID string) (engine.ParticipantCode, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	code, ok := h.codes[accountID]
	return code, ok
}

func (h *hall) Exists(id engine.SessionID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.rooms[id] != nil
}

func (h *hall) Standing(_ engine.SessionID, code engine.ParticipantCode) (engine.Standing, bool) {
	return h.standing(code), true
}

// live is a server on loopback with a hall behind it.
type live struct {
	*hall
	t       testing.TB
	url     string
	gate    *Gateway
	tokens  *AccessTokens
	metrics *prometheus.Registry
	log     *logLines
	clock   *wsClock
}

// wsClock is the clock of the tokens, so that they can expire at once.
type wsClock struct {
	sync.Mutex
	ahead time.Duration
}

func (c *wsClock) now() time.Time {
	c.Lock()
	defer c.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *wsClock) advance(d time.Duration) {
	c.Lock()
	defer c.Unlock()
	c.ahead += d
}

// liveOptions are what a test may want otherwise.
type liveOptions struct {
	hub     HubOptions
	gateway GatewayOptions
	tokens  LiveTokens  // instead of real ones
	tls     *tls.Config // TLS ends in the process
}

// goLive starts a server with one session. Its goroutines are gone at the end
// of the test, or the test fails.
func goLive(t testing.TB, change ...func(*liveOptions)) *live {
	t.Helper()
	before := goleak.IgnoreCurrent()
	l := &live{t: t, metrics: prometheus.NewRegistry(), log: new(logLines), clock: new(wsClock)}
	o := liveOptions{}
	o.hub.Metrics = l.metrics
	for _, c := range change {
		c(&o)
	}
	hub := NewHub(o.hub)
	l.hall = newHall(hub)
	l.tokens = NewTokens(Key{1}, TokenOptions{Now: l.clock.now})
	if o.tokens == nil {
		o.tokens = l.tokens
	}
	o.gateway.Log = slog.New(slog.NewTextHandler(l.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	l.gate = NewGateway(hub, l.hall, o.tokens, o.gateway)
	app := NewApp(AppOptions{Log: o.gateway.Log})
	l.gate.Register(app)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if o.tls != nil {
		listener = tls.NewListener(listener, o.tls)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(listener) }()
	l.url = listener.Addr().String()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := l.gate.Drain(ctx); err != nil {
			t.Error("drain:", err)
		}
		hub.Close()
		if err := app.ShutdownWithContext(ctx); err != nil {
			t.Error("shutdown:", err)
		}
		if err := <-served; err != nil {
			t.Error("serve:", err)
		}
		goleak.VerifyNone(t, before,
			goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
			goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*FS).initRequestHandler.func1"),
			goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		)
	})
	l.open(firstSession)
	return l
}

func (l *live) token(account string, role engine.Role) string {
	l.t.Helper()
	token, _, err := l.tokens.Issue(Bearer{Account: account, Name: "Người " + account, Role: role, Ref: "CCHN-1"})
	if err != nil {
		l.t.Fatal(err)
	}
	return token
}

// page is a browser's end of a connection.
type page struct {
	t    testing.TB
	conn *websocket.Conn
	next int
	seen int              // messages read
	kept []map[string]any // read while looking for something else
}

// validated is how many messages of a page are all held against asyncapi.yaml;
// of a flood that follows, one in as many is.
const validated = 100

// dial connects from the site's own page.
func (l *live) dial() *page {
	l.t.Helper()
	p, resp, err := l.tryDial(http.Header{"Origin": {"http://" + l.url}})
	if err != nil {
		l.t.Fatal(err, resp)
	}
	return p
}

func (l *live) tryDial(header http.Header) (*page, *http.Response, error) {
	d := websocket.Dialer{HandshakeTimeout: 5 * time.Second}
	conn, resp, err := d.Dial("ws://"+l.url+"/ws", header)
	if err != nil {
		return nil, resp, err
	}
	p := &page{t: l.t, conn: conn}
	l.t.Cleanup(func() { _ = conn.Close() })
	return p, resp, nil
}

// send sends a request; fields are keys and values in turn. It returns the
// request's number.
func (p *page) send(op string, fields ...any) int {
	p.t.Helper()
	p.next++
	m := map[string]any{"op": op, "id": p.next}
	for i := 0; i < len(fields); i += 2 {
		m[fields[i].(string)] = fields[i+1]
	}
	frame, err := json.Marshal(m)
	if err != nil {
		p.t.Fatal(err)
	}
	if known := messages(p.t)[op]; known != nil {
		if err := validate(known, frame); err != nil {
			p.t.Fatalf("%s is not what asyncapi.yaml says: %v", frame, err)
		}
	}
	p.raw(string(frame))
	return p.next
}

func (p *page) raw(frame string) {
	p.t.Helper()
	if err := p.conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		p.t.Fatal(err)
	}
}

// patience is how long a test waits for something that must come.
const patience = 10 * time.Second

// read returns the next message, held against asyncapi.yaml.
func (p *page) read() (map[string]any, error) {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(patience))
	_, frame, err := p.conn.ReadMessage()
	if err != nil {
		return nil, err
	}
	var m map[string]any
	if err := json.Unmarshal(frame, &m); err != nil {
		p.t.Fatalf("%s: %v", frame, err)
	}
	kind, _ := m["t"].(string)
	schema := messages(p.t)[kind]
	if schema == nil {
		p.t.Fatalf("%s: asyncapi.yaml knows no message %q", frame, kind)
	}
	if p.seen++; p.seen <= validated || p.seen%validated == 0 {
		if err := validate(schema, frame); err != nil {
			p.t.Fatalf("%s: %v", frame, err)
		}
	}
	return m, nil
}

// want returns the next message of a kind; others are kept for later.
func (p *page) want(kind string) map[string]any {
	p.t.Helper()
	for i, m := range p.kept {
		if m["t"] == kind {
			p.kept = append(p.kept[:i:i], p.kept[i+1:]...)
			return m
		}
	}
	for until := time.Now().Add(patience); ; {
		m, err := p.read()
		if err == nil && time.Now().After(until) {
			err = errors.New("it did not come in time")
		}
		if err != nil {
			p.t.Fatalf("waiting for %s: %v; had %v", kind, err, p.kept)
		}
		if m["t"] == kind {
			return m
		}
		p.kept = append(p.kept, m)
	}
}

// refused asks for the err that answers request id.
func (p *page) refused(id int, code string) {
	p.t.Helper()
	m := p.want("err")
	if m["id"] != float64(id) || m["code"] != code {
		p.t.Fatalf("request %d: got %v, want %s", id, m, code)
	}
}

// closed reads until the connection ends and returns the close code.
func (p *page) closed() int {
	p.t.Helper()
	for {
		m, err := p.read()
		if err == nil {
			p.kept = append(p.kept, m)
			continue
		}
		if e := (*websocket.CloseError)(nil); asClose(err, &e) {
			return e.Code
		}
		p.t.Fatalf("ended without a close frame: %v; had %v", err, p.kept)
	}
}

func asClose(err error, into **websocket.CloseError) bool {
	e, ok := err.(*websocket.CloseError)
	*into = e
	return ok
}

// signIn says hello as an account.
func (l *live) signIn(account string, role engine.Role) *page {
	l.t.Helper()
	p := l.dial()
	p.send("hello", "token", l.token(account, role))
	p.want("welcome")
	return p
}

func newCmd() string { return uuid.Must(uuid.NewV7()).String() }

// eventually waits for a condition that becomes true by other goroutines' work.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
		time.Sleep(time.Millisecond) // only how often is looked, nothing depends on it
	}
}
