package actor

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
)

const theNextSession engine.SessionID = "k7qp00000002"

// calledLot is a lot of one auction, called and opened by the auctioneer.
func calledLot(id engine.SessionID, number int) engine.Created {
	c := lot(id, func(r *engine.Rules) {
		r.Method, r.Opening, r.Called = "called", engine.OpeningByAuctioneer, &engine.Called{Calls: 1}
	})
	c.Lot.AuctionID, c.Lot.Number = "an-auction", number
	return c
}

// act sends an act of the auctioneer to a session; the answer comes once.
func (s *sale) act(id engine.SessionID, do engine.Act) <-chan answer {
	got := make(chan answer, 1)
	s.reg.Submit(id, s.auctioneer(do), func(r engine.Receipt, err error) { got <- answer{r, err} })
	return got
}

func (s *sale) acts(id engine.SessionID, acts ...engine.Act) {
	s.t.Helper()
	for _, do := range acts {
		if a := <-s.act(id, do); a.err != nil || !a.Accepted {
			s.t.Fatalf("%s: %+v, %v", do.ActName(), a.Receipt, a.err)
		}
	}
}

// hammered is a sale of two called lots of which the first has come under the
// hammer.
func hammered(t *testing.T) *sale {
	s := newSale(t, calledLot(theSession, 1), calledLot(theNextSession, 2))
	time.Sleep(2 * time.Minute)
	s.acts(theSession, engine.Open{}, engine.Call{}, engine.Hammer{})
	return s
}

// TestAU2Neighbours: a closed lot goes on only while no later lot of its auction
// has opened, and a later one is opened only when it is closed again.
func TestAU2Neighbours(t *testing.T) {
	t.Run("AU-02", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := hammered(t)
			s.acts(theNextSession, engine.Open{})
			if a := <-s.act(theSession, engine.Reopen{Reason: "nghe nhầm"}); a.Reason != engine.ReasonLaterLotOpen || a.Seq == 0 {
				t.Errorf("after the next lot has opened: %+v, %v", a.Receipt, a.err)
			}
		})
	})
	t.Run("the next lot waits", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := hammered(t)
			s.acts(theSession, engine.Reopen{Reason: "nghe nhầm"})
			if a := <-s.act(theNextSession, engine.Open{}); a.Reason != engine.ReasonEarlierLotOpen {
				t.Errorf("opened while the first lot goes on: %+v, %v", a.Receipt, a.err)
			}
			s.acts(theSession, engine.Call{}, engine.Hammer{})
			s.acts(theNextSession, engine.Open{})
		})
	})
	t.Run("after a restart", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := hammered(t)
			s.acts(theNextSession, engine.Open{})
			s.crash()
			s.start()
			if a := <-s.act(theSession, engine.Reopen{Reason: "nghe nhầm"}); a.Reason != engine.ReasonLaterLotOpen {
				t.Errorf("nobody remembers that the next lot has opened: %+v, %v", a.Receipt, a.err)
			}
		})
	})
	t.Run("an opening that never became durable", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := hammered(t)
			s.plan(journal.Fault{Kind: journal.FailBefore})
			if a := <-s.act(theNextSession, engine.Open{}); !errors.Is(a.err, engine.ErrUnknownOutcome) {
				t.Fatalf("the append did not fail: %+v, %v", a.Receipt, a.err)
			}
			synctest.Wait()
			s.acts(theSession, engine.Reopen{Reason: "nghe nhầm"})
		})
	})
	t.Run("other auctions, earlier lots and rehearsals", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			other, rehearsal, earlier := calledLot("k7qp00000003", 2), calledLot("k7qp00000004", 2), calledLot("k7qp00000005", 0)
			other.Lot.AuctionID, rehearsal.Lot.Rehearsal = "another", true
			s := newSale(t, calledLot(theSession, 1), other, rehearsal, earlier)
			time.Sleep(2 * time.Minute)
			s.acts(theSession, engine.Open{}, engine.Call{}, engine.Hammer{})
			for _, c := range []engine.Created{other, rehearsal, earlier} {
				s.acts(c.Session, engine.Open{})
			}
			s.acts(theSession, engine.Reopen{Reason: "nghe nhầm"})
		})
	})
}

// TestOpeningAndReopeningCannotBothHappen sends both at once, many times.
func TestOpeningAndReopeningCannotBothHappen(t *testing.T) {
	opened, reopened := 0, 0
	for i := range 100 {
		synctest.Test(t, func(t *testing.T) {
			s := hammered(t)
			var open, reopen <-chan answer
			if i%2 == 0 {
				open = s.act(theNextSession, engine.Open{})
			}
			reopen = s.act(theSession, engine.Reopen{Reason: "nghe nhầm"})
			if i%2 == 1 {
				open = s.act(theNextSession, engine.Open{})
			}
			o, r := <-open, <-reopen
			if o.Accepted == r.Accepted {
				t.Fatalf("opened: %+v, reopened: %+v", o.Receipt, r.Receipt)
			}
			if o.Accepted {
				opened++
			} else {
				reopened++
			}
		})
	}
	t.Logf("opened %d times, reopened %d times", opened, reopened)
}
