package actor

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
)

func TestAFullMailboxIsBusyAndNothingHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		s.plan(slow(time.Second))
		s.send(s.by("M-1", engine.PlaceBid{Amount: 100}))
		synctest.Wait()
		before := len(s.records())
		var taken atomic.Int64
		const places = mailboxSize - staffPlaces
		for range places {
			s.reg.Submit(theSession, s.by("M-2", engine.PlaceBid{Amount: 1}), func(engine.Receipt, error) { taken.Add(1) })
		}
		if got := s.reg.Depth(); got != places {
			t.Fatalf("%d letters wait, want %d", got, places)
		}
		busy := s.by("M-3", engine.PlaceBid{Amount: 200})
		if a := <-s.send(busy); !errors.Is(a.err, engine.ErrBusy) {
			t.Errorf("one letter too many: %v", a.err)
		}
		s.reg.Receipts(theSession, engine.Question{Code: "M-3", Commands: []engine.CommandID{busy.ID}}, func(_ []engine.Receipt, err error) {
			if !errors.Is(err, engine.ErrBusy) {
				t.Errorf("one question too many: %v", err)
			}
		})
		pause := s.send(s.auctioneer(engine.Pause{Reason: "quá tải"}))
		if a := <-pause; a.err != nil || !a.Accepted {
			t.Errorf("the auctioneer cannot pause a flooded session: %+v", a)
		}
		synctest.Wait()
		if got := taken.Load(); got != places || s.reg.Depth() != 0 {
			t.Errorf("%d letters were answered, want %d", got, places)
		}
		if got := len(s.records()) - before; got != places+2 {
			t.Errorf("%d records, want %d", got, places+2)
		}
		if got := s.now(); got.Leader != "M-1" {
			t.Errorf("the refused letter leads: %+v", got)
		}
	})
}

func TestALargeMailboxIsDecidedInPartsAndStillBeforeTheClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		ends := s.now().ClosesAt
		until(ends - 100)
		s.plan(slow(time.Second))
		s.send(s.by("M-1", engine.PlaceBid{Amount: 100}))
		time.Sleep(time.Millisecond)
		for range 3 * batchSize {
			s.send(s.by("M-2", engine.PlaceBid{Amount: 1}))
		}
		until(ends - 1)
		last := s.send(s.by("M-3", engine.PlaceBid{Amount: 110}))
		until(ends)
		late := s.send(s.by("M-4", engine.PlaceBid{Amount: 120}))
		if a := <-last; !a.Accepted || a.At != ends-1 {
			t.Errorf("the last bid in time: %+v, %v", a.Receipt, a.err)
		}
		if a := <-late; a.Reason != engine.ReasonClosed {
			t.Errorf("the first bid too late: %+v, %v", a.Receipt, a.err)
		}
	})
}

func TestStopDecidesWhatItHasAndNothingMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		s.plan(slow(100 * time.Millisecond))
		first := s.send(s.by("M-1", engine.PlaceBid{Amount: 100}))
		synctest.Wait()
		second := s.send(s.by("M-2", engine.PlaceBid{Amount: 110}))
		stopped := make(chan struct{})
		go func() { s.reg.Stop(); close(stopped) }()
		synctest.Wait()
		third := s.send(s.by("M-3", engine.PlaceBid{Amount: 120})) // the disk still has the first
		<-stopped
		for i, got := range []<-chan answer{first, second, third} {
			if a := <-got; a.err != nil || !a.Accepted {
				t.Errorf("bid %d: %+v", i+1, a)
			}
		}
		if a := <-s.send(s.by("M-4", engine.PlaceBid{Amount: 130})); !errors.Is(a.err, engine.ErrBusy) {
			t.Errorf("after the end: %v", a.err)
		}
		if got, _ := of[*engine.BidAccepted](s); len(got) != 3 {
			t.Errorf("%d bids are in the record, want 3", len(got))
		}
		if err := s.reg.Create(t.Context(), lot("k7qp00000009")); !errors.Is(err, errStopped) {
			t.Errorf("creating after the end: %v", err)
		}
	})
}

func TestStopEndsWhileCommandsKeepComing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		var open atomic.Int64
		quit := make(chan struct{})
		go func() { // as fast as the answers come
			var again func(engine.Receipt, error)
			again = func(_ engine.Receipt, err error) {
				open.Add(-1)
				if err == nil {
					open.Add(1)
					s.reg.Submit(theSession, s.by("M-1", engine.PlaceBid{Amount: 1}), again)
				}
			}
			open.Add(1)
			s.plan(slow(time.Millisecond), slow(time.Millisecond), slow(time.Millisecond))
			s.reg.Submit(theSession, s.by("M-1", engine.PlaceBid{Amount: 1}), again)
			close(quit)
		}()
		<-quit
		s.reg.Stop()
		if got := open.Load(); got != 0 {
			t.Errorf("%d commands were never answered", got)
		}
	})
}

func TestStopWhileASessionCannotBeReadBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		fail := journal.Fault{Kind: journal.FailBefore}
		s.plan(fail, fail, fail)
		for range 3 {
			wantUnknown(t, <-s.send(s.by("M-1", engine.PlaceBid{Amount: 100})))
		}
		waiting := s.send(s.by("M-1", engine.PlaceBid{Amount: 100})) // the actor rests
		s.reg.Stop()
		if a := <-waiting; !errors.Is(a.err, engine.ErrBusy) {
			t.Errorf("a letter nobody looked at: %+v", a)
		}
	})
}

func TestCreateIsIdempotentAndRefusesAnotherSheet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := lot(theSession)
		s := newSale(t, c)
		again := func(change func(*engine.Created), want string) {
			t.Helper()
			c := lot(theSession)
			c.Rules.OpensAt = s.opensAt()
			change(&c)
			c.RulesHash = c.Rules.Hash()
			switch err := s.reg.Create(t.Context(), c); {
			case want == "" && err != nil:
				t.Errorf("the same again: %v", err)
			case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
				t.Errorf("got %v, want an error about %s", err, want)
			}
		}
		check := func() {
			t.Helper()
			again(func(*engine.Created) {}, "")
			again(func(c *engine.Created) { c.Rules.Start = 200 }, "other rules")
			again(func(c *engine.Created) { c.Participants = c.Participants[1:] }, "other participants")
			again(func(c *engine.Created) { c.Lot.Title = "Xe con" }, "another lot")
			again(func(c *engine.Created) { c.Rules.Start = 0 }, "start")
			if got := len(s.records()); got != 1 {
				t.Errorf("%d records, want 1", got)
			}
		}
		check()
		s.crash()
		s.start()
		check()
	})
}

// opensAt is when the session opens by its rules.
func (s *sale) opensAt() engine.Instant {
	v, _ := s.reg.View(theSession)
	return v.Room.Rules.OpensAt
}

func TestCreateMayBeCalledAgainAfterAFailure(t *testing.T) {
	for name, kind := range map[string]journal.FaultKind{"nothing was written": journal.FailBefore, "everything was written": journal.FailAfter} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSale(t)
				c := lot(theSession)
				s.plan(journal.Fault{Kind: kind})
				if err := s.reg.Create(t.Context(), c); err == nil {
					t.Fatal("a failure was called success")
				}
				if s.reg.Exists(theSession) {
					t.Error("a session is served that nobody was promised")
				}
				if err := s.reg.Create(t.Context(), c); err != nil {
					t.Fatalf("the second time: %v", err)
				}
				if got := len(s.records()); got != 1 {
					t.Errorf("%d records, want 1", got)
				}
			})
		})
	}
}

func TestCreateOfARunningSessionBeforeStartCreditsTheOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := lot(theSession)
		s := newSale(t, c)
		until(c.Rules.OpensAt)
		synctest.Wait()
		s.crash()
		time.Sleep(time.Hour)
		s.open()
		if err := s.reg.Create(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if got := s.now().Phase; got != engine.PhaseRunning {
			t.Errorf("the session is %s", got)
		}
	})
}

// Many people at once, a disk that fails, and an end in the midst of it.
func TestEveryCommandIsAnsweredOnceUnderFire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		for i := range 2000 {
			f := journal.Fault{Kind: journal.FaultKind(i % 4), Durable: i % 3}
			if i%3 == 0 {
				f = slow(time.Duration(i%7) * 10 * time.Millisecond)
			}
			s.plan(f)
		}
		const people, commands = 16, 100
		var sent, answered, accepted atomic.Int64
		ids := make(chan engine.CommandID, people*commands)
		var all sync.WaitGroup
		for p := range people {
			all.Go(func() {
				code := engine.ParticipantCode("M-" + string(rune('1'+p%4)))
				for n := range commands {
					id := cmdID(uint64(1000 + p*commands + n))
					cmd := engine.Command{ID: id, By: engine.Actor{Role: engine.RoleBidder, Ref: string(code)}, Do: engine.PlaceBid{Amount: engine.Dong(100 + 10*(p+n))}}
					var once atomic.Bool
					sent.Add(1)
					s.reg.Submit(theSession, cmd, func(r engine.Receipt, err error) {
						if once.Swap(true) {
							t.Errorf("%v was answered twice", id)
						}
						answered.Add(1)
						if err == nil && r.Accepted {
							accepted.Add(1)
							ids <- id
						}
					})
					time.Sleep(time.Millisecond)
				}
			})
		}
		time.Sleep(50 * time.Millisecond)
		s.reg.Stop()
		all.Wait()
		if answered.Load() != sent.Load() {
			t.Errorf("%d commands were sent and %d answered", sent.Load(), answered.Load())
		}
		if accepted.Load() == 0 || accepted.Load() == sent.Load() {
			t.Errorf("%d of %d commands were accepted: nothing is tried here", accepted.Load(), sent.Load())
		}
		durable := map[engine.CommandID]bool{}
		for _, r := range s.records() {
			if _, ok := r.Event.(*engine.BidAccepted); ok {
				durable[r.Cmd] = true
			}
		}
		for range accepted.Load() {
			if id := <-ids; !durable[id] {
				t.Errorf("%v was accepted and is not durable", id)
			}
		}
	})
}

func TestStandingsAndHoldersAreReadable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		s.bid("M-1", 100)
		s.bid("M-2", 110)
		if you, ok := s.reg.Standing(theSession, "M-1"); !ok || !you.Outbid || you.Best != 100 || you.Leading {
			t.Errorf("M-1: %+v", you)
		}
		s.must(s.by("M-2", engine.Withdraw{Confirm: "M-2"}))
		if you, _ := s.reg.Standing(theSession, "M-1"); !you.Leading {
			t.Errorf("after the withdrawal M-1: %+v", you)
		}
		if you, _ := s.reg.Standing(theSession, "M-2"); you.Out != engine.ReasonWithdrawn {
			t.Errorf("after the withdrawal M-2: %+v", you)
		}
		s.crash()
		s.start()
		if you, ok := s.reg.Standing(theSession, "M-2"); !ok || you.Out != engine.ReasonWithdrawn {
			t.Errorf("after a crash M-2: %+v", you)
		}
		if _, ok := s.reg.Standing(theSession, "M-9"); ok {
			t.Error("somebody who is not admitted has a standing")
		}
		if code, ok := s.reg.CodeOf(theSession, "M-3"); !ok || code != "M-3" {
			t.Errorf("the account of M-3 holds %q", code)
		}
		if _, ok := s.reg.CodeOf(theSession, "nobody"); ok {
			t.Error("a foreign account holds a code")
		}
		v, _ := s.reg.View(theSession)
		if v.Participants != 4 || v.CheckedIn != 4 || len(v.Rows) != 2 || !v.Rows[1].Struck || v.Feed != s.feed.seq[theSession] {
			t.Errorf("view is %+v", v)
		}
	})
}

func TestAnUnknownSessionIsSaidToBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSale(t)
		if a := <-s.send(s.by("M-1", engine.CheckIn{})); !errors.Is(a.err, engine.ErrNoSession) {
			t.Errorf("submit: %v", a.err)
		}
		if _, ok := s.reg.CodeOf(theSession, "M-1"); ok || s.reg.Exists(theSession) {
			t.Error("it is known")
		}
		if _, ok := s.reg.View(theSession); ok {
			t.Error("it can be seen")
		}
		if _, ok := s.reg.Standing(theSession, "M-1"); ok {
			t.Error("it has a standing")
		}
	})
}
