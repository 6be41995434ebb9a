package transport

import (
	"sync"
	"time"

	"gobua/engine"
	"gobua/transport/wire"
)

// Limits of what pages are believed about commands that are traced.
const (
	// maxAwaited is for all connections together: with one bid in a hundred
	// traced, of 10,000 a second.
	maxAwaited = 1024
	// awaitedFor is how long after its receipt a page may say when it was shown.
	// It gives up after five seconds.
	awaitedFor = 10 * time.Second
	// maxPress is how long before its frame came a command may have been pressed
	// for: a page that asks back counts from the last press.
	maxPress = 10 * time.Second
	// maxClockError is of a page's clock. A line on which it is worse is one on
	// which the trace would say nothing.
	maxClockError = 2 * time.Second
	// rounded is what whole milliseconds, on both sides, may be off besides.
	rounded = 2 * time.Millisecond
)

// awaited is a traced command whose receipt went out.
type awaited struct {
	by   uint64 // the connection, as client.serial
	read time.Time
	sent time.Time
}

// sightings are the traced commands of which the page has not said yet when
// they were shown. What is not traced never comes here. Its methods may be
// called from any goroutine and do not block.
type sightings struct {
	mu sync.Mutex
	of map[engine.CommandID]awaited
}

// await begins to wait for what a page says. Where too many are waited for, this
// one is not.
func (s *sightings) await(id engine.CommandID, a awaited) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.of) == maxAwaited {
		for old, b := range s.of {
			if a.sent.Sub(b.sent) > awaitedFor {
				delete(s.of, old)
			}
		}
		if len(s.of) == maxAwaited {
			return
		}
	}
	if s.of == nil {
		s.of = map[engine.CommandID]awaited{}
	}
	s.of[id] = a
}

// take ends waiting for a command of a connection; false: nobody waits for it.
func (s *sightings) take(id engine.CommandID, by uint64) (awaited, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.of[id]
	if !ok || a.by != by {
		return awaited{}, false
	}
	delete(s.of, id)
	return a, true
}

// allows tells whether what a page says of a command can be true: nothing before
// what caused it, nothing that is still to come, by a clock that is as wrong as
// the page admits.
func (a awaited) allows(s wire.Seen, now time.Time) bool {
	off := time.Duration(s.Off) * time.Millisecond
	clicked, sent, got, shown := s.At[0].Time(), s.At[1].Time(), s.At[2].Time(), s.At[3].Time()
	slack := off + rounded
	return off <= maxClockError && now.Sub(a.sent) <= awaitedFor && a.read.Sub(clicked) <= maxPress+slack &&
		!sent.Before(clicked) && !got.Before(sent) && !shown.Before(got) &&
		!sent.After(a.read.Add(slack)) && !got.Add(slack).Before(a.sent) && !shown.After(now.Add(slack))
}

// seen adds the page's own word to the trace of a command. It is asked for with
// the receipt, of this connection, and taken once; anything else is no error of
// anybody's and is left out.
func (c *client) seen(r wire.Seen, at time.Time) {
	if a, ok := c.gate.sightings.take(r.Cmd, c.serial); ok && a.allows(r, at) {
		trace, off := c.gate.o.Trace, time.Duration(r.Off)*time.Millisecond
		trace.Said(r.Cmd, "click", r.At[0].Time(), r.At[1].Time(), off)
		trace.Said(r.Cmd, "shown", r.At[2].Time(), r.At[3].Time(), off)
	}
	c.say(wire.OK{ID: r.Number})
}
