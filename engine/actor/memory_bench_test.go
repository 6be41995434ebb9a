package actor

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
)

// BenchmarkSessionMemory is what a loaded session holds: heap and stacks of the
// whole process, its journal on the disk, over the number of sessions. Each has
// twenty participants, who bid in turn.
func BenchmarkSessionMemory(b *testing.B) {
	for _, c := range []struct{ sessions, bids int }{
		{100, 10}, {1_000, 10}, {10_000, 10}, // sessions
		{1_000, 0}, {1_000, 100}, // bids of each
	} {
		b.Run(fmt.Sprintf("sessions=%d/bids=%d", c.sessions, c.bids), func(b *testing.B) {
			for b.Loop() {
				p, err := journal.OpenPebble(b.TempDir(), journal.Options{})
				if err != nil {
					b.Fatal(err)
				}
				before := held()
				reg := NewRegistry(Options{Journal: p})
				for i := range c.sessions {
					fill(b, reg, engine.SessionID(fmt.Sprintf("%012d", i)), c.bids)
				}
				b.ReportMetric(float64(held()-before)/float64(c.sessions)/1024, "KiB/session")
				reg.Stop()
				if err := p.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkShelfMemory is what a session that is over holds, after a start.
func BenchmarkShelfMemory(b *testing.B) {
	const sessions = 1_000
	for _, bids := range []int{10, 100} {
		b.Run(fmt.Sprintf("sessions=%d/bids=%d", sessions, bids), func(b *testing.B) {
			for b.Loop() {
				p, err := journal.OpenPebble(b.TempDir(), journal.Options{})
				if err != nil {
					b.Fatal(err)
				}
				reg := NewRegistry(Options{Journal: p})
				for i := range sessions {
					id := engine.SessionID(fmt.Sprintf("%012d", i))
					fill(b, reg, id, bids)
					done := make(chan error, 1)
					by := engine.Actor{Role: engine.RoleAuctioneer, Ref: "CC-1"}
					reg.Submit(id, engine.Command{ID: cmdID(1 << 40), By: by, Do: engine.Cancel{Reason: "rút tài sản"}}, func(_ engine.Receipt, err error) { done <- err })
					if err := <-done; err != nil {
						b.Fatal(err)
					}
				}
				reg.Stop()
				before := held()
				reg = NewRegistry(Options{Journal: p})
				if err := reg.Start(b.Context()); err != nil {
					b.Fatal(err)
				}
				for shelved := 0; shelved < sessions; time.Sleep(time.Millisecond) {
					shelved = 0
					for _, a := range reg.actors {
						if a.shelved.Load() {
							shelved++
						}
					}
				}
				b.ReportMetric(float64(held()-before)/sessions/1024, "KiB/session")
				reg.Stop()
				if err := p.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// held is what heap and stacks hold after the garbage is gone.
func held() uint64 {
	var m runtime.MemStats
	for range 2 { // what a finalizer frees goes with the second
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// fill opens a session and has two of its twenty participants bid in turn.
func fill(b *testing.B, reg *Registry, id engine.SessionID, bids int) {
	c := lot(id, func(r *engine.Rules) { r.OpensAt, r.BiddingMs = 1, engine.MaxBiddingMs })
	c.Participants = nil
	for i := range 20 {
		code := engine.ParticipantCode(fmt.Sprintf("M-%d", i))
		c.Participants = append(c.Participants, engine.Participant{Code: code, Holder: engine.HolderOf(id, string(code))})
	}
	if err := reg.Create(b.Context(), c); err != nil {
		b.Fatal(err)
	}
	var all sync.WaitGroup
	do := func(n int, act engine.Act) {
		all.Add(1)
		by := engine.Actor{Role: engine.RoleBidder, Ref: string(c.Participants[n%2].Code)}
		reg.Submit(id, engine.Command{ID: cmdID(uint64(n + 1)), By: by, Do: act}, func(r engine.Receipt, err error) {
			if err != nil || !r.Accepted {
				b.Error(r, err)
			}
			all.Done()
		})
	}
	do(0, engine.CheckIn{})
	do(1, engine.CheckIn{})
	for i := range bids {
		do(i+2, engine.PlaceBid{Amount: 100 + engine.Dong(10*(i+1))})
	}
	all.Wait()
}
