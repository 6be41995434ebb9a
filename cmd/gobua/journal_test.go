package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/engine/actor"
	"gobua/engine/journal"
)

// stoppedServer writes what a server leaves behind, two sessions in a data
// folder, and returns the folder and a copy of its database as it was before
// the first session's last record.
func stoppedServer(t *testing.T) (data, older string, sessions []engine.SessionID) {
	t.Helper()
	data, older = t.TempDir(), filepath.Join(t.TempDir(), "pebble")
	folder := filepath.Join(data, "journal")
	serve := func(do func(*actor.Registry)) {
		j, err := journal.OpenPebble(folder, journal.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r := actor.NewRegistry(actor.Options{Journal: j})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		do(r)
		r.Stop()
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	sessions = []engine.SessionID{"k7qp00000001", "k7qp00000002"}
	serve(func(r *actor.Registry) {
		for _, id := range sessions {
			if err := r.Create(t.Context(), plainLot(id)); err != nil {
				t.Fatal(err)
			}
		}
	})
	if err := os.CopyFS(older, os.DirFS(filepath.Join(folder, "pebble"))); err != nil {
		t.Fatal(err)
	}
	serve(func(r *actor.Registry) {
		answered := make(chan error, 1)
		say := engine.Command{ID: engine.CommandID{6: 0x70, 8: 0x80, 15: 1}, By: engine.Actor{Role: engine.RoleAuctioneer, Ref: "CC-1"}, Do: engine.Say{Text: "Xin chào"}}
		r.Submit(sessions[0], say, func(receipt engine.Receipt, err error) {
			if err == nil && !receipt.Accepted {
				err = fmt.Errorf("refused: %s", receipt.Reason)
			}
			answered <- err
		})
		if err := <-answered; err != nil {
			t.Fatal(err)
		}
	})
	return data, older, sessions
}

// plainLot opens in a day, with one participant.
func plainLot(id engine.SessionID) engine.Created {
	rules := engine.Rules{
		Method: "ascending", Currency: "VND", Start: 100, Step: engine.Step{Kind: engine.StepFixed, Amount: 10},
		Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByClock,
		OpensAt: engine.InstantOf(time.Now().Add(24 * time.Hour)), BiddingMs: 600_000,
	}
	return engine.Created{
		Session: id, Lot: engine.Lot{Number: 1, Title: "Xe tải"}, Rules: rules, RulesHash: rules.Hash(),
		Participants: []engine.Participant{{Code: "M-1", Holder: engine.HolderOf(id, "M-1")}},
	}
}

// wantRun runs the program and fails the test unless it ends with a status and
// has said all the words.
func wantRun(t *testing.T, status int, words []string, args ...string) {
	t.Helper()
	got, said := refusal(t, gobua(nil, args...))
	if got != status {
		t.Fatalf("gobua %s ended with status %d, want %d:\n%s", strings.Join(args, " "), got, status, said)
	}
	for _, word := range words {
		if !strings.Contains(said, word) {
			t.Fatalf("gobua %s does not say %q:\n%s", strings.Join(args, " "), word, said)
		}
	}
}

// content is every file of a folder.
func content(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[path], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestJournalCheckReadsAndNeverWrites(t *testing.T) {
	data, older, sessions := stoppedServer(t)
	folder := filepath.Join(data, "journal")
	check := func(status int, words ...string) {
		t.Helper()
		before := content(t, folder)
		wantRun(t, status, words, "journal", "check", "--data", data)
		after := content(t, folder)
		for path, b := range before {
			if !bytes.Equal(after[path], b) {
				t.Errorf("%s was changed", path)
			}
		}
		if len(after) != len(before) {
			t.Errorf("%d files, before there were %d", len(after), len(before))
		}
	}
	check(0, string(sessions[0])+"  whole       2 records  head ", string(sessions[1])+"  whole       1 records  head ", "2 sessions, 0 damaged")

	if err := os.RemoveAll(filepath.Join(folder, "pebble")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(older, filepath.Join(folder, "pebble")); err != nil {
		t.Fatal(err)
	}
	check(1, string(sessions[0])+"  DAMAGED after 1 records: ", "it ends at record 1 (", "its kept head is record 2 (", "1 acknowledged records are missing",
		string(sessions[1])+"  whole       1 records  head ", "2 sessions, 1 damaged")
	wantRun(t, 1, []string{"nothing was changed", "its kept head is record 2", "gobua journal rebuild-heads"}, "serve", "--data", data, "--addr", freeAddress(t))

	wantRun(t, 0, []string{
		string(sessions[0]) + "  ends at      1  ", "1 ACKNOWLEDGED RECORDS ARE LOST", string(sessions[1]) + "  ends at      1  ", "2 sessions; the old heads are kept",
	}, "journal", "rebuild-heads", "--data", data)
	check(0, "2 sessions, 0 damaged")

	if err := os.Remove(filepath.Join(folder, "heads")); err != nil {
		t.Fatal(err)
	}
	check(1, string(sessions[0])+"  whole       1 records", "kept heads are lost", "2 sessions, 0 damaged")
}

func TestJournalCheckMakesNoFolder(t *testing.T) {
	data := filepath.Join(t.TempDir(), "nowhere")
	wantRun(t, 1, []string{"no such file"}, "journal", "check", "--data", data)
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
}
