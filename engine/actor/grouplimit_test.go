package actor

import (
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
)

// refused checks why a bid for a lot is refused, and what is said to be free.
func (s *together) refused(i int, code engine.ParticipantCode, amount engine.Dong, why engine.Reason, free ...engine.Dong) {
	s.t.Helper()
	r := s.bidFor(i, code, amount)
	if r.Accepted || r.Reason != why || (r.Free != nil) != (len(free) == 1) || r.Free != nil && *r.Free != free[0] {
		s.t.Fatalf("lot %d: %s bids %d: %+v, want %s with %v free", i+1, code, amount, r, why, free)
	}
}

// TestLotsAtOnce: whose deposit covers one lot leads one lot; being outbid
// frees it at once, and what is won stays bound.
func TestLotsAtOnce(t *testing.T) {
	one := engine.Group{AtOnce: 1}
	synctest.Test(t, func(t *testing.T) {
		s := newTogether(t, lotOf(1, one), lotOf(2, one), lotOf(3, one))
		s.mustBid(0, "M-1", 100)
		s.refused(1, "M-1", 100, engine.ReasonLotsTaken)
		s.mustBid(0, "M-2", 110) // frees M-1
		s.mustBid(1, "M-1", 100)
		s.refused(0, "M-1", 120, engine.ReasonLotsTaken)
		s.refused(2, "M-2", 100, engine.ReasonLotsTaken)
		s.act(0, s.auctioneer(engine.Disqualify{Code: "M-2", Reason: "thông đồng"})) // M-1 leads lot 1 again, by nobody's bid
		s.refused(2, "M-1", 100, engine.ReasonLotsTaken)
		s.act(0, s.auctioneer(engine.Cancel{Reason: "rút tài sản"}))
		s.refused(2, "M-1", 100, engine.ReasonLotsTaken) // lot 2 still binds
		s.past(10 * time.Minute)
		if a := s.act(1, s.auctioneer(engine.Announce{Winner: "M-1", Price: 100})); !a.Accepted {
			t.Fatalf("%+v", a)
		}
	})
}

// TestAWonLotBinds: also after it was announced, delivered and the program began anew.
func TestAWonLotBinds(t *testing.T) {
	one := engine.Group{AtOnce: 1}
	later := func(c *engine.Created) { c.Rules.BiddingMs = 3_600_000 }
	synctest.Test(t, func(t *testing.T) {
		s := newTogether(t, lotOf(1, one), lotOf(2, one, later))
		s.mustBid(0, "M-1", 100)
		s.past(10 * time.Minute)
		s.refused(1, "M-1", 100, engine.ReasonLotsTaken)
		if a := s.act(0, s.auctioneer(engine.Announce{Winner: "M-1", Price: 100})); !a.Accepted {
			t.Fatalf("%+v", a)
		}
		if err := s.mem.MarkSettled(t.Context(), s.lots[0].Session); err != nil {
			t.Fatal(err)
		}
		s.refused(1, "M-1", 100, engine.ReasonLotsTaken)
		s.crash()
		s.start()
		s.refused(1, "M-1", 100, engine.ReasonLotsTaken)
		s.mustBid(1, "M-2", 100)
	})
}

// TestTotalAcrossLots: the sum of the amounts somebody leads with, maxima
// included, stays within their limit; the refusal says what is left.
func TestTotalAcrossLots(t *testing.T) {
	maxima := func(c *engine.Created) {
		c.Rules.Proxy = true
		c.Participants[0].Limit = &engine.Limit{Total: 1000}
	}
	synctest.Test(t, func(t *testing.T) {
		s := newTogether(t, lotOf(1, engine.Group{}, maxima), lotOf(2, engine.Group{}, maxima))
		s.mustBid(0, "M-1", 700) // a maximum; the price is 100
		s.refused(1, "M-1", 310, engine.ReasonOverLimit, 300)
		s.mustBid(1, "M-1", 300)
		if a := s.act(0, s.by("M-1", engine.RaiseMaximum{Amount: 710})); a.Reason != engine.ReasonOverLimit || *a.Free != 700 {
			t.Fatalf("raised: %+v", a.Receipt)
		}
		s.mustBid(0, "M-2", 800) // frees 700
		if a := s.act(1, s.by("M-1", engine.RaiseMaximum{Amount: 1000})); !a.Accepted {
			t.Fatalf("raised: %+v", a.Receipt)
		}
		cmd := s.by("M-1", engine.PlaceBid{Amount: 900})
		first := s.act(0, cmd)
		s.mustBid(1, "M-3", 1200)
		if again := s.act(0, cmd); first.Reason != engine.ReasonOverLimit || *first.Free != 0 || again.Seq != first.Seq || *again.Free != 0 {
			t.Errorf("the same command was answered %+v and then %+v", first.Receipt, again.Receipt)
		}
		s.past(10 * time.Minute) // won for less than the maximum: the price binds
	})
}
