// Package natsnodetest starts real clusters for tests: several servers in one
// process, on loopback, with stores in temporary folders.
package natsnodetest

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"gobua/internal/natsnode"
)

// startTries is how often ports are chosen anew: another process may take one
// between its choice and its use.
const startTries = 5

// patience bounds every wait: other tests may have the machine.
const patience = 3 * time.Minute

// Cluster is some servers that form one cluster.
type Cluster struct {
	Nodes   []*natsnode.Node
	Options []natsnode.Options // what they were started with; for processes that join them
	lines   [][]*line          // from server to server; nil without Cuttable
}

// Start starts n servers named n1, n2, … and waits until JetStream answers on
// each. They are closed when the test ends. One server is alone: a cluster of one
// would wait for others.
func Start(t testing.TB, n int) *Cluster {
	t.Helper()
	return StartSome(t, n, n)
}

// StartSome starts only the first of n servers; Options says how the caller
// starts the others, for instance in processes of their own. It does not wait
// for JetStream: a cluster begins only when all are there.
func StartSome(t testing.TB, n, first int) *Cluster {
	t.Helper()
	return start(t, first, func() *Cluster {
		c := &Cluster{}
		routes := addresses(FreePorts(t, n))
		for i := range n {
			c.Options = append(c.Options, Options(t, i, routes[i], routes))
		}
		return c
	})
}

// Options are those of server i of a cluster whose routes are known.
func Options(t testing.TB, i int, listen string, routes []string) natsnode.Options {
	o := natsnode.Options{Name: fmt.Sprintf("n%d", i+1), StoreDir: t.TempDir(), MaxStoreBytes: 1 << 30, Log: Log(t)}
	if len(routes) > 1 {
		o.ClusterListen, o.Routes, o.Insecure = listen, routes, true
	}
	return o
}

func addresses(ports []int) (list []string) {
	for _, p := range ports {
		list = append(list, fmt.Sprintf("127.0.0.1:%d", p))
	}
	return list
}

func start(t testing.TB, n int, plan func() *Cluster) *Cluster {
	t.Helper()
	var err error
	for range startTries {
		c := plan()
		if err = c.run(n); err == nil {
			t.Cleanup(c.close)
			return c
		}
		c.close()
	}
	t.Fatalf("no cluster: %v", err)
	return nil
}

func (c *Cluster) run(n int) error {
	for i := range n {
		node, err := natsnode.Start(c.Options[i])
		if err != nil {
			return err
		}
		c.Nodes = append(c.Nodes, node)
	}
	if n < len(c.Options) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, node := range c.Nodes {
		if err := node.WaitReady(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Stop closes server i, counted from 0; Restart starts it again on its store.
func (c *Cluster) Stop(i int) { c.Nodes[i].Close() }

// Restart starts a stopped server again and waits until JetStream answers there.
func (c *Cluster) Restart(t testing.TB, i int) {
	t.Helper()
	c.restart(t, i)
	c.ready(t, i)
}

// RestartAll does it with all of them, none of which is ready alone.
func (c *Cluster) RestartAll(t testing.TB) {
	t.Helper()
	for i := range c.Nodes {
		c.restart(t, i)
	}
	for i := range c.Nodes {
		c.ready(t, i)
	}
}

func (c *Cluster) restart(t testing.TB, i int) {
	t.Helper()
	node, err := natsnode.Start(c.Options[i])
	if err != nil {
		t.Fatal(err)
	}
	c.Nodes[i] = node
}

func (c *Cluster) ready(t testing.TB, i int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.Nodes[i].WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
}

func (c *Cluster) close() {
	for _, node := range c.Nodes {
		node.Close()
	}
	for _, from := range c.lines {
		for _, l := range from {
			if l != nil {
				l.close()
			}
		}
	}
}

// FreePorts finds ports of loopback on which nobody listens, below those that
// the kernel gives to outgoing connections.
func FreePorts(t testing.TB, n int) (ports []int) {
	t.Helper()
	for range 1000 {
		p := 15000 + rand.IntN(32768-15000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p))
		if err != nil {
			continue
		}
		defer l.Close() // only when all are chosen, so that no two are the same
		if ports = append(ports, p); len(ports) == n {
			return ports
		}
	}
	t.Fatalf("no %d free ports", n)
	return nil
}

// Log writes warnings to the test's own log.
func Log(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(&testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// testWriter is given to servers that are closed before the test ends.
type testWriter struct{ t testing.TB }

func (w *testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}
