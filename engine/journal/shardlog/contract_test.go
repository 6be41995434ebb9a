package shardlog_test

import (
	"testing"

	"gobua/engine"
	"gobua/engine/journal/journaltest"
	"gobua/engine/journal/shardlog"
	"gobua/engine/journal/shardlog/shardlogtest"
)

func TestOneServerKeepsTheContract(t *testing.T) { keepsTheContract(t, 1) }

func TestThreeServersKeepTheContract(t *testing.T) { keepsTheContract(t, 3) }

// keepsTheContract runs the suite of all journals on a node that has claimed every
// shard. A restart is a new process of the same node: it opens its mirror, and
// fences its predecessor.
func keepsTheContract(t *testing.T, servers int) {
	cluster := shardlogtest.Start(t, servers)
	conn := cluster.Connect(0)
	layout := few(servers)
	journaltest.Run(t, func(t *testing.T) (engine.Journal, func() engine.Journal) {
		fresh(t, conn, layout)
		n := newNode(t, conn, "n0", layout).open().claim()
		return n.log, func() engine.Journal {
			n.close()
			return n.open().claim().log
		}
	})
}

func TestThePlaceOfASessionDependsOnItsAuctionAlone(t *testing.T) {
	for auction, want := range map[string]int{"": 37, "a": 12, "2026-Q7-ĐG-01": 34} {
		if got := (shardlog.Layout{}).ShardOfAuction(auction); got != want {
			t.Errorf("auction %q is in shard %d, want %d: nodes of different releases must agree", auction, got, want)
		}
	}
}
