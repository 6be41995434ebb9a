//go:build !linux

package load

import (
	"errors"
	"net"
	"sync"
	"time"
)

// crowd reads many lines, here with a goroutine each.
type crowd struct {
	readers sync.WaitGroup

	mu       sync.Mutex
	lines    []*line
	stopping bool
}

func newCrowd() (*crowd, error) { return new(crowd), nil }

// join has a line read from now on, unless the crowd is leaving.
func (c *crowd) join(l *line) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopping {
		l.hangUp()
		return net.ErrClosed
	}
	c.lines = append(c.lines, l)
	c.readers.Go(func() { l.lost(l.readOn()) })
	return nil
}

// leave hangs up all lines and returns when nothing is read any more.
func (c *crowd) leave() {
	c.mu.Lock()
	c.stopping = true
	lines := c.lines
	c.mu.Unlock()
	for _, l := range lines {
		l.hangUp()
	}
	c.readers.Wait()
}

func writeTo(int, []byte, time.Duration) error { return errors.ErrUnsupported } // no line has a descriptor here

// pauseUntil returns at a moment.
func pauseUntil(at time.Time) { time.Sleep(time.Until(at)) }
