package actor

import (
	"context"
	"time"

	"gobua/engine"
)

// markEvery is how often the registry has its journal remember that nobody is
// owed time. After a crash every session is credited this much too much at the
// most, and a mark costs one small sync.
const markEvery = time.Second

// marker moves the journal's alive mark on.
type marker struct {
	last   engine.Instant
	failed bool
}

// startMarking begins to mark, once every session is served.
func (r *Registry) startMarking() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		return errStopped
	}
	if !r.marking {
		r.marking = true
		r.wg.Go(r.keepMark)
	}
	return nil
}

// keepMark marks until the registry stops. It runs on a goroutine of its own,
// because a mark waits for the disk.
func (r *Registry) keepMark() {
	tick := time.NewTicker(markEvery)
	defer tick.Stop()
	for {
		r.mark()
		select {
		case <-tick.C:
		case <-r.ctx.Done():
			return
		}
	}
}

// mark has the journal remember until when no session is owed time. It blocks
// for one sync. keepMark calls it, and Stop when keepMark has ended.
func (r *Registry) mark() {
	at := r.PaidUntil()
	if at == r.marker.last {
		return
	}
	err := r.o.Journal.MarkAlive(context.Background(), at)
	switch {
	case err != nil && !r.marker.failed:
		r.o.Log.Error("the alive mark cannot be written; an outage from now on is credited from the last one", "err", err)
	case err == nil:
		r.marker.last = at
	}
	r.marker.failed = err != nil
}

// PaidUntil is the moment until which no session is owed time: now, unless a
// session has an outage that is not credited durably yet. A process that dies
// now must leave the beginning of that outage to the next one, however often
// it dies before the credit is in the journal.
func (r *Registry) PaidUntil() engine.Instant {
	at := engine.InstantOf(r.clock()) // before anything is looked at: what begins later begins after it
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, a := range r.actors {
		if from, owes := a.owes(); owes {
			at = min(at, from)
		}
	}
	return at
}

// Owing is for how long the session that waits longest has been owed time: its
// append is on its way or failed, or it has not noticed yet that the process
// stood still. While all is well it is a few milliseconds. It does not block.
func (r *Registry) Owing() time.Duration {
	now := engine.InstantOf(r.clock())
	return time.Duration(now.Sub(r.PaidUntil())) * time.Millisecond
}

// owe sets what the session is owed and shows since when.
func (a *Actor) owe(o outage) {
	a.owed = o
	a.owedFrom.Store(int64(o.from))
}

// owes tells since when the session is owed time, or may be because an append
// is on its way. It may be called from any goroutine. A standstill that the
// session has not noticed counts too; absence shows the debt before it shows
// that it has noticed, so it is read in the opposite order.
func (a *Actor) owes() (from engine.Instant, owes bool) {
	noticed := a.noticed.Load()
	owed := outage{from: engine.Instant(a.owedFrom.Load())}
	still, _ := a.pulse.missed(noticed)
	owed = owed.join(still)
	return owed.from, owed != (outage{})
}
