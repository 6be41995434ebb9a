package history

import (
	"math"
	"sync"

	"gobua/engine"
)

// Bid is what somebody sends.
type Bid struct {
	Session engine.SessionID
	By      string // one person, always by the same name
	ID      engine.CommandID
	Amount  engine.Dong
}

// never is when a bid was answered that was not.
const never = math.MaxInt64

// Call is one sending of a bid.
type Call struct {
	Bid
	// Sent and Back are places in the order of all sendings and answers; Back is
	// math.MaxInt64 where nobody got an answer.
	Sent, Back int64
	Receipt    engine.Receipt // if there was an answer

	of *History
}

// History is what was sent and answered. Its methods may be called from any
// goroutine.
type History struct {
	mu    sync.Mutex
	order int64
	calls []*Call
}

// New begins a history.
func New() *History { return &History{} }

// Call notes that a bid is about to be sent, for the first time or again.
func (h *History) Call(b Bid) *Call {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.order++
	c := &Call{Bid: b, Sent: h.order, Back: never, of: h}
	h.calls = append(h.calls, c)
	return c
}

// Answered notes what came back. Without it the outcome stays unknown: so where
// the line was lost, or the server said that it does not know.
func (c *Call) Answered(r engine.Receipt) {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	c.of.order++
	c.Back, c.Receipt = c.of.order, r
}

// Calls returns a copy of everything so far, in the order of sending. Tests of
// the check change it.
func (h *History) Calls() []Call {
	h.mu.Lock()
	defer h.mu.Unlock()
	calls := make([]Call, len(h.calls))
	for i, c := range h.calls {
		calls[i] = *c
		calls[i].of = nil
	}
	return calls
}
