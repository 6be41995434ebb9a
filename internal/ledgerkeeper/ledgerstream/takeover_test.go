package ledgerstream_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/internal/ledgerkeeper"
	"gobua/internal/ledgerkeeper/ledgerstream"
)

// entries are the texts of all entries that a node shows.
func (n *node) entries() (out []string) {
	n.t.Helper()
	size := n.size()
	for from := int64(0); from < size; from += 256 {
		bundle, err := n.Tile(tlog.Tile{H: 8, L: -1, N: from / 256, W: int(min(256, size-from))})
		if err != nil {
			n.t.Fatal(err)
		}
		part, err := ledger.ParseBundle(bundle)
		if err != nil {
			n.t.Fatal(err)
		}
		out = append(out, part...)
	}
	return out
}

// A node computes a round, and before it is in the chronicle another one has
// taken over and written. What the first one computed is shown by nobody.
func TestAStaleHolderShowsNothingOfItsOwn(t *testing.T) {
	stream := ledgerstream.New(connect(t))
	held := &gate{Chronicle: stream}
	a, b, c := newNode(t, "a", held).start(), newNode(t, "b", stream).start(), newNode(t, "c", stream).start()
	a.hold().note("first")
	computed, released := make(chan string, 1), make(chan struct{})
	held.set(func(raw []byte) {
		held.set(nil)
		computed <- string(raw)
		<-released
	})
	a.set(session(one, 7, engine.PhaseClosed))
	lost := <-computed
	if !strings.Contains(lost, string(one)) {
		t.Fatalf("this was to be the round of the close: %s", lost)
	}
	if a.size() != b.size() {
		t.Errorf("a shows %d before the chronicle has it, b %d", a.size(), b.size())
	}
	a.rest()
	b.hold().note("after the takeover")
	close(released)
	a.eventually("it follows", func() bool { return a.said.has("another node has written") })
	a.reach(b.size())
	same(t, a, b, c)
	for _, n := range []*node{a, b, c} {
		if n.size() != 3 || strings.Contains(strings.Join(n.entries(), ""), string(one)) {
			t.Errorf("%s shows what was refused: %q", n.name, n.entries())
		}
	}
	for _, size := range a.shown.all() {
		if size > b.size() {
			t.Errorf("a showed size %d", size)
		}
	}
	a.set(session(one, 8, engine.PhaseClosed))
	b.rest()
	a.hold()
	a.eventually("it writes again", func() bool { return a.size() > 3 })
	same(t, a, b, c)
}

// Two nodes believe for a while that they hold the log, and all three are asked
// for notes: there is one log, and each note is in it once.
func TestTwoHoldersMakeOneLog(t *testing.T) {
	stream := ledgerstream.New(connect(t))
	nodes := []*node{newNode(t, "a", stream).start(), newNode(t, "b", stream).start(), newNode(t, "c", stream).start()}
	nodes[0].hold()
	nodes[0].note("first")
	nodes[1].hold()
	const each = 20
	var wg sync.WaitGroup
	for _, n := range nodes {
		wg.Go(func() {
			for i := range each {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				text := fmt.Sprintf("%s %d", n.name, i)
				index, err := n.AppendNote(ctx, "clock", text)
				if err != nil {
					t.Errorf("%s: %v", text, err)
					return
				}
				if in, err := n.Inclusion(index, 0); err != nil || in.Entry != "gobua clock 1\n"+text+"\n" {
					t.Errorf("%s is said to be entry %d: %+v, %v", text, index, in, err)
				}
			}
		})
	}
	wg.Wait()
	same(t, nodes...)
	times := map[string]int{}
	for _, e := range nodes[2].entries() {
		times[e]++
	}
	if len(times) != 2+3*each {
		t.Errorf("%d entries, want %d", len(times), 2+3*each)
	}
	for e, n := range times {
		if n != 1 {
			t.Errorf("%d times: %q", n, e)
		}
	}
}

// deaf is a chronicle whose answers to appends are lost.
type deaf struct {
	ledgerkeeper.Chronicle
	times int
	mu    sync.Mutex
}

func (d *deaf) Append(ctx context.Context, after uint64, rounds []byte) (uint64, error) {
	seq, err := d.Chronicle.Append(ctx, after, rounds)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.times--; err == nil && d.times >= 0 {
		return 0, errors.New("the answer was lost")
	}
	return seq, err
}

// Nobody knows what became of an append that got no answer; the chronicle does.
func TestAnAppendWithoutAnswerCountsOnce(t *testing.T) {
	stream := ledgerstream.New(connect(t))
	a, b := newNode(t, "a", &deaf{Chronicle: stream, times: 3}).start().hold(), newNode(t, "b", stream).start()
	b.note("one")
	b.note("two")
	same(t, a, b)
	if got := a.entries(); len(got) != 3 {
		t.Errorf("want the key and two notes: %q", got)
	}
}

// A node that was down reads what it missed; one that lost its folder, or got an
// old copy of it, has the same log again.
func TestANodeThatComesBackHasTheLog(t *testing.T) {
	stream := ledgerstream.New(connect(t))
	a, b, c := newNode(t, "a", stream).start().hold(), newNode(t, "b", stream).start(), newNode(t, "c", stream).start()
	a.note("one")
	same(t, a, b, c)
	b.end()
	c.end()
	old := copied(t, c.o.Dir)
	a.note("two")
	b.start()
	c.start()
	same(t, a, b, c)
	a.note("three")
	same(t, a, b, c)
	b.end()
	c.end()
	remove(t, b.o.Dir)
	c.o.Dir = old
	a.note("four")
	b.start()
	c.start()
	same(t, a, b, c)
	a.rest()
	a.end()
	b.hold().note("five")
	same(t, b, c)
	if b.size() != 6 {
		t.Errorf("%d entries: %q", b.size(), b.entries())
	}
}

// The copy of the records that a new holder has is some moments behind: the log
// does not say that the session went back.
func TestANewHolderThatIsBehindTakesNothingBack(t *testing.T) {
	stream := ledgerstream.New(connect(t))
	a, b := newNode(t, "a", stream).start().hold(), newNode(t, "b", stream).start()
	blind := func(seq engine.Seq) ledgerkeeper.Session {
		return ledgerkeeper.Session{ID: two, Head: head(seq), Phase: engine.PhaseRunning, Blind: true}
	}
	a.set(session(one, 9, engine.PhaseClosed), blind(9))
	b.set(session(one, 7, engine.PhaseRunning), blind(6))
	a.eventually("the close is witnessed", func() bool { return len(a.texts(one)) == 1 })
	a.rest()
	before := len(b.texts(two))
	b.hold().note("taken over")
	b.eventually("a blind head comes in every round", func() bool { return len(b.texts(two)) > before })
	if got := b.texts(one); len(got) != 1 {
		t.Errorf("what was witnessed was taken back: %q", got)
	}
	b.set(session(one, 10, engine.PhaseAnnounced), ledgerkeeper.Session{ID: two, Head: head(10), Phase: engine.PhaseAnnounced, Blind: true})
	b.eventually("the end", func() bool { _, err := b.EndProof(two); return err == nil })
	b.rest()
	same(t, a, b)
	entries, err := a.SessionEntries(two, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Opening != nil && e.Opening.Head.Seq < 9 {
			t.Errorf("entry %d is a head that had been passed: %+v", e.Index, e.Opening.Head)
		}
	}
}

func (n *node) texts(id engine.SessionID) (out []string) {
	n.t.Helper()
	entries, err := n.SessionEntries(id, 0, 1000)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) && !errors.Is(err, ledger.ErrDown) {
		n.t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Entry)
	}
	return out
}
