//go:build !chaos

package chaos_test

import "time"

// How long in make test.
const (
	frozenFor  = 3 * time.Second // longer than what is credited at least
	badLineFor = 6 * time.Second
)
