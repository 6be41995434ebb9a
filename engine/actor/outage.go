package actor

import (
	"sync"
	"sync/atomic"
	"time"

	"gobua/engine"
)

// leastOutage is the shortest time without service, while people stay
// connected, that is worth a record and a word to the room. Below it nobody
// sees more than a slow network, and letters that wait still count by the time
// they were received.
const leastOutage = engine.Millis(2000)

// leastStill is leastOutage on the steady clock.
const leastStill = time.Duration(leastOutage) * time.Millisecond

// outage is a stretch of time in which nobody could reach a session: the
// process was down or stood still, or its journal did not answer. It is
// credited before anything that came after its beginning is decided. The zero
// outage is none.
type outage struct{ from, to engine.Instant }

// join returns the outage that covers both. The engine credits nothing from
// before a session's last record, so what is counted twice is credited once.
func (o outage) join(p outage) outage {
	switch {
	case o == (outage{}):
		return p
	case p == (outage{}):
		return o
	}
	return outage{min(o.from, p.from), max(o.to, p.to)}
}

// beatEvery is how often a registry notes that its process runs.
const beatEvery = 500 * time.Millisecond

// maxStandstills is how many standstills a pulse remembers for actors that
// have not noticed them: far more than fit into the longest silence of a disk.
const maxStandstills = 1024

// pulse notices that the whole process stood still: stopped by a signal,
// starved of its processor, or its machine suspended. The registry beats it
// regularly; actors ask it before they decide, because after a standstill
// either may wake first. How long one was the steady clock says, not the time
// of day: a clock that was set is no standstill.
type pulse struct {
	clock  func() time.Time
	steady func() time.Duration
	last   atomic.Int64 // of the last beat: nanoseconds of the steady clock
	count  atomic.Int64 // standstills so far

	mu     sync.Mutex
	stills []outage // the latest, oldest first
}

// steadyOf makes a steady clock of one that nobody sets.
func steadyOf(clock func() time.Time) func() time.Duration {
	return func() time.Duration { return time.Duration(clock().UnixNano()) }
}

func newPulse(clock func() time.Time, steady func() time.Duration) *pulse {
	p := &pulse{clock: clock, steady: steady}
	p.last.Store(int64(steady()))
	return p
}

// beat notes that the process runs.
func (p *pulse) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	steady := p.steady()
	if still := steady - time.Duration(p.last.Load()); still >= leastStill {
		if len(p.stills) == maxStandstills {
			p.stills = append(p.stills[:0], p.stills[1:]...)
		}
		now := p.clock()
		p.stills = append(p.stills, outage{engine.InstantOf(now.Add(-still)), engine.InstantOf(now)})
		p.count.Add(1)
	}
	p.last.Store(int64(steady))
}

// missed returns the standstills, as one, that somebody who knows of `seen`
// has not noticed yet, and the number to know from now on. It is cheap where
// there is none: every batch of every session asks.
func (p *pulse) missed(seen int64) (missed outage, count int64) {
	if p.steady()-time.Duration(p.last.Load()) >= leastStill {
		p.beat()
	}
	if p.count.Load() == seen {
		return missed, seen
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	count = p.count.Load()
	for _, still := range p.stills[max(0, len(p.stills)-int(count-seen)):] {
		missed = missed.join(still)
	}
	return missed, count
}
