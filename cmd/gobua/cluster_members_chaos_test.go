//go:build chaos

// What docs/operations.md says of nodes that come, go and are lost for good, step
// by step, under people who bid. Each takes more than a minute; make chaos goes
// through them.

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gobua/internal/demo"
	"gobua/internal/visitor/visitortest"
)

// more starts a further node, with its keys and nothing else, and waits until it
// serves.
func (c *nodes) more() *process {
	c.t.Helper()
	first := c.all[0]
	var routes string
	for i, f := range first.flags {
		if f == "--cluster-routes" {
			routes = first.flags[i+1]
		}
	}
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(c.t))
	p := newProcess(c.t, "--database-url", c.db.DSN, "--drain", "10s", "--cluster", fmt.Sprintf("n%d", len(c.all)+1), "--second-factor", "off",
		"--demo", "off", "--cluster-listen", listen, "--cluster-routes", routes+","+listen, "--cluster-insecure", "on")
	c.t.Cleanup(p.kill) // the last two would wait for each other
	copyKeys(c.t, filepath.Join(first.data, "keys"), filepath.Join(p.data, "keys"))
	p.start()
	c.all = append(c.all, p)
	return p
}

// remove does what the runbook says with a node that is stopped or lost: it asks
// another one to take it out.
func (c *nodes) remove(gone, asked *process) {
	c.t.Helper()
	name := nodeName(gone)
	var said string
	asked.eventually("node "+name+" is taken out", func() bool {
		var status int
		status, said = refusal(c.t, gobua(nil, "cluster", "remove", name, "--data", asked.data))
		return status == 0
	})
	if !strings.Contains(said, "is out of the cluster") {
		c.t.Errorf("it says %q", said)
	}
	c.all = slices.DeleteFunc(slices.Clone(c.all), func(p *process) bool { return p == gone })
}

// refuses sees that a node is not taken out, and why. That a node is dead may be
// noticed a moment later.
func (c *nodes) refuses(asked *process, name, why string) {
	c.t.Helper()
	asked.eventually("node "+name+" is not taken out: "+why, func() bool {
		status, said := refusal(c.t, gobua(nil, "cluster", "remove", name, "--data", asked.data))
		if status != 1 {
			c.t.Fatalf("node %s is taken out: %s", name, said)
		}
		return strings.Contains(said, why)
	})
}

// whole waits until a node says that the log has three replicas of everything at
// some of the nodes, that those and no others count, and that nothing is wrong with it.
func (c *nodes) whole(asked *process, servers int) {
	c.t.Helper()
	last := ""
	defer func() {
		if c.t.Failed() {
			c.t.Log(last)
		}
	}()
	asked.eventually(fmt.Sprintf("%d servers keep the log whole", servers), func() bool {
		s := asked.status()
		last = fmt.Sprintf("servers %+v, needs %d, log %+v, wrong %q", s.LogServers, s.LogNeeds, s.Log, s.Wrong)
		for _, one := range s.Log {
			if len(one.Whole) != 3 || slices.ContainsFunc(one.Whole, func(name string) bool {
				return !slices.ContainsFunc(c.all, func(p *process) bool { return nodeName(p) == name })
			}) {
				return false
			}
		}
		return len(s.Log) == 8 && len(s.LogServers) == servers && s.LogNeeds == servers/2+1 &&
			!strings.Contains(strings.Join(s.Wrong, "\n"), "of the log") && !strings.Contains(strings.Join(s.Wrong, "\n"), "node n")
	})
}

// decidesSome tells of how many units each node decides.
func decidesSome(asked *process) map[string]int {
	of := map[string]int{}
	for _, u := range asked.status().Units {
		of[u.Owner]++
	}
	return of
}

// joins has somebody bid at a node that came later, and a spectator follow there.
func (f *contest) joins(p *process, login string) {
	f.t.Helper()
	who, err := p.site().SignIn(f.ctx, login, demo.Password)
	if err != nil {
		f.t.Fatal(err)
	}
	eye := visitortest.Watch(f.session, p.site())
	f.t.Cleanup(eye.Close)
	f.eyes = append(f.eyes, eye)
	f.alsoBids(who, rand.New(rand.NewPCG(7, 7)))
}

// leaves ends the watching of a node that is out for good. What its spectator was
// told until then is held against the record as well.
func (f *contest) leaves(i int) {
	f.eyes[i].Close()
	f.gone = append(f.gone, f.eyes[i])
	f.eyes = slices.Delete(slices.Clone(f.eyes), i, i+1)
}

// TestANodeIsAddedAndAnotherRemovedForGood: a fourth node joins three, reads
// everything and decides its share; then one of the three is stopped and taken out,
// its replicas move to the fourth, and three servers count again, of which two are
// enough.
func TestANodeIsAddedAndAnotherRemovedForGood(t *testing.T) {
	c := newNodes(t)
	f := c.fight(75 * time.Second)
	f.goesOn()
	n4 := c.more()
	c.settled(n4)
	c.whole(n4, 4)
	for node, units := range decidesSome(n4) {
		if units < 15 || units > 17 { // nobody has more than its even share
			t.Errorf("%s decides %d of 66 units", node, units)
		}
	}
	f.joins(n4, "chi")
	f.goesOn()

	n3 := c.all[2]
	c.refuses(c.all[0], "n3", "node n3 lives; stop it first")
	n3.stop()
	f.goesOn()
	c.refuses(c.all[0], "n9", "there is no node of that name")
	c.remove(n3, c.all[0])
	f.leaves(2)
	f.goesOn()
	c.whole(n4, 3)
	c.settled(n4)

	// Two of the three are enough, and one of them is the new one.
	n2 := c.all[1]
	n2.kill()
	f.goesOn()
	n2.start()
	f.goesOn()
	c.whole(n4, 3)
	f.end()
}

// TestALostNodeIsReplacedForEver: it is killed and does not come back, one under
// another name takes its place, and only then it is taken out.
func TestALostNodeIsReplacedForEver(t *testing.T) {
	c := newNodes(t)
	f := c.fight(60 * time.Second)
	f.goesOn()
	lost := c.all[1]
	lost.kill()
	f.goesOn()
	c.refuses(c.all[0], "n2", "that would leave 2 servers for the log, which needs 3: add a node first")
	n4 := c.more()
	f.joins(n4, "binh")
	f.goesOn()
	c.remove(lost, n4)
	f.leaves(1)
	c.whole(n4, 3)
	c.settled(n4)
	c.all[0].kill() // now what is decided needs the new one
	f.goesOn()
	c.all[0].start()
	f.end()
}

// TestANodeWithALostDiskComesBackEmpty under its own name. Then another node is
// killed, so that what is decided further needs the replicas that the first has got
// anew.
func TestANodeWithALostDiskComesBackEmpty(t *testing.T) {
	c := newNodes(t)
	f := c.fight(45 * time.Second)
	f.goesOn()
	n1, n2 := c.all[0], c.all[1]
	n2.kill()
	if err := os.RemoveAll(n2.data); err != nil {
		t.Fatal(err)
	}
	said := ""
	defer func() {
		if t.Failed() {
			t.Logf("last it was said:\n%s", said)
		}
	}()
	n1.eventually("it is said in words what is missing", func() bool {
		said = strings.Join(n1.status().Wrong, "\n")
		return strings.Contains(said, "node n2 is ") && strings.Contains(said, "of the 3 servers of the log, of which 2 are needed, n2 is away") &&
			strings.Contains(said, "2 servers of the log are there: with one fewer no node can start") &&
			strings.Contains(said, "streams of the log have 2 whole replicas, not 3: n2 is away or behind")
	})
	f.goesOn()
	copyKeys(t, filepath.Join(n1.data, "keys"), filepath.Join(n2.data, "keys"))
	n2.start()
	f.goesOn()
	c.whole(n2, 3)
	n1.kill()
	f.goesOn()
	n1.start()
	f.end()
}
