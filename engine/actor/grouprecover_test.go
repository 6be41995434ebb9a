package actor

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
)

// TestAGroupAfterACrash: whatever an append leaves of a bid that extends, the
// ends that come back follow from the records: all lots' or none's.
func TestAGroupAfterACrash(t *testing.T) {
	for name, fault := range map[string]journal.Fault{
		"before": {Kind: journal.FailBefore}, "after": {Kind: journal.FailAfter}, "between the parts": {Kind: journal.Tear, Durable: 1},
	} {
		for _, crash := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, crash=%v", name, crash), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newTogether(t, lotOf(1, wholeSale), lotOf(2, wholeSale), lotOf(3, wholeSale))
					s.past(9*time.Minute + 30*time.Second)
					s.plan(fault)
					cmd := s.by("M-1", engine.PlaceBid{Amount: 100})
					got := s.sendTo(0, cmd)
					if a := <-got; !errors.Is(a.err, engine.ErrUnknownOutcome) {
						t.Fatalf("answered %+v", a)
					}
					want := "12:00"
					if fault.Kind == journal.FailBefore {
						want = "10:00"
					}
					if crash {
						s.crash()
						s.start()
					}
					synctest.Wait()
					if got := s.ends(); !crash && fmt.Sprint(got) != fmt.Sprint([]string{want, want, want}) {
						t.Errorf("the lots end at %v, want %s", got, want)
					}
					a, b, c := s.nowOf(0).ClosesAt, s.nowOf(1).ClosesAt, s.nowOf(2).ClosesAt
					if a != b || a != c {
						t.Errorf("the lots end at %d, %d and %d", a, b, c)
					}
					if r := s.act(0, cmd); r.err != nil || !r.Accepted {
						t.Errorf("asked again: %+v", r)
					}
				})
			})
		}
	}
}

// TestALongOutageOfAGroup: the time is given back to every lot alike.
func TestALongOutageOfAGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTogether(t, lotOf(1, wholeSale), lotOf(2, wholeSale))
		s.past(9*time.Minute + 30*time.Second)
		s.mustBid(1, "M-1", 100)
		time.Sleep(3 * time.Second)
		s.crash()
		time.Sleep(10 * time.Minute)
		s.start()
		a, b := s.nowOf(0), s.nowOf(1)
		if a.ClosesAt != b.ClosesAt || a.LostMs != b.LostMs || a.LostMs < 600_000 {
			t.Errorf("lot 1 until %d with %d lost, lot 2 until %d with %d", a.ClosesAt, a.LostMs, b.ClosesAt, b.LostMs)
		}
		until(a.ClosesAt - 1)
		s.mustBid(0, "M-2", 100)
		if b := s.nowOf(1); b.ClosesAt != a.ClosesAt.Add(120_000) || b.Phase != engine.PhaseRunning {
			t.Errorf("lot 2 is %s until %d", b.Phase, b.ClosesAt)
		}
	})
}

// TestALotJoinsWhileOthersRun: the office hands the lots over one by one.
func TestALotJoinsWhileOthersRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := lotOf(1, wholeSale), lotOf(2, wholeSale)
		s := newTogether(t, first)
		s.past(9*time.Minute + 59*time.Second)
		s.lots = append(s.lots, second)
		if err := s.reg.Create(t.Context(), second); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		// Its hour has passed, so its bidding time begins now; the other's does not change.
		s.wantEnds("10:00", "19:59")
		s.mustBid(0, "M-1", 100)
		s.wantEnds("12:00", "19:59")
		if s.reg.Depth() != 0 {
			t.Error("letters wait")
		}
	})
}

// TestALotThatOpensLater does not begin with what happened before: neither its
// end nor its count.
func TestALotThatOpensLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		few := func(c *engine.Created) { c.Rules.Closing.MaxCount = 1 }
		later := func(c *engine.Created) {
			few(c)
			c.Rules.OpensAt, c.Rules.BiddingMs = c.Rules.OpensAt.Add(570_000), 60_000
		}
		s := newTogether(t, lotOf(1, wholeSale, few), lotOf(2, wholeSale, later), lotOf(3, wholeSale))
		s.past(9*time.Minute + 10*time.Second)
		s.mustBid(0, "M-1", 100)
		s.past(9*time.Minute + 40*time.Second)
		s.wantEnds("12:00", "1:00", "12:00") // each after its own opening
		s.mustBid(1, "M-1", 100)             // the first that concerns lot 2
		s.wantEnds("12:00", "3:00", "12:30") // lot 1 has had the one its sheet allows
		if n := s.nowOf(2); n.Extensions != 2 {
			t.Errorf("lot 3 was extended %d times", n.Extensions)
		}
	})
}

// TestADamagedLotOfAGroup is served no more, and the others are.
func TestADamagedLotOfAGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTogether(t, lotOf(1, wholeSale), lotOf(2, wholeSale))
		s.reg.Stop()
		s.mem = s.mem.Restart()
		id := s.lots[1].Session
		s.damage(id)
		s.feed.forget()
		s.start()
		if len(s.reg.Damaged()) != 1 || s.reg.Exists(id) {
			t.Fatalf("damaged: %v", s.reg.Damaged())
		}
		if a := s.act(1, s.by("M-1", engine.PlaceBid{Amount: 100})); !errors.Is(a.err, engine.ErrNoSession) {
			t.Errorf("the damaged lot answers %+v", a)
		}
		s.mustBid(0, "M-1", 100)
	})
}

// damage ends the journal of a session with a record that is none.
func (s *sale) damage(id engine.SessionID) {
	s.t.Helper()
	head := engine.Head{}
	_ = s.mem.Replay(s.t.Context(), id, 0, func(e engine.Entry) error { head = engine.Head{Seq: e.Seq, Hash: e.Hash}; return nil })
	body := []byte(`{"seq":7}`)
	if err := s.mem.Append(s.t.Context(), id, head, []engine.Entry{{Seq: head.Seq + 1, Body: body, Hash: engine.Link(head.Hash, body)}}); err != nil {
		s.t.Fatal(err)
	}
}

// TestAGroupOfWhichEveryLotIsDamaged is not served, and goes on being nothing.
func TestAGroupOfWhichEveryLotIsDamaged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTogether(t, lotOf(1, wholeSale), lotOf(2, wholeSale))
		s.reg.Stop()
		s.mem = s.mem.Restart()
		for _, l := range s.lots {
			s.damage(l.Session)
		}
		s.feed.forget()
		s.start()
		if len(s.reg.Damaged()) != 2 {
			t.Fatalf("damaged: %v", s.reg.Damaged())
		}
		for i := range s.lots {
			if a := s.act(i, s.by("M-1", engine.PlaceBid{Amount: 100})); !errors.Is(a.err, engine.ErrNoSession) {
				t.Errorf("a damaged lot answers %+v", a)
			}
		}
	})
}
