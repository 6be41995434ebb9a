package shardlog_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

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
