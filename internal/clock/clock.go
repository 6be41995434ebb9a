// Package clock is the one clock of a server: every moment of a session, of
// the office and of the wire comes from it.
//
// It takes the time of day from the machine once, at the start, and from then
// on counts what really passes. A step of the machine's time of day (set by
// hand, by NTP, by a virtual machine that was resumed) therefore moves no
// deadline. What such a step was is noted (jump.go), whether the machine's time
// of day can be trusted is somebody else's word (watch.go), and how the clock
// comes back to it is decided in this file. The reasons are in
// docs/adr/0022-one-clock-that-does-not-jump.md.
package clock

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// The numbers of the clock.
const (
	// jumpBound is the smallest step that is noted, and the largest difference
	// that is never taken at once. A healthy NTP keeps within a few
	// milliseconds, and a person notices a quarter of a second.
	jumpBound = 250 * time.Millisecond
	// slewPerSecond is how much the clock catches up in a second while sessions
	// run: 500 millionths, which is what NTP itself allows a clock to be off
	// its rate (RFC 5905). A quarter of an hour becomes 0.45 s longer or shorter.
	slewPerSecond = 500 * time.Microsecond
	// leastCorrection keeps the clock from following the noise of reading.
	leastCorrection = time.Millisecond
	// lookEvery is how often the two clocks are compared.
	lookEvery = 500 * time.Millisecond
)

// Source reads the machine's clocks. Both methods may be called from any
// goroutine and do not block.
type Source interface {
	// Steady is the time since some fixed moment. It never steps, and it goes
	// on while the machine sleeps.
	Steady() time.Duration
	// Wall is the machine's time of day, which anybody may set.
	Wall() time.Time
}

// Options of a Clock.
type Options struct {
	Source Source // nil: Machine()
	// NotBefore is the last moment at which an earlier process is known to have
	// been alive. Time goes on from there even if the time of day has been set
	// back meanwhile. Zero: nothing is known.
	NotBefore time.Time
	// Vouch says whether somebody who should know agrees that the machine's time
	// of day is now so much more than its steady clock. It must not block. nil:
	// nobody does.
	Vouch func(drift time.Duration) bool
	Book  Book // where jumps are noted; nil: nowhere
	Log   *slog.Logger
}

// Clock is the server's clock. All methods may be called from any goroutine.
type Clock struct {
	source Source
	vouch  func(drift time.Duration) bool
	book   Book
	log    *slog.Logger

	mu   sync.Mutex
	base time.Duration // the clock's time, since 1970, at the steady moment `at`
	at   time.Duration
	lag  time.Duration // what is still to be caught up from there; negative: the clock is ahead
	last time.Duration // the latest time that was told

	drift   time.Duration // wall minus steady, as last noted
	stepped bool          // since the start: from then on the wall needs somebody's word
	ahead   time.Duration // by which the wall was ahead of the clock when last looked at
	jumps   int
}

// New makes a clock that starts with the machine's time of day, or with
// NotBefore if that is later. Run keeps it.
func New(o Options) *Clock {
	if o.Source == nil {
		o.Source = Machine()
	}
	if o.Vouch == nil {
		o.Vouch = func(time.Duration) bool { return false }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Clock{source: o.Source, vouch: o.Vouch, book: o.Book, log: o.Log}
	steady, wall, _ := c.read()
	c.base, c.at, c.drift = wall, steady, wall-steady
	if !o.NotBefore.IsZero() && sinceEpoch(o.NotBefore) > wall {
		c.base = sinceEpoch(o.NotBefore)
		c.ahead = wall - c.base
		if -c.ahead > jumpBound {
			c.note(Jump{Kind: Behind, At: fromEpoch(c.base), Before: fromEpoch(c.base), After: fromEpoch(wall)})
		}
	}
	c.last = c.base
	return c
}

func sinceEpoch(t time.Time) time.Duration { return time.Duration(t.UnixNano()) }

func fromEpoch(d time.Duration) time.Time { return time.Unix(0, int64(d)).UTC() }

// Now is the server's time. It never goes backwards, but for the one case in
// which the clock is set while no session runs.
func (c *Clock) Now() time.Time {
	now, _ := c.now()
	return fromEpoch(now)
}

// now is the server's time since 1970, and the steady moment at which it is that.
func (c *Clock) now() (now, steady time.Duration) {
	steady = c.source.Steady()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = max(c.last, c.reckon(steady))
	return c.last, steady
}

// Steady counts what really passes, from some fixed moment. Nothing sets it, and
// it goes on while the machine sleeps.
func (c *Clock) Steady() time.Duration { return c.source.Steady() }

// Ahead is by how much the machine's time of day was ahead of this clock when
// it was last looked at. Zero but for what is left of a step.
func (c *Clock) Ahead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead
}

// Jumps is how many jumps were noted since the start.
func (c *Clock) Jumps() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.jumps
}

// reckon is the clock's time at a steady moment. The caller holds mu.
func (c *Clock) reckon(steady time.Duration) time.Duration {
	passed := max(0, steady-c.at)
	most := time.Duration(float64(passed) * slewPerSecond.Seconds())
	return c.base + passed + max(-most, min(most, c.lag))
}

// read reads both clocks as of one moment, the least disturbed of three. They are
// half of width apart at most.
func (c *Clock) read() (steady, wall, width time.Duration) {
	width = -1
	for range 3 {
		before := c.source.Steady()
		now := sinceEpoch(c.source.Wall())
		after := c.source.Steady()
		if w := after - before; width < 0 || w < width {
			steady, wall, width = before+w/2, now, w
		}
	}
	return steady, wall, width
}

// Run looks after the clock until ctx ends. running says how many sessions
// run, or may begin to at any moment; it must not block. Until Run looks for
// the first time the clock only counts.
func (c *Clock) Run(ctx context.Context, running func() int) {
	beat := time.NewTicker(lookEvery)
	defer beat.Stop()
	for {
		c.look(running())
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

// look compares the clocks, notes a step and corrects what may be corrected.
func (c *Clock) look(running int) {
	steady, wall, _ := c.read()
	vouched := c.vouch(wall - steady) // who is asked may ask us what time it is
	c.mu.Lock()
	noted := c.compare(steady, wall, vouched, running)
	c.mu.Unlock()
	for _, j := range noted { // a book waits for the disk
		c.note(j)
	}
}

// compare does look's work under mu and returns what is to be noted.
func (c *Clock) compare(steady, wall time.Duration, vouched bool, running int) (noted []Jump) {
	now := max(c.last, c.reckon(steady))
	if step := wall - steady - c.drift; step.Abs() > jumpBound {
		c.drift, c.stepped = wall-steady, true
		c.jumps++
		noted = append(noted, Jump{
			Kind: Step, At: fromEpoch(now), Before: fromEpoch(wall - step), After: fromEpoch(wall), Running: running,
		})
	}
	c.base, c.at, c.lag, c.last = now, steady, 0, now
	c.ahead = wall - now
	switch {
	case c.ahead.Abs() < leastCorrection:
	case c.stepped && !vouched:
		// Nobody says that the step was right: the clock keeps its own time.
	case running > 0 || c.ahead.Abs() <= jumpBound:
		c.lag = c.ahead
	default:
		c.base, c.last, c.ahead = wall, wall, 0
		c.jumps++
		noted = append(noted, Jump{Kind: Follow, At: fromEpoch(now), Before: fromEpoch(now), After: fromEpoch(wall)})
	}
	return noted
}
