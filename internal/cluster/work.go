package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"gobua/engine"
)

// Bounds of what goes on at once.
const (
	takesAtOnce = 8 // a take waits for the log, not for the processor
	movesAtOnce = 2 // so that most of what is decided goes on while some moves
	leaveAtOnce = 8 // everything moves, and whoever ended the process waits

	firstRetry = 250 * time.Millisecond // after a take that failed; doubled up to
	lastRetry  = 30 * time.Second

	// writeWithin bounds a claim and a release. What has not been written then is
	// decided anew from what the key says.
	writeWithin = 2 * time.Second
	// giveWithin bounds a Give that nobody waits for any more.
	giveWithin = 10 * time.Second
)

// phase is what this node does with a unit.
type phase int

const (
	idle      phase = iota
	writing         // a claim or a release is on its way
	taking          // Take runs
	serving         // Take has returned; we decide
	giving          // Give runs
	confirmed       // not a phase: their number
)

var phaseNames = [confirmed]string{"idle", "writing", "taking", "serving", "giving"}

// work is what this node does with a unit. Only the loop touches it.
type work struct {
	phase   phase
	epoch   uint64             // under which we serve
	cancel  context.CancelFunc // of Take
	dropped bool               // Take runs, and is to be undone
	// servedUntil is until when we served what we gave up while its key still
	// names us; zero: does not apply.
	servedUntil engine.Instant
	retryAt     time.Duration
	pause       time.Duration
	busySince   time.Duration // of a move that waits; zero: none does
	confirming  bool
}

// ours tells whether the key names this process.
func (m *Member) ours(u *unit) bool {
	return u.key.Owner == m.o.Node && u.key.Incarnation == m.incarnation
}

// tend does the next thing for a unit, if there is one.
func (m *Member) tend(u *unit, now time.Duration, held bool) {
	switch u.phase {
	case serving:
		m.tendServing(u, now, held)
	case taking:
		if !u.dropped && (!held || m.closing || !m.ours(u)) {
			u.dropped = true
			u.cancel()
		}
	case idle:
		if held && now >= u.retryAt && !m.closing {
			m.tendIdle(u, now)
		}
	}
}

func (m *Member) tendServing(u *unit, now time.Duration, held bool) {
	switch {
	case !m.ours(u) || u.key.Epoch != u.epoch:
		m.giveUp(u, whyClaimed)
	case m.closing:
		m.giveUp(u, whyLeave)
	case !held:
		m.giveUp(u, whyLease)
	case !u.key.Serving:
		if !u.confirming {
			m.confirm(u)
		}
	case m.right[u.name] != m.o.Node:
		m.tendMove(u, now)
	default:
		u.busySince = 0
	}
}

// tendMove hands a unit over to its right node, when that is there to stay and
// the moment is good.
func (m *Member) tendMove(u *unit, now time.Duration) {
	to, most := m.right[u.name], movesAtOnce
	if m.leaving {
		most = leaveAtOnce // and if nobody is there, the unit waits for who comes
	} else if !m.known.settled(to) {
		return
	}
	if m.moves >= most {
		return
	}
	if !m.leaving && m.o.Busy != nil && m.o.Busy(u.name) {
		if u.busySince == 0 {
			u.busySince = now
		}
		if now-u.busySince < m.o.BusyAtMost {
			return
		}
	}
	u.busySince = 0
	m.handOver(u, to)
}

func (m *Member) tendIdle(u *unit, now time.Duration) {
	right := m.right[u.name] == m.o.Node && !m.leaving
	switch {
	case m.ours(u) && !right:
		at, ok := m.owedSince(u)
		if !ok {
			return
		}
		m.release(u, at)
	case !right || m.takes >= takesAtOnce || !m.known.settled(m.o.Node):
	case m.ours(u):
		m.claim(u, whyAgain)
	default:
		if why, is := m.known.orphaned(u, now, time.Duration(m.lease.sentAt.Load())); is {
			m.claim(u, why)
		}
	}
}

// owedSince is until when a unit that nobody decides for was served.
func (m *Member) owedSince(u *unit) (at engine.Instant, ok bool) {
	if u.key.Serving && m.ours(u) {
		return u.servedUntil, u.servedUntil != 0
	}
	return m.known.paidUntil(u)
}

// claim writes our name into the key, and then takes the unit.
func (m *Member) claim(u *unit, why string) {
	since, ok := m.owedSince(u)
	if !ok {
		m.o.Log.Error("nothing says until when a unit was served; no time is credited", "unit", u.name, "owner", u.key.Owner)
	}
	began := m.o.Steady()
	key := unitKey{Owner: m.o.Node, Incarnation: m.incarnation, Epoch: u.key.Epoch + 1, PaidUntilMs: since}
	m.takes++
	m.write(u, key, func(err error) {
		m.takes--
		if err == nil && m.ours(u) {
			u.servedUntil = 0
			m.take(u, since, why, began)
		}
	})
}

// take has the unit taken, on a goroutine of its own.
func (m *Member) take(u *unit, since engine.Instant, why string, began time.Duration) {
	if !m.lease.held() || m.closing {
		return
	}
	var ctx context.Context
	ctx, u.cancel = context.WithCancel(context.Background())
	u.phase, u.dropped, u.epoch = taking, false, u.key.Epoch
	m.takes++
	m.spawn(func() {
		err := m.o.Take(ctx, u.name, since)
		m.post(func() {
			u.cancel()
			m.takes--
			m.taken(u, since, why, began, err)
		})
	})
}

func (m *Member) taken(u *unit, since engine.Instant, why string, began time.Duration, err error) {
	if err == nil {
		u.phase, u.pause = serving, 0
		if u.dropped {
			m.giveUp(u, whyClaimed)
			return
		}
		m.o.Log.Info("a unit was taken", "unit", u.name, "epoch", u.key.Epoch, "why", why, "servedUntil", until(since))
		if m.o.Hooks.Took != nil {
			m.o.Hooks.Took(u.name, why, m.o.Steady()-began)
		}
		return
	}
	u.phase = idle
	if u.dropped {
		return
	}
	u.pause = min(lastRetry, max(firstRetry, 2*u.pause))
	u.retryAt = m.o.Steady() + u.pause
	m.o.Log.Error("a unit could not be taken", "unit", u.name, "epoch", u.key.Epoch, "again in", u.pause, "err", err)
	m.release(u, since)
}

// until is a moment for the log; empty: never.
func until(at engine.Instant) string {
	if at == 0 {
		return ""
	}
	return at.Time().Format(time.RFC3339Nano)
}

// confirm writes that the unit is served, so that from now on the node's key
// says until when.
func (m *Member) confirm(u *unit) {
	key, after := u.key, u.revision
	key.Serving, key.PaidUntilMs = true, 0
	u.confirming = true
	m.put(u, key, after, func(error) { u.confirming = false })
}

// giveUp stops serving without writing anything: others have the unit, or may
// have it soon.
func (m *Member) giveUp(u *unit, why string) {
	if m.ours(u) {
		u.servedUntil = engine.Instant(m.lease.paid.Load())
	}
	m.give(u, why, func(error) { u.phase = idle })
}

// handOver stops serving and gives the key back.
func (m *Member) handOver(u *unit, to string) {
	m.moves++
	var paid engine.Instant
	m.give(u, whyMoved, func(err error) {
		paid = m.o.PaidUntil()
		u.servedUntil = paid
		key := unitKey{Epoch: u.key.Epoch, PaidUntilMs: paid, Next: to}
		if !m.ours(u) {
			m.moves--
			u.phase = idle
			return
		}
		m.write(u, key, func(error) { m.moves-- })
	})
}

// give runs Give on a goroutine of its own and then done in the loop.
func (m *Member) give(u *unit, why string, done func(error)) {
	u.phase = giving
	m.o.Log.Info("a unit is given up", "unit", u.name, "epoch", u.epoch, "why", why)
	if m.o.Hooks.Gave != nil {
		m.o.Hooks.Gave(u.name, why)
	}
	m.spawn(func() {
		ctx, cancel := context.WithTimeout(context.Background(), giveWithin)
		defer cancel()
		err := m.o.Give(ctx, u.name)
		if err != nil {
			m.o.Log.Error("a unit was not given up in good order", "unit", u.name, "err", err)
		}
		m.post(func() { done(err) })
	})
}

// release gives a key back that names us, with until when the unit was served.
func (m *Member) release(u *unit, paidUntil engine.Instant) {
	m.write(u, unitKey{Epoch: u.key.Epoch, PaidUntilMs: paidUntil, Next: m.right[u.name]}, func(error) {})
}

// write rewrites a unit's key and then calls done in the loop, in which the unit
// is idle.
func (m *Member) write(u *unit, key unitKey, done func(error)) {
	u.phase = writing
	m.put(u, key, u.revision, func(err error) {
		u.phase = idle
		if err != nil {
			u.retryAt = max(u.retryAt, m.o.Steady()+retryAfter)
		}
		done(err)
	})
}

// put writes a key and then calls done in the loop.
func (m *Member) put(u *unit, key unitKey, after uint64, done func(error)) {
	value, err := json.Marshal(key)
	if err != nil {
		panic(err) // texts and numbers
	}
	m.spawn(func() {
		ctx, cancel := context.WithTimeout(m.ctx, writeWithin)
		defer cancel()
		revision, err := m.store.put(ctx, unitPrefix+u.name, after, value)
		if err != nil && !errors.Is(err, errRefused) {
			m.o.Log.Warn("nobody knows whether a key was written", "unit", u.name, "err", err)
		}
		m.post(func() {
			if err == nil {
				m.known.see(entry{unitPrefix + u.name, revision, value}, m.o.Steady())
			}
			done(err)
		})
	})
}
