package transport

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fasthttp/websocket"
	"golang.org/x/time/rate"

	"gobua/engine"
	"gobua/transport/wire"
)

// Limits of one connection.
const (
	// readWait ends a connection from which nothing at all came, not even the
	// answers to two pings.
	readWait = 40 * time.Second
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

// client is one connection. Three goroutines know it: the reader, which is the
// handler of the upgrade and the only one that reads; the shard, the only one
// that writes; and whoever has something to say to it.
type client struct {
	hub      *Hub
	gate     *Gateway
	saleroom Saleroom
	shard    *shard
	name     string     // for logs and the welcome message
	addr     netip.Addr // for limits
	out      outbox

	principal atomic.Pointer[Principal] // nil: a spectator
	inFlight  atomic.Int32
	ended     chan struct{} // closed when everything of the connection is over

	// The reader's.
	conn    *websocket.Conn
	muted   error // what the library returns when it wants to write
	tcp     net.Conn
	buf     []byte
	account *account // of the principal
	rooms   map[engine.SessionID]*followed
	pace    *rate.Limiter // all frames
	offence *rate.Limiter // frames over the pace
	garbage *rate.Limiter // frames that are no requests

	hang struct {
		sync.Mutex
		until time.Time // when the connection ends at the latest; zero: it goes on
	}

	// The shard's.
	line      line
	place     int // in the shard's list
	subs      []*subscription
	rest      []byte // of what was cut by a short write; goes first
	parting   bool   // what is left of rest is the end of the farewell
	gone      bool   // nothing more is written
	blocked   bool   // stands in the shard's list of blocked clients
	behind    bool   // was blocked since it last was up to date
	blockedAt time.Time
	retryAt   time.Time
	pause     time.Duration
	fellAt    time.Time // when it last fell off a log
	pingAt    time.Time
}

// followed is a session that a client follows, as its reader knows it.
type followed struct {
	room *room
	code engine.ParticipantCode // empty: as a spectator, or as staff
	desk bool
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

// hangUp makes the reader return within grace, whatever the peer does. Close
// would do nothing on a connection that fasthttp has handed over; a read
// deadline does. A shorter grace counts, a longer one does not.
func (c *client) hangUp(grace time.Duration) {
	c.hang.Lock()
	defer c.hang.Unlock()
	until := time.Now().Add(grace)
	if c.hang.until.IsZero() || until.Before(c.hang.until) {
		c.hang.until = until
		_ = c.tcp.SetReadDeadline(until) // a closed connection has no reader to wake
	}
}

// alive moves the read deadline on after any sign of life, unless the
// connection is ending.
func (c *client) alive() {
	c.hang.Lock()
	defer c.hang.Unlock()
	if c.hang.until.IsZero() {
		_ = c.tcp.SetReadDeadline(time.Now().Add(c.hub.times.readWait)) // as above
	}
}

// prepare takes the connection out of the library's hands for writing and
// answers control frames through the shard.
func (c *client) prepare() {
	c.muted = mute(c.conn)
	c.conn.SetPingHandler(func(payload string) error {
		c.alive()
		if c.pace.Allow() && c.out.answerPing(payload) {
			c.shard.hurry(c)
		}
		return nil
	})
	c.conn.SetPongHandler(func(string) error { c.alive(); return nil })
	c.conn.SetCloseHandler(func(int, string) error {
		c.cutFor("", wire.CloseNormal, 0)
		return nil
	})
	c.alive()
}

// mute makes the library unable to write, for good, and returns the error it
// has from now on: it would answer oversize frames and breaches of protocol by
// itself, from the reading goroutine, into the middle of what the shard sends.
func mute(conn *websocket.Conn) error {
	_ = conn.SetWriteDeadline(time.Unix(1, 0)) // never fails: it only stores the value
	err := conn.WriteMessage(websocket.PingMessage, nil)
	if err == nil {
		panic("a write after its deadline succeeded")
	}
	return err
}

// errTooBig is a client frame over wire.MaxClientFrame.
var errTooBig = errors.New("client frame too large")

// read takes requests until the connection ends. It blocks in between.
func (c *client) read() {
	for {
		kind, r, err := c.conn.NextReader()
		at := time.Now()
		if err == nil && kind == websocket.TextMessage {
			err = c.readFrame(r)
		}
		switch {
		case err == nil && kind != websocket.TextMessage:
			c.cutFor("", wire.CloseUnsupported, 0)
			return
		case errors.Is(err, errTooBig):
			c.cutFor("", wire.CloseTooBig, 0)
			return
		case err == c.muted:
			c.cutFor("", wire.CloseProtocol, 0)
			return
		case err != nil:
			return
		}
		c.alive()
		c.frame(at)
	}
}

// readFrame reads one message into buf. The library's own limit would answer
// by itself; this one reads a byte more than allowed and leaves the rest.
func (c *client) readFrame(r io.Reader) error {
	c.buf = c.buf[:0]
	for {
		if len(c.buf) == cap(c.buf) {
			c.buf = append(c.buf, 0)[:len(c.buf)]
		}
		n, err := r.Read(c.buf[len(c.buf):min(cap(c.buf), wire.MaxClientFrame+1)])
		c.buf = c.buf[:len(c.buf)+n]
		switch {
		case len(c.buf) > wire.MaxClientFrame:
			return errTooBig
		case err == io.EOF: // of the message
			return nil
		case err != nil:
			return err
		}
	}
}

// linger reads what the peer had still sent and throws it away: closing with
// unread bytes would reset the connection, and the peer would lose the
// farewell. It ends with the peer, the deadline, or too much.
func (c *client) linger() {
	_, _ = io.CopyN(io.Discard, c.tcp, 64<<10) // whatever ends it, the connection is closed next
}
