package actor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"gobua/engine"
)

// group owns the sessions of one auction whose lots are sold together (rules
// SC4, SC5, and limits across lots): one goroutine and one mailbox for all of
// them, so that what each receives is decided in one order, and one append for
// what a turn decided in any of them. docs/adr/0014-groups-of-lots.md says why.
//
// It does for its members what an Actor does for its one session, in the same
// order: read back (admit), step, commit, tell, answer.
type group struct {
	journal engine.Journal
	clock   func() time.Time
	box     *mailbox
	away    error
	failed  func(*Actor, error) // takes a damaged session out of the registry

	mu      sync.Mutex
	joining []*Actor // launched, and not read back yet

	// Of run's goroutine only.
	members  []*member // by number of the lot
	of       map[*Actor]*member
	failures int // since the last successful append
}

// member is one session of a group.
type member struct {
	a *Actor
	c *core // nil: to be read back

	// Of the present step.
	b         batch
	concerned []engine.ParticipantCode
	absent    outage
	wasFinal  bool
}

// maxStepBytes is how much one step of a group decides before it is made
// durable: an extension is a record in every lot, and a journal takes at most 4
// MB at once.
const maxStepBytes = 1 << 20

func newGroup(j engine.Journal, clock func() time.Time, away error, failed func(*Actor, error)) *group {
	return &group{journal: j, clock: clock, box: newMailbox(clock), away: away, failed: failed, of: map[*Actor]*member{}}
}

// take makes a session one of the group's. Nobody can send the session a letter
// before it returns, so whoever empties the mailbox of one finds it in joining.
func (g *group) take(a *Actor) {
	a.group, a.box = g, g.box
	g.mu.Lock()
	g.joining = append(g.joining, a)
	g.mu.Unlock()
	g.box.signal()
}

// run serves the sessions until ctx ends.
func (g *group) run(ctx context.Context) {
	for g.rest(ctx) {
		err := g.serve(ctx)
		if err == nil || errors.Is(err, errShelved) && !g.onShelf(ctx) {
			break
		}
		if errors.Is(err, errShelved) {
			continue
		}
		if ctx.Err() == nil && len(g.members) > 0 {
			g.members[0].a.log.Error("sessions sold together are read back from their journal", "sessions", len(g.members), "failures", g.failures+1, "err", err)
		}
		g.drop()
	}
	g.end()
}

// rest waits before the sessions are read back; false: ctx ended.
func (g *group) rest(ctx context.Context) bool {
	if g.failures > 0 {
		select {
		case <-time.After(restartPauses[min(g.failures, len(restartPauses))-1]):
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}

// drop forgets what is perhaps not durable.
func (g *group) drop() {
	g.failures++
	for _, m := range g.members {
		m.c = nil
		m.a.failures = g.failures
	}
}

// serve decides letters until ctx ends or an append fails; see Actor.serve.
func (g *group) serve(ctx context.Context) error {
	var letters []letter
	var idle idle
	idle.begin(engine.InstantOf(g.clock()))
	for waited := false; ; waited = true {
		if err := g.admit(ctx); err != nil {
			return err
		}
		if waited && !g.owes() {
			g.box.wait(ctx, idle.until(g.deadline(), g.over()))
		}
		stopping := ctx.Err() != nil
		if stopping {
			g.box.refuse(g.away)
		}
		var now engine.Instant
		letters, now = g.box.empty(letters)
		if err := g.work(ctx, letters, now); err != nil {
			return err
		}
		for _, m := range g.members {
			m.a.once.Do(func() { close(m.a.served) })
		}
		if stopping && g.box.depth() == 0 {
			return nil
		}
		if idle.turned(g.over(), len(letters), now) {
			return errShelved
		}
	}
}

// work decides letters, in as many turns as their records need. After an error
// every letter has its answer.
func (g *group) work(ctx context.Context, letters []letter, now engine.Instant) error {
	err := g.admit(ctx) // whoever joined since the mailbox was emptied has letters in it
	for first := true; err == nil && (first || len(letters) > 0); first = false {
		var n int
		n, err = g.turn(ctx, letters, now)
		letters = letters[n:] // those before have their answer
	}
	for _, l := range letters {
		l.answer(engine.Receipt{}, engine.ErrUnknownOutcome)
	}
	return err
}

// admit reads back every session of the group that is not, and opens it. A
// damaged one is served no more; the others are.
func (g *group) admit(ctx context.Context) error {
	g.mu.Lock()
	joining := g.joining
	g.joining = nil
	g.mu.Unlock()
	for _, a := range joining {
		m := &member{a: a}
		a.failures = g.failures
		g.members, g.of[a] = append(g.members, m), m
	}
	var opened []*member
	for _, m := range slices.Clone(g.members) {
		if m.c != nil {
			continue
		}
		c, err := m.a.recover(ctx)
		switch {
		case err == nil:
			m.c = c
			opened = append(opened, m)
		case isDamage(err):
			g.members = slices.DeleteFunc(g.members, func(o *member) bool { return o == m })
			delete(g.of, m.a)
			g.failed(m.a, err)
			m.a.once.Do(func() { close(m.a.served) })
		default:
			return err
		}
	}
	if len(opened) > 0 {
		slices.SortFunc(g.members, func(x, y *member) int {
			return cmp.Or(cmp.Compare(x.c.state.Lot.Number, y.c.state.Lot.Number), cmp.Compare(x.a.id, y.a.id))
		})
	}
	for _, m := range opened {
		m.a.open(m.c)
	}
	return nil
}

// owes tells whether a session is owed time, which is credited without waiting.
func (g *group) owes() bool {
	return slices.ContainsFunc(g.members, func(m *member) bool { return m.a.owed != (outage{}) })
}

// deadline is when the clock has the next thing to decide in any session.
func (g *group) deadline() (due engine.Instant) {
	for _, m := range g.members {
		if d := engine.Deadline(&m.c.state); d != 0 && (due == 0 || d < due) {
			due = d
		}
	}
	return due
}

// turn decides letters as of now, as many as one append holds, makes what was
// decided durable in all sessions at once, tells it, and answers. It returns
// how many letters have their answer. After an error the cores are no longer
// what is durable and must be dropped.
func (g *group) turn(ctx context.Context, letters []letter, now engine.Instant) (n int, err error) {
	laps := g.laps()
	laps.end() // of the mailbox
	n = g.step(letters, now)
	laps.end()
	signed := make([]func(), len(g.members))
	for i, m := range g.members {
		signed[i] = m.a.signing(m.b.given)
	}
	err = g.commit(ctx)
	laps.end()
	if err == nil {
		for _, m := range g.members {
			m.a.tell(m.c, m.b)
		}
	}
	laps.end()
	for _, wait := range signed {
		wait()
	}
	laps.end()
	for _, m := range g.members {
		m.a.passed(m.b.ways, &laps)
		m.b.reply(err)
	}
	return n, err
}

// commit makes what the step decided durable: all of it or nothing. See
// Actor.commit for what a failure and a silence mean.
func (g *group) commit(ctx context.Context) error {
	var parts []engine.Part
	entries := 0
	for _, m := range g.members {
		if n := len(m.b.entries); n > 0 {
			parts = append(parts, engine.Part{Session: m.a.id, After: m.b.after, Entries: m.b.entries})
			entries += n
		}
	}
	if entries == 0 {
		for _, m := range g.members {
			m.a.owe(m.absent)
		}
		return nil
	}
	began := g.clock()
	for _, m := range g.members {
		if m.a.owed == (outage{}) {
			m.a.owedFrom.Store(int64(engine.InstantOf(began)))
		}
	}
	err := g.journal.AppendTogether(context.WithoutCancel(ctx), parts)
	ended := g.clock()
	g.members[0].a.meter.Appended(entries, ended.Sub(began), err)
	silence := outage{engine.InstantOf(began), engine.InstantOf(ended)}
	if err != nil {
		for _, m := range g.members {
			m.a.owe(m.a.owed.join(silence))
		}
		return fmt.Errorf("%w: %w", engine.ErrUnknownOutcome, err)
	}
	g.failures = 0
	if silence.to.Sub(silence.from) < leastOutage {
		silence = outage{}
	}
	for _, m := range g.members {
		m.a.failures = 0
		m.a.owe(m.absent.join(silence))
	}
	return nil
}

// end answers the letters that nobody will decide any more.
func (g *group) end() {
	g.mu.Lock()
	joining := g.joining
	g.joining = nil
	g.mu.Unlock()
	for _, a := range joining {
		g.of[a] = &member{a: a}
	}
	g.box.refuse(g.away)
	letters, _ := g.box.empty(nil)
	for ; len(letters) > 0; letters, _ = g.box.empty(nil) {
		for _, l := range letters {
			l.answer(engine.Receipt{}, g.away)
		}
	}
	for a := range g.of {
		a.once.Do(func() { close(a.served) })
	}
}

// errFirst ends a replay after the first record.
var errFirst = errors.New("that was the first record")

// first is the creation of a session of the journal; nil: it has none, or it
// is damaged, which is for the session's owner to find.
func (r *Registry) first(id engine.SessionID) (created *engine.Created, err error) {
	err = replay(context.Background(), r.o.Journal, id, func(rec engine.Record) error {
		created, _ = rec.Event.(*engine.Created)
		return errFirst
	})
	if err == nil || errors.Is(err, errFirst) || isDamage(err) {
		return created, nil
	}
	return nil, fmt.Errorf("session %s: its first record: %w", id, err)
}

// soldWith names the auction whose lots a session of the journal is sold
// together with; empty: it is sold by itself.
func (r *Registry) soldWith(id engine.SessionID) (auction string, err error) {
	c, err := r.first(id)
	if c == nil || c.Rules.Group == nil {
		return "", err
	}
	return c.Lot.AuctionID, nil
}

// join gives a session to the group of its auction, which begins with its first
// member. The caller holds r.mu, so nobody can reach the session before.
func (r *Registry) join(t *tenure, auction string, a *Actor) {
	g := t.groups[auction]
	if g == nil {
		g = newGroup(r.o.Journal, r.clock, r.away(), r.lose)
		t.groups[auction] = g
		t.wg.Go(func() { g.run(t.ctx) })
	}
	g.take(a)
}

// companions launches those of the settled sessions that are sold together with
// one that is not: what somebody has won there counts towards their limit. It
// returns their actors and the sessions that are left.
func (r *Registry) companions(t *tenure, settled []engine.SessionID) (with []*Actor, others []engine.SessionID, err error) {
	r.mu.RLock()
	groups := len(t.groups)
	r.mu.RUnlock()
	if groups == 0 {
		return nil, settled, nil
	}
	for _, id := range settled {
		auction, err := r.soldWith(id)
		if err != nil {
			return nil, nil, err
		}
		r.mu.RLock()
		g := t.groups[auction]
		r.mu.RUnlock()
		if auction == "" || g == nil {
			others = append(others, id)
			continue
		}
		a, err := r.launch(t, id, 0, func(engine.SessionID) {})
		switch {
		case isDamage(err):
			continue // lose has named it
		case err != nil:
			return nil, nil, err
		}
		with = append(with, a)
	}
	return with, others, nil
}
