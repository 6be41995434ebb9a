package actor

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
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

// commonBook is a room's book that can be compared with those of others: what
// any node tells as an update of a number, all tell. A witness beside each
// session holds what its node shows and tells against the common log, at the
// moment it does.
type commonBook struct {
	*feedBook
	of   *node
	desk map[engine.SessionID][]engine.DeskRecord
	eyes map[engine.SessionID]*witness
}

func newCommonBook(t *testing.T, of *node) *commonBook {
	return &commonBook{feedBook: newFeedBook(t), of: of, desk: map[engine.SessionID][]engine.DeskRecord{}, eyes: map[engine.SessionID]*witness{}}
}

// eye is the witness of a session. The caller holds the book's mu.
func (b *commonBook) eye(id engine.SessionID) *witness {
	w := b.eyes[id]
	if w == nil {
		w = newWitness(b.of.common.mem, id, func(format string, args ...any) {
			b.of.common.fail("node %d, session %s: "+format, append([]any{b.of.self, id}, args...)...)
		})
		w.shows = func() (head engine.Head) {
			if v, ok := b.of.reg.View(id); ok {
				head = v.Head
			}
			return head
		}
		b.eyes[id] = w
	}
	return w
}

func (b *commonBook) Opened(id engine.SessionID, room engine.Room, seq engine.FeedSeq, desk engine.Desk) {
	b.mu.Lock()
	_, twice := b.desk[id]
	b.desk[id] = slices.Clone(desk.Attempts)
	slices.Reverse(b.desk[id])
	if twice {
		b.fail("node %d opened the room of %s twice", b.of.self, id)
	}
	b.told[id] = make([]engine.Update, seq) // what was before nobody here was told
	b.eye(id).Opened(id, room, seq, desk)
	b.mu.Unlock()
	b.feedBook.Opened(id, room, seq, desk)
}

func (b *commonBook) Tell(id engine.SessionID, told engine.Told) {
	b.feedBook.Tell(id, told)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.desk[id] = append(b.desk[id], told.Records...)
	b.eye(id).Tell(id, told)
}

// answered has a receipt looked at that the node gives.
func (b *commonBook) answered(id engine.SessionID, c *call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.eye(id).answered(c)
}

// silent: nobody could reach a session for a time.
func (b *commonBook) silent(id engine.SessionID, gap outage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.eye(id)
	w.silent = append(w.silent, gap)
}

// look compares what the node shows of a session with what it told last. It is
// called while nothing is being told.
func (b *commonBook) look(id engine.SessionID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.eye(id)
	w.read()
	if w.heard != w.past.state.Feed {
		w.fail("it shows update %d and told %d", w.past.state.Feed, w.heard)
	}
	v, ok := b.of.reg.View(id)
	if !ok {
		return
	}
	if !sameRoom(&v.Room, &w.room) {
		w.fail("it shows\n%+v, and told\n%+v", v.Room, w.room)
	}
	for code, told := range w.you {
		if you, _ := b.of.reg.Standing(id, code); you != told {
			w.fail("it shows that %s stands at\n%+v, and told\n%+v", code, you, told)
		}
	}
}

// wantTheSame compares what the nodes told with what one process tells that
// reads the journal.
func (c *commonLog) wantTheSame(t *testing.T) {
	t.Helper()
	ids, err := c.mem.Sessions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		want := new(core)
		want.near = newNeighbours()
		var updates []engine.Update
		if err := replay(t.Context(), c.mem, id, func(r engine.Record) error {
			if u, public := want.absorb(r); public {
				updates = append(updates, u)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, n := range c.nodes {
			v, ok := n.reg.View(id)
			if !ok {
				c.fail("node %d does not show session %s", n.self, id)
				continue
			}
			if v.Head != want.state.Head || v.Feed != want.state.Feed || !reflect.DeepEqual(v.Room, want.room) || !reflect.DeepEqual(v.Rows, want.rows) {
				c.fail("node %d shows session %s at record %d, the journal has %d", n.self, id, v.Head.Seq, want.state.Head.Seq)
			}
			told := n.feed.told[id]
			if len(told) != len(updates) {
				c.fail("node %d told %d updates of session %s, there are %d", n.self, len(told), id, len(updates))
				continue
			}
			for i, u := range told {
				if u.Kind != "" && !reflect.DeepEqual(u, updates[i]) {
					c.fail("node %d told as update %d of %s\n%+v\nand it is\n%+v", n.self, i+1, id, u, updates[i])
				}
			}
			for _, you := range want.standings() {
				if got, ok := n.reg.Standing(id, you.Code); !ok || !reflect.DeepEqual(got, you) {
					c.fail("node %d says of %s in %s\n%+v, want\n%+v", n.self, you.Code, id, got, you)
				}
			}
			if desk := n.feed.desk[id]; len(desk) > 0 && !slices.IsSortedFunc(desk, func(a, b engine.DeskRecord) int { return int(a.Seq) - int(b.Seq) }) {
				c.fail("node %d told the desk of %s out of order or twice", n.self, id)
			}
		}
	}
}

func never() time.Duration { return 0 }

func TestASessionIsHandedOverAndNobodyNotices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCommon(t, 2, never)
		one, two := c.nodes[0], c.nodes[1]
		created := lot(theSession)
		unit := unitOfAuction(created.Lot.AuctionID)
		if err := one.reg.Create(t.Context(), created); err != ErrElsewhere {
			t.Fatalf("created where nobody decides: %v", err)
		}
		c.claim(unit, one)
		if err := one.reg.Take(t.Context(), unit, 0); err != nil {
			t.Fatal(err)
		}
		if err := one.reg.Create(t.Context(), created); err != nil {
			t.Fatal(err)
		}
		ask := func(n *node, cmd engine.Command) answer {
			got := make(chan answer, 1)
			n.reg.Submit(theSession, cmd, func(r engine.Receipt, err error) { got <- answer{r, err} })
			return <-got
		}
		bidder := func(code string, id uint64, do engine.Act) engine.Command {
			return engine.Command{ID: cmdID(id), By: engine.Actor{Role: engine.RoleBidder, Ref: code}, Do: do}
		}
		for i, code := range []string{"M-1", "M-2"} {
			if a := ask(one, bidder(code, uint64(i+1), engine.CheckIn{})); a.err != nil {
				t.Fatal(a.err)
			}
		}
		until(created.Rules.OpensAt.Add(1000))
		if a := ask(one, bidder("M-1", 10, engine.PlaceBid{Amount: 100})); !a.Accepted {
			t.Fatalf("%+v", a)
		}
		if a := ask(two, bidder("M-2", 11, engine.PlaceBid{Amount: 110})); a.err != ErrElsewhere {
			t.Fatalf("bid where the session is followed: %+v, %v", a.Receipt, a.err)
		}
		synctest.Wait()
		v, _ := two.reg.View(theSession)
		if v.Room.Now.Leader != "M-1" {
			t.Fatalf("the follower shows %+v", v.Room.Now)
		}
		if code, ok := two.reg.CodeOf(theSession, "no such account"); ok {
			t.Errorf("a stranger is %s", code)
		}
		if err := one.reg.Give(t.Context(), unit); err != nil {
			t.Fatal(err)
		}
		c.claim(unit, two)
		if err := two.reg.Take(t.Context(), unit, 0); err != nil {
			t.Fatal(err)
		}
		if a := ask(one, bidder("M-2", 11, engine.PlaceBid{Amount: 110})); a.err != ErrElsewhere {
			t.Fatalf("bid at the old owner: %v", a.err)
		}
		if a := ask(two, bidder("M-2", 11, engine.PlaceBid{Amount: 110})); !a.Accepted {
			t.Fatalf("%+v", a)
		}
		if a := ask(two, bidder("M-1", 10, engine.PlaceBid{Amount: 100})); !a.Accepted || a.Price != 100 {
			t.Errorf("asked again under the same id: %+v", a)
		}
		until(created.Rules.OpensAt.Add(3_600_000))
		synctest.Wait()
		c.wantTheSame(t)
		if v, _ := one.reg.View(theSession); v.Room.Now.Phase != engine.PhaseClosed || v.Room.Now.Leader != "M-2" {
			t.Errorf("the old owner shows %+v", v.Room.Now)
		}
		var outages int
		for _, u := range one.feed.told[theSession] {
			if u.Kind == engine.KindOutageCredited {
				outages++
			}
		}
		if outages != 0 {
			t.Error("a hand-over was called an outage")
		}
	})
}

func TestWhoGivesASessionKeepsShowingWhatItTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := never
		c := newCommon(t, 2, func() time.Duration { return late() })
		one := c.nodes[0]
		created, unit := c.createAt(t, one)
		ask := func(id uint64, do engine.Act) {
			got := make(chan answer, 1)
			cmd := engine.Command{ID: cmdID(id), By: engine.Actor{Role: engine.RoleBidder, Ref: "M-1"}, Do: do}
			one.reg.Submit(theSession, cmd, func(r engine.Receipt, err error) { got <- answer{r, err} })
			if a := <-got; a.err != nil || !a.Accepted {
				t.Fatalf("%+v", a)
			}
		}
		ask(1, engine.CheckIn{})
		until(created.Rules.OpensAt.Add(1000))
		synctest.Wait()
		late = func() time.Duration { return time.Second } // the log has the bid long before the mirror
		ask(2, engine.PlaceBid{Amount: 100})
		if err := one.reg.Give(t.Context(), unit); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			synctest.Wait()
			if v, _ := one.reg.View(theSession); v.Room.Now.Leader != "M-1" {
				t.Errorf("the price that was told is gone: %+v", v.Room.Now)
			}
			if you, _ := one.reg.Standing(theSession, "M-1"); !you.Leading {
				t.Errorf("whose bid was accepted is told %+v", you)
			}
			time.Sleep(time.Second)
		}
		one.feed.mu.Lock()
		defer one.feed.mu.Unlock()
		if you := one.feed.you["M-1"]; !you.Leading {
			t.Errorf("the last that was told of the leader is %+v", you)
		}
	})
}

func TestAnOwnerThatDiedIsReplacedAndItsTimeIsCredited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCommon(t, 2, never)
		one, two := c.nodes[0], c.nodes[1]
		created, unit := c.createAt(t, one)
		until(created.Rules.OpensAt.Add(1000))
		synctest.Wait()
		v, _ := one.reg.View(theSession)
		ends := v.Room.Now.ClosesAt
		c.mu.Lock()
		c.holder[unit] = -1 // it is cut off and does not know yet
		c.mu.Unlock()
		cut := engine.InstantOf(time.Now())
		time.Sleep(5 * time.Second)
		c.claim(unit, two)
		if err := two.reg.Take(t.Context(), unit, cut); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		v, _ = two.reg.View(theSession)
		if got := v.Room.Now.ClosesAt; got != ends.Add(5000) {
			t.Errorf("it ends %d ms later, want 5000", got.Sub(ends))
		}
		got := make(chan answer, 1) // the old owner decides, but nothing comes of it
		one.reg.Submit(theSession, engine.Command{ID: cmdID(7), By: engine.Actor{Role: engine.RoleBidder, Ref: "M-1"}, Do: engine.CheckIn{}},
			func(r engine.Receipt, err error) { got <- answer{r, err} })
		wantUnknown(t, <-got)
		if err := one.reg.Give(t.Context(), unit); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		c.wantTheSame(t)
	})
}
