package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"gobua/engine"
	"gobua/internal/demo"
	"gobua/internal/visitor"
)

// collected is an OpenTelemetry collector that keeps what it is sent.
type collected struct {
	t     *testing.T
	mu    sync.Mutex
	by    map[string][]*spans.Span // trace → spans, in the order of their beginning
	nodes map[string][]string      // trace → node and name of each span
}

func collect(t *testing.T) (c *collected, url string) {
	t.Helper()
	c = &collected{t: t, by: map[string][]*spans.Span{}, nodes: map[string][]string{}}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return c, server.URL
}

// ServeHTTP takes spans as OTLP sends them over HTTP.
func (c *collected) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var sent collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(body, &sent)
	}
	if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		c.t.Errorf("%s %s: %v", r.URL.Path, r.Header.Get("Content-Type"), err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, resource := range sent.GetResourceSpans() {
		node := ""
		for _, a := range resource.GetResource().GetAttributes() {
			if a.GetKey() == "service.instance.id" {
				node = a.GetValue().GetStringValue()
			}
		}
		for _, scope := range resource.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				id := hex.EncodeToString(s.GetTraceId())
				c.by[id] = append(c.by[id], s)
				c.nodes[id] = append(c.nodes[id], node+" "+s.GetName())
				slices.SortStableFunc(c.by[id], func(a, b *spans.Span) int {
					return int(a.GetStartTimeUnixNano()) - int(b.GetStartTimeUnixNano())
				})
			}
		}
	}
}

func (c *collected) trace(id string) []*spans.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.by[id])
}

// everything is each text that was sent, in whatever place.
func (c *collected) everything() (texts []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, trace := range c.by {
		for _, s := range trace {
			texts = append(texts, s.GetName(), s.GetStatus().GetMessage(), s.GetTraceState())
			for _, a := range s.GetAttributes() {
				texts = append(texts, a.GetKey(), a.GetValue().GetStringValue(), fmt.Sprint(a.GetValue().GetIntValue()))
			}
			if len(s.GetEvents()) > 0 || len(s.GetLinks()) > 0 {
				c.t.Errorf("%s says more than it should: %v", s.GetName(), s)
			}
		}
	}
	return texts
}

// TestABidIsTracedFromItsClickToItsSight: a collector gets one tree for one bid,
// under the id that its sender made, and learns nothing of who bid or what.
func TestABidIsTracedFromItsClickToItsSight(t *testing.T) {
	t.Parallel()
	sink, url := collect(t)
	p := newProcess(t, "--trace", url, "--trace-share", "1")
	p.start()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	staff, err := p.site().SignIn(ctx, "dgv", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	lan, err := p.site().SignIn(ctx, "lan", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	session := publishUnder(t, ctx, staff, []*visitor.Person{lan}, engine.Rules{Opening: engine.OpeningByAuctioneer, OpensAt: engine.InstantOf(time.Now()), BiddingMs: 600_000})
	hand := staff.Seat()
	defer hand.Close()
	line, err := p.site().Dial(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	token, err := lan.Token(ctx)
	if err == nil {
		_, err = line.Hello(ctx, token)
	}
	if err != nil {
		t.Fatal(err)
	}
	room, err := line.Follow(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	const amount = 7_654_321_000
	bid := uuid.Must(uuid.NewV7())
	var sent, got time.Time
	for _, step := range []struct {
		do  func(context.Context, engine.SessionID, engine.CommandID, engine.Act) (engine.Receipt, error)
		id  engine.CommandID
		act engine.Act
	}{{line.Do, uuid.Must(uuid.NewV7()), engine.CheckIn{}}, {hand.DoAs, uuid.Must(uuid.NewV7()), engine.Open{}}, {line.Do, bid, engine.PlaceBid{Amount: amount, Confirm: amount}}} {
		sent = time.Now()
		if r, err := step.do(ctx, session, step.id, step.act); err != nil || !r.Accepted {
			t.Fatalf("%s: %+v, %v", step.act.ActName(), r, err)
		}
		got = time.Now()
	}
	leader, err := room.Await(ctx, func(n engine.Now) bool { return n.Price == amount })
	if err != nil {
		t.Fatal(err)
	}
	// The clock of this page is the server's; it admits that it might be off.
	if err := line.Seen(ctx, bid, [4]time.Time{sent.Add(-20 * time.Millisecond), sent, got, time.Now()}, 5*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	id := strings.ReplaceAll(bid.String(), "-", "")
	p.eventually("the collector has the bid", func() bool { return len(sink.trace(id)) >= 9 })
	checkTree(t, sink.trace(id), session)
	p.stop()
	all := sink.everything()
	for _, secret := range []string{"lan", lan.Account.ID, lan.Account.Name, "dgv", staff.Account.ID, fmt.Sprint(amount), string(leader.Now.Leader), "127.0.0.1"} {
		tells := func(text string) bool { // short ones may be part of a random id
			return text == secret || len(secret) > 5 && strings.Contains(text, secret)
		}
		if secret == "" || slices.ContainsFunc(all, tells) {
			t.Errorf("the traces tell %q:\n%q", secret, all)
		}
	}
	if !slices.Contains(all, "POST /api/v1/auctions/:id/publish") {
		t.Errorf("no request is traced by its route:\n%q", all)
	}
}

// checkTree checks that a trace is one root with a bid's stages below it, one
// after the other, and what the page said of it, in whole milliseconds.
func checkTree(t *testing.T, trace []*spans.Span, session engine.SessionID) {
	t.Helper()
	var names, said []string
	root := trace[slices.IndexFunc(trace, func(s *spans.Span) bool { return len(s.GetParentSpanId()) == 0 })]
	for _, s := range trace {
		if s != root && string(s.GetParentSpanId()) != string(root.GetSpanId()) {
			t.Errorf("%s is not below the root", s.GetName())
		}
		if name := s.GetName(); name == "click" || name == "shown" {
			said = append(said, name)
			checkSaid(t, s)
			continue
		}
		names = append(names, s.GetName())
		if s == root {
			continue
		}
		if s.GetStartTimeUnixNano() < root.GetStartTimeUnixNano() || s.GetEndTimeUnixNano() > root.GetEndTimeUnixNano() || len(s.GetAttributes()) > 0 {
			t.Errorf("%s is longer than the whole, or says more than its name: %v", s.GetName(), s)
		}
	}
	if want := []string{"command bid", "mailbox", "decide", "append", "tell", "sign", "send"}; !slices.Equal(names, want) {
		t.Errorf("the way is %v, not %v", names, want)
	}
	if !slices.Equal(said, []string{"click", "shown"}) {
		t.Errorf("the page has said %v", said)
	}
	of := map[string]string{}
	for _, a := range root.GetAttributes() {
		of[a.GetKey()] = a.GetValue().GetStringValue()
	}
	if len(of) != 3 || of["gobua.session"] != string(session) || of["gobua.act"] != "bid" || of["gobua.outcome"] != "accepted" {
		t.Errorf("the root says %v", of)
	}
}

// checkSaid checks that a span says that it is the page's word, and by how much
// its clock may be off.
func checkSaid(t *testing.T, s *spans.Span) {
	t.Helper()
	said := map[string]string{}
	for _, a := range s.GetAttributes() {
		said[a.GetKey()] = a.GetValue().GetStringValue()
		if a.GetKey() == "gobua.clock_off_ms" {
			said[a.GetKey()] = fmt.Sprint(a.GetValue().GetIntValue())
		}
	}
	if want := map[string]string{"gobua.said_by": "page", "gobua.clock_off_ms": "5"}; !maps.Equal(said, want) {
		t.Errorf("%s says %v, not %v", s.GetName(), said, want)
	}
	took := time.Duration(s.GetEndTimeUnixNano() - s.GetStartTimeUnixNano())
	if s.GetName() == "click" && (took < 19*time.Millisecond || took > 21*time.Millisecond) {
		t.Errorf("from the click to the line it took %v", took)
	}
}

// TestABidIsTracedThroughAllNodes: one trace has the node that took the bid, the
// one that decided it, and when each other node told its room.
func TestABidIsTracedThroughAllNodes(t *testing.T) {
	t.Parallel()
	got, url := collect(t)
	c := newNodes(t, "--trace", url, "--trace-share", "1")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	staff := c.signIn(ctx, 0, "dgv")
	lan := c.signIn(ctx, 0, "lan")
	session := publishUnder(t, ctx, staff, []*visitor.Person{lan}, engine.Rules{Opening: engine.OpeningByAuctioneer, OpensAt: engine.InstantOf(time.Now()), BiddingMs: 600_000})
	c.settled(c.all[0]) // sessions move while nodes still come
	owner := -1
	c.all[0].eventually("all agree who decides", func() bool {
		owner = c.owner(c.all[0], session)
		return owner >= 0 && c.owner(c.all[1], session) == owner && c.owner(c.all[2], session) == owner
	})
	at := (owner + 1) % 3
	seat := c.signIn(ctx, at, "lan").Seat()
	defer seat.Close()
	if _, err := seat.Follow(ctx, session); err != nil {
		t.Fatal(err)
	}
	checkIn := uuid.Must(uuid.NewV7())
	if r, err := seat.DoAs(ctx, session, checkIn, engine.CheckIn{}); err != nil || !r.Accepted {
		t.Fatalf("%+v, %v", r, err)
	}
	id := strings.ReplaceAll(checkIn.String(), "-", "")
	node := func(i int) string { return fmt.Sprintf("n%d", i+1) }
	want := []string{
		node(at) + " command check_in", node(at) + " relay", node(owner) + " append", node(owner) + " tell",
		node(at) + " follow", node((owner+2)%3) + " follow",
	}
	var have []string
	c.all[0].eventually("the collector has the way through all nodes", func() bool {
		got.mu.Lock()
		defer got.mu.Unlock()
		have = slices.Clone(got.nodes[id])
		return !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(have, w) })
	})
	if slices.Contains(have, node(owner)+" follow") || slices.Contains(have, node(at)+" append") {
		t.Errorf("%v", have)
	}
}
