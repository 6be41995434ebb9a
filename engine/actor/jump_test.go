package actor

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/internal/clock"
)

// machine is a machine in a synctest bubble whose time of day can be set.
type machine struct {
	began time.Time
	set   atomic.Int64 // nanoseconds
}

func (m *machine) Steady() time.Duration { return time.Since(m.began) }
func (m *machine) Wall() time.Time       { return time.Now().Add(time.Duration(m.set.Load())) }

// step sets the time of day.
func (m *machine) step(d time.Duration) { m.set.Add(int64(d)) }

// restartOn ends the process of a sale as kill -9 does and starts it again on a
// machine, with the server's own clock.
func (s *sale) restartOn(m *machine, vouched bool) {
	s.t.Helper()
	s.crash()
	c := clock.New(clock.Options{
		Source: m, NotBefore: s.mem.LastAlive().Time(), Vouch: func(time.Duration) bool { return vouched },
	})
	s.clock, s.steady = c.Now, c.Steady
	s.start()
	ctx, stop := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Run(ctx, s.reg.Running)
	}()
	s.t.Cleanup(func() { stop(); <-done })
	synctest.Wait()
}

func TestAStepOfTheMachinesClockClosesNothingEarlyAndReopensNothing(t *testing.T) {
	for _, step := range []time.Duration{3 * time.Hour, -3 * time.Hour, 700 * time.Millisecond} {
		for _, vouched := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				s := running(t)
				m := &machine{began: time.Now()}
				s.restartOn(m, vouched)
				began, ends := engine.InstantOf(time.Now()), s.now().ClosesAt
				credited := len(s.records())
				s.bid("M-1", 100)
				m.step(step)
				s.bid("M-2", 110)
				time.Sleep(time.Minute)
				s.bid("M-1", 120)
				if got := s.now().ClosesAt; got != ends {
					t.Fatalf("by %v: the end moved from %d to %d", step, ends, got)
				}
				left := time.Duration(ends.Sub(began)) * time.Millisecond
				allowed := time.Duration(float64(left)*0.0005) + 2*time.Millisecond
				time.Sleep(left - time.Minute - allowed)
				synctest.Wait()
				if got := s.now().Phase; got != engine.PhaseRunning {
					t.Fatalf("by %v: %v early the session is %s", step, allowed, got)
				}
				time.Sleep(2 * allowed)
				synctest.Wait()
				if _, at := of[*engine.Closed](s); s.now().Phase != engine.PhaseClosed || len(at) != 1 || at[0] != ends {
					t.Fatalf("by %v: closed at %v, want once at %d", step, at, ends)
				}
				time.Sleep(time.Minute) // now no session runs
				if !vouched {
					return
				}
				if got, want := s.clock(), m.Wall(); got.Sub(want).Abs() > 250*time.Millisecond {
					t.Errorf("by %v: after the session it is %v, want %v", step, got, want)
				}
				s.must(s.auctioneer(engine.Announce{Winner: "M-1", Price: 120}))
				records := s.records()
				if !slices.IsSortedFunc(records, func(a, b engine.Record) int { return int(a.At - b.At) }) {
					t.Errorf("by %v: the records' moments run backwards", step)
				}
				for _, r := range records[credited:] {
					if _, ok := r.Event.(*engine.OutageCredited); ok {
						t.Errorf("by %v: an outage was credited", step)
					}
				}
			})
		}
	}
}

// While no session runs the clock follows a step. That is no standstill, and
// what waits for its opening waits no longer than the clock says.
func TestAStepThatIsFollowedIsNoStandstill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := lot(theSession, func(r *engine.Rules) { r.OpensAt = r.OpensAt.Add(2 * 3600_000) })
		s := newSale(t, c)
		s.checkIn("M-1")
		m := &machine{began: time.Now()}
		var said bytes.Buffer
		s.log = slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn}))
		s.restartOn(m, true)
		for _, step := range []time.Duration{-time.Hour, 90 * time.Minute, 2 * time.Hour} {
			m.step(step)
			time.Sleep(2 * time.Second)
			synctest.Wait()
			if got, want := s.clock(), m.Wall(); !got.Equal(want) {
				t.Fatalf("after a step of %v it is %v, want %v", step, got, want)
			}
			if want := engine.InstantOf(s.clock()) < c.Rules.OpensAt; (s.now().Phase == engine.PhaseScheduled) != want {
				t.Fatalf("after a step of %v the session is %s", step, s.now().Phase)
			}
		}
		opened, at := of[*engine.Opened](s)
		if len(at) != 1 || at[0] <= c.Rules.OpensAt || opened[0].ClosesAt != at[0].Add(c.Rules.BiddingMs) {
			t.Errorf("opened at %v until %+v, want after %d with the whole bidding time", at, opened, c.Rules.OpensAt)
		}
		if _, at := of[*engine.OutageCredited](s); len(at) > 0 || said.Len() > 0 {
			t.Errorf("outages at %v, and the log says %s", at, said.String())
		}
	})
}

// The clock of the machine was set back while the program was down. Without a
// clock of its own the session would stand still for those hours.
func TestARestartOnAMachineThatWasSetBackLeavesTheTimeThatWasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		s.bid("M-1", 100)
		time.Sleep(5*time.Minute + 300*time.Millisecond)
		left := s.now().ClosesAt.Sub(engine.InstantOf(time.Now()))
		m := &machine{began: time.Now()}
		m.step(-3 * time.Hour)
		time.Sleep(time.Second)
		s.restartOn(m, false)
		now := engine.InstantOf(s.clock())
		if got := s.now().ClosesAt.Sub(now); s.now().Phase != engine.PhaseRunning || got < left || got > left+3000 {
			t.Fatalf("the session is %s with %d ms left, want the %d it had", s.now().Phase, got, left)
		}
		s.bid("M-2", 110)
		time.Sleep(time.Duration(left+10_000) * time.Millisecond)
		synctest.Wait()
		if got := s.now().Phase; got != engine.PhaseClosed {
			t.Errorf("the session is %s", got)
		}
	})
}

func TestASessionIsRunningFromShortlyBeforeItsOpening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := lot(theSession, func(r *engine.Rules) { r.OpensAt = r.OpensAt.Add(600_000) })
		s := newSale(t, c)
		s.checkIn("M-1")
		want := func(when string, want int) {
			t.Helper()
			synctest.Wait()
			if got := s.reg.Running(); got != want {
				t.Errorf("%s %d sessions run, want %d", when, got, want)
			}
		}
		until(c.Rules.OpensAt - engine.Instant(opensSoon) - 1)
		want("long before", 0)
		time.Sleep(time.Millisecond)
		want("a minute before", 1)
		until(c.Rules.OpensAt)
		s.bid("M-1", 100)
		want("while it runs", 1)
		s.must(s.auctioneer(engine.Pause{Reason: "mất điện"}))
		want("in a pause", 1)
		s.must(s.auctioneer(engine.Resume{}))
		until(s.now().ClosesAt)
		want("after its end", 0)
	})
}
