//go:build unix

package engine_test

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"gobua/engine"
)

// crowd is how many participants a session under measurement has. Each bid is
// of another one, so that nothing of it is in the processor's cache.
const crowd = 2000

// bench is a session that takes bids for a long time.
func bench(b *testing.B, change func(*engine.Rules)) *sale { return benchOf(b, crowd, change) }

func benchOf(b *testing.B, crowd int, change func(*engine.Rules)) *sale {
	rules := plain()
	rules.Start, rules.Step = 1_000_000, steps(1)
	rules.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: 30_000, ByMs: 30_000}
	change(&rules)
	codes := make([]engine.ParticipantCode, crowd)
	for i := range codes {
		codes[i] = engine.ParticipantCode(fmt.Sprintf("M-%04d", i))
	}
	s := running(b, rules, 0, codes...)
	s.now = opensAt.Add(second)
	return s
}

// drive decides b.N commands and applies what follows, each as the record it
// becomes. The commands are made beforehand, a batch at a time: in the program
// they come from the gateway.
func drive(b *testing.B, s *sale, command func(i int) engine.Command) {
	const batch = 4096
	commands := make([]engine.Command, 0, batch)
	out := make([]engine.Event, 0, 8)
	var spent time.Duration
	b.ReportAllocs()
	b.ResetTimer()
	b.StopTimer()
	for done := 0; done < b.N; done += len(commands) {
		commands = commands[:0]
		for i := range min(batch, b.N-done) {
			commands = append(commands, command(done+i))
		}
		spent -= processorTime(b)
		b.StartTimer()
		for i := range commands {
			events, err := engine.Decide(s.state, commands[i], s.now, out[:0])
			if err != nil {
				b.Fatal(err)
			}
			for _, e := range events {
				s.state.Apply(s.state.Record(commands[i], s.now, e))
			}
		}
		b.StopTimer()
		spent += processorTime(b)
	}
	b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N), "cpu-ns/op")
}

// processorTime is what all processors have spent on this process.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// bidOf is the i-th bid: everybody in turn, so that each touches another
// participant's memory.
func (s *sale) bidOf(i int, amount engine.Dong) engine.Command {
	code := s.state.Bidders()[i%len(s.state.Bidders())].Code
	return engine.Command{ID: s.id(), By: bidder(code), Do: engine.PlaceBid{Amount: amount}}
}

// BenchmarkBid is the cost of Decide and Apply for one accepted bid.
func BenchmarkBid(b *testing.B) {
	for _, people := range []int{20, crowd} {
		b.Run(fmt.Sprintf("plain, %d people", people), func(b *testing.B) {
			s := benchOf(b, people, func(*engine.Rules) {})
			drive(b, s, func(i int) engine.Command { return s.bidOf(i, 1_000_000+engine.Dong(i)) })
			if s.state.Bids != b.N {
				b.Fatalf("%d of %d bids were accepted", s.state.Bids, b.N)
			}
		})
	}
	// The leader's maximum beats every challenger: two records for each bid.
	b.Run("maximum defended", func(b *testing.B) {
		s := bench(b, func(r *engine.Rules) { r.Proxy = true })
		s.must("M-0000", engine.PlaceBid{Amount: engine.MaxDong})
		drive(b, s, func(i int) engine.Command { return s.bidOf(1+i%(crowd-1), 1_000_001+2*engine.Dong(i)) })
		if s.state.Bids != b.N+1 || s.state.Leader != "M-0000" {
			b.Fatalf("%d of %d bids were accepted", s.state.Bids, b.N)
		}
	})
	// Every maximum beats the last one, which was reached: one record.
	b.Run("maximum beaten", func(b *testing.B) {
		s := bench(b, func(r *engine.Rules) { r.Proxy = true })
		drive(b, s, func(i int) engine.Command { return s.bidOf(i, 1_000_000+engine.Dong(i)) })
		if s.state.Bids != b.N {
			b.Fatalf("%d of %d bids were accepted", s.state.Bids, b.N)
		}
	})
	// Every bid moves the end: two records.
	b.Run("extending", func(b *testing.B) {
		s := bench(b, func(r *engine.Rules) {
			r.Closing = engine.Closing{Kind: engine.ClosingAdd, WindowMs: 24 * 60 * minute, ByMs: 1}
		})
		drive(b, s, func(i int) engine.Command { return s.bidOf(i, 1_000_000+engine.Dong(i)) })
		if s.state.Extensions != b.N {
			b.Fatalf("%d of %d bids moved the end", s.state.Extensions, b.N)
		}
	})
}

// BenchmarkAcceptance is the cost of a falling price: of one acceptance, which
// closes the session and whose withdrawal opens it again, of one that comes too
// late, and of one fall.
func BenchmarkAcceptance(b *testing.B) {
	descent := func(r *engine.Rules) {
		*r = falling(1_000_000_000, &engine.Descent{BasisPoints: 10, EveryMs: minute, Floor: 1_000_000})
	}
	b.Run("too late", func(b *testing.B) {
		s := bench(b, descent)
		s.now = opensAt.Add(minute)
		s.tick()
		drive(b, s, func(i int) engine.Command { return s.bidOf(i, 1_000_000_000) })
		if s.state.Bids != 0 {
			b.Fatal("an old price was accepted")
		}
	})
	b.Run("accepted", func(b *testing.B) {
		s := bench(b, descent)
		out := make([]engine.Event, 0, 8)
		c := s.bidOf(0, 1_000_000_000)
		b.ReportAllocs()
		for b.Loop() {
			events, err := engine.Decide(s.state, c, s.now, out)
			if err != nil || len(events) != 2 {
				b.Fatal("not accepted", err)
			}
		}
	})
	b.Run("fall", func(b *testing.B) {
		s := bench(b, descent)
		s.now = opensAt.Add(minute)
		out := make([]engine.Event, 0, 8)
		b.ReportAllocs()
		for b.Loop() {
			events, err := engine.Decide(s.state, engine.Command{By: engine.System, Do: engine.Tick{}}, s.now, out)
			if err != nil || len(events) != 1 {
				b.Fatal("no fall", err)
			}
		}
	})
}

// BenchmarkRefused is a bid that is too low.
func BenchmarkRefused(b *testing.B) {
	s := bench(b, func(*engine.Rules) {})
	s.must("M-0000", engine.PlaceBid{Amount: 2_000_000})
	drive(b, s, func(i int) engine.Command { return s.bidOf(1+i%(crowd-1), 1_500_000) })
	if s.state.Bids != 1 {
		b.Fatal("a low bid was accepted")
	}
}

// BenchmarkRepeated is a command that is sent again: no record.
func BenchmarkRepeated(b *testing.B) {
	s := bench(b, func(*engine.Rules) {})
	c := s.bidOf(0, 1_000_000)
	if err := s.do(c); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := engine.Decide(s.state, c, s.now, nil); err == nil {
			b.Fatal("carried out twice")
		}
	}
}

// BenchmarkRaise is the leader's higher maximum, for which the second highest
// is looked for among everybody.
func BenchmarkRaise(b *testing.B) {
	s := bench(b, func(r *engine.Rules) { r.Proxy = true })
	s.must("M-0000", engine.PlaceBid{Amount: 2_000_000})
	for i := 1; i < crowd; i++ {
		s.now++
		s.bid(s.state.Bidders()[i].Code, engine.Dong(1_000_000+2*i))
	}
	drive(b, s, func(i int) engine.Command {
		return engine.Command{ID: s.id(), By: bidder("M-0000"), Do: engine.RaiseMaximum{Amount: 2_000_001 + engine.Dong(i)}}
	})
}

// BenchmarkRecord is what comes after the decision: canonical bytes and the
// link of the chain, and what the room is told.
func BenchmarkRecord(b *testing.B) {
	s := bench(b, func(*engine.Rules) {})
	s.bid("M-0000", 2_000_000)
	r := s.records[len(s.records)-1]
	entry, err := s.state.Entry(&r)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("entry", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.state.Entry(&r); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("link", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			engine.Link(r.Hash, entry.Body)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := entry.Record(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("update", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.state.Update(r)
		}
	})
	room := s.room
	u := s.state.Update(r)
	for range engine.MaxHistory {
		room.Fold(u)
	}
	b.Run("fold", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			room.Fold(u)
		}
	})
}

// heap is how many bytes live after a collection.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// long plays a session of so many bids by a hundred people and gives each
// record to keep. Under maxima every second bid is beaten by the first one's.
func long(b *testing.B, bids int, proxy bool, keep func(engine.Record)) *engine.State {
	s := benchOf(b, 100, func(r *engine.Rules) { r.Proxy = proxy })
	for _, r := range s.records {
		keep(r)
	}
	people, out := s.state.Bidders(), make([]engine.Event, 0, 8)
	for i := range bids {
		if i%100 == 0 {
			s.now++ // a hundred bids a millisecond, so that a million come before the end
		}
		c := engine.Command{ID: s.id(), By: bidder(people[i%len(people)].Code), Do: engine.PlaceBid{Amount: s.state.NextMinimum()}}
		if i%2 == 0 && proxy {
			c.Do = engine.PlaceBid{Amount: s.state.NextMinimum() + 2}
		}
		events, err := engine.Decide(s.state, c, s.now, out[:0])
		if err != nil {
			b.Fatal(err)
		}
		for _, e := range events {
			r := s.state.Record(c, s.now, e)
			s.state.Apply(r)
			keep(r)
		}
	}
	if s.state.Bids != bids {
		b.Fatalf("%d of %d bids were accepted", s.state.Bids, bids)
	}
	return s.state
}

// BenchmarkSession is a whole session of many bids, its commands made in the
// same breath: the time and the memory that a bid takes must not grow with how
// many there were.
func BenchmarkSession(b *testing.B) {
	for _, bids := range []int{1_000, 10_000, 100_000} {
		for name, proxy := range map[string]bool{"prices": false, "maxima": true} {
			b.Run(fmt.Sprintf("%s, %d bids", name, bids), func(b *testing.B) {
				var state *engine.State
				before := heap()
				b.ResetTimer()
				for range b.N {
					state = long(b, bids, proxy, func(engine.Record) {})
				}
				b.StopTimer()
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*bids), "ns/bid")
				b.ReportMetric(float64(heap()-before)/float64(bids), "B-kept/bid")
				runtime.KeepAlive(state)
			})
		}
	}
}

// BenchmarkReplay applies the records of a long session to a new state, as
// recovery does after it has read them.
func BenchmarkReplay(b *testing.B) {
	for _, events := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("%d events", events), func(b *testing.B) {
			records := make([]engine.Record, 0, events+200)
			long(b, events-102, false, func(r engine.Record) { records = append(records, r) })
			if len(records) != events {
				b.Fatalf("%d records", len(records))
			}
			b.ResetTimer()
			for range b.N {
				state := new(engine.State)
				for _, r := range records {
					state.Apply(r)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/replay")
		})
	}
}
