package main

import (
	"fmt"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"gobua/internal/cluster"
)

func TestLeadersAreSpreadOneAtATime(t *testing.T) {
	nobody := func(string) bool { return false }
	for name, c := range map[string]struct {
		of         map[string]string
		nodes      []string
		busy       func(string) bool
		stream, to string
	}{
		"all at one":                 {map[string]string{"A": "n1", "B": "n1", "C": "n1"}, []string{"n1", "n2", "n3"}, nobody, "A", "n2"},
		"even":                       {map[string]string{"A": "n1", "B": "n2", "C": "n3", "D": "n1"}, []string{"n1", "n2", "n3"}, nobody, "", ""},
		"none at the last":           {map[string]string{"A": "n1", "B": "n2", "C": "n1", "D": "n2"}, []string{"n1", "n2", "n3"}, nobody, "A", "n3"},
		"one that keeps nothing":     {map[string]string{"A": "n1", "B": "n2", "C": "n3"}, []string{"n1", "n2", "n3", "n4"}, nobody, "", ""},
		"though another keeps none":  {map[string]string{"A": "n1", "B": "n1", "C": "n3"}, []string{"n1", "n2", "n3", "n4"}, nobody, "A", "n2"},
		"the first is busy":          {map[string]string{"A": "n1", "B": "n1", "C": "n1"}, []string{"n1", "n2"}, func(s string) bool { return s == "A" }, "B", "n2"},
		"all are busy":               {map[string]string{"A": "n1", "B": "n1"}, []string{"n1", "n2"}, func(string) bool { return true }, "", ""},
		"one that leads is not here": {map[string]string{"A": "n4", "B": "n4", "C": "n1"}, []string{"n1", "n2"}, nobody, "", ""},
		"one node":                   {map[string]string{"A": "n1", "B": "n1"}, []string{"n1"}, nobody, "", ""},
		"nothing known":              {nil, []string{"n1", "n2"}, nobody, "", ""},
	} {
		of := map[string]keepers{} // three keep each
		for stream, leader := range c.of {
			k := keepers{leader: leader}
			for _, n := range []string{"n1", "n2", "n3"} {
				if n != leader {
					k.others = append(k.others, jetstream.PeerInfo{Name: n, Current: true})
				}
			}
			of[stream] = k
		}
		stream, to, uneven := leaderToMove(of, c.nodes, c.busy)
		if stream != c.stream || to != c.to || uneven != (c.stream != "") {
			t.Errorf("%s: %q to %q, %v", name, stream, to, uneven)
		}
	}
}

// TestWhoIsBehindLeadsNothing: what a server lacks it cannot lead.
func TestWhoIsBehindLeadsNothing(t *testing.T) {
	of := map[string]keepers{}
	for _, stream := range []string{"A", "B"} {
		of[stream] = keepers{leader: "n1", others: []jetstream.PeerInfo{{Name: "n2", Lag: 7}, {Name: "n3", Current: true, Offline: false}}}
	}
	if stream, to, uneven := leaderToMove(of, []string{"n1", "n2", "n3"}, func(string) bool { return false }); stream != "A" || to != "n3" || !uneven {
		t.Errorf("%q to %q, %v", stream, to, uneven)
	}
}

// TestLeadersAreMovedOnlyWhereNothingHappens: not while nodes come and go, nor
// while two do not hear each other.
func TestLeadersAreMovedOnlyWhereNothingHappens(t *testing.T) {
	live := func(apart ...int) (list []cluster.Status) {
		for i, a := range apart {
			list = append(list, cluster.Status{Node: fmt.Sprint("n", i+1), Live: true, Apart: a})
		}
		return list
	}
	var c calm
	for i, step := range []struct {
		members []cluster.Status
		may     bool
	}{
		{live(0, 0, 0), false}, {live(0, 0, 0), false}, {live(0, 0, 0), false}, {live(0, 0, 0), true}, {live(0, 0, 0), true},
		{live(0, 1, 1), false}, // two are cut from each other
		{live(0, 1, 0), false}, {live(0, 0, 0), false}, {live(0, 0, 0), false}, {live(0, 0, 0), true},
		{live(0, 0), false}, {live(0, 0), false}, {live(0, 0), false}, {live(0, 0), true}, // one is gone
		{append(live(0, 0), cluster.Status{Node: "n3", Apart: 2}), true}, // what it said when it died
		{append(live(0, 0), cluster.Status{Node: "n3", Live: true, Draining: true}), true},
	} {
		if may := c.look(presentNodes(step.members)); may != step.may {
			t.Errorf("look %d, %+v: %v", i, step.members, may)
		}
	}
}

// TestWhoComesBackLeadsAgain: what a dead node led others lead, and when it is
// back it gets some of it again.
func TestWhoComesBackLeadsAgain(t *testing.T) {
	t.Parallel()
	c := newNodes(t)
	c.all[0].kill()
	leads := func(node string) (n int) {
		for _, l := range c.all[1].status().Log {
			if l.Leader == node {
				n++
			}
		}
		return n
	}
	c.all[1].eventually("the others lead everything", func() bool { return leads("n2")+leads("n3") == 8 })
	c.all[0].start()
	c.all[1].eventually("it leads a stream again", func() bool { return leads("n1") > 0 })
}
