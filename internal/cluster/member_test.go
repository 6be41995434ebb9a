package cluster_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"gobua/internal/cluster"
	"gobua/internal/natsnode/natsnodetest"
)

// TestUnitsAreSpreadEvenly: of some nodes none has more than its even share,
// whatever they are called, and which node a unit is at depends on no order.
func TestUnitsAreSpreadEvenly(t *testing.T) {
	for i := range 200 {
		nodes := []string{fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i), fmt.Sprintf("c%d", i), fmt.Sprintf("d%d", i)}[:2+i%3]
		units := unitNames()
		placed := cluster.Place(units, nodes)
		count := map[string]int{}
		for _, u := range units {
			count[placed[u]]++
		}
		even := (len(units) + len(nodes) - 1) / len(nodes)
		for _, n := range nodes {
			if count[n] > even || count[n] < len(units)-even*(len(nodes)-1) {
				t.Errorf("%v: %v", nodes, count)
			}
		}
		slices.Reverse(nodes)
		slices.Reverse(units)
		if other := cluster.Place(units, nodes); !maps.Equal(other, placed) {
			t.Errorf("%v are placed otherwise in another order", nodes)
		}
	}
	if p := cluster.Place(unitNames(), nil); len(p) != 0 {
		t.Errorf("nobody has %v", p)
	}
}

// TestANodeThatGoesMovesLittleElse: of what the others had few units move.
func TestANodeThatGoesMovesLittleElse(t *testing.T) {
	moved, stayed := 0, 0
	for i := range 100 {
		all := []string{fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i), fmt.Sprintf("c%d", i)}
		before, after := cluster.Place(unitNames(), all), cluster.Place(unitNames(), all[:2])
		for _, u := range unitNames() {
			switch {
			case before[u] == all[2]:
			case after[u] != before[u]:
				moved++
			default:
				stayed++
			}
		}
	}
	if moved*8 > stayed {
		t.Errorf("%d units move besides those of the node that went, and %d stay", moved, stayed)
	}
}

func TestThreeNodesShareEverything(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	_, b := joinThree(t, c)
	for _, n := range b.all() {
		if n.what == takeBegins && n.since != 0 {
			t.Errorf("%s was never served, but until %v", n.unit, n.since)
		}
	}
	b.oneOwner(t)
}
