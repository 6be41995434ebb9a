package actor

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
)

// traceBook is a Tracer that keeps what it is told of the commands it wants.
type traceBook struct {
	wants func(engine.CommandID) bool

	mu     sync.Mutex
	stages []string
	ends   []time.Time
}

func (b *traceBook) Traced(id engine.CommandID) bool { return b.wants(id) }

func (b *traceBook) Passed(_ engine.CommandID, stage string, from, to time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stages, b.ends = append(b.stages, stage), append(b.ends, from, to)
}

// openLot opens a session in which two people are present, and returns how one
// of them sends a command and waits for its receipt.
func openLot(t *testing.T, trace Tracer) (send func(n uint64, do engine.Act) engine.Receipt) {
	t.Helper()
	_, send = openRegistry(t, trace)
	return send
}

func openRegistry(t *testing.T, trace Tracer) (reg *Registry, send func(n uint64, do engine.Act) engine.Receipt) {
	t.Helper()
	reg = NewRegistry(Options{Journal: journal.NewMemory(), Trace: trace})
	t.Cleanup(reg.Stop)
	c := lot(theSession, func(r *engine.Rules) { r.OpensAt, r.BiddingMs = 1, engine.MaxBiddingMs })
	if err := reg.Create(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	code := string(c.Participants[0].Code)
	answers := make(chan engine.Receipt, 1)
	answer := func(r engine.Receipt, err error) {
		if err != nil {
			t.Error(err)
		}
		answers <- r
	}
	return reg, func(n uint64, do engine.Act) engine.Receipt {
		reg.Submit(theSession, engine.Command{ID: cmdID(n), By: engine.Actor{Role: engine.RoleBidder, Ref: code}, Do: do}, answer)
		return <-answers
	}
}

// TestATracedCommandPassesEveryStage once, in order, and none overlaps another.
func TestATracedCommandPassesEveryStage(t *testing.T) {
	book := &traceBook{wants: func(id engine.CommandID) bool { return id == cmdID(2) }}
	send := openLot(t, book)
	send(1, engine.CheckIn{})
	send(2, engine.PlaceBid{Amount: 1_000_000})
	send(3, engine.PlaceBid{Amount: 1_000_000})
	book.mu.Lock()
	defer book.mu.Unlock()
	if !slices.Equal(book.stages, stages[:]) {
		t.Errorf("passed %v", book.stages)
	}
	if !slices.IsSortedFunc(book.ends, time.Time.Compare) {
		t.Errorf("stages overlap: %v", book.ends)
	}
}

// TestASessionThatTellsNoCountsIsNotTraced: whoever sees traces could count.
func TestASessionThatTellsNoCountsIsNotTraced(t *testing.T) {
	book := &traceBook{wants: func(engine.CommandID) bool { return true }}
	reg, send := openRegistry(t, book)
	a, ok := reg.actor(theSession)
	if !ok {
		t.Fatal("the session is not there")
	}
	a.unmeasured.Store(true) // as open does for sealed offers
	send(1, engine.CheckIn{})
	book.mu.Lock()
	defer book.mu.Unlock()
	if len(book.stages) > 0 {
		t.Errorf("passed %v", book.stages)
	}
}

// TestACommandOfAGroupPassesEveryStage of the append that all lots share, also
// where the commands of two lots are decided together.
func TestACommandOfAGroupPassesEveryStage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := &traceBook{wants: func(engine.CommandID) bool { return true }}
		reg := NewRegistry(Options{Journal: journal.NewMemory(), Trace: book})
		t.Cleanup(reg.Stop)
		lots := []engine.Created{lotOf(1, wholeSale), lotOf(2, wholeSale)}
		for _, c := range lots {
			if err := reg.Create(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		answers := make(chan error, len(lots))
		for i, c := range lots {
			by := engine.Actor{Role: engine.RoleBidder, Ref: string(c.Participants[0].Code)}
			reg.Submit(c.Session, engine.Command{ID: cmdID(uint64(i + 1)), By: by, Do: engine.CheckIn{}}, func(_ engine.Receipt, err error) { answers <- err })
		}
		for range lots {
			if err := <-answers; err != nil {
				t.Fatal(err)
			}
		}
		book.mu.Lock()
		defer book.mu.Unlock()
		if want := slices.Repeat(stages[:], len(lots)); !slices.Equal(book.stages, want) {
			t.Errorf("passed %v", book.stages)
		}
	})
}

// TestNobodyPaysForTracesThatAreNotKept: a bid allocates no more where a tracer
// turns it down, and where there is none, than it does without the code for it.
func TestNobodyPaysForTracesThatAreNotKept(t *testing.T) {
	allocations := func(trace Tracer) float64 {
		send := openLot(t, trace)
		send(1, engine.CheckIn{})
		const bids = 2000
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for n := range uint64(bids) {
			send(n+2, engine.PlaceBid{Amount: 1_000_000})
		}
		runtime.ReadMemStats(&after)
		return float64(after.Mallocs-before.Mallocs) / bids
	}
	without := allocations(nil)
	turned := allocations(&traceBook{wants: func(engine.CommandID) bool { return false }})
	kept := allocations(&traceBook{wants: func(engine.CommandID) bool { return true }})
	if math.Abs(turned-without) > 0.5 { // slices that grow come to a few in thousands of bids
		t.Errorf("%v allocations without a tracer, %v with one that turns all down", without, turned)
	}
	if kept < without+1 {
		t.Errorf("%v allocations without traces and %v with: nothing was measured", without, kept)
	}
	t.Logf("allocations of a bid: %.2f without a tracer, %.2f turned down, %.2f kept", without, turned, kept)
	a := &Actor{clock: time.Now}
	if n := testing.AllocsPerRun(1000, func() {
		l := a.laps()
		for range stages {
			l.end()
		}
		a.passed(nil, &l)
	}); n != 0 {
		t.Errorf("an actor without a tracer allocates %v times for it", n)
	}
}
