package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"gobua/engine"
	"gobua/internal/demo"
	"gobua/internal/visitor"
	"gobua/store/localpg"
	"gobua/store/localpg/localpgtest"
)

// crowd are people who bid along and keep what they are told.
type crowd struct {
	heard *told
	stop  context.CancelFunc
	wg    sync.WaitGroup
}

func bidTogether(t *testing.T, ctx context.Context, bidders []*visitor.Person, session engine.SessionID) *crowd {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	bidding, stop := context.WithCancel(ctx)
	c := &crowd{heard: &told{rows: map[engine.FeedSeq]engine.Row{}}, stop: stop}
	for i, b := range bidders {
		c.wg.Go(func() { bidAlong(t, bidding, b, session, c.heard, seed+uint64(i)) })
	}
	t.Cleanup(c.leave)
	return c
}

func (c *crowd) leave() {
	c.stop()
	c.wg.Wait()
}

// bids is how many receipts there are so far.
func (c *crowd) bids() int {
	c.heard.mu.Lock()
	defer c.heard.mu.Unlock()
	return len(c.heard.receipts)
}

// readyz is what the server says of itself; empty while it does not answer.
func (p *process) readyz() string {
	r, err := http.Get("http://" + p.addr + "/readyz")
	if err != nil {
		return ""
	}
	defer r.Body.Close()
	var text strings.Builder
	if _, err := fmt.Fprint(&text, r.StatusCode, " "); err != nil {
		return ""
	}
	b := make([]byte, 1024)
	n, _ := r.Body.Read(b) // what was read is looked at, whatever the error
	text.Write(b[:n])
	return text.String()
}

// delivered checks that an office has the result of a session once, with as
// many bids as it says.
func delivered(t *testing.T, dsn string, session engine.SessionID, winner engine.ParticipantCode, price engine.Dong) {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var rows, bids, said int
	var who string
	var paid int64
	err = db.QueryRowContext(t.Context(), `
		select (select count(*) from results where session_id = $1), (select count(*) from result_bids where session_id = $1),
			bid_count, coalesce(winner, ''), coalesce(price, 0) from results where session_id = $1`, session).Scan(&rows, &bids, &said, &who, &paid)
	if err != nil || rows != 1 || bids != said || who != string(winner) || paid != int64(price) {
		t.Errorf("%d results with %d of %d bids, won by %q at %d, want %q at %d; %v", rows, bids, said, who, paid, winner, price, err)
	}
}

// hasResult tells whether the page lists the result, read from the office.
func hasResult(ctx context.Context, dsn string, session engine.SessionID) bool {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return false
	}
	defer db.Close()
	var n int
	return db.QueryRowContext(ctx, `select count(*) from results where session_id = $1`, session).Scan(&n) == nil && n == 1
}

// TestThePrivateDatabaseIsKilledWhileASessionRuns: nobody who bids notices,
// the database comes back by itself, and the result arrives once.
func TestThePrivateDatabaseIsKilledWhileASessionRuns(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	p := newProcess(t)
	p.start()
	staff, bidders := people(t, ctx, p.site())
	session := publishOne(t, ctx, staff, bidders, 6*time.Second)
	awaitPhase(t, ctx, staff, session, engine.PhaseRunning)
	crowd := bidTogether(t, ctx, bidders, session)
	p.eventually("somebody bids", func() bool { return crowd.bids() > len(bidders) })

	pidFile := filepath.Join(p.data, "postgres", "data", "postmaster.pid")
	postmaster := postmasterOf(t, pidFile)
	neverRoot(t, postmaster)
	if err := syscall.Kill(postmaster, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	before := crowd.bids()
	p.eventually("bids go on", func() bool { return crowd.bids() > before+10 })
	p.eventually("another database runs", func() bool {
		text, err := os.ReadFile(pidFile)
		first, _, _ := strings.Cut(string(text), "\n")
		pid, bad := strconv.Atoi(first)
		return err == nil && bad == nil && pid != postmaster
	})
	room := awaitPhase(t, ctx, staff, session, engine.PhaseClosed)
	crowd.leave()
	announce(t, ctx, staff, session, room, crowd.heard)
	p.eventually("the office is open", func() bool { return strings.Contains(p.readyz(), `"office":"open"`) })
	if status := p.stop(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	checkRecord(t, p.data, session, crowd.heard, 1)
	// What was not delivered before the stop is delivered by the next start.
	p.start()
	p.eventually("the result is listed", func() bool { return listed(ctx, p, session) })
	p.stop()
	private, dsn, err := localpg.Start(ctx, filepath.Join(p.data, "postgres"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer private.Stop()
	delivered(t, dsn, session, room.Now.Leader, room.Now.Price)
}

// listed tells whether the public list of results has a session.
func listed(ctx context.Context, p *process, session engine.SessionID) bool {
	h := &house{process: p, ctx: ctx}
	_, results, _ := strings.Cut(h.rest(p.t, "GET", "/api/v1/home", "").body, `"results":`)
	return strings.Contains(results, string(session))
}

func postmasterOf(t *testing.T, pidFile string) int {
	t.Helper()
	text, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// neverRoot: the program started as root runs its database as somebody else,
// and nobody but that user can read the data.
func neverRoot(t *testing.T, pid int) {
	t.Helper()
	info, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; owner == 0 {
		t.Error("the database runs as root")
	} else if os.Geteuid() != 0 && owner != uint32(os.Geteuid()) {
		t.Errorf("the database runs as %d", owner)
	}
}

// TestTheOfficeIsAwayFromBeforeTheOpeningUntilAfterTheAnnouncement and the
// server is killed meanwhile: the session opens by the clock, runs, closes and
// is announced all the same, and its result is there once when the office is
// back.
func TestTheOfficeIsAwayFromBeforeTheOpeningUntilAfterTheAnnouncement(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	office := localpgtest.New(t)
	p := newProcess(t, "--database-url", office.DSN)
	p.start()
	staff, bidders := people(t, ctx, p.site())
	session := publishOne(t, ctx, staff, bidders, 12*time.Second)
	office.Stop()
	if room, err := p.site().Room(ctx, session); err != nil || room.Now.Phase != engine.PhaseScheduled {
		t.Fatalf("the office went away too late: %s, %v", room.Now.Phase, err)
	}
	crowd := bidTogether(t, ctx, bidders, session)
	awaitPhase(t, ctx, staff, session, engine.PhaseRunning)
	p.eventually("somebody bids", func() bool { return crowd.bids() > 2*len(bidders) })
	if r := p.readyz(); !strings.HasPrefix(r, "200") || !strings.Contains(r, `"office":"closed"`) {
		t.Errorf("readyz: %s", r)
	}
	p.kill()
	killed := time.Now()
	p.flags = append(p.flags, "--demo", "off") // the demo alone needs the office to start
	p.start()
	away := time.Since(killed)
	before := crowd.bids()
	p.eventually("bids go on", func() bool { return crowd.bids() > before+10 })
	room := awaitPhase(t, ctx, staff, session, engine.PhaseClosed)
	// The rest is what a start still has to do once the sessions run, and the
	// last second before the kill, which nobody can vouch for.
	if credited := time.Duration(room.Now.LostMs) * time.Millisecond; credited < away/2 {
		t.Errorf("people were kept out for %v, and the room got %v back", away, credited)
	}
	crowd.leave()
	announce(t, ctx, staff, session, room, crowd.heard)
	office.Start()
	p.eventually("the result arrives", func() bool { return hasResult(ctx, office.DSN, session) })
	p.kill() // and is not delivered again
	p.start()
	p.eventually("the office is open", func() bool { return listed(ctx, p, session) })
	delivered(t, office.DSN, session, room.Now.Leader, room.Now.Price)
	p.stop()
	checkRecord(t, p.data, session, crowd.heard, 1)
}

// TestAStopSaysGoodbyeAndTheSessionGoesOn with the time it had left.
func TestAStopSaysGoodbyeAndTheSessionGoesOn(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	p := newProcess(t)
	p.start()
	staff, bidders := people(t, ctx, p.site())
	session := publishOne(t, ctx, staff, bidders, time.Hour)
	awaitPhase(t, ctx, staff, session, engine.PhaseRunning)
	crowd := bidTogether(t, ctx, bidders, session)
	p.eventually("somebody bids", func() bool { return crowd.bids() > 2*len(bidders) })

	dead := revokeOne(t, ctx, p.site())
	var lines []*visitor.Line
	for range 20 {
		line := lineOf(t, ctx, p.site())
		if _, err := line.Follow(ctx, session); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	room, err := p.site().Room(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if status := p.stop(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	for _, line := range lines {
		<-line.Ended()
		gone, ok := line.Err().(*visitor.Gone)
		if !ok || gone.Code != "restart" || gone.RetryMs <= 0 || gone.RetryMs > 5000 {
			t.Errorf("a spectator was told %+v", line.Err())
		}
	}
	said := crowd.bids()
	p.start()
	p.eventually("bids go on", func() bool { return crowd.bids() > said+10 })
	after, err := p.site().Room(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	moved := after.Now.ClosesAt.Sub(room.Now.ClosesAt)
	if moved != after.Now.LostMs || moved <= 0 || moved > engine.Millis(time.Since(began).Milliseconds()) {
		t.Errorf("the end moved by %d ms, the outage cost %d ms and the restart took less than %v", moved, after.Now.LostMs, time.Since(began))
	}
	if _, err := lineOf(t, ctx, p.site()).Hello(ctx, dead); err == nil || err.Error() != "request refused: unauthorized" {
		t.Errorf("who was revoked before the restart says hello after it: %v", err)
	}
	crowd.leave()
	p.stop()
	checkRecord(t, p.data, session, crowd.heard, 0)
}

// lineOf opens a line that is closed with the test.
func lineOf(t *testing.T, ctx context.Context, site *visitor.Site) *visitor.Line {
	t.Helper()
	line, err := site.Dial(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(line.Close)
	return line
}

// revokeOne ends the account of somebody new and returns a token of theirs.
func revokeOne(t *testing.T, ctx context.Context, site *visitor.Site) string {
	t.Helper()
	admin, err := site.SignIn(ctx, "quantri", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	who, err := admin.AdmitAll(ctx, "secret", []visitor.NewAccount{{Login: "da-thu-hoi", Name: "Đã Thu Hồi", Role: engine.RoleBidder}}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	token, err := who[0].Token(ctx)
	if err == nil {
		err = admin.Revoke(ctx, who[0].Account.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return token
}
