package shardlog_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/engine/journal/journaltest"
	"gobua/engine/journal/shardlog/shardlogtest"
)

// shardOf is the shard of one of the test's sessions.
func shardOf(n *node, id engine.SessionID) int {
	auction, _ := byPrefix(id, engine.Entry{})
	return n.layout.ShardOfAuction(auction)
}

func TestAnOwnerThatWasFencedAppendsNothing(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	fresh(t, cluster.Connect(0), layout)
	a, b := newNode(t, cluster.Connect(0), "a", layout).open(), newNode(t, cluster.Connect(0), "b", layout).open()
	id := journaltest.SessionID(1)
	shard := shardOf(a, id)
	if err := a.log.Append(ctx, id, engine.Head{}, journaltest.Chain(id, engine.Head{}, 1)); !errors.Is(err, engine.ErrFenced) {
		t.Fatalf("append without a claim: got %v, want ErrFenced", err)
	}
	a.claim(shard)
	head := journaltest.Grow(t, a.log, id, engine.Head{}, 10)

	b.claim(shard)
	journaltest.WantHead(t, b.log, id, head) // all before the fence is there
	if got := len(b.heardOf(id)); got != 10 {
		t.Fatalf("b was told %d records before its claim returned, want 10", got)
	}
	var all sync.WaitGroup
	for range 1000 {
		all.Go(func() {
			if err := a.log.Append(ctx, id, head, journaltest.Chain(id, head, 1)); !errors.Is(err, engine.ErrFenced) {
				t.Errorf("append of the owner before: got %v, want ErrFenced", err)
			}
		})
	}
	all.Wait()
	eventually(t, "a is told that it lost the shard", func() bool { return errors.Is(a.lostShard(shard), engine.ErrFenced) })
	if a.log.Claimed(shard) {
		t.Fatal("a shard that was lost is claimed")
	}
	head = journaltest.Grow(t, b.log, id, head, 5)
	eventually(t, "a hears what b decided", func() bool { return len(a.heardOf(id)) == 5 })
	if len(b.heardOf(id)) != 10 {
		t.Fatal("b was told what it decided itself")
	}
	journaltest.WantHead(t, a.log, id, head)

	a.claim(shard) // and back
	head = journaltest.Grow(t, a.log, id, head, 1)
	journaltest.WantHead(t, a.log, id, head)
}

func TestAnOwnerThatReleasesTakesNoMore(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	fresh(t, cluster.Connect(0), layout)
	n := newNode(t, cluster.Connect(0), "a", layout).open()
	id := journaltest.SessionID(1)
	shard := shardOf(n, id)
	first, err := n.log.Claim(ctx, shard)
	if err != nil {
		t.Fatal(err)
	}
	acknowledged := make(chan engine.Head)
	begun := make(chan struct{})
	go func() {
		var head engine.Head
		for i := 0; ; i++ {
			if i == 5 {
				close(begun)
			}
			entries := journaltest.Chain(id, head, 1)
			if err := n.log.Append(ctx, id, head, entries); err != nil {
				if !errors.Is(err, engine.ErrFenced) {
					t.Errorf("append beside the release: %v", err)
				}
				acknowledged <- head
				return
			}
			head = journaltest.End(head, entries)
		}
	}()
	<-begun
	if err := n.log.Release(ctx, shard); err != nil {
		t.Fatal(err)
	}
	head := <-acknowledged
	journaltest.WantHead(t, n.log, id, head)
	if err := n.lostShard(shard); err != nil {
		t.Fatalf("a shard that was released counts as lost: %v", err)
	}
	again, err := n.log.Claim(ctx, shard)
	if err != nil || again != first+1 {
		t.Fatalf("epoch %d after %d: %v", again, first, err)
	}
	journaltest.WantHead(t, n.log, id, journaltest.Grow(t, n.log, id, head, 1))
}

// TestOwnersThatFightLoseNothing: two nodes claim a shard from each other all the
// time and append in between.
func TestOwnersThatFightLoseNothing(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	layout := few(1)
	fresh(t, cluster.Connect(0), layout)
	id := journaltest.SessionID(1)
	var mu sync.Mutex
	var acknowledged []engine.Hash
	var all sync.WaitGroup
	var nodes []*node
	for _, name := range []string{"a", "b", "c"} {
		nodes = append(nodes, newNode(t, cluster.Connect(0), name, layout).open())
	}
	shard := shardOf(nodes[0], id)
	until := time.Now().Add(3 * time.Second)
	for _, n := range nodes {
		all.Go(func() {
			for time.Now().Before(until) {
				if _, err := n.log.Claim(ctx, shard); err != nil && !errors.Is(err, engine.ErrFenced) {
					t.Error(err)
					return
				}
				head, err := journaltest.Read(n.log, id)
				for err == nil && time.Now().Before(until) {
					entries := journaltest.Chain(id, head, 1)
					entries[0].Body = append(entries[0].Body, n.name...)
					entries[0].Hash = engine.Link(head.Hash, entries[0].Body)
					if err = n.log.Append(ctx, id, head, entries); err == nil {
						head = journaltest.End(head, entries)
						mu.Lock()
						acknowledged = append(acknowledged, head.Hash)
						mu.Unlock()
					}
				}
				if err != nil && !errors.Is(err, engine.ErrFenced) {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	nodes[0].claim(shard)
	found := map[engine.Hash]bool{}
	if err := nodes[0].log.Replay(ctx, id, 0, func(e engine.Entry) error { found[e.Hash] = true; return nil }); err != nil {
		t.Fatal(err)
	}
	if len(acknowledged) < 10 || slices.ContainsFunc(acknowledged, func(h engine.Hash) bool { return !found[h] }) {
		t.Fatalf("%d records were acknowledged, the log has %d, and not all of them", len(acknowledged), len(found))
	}
}
