package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/store/localpg/localpgtest"
)

// soFar is what people were told until now.
func (k *told) soFar() *told {
	k.mu.Lock()
	defer k.mu.Unlock()
	copied := &told{receipts: append([]engine.Receipt(nil), k.receipts...), rows: map[engine.FeedSeq]engine.Row{}}
	for feed, row := range k.rows {
		copied.rows[feed] = row
	}
	return copied
}

// TestRestoreDrill: six people bid while a backup is made. Then the server is
// killed and its folder deleted. From the backup another server goes on:
// everything that was acknowledged before the backup began is there, people bid
// on, and the record of the whole session is to be believed.
func TestRestoreDrill(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	p := newProcess(t)
	p.start()
	staff, bidders := people(t, ctx, p.site())
	session := publishOne(t, ctx, staff, bidders, time.Hour)
	awaitPhase(t, ctx, staff, session, engine.PhaseRunning)
	crowd := bidTogether(t, ctx, bidders, session)
	p.eventually("somebody bids", func() bool { return crowd.bids() > 3*len(bidders) })

	folder := t.TempDir()
	to, keys := filepath.Join(folder, "backup"), filepath.Join(folder, "keys")
	before := crowd.heard.soFar()
	said := command(t, 0, "backup", "--data", p.data, "--to", to, "--keys", keys)
	if !strings.Contains(said, "everything that was acknowledged before") || strings.Contains(said, "NOT") {
		t.Errorf("backup said:\n%s", said)
	}
	during := crowd.bids()
	p.eventually("bids go on", func() bool { return crowd.bids() > during+5 })
	if left, err := os.ReadDir(filepath.Join(p.data, "backup")); err == nil {
		t.Errorf("%d requests are left in the data folder", len(left))
	}
	p.kill()
	crowd.leave()
	p.eventually("the folder is deleted", func() bool { return os.RemoveAll(p.data) == nil }) // its database may still be ending

	q := newProcess(t)
	said = command(t, 0, "restore", "--from", to, "--keys", keys, "--data", q.data)
	for _, want := range []string{"session " + string(session) + " is running", "GONE", "The public log was last shown with"} {
		if !strings.Contains(said, want) {
			t.Errorf("restore does not say %q:\n%s", want, said)
		}
	}
	q.start()
	staff, bidders = people(t, ctx, q.site())
	room := awaitPhase(t, ctx, staff, session, engine.PhaseRunning)
	if room.Now.LostMs <= 0 {
		t.Error("the room was not told what the outage cost")
	}
	crowd = bidTogether(t, ctx, bidders, session)
	q.eventually("bids go on", func() bool { return crowd.bids() > 3*len(bidders) })
	crowd.leave()
	seat := staff.Seat()
	defer seat.Close()
	if r, err := seat.Do(ctx, session, engine.Stop{Reason: "diễn tập"}); err != nil || !r.Accepted {
		t.Fatalf("stopped: %+v, %v", r, err)
	}
	q.eventually("the record carries the word of the log", func() bool { return strings.Contains(q.record(session), "\nproof log ") })
	file := filepath.Join(folder, "phien.txt")
	if err := os.WriteFile(file, []byte(q.record(session)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, verifier, _ := strings.Cut("\n"+command(t, 0, "keys", "show", "--data", q.data), "\n")
	verifier, _, _ = strings.Cut(verifier, "\n")
	if said := command(t, 0, "verify", "--key", verifier, file); !strings.Contains(said, "every record follows by the rules") || !strings.Contains(said, "has this end as entry") {
		t.Errorf("verify says:\n%s", said)
	}
	if status := q.stop(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if s := q.said.String(); strings.Contains(s, "witnessed") || strings.Contains(s, "out of order") {
		t.Errorf("the public log and the journal do not go together:\n%s", s)
	}
	checkRecord(t, q.data, session, before, 0)
	checkRecord(t, q.data, session, crowd.heard, 0)
	t.Logf("%d receipts before the backup, %d after the restore", len(before.receipts), len(crowd.heard.receipts))
}

// TestRestoreTakesNothingThatIsNotWhole, and never writes over anything.
func TestRestoreTakesNothingThatIsNotWhole(t *testing.T) {
	t.Parallel()
	data, _, _ := stoppedServer(t)
	if err := os.MkdirAll(filepath.Join(data, "files"), 0o700); err != nil {
		t.Fatal(err)
	}
	paper := filepath.Join(data, "files", "paper")
	if err := os.WriteFile(paper, []byte("a paper"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	wantRun(t, 1, []string{"is inside of"}, "backup", "--data", data, "--no-database", "--to", filepath.Join(data, "x"))
	wantRun(t, 1, []string{"there is no private one", "--no-database"}, "backup", "--data", data, "--to", filepath.Join(folder, "none"))
	for name, c := range map[string]struct {
		harm func(to string) error
		says string
	}{
		"manifest gone": {func(to string) error { return os.Remove(filepath.Join(to, "manifest.json")) }, "no whole backup"},
		"manifest torn": {func(to string) error { return os.Truncate(filepath.Join(to, "manifest.json"), 200) }, "no whole backup"},
		"file gone":     {func(to string) error { return os.Remove(filepath.Join(to, "data/journal/heads")) }, "no such file"},
		"file torn":     {func(to string) error { return os.Truncate(filepath.Join(to, "data/files/paper"), 3) }, "the manifest says 7"},
		"a bit flipped": {func(to string) error {
			return os.WriteFile(filepath.Join(to, "data/files/paper"), []byte("A paper"), 0o600)
		}, "the manifest says 7"},
		"file added": {func(to string) error { return os.WriteFile(filepath.Join(to, "data/more"), nil, 0o600) }, "is not in the manifest"},
	} {
		to, back := filepath.Join(folder, name), filepath.Join(folder, name+", back")
		wantRun(t, 0, []string{"the database is NOT in it", "the keys are NOT in it"}, "backup", "--data", data, "--no-database", "--to", to)
		wantRun(t, 1, []string{"is not empty"}, "backup", "--data", data, "--no-database", "--to", to)
		if err := c.harm(to); err != nil {
			t.Fatal(err)
		}
		wantRun(t, 1, []string{c.says}, "restore", "--from", to, "--no-database", "--data", back)
		if _, err := os.Stat(back); err == nil {
			t.Errorf("%s: something was restored", name)
		}
	}

	to, back := filepath.Join(folder, "good"), filepath.Join(folder, "good, back")
	wantRun(t, 0, nil, "backup", "--data", data, "--no-database", "--to", to)
	wantRun(t, 1, []string{"has no database"}, "restore", "--from", to, "--data", back)
	wantRun(t, 1, []string{"is not empty"}, "restore", "--from", to, "--no-database", "--data", data)
	wantRun(t, 0, []string{"2 sessions, 2 of them not over", "The KEYS are not restored"}, "restore", "--from", to, "--no-database", "--data", back)
	wantRun(t, 0, []string{"2 sessions, 0 damaged"}, "journal", "check", "--data", back)
	if text, err := os.ReadFile(filepath.Join(back, "files", "paper")); string(text) != "a paper" {
		t.Errorf("the paper is %q, %v", text, err)
	}

	if err := os.Mkdir(filepath.Join(back, ".restoring"), 0o700); err != nil {
		t.Fatal(err)
	}
	wantRun(t, 1, []string{"a restore that did not finish"}, "serve", "--data", back, "--addr", freeAddress(t))
}

// soldOne runs a session to its end in a server of its own with a private
// database, and returns them with what was announced.
func soldOne(t *testing.T, ctx context.Context) (p *process, session engine.SessionID, room engine.Room) {
	t.Helper()
	p = newProcess(t)
	p.start()
	staff, bidders := people(t, ctx, p.site())
	session = publishOne(t, ctx, staff, bidders, 3*time.Second)
	crowd := bidTogether(t, ctx, bidders, session)
	room = awaitPhase(t, ctx, staff, session, engine.PhaseClosed)
	crowd.leave()
	announce(t, ctx, staff, session, room, crowd.heard)
	p.eventually("the result is listed", func() bool { return listed(ctx, p, session) })
	p.eventually("the journal knows", func() bool {
		h := &house{process: p, ctx: ctx}
		return strings.Contains(h.rest(t, "GET", "/metrics", "").body, "gobua_results_waiting 0")
	})
	p.kill()
	return p, session, room
}

// TestOnlyTheJournalSurvived: a new database gets every result from it, once,
// also those that the lost one had had.
func TestOnlyTheJournalSurvived(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	p, session, room := soldOne(t, ctx)
	p.eventually("the database is deleted", func() bool { return os.RemoveAll(filepath.Join(p.data, "postgres")) == nil })
	office := localpgtest.New(t)
	p.flags = append(p.flags, "--database-url", office.DSN)
	p.start()
	p.eventually("the result arrives", func() bool { return hasResult(ctx, office.DSN, session) })
	p.stop()
	delivered(t, office.DSN, session, room.Now.Leader, room.Now.Price)
}

// TestOnlyTheDatabaseSurvived: with a new journal results are there as before,
// nothing is sold again by itself, and sales go on.
func TestOnlyTheDatabaseSurvived(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	p, session, _ := soldOne(t, ctx)
	if err := os.RemoveAll(filepath.Join(p.data, "journal")); err != nil {
		t.Fatal(err)
	}
	p.start()
	if !listed(ctx, p, session) {
		t.Error("the result is not listed")
	}
	if room, err := p.site().Room(ctx, session); err == nil {
		t.Errorf("a session without records is served: %+v", room.Now)
	}
	staff, bidders := people(t, ctx, p.site())
	next := publishOne(t, ctx, staff, bidders, time.Hour)
	awaitPhase(t, ctx, staff, next, engine.PhaseRunning)
	crowd := bidTogether(t, ctx, bidders, next)
	p.eventually("somebody bids", func() bool { return crowd.bids() > len(bidders) })
	crowd.leave()
	p.stop()
	checkRecord(t, p.data, next, crowd.heard, 0)
	j, err := journal.OpenPebble(filepath.Join(p.data, "journal"), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if ids, err := j.Sessions(ctx); err != nil || strings.Contains(fmt.Sprint(ids), string(session)) {
		t.Errorf("the journal has %v, %v: a sold session began again", ids, err)
	}
}
