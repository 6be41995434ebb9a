package actor

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/engine/proof"
	"gobua/engine/sealing"
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

// TestAnOfferIsOpenedWithinTheLimit: an offer under seal binds nobody, so who has
// made one may lead another lot. If they still do when it is opened, it is void;
// else one person would win more lots than the sheet allows. Of two lots of
// sealed offers the one that is opened first counts.
func TestAnOfferIsOpenedWithinTheLimit(t *testing.T) {
	one := engine.Group{AtOnce: 1}
	later := func(c *engine.Created) { c.Rules.BiddingMs = 3_600_000 }
	synctest.Test(t, func(t *testing.T) {
		s := newTogether(t, lotOf(1, one, underSeal), lotOf(2, one, later), lotOf(3, one, underSeal))
		s.takeKeys(0)
		s.takeKeys(2)
		s.past(time.Minute)
		s.offer(0, "M-1", 150)
		s.offer(0, "M-2", 120)
		s.offer(0, "M-3", 200)
		s.offer(2, "M-3", 130)
		s.offer(2, "M-2", 110)
		s.mustBid(1, "M-1", 100)
		s.past(15 * time.Minute)
		s.openOffers(0)
		s.proposes(0, "M-3", 200)
		s.openOffers(2)
		s.proposes(2, "M-2", 110)
		s.void(0, engine.VoidOffer{Code: "M-1", Why: engine.ReasonLotsTaken})
		s.void(2, engine.VoidOffer{Code: "M-3", Why: engine.ReasonLotsTaken})
		for i, won := range map[int]engine.Announce{0: {Winner: "M-3", Price: 200}, 2: {Winner: "M-2", Price: 110}} {
			if a := s.act(i, s.auctioneer(won)); !a.Accepted {
				t.Fatalf("lot %d: %+v", i+1, a)
			}
		}
		for _, i := range []int{0, 2} {
			entries := entriesOf(t.Context(), s.mem, s.lots[i].Session)
			v, err := proof.Judge(decoded(entries), proof.Unknown{Highest: engine.MaxDong})
			if err != nil || v.Claims.Limits != 1 {
				t.Errorf("lot %d is judged: %v, with %d limits that other records prove", i+1, err, v.Claims.Limits)
			}
		}
	})
}

// TestAnOfferIsTakenBackWhateverTheLimit: that binds nobody, and outbid in the
// other lot, they may offer again.
func TestAnOfferIsTakenBackWhateverTheLimit(t *testing.T) {
	one := engine.Group{AtOnce: 1}
	synctest.Test(t, func(t *testing.T) {
		s := newTogether(t, lotOf(1, one, underSeal), lotOf(2, one))
		s.takeKeys(0)
		s.past(time.Minute)
		s.offer(0, "M-1", 150)
		s.mustBid(1, "M-1", 100)
		if a := s.act(0, s.by("M-1", engine.PutOffer{Amount: 160})); a.Reason != engine.ReasonLotsTaken {
			t.Errorf("another offer: %+v", a)
		}
		if a := s.act(0, s.by("M-1", engine.TakeOfferBack{})); !a.Accepted {
			t.Errorf("taken back: %+v", a)
		}
		s.mustBid(1, "M-2", 110)
		s.offer(0, "M-1", 160)
		s.past(15 * time.Minute)
		s.openOffers(0)
		s.proposes(0, "M-1", 160)
	})
}

// underSeal makes a lot one of sealed offers.
func underSeal(c *engine.Created) {
	c.Rules.Method, c.Rules.Closing = "sealed", engine.Closing{Kind: engine.ClosingFixed}
	c.Rules.Sealed = &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 1}
}

func (s *together) takeKeys(i int) {
	s.t.Helper()
	for _, who := range simKeepers {
		if a := s.act(i, engine.Command{ID: s.next(), By: who, Do: engine.TakeKey{Publics: simPublics(who, s.lots[i].Session, 1)}}); !a.Accepted {
			s.t.Fatalf("lot %d: %+v", i+1, a)
		}
	}
}

func (s *together) openOffers(i int) {
	s.t.Helper()
	for _, who := range simKeepers {
		key := engine.PresentKey{Private: sealing.PrivateKey(secretOf(who), s.lots[i].Session, 1)}
		if a := s.act(i, engine.Command{ID: s.next(), By: who, Do: key}); !a.Accepted {
			s.t.Fatalf("lot %d: %+v", i+1, a)
		}
	}
}

func (s *together) offer(i int, code engine.ParticipantCode, amount engine.Dong) {
	s.t.Helper()
	if a := s.act(i, s.by(code, engine.PutOffer{Amount: amount})); !a.Accepted {
		s.t.Fatalf("lot %d: %s offers %d: %+v", i+1, code, amount, a)
	}
}

// proposes checks who would win a lot as things stand.
func (s *together) proposes(i int, winner engine.ParticipantCode, price engine.Dong) {
	s.t.Helper()
	if n := s.nowOf(i); n.Leader != winner || n.Price != price {
		s.t.Errorf("lot %d: %s leads at %d, want %s at %d", i+1, n.Leader, n.Price, winner, price)
	}
}

// void checks which offers of a lot were not counted.
func (s *together) void(i int, want ...engine.VoidOffer) {
	s.t.Helper()
	var got []engine.VoidOffer
	for r, err := range decoded(entriesOf(s.t.Context(), s.mem, s.lots[i].Session)) {
		if err != nil {
			s.t.Fatal(err)
		}
		if e, ok := r.Event.(*engine.Unsealed); ok {
			got = append(got, e.Void...)
		}
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("lot %d: void are %v, want %v", i+1, got, want)
	}
}
