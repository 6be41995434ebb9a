package transport

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"gobua/engine"
	"gobua/transport/wire"
)

// Limits of one connection.
const (
	// readWait ends a connection from which nothing at all came, not even the
	// answers to two pings.
	readWait = 40 * time.Second
	// pongWait is far longer than the answer to a ping takes on a line on which
	// anybody could bid.
	pongWait = 5 * time.Second
	// readBytes is how much is read at once. Requests are about 150 bytes.
	readBytes = 512
	// A person makes a few requests a second; a page that reconnects makes as
	// many at once as it follows sessions, and a few more.
	requestsPerSecond = 10
	requestBurst      = 20
	// maxSubs is how many sessions one connection may follow: those that are
	// live at the same time on one screen.
	maxSubs = 16
	// maxInFlight is how many commands of one connection may wait for their
	// receipts.
	maxInFlight = 32
	// expiryGrace is how long after its token's end a connection may stay, so
	// that a page can renew; commands are refused meanwhile.
	expiryGrace = 25 * time.Second
)

// client is one connection. Three goroutines know it: the reader, the only one
// that reads; the shard, the only one that writes; and whoever has something to
// say to it. Where its shard has a poller there is a reader only while there is
// something to read; see visit.
type client struct {
	// The shard's, and all that a sweep looks at of a client to whom it sends. It
	// lies together, because with thousands of clients every cache line comes from
	// memory.
	line      line
	subs      []*subscription
	rest      []byte // of what was cut by a short write; goes first
	parting   bool   // what is left of rest is the end of the farewell
	gone      bool   // nothing more is written
	blocked   bool   // stands in the shard's list of blocked clients
	behind    bool   // was blocked since it last was up to date
	blockedAt time.Time
	out       outbox

	hub      *Hub
	gate     *Gateway
	saleroom Saleroom
	presence Presence // nil: nobody takes note
	shard    *shard
	serial   uint64     // never used twice
	addr     netip.Addr // for limits

	principal atomic.Pointer[Principal] // nil: a spectator
	inFlight  atomic.Int32
	heard     atomic.Int64  // when something last came, as Hub.age
	ended     chan struct{} // closed when everything of the connection is over
	reading   atomic.Bool   // there is a reader; stays true at the end

	// The reader's.
	in      wire.Reader
	tcp     net.Conn
	account *account       // of the principal
	helloAt engine.Instant // when it became known
	asked   time.Time      // when it last asked for something, pings apart
	leaving bool           // it gives up a session by itself
	rooms   []followed     // at most maxSubs
	pace    *rate.Limiter  // all frames
	offence *rate.Limiter  // frames over the pace; nil: there were none, as with nearly everybody
	garbage *rate.Limiter  // frames that are no requests; nil: likewise

	hang struct {
		sync.Mutex
		until  time.Time // when the connection ends at the latest; zero: it goes on
		polled bool      // no goroutine waits in a read, so no deadline would wake one
	}

	// The shard's, less often.
	polled  polledLine // line, if a poller can tell when there is something to read
	place   int        // in the shard's list
	retryAt time.Time
	pause   time.Duration
	fellAt  time.Time // when it last fell off a log
	pingAt  time.Time
}

// followed is a session that a client follows, as its reader knows it.
type followed struct {
	room *room
	code engine.ParticipantCode // empty: as a spectator, or as staff
	desk bool
}

// following finds a session among those that the client follows, or nil. What it
// returns is valid until the next one is begun or given up.
func (c *client) following(id engine.SessionID) *followed {
	for i := range c.rooms {
		if c.rooms[i].room.id == id {
			return &c.rooms[i]
		}
	}
	return nil
}

// bears tells whether a client that does what it should not may go on: so often
// at once, and again so many times a second.
func bears(l **rate.Limiter, perSecond rate.Limit, burst int, at time.Time) bool {
	if *l == nil {
		*l = rate.NewLimiter(perSecond, burst)
	}
	return (*l).AllowN(at, 1)
}

// bearsHaste is about a frame over the pace, bearsGarbage about one that is no
// request.
func (c *client) bearsHaste(at time.Time) bool { return bears(&c.offence, 1, 2*requestBurst, at) }
func (c *client) bearsGarbage(at time.Time) bool {
	return bears(&c.garbage, rate.Every(10*time.Second), 5, at)
}

// say queues a private message. It never blocks and may be called from any
// goroutine, also after the connection has ended.
func (c *client) say(m wire.Message) { c.put(note{frame: wire.Frame(m)}) }

func (c *client) put(n note) {
	wake, overflow := c.out.put(n, time.Now())
	if overflow {
		c.hub.metrics.cut(wire.ByeSlow, wire.CloseSlow)
	}
	if wake {
		c.shard.hurry(c)
	}
}

// cut ends the connection with a farewell. It never blocks; only the first
// farewell counts.
func (c *client) cut(f *farewell) {
	wake, first := c.out.finish(f)
	if first {
		c.hub.metrics.cut(f.bye, f.code)
	}
	if wake {
		c.shard.hurry(c)
	}
}

// cutFor is cut with a reason found just now.
func (c *client) cutFor(bye wire.ByeCode, code wire.CloseCode, retryMs int) {
	c.cut(&farewell{bye: bye, code: code, retryMs: retryMs, since: time.Now()})
}

// expired tells whether the token ran out so long ago that the connection
// cannot stay.
func (c *client) expired(now time.Time) bool {
	p := c.principal.Load()
	return p != nil && now.After(p.ExpiresAt.Add(expiryGrace)) && errors.Is(c.gate.tokens.Alive(*p), ErrTokenExpired)
}

// name is for logs and the welcome message.
func (c *client) name() string { return "c" + strconv.FormatUint(c.serial, 36) }

// hangUp has the reading end within grace, whatever the peer does. Close would
// do nothing on a connection that fasthttp has handed over; a read deadline
// does, where a goroutine waits. It does not block. A shorter grace counts, a
// longer one does not.
func (c *client) hangUp(grace time.Duration) {
	c.hang.Lock()
	defer c.hang.Unlock()
	until := time.Now().Add(grace)
	if !c.hang.until.IsZero() && !until.Before(c.hang.until) {
		return
	}
	c.hang.until = until
	switch {
	case !c.hang.polled:
		_ = c.tcp.SetReadDeadline(until) // a closed connection has no reader to wake
	case grace > 0:
		time.AfterFunc(grace, c.overdue)
	default:
		c.overdue()
	}
}

// silent tells whether nothing came for too long.
func (c *client) silent() bool {
	return c.hub.age()-time.Duration(c.heard.Load()) >= c.hub.times.readWait
}

// missedPing tells whether a ping was not answered in time: not yet the end of
// the connection, but likely.
func (c *client) missedPing() bool {
	return c.hub.age()-time.Duration(c.heard.Load()) >= c.hub.times.ping+pongWait
}

// read takes what comes until the connection ends. It blocks in between.
func (c *client) read(conn net.Conn) {
	buf := make([]byte, readBytes)
	for {
		n, err := conn.Read(buf)
		if n > 0 && !c.hear(buf[:n]) || err != nil {
			return
		}
	}
}

// hear carries out the requests in what has come, in their order, and tells
// whether more is to be read. p is changed, and free to use afterwards.
func (c *client) hear(p []byte) (more bool) {
	for {
		var l late
		if l, more = c.skim(p); l.request == nil {
			return more
		}
		if !c.carryOut(l) {
			return false
		}
		p = l.rest
	}
}

// late is a request whose answer may take a moment.
type late struct {
	request wire.Request // nil: there is none
	at      time.Time
	rest    []byte // what came after it
}

// skim is hear for somebody who cannot wait: it stops at the first request
// that is not answered at once.
func (c *client) skim(p []byte) (l late, more bool) {
	defer c.guard(&more)
	c.heard.Store(int64(c.hub.age()))
	for {
		kind, payload, rest, err := c.in.Next(p)
		at := c.hub.now()
		if breach := (*wire.Breach)(nil); errors.As(err, &breach) {
			c.cutFor("", breach.Code, 0)
			return l, false
		}
		switch kind {
		case 0:
			return l, true
		case wire.TextMessage:
			r, fault := decode(payload)
			if _, ping := r.(wire.Ping); !ping && fault == nil {
				return late{r, at, rest}, true
			}
			c.handle(r, fault, at)
		case wire.CloseFrame:
			c.cutFor("", wire.CloseNormal, 0)
			return l, false
		default:
			c.control(kind, payload, at)
		}
		p = rest
	}
}

// carryOut answers a late request. It may wait for what the request waits for.
func (c *client) carryOut(l late) (more bool) {
	defer c.guard(&more)
	c.asked = time.Now()
	c.handle(l.request, nil, l.at)
	return true
}

// guard ends a connection in which a bug was met. The client learns only that
// there was one.
func (c *client) guard(more *bool) {
	if v := recover(); v != nil {
		c.gate.panicked(v)
		c.cutFor("", wire.CloseInternal, 0)
		*more = false
	}
}

// control takes a ping or pong frame. Browsers send none but the pongs we ask
// for.
func (c *client) control(kind wire.Kind, payload []byte, at time.Time) {
	switch {
	case !c.pace.AllowN(at, 1):
		if !c.bearsHaste(at) {
			c.cutFor(wire.ByeLimit, wire.CloseRate, slowRetryMs)
		}
	case kind == wire.PingFrame:
		if c.out.answerPing(string(payload)) {
			c.shard.hurry(c)
		}
	}
}

// linger reads what the peer had still sent and throws it away: closing with
// unread bytes would reset the connection, and the peer would lose the
// farewell. It ends with the peer, the deadline, or too much.
func (c *client) linger() {
	_, _ = io.CopyN(io.Discard, c.tcp, 64<<10) // whatever ends it, the connection is closed next
}
