package shardlog

import "time"

// WithLostAfter changes how long a message that the log must have may be missing.
func (o Options) WithLostAfter(d time.Duration) Options {
	o.lostAfter = d
	return o
}
