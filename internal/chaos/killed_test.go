//go:build chaos && linux

package chaos_test

import (
	"testing"
	"time"
)

// kills is how often the program dies.
const kills = 10

// TestTheProcessIsKilled again and again: what cmd/gobua does in make test, with
// bidders who ask for their outcomes.
func TestTheProcessIsKilled(t *testing.T) {
	t.Parallel()
	s := openSale(t, plan{bidding: time.Duration(2+2*kills) * time.Second})
	for range kills {
		s.crash()
		s.bidsGoOn(12)
	}
	s.finish()
}
