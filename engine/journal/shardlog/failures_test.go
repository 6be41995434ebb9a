package shardlog_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"gobua/engine"
	"gobua/engine/journal/journaltest"
	"gobua/engine/journal/shardlog"
	"gobua/engine/journal/shardlog/shardlogtest"
)

// TestThreeMachines tells what happens to a cluster of three when something does
// to one of them.
func TestThreeMachines(t *testing.T) {
	cluster := shardlogtest.Start(t, 3)
	for _, c := range []struct {
		name string
		test func(*testing.T, *shardlogtest.Cluster)
	}{
		{"all nodes have the same in the same order", sameOnAll},
		{"a leader that is killed takes nothing with it", leaderKilled},
		{"a leader that freezes and comes back takes nothing with it", leaderFrozen},
		{"a node whose line is cut reads on", lineCut},
		{"a server that lost its disk gets it back", diskLost},
		{"a replica that is damaged is passed over", replicaDamaged},
		{"an owner that does not know of its end is refused by the log", staleOwner},
		{"a node that was away reads what it missed", nodeAway},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, cluster) })
	}
}

// threeNodes are nodes at a server each.
func threeNodes(t *testing.T, cluster *shardlogtest.Cluster) (nodes []*node) {
	fresh(t, cluster.Connect(0), few(3))
	for i := range 3 {
		nodes = append(nodes, newNode(t, cluster.Connect(i), fmt.Sprintf("n%d", i), few(3)).open())
	}
	return nodes
}

func sameOnAll(t *testing.T, cluster *shardlogtest.Cluster) {
	nodes := threeNodes(t, cluster)
	for shard := range few(3).Shards {
		nodes[shard%3].claim(shard)
	}
	const sessions = 12
	heads := make([]engine.Head, sessions)
	var all sync.WaitGroup
	for i := range sessions {
		all.Go(func() {
			id := journaltest.SessionID(32 * i)
			owner := nodes[shardOf(nodes[0], id)%3]
			for n := range 20 {
				entries := journaltest.Chain(id, heads[i], 1+n%3)
				if err := owner.log.Append(ctx, id, heads[i], entries); err != nil {
					t.Error(err)
					return
				}
				heads[i] = journaltest.End(heads[i], entries)
			}
		})
	}
	all.Wait()
	for i, want := range heads {
		id := journaltest.SessionID(32 * i)
		owner := nodes[shardOf(nodes[0], id)%3]
		for _, n := range nodes {
			if n == owner {
				journaltest.WantHead(t, n.log, id, want)
				if got := n.heardOf(id); len(got) > 0 {
					t.Errorf("the owner of %s was told %d records that it decided", id, len(got))
				}
				continue
			}
			eventually(t, "every follower is told everything", func() bool { return len(n.heardOf(id)) >= int(want.Seq) })
			var head engine.Head
			for _, e := range n.heardOf(id) {
				var err error
				if head, err = head.Next(e); err != nil {
					t.Fatalf("node %s, session %s: told in another order: %v", n.name, id, err)
				}
			}
			if head != want {
				t.Fatalf("node %s was told of %s up to %d, want %d", n.name, id, head.Seq, want.Seq)
			}
			journaltest.WantHead(t, n.log, id, want)
		}
	}
}

func leaderKilled(t *testing.T, cluster *shardlogtest.Cluster) {
	nodes := threeNodes(t, cluster)
	nodes[0].claim()
	work := startLoad(t, nodes[0], 8)
	work.goesOn()
	for k := range 2 {
		leader := cluster.Leader(stream(t, nodes[1].conn), shardlog.StreamName(k))
		cluster.Kill(leader)
		work.goesOn()
		cluster.Restart(leader)
		work.goesOn()
	}
	work.end(nodes...)
}

func leaderFrozen(t *testing.T, cluster *shardlogtest.Cluster) {
	nodes := threeNodes(t, cluster)
	nodes[0].claim()
	work := startLoad(t, nodes[0], 8)
	work.goesOn()
	leader := cluster.Leader(stream(t, nodes[1].conn), shardlog.StreamName(0))
	cluster.Stop(leader)
	work.goesOn() // so there is another leader
	time.Sleep(time.Second)
	cluster.Cont(leader)
	work.goesOn()
	work.end(nodes...)
}

// lineCut also has a node that is told nothing and asks for everything.
func lineCut(t *testing.T, cluster *shardlogtest.Cluster) {
	nodes := threeNodes(t, cluster)
	deaf := newNode(t, cluster.Connect(1), "deaf", few(3)).openWith(shardlog.Options.Deaf)
	nodes[0].claim()
	work := startLoad(t, nodes[0], 8)
	for range 5 {
		for _, n := range append(nodes, deaf) {
			if err := n.conn.ForceReconnect(); err != nil {
				t.Fatal(err)
			}
			work.goesOn()
		}
	}
	work.end(append(nodes, deaf)...)
	if err := deaf.log.Trouble(); err != nil {
		t.Fatal(err)
	}
}

func diskLost(t *testing.T, cluster *shardlogtest.Cluster) {
	nodes := threeNodes(t, cluster)
	nodes[0].claim()
	work := startLoad(t, nodes[0], 8)
	work.goesOn()
	cluster.Kill(1)
	cluster.Wipe(1)
	work.goesOn()
	cluster.Restart(1)
	work.goesOn()
	fourth := newNode(t, cluster.Connect(1), "fourth", few(3)).open()
	work.end(append(nodes, fourth)...)
}

func replicaDamaged(t *testing.T, cluster *shardlogtest.Cluster) {
	nodes := threeNodes(t, cluster)
	nodes[0].claim()
	work := startLoad(t, nodes[0], 8)
	work.goesOn()
	js := stream(t, nodes[0].conn)
	victim := (cluster.Leader(js, shardlog.StreamName(0)) + 1) % cluster.Len()
	cluster.Kill(victim)
	cluster.Damage(victim, shardlog.StreamName(0))
	cluster.Restart(victim)
	work.goesOn()
	reads := newNode(t, cluster.Connect(victim), "reads", few(3)).open() // all of it, from that replica if it can
	work.goesOn()
	work.end(append(nodes, reads)...)
}

func staleOwner(t *testing.T, cluster *shardlogtest.Cluster) {
	fresh(t, cluster.Connect(0), few(3))
	a := newNode(t, cluster.Connect(0), "a", few(3)).openWith(shardlog.Options.Deaf)
	b := newNode(t, cluster.Connect(1), "b", few(3)).open()
	id := journaltest.SessionID(1)
	shard := shardOf(a, id)
	a.claim(shard)
	head := journaltest.Grow(t, a.log, id, engine.Head{}, 10)
	b.claim(shard)
	if err := a.log.Append(ctx, id, head, journaltest.Chain(id, head, 1)); !errors.Is(err, engine.ErrFenced) {
		t.Fatalf("got %v, want ErrFenced", err)
	}
	eventually(t, "a is told that it lost the shard", func() bool { return errors.Is(a.lostShard(shard), engine.ErrFenced) })

	// And whatever else a past owner could send: each sequence that was once the
	// last one, while the owner goes on.
	js := stream(t, cluster.Connect(2))
	stale := shardlog.EncodePack(shard, 1, engine.Part{Session: id, After: head, Entries: journaltest.Chain(id, head, 1)})
	const tries = 1000
	var all sync.WaitGroup
	for worker := range 10 {
		all.Go(func() {
			for i := range tries / 10 {
				_, err := js.Publish(ctx, few(3).Subject(shard), stale, jetstream.WithExpectLastSequencePerSubject(uint64((worker+i)%3)), jetstream.WithRetryAttempts(0))
				if err == nil {
					t.Error("the log took a message of a past owner")
				}
			}
		})
	}
	for range 100 {
		head = journaltest.Grow(t, b.log, id, head, 1)
	}
	all.Wait()
	journaltest.WantHead(t, b.log, id, head)
	eventually(t, "a has what b decided", func() bool { return len(a.heardOf(id)) == 100 })
	if err := errors.Join(a.log.Trouble(), b.log.Trouble()); err != nil {
		t.Fatal(err)
	}
}

func nodeAway(t *testing.T, cluster *shardlogtest.Cluster) {
	nodes := threeNodes(t, cluster)
	nodes[0].claim()
	work := startLoad(t, nodes[0], 8)
	work.goesOn()
	nodes[2].close()
	cluster.Kill(2)
	work.goesOn()
	cluster.Restart(2)
	work.goesOn()
	nodes[2].open()
	work.goesOn()
	work.end(nodes...)
}
