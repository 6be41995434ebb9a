package shardlog_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
	"gobua/engine/journal/shardlog"
	"gobua/engine/journal/shardlog/shardlogtest"
)

// soon makes a node find out in a second that the log has lost something.
func soon(o shardlog.Options) shardlog.Options { return o.WithLostAfter(time.Second) }

// wantRefused opens a node that must be refused as damaged, with these words.
func wantRefused(t *testing.T, n *node, words ...string) {
	t.Helper()
	err := n.try(soon)
	if err == nil {
		_ = n.log.Close()
	}
	if !errors.Is(err, engine.ErrCorrupt) {
		t.Fatalf("got %v, want ErrCorrupt", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
	_ = n.mirror.Close()
}

func TestWhatNoNodeWritesIsNamed(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	id := journaltest.SessionID(1)
	shard := shardOf(&node{layout: layout}, id)
	other := (shard + layout.Streams) % layout.Shards // of the same stream
	one := journaltest.Chain(id, engine.Head{}, 1)
	head := journaltest.End(engine.Head{}, one)
	forged := journaltest.Chain(id, head, 2)
	forged[1].Body = []byte(`{"amount":1}`)
	for name, c := range map[string]struct {
		data  []byte
		words string
	}{
		"bytes that are no message":       {[]byte("bytes that are long enough to be one of the log's messages, and are none of them"), "it begins with"},
		"a flipped bit":                   {flip(shardlog.EncodePack(shard, 1, engine.Part{Session: id, After: head, Entries: journaltest.Chain(id, head, 1)})), "checksum"},
		"a torn message":                  {shardlog.EncodeFence(shard, 2, "x")[:40], "too few"},
		"a broken chain":                  {shardlog.EncodePack(shard, 1, engine.Part{Session: id, After: head, Entries: forged}), "chain is broken"},
		"a gap":                           {shardlog.EncodePack(shard, 1, engine.Part{Session: id, After: engine.Head{Seq: 5}, Entries: journaltest.Chain(id, engine.Head{Seq: 5}, 1)}), "goes on after record 5"},
		"another chain":                   {shardlog.EncodePack(shard, 1, engine.Part{Session: id, After: engine.Head{Seq: 1}, Entries: journaltest.Chain(id, engine.Head{Seq: 1}, 1)}), "goes on after 00000000"},
		"a record again, another one":     {shardlog.EncodePack(shard, 1, engine.Part{Session: id, Entries: []engine.Entry{{Seq: 1, Body: []byte("{}"), Hash: engine.Link(engine.Hash{}, []byte("{}"))}}}), "record 1 is"},
		"a pack of an epoch that is over": {shardlog.EncodePack(shard, 0, engine.Part{Session: id, After: head}), "epoch"},
		"a fence that leaves one out":     {shardlog.EncodeFence(shard, 3, "x"), "epoch 3"},
		"a message of another shard":      {shardlog.EncodeFence(other, 2, "x"), "on subject"},
		"a session of another shard":      {shardlog.EncodePack(shard, 1, engine.Part{Session: journaltest.SessionID(64), Entries: journaltest.Chain(journaltest.SessionID(64), engine.Head{}, 1)}), "it should be in"},
	} {
		t.Run(name, func(t *testing.T) {
			fresh(t, cluster.Connect(0), layout)
			n := newNode(t, cluster.Connect(0), "a", layout).open().claim(shard, other)
			if err := n.log.Append(ctx, id, engine.Head{}, one); err != nil {
				t.Fatal(err)
			}
			ack, err := stream(t, n.conn).Publish(ctx, layout.Subject(shard), c.data)
			if err != nil {
				t.Fatal(err)
			}
			eventually(t, "the node says so", func() bool { return errors.Is(n.log.Trouble(), engine.ErrCorrupt) })
			if why := n.log.Trouble().Error(); !strings.Contains(why, c.words) {
				t.Errorf("%q does not say %q", why, c.words)
			}
			if _, err := journaltest.Read(n.log, id); !errors.Is(err, engine.ErrCorrupt) {
				t.Errorf("the session is served: %v", err)
			}
			for _, s := range []int{shard, other} {
				eventually(t, "the claims of the stream are lost", func() bool { return errors.Is(n.lostShard(s), engine.ErrCorrupt) && !n.log.Claimed(s) })
			}
			n.close()
			wantRefused(t, newNode(t, n.conn, "b", layout), c.words, shardlog.StreamName(layout.StreamOf(shard)))
			if ack.Sequence != 4 { // two fences and a pack before it
				t.Errorf("the test is wrong: it is message %d", ack.Sequence)
			}
		})
	}
}

func flip(b []byte) []byte {
	b[len(b)/2] ^= 4
	return b
}

func TestALogThatLostSomethingIsRefused(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	conn := cluster.Connect(0)
	id := journaltest.SessionID(1)
	shard := shardOf(&node{layout: layout}, id)
	begin := func(t *testing.T) *node {
		fresh(t, conn, layout)
		n := newNode(t, conn, "a", layout).openWith(soon).claim(shard)
		var head engine.Head
		for range 10 {
			head = journaltest.Grow(t, n.log, id, head, 1)
		}
		journaltest.WantHead(t, n.log, id, head)
		return n
	}
	t.Run("all of it, seen at the start", func(t *testing.T) {
		n := begin(t)
		n.close()
		fresh(t, conn, layout)
		wantRefused(t, n, "ends at message 0", "had read 11")
	})
	t.Run("all of it, seen while it is followed", func(t *testing.T) {
		n := begin(t)
		fresh(t, conn, layout)
		eventually(t, "the node says so", func() bool { return errors.Is(n.log.Trouble(), engine.ErrCorrupt) })
		if _, err := journaltest.Read(n.log, id); !errors.Is(err, engine.ErrCorrupt) {
			t.Errorf("the session is served: %v", err)
		}
	})
	t.Run("all of it, and another one is as long", func(t *testing.T) {
		n := begin(t)
		n.close()
		fresh(t, conn, layout)
		b := newNode(t, conn, "b", layout).open().claim(shard)
		journaltest.WantHead(t, b.log, id, journaltest.Grow(t, b.log, id, engine.Head{}, 3))
		for range 20 {
			if err := b.log.Release(ctx, shard); err != nil {
				t.Fatal(err)
			}
			b.claim(shard)
		}
		wantRefused(t, n, "message 11 is another one")
	})
	t.Run("and this node does not know how far it had read", func(t *testing.T) {
		n := begin(t)
		n.close()
		fresh(t, conn, layout)
		for k := range layout.Streams {
			if err := os.Remove(filepath.Join(n.folder, "cursor."+string(rune('0'+k)))); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		}
		wantRefused(t, n, "the mirror has 10 records", "the log has 0")
	})
}

func TestAMirrorIsMadeAnewFromTheLog(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	conn := cluster.Connect(0)
	fresh(t, conn, layout)
	n := newNode(t, conn, "a", layout).open().claim()
	heads := map[engine.SessionID]engine.Head{}
	for i := range 100 {
		id := journaltest.SessionID(20 * (i % 10))
		heads[id] = journaltest.Grow(t, n.log, id, heads[id], 1+i%7)
	}
	settled := journaltest.SessionID(20)
	if err := n.log.MarkSettled(ctx, settled); err != nil {
		t.Fatal(err)
	}
	cursor := filepath.Join(n.folder, "cursor.0")
	for _, c := range []struct {
		name string
		harm func() error
	}{
		{"nothing happened to it", func() error { return nil }},
		{"the whole mirror is gone", func() error { return os.RemoveAll(n.folder) }},
		{"a cursor is gone", func() error { return os.Remove(cursor) }},
		{"a cursor is damaged", func() error { return os.WriteFile(cursor, []byte("gobua cursor 1\n"), 0o600) }},
		{"a cursor lags", func() error { return lag(cursor, 2) }},
	} {
		n.close()
		if err := c.harm(); err != nil {
			t.Fatal(err)
		}
		n.open()
		for id, want := range heads {
			journaltest.WantHead(t, n.log, id, want)
		}
		if got, err := n.log.Settled(ctx, settled); err != nil || !got {
			t.Fatalf("%s: settled %v, %v", c.name, got, err)
		}
		n.claim()
		id := journaltest.SessionID(0)
		heads[id] = journaltest.Grow(t, n.log, id, heads[id], 1)
		journaltest.WantHead(t, n.log, id, heads[id])
	}
}

// lag makes a cursor say that the mirror has less than it has.
func lag(path string, shards int) error {
	return os.WriteFile(path, shardlog.EncodePlace(0, 0, shards), 0o600)
}

func TestAMirrorThatIsOlderThanItsCursorIsNotServed(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	conn := cluster.Connect(0)
	fresh(t, conn, layout)
	n := newNode(t, conn, "a", layout).open().claim()
	id := journaltest.SessionID(1)
	head := journaltest.Grow(t, n.log, id, engine.Head{}, 3)
	journaltest.WantHead(t, n.log, id, head)
	old := filepath.Join(t.TempDir(), "old")
	if err := n.mirror.Checkpoint(old); err != nil {
		t.Fatal(err)
	}
	head = journaltest.Grow(t, n.log, id, head, 3)
	journaltest.WantHead(t, n.log, id, head)
	k := layout.StreamOf(shardOf(n, id))
	cursor := "cursor." + string(rune('0'+k))
	journaltest.Grow(t, n.log, id, head, 1)
	if _, err := n.log.Sessions(ctx); err != nil {
		t.Fatal(err)
	}
	n.close()
	kept, err := os.ReadFile(filepath.Join(n.folder, cursor))
	if err != nil {
		t.Fatal(err)
	}
	n.folder = old
	if err := os.WriteFile(filepath.Join(old, cursor), kept, 0o600); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, n, "the mirror ends at record 3, and the log goes on after record 6")
	if err := os.Remove(filepath.Join(old, cursor)); err != nil { // the way out
		t.Fatal(err)
	}
	n.open()
	if got, err := journaltest.Read(n.log, id); err != nil || got.Seq != 7 {
		t.Fatalf("%d records, want 7: %v", got.Seq, err)
	}
}

func TestAJournalOfAnotherLogIsNoMirror(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	conn := cluster.Connect(0)
	fresh(t, conn, layout)
	n := newNode(t, conn, "a", layout)
	j, err := journal.OpenPebble(n.folder, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	journaltest.Grow(t, j, journaltest.SessionID(1), engine.Head{}, 5)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, n, "the mirror has 5 records", "the log has 0")
}

func TestAStreamWithOtherSettingsIsRefused(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	conn := cluster.Connect(0)
	js := stream(t, conn)
	layout := few(1)
	for name, change := range map[string]func(*jetstream.StreamConfig){
		"deny purge":   func(c *jetstream.StreamConfig) { c.DenyPurge = false },
		"discard":      func(c *jetstream.StreamConfig) { c.Discard = jetstream.DiscardOld },
		"limit of age": func(c *jetstream.StreamConfig) { c.MaxAge = time.Hour },
		"republish":    func(c *jetstream.StreamConfig) { c.RePublish = nil },
		"persist mode": func(c *jetstream.StreamConfig) { c.PersistMode = jetstream.AsyncPersistMode },
		"room for":     func(c *jetstream.StreamConfig) { c.MaxMsgSize = 1 << 20 },
		"shards":       func(c *jetstream.StreamConfig) { c.Metadata["gobua.shards"] = "5" },
	} {
		fresh(t, conn, layout)
		s, err := js.Stream(ctx, shardlog.StreamName(1))
		if err != nil {
			t.Fatal(err)
		}
		config := s.CachedInfo().Config
		if err := js.DeleteStream(ctx, config.Name); err != nil {
			t.Fatal(err)
		}
		change(&config)
		if _, err := js.CreateStream(ctx, config); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		n := newNode(t, conn, "a", layout)
		for what, err := range map[string]error{"create": shardlog.Create(ctx, js, layout), "open": n.try(nil)} {
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: %s: got %v", name, what, err)
			}
		}
	}
}
