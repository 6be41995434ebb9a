package replay

import (
	"context"
	"testing"
	"testing/synctest"
)

func crewOf(n int) *crew {
	c := &crew{freed: make(chan struct{})}
	for range n {
		c.places = append(c.places, new(place))
	}
	return c
}

func TestNobodySitsTwiceInOneAuction(t *testing.T) {
	c := crewOf(5)
	for range 3 {
		places, err := c.take(t.Context(), 3)
		if err != nil {
			t.Fatal(err)
		}
		if places[0] == places[1] || places[1] == places[2] || places[0] == places[2] {
			t.Error("a place was given twice")
		}
	}
	for i, p := range c.places { // 9 given: nobody has more than two
		if p.rooms > 2 {
			t.Errorf("place %d is in %d auctions while others are in fewer", i, p.rooms)
		}
	}
}

func TestAnAuctionWaitsForPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := crewOf(2)
		var first []*place
		for range roomsPerPlace {
			places, err := c.take(t.Context(), 2)
			if err != nil {
				t.Fatal(err)
			}
			first = places
		}
		got := make(chan error)
		go func() {
			_, err := c.take(t.Context(), 2)
			got <- err
		}()
		synctest.Wait()
		select {
		case <-got:
			t.Fatal("a place took more auctions than it can follow")
		default:
		}
		c.giveBack(first)
		if err := <-got; err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			_, err := c.take(ctx, 2)
			got <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-got; err != context.Canceled {
			t.Errorf("error %v, want the context's", err)
		}
	})
}

func TestThePeopleNeededFollowFromTheRecordings(t *testing.T) {
	auction := func(names ...string) (r Recording) {
		for _, n := range names {
			r.Bids = append(r.Bids, RecordedBid{Bidder: n})
		}
		return r
	}
	many := make([]Recording, 285)
	for i := range many {
		many[i] = auction("a", "b", "c", "d", "e", "f", "g", "h")
	}
	for name, test := range map[string]struct {
		recordings           []Recording
		bidders, auctioneers int
	}{
		"one auction takes all of its bidders": {[]Recording{auction("a", "b", "c", "a")}, 3, 1},
		"people go to several auctions":        {many[:20], 10, 1},
		"and not too many are signed in":       {append(many, many...), maxPlaces, 6},
	} {
		r := run{recordings: test.recordings}
		if bidders, auctioneers := r.needed(); bidders != test.bidders || auctioneers != test.auctioneers {
			t.Errorf("%s: %d bidders, %d auctioneers; want %d, %d", name, bidders, auctioneers, test.bidders, test.auctioneers)
		}
	}
}
