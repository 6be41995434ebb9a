//go:build !chaos

package chaos_test

import "time"

// How long and how often in make test.
const (
	frozenFor  = 3 * time.Second // longer than what is credited at least
	kills      = 2
	badLineFor = 6 * time.Second
)
