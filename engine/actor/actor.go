// Package actor gives each session one owner: a goroutine that decides what
// comes in, has it journalled, and only then tells anybody.
//
// A letter's way is mailbox.go, step.go (decide), actor.go (journal, tell,
// answer). What happens when the journal fails or the process stood still is
// recover.go, outage.go and mark.go; how a result reaches the office is
// settle.go.
package actor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"gobua/engine"
)

// Feed is told what became durable. Its methods are called on the session's
// goroutine, in order; they must not block, and what they are given must not
// be changed.
type Feed interface {
	// Opened says that a session is being served (again), with its whole room:
	// after a failed append the room may hold records that Tell never brought.
	Opened(id engine.SessionID, room engine.Room, seq engine.FeedSeq, desk engine.Desk)
	// Tell says what a durable batch changed.
	Tell(id engine.SessionID, told engine.Told)
	// Gone says that a session turned out to be damaged and is served no more.
	Gone(id engine.SessionID)
}

// Meter counts what actors do. Its methods are called on the sessions'
// goroutines and must not block.
type Meter interface {
	// Decided counts one answered command; reason is empty where it was accepted.
	// It took so long from when it was received until it was decided, durable and told.
	Decided(act engine.ActName, accepted bool, reason engine.Reason, took time.Duration)
	// Appended measures one append of a number of records.
	Appended(records int, took time.Duration, err error)
}

type noFeed struct{}

func (noFeed) Opened(engine.SessionID, engine.Room, engine.FeedSeq, engine.Desk) {}
func (noFeed) Tell(engine.SessionID, engine.Told)                                {}
func (noFeed) Gone(engine.SessionID)                                             {}

type noMeter struct{}

func (noMeter) Decided(engine.ActName, bool, engine.Reason, time.Duration) {}
func (noMeter) Appended(int, time.Duration, error)                         {}

// Actor owns one session. Everything but run and what run calls may be used
// from any goroutine.
type Actor struct {
	id engine.SessionID
	reader
	feed    Feed
	meter   Meter
	trace   Tracer // nil: nobody traces
	log     *slog.Logger
	sign    Sign
	clock   func() time.Time
	pulse   *pulse
	box     *mailbox
	onFinal func(engine.SessionID)
	away    error  // the answer to letters that come when the owner has stopped
	shares  bool   // other processes follow, or decide in turn: a room is opened once, and goes on
	group   *group // owns the session instead of run; nil: it is sold by itself

	*shown
	served chan struct{} // closed once the session is served, or never will be
	once   sync.Once

	shelved    atomic.Bool // it is shown as it was, and read back when somebody asks; see shelf.go
	unmeasured atomic.Bool // a measurement would tell how many sealed offers there are

	// Written on run's goroutine only; the registry's mark reads them.
	owedFrom atomic.Int64 // Instant since when time is owed, or an append is on its way; zero: nothing
	noticed  atomic.Int64 // standstills of the process that are part of owed or credited

	// Of run's goroutine only.
	owed     outage // not credited yet; changed by owe
	dropped  dropped
	failures int // since the last successful append
}

// restartPauses is how long an actor waits before it reads its session back,
// by the number of failures in a row: at once, then longer, so that a broken
// disk is not hammered.
var restartPauses = []time.Duration{0, 50 * time.Millisecond, 250 * time.Millisecond, time.Second, 5 * time.Second}

// run serves the session until ctx ends. After a failed append nobody knows
// what reached the disk, so the state dies and is read back. It returns an
// error only if the journal is damaged: such a session is not served.
func (a *Actor) run(ctx context.Context) error {
	for a.rest(ctx) {
		c, err := a.recover(ctx)
		if err == nil {
			err = a.serve(ctx, c)
		}
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errShelved):
			if !a.onShelf(ctx) {
				return nil
			}
			continue
		case isDamage(err):
			return err
		case ctx.Err() == nil:
			a.log.Error("session is read back from its journal", "session", a.id, "failures", a.failures+1, "err", err)
		}
		a.failures++
	}
	return nil
}

// rest waits before the session is read back; false: ctx ended.
func (a *Actor) rest(ctx context.Context) bool {
	if a.failures > 0 {
		select {
		case <-time.After(restartPauses[min(a.failures, len(restartPauses))-1]):
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}

// serve decides letters until ctx ends or an append fails, or nobody needs the
// session any more. When ctx ends it takes no further letters but decides those
// it has.
func (a *Actor) serve(ctx context.Context, c *core) error {
	a.open(c)
	var letters []letter
	var idle idle
	idle.begin(engine.InstantOf(a.clock()))
	for waited := false; ; waited = true {
		if waited && a.owed == (outage{}) {
			a.box.wait(ctx, idle.until(engine.Deadline(&c.state), c.state.Phase.Final()))
		}
		stopping := ctx.Err() != nil
		if stopping {
			a.box.refuse(a.away)
		}
		var now engine.Instant
		letters, now = a.box.empty(letters)
		if err := a.turn(ctx, c, letters, now); err != nil {
			return err
		}
		a.once.Do(func() { close(a.served) })
		if stopping && a.box.depth() == 0 {
			return nil
		}
		if idle.turned(c.state.Phase.Final(), len(letters), now) {
			return errShelved
		}
	}
}

// turn decides letters as of now, makes what was decided durable, tells it,
// and answers, in this order and no other. After an error the core is no
// longer what is durable and must be dropped.
func (a *Actor) turn(ctx context.Context, c *core, letters []letter, now engine.Instant) error {
	laps := a.laps()
	laps.end() // of the mailbox
	b := c.step(letters, now, a.absence())
	laps.end()
	signed := a.signing(b.given)
	err := a.commit(ctx, b)
	laps.end()
	if err == nil {
		a.tell(c, b)
	}
	laps.end()
	signed()
	laps.end()
	a.passed(b.ways, &laps)
	b.reply(err)
	return err
}

// absence is the outage to credit before anything that came later is decided.
func (a *Actor) absence() outage {
	still, noticed := a.pulse.missed(a.noticed.Load())
	a.owe(a.owed.join(still))
	a.noticed.Store(noticed)
	return a.owed
}

// commit makes a batch durable. It blocks for one sync. An append once begun
// is not given up when the program stops. Time in which the journal did not
// answer is owed to the session: nobody could be told anything.
func (a *Actor) commit(ctx context.Context, b batch) error {
	if len(b.entries) == 0 {
		a.owe(outage{})
		return nil
	}
	began := a.clock()
	if a.owed == (outage{}) {
		a.owedFrom.Store(int64(engine.InstantOf(began))) // in case this is where the process ends
	}
	err := a.journal.Append(context.WithoutCancel(ctx), a.id, b.after, b.entries)
	ended := a.clock()
	if !a.unmeasured.Load() {
		a.meter.Appended(len(b.entries), ended.Sub(began), err)
	}
	silence := outage{engine.InstantOf(began), engine.InstantOf(ended)}
	if err != nil {
		a.owe(a.owed.join(silence))
		return fmt.Errorf("%w: %w", engine.ErrUnknownOutcome, err)
	}
	a.failures = 0
	if silence.to.Sub(silence.from) < leastOutage {
		silence = outage{}
	}
	a.owe(silence)
	return nil
}

// open makes a session that was read back visible, as the journal has it.
func (a *Actor) open(c *core) {
	if a.shelved.Swap(false) {
		return
	}
	// What failed while people stayed connected and was mended at once is no outage.
	owed := outage{a.owed.from, engine.InstantOf(a.clock())}
	if owed.from == 0 || owed.to.Sub(owed.from) < leastOutage {
		owed = outage{}
	}
	a.owe(owed)
	a.unmeasured.Store(c.state.TellsNoCounts())
	defer func() {
		if c.state.Phase.Final() {
			a.onFinal(a.id)
		}
	}()
	if a.shares {
		a.show(a.feed, a.id, c)
		return
	}
	a.publish(c)
	you := c.standings()
	a.publishStandings(you)
	a.feed.Opened(a.id, c.room, c.state.Feed, c.wholeDesk())
	if a.failures > 0 { // participants who stayed connected may have missed what became of them
		room := c.room
		a.feed.Tell(a.id, engine.Told{FirstFeed: c.state.Feed + 1, Room: &room, You: you})
	}
}

// tell makes a durable batch visible.
func (a *Actor) tell(c *core, b batch) {
	if len(b.entries) == 0 {
		return
	}
	a.publish(c)
	a.publishStandings(b.told.You)
	a.feed.Tell(a.id, b.told)
	if b.final {
		a.onFinal(a.id)
	}
}

// end answers the letters that nobody will decide any more, and those that
// still come: nothing happened to them.
func (a *Actor) end(why error) {
	a.box.refuse(why)
	letters, _ := a.box.empty(nil)
	for _, l := range letters {
		l.answer(engine.Receipt{}, why)
	}
	a.once.Do(func() { close(a.served) })
}
