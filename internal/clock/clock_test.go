package clock

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// fake is a machine whose clocks a test moves. No real process is used: a time
// namespace shifts only the steady clock, and setting the time of day of the
// machine that tests is nobody's right.
type fake struct {
	steady time.Duration
	wall   time.Time
}

var morning = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

func newFake() *fake { return &fake{steady: time.Hour, wall: morning} }

func (f *fake) Steady() time.Duration { return f.steady }
func (f *fake) Wall() time.Time       { return f.wall }

// pass lets real time pass.
func (f *fake) pass(d time.Duration) {
	f.steady += d
	f.wall = f.wall.Add(d)
}

// step sets the time of day, as settimeofday does.
func (f *fake) step(d time.Duration) { f.wall = f.wall.Add(d) }

// book keeps jumps in memory.
type book struct{ jumps []Jump }

func (b *book) Jumped(j Jump) error {
	b.jumps = append(b.jumps, j)
	return nil
}

func (b *book) kinds() (kinds []JumpKind) {
	for _, j := range b.jumps {
		kinds = append(kinds, j.Kind)
	}
	return kinds
}

func vouched(ok bool) func(time.Duration) bool { return func(time.Duration) bool { return ok } }

// bench is a clock on a fake machine.
type bench struct {
	*Clock
	fake *fake
	book *book
	t    *testing.T
}

func newBench(t *testing.T, o Options) *bench {
	b := &bench{fake: newFake(), book: new(book), t: t}
	o.Source, o.Book = b.fake, b.book
	b.Clock = New(o)
	return b
}

// live lets time pass while the clock is looked after.
func (b *bench) live(d time.Duration, running int) {
	for ; d > 0; d -= lookEvery {
		b.fake.pass(min(d, lookEvery))
		b.look(running)
	}
}

func (b *bench) want(when string, want time.Time) {
	b.t.Helper()
	if got := b.Now(); got.Sub(want).Abs() > time.Millisecond {
		b.t.Errorf("%s it is %v, want %v", when, got, want)
	}
}

func TestTheClockStartsWithTheTimeOfDay(t *testing.T) {
	b := newBench(t, Options{})
	b.want("at first", morning)
	b.live(time.Hour, 0)
	b.want("an hour later", morning.Add(time.Hour))
	if len(b.book.jumps) != 0 {
		t.Errorf("noted: %v", b.book.jumps)
	}
}

func TestAStepMovesNothingWhileASessionRuns(t *testing.T) {
	for _, step := range []time.Duration{time.Hour, -time.Hour, 30 * 24 * time.Hour, -time.Second, 300 * time.Millisecond} {
		b := newBench(t, Options{}) // nobody vouches
		b.live(time.Minute, 2)
		b.fake.step(step)
		b.want("right after the step", morning.Add(time.Minute))
		b.live(10*time.Minute, 2)
		b.want("ten minutes later", morning.Add(11*time.Minute))
		if len(b.book.jumps) != 1 {
			t.Fatalf("a step by %v: noted %v", step, b.book.jumps)
		}
		j := b.book.jumps[0]
		at := morning.Add(time.Minute + lookEvery)
		if j.Kind != Step || j.By() != step || !j.At.Equal(at) || !j.Before.Equal(at) || !j.After.Equal(at.Add(step)) || j.Running != 2 {
			t.Errorf("a step by %v: noted %+v", step, j)
		}
		if got := b.Ahead(); got != step {
			t.Errorf("the machine is said to be %v ahead, want %v", got, step)
		}
	}
}

func TestSmallStepsAddUp(t *testing.T) {
	b := newBench(t, Options{Vouch: vouched(true)})
	for range 3 {
		b.fake.step(100 * time.Millisecond)
		b.live(lookEvery, 1)
	}
	if len(b.book.jumps) != 1 || b.book.jumps[0].By() != 300*time.Millisecond {
		t.Errorf("noted: %v", b.book.jumps)
	}
}

func TestAStepThatIsVouchedForIsSlewedWhileASessionRuns(t *testing.T) {
	for _, step := range []time.Duration{time.Second, -time.Second} {
		b := newBench(t, Options{Vouch: vouched(true)})
		b.fake.step(step)
		b.look(1)
		sign := step / time.Second
		b.live(1000*time.Second, 1)
		b.want("at 500 millionths", morning.Add(1000*time.Second+sign*500*time.Millisecond))
		b.live(1010*time.Second, 1)
		b.want("in the end", b.fake.wall)
		if got := b.book.kinds(); len(got) != 1 || got[0] != Step {
			t.Errorf("noted: %v", got)
		}
	}
}

func TestAStepIsFollowedOnceNoSessionRuns(t *testing.T) {
	for _, step := range []time.Duration{time.Hour, -time.Hour} {
		b := newBench(t, Options{Vouch: vouched(true)})
		b.fake.step(step)
		b.live(10*time.Minute, 1)
		if got := b.Ahead(); got.Abs() < step.Abs()-time.Second {
			t.Fatalf("while a session ran only %v were left", got)
		}
		b.live(lookEvery, 0)
		b.want("without sessions", b.fake.wall)
		if got := b.book.kinds(); len(got) != 2 || got[0] != Step || got[1] != Follow {
			t.Errorf("noted: %v", got)
		}
	}
}

func TestAStepThatNobodyVouchesForIsNeverFollowed(t *testing.T) {
	word := false
	b := newBench(t, Options{Vouch: func(time.Duration) bool { return word }})
	b.fake.step(24 * time.Hour) // a slip of the hand: every session of today would open
	b.live(time.Hour, 0)
	b.want("an hour later", morning.Add(time.Hour))
	b.fake.step(-24 * time.Hour) // noticed and undone
	b.live(time.Minute, 0)
	b.want("undone", morning.Add(time.Hour+time.Minute))
	b.fake.step(time.Hour)
	b.live(time.Minute, 0)
	word = true
	b.live(lookEvery, 0)
	b.want("with somebody's word", b.fake.wall)
}

func TestTheVouchIsAskedForTheTimeOfDayAsItIsNow(t *testing.T) {
	var asked time.Duration
	b := newBench(t, Options{Vouch: func(drift time.Duration) bool { asked = drift; return false }})
	b.fake.step(time.Hour)
	b.live(lookEvery, 0)
	if want := sinceEpoch(b.fake.wall) - b.fake.steady; asked != want {
		t.Errorf("asked for %v, want %v", asked, want)
	}
}

func TestASleepOfTheMachineIsRealTime(t *testing.T) {
	b := newBench(t, Options{})
	b.fake.pass(8 * time.Hour) // nobody looked
	b.want("after the sleep", morning.Add(8*time.Hour))
	b.look(1)
	if len(b.book.jumps) != 0 {
		t.Errorf("noted: %v", b.book.jumps)
	}
}

// A process that starts with a clock that was set back goes on from where the
// one before was alive.
func TestTimeGoesOnAfterARestart(t *testing.T) {
	died := morning.Add(time.Hour)
	b := newBench(t, Options{NotBefore: died})
	b.want("at the start", died)
	b.live(10*time.Minute, 1)
	if now := b.Now(); now.Before(died.Add(10*time.Minute-time.Second)) || now.After(died.Add(10*time.Minute)) {
		t.Errorf("with a session running it is %v", now)
	}
	b.live(lookEvery, 0)
	b.want("without sessions", b.fake.wall)
	if got := b.book.kinds(); len(got) != 2 || got[0] != Behind || got[1] != Follow || b.book.jumps[0].By() != -time.Hour {
		t.Errorf("noted: %+v", b.book.jumps)
	}
}

func TestARestartThatIsLaterIsNoJump(t *testing.T) {
	b := newBench(t, Options{NotBefore: morning.Add(-time.Hour)})
	b.want("at the start", morning)
	b.live(time.Minute, 0)
	if len(b.book.jumps) != 0 {
		t.Errorf("noted: %v", b.book.jumps)
	}
}

// Whatever happens to the time of day while a session runs, time never runs
// backwards and its rate is right to 500 millionths: no deadline is reached
// early or late by more than that.
func TestNoDeadlineIsReachedEarlyOrLate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.Bool().Draw(t, "vouched at first")
		f := newFake()
		c := New(Options{
			Source: f, Vouch: func(time.Duration) bool { return word },
			NotBefore: morning.Add(time.Duration(rapid.Int64Range(-7200, 7200).Draw(t, "died")) * time.Second),
		})
		began, last := c.Now(), c.Now()
		var passed time.Duration
		for range rapid.IntRange(1, 60).Draw(t, "acts") {
			switch rapid.IntRange(0, 4).Draw(t, "act") {
			case 0:
				f.step(time.Duration(rapid.Int64Range(-20_000_000, 20_000_000).Draw(t, "step")) * time.Millisecond)
			case 1:
				word = !word
			case 2:
				d := time.Duration(rapid.Int64Range(0, 8*3_600_000).Draw(t, "asleep")) * time.Millisecond
				f.pass(d)
				passed += d
			default:
				d := time.Duration(rapid.Int64Range(0, 900).Draw(t, "passed")) * time.Millisecond
				f.pass(d)
				passed += d
			}
			if rapid.Bool().Draw(t, "looked") {
				c.look(1)
			}
			now := c.Now()
			if now.Before(last) {
				t.Fatalf("it was %v and is %v", last, now)
			}
			last = now
			off := now.Sub(began) - passed
			if allowed := time.Duration(float64(passed)*slewPerSecond.Seconds()) + time.Microsecond; off.Abs() > allowed {
				t.Fatalf("after %v the clock is off by %v, more than %v", passed, off, allowed)
			}
		}
	})
}

// Whoever read the steady clock first may be the last to get the lock.
func TestTwoReadersNeverSeeTimeRunBackwards(t *testing.T) {
	b := newBench(t, Options{})
	b.fake.pass(time.Second)
	later := b.Now()
	b.fake.steady -= time.Millisecond
	if earlier := b.Now(); earlier.Before(later) {
		t.Errorf("it was %v and is %v", later, earlier)
	}
}

func TestSlewingEndsWithTheWordForIt(t *testing.T) {
	word := true
	b := newBench(t, Options{Vouch: func(time.Duration) bool { return word }})
	b.fake.step(time.Minute)
	b.live(1000*time.Second, 1)
	word = false
	b.look(1)
	left := b.Ahead()
	b.live(1000*time.Second, 1)
	if got := b.Ahead(); got != left {
		t.Errorf("%v of %v are left", got, left)
	}
}
