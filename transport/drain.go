package transport

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"gobua/transport/wire"
)

const (
	// drainAtOnce is how many connections are being closed at a time, so that
	// the reconnects that follow do not all come in the same moment.
	drainAtOnce = 128
	// A page comes back after drainRetry at the earliest, the last of many
	// pages drainSpread for each later.
	drainRetry  = 500 * time.Millisecond
	drainSpread = 2 * time.Millisecond
)

// Drain takes no more connections, says goodbye to those there are, and
// returns when all have ended. When ctx ends first, those left are cut
// without ceremony and the error says how many.
func (g *Gateway) Drain(ctx context.Context) error {
	clients := g.registry.drain()
	slots := make(chan struct{}, drainAtOnce)
	spread := max(drainSpread*time.Duration(len(clients)), time.Millisecond)
	for _, c := range clients {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return g.cutRest()
		}
		retry := drainRetry + rand.N(spread) // #nosec G404 -- no secret: it only spreads
		c.cutFor(wire.ByeRestart, wire.CloseRestart, int(retry.Milliseconds()))
		go func() {
			<-c.ended
			<-slots
		}()
	}
	select {
	case <-g.registry.empty:
		return nil
	case <-ctx.Done():
		return g.cutRest()
	}
}

// cutRest hangs up on everybody who is left and waits for their handlers,
// which no peer can hold up any more.
func (g *Gateway) cutRest() error {
	left := g.registry.drain()
	for _, c := range left {
		c.hangUp(0)
	}
	<-g.registry.empty
	if len(left) > 0 {
		return fmt.Errorf("%d connections were cut: %w", len(left), context.DeadlineExceeded)
	}
	return nil
}
