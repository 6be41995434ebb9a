package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/internal/history"
	"gobua/internal/visitor"
	"gobua/internal/visitor/visitortest"
)

// contest is one session for which people at three nodes fight, and which one
// spectator at each node follows. Everything that anybody is told is kept.
type contest struct {
	*nodes
	ctx     context.Context
	staff   *visitor.Person
	session engine.SessionID
	heard   *told
	history *history.History
	eyes    []*visitortest.Spectator // by node
	gone    []*visitortest.Spectator // of nodes that were removed
	stop    func()                   // nobody bids any more
	letEnd  func()                   // nobody prolongs it any more

	alsoBids func(*visitor.Person, *rand.Rand) // until stop
}

// fight begins a contest with one bidder at each node. It goes on until end is
// called, and at least for the given time.
func (c *nodes) fight(bidding time.Duration) *contest {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 8*time.Minute)
	c.t.Cleanup(cancel)
	f := &contest{nodes: c, ctx: ctx, heard: &told{rows: map[engine.FeedSeq]engine.Row{}}, history: history.New()}
	var staff, bidders []*visitor.Person
	for i, login := range []string{"lan", "binh", "chi"} {
		staff = append(staff, c.signIn(ctx, i, "dgv"))
		bidders = append(bidders, c.signIn(ctx, i, login))
	}
	f.staff = staff[0]
	f.session = publishUnder(c.t, ctx, f.staff, bidders, engine.Rules{
		Opening: engine.OpeningByClock, OpensAt: engine.InstantOf(time.Now().Add(3 * time.Second)), BiddingMs: millis(bidding),
		RecoveryMinMs: millis(contestLeft), // after an outage too there is time to prolong it
	})
	for _, p := range c.all {
		eye := visitortest.Watch(f.session, p.site())
		c.t.Cleanup(eye.Close)
		f.eyes = append(f.eyes, eye)
	}
	seed := uint64(time.Now().UnixNano())
	c.t.Logf("seed %d", seed)
	fighting, stop := context.WithCancel(ctx)
	prolonging, letEnd := context.WithCancel(ctx)
	var fight, auctioneer sync.WaitGroup
	for i, b := range bidders {
		fight.Go(func() { f.bid(fighting, b, rand.New(rand.NewPCG(seed, uint64(i)))) })
	}
	f.alsoBids = func(who *visitor.Person, chance *rand.Rand) { fight.Go(func() { f.bid(fighting, who, chance) }) }
	auctioneer.Go(func() { f.prolong(prolonging, staff) })
	f.stop = func() {
		stop()
		fight.Wait()
	}
	f.letEnd = func() {
		letEnd()
		auctioneer.Wait()
	}
	return f
}

// bid is one person who bids whenever somebody else leads, now and then too low
// or over themselves, and who sends again what was answered before.
func (f *contest) bid(ctx context.Context, who *visitor.Person, chance *rand.Rand) {
	seat := who.Seat()
	defer seat.Close()
	room, err := seat.Follow(ctx, f.session)
	if err != nil {
		return
	}
	if r, err := seat.Do(ctx, f.session, engine.CheckIn{}); err == nil {
		f.heard.receipt(r)
	}
	var answered []history.Bid
	for ctx.Err() == nil {
		view, _ := room.View()
		f.heard.room(f.t, view)
		you, _ := room.You()
		if view.Now.Phase != engine.PhaseRunning || you.Leading && chance.IntN(20) > 0 {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		bid := history.Bid{Session: f.session, By: who.Account.Login, ID: uuid.Must(uuid.NewV7()), Amount: view.Now.Next + engine.Dong(chance.IntN(4)-1)*1000}
		if n := len(answered); n > 0 && chance.IntN(5) == 0 {
			bid = answered[n-1-chance.IntN(min(n, 20))]
		}
		sent := f.history.Call(bid)
		if r, err := seat.DoAs(ctx, f.session, bid.ID, engine.PlaceBid{Amount: bid.Amount}); err == nil {
			sent.Answered(r)
			f.heard.receipt(r)
			answered = append(answered, bid)
		}
		time.Sleep(time.Duration(chance.IntN(200)) * time.Millisecond)
	}
	view, _ := room.View()
	f.heard.room(f.t, view)
}

// receipts is how many people were told so far.
func (f *contest) receipts() int {
	f.heard.mu.Lock()
	defer f.heard.mu.Unlock()
	return len(f.heard.receipts)
}

// recorded is how many of them have a record.
func (f *contest) recorded() (n int) {
	f.heard.mu.Lock()
	defer f.heard.mu.Unlock()
	for _, r := range f.heard.receipts {
		if r.Seq > 0 {
			n++
		}
	}
	return n
}

// goesOn waits until bids are answered again.
func (f *contest) goesOn() {
	f.t.Helper()
	from := f.receipts()
	f.all[0].eventually("bids are answered", func() bool { return f.receipts() > from+5 })
}

// end waits for the end of the session and holds the record of every node
// against what people were told.
func (f *contest) end() {
	f.t.Helper()
	f.letEnd()
	room := awaitPhase(f.t, f.ctx, f.staff, f.session, engine.PhaseClosed)
	f.stop()
	for _, p := range f.all {
		p.eventually("each node shows the end", func() bool {
			other, err := p.site().Room(f.ctx, f.session)
			return err == nil && other.Now.Phase == engine.PhaseClosed && other.Now.Price == room.Now.Price && other.Now.Leader == room.Now.Leader
		})
	}
	announce(f.t, f.ctx, f.staff, f.session, room, f.heard)
	f.judge()
}

// judge is the one judge of all contests: the record of every node has all that
// anybody was told, once, with one close; each spectator was told the record,
// in order, whichever node decided it; and there is an order of all bids in which
// one small auction would have given the same answers.
func (f *contest) judge() {
	t := f.t
	t.Helper()
	last := f.lastUpdate()
	for _, eye := range f.eyes {
		f.all[0].eventually("every spectator has been told the end", func() bool { seq, _ := eye.At(); return seq >= last })
	}
	updates := 0
	for i, eye := range f.eyes {
		eye.Close()
		told, _ := eye.Told()
		updates += len(told)
		if len(told) < int(last)/2 {
			t.Errorf("the spectator at node %d was told %d of %d updates one by one: nothing is compared", i+1, len(told), last)
		}
	}
	f.each(func(p *process) { p.stop() })
	heard := visitortest.Heard{Receipts: f.heard.receipts, Rows: f.heard.rows, Spectators: slices.Concat(f.eyes, f.gone)}
	for _, p := range f.all {
		visitortest.CheckJournal(t, p.data, f.session, heard, 1)
	}
	if err := f.history.Check(history.Sheet{Start: 1_000_000, Step: 1000}, patience); err != nil {
		t.Error(err)
	}
	t.Logf("%d receipts, %d sendings, %d rows and %d updates told", len(f.heard.receipts), len(f.history.Calls()), len(f.heard.rows), updates)
	if len(f.heard.receipts) < 30 {
		t.Errorf("only %d receipts: nobody was bidding, so nothing was tested", len(f.heard.receipts))
	}
}

// lastUpdate is the number of the last update that a node has told of.
func (f *contest) lastUpdate() (last engine.FeedSeq) {
	for _, eye := range f.eyes {
		seq, _ := eye.At()
		last = max(last, seq)
	}
	return last
}
