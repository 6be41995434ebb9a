package actor

import (
	"reflect"
	"slices"
	"testing"

	"gobua/engine"
)

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
