package cluster_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"gobua/engine"
	"gobua/internal/cluster"
	"gobua/internal/natsnode/natsnodetest"
)

// share are the units whose right node is the named one.
func share(node string, nodes []string) (units []string) {
	placed := cluster.Place(unitNames(), nodes)
	for _, u := range unitNames() {
		if placed[u] == node {
			units = append(units, u)
		}
	}
	return units
}

func TestANodeThatComesIsHandedItsShareAndNoMore(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	b := newBook()
	two := three[:2]
	d1 := join(t, c.Nodes[0].JetStream(), "n1", b)
	d2 := join(t, c.Nodes[1].JetStream(), "n2", b)
	placed(t, two, d1, d2)
	before := len(b.all())
	d1.setPaid(1001)
	d2.setPaid(1002)
	d1.giveTakes, d2.giveTakes = 20*time.Millisecond, 20*time.Millisecond
	d3 := join(t, c.Nodes[2].JetStream(), "n3", b)
	placed(t, three, d1, d2, d3)

	was, is := cluster.Place(unitNames(), two), cluster.Place(unitNames(), three)
	paid := map[string]engine.Instant{"n1": 1001, "n2": 1002}
	for _, n := range b.all()[before:] {
		switch {
		case was[n.unit] == is[n.unit]:
			t.Errorf("%s: %s of %s, which stays", n.node, n.what, n.unit)
		case n.what == takeBegins && n.since != paid[was[n.unit]]:
			t.Errorf("%s was given back at %d, taken with %d", n.unit, paid[was[n.unit]], n.since)
		}
	}
	b.oneOwner(t)
}

func TestWhoLeavesHandsEverythingOverFirst(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	b := newBook()
	d1 := join(t, c.Nodes[0].JetStream(), "n1", b)
	d2 := join(t, c.Nodes[1].JetStream(), "n2", b)
	placed(t, []string{"n1", "n2"}, d1, d2)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := d2.Leave(ctx); err != nil {
		t.Fatal(err)
	}
	for _, u := range unitNames() {
		if _, ok := d1.Owner(u); !ok || !d1.Mine(u) {
			t.Errorf("nobody serves %s after n2 has left", u)
		}
	}
	until(t, "n2 is no node any more", func() bool { return len(d1.Members()) == 1 })

	d1.setPaid(5000)
	if err := d1.Leave(ctx); err != nil { // the last one has nobody to wait for
		t.Fatal(err)
	}
	again := join(t, c.Nodes[2].JetStream(), "n3", b)
	placed(t, []string{"n3"}, again)
	for _, u := range unitNames() {
		if n, ok := b.last("n3", u, takeBegins); !ok || n.since != 5000 {
			t.Errorf("%s was given back at 5000 and taken with %d", u, n.since)
		}
	}
	b.oneOwner(t)
}

func TestABusyUnitIsMovedLater(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	b := newBook()
	two := []string{"n1", "n2"}
	busy := make(chan struct{})
	unit := share("n2", two)[0]
	asked := make(chan struct{}, 1)
	d1 := join(t, c.Nodes[0].JetStream(), "n1", b, func(o *cluster.Options, _ *desk) {
		o.Busy = func(u string) bool {
			if u != unit {
				return false
			}
			select {
			case asked <- struct{}{}:
			default:
			}
			select {
			case <-busy:
				return false
			default:
				return true
			}
		}
	})
	placed(t, []string{"n1"}, d1)
	d2 := join(t, c.Nodes[1].JetStream(), "n2", b)
	until(t, "everything else has moved", func() bool {
		for _, u := range share("n2", two) {
			if u != unit && !d2.Mine(u) {
				return false
			}
		}
		return true
	})
	<-asked
	if !d1.Mine(unit) {
		t.Error("a busy unit was moved")
	}
	close(busy)
	placed(t, two, d1, d2)
	b.oneOwner(t)
}

func TestATakeThatFailsIsTriedAgain(t *testing.T) {
	c := natsnodetest.Start(t, 1)
	b := newBook()
	bad, failures := "shard-07", 2
	d := join(t, c.Nodes[0].JetStream(), "n1", b, func(o *cluster.Options, d *desk) {
		o.Replicas = 1
		d.take = func(_ context.Context, unit string) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			if unit == bad && failures > 0 {
				failures--
				return errTest
			}
			return nil
		}
	})
	placed(t, []string{"n1"}, d)
	var what []string
	for _, n := range b.of(bad) {
		what = append(what, n.what)
	}
	if want := []string{takeBegins, takeFails, takeBegins, takeFails, takeBegins, takeEnds}; !slices.Equal(what, want) {
		t.Errorf("%v", what)
	}
}

func TestANameIsTakenOnce(t *testing.T) {
	c := natsnodetest.Start(t, 1)
	b := newBook()
	one := func(o *cluster.Options, _ *desk) { o.Replicas = 1 }
	d := join(t, c.Nodes[0].JetStream(), "n1", b, one)
	placed(t, []string{"n1"}, d)
	if _, err := tryJoin(t, c.Nodes[0].JetStream(), "n1", b, one); err == nil {
		t.Fatal("a second n1 has joined")
	}
	if owner, ok := d.Owner("office"); !ok || owner != "n1" {
		t.Error("the first has lost something by it")
	}
}
