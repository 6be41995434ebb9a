package shardlog_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/shardlog"
	"gobua/engine/journal/shardlog/shardlogtest"
	"gobua/internal/testbinary"
)

func TestMain(m *testing.M) {
	shardlogtest.Serve()
	appendUntilKilled()
	goleak.VerifyTestMain(m, goleak.Cleanup(func(status int) {
		testbinary.Forget()
		os.Exit(status)
	}))
}

var ctx = context.Background()

// patience bounds every wait of these tests. Nothing is asserted about how long
// things take.
const patience = 3 * time.Minute

// few is a layout that is quick to make and to claim.
func few(replicas int) shardlog.Layout {
	return shardlog.Layout{Shards: 4, Streams: 2, Replicas: replicas}
}

// byPrefix makes 32 sessions that follow each other one auction's, because the
// bodies of test chains name none.
func byPrefix(id engine.SessionID, _ engine.Entry) (string, error) { return string(id[:11]), nil }

// node is one node of a cluster: its mirror, its log, and what it was told.
type node struct {
	t      testing.TB
	name   string
	folder string
	conn   *nats.Conn
	layout shardlog.Layout
	mirror *journal.Pebble
	log    *shardlog.Log

	mu    sync.Mutex
	heard map[engine.SessionID][]engine.Entry
	lost  map[int]error
	// settled is how often a session was told to be.
	settled map[engine.SessionID]int
	// onRecords is called with what is told, before it is noted; nil: nobody.
	onRecords func(engine.SessionID, []engine.Entry)
}

// newNode is a node that is not open yet.
func newNode(t testing.TB, conn *nats.Conn, name string, layout shardlog.Layout) *node {
	t.Helper()
	return &node{
		t: t, name: name, folder: filepath.Join(t.TempDir(), "mirror"), conn: conn, layout: layout,
		heard: map[engine.SessionID][]engine.Entry{}, lost: map[int]error{}, settled: map[engine.SessionID]int{},
	}
}

func (n *node) options() shardlog.Options {
	o := shardlog.Options{Conn: n.conn, Mirror: n.mirror, Layout: n.layout, Node: n.name, AuctionOf: byPrefix}
	if os.Getenv("GOBUA_TEST_LOG") != "" {
		o.Log = slog.New(slog.NewTextHandler(os.Stderr, nil)).With("node", n.name)
	}
	return o
}

// try opens the mirror and the log; the mirror stays open if the log does not.
func (n *node) try(o func(shardlog.Options) shardlog.Options) (err error) {
	n.t.Helper()
	if n.mirror, err = journal.OpenPebble(n.folder, journal.Options{}); err != nil {
		n.t.Fatal(err)
	}
	mirror := n.mirror
	n.t.Cleanup(func() { _ = mirror.Close() })
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	options := n.options()
	if o != nil {
		options = o(options)
	}
	n.log, err = shardlog.Open(patient, options)
	return err
}

// open opens the node and follows.
func (n *node) open() *node {
	n.t.Helper()
	return n.openWith(nil)
}

func (n *node) openWith(o func(shardlog.Options) shardlog.Options) *node {
	n.t.Helper()
	if err := n.try(o); err != nil {
		n.t.Fatal(err)
	}
	log := n.log
	n.t.Cleanup(func() { _ = log.Close() })
	err := n.log.Follow(shardlog.Follower{
		Records: func(id engine.SessionID, entries []engine.Entry) {
			if n.onRecords != nil {
				n.onRecords(id, entries)
			}
			n.mu.Lock()
			defer n.mu.Unlock()
			n.heard[id] = append(n.heard[id], entries...)
		},
		Settled: func(id engine.SessionID) {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.settled[id]++
		},
		Lost: func(shard int, why error) {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.lost[shard] = why
		},
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return n
}

// close ends the node in good order.
func (n *node) close() {
	n.t.Helper()
	if err := errors.Join(n.log.Close(), n.mirror.Close()); err != nil {
		n.t.Fatal(err)
	}
}

// claim claims shards; all if none is named.
func (n *node) claim(shards ...int) *node {
	n.t.Helper()
	if len(shards) == 0 {
		for shard := range n.layout.Shards {
			shards = append(shards, shard)
		}
	}
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, shard := range shards {
		if _, err := n.log.Claim(patient, shard); err != nil {
			n.t.Fatal(err)
		}
	}
	return n
}

func (n *node) heardOf(id engine.SessionID) []engine.Entry {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.heard[id]
}

func (n *node) lostShard(shard int) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.lost[shard]
}

func (n *node) toldSettled(id engine.SessionID) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.settled[id]
}

// eventually waits for what real servers need some time for.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for began := time.Now(); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// fresh makes the streams anew, so that the log is empty.
func fresh(t testing.TB, conn *nats.Conn, layout shardlog.Layout) {
	t.Helper()
	js := stream(t, conn)
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for k := range layout.Streams {
		eventually(t, "the stream of the test before is gone", func() bool {
			try, cancel := context.WithTimeout(ctx, 3*time.Second)
			defer cancel()
			return errors.Is(js.DeleteStream(try, shardlog.StreamName(k)), jetstream.ErrStreamNotFound)
		})
	}
	if err := shardlog.Create(patient, js, layout); err != nil {
		t.Fatal(err)
	}
}

func stream(t testing.TB, conn *nats.Conn) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}
