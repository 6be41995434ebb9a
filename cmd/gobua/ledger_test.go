package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"gobua/engine/ledger"
	"gobua/store/localpg/localpgtest"
)

// log asks the server for its public log; false: it has none.
func (p *process) log() (about ledger.About, ok bool) {
	r, err := http.Get("http://" + p.addr + "/api/v1/log")
	if err != nil {
		return about, false
	}
	defer r.Body.Close()
	return about, r.StatusCode == http.StatusOK && json.NewDecoder(r.Body).Decode(&about) == nil
}

// TestAStrangerHoldsTheServerToItsLog: a witness on another machine follows the
// log through a kill, a new key and a database that is away. A log that was
// taken away afterwards stops no auction, and nobody is shown another one.
func TestAStrangerHoldsTheServerToItsLog(t *testing.T) {
	t.Parallel()
	office := localpgtest.New(t)
	p := newProcess(t, "--database-url", office.DSN)
	p.start()
	p.eventually("the heads of the demo are witnessed", func() bool {
		about, ok := p.log()
		return ok && about.Checkpoint.Size > 2
	})
	shown := command(t, 0, "keys", "show", "--data", p.data)
	verifier, checkpoint, _ := strings.Cut(shown, "\n\n")
	if _, err := ledger.CheckpointOf([]byte(checkpoint)); err != nil || !strings.HasPrefix(verifier, "gobua.local/") {
		t.Errorf("shown: %q: %v", shown, err)
	}
	folder := t.TempDir()
	kept := filepath.Join(folder, "kept")
	if err := os.WriteFile(kept, []byte(checkpoint), 0o600); err != nil {
		t.Fatal(err)
	}
	watch := []string{"witness", "--log", "http://" + p.addr, "--log-key", verifier, "--state", filepath.Join(folder, "seen"), "--once"}
	command(t, 0, watch...)
	p.kill()
	next := strings.TrimSpace(command(t, 0, "keys", "rotate", "--data", p.data))
	p.start()
	p.eventually("the new key signs", func() bool {
		about, ok := p.log()
		return ok && len(about.Keys) == 2 && about.Keys[1].Verifier == next
	})
	office.Stop()
	if said := command(t, 0, append(watch, "--check", kept)...); !strings.Contains(said, "the log stands by") {
		t.Errorf("the witness said %q", said)
	}
	if s, ok := p.log(); !ok || len(s.Keys) != 2 {
		t.Error("the log is not told while the database is away")
	}
	office.Start()
	wantLedgerUp(t, p, 1)
	p.stop()
	if err := os.RemoveAll(filepath.Join(p.data, "ledger")); err != nil {
		t.Fatal(err)
	}
	p.start()
	if _, ok := p.log(); ok {
		t.Error("another log is shown where one was taken away")
	}
	wantLedgerUp(t, p, 0)
	if !strings.Contains(p.said.String(), "the public log is out of order") {
		t.Error("nobody was told")
	}
	command(t, 1, watch...)
}

func wantLedgerUp(t *testing.T, p *process, want int) {
	t.Helper()
	r, err := http.Get("http://" + p.addr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	page, err := io.ReadAll(r.Body)
	if err != nil || !strings.Contains(string(page), fmt.Sprintf("\ngobua_ledger_up %d\n", want)) {
		t.Errorf("gobua_ledger_up is not %d: %v", want, err)
	}
}

// TestTheMetricOfTheLogFollowsIt: what could be opened, and is refused later, is
// not up.
func TestTheMetricOfTheLogFollowsIt(t *testing.T) {
	reg := prometheus.NewRegistry()
	var trouble error
	watchLedger(reg, func() error { return trouble })
	for _, trouble = range []error{nil, ledger.ErrDown, nil} {
		families, err := reg.Gather()
		if err != nil || len(families) != 1 || families[0].GetName() != "gobua_ledger_up" {
			t.Fatalf("%v, %v", families, err)
		}
		if up := families[0].GetMetric()[0].GetGauge().GetValue(); up != yes(trouble == nil) {
			t.Errorf("with %v: %v", trouble, up)
		}
	}
}

// command runs the program, which must end with a status, and returns what it said.
func command(t testing.TB, want int, args ...string) string {
	t.Helper()
	status, said := refusal(t, gobua(nil, args...))
	if status != want {
		t.Fatalf("gobua %s ended with %d, want %d: %s", args[0], status, want, said)
	}
	return said
}
