package journal_test

import (
	"testing"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
)

func TestPebbleKeepsTheContract(t *testing.T) { journaltest.Run(t, openPebble) }
func TestMemoryKeepsTheContract(t *testing.T) { journaltest.Run(t, openMemory) }

func TestFaultyWithoutFaultsKeepsTheContract(t *testing.T) {
	never := func(engine.SessionID, int) journal.Fault { return journal.Fault{} }
	journaltest.Run(t, func(t *testing.T) (engine.Journal, func() engine.Journal) {
		j, reopen := openMemory(t)
		return journal.NewFaulty(j, never), func() engine.Journal { return journal.NewFaulty(reopen(), never) }
	})
}

func openPebble(t *testing.T) (engine.Journal, func() engine.Journal) {
	dir := t.TempDir()
	j := mustOpen(t, dir, journal.Options{})
	return j, func() engine.Journal {
		mustClose(t, j)
		j = mustOpen(t, dir, journal.Options{})
		return j
	}
}

func openMemory(*testing.T) (engine.Journal, func() engine.Journal) {
	j := journal.NewMemory()
	return j, func() engine.Journal {
		j = j.Restart()
		return j
	}
}

// mustOpen opens a journal that is closed with the test, if it is not before.
func mustOpen(t testing.TB, dir string, o journal.Options) *journal.Pebble {
	t.Helper()
	j, err := journal.OpenPebble(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func mustClose(t testing.TB, j *journal.Pebble) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}
