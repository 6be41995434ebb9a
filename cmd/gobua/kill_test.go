package main

import (
	"cmp"
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/internal/demo"
	"gobua/internal/visitor"
	"gobua/internal/visitor/visitortest"
	"gobua/store/localpg/localpgtest"
)

// told is what people were told while the server was being killed.
type told struct {
	mu       sync.Mutex
	receipts []engine.Receipt
	rows     map[engine.FeedSeq]engine.Row
}

func (k *told) receipt(r engine.Receipt) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.receipts = append(k.receipts, r)
}

func (k *told) room(t testing.TB, r engine.Room) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, row := range r.History {
		if before, ok := k.rows[row.Feed]; ok && (before.Level != row.Level || before.Code != row.Code) {
			t.Errorf("the room was told two things as update %d: %+v and %+v", row.Feed, before, row)
		}
		k.rows[row.Feed] = row
	}
}

// TestKillNineLosesNothingThatWasTold kills the server at random moments while
// six people bid. GOBUA_KILLS sets how often; make kills does it 200 times.
func TestKillNineLosesNothingThatWasTold(t *testing.T) {
	t.Parallel()
	kills := 6
	if n, err := strconv.Atoi(os.Getenv("GOBUA_KILLS")); err == nil {
		kills = n
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d kills", seed, kills)
	chance := rand.New(rand.NewPCG(seed, 0))

	p := newProcess(t, "--database-url", localpgtest.New(t).DSN)
	p.start()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute+time.Duration(kills)*6*time.Second)
	defer cancel()
	site := p.site()
	staff, bidders := people(t, ctx, site)
	// The session must outlast the kills; outages are credited, so it does.
	session := publishOne(t, ctx, staff, bidders, time.Duration(kills)*1500*time.Millisecond+5*time.Second)

	heard := &told{rows: map[engine.FeedSeq]engine.Row{}}
	bidding, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for i, b := range bidders {
		wg.Go(func() { bidAlong(t, bidding, b, session, heard, uint64(i)+seed) })
	}
	for range kills {
		time.Sleep(time.Duration(200+chance.IntN(1300)) * time.Millisecond)
		p.kill()
		p.start()
	}
	room := awaitPhase(t, ctx, staff, session, engine.PhaseClosed)
	stop()
	wg.Wait()
	announce(t, ctx, staff, session, room, heard)
	p.kill()
	checkRecord(t, p.data, session, heard, 1)
	t.Logf("%d receipts, %d rows told", len(heard.receipts), len(heard.rows))
	if len(heard.receipts) < kills {
		t.Errorf("only %d receipts: nobody was bidding, so nothing was tested", len(heard.receipts))
	}
}

func people(t testing.TB, ctx context.Context, site *visitor.Site) (staff *visitor.Person, bidders []*visitor.Person) {
	t.Helper()
	signIn := func(login string) *visitor.Person {
		who, err := site.SignIn(ctx, login, demo.Password)
		if err != nil {
			t.Fatalf("%s cannot sign in: %v", login, err)
		}
		return who
	}
	staff = signIn("dgv")
	for _, login := range []string{"lan", "binh", "chi", "may1", "may2", "may3"} {
		bidders = append(bidders, signIn(login))
	}
	return staff, bidders
}

// publishOne makes a session that opens soon and by the clock.
func publishOne(t testing.TB, ctx context.Context, staff *visitor.Person, bidders []*visitor.Person, bidding time.Duration) engine.SessionID {
	t.Helper()
	return publishUnder(t, ctx, staff, bidders, engine.Rules{
		Opening: engine.OpeningByClock, OpensAt: engine.InstantOf(time.Now().Add(3 * time.Second)), BiddingMs: millis(bidding),
	})
}

// publishUnder makes a session with the given times.
func publishUnder(t testing.TB, ctx context.Context, staff *visitor.Person, bidders []*visitor.Person, rules engine.Rules) engine.SessionID {
	t.Helper()
	rules.Method, rules.Currency, rules.Start = "ascending", "VND", 1_000_000
	rules.Step = engine.Step{Kind: engine.StepFixed, Amount: 1000}
	rules.Closing, rules.RecoveryMinMs = engine.Closing{Kind: engine.ClosingFixed}, cmp.Or(rules.RecoveryMinMs, 1500)
	a := visitor.Auction{Title: "Kill test", Centre: "Test", Owner: "Test", Place: "Here"}
	for _, b := range bidders {
		a.Participants = append(a.Participants, visitor.Participant{AccountID: b.Account.ID})
	}
	a.Lots = []visitor.Lot{{Number: 1, Kind: "goods", Title: "A lot to be fought for", Rules: visitor.LotRules{Rules: rules}}}
	a, err := staff.CreateAuction(ctx, a)
	if err == nil {
		a, err = staff.Publish(ctx, a)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a.Lots[0].Session
}

// bidAlong is one person who bids whenever somebody else leads, and keeps what
// they are told.
func bidAlong(t testing.TB, ctx context.Context, who *visitor.Person, session engine.SessionID, heard *told, seed uint64) {
	chance := rand.New(rand.NewPCG(seed, 1))
	seat := who.Seat()
	defer seat.Close()
	room, err := seat.Follow(ctx, session)
	if err != nil {
		return
	}
	if r, err := seat.Do(ctx, session, engine.CheckIn{}); err == nil {
		heard.receipt(r)
	}
	for ctx.Err() == nil {
		view, _ := room.View()
		heard.room(t, view)
		you, _ := room.You()
		if view.Now.Phase != engine.PhaseRunning || you.Leading {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		amount := view.Now.Next + engine.Dong(chance.IntN(3))*1000
		if r, err := seat.Do(ctx, session, engine.PlaceBid{Amount: amount}); err == nil {
			heard.receipt(r)
		}
		time.Sleep(time.Duration(chance.IntN(250)) * time.Millisecond)
	}
	view, _ := room.View()
	heard.room(t, view)
}

func awaitPhase(t testing.TB, ctx context.Context, staff *visitor.Person, session engine.SessionID, phase engine.Phase) engine.Room {
	t.Helper()
	seat := staff.Seat()
	defer seat.Close()
	room, err := seat.Follow(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	view, err := room.Await(ctx, func(n engine.Now) bool { return n.Phase == phase })
	if err != nil {
		t.Fatalf("the session did not come to %s: %v", phase, err)
	}
	return view
}

func announce(t testing.TB, ctx context.Context, staff *visitor.Person, session engine.SessionID, room engine.Room, heard *told) {
	t.Helper()
	seat := staff.Seat()
	defer seat.Close()
	r, err := seat.Do(ctx, session, engine.Announce{Winner: room.Now.Leader, Price: room.Now.Price})
	if err != nil || !r.Accepted {
		t.Fatalf("announcement: %+v, %v", r, err)
	}
	heard.receipt(r)
}

// checkRecord reads the journal the dead server left and holds it against what
// people were told.
func checkRecord(t testing.TB, data string, session engine.SessionID, heard *told, wantCloses int) {
	t.Helper()
	visitortest.CheckJournal(t, data, session, visitortest.Heard{Receipts: heard.receipts, Rows: heard.rows}, wantCloses)
}
