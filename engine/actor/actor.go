// Package actor gives each session one owner: a goroutine that decides what
// comes in, has it journalled, and only then tells anybody.
package actor

import (
	"context"
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
	// Opened says that a session is being served (again), with its whole room.
	Opened(id engine.SessionID, room engine.Room, seq engine.FeedSeq, desk engine.Desk)
	// Tell says what a durable batch changed.
	Tell(id engine.SessionID, told engine.Told)
}

// Meter counts what actors do. Its methods are called on the sessions'
// goroutines and must not block.
type Meter interface {
	// Decided counts one answered command; reason is empty where it was accepted.
	Decided(act engine.ActName, accepted bool, reason engine.Reason)
	// Appended measures one append of a number of records.
	Appended(records int, took time.Duration, err error)
}

// Actor owns one session. Everything but run and what run calls may be used
// from any goroutine.
type Actor struct {
	id      engine.SessionID
	journal engine.Journal
	feed    Feed
	meter   Meter
	log     *slog.Logger
	box     *mailbox
	onFinal func(engine.SessionID)

	view      atomic.Pointer[View]
	standings sync.Map                                               // engine.ParticipantCode → engine.Standing
	holders   atomic.Pointer[map[engine.Hash]engine.ParticipantCode] // of the participants' accounts, fixed at creation
	served    chan struct{}                                          // closed once the session has been read back for the first time
	once      sync.Once
}

// View is what an actor has published of its session. Nobody writes into it.
type View struct {
	Room         engine.Room
	Feed         engine.FeedSeq
	Rows         []engine.Row // every row, oldest first
	Participants int
	CheckedIn    int
	Head         engine.Head
}

// restartPauses is how long an actor waits before it reads its session back
// after a failure: at once, then longer, so that a broken disk is not hammered.
var restartPauses = []time.Duration{0, 50 * time.Millisecond, 250 * time.Millisecond, time.Second, 5 * time.Second}

// run serves the session until ctx ends. After a failed append nobody knows
// what reached the disk, so the state dies and is read back. It returns an
// error only if the journal is damaged: such a session is not served.
func (a *Actor) run(ctx context.Context, lastAlive engine.Instant) error {
	defer a.refuseRest()
	for failures := 0; ; failures++ {
		select {
		case <-time.After(restartPauses[min(failures, len(restartPauses)-1)]):
		case <-ctx.Done():
			return nil
		}
		c, err := a.recover(ctx)
		if err != nil {
			if isDamage(err) {
				return err
			}
			a.log.Error("session cannot be read back, will try again", "session", a.id, "err", err)
			continue
		}
		served, err := a.serve(ctx, c, lastAlive)
		if err == nil {
			return nil
		}
		a.log.Error("append failed, reading the session back", "session", a.id, "err", err)
		if served {
			failures = 0
		}
		lastAlive = engine.InstantOf(time.Now())
	}
}

// serve decides letters until ctx ends or an append fails. It tells whether at
// least one append succeeded.
func (a *Actor) serve(ctx context.Context, c *core, lastAlive engine.Instant) (served bool, err error) {
	credit := letter{cmd: engine.Command{By: engine.System, Do: engine.CreditOutage{From: lastAlive}}, at: engine.InstantOf(time.Now())}
	if lastAlive != 0 && credit.at.Sub(lastAlive) >= leastOutage {
		if err := a.commit(ctx, c, c.outage(credit)); err != nil {
			return false, err
		}
	}
	a.publish(c)
	a.publishStandings(c.standings())
	a.feed.Opened(a.id, c.room, c.state.Feed, c.wholeDesk())
	a.once.Do(func() { close(a.served) })
	if c.state.Phase.Final() {
		a.onFinal(a.id)
	}
	var spare []letter
	for {
		letters, now := a.box.take(ctx, engine.Deadline(&c.state), spare)
		if len(letters) == 0 && ctx.Err() != nil {
			return served, nil
		}
		b := c.step(letters, now)
		err := a.commit(ctx, c, b)
		if err == nil && len(b.entries) > 0 {
			served = true
			a.publish(c)
			a.publishStandings(b.told.You)
			a.feed.Tell(a.id, b.told)
		}
		for _, answer := range b.answers {
			answer(err)
		}
		if err != nil {
			return served, err
		}
		if b.final {
			a.onFinal(a.id)
		}
		clear(letters)
		spare = letters
	}
}

// commit makes a batch durable. It blocks for one sync. An append once begun
// is not given up when the program stops.
func (a *Actor) commit(ctx context.Context, c *core, b batch) error {
	if len(b.entries) == 0 {
		return nil
	}
	began := time.Now()
	err := a.journal.Append(context.WithoutCancel(ctx), a.id, b.after, b.entries)
	a.meter.Appended(len(b.entries), time.Since(began), err)
	if err != nil {
		return fmt.Errorf("%w: %w", engine.ErrUnknownOutcome, err)
	}
	return nil
}

// publish makes the state after a durable batch visible to readers.
func (a *Actor) publish(c *core) {
	a.view.Store(&View{
		Room: c.room, Feed: c.state.Feed, Rows: c.rows,
		Participants: len(c.state.Bidders()), CheckedIn: c.state.Present, Head: c.state.Head,
	})
}

// publishStandings makes what participants may know of themselves readable.
func (a *Actor) publishStandings(you []engine.Standing) {
	for _, s := range you {
		a.standings.Store(s.Code, s)
	}
}

// refuseRest answers letters that nobody will decide any more.
func (a *Actor) refuseRest() {
	for _, l := range a.box.close() {
		if l.answer != nil {
			l.answer(engine.Receipt{}, engine.ErrUnknownOutcome)
		}
	}
}
