package actor

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
)

// marked is the moment that a start after a crash right now would find.
func (s *sale) marked() engine.Instant { return s.mem.Restart().LastAlive() }

// wantMark fails the test unless the mark is so old. It ends the journal of the
// process, so it comes last.
func (s *sale) wantMark(when string, want engine.Instant) {
	s.t.Helper()
	if got := s.marked(); got != want {
		s.t.Errorf("%s the mark is at %d, want %d", when, got, want)
	}
}

func TestTheMarkIsAtMostASecondOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		time.Sleep(7*time.Minute + 700*time.Millisecond) // nobody bids
		s.wantMark("while nobody is owed anything", engine.InstantOf(time.Now())-700)
	})
}

func TestStopMarksALastTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		time.Sleep(700 * time.Millisecond)
		s.reg.Stop()
		s.wantMark("after Stop", engine.InstantOf(time.Now()))
	})
}

func TestARegistryThatWasNotStartedMarksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		s.crash()
		died := s.mem.LastAlive()
		s.open() // and then a later part of the program fails, Start is never called
		time.Sleep(time.Hour)
		s.reg.Stop()
		s.wantMark("after a process that served nobody", died)
	})
}

// A program that dies again and again while it starts, each time in another
// way, must not wipe out since when nobody could bid.
func TestACrashLoopForgetsNothingOfTheOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		s.bid("M-1", 100)
		time.Sleep(9 * time.Minute)
		synctest.Wait()
		ends, died := s.now().ClosesAt, engine.InstantOf(time.Now())
		s.crash()
		time.Sleep(5 * time.Minute) // past the end

		s.open() // the journal is open, and the office will not start
		time.Sleep(10 * time.Second)
		s.reg.Stop()
		s.mem = s.mem.Restart()

		s.open() // killed in the midst of Start: the credit cannot be written
		fail := journal.Fault{Kind: journal.FailBefore}
		s.plan(fail, fail, fail, fail, fail, fail, fail, fail)
		given, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if err := s.reg.Start(given); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Start: %v", err)
		}
		cancel()
		s.crash()
		s.faults = nil

		s.open() // the same, and stopped in good order
		s.plan(slow(10 * time.Second))
		given, cancel = context.WithTimeout(t.Context(), time.Second)
		if err := s.reg.Start(given); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Start: %v", err)
		}
		cancel()
		if at := s.mem.LastAlive(); at != died {
			t.Fatalf("the third start finds a mark at %d, the room was last served at %d", at, died)
		}
		s.crash()

		time.Sleep(5 * time.Minute)
		s.start()
		back := engine.InstantOf(time.Now())
		if got := s.now(); got.Phase != engine.PhaseRunning || got.ClosesAt.Sub(back) < ends.Sub(died) {
			t.Fatalf("after the crash loop the session is %s with %d ms left, want at least %d", got.Phase, got.ClosesAt.Sub(back), ends.Sub(died))
		}
		if closed, _ := of[*engine.Closed](s); len(closed) != 0 {
			t.Error("the session was closed while nobody could reach it")
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		s.wantMark("after a start that served everybody", engine.InstantOf(time.Now()))
	})
}

func TestTheMarkWaitsForAnAppendOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		ends := s.now().ClosesAt
		until(ends - 10_000)
		s.plan(slow(time.Hour))
		s.send(s.by("M-1", engine.PlaceBid{Amount: 100}))
		began := engine.InstantOf(time.Now())
		time.Sleep(40 * time.Second) // past the end; the disk does not answer, and nobody can be told anything
		if at := s.reg.PaidUntil(); at != began {
			t.Errorf("while the disk stands still everybody is served until %d, want %d", at, began)
		}
		s.crash()
		if at := s.mem.LastAlive(); at != began {
			t.Errorf("the mark is at %d, the disk stands still since %d", at, began)
		}
		time.Sleep(time.Minute)
		s.start()
		if got := s.now(); got.Phase != engine.PhaseRunning || got.ClosesAt.Sub(engine.InstantOf(time.Now())) != 10_000 {
			t.Errorf("the session is %s with %d ms left, want 10000", got.Phase, got.ClosesAt.Sub(engine.InstantOf(time.Now())))
		}
	})
}

func TestTheMarkStaysBeforeAStandstillThatIsNotCredited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		var jumped atomic.Int64
		jump := frozen(s, &jumped)
		time.Sleep(time.Minute)
		synctest.Wait()
		stood := engine.InstantOf(s.clock())
		jump(30 * time.Second)
		if at := s.reg.PaidUntil(); at != stood {
			t.Errorf("whoever looks first sees everybody served until %d, want %d", at, stood)
		}
		s.plan(journal.Fault{Kind: journal.FailBefore}, slow(3*time.Second))
		time.Sleep(2 * time.Second) // the session has noticed, its credit is on the way
		if at := s.reg.PaidUntil(); at != stood {
			t.Errorf("before the credit is durable everybody is served until %d, want %d", at, stood)
		}
		time.Sleep(8 * time.Second)
		synctest.Wait()
		if at, now := s.reg.PaidUntil(), engine.InstantOf(s.clock()); at != now {
			t.Errorf("%d ms are still owed", now.Sub(at))
		}
	})
}

// unmarkable is a journal whose alive mark cannot be written for a while.
type unmarkable struct {
	engine.Journal
	broken atomic.Bool
	tried  atomic.Int64
}

func (j *unmarkable) MarkAlive(ctx context.Context, at engine.Instant) error {
	j.tried.Add(1)
	if j.broken.Load() {
		return errors.New("planted failure")
	}
	return j.Journal.MarkAlive(ctx, at)
}

func TestAMarkThatFailedIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := journal.NewMemory()
		j := &unmarkable{Journal: mem}
		j.broken.Store(true)
		r := NewRegistry(Options{Journal: j})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10*time.Second + time.Millisecond)
		if n := j.tried.Load(); n != 11 {
			t.Errorf("the mark was tried %d times in ten seconds, want once a second", n)
		}
		j.broken.Store(false)
		time.Sleep(time.Second)
		at := engine.InstantOf(time.Now())
		if got := mem.Restart().LastAlive(); at.Sub(got) > 1000 {
			t.Errorf("the mark is %d ms old", at.Sub(got))
		}
		r.Stop()
	})
}
