package actor

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
)

// lotOf is the n-th lot of one auction, sold together with the others: ten
// minutes from the same moment, a bid in the last minute gives two (SC-10), and
// M-1 to M-4 are the same four people in all of them.
func lotOf(n int, group engine.Group, change ...func(*engine.Created)) engine.Created {
	id := engine.SessionID(fmt.Sprintf("k7qp0000000%d", n))
	c := lot(id, func(r *engine.Rules) {
		r.Closing = engine.Closing{Kind: engine.ClosingAdd, WindowMs: 60_000, ByMs: 120_000}
		r.Group = &group
	})
	c.Lot.AuctionID, c.Lot.Number = "auction", n
	for i := range c.Participants {
		party := engine.PartyOf("auction", string(c.Participants[i].Code))
		c.Participants[i].Party = &party
	}
	for _, f := range change {
		f(&c)
	}
	c.RulesHash = c.Rules.Hash()
	return c
}

// together is a sale of several lots.
type together struct {
	*sale
	lots []engine.Created
}

// newTogether starts a sale in which everybody is present in every lot, and
// waits until bidding has begun.
func newTogether(t *testing.T, lots ...engine.Created) *together {
	s := &together{newSale(t, lots...), lots}
	for i := range lots {
		for _, p := range lots[i].Participants {
			s.act(i, s.by(p.Code, engine.CheckIn{}))
		}
	}
	time.Sleep(time.Minute)
	synctest.Wait()
	return s
}

// sendTo submits a command to the i-th lot.
func (s *together) sendTo(i int, c engine.Command) <-chan answer {
	got := make(chan answer, 1)
	s.reg.Submit(s.lots[i].Session, c, func(r engine.Receipt, err error) { got <- answer{r, err} })
	return got
}

func (s *together) act(i int, c engine.Command) answer {
	s.t.Helper()
	return <-s.sendTo(i, c)
}

func (s *together) bidFor(i int, code engine.ParticipantCode, amount engine.Dong) engine.Receipt {
	s.t.Helper()
	a := s.act(i, s.by(code, engine.PlaceBid{Amount: amount}))
	if a.err != nil {
		s.t.Fatal(a.err)
	}
	return a.Receipt
}

func (s *together) mustBid(i int, code engine.ParticipantCode, amount engine.Dong) {
	s.t.Helper()
	if r := s.bidFor(i, code, amount); !r.Accepted {
		s.t.Fatalf("lot %d: %s bids %d: %s", i+1, code, amount, r.Reason)
	}
}

func (s *together) nowOf(i int) engine.Now {
	s.t.Helper()
	v, ok := s.reg.View(s.lots[i].Session)
	if !ok {
		s.t.Fatalf("lot %d is not served", i+1)
	}
	return v.Room.Now
}

// ends are the minutes and seconds at which the lots end, after the opening.
func (s *together) ends() (all []string) {
	s.t.Helper()
	for i := range s.lots {
		n := s.nowOf(i)
		left := n.ClosesAt.Sub(s.lots[i].Rules.OpensAt)
		all = append(all, fmt.Sprintf("%d:%02d", left/60_000, left/1000%60))
	}
	return all
}

func (s *together) wantEnds(want ...string) {
	s.t.Helper()
	if got := s.ends(); fmt.Sprint(got) != fmt.Sprint(want) {
		s.t.Fatalf("the lots end at %v, want %v", got, want)
	}
}

// past sleeps until a time after the opening.
func (s *together) past(d time.Duration) {
	until(s.lots[0].Rules.OpensAt.Add(engine.Millis(d.Milliseconds())))
	synctest.Wait()
}

func (s *together) recordsOf(i int) (out []engine.Record) {
	s.t.Helper()
	err := replay(context.Background(), s.mem, s.lots[i].Session, func(r engine.Record) error { out = append(out, r); return nil })
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

var wholeSale = engine.Group{Extends: true}

// TestSC4 is a whole sale of which every lot is extended by two minutes, and
// again while bids of the last minute come (SC-10).
func TestSC4(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTogether(t, lotOf(1, wholeSale), lotOf(2, wholeSale), lotOf(3, wholeSale))
		s.past(9 * time.Minute) // the boundary is inside
		s.mustBid(0, "M-1", 100)
		s.wantEnds("12:00", "12:00", "12:00")
		s.past(11*time.Minute + 30*time.Second)
		s.mustBid(2, "M-2", 100)
		s.wantEnds("14:00", "14:00", "14:00")
		if g := s.nowOf(0).Group; g == nil || g.Lot != 3 {
			t.Errorf("the room of lot 1 hears of %+v", g)
		}
		if g := s.nowOf(2).Group; g != nil {
			t.Errorf("lot 3 was extended by its own bid, and its room hears of %+v", g)
		}
		var causes []engine.Cause
		for _, r := range s.recordsOf(1) {
			if e, ok := r.Event.(*engine.Extended); ok {
				if r.By != engine.System || e.Cause == nil {
					t.Fatalf("lot 2 follows by %+v", r)
				}
				causes = append(causes, *e.Cause)
			}
		}
		if len(causes) != 2 || causes[0].Lot != 1 || causes[1].Session != s.lots[2].Session {
			t.Fatalf("lot 2 names the causes %+v", causes)
		}
		for _, c := range causes {
			if e, ok := s.recordsOf(c.Lot - 1)[c.Seq-1].Event.(*engine.Extended); !ok || e.Cause != nil {
				t.Errorf("what %+v names is no extension by a bid", c)
			}
		}
		s.past(14 * time.Minute)
		for i := range s.lots {
			if n := s.nowOf(i); n.Phase != engine.PhaseClosed {
				t.Errorf("lot %d is %s", i+1, n.Phase)
			}
		}
	})
}

// TestSC5 is a linked group in a sale: of one tractor extended all tractors are
// (SC-23), and nothing else.
func TestSC5(t *testing.T) {
	tractors := engine.Group{Name: "Máy kéo", Extends: true}
	synctest.Test(t, func(t *testing.T) {
		s := newTogether(t, lotOf(1, tractors), lotOf(2, tractors), lotOf(3, engine.Group{Name: "Xe tải", Extends: true}), lotOf(4, engine.Group{Name: "Máy kéo"}))
		s.past(9*time.Minute + 30*time.Second)
		s.mustBid(1, "M-1", 100)
		s.wantEnds("12:00", "12:00", "10:00", "10:00")
		s.past(10 * time.Minute)
		if n := s.nowOf(2); n.Phase != engine.PhaseClosed {
			t.Errorf("lot 3 is %s", n.Phase)
		}
		s.past(11*time.Minute + 30*time.Second)
		s.mustBid(0, "M-2", 100)
		s.wantEnds("14:00", "14:00", "10:00", "10:00")
	})
}

// TestSC6OfAGroup: what the sheet allows of extensions, the group has together.
func TestSC6OfAGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		few := func(c *engine.Created) { c.Rules.Closing.MaxCount = 2 }
		short := func(c *engine.Created) { c.Rules.Closing.MaxTotalMs = 90_000 }
		s := newTogether(t, lotOf(1, wholeSale, few), lotOf(2, wholeSale, few), lotOf(3, wholeSale, short))
		s.past(9*time.Minute + 30*time.Second)
		s.mustBid(0, "M-1", 100)
		s.wantEnds("12:00", "12:00", "11:30") // lot 3 keeps its latest end
		s.past(11*time.Minute + 29*time.Second)
		s.mustBid(1, "M-1", 100)
		s.wantEnds("14:00", "14:00", "11:30")
		s.past(13*time.Minute + 30*time.Second)
		s.mustBid(0, "M-2", 110)
		s.wantEnds("14:00", "14:00", "11:30") // the third of two
	})
}

// TestAPausedLotOfAGroup: it stands still while the others go on, and once it
// runs again it ends no earlier than its group, with the group's count.
func TestAPausedLotOfAGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		few := func(c *engine.Created) { c.Rules.Closing.MaxCount = 1 }
		s := newTogether(t, lotOf(1, wholeSale, few), lotOf(2, wholeSale, few), lotOf(3, wholeSale, few))
		s.past(9*time.Minute + 40*time.Second)
		s.act(1, s.auctioneer(engine.Pause{Reason: "mất mạng"}))
		s.act(2, s.auctioneer(engine.Stop{Reason: "sự cố"}))
		s.mustBid(0, "M-1", 100)
		if n := s.nowOf(1); n.Phase != engine.PhasePaused || n.RemainingMs != 20_000 || n.Extensions != 0 {
			t.Errorf("the paused lot: %+v", n)
		}
		s.past(10*time.Minute + 30*time.Second)
		s.act(1, s.auctioneer(engine.Resume{}))
		if n := s.nowOf(1); n.ClosesAt != s.nowOf(0).ClosesAt || n.Extensions != 1 {
			t.Errorf("resumed it ends at %d with %d extensions, the other at %d", n.ClosesAt, n.Extensions, s.nowOf(0).ClosesAt)
		}
		s.mustBid(1, "M-2", 100)
		s.past(11*time.Minute + 30*time.Second)
		s.mustBid(1, "M-3", 110) // the group's one extension is used up
		if n := s.nowOf(1); n.Extensions != 1 {
			t.Errorf("extended %d times", n.Extensions)
		}
		s.past(12 * time.Minute)
		if a, b := s.nowOf(0), s.nowOf(1); a.Phase != engine.PhaseClosed || b.Phase != engine.PhaseClosed {
			t.Errorf("%s, %s", a.Phase, b.Phase)
		}
	})
}

// TestByHandIsOneLots: what the auctioneer gives a lot by name is that lot's.
func TestByHandIsOneLots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTogether(t, lotOf(1, wholeSale), lotOf(2, wholeSale))
		s.act(0, s.auctioneer(engine.Extend{By: 300_000, Reason: "mạng chậm"}))
		s.wantEnds("15:00", "10:00")
		s.past(9*time.Minute + 30*time.Second)
		s.mustBid(1, "M-1", 100) // its end is later than what the group was given
		s.wantEnds("15:00", "12:00")
	})
}

// TestAtOnceAtTheEnd: bids of the last millisecond for every lot meet the clocks of all of
// them. Each that was received before the end counts, whichever wakes first.
func TestAtOnceAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTogether(t, lotOf(1, wholeSale), lotOf(2, wholeSale), lotOf(3, wholeSale))
		for round := range 20 {
			end := s.nowOf(0).ClosesAt
			until(end - 1)
			early := s.sendTo(round%3, s.by(engine.ParticipantCode(fmt.Sprintf("M-%d", 1+round%4)), engine.PlaceBid{Amount: 100 + 10*engine.Dong(round)}))
			until(end) // the clocks of three lots fire in this millisecond
			late := s.sendTo((round+1)%3, s.by("M-1", engine.Withdraw{}))
			if a := <-early; a.err != nil || !a.Accepted {
				t.Fatalf("round %d: %+v", round, a)
			}
			<-late
			synctest.Wait()
			for i := range s.lots {
				if n := s.nowOf(i); n.Phase != engine.PhaseRunning || n.ClosesAt != end.Add(120_000) {
					t.Fatalf("round %d: lot %d is %s until %d, the end was %d", round, i+1, n.Phase, n.ClosesAt, end)
				}
			}
		}
	})
}

// TestManyBidForAGroup: real goroutines in real time, for -race.
func TestManyBidForAGroup(t *testing.T) {
	opens := engine.InstantOf(time.Now().Add(200 * time.Millisecond))
	soon := func(c *engine.Created) {
		c.Rules.OpensAt, c.Rules.BiddingMs = opens, 300
		c.Rules.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: 50, ByMs: 60, MaxTotalMs: 700}
	}
	lots := []engine.Created{lotOf(1, wholeSale, soon), lotOf(2, wholeSale, soon)}
	mem := journal.NewMemory()
	reg := NewRegistry(Options{Journal: mem})
	defer reg.Stop()
	for _, c := range lots {
		if err := reg.Create(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			code := fmt.Sprintf("M-%d", i+1)
			for n := uint64(1); ; n++ {
				done := make(chan engine.Receipt, 1)
				id := lots[int(n)%2].Session
				var do engine.Act = engine.PlaceBid{Amount: 100 + 10*engine.Dong(n+uint64(i))}
				if n < 3 {
					do = engine.CheckIn{}
				}
				reg.Submit(id, engine.Command{ID: cmdID(uint64(i)<<32 | n), By: engine.Actor{Role: engine.RoleBidder, Ref: code}, Do: do},
					func(r engine.Receipt, _ error) { done <- r })
				if r := <-done; r.Reason == engine.ReasonClosed {
					return
				}
			}
		})
	}
	all.Wait()
	s := &together{&sale{t: t, mem: mem, reg: reg}, lots}
	closed := [2]engine.Instant{}
	for i := range lots {
		for _, r := range s.recordsOf(i) {
			if _, ok := r.Event.(*engine.Closed); ok {
				closed[i] = r.At
			}
		}
	}
	if a, b := s.nowOf(0).ClosesAt, s.nowOf(1).ClosesAt; a != b {
		t.Errorf("one lot ended at %d, the other at %d (records: %v)", a, b, closed)
	}
}
