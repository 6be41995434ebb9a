package transport

import (
	"net"
	"sync"
	"time"
)

// line is the writing half of a connection. Only the client's shard calls
// send; nobody else writes to the connection, so frames never interleave.
type line interface {
	// send writes as much of p as can be written without waiting, and returns
	// how much that was: less than len(p) means that the line is blocked. An
	// error means that the connection is gone. p is free to use afterwards.
	send(p []byte) (n int, err error)
	// close releases what the line holds besides the connection, which it
	// leaves open. It may wait for a peer to take the last words, at most
	// farewellGrace.
	close()
}

// polledLine is a line that can be read without waiting, too, and whose
// descriptor a poller can watch.
type polledLine interface {
	line
	// receive reads what is there. No bytes and no error mean that nothing is;
	// io.EOF that nothing will come. Only the client's reader calls it.
	receive(p []byte) (n int, err error)
	// withDescriptor calls do with the descriptor, which stays open meanwhile.
	// Of a closed connection it is an error.
	withDescriptor(do func(fd int) error) error
}

// openLine chooses how to write to a connection: straight to the descriptor
// where the system allows it, else through a goroutine.
func openLine(conn net.Conn, portable bool) (line, error) {
	if !portable {
		if l, ok, err := openDescriptor(conn); ok || err != nil {
			return l, err
		}
	}
	return openPortable(conn), nil
}

// portableBytes is how much a portable line takes before it is blocked.
const portableBytes = 64 << 10

// portableKernelBytes bounds what the kernel takes for a peer that does not
// read. By default some 3 MB vanish into its buffers before anybody notices.
const portableKernelBytes = 16 << 10

// portableStall bounds one write of a portable line. The shard cuts a blocked
// client sooner; this is for a shard that is gone.
const portableStall = 10 * time.Second

// portableLine hands bytes to a goroutine of its own, which may wait for the
// peer: for systems without the direct way and for TLS ended in the process.
type portableLine struct {
	conn net.Conn

	mu     sync.Mutex
	wake   sync.Cond
	buf    []byte // waits to be written
	err    error
	closed bool
	done   chan struct{}
}

func openPortable(conn net.Conn) *portableLine {
	socket := conn
	if tls, ok := conn.(interface{ NetConn() net.Conn }); ok {
		socket = tls.NetConn()
	}
	if s, ok := socket.(interface{ SetWriteBuffer(int) error }); ok {
		_ = s.SetWriteBuffer(portableKernelBytes) // without it a stalled peer is only noticed later
	}
	l := &portableLine{conn: conn, done: make(chan struct{})}
	l.wake.L = &l.mu
	go l.run()
	return l
}

func (l *portableLine) send(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return 0, l.err
	}
	n := min(len(p), portableBytes-len(l.buf))
	l.buf = append(l.buf, p[:n]...)
	l.wake.Signal()
	return n, nil
}

// run writes what send left until the line is closed and empty, or breaks.
func (l *portableLine) run() {
	defer close(l.done)
	var spare []byte
	for {
		l.mu.Lock()
		for len(l.buf) == 0 && !l.closed {
			l.wake.Wait()
		}
		p := l.buf
		l.buf = spare[:0]
		l.mu.Unlock()
		if len(p) == 0 {
			return
		}
		err := l.conn.SetWriteDeadline(time.Now().Add(portableStall))
		if err == nil {
			_, err = l.conn.Write(p)
		}
		if err != nil {
			l.mu.Lock()
			l.err = err
			l.mu.Unlock()
			return
		}
		spare = p
	}
}

// close lets the goroutine write what it has, for a moment, and joins it.
func (l *portableLine) close() {
	l.mu.Lock()
	l.closed = true
	l.wake.Signal()
	l.mu.Unlock()
	select {
	case <-l.done:
	case <-time.After(farewellGrace):
		_ = l.conn.SetWriteDeadline(time.Unix(1, 0)) // a closed connection has no deadline and no writer
		<-l.done
	}
}
