//go:build linux && (amd64 || arm64)

package transport

import (
	"testing"
)

// watched is how many clients a poller knows.
func (p *epoll) watched() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.clients)
}

// TestTheQuietWayIsTaken where it can be: else the tests of it would test the
// portable one twice.
func TestTheQuietWayIsTaken(t *testing.T) {
	l := goLive(t)
	if !l.polls() {
		t.Fatal("there is no poller")
	}
	p := l.dial()
	p.send("ping", "ct", 1)
	p.want("pong")
	c := l.clients()[0]
	eventually(t, "the reader has gone", func() bool { return !c.reading.Load() })
	if n := c.shard.poller.(*epoll).watched(); n != 1 {
		t.Error("watched:", n)
	}
}
