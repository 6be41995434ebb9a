//go:build !linux

package clock

import "time"

// sleepCounter: here a sleep of the machine shows as a step of its time of day.
func sleepCounter() func() (time.Duration, bool) {
	return func() (time.Duration, bool) { return 0, false }
}

// kernelOpinion: only Linux is asked.
func kernelOpinion() (Opinion, bool) { return Opinion{}, false }
