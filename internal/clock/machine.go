package clock

import (
	"sync"
	"time"
)

// machine reads the clocks of this machine. Go's monotonic time is cheap to
// read but stands still while a Linux machine sleeps; what was slept is added
// from the clock that counts it, which costs a system call and is therefore
// asked for rarely.
type machine struct {
	began time.Time
	slept func() (time.Duration, bool) // by how much that clock is ahead of Go's

	mu    sync.Mutex
	asked time.Duration // on Go's monotonic time
	added time.Duration
	first time.Duration
}

const (
	// askSleepEvery bounds for how long a machine that woke up may be believed
	// to be where it fell asleep.
	askSleepEvery = 5 * time.Millisecond
	// leastSleep is what two readings, one after the other, may differ by
	// without a sleep between them.
	leastSleep = 20 * time.Millisecond
)

// Machine is the source of this machine.
func Machine() Source {
	m := &machine{began: time.Now(), slept: sleepCounter()}
	if first, ok := m.slept(); ok {
		m.first = first
	}
	return m
}

// Wall is part of Source.
func (m *machine) Wall() time.Time { return time.Now() }

// Steady is part of Source.
func (m *machine) Steady() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Since(m.began)
	if now-m.asked >= askSleepEvery {
		m.asked = now
		if slept, ok := m.slept(); ok && slept-m.first-m.added > leastSleep {
			m.added = slept - m.first
		}
	}
	return now + m.added
}
