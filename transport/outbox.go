package transport

import (
	"sync"
	"sync/atomic"
	"time"

	"gobua/transport/wire"
)

// Limits of what waits privately for one client. Nothing in it is ever
// dropped or conflated: whoever cannot take it is cut and comes back.
const (
	maxNotes     = 64
	maxNoteBytes = 64 << 10
)

// note is one private message: a finished frame, or a clock question that is
// answered at the moment of sending.
type note struct {
	frame []byte
	sent  func(time.Time) // called with the moment at which the shard took it to be written; nil: nobody asks

	ping     wire.Ping // where frame is nil
	received time.Time
}

// farewell is how a connection ends: with a bye, unless its code is empty,
// and a close frame.
type farewell struct {
	bye     wire.ByeCode
	retryMs int
	code    wire.CloseCode
	since   time.Time
}

// outbox is what waits privately for one client. Any goroutine puts, the
// client's shard takes. No method blocks.
type outbox struct {
	waits atomic.Bool // there is something to take; to be asked without mu

	mu     sync.Mutex
	notes  []note
	bytes  int
	pong   *string // answer to the newest ping frame; older ones need none
	ping   bool    // a ping frame is due
	end    *farewell
	queued bool // the shard knows that there is something
}

// put adds a note. wake tells whether the shard must be told. Of a client that
// is ending, notes are discarded; an overflow makes it end.
func (o *outbox) put(n note, now time.Time) (wake, overflow bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.end != nil {
		return false, false
	}
	if len(o.notes) == maxNotes || o.bytes+len(n.frame) > maxNoteBytes {
		o.end = slowFarewell(now)
		return o.knock(), true
	}
	o.notes = append(o.notes, n)
	o.bytes += len(n.frame)
	return o.knock(), false
}

// knock marks that the shard must look; the caller holds mu.
func (o *outbox) knock() bool {
	wake := !o.queued
	o.queued = true
	o.waits.Store(true)
	return wake
}

// answerPing has a pong frame sent.
func (o *outbox) answerPing(payload string) (wake bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pong = &payload
	return o.knock()
}

// pingDue has a ping frame sent with whatever goes next.
func (o *outbox) pingDue() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ping = true
	o.waits.Store(true)
}

// ending returns the farewell that is still to be said, or nil.
func (o *outbox) ending() *farewell {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.end
}

// finish has the connection ended once all that waits has been sent. The first
// reason stands.
func (o *outbox) finish(f *farewell) (wake, first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.end != nil {
		return false, false
	}
	o.end = f
	return o.knock(), true
}

// take appends everything that waits to dst and empties the outbox. It calls
// now right before it stamps, once at most. The farewell, if any, stays: it
// comes after the public frames' last cut one.
func (o *outbox) take(dst []byte, now func() time.Time) ([]byte, *farewell) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queued = false
	o.waits.Store(false)
	if o.pong != nil {
		dst = wire.AppendPong(dst, *o.pong)
		o.pong = nil
	}
	if o.ping {
		dst = wire.AppendPing(dst)
		o.ping = false
	}
	for _, n := range o.notes {
		if n.frame == nil {
			dst = wire.AppendPongMessage(dst, n.ping, n.received, now())
			continue
		}
		dst = append(dst, n.frame...)
		if n.sent != nil {
			n.sent(now())
		}
	}
	clear(o.notes)
	o.notes, o.bytes = o.notes[:0], 0
	return dst, o.end
}

func slowFarewell(now time.Time) *farewell {
	return &farewell{bye: wire.ByeSlow, retryMs: slowRetryMs, code: wire.CloseSlow, since: now}
}

// slowRetryMs keeps a page on a bad line from coming back at once.
const slowRetryMs = 2000
