package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

// sleepCounter compares CLOCK_BOOTTIME, which counts sleep, with
// CLOCK_MONOTONIC, on which Go's own time runs and which does not. Their rate
// is the same.
func sleepCounter() func() (time.Duration, bool) {
	return func() (time.Duration, bool) {
		var awake, boot unix.Timespec
		if unix.ClockGettime(unix.CLOCK_MONOTONIC, &awake) != nil || unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot) != nil {
			return 0, false
		}
		return time.Duration(boot.Nano() - awake.Nano()), true
	}
}

// kernelOpinion asks the kernel what it thinks of its time of day. It needs no
// right and no network.
func kernelOpinion() (Opinion, bool) {
	var t unix.Timex // no mode: only a question
	state, err := unix.Adjtimex(&t)
	if err != nil {
		return Opinion{}, false
	}
	return Opinion{
		Source:       Kernel,
		Synchronised: state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0,
		Error:        time.Duration(t.Maxerror) * time.Microsecond,
	}, true
}
