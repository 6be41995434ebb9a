package storetest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Line stands between a Store and its database and can be cut.
type Line struct {
	DSN string // of the near end

	network, address string
	listener         net.Listener

	mu     sync.Mutex
	conns  map[net.Conn]bool
	cut    bool
	losing []byte // answers are lost from the first request on that contains it
}

// NewLine returns a line to the database of dsn, gone with the test.
func NewLine(t testing.TB, dsn string) *Line {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	l := &Line{network: "tcp", address: net.JoinHostPort(q.Get("host"), q.Get("port")), conns: map[net.Conn]bool{}}
	if host := q.Get("host"); host[0] == '/' {
		l.network, l.address = "unix", host+"/.s.PGSQL."+q.Get("port")
	}
	if l.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(l.listener.Addr().String())
	q.Set("host", host)
	q.Set("port", port)
	u.RawQuery = q.Encode()
	l.DSN = u.String()
	go l.serve()
	t.Cleanup(func() { l.listener.Close(); l.Cut() })
	return l
}

// Cut ends all connections and refuses new ones.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for c := range l.conns {
		c.Close()
	}
}

// Mend lets connections through again.
func (l *Line) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut, l.losing = false, nil
}

// LoseAnswerTo passes the next request on that contains the words, and cuts
// the line before its answer: the database has done what nobody hears of.
func (l *Line) LoseAnswerTo(words string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.losing = []byte(words)
}

func (l *Line) serve() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		go l.carry(near)
	}
}

func (l *Line) carry(near net.Conn) {
	defer near.Close()
	far, err := net.Dial(l.network, l.address)
	if err != nil || !l.keep(near) || !l.keep(far) {
		return
	}
	defer far.Close()
	lost := make(chan struct{})
	go func() {
		_ = l.forward(far, near, lost) // ends when either side does
		far.Close()
	}()
	buf := make([]byte, 32<<10)
	for {
		n, err := far.Read(buf)
		select {
		case <-lost:
			_, _ = io.Copy(io.Discard, far) // the database answers; then the line breaks
			return
		default:
		}
		if _, werr := near.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}

// forward carries requests.
func (l *Line) forward(far, near net.Conn, lost chan struct{}) error {
	buf := make([]byte, 64<<10)
	for {
		n, err := near.Read(buf)
		if l.loses(buf[:n]) {
			close(lost)
			_, werr := far.Write(buf[:n])
			// Terminate (X) after the request: the database finishes it and
			// then closes, so that the loss is certain and not a race.
			_, xerr := far.Write([]byte{'X', 0, 0, 0, 4})
			_, _ = io.Copy(io.Discard, near)
			return errors.Join(werr, xerr)
		}
		if _, werr := far.Write(buf[:n]); err != nil || werr != nil {
			return err
		}
	}
}

func (l *Line) loses(request []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.losing == nil || !bytes.Contains(request, l.losing) {
		return false
	}
	l.losing = nil
	return true
}

func (l *Line) keep(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		c.Close()
		return false
	}
	l.conns[c] = true
	return true
}
