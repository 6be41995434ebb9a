package actor

import (
	"time"

	"gobua/engine"
)

// Tracer keeps the way of a few commands, to be looked at afterwards. Its
// methods are called on many goroutines and must not block. Sessions that tell
// no counts are never traced: a trace would tell that there was an offer.
type Tracer interface {
	// Traced tells whether the way of a command is kept. It allocates nothing
	// and says the same wherever it is asked.
	Traced(id engine.CommandID) bool
	// Passed says that a command spent a time in a stage of its way.
	Passed(id engine.CommandID, stage string, from, to time.Time)
}

// way is a command that is traced, on its way through an actor.
type way struct {
	id       engine.CommandID
	received time.Time
}

// stages of a command in its actor, in order: it waits in the mailbox, is
// decided with its batch, the batch is made durable and told, its receipt signed.
var stages = [...]string{"mailbox", "decide", "append", "tell", "sign"}

// laps are the moments at which the stages of a batch ended. Where nobody
// traces it reads no clock.
type laps struct {
	clock func() time.Time // nil: nobody traces
	ends  [len(stages)]time.Time
	n     int
}

func (a *Actor) laps() laps {
	if a.trace == nil {
		return laps{}
	}
	return laps{clock: a.clock}
}

// laps of what a group decides together; there is nothing to trace once all of
// its sessions are damaged.
func (g *group) laps() laps {
	if len(g.members) == 0 {
		return laps{}
	}
	return g.members[0].a.laps()
}

// end notes that a stage of the batch is over.
func (l *laps) end() {
	if l.clock != nil {
		l.ends[l.n] = l.clock()
		l.n++
	}
}

// passed tells the tracer how commands of a batch went.
func (a *Actor) passed(ways []way, l *laps) {
	for _, w := range ways {
		from := w.received
		for i, stage := range stages {
			a.trace.Passed(w.id, stage, from, l.ends[i])
			from = l.ends[i]
		}
	}
}

// keepWay notes of a letter that its way is kept, if it is.
func (r *Registry) keepWay(l *letter) {
	if r.o.Trace != nil && !l.to.unmeasured.Load() && r.o.Trace.Traced(l.cmd.ID) {
		l.way = &way{l.cmd.ID, r.clock()}
	}
}

// traceFollowed tells the tracer when this process told its room what another
// has decided. The stage begins when the command was received there.
func (p *replica) traceFollowed(entries []engine.Entry) {
	trace := p.r.o.Trace
	if trace == nil || p.c.state.TellsNoCounts() {
		return
	}
	now := p.r.clock()
	for _, e := range entries {
		rec, err := e.Record()
		if err == nil && trace.Traced(rec.Cmd) {
			trace.Passed(rec.Cmd, "follow", rec.At.Time(), now)
		}
	}
}
