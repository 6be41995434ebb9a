package proof_test

import (
	"bytes"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/proof"
	"gobua/engine/scenario"
)

// stories are the sessions of the engine's own tales, one for every rule.
func stories(t testing.TB) map[string][]engine.Record {
	t.Helper()
	files, err := filepath.Glob("../testdata/scenarios/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	told := map[string][]engine.Record{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		script, err := scenario.Parse(src)
		if err != nil {
			t.Fatal(err)
		}
		told[strings.TrimSuffix(filepath.Base(file), ".txt")] = script.Play().Records
	}
	return told
}

// entries chains records as their owner would: with a seed, so that what is
// secret is concealed.
func entries(t testing.TB, records []engine.Record) []engine.Entry {
	t.Helper()
	var s engine.State
	list := make([]engine.Entry, 0, len(records))
	for _, r := range records {
		if c, ok := r.Event.(*engine.Created); ok {
			seeded := *c
			seeded.Seed = &engine.Hash{1, 2, 3}
			r.Event = &seeded
		}
		e, err := s.Entry(&r)
		if err != nil {
			t.Fatal(err)
		}
		s.Apply(r)
		list = append(list, e)
	}
	return list
}

func each(list []engine.Entry) iter.Seq2[engine.Entry, error] {
	return func(yield func(engine.Entry, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// publish is the file of a session that is over; nil: it is not.
func publish(t testing.TB, list []engine.Entry, attached ...proof.Attachment) []byte {
	t.Helper()
	survey, err := proof.Look(each(list))
	if err == engine.ErrNotOver {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := proof.WriteFile(&b, survey, each(list), attached...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verify(file []byte, known ...engine.Head) (proof.Report, error) {
	return proof.Verify(bytes.NewReader(file), proof.Options{Known: known})
}

// ended finishes a story that was not told to its end: the auctioneer cancels.
func ended(t testing.TB, records []engine.Record) []engine.Record {
	t.Helper()
	var s engine.State
	for _, r := range records {
		s.Apply(r)
	}
	if s.Phase.Final() {
		return records
	}
	at := s.LastAt
	for due := engine.Deadline(&s); due != 0 && due <= at; due = engine.Deadline(&s) {
		records = append(records, decide(t, &s, engine.Command{By: engine.System, Do: engine.Tick{}}, at)...)
	}
	c := engine.Command{ID: engine.CommandID{15: 99}, By: engine.Actor{Role: engine.RoleAuctioneer, Ref: "ĐGV-1"}, Do: engine.Cancel{Reason: "hết chuyện"}}
	return append(records, decide(t, &s, c, at)...)
}

func decide(t testing.TB, s *engine.State, c engine.Command, at engine.Instant) (list []engine.Record) {
	t.Helper()
	events, err := engine.Decide(s, c, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		r := s.Record(c, at, e)
		if _, err := s.Entry(&r); err != nil {
			t.Fatal(err)
		}
		s.Apply(r)
		list = append(list, r)
	}
	return list
}

// noteOf makes a signed note of a text.
func noteOf(text string, by note.Signer) ([]byte, error) {
	return note.Sign(&note.Note{Text: text}, by)
}
