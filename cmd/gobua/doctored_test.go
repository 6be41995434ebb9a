package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/google/uuid"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/ledger"
	"gobua/engine/proof"
	"gobua/internal/visitor"
	"gobua/store/localpg/localpgtest"
)

// TestADoctoredServerIsExposedByWhatSomebodyKept: a session is held, and a bidder
// keeps a receipt, a spectator a head and somebody a checkpoint. Then the operator
// writes another history with the real rules, in which a friend wins, and puts it
// into the journal, the database and the published files, with every key there is.
// Every hash and every rule is right. Each of the three things exposes him,
// whatever he does with the log.
func TestADoctoredServerIsExposedByWhatSomebodyKept(t *testing.T) {
	t.Parallel()
	office := localpgtest.New(t)
	p := newProcess(t, "--database-url", office.DSN)
	p.start()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	kept := hold(t, ctx, p)
	p.stop()
	doctor(t, p.data, office.DSN, kept.session)

	for _, logged := range []struct {
		name   string
		doctor func()
	}{
		{"the log was left", func() {}},
		{"the log was begun anew under the same key", func() { p.removes("ledger", "keys/ledger-head") }},
	} {
		logged.doctor()
		p.start()
		file := filepath.Join(kept.folder, "published.txt")
		p.eventually("the doctored record is published", func() bool { return p.fetch("/api/v1/sessions/"+string(kept.session)+"/record", file) })
		if said := command(t, 0, "verify", file); !strings.Contains(said, "sold           to "+string(kept.friend)) {
			t.Fatalf("%s: the friend has not won, so nothing was tested: %s", logged.name, said)
		}
		exposed := func(words string, args ...string) {
			t.Helper()
			if said := command(t, 1, args...); !strings.Contains(said, words) {
				t.Errorf("%s: gobua %s %s says %s", logged.name, args[0], args[1], said)
			}
		}
		exposed("the file has no such record", "verify", "--receipt", kept.receipt, "--key", kept.key, file)
		exposed("there are two histories of this session", "verify", "--head", kept.head, file)
		watch := []string{"witness", "--log", "http://" + p.addr, "--log-key", kept.key, "--state", filepath.Join(t.TempDir(), "seen"), "--check", kept.checkpoint}
		if logged.name == "the log was left" {
			// Then it grew on, and still tells the head that it witnessed.
			if said := command(t, 0, watch...); !strings.Contains(said, "the log stands by") {
				t.Errorf("the witness said %q", said)
			}
			exposed("there are two histories of this session", "verify", "--head", p.loggedHead(kept.session), file)
			p.eventually("the server says so itself", func() bool { return strings.Contains(p.said.String(), "other records than the log has witnessed") })
		} else {
			// Until it has written as much again; then the roots differ.
			exposed("the log is shorter than it was", watch...)
		}
		p.stop()
	}
}

// keepsake is what people keep of a session.
type keepsake struct {
	folder                    string
	session                   engine.SessionID
	friend                    engine.ParticipantCode // who was beaten
	receipt, head, checkpoint string                 // files, and a head as it is shown
	key                       string                 // of the log
}

// hold holds a session of two people over the real line.
func hold(t *testing.T, ctx context.Context, p *process) (k keepsake) {
	t.Helper()
	site := p.site()
	staff, bidders := people(t, ctx, site)
	k.folder, k.session = t.TempDir(), publishUnder(t, ctx, staff, bidders[:2], engine.Rules{
		Opening: engine.OpeningByAuctioneer, OpensAt: engine.InstantOf(time.Now()), BiddingMs: 12_000,
	})
	var lines [2]*visitor.Line
	for i := range lines {
		var err error
		if lines[i], err = sit(ctx, site, bidders[i], k.session); err != nil {
			t.Fatal(err)
		}
		defer lines[i].Close()
	}
	shown := spectate(t, ctx, site, k.session)
	hand := staff.Seat()
	defer hand.Close()
	if r, err := hand.Do(ctx, k.session, engine.Open{}); err != nil || !r.Accepted {
		t.Fatalf("%+v, %v", r, err)
	}
	bid := func(who int, amount engine.Dong) engine.Receipt {
		t.Helper()
		r, err := lines[who].Do(ctx, k.session, uuid.Must(uuid.NewV7()), engine.PlaceBid{Amount: amount})
		if err != nil || !r.Accepted {
			t.Fatalf("bid of %d: %+v, %v", amount, r, err)
		}
		return r
	}
	bid(1, 1_000_000)
	bid(0, 1_001_000)
	winning := bid(1, 2_000_000)
	head := shown(winning.Seq)
	k.head = jsonOf(t, head.Seq) + ":" + head.Hash.String()
	room := awaitPhase(t, ctx, staff, k.session, engine.PhaseClosed)
	k.friend = room.History[len(room.History)-2].Code
	winner := engine.Actor{Role: engine.RoleBidder, Ref: string(room.Now.Leader)}
	k.receipt = filepath.Join(k.folder, "receipt.json")
	writeFile(t, k.receipt, jsonOf(t, proof.Kept{Session: k.session, By: winner, Receipt: winning}))
	announce(t, ctx, staff, k.session, room, &told{})
	p.eventually("the end is in the log", func() bool {
		return p.fetch("/api/v1/log/sessions/"+string(k.session), filepath.Join(k.folder, "entry"))
	})
	p.eventually("the record is published", func() bool {
		return p.fetch("/api/v1/sessions/"+string(k.session)+"/record", filepath.Join(k.folder, "true.txt"))
	})
	p.eventually("the office has the result", func() bool { return resultOf(t, ctx, p, k.session) == string(room.Now.Leader) })
	told := command(t, 0, "keys", "show", "--data", p.data)
	var checkpoint string
	k.key, checkpoint, _ = strings.Cut(told, "\n\n")
	k.checkpoint = filepath.Join(k.folder, "checkpoint")
	writeFile(t, k.checkpoint, checkpoint)
	if said := command(t, 0, "verify", "--receipt", k.receipt, "--key", k.key, "--head", k.head, filepath.Join(k.folder, "true.txt")); !strings.Contains(said, "of the server") {
		t.Fatalf("before anything was bent: %s", said)
	}
	return k
}

// spectate follows a session without an account and waits for the head that is
// shown once a record is told.
func spectate(t *testing.T, ctx context.Context, site *visitor.Site, id engine.SessionID) (shown func(at engine.Seq) engine.Head) {
	t.Helper()
	conn, err := site.Connect(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"op":"sub","id":1,"session":"`+string(id)+`"}`)); err != nil {
		t.Fatal(err)
	}
	return func(at engine.Seq) engine.Head {
		t.Helper()
		for {
			_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
			_, frame, err := conn.ReadMessage()
			if err != nil {
				t.Fatalf("no head of record %d was shown: %v", at, err)
			}
			for line := range bytes.Lines(frame) {
				var m struct {
					Head engine.Head `json:"head"`
				}
				if json.Unmarshal(line, &m) == nil && m.Head.Seq >= at {
					return m.Head
				}
			}
		}
	}
}

// doctor writes another history of a session into a server that stands still: the
// last bid was too low, and the one before it won.
func doctor(t *testing.T, data, dsn string, id engine.SessionID) {
	t.Helper()
	folder := filepath.Join(data, "journal")
	old, err := journal.OpenPebble(folder, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	anew := filepath.Join(data, "journal-anew")
	to, err := journal.OpenPebble(anew, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := old.Sessions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var after engine.State
	for _, session := range sessions {
		var list []engine.Entry
		if err := old.Replay(t.Context(), session, 0, func(e engine.Entry) error { list = append(list, e); return nil }); err != nil {
			t.Fatal(err)
		}
		if session == id {
			list, after = otherwise(t, list)
		}
		if err := to.Append(t.Context(), session, engine.Head{}, list); err != nil {
			t.Fatal(err)
		}
		if settled, err := old.Settled(t.Context(), session); err != nil {
			t.Fatal(err)
		} else if settled {
			if err := to.MarkSettled(t.Context(), session); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := to.MarkAlive(t.Context(), old.LastAlive()); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{old.Close(), to.Close(), os.RemoveAll(folder), os.Rename(anew, folder), os.RemoveAll(filepath.Join(data, "records"))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	do := func(statement string, args ...any) {
		t.Helper()
		if _, err := tx.Exec(statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	do(`alter table results disable trigger user`)
	do(`alter table result_bids disable trigger user`)
	do(`grant delete on result_bids to current_user`)
	r := after.Result
	do(`update results set winner = $2, price = $3, win_bid_seq = $4, bid_count = $5, head_seq = $6, head_hash = $7 where session_id = $1`,
		id, string(r.Winner), int64(r.Price), int64(r.BidSeq), after.Bids, int64(after.Head.Seq), after.Head.Hash[:])
	do(`delete from result_bids where session_id = $1 and level = 2000000`, id)
	do(`revoke delete on result_bids from current_user`)
	do(`alter table results enable trigger user`)
	do(`alter table result_bids enable trigger user`)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// otherwise decides a session once more, as it was but for the last bid.
func otherwise(t *testing.T, list []engine.Entry) (other []engine.Entry, s engine.State) {
	t.Helper()
	for _, e := range list {
		r, err := e.Record()
		if err != nil {
			t.Fatal(err)
		}
		keep := func(r engine.Record) {
			t.Helper()
			e, err := s.Entry(&r)
			if err != nil {
				t.Fatal(err)
			}
			s.Apply(r)
			other = append(other, e)
		}
		c := engine.Command{ID: r.Cmd, By: r.By}
		switch event := r.Event.(type) {
		case *engine.Created:
			keep(r)
			continue
		case *engine.CheckedIn:
			c.Do = engine.CheckIn{}
		case *engine.Opened:
			c.Do = engine.Open{}
		case *engine.BidAccepted:
			c.Do = engine.PlaceBid{Amount: event.Amount}
			if event.Amount == 2_000_000 {
				c.Do = engine.PlaceBid{Amount: 1_000_000}
			}
		case *engine.Closed:
			c.Do = engine.Tick{}
		case *engine.Announced:
			c.Do = engine.Announce{Winner: s.Leader, Price: s.Price}
		default:
			t.Fatalf("a record of %s is not known here", event.Kind())
		}
		events, err := engine.Decide(&s, c, r.At, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, event := range events {
			keep(s.Record(c, r.At, event))
		}
	}
	return other, s
}

// removes takes files or folders of a server that stands still.
func (p *process) removes(names ...string) {
	p.t.Helper()
	for _, name := range names {
		path := filepath.Join(p.data, name)
		if _, err := os.Stat(path); err != nil {
			p.t.Fatal(err)
		}
		if err := os.RemoveAll(path); err != nil {
			p.t.Fatal(err)
		}
	}
}

// fetch takes what the server publishes at an address into a file; false: there
// is nothing yet.
func (p *process) fetch(path, file string) bool {
	r, err := http.Get("http://" + p.addr + path)
	if err != nil {
		return false
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		return false
	}
	writeFile(p.t, file, string(text))
	return true
}

// loggedHead is the highest head of a session that the log ever told and that is
// not its present one.
func (p *process) loggedHead(id engine.SessionID) string {
	p.t.Helper()
	for _, e := range p.entriesOf(id) {
		entry, err := ledger.ParseEntry(e.Entry)
		if head, ok := entry.(*ledger.HeadEntry); err == nil && ok && head.Head.Seq > 6 {
			return jsonOf(p.t, head.Head.Seq) + ":" + head.Head.Hash.String()
		}
	}
	p.t.Fatal("the log has no head of the session")
	return ""
}

// resultOf is who won a session, as the database has it.
func resultOf(t *testing.T, ctx context.Context, p *process, id engine.SessionID) (winner string) {
	t.Helper()
	db, err := sql.Open("postgres", p.flags[len(p.flags)-1])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_ = db.QueryRowContext(ctx, `select winner from results where session_id = $1`, id).Scan(&winner) // it may not be there yet
	return winner
}

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func writeFile(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
