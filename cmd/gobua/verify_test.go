package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
)

// TestVerifyTellsGoodFromBad: status 0 and what the session came to, or status 1
// and which record is wrong; packed or not.
func TestVerifyTellsGoodFromBad(t *testing.T) {
	text := aRecord(t)
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	report, err := proof.Verify(bytes.NewReader(text), proof.Options{})
	if err != nil {
		t.Fatal(err)
	}
	head := report.Head
	good, zipped := write("good.txt", text), write("good.txt.gz", packed.Bytes())
	bad := write("bad.txt", bytes.Replace(text, []byte(`"kind":"cancelled"`), []byte(`"kind":"stopped"`), 1))
	cut := write("cut.txt", text[:len(text)-10])
	for _, tt := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{good}, 0, "every record follows by the rules"},
		{[]string{zipped}, 0, "ended          cancelled"},
		{[]string{"--head", "3:" + head.Hash.String(), good}, 1, "two histories"},
		{[]string{good, bad}, 1, "NOT TO BE BELIEVED  record"},
		{[]string{cut}, 1, "middle of a line"},
		{[]string{filepath.Join(dir, "none.txt")}, 1, "no such file"},
	} {
		status, out := captured(t, append([]string{"verify"}, tt.args...)...)
		if status != tt.status || !strings.Contains(out, tt.says) {
			t.Errorf("%v: status %d, want %d\n%s", tt.args, status, tt.status, out)
		}
	}
	if status, _ := captured(t, "verify", "--head", "x", good); status != 1 {
		t.Errorf("a head that is none: status %d", status)
	}
}

// captured runs the program and returns its status and what it printed.
func captured(t *testing.T, args ...string) (int, string) {
	t.Helper()
	stdout, stderr := os.Stdout, os.Stderr
	defer func() { os.Stdout, os.Stderr = stdout, stderr }()
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	os.Stdout, os.Stderr = f, f
	status := run(t.Context(), args)
	return status, readBack(t, f.Name())
}

// aRecord is the file of a session of one person that was cancelled.
func aRecord(t *testing.T) []byte {
	t.Helper()
	c := &engine.Created{
		Session: engine.NewSessionID([12]byte{}), Seed: &engine.Hash{1}, Lot: engine.Lot{AuctionID: "a", Number: 1, Title: "Xe tải"},
		Rules: engine.Rules{
			Method: "ascending", Currency: "VND", Start: 1000, Step: engine.Step{Kind: engine.StepFixed, Amount: 100},
			Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByClock, OpensAt: 1_767_578_400_000, BiddingMs: 900_000,
		},
	}
	c.RulesHash = c.Rules.Hash()
	c.Participants = []engine.Participant{{Code: "A", Holder: engine.HolderOf(c.Session, "a")}}
	var s engine.State
	var entries []engine.Entry
	keep := func(cmd engine.Command, events ...engine.Event) {
		t.Helper()
		for _, e := range events {
			r := s.Record(cmd, 1_767_578_300_000, e)
			entry, err := s.Entry(&r)
			if err != nil {
				t.Fatal(err)
			}
			s.Apply(r)
			entries = append(entries, entry)
		}
	}
	keep(engine.Command{By: engine.System}, c)
	for i, cmd := range []engine.Command{
		{By: engine.Actor{Role: engine.RoleBidder, Ref: "A"}, Do: engine.CheckIn{}},
		{By: engine.Actor{Role: engine.RoleAuctioneer, Ref: "ĐGV-1"}, Do: engine.Say{Text: "Xin chào"}},
		{By: engine.Actor{Role: engine.RoleAuctioneer, Ref: "ĐGV-1"}, Do: engine.Cancel{Reason: "không đủ điều kiện"}},
	} {
		cmd.ID = engine.CommandID{15: byte(i + 1)}
		events, err := engine.Decide(&s, cmd, 1_767_578_300_000, nil)
		if err != nil {
			t.Fatal(err)
		}
		keep(cmd, events...)
	}
	all := func(yield func(engine.Entry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
	survey, err := proof.Look(all)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := proof.WriteFile(&b, survey, all); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
