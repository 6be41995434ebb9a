package cluster_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"gobua/engine"
	"gobua/internal/cluster"
	"gobua/internal/natsnode/natsnodetest"
)

// announce makes a node known to the others. A test has three.
func announce(t *testing.T, js jetstream.JetStream, name string, fills bool) *cluster.Beginning {
	t.Helper()
	b, err := cluster.Announce(cluster.BeginOptions{JS: js, Node: name, Fills: fills, Nodes: 3, Log: natsnodetest.Log(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// patient is a context for what must come to an end.
func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// awaiting runs Await and tells how it ended.
func awaiting(t *testing.T, ctx context.Context, js jetstream.JetStream, name string) <-chan error {
	ended := make(chan error, 1)
	b := announce(t, js, name, false)
	var wg sync.WaitGroup
	wg.Go(func() { ended <- b.Await(ctx) })
	t.Cleanup(wg.Wait)
	return ended
}

func mustFill(t *testing.T, js jetstream.JetStream, name string, paid engine.Instant) *cluster.Filling {
	t.Helper()
	f, err := announce(t, js, name, true).Fill(patient(t), paid)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestNobodyJoinsBeforeTheLogIsFilled: the node that fills ends in the middle and
// begins again; the others wait for it, and then credit the time since the
// source was last alive.
func TestNobodyJoinsBeforeTheLogIsFilled(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	ctx, paid := patient(t), engine.InstantOf(time.Now().Add(-time.Hour))
	f := mustFill(t, c.Nodes[0].JetStream(), "n1", paid)
	second := awaiting(t, ctx, c.Nodes[1].JetStream(), "n2")
	if f.Attempt() != 1 {
		t.Errorf("attempt %d", f.Attempt())
	}
	// Its process dies, and comes again.
	f = mustFill(t, c.Nodes[0].JetStream(), "n1", paid+1000)
	if _, _, done := f.Before(); done || f.Attempt() != 2 {
		t.Fatalf("attempt %d, done %v", f.Attempt(), done)
	}
	third := awaiting(t, ctx, c.Nodes[2].JetStream(), "n3")
	if _, err := announce(t, c.Nodes[2].JetStream(), "n3", true).Fill(ctx, 0); !errors.Is(err, cluster.ErrBegun) || !strings.Contains(err.Error(), "node n1 fills it") {
		t.Errorf("a second node may fill: %v", err)
	}
	select {
	case err := <-second:
		t.Fatalf("n2 did not wait: %v", err)
	case err := <-third:
		t.Fatalf("n3 did not wait: %v", err)
	default:
	}
	shards := unitNames()[:64]
	if err := f.Done(ctx, shards, 7); err != nil {
		t.Fatal(err)
	}
	for _, ended := range []<-chan error{second, third, awaiting(t, ctx, c.Nodes[0].JetStream(), "n1")} {
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	}
	_, b := joinThree(t, c)
	for _, unit := range shards {
		if first := b.of(unit)[0]; first.since != paid {
			t.Errorf("%s was taken as if served until %v, want %v", unit, first.since, paid)
		}
	}
	if since := b.of("office")[0].since; since != 0 {
		t.Errorf("the office was served until %v", since)
	}
	again := mustFill(t, c.Nodes[0].JetStream(), "n1", 0)
	if node, _, done := again.Before(); !done || node != "n1" {
		t.Errorf("filled by %q, %v", node, done)
	}
}

func TestAClusterThatHasBegunIsNotFilled(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	ctx := patient(t)
	// Alone: the others are not there, and are waited for a while.
	if err := announce(t, c.Nodes[1].JetStream(), "n2", false).Await(ctx); err != nil {
		t.Fatal(err)
	}
	_, err := announce(t, c.Nodes[0].JetStream(), "n1", true).Fill(ctx, 0)
	if !errors.Is(err, cluster.ErrBegun) || !strings.Contains(err.Error(), "node n2 began it empty") {
		t.Errorf("got %v", err)
	}
}

// TestAClusterOfAnEarlierReleaseIsNotFilled: it has members, and nothing that
// says how it began.
func TestAClusterOfAnEarlierReleaseIsNotFilled(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	ctx := patient(t)
	d := join(t, c.Nodes[1].JetStream(), "n2", newBook())
	if err := d.Leave(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := announce(t, c.Nodes[0].JetStream(), "n1", true).Fill(ctx, 0); !errors.Is(err, cluster.ErrBegun) {
		t.Errorf("got %v", err)
	}
	if err := announce(t, c.Nodes[0].JetStream(), "n1", false).Await(ctx); err != nil {
		t.Error(err)
	}
}

// TestWhoSaysThatItWillFillIsWaitedFor although it comes to write so later than
// the others look, because its server takes longer.
func TestWhoSaysThatItWillFillIsWaitedFor(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	ctx := patient(t)
	first := announce(t, c.Nodes[0].JetStream(), "n1", true)
	until(t, "the others hear of it", func() bool {
		_, err := c.Nodes[2].JetStream().Conn().Request("gobua.begin", nil, 100*time.Millisecond)
		return err == nil
	})
	others := []<-chan error{awaiting(t, ctx, c.Nodes[1].JetStream(), "n2"), awaiting(t, ctx, c.Nodes[2].JetStream(), "n3")}
	until(t, "there is a bucket, which the others have looked into", func() bool {
		try, cancel := context.WithTimeout(ctx, time.Second) // a question to who leads no more is lost
		defer cancel()
		_, err := c.Nodes[1].JetStream().KeyValue(try, "gobua")
		return err == nil
	})
	time.Sleep(time.Second) // a node that does not wait has begun by then
	f, err := first.Fill(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Done(ctx, nil, 0); err != nil {
		t.Fatal(err)
	}
	for _, ended := range others {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestTwoProcessesOfOneNameDoNotBothFill(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	ctx := patient(t)
	first := mustFill(t, c.Nodes[0].JetStream(), "n1", 0)
	second := mustFill(t, c.Nodes[1].JetStream(), "n1", 0)
	if err := first.Done(ctx, nil, 0); !errors.Is(err, cluster.ErrBegun) {
		t.Errorf("the first ended it: %v", err)
	}
	if err := second.Abandon(ctx); err != nil { // it is no first attempt, so this does nothing
		t.Fatal(err)
	}
	if err := second.Done(ctx, nil, 0); err != nil {
		t.Errorf("the second did not: %v", err)
	}
}

func TestAFillingThatWroteNothingIsTakenBack(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	ctx := patient(t)
	first := announce(t, c.Nodes[0].JetStream(), "n1", true)
	f, err := first.Fill(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Abandon(ctx); err != nil {
		t.Fatal(err)
	}
	first.Close()
	announce(t, c.Nodes[0].JetStream(), "n1", false)
	announce(t, c.Nodes[2].JetStream(), "n3", false)
	if err := announce(t, c.Nodes[1].JetStream(), "n2", false).Await(ctx); err != nil {
		t.Fatal(err)
	}
}
