package clock

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/beevik/ntp"
)

// The numbers of the watch.
const (
	// kernelEvery is how often the kernel is asked; it answers at once.
	kernelEvery = 5 * time.Second
	// ntpEvery is how often NTP servers are asked: as often as an NTP client
	// with its shortest usual interval does, which public servers allow.
	ntpEvery = 64 * time.Second
	// ntpTimeout is how long an answer is waited for.
	ntpTimeout = 5 * time.Second
	// ntpKept is for how long an answer counts: four intervals.
	ntpKept = 4 * ntpEvery
	// driftPerSecond is how much a free-running quartz may drift (RFC 5905:
	// 15 millionths): what an answer's error grows by while it is kept.
	driftPerSecond = 15 * time.Microsecond

	// MaxOffset and MaxError are the bounds of a clock that may be sold by. Who
	// compares it with a telephone sees no difference within half a second. The
	// kernel's bound on its error grows to one second between two polls of
	// usual clients, so two seconds mean that polls are missing.
	MaxOffset = 500 * time.Millisecond
	MaxError  = 2 * time.Second
)

// Who has an opinion of the machine's time of day.
const (
	Nobody = "none"
	Kernel = "kernel" // the operating system, which a time service keeps
	NTP    = "ntp"    // servers we asked ourselves
)

// Opinion is what the kernel thinks of the machine's time of day.
type Opinion struct {
	Source       string // Kernel; Nobody: it cannot be asked
	Synchronised bool
	Error        time.Duration // by which it may be wrong at most
}

// Status is what is known of the server's clock.
type Status struct {
	Now          time.Time
	Source       string        // Nobody, Kernel or NTP
	Synchronised bool          // the source says so; else Offset and Error are not known to be true
	Offset       time.Duration // by which the server's clock is fast
	Error        time.Duration // by which Offset may be wrong at most
	Since        time.Time     // by the server's clock: for how long Good, or not Good
	Good         bool          // synchronised and within MaxOffset and MaxError
	Ahead        time.Duration // by which the machine's time of day differs, after a step
}

// WatchOptions of a Watch.
type WatchOptions struct {
	Servers []string // NTP servers, host or host:port; none: only the kernel is asked
	Log     *slog.Logger

	kernel func() (Opinion, bool)              // of tests; nil: the machine's
	query  func(server string) (answer, error) // of tests; nil: over the network
}

// answer is what one NTP server said of the machine's time of day.
type answer struct{ offset, err time.Duration }

// word is an answer that steps of the time of day do not touch.
type word struct {
	truth time.Duration // the true time minus the steady clock
	err   time.Duration // by which that may be wrong at most
	at    time.Duration // steady moment of it
}

// Watch asks what others think of the machine's time of day. It blocks nobody:
// what is read is what was last heard. All methods may be called from any
// goroutine.
type Watch struct {
	o     WatchOptions
	clock *Clock

	mu     sync.Mutex
	kernel Opinion
	heard  bool // any of the servers, ever
	ntp    word // of the middle one, when last asked
	good   bool
	since  time.Time
}

// NewWatch makes a watch. Join it with its clock before the first Status.
func NewWatch(o WatchOptions) *Watch {
	if o.kernel == nil {
		o.kernel = kernelOpinion
	}
	if o.query == nil {
		o.query = ask
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	w := &Watch{o: o, kernel: Opinion{Source: Nobody}}
	w.askKernel()
	return w
}

// Of says whose clock is watched.
func (w *Watch) Of(c *Clock) {
	w.clock = c
	w.judge()
}

// Vouch is Options.Vouch. The kernel's word counts, because setting the time of
// day by hand makes a kernel unsynchronised until its time service agrees; and
// so does what NTP servers said, before the step or after it.
func (w *Watch) Vouch(drift time.Duration) bool {
	w.askKernel()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.kernel.Synchronised || w.heardLately() && (drift-w.ntp.truth).Abs() <= MaxOffset
}

// heardLately tells whether what NTP servers said still counts. The caller
// holds mu.
func (w *Watch) heardLately() bool {
	return w.heard && w.clock.source.Steady()-w.ntp.at <= ntpKept
}

func (w *Watch) askKernel() {
	opinion, ok := w.o.kernel()
	if !ok {
		opinion = Opinion{Source: Nobody}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kernel = opinion
}

// Run asks until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	var asking sync.WaitGroup
	defer asking.Wait()
	if len(w.o.Servers) > 0 {
		asking.Go(func() { w.askServers(ctx) })
	}
	beat := time.NewTicker(kernelEvery)
	defer beat.Stop()
	for {
		w.askKernel()
		w.judge()
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

// askServers asks all NTP servers now and then, all at once.
func (w *Watch) askServers(ctx context.Context) {
	beat := time.NewTicker(ntpEvery)
	defer beat.Stop()
	for {
		w.askAll(ctx)
		w.judge()
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

// askAll asks every server and keeps the median of what they say. It waits for
// the slowest, twice ntpTimeout at most, or until ctx ends: a question over the
// network cannot be taken back, so who asks it is left alone.
func (w *Watch) askAll(ctx context.Context) {
	type reply struct {
		word
		failure error
	}
	replies := make(chan reply, len(w.o.Servers))
	for _, server := range w.o.Servers {
		go func() {
			a, err := w.o.query(server)
			if err != nil {
				replies <- reply{failure: fmt.Errorf("%s: %w", server, err)}
				return
			}
			steady, wall, width := w.clock.read() // at once: the time of day may be set while others are waited for
			replies <- reply{word: word{truth: wall - steady + a.offset, err: a.err + (width+1)/2, at: steady}}
		}()
	}
	patience := time.After(2 * ntpTimeout)
	var heard []word
	for waiting := len(w.o.Servers); waiting > 0; waiting-- {
		select {
		case r := <-replies:
			if r.failure == nil {
				heard = append(heard, r.word)
			} else {
				w.o.Log.Debug("a time server did not answer", "err", r.failure)
			}
		case <-patience:
			waiting = 1 // the others have had their time
		case <-ctx.Done():
			return
		}
	}
	if len(heard) == 0 {
		return // what was heard before ages
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard, w.ntp = true, median(heard)
}

// median is the word of the middle one. With three servers or more, one that lies
// does not count. Where two disagree beyond their errors there is no middle: the
// error then covers both.
func median(heard []word) word {
	slices.SortFunc(heard, func(a, b word) int { return cmp.Compare(a.truth, b.truth) })
	low, high := heard[(len(heard)-1)/2], heard[len(heard)/2]
	truth := low.truth + (high.truth-low.truth)/2
	return word{
		truth: truth, at: min(low.at, high.at),
		err: max(high.truth-truth+high.err, truth-low.truth+low.err),
	}
}

// ask asks one server over the network.
func ask(server string) (answer, error) {
	r, err := ntp.QueryWithOptions(server, ntp.QueryOptions{Timeout: ntpTimeout})
	if err != nil {
		return answer{}, err
	}
	if err := r.Validate(); err != nil {
		return answer{}, err
	}
	return answer{offset: r.ClockOffset, err: r.RootDistance}, nil
}

// Status is what is known now.
func (w *Watch) Status() Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.status()
	s.Since = w.since
	return s
}

// status judges the server's clock by NTP servers we asked ourselves, or else
// by the kernel. The caller holds mu.
func (w *Watch) status() Status {
	ahead := w.clock.Ahead()
	now, steady := w.clock.now() // of one moment: what passes between two is no offset
	s := Status{
		Now: fromEpoch(now), Ahead: ahead,
		Source: w.kernel.Source, Synchronised: w.kernel.Synchronised, Error: w.kernel.Error, Offset: -ahead,
	}
	if w.heardLately() {
		s.Source, s.Synchronised = NTP, true
		s.Offset = now - steady - w.ntp.truth
		s.Error = w.ntp.err + time.Duration((steady-w.ntp.at).Seconds()*float64(driftPerSecond))
	}
	s.Good = s.Synchronised && s.Offset.Abs() <= MaxOffset && s.Error <= MaxError
	return s
}

// judge says in the log when the clock goes out of its bounds or comes back.
func (w *Watch) judge() {
	w.mu.Lock()
	s := w.status()
	changed := w.since.IsZero() || s.Good != w.good
	if changed {
		w.good, w.since = s.Good, s.Now
	}
	w.mu.Unlock()
	switch {
	case !changed:
	case s.Good:
		w.o.Log.Info("the server's clock is right", "source", s.Source, "offset", s.Offset, "error", s.Error)
	default:
		w.o.Log.Warn("nobody vouches for the server's clock, or it is wrong", "source", s.Source, "synchronised", s.Synchronised, "offset", s.Offset, "error", s.Error)
	}
}
