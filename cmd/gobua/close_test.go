package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"gobua/engine"
	"gobua/internal/demo"
	"gobua/internal/visitor"
)

// TestManyBidWhileTheHammerFalls: fifty people bid in the last moments before
// a thousand eyes. Whoever was received in time is in, nobody else is, and all
// are told the same.
func TestManyBidWhileTheHammerFalls(t *testing.T) {
	const bidders, eyes, bidsEach = 50, 1000, 6
	p := newProcess(t, "--max-clients-per-address", "2000", "--requests-per-second", "1000")
	p.start()
	ctx, site := t.Context(), p.site()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	admin, err := site.SignIn(ctx, "quantri", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	var wanted []visitor.NewAccount
	for i := range bidders {
		wanted = append(wanted, visitor.NewAccount{Login: fmt.Sprintf("dong-%d", i), Name: "Người", Role: engine.RoleBidder})
	}
	crowd, err := admin.AdmitAll(ctx, "secret", wanted, func() {})
	if err != nil {
		t.Fatal(err)
	}
	staff, err := site.SignIn(ctx, "dgv", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	session := publishUnder(t, ctx, staff, crowd, engine.Rules{
		Opening: engine.OpeningByAuctioneer, OpensAt: engine.InstantOf(time.Now()), BiddingMs: 1500,
	})
	rooms := spectators(t, ctx, site, session, eyes)
	lines := make([]*visitor.Line, bidders)
	group, _ := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i, who := range crowd {
		group.Go(func() (err error) {
			lines[i], err = sit(ctx, site, who, session)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		defer line.Close()
	}
	hand := staff.Seat()
	defer hand.Close()
	if r, err := hand.Do(ctx, session, engine.Open{}); err != nil || !r.Accepted {
		t.Fatalf("%+v, %v", r, err)
	}
	room := awaitPhase(t, ctx, staff, session, engine.PhaseRunning)
	end := room.Now.ClosesAt.Time()

	heard := &told{rows: map[engine.FeedSeq]engine.Row{}}
	var wg sync.WaitGroup
	for i, line := range lines {
		wg.Go(func() {
			chance := rand.New(rand.NewPCG(seed, uint64(i)))
			var pending []visitor.Pending
			for n := range bidsEach {
				time.Sleep(time.Until(end.Add(-50*time.Millisecond + time.Duration(n)*12*time.Millisecond + rand.N(4*time.Millisecond))))
				amount := 1_000_000 + 1000*engine.Dong(1+n*50+chance.IntN(100))
				b, err := line.Start(session, uuid.Must(uuid.NewV7()), engine.PlaceBid{Amount: amount})
				if err != nil {
					t.Error(err)
					return
				}
				pending = append(pending, b)
			}
			for _, b := range pending {
				if r, err := b.Receipt(ctx); err != nil {
					t.Error(err)
				} else {
					heard.receipt(r)
				}
			}
		})
	}
	wg.Wait()
	room = awaitPhase(t, ctx, staff, session, engine.PhaseClosed)
	judge(t, heard.receipts, room)
	for i, eye := range rooms {
		got, err := eye.Await(ctx, func(n engine.Now) bool { return n.Phase == engine.PhaseClosed })
		if err != nil || !reflect.DeepEqual(got.Now, room.Now) || !reflect.DeepEqual(got.History, room.History) {
			t.Fatalf("spectator %d sees %+v, others %+v; %v", i, got.Now, room.Now, err)
		}
	}
	announce(t, ctx, staff, session, room, heard)
	p.stop()
	checkRecord(t, p.data, session, heard, 1)
}

// judge holds the receipts against the end: before it all that is right is
// accepted, from it on nothing is.
func judge(t *testing.T, receipts []engine.Receipt, room engine.Room) {
	t.Helper()
	slices.SortFunc(receipts, func(a, b engine.Receipt) int { return cmp.Compare(a.Seq, b.Seq) })
	var price engine.Dong
	counts := map[engine.Reason]int{}
	for _, r := range receipts {
		counts[r.Reason]++
		switch {
		case r.Accepted && (r.At >= room.Now.ClosesAt || r.Amount <= price || r.Price != r.Amount || !r.Leading):
			t.Errorf("accepted after %d with the end at %d: %+v", price, room.Now.ClosesAt, r)
		case r.Reason == engine.ReasonClosed && r.At < room.Now.ClosesAt:
			t.Errorf("refused though it came %d ms before the end: %+v", room.Now.ClosesAt-r.At, r)
		case r.Reason == engine.ReasonTooLow && (r.At >= room.Now.ClosesAt || r.Amount > price):
			t.Errorf("too low after %d: %+v", price, r)
		}
		if r.Accepted {
			price = r.Amount
		}
	}
	t.Logf("%d receipts: %v", len(receipts), counts)
	if price != room.Now.Price || counts[""] != room.Now.Bids {
		t.Errorf("the last accepted bid of %d is %d, the room says %d bids and %d", counts[""], price, room.Now.Bids, room.Now.Price)
	}
	if counts[""] == 0 || counts[engine.ReasonClosed] == 0 {
		t.Error("not all came before the end or not all after it, so nothing was tested")
	}
}

// sit opens a line for somebody who bids by hand.
func sit(ctx context.Context, site *visitor.Site, who *visitor.Person, session engine.SessionID) (*visitor.Line, error) {
	token, err := who.Token(ctx)
	if err != nil {
		return nil, err
	}
	line, err := site.Dial(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := line.Hello(ctx, token); err != nil {
		return line, err
	}
	if _, err := line.Follow(ctx, session); err != nil {
		return line, err
	}
	r, err := line.Do(ctx, session, uuid.Must(uuid.NewV7()), engine.CheckIn{})
	if err == nil && !r.Accepted {
		err = fmt.Errorf("check-in: %+v", r)
	}
	return line, err
}

// spectators follow a session, each on a line of its own.
func spectators(t *testing.T, ctx context.Context, site *visitor.Site, session engine.SessionID, eyes int) []*visitor.Room {
	t.Helper()
	rooms := make([]*visitor.Room, eyes)
	lines := make([]*visitor.Line, eyes)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(16)
	for i := range eyes {
		group.Go(func() (err error) {
			if lines[i], err = site.Dial(ctx); err == nil {
				rooms[i], err = lines[i].Follow(ctx, session)
			}
			return err
		})
	}
	err := group.Wait()
	t.Cleanup(func() {
		for _, line := range lines {
			if line != nil {
				line.Close()
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return rooms
}
