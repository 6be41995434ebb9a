package cluster

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

// Limits of requests between nodes.
const (
	// MaxMessage is the largest request, answer or broadcast in bytes: far more
	// than a command (4 KiB), enough for a view of a large session.
	MaxMessage = 1 << 20
	// MaxAsks is how many requests one node may wait for. At ten thousand a
	// second it is reached when answers take six seconds.
	MaxAsks = 1 << 16
	// MaxServed is how many requests of one kind may be under way at the node
	// that answers. More are answered with ErrBusy at once.
	MaxServed = 1 << 14
)

// What a request may end with, besides an answer and the error of a context.
var (
	// ErrNoNode: nobody listens there. Nothing has happened.
	ErrNoNode = errors.New("cluster: the node is not there")
	// ErrNoAnswer: the time is over. Nobody knows what has happened.
	ErrNoAnswer = errors.New("cluster: no answer in time")
	// ErrBusy: too many requests are under way, here or there. Nothing has
	// happened.
	ErrBusy = errors.New("cluster: too many requests")
	// ErrTooLarge: the request was not sent, or its answer was not.
	ErrTooLarge = errors.New("cluster: the message is too large")
	// ErrLeft: this member has ended.
	ErrLeft = errors.New("cluster: this node has left")
)

// Headers of messages between nodes.
const (
	headerRefused = "Gobua-Refused"
	headerFrom    = "Gobua-From"
)

var refusals = map[string]error{"busy": ErrBusy, "large": ErrTooLarge}

// asks are the requests that wait for an answer. All share one subscription, so
// none needs a goroutine.
type asks struct {
	nc     *nats.Conn
	prefix string // of the subjects of answers; the rest is the number of the request
	sub    *nats.Subscription
	next   atomic.Uint64

	mu      sync.Mutex
	waiting map[uint64]*ask
	closed  bool
}

type ask struct {
	fn    func([]byte, error)
	timer *time.Timer
}

func newAsks(nc *nats.Conn) (*asks, error) {
	a := &asks{nc: nc, prefix: nc.NewInbox() + ".", waiting: map[uint64]*ask{}}
	var err error
	a.sub, err = nc.Subscribe(a.prefix+"*", a.answered)
	return a, err
}

// send sends a request. fn is called once: with the answer on the goroutine of
// the subscription, where it must not block; with ErrNoAnswer on one of its own;
// or, if nothing was sent, before send returns.
func (a *asks) send(subject string, payload []byte, timeout time.Duration, fn func([]byte, error)) {
	if len(payload) > MaxMessage {
		fn(nil, ErrTooLarge)
		return
	}
	number := a.next.Add(1)
	w := &ask{fn: fn}
	a.mu.Lock()
	var refused error
	switch {
	case a.closed:
		refused = ErrLeft
	case len(a.waiting) >= MaxAsks:
		refused = ErrBusy
	default:
		a.waiting[number] = w
		w.timer = time.AfterFunc(timeout, func() { a.end(number, nil, ErrNoAnswer) })
	}
	a.mu.Unlock()
	if refused != nil {
		fn(nil, refused)
		return
	}
	if err := a.nc.PublishRequest(subject, a.prefix+strconv.FormatUint(number, 36), payload); err != nil {
		a.end(number, nil, errors.Join(ErrNoNode, err))
	}
}

func (a *asks) answered(m *nats.Msg) {
	number, err := strconv.ParseUint(strings.TrimPrefix(m.Subject, a.prefix), 36, 64)
	if err != nil {
		return
	}
	switch {
	case len(m.Data) == 0 && m.Header.Get("Status") == "503":
		a.end(number, nil, ErrNoNode)
	case m.Header.Get(headerRefused) != "":
		err, known := refusals[m.Header.Get(headerRefused)]
		if !known {
			err = ErrBusy
		}
		a.end(number, nil, err)
	default:
		a.end(number, m.Data, nil)
	}
}

func (a *asks) end(number uint64, answer []byte, err error) {
	a.mu.Lock()
	w, waits := a.waiting[number]
	delete(a.waiting, number)
	a.mu.Unlock()
	if waits {
		w.timer.Stop()
		w.fn(answer, err)
	}
}

// close ends every request that waits with ErrLeft.
func (a *asks) close() {
	_ = a.sub.Unsubscribe()
	a.mu.Lock()
	a.closed = true
	waiting := a.waiting
	a.waiting = map[uint64]*ask{}
	a.mu.Unlock()
	for _, w := range waiting {
		w.timer.Stop()
		w.fn(nil, ErrLeft)
	}
}

// AskAsync asks a node, which may be this one, and returns at once. fn is called
// exactly once: with the answer, on a goroutine that all requests share and that
// it must not block; with ErrNoAnswer, on a goroutine of its own; and before
// AskAsync returns if nothing could be sent.
func (m *Member) AskAsync(node, kind string, payload []byte, timeout time.Duration, fn func(answer []byte, err error)) {
	m.asks.send(nodeSubject(node, kind), payload, timeout, fn)
}

// Ask asks a node and blocks until it has answered or ctx ends.
func (m *Member) Ask(ctx context.Context, node, kind string, payload []byte) ([]byte, error) {
	type result struct {
		answer []byte
		err    error
	}
	done := make(chan result, 1)
	timeout := time.Minute // an ask without a deadline still ends
	if at, ok := ctx.Deadline(); ok {
		timeout = time.Until(at)
	}
	m.AskAsync(node, kind, payload, timeout, func(answer []byte, err error) { done <- result{answer, err} })
	select {
	case r := <-done:
		return r.answer, r.err
	case <-ctx.Done():
		return nil, errors.Join(ErrNoAnswer, ctx.Err())
	}
}

func nodeSubject(node, kind string) string { return "gobua.node." + node + "." + kind }

func allSubject(kind string) string { return "gobua.all." + kind }
