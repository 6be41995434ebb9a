//go:build chaos

package chaos_test

import "time"

// How long in make chaos.
const (
	frozenFor  = 30 * time.Second
	badLineFor = 40 * time.Second
)
