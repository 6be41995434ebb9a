package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestVisitorsNeverTakeTheJournalsDescriptors(t *testing.T) {
	for _, tt := range []struct {
		descriptors uint64
		live        int
		want        connections
		warned      bool
	}{
		{1 << 20, 20_000, connections{20_000, 1<<20 - 512 - 20_000}, false},
		{65_536, 20_000, connections{20_000, 45_024}, false},
		{20_000, 20_000, connections{18_464, 1024}, true},
		{4096, 20_000, connections{2688, 896}, true},
		{1024, 20_000, connections{384, 128}, true},
		{1024, 100, connections{100, 412}, false},
		{256, 20_000, connections{48, 16}, true},
	} {
		var said bytes.Buffer
		got := most(tt.descriptors, tt.live, slog.New(slog.NewTextHandler(&said, nil)))
		if got != tt.want || strings.Contains(said.String(), "ulimit -n") != tt.warned {
			t.Errorf("%d descriptors, %d clients: %+v, want %+v; it says %q", tt.descriptors, tt.live, got, tt.want, said.String())
		}
	}
}
