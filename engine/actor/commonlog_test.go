package actor

import (
	"context"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
)

// Several registries share the sessions of one journal here, as several
// processes do. The journal is in memory; what the log of a cluster adds to one
// is what commonLog adds: a unit is claimed, who has not claimed it is refused,
// and the mirror of every node is brought the records, in order but at its own
// time, those of the node itself too.

// commonLog is the journal that all registries share.
type commonLog struct {
	mem   *journal.Memory
	nodes []*node
	lag   func() time.Duration // how late a record comes to a mirror
	fault commonFault
	fail  func(format string, args ...any)

	mu     sync.Mutex
	holder map[int]int // by unit: the node that has claimed it
	unit   map[engine.SessionID]int

	batches int // that were taken
}

// commonFault is what the log, or a node's way to it, does wrong.
type commonFault string

const (
	noFault          commonFault = ""
	refusalLost      commonFault = "an append that was refused is taken for a good one"
	refusalBrought   commonFault = "what was refused is brought to those who follow"
	batchesForgotten commonFault = "those who follow are not told of every tenth batch"
	outageForgotten  commonFault = "whoever takes over for a node that was cut off says that nothing is owed"
)

// node is one process: its registry, what its room heard, and its way to the log.
type node struct {
	engine.Journal
	mirror *journal.Memory
	common *commonLog
	self   int
	reg    *Registry
	feed   *commonBook
	brings chan func()
	ended  sync.WaitGroup
}

const units = 2

// unitOfAuction spreads the auctions of these tests: DG-1 and DG-2.
func unitOfAuction(id string) int {
	if id == "DG-2" {
		return 1
	}
	return 0
}

func newCommon(t *testing.T, nodes int, lag func() time.Duration) *commonLog {
	c := &commonLog{mem: journal.NewMemory(), lag: lag, fail: t.Errorf, holder: map[int]int{}, unit: map[engine.SessionID]int{}}
	for i := range nodes {
		n := &node{Journal: c.mem, mirror: journal.NewMemory(), common: c, self: i, brings: make(chan func(), 1<<12)}
		n.feed = newCommonBook(t, n)
		n.reg = NewRegistry(Options{Journal: n, Mirror: n.mirror, Feed: n.feed, Unit: unitOfAuction})
		c.nodes = append(c.nodes, n)
		n.ended.Go(func() {
			for bring := range n.brings {
				bring()
			}
		})
		if err := n.reg.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for _, n := range c.nodes {
			n.reg.Stop()
			close(n.brings)
			n.ended.Wait()
		}
	})
	return c
}

// Append is refused unless the node holds the unit.
func (n *node) Append(ctx context.Context, id engine.SessionID, after engine.Head, entries []engine.Entry) error {
	return n.AppendTogether(ctx, []engine.Part{{Session: id, After: after, Entries: entries}})
}

// AppendTogether is Append for several sessions, which are of one unit.
func (n *node) AppendTogether(ctx context.Context, parts []engine.Part) error {
	c := n.common
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range parts {
		if first, err := p.Entries[0].Record(); err == nil && p.After == (engine.Head{}) {
			c.unit[p.Session] = unitOfAuction(first.Event.(*engine.Created).Lot.AuctionID)
		}
		if c.holder[c.unit[p.Session]] != n.self {
			return n.refused(parts)
		}
	}
	if err := c.mem.AppendTogether(ctx, parts); err != nil {
		return err
	}
	c.batches++
	n.bring(parts, true)
	return nil
}

// refused is what becomes of an append that the log does not take.
func (n *node) refused(parts []engine.Part) error {
	switch n.common.fault {
	case refusalLost:
		return nil
	case refusalBrought:
		n.bring(parts, false)
	}
	return engine.ErrFenced
}

// bring sends parts on their way to all nodes. The caller holds the log's mu.
func (n *node) bring(parts []engine.Part, taken bool) {
	c := n.common
	forgotten := c.fault == batchesForgotten && c.batches%10 == 0
	for _, to := range c.nodes {
		late := c.lag()
		to.brings <- func() {
			time.Sleep(late)
			if taken {
				if err := to.mirror.AppendTogether(context.Background(), parts); err != nil {
					panic(err) // the common log has taken them
				}
			}
			for _, p := range parts {
				if to != n && !forgotten {
					to.reg.Follow(p.Session, p.Entries)
				}
			}
		}
	}
}

// reach waits until the mirror has what the log has by now.
func (n *node) reach() {
	up := make(chan struct{})
	n.brings <- func() { close(up) }
	<-up
}

// Replay reads the mirror, and waits for what the node has appended to get there.
func (n *node) Replay(ctx context.Context, id engine.SessionID, after engine.Seq, fn func(engine.Entry) error) error {
	n.reach()
	return n.mirror.Replay(ctx, id, after, fn)
}

// Settled waits like Replay.
func (n *node) Settled(ctx context.Context, id engine.SessionID) (bool, error) {
	n.reach()
	return n.common.mem.Settled(ctx, id)
}

// Sessions is read like Replay.
func (n *node) Sessions(ctx context.Context) ([]engine.SessionID, error) {
	n.reach()
	return n.mirror.Sessions(ctx)
}

// claim makes a node the holder of a unit and returns when it has been brought
// everything from before.
func (c *commonLog) claim(unit int, n *node) {
	c.mu.Lock()
	c.holder[unit] = n.self
	c.mu.Unlock()
	n.reach()
}

// createAt has a node claim and take the unit of the usual lot, and create it there.
func (c *commonLog) createAt(t *testing.T, n *node) (created engine.Created, unit int) {
	created = lot(theSession)
	unit = unitOfAuction(created.Lot.AuctionID)
	c.claim(unit, n)
	if err := n.reg.Take(t.Context(), unit, 0); err != nil {
		t.Fatal(err)
	}
	if err := n.reg.Create(t.Context(), created); err != nil {
		t.Fatal(err)
	}
	return created, unit
}
