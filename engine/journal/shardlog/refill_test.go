package shardlog_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
	"gobua/engine/journal/shardlog"
	"gobua/engine/journal/shardlog/shardlogtest"
)

// sold is a journal of one machine: short sessions and one that is longer than a
// message, every third settled.
func sold(t *testing.T, sessions int) (*journal.Pebble, map[engine.SessionID]engine.Head) {
	t.Helper()
	j, err := journal.OpenPebble(filepath.Join(t.TempDir(), "journal"), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	heads := map[engine.SessionID]engine.Head{}
	for n := range sessions {
		id, records := journaltest.SessionID(11*n), 3+n%40
		if n == 0 {
			records = 18000 // of a hundred bytes or more: some messages
		}
		head := engine.Head{}
		for records > 0 {
			some := min(records, 1000)
			head = journaltest.Grow(t, j, id, head, some)
			records -= some
		}
		heads[id] = head
		if n%3 == 0 {
			if err := j.MarkSettled(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	return j, heads
}

// refill fills the log from a journal, as a node does.
func refill(t *testing.T, ctx context.Context, n *node, source engine.Journal, o func(*shardlog.Options)) (shardlog.Refilled, error) {
	t.Helper()
	options := n.options()
	if o != nil {
		o(&options)
	}
	scratch := filepath.Join(t.TempDir(), "scratch")
	r, err := shardlog.Refill(ctx, options, source, scratch)
	if _, left := os.Stat(scratch); left == nil {
		t.Errorf("%s is left behind", scratch)
	}
	return r, err
}

// wantAll holds a node against the journal that the log was filled from.
func wantAll(t *testing.T, n *node, source engine.Journal, heads map[engine.SessionID]engine.Head) {
	t.Helper()
	ids, err := n.log.Sessions(ctx)
	if err != nil || len(ids) != len(heads) {
		t.Fatalf("%s has %d sessions, want %d: %v", n.name, len(ids), len(heads), err)
	}
	for id, head := range heads {
		journaltest.WantHead(t, n.log, id, head)
		want, err1 := source.Settled(ctx, id)
		got, err2 := n.log.Settled(ctx, id)
		if got != want || err1 != nil || err2 != nil {
			t.Errorf("session %s is settled: %v, want %v (%v, %v)", id, got, want, err1, err2)
		}
	}
}

func TestALogIsFilledFromAJournal(t *testing.T) {
	cluster := shardlogtest.Start(t, 3)
	layout := few(3)
	fresh(t, cluster.Connect(0), layout)
	source, heads := sold(t, 60)
	filler := newNode(t, cluster.Connect(0), "n1", layout)
	r, err := refill(t, ctx, filler, source, nil)
	if err != nil || r.Sessions != 60 || r.Settled != 20 || r.Records < 18000 {
		t.Fatalf("%+v, %v", r, err)
	}
	// Nothing is written a second time.
	again, err := refill(t, ctx, filler, source, nil)
	if err != nil || again.Records != 0 || again.Sessions != 60 {
		t.Errorf("again: %+v, %v", again, err)
	}
	// One that comes with nothing reads it, and decides on from it.
	other := newNode(t, cluster.Connect(1), "n2", layout).open()
	wantAll(t, other, source, heads)
	other.claim()
	id := journaltest.SessionID(11)
	heads[id] = journaltest.Grow(t, other.log, id, heads[id], 3)
	// The journal is the mirror of the log from then on.
	if err := source.Close(); err != nil {
		t.Fatal(err)
	}
	filler.folder = source.Dir()
	filler.open()
	reopened := filler.mirror
	wantAll(t, filler, reopened, heads)
}

// TestARefillThatBrokeOffIsTakenUp ends attempts after one message more each
// time, until one gets through.
func TestARefillThatBrokeOffIsTakenUp(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	fresh(t, cluster.Connect(0), layout)
	source, heads := sold(t, 40)
	n := newNode(t, cluster.Connect(0), "n1", layout)
	var written int64
	attempts := 0
	for done := false; !done; attempts++ {
		if attempts > 100 {
			t.Fatal("it does not come to an end")
		}
		some, end := context.WithCancel(ctx)
		r, err := refill(t, some, n, source, func(o *shardlog.Options) {
			o.OnAppend = func(_ int, _ time.Duration, err error) {
				if err == nil {
					end()
				}
			}
		})
		end()
		switch {
		case err == nil:
			done = true
		case !errors.Is(err, context.Canceled):
			t.Fatal(err)
		}
		written += r.Records
	}
	if attempts < 3 {
		t.Errorf("%d attempts: none was broken off in the middle", attempts)
	}
	t.Logf("%d attempts", attempts)
	wantAll(t, newNode(t, cluster.Connect(0), "n2", layout).open(), source, heads)
}

func TestARefillRefusesWhatIsNotItsBeginning(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	conn := cluster.Connect(0)
	id, other := journaltest.SessionID(11), journaltest.SessionID(64)
	for name, c := range map[string]struct {
		inLog func(n *node)
		words []string
	}{
		"a session that the journal has not": {func(n *node) { journaltest.Grow(t, n.log, other, engine.Head{}, 2) }, []string{string(other), "has nothing"}},
		"more of a session":                  {func(n *node) { journaltest.Grow(t, n.log, id, engine.Head{}, 50) }, []string{string(id), "the log has 50 records and the journal 4"}},
		"another beginning": {func(n *node) {
			e := engine.Entry{Seq: 1, Body: []byte("{}"), Hash: engine.Link(engine.Hash{}, []byte("{}"))}
			if err := n.log.Append(ctx, id, engine.Head{}, []engine.Entry{e}); err != nil {
				t.Fatal(err)
			}
		}, []string{string(id), "record 1 is"}},
	} {
		t.Run(name, func(t *testing.T) {
			fresh(t, conn, layout)
			before := newNode(t, conn, "n1", layout).open().claim()
			c.inLog(before)
			before.close()
			ends := endsOf(t, conn, layout)
			source, _ := sold(t, 3)
			_, err := refill(t, ctx, newNode(t, conn, "n2", layout), source, nil)
			if !errors.Is(err, shardlog.ErrOtherLog) {
				t.Fatalf("got %v", err)
			}
			for _, w := range c.words {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
			if after := endsOf(t, conn, layout); after != ends {
				t.Errorf("something was written: %v, then %v", ends, after)
			}
		})
	}
}

// endsOf says how many messages each stream has.
func endsOf(t *testing.T, conn *nats.Conn, layout shardlog.Layout) (ends string) {
	t.Helper()
	for k := range layout.Streams {
		s, err := stream(t, conn).Stream(ctx, shardlog.StreamName(k))
		if err != nil {
			t.Fatal(err)
		}
		ends += fmt.Sprint(s.CachedInfo().State.LastSeq, " ")
	}
	return ends
}

// TestTheMirrorOfALostLogFillsANewOne: its cursors are put aside, and without
// that it is refused.
func TestTheMirrorOfALostLogFillsANewOne(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	conn := cluster.Connect(0)
	fresh(t, conn, layout)
	n := newNode(t, conn, "n1", layout).open().claim()
	heads := map[engine.SessionID]engine.Head{}
	for i := range 20 {
		id := journaltest.SessionID(11 * i)
		heads[id] = journaltest.Grow(t, n.log, id, engine.Head{}, 5)
	}
	if err := n.log.Reach(ctx); err != nil {
		t.Fatal(err)
	}
	n.close()
	fresh(t, conn, layout)
	wantRefused(t, n, "this node had read")
	aside, err := shardlog.PutCursorsAside(n.folder)
	if err != nil || aside == "" {
		t.Fatalf("%q, %v", aside, err)
	}
	if kept, err := os.ReadDir(aside); err != nil || len(kept) != layout.Streams {
		t.Errorf("%d cursors were kept, %v", len(kept), err)
	}
	wantRefused(t, n, "the mirror has 5 records, and the log has 0")
	source, err := journal.OpenPebble(n.folder, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = refill(t, ctx, n, source, nil)
	if err = errors.Join(err, source.Close()); err != nil {
		t.Fatal(err)
	}
	if again, err := shardlog.PutCursorsAside(n.folder); again != "" || err != nil {
		t.Errorf("put aside a second time: %q, %v", again, err)
	}
	wantAll(t, n.open(), n.mirror, heads)
}

// TestReachIsForEverythingThatTheLogHas, also what another node appended; it ends
// with its context where nobody answers, and with the log.
func TestReachIsForEverythingThatTheLogHas(t *testing.T) {
	cluster := shardlogtest.Start(t, 3)
	layout := few(3)
	fresh(t, cluster.Connect(0), layout)
	n := newNode(t, cluster.Connect(0), "n1", layout).open().claim()
	deaf := newNode(t, cluster.Connect(1), "n2", layout).openWith(shardlog.Options.Deaf)
	for i := range 10 {
		id := journaltest.SessionID(11 * i)
		head := journaltest.Grow(t, n.log, id, engine.Head{}, 3)
		if err := deaf.log.Reach(ctx); err != nil {
			t.Fatal(err)
		}
		if there, err := deaf.mirror.Head(ctx, id); err != nil || there != head {
			t.Fatalf("the mirror has %v of what ends at %v: %v", there, head, err)
		}
	}
	for i := range cluster.Len() {
		cluster.Kill(i)
	}
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := deaf.log.Reach(short); err == nil {
		t.Error("it is reached, and nobody can know")
	}
	deaf.close()
	if err := deaf.log.Reach(ctx); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}
