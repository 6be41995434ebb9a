package replay

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"gobua/engine"
	"gobua/internal/visitor"
)

const (
	// A recorded bidder gets a place of the crew for one auction. People can
	// follow several auctions at once; a server bounds how many.
	roomsPerPlace = 16
	// maxPlaces keeps the replay under the number of connections a server
	// usually takes from one address.
	maxPlaces = 160
	// auctionsPerAuctioneer bounds how busy one auctioneer is.
	auctionsPerAuctioneer = 100
)

// crew are the people of a replay: auctioneers, and places that the recorded
// bidders are given. All methods may be called from any goroutine.
type crew struct {
	auctioneers []*visitor.Seat

	mu     sync.Mutex
	places []*place
	freed  chan struct{} // closed and replaced when somebody leaves a room
}

// place is an account that bids for different recorded bidders in different
// auctions, never for two of them in the same.
type place struct {
	*visitor.Seat
	rooms int
}

// gather signs in whoever is needed, opening accounts where there are none.
func (r *run) gather(ctx context.Context, admin *visitor.Person) (*crew, error) {
	bidders, auctioneers := r.needed()
	people := make([]visitor.NewAccount, 0, bidders+auctioneers)
	for i := range auctioneers {
		people = append(people, visitor.NewAccount{
			Login: fmt.Sprintf("replay-auctioneer-%d", i+1), Name: fmt.Sprintf("Replay auctioneer %d", i+1),
			Role: engine.RoleAuctioneer, StaffRef: fmt.Sprintf("REPLAY-%d", i+1)})
	}
	for i := range bidders {
		people = append(people, visitor.NewAccount{
			Login: fmt.Sprintf("replay-bidder-%03d", i+1), Name: fmt.Sprintf("Replay bidder %d", i+1), Role: engine.RoleBidder})
	}
	signedIn, err := admin.AdmitAll(ctx, r.Password, people, func() { r.signedIn.Add(1) })
	if err != nil {
		return nil, err
	}
	c := &crew{freed: make(chan struct{})}
	for i, p := range signedIn {
		if i < auctioneers {
			c.auctioneers = append(c.auctioneers, p.Seat())
		} else {
			c.places = append(c.places, &place{Seat: p.Seat()})
		}
	}
	return c, nil
}

// needed is how many people the recordings take: enough that all auctions can
// run at once, if that is not too many, and at least as many bidders as the
// largest auction has.
func (r *run) needed() (bidders, auctioneers int) {
	participations, largest := 0, 0
	for i := range r.recordings {
		n := len(r.recordings[i].Bidders())
		participations += n
		largest = max(largest, n)
	}
	bidders = max(min(share(participations, roomsPerPlace), maxPlaces), largest)
	return bidders, share(len(r.recordings), auctionsPerAuctioneer)
}

// share is n/each, rounded up.
func share(n, each int) int { return (n + each - 1) / each }

// take gives n places for one auction, the least busy first. It waits until
// that many have room for another auction.
func (c *crew) take(ctx context.Context, n int) ([]*place, error) {
	for {
		c.mu.Lock()
		var free []*place
		for _, p := range c.places {
			if p.rooms < roomsPerPlace {
				free = append(free, p)
			}
		}
		if len(free) >= n {
			slices.SortStableFunc(free, func(a, b *place) int { return cmp.Compare(a.rooms, b.rooms) })
			for _, p := range free[:n] {
				p.rooms++
			}
			c.mu.Unlock()
			return free[:n], nil
		}
		freed := c.freed
		c.mu.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// giveBack frees the places of an auction that is over.
func (c *crew) giveBack(places []*place) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range places {
		p.rooms--
	}
	close(c.freed)
	c.freed = make(chan struct{})
}

// close signs everybody off.
func (c *crew) close() {
	for _, s := range c.auctioneers {
		s.Close()
	}
	for _, p := range c.places {
		p.Close()
	}
}
