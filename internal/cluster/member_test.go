package cluster_test

import (
	"fmt"
	"slices"
	"testing"

	"gobua/internal/cluster"
	"gobua/internal/natsnode/natsnodetest"
)

// TestUnitsAreSpreadEvenly: of three nodes none has more than twice its even
// share or less than a quarter of it, whatever they are called, and they have it
// in the mean. More even than chance a hash is not.
func TestUnitsAreSpreadEvenly(t *testing.T) {
	const sets = 500
	even := len(unitNames()) / 3
	total := map[string]int{}
	for i := range sets {
		nodes := []string{fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i), fmt.Sprintf("c%d", i)}
		count := map[string]int{}
		for _, u := range unitNames() {
			right := cluster.Place(u, nodes)
			count[right]++
			total[right[:1]]++
		}
		for _, n := range nodes {
			if count[n] < even/4 || count[n] > 2*even {
				t.Errorf("%v", count)
			}
		}
	}
	for n, sum := range total {
		if mean := sum / sets; mean < even-1 || mean > even+1 {
			t.Errorf("%s has %d in the mean, %d are even", n, mean, even)
		}
	}
}

func TestANodeThatGoesMovesOnlyItsShare(t *testing.T) {
	all := []string{"n1", "n2", "n3"}
	for _, u := range unitNames() {
		for i, gone := range all {
			rest := slices.Delete(slices.Clone(all), i, i+1)
			if right := cluster.Place(u, all); right != gone && cluster.Place(u, rest) != right {
				t.Errorf("%s moves from %s when %s goes", u, right, gone)
			}
		}
	}
}

func TestThreeNodesShareEverything(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	b := newBook()
	var desks []*desk
	for i, n := range []string{"n1", "n2", "n3"} {
		desks = append(desks, join(t, c.Nodes[i].JetStream(), n, b))
	}
	placed(t, []string{"n1", "n2", "n3"}, desks...)
	for _, n := range b.all() {
		if n.what == takeBegins && n.since != 0 {
			t.Errorf("%s was never served, but until %v", n.unit, n.since)
		}
	}
	b.oneOwner(t)
}
