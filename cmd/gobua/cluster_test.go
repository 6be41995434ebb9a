package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/internal/visitor"
)

// contest is one session for which people at three nodes fight.
type contest struct {
	*nodes
	ctx     context.Context
	staff   *visitor.Person
	session engine.SessionID
	heard   *told
	stop    func()
}

// fight begins a contest with one bidder at each node.
func (c *nodes) fight(bidding time.Duration) *contest {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 8*time.Minute)
	c.t.Cleanup(cancel)
	f := &contest{nodes: c, ctx: ctx, heard: &told{rows: map[engine.FeedSeq]engine.Row{}}}
	f.staff = c.signIn(ctx, 0, "dgv")
	var bidders []*visitor.Person
	for i, login := range []string{"lan", "binh", "chi"} {
		bidders = append(bidders, c.signIn(ctx, i, login))
	}
	f.session = publishOne(c.t, ctx, f.staff, bidders, bidding)
	fighting, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for i, b := range bidders {
		wg.Go(func() { bidAlong(c.t, fighting, b, f.session, f.heard, uint64(i)) })
	}
	f.stop = func() {
		stop()
		wg.Wait()
	}
	return f
}

// receipts is how many people were told so far.
func (f *contest) receipts() int {
	f.heard.mu.Lock()
	defer f.heard.mu.Unlock()
	return len(f.heard.receipts)
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
	t := f.t
	t.Helper()
	room := awaitPhase(t, f.ctx, f.staff, f.session, engine.PhaseClosed)
	f.stop()
	for i, p := range f.all {
		p.eventually("each node shows the end", func() bool {
			other, err := p.site().Room(f.ctx, f.session)
			return err == nil && other.Now.Phase == engine.PhaseClosed && other.Now.Price == room.Now.Price && other.Now.Leader == room.Now.Leader && i < 3
		})
	}
	announce(t, f.ctx, f.staff, f.session, room, f.heard)
	f.each(func(p *process) { p.stop() })
	for _, p := range f.all {
		checkRecord(t, p.data, f.session, f.heard, 1)
	}
	t.Logf("%d receipts, %d rows told", len(f.heard.receipts), len(f.heard.rows))
	if len(f.heard.receipts) < 30 {
		t.Errorf("only %d receipts: nobody was bidding, so nothing was tested", len(f.heard.receipts))
	}
}

// TestEachNodeIsKilledOnce is the promise of many machines: bidders at three
// nodes go through one session in which each node dies once without a word, and
// come to the same end, with everything they were told in the record, once.
func TestEachNodeIsKilledOnce(t *testing.T) {
	c := newNodes(t)
	f := c.fight(45 * time.Second)
	for _, p := range c.all {
		f.goesOn()
		p.kill()
		time.Sleep(3 * time.Second)
		p.start()
	}
	f.end()
}

// TestEachNodeIsReplacedWhilePeopleBid is a rolling upgrade: a node hands over
// what it decides, ends, and comes back as another process.
func TestEachNodeIsReplacedWhilePeopleBid(t *testing.T) {
	c := newNodes(t)
	f := c.fight(40 * time.Second)
	for _, p := range c.all {
		f.goesOn()
		c.settled(p)
		if status := p.stop(); status != 0 {
			t.Errorf("it ended with %d", status)
		}
		f.goesOn()
		p.start()
	}
	f.end()
}

// TestAFrozenOwnerIsReplacedAndRefused stops the owner's process for longer than
// it is believed in, with the database away as well, and lets it go on: bids go
// on meanwhile, and nothing that it decided before it knew is in the record.
func TestAFrozenOwnerIsReplacedAndRefused(t *testing.T) {
	c := newNodes(t)
	f := c.fight(45 * time.Second)
	for range 2 {
		f.goesOn()
		frozen := -1
		c.all[0].eventually("somebody decides", func() bool { frozen = c.owner(c.all[0], f.session); return frozen >= 0 })
		other := c.all[(frozen+1)%3]
		c.all[frozen].freeze()
		c.db.Stop()
		other.eventually("another decides", func() bool { o := c.owner(other, f.session); return o >= 0 && o != frozen })
		f.goesOn()
		c.all[frozen].thaw()
		f.goesOn()
		c.db.Start()
		c.settled(other)
	}
	f.end()
}

func TestStatusSaysWhoDecidesWhatAndWhatIsWrong(t *testing.T) {
	c := newNodes(t)
	c.settled(c.all[2])
	s := c.all[2].status()
	if s.Node != "n3" || len(s.Units) != 66 || len(s.Log) != 8 || len(s.Sessions) == 0 {
		t.Fatalf("%+v", s)
	}
	for _, one := range s.Sessions {
		if one.Node == "" || one.Unit == "" || one.Title == "" {
			t.Errorf("nobody decides %+v", one)
		}
	}
	for i, p := range c.all { // a spectator more at each
		for range i + 1 {
			line, err := p.site().Dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer line.Close()
			if _, err := line.Follow(t.Context(), s.Sessions[0].Session); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.each(func(p *process) {
		p.eventually("all viewers are counted", func() bool { return p.status().Sessions[0].Viewers == 6 })
	})
	c.all[0].kill()
	for until := time.Now().Add(8 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		for _, p := range c.all[1:] { // whatever has lost its leader
			if r, err := http.Get("http://" + p.addr + "/readyz"); err != nil || r.StatusCode != http.StatusOK {
				t.Fatalf("a node is not ready because another died: %v, %v", r, err)
			} else {
				r.Body.Close()
			}
		}
	}
	c.all[2].eventually("it is noticed that a node is gone", func() bool {
		return strings.Contains(strings.Join(c.all[2].status().Wrong, "\n"), "node n1 is ")
	})
	status, said := refusal(t, gobua(nil, "status", "--at", "http://"+c.all[2].addr))
	if status != 1 || !strings.Contains(said, "! node n1 is ") || !strings.Contains(said, "DECIDED BY") {
		t.Errorf("%d: %s", status, said)
	}
}
