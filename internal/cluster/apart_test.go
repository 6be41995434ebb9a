package cluster_test

import (
	"maps"
	"slices"
	"testing"

	"gobua/internal/natsnode/natsnodetest"
)

// TestWhoDoesNotHearOneOfTheOthersKnows, and whom; the one in the middle, who hears
// both, does not. When the way is mended nobody does.
func TestWhoDoesNotHearOneOfTheOthersKnows(t *testing.T) {
	c := natsnodetest.Cuttable(t, 3)
	desks, _ := joinThree(t, c)
	sees := func(d *desk, want ...string) bool {
		return slices.Equal(slices.Sorted(maps.Keys(d.CutFrom())), want)
	}
	for _, d := range desks {
		if !sees(d) {
			t.Errorf("%s is cut from %v where all is well", d.name, d.CutFrom())
		}
	}
	c.CutBetween(0, 1)
	until(t, "n1 and n2 know that they are cut from each other", func() bool {
		if !sees(desks[2]) {
			t.Fatalf("n3 is cut from %v", desks[2].CutFrom())
		}
		return sees(desks[0], "n2") && sees(desks[1], "n1")
	})
	c.MendBetween(0, 1)
	until(t, "nobody is cut from anybody", func() bool { return sees(desks[0]) && sees(desks[1]) })
	placed(t, three, desks...) // meanwhile two may have believed to decide: the log keeps them apart
}
