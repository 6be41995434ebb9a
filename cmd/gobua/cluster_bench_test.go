package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/internal/demo"
	"gobua/internal/load"
	"gobua/internal/visitor"
)

// failure is one way in which bids for a session stop being decided.
type failure struct {
	name   string
	happen func(*hall, *process) // the process decides the session
	heal   func(*hall, *process)
	leads  bool // the process leads the session's stream, too
}

var failuresOfOwners = []failure{
	{name: "killed", happen: func(_ *hall, p *process) { p.kill() }, heal: func(_ *hall, p *process) { p.start() }},
	{name: "frozen", happen: func(_ *hall, p *process) { p.freeze() }, heal: func(_ *hall, p *process) { p.thaw() }},
	{name: "left", happen: func(_ *hall, p *process) { p.stop() }, heal: func(_ *hall, p *process) { p.start() }},
}

// failureOfTheLog can happen alone only where the log has servers of its own.
var failureOfTheLog = failure{name: "leader-of-the-log-killed", happen: func(h *hall, _ *process) { h.leads.kill() }, heal: func(h *hall, _ *process) { h.leads.start() }}

// leading is a failure of an owner that also leads the session's stream, as it
// does in one of three where the log is within the nodes: the worst there is.
func leading(f failure) failure {
	f.name, f.leads = f.name+"-leading", true
	return f
}

// BenchmarkClusterFailures is for how long bids stay unanswered when the node
// that decides their session fails: the longest time from a bid that a person at
// another node sent to its receipt, in each round. An op is a round. In the first
// set the log goes with its node, and in the rounds called leading that node always
// leads the session's stream; in the second, apart, the log has servers of its
// own, and the one that leads the stream is killed too, while the node lives.
// GOBUA_ROUNDS says how many; make bench-cluster does 50.
func BenchmarkClusterFailures(b *testing.B) {
	rounds := 2
	if n, err := strconv.Atoi(os.Getenv("GOBUA_ROUNDS")); err == nil {
		rounds = n
	}
	for _, f := range append(slices.Clone(failuresOfOwners), leading(failuresOfOwners[0]), leading(failuresOfOwners[1])) {
		b.Run(f.name, func(b *testing.B) { newNodes(b).measure(b, f, rounds) })
	}
	for _, f := range append(slices.Clone(failuresOfOwners), failureOfTheLog) {
		b.Run("apart/"+f.name, func(b *testing.B) { newNodesApart(b).measure(b, f, rounds) })
	}
}

func (c *nodes) measure(b *testing.B, f failure, rounds int) {
	h := c.hall()
	var gaps, usual []time.Duration
	for range rounds {
		before, gap := h.round(f)
		usual, gaps = append(usual, before), append(gaps, gap)
	}
	slices.Sort(gaps)
	slices.Sort(usual)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(rounds), "rounds")
	b.ReportMetric(ms(usual[len(usual)/2]), "usual-max-ms")
	b.ReportMetric(ms(gaps[len(gaps)/2]), "p50-ms")
	b.ReportMetric(ms(gaps[len(gaps)*99/100]), "p99-ms")
	b.ReportMetric(ms(gaps[len(gaps)-1]), "max-ms")
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// hall is some sessions that go on for hours, and people at every node who can
// bid for them.
type hall struct {
	*nodes
	ctx      context.Context
	sessions []engine.SessionID // in streams of which each node leads some
	session  engine.SessionID   // the one of this round
	seats    [3][]*visitor.Seat // by node
	leads    *logServer         // of the session's stream, in this round; nil: the log is within the nodes
}

// sessionsOfAHall is so many that each node decides one whose stream it leads,
// but for one time in a hundred, which a round waits out.
const sessionsOfAHall = 12

func (c *nodes) hall() *hall {
	t := c.t
	t.Helper()
	h := &hall{nodes: c, ctx: t.Context()}
	staff := c.signIn(h.ctx, 0, "dgv")
	var all []*visitor.Person
	for i := range c.all {
		for _, login := range []string{"lan", "binh", "chi", "may1", "may2", "may3"} {
			who := c.signIn(h.ctx, i, login)
			if i == 0 {
				all = append(all, who)
			}
			h.seats[i] = append(h.seats[i], who.Seat())
		}
	}
	t.Cleanup(func() {
		for _, seats := range h.seats {
			for _, s := range seats {
				s.Close()
			}
		}
	})
	for range sessionsOfAHall {
		session := publishOne(t, h.ctx, staff, all, 5*time.Hour)
		for _, s := range h.seats[0] {
			if _, err := s.Follow(h.ctx, session); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Do(h.ctx, session, engine.CheckIn{}); err != nil {
				t.Fatal(err)
			}
		}
		h.sessions = append(h.sessions, session)
	}
	return h
}

// choose finds a session for the next round, and its owner; -1: there is none yet.
// Each session comes before any comes again, where it suits.
func (h *hall) choose(f failure) (owner int) {
	s := h.all[0].status()
	if !s.allLive() {
		return -1
	}
	for i, session := range h.sessions {
		owner := h.owner(h.all[0], session)
		if owner < 0 || f.leads && s.leader(session) != fmt.Sprint("n", owner+1) {
			continue
		}
		h.sessions = append(slices.Delete(h.sessions, i, i+1), session)
		h.session = session
		return owner
	}
	return -1
}

func (s status) allLive() bool {
	return len(s.Nodes) == 3 && s.Nodes[0].Live && s.Nodes[1].Live && s.Nodes[2].Live
}

// leader is the node that leads the stream of a session's log; empty: none is known.
func (s status) leader(session engine.SessionID) string {
	for _, one := range s.Sessions {
		var shard int
		if _, err := fmt.Sscanf(one.Unit, "shard-%d", &shard); err != nil || one.Session != session {
			continue
		}
		for _, l := range s.Log {
			if l.Stream == streamOf(shard) {
				return l.Leader
			}
		}
	}
	return ""
}

// round has one failure happen while six people at another node bid, three
// times a second each, and returns the longest time to a receipt before it and
// around it.
func (h *hall) round(f failure) (usual, gap time.Duration) {
	h.t.Helper()
	well := func() bool {
		s := h.all[0].status()
		return len(s.Nodes) == 3 && s.Nodes[0].Live && s.Nodes[1].Live && s.Nodes[2].Live
	}
	h.all[0].eventually("all is well", well)
	time.Sleep(leadersEvery + 2*time.Second) // streams find their leaders, which are looked at, moves end
	victim := -1
	h.all[0].eventually("a session suits", func() bool { victim = h.choose(f); return victim >= 0 })
	at := (victim + 1) % 3
	if h.seen != nil {
		h.leads = h.leader(h.session)
	}
	ctx, stop := context.WithTimeout(h.ctx, 60*time.Second)
	defer stop()
	var mu sync.Mutex
	var failed, over time.Time // just before it happens, and just after
	answered := make(chan struct{}, 1)
	var wg sync.WaitGroup
	for i, seat := range h.seats[at] {
		wg.Go(func() {
			room, err := seat.Follow(ctx, h.session)
			if err != nil {
				return
			}
			time.Sleep(time.Duration(i) * 50 * time.Millisecond)
			for ctx.Err() == nil {
				view, _ := room.View()
				sent := time.Now()
				_, err := seat.Do(ctx, h.session, engine.PlaceBid{Amount: view.Now.Next})
				took := time.Since(sent)
				mu.Lock()
				switch {
				case err != nil:
				case failed.IsZero():
					usual = max(usual, took)
				case sent.After(failed) || sent.Add(took).After(failed):
					gap = max(gap, took)
					if !over.IsZero() && sent.After(over) {
						select {
						case answered <- struct{}{}:
						default:
						}
					}
				}
				mu.Unlock()
				time.Sleep(300*time.Millisecond - min(took, 250*time.Millisecond))
			}
		})
	}
	time.Sleep(1500 * time.Millisecond)
	mu.Lock()
	failed = time.Now()
	mu.Unlock()
	f.happen(h, h.all[victim])
	mu.Lock()
	over = time.Now()
	mu.Unlock()
	select {
	case <-answered:
	case <-ctx.Done():
		h.t.Fatalf("nobody was answered any more; node %d said:\n%s", at+1, h.all[at].said.String())
	}
	time.Sleep(time.Second)
	stop()
	wg.Wait()
	f.heal(h, h.all[victim])
	return usual, gap
}

// BenchmarkClusterBids is a bid from the browser's end of a socket to its
// receipt, and from its acceptance to a spectator, at the node that decides, at
// another node, and at a server that is alone; two bidders take turns, ten bids
// a second for ten seconds. A session's owner is the log's choice, so rounds go
// on until both kinds of node have had some. The log has three replicas on one
// disk here, where three machines would each have their own.
func BenchmarkClusterBids(b *testing.B) {
	alone := newProcess(b, "--max-clients-per-address", "1000", "--requests-per-second", "1000")
	alone.start()
	c := newNodes(b)
	run := func(p *process, mark func()) load.Result {
		o := load.Options{
			Server: "http://" + p.addr, Login: "quantri", Password: demo.Password, Rate: 10, Bidders: 2, Spectators: 8, Sessions: 1,
			Duration: 10 * time.Second, Mark: mark,
		}
		var out bytes.Buffer
		var r load.Result
		if err := load.Run(b.Context(), o, &out); err != nil {
			b.Fatal(err)
		}
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			b.Fatal(err)
		}
		return r
	}
	results := map[string][]load.Result{}
	for range 3 {
		results["alone"] = append(results["alone"], run(alone, nil))
	}
	for round := 0; len(results["owner"]) < 3 || len(results["another"]) < 3; round++ {
		kind := ""
		r := run(c.all[0], func() {
			for _, one := range c.all[0].status().Sessions {
				if strings.HasPrefix(one.Title, "Load ") {
					kind = map[bool]string{true: "owner", false: "another"}[one.Node == "n1"]
				}
			}
		})
		if kind != "" {
			results[kind] = append(results[kind], r)
		}
		if round > 20 {
			b.Fatalf("after %d rounds: %d at the owner, %d at another node", round, len(results["owner"]), len(results["another"]))
		}
	}
	for _, kind := range []string{"alone", "owner", "another"} {
		b.Run(kind, func(b *testing.B) {
			middle := func(of func(load.Result) float64) float64 {
				var all []float64
				for _, r := range results[kind] {
					all = append(all, of(r))
				}
				slices.Sort(all)
				return all[len(all)/2]
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(len(results[kind])), "rounds")
			b.ReportMetric(middle(func(r load.Result) float64 { return r.BidToReceipt.P50 }), "receipt-p50-ms")
			b.ReportMetric(middle(func(r load.Result) float64 { return r.BidToReceipt.P99 }), "receipt-p99-ms")
			b.ReportMetric(middle(func(r load.Result) float64 { return r.AcceptToSeen.P50 }), "seen-p50-ms")
			b.ReportMetric(middle(func(r load.Result) float64 { return r.AcceptToSeen.P99 }), "seen-p99-ms")
		})
	}
}
