package main

import (
	"testing"
	"time"
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
		"none at the last":           {map[string]string{"A": "n1", "B": "n2", "C": "n1", "D": "n2"}, []string{"n1", "n2", "n3"}, nobody, "B", "n3"},
		"the first is busy":          {map[string]string{"A": "n1", "B": "n1", "C": "n1"}, []string{"n1", "n2"}, func(s string) bool { return s == "A" }, "B", "n2"},
		"all are busy":               {map[string]string{"A": "n1", "B": "n1"}, []string{"n1", "n2"}, func(string) bool { return true }, "", ""},
		"one that leads is not here": {map[string]string{"A": "n4", "B": "n4", "C": "n1"}, []string{"n1", "n2"}, nobody, "", ""},
		"one node":                   {map[string]string{"A": "n1", "B": "n1"}, []string{"n1"}, nobody, "", ""},
		"nothing known":              {nil, []string{"n1", "n2"}, nobody, "", ""},
	} {
		stream, to, uneven := leaderToMove(c.of, c.nodes, c.busy)
		if stream != c.stream || to != c.to || uneven != (c.stream != "") {
			t.Errorf("%s: %q to %q, %v", name, stream, to, uneven)
		}
	}
}

// TestLeadersAreSpreadAgainAfterADeath: what a dead node led others lead, and
// when it is back it gets its share again.
func TestLeadersAreSpreadAgainAfterADeath(t *testing.T) {
	c := newNodes(t)
	c.all[0].kill()
	time.Sleep(6 * time.Second) // the others find leaders
	c.all[0].start()
	began := time.Now()
	c.all[1].eventually("everybody leads again", func() bool {
		leads := map[string]int{}
		for _, l := range c.all[1].status().Log {
			leads[l.Leader]++
		}
		return leads["n1"] >= 2 && leads["n2"] >= 2 && leads["n3"] >= 2
	})
	t.Logf("after %v", time.Since(began).Round(time.Second))
}
