package actor

import (
	"context"
	"crypto/rand"
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
	ctx     context.Context // ends when the actors shall stop
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	settle  *settler
	since   engine.Instant // nobody could reach the sessions of the journal from then on
	marker  marker
	near    *neighbours

	mu      sync.RWMutex
	stopped bool
	marking bool // Start has served everybody; from then on the journal is marked
	actors  map[engine.SessionID]*Actor
	damaged map[engine.SessionID]error
	groups  map[string]*group // of lots that are sold together, by auction; see group.go
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
		settle: newSettler(o.Journal, o.Office, o.Log),
		near:   newNeighbours(),
		actors: map[engine.SessionID]*Actor{}, damaged: map[engine.SessionID]error{},
	}
	// A restart cuts every connection, so it never counts as less than
	// leastOutage. Where nothing is known of the process before, a session's own
	// last record is its last sign of life.
	r.since = max(1, min(o.Journal.LastAlive(), engine.InstantOf(o.Now()).Add(-leastOutage)))
	r.ctx, r.cancel = context.WithCancel(context.Background())
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
// are served; settled ones follow in the background. A damaged session is
// named in the log and not served; the others are. The time since the process
// before was last alive is credited; only when that is durable the journal's
// alive mark begins to move, so a process that dies before forgets nothing.
func (r *Registry) Start(ctx context.Context) error {
	ids, err := r.o.Journal.Sessions(ctx)
	if err != nil {
		return fmt.Errorf("sessions cannot be listed: %w", err)
	}
	var urgent []*Actor
	var settled []engine.SessionID
	for _, id := range ids {
		done, err := r.o.Journal.Settled(ctx, id)
		if err != nil {
			return fmt.Errorf("session %s: %w", id, err)
		}
		if done {
			settled = append(settled, id)
			continue
		}
		a, err := r.launch(id, r.since, r.settle.enqueue)
		if err != nil {
			return err
		}
		urgent = append(urgent, a)
	}
	r.settle.remember(settled)
	r.settle.audit()
	with, settled, err := r.companions(settled)
	if err != nil {
		return err
	}
	for _, a := range append(urgent, with...) {
		select {
		case <-a.served:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for _, id := range settled { // their clocks stand, so they are owed nothing
		if _, err := r.launch(id, 0, func(engine.SessionID) {}); err != nil {
			return err
		}
	}
	return r.startMarking()
}

// errStopped is what Create and Start say after Stop.
var errStopped = errors.New("the registry has stopped")

// launch starts the actor of a session that the journal has. since: nobody
// could reach it from then on; zero: it could be reached.
func (r *Registry) launch(id engine.SessionID, since engine.Instant, onFinal func(engine.SessionID)) (*Actor, error) {
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
	a := &Actor{
		id: id, journal: r.o.Journal, feed: r.o.Feed, meter: r.o.Meter, trace: r.o.Trace, log: r.o.Log, sign: r.o.Sign,
		clock: r.clock, pulse: r.pulse, box: newMailbox(r.clock), reading: r.reading, near: r.near,
		onFinal: onFinal, served: make(chan struct{}),
	}
	a.owe(outage{from: since})
	a.noticed.Store(r.pulse.count.Load())
	r.actors[id] = a
	r.near.expect(id)
	if auction != "" {
		r.join(auction, a)
		return a, nil
	}
	r.wg.Go(func() {
		err := a.run(r.ctx)
		if err == nil {
			a.end(engine.ErrBusy)
			return
		}
		r.lose(a, err)
		a.end(engine.ErrNoSession)
	})
	return a, nil
}

// Create begins a session: its first record is journalled before it returns.
// Creating a session again with the same rules, lot and participants does
// nothing; with others it is an error. After any error it may be called again.
func (r *Registry) Create(ctx context.Context, c engine.Created) error {
	if err := engine.CheckCreated(&c); err != nil {
		return err
	}
	since := engine.Instant(0)
	if _, ok := r.actor(c.Session); !ok {
		switch err := r.begin(ctx, c); {
		case errors.Is(err, engine.ErrFenced):
			since = r.since // it was there before, perhaps before the process
		case err != nil:
			return err
		}
	}
	a, err := r.launch(c.Session, since, r.settle.enqueue)
	if err != nil {
		return err
	}
	return a.sameOrigin(ctx, &c)
}

// begin journals a session's first record. ErrFenced: the journal has one.
func (r *Registry) begin(ctx context.Context, c engine.Created) error {
	if c.Seed == nil {
		c.Seed = new(engine.Hash)
		rand.Read(c.Seed[:]) // never fails
	}
	rec := new(engine.State).Record(engine.Command{By: engine.System}, engine.InstantOf(r.clock()), &c)
	entry, err := new(engine.State).Entry(&rec)
	if err != nil {
		return err
	}
	return r.o.Journal.Append(ctx, c.Session, engine.Head{}, []engine.Entry{entry})
}

// sameOrigin waits until the session is served and compares what it was
// created with.
func (a *Actor) sameOrigin(ctx context.Context, c *engine.Created) error {
	select {
	case <-a.served:
	case <-ctx.Done():
		return ctx.Err()
	}
	v, origin := a.view.Load(), a.origin.Load()
	switch {
	case v == nil || origin == nil:
		return fmt.Errorf("session %s cannot be served", c.Session)
	case v.Room.RulesHash != c.RulesHash:
		return fmt.Errorf("session %s exists with other rules: %s, not %s", c.Session, v.Room.RulesHash.Short(), c.RulesHash.Short())
	case *origin != fingerprint(c):
		return fmt.Errorf("session %s exists with the same rules but another lot, other participants or another reserve", c.Session)
	}
	return nil
}

func (r *Registry) actor(id engine.SessionID) (*Actor, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	a, ok := r.actors[id]
	return a, ok
}

// Submit sends a command to a session's owner. It never blocks; answer is
// called exactly once, on the session's goroutine or at once, and must not
// block either. Its error is engine.ErrBusy, ErrNoSession or ErrUnknownOutcome.
func (r *Registry) Submit(id engine.SessionID, c engine.Command, answer func(engine.Receipt, error)) {
	a, ok := r.actor(id)
	if !ok {
		answer(engine.Receipt{}, engine.ErrNoSession)
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
	r.follow(&l)
	if err := a.box.put(l); err != nil {
		answer(engine.Receipt{}, err)
	}
}

// Receipts looks up what became of commands; code is empty for staff. It never
// blocks; answer is called like Submit's. What is not found was not decided
// within the sender's last commands.
func (r *Registry) Receipts(id engine.SessionID, code engine.ParticipantCode, cmds []engine.CommandID, answer func([]engine.Receipt, error)) {
	a, ok := r.actor(id)
	if !ok {
		answer(nil, engine.ErrNoSession)
		return
	}
	var found []engine.Receipt
	err := a.box.put(letter{
		to: a,
		ask: func(s *engine.State) {
			for _, cmd := range cmds {
				if receipt, ok := s.Outcome(code, cmd); ok {
					found = append(found, receipt)
				}
			}
		},
		answer: func(_ engine.Receipt, err error) {
			if code != "" && err == nil {
				a.signAgain(code, found)
			}
			answer(found, err)
		},
	})
	if err != nil {
		answer(nil, err)
	}
}

// CodeOf finds the participant of a session that an account holds.
func (r *Registry) CodeOf(id engine.SessionID, accountID string) (engine.ParticipantCode, bool) {
	a, ok := r.actor(id)
	if !ok {
		return "", false
	}
	holders := a.holders.Load()
	if holders == nil {
		return "", false
	}
	code, ok := (*holders)[engine.HolderOf(id, accountID)]
	return code, ok
}

// Exists tells whether a session is known and not damaged.
func (r *Registry) Exists(id engine.SessionID) bool {
	_, ok := r.actor(id)
	return ok
}

// Standing is what a participant may know of themselves, as last published.
func (r *Registry) Standing(id engine.SessionID, code engine.ParticipantCode) (engine.Standing, bool) {
	a, ok := r.actor(id)
	if !ok {
		return engine.Standing{}, false
	}
	you, ok := a.standings.Load(code)
	if !ok {
		return engine.Standing{}, false
	}
	return you.(engine.Standing), true
}

// View is what a session has published last; false until it is served.
func (r *Registry) View(id engine.SessionID) (*View, bool) {
	a, ok := r.actor(id)
	if !ok {
		return nil, false
	}
	v := a.view.Load()
	return v, v != nil
}

// Views is every served session, in no order.
func (r *Registry) Views() []*View {
	r.mu.RLock()
	defer r.mu.RUnlock()
	views := make([]*View, 0, len(r.actors))
	for _, a := range r.actors {
		if v := a.view.Load(); v != nil {
			views = append(views, v)
		}
	}
	return views
}

// The time around its opening in which a session that has not opened counts as
// running: the clock opens it within a second, and an auctioneer may be late.
const (
	opensSoon   = engine.Millis(60_000)
	openingLate = engine.Millis(24 * 3_600_000)
)

// Running is how many sessions the clock must not be set under: bidding has
// begun and is not over, or may begin at any moment.
func (r *Registry) Running() (sessions int) {
	now := engine.InstantOf(r.clock())
	for _, v := range r.Views() {
		switch room := &v.Room; room.Now.Phase {
		case engine.PhaseRunning, engine.PhasePaused:
			sessions++
		case engine.PhaseScheduled:
			if left := room.Rules.OpensAt.Sub(now); left <= opensSoon && left >= -openingLate {
				sessions++
			}
		}
	}
	return sessions
}

// Damaged names the sessions that are not served, and why.
func (r *Registry) Damaged() map[engine.SessionID]error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make(map[engine.SessionID]error, len(r.damaged))
	for id, err := range r.damaged {
		out[id] = err
	}
	return out
}

// Depth is how many letters wait in all mailboxes together.
func (r *Registry) Depth() (letters int) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	boxes := make(map[*mailbox]bool, len(r.actors))
	for _, a := range r.actors {
		if !boxes[a.box] { // a group has one for all its sessions
			boxes[a.box] = true
			letters += a.box.depth()
		}
	}
	return letters
}

// Backlog is how many results wait for the office.
func (r *Registry) Backlog() int { return r.settle.backlog() }

// OfficeIsBack has the office asked whether it still has the results it took:
// it may be another one, that took over from the first and lagged behind. It
// does not block.
func (r *Registry) OfficeIsBack() { r.settle.audit() }

// Stop lets every actor decide the letters it has, and returns when all have.
// Letters that come later are answered with engine.ErrBusy. A delivery to the
// office is broken off; it is repeated after the next start. The journal is
// marked a last time, and must be closed after Stop, not before.
func (r *Registry) Stop() {
	r.mu.Lock()
	r.stopped = true
	r.mu.Unlock()
	r.cancel()
	r.wg.Wait()
	if r.marking { // which nobody writes any more
		r.mark()
	}
}
