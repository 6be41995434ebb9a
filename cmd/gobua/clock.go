package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"gobua/internal/clock"
)

// serverClock is the clock of everything that is decided and told, who watches
// it, and where its jumps are kept.
type serverClock struct {
	*clock.Clock
	watch *clock.Watch
	jumps *clock.File
	told  jumpQueue
}

// openClock starts the clock where the process before was last alive, if the
// machine's time of day lies before that. Nothing may read a time for others
// from anywhere else.
func (s *server) openClock() error {
	told := make(jumpQueue, mostJumpsAtOnce)
	jumps, err := clock.OpenFile(filepath.Join(s.set.data, "clock-jumps"), told)
	if err != nil {
		return err
	}
	var alive time.Time
	if at := s.journal.LastAlive(); at > 0 {
		alive = at.Time()
	}
	watch := clock.NewWatch(clock.WatchOptions{Servers: s.set.timeServers, Log: s.log})
	s.clock = &serverClock{
		Clock: clock.New(clock.Options{NotBefore: alive, Vouch: watch.Vouch, Book: jumps, Log: s.log}),
		watch: watch, jumps: jumps, told: told,
	}
	watch.Of(s.clock.Clock)
	watchClock(s.metrics, s.clock)
	return nil
}

// jumpQueue holds jumps until the public log has them. A jump is on the disk
// before it comes here.
type jumpQueue chan clock.Jump

// mostJumpsAtOnce is far more than a clock can jump while the log is written
// once. What does not fit stands in the file alone.
const mostJumpsAtOnce = 64

// Jumped is part of clock.Book. It does not wait.
func (q jumpQueue) Jumped(j clock.Jump) error {
	select {
	case q <- j:
		return nil
	default:
		return errors.New("too many jumps wait for the public log")
	}
}

// logJumps writes jumps into the public log, one note each, until ctx ends.
func (s *server) logJumps(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-s.clock.told:
			line := fmt.Sprintf("%d %s %d", j.At.UnixMilli(), j.Kind, j.By().Milliseconds())
			if _, err := s.ledger.AppendNote(ctx, "clock", line); err != nil && ctx.Err() == nil {
				s.log.Error("a jump of the clock is not in the public log", "jump", line, "err", err)
			}
		}
	}
}

// keep looks after the clock until ctx ends.
func (c *serverClock) keep(ctx context.Context, running func() int) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.watch.Run(ctx)
	}()
	c.Run(ctx, running)
	<-done
}

// known is what anybody may know of the clock.
func (c *serverClock) known() (clock.Status, []clock.Jump) {
	return c.watch.Status(), c.jumps.Latest()
}

// watchClock adds the gauges of the clock.
func watchClock(reg *prometheus.Registry, c *serverClock) {
	f := promauto.With(reg)
	gauge := func(name, help string, read func(clock.Status) float64) {
		f.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return read(c.watch.Status()) })
	}
	gauge("gobua_clock_good", "1: somebody vouches for the server's clock and it is within its bounds.", func(s clock.Status) float64 { return yes(s.Good) })
	gauge("gobua_clock_synchronised", "1: the operating system or time servers vouch for the server's clock.", func(s clock.Status) float64 { return yes(s.Synchronised) })
	gauge("gobua_clock_offset_seconds", "By which the server's clock is fast, if it is synchronised.", func(s clock.Status) float64 { return s.Offset.Seconds() })
	gauge("gobua_clock_error_seconds", "By which the offset may be wrong at most, if it is synchronised.", func(s clock.Status) float64 { return s.Error.Seconds() })
	gauge("gobua_clock_machine_ahead_seconds", "By which the machine's time of day is ahead of the server's clock after it was set.", func(s clock.Status) float64 { return s.Ahead.Seconds() })
	f.NewCounterFunc(prometheus.CounterOpts{
		Name: "gobua_clock_jumps_total", Help: "Jumps of the machine's clock, and of ours to follow one.",
	}, func() float64 { return float64(c.Jumps()) })
}

// maxTimeServers is more than anybody needs for a median.
const maxTimeServers = 9

func isTimeServer(s string) bool {
	host := s
	if h, port, err := net.SplitHostPort(s); err == nil {
		if !isPort(port) || port == "0" {
			return false
		}
		host = h
	}
	if net.ParseIP(host) != nil {
		return true
	}
	return host != "" && len(host) <= 253 && !strings.ContainsAny(host, ":/ @?#")
}

// closeClock closes the file of the jumps.
func (s *server) closeClock() error {
	if err := s.clock.jumps.Close(); err != nil {
		return fmt.Errorf("jumps of the clock: %w", err)
	}
	return nil
}
