package shardlog_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"gobua/engine"
	"gobua/engine/journal/journaltest"
	"gobua/engine/journal/shardlog"
	"gobua/engine/journal/shardlog/shardlogtest"
)

// BenchmarkAppend measures appends of one record each, of sessions that each wait
// for the one before, with every server synced. Servers, node and mirror share
// the machine and its disk.
//
//	go test -run '^$' -bench BenchmarkAppend -benchtime 2000x ./engine/journal/shardlog
func BenchmarkAppend(b *testing.B) {
	for _, servers := range []int{1, 3} {
		cluster := shardlogtest.Start(b, servers)
		for _, shape := range []struct {
			name     string
			sessions int
			auction  func(engine.SessionID, engine.Entry) (string, error)
		}{
			{"1 session", 1, byPrefix},
			{"100 sessions of one shard", 100, func(engine.SessionID, engine.Entry) (string, error) { return "one", nil }},
			{"100 sessions over 64 shards", 100, func(id engine.SessionID, _ engine.Entry) (string, error) { return string(id), nil }},
		} {
			b.Run(fmt.Sprintf("R%d/%s", servers, shape.name), func(b *testing.B) {
				conn := cluster.Connect(0)
				n := newNode(b, conn, "a", shardlog.Layout{Shards: 64, Streams: 8, Replicas: servers})
				fresh(b, conn, n.layout)
				n.openWith(func(o shardlog.Options) shardlog.Options {
					o.AuctionOf = shape.auction
					return o
				}).claim()
				measure(b, n, shape.sessions)
				n.close()
			})
		}
	}
}

// measure shares b.N appends among the sessions.
func measure(b *testing.B, n *node, sessions int) {
	var mu sync.Mutex
	took := hdrhistogram.New(1, int64(time.Minute), 3)
	var all sync.WaitGroup
	b.ResetTimer()
	for i := range sessions {
		all.Go(func() {
			id, head := journaltest.SessionID(i), engine.Head{}
			for range b.N/sessions + 1 {
				entries := journaltest.Chain(id, head, 1)
				began := time.Now()
				if err := n.log.Append(ctx, id, head, entries); err != nil {
					b.Error(err)
					return
				}
				d := time.Since(began)
				head = journaltest.End(head, entries)
				mu.Lock()
				_ = took.RecordValue(int64(d)) // within a minute, or Append would have given up
				mu.Unlock()
			}
		})
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64(took.ValueAtQuantile(50))/1e6, "p50-ms")
	b.ReportMetric(float64(took.ValueAtQuantile(99))/1e6, "p99-ms")
	b.ReportMetric(float64(took.TotalCount())/b.Elapsed().Seconds(), "records/s")
}
