package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/proof"
	"gobua/internal/visitor"
	"gobua/store/localpg/localpgtest"
)

const refillFlag = "--cluster-refill"

// beginWith runs a process with further flags, for this one life.
func (p *process) beginWith(more ...string) {
	p.t.Helper()
	usual := p.flags
	p.flags = append(slices.Clone(usual), more...)
	defer func() { p.flags = usual }()
	p.begin()
}

// says waits until a process has written some words as often as is wanted.
func (p *process) says(words string, times int) {
	p.t.Helper()
	p.eventually("the server says: "+words, func() bool { return strings.Count(p.said.String(), words) >= times })
}

// moveAway does what an operator does with a folder that is not to be used any
// more: it is kept under another name.
func moveAway(t testing.TB, folder string) {
	t.Helper()
	if err := os.Rename(folder, folder+"-before"); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}

// sale is one session that is sold and settled, and one that goes on, at one
// process or a cluster.
type sale struct {
	t       *testing.T
	ctx     context.Context
	dsn     string
	settled engine.SessionID
	sold    engine.Room // how the settled one ended
	running engine.SessionID
	heard   *told       // what people were told of the one that goes on
	price   engine.Room // its last price that everybody knows
	key     string      // the server's verifier key
	folder  string
	receipt string // file of a receipt, with which its bidder went home
	shown   string // file of a checkpoint of the public log that somebody kept
}

// sell brings a process to where it is sold one lot and is selling another.
func sell(t *testing.T, p *process, dsn string) *sale {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	t.Cleanup(cancel)
	s := &sale{t: t, ctx: ctx, dsn: dsn, folder: t.TempDir()}
	staff, bidders := people(t, ctx, p.site())
	s.settled = publishOne(t, ctx, staff, bidders, 2*time.Second)
	crowd := bidTogether(t, ctx, bidders, s.settled)
	s.sold = awaitPhase(t, ctx, staff, s.settled, engine.PhaseClosed)
	crowd.leave()
	announce(t, ctx, staff, s.settled, s.sold, crowd.heard)
	p.eventually("the result arrives", func() bool { return hasResult(ctx, dsn, s.settled) })
	p.eventually("the journal knows", func() bool {
		h := &house{process: p, ctx: ctx}
		return strings.Contains(h.rest(t, "GET", "/metrics", "").body, "gobua_results_waiting 0")
	})
	s.running = publishOne(t, ctx, staff, bidders, 25*time.Second)
	awaitPhase(t, ctx, staff, s.running, engine.PhaseRunning)
	crowd = bidTogether(t, ctx, bidders, s.running)
	p.eventually("somebody bids", func() bool { return crowd.bids() > 3*len(bidders) })
	crowd.leave()
	s.heard = crowd.heard.soFar()
	s.keepReceipt(bidders[0])
	s.keepCheckpoint(p)
	room, err := p.site().Room(ctx, s.running)
	if err != nil {
		t.Fatal(err)
	}
	s.price = room
	return s
}

// keepReceipt has somebody bid a last time and keep what they are given.
func (s *sale) keepReceipt(who *visitor.Person) {
	s.t.Helper()
	seat := who.Seat()
	defer seat.Close()
	room, err := seat.Follow(s.ctx, s.running)
	if err != nil {
		s.t.Fatal(err)
	}
	now, _ := room.View()
	r, err := seat.Do(s.ctx, s.running, engine.PlaceBid{Amount: now.Now.Next + 5000})
	if err != nil || r.Proof == nil {
		s.t.Fatalf("%+v, %v", r, err)
	}
	s.heard.receipt(r)
	kept := proof.Kept{Session: s.running, By: engine.Actor{Role: engine.RoleBidder}, Receipt: r}
	mine, err := who.Participations(s.ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, m := range mine {
		if m.Session == s.running {
			kept.By.Ref = string(m.Code)
		}
	}
	body, err := json.Marshal(kept)
	if err != nil {
		s.t.Fatal(err)
	}
	s.receipt = s.write("receipt.json", string(body))
}

// keepCheckpoint keeps what the public log of a process shows.
func (s *sale) keepCheckpoint(p *process) {
	s.t.Helper()
	p.eventually("the public log is shown", func() bool {
		status, said := refusal(s.t, gobua(nil, "keys", "show", "--data", p.data))
		key, shown, _ := strings.Cut(said, "\n\n")
		s.key, s.shown = key, s.write("checkpoint", shown)
		return status == 0
	})
}

func (s *sale) write(name, content string) string {
	s.t.Helper()
	path := filepath.Join(s.folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// wait is how long nobody was served at least, by what this process saw.
func (s *sale) goesOn(c *nodes, wait time.Duration) {
	t := s.t
	t.Helper()
	staff := c.signIn(s.ctx, 1, "dgv")
	for _, p := range c.all {
		p.eventually("each node shows the outage", func() bool {
			room, err := p.site().Room(s.ctx, s.running)
			return err == nil && room.Now.LostMs >= millis(wait)
		})
		room, err := p.site().Room(s.ctx, s.running)
		if err != nil || room.Now.Phase != engine.PhaseRunning || room.Now.Price != s.price.Now.Price || room.Now.Leader != s.price.Now.Leader {
			t.Fatalf("the session goes on with %+v, not with %+v: %v", room.Now, s.price.Now, err)
		}
	}
	var bidders []*visitor.Person
	for i, login := range []string{"lan", "binh", "chi"} {
		bidders = append(bidders, c.signIn(s.ctx, i, login))
	}
	crowd := bidTogether(t, s.ctx, bidders, s.running)
	room := awaitPhase(t, s.ctx, staff, s.running, engine.PhaseClosed)
	crowd.leave()
	if room.Now.Price <= s.price.Now.Price {
		t.Error("nobody bid any more")
	}
	announce(t, s.ctx, staff, s.running, room, crowd.heard)
	c.all[0].eventually("the result arrives", func() bool { return hasResult(s.ctx, s.dsn, s.running) })
	delivered(t, s.dsn, s.running, room.Now.Leader, room.Now.Price)
	delivered(t, s.dsn, s.settled, s.sold.Now.Leader, s.sold.Now.Price)
	s.verify(c.all[2])
	s.heard.receipts = append(s.heard.receipts, crowd.heard.receipts...)
}

// verify holds the record of the session, as a node publishes it, against the
// key, a receipt and a checkpoint from before.
func (s *sale) verify(p *process) {
	t := s.t
	t.Helper()
	p.eventually("the record carries the word of the log", func() bool { return strings.Contains(p.record(s.running), "\nproof log ") })
	record := s.write("phien.txt", p.record(s.running))
	said := command(t, 0, "verify", "--key", s.key, "--receipt", s.receipt, "--checkpoint", s.shown, record)
	for _, want := range []string{"every record follows by the rules", "has this end as entry", "signature      of the server"} {
		if !strings.Contains(said, want) {
			t.Errorf("verify does not say %q:\n%s", want, said)
		}
	}
	said = command(t, 0, "witness", "--log", "http://"+p.addr, "--log-key", s.key, "--state", filepath.Join(s.folder, "witness"), "--check", s.shown)
	t.Logf("witness says:\n%s", said)
}

// end stops all nodes and holds the folder of each against what people were told.
func (s *sale) end(c *nodes) {
	t := s.t
	t.Helper()
	c.each(func(p *process) { p.stop() })
	for _, p := range c.all {
		for line := range strings.Lines(p.said.String()) {
			// Who begins before the node that has the log tries again until that one has come.
			if strings.Contains(line, "witnessed") || strings.Contains(line, "out of order") && !strings.Contains(line, "will try again") {
				t.Errorf("the public log and the sessions do not go together: %s", line)
			}
		}
		checkRecord(t, p.data, s.running, s.heard, 1)
		j, err := journal.OpenPebble(filepath.Join(p.data, "journal"), journal.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []engine.SessionID{s.settled, s.running} {
			if done, err := j.Settled(s.ctx, id); err != nil || !done {
				t.Errorf("session %s is settled: %v, %v", id, done, err)
			}
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOneMachineBecomesThree: what was sold stays sold, and what runs goes on with
// its price, its time and its public log. A node without the flag that starts
// first waits; the flag given again does nothing.
func TestOneMachineBecomesThree(t *testing.T) {
	t.Parallel()
	db := localpgtest.New(t)
	alone := newProcess(t, "--database-url", db.DSN)
	alone.start()
	s := sell(t, alone, db.DSN)
	alone.stop()
	stopped := time.Now()
	c := prepareNodes(t, db, alone)
	c.all[0].beginWith(refillFlag, "on")
	c.all[1].begin()
	c.all[2].begin()
	away := time.Since(stopped)
	c.all[0].says("the log is filled; take", 1)
	if strings.Contains(c.all[0].said.String(), " settled=0 ") {
		t.Error("the log does not say that a session is settled: it would be delivered again")
	}
	c.each(func(p *process) { p.awaitReady() })
	s.goesOn(c, away)

	c.settled(c.all[1])
	c.all[0].stop()
	c.all[0].beginWith(refillFlag, "on")
	c.all[0].says("the log was filled before", 1)
	c.all[0].awaitReady()
	s.end(c)
}

// TestADamagedSessionStopsARefillEarly: before any other node waits for it, by
// name and with what to do; and what is to do works.
func TestADamagedSessionStopsARefillEarly(t *testing.T) {
	db := localpgtest.New(t)
	alone := newProcess(t, "--database-url", db.DSN)
	alone.start()
	alone.eventually("there are sessions", func() bool { return len(alone.status().Sessions) > 1 })
	bad := alone.status().Sessions[0].Session
	alone.stop()
	breakSession(t, alone.data, bad)
	c := prepareNodes(t, db, alone)
	refused := func() (int, string) {
		return refusal(t, gobua(nil, append(slices.Clone(c.all[0].flags), refillFlag, "on")...))
	}
	status, said := refused()
	for _, want := range []string{"session " + string(bad) + ": ", "1 of ", "sessions are damaged", "nothing was written", "gobua journal set-aside SESSION"} {
		if status != 1 || !strings.Contains(said, want) {
			t.Fatalf("it ends with %d and does not say %q:\n%s", status, want, said)
		}
	}
	if _, err := os.Stat(filepath.Join(alone.data, "nats")); !os.IsNotExist(err) {
		t.Errorf("a server of the log was begun: %v", err)
	}
	wantRun(t, 0, []string{string(bad), "IS NOT IN THE JOURNAL ANY MORE"}, "journal", "set-aside", string(bad), "--data", alone.data)
	wantRun(t, 0, []string{", 0 damaged"}, "journal", "check", "--data", alone.data)
	c.all[0].beginWith(refillFlag, "on")
	c.all[1].begin()
	c.all[2].begin()
	c.all[0].says("the log is filled; take", 1)
	c.each(func(p *process) { p.awaitReady() })
	c.settled(c.all[2])
	for _, p := range c.all {
		for _, one := range p.status().Sessions {
			if one.Session == bad {
				t.Errorf("%s has the session that was set aside", nodeName(p))
			}
		}
	}
}

// breakSession puts a wrong hash under the first record of a session.
func breakSession(t *testing.T, data string, id engine.SessionID) {
	t.Helper()
	db, err := pebble.Open(filepath.Join(data, "journal", "pebble"), &pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	key := append(append([]byte{'r'}, id...), 0, 0, 0, 0, 0, 0, 0, 1)
	value, closer, err := db.Get(key)
	if err != nil {
		t.Fatal(err)
	}
	wrong := slices.Clone(value)
	wrong[3] ^= 1
	if err := errors.Join(closer.Close(), db.Set(key, wrong, pebble.Sync), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestTheLogOfAllNodesIsLost: every folder nats/ is gone. One node fills a new log
// from what it had read, the others come with their keys alone, and everything
// that was acknowledged is there on each of them.
func TestTheLogOfAllNodesIsLost(t *testing.T) {
	t.Parallel()
	c := newNodes(t)
	s := sell(t, c.all[0], c.db.DSN)
	for _, i := range []int{2, 1, 0} {
		c.all[i].stop()
	}
	stopped := time.Now()
	for i, p := range c.all {
		if err := os.RemoveAll(filepath.Join(p.data, "nats")); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			moveAway(t, filepath.Join(p.data, "journal"))
			moveAway(t, filepath.Join(p.data, "ledger"))
		}
	}
	c.all[1].begin()
	c.all[2].begin()
	c.all[0].beginWith(refillFlag, "on")
	away := time.Since(stopped)
	c.all[0].says("was put aside", 1)
	c.each(func(p *process) { p.awaitReady() })
	s.goesOn(c, away)
	s.end(c)
}
