package main

import (
	"strings"
	"testing"
	"time"
)

// TestEachNodeIsKilledOnce is the promise of many machines: bidders at three
// nodes go through one session in which each node dies once without a word, and
// come to the same end, with everything they were told in the record, once.
func TestEachNodeIsKilledOnce(t *testing.T) {
	t.Parallel()
	c := newNodes(t)
	f := c.fight(10 * time.Second)
	for _, p := range c.all {
		f.goesOn()
		p.kill()
		c.lost(p)
		p.start()
	}
	f.end()
}

// TestEachNodeIsReplacedWhilePeopleBid is a rolling upgrade: a node hands over
// what it decides, ends, and comes back as another process.
// Those that come are under the race detector, so the test has the machine to itself.
func TestEachNodeIsReplacedWhilePeopleBid(t *testing.T) {
	c := newNodes(t)
	f := c.fight(10 * time.Second)
	for _, p := range c.all {
		f.goesOn()
		c.settled(p)
		if status := p.stop(); status != 0 {
			t.Errorf("it ended with %d", status)
		}
		f.goesOn()
		p.raced = true
		p.start()
	}
	f.goesOn()
	f.end()
}

// TestAFrozenOwnerIsReplacedAndRefused stops the owner's process for longer than
// it is believed in, with the database away as well, and lets it go on: bids go
// on meanwhile, and nothing that it decided before it knew is in the record.
func TestAFrozenOwnerIsReplacedAndRefused(t *testing.T) {
	t.Parallel()
	c := newNodes(t)
	f := c.fight(10 * time.Second)
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

// TestTwoNodesAndThenAllAreKilled: the one that is left decides nothing, and says
// that it is not ready and what it shows may be old; when the others are back with their folders it goes on
// by itself, and so it does after a night without power.
func TestTwoNodesAndThenAllAreKilled(t *testing.T) {
	t.Parallel()
	c := newNodes(t)
	f := c.fight(10 * time.Second)
	f.goesOn()
	c.all[1].kill()
	c.all[2].kill()
	c.all[0].eventually("the one that is left is not ready", func() bool { return !c.all[0].ready() })
	c.all[0].eventually("its viewers are told that it is cut off", func() bool { return f.eyes[0].Beat().Cut })
	before := f.recorded()
	time.Sleep(6 * time.Second)
	if got := f.recorded() - before; got != 0 || c.all[0].ready() {
		t.Errorf("one of three gave %d receipts with a record, ready: %v", got, c.all[0].ready())
	}
	for _, p := range c.all[1:] {
		p.begin()
	}
	c.each(func(p *process) { p.awaitReady() })
	f.goesOn()
	c.all[0].eventually("its viewers are told that it knows the newest", func() bool { b := f.eyes[0].Beat(); return !b.Cut && b.Behind == 0 })
	c.each(func(p *process) { p.kill() })
	c.each(func(p *process) { p.begin() })
	c.each(func(p *process) { p.awaitReady() })
	f.goesOn()
	f.end()
}

func TestStatusSaysWhoDecidesWhatAndWhatIsWrong(t *testing.T) {
	t.Parallel()
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
			if !p.ready() {
				t.Fatal("a node is not ready because another died")
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
