package actor

import (
	"context"
	"errors"
	"slices"

	"gobua/engine"
)

// shelfAfter is for how long a session that is over keeps its state after the
// last letter. Pages that were there at the end ask for receipts within seconds.
const shelfAfter = engine.Millis(10 * 60_000)

// errShelved is why serve returned: the session is over and nobody has asked for
// long. Of a session on the shelf memory has what is shown of it. Its state,
// which is most of it, is read back when a letter comes.
var errShelved = errors.New("the session is over and on the shelf")

// idle counts for how long sessions that are over have had no letter.
type idle struct{ since engine.Instant }

// begin is called when sessions have been read back. What was over by then may
// go to the shelf at once, unless letters wait.
func (i *idle) begin(now engine.Instant) { i.since = now.Add(-shelfAfter) }

// turned is called after each turn.
func (i *idle) turned(over bool, letters int, now engine.Instant) (shelve bool) {
	if !over || letters > 0 {
		i.since = now
	}
	return over && now.Sub(i.since) >= shelfAfter
}

// until is when to look again though nothing is due.
func (i *idle) until(due engine.Instant, over bool) engine.Instant {
	if over {
		return i.since.Add(shelfAfter)
	}
	return due
}

// onShelf waits until somebody asks for the session; false: ctx ended first. A
// session that is over is owed nothing, so it notices what the process missed.
func (a *Actor) onShelf(ctx context.Context) bool {
	a.shelved.Store(true)
	for ctx.Err() == nil && a.box.depth() == 0 {
		a.box.wait(ctx, 0)
		a.noticeAll()
	}
	return a.box.depth() > 0
}

// noticeAll takes every standstill of the process for credited.
func (a *Actor) noticeAll() {
	_, noticed := a.pulse.missed(a.noticed.Load())
	a.noticed.Store(noticed)
}

// over tells whether every session of the group is.
func (g *group) over() bool {
	return len(g.members) > 0 && !slices.ContainsFunc(g.members, func(m *member) bool { return !m.c.state.Phase.Final() })
}

// onShelf waits until somebody asks for a session, or another joins; false: ctx
// ended first. See Actor.onShelf.
func (g *group) onShelf(ctx context.Context) bool {
	for _, m := range g.members {
		m.c, m.b = nil, batch{}
		m.a.shelved.Store(true)
	}
	joins := func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return len(g.joining) > 0
	}
	for ctx.Err() == nil && g.box.depth() == 0 && !joins() {
		g.box.wait(ctx, 0)
		for _, m := range g.members {
			m.a.noticeAll()
		}
	}
	return g.box.depth() > 0 || joins()
}
