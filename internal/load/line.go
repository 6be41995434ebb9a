package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"gobua/engine"
	"gobua/internal/visitor"
)

// setupTimeout bounds each question before the load begins, and each write.
const setupTimeout = 15 * time.Second

var newline = []byte{'\n'}

// errFarewell ends a line whose server has sent a close frame.
var errFarewell = errors.New("the server has closed the line")

// line is a connection that is read with as little work as possible: there may
// be tens of thousands on the machine that is measured. Until a crowd reads it,
// its owner may ask and read.
type line struct {
	conn net.Conn
	in   frames // of who reads

	// What a crowd calls, on the one goroutine that reads the line: each for an
	// object that came, lost once when the line has ended. Its error ends the line.
	hear func(at time.Time, object []byte) error
	lost func(why error)

	mu   sync.Mutex
	fd   int // of a line that a crowd has taken out of conn; 0: conn is used
	over bool
	out  []byte // the last frame written
}

// connect opens a line. from is the address it comes from; the zero one leaves
// that to the system.
func connect(ctx context.Context, site *visitor.Site, from netip.Addr) (*line, error) {
	conn, err := site.ConnectFrom(ctx, from)
	if err != nil {
		return nil, err
	}
	return &line{conn: conn.NetConn()}, nil
}

// heard is what a load wants to know of a message.
type heard struct {
	T       string `json:"t"`
	ID      int32  `json:"id"`
	Code    string `json:"code"`
	Receipt *struct {
		Accepted bool          `json:"accepted"`
		Reason   engine.Reason `json:"reason"`
	} `json:"receipt"`
	Session engine.SessionID `json:"session"`
	Update  *struct {
		Kind engine.EventKind `json:"k"`
		At   engine.Instant   `json:"at"`
		Now  struct {
			Price engine.Dong    `json:"p"`
			Phase engine.Phase   `json:"ph"`
			Ends  engine.Instant `json:"e"`
		} `json:"now"`
	} `json:"up"`
}

// question is a request before the load begins, and during it a bid or a
// renewal of the token.
type question struct {
	Op      string           `json:"op"`
	ID      int32            `json:"id"`
	Token   string           `json:"token,omitempty"`
	Session engine.SessionID `json:"session,omitempty"`
	Cmd     string           `json:"cmd,omitempty"`
	Amount  engine.Dong      `json:"amount,omitempty"`
	Epoch   string           `json:"epoch,omitempty"`
	Seq     *engine.FeedSeq  `json:"seq,omitempty"`
}

func (l *line) write(q question) error {
	object, err := json.Marshal(q)
	if err != nil {
		return err
	}
	return l.send(textFrame, object)
}

// send writes one frame. It may wait for a server that does not read, but no
// longer than setupTimeout.
func (l *line) send(kind byte, payload []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return net.ErrClosed
	}
	l.out = appendFrame(l.out[:0], kind, payload)
	if l.fd != 0 {
		return writeTo(l.fd, l.out, setupTimeout)
	}
	_ = l.conn.SetWriteDeadline(time.Now().Add(setupTimeout)) // only keeps the moment
	_, err := l.conn.Write(l.out)
	return err
}

// ask writes a question and reads until its answer, which must be no refusal.
func (l *line) ask(q question) error {
	_ = l.conn.SetReadDeadline(time.Now().Add(setupTimeout)) // cannot fail on an open connection
	defer func() { _ = l.conn.SetReadDeadline(time.Time{}) }()
	if err := l.write(q); err != nil {
		return fmt.Errorf("%s: %w", q.Op, err)
	}
	var answer heard
	l.hear = func(_ time.Time, object []byte) error {
		var h heard
		if err := json.Unmarshal(object, &h); err != nil {
			return err
		}
		if h.ID == q.ID {
			answer = h
		}
		return nil
	}
	buf := make([]byte, 32<<10)
	for answer.T == "" {
		n, err := l.conn.Read(buf)
		if err == nil {
			err = l.take(buf[:n], time.Now())
		}
		if err != nil {
			return fmt.Errorf("%s: %w", q.Op, err)
		}
	}
	switch {
	case answer.T == "err":
		return fmt.Errorf("%s: refused: %s", q.Op, answer.Code)
	case answer.Receipt != nil && !answer.Receipt.Accepted:
		return fmt.Errorf("%s: refused: %s", q.Op, answer.Receipt.Reason)
	}
	return nil
}

// take is given what has come. It calls hear for the objects in it, and answers
// the server's pings as a browser does.
func (l *line) take(p []byte, at time.Time) error {
	return l.in.feed(p, func(kind byte, payload []byte) error {
		switch kind {
		case textFrame:
			for more := true; more; { // bytes.SplitSeq would allocate for each of millions
				var object []byte
				object, payload, more = bytes.Cut(payload, newline)
				if err := l.hear(at, object); err != nil {
					return err
				}
			}
			return nil
		case pingFrame:
			return l.send(pongFrame, payload)
		case closeFrame:
			return errFarewell
		}
		return nil
	})
}

// readOn takes what comes until the line ends, and says why it did. It is how
// a line is read that no crowd can read otherwise.
func (l *line) readOn() error {
	buf := make([]byte, 16<<10)
	for {
		n, err := l.conn.Read(buf)
		if n > 0 {
			err = errors.Join(l.take(buf[:n], time.Now()), err)
		}
		if err != nil {
			return err
		}
	}
}

// hangUp closes a line that no crowd has taken, or makes its reader return.
func (l *line) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fd == 0 && !l.over {
		l.over = true
		_ = l.conn.Close() // nothing that matters is on its way
	}
}

// kindOf is the field t of a message, which the server puts first.
func kindOf(object []byte) string {
	rest, ok := bytes.CutPrefix(object, []byte(`{"t":"`))
	if !ok {
		return ""
	}
	kind, _, _ := bytes.Cut(rest, []byte{'"'})
	switch string(kind) { // without an allocation
	case "up":
		return "up"
	case "receipt":
		return "receipt"
	}
	return string(kind)
}

// seqOf is the number of a snap, up or hb message, which stands before
// anything that people have written.
func seqOf(object []byte) (engine.FeedSeq, bool) {
	_, rest, ok := bytes.Cut(object, []byte(`"seq":`))
	if !ok {
		return 0, false
	}
	end := 0
	for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	n, err := strconv.ParseUint(string(rest[:end]), 10, 64)
	return engine.FeedSeq(n), err == nil
}

// epochOf is the epoch of a snap or hb message.
func epochOf(object []byte) string {
	_, rest, _ := bytes.Cut(object, []byte(`"epoch":"`))
	epoch, _, _ := bytes.Cut(rest, []byte{'"'})
	return string(epoch)
}
