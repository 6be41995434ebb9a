package shardlog_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
	"gobua/engine/journal/shardlog"
	"gobua/engine/journal/shardlog/shardlogtest"
)

// impatient gives up after a second.
func impatient(o shardlog.Options) shardlog.Options {
	o.GiveUp = time.Second
	return o
}

// TestAnAppendWithoutAnAnswerIsTold: the server is frozen when a message reaches
// it, and takes it when it goes on. Its owner has given up by then, and is told
// what is in the log like everybody else.
func TestAnAppendWithoutAnAnswerIsTold(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	conn := cluster.Connect(0)
	fresh(t, conn, layout)
	n := newNode(t, conn, "a", layout).openWith(impatient)
	id, waits := journaltest.SessionID(1), journaltest.SessionID(2)
	shard := shardOf(n, id)
	n.claim(shard)
	head := journaltest.Grow(t, n.log, id, engine.Head{}, 2)
	journaltest.WantHead(t, n.log, id, head)
	if err := n.log.Trouble(); err != nil {
		t.Fatal(err)
	}

	cluster.Stop(0)
	answers := make(chan error, 1)
	go func() {
		eventually(t, "the first is on its way", func() bool { return n.log.Flying(shard) })
		answers <- n.log.Append(ctx, waits, engine.Head{}, journaltest.Chain(waits, engine.Head{}, 1))
	}()
	err := n.log.Append(ctx, id, head, journaltest.Chain(id, head, 3))
	if !errors.Is(err, shardlog.ErrUnknown) || errors.Is(err, engine.ErrFenced) {
		t.Fatalf("got %v, want ErrUnknown", err)
	}
	if err := <-answers; !errors.Is(err, engine.ErrFenced) {
		t.Fatalf("who waited behind it got %v, want ErrFenced: nothing of theirs was written", err)
	}
	eventually(t, "it is told that it lost the shard", func() bool { return errors.Is(n.lostShard(shard), shardlog.ErrUnknown) })
	if n.log.Claimed(shard) {
		t.Fatal("a shard that was lost is claimed")
	}
	if n.log.Trouble() == nil || n.log.TroubleOf(shard) == nil {
		t.Fatal("no trouble, and nobody answers")
	}

	cluster.Cont(0)
	n.claim(shard)
	found, err := journaltest.Read(n.log, id)
	if err != nil || found.Seq != 2 && found.Seq != 5 {
		t.Fatalf("%d records, want 2 or 5: %v", found.Seq, err)
	}
	if told := len(n.heardOf(id)); told != int(found.Seq)-2 {
		t.Fatalf("told %d records, the log has %d more than were acknowledged", told, found.Seq-2)
	}
	t.Logf("the frozen server had the message: %v", found.Seq == 5)
	journaltest.WantHead(t, n.log, waits, engine.Head{})
	journaltest.WantHead(t, n.log, id, journaltest.Grow(t, n.log, id, found, 1))
	eventually(t, "the trouble is over", func() bool { return n.log.Trouble() == nil })
}

// TestARestartOfTheServerIsWaitedFor: an append is tried until GiveUp, and the
// connection comes back meanwhile.
func TestARestartOfTheServerIsWaitedFor(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	conn := cluster.Connect(0)
	fresh(t, conn, layout)
	n := newNode(t, conn, "a", layout).openWith(func(o shardlog.Options) shardlog.Options {
		o.GiveUp = time.Minute
		return o
	}).claim()
	id := journaltest.SessionID(1)
	head := journaltest.Grow(t, n.log, id, engine.Head{}, 2)
	for range 3 {
		cluster.Kill(0)
		done := make(chan error)
		go func() { done <- n.log.Append(ctx, id, head, journaltest.Chain(id, head, 2)) }()
		cluster.Restart(0)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		head = journaltest.End(head, journaltest.Chain(id, head, 2))
		journaltest.WantHead(t, n.log, id, head)
	}
}

func TestWhoSettlesNeedNotOwn(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	fresh(t, cluster.Connect(0), layout)
	owner, other := newNode(t, cluster.Connect(0), "a", layout).open(), newNode(t, cluster.Connect(0), "b", layout).open()
	id := journaltest.SessionID(1)
	owner.claim()
	head := journaltest.Grow(t, owner.log, id, engine.Head{}, 2)
	eventually(t, "the other node has the session", func() bool { return len(other.heardOf(id)) == 2 })
	for range 2 {
		if err := other.log.MarkSettled(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the owner knows", func() bool {
		settled, err := owner.log.Settled(ctx, id)
		return settled && err == nil
	})
	for _, n := range []*node{owner, other} {
		eventually(t, "both nodes are told", func() bool { return n.toldSettled(id) == 1 })
	}
	head = journaltest.Grow(t, owner.log, id, head, 1) // nobody fenced it
	journaltest.WantHead(t, owner.log, id, head)
	if err := owner.log.MarkSettled(ctx, journaltest.SessionID(9)); err == nil {
		t.Fatal("a session without a record was settled")
	}
}

func TestWhatTheLogCannotTakeIsRefusedAtOnce(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	conn := cluster.Connect(0)
	fresh(t, conn, layout)
	n := newNode(t, conn, "a", layout)
	if err := n.try(nil); err != nil {
		t.Fatal(err)
	}
	if _, err := n.log.Claim(ctx, 0); err == nil {
		t.Fatal("a shard was claimed before anybody follows")
	}
	n.close()
	n.open()
	for _, shard := range []int{-1, layout.Shards} {
		if _, err := n.log.Claim(ctx, shard); err == nil || n.log.Claimed(shard) {
			t.Fatalf("shard %d was claimed", shard)
		}
	}
	n.claim()
	a, b := journaltest.SessionID(0), journaltest.SessionID(0)
	for i := 1; shardOf(n, b) == shardOf(n, a); i++ {
		b = journaltest.SessionID(32 * i)
	}
	err := n.log.AppendTogether(ctx, []engine.Part{
		{Session: a, Entries: journaltest.Chain(a, engine.Head{}, 1)},
		{Session: b, Entries: journaltest.Chain(b, engine.Head{}, 1)},
	})
	if err == nil || errors.Is(err, engine.ErrFenced) || !strings.Contains(err.Error(), "shard") {
		t.Fatalf("sessions of two shards together: %v", err)
	}
	var head engine.Head
	var tiny []engine.Entry
	for range 200_000 {
		e := engine.Entry{Seq: head.Seq + 1, Body: []byte("{}"), Hash: engine.Link(head.Hash, []byte("{}"))}
		tiny, head = append(tiny, e), engine.Head{Seq: e.Seq, Hash: e.Hash}
	}
	if err := n.log.Append(ctx, a, engine.Head{}, tiny); err == nil || !strings.Contains(err.Error(), "limit") {
		t.Fatalf("200,000 records at once: %v", err)
	}
	journaltest.WantHead(t, n.log, a, engine.Head{})
	journaltest.WantHead(t, n.log, a, journaltest.Grow(t, n.log, a, engine.Head{}, 1))
	if err := shardlog.Create(ctx, stream(t, conn), shardlog.Layout{Shards: 2, Streams: 3}); err == nil {
		t.Fatal("more streams than shards")
	}
}

// TestWhoGivesUpBeforeItsTurnWritesNothing: an append that waits behind another
// one ends with its context.
func TestWhoGivesUpBeforeItsTurnWritesNothing(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	conn := cluster.Connect(0)
	fresh(t, conn, layout)
	n := newNode(t, conn, "a", layout).open()
	first, second := journaltest.SessionID(1), journaltest.SessionID(2)
	shard := shardOf(n, first)
	n.claim(shard)
	head := journaltest.Grow(t, n.log, first, engine.Head{}, 1)
	journaltest.WantHead(t, n.log, first, head)
	cluster.Stop(0)
	done := make(chan error)
	go func() { done <- n.log.Append(ctx, first, head, journaltest.Chain(first, head, 1)) }()
	eventually(t, "the first is on its way", func() bool { return n.log.Flying(shard) })
	short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	if err := n.log.Append(short, second, engine.Head{}, journaltest.Chain(second, engine.Head{}, 1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v, want DeadlineExceeded", err)
	}
	cluster.Cont(0)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	journaltest.WantHead(t, n.log, first, journaltest.End(head, journaltest.Chain(first, head, 1)))
	journaltest.WantHead(t, n.log, second, engine.Head{})
}

// TestWhatWaitsIsOneMessage: group commit.
func TestWhatWaitsIsOneMessage(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := shardlog.Layout{Shards: 1, Streams: 1, Replicas: 1}
	conn := cluster.Connect(0)
	fresh(t, conn, layout)
	var mu sync.Mutex
	var outcomes []int
	n := newNode(t, conn, "a", layout).openWith(func(o shardlog.Options) shardlog.Options {
		o.GiveUp = time.Minute
		o.OnAppend = func(entries int, _ time.Duration, err error) {
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				outcomes = append(outcomes, entries)
			}
		}
		return o
	}).claim()
	cluster.Stop(0)
	var all sync.WaitGroup
	begin := func(i int) {
		all.Go(func() {
			id := journaltest.SessionID(i)
			if err := n.log.Append(ctx, id, engine.Head{}, journaltest.Chain(id, engine.Head{}, 2)); err != nil {
				t.Error(err)
			}
		})
	}
	begin(0)
	eventually(t, "the first is on its way", func() bool { return n.log.Flying(0) })
	for i := range 200 {
		begin(1 + i)
	}
	eventually(t, "all others wait", func() bool { return n.log.Waiting(0) == 200 })
	cluster.Cont(0)
	all.Wait()
	if ids, err := n.log.Sessions(ctx); err != nil || len(ids) != 201 {
		t.Fatalf("%d sessions, %v", len(ids), err)
	}
	if lag := n.log.Lag()[0]; lag.Behind() != 0 || lag.End != 3 {
		t.Fatalf("%d messages for a fence, an append, and 200 at once; %d behind", lag.End, lag.Behind())
	}
	if len(outcomes) != 201 || slices.Max(outcomes) != 2 {
		t.Fatalf("%d outcomes were told", len(outcomes))
	}
}

// TestARealSessionNamesItsAuction: without AuctionOf the first record does.
func TestARealSessionNamesItsAuction(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	conn := cluster.Connect(0)
	fresh(t, conn, layout)
	byRecord := func(o shardlog.Options) shardlog.Options {
		o.AuctionOf = nil
		return o
	}
	n := newNode(t, conn, "a", layout).openWith(byRecord)
	id := journaltest.SessionID(7)
	created := &engine.Record{Seq: 1, By: engine.System, Event: &engine.Created{Session: id, Lot: engine.Lot{AuctionID: "QĐ-17", LotID: "1", Number: 1}}}
	entry, err := new(engine.State).Entry(created)
	if err != nil {
		t.Fatal(err)
	}
	shard := layout.ShardOfAuction("QĐ-17")
	if err := n.log.Append(ctx, id, engine.Head{}, []engine.Entry{entry}); !errors.Is(err, engine.ErrFenced) {
		t.Fatalf("not claimed: %v", err)
	}
	n.claim(shard)
	if err := n.log.Append(ctx, id, engine.Head{}, journaltest.Chain(id, engine.Head{}, 1)); err == nil || errors.Is(err, engine.ErrFenced) {
		t.Fatalf("a session that begins with something else: %v", err)
	}
	if err := n.log.Append(ctx, id, engine.Head{}, []engine.Entry{entry}); err != nil {
		t.Fatal(err)
	}
	n.close()
	n.openWith(byRecord)
	if got, known := n.log.ShardOf(id); !known || got != shard {
		t.Fatalf("shard %d (%v), want %d", got, known, shard)
	}
	if err := n.log.Close(); err != nil {
		t.Fatal(err)
	}
	if err := n.log.Append(ctx, id, engine.Head{}, nil); !errors.Is(err, journal.ErrClosed) {
		t.Fatalf("got %v, want ErrClosed", err)
	}
}

// TestAnOwnerDoesNotWaitForItsMirror: the log has what it acknowledged, whatever
// the mirror's disk does.
func TestAnOwnerDoesNotWaitForItsMirror(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	conn := cluster.Connect(0)
	fresh(t, conn, layout)
	n := newNode(t, conn, "a", layout).open().claim()
	id := journaltest.SessionID(1)
	head := journaltest.Grow(t, n.log, id, engine.Head{}, 2)
	journaltest.WantHead(t, n.log, id, head)
	if err := n.mirror.Close(); err != nil { // nothing goes into it any more
		t.Fatal(err)
	}
	for range 10 {
		head = journaltest.Grow(t, n.log, id, head, 3)
	}
	if n.log.Trouble() == nil {
		t.Fatal("no trouble, and the mirror takes nothing")
	}
	if _, err := journaltest.Read(n.log, id); err == nil {
		t.Fatal("what the mirror does not have was read from it")
	}
	if err := n.log.Close(); err != nil {
		t.Fatal(err)
	}
	n.open()
	journaltest.WantHead(t, n.log, id, head)
}

// TestWhatIsNotToldYetIsBehind: that the leader answers is not enough, nor that a
// message has come. And a leader that says nothing vouches for nothing.
func TestWhatIsNotToldYetIsBehind(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	fresh(t, cluster.Connect(0), layout)
	owner := newNode(t, cluster.Connect(0), "owner", layout).open().claim()
	viewer := newNode(t, cluster.Connect(0), "viewer", layout)
	told := make(chan struct{})
	viewer.onRecords = func(engine.SessionID, []engine.Entry) { <-told }
	viewer.open()
	id := journaltest.SessionID(0)
	shard := shardOf(owner, id)
	const long = 2 * time.Second
	fine := func(n *node) bool { return n.log.BehindOf(shard) < long/2 }
	eventually(t, "both are up to date", func() bool { return fine(owner) && fine(viewer) })

	if err := owner.log.Append(ctx, id, engine.Head{}, journaltest.Chain(id, engine.Head{}, 2)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "what was not told is behind", func() bool { return viewer.log.BehindOf(shard) > long })
	stream := layout.StreamOf(shard)
	if lag := viewer.log.Lag()[stream]; lag.Silent > long/2 || lag.Behind() > 0 {
		t.Errorf("the leader was silent for %v, %d messages were not read", lag.Silent, lag.Behind())
	}
	if !fine(owner) {
		t.Errorf("its owner is behind by %v", owner.log.BehindOf(shard))
	}
	if other := (shard + 1) % layout.Shards; viewer.log.BehindOf(other) > long {
		t.Errorf("a shard of another stream is behind by %v", viewer.log.BehindOf(other))
	}
	close(told)
	eventually(t, "it was told", func() bool { return fine(viewer) })

	cluster.Stop(0)
	eventually(t, "nobody vouches for anything", func() bool { return owner.log.BehindOf(shard) > long && viewer.log.BehindOf(shard) > long })
	cluster.Cont(0)
	eventually(t, "both are up to date again", func() bool { return fine(owner) && fine(viewer) })
}
