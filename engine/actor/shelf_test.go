package actor

import (
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
)

// onShelf tells whether a session's state is out of memory, of who decides it.
func onShelf(s *sale, id engine.SessionID) bool {
	s.t.Helper()
	synctest.Wait()
	a, ok := s.reg.actor(id)
	if !ok {
		s.t.Fatalf("nobody decides %s", id)
	}
	return a.shelved.Load()
}

// quiet lets nobody ask for anything for a while.
func quiet(d engine.Millis) { time.Sleep(time.Duration(d) * time.Millisecond) }

func TestASessionThatIsOverIsReadBackWhenSomebodyAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, office := withOffice(t)
		bid := s.by("M-2", engine.PlaceBid{Amount: 1}) // refused, and recorded
		first := s.do(bid)
		s.sell()
		opened, told := s.feed.seq[theSession], len(s.feed.told[theSession])
		quiet(shelfAfter - 1000)
		if onShelf(s, theSession) {
			t.Fatal("it was put on the shelf too soon")
		}
		quiet(2000)
		if !onShelf(s, theSession) {
			t.Fatal("it is not on the shelf")
		}
		if v, _ := s.reg.View(theSession); v.Room.Now.Phase != engine.PhaseAnnounced || len(v.Rows) == 0 {
			t.Errorf("what is shown of it is %+v", v.Room.Now)
		}
		if again := s.do(bid); !reflect.DeepEqual(again, first) {
			t.Errorf("the receipt is\n%+v, at first it was\n%+v", again, first)
		}
		if r := s.do(s.by("M-1", engine.PlaceBid{Amount: 500})); r.Reason != engine.ReasonEnded {
			t.Errorf("%+v", r)
		}
		if onShelf(s, theSession) {
			t.Error("it went to the shelf while somebody asked")
		}
		if s.feed.seq[theSession] != opened || len(s.feed.told[theSession]) != told {
			t.Error("the room was told of it")
		}
		quiet(shelfAfter + 1000)
		if !onShelf(s, theSession) {
			t.Error("it did not go back")
		}
		if office.asked(theSession) != 1 || !s.settled(theSession) {
			t.Errorf("the office was asked %d times", office.asked(theSession))
		}
		s.crash()
		s.start()
		if !onShelf(s, theSession) {
			t.Error("after a start it is in memory before anybody asked")
		}
		if again := s.do(bid); !reflect.DeepEqual(again, first) {
			t.Errorf("after a start the receipt is\n%+v", again)
		}
	})
}

// TestASessionOnTheShelfHoldsNothingUp: neither the mark of what is owed, after
// a standstill that it did not see, nor the end of the process.
func TestASessionOnTheShelfHoldsNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := withOffice(t)
		s.sell()
		quiet(shelfAfter + 1000)
		if !onShelf(s, theSession) {
			t.Fatal("it is not on the shelf")
		}
		s.reg.pulse.last.Add(-int64(time.Minute)) // the process stood still for a minute
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if owing := s.reg.Owing(); owing > time.Second {
			t.Errorf("it is said to be owed %v", owing)
		}
		if !onShelf(s, theSession) {
			t.Error("the standstill had it read back")
		}
		s.reg.Stop()
		if a := <-s.send(s.by("M-1", engine.PlaceBid{Amount: 500})); a.err != engine.ErrBusy {
			t.Errorf("after the end: %+v, %v", a.Receipt, a.err)
		}
	})
}

func TestLotsSoldTogetherGoToTheShelfTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTogether(t, lotOf(1, wholeSale), lotOf(2, wholeSale))
		s.mustBid(0, "M-1", 100)
		s.past(2 * time.Hour)
		announce := func(i int) {
			now := s.nowOf(i)
			if a := s.act(i, s.auctioneer(engine.Announce{Winner: now.Leader, Price: now.Price})); !a.Accepted {
				t.Fatalf("%+v", a)
			}
		}
		announce(0)
		quiet(2 * shelfAfter)
		if onShelf(s.sale, s.lots[0].Session) {
			t.Fatal("one lot is not over, and the other on the shelf")
		}
		announce(1)
		quiet(shelfAfter + 1000)
		for _, l := range s.lots {
			if !onShelf(s.sale, l.Session) {
				t.Fatalf("%s is not on the shelf", l.Session)
			}
		}
		if r := s.bidFor(1, "M-1", 500); r.Reason != engine.ReasonEnded {
			t.Errorf("%+v", r)
		}
		if onShelf(s.sale, s.lots[0].Session) {
			t.Error("only one of them was read back")
		}
	})
}

func TestAFollowedSessionThatIsOverIsOutOfMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCommon(t, 2, never)
		one, two := c.nodes[0], c.nodes[1]
		_, unit := c.createAt(t, one)
		state := func() *core {
			synctest.Wait()
			p := two.reg.replicas[theSession]
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.c
		}
		if state() == nil {
			t.Fatal("a session that is to come is not followed")
		}
		by := engine.Actor{Role: engine.RoleAuctioneer, Ref: "CC-1"}
		done := make(chan answer, 1)
		one.reg.Submit(theSession, engine.Command{ID: cmdID(1), By: by, Do: engine.Cancel{Reason: "rút tài sản"}}, func(r engine.Receipt, err error) { done <- answer{r, err} })
		if a := <-done; !a.Accepted {
			t.Fatalf("%+v, %v", a.Receipt, a.err)
		}
		if state() != nil {
			t.Error("its state is still there")
		}
		two.reg.Follow(theSession, nil)
		c.wantTheSame(t)
		if err := one.reg.Give(t.Context(), unit); err != nil {
			t.Fatal(err)
		}
		c.claim(unit, two)
		if err := two.reg.Take(t.Context(), unit, 0); err != nil {
			t.Fatal(err)
		}
		again := make(chan answer, 1)
		two.reg.Submit(theSession, engine.Command{ID: cmdID(1), By: by, Do: engine.Cancel{Reason: "rút tài sản"}}, func(r engine.Receipt, err error) { again <- answer{r, err} })
		if a := <-again; !a.Accepted {
			t.Errorf("asked again at the next owner: %+v, %v", a.Receipt, a.err)
		}
		c.wantTheSame(t)
	})
}
