//go:build unix

package engine_test

import (
	"fmt"
	"testing"

	"gobua/engine"
	"gobua/engine/sealing"
)

// ways are the sheets under which BenchmarkWays measures what a participant
// does most, a line for each: an open bid, two above the last one.
var ways = []struct {
	name  string
	rules func(*engine.Rules)
}{
	{"ascending", func(*engine.Rules) {}},
	{"ascending, maxima", func(r *engine.Rules) { r.Proxy = true }},
	{"ascending, bands", func(r *engine.Rules) {
		r.Step = engine.Step{Kind: engine.StepBands, Bands: []engine.Band{{From: 0, Step: 1}, {From: 2_000_000, Step: 2}}}
	}},
	{"ascending, a price to buy now", func(r *engine.Rules) {
		r.BuyNow = &engine.BuyNow{Amount: engine.MaxDong, Until: engine.BuyNowEnd}
	}},
	{"ascending, plate rounds", func(r *engine.Rules) {
		r.Closing = engine.Closing{Kind: engine.ClosingRounds, WindowMs: 10 * second, ByMs: 30 * second, MaxCount: 10}
	}},
	{"ascending, in a group", func(r *engine.Rules) { r.Group = &engine.Group{Extends: true, AtOnce: 2} }},
	{"called", func(r *engine.Rules) {
		r.Method, r.Called, r.Closing = "called", &engine.Called{Calls: 3}, engine.Closing{Kind: engine.ClosingFixed}
	}},
	{"gong", func(r *engine.Rules) {
		r.Method, r.Gong, r.Closing = "gong", &engine.Gong{SilenceMs: 3 * minute}, engine.Closing{Kind: engine.ClosingFixed}
		r.Step = engine.Step{Kind: engine.StepFixed, Amount: 1}
	}},
}

// BenchmarkWays is the cost of Decide and Apply for one bid of a session, under
// each way to sell whose bids are open.
func BenchmarkWays(b *testing.B) {
	for _, way := range ways {
		b.Run(way.name, func(b *testing.B) {
			s := benchOf(b, 200, way.rules)
			drive(b, s, func(i int) engine.Command { return s.bidOf(i, 1_000_002+2*engine.Dong(i)) })
			if s.state.Bids != b.N {
				b.Fatalf("%d of %d bids were accepted", s.state.Bids, b.N)
			}
		})
	}
}

// BenchmarkSealedOffer is what an offer under seal costs: the box, made by the
// owner before anything is decided; the decision; and its opening, for two
// keys and each box.
func BenchmarkSealedOffer(b *testing.B) {
	people := make([]engine.ParticipantCode, 200)
	for i := range people {
		people[i] = engine.ParticipantCode(fmt.Sprintf("M-%04d", i))
	}
	offer := func(s *sale, i int) engine.Command {
		amount := engine.Dong(1000 + 100*(i%1000))
		return engine.Command{ID: s.id(), By: bidder(people[i%len(people)]), Do: engine.PutOffer{Amount: amount, Confirm: amount}}
	}
	b.Run("box", func(b *testing.B) {
		s := sealedSale(b, bySeal(1, 0), 0, people...)
		for i := 0; b.Loop(); i++ {
			sealing.Seal(s.state, offer(s, i))
		}
	})
	b.Run("decided", func(b *testing.B) {
		s := sealedSale(b, bySeal(1, 0), 0, people...)
		box := sealing.Seal(s.state, offer(s, 0)).Do.(engine.PutOffer).Box
		drive(b, s, func(i int) engine.Command {
			c := offer(s, i)
			act := c.Do.(engine.PutOffer)
			act.Box = box
			c.Do = act
			return c
		})
	})
	b.Run("refused", func(b *testing.B) { // nothing is sealed
		s := sealedSale(b, bySeal(1, 0), 0, people...)
		s.now = s.state.ClosesAt
		for i := 0; b.Loop(); i++ {
			if events, err := sealing.Decide(s.state, offer(s, i), s.now, nil); err != nil || events[len(events)-1].Kind() != engine.KindRefused {
				b.Fatal("not refused", err)
			}
		}
	})
	b.Run("opened, each of 200", func(b *testing.B) {
		s := sealedSale(b, bySeal(1, 0), 0, people...)
		for i := range people {
			s.fine(s.why(s.do(offer(s, i))))
		}
		s.now = s.state.ClosesAt
		s.tick()
		s.fine(s.keeper(keepers[0], engine.PresentKey{Private: s.privateOf(keepers[0])}))
		last := engine.Command{ID: s.id(), By: keepers[1], Do: engine.PresentKey{Private: s.privateOf(keepers[1])}}
		for b.Loop() {
			events, err := engine.Decide(s.state, last, s.now, nil)
			if err != nil || len(events) < len(people) {
				b.Fatal("not opened", err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(people)), "ns/box")
	})
}
