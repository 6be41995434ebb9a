package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gobua/engine"
	"gobua/internal/cluster"
	"gobua/internal/demo"
	"gobua/internal/natsnode"
	"gobua/internal/natsnode/natsnodetest"
	"gobua/internal/visitor"
	"gobua/store/localpg/localpgtest"
)

// nodes are three real processes that are one cluster: the program itself, its
// log within it or in servers of its own, one PostgreSQL.
type nodes struct {
	t    testing.TB
	all  []*process
	db   *localpgtest.Server
	log  []*logServer   // nil: within the nodes
	seen *natsnode.Node // the test's own connection to log, where one is needed

	authority *natsnodetest.Authority // that signed files
	files     []natsnode.Files        // certificates, where there are: of the nodes, then of the servers of the log
}

// newNodes starts three nodes with their log within and waits until all serve.
func newNodes(t testing.TB, flags ...string) *nodes {
	t.Helper()
	db := localpgtest.New(t)
	c := prepareNodes(t, db, keyMaker(t, db), flags...)
	c.start()
	return c
}

// keyMaker is a process that served alone once: that makes the keys, which the
// others get.
func keyMaker(t testing.TB, db *localpgtest.Server) *process {
	t.Helper()
	p := newProcess(t, "--database-url", db.DSN, "--demo", "off")
	p.start()
	p.stop()
	return p
}

// start starts all nodes and waits until all serve.
func (c *nodes) start() {
	c.t.Helper()
	c.each(func(p *process) { p.begin() })
	c.each(func(p *process) { p.awaitReady() })
}

// prepareNodes makes three nodes with their log within that are not started, of
// which a process that served alone, or has the folder of one, is the first.
func prepareNodes(t testing.TB, db *localpgtest.Server, first *process, flags ...string) *nodes {
	t.Helper()
	var routes []string
	for range 3 {
		routes = append(routes, fmt.Sprintf("127.0.0.1:%d", freePort(t)))
	}
	return prepareWith(t, db, first, func(i int) []string {
		return append([]string{"--cluster-listen", routes[i], "--cluster-routes", strings.Join(routes, ","), "--cluster-insecure", "on"}, flags...)
	})
}

// prepareWith is prepareNodes with the flags of each. The first has the demo,
// whose accounts all know.
func prepareWith(t testing.TB, db *localpgtest.Server, first *process, flags func(node int) []string) *nodes {
	t.Helper()
	c := &nodes{t: t, db: db}
	for i := range 3 {
		p := first
		if i > 0 {
			p = newProcess(t, "--database-url", db.DSN)
			copyKeys(t, filepath.Join(first.data, "keys"), filepath.Join(p.data, "keys"))
		}
		p.flags = append(p.flags, "--drain", "10s", "--cluster", fmt.Sprintf("n%d", i+1), "--second-factor", "off", "--demo", []string{"on", "off", "off"}[i])
		p.flags = append(p.flags, flags(i)...)
		c.all = append(c.all, p)
	}
	t.Cleanup(func() { c.each(func(p *process) { p.kill() }) }) // the last two would wait for each other
	return c
}

// copyKeys copies key files as an operator does: for the owner alone.
func copyKeys(t testing.TB, from, to string) {
	t.Helper()
	files, err := os.ReadDir(from)
	if err == nil {
		err = os.MkdirAll(to, 0o700)
	}
	for _, f := range files {
		var b []byte
		if err == nil {
			b, err = os.ReadFile(filepath.Join(from, f.Name()))
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, f.Name()), b, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// freePort is a port below those that the kernel gives to connections, chosen by
// chance: tests of other packages and other runs look for theirs at the same time.
func freePort(t testing.TB) int {
	t.Helper()
	for range 1000 {
		port := 10_000 + rand.IntN(22_000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		l.Close()
		if taken.claim(port) {
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// taken are the ports that this process has given to its tests.
var taken ports

type ports struct {
	mu  sync.Mutex
	all map[int]bool
}

func (p *ports) claim(port int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil {
		p.all = map[int]bool{}
	}
	fresh := !p.all[port]
	p.all[port] = true
	return fresh
}

func (c *nodes) each(do func(*process)) {
	for _, p := range c.all {
		do(p)
	}
}

// signIn signs somebody in at a node.
func (c *nodes) signIn(ctx context.Context, node int, login string) *visitor.Person {
	c.t.Helper()
	who, err := c.all[node].site().SignIn(ctx, login, demo.Password)
	if err != nil {
		c.t.Fatalf("%s cannot sign in at node %d: %v", login, node+1, err)
	}
	return who
}

// freeze stops a node's process without its knowing, and thaw lets it go on.
func (p *process) freeze() { _ = p.cmd.Process.Signal(syscall.SIGSTOP) }
func (p *process) thaw()   { _ = p.cmd.Process.Signal(syscall.SIGCONT) }

// status is what a node tells of itself; empty while it does not answer.
func (p *process) status() (s status) {
	quick := http.Client{Timeout: time.Second}
	r, err := quick.Get("http://" + p.addr + "/status")
	if err != nil {
		return s
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		p.t.Fatalf("/status: %v", err)
	}
	return s
}

// nodeName is the name that a process was given.
func nodeName(p *process) string {
	return p.flags[slices.Index(p.flags, "--cluster")+1]
}

// owner is the node that decides a session, as a node says it; -1: none.
func (c *nodes) owner(asked *process, session engine.SessionID) int {
	for _, one := range asked.status().Sessions {
		if one.Session == session && one.Node != "" {
			return int(one.Node[1] - '1')
		}
	}
	return -1
}

// settled waits until a node says that all nodes live and everything is served
// where it should be, so that nothing moves by itself any more: but for what is
// in its last minutes, which stays where it is.
func (c *nodes) settled(asked *process) {
	c.t.Helper()
	var s status
	defer func() {
		if c.t.Failed() {
			c.t.Logf("last seen: %+v, %+v", s.Nodes, s.Units)
		}
	}()
	stays := func(unit string) bool {
		return slices.ContainsFunc(s.Sessions, func(one sessionStatus) bool {
			return one.Unit == unit && one.Phase == engine.PhaseRunning && one.ClosesAt.Sub(engine.InstantOf(time.Now())) < busyBefore
		})
	}
	asked.eventually("three nodes serve everything", func() bool {
		s = asked.status()
		return len(s.Nodes) == len(c.all) && !slices.ContainsFunc(s.Nodes, func(n cluster.Status) bool { return !n.Live || n.Draining }) &&
			len(s.Units) > 0 && !slices.ContainsFunc(s.Units, func(u cluster.UnitStatus) bool {
			return !u.Serving || u.Owner != u.Right && !stays(u.Unit)
		})
	})
}

// lost waits until the others have noticed that a node is gone and serve what it
// served.
func (c *nodes) lost(gone *process) {
	c.t.Helper()
	c.each(func(p *process) {
		if p == gone {
			return
		}
		p.eventually("the others serve everything", func() bool {
			s := p.status()
			return len(s.Units) > 0 && !slices.ContainsFunc(s.Units, func(u cluster.UnitStatus) bool {
				return !u.Serving || u.Owner == "" || c.all[u.Owner[1]-'1'] == gone
			})
		})
	})
}
