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

// Cluster is some servers that form one cluster.
type Cluster struct {
	Nodes   []*natsnode.Node
	Options []natsnode.Options // what they were started with; for processes that join them
}

// Start starts n servers named n1, n2, … and waits until JetStream answers on
// each. They are closed when the test ends.
func Start(t testing.TB, n int) *Cluster {
	t.Helper()
	var err error
	for range startTries {
		var c *Cluster
		if c, err = try(t, n); err == nil {
			t.Cleanup(c.close)
			return c
		}
	}
	t.Fatalf("no cluster: %v", err)
	return nil
}

func try(t testing.TB, n int) (*Cluster, error) {
	c := &Cluster{}
	ports := FreePorts(t, n)
	var routes []string
	for _, p := range ports {
		routes = append(routes, fmt.Sprintf("127.0.0.1:%d", p))
	}
	for i := range n {
		o := natsnode.Options{
			Name: fmt.Sprintf("n%d", i+1), StoreDir: t.TempDir(), MaxStoreBytes: 1 << 30,
			ClusterListen: routes[i], Routes: routes, Insecure: true, Log: Log(t),
		}
		c.Options = append(c.Options, o)
		node, err := natsnode.Start(o)
		if err != nil {
			c.close()
			return nil, err
		}
		c.Nodes = append(c.Nodes, node)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, node := range c.Nodes {
		if err := node.WaitReady(ctx); err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

// Stop closes server i, counted from 0; Restart starts it again on its store.
func (c *Cluster) Stop(i int) { c.Nodes[i].Close() }

// Restart starts a stopped server again and waits until JetStream answers there.
func (c *Cluster) Restart(t testing.TB, i int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var err error
	if c.Nodes[i], err = natsnode.Start(c.Options[i]); err == nil {
		err = c.Nodes[i].WaitReady(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (c *Cluster) close() {
	for _, node := range c.Nodes {
		node.Close()
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

type testWriter struct{ t testing.TB }

func (w *testWriter) Write(p []byte) (int, error) {
	defer func() { _ = recover() }() // a server may warn while the test is over
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}
