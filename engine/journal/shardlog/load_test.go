package shardlog_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"gobua/engine"
	"gobua/engine/journal/journaltest"
	"gobua/engine/journal/shardlog"
)

// load is sessions that append all the time, each as its owner does: after an
// error it claims the shard again and goes on from what it reads.
type load struct {
	t     testing.TB
	n     *node
	ids   []engine.SessionID
	stop  atomic.Bool
	all   sync.WaitGroup
	mu    sync.Mutex
	acked map[engine.SessionID]engine.Head
	total map[int]int // acknowledged, for each shard
	open  int         // errors after which nobody knew
}

// startLoad begins with so many sessions, in different auctions.
func startLoad(t testing.TB, n *node, sessions int) *load {
	l := &load{t: t, n: n, acked: map[engine.SessionID]engine.Head{}, total: map[int]int{}}
	for i := range sessions {
		id := journaltest.SessionID(32 * i)
		l.ids = append(l.ids, id)
		l.all.Go(func() { l.run(id) })
	}
	return l
}

func (l *load) run(id engine.SessionID) {
	shard := shardOf(l.n, id)
	var head engine.Head
	for !l.stop.Load() {
		entries := journaltest.Chain(id, head, 1+int(head.Seq)%3)
		err := l.n.log.Append(ctx, id, head, entries)
		if err == nil {
			head = journaltest.End(head, entries)
			l.mu.Lock()
			l.acked[id] = head
			l.total[shard]++
			l.mu.Unlock()
			continue
		}
		if !errors.Is(err, shardlog.ErrUnknown) && !errors.Is(err, engine.ErrFenced) {
			l.t.Errorf("session %s: append: %v", id, err)
			return
		}
		if errors.Is(err, shardlog.ErrUnknown) {
			l.mu.Lock()
			l.open++
			l.mu.Unlock()
		}
		if head, err = l.again(id, shard, head); err != nil {
			l.t.Errorf("session %s: claim after an error: %v", id, err)
			return
		}
	}
}

// again claims a shard and reads where a session of it ends.
func (l *load) again(id engine.SessionID, shard int, acked engine.Head) (engine.Head, error) {
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := l.n.log.Claim(patient, shard); err != nil {
		return engine.Head{}, err
	}
	head, err := journaltest.Read(l.n.log, id)
	if err == nil && head.Seq < acked.Seq {
		l.t.Errorf("session %s: %d records were acknowledged, %d are there", id, acked.Seq, head.Seq)
	}
	return head, err
}

// count is how many appends of a stream's shards were acknowledged.
func (l *load) count(stream int) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for shard, total := range l.total {
		if l.n.layout.StreamOf(shard) == stream {
			n += total
		}
	}
	return n
}

// unknown is how many appends found no answer.
func (l *load) unknown() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open
}

// goesOn waits until each stream took some more.
func (l *load) goesOn() {
	l.t.Helper()
	for k := range l.n.layout.Streams {
		was := l.count(k)
		eventually(l.t, "appends to "+shardlog.StreamName(k)+" go on", func() bool { return l.count(k) > was+20 })
	}
}

// end stops the sessions and compares what every node has with what was
// acknowledged.
func (l *load) end(nodes ...*node) {
	l.t.Helper()
	l.stop.Store(true)
	l.all.Wait()
	want := map[engine.SessionID]engine.Head{}
	for _, id := range l.ids {
		head, err := journaltest.Read(l.n.log, id)
		if err != nil || head.Seq < l.acked[id].Seq {
			l.t.Fatalf("session %s: %d records were acknowledged, %d are there: %v", id, l.acked[id].Seq, head.Seq, err)
		}
		want[id] = head
	}
	for _, n := range nodes {
		eventually(l.t, "node "+n.name+" has everything", func() bool {
			for _, id := range l.ids {
				if head, err := n.mirror.Head(ctx, id); err != nil || head != want[id] {
					return false
				}
			}
			return true
		})
		for _, id := range l.ids {
			journaltest.WantHead(l.t, n.log, id, want[id])
		}
	}
	l.t.Logf("%d sessions, streams took %d and %d messages' worth of appends, %d open outcomes", len(l.ids), l.count(0), l.count(1), l.open)
}
