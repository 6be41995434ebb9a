package transport

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// poller reads from the connections of a shard that have no reader. All methods
// may be called from any goroutine; none waits for a peer.
type poller interface {
	// add makes a client known, but does not watch it yet.
	add(c *client) error
	// arm has the client visited, once, as soon as there is something to read or
	// the peer is gone.
	arm(c *client) error
	// forget ends that. It comes before the descriptor is closed: its number may
	// be somebody else's at once.
	forget(c *client)
	// run visits until close is called.
	run()
	close()
}

// visitBytes is how much is read in one visit: then it is others' turn. It is
// the largest message, so that few come cut.
const visitBytes = 4 << 10

type visitBuffer [visitBytes]byte

var visitBuffers = sync.Pool{New: func() any { return new(visitBuffer) }}

// detach is the first visit. It takes what the library has read ahead from the
// connection, which is not used afterwards, and lets the poller watch. It may
// wait for the farewell of a connection that has ended already.
func (c *client) detach(conn net.Conn) {
	if c.hear(c.ahead(conn)) && c.letGo() {
		return
	}
	c.finish()
}

// ahead is what has been read from a connection and given to nobody. With a
// deadline that is over, a read returns that and does not look for more.
func (c *client) ahead(conn net.Conn) (all []byte) {
	_ = c.tcp.SetReadDeadline(time.Unix(1, 0)) // a closed connection is found out by the first visit
	buf := make([]byte, readBytes)
	for {
		n, err := conn.Read(buf)
		all = append(all, buf[:n]...)
		if err != nil {
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				c.gate.log.Debug("read ahead", "conn", c.name(), "err", err)
			}
			return all
		}
	}
}

// visit reads once and answers what can be answered at once: it runs on the
// poller's goroutine and waits for nothing. What may take a moment it leaves to
// a reader, with the buffer; then it returns true.
func (c *client) visit(buf *visitBuffer) (taken bool) {
	if !c.reading.CompareAndSwap(false, true) {
		return false
	}
	n, err := c.polled.receive(buf[:])
	var l late
	more := err == nil
	if n > 0 {
		l, more = c.skim(buf[:n])
	}
	switch {
	case l.request != nil:
		go c.attend(l, buf)
		return true
	case !more || !c.letGo():
		go c.finish()
	}
	return false
}

// attend is a reader's life: it carries out what was asked for and goes again.
// Whatever a request waits for, only this connection waits with it: nothing
// more is read from it meanwhile, so its line fills up, and requests stay in
// their order because there is one reader at a time.
func (c *client) attend(l late, buf *visitBuffer) {
	more := c.carryOut(l) && c.hear(l.rest)
	visitBuffers.Put(buf)
	if more && c.account != nil {
		more = c.stay()
	}
	if !more || !c.letGo() {
		c.finish()
	}
}

// stay waits for more from somebody who is signed in: who bids often bids again,
// and calling a reader back takes longer than reading. It returns true when
// nothing was asked for in a while, false if the connection has to end.
func (c *client) stay() bool {
	c.setPolled(false)
	defer c.setPolled(true)
	buf := make([]byte, readBytes)
	for {
		c.readUntil(c.asked.Add(c.hub.times.stay))
		n, err := c.tcp.Read(buf)
		switch {
		case n > 0 && !c.hear(buf[:n]):
			return false
		case errors.Is(err, os.ErrDeadlineExceeded):
			return true // letGo looks whose deadline it was
		case err != nil:
			return false
		}
	}
}

// readUntil has a read end at a time, unless hangUp wants it sooner.
func (c *client) readUntil(at time.Time) {
	c.hang.Lock()
	defer c.hang.Unlock()
	if until := c.hang.until; !until.IsZero() && until.Before(at) {
		at = until
	}
	_ = c.tcp.SetReadDeadline(at) // of a closed connection, the read tells
}

// setPolled says whether a goroutine waits in a read, and leaves it to the
// right clock to end what has to end.
func (c *client) setPolled(polled bool) {
	c.hang.Lock()
	defer c.hang.Unlock()
	c.hang.polled = polled
	if until := c.hang.until; polled && !until.IsZero() {
		time.AfterFunc(time.Until(until), c.overdue)
	}
}

// finish ends the connection and the reader with it.
func (c *client) finish() {
	defer func() { c.gate.survive(recover(), c.tcp) }()
	c.gate.finish(c)
}

// letGo lets the reader go. If the connection has to end instead, it returns
// false and the reader stays, to do that.
func (c *client) letGo() bool {
	c.reading.Store(false) // first: what the poller tells of a client that has a reader is lost
	err := c.shard.poller.arm(c)
	if err == nil && !c.isOver() {
		return true
	}
	return !c.reading.CompareAndSwap(false, true) // another reader has seen it too
}

// overdue ends a connection that has to end now, unless there is a reader, who
// will find out. It does not block.
func (c *client) overdue() {
	if c.reading.CompareAndSwap(false, true) {
		go c.finish()
	}
}

// isOver tells whether the time of hangUp has come.
func (c *client) isOver() bool {
	c.hang.Lock()
	defer c.hang.Unlock()
	return !c.hang.until.IsZero() && !time.Now().Before(c.hang.until)
}

// unpoll takes a connection from its poller. From then on it is read by waiting
// for it, with a deadline.
func (c *client) unpoll() {
	c.hang.Lock()
	defer c.hang.Unlock()
	if !c.hang.polled {
		return
	}
	c.hang.polled = false
	c.shard.poller.forget(c)
	_ = c.tcp.SetReadDeadline(c.hang.until) // zero: none; a closed connection needs none either
}
