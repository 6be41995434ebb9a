package main

import (
	"testing"
	"time"

	"gobua/engine"
)

// TestASpellIsSaidSinceItBegan, and until it has been over for a while.
func TestASpellIsSaidSinceItBegan(t *testing.T) {
	var s spell
	const linger = 2 * time.Second
	for i, c := range []struct {
		holds  bool
		from   int64
		steady time.Duration
		want   int64
	}{
		{false, 100, 0, 0},
		{true, 200, 1 * time.Second, 200},
		{true, 300, 2 * time.Second, 200},
		{false, 400, 3 * time.Second, 200},
		{true, 500, 3500 * time.Millisecond, 200}, // it was not over
		{false, 600, 4 * time.Second, 200},
		{false, 700, 5500 * time.Millisecond, 0},
		{true, 800, 6 * time.Second, 800},
	} {
		if got := s.since(c.holds, engine.Instant(c.from), c.steady, linger); int64(got) != c.want {
			t.Errorf("step %d: since %d, want %d", i, got, c.want)
		}
	}
}
