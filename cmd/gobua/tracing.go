package main

import (
	"context"
	"net/url"
	"os"
	"strconv"
	"time"

	"gobua/engine/actor"
	"gobua/internal/relay"
	"gobua/internal/tracing"
	"gobua/transport"
)

// tracing checks the settings of traces.
func (c *checker) tracing(s *settings) (collector string, share float64) {
	if u, err := url.Parse(s.Trace); s.Trace != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		c.wrong("trace", s.Trace, "the address of a collector, such as http://127.0.0.1:4318")
	}
	share, err := strconv.ParseFloat(s.TraceShare, 64)
	if err != nil || !(share >= 0 && share <= 1) {
		c.wrong("trace-share", s.TraceShare, "a number from 0 to 1, such as 0.01")
	}
	return s.Trace, share
}

// openTracing begins to trace, if that is wanted.
func (s *server) openTracing(ctx context.Context) (err error) {
	if s.set.trace == "" {
		return nil
	}
	node := s.set.cluster.name
	if node == "" {
		if node, err = os.Hostname(); err != nil {
			node = "gobua"
		}
	}
	s.trace, err = tracing.Open(ctx, tracing.Options{URL: s.set.trace, Share: s.set.traceShare, Node: node, Log: s.log})
	return err
}

// An interface that holds a nil pointer is not nil, and on the way of a bid nil
// is all that is asked.

func (s *server) commandTracer() actor.Tracer {
	if s.trace == nil {
		return nil
	}
	return s.trace
}

func (s *server) clientTracer() transport.Tracer {
	if s.trace == nil {
		return nil
	}
	return s.trace
}

func (s *server) requestTracer() transport.RequestTracer {
	if s.trace == nil {
		return nil
	}
	return s.trace
}

// tracesWait is how long the end waits for the collector to take the last traces.
const tracesWait = 2 * time.Second

func (s *server) closeTracing() {
	ctx, cancel := context.WithTimeout(context.Background(), tracesWait)
	defer cancel()
	if err := s.trace.Close(ctx); err != nil {
		s.log.Warn("the last traces are not sent", "err", err)
	}
}

func (s *server) relayTracer() relay.Tracer {
	if s.trace == nil {
		return nil
	}
	return s.trace
}
