package journal_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/cockroachdb/pebble/v2"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
)

// breakRow puts a wrong hash under a record in the middle of a session.
func breakRow(t *testing.T, dir string, id engine.SessionID, seq engine.Seq) {
	t.Helper()
	db, err := pebble.Open(filepath.Join(dir, "pebble"), &pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	key := journal.RowKey(id, seq)
	value, closer, err := db.Get(key)
	if err != nil {
		t.Fatal(err)
	}
	wrong := append([]byte{}, value...)
	wrong[3] ^= 1
	if err := errors.Join(closer.Close(), db.Set(key, wrong, pebble.Sync), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestADamagedSessionIsSetAside: it is gone, the others are as they were, and the
// copy has everything.
func TestADamagedSessionIsSetAside(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	j := mustOpen(t, dir, journal.Options{})
	writeTruth(t, j, 3, 10)
	bad, whole := journaltest.SessionID(1), journaltest.SessionID(2)
	for _, id := range []engine.SessionID{bad, whole} {
		if err := j.MarkSettled(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	mustClose(t, j)
	breakRow(t, dir, bad, 7)

	if _, err := journal.SetAside(ctx, dir, whole); !errors.Is(err, journal.ErrWhole) {
		t.Errorf("one that is whole: %v", err)
	}
	if _, err := journal.SetAside(ctx, dir, journaltest.SessionID(9)); !errors.Is(err, engine.ErrNoSession) {
		t.Errorf("one that is not there: %v", err)
	}
	before, err := journal.Check(ctx, dir, nil)
	if err != nil || len(before) != 3 {
		t.Fatalf("%+v, %v", before, err)
	}
	aside, err := journal.SetAside(ctx, dir, bad)
	if err != nil {
		t.Fatal(err)
	}
	after, err := journal.Check(ctx, dir, nil)
	if err != nil || len(after) != 2 {
		t.Fatalf("%+v, %v", after, err)
	}
	for _, c := range after {
		if c.Session == bad || c.Damage != nil || c.Head != c.Kept {
			t.Errorf("%+v", c)
		}
	}
	kept, err := journal.Check(ctx, aside, nil)
	if err != nil || len(kept) != 3 {
		t.Fatalf("the copy: %+v, %v", kept, err)
	}
	for _, c := range kept {
		if (c.Damage != nil) != (c.Session == bad) || c.Session == bad && !errors.Is(c.Damage, engine.ErrCorrupt) {
			t.Errorf("the copy: %+v", c)
		}
	}

	j = mustOpen(t, dir, journal.Options{})
	ids, err := j.Sessions(ctx)
	if err != nil || len(ids) != 2 {
		t.Errorf("%v, %v", ids, err)
	}
	if settled, err := j.Settled(ctx, bad); settled || err != nil {
		t.Errorf("it is settled still: %v, %v", settled, err)
	}
	if settled, err := j.Settled(ctx, whole); !settled || err != nil {
		t.Errorf("another is not settled any more: %v, %v", settled, err)
	}
	mustClose(t, j)
	if info, err := os.Stat(aside); err != nil || !info.IsDir() {
		t.Errorf("%v, %v", info, err)
	}
}
