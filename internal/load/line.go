package load

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/fasthttp/websocket"

	"gobua/engine"
	"gobua/internal/visitor"
)

// setupTimeout bounds each question before the load begins, and each write.
const setupTimeout = 15 * time.Second

// line is a connection that is read with as little work as possible: there may
// be thousands on the machine that is measured.
type line struct {
	conn    *websocket.Conn
	writing sync.Mutex
	frame   bytes.Buffer // the reader's
}

func connect(ctx context.Context, site *visitor.Site) (*line, error) {
	conn, err := site.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &line{conn: conn}, nil
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
	Update *struct {
		Kind engine.EventKind `json:"k"`
		At   engine.Instant   `json:"at"`
		Now  struct {
			Price engine.Dong `json:"p"`
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
}

func (l *line) write(q question) error {
	frame, err := json.Marshal(q)
	if err != nil {
		return err
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	_ = l.conn.SetWriteDeadline(time.Now().Add(setupTimeout)) // only keeps the moment
	return l.conn.WriteMessage(websocket.TextMessage, frame)
}

// ask writes a question and reads until its answer, which must be no refusal.
func (l *line) ask(q question) error {
	_ = l.conn.SetReadDeadline(time.Now().Add(setupTimeout)) // cannot fail on an open connection
	defer func() { _ = l.conn.SetReadDeadline(time.Time{}) }()
	if err := l.write(q); err != nil {
		return fmt.Errorf("%s: %w", q.Op, err)
	}
	for {
		var answer heard
		err := l.next(func(_ time.Time, object []byte) error {
			var h heard
			if err := json.Unmarshal(object, &h); err != nil {
				return err
			}
			if h.ID == q.ID {
				answer = h
			}
			return nil
		})
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", q.Op, err)
		case answer.T == "err":
			return fmt.Errorf("%s: refused: %s", q.Op, answer.Code)
		case answer.Receipt != nil && !answer.Receipt.Accepted:
			return fmt.Errorf("%s: refused: %s", q.Op, answer.Receipt.Reason)
		case answer.T != "":
			return nil
		}
	}
}

// next reads one frame and calls each for the objects in it, with the moment
// at which the frame had come.
func (l *line) next(each func(at time.Time, object []byte) error) error {
	_, r, err := l.conn.NextReader()
	if err != nil {
		return err
	}
	l.frame.Reset()
	if _, err := l.frame.ReadFrom(r); err != nil {
		return err
	}
	at := time.Now()
	for object := range bytes.SplitSeq(l.frame.Bytes(), []byte{'\n'}) {
		if err := each(at, object); err != nil {
			return err
		}
	}
	return nil
}

// hangUp makes the reader return.
func (l *line) hangUp() {
	_ = l.conn.SetReadDeadline(time.Unix(1, 0)) // as in ask
}

// kindOf is the field t of a message, which the server puts first.
func kindOf(object []byte) string {
	rest, ok := bytes.CutPrefix(object, []byte(`{"t":"`))
	if !ok {
		return ""
	}
	kind, _, _ := bytes.Cut(rest, []byte{'"'})
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
