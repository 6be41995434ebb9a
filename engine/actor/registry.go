package actor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"gobua/engine"
)

// Registry knows every session of this process and starts its actor. All
// methods may be called from any goroutine.
type Registry struct {
	o      Options
	ctx    context.Context // ends when the actors shall stop
	cancel context.CancelFunc
	wg     sync.WaitGroup
	settle *settler

	mu      sync.RWMutex
	actors  map[engine.SessionID]*Actor
	damaged map[engine.SessionID]error
}

// Options of a Registry. Journal is required; the rest has a silent default.
type Options struct {
	Journal engine.Journal
	Feed    Feed
	Meter   Meter
	Office  Office // takes results; nil: results wait
	Log     *slog.Logger
}

// NewRegistry makes an empty registry. Start brings the sessions back.
func NewRegistry(o Options) *Registry {
	if o.Feed == nil {
		o.Feed = noFeed{}
	}
	if o.Meter == nil {
		o.Meter = noMeter{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := &Registry{o: o, actors: map[engine.SessionID]*Actor{}, damaged: map[engine.SessionID]error{}}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.settle = newSettler(o.Journal, o.Office, o.Log)
	r.wg.Go(func() { r.settle.run(r.ctx) })
	return r
}

// Start reads all sessions back and waits until those that are not settled
// are served; settled ones follow in the background. A damaged session is
// named in the log and not served; the others are.
func (r *Registry) Start(ctx context.Context) error {
	ids, err := r.o.Journal.Sessions(ctx)
	if err != nil {
		return fmt.Errorf("sessions cannot be listed: %w", err)
	}
	lastAlive := r.o.Journal.LastAlive()
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
		urgent = append(urgent, r.launch(id, lastAlive))
	}
	for _, a := range urgent {
		select {
		case <-a.served:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for _, id := range settled {
		r.launch(id, lastAlive)
	}
	return nil
}

// launch starts the actor of a session that the journal has.
func (r *Registry) launch(id engine.SessionID, lastAlive engine.Instant) *Actor {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.actors[id]; a != nil {
		return a
	}
	a := &Actor{
		id: id, journal: r.o.Journal, feed: r.o.Feed, meter: r.o.Meter, log: r.o.Log,
		box: newMailbox(), onFinal: r.settle.enqueue, served: make(chan struct{}),
	}
	r.actors[id] = a
	r.wg.Go(func() {
		err := a.run(r.ctx, lastAlive)
		a.once.Do(func() { close(a.served) })
		if err != nil {
			r.o.Log.Error("session is damaged and is not served", "session", id, "err", err)
			r.mu.Lock()
			r.damaged[id] = err
			delete(r.actors, id)
			r.mu.Unlock()
		}
	})
	return a
}

// Create begins a session: its first record is journalled before it returns.
// Creating the same session with the same rules again does nothing.
func (r *Registry) Create(ctx context.Context, c engine.Created) error {
	if err := engine.CheckCreated(&c); err != nil {
		return err
	}
	if a, ok := r.actor(c.Session); ok {
		return sameRules(ctx, a, c)
	}
	s := new(engine.State)
	rec := s.Record(engine.Command{By: engine.System}, newMailbox().now(), &c)
	body, err := rec.Encode()
	if err != nil {
		return err
	}
	entry := engine.Entry{Seq: rec.Seq, Body: body, Hash: engine.Link(engine.Hash{}, body)}
	err = r.o.Journal.Append(ctx, c.Session, engine.Head{}, []engine.Entry{entry})
	if err != nil && !errors.Is(err, engine.ErrFenced) {
		return err
	}
	a := r.launch(c.Session, 0)
	return sameRules(ctx, a, c)
}

// sameRules waits for a session to be served and compares its rules.
func sameRules(ctx context.Context, a *Actor, c engine.Created) error {
	select {
	case <-a.served:
	case <-ctx.Done():
		return ctx.Err()
	}
	v := a.view.Load()
	if v == nil {
		return fmt.Errorf("session %s cannot be served", c.Session)
	}
	if v.Room.RulesHash != c.RulesHash {
		return fmt.Errorf("session %s exists with other rules: %s, not %s", c.Session, v.Room.RulesHash.Short(), c.RulesHash.Short())
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
	counted := func(receipt engine.Receipt, err error) {
		if err == nil {
			a.meter.Decided(receipt.Act, receipt.Accepted, receipt.Reason)
		}
		answer(receipt, err)
	}
	if err := a.box.put(letter{cmd: c, answer: counted}); err != nil {
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
		ask: func(s *engine.State) {
			for _, cmd := range cmds {
				if receipt, ok := s.Outcome(code, cmd); ok {
					found = append(found, receipt)
				}
			}
		},
		answer: func(_ engine.Receipt, err error) { answer(found, err) },
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
	for _, a := range r.actors {
		letters += a.box.depth()
	}
	return letters
}

// Backlog is how many results wait for the office.
func (r *Registry) Backlog() int { return r.settle.backlog() }

// Stop lets every actor finish what it has begun and returns when all have.
func (r *Registry) Stop() {
	r.cancel()
	r.wg.Wait()
}

type noFeed struct{}

func (noFeed) Opened(engine.SessionID, engine.Room, engine.FeedSeq, engine.Desk) {}
func (noFeed) Tell(engine.SessionID, engine.Told)                                {}
