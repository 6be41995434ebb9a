package visitor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/fasthttp/websocket"

	"gobua/engine"
)

const (
	// maxFrameBytes is far above the largest frame, a desk of ten thousand.
	maxFrameBytes = 8 << 20
	// writeTimeout is how long a write may wait for a peer that does not read.
	writeTimeout = 10 * time.Second
	// silence is how long a line may say nothing: several heartbeats long.
	silence = 90 * time.Second
	// maxWaiting bounds the requests under way on one line.
	maxWaiting = 1024
	// maxProblemBytes holds why a connection was refused.
	maxProblemBytes = 4 << 10
	// lineBuffer holds most frames; there may be thousands of lines.
	lineBuffer = 2 << 10
)

// Line is one live connection. All methods may be called from any goroutine;
// those that ask block until the answer, ctx or the end of the line.
type Line struct {
	conn *websocket.Conn

	writing sync.Mutex // one frame at a time

	mu      sync.Mutex
	last    int32
	waiting map[int32]chan message
	rooms   map[engine.SessionID]*Room
	bye     *message
	gone    error // set before ended is closed

	ended chan struct{}
}

// Dial opens a line, as a spectator until Hello.
func (s *Site) Dial(ctx context.Context) (*Line, error) {
	conn, err := s.Connect(ctx)
	if err != nil {
		return nil, err
	}
	l := &Line{conn: conn, waiting: make(map[int32]chan message), rooms: make(map[engine.SessionID]*Room), ended: make(chan struct{})}
	go l.read()
	return l, nil
}

// Connect opens the bare connection of a line, from the same origin as the
// server's page, for those who read it themselves.
func (s *Site) Connect(ctx context.Context) (*websocket.Conn, error) {
	return s.ConnectFrom(ctx, netip.Addr{})
}

// ConnectFrom is Connect from one of this machine's addresses: each has ports
// for less than thirty thousand connections to one server. The zero one leaves
// the choice to the system.
func (s *Site) ConnectFrom(ctx context.Context, from netip.Addr) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	u := *s.base
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[s.base.Scheme]
	u.Path = "/ws"
	dialer := websocket.Dialer{
		HandshakeTimeout: callTimeout, ReadBufferSize: lineBuffer, WriteBufferSize: lineBuffer,
		WriteBufferPool: &writeBuffers, TLSClientConfig: s.transport.TLSClientConfig,
	}
	if from.IsValid() {
		dialer.NetDialContext = (&net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))}).DialContext
	}
	conn, answer, err := dialer.DialContext(ctx, u.String(), http.Header{"Origin": {s.base.String()}})
	if err != nil {
		if answer != nil {
			text, _ := io.ReadAll(io.LimitReader(answer.Body, maxProblemBytes)) // without it the status must do
			return nil, fmt.Errorf("connect to %s: %w", u.String(), apiError(answer, text))
		}
		return nil, fmt.Errorf("connect to %s: %w", u.String(), &Gone{Cause: err})
	}
	conn.SetReadLimit(maxFrameBytes)
	conn.SetPingHandler(func(text string) error { // a ping is a sign of life too
		if err := conn.SetReadDeadline(time.Now().Add(silence)); err != nil {
			return err
		}
		return conn.WriteControl(websocket.PongMessage, []byte(text), time.Now().Add(writeTimeout))
	})
	return conn, nil
}

// writeBuffers are shared: few lines write at the same moment.
var writeBuffers sync.Pool

// Close ends the line and waits for its reader.
func (l *Line) Close() {
	goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = l.conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(time.Second)) // the peer may be gone
	_ = l.conn.Close()
	<-l.ended
}

// Ended is closed when the line has ended; Err then says why, as a *Gone.
func (l *Line) Ended() <-chan struct{} { return l.ended }

// Err returns why the line ended, nil while it lives.
func (l *Line) Err() error {
	select {
	case <-l.ended:
		return l.gone
	default:
		return nil
	}
}

// read is the line's own goroutine; it never waits for a user of the line.
func (l *Line) read() {
	defer close(l.ended)
	for {
		_ = l.conn.SetReadDeadline(time.Now().Add(silence)) // a closed line shows in the read
		_, frame, err := l.conn.ReadMessage()
		if err != nil {
			l.end(err)
			return
		}
		for object := range bytes.SplitSeq(frame, []byte{'\n'}) {
			var m message
			if err := json.Unmarshal(object, &m); err != nil {
				_ = l.conn.Close()
				l.end(fmt.Errorf("message %.80q: %w", object, err))
				return
			}
			l.take(&m)
		}
	}
}

func (l *Line) end(cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := &Gone{Cause: cause}
	if l.bye != nil {
		g.Code, g.RetryMs = l.bye.Code, l.bye.RetryMs
	}
	l.gone = g
}

// take hands a message to its room and to whoever waits for its answer, in
// this order: who has asked to follow a room finds it filled.
func (l *Line) take(m *message) {
	l.mu.Lock()
	room := l.rooms[m.Session]
	var waits chan message
	if m.ID != 0 {
		waits = l.waiting[m.ID]
		delete(l.waiting, m.ID)
	}
	if m.T == "bye" && m.Session == "" {
		l.bye = m
	}
	l.mu.Unlock()
	if room != nil && room.take(m) {
		// The answer comes to the room itself, so nobody waits for it. If the
		// line cannot be written to, its reader is about to notice.
		_, _ = l.send(subscription(room))
	}
	if waits != nil {
		waits <- *m // has room for the one answer
	}
}

// subscription asks for a room from where it stands.
func subscription(r *Room) ask {
	a := ask{Op: "sub", Session: r.session}
	if epoch, seq := r.resumeFrom(); epoch != "" {
		a.Epoch, a.Seq = epoch, &seq
	}
	return a
}

// send writes a request and returns where its answer will come.
func (l *Line) send(a ask) (<-chan message, error) {
	answer := make(chan message, 1)
	l.mu.Lock()
	if len(l.waiting) >= maxWaiting {
		l.mu.Unlock()
		return nil, &Refused{Code: "too_many", Temporary: true}
	}
	l.last++
	a.ID = l.last
	l.waiting[a.ID] = answer
	l.mu.Unlock()
	frame, err := json.Marshal(a)
	if err == nil {
		err = l.write(frame)
	}
	if err != nil {
		l.mu.Lock()
		delete(l.waiting, a.ID)
		l.mu.Unlock()
		return nil, &Gone{Cause: err}
	}
	return answer, nil
}

func (l *Line) write(frame []byte) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := l.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	return l.conn.WriteMessage(websocket.TextMessage, frame)
}

// ask sends a request and waits for its answer.
func (l *Line) ask(ctx context.Context, a ask) (message, error) {
	answer, err := l.send(a)
	if err != nil {
		return message{}, err
	}
	return l.wait(ctx, answer)
}

func (l *Line) wait(ctx context.Context, answer <-chan message) (message, error) {
	select {
	case m := <-answer:
		return judged(m)
	case <-ctx.Done():
		return message{}, ctx.Err()
	case <-l.ended:
	}
	select { // it may have come with the end
	case m := <-answer:
		return judged(m)
	default:
		return message{}, l.gone
	}
}

func judged(m message) (message, error) {
	if m.T == "err" {
		return message{}, &Refused{Code: m.Code, Temporary: m.Temp}
	}
	return m, nil
}

// errNoReceipt would be a server that speaks another protocol.
var errNoReceipt = errors.New("the server answered a command without a receipt")

func receiptOf(m message, err error) (engine.Receipt, error) {
	switch {
	case err != nil:
		return engine.Receipt{}, err
	case m.Receipt == nil:
		return engine.Receipt{}, errNoReceipt
	}
	return *m.Receipt, nil
}
