package chaos_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"gobua/engine"
	"gobua/internal/demo"
	"gobua/internal/visitor"
	"gobua/store/localpg/localpgtest"
)

// plan is what a sale in which something breaks is like.
type plan struct {
	data    string        // the data folder; empty: a temporary one
	dsn     string        // the office; empty: a database of its own
	addr    string        // where the program serves; empty: somewhere
	via     string        // by which address bidders come; empty: the program's own
	bidding time.Duration // how long
	flags   []string
	// descriptors is how many files and sockets it may have; 0: as many as we.
	descriptors int
	patient     time.Duration // how long all of it may take; zero: three minutes
}

// sale is a session with people who bid.
type sale struct {
	*testing.T
	*program
	ctx     context.Context
	office  *officeServer // nil: plan.dsn
	dsn     string
	staff   *visitor.Person
	bidders []*bidder
	session engine.SessionID
	heard   *told
	leave   func() // ends the bidding and waits until nothing is open
	began   time.Time
	notes   []string // what the fault itself observed
}

// bidderLogins are accounts of the demo.
var bidderLogins = []string{"lan", "binh", "chi", "may1", "may2", "may3"}

// openSale starts a program and a session, and returns once people bid.
func openSale(t *testing.T, p plan) *sale {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	if p.patient == 0 {
		p.patient = 3 * time.Minute
	}
	ctx, cancel := context.WithTimeout(t.Context(), p.patient)
	t.Cleanup(cancel)
	s := &sale{T: t, ctx: ctx, dsn: p.dsn, heard: newTold()}
	if s.dsn == "" {
		s.office = &officeServer{localpgtest.New(t)}
		s.dsn = s.office.DSN
	}
	if p.data == "" {
		p.data = t.TempDir()
	}
	s.program = newProgram(t, p.data, append([]string{"--database-url", s.dsn}, p.flags...)...)
	s.program.descriptorLimit = p.descriptors
	if p.addr != "" {
		s.addr = p.addr
	}
	s.start()
	direct := site(t, s.addr)
	theirs := direct
	if p.via != "" {
		theirs = site(t, p.via)
	}
	s.staff = s.signIn(direct, "dgv")
	var admitted []visitor.Participant
	for i, login := range bidderLogins {
		b := &bidder{
			who: s.signIn(theirs, login), site: theirs, heard: s.heard,
			chance: rand.New(rand.NewPCG(seed, uint64(i))), pause: 250 * time.Millisecond,
		}
		s.bidders = append(s.bidders, b)
		admitted = append(admitted, visitor.Participant{AccountID: b.who.Account.ID})
	}
	s.session = s.publish(admitted, p.bidding)
	s.bid()
	s.await(engine.PhaseRunning)
	s.began = time.Now()
	s.bidsGoOn(2 * len(s.bidders))
	return s
}

func (s *sale) signIn(at *visitor.Site, login string) *visitor.Person {
	s.T.Helper()
	who, err := at.SignIn(s.ctx, login, demo.Password)
	if err != nil {
		s.Fatal(err)
	}
	return who
}

// The prices of a sale, in đồng.
const startPrice, step = 1_000_000, 1000

// publish makes a session that opens soon and by the clock.
func (s *sale) publish(admitted []visitor.Participant, bidding time.Duration) engine.SessionID {
	s.T.Helper()
	rules := engine.Rules{
		Method: "ascending", Currency: "VND", Start: startPrice, Step: engine.Step{Kind: engine.StepFixed, Amount: step},
		Closing: engine.Closing{Kind: engine.ClosingFixed}, RecoveryMinMs: 1500,
		Opening: engine.OpeningByClock, OpensAt: engine.InstantOf(time.Now().Add(1500 * time.Millisecond)),
		BiddingMs: engine.Millis(bidding.Milliseconds()),
	}
	a, err := s.staff.CreateAuction(s.ctx, visitor.Auction{
		Title: "Chaos", Centre: "Test", Owner: "Test", Place: "Here", Participants: admitted,
		Lots: []visitor.Lot{{Number: 1, Kind: "goods", Title: "A lot to be fought for", Rules: visitor.LotRules{Rules: rules}}},
	})
	if err == nil {
		a, err = s.staff.Publish(s.ctx, a)
	}
	if err != nil {
		s.Fatal(err)
	}
	return a.Lots[0].Session
}

// bid has everybody bid.
func (s *sale) bid() {
	bidding, stop := context.WithCancel(s.ctx)
	after, giveUp := context.WithCancel(s.ctx)
	var all sync.WaitGroup
	for _, b := range s.bidders {
		b.session = s.session
		all.Go(func() { b.run(bidding, after) })
	}
	s.leave = sync.OnceFunc(func() {
		stop()
		late := time.AfterFunc(30*time.Second, giveUp)
		all.Wait()
		late.Stop()
		giveUp()
	})
	s.Cleanup(func() { giveUp(); s.leave() })
}

// await waits until the session is in a phase, as seen past every fault of the
// bidders' ways.
func (s *sale) await(phase engine.Phase) engine.Room {
	s.T.Helper()
	direct := site(s.T, s.addr)
	for {
		room, err := direct.Room(s.ctx, s.session)
		if err == nil && room.Now.Phase == phase {
			return room
		}
		if s.ctx.Err() != nil {
			s.Fatalf("the session did not come to %s: it is %s, %v", phase, room.Now.Phase, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// bidsGoOn waits until so many more receipts have come.
func (s *sale) bidsGoOn(more int) {
	s.T.Helper()
	before := s.heard.bids()
	s.eventually("bids go on", func() bool { return s.heard.bids() >= before+more })
}

// receiptsWithin tells how many receipts come in a while.
func (s *sale) receiptsWithin(d time.Duration) int {
	before := s.heard.bids()
	time.Sleep(d)
	return s.heard.bids() - before
}

// note keeps something that the fault observed, for the report.
func (s *sale) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

// report prints what was seen, one line for the table in docs/bench/chaos.md.
func (s *sale) report(credited engine.Millis) {
	k := s.heard
	k.mu.Lock()
	defer k.mu.Unlock()
	var sorry []string
	for code, n := range k.sorry {
		sorry = append(sorry, fmt.Sprintf("%s %d", code, n))
	}
	s.Logf("| %s | %d receipts | %d unknown: %d found, %d sent again | longest silence %.1f s | longest wait %.1f s | credited %.1f s | %d starts | %d lines | refused: %s | %s |",
		strings.TrimPrefix(s.Name(), "Test"), len(k.receipts), k.unknown, k.found, k.sentAgain, k.silence.Seconds(), k.longest.Seconds(),
		float64(credited)/1000, s.starts.Load(), k.lines, strings.Join(sorry, ", "), strings.Join(s.notes, "; "))
}

// hasResult tells whether the office has the session's result.
func (s *sale) hasResult(dsn string) bool {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return false
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(s.ctx, 2*time.Second)
	defer cancel()
	var n int
	return db.QueryRowContext(ctx, `select count(*) from results where session_id = $1`, s.session).Scan(&n) == nil && n == 1
}
