package actor

import (
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
)

// never is the lag of mirrors that are never late.
func never() time.Duration { return 0 }

func TestASessionIsHandedOverAndNobodyNotices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCommon(t, 2, never)
		one, two := c.nodes[0], c.nodes[1]
		created := lot(theSession)
		unit := unitOfAuction(created.Lot.AuctionID)
		if err := one.reg.Create(t.Context(), created); err != ErrElsewhere {
			t.Fatalf("created where nobody decides: %v", err)
		}
		c.claim(unit, one)
		if err := one.reg.Take(t.Context(), unit, 0); err != nil {
			t.Fatal(err)
		}
		if err := one.reg.Create(t.Context(), created); err != nil {
			t.Fatal(err)
		}
		ask := func(n *node, cmd engine.Command) answer {
			got := make(chan answer, 1)
			n.reg.Submit(theSession, cmd, func(r engine.Receipt, err error) { got <- answer{r, err} })
			return <-got
		}
		bidder := func(code string, id uint64, do engine.Act) engine.Command {
			return engine.Command{ID: cmdID(id), By: engine.Actor{Role: engine.RoleBidder, Ref: code}, Do: do}
		}
		for i, code := range []string{"M-1", "M-2"} {
			if a := ask(one, bidder(code, uint64(i+1), engine.CheckIn{})); a.err != nil {
				t.Fatal(a.err)
			}
		}
		until(created.Rules.OpensAt.Add(1000))
		if a := ask(one, bidder("M-1", 10, engine.PlaceBid{Amount: 100})); !a.Accepted {
			t.Fatalf("%+v", a)
		}
		if a := ask(two, bidder("M-2", 11, engine.PlaceBid{Amount: 110})); a.err != ErrElsewhere {
			t.Fatalf("bid where the session is followed: %+v, %v", a.Receipt, a.err)
		}
		synctest.Wait()
		v, _ := two.reg.View(theSession)
		if v.Room.Now.Leader != "M-1" {
			t.Fatalf("the follower shows %+v", v.Room.Now)
		}
		if code, ok := two.reg.CodeOf(theSession, "no such account"); ok {
			t.Errorf("a stranger is %s", code)
		}
		if err := one.reg.Give(t.Context(), unit); err != nil {
			t.Fatal(err)
		}
		c.claim(unit, two)
		if err := two.reg.Take(t.Context(), unit, 0); err != nil {
			t.Fatal(err)
		}
		if a := ask(one, bidder("M-2", 11, engine.PlaceBid{Amount: 110})); a.err != ErrElsewhere {
			t.Fatalf("bid at the old owner: %v", a.err)
		}
		if a := ask(two, bidder("M-2", 11, engine.PlaceBid{Amount: 110})); !a.Accepted {
			t.Fatalf("%+v", a)
		}
		if a := ask(two, bidder("M-1", 10, engine.PlaceBid{Amount: 100})); !a.Accepted || a.Price != 100 {
			t.Errorf("asked again under the same id: %+v", a)
		}
		until(created.Rules.OpensAt.Add(3_600_000))
		synctest.Wait()
		c.wantTheSame(t)
		if v, _ := one.reg.View(theSession); v.Room.Now.Phase != engine.PhaseClosed || v.Room.Now.Leader != "M-2" {
			t.Errorf("the old owner shows %+v", v.Room.Now)
		}
		var outages int
		for _, u := range one.feed.told[theSession] {
			if u.Kind == engine.KindOutageCredited {
				outages++
			}
		}
		if outages != 0 {
			t.Error("a hand-over was called an outage")
		}
	})
}

func TestWhoGivesASessionKeepsShowingWhatItTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := never
		c := newCommon(t, 2, func() time.Duration { return late() })
		one := c.nodes[0]
		created, unit := c.createAt(t, one)
		ask := func(id uint64, do engine.Act) {
			got := make(chan answer, 1)
			cmd := engine.Command{ID: cmdID(id), By: engine.Actor{Role: engine.RoleBidder, Ref: "M-1"}, Do: do}
			one.reg.Submit(theSession, cmd, func(r engine.Receipt, err error) { got <- answer{r, err} })
			if a := <-got; a.err != nil || !a.Accepted {
				t.Fatalf("%+v", a)
			}
		}
		ask(1, engine.CheckIn{})
		until(created.Rules.OpensAt.Add(1000))
		synctest.Wait()
		late = func() time.Duration { return time.Second } // the log has the bid long before the mirror
		ask(2, engine.PlaceBid{Amount: 100})
		if err := one.reg.Give(t.Context(), unit); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			synctest.Wait()
			if v, _ := one.reg.View(theSession); v.Room.Now.Leader != "M-1" {
				t.Errorf("the price that was told is gone: %+v", v.Room.Now)
			}
			if you, _ := one.reg.Standing(theSession, "M-1"); !you.Leading {
				t.Errorf("whose bid was accepted is told %+v", you)
			}
			time.Sleep(time.Second)
		}
		one.feed.mu.Lock()
		defer one.feed.mu.Unlock()
		if you := one.feed.you["M-1"]; !you.Leading {
			t.Errorf("the last that was told of the leader is %+v", you)
		}
	})
}

func TestAnOwnerThatDiedIsReplacedAndItsTimeIsCredited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCommon(t, 2, never)
		one, two := c.nodes[0], c.nodes[1]
		created, unit := c.createAt(t, one)
		until(created.Rules.OpensAt.Add(1000))
		synctest.Wait()
		v, _ := one.reg.View(theSession)
		ends := v.Room.Now.ClosesAt
		c.mu.Lock()
		c.holder[unit] = -1 // it is cut off and does not know yet
		c.mu.Unlock()
		cut := engine.InstantOf(time.Now())
		time.Sleep(5 * time.Second)
		c.claim(unit, two)
		if err := two.reg.Take(t.Context(), unit, cut); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		v, _ = two.reg.View(theSession)
		if got := v.Room.Now.ClosesAt; got != ends.Add(5000) {
			t.Errorf("it ends %d ms later, want 5000", got.Sub(ends))
		}
		got := make(chan answer, 1) // the old owner decides, but nothing comes of it
		one.reg.Submit(theSession, engine.Command{ID: cmdID(7), By: engine.Actor{Role: engine.RoleBidder, Ref: "M-1"}, Do: engine.CheckIn{}},
			func(r engine.Receipt, err error) { got <- answer{r, err} })
		wantUnknown(t, <-got)
		if err := one.reg.Give(t.Context(), unit); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		c.wantTheSame(t)
	})
}
