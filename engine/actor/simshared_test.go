package actor

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
)

// TestSimulationShared has three nodes share the sessions of two auctions, one
// of them lots that are sold together, while units change hands in every way
// there is: handed over, and taken from an owner that does not know. What is
// acknowledged once is in the journal once, all nodes told the same, and none
// ever showed less than it had told.
//
// A seed takes some ten times as long as one of TestSimulation, so there are a
// tenth as many of what GOBUA_SIM_RUNS and GOBUA_SIM_FROM say.
func TestSimulationShared(t *testing.T) {
	runs := max(1, setting(t, "GOBUA_SIM_RUNS", 600)/10)
	first := (max(1, setting(t, "GOBUA_SIM_FROM", 1))-1)/10 + 1
	began := time.Now()
	spread(t, first, runs, func(t *testing.T, seed uint64) {
		if violation := simulateShared(t, seed, noFault); violation != "" {
			t.Errorf("seed %d: %s\nreplay with GOBUA_SIM_RUNS=10 GOBUA_SIM_FROM=%d go test -run TestSimulationShared ./engine/actor", seed, violation, 10*seed-9)
		}
	})
	t.Logf("seeds %d to %d in %v", first, first+runs-1, time.Since(began).Round(time.Second))
}

// sharedWorld is one run.
type sharedWorld struct {
	t       *testing.T
	rng     *rand.Rand
	common  *commonLog
	lots    []engine.Created
	serving map[int]map[int]bool // by unit: the nodes that believe they decide it
	ids     uint64

	mu        sync.Mutex
	known     map[engine.CommandID]engine.Receipt // acknowledged
	violation string                              // the first
	wg        sync.WaitGroup
}

// simulateShared lives through one seed, with something done wrong or not. It
// returns what was violated first, or nothing.
func simulateShared(t *testing.T, seed uint64, fault commonFault) (violation string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &sharedWorld{
			t: t, rng: rand.New(rand.NewPCG(seed, 77)), serving: map[int]map[int]bool{0: {}, 1: {}},
			known: map[engine.CommandID]engine.Receipt{},
		}
		lags := rand.New(rand.NewPCG(seed, 78))
		w.common = newCommon(t, 3, func() time.Duration { return time.Duration(lags.IntN(20)) * time.Millisecond })
		w.common.fault, w.common.fail = fault, w.fail
		for _, n := range w.common.nodes {
			n.feed.fail = w.fail
		}
		w.live()
		violation = w.violated()
	})
	return violation
}

// fail keeps what was violated first. Any goroutine may call it.
func (w *sharedWorld) fail(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.violation == "" {
		w.violation = fmt.Sprintf(format, args...)
	}
}

func (w *sharedWorld) violated() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.violation
}

func (w *sharedWorld) live() {
	single := lot(theSession)
	single.Lot.AuctionID = "DG-1"
	w.lots = []engine.Created{single}
	for _, c := range []engine.Created{lotOf(2, wholeSale), lotOf(3, wholeSale)} {
		c.Lot.AuctionID = "DG-2"
		w.lots = append(w.lots, c)
	}
	for unit := range units {
		w.take(unit, w.rng.IntN(3), 0)
	}
	for _, c := range w.lots {
		unit := unitOfAuction(c.Lot.AuctionID)
		for _, n := range w.common.nodes {
			if w.serving[unit][n.self] {
				if err := n.reg.Create(w.t.Context(), c); err != nil {
					w.t.Fatal(err)
				}
			}
		}
	}
	until(w.lots[0].Rules.OpensAt.Add(-30_000))
	for range 150 {
		if w.violated() != "" {
			return
		}
		w.step()
		w.look()
	}
	for unit := range units { // everybody who was taken for dead hears of it
		for _, n := range slices.Sorted(maps.Keys(w.serving[unit])) {
			if w.common.holder[unit] != n {
				w.give(unit, n)
			}
		}
	}
	for range 120 { // long before that the last of them has closed
		time.Sleep(time.Minute)
		if w.closed() {
			break
		}
	}
	time.Sleep(time.Minute)
	w.wg.Wait()
	w.look()
	w.common.wantTheSame(w.t)
	w.wantOnce()
}

// look has what every node shows compared with what it told, when all that
// could be done at once has been done.
func (w *sharedWorld) look() {
	synctest.Wait()
	for _, n := range w.common.nodes {
		for _, c := range w.lots {
			n.feed.look(c.Session)
		}
	}
}

// closed tells whether every node shows that every session is closed.
func (w *sharedWorld) closed() bool {
	for _, n := range w.common.nodes {
		for _, c := range w.lots {
			if v, ok := n.reg.View(c.Session); !ok || v.Room.Now.Phase != engine.PhaseClosed {
				return false
			}
		}
	}
	return true
}

func (w *sharedWorld) take(unit, node int, since engine.Instant) {
	n := w.common.nodes[node]
	if w.serving[unit][node] {
		w.give(unit, node)
	}
	w.common.claim(unit, n)
	if err := n.reg.Take(w.t.Context(), unit, since); err != nil {
		w.t.Fatal(err)
	}
	w.serving[unit][node] = true
}

func (w *sharedWorld) give(unit, node int) {
	if err := w.common.nodes[node].reg.Give(w.t.Context(), unit); err != nil {
		w.t.Fatal(err)
	}
	delete(w.serving[unit], node)
}

func (w *sharedWorld) step() {
	time.Sleep(time.Duration(w.rng.IntN(8000)) * time.Millisecond)
	unit := w.rng.IntN(units)
	owner := w.common.holder[unit]
	switch w.rng.IntN(12) {
	case 0: // handed over
		if w.serving[unit][owner] {
			w.give(unit, owner)
		}
		w.take(unit, w.rng.IntN(3), 0)
	case 1: // cut off, and replaced after a while; it hears of it later, or bids come to it
		cut := w.common.nodes[owner].reg.PaidUntil()
		w.common.mu.Lock()
		w.common.holder[unit] = -1
		w.common.mu.Unlock()
		gap := outage{from: engine.InstantOf(time.Now())}
		w.bid()
		time.Sleep(time.Duration(w.rng.IntN(6000)) * time.Millisecond)
		gap.to = engine.InstantOf(time.Now())
		if gap.to.Sub(gap.from) >= leastOutage { // what is mended sooner is owed nothing
			w.silent(unit, gap)
		}
		if w.common.fault == outageForgotten {
			cut = 0
		}
		w.take(unit, w.rng.IntN(3), cut)
	case 2: // who was replaced hears of it
		for _, n := range slices.Sorted(maps.Keys(w.serving[unit])) {
			if n != owner {
				w.give(unit, n)
			}
		}
	default:
		w.bid()
	}
}

// silent tells the witnesses that nobody could reach the sessions of a unit.
func (w *sharedWorld) silent(unit int, gap outage) {
	for _, n := range w.common.nodes {
		for _, c := range w.lots {
			if unitOfAuction(c.Lot.AuctionID) == unit {
				n.feed.silent(c.Session, gap)
			}
		}
	}
}

// bid sends a command to some node that believes it decides the session, and
// again to another where that has no answer.
func (w *sharedWorld) bid() {
	c := w.lots[w.rng.IntN(len(w.lots))]
	unit := unitOfAuction(c.Lot.AuctionID)
	w.ids++
	cmd := engine.Command{ID: cmdID(w.ids), By: engine.Actor{Role: engine.RoleBidder, Ref: fmt.Sprintf("M-%d", 1+w.rng.IntN(3))}}
	cmd.Do = engine.CheckIn{}
	if w.rng.IntN(3) > 0 {
		cmd.Do = engine.PlaceBid{Amount: engine.Dong(100 + 10*w.rng.IntN(40))}
	}
	var serving []*node
	for _, n := range slices.Sorted(maps.Keys(w.serving[unit])) {
		serving = append(serving, w.common.nodes[n])
	}
	w.rng.Shuffle(len(serving), func(i, j int) { serving[i], serving[j] = serving[j], serving[i] })
	w.wg.Go(func() {
		for _, n := range serving {
			got := make(chan answer, 1)
			sent := &call{cmd: cmd, received: engine.InstantOf(time.Now())}
			n.reg.Submit(c.Session, cmd, func(r engine.Receipt, err error) {
				sent.receipt, sent.err = r, err
				n.feed.answered(c.Session, sent)
				got <- answer{r, err}
			})
			if a := <-got; a.err == nil {
				w.acknowledged(cmd.ID, a.Receipt)
			}
		}
	})
}

func (w *sharedWorld) acknowledged(cmd engine.CommandID, r engine.Receipt) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Seq == 0 { // a refusal that nothing records holds for the moment in which it was given
		return
	}
	if before, twice := w.known[cmd]; twice && (before.Accepted != r.Accepted || before.Seq != r.Seq || before.Price != r.Price) {
		w.violation = cmp.Or(w.violation, fmt.Sprintf("command %v has two outcomes: %+v and %+v", cmd, before, r))
	}
	w.known[cmd] = r
}

// wantOnce finds every accepted command in the journal, once.
func (w *sharedWorld) wantOnce() {
	times := map[engine.CommandID]int{}
	for _, c := range w.lots {
		err := replay(w.t.Context(), w.common.mem, c.Session, func(r engine.Record) error {
			switch r.Event.(type) {
			case *engine.BidAccepted, *engine.CheckedIn:
				times[r.Cmd]++
			}
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	for cmd, r := range w.known {
		if want := map[bool]int{true: 1}[r.Accepted]; times[cmd] != want {
			w.fail("command %v was answered with %+v and is in the journal %d times", cmd, r, times[cmd])
		}
	}
}
