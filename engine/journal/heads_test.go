package journal_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
)

// putBack replaces the store of a journal by an older copy; the heads stay.
func putBack(t *testing.T, dir string, img image) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, "pebble")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "pebble"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, b := range img {
		if strings.HasPrefix(name, "pebble/") {
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// wantRefusal fails the test unless an error is damage and says all the words.
func wantRefusal(t *testing.T, err error, words ...string) {
	t.Helper()
	if !errors.Is(err, engine.ErrCorrupt) {
		t.Fatalf("got %v, want ErrCorrupt", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Fatalf("%q is not said in: %v", w, err)
		}
	}
}

// TestStoreThatEndsTooEarlyIsRefusedWithTheNumbers also walks the way out.
func TestStoreThatEndsTooEarlyIsRefusedWithTheNumbers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	one, two := journaltest.SessionID(1), journaltest.SessionID(2)
	j := mustOpen(t, dir, journal.Options{})
	five := journaltest.Grow(t, j, one, engine.Head{}, 5)
	mustClose(t, j)
	old := takeImage(t, dir)

	j = mustOpen(t, dir, journal.Options{})
	journaltest.Grow(t, j, one, five, 7)
	journaltest.Grow(t, j, two, engine.Head{}, 3)
	mustClose(t, j)
	putBack(t, dir, old)

	before := takeImage(t, dir)
	_, err := journal.OpenPebble(dir, journal.Options{})
	wantRefusal(t, err, "2 sessions", "it ends at record 5 ("+five.Hash.Short()+")", "its kept head is record 12", "7 acknowledged records are missing",
		string(two), "it ends at record 0", "its kept head is record 3", "nothing was changed", "rebuild-heads")
	if after := takeImage(t, dir); !sameImage(before, after) {
		t.Fatal("the refused open changed the folder")
	}

	checked, err := journal.Check(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	found, err := journal.RebuildHeads(t.Context(), dir)
	if err != nil || len(found) != 2 || len(checked) != 2 {
		t.Fatalf("checked %v, found %v, %v", checked, found, err)
	}
	for i, missing := range map[int]engine.Seq{0: 7, 1: 3} {
		if c := found[i]; c.Missing() != missing || c.Damage == nil || c.Session != journaltest.SessionID(i+1) {
			t.Fatalf("found %+v, want %d missing", c, missing)
		}
	}
	if kept, _ := filepath.Glob(filepath.Join(dir, "heads.before-*")); len(kept) != 1 {
		t.Fatalf("the old heads are in %v, want one file", kept)
	}
	j = mustOpen(t, dir, journal.Options{})
	journaltest.WantHead(t, j, one, five)
	journaltest.Grow(t, j, one, five, 1)
}

func sameImage(a, b image) bool {
	for name, content := range a {
		if string(b[name]) != string(content) {
			return false
		}
	}
	return len(a) == len(b)
}

// TestOtherChainIsRefused: a store that is long enough but is not the one whose
// heads were kept.
func TestOtherChainIsRefused(t *testing.T) {
	one, two := journaltest.SessionID(1), journaltest.SessionID(2)
	forged := filepath.Join(t.TempDir(), "journal")
	j := mustOpen(t, forged, journal.Options{})
	start := journaltest.Grow(t, j, one, engine.Head{}, 3)
	body := []byte(`{"amount":1}`)
	entry := engine.Entry{Seq: 4, Body: body, Hash: engine.Link(start.Hash, body)}
	if err := j.Append(t.Context(), one, start, []engine.Entry{entry}); err != nil {
		t.Fatal(err)
	}
	journaltest.Grow(t, j, one, engine.Head{Seq: 4, Hash: entry.Hash}, 20)
	sound := journaltest.Grow(t, j, two, engine.Head{}, 2)
	mustClose(t, j)
	img := takeImage(t, forged)

	dir := filepath.Join(t.TempDir(), "journal")
	j = mustOpen(t, dir, journal.Options{})
	journaltest.Grow(t, j, one, engine.Head{}, 10)
	journaltest.Grow(t, j, two, engine.Head{}, 2)
	mustClose(t, j)
	putBack(t, dir, img)

	j = mustOpen(t, dir, journal.Options{})
	_, err := journaltest.Read(j, one)
	wantRefusal(t, err, string(one), "record 10 is", "but its kept head is")
	wantRefusal(t, j.Append(t.Context(), one, engine.Head{}, nil), "record 10 is")
	journaltest.WantHead(t, j, two, sound) // the others are served
}

// TestLostHeadsAreNamed: a missing or damaged heads file is refused where
// there are sessions, says what is lost, and can be written anew.
func TestLostHeadsAreNamed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	j := mustOpen(t, dir, journal.Options{})
	head := journaltest.Grow(t, j, journaltest.SessionID(1), engine.Head{}, 5)
	mustClose(t, j)
	heads := filepath.Join(dir, "heads")
	for name, lose := range map[string]func() error{
		"missing": func() error { return os.Remove(heads) },
		"damaged": func() error {
			return os.WriteFile(heads, []byte("gobua heads 1\nnonsense and more of the same for long enough"), 0o600)
		},
		"empty":     func() error { return os.Truncate(heads, 0) },
		"too large": func() error { return os.Truncate(heads, 65<<20) },
	} {
		if err := lose(); err != nil {
			t.Fatal(err)
		}
		_, err := journal.OpenPebble(dir, journal.Options{})
		if !errors.Is(err, journal.ErrHeads) || !strings.Contains(err.Error(), heads) || !strings.Contains(err.Error(), "rebuild-heads") {
			t.Fatalf("%s: got %v, want ErrHeads", name, err)
		}
		if _, err := journal.RebuildHeads(t.Context(), dir); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		j := mustOpen(t, dir, journal.Options{})
		journaltest.WantHead(t, j, journaltest.SessionID(1), head)
		mustClose(t, j)
	}
	fresh := t.TempDir()
	mustClose(t, mustOpen(t, fresh, journal.Options{}))
	if err := os.Remove(filepath.Join(fresh, "heads")); err != nil {
		t.Fatal(err)
	}
	mustClose(t, mustOpen(t, fresh, journal.Options{})) // no session, nothing lost
	if err := os.WriteFile(filepath.Join(fresh, "heads"), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.OpenPebble(fresh, journal.Options{}); !errors.Is(err, journal.ErrHeads) {
		t.Fatalf("got %v, want ErrHeads", err)
	}
}

// TestMissingStoreIsRefused: heads without a store are no new folder.
func TestMissingStoreIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	j := mustOpen(t, dir, journal.Options{})
	journaltest.Grow(t, j, journaltest.SessionID(1), engine.Head{}, 5)
	mustClose(t, j)
	putBack(t, dir, nil)
	_, err := journal.OpenPebble(dir, journal.Options{})
	wantRefusal(t, err, "1 sessions", "there is no store")
}

// TestCheckMakesNoFolder: looking at a folder by a wrong name creates nothing.
func TestCheckMakesNoFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "jurnal")
	if _, err := journal.Check(t.Context(), dir, nil); err == nil {
		t.Fatal("a folder that is not there was checked")
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Fatal("it was made")
	}
}

// TestUnknownFormatIsRefused: a folder of a newer program is left alone.
func TestUnknownFormatIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	mustClose(t, mustOpen(t, dir, journal.Options{}))
	db, err := pebble.Open(filepath.Join(dir, "pebble"), &pebble.Options{FormatMajorVersion: pebble.FormatValueSeparation})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Set([]byte("f"), []byte("gobua journal 3"), pebble.Sync), db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.OpenPebble(dir, journal.Options{}); err == nil || !strings.Contains(err.Error(), `"gobua journal 3"`) {
		t.Fatalf("got %v, want the format named", err)
	}
}

// TestHeadsAreKeptWhileWriting: within a second after an append its head is in
// the file, and a failing disk delays that without failing anything else.
func TestHeadsAreKeptWhileWriting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := newFailingDisk(vfs.NewCrashableMem())
		j := mustOpen(t, "journal", journal.Options{}.WithFS(disk))
		id := journaltest.SessionID(1)
		disk.fail(func(op errorfs.Op) bool {
			return op.Kind == errorfs.OpRename && strings.HasSuffix(op.Path, "heads.new")
		})
		head := journaltest.Grow(t, j, id, engine.Head{}, 3)
		time.Sleep(5 * time.Second)
		if disk.failed.Load() == 0 {
			t.Fatal("nothing failed")
		}
		disk.fail(nil)
		time.Sleep(1001 * time.Millisecond)
		crashed := disk.cutPower(1, 0)
		if kept := keptHeads(t, crashed)[id]; kept != head {
			t.Fatalf("kept head is %d, want %d", kept.Seq, head.Seq)
		}
		mustClose(t, j)
	})
}

func keptHeads(t *testing.T, fs vfs.FS) map[engine.SessionID]engine.Head {
	t.Helper()
	f, err := fs.Open("journal/heads")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 1<<16)
	n, err := f.ReadAt(b, 0)
	if n == 0 {
		t.Fatal(err)
	}
	heads, err := journal.DecodeHeads(b[:n])
	if err != nil {
		t.Fatal(err)
	}
	return heads
}

// TestAliveMarkSurvivesAPowerCut, and the journal itself never moves it; a
// damaged mark is no mark.
func TestAliveMarkSurvivesAPowerCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := newFailingDisk(vfs.NewCrashableMem())
		j := mustOpen(t, "journal", journal.Options{}.WithFS(disk))
		for _, at := range []engine.Instant{1_795_000_000_000, 1_795_000_001_000} {
			if err := j.MarkAlive(t.Context(), at); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(3 * time.Hour) // the journal is open, and that is no sign of life
		crashed := disk.cutPower(1, 0)
		for range 3 {
			after := mustOpen(t, "journal", journal.Options{}.WithFS(crashed))
			if at := after.LastAlive(); at != 1_795_000_001_000 {
				t.Fatalf("last alive at %d, want what was marked last", at)
			}
			time.Sleep(time.Hour)
			mustClose(t, after)
		}
		mustClose(t, j)
		f, err := crashed.OpenReadWrite("journal/alive", vfs.WriteCategoryUnspecified)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt([]byte{0xff}, 20); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		after := mustOpen(t, "journal", journal.Options{}.WithFS(crashed))
		if at := after.LastAlive(); at != 0 {
			t.Fatalf("a damaged mark says %d", at)
		}
		mustClose(t, after)
	})
}

// TestAliveMarkIsWrittenAgainAfterAFailure.
func TestAliveMarkIsWrittenAgainAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := newFailingDisk(vfs.NewCrashableMem())
		j := mustOpen(t, "journal", journal.Options{}.WithFS(disk))
		for at := engine.Instant(1_795_000_000_000); at < 1_795_000_003_000; at += 1000 {
			disk.fail(func(op errorfs.Op) bool {
				return strings.HasSuffix(op.Path, "alive") && op.Kind.ReadOrWrite() == errorfs.OpIsWrite && op.Kind != errorfs.OpFileClose
			})
			if err := j.MarkAlive(t.Context(), at); err == nil {
				t.Fatal("a mark that cannot be written was written")
			}
			disk.fail(nil)
			if err := j.MarkAlive(t.Context(), at); err != nil {
				t.Fatal(err)
			}
			after := mustOpen(t, "journal", journal.Options{}.WithFS(disk.cutPower(1, 0)))
			if got := after.LastAlive(); got != at {
				t.Fatalf("alive at %d, want %d", got, at)
			}
			mustClose(t, after)
		}
		mustClose(t, j)
	})
}

// TestCheckpointIsAJournal: a copy taken while bids come in opens, and holds
// at least what was acknowledged before it was taken.
func TestCheckpointIsAJournal(t *testing.T) {
	dir := t.TempDir()
	j := mustOpen(t, filepath.Join(dir, "journal"), journal.Options{HeadsEvery: time.Millisecond})
	id := journaltest.SessionID(1)
	head := journaltest.Grow(t, j, id, engine.Head{}, 10)
	var stop atomic.Bool
	done := make(chan engine.Head)
	go func() {
		for head := head; ; {
			entries := journaltest.Chain(id, head, 3)
			if j.Append(ctx, id, head, entries) != nil || stop.Load() {
				done <- journaltest.End(head, entries)
				return
			}
			head = journaltest.End(head, entries)
		}
	}()
	if err := errors.Join(j.MarkAlive(ctx, 1234), j.MarkSettled(ctx, id)); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(dir, "backup", "monday")
	if err := j.Checkpoint(backup); err != nil {
		t.Fatal(err)
	}
	stop.Store(true)
	last := <-done
	copied := mustOpen(t, backup, journal.Options{})
	if at := copied.LastAlive(); at != 1234 {
		t.Errorf("the copy was alive at %d", at)
	}
	if settled, err := copied.Settled(ctx, id); !settled || err != nil {
		t.Errorf("the copy has forgotten that the result was delivered: %v", err)
	}
	got, err := journaltest.Read(copied, id)
	if err != nil || got.Seq < head.Seq || got.Seq > last.Seq {
		t.Fatalf("the copy has %d records, want %d to %d: %v", got.Seq, head.Seq, last.Seq, err)
	}
	if err := j.Checkpoint(backup); err == nil {
		t.Fatal("a checkpoint was written over another")
	}
}

// TestOnAppendHearsOfEveryAppend, also of the refused.
func TestOnAppendHearsOfEveryAppend(t *testing.T) {
	type outcome struct {
		entries int
		ok      bool
	}
	var got []outcome
	j := mustOpen(t, t.TempDir(), journal.Options{OnAppend: func(entries int, took time.Duration, err error) {
		if took <= 0 {
			t.Errorf("took %v", took)
		}
		got = append(got, outcome{entries, err == nil})
	}})
	id := journaltest.SessionID(1)
	journaltest.Grow(t, j, id, engine.Head{}, 3)
	_ = j.Append(ctx, id, engine.Head{}, journaltest.Chain(id, engine.Head{}, 2))
	if len(got) != 2 || got[0] != (outcome{3, true}) || got[1] != (outcome{2, false}) {
		t.Fatalf("heard %v", got)
	}
}

// TestClosedJournalRefusesEverything.
func TestClosedJournalRefusesEverything(t *testing.T) {
	j := mustOpen(t, t.TempDir(), journal.Options{})
	mustClose(t, j)
	id := journaltest.SessionID(1)
	_, sessions := j.Sessions(ctx)
	_, settled := j.Settled(ctx, id)
	for what, err := range map[string]error{
		"append":       j.Append(ctx, id, engine.Head{}, journaltest.Chain(id, engine.Head{}, 1)),
		"replay":       j.Replay(ctx, id, 0, nil),
		"sessions":     sessions,
		"settled":      settled,
		"mark settled": j.MarkSettled(ctx, id),
		"mark alive":   j.MarkAlive(ctx, 1),
		"checkpoint":   j.Checkpoint(filepath.Join(t.TempDir(), "x")),
		"close":        j.Close(),
	} {
		if !errors.Is(err, journal.ErrClosed) {
			t.Errorf("%s: got %v, want ErrClosed", what, err)
		}
	}
}

// TestTheFirstLayoutIsTakenOver: its rows mean the same, and from then on a
// program that knows no disclosures leaves the folder alone.
func TestTheFirstLayoutIsTakenOver(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	id := journaltest.SessionID(1)
	j := mustOpen(t, dir, journal.Options{})
	head := journaltest.Grow(t, j, id, engine.Head{}, 2) // none of them conceals anything
	mustClose(t, j)
	stamp := func(want, next string) {
		t.Helper()
		db, err := pebble.Open(filepath.Join(dir, "pebble"), &pebble.Options{FormatMajorVersion: pebble.FormatValueSeparation})
		if err != nil {
			t.Fatal(err)
		}
		got, closer, err := db.Get([]byte("f"))
		if err != nil || string(got) != want {
			t.Fatalf("stamp %q (%v), want %q", got, err, want)
		}
		if err := errors.Join(closer.Close(), db.Set([]byte("f"), []byte(next), pebble.Sync), db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	stamp("gobua journal 2", "gobua journal 1")
	j = mustOpen(t, dir, journal.Options{})
	journaltest.WantHead(t, j, id, head)
	journaltest.Grow(t, j, id, head, 3)
	mustClose(t, j)
	stamp("gobua journal 2", "gobua journal 2")
}
