package actor

import (
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
)

func TestTheClockOpensAndClosesAtThePublishedMoments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := lot(theSession)
		s := newSale(t, c)
		until(c.Rules.OpensAt - 1)
		synctest.Wait()
		if got := s.now().Phase; got != engine.PhaseScheduled {
			t.Fatalf("a millisecond early the session is %s", got)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if got := s.now(); got.Phase != engine.PhaseRunning || got.ClosesAt != c.Rules.OpensAt.Add(c.Rules.BiddingMs) {
			t.Fatalf("at the opening the session is %s until %d", got.Phase, got.ClosesAt)
		}
		ends := s.now().ClosesAt
		until(ends - 1)
		synctest.Wait()
		if got := s.now().Phase; got != engine.PhaseRunning {
			t.Fatalf("a millisecond before its end the session is %s", got)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if got := s.now().Phase; got != engine.PhaseClosed {
			t.Fatalf("at its end the session is %s", got)
		}
		if _, at := of[*engine.Closed](s); len(at) != 1 || at[0] != ends {
			t.Fatalf("closed at %v, want once at %d", at, ends)
		}
	})
}

func TestABidCountsByTheMomentItWasReceived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := lot(theSession)
		s := newSale(t, c)
		s.checkIn("M-1", "M-2")
		until(c.Rules.OpensAt)
		s.bid("M-1", 100)
		ends := s.now().ClosesAt

		// The disk is busy with a bid while the end passes: the letters of the
		// last and of the first late millisecond wait together.
		until(ends - 500)
		s.plan(slow(time.Second))
		first := s.send(s.by("M-2", engine.PlaceBid{Amount: 110}))
		until(ends - 1)
		inTime := s.send(s.by("M-1", engine.PlaceBid{Amount: 120}))
		until(ends)
		late := s.send(s.by("M-2", engine.PlaceBid{Amount: 130}))

		if a := <-first; a.err != nil || !a.Accepted {
			t.Errorf("bid before the end: %+v", a)
		}
		if a := <-inTime; a.err != nil || !a.Accepted || a.At != ends-1 {
			t.Errorf("bid received a millisecond before the end, decided after it: %+v", a)
		}
		if a := <-late; a.err != nil || a.Accepted || a.Reason != engine.ReasonClosed || a.At != ends {
			t.Errorf("bid received at the end: %+v", a)
		}
		if _, at := of[*engine.Closed](s); len(at) != 1 || at[0] != ends {
			t.Errorf("closed at %v, want once at %d", at, ends)
		}
	})
}

func TestASoftCloseCountsFromTheMomentOfReceipt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := lot(theSession, func(r *engine.Rules) {
			r.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: 60_000, ByMs: 60_000}
		})
		s := newSale(t, c)
		s.checkIn("M-1", "M-2")
		until(c.Rules.OpensAt)
		synctest.Wait()
		ends := s.now().ClosesAt
		until(ends - 100)
		s.plan(slow(500 * time.Millisecond))
		s.send(s.by("M-1", engine.PlaceBid{Amount: 100}))
		until(ends - 1)
		s.bid("M-2", 110)
		if got := s.now().ClosesAt; got != ends-1+60_000 {
			t.Errorf("the session ends at %d, want %d", got, ends-1+60_000)
		}
	})
}

func TestTheAuctioneerOpensAndAnnounces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := lot(theSession, func(r *engine.Rules) { r.Opening = engine.OpeningByAuctioneer })
		s := newSale(t, c)
		s.checkIn("M-1")
		if r := s.do(s.auctioneer(engine.Open{})); r.Reason != engine.ReasonTooEarly {
			t.Fatalf("opened too early: %+v", r)
		}
		until(c.Rules.OpensAt.Add(3_600_000))
		s.must(s.auctioneer(engine.Open{}))
		s.bid("M-1", 150)
		until(s.now().ClosesAt)
		synctest.Wait()
		s.must(s.auctioneer(engine.Announce{Winner: "M-1", Price: 150}))
		if got := s.now(); got.Phase != engine.PhaseAnnounced || got.Result.Winner != "M-1" {
			t.Fatalf("room shows %+v", got)
		}
		you, ok := s.reg.Standing(theSession, "M-1")
		if !ok || !you.Won {
			t.Fatalf("winner's standing is %+v", you)
		}
	})
}

func TestManySessionsCloseInTheSameSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lots []engine.Created
		for i := range 1000 {
			lots = append(lots, lot(engine.NewSessionID([12]byte{byte(i), byte(i >> 5), byte(i >> 10)})))
		}
		s := newSale(t, lots...)
		until(lots[0].Rules.OpensAt.Add(lots[0].Rules.BiddingMs))
		synctest.Wait()
		closed := 0
		for _, v := range s.reg.Views() {
			if v.Room.Now.Phase == engine.PhaseClosed {
				closed++
			}
		}
		if closed != len(lots) {
			t.Errorf("%d of %d sessions have closed", closed, len(lots))
		}
	})
}
