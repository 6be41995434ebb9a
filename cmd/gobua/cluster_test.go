package main

import (
	"context"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/internal/visitor"
)

// TestEachNodeIsKilledOnce is the promise of many machines: bidders and a
// viewer at three nodes go through one session in which each node dies once
// without a word, and come to the same end, with everything they were told in
// the record, once.
func TestEachNodeIsKilledOnce(t *testing.T) {
	c := newNodes(t)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	staff, _ := people(t, ctx, c.all[0].site())
	var bidders []*visitor.Person
	for i, login := range []string{"lan", "binh", "chi"} {
		bidders = append(bidders, c.signIn(ctx, i, login))
	}
	session := publishOne(t, ctx, staff, bidders, 60*time.Second)
	heard := &told{rows: map[engine.FeedSeq]engine.Row{}}
	bidding, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for i, b := range bidders {
		wg.Go(func() { bidAlong(t, bidding, b, session, heard, uint64(i)) })
	}
	for i, p := range c.all {
		time.Sleep(4 * time.Second)
		t.Logf("node %d is killed", i+1)
		p.kill()
		time.Sleep(3 * time.Second)
		p.start()
	}
	room := awaitPhase(t, ctx, staff, session, engine.PhaseClosed)
	stop()
	wg.Wait()
	for i := range c.all { // which each shows in the end
		other, err := c.all[i].site().Room(ctx, session)
		if err != nil || other.Now.Price != room.Now.Price || other.Now.Leader != room.Now.Leader || other.Now.Phase != room.Now.Phase {
			t.Errorf("node %d shows %+v, %v; node 1 %+v", i+1, other.Now, err, room.Now)
		}
	}
	announce(t, ctx, staff, session, room, heard)
	c.each(func(p *process) { p.stop() })
	for _, p := range c.all {
		checkRecord(t, p.data, session, heard, 1)
	}
	t.Logf("%d receipts, %d rows told", len(heard.receipts), len(heard.rows))
	if len(heard.receipts) < 30 {
		t.Errorf("only %d receipts: nobody was bidding, so nothing was tested", len(heard.receipts))
	}
}
