package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"gobua/engine"
	"gobua/engine/actor"
)

// Local is the sessions as this process has them: it decides some and follows
// the others. *actor.Registry is one.
type Local interface {
	Submit(id engine.SessionID, c engine.Command, answer func(engine.Receipt, error))
	Receipts(id engine.SessionID, q engine.Question, answer func([]engine.Receipt, error))
	Create(ctx context.Context, c engine.Created) error
	UnitOf(id engine.SessionID) (unit int, ok bool)
}

// Peers are the processes of the cluster. Nothing of it blocks.
type Peers interface {
	// Owner names the node that decides a unit; false: none does now.
	Owner(unit int) (node string, ok bool)
	// Self is this node.
	Self() string
	// Ask sends a request to a node and calls answer exactly once, on any
	// goroutine. ErrNobody: it reached nobody. Another error: it may have.
	Ask(node, kind string, payload []byte, timeout time.Duration, answer func([]byte, error))
	// Serve has requests of a kind answered. handle is called on the
	// connection's goroutine and must not block; answer may be called later.
	Serve(kind string, handle func(payload []byte, answer func([]byte))) error
}

// ErrNobody is Peers' word that a request reached nobody.
var ErrNobody = errors.New("relay: nobody there")

// Meter counts what is relayed. Its methods are called on any goroutine and
// must not block.
type Meter interface {
	// Relayed measures one command that another node decided, from here and back.
	Relayed(took time.Duration)
	// GaveUp counts one that had no answer within Patience.
	GaveUp()
}

// Tracer keeps the way of a few commands, as actor.Tracer does.
type Tracer interface {
	Traced(id engine.CommandID) bool
	Passed(id engine.CommandID, stage string, from, to time.Time)
}

// Options of a Relay. Local, Peers and Unit are required.
type Options struct {
	Local Local
	Peers Peers
	Unit  func(auctionID string) int
	Meter Meter  // nil: nothing is counted
	Trace Tracer // nil: nothing is traced
	Log   *slog.Logger
	// Patience is how long a command is brought again; zero: UsualPatience.
	Patience time.Duration
}

// Times of the way to another node.
const (
	// UsualPatience is longer than an owner that froze is believed in, and than a
	// log of other servers may be without a leader, which is 8 s.
	UsualPatience = 12 * time.Second
	// askFirst is how long one node may take for an answer before it is asked
	// again, or its successor; a healthy one takes milliseconds. Each time it may
	// take twice as long, up to askMost, so that what waits for a log without a
	// leader does not fill a mailbox with the same commands.
	askFirst = 300 * time.Millisecond
	askMost  = 2400 * time.Millisecond
	// lookEvery is how often who waits for an answer looks whether another node
	// decides now, which would be asked at once.
	lookEvery = 50 * time.Millisecond
	// againAfter is how soon a command is brought again where nobody decides:
	// shorter than anybody sees, and forty times a second for each that waits.
	againAfter = 25 * time.Millisecond
	// showWithin is how long a new session is waited for that another node has
	// begun, and showEvery how often it is looked for; it takes milliseconds.
	showWithin = 2 * time.Second
	showEvery  = 2 * time.Millisecond
	// maxUnderWay is how many commands may be on their way to other nodes: as
	// many as this node's clients can have sent. Beyond it the answer is busy.
	maxUnderWay = 32_768
)

// Kinds of requests between nodes.
const (
	kindSubmit   = "submit"
	kindReceipts = "receipts"
	kindCreate   = "create"
)

// Relay is the saleroom of a cluster. Its methods may be called from any
// goroutine.
type Relay struct {
	o        Options
	underWay atomic.Int64

	mu       sync.Mutex
	commands map[engine.CommandID]int // on their way from here, and how often
}

// New makes a relay and answers what other nodes ask of this one.
func New(o Options) (*Relay, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Meter == nil {
		o.Meter = noMeter{}
	}
	if o.Patience == 0 {
		o.Patience = UsualPatience
	}
	r := &Relay{o: o, commands: map[engine.CommandID]int{}}
	for kind, handle := range map[string]func([]byte, func([]byte)){
		kindSubmit: r.serveSubmit, kindReceipts: r.serveReceipts, kindCreate: r.serveCreate,
	} {
		if err := o.Peers.Serve(kind, handle); err != nil {
			return nil, fmt.Errorf("relay: %s: %w", kind, err)
		}
	}
	return r, nil
}

type noMeter struct{}

func (noMeter) Relayed(time.Duration) {}
func (noMeter) GaveUp()               {}

// Submit sends a command to the owner of its session, wherever that is. It never
// blocks; answer is called exactly once, on any goroutine. Its error is
// engine.ErrBusy, ErrNoSession or ErrUnknownOutcome.
func (r *Relay) Submit(id engine.SessionID, c engine.Command, answer func(engine.Receipt, error)) {
	unit, ok := r.o.Local.UnitOf(id)
	if !ok {
		answer(engine.Receipt{}, engine.ErrNoSession)
		return
	}
	r.send(&errand{
		unit: unit, kind: kindSubmit, command: c.ID,
		payload: func() ([]byte, error) { return encodeCommand(id, c) },
		here: func(done func(*answerJSON, error)) {
			r.o.Local.Submit(id, c, func(receipt engine.Receipt, err error) { done(&answerJSON{Receipt: &receipt}, err) })
		},
		done: func(a *answerJSON, err error) {
			if err != nil || a.Receipt == nil {
				answer(engine.Receipt{}, orUnknown(err))
				return
			}
			answer(*a.Receipt, nil)
		},
	})
}

// Receipts looks up what became of commands, at the owner of their session. It
// never blocks; see Submit. While one of them is still on its way from here nobody
// knows: engine.ErrUnknownOutcome. Else its sender would be told that it was not
// received, and it would be carried out after that.
func (r *Relay) Receipts(id engine.SessionID, q engine.Question, answer func([]engine.Receipt, error)) {
	unit, ok := r.o.Local.UnitOf(id)
	if !ok {
		answer(nil, engine.ErrNoSession)
		return
	}
	if r.carries(q.Commands) {
		answer(nil, engine.ErrUnknownOutcome)
		return
	}
	r.send(&errand{
		unit: unit, kind: kindReceipts,
		payload: func() ([]byte, error) { return json.Marshal(questionJSON{id, q}) },
		here: func(done func(*answerJSON, error)) {
			r.o.Local.Receipts(id, q, func(found []engine.Receipt, err error) { done(&answerJSON{Receipts: found}, err) })
		},
		done: func(a *answerJSON, err error) {
			if err != nil {
				answer(nil, err)
				return
			}
			answer(a.Receipts, nil)
		},
	})
}

// Create begins a session at the node that decides those of its auction. It
// blocks until that is durable there and, unless that takes too long, this node
// shows it: whoever published a session looks at it next. After any error it may be
// called again.
func (r *Relay) Create(ctx context.Context, c engine.Created) error {
	result := make(chan error, 1)
	r.send(&errand{
		unit: r.o.Unit(c.Lot.AuctionID), kind: kindCreate,
		payload: func() ([]byte, error) { return json.Marshal(&c) },
		here: func(done func(*answerJSON, error)) {
			go func() { done(new(answerJSON), r.o.Local.Create(ctx, c)) }()
		},
		done: func(_ *answerJSON, err error) { result <- err },
	})
	select {
	case err := <-result:
		if err == nil {
			r.awaitSession(ctx, c.Session)
		}
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// awaitSession waits until this node has read of a session that is durable.
func (r *Relay) awaitSession(ctx context.Context, id engine.SessionID) {
	ctx, cancel := context.WithTimeout(ctx, showWithin)
	defer cancel()
	tick := time.NewTicker(showEvery)
	defer tick.Stop()
	for {
		if _, known := r.o.Local.UnitOf(id); known {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// carry notes that a command is on its way, and by -1 that it is no more.
func (r *Relay) carry(id engine.CommandID, by int) {
	if id == (engine.CommandID{}) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.commands[id] += by; r.commands[id] == 0 {
		delete(r.commands, id)
	}
}

// carries tells whether any of some commands is on its way from here.
func (r *Relay) carries(ids []engine.CommandID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		if r.commands[id] > 0 {
			return true
		}
	}
	return false
}

func orUnknown(err error) error {
	if err == nil {
		return engine.ErrUnknownOutcome
	}
	return err
}

// serveSubmit decides a command that came through another node.
func (r *Relay) serveSubmit(payload []byte, answer func([]byte)) {
	id, c, err := decodeCommand(payload)
	if err != nil {
		r.o.Log.Error("a command from another node cannot be read", "err", err)
		reply(answer, &answerJSON{Failure: failedToRead})
		return
	}
	r.o.Local.Submit(id, c, func(receipt engine.Receipt, err error) {
		reply(answer, &answerJSON{Failure: failureOf(err), Receipt: &receipt})
	})
}

func (r *Relay) serveReceipts(payload []byte, answer func([]byte)) {
	var q questionJSON
	if err := json.Unmarshal(payload, &q); err != nil {
		reply(answer, &answerJSON{Failure: failedToRead})
		return
	}
	r.o.Local.Receipts(q.Session, q.Question, func(found []engine.Receipt, err error) {
		reply(answer, &answerJSON{Failure: failureOf(err), Receipts: found})
	})
}

func (r *Relay) serveCreate(payload []byte, answer func([]byte)) {
	var c engine.Created
	if err := json.Unmarshal(payload, &c); err != nil {
		reply(answer, &answerJSON{Failure: failedToRead})
		return
	}
	go func() { // it waits for the log
		ctx, cancel := context.WithTimeout(context.Background(), r.o.Patience)
		defer cancel()
		err := r.o.Local.Create(ctx, c)
		switch {
		case err == nil, errors.Is(err, actor.ErrElsewhere), errors.Is(err, engine.ErrUnknownOutcome):
			reply(answer, &answerJSON{Failure: failureOf(err)})
		default:
			reply(answer, &answerJSON{Failure: failedToCreate, Text: err.Error()})
		}
	}()
}

func reply(answer func([]byte), a *answerJSON) {
	b, err := json.Marshal(a)
	if err != nil {
		panic("an answer cannot be written as JSON: " + err.Error()) // no field of it can fail
	}
	answer(b)
}
