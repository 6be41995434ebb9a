package relay

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/engine/actor"
	"gobua/engine/journal"
)

const theSession = engine.SessionID("k7qp0z3m9abc")

// fate is what becomes of one request between two nodes.
type fate int

const (
	arrives fate = iota
	requestLost
	answerLost
	nobody
)

// wire joins the nodes of a test. What it does to the next requests is planned.
type wire struct {
	mu     sync.Mutex
	owner  string // empty: nobody decides
	plan   []fate
	serves map[string]map[string]func([]byte, func([]byte))
	asked  int
}

func (w *wire) next() fate {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	if len(w.plan) == 0 {
		return arrives
	}
	f := w.plan[0]
	w.plan = w.plan[1:]
	return f
}

func (w *wire) own(node string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.owner = node
}

// end is one node's end of the wire.
type end struct {
	*wire
	self string
}

func (e end) Self() string { return e.self }

func (e end) Owner(int) (string, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.owner, e.owner != ""
}

func (e end) Serve(kind string, handle func([]byte, func([]byte))) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.serves[e.self] == nil {
		e.serves[e.self] = map[string]func([]byte, func([]byte)){}
	}
	e.serves[e.self][kind] = handle
	return nil
}

func (e end) Ask(node, kind string, payload []byte, timeout time.Duration, answer func([]byte, error)) {
	f := e.next()
	e.mu.Lock()
	handle := e.serves[node][kind]
	e.mu.Unlock()
	var once sync.Once
	go func() {
		time.Sleep(time.Millisecond)
		if f == nobody || handle == nil {
			once.Do(func() { answer(nil, ErrNobody) })
			return
		}
		late := time.AfterFunc(timeout, func() { once.Do(func() { answer(nil, context.DeadlineExceeded) }) })
		if f == requestLost {
			return
		}
		handle(slices.Clone(payload), func(b []byte) {
			if f != answerLost {
				late.Stop()
				once.Do(func() { answer(b, nil) })
			}
		})
	}()
}

// pair is two nodes with one session, which the first decides and the second
// follows.
type pair struct {
	t    *testing.T
	wire *wire
	mem  *journal.Memory
	regs [2]*actor.Registry
	far  *Relay // the second node's
}

func created() engine.Created {
	rules := engine.Rules{
		Method: "ascending", Currency: "VND", Start: 100, Step: engine.Step{Kind: engine.StepFixed, Amount: 10},
		Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByClock,
		OpensAt: engine.InstantOf(time.Now().Add(time.Minute)), BiddingMs: 3_600_000,
	}
	c := engine.Created{Session: theSession, Lot: engine.Lot{AuctionID: "DG-1", Number: 1, Title: "Xe tải"}, Rules: rules, RulesHash: rules.Hash()}
	for _, code := range []engine.ParticipantCode{"M-1", "M-2"} {
		c.Participants = append(c.Participants, engine.Participant{Code: code, Holder: engine.HolderOf(theSession, "account of "+string(code))})
	}
	return c
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{t: t, mem: journal.NewMemory(), wire: &wire{owner: "one", serves: map[string]map[string]func([]byte, func([]byte)){}}}
	unit := func(string) int { return 0 }
	for i, name := range []string{"one", "two"} {
		p.regs[i] = actor.NewRegistry(actor.Options{Journal: p.mem, Unit: unit})
		t.Cleanup(p.regs[i].Stop)
		if i == 0 {
			if err := errors.Join(p.regs[0].Start(t.Context()), p.regs[0].Take(t.Context(), 0, 0), p.regs[0].Create(t.Context(), created())); err != nil {
				t.Fatal(err)
			}
		} else if err := p.regs[i].Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		r, err := New(Options{Local: p.regs[i], Peers: end{p.wire, name}, Unit: unit})
		if err != nil {
			t.Fatal(err)
		}
		p.far = r
	}
	return p
}

type answer struct {
	engine.Receipt
	err error
}

func (p *pair) send(c engine.Command) <-chan answer {
	got := make(chan answer, 2)
	p.far.Submit(theSession, c, func(r engine.Receipt, err error) { got <- answer{r, err} })
	return got
}

func (p *pair) checkIn(code string, id byte) engine.Command {
	return engine.Command{ID: engine.CommandID{id}, By: engine.Actor{Role: engine.RoleBidder, Ref: code}, Do: engine.CheckIn{}}
}

func (p *pair) records() (n int) {
	p.t.Helper()
	if err := p.mem.Replay(p.t.Context(), theSession, 0, func(engine.Entry) error { n++; return nil }); err != nil {
		p.t.Fatal(err)
	}
	return n
}

func TestACommandHasOneOutcomeWhateverIsLost(t *testing.T) {
	for name, plan := range map[string][]fate{
		"nothing":                 nil,
		"the request":             {requestLost},
		"the answer":              {answerLost, answerLost, answerLost},
		"everything there can be": {nobody, requestLost, answerLost, nobody, answerLost},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPair(t)
				p.wire.plan = plan
				before := p.records()
				a := <-p.send(p.checkIn("M-1", 1))
				if a.err != nil || !a.Accepted || a.Act != engine.ActCheckIn {
					t.Fatalf("%+v, %v", a.Receipt, a.err)
				}
				if n := p.records() - before; n != 1 {
					t.Errorf("%d records", n)
				}
				found := make(chan []engine.Receipt, 1)
				p.far.Receipts(theSession, engine.Question{Code: "M-1", Commands: []engine.CommandID{{1}, {2}}}, func(r []engine.Receipt, err error) { found <- r })
				if r := <-found; len(r) != 1 || r[0].Seq != a.Seq {
					t.Errorf("asked for what became of it: %+v", r)
				}
			})
		})
	}
}

func TestACommandWaitsForAnOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		p.wire.own("")
		got := p.send(p.checkIn("M-1", 1))
		time.Sleep(3 * time.Second)
		synctest.Wait()
		select {
		case a := <-got:
			t.Fatalf("nobody decides, and the answer is %+v, %v", a.Receipt, a.err)
		default:
		}
		if err := p.regs[0].Give(t.Context(), 0); err != nil { // the old owner is asked in vain
			t.Fatal(err)
		}
		p.wire.own("one")
		time.Sleep(time.Second)
		if err := p.regs[1].Take(t.Context(), 0, 0); err != nil {
			t.Fatal(err)
		}
		p.wire.own("two")
		if a := <-got; a.err != nil || !a.Accepted {
			t.Fatalf("%+v, %v", a.Receipt, a.err)
		}
	})
}

// TestANewOwnerIsAskedAtOnce: who waits for an owner that froze does not wait for
// its answer any longer than it is the owner.
func TestANewOwnerIsAskedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		p.wire.plan = []fate{requestLost, requestLost, requestLost}
		got := p.send(p.checkIn("M-1", 1))
		time.Sleep(askFirst + 2*askFirst + 3*againAfter) // the third may take four times askFirst
		if err := errors.Join(p.regs[0].Give(t.Context(), 0), p.regs[1].Take(t.Context(), 0, 0)); err != nil {
			t.Fatal(err)
		}
		p.wire.own("two")
		moved := time.Now()
		if a := <-got; a.err != nil || !a.Accepted {
			t.Fatalf("%+v, %v", a.Receipt, a.err)
		}
		if took := time.Since(moved); took > 2*lookEvery {
			t.Errorf("answered %v after there was another owner", took)
		}
		time.Sleep(askMost) // and the old one's answer, which is late, comes to nobody
		if len(got) > 0 || p.far.underWay.Load() != 0 {
			t.Error("it is answered twice, or still under way")
		}
	})
}

func TestWhatNobodyAnswersIsGivenUp(t *testing.T) {
	for name, c := range map[string]struct {
		every fate
		want  error
	}{
		"and nobody can have had it":      {nobody, engine.ErrBusy},
		"and somebody may have had it":    {requestLost, engine.ErrUnknownOutcome},
		"and somebody has carried it out": {answerLost, engine.ErrUnknownOutcome},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPair(t)
				for range 1000 {
					p.wire.plan = append(p.wire.plan, c.every)
				}
				began := time.Now()
				got := p.send(p.checkIn("M-1", 1))
				if a := <-got; !errors.Is(a.err, c.want) {
					t.Fatalf("%v, want %v", a.err, c.want)
				}
				if took := time.Since(began); took < UsualPatience || took > UsualPatience+2*askMost {
					t.Errorf("it was given up after %v", took)
				}
				synctest.Wait()
				if len(got) > 0 {
					t.Error("it was answered twice")
				}
				if p.far.underWay.Load() != 0 {
					t.Error("it is still under way")
				}
			})
		})
	}
}

// TestWhatIsOnItsWayIsNotSaidToBeUnknown: nobody is told that a command was not
// received while this node may still bring it.
func TestWhatIsOnItsWayIsNotSaidToBeUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		p.wire.own("")
		got := p.send(p.checkIn("M-1", 1))
		ask := func() (found []engine.Receipt, err error) {
			done := make(chan struct{})
			p.far.Receipts(theSession, engine.Question{Code: "M-1", Commands: []engine.CommandID{{7}, {1}}}, func(r []engine.Receipt, e error) {
				found, err = r, e
				close(done)
			})
			<-done
			return found, err
		}
		for range 3 {
			time.Sleep(time.Second)
			if found, err := ask(); !errors.Is(err, engine.ErrUnknownOutcome) {
				t.Fatalf("%+v, %v", found, err)
			}
		}
		p.wire.own("one")
		if a := <-got; a.err != nil {
			t.Fatal(a.err)
		}
		if found, err := ask(); err != nil || len(found) != 1 {
			t.Errorf("%+v, %v", found, err)
		}
		if len(p.far.commands) != 0 {
			t.Error("it is still said to be on its way")
		}
	})
}

// TestWhatWasDroppedThroughOneNodeIsNotBroughtByAnother: its sender has gone to
// another node and was told there that it was not received.
func TestWhatWasDroppedThroughOneNodeIsNotBroughtByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		p.wire.plan = []fate{nobody, requestLost, nobody}
		before := p.records()
		got := p.send(p.checkIn("M-1", 1))
		near, err := New(Options{Local: p.regs[0], Peers: end{p.wire, "one"}, Unit: func(string) int { return 0 }})
		if err != nil {
			t.Fatal(err)
		}
		told := make(chan error, 1)
		near.Receipts(theSession, engine.Question{Code: "M-1", Commands: []engine.CommandID{{1}}, Drop: true}, func(found []engine.Receipt, err error) {
			if len(found) != 0 {
				t.Errorf("found %+v", found)
			}
			told <- err
		})
		if err := <-told; err != nil {
			t.Fatal(err)
		}
		if a := <-got; a.err != nil || a.Accepted || a.Reason != engine.ReasonDropped {
			t.Errorf("%+v, %v", a.Receipt, a.err)
		}
		if n := p.records() - before; n != 0 {
			t.Errorf("%d records", n)
		}
		p.far.Receipts(theSession, engine.Question{Code: "M-2", Commands: []engine.CommandID{{9}}, Drop: true}, func(_ []engine.Receipt, err error) { told <- err })
		if err := <-told; err != nil {
			t.Fatal(err)
		}
		if a := <-p.send(p.checkIn("M-2", 9)); a.Reason != engine.ReasonDropped {
			t.Errorf("dropped through the same node: %+v, %v", a.Receipt, a.err)
		}
	})
}

func TestTooManyUnderWayIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		p.far.underWay.Store(maxUnderWay)
		if a := <-p.send(p.checkIn("M-1", 1)); !errors.Is(a.err, engine.ErrBusy) || p.wire.asked != 0 {
			t.Errorf("%v after %d requests", a.err, p.wire.asked)
		}
	})
}

// behind is a node that has not read of a session yet.
type behind struct {
	Local
	read *atomic.Bool
}

func (b behind) UnitOf(engine.SessionID) (int, bool) { return 0, b.read.Load() }

// TestWhoCreatedASessionFindsItHere: the page that is opened next asks this node.
func TestWhoCreatedASessionFindsItHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		var read atomic.Bool
		p.far.o.Local = behind{p.far.o.Local, &read}
		c := created()
		c.Session, c.Lot.Number = "k7qp0z3m9abd", 2
		ended := make(chan error, 1)
		go func() { ended <- p.far.Create(t.Context(), c) }()
		time.Sleep(showWithin / 2)
		synctest.Wait()
		if len(ended) > 0 || !p.regs[0].Decides(c.Session) {
			t.Errorf("returned before this node knows it: %v", <-ended)
		}
		read.Store(true)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestASessionIsCreatedWhereItsAuctionIsDecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		p.wire.plan = []fate{nobody, answerLost}
		c := created()
		c.Session, c.Lot.Number = "k7qp0z3m9abd", 2
		if err := p.far.Create(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if !p.regs[0].Decides(c.Session) || p.regs[1].Decides(c.Session) {
			t.Error("it is decided at the wrong node")
		}
		c.Lot.Title = "another"
		if err := p.far.Create(t.Context(), c); err == nil || errors.Is(err, engine.ErrUnknownOutcome) {
			t.Errorf("created again with another lot: %v", err)
		}
		p.far.Submit("k7qp0z3m9abe", p.checkIn("M-1", 1), func(_ engine.Receipt, err error) {
			if !errors.Is(err, engine.ErrNoSession) {
				t.Errorf("a session that is none: %v", err)
			}
		})
	})
}
