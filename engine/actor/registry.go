package actor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"gobua/engine"
)

// Registry knows every session of this process and starts its actor. All
// methods may be called from any goroutine.
type Registry struct {
	o       Options
	clock   func() time.Time
	pulse   *pulse
	reading chan struct{}
	ctx     context.Context // ends when everything shall stop
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	settle  *settler
	since   engine.Instant // nobody could reach the sessions of the journal from then on
	marker  marker
	near    *neighbours

	mu        sync.RWMutex
	stopped   bool
	marking   bool // Start has served everybody; from then on the journal is marked
	following bool // Start has begun to follow; only where sessions are shared
	tenures   map[int]*tenure
	actors    map[engine.SessionID]*Actor   // of the sessions that are decided here
	replicas  map[engine.SessionID]*replica // of those that are followed
	shown     map[engine.SessionID]*shown   // of both
	units     map[engine.SessionID]int
	damaged   map[engine.SessionID]error
}

// Options of a Registry. Journal is required; the rest has a silent default.
type Options struct {
	Journal engine.Journal
	Feed    Feed
	Meter   Meter
	Trace   Tracer // nil: nothing is traced
	Office  Office // takes results; nil: results wait
	Sign    Sign   // signs receipts; nil: they are given unsigned
	Log     *slog.Logger
	// Unit tells to which unit the sessions of an auction belong, where this
	// process shares them with others: it decides those that it takes (Take,
	// Give) and follows the rest (Follow). nil: it decides all of them.
	Unit func(auctionID string) int
	// Mirror is where Follow reads what came before; nil: Journal. It has what
	// Follow is given, and reading it waits for nobody who waits for Follow. What
	// was appended here may come into it late; reading Journal waits for that.
	Mirror engine.Journal
	// Now is the server's clock; nil: time.Now. It must not jump while a session
	// runs, nor over the opening of one that nobody can bid in yet: that one then
	// opens at once. After a step back sessions stand still.
	Now func() time.Time
	// Steady counts what really passes, also while the machine sleeps, and never
	// jumps; nil: Now is such a clock.
	Steady func() time.Duration
}

// maxReading is how many sessions are read back at a time: enough to keep a
// disk and the processors busy, without every session's records in memory at once.
const maxReading = 32

// NewRegistry makes an empty registry. Start brings the sessions back.
func NewRegistry(o Options) *Registry {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Steady == nil {
		o.Steady = steadyOf(o.Now)
	}
	if o.Mirror == nil {
		o.Mirror = o.Journal
	}
	if o.Feed == nil {
		o.Feed = noFeed{}
	}
	if o.Meter == nil {
		o.Meter = noMeter{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := &Registry{
		o: o, clock: o.Now, pulse: newPulse(o.Now, o.Steady), reading: make(chan struct{}, maxReading),
		near:    newNeighbours(),
		tenures: map[int]*tenure{}, actors: map[engine.SessionID]*Actor{}, replicas: map[engine.SessionID]*replica{},
		shown: map[engine.SessionID]*shown{}, units: map[engine.SessionID]int{}, damaged: map[engine.SessionID]error{},
	}
	r.settle = newSettler(o.Journal, o.Office, r.Decides, o.Log)
	// A restart cuts every connection, so it never counts as less than
	// leastOutage. Where nothing is known of the process before, a session's own
	// last record is its last sign of life.
	r.since = max(1, min(o.Journal.LastAlive(), engine.InstantOf(o.Now()).Add(-leastOutage)))
	r.ctx, r.cancel = context.WithCancel(context.Background())
	if !r.shares() {
		_, _ = r.enter(everything, r.since) // the first tenure, which nobody can have begun
	}
	r.wg.Go(r.keepPulse)
	if o.Office != nil {
		r.wg.Go(func() { r.settle.run(r.ctx) })
	}
	return r
}

// keepPulse beats until the registry stops. It wakes every actor after a
// standstill, so that the room hears of it even where nobody bids, and after
// the clock was set, because what they wait for is then nearer or further.
func (r *Registry) keepPulse() {
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	var known int64
	ahead := r.ahead()
	for {
		select {
		case <-beat.C:
		case <-r.ctx.Done():
			return
		}
		r.pulse.beat()
		still, count := r.pulse.missed(known)
		now := r.ahead()
		set := (now - ahead).Abs() >= leastSet
		ahead = now
		switch {
		case count != known:
			r.o.Log.Warn("the process stood still, sessions are credited", "from", still.from.Time(), "to", still.to.Time())
		case !set:
			continue
		}
		known = count
		r.mu.RLock()
		for _, a := range r.actors {
			a.box.signal()
		}
		r.mu.RUnlock()
	}
}

// leastSet is the smallest step that is taken for a clock that was set. The
// clock's own slewing comes to a quarter of a millisecond between two beats;
// waking the actors for nothing would do no harm.
const leastSet = 100 * time.Millisecond

// ahead is by how much the time of day is ahead of the steady clock.
func (r *Registry) ahead() time.Duration {
	return time.Duration(r.o.Now().UnixNano()) - r.o.Steady()
}

// Start reads all sessions back and waits until those that are not settled
// are served. A damaged session is named in the log and not served; the others
// are. The time since the process before was last alive is credited; only when
// that is durable the journal's alive mark begins to move, so a process that
// dies before forgets nothing.
//
// Where sessions are shared it decides none, and waits until all are shown.
func (r *Registry) Start(ctx context.Context) error {
	ids, err := r.o.Journal.Sessions(ctx)
	if err != nil {
		return fmt.Errorf("sessions cannot be listed: %w", err)
	}
	if r.shares() {
		err = r.follow(ctx, ids)
	} else {
		err = r.decideAll(ctx, ids)
	}
	if err != nil {
		return err
	}
	return r.startMarking()
}

// decideAll serves all sessions, where they are shared with nobody.
func (r *Registry) decideAll(ctx context.Context, ids []engine.SessionID) error {
	r.mu.RLock()
	t := r.tenures[everything]
	r.mu.RUnlock()
	return r.serve(ctx, t, ids)
}

func (r *Registry) reader() reader { return reader{r.o.Journal, r.near, r.reading} }

// errStopped is what Create and Start say after Stop.
var errStopped = errors.New("the registry has stopped")

// launch starts the actor of a session that the journal has. since: nobody
// could reach it from then on; zero: it could be reached.
func (r *Registry) launch(t *tenure, id engine.SessionID, since engine.Instant, onFinal func(engine.SessionID)) (*Actor, error) {
	auction, err := r.soldWith(id)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.actors[id]; a != nil {
		return a, nil
	}
	if err := r.damaged[id]; err != nil {
		return nil, err
	}
	if r.stopped {
		return nil, errStopped
	}
	if t.ctx.Err() != nil {
		return nil, r.away()
	}
	a := &Actor{
		id: id, shown: r.show(id), reader: r.reader(), feed: r.o.Feed, meter: r.o.Meter, trace: r.o.Trace, log: r.o.Log, sign: r.o.Sign,
		clock: r.clock, pulse: r.pulse, box: newMailbox(r.clock),
		onFinal: onFinal, away: r.away(), shares: r.shares(), served: make(chan struct{}),
	}
	a.owe(outage{from: since})
	a.noticed.Store(r.pulse.count.Load())
	r.actors[id] = a
	r.near.expect(id)
	if auction != "" {
		r.join(t, auction, a)
		return a, nil
	}
	t.wg.Go(func() {
		err := a.run(t.ctx)
		if err == nil {
			a.end(a.away)
			return
		}
		r.lose(a, err)
		a.end(engine.ErrNoSession)
	})
	return a, nil
}

func (r *Registry) actor(id engine.SessionID) (*Actor, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	a, ok := r.actors[id]
	return a, ok
}

// whyNot is why a session that has no actor takes no letter.
func (r *Registry) whyNot(id engine.SessionID) error {
	if _, ok := r.room(id); ok {
		return r.away()
	}
	return engine.ErrNoSession
}

// Submit sends a command to a session's owner. It never blocks; answer is
// called exactly once, on the session's goroutine or at once, and must not
// block either. Its error is engine.ErrBusy, ErrNoSession or ErrUnknownOutcome,
// or ErrElsewhere.
func (r *Registry) Submit(id engine.SessionID, c engine.Command, answer func(engine.Receipt, error)) {
	a, ok := r.actor(id)
	if !ok {
		answer(engine.Receipt{}, r.whyNot(id))
		return
	}
	received := r.pulse.steady()
	counted := func(receipt engine.Receipt, err error) {
		if err == nil && !a.unmeasured.Load() {
			a.meter.Decided(receipt.Act, receipt.Accepted, receipt.Reason, r.pulse.steady()-received)
		}
		answer(receipt, err)
	}
	l := letter{to: a, cmd: c, answer: counted}
	r.keepWay(&l)
	if err := a.box.put(l); err != nil {
		answer(engine.Receipt{}, err)
	}
}

// Receipts looks up what became of commands. It never blocks; answer is called
// like Submit's. What is not found was never decided; if the question drops it, it
// will not be as long as the session is decided here. What was decided so long
// ago that its receipt is not kept is answered as when it is sent again, with
// engine.ReasonCommandTooOld.
func (r *Registry) Receipts(id engine.SessionID, q engine.Question, answer func([]engine.Receipt, error)) {
	a, ok := r.actor(id)
	if !ok {
		answer(nil, r.whyNot(id))
		return
	}
	var found []engine.Receipt
	err := a.box.put(letter{
		to: a,
		ask: func(s *engine.State) {
			for _, cmd := range q.Commands {
				receipt, ok := s.Outcome(q.Code, cmd)
				switch {
				case ok:
					found = append(found, receipt)
				case s.Forgot(q.Code, cmd): // it may have counted, so nobody is told that it did not arrive
					found = append(found, engine.Receipt{Cmd: cmd, At: s.LastAt, Reason: engine.ReasonCommandTooOld, Price: s.Price, Next: s.NextMinimum()})
				case q.Drop:
					a.dropped.drop(q.Code, cmd)
				}
			}
		},
		answer: func(_ engine.Receipt, err error) {
			if q.Code != "" && err == nil {
				a.signAgain(q.Code, found)
			}
			answer(found, err)
		},
	})
	if err != nil {
		answer(nil, err)
	}
}

// Stop lets every actor decide the letters it has, and returns when all have.
// Letters that come later are answered with engine.ErrBusy. A delivery to the
// office is broken off; it is repeated after the next start. The journal is
// marked a last time, and must be closed after Stop, not before.
func (r *Registry) Stop() {
	r.mu.Lock()
	r.stopped = true
	r.mu.Unlock()
	r.cancel()
	for _, t := range r.tenures { // none begins any more
		t.wg.Wait()
	}
	r.wg.Wait()
	if r.marking { // which nobody writes any more
		r.mark()
	}
}
