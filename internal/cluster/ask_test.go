package cluster_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"gobua/internal/cluster"
	"gobua/internal/natsnode/natsnodetest"
)

// pair joins two members of a cluster and sees them know each other.
func pair(t *testing.T) (d1, d2 *desk, c *natsnodetest.Cluster) {
	t.Helper()
	c = natsnodetest.Start(t, 3)
	b := newBook()
	d1 = join(t, c.Nodes[0].JetStream(), "n1", b)
	d2 = join(t, c.Nodes[1].JetStream(), "n2", b)
	placed(t, []string{"n1", "n2"}, d1, d2)
	return d1, d2, c
}

func TestARequestEndsInOneOfItsWays(t *testing.T) {
	d1, d2, _ := pair(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	serve := func(kind string, fn func([]byte, func([]byte))) {
		if err := d2.Serve(kind, fn); err != nil {
			t.Fatal(err)
		}
	}
	serve("echo", func(payload []byte, answer func([]byte)) { go answer(payload) })
	serve("mute", func(_ []byte, answer func([]byte)) { answer(nil) })
	serve("huge", func(_ []byte, answer func([]byte)) { answer(make([]byte, cluster.MaxMessage+1)) })
	until(t, "n1's server knows of what n2 serves", func() bool {
		_, err := d1.Ask(ctx, "n2", "echo", nil)
		return err == nil
	})

	if answer, err := d1.Ask(ctx, "n2", "echo", []byte("búa")); err != nil || string(answer) != "búa" {
		t.Errorf("%q, %v", answer, err)
	}
	if answer, err := d2.Ask(ctx, "n2", "echo", []byte("gõ")); err != nil || string(answer) != "gõ" {
		t.Errorf("of itself: %q, %v", answer, err)
	}
	soon, cancelSoon := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancelSoon()
	if _, err := d1.Ask(soon, "n2", "mute", nil); !errors.Is(err, cluster.ErrNoAnswer) {
		t.Errorf("no answer: %v", err)
	}
	for _, nobody := range []struct{ node, kind string }{{"n9", "echo"}, {"n2", "nothing"}} {
		if _, err := d1.Ask(ctx, nobody.node, nobody.kind, nil); !errors.Is(err, cluster.ErrNoNode) {
			t.Errorf("nobody there: %v", err)
		}
	}
	if _, err := d1.Ask(ctx, "n2", "echo", make([]byte, cluster.MaxMessage+1)); !errors.Is(err, cluster.ErrTooLarge) {
		t.Errorf("too much asked: %v", err)
	}
	if _, err := d1.Ask(ctx, "n2", "huge", nil); !errors.Is(err, cluster.ErrTooLarge) {
		t.Errorf("too much answered: %v", err)
	}
	ended := make(chan error, 1)
	d1.AskAsync("n2", "mute", nil, patience, func(_ []byte, err error) { ended <- err })
	d1.Close()
	if err := <-ended; !errors.Is(err, cluster.ErrLeft) {
		t.Errorf("the one who asked has left: %v", err)
	}
	if _, err := d1.Ask(ctx, "n2", "echo", nil); !errors.Is(err, cluster.ErrLeft) {
		t.Errorf("asked after it has left: %v", err)
	}
}

func TestMoreRequestsThanAreServedAreRefused(t *testing.T) {
	d1, d2, _ := pair(t)
	var held atomic.Int64
	answers := make(chan func([]byte), cluster.MaxServed)
	err := d2.Serve("slow", func(payload []byte, answer func([]byte)) {
		if string(payload) == "first" {
			answer(nil)
			return
		}
		held.Add(1)
		answers <- answer
	})
	if err != nil {
		t.Fatal(err)
	}
	until(t, "n1's server knows of what n2 serves", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		_, err := d1.Ask(ctx, "n2", "slow", []byte("first"))
		return errors.Is(err, cluster.ErrNoAnswer)
	})
	const more = 100
	results := make(chan error, cluster.MaxServed+more)
	for range cluster.MaxServed + more {
		d1.AskAsync("n2", "slow", nil, patience, func(_ []byte, err error) { results <- err })
	}
	for range more {
		if err := <-results; !errors.Is(err, cluster.ErrBusy) {
			t.Fatalf("beyond the limit: %v", err)
		}
	}
	for range cluster.MaxServed {
		(<-answers)([]byte("done"))
	}
	for range cluster.MaxServed {
		if err := <-results; err != nil {
			t.Fatalf("within the limit: %v", err)
		}
	}
}

func TestAnAnswerIsGivenOnce(t *testing.T) {
	d1, d2, _ := pair(t)
	panics := make(chan any, 1)
	err := d2.Serve("twice", func(_ []byte, answer func([]byte)) {
		defer func() { panics <- recover() }()
		answer([]byte("1"))
		answer([]byte("2"))
	})
	if err != nil {
		t.Fatal(err)
	}
	until(t, "it is answered", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_, err := d1.Ask(ctx, "n2", "twice", nil)
		return err == nil
	})
	if <-panics == nil {
		t.Error("a second answer is a bug, and was none")
	}
}

func TestABroadcastReachesTheOthers(t *testing.T) {
	d1, d2, _ := pair(t)
	heard := make(chan string, 1000)
	for _, d := range []*desk{d1, d2} {
		if err := d.OnBroadcast("kicked", func(payload []byte) { heard <- d.name + " " + string(payload) }); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "n2 hears n1", func() bool { // until its server knows that somebody listens there
		if err := d1.Broadcast("kicked", []byte("an")); err != nil {
			t.Fatal(err)
		}
		select {
		case what := <-heard:
			if what != "n2 an" {
				t.Fatalf("%q", what)
			}
			return true
		case <-time.After(20 * time.Millisecond):
			return false
		}
	})
	if err := d1.Broadcast("kicked", make([]byte, cluster.MaxMessage+1)); !errors.Is(err, cluster.ErrTooLarge) {
		t.Errorf("%v", err)
	}
}

func TestAnybodyConnectedMayAskForTheState(t *testing.T) {
	_, _, c := pair(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := cluster.AskReport(ctx, c.Nodes[2].Conn())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Members) != 2 || len(r.Units) != len(unitNames()) || !r.Units[0].Serving {
		t.Errorf("%+v", r)
	}
}
