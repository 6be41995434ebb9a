package actor

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
)

func TestARestartGivesTheLostTimeBackAndTellsTheRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		s.bid("M-1", 100)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		ends := s.now().ClosesAt
		s.crash()
		time.Sleep(20 * time.Minute) // past the end
		s.start()
		if got := s.now(); got.Phase != engine.PhaseRunning || got.ClosesAt != ends.Add(20*60_000) || got.Leader != "M-1" {
			t.Fatalf("the room shows %+v, want an end at %d", got, ends.Add(20*60_000))
		}
		credited, at := of[*engine.OutageCredited](s)
		if len(credited) != 1 || credited[0].LostMs != 20*60_000 || at[0] != engine.InstantOf(time.Now()) {
			t.Errorf("recorded: %+v", credited)
		}
		if told := s.feed.heard(engine.KindOutageCredited); len(told) != 1 || told[0].LostMs != 20*60_000 {
			t.Errorf("told: %+v", told)
		}
		until(s.now().ClosesAt)
		synctest.Wait()
		if got := s.now().Phase; got != engine.PhaseClosed {
			t.Errorf("at the later end the session is %s", got)
		}
	})
}

func TestARestartLeavesTheRecoveryMinimum(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t, func(r *engine.Rules) { r.RecoveryMinMs = 120_000 })
		ends := s.now().ClosesAt
		until(ends - 1000)
		s.crash()
		time.Sleep(30 * time.Second)
		back := engine.InstantOf(time.Now())
		s.start()
		if got := s.now().ClosesAt; got != back.Add(120_000) {
			t.Errorf("%d ms remain, want two minutes", got.Sub(back))
		}
	})
}

func TestEvenAnInstantRestartIsAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t, func(r *engine.Rules) { r.RecoveryMinMs = 60_000 })
		until(s.now().ClosesAt - 1000)
		s.crash()
		s.start()
		if left := s.now().ClosesAt.Sub(engine.InstantOf(time.Now())); left != 60_000 {
			t.Errorf("%d ms remain for people to come back, want a minute", left)
		}
	})
}

func TestARestartTouchesNoSessionWhoseClockStands(t *testing.T) {
	act := map[engine.Phase]func(*sale){
		engine.PhasePaused:    func(s *sale) { s.must(s.auctioneer(engine.Pause{Reason: "mất điện"})) },
		engine.PhaseStopped:   func(s *sale) { s.must(s.auctioneer(engine.Stop{Reason: "sự cố"})) },
		engine.PhaseCancelled: func(s *sale) { s.must(s.auctioneer(engine.Cancel{Reason: "rút tài sản"})) },
		engine.PhaseClosed:    func(s *sale) { until(s.now().ClosesAt); synctest.Wait() },
	}
	for phase, enter := range act {
		t.Run(string(phase), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := running(t)
				enter(s)
				before := s.now()
				records := len(s.records())
				s.crash()
				time.Sleep(time.Hour)
				s.start()
				if got := s.now(); got != before || before.Phase != phase {
					t.Errorf("the room shows %+v, before it was %+v", got, before)
				}
				if got := len(s.records()); got != records {
					t.Errorf("%d records, want %d", got, records)
				}
				if phase == engine.PhasePaused {
					s.must(s.auctioneer(engine.Resume{}))
					if left := s.now().ClosesAt.Sub(engine.InstantOf(time.Now())); left != before.RemainingMs {
						t.Errorf("%d ms remain after the pause, want %d", left, before.RemainingMs)
					}
				}
			})
		})
	}
}

func TestAnOpeningThatPassedDuringTheOutageIsMadeUpFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := lot(theSession)
		s := newSale(t, c)
		until(c.Rules.OpensAt - 1000)
		s.crash()
		until(c.Rules.OpensAt.Add(c.Rules.BiddingMs + 5000))
		back := engine.InstantOf(time.Now())
		s.start()
		if got := s.now(); got.Phase != engine.PhaseRunning || got.ClosesAt != back.Add(c.Rules.BiddingMs) {
			t.Errorf("the session is %s until %d, want its whole bidding time from %d", got.Phase, got.ClosesAt, back)
		}
	})
}

func TestAnEndThatPassedBeforeTheOutageStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		ends := s.now().ClosesAt
		// The close itself cannot be written, and then the process dies.
		fail := journal.Fault{Kind: journal.FailBefore}
		s.plan(fail, fail, fail, fail, fail)
		until(ends + 1500)
		s.crash()
		time.Sleep(time.Hour)
		s.start()
		if _, at := of[*engine.Closed](s); len(at) != 1 || at[0] != ends {
			t.Errorf("closed at %v, want once at %d", at, ends)
		}
	})
}

func TestWithoutASignOfLifeTheLastRecordIsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		s.bid("M-1", 100)
		last, ends := engine.InstantOf(time.Now()), s.now().ClosesAt
		s.reg.Stop()
		s.feed.forget()
		time.Sleep(time.Hour)
		s.start() // the same journal, which never knew another process
		if got := s.now().ClosesAt; got.Sub(engine.InstantOf(time.Now())) != ends.Sub(last) {
			t.Errorf("%d ms remain, want the %d of the last record", got.Sub(engine.InstantOf(time.Now())), ends.Sub(last))
		}
	})
}

func TestAnOutageIsNotForgottenWhenItsRecordCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		time.Sleep(9 * time.Minute)
		s.crash()
		time.Sleep(10 * time.Minute)
		s.plan(journal.Fault{Kind: journal.FailBefore}, journal.Fault{Kind: journal.Tear})
		s.start()
		credited, _ := of[*engine.OutageCredited](s)
		if len(credited) != 1 || credited[0].LostMs < 10*60_000 || s.now().Phase != engine.PhaseRunning {
			t.Errorf("credited %+v, and the session is %s", credited, s.now().Phase)
		}
	})
}

func TestADiskThatStandsStillStopsTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		ends := s.now().ClosesAt
		until(ends - 10_000)
		s.plan(slow(40 * time.Second))
		first := s.send(s.by("M-1", engine.PlaceBid{Amount: 100}))
		time.Sleep(20 * time.Second) // past the end, and nobody has heard of the first bid
		second := s.send(s.by("M-2", engine.PlaceBid{Amount: 110}))
		if a := <-first; a.err != nil || a.At != ends-10_000 {
			t.Errorf("the bid the disk was busy with: %+v", a)
		}
		if a := <-second; a.err != nil || !a.Accepted {
			t.Errorf("a bid during the standstill: %+v", a)
		}
		if got := s.now().ClosesAt; got != ends+40_000 {
			t.Errorf("the session ends at %d, want %d", got, ends+40_000)
		}
	})
}

// frozen makes the clock of a sale jump, as it does for a process that was
// stopped and continued: no goroutine runs, no timer fires, time has passed.
func frozen(s *sale, jumped *atomic.Int64) (jump func(time.Duration)) {
	s.t.Helper()
	s.reg.Stop()
	s.clock = func() time.Time { return time.Now().Add(time.Duration(jumped.Load())) }
	s.feed.forget()
	s.mem = s.mem.Restart()
	s.start()
	synctest.Wait()
	return func(d time.Duration) { jumped.Add(int64(d)) }
}

func TestAProcessThatStoodStillCreditsBeforeItDecides(t *testing.T) {
	wake := map[string]func(s *sale){
		"the registry wakes first": func(*sale) { time.Sleep(beatEvery) },
		"a letter wakes the actor": func(s *sale) { s.bid("M-2", 110) },
	}
	for name, wake := range wake {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := running(t)
				var jumped atomic.Int64
				jump := frozen(s, &jumped)
				until(s.now().ClosesAt - 10_000)
				s.bid("M-1", 100)
				ends := s.now().ClosesAt
				jump(30 * time.Second)
				wake(s)
				synctest.Wait()
				got := s.now()
				if got.Phase != engine.PhaseRunning || got.ClosesAt < ends+30_000 || got.ClosesAt > ends+31_000 {
					t.Errorf("the session is %s until %d, want until %d or half a second later", got.Phase, got.ClosesAt, ends+30_000)
				}
				if told := s.feed.heard(engine.KindOutageCredited); len(told) != 1 || told[0].LostMs < 30_000 {
					t.Errorf("the room was told %+v", told)
				}
				until(got.ClosesAt)
				synctest.Wait()
				if got := s.now().Phase; got != engine.PhaseClosed {
					t.Errorf("at the later end the session is %s", got)
				}
			})
		})
	}
}

func TestAnOutageIsDecidedInItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		a, _ := s.reg.actor(theSession)
		c, err := a.recover(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ends := c.state.ClosesAt
		absent := outage{ends - 5000, ends + 25_000}
		letters := []letter{
			{cmd: s.by("M-1", engine.PlaceBid{Amount: 100}), at: ends - 5000},
			{cmd: s.by("M-2", engine.PlaceBid{Amount: 110}), at: ends - 4000}, // between the last beat and the standstill
			{cmd: s.by("M-3", engine.PlaceBid{Amount: 120}), at: ends + 25_001},
		}
		for i := range letters {
			letters[i].answer = func(engine.Receipt, error) {}
		}
		b := c.step(letters, ends+25_002, absent)
		want := []struct {
			kind engine.EventKind
			at   engine.Instant
		}{
			{engine.KindBidAccepted, ends - 5000},
			{engine.KindOutageCredited, ends + 25_000},
			{engine.KindBidAccepted, ends + 25_000},
			{engine.KindBidAccepted, ends + 25_001},
		}
		if len(b.entries) != len(want) {
			t.Fatalf("%d records, want %d", len(b.entries), len(want))
		}
		for i, e := range b.entries {
			if r, err := e.Record(); err != nil || r.Event.Kind() != want[i].kind || r.At != want[i].at {
				t.Errorf("record %d is %s at %d (%v), want %s at %d", i, r.Event.Kind(), r.At, err, want[i].kind, want[i].at)
			}
		}
		if c.state.ClosesAt != ends+30_000 {
			t.Errorf("the session ends at %d, want %d", c.state.ClosesAt, ends+30_000)
		}
	})
}

func TestPulse(t *testing.T) {
	now := time.UnixMilli(1_000_000)
	steady := time.Hour
	p := newPulse(func() time.Time { return now }, func() time.Duration { return steady })
	pass := func(d time.Duration) { now, steady = now.Add(d), steady+d }
	step := func(d time.Duration) { pass(d); p.beat() }
	seen := int64(0)
	missed := func() (o outage) { o, seen = p.missed(seen); return o }

	step(beatEvery)
	step(1999 * time.Millisecond)
	if o := missed(); o != (outage{}) {
		t.Errorf("a late beat is a standstill: %v", o)
	}
	pass(2 * time.Second)
	if o := missed(); o != (outage{1_002_499, 1_004_499}) {
		t.Errorf("whoever wakes first notices %v", o)
	}
	if o := missed(); o != (outage{}) {
		t.Errorf("a standstill is noticed twice: %v", o)
	}
	step(500 * time.Millisecond)
	step(3 * time.Second)
	step(time.Second)
	step(4 * time.Second)
	if o := missed(); o != (outage{1_004_999, 1_012_999}) {
		t.Errorf("two standstills at once: %v", o)
	}
	for range maxStandstills + 10 {
		step(2 * time.Second)
	}
	if o := missed(); o.to-o.from != maxStandstills*2000 {
		t.Errorf("more than are remembered: %v", o)
	}
	for _, set := range []time.Duration{-time.Hour, time.Hour} {
		now = now.Add(set)
		step(beatEvery)
		if o := missed(); o != (outage{}) {
			t.Errorf("a clock set by %v is a standstill: %v", set, o)
		}
	}
	now = now.Add(time.Hour) // set while the process stood still
	step(3 * time.Second)
	if o := missed(); o != (outage{engine.InstantOf(now).Add(-3000), engine.InstantOf(now)}) {
		t.Errorf("set in a standstill: %v", o)
	}
}
