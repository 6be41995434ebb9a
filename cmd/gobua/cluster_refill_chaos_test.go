//go:build chaos

// What takes more than a minute each and is rarer than what make test goes
// through; make chaos does.

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gobua/store/localpg/localpgtest"
)

// TestARefillThatIsKilledIsTakenUp kills the node in the middle, while most of the
// servers are frozen, so that it cannot have come to the end. Until it has come back
// nobody serves.
func TestARefillThatIsKilledIsTakenUp(t *testing.T) {
	db := localpgtest.New(t)
	alone := newProcess(t, "--database-url", db.DSN)
	alone.start()
	s := sell(t, alone, db.DSN)
	alone.stop()
	stopped := time.Now()
	c := prepareNodes(t, db, alone)
	n1, n2, n3 := c.all[0], c.all[1], c.all[2]
	n1.beginWith(refillFlag, "on")
	n2.begin()
	n3.begin()
	n1.says("the log is filled from the journal of this node", 1)
	n2.freeze()
	n3.freeze()
	n1.kill()
	if strings.Contains(n1.said.String(), "the log is filled; take") {
		t.Fatal("it was filled before it could be killed")
	}
	n2.thaw()
	n3.thaw()
	for _, p := range []*process{n2, n3} {
		p.says("this node waits: another one fills the log", 1)
		if said := p.readyz(); said != "" {
			t.Errorf("it waits, and serves: %s", said)
		}
	}
	away := time.Since(stopped)
	n1.beginWith(refillFlag, "on")
	n1.says("attempt=2", 1)
	c.each(func(p *process) { p.awaitReady() })
	s.goesOn(c, away)
	s.end(c)
}

// TestAClusterThatRunsIsNotRefilled: whoever is started with the flag ends and
// says why, and the others notice nothing.
func TestAClusterThatRunsIsNotRefilled(t *testing.T) {
	c := newNodes(t)
	f := c.fight(20 * time.Second)
	f.goesOn()
	c.all[2].stop()
	c.all[2].beginWith(refillFlag, "on")
	ended := make(chan int, 1)
	cmd := c.all[2].cmd
	go func() {
		_ = cmd.Wait() // its status is looked at next
		ended <- cmd.ProcessState.ExitCode()
	}()
	if status := <-ended; status != 1 {
		t.Errorf("it ended with %d", status)
	}
	c.all[2].cmd = nil
	c.all[2].says("it has begun already: node n", 1)
	f.goesOn()
	c.all[2].start()
	f.end()
}

// TestABackupOfOneNodeGoesIntoANewCluster with a database of its own.
func TestABackupOfOneNodeGoesIntoANewCluster(t *testing.T) {
	old := newNodes(t)
	s := sell(t, old.all[0], old.db.DSN)
	to, keys := filepath.Join(s.folder, "backup"), filepath.Join(s.folder, "keys")
	began := time.Now()
	command(t, 0, "backup", "--data", old.all[1].data, "--database-url", old.db.DSN, "--to", to, "--keys", keys)
	if _, err := os.Stat(filepath.Join(to, "data", "nats")); err == nil {
		t.Error("the node's share of the log is in the backup")
	}
	old.each(func(p *process) { p.kill() })

	db := localpgtest.New(t)
	first := newProcess(t, "--database-url", db.DSN)
	said := command(t, 0, "restore", "--from", to, "--keys", keys, "--data", first.data, "--database-url", db.DSN)
	if !strings.Contains(said, "session "+string(s.running)+" is running") {
		t.Errorf("restore says:\n%s", said)
	}
	c := prepareNodes(t, db, first)
	c.all[0].beginWith(refillFlag, "on")
	c.all[1].begin()
	c.all[2].begin()
	away := time.Since(began)
	c.each(func(p *process) { p.awaitReady() })
	s.dsn = db.DSN
	s.goesOn(c, away)
	s.end(c)
}
