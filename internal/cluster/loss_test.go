package cluster_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"gobua/engine"
	"gobua/internal/cluster"
	"gobua/internal/natsnode/natsnodetest"
)

func TestWhatADeadNodeHadIsTakenWithItsLastWord(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	desks, b := joinThree(t, c)
	desks[2].setPaid(3000)
	until(t, "n3 has said 3000", func() bool {
		i := slices.IndexFunc(desks[0].Members(), func(s cluster.Status) bool { return s.Node == "n3" && s.PaidUntilMs == 3000 })
		return i >= 0
	})
	before := len(b.all())
	desks[2].Close()
	placed(t, three[:2], desks[:2]...)
	was, is := cluster.Place(unitNames(), three), cluster.Place(unitNames(), three[:2])
	first := map[string]bool{} // on a busy machine who took it may give it up and take it again
	for _, n := range b.all()[before:] {
		switch {
		case was[n.unit] == is[n.unit]:
			t.Errorf("%s: %s of %s, which stays", n.node, n.what, n.unit)
		case was[n.unit] == "n3" && n.what == takeBegins:
			if !first[n.unit] && n.since != 3000 {
				t.Errorf("%s was served until 3000 and taken with %d", n.unit, n.since)
			}
			first[n.unit] = true
		}
	}
	b.oneOwner(t)
}

// TestWhatWasClaimedAndNotTakenIsStillOwed: the second claimant is told until
// when the unit was served, not until when the first claimant lived.
func TestWhatWasClaimedAndNotTakenIsStillOwed(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	b := newBook()
	d1 := join(t, c.Nodes[0].JetStream(), "n1", b)
	placed(t, []string{"n1"}, d1)
	d1.setPaid(1000)
	until(t, "n1 has said 1000", func() bool { return d1.Members()[0].PaidUntilMs == 1000 })
	d1.Close()

	var once sync.Once
	began := make(chan struct{})
	d2 := join(t, c.Nodes[1].JetStream(), "n2", b, func(_ *cluster.Options, d *desk) {
		d.take = func(ctx context.Context, _ string) error {
			once.Do(func() { close(began) })
			<-ctx.Done() // until n2 is closed
			return ctx.Err()
		}
	})
	<-began
	d2.Close()
	d3 := join(t, c.Nodes[2].JetStream(), "n3", b)
	placed(t, []string{"n3"}, d3)
	for _, u := range unitNames() {
		if n, _ := b.first("n3", u, takeBegins); n.since != 1000 {
			t.Errorf("%s was served until 1000 and taken with %d", u, n.since)
		}
	}
	b.oneOwner(t)
}

func TestAfterANightWithoutPowerTheKeysStillSayUntilWhenAllWereServed(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	desks, b := joinThree(t, c)
	for _, d := range desks {
		d.setPaid(7000)
	}
	until(t, "all have said 7000", func() bool {
		return !slices.ContainsFunc(desks[0].Members(), func(s cluster.Status) bool { return s.PaidUntilMs != 7000 })
	})
	for _, d := range desks {
		d.Close()
	}
	for i := range three {
		c.Stop(i)
	}
	before := len(b.all())
	c.RestartAll(t)
	desks = nil
	for i, n := range three { // under the same names, with later words
		d := join(t, c.Nodes[i].JetStream(), n, b, func(_ *cluster.Options, d *desk) {
			d.paid = func() engine.Instant { return 9000 }
		})
		desks = append(desks, d)
	}
	placed(t, three, desks...)
	first := map[string]bool{} // a unit may be handed on once the last node has come
	for _, n := range b.all()[before:] {
		if n.what == takeBegins && !first[n.unit] && n.since != 7000 {
			t.Errorf("%s was served until 7000 and taken with %d", n.unit, n.since)
		}
		first[n.unit] = true
	}
	b.oneOwner(t)
}

// TestWhoIsCutOffGivesUpBeforeOthersTake: neither side is told of the cut.
func TestWhoIsCutOffGivesUpBeforeOthersTake(t *testing.T) {
	c := natsnodetest.Cuttable(t, 3)
	desks, b := joinThree(t, c)
	c.Cut(2)
	placed(t, three[:2], desks[:2]...)
	for _, u := range unitNames() {
		if _, ok := desks[2].Owner(u); ok && desks[2].Mine(u) {
			t.Errorf("n3 still believes to have %s", u)
		}
	}
	b.oneOwner(t) // gave up first, took then
	c.Mend(2)
	placed(t, three, desks...)
	b.oneOwner(t)
}
