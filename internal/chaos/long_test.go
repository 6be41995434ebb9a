//go:build chaos

package chaos_test

import "time"

// How long and how often in make chaos.
const (
	frozenFor  = 30 * time.Second
	kills      = 10
	badLineFor = 40 * time.Second
)
