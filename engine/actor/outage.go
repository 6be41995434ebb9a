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

// pulse notices that the whole process stood still: stopped by a signal,
// starved of its processor, its machine suspended, or its clock set forward.
// The registry beats it regularly; actors ask it before they decide, because
// after a standstill either may wake first.
type pulse struct {
	clock func() time.Time
	last  atomic.Int64 // Instant of the last beat
	count atomic.Int64 // standstills so far

	mu     sync.Mutex
	latest outage
}

func newPulse(clock func() time.Time) *pulse {
	p := &pulse{clock: clock}
	p.last.Store(int64(engine.InstantOf(clock())))
	return p
}

// beat notes that the process runs. It returns how many standstills there have
// been.
func (p *pulse) beat() (standstills int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, last := engine.InstantOf(p.clock()), engine.Instant(p.last.Load())
	if now.Sub(last) >= leastOutage {
		if p.count.Load() > 0 && last.Sub(p.latest.to) < leastOutage {
			last = p.latest.from // hardly awake in between: some actors may not have noticed the one before
		}
		p.latest = outage{last, now}
		p.count.Add(1)
	}
	p.last.Store(int64(now))
	return p.count.Load()
}

// missed returns the standstill that somebody who knows of `seen` has not
// noticed yet, and the number to know from now on. It is cheap where there is
// none: every batch of every session asks.
func (p *pulse) missed(seen int64) (outage, int64) {
	now := engine.InstantOf(p.clock())
	if now.Sub(engine.Instant(p.last.Load())) >= leastOutage {
		p.beat()
	}
	if p.count.Load() == seen {
		return outage{}, seen
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.latest, p.count.Load()
}
