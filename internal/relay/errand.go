package relay

import (
	"encoding/json"
	"errors"
	"sync"
	"time"

	"gobua/engine"
	"gobua/engine/actor"
)

// errand is one request on its way to the owner of a unit. One goroutine at a
// time works on it.
type errand struct {
	r       *Relay
	unit    int
	kind    string
	payload func() ([]byte, error)                  // for another node
	here    func(done func(*answerJSON, error))     // at this one; must not block
	done    func(answer *answerJSON, failure error) // called once

	command engine.CommandID // zero: it is none, and not traced
	encoded []byte
	until   time.Time
	within  time.Duration // that the next node asked may take; zero: askFirst
	reached bool          // an owner may have had it
}

// send begins an errand. It does not block.
func (r *Relay) send(e *errand) {
	if r.underWay.Add(1) > maxUnderWay {
		r.underWay.Add(-1)
		e.done(nil, engine.ErrBusy)
		return
	}
	e.r = r
	r.carry(e.command, 1)
	e.until = time.Now().Add(r.o.Patience)
	e.try()
}

// try brings the request to whoever decides the unit now.
func (e *errand) try() {
	owner, ok := e.r.o.Peers.Owner(e.unit)
	switch {
	case !ok:
		e.later()
	case owner == e.r.o.Peers.Self():
		e.here(e.answered)
	default:
		e.ask(owner)
	}
}

// ask brings it to another node.
func (e *errand) ask(owner string) {
	if e.encoded == nil {
		b, err := e.payload()
		if err != nil {
			e.finish(nil, err)
			return
		}
		e.encoded = b
	}
	began := time.Now()
	within := max(e.within, askFirst)
	e.within = min(2*within, askMost)
	asked := &asked{errand: e, owner: owner}
	asked.lookLater()
	e.r.o.Peers.Ask(owner, e.kind, e.encoded, within, func(b []byte, err error) {
		if !asked.end() {
			return // another owner has been asked meanwhile, and has the same answer
		}
		if err != nil {
			e.reached = e.reached || !errors.Is(err, ErrNobody)
			e.later()
			return
		}
		e.r.o.Meter.Relayed(time.Since(began))
		if trace := e.r.o.Trace; trace != nil && trace.Traced(e.command) {
			trace.Passed(e.command, "relay", began, time.Now())
		}
		var a answerJSON
		if err := json.Unmarshal(b, &a); err != nil {
			e.finish(nil, engine.ErrUnknownOutcome)
			return
		}
		e.answered(&a, a.err())
	})
}

// asked is an errand while one node is asked. It ends with the answer, or when
// another node decides the unit: then nobody waits for what the old one may take.
type asked struct {
	errand *errand
	owner  string
	mu     sync.Mutex
	ended  bool
	look   *time.Timer
}

// end tells whether it has not ended before.
func (a *asked) end() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		return false
	}
	a.ended = true
	a.look.Stop()
	return true
}

func (a *asked) lookLater() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.ended {
		a.look = time.AfterFunc(lookEvery, a.lookForOwner)
	}
}

// lookForOwner asks the new owner if there is one.
func (a *asked) lookForOwner() {
	owner, ok := a.errand.r.o.Peers.Owner(a.errand.unit)
	if !ok || owner == a.owner {
		a.lookLater()
		return
	}
	if a.end() {
		a.errand.reached, a.errand.within = true, 0
		a.errand.try()
	}
}

// answered takes an owner's word, unless it only means that another may know.
func (e *errand) answered(a *answerJSON, err error) {
	switch {
	case errors.Is(err, engine.ErrUnknownOutcome):
		e.reached = true
		e.later()
	case errors.Is(err, actor.ErrElsewhere):
		e.later()
	default:
		e.finish(a, err)
	}
}

// later tries again soon, or gives up.
func (e *errand) later() {
	if time.Now().After(e.until) {
		e.r.o.Meter.GaveUp()
		if e.reached {
			e.finish(nil, engine.ErrUnknownOutcome)
		} else {
			e.finish(nil, engine.ErrBusy)
		}
		return
	}
	time.AfterFunc(againAfter, e.try)
}

func (e *errand) finish(a *answerJSON, err error) {
	e.r.underWay.Add(-1)
	e.r.carry(e.command, -1)
	e.done(a, err)
}
