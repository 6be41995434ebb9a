package transport

import (
	"time"

	"gobua/engine"
	"gobua/transport/wire"
)

// Tracer keeps the way of a few commands, to be looked at afterwards. What it
// is told names nobody and no amount. Its methods are called on many goroutines
// and must not block.
type Tracer interface {
	// Traced tells whether the way of a command is kept. It allocates nothing
	// and says the same wherever it is asked.
	Traced(id engine.CommandID) bool
	// Passed says that a command spent a time in a stage of its way.
	Passed(id engine.CommandID, stage string, from, to time.Time)
	// Answered says that the way is over: from reading the frame until the
	// receipt was about to be written. outcome is "accepted", a reason of the
	// rules, or a code of the wire.
	Answered(id engine.CommandID, session engine.SessionID, act engine.ActName, outcome string, from, to time.Time)
	// Said is Passed for a stage of the page, of which there is the page's own word
	// alone. Its clock may be off by as much.
	Said(id engine.CommandID, stage string, from, to time.Time, off time.Duration)
}

// RequestTracer keeps how long a few requests over HTTP took. Request must not
// block. The route is a pattern, never a path.
type RequestTracer interface {
	Request(method, route string, status int, from, to time.Time)
}

// traces tells whether the way of a command is kept. That there was a sealed
// offer is for nobody to know.
func (c *client) traces(command engine.Command) bool {
	if c.gate.o.Trace == nil {
		return false
	}
	switch command.Do.(type) {
	case engine.PutOffer, engine.TakeOfferBack:
		return false
	}
	return c.gate.o.Trace.Traced(command.ID)
}

// answerTraced is answer for a command whose way is kept.
func (c *client) answerTraced(r wire.Command, ref string, read time.Time) func(engine.Receipt, error) {
	trace := c.gate.o.Trace
	return func(receipt engine.Receipt, err error) {
		answered := c.hub.now()
		outcome := "accepted"
		switch {
		case err != nil:
			outcome = string(codeOfFailure(err))
		case !receipt.Accepted:
			outcome = string(receipt.Reason)
		}
		over := func(sent time.Time) {
			trace.Passed(r.Cmd, "send", answered, sent)
			trace.Answered(r.Cmd, r.Session, r.Do.ActName(), outcome, read, sent)
			if err == nil {
				c.gate.sightings.await(r.Cmd, awaited{by: c.serial, read: read, sent: sent})
			}
		}
		c.answer(r, ref, receipt, err, over)
		if err != nil {
			over(answered) // no receipt is sent
		}
	}
}
