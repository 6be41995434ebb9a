package actor

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gobua/engine"
	"gobua/engine/journal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const theSession engine.SessionID = "k7qp00000001"

// lot is what a session is created with in these tests: opened by the clock in
// a minute, ten minutes of bidding, steps of 10 above 100, four participants
// M-1 to M-4, whose accounts are called like their codes.
func lot(id engine.SessionID, change ...func(*engine.Rules)) engine.Created {
	rules := engine.Rules{
		Method: "ascending", Currency: "VND", Start: 100, Step: engine.Step{Kind: engine.StepFixed, Amount: 10},
		Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByClock,
		OpensAt: engine.InstantOf(time.Now().Add(time.Minute)), BiddingMs: 600_000,
	}
	for _, f := range change {
		f(&rules)
	}
	c := engine.Created{Session: id, Lot: engine.Lot{Number: 1, Title: "Xe tải"}, Rules: rules, RulesHash: rules.Hash()}
	for i := range 4 {
		code := fmt.Sprintf("M-%d", i+1)
		c.Participants = append(c.Participants, engine.Participant{Code: engine.ParticipantCode(code), Holder: engine.HolderOf(id, code)})
	}
	return c
}

// cmdID makes the n-th command id; later ones sort after earlier ones.
func cmdID(n uint64) (id engine.CommandID) {
	binary.BigEndian.PutUint64(id[:8], n<<16|0x7000)
	id[8] = 0x80
	return id
}

// sale is a registry under test with everything around it.
type sale struct {
	t      *testing.T
	mem    *journal.Memory
	reg    *Registry
	feed   *feedBook
	office Office
	sign   Sign
	clock  func() time.Time
	steady func() time.Duration // nil: clock is steady
	log    *slog.Logger         // nil: nowhere
	ids    uint64

	mu     sync.Mutex
	faults []journal.Fault // of the next appends
}

// newSale starts a sale with some sessions and closes it with the test.
// It must be called inside a synctest bubble.
func newSale(t *testing.T, lots ...engine.Created) *sale {
	t.Helper()
	s := &sale{t: t, mem: journal.NewMemory(), feed: newFeedBook(t), clock: time.Now}
	s.start()
	for _, c := range lots {
		if err := s.reg.Create(t.Context(), c); err != nil {
			t.Fatalf("Create: %v", err)
		}
	}
	t.Cleanup(func() { s.reg.Stop() })
	return s
}

func (s *sale) open() {
	s.reg = NewRegistry(Options{Journal: journal.NewFaulty(s.mem, s.fault), Feed: s.feed, Office: s.office, Now: s.clock, Steady: s.steady, Sign: s.sign, Log: s.log})
}

func (s *sale) fault(engine.SessionID, int) journal.Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) == 0 {
		return journal.Fault{}
	}
	f := s.faults[0]
	s.faults = s.faults[1:]
	return f
}

// plan says what goes wrong with the next appends.
func (s *sale) plan(faults ...journal.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// crash ends the process as kill -9 does: nothing of it reaches the journal
// any more.
func (s *sale) crash() {
	s.mem = s.mem.Restart()
	s.reg.Stop()
	s.feed.forget()
}

// start brings the sale back after a crash or a stop.
func (s *sale) start() {
	s.t.Helper()
	s.open()
	if err := s.reg.Start(s.t.Context()); err != nil {
		s.t.Fatalf("Start: %v", err)
	}
}

// answer is what became of a command.
type answer struct {
	engine.Receipt
	err error
}

// send submits a command and returns where its answer will come, once.
func (s *sale) send(c engine.Command) <-chan answer {
	got := make(chan answer, 1)
	s.reg.Submit(theSession, c, func(r engine.Receipt, err error) {
		select {
		case got <- answer{r, err}:
		default:
			s.t.Errorf("command %v was answered twice", c.ID)
		}
	})
	return got
}

func (s *sale) next() engine.CommandID { s.ids++; return cmdID(s.ids) }

func (s *sale) by(code engine.ParticipantCode, act engine.Act) engine.Command {
	return engine.Command{ID: s.next(), By: engine.Actor{Role: engine.RoleBidder, Ref: string(code)}, Do: act}
}

func (s *sale) auctioneer(act engine.Act) engine.Command {
	return engine.Command{ID: s.next(), By: engine.Actor{Role: engine.RoleAuctioneer, Ref: "CC-1"}, Do: act}
}

// do submits a command and waits; anything but a receipt fails the test.
func (s *sale) do(c engine.Command) engine.Receipt {
	s.t.Helper()
	a := <-s.send(c)
	if a.err != nil {
		s.t.Fatalf("%s: %v", c.Do.ActName(), a.err)
	}
	return a.Receipt
}

// must is do for what has to be accepted.
func (s *sale) must(c engine.Command) engine.Receipt {
	s.t.Helper()
	r := s.do(c)
	if !r.Accepted {
		s.t.Fatalf("%s was refused: %s", c.Do.ActName(), r.Reason)
	}
	return r
}

func (s *sale) bid(code engine.ParticipantCode, amount engine.Dong) engine.Receipt {
	s.t.Helper()
	return s.must(s.by(code, engine.PlaceBid{Amount: amount}))
}

func (s *sale) checkIn(codes ...engine.ParticipantCode) {
	s.t.Helper()
	for _, code := range codes {
		s.must(s.by(code, engine.CheckIn{}))
	}
}

// now is what the room shows.
func (s *sale) now() engine.Now {
	s.t.Helper()
	v, ok := s.reg.View(theSession)
	if !ok {
		s.t.Fatal("session is not served")
	}
	return v.Room.Now
}

// records is the session as its journal has it.
func (s *sale) records() (out []engine.Record) {
	s.t.Helper()
	err := replay(context.Background(), s.mem, theSession, func(r engine.Record) error {
		out = append(out, r)
		return nil
	})
	if err != nil {
		s.t.Fatalf("replay: %v", err)
	}
	return out
}

// of returns the events of one type in a session's journal, and their moments.
func of[E engine.Event](s *sale) (events []E, at []engine.Instant) {
	s.t.Helper()
	for _, r := range s.records() {
		if e, ok := r.Event.(E); ok {
			events, at = append(events, e), append(at, r.At)
		}
	}
	return events, at
}

// until sleeps to a moment.
func until(i engine.Instant) { time.Sleep(time.Until(i.Time())) }

// feedBook writes down what the room is told and checks that nothing is
// missing between.
type feedBook struct {
	fail func(format string, args ...any)
	mu   sync.Mutex
	seq  map[engine.SessionID]engine.FeedSeq
	told map[engine.SessionID][]engine.Update
	you  map[engine.ParticipantCode]engine.Standing // last told
	gone []engine.SessionID
}

func newFeedBook(t *testing.T) *feedBook {
	f := &feedBook{fail: t.Errorf}
	f.forget()
	return f
}

func (f *feedBook) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seq, f.told = map[engine.SessionID]engine.FeedSeq{}, map[engine.SessionID][]engine.Update{}
	f.you, f.gone = map[engine.ParticipantCode]engine.Standing{}, nil
}

func (f *feedBook) Opened(id engine.SessionID, _ engine.Room, seq engine.FeedSeq, _ engine.Desk) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if seq < f.seq[id] {
		f.fail("session %s was opened at update %d, but %d was told", id, seq, f.seq[id])
	}
	f.seq[id] = seq
}

func (f *feedBook) Tell(id engine.SessionID, told engine.Told) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, you := range told.You {
		f.you[you.Code] = you
	}
	if told.FirstFeed != f.seq[id]+1 {
		f.fail("session %s: update %d was told after %d", id, told.FirstFeed, f.seq[id])
	}
	f.seq[id] += engine.FeedSeq(len(told.Updates))
	f.told[id] = append(f.told[id], told.Updates...)
}

func (f *feedBook) Gone(id engine.SessionID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone = append(f.gone, id)
}

// heard returns the updates of a kind that the room was told.
func (f *feedBook) heard(kind engine.EventKind) (out []engine.Update) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.told[theSession]), func(u engine.Update) bool { return u.Kind != kind })
}

func wantUnknown(t *testing.T, a answer) {
	t.Helper()
	if !errors.Is(a.err, engine.ErrUnknownOutcome) {
		t.Fatalf("answer is %+v, %v; want ErrUnknownOutcome", a.Receipt, a.err)
	}
}
