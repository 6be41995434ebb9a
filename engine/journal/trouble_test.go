package journal_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
)

// TestTheJournalSaysThatItTakesNothing, and that it does again, also where
// nobody appends: others look at it before they open a session.
func TestTheJournalSaysThatItTakesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := newFailingDisk(vfs.NewCrashableMem())
		room := func(mebibytes uint64) {
			disk.memory.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: mebibytes << 20, TotalBytes: 1 << 40})
		}
		room(1000)
		j := mustOpen(t, "journal", journal.Options{}.WithFS(disk))
		marks := func() { _ = j.MarkAlive(t.Context(), engine.InstantOf(time.Now())) } // how it went is asked next
		marks()
		if err := j.Trouble(); err != nil {
			t.Errorf("at first: %v", err)
		}
		room(63)
		time.Sleep(2 * time.Second)
		if err := j.Trouble(); !errors.Is(err, journal.ErrFull) {
			t.Errorf("on a nearly full disk: %v", err)
		}
		room(1000)
		time.Sleep(2 * time.Second)
		if err := j.Trouble(); err != nil {
			t.Errorf("with room again: %v", err)
		}

		sync := func(op errorfs.Op) bool { return op.Kind == errorfs.OpFileSyncData || op.Kind == errorfs.OpFileSync }
		disk.fail(sync)
		marks()
		if j.Trouble() == nil {
			t.Error("a mark that failed is no trouble")
		}
		disk.fail(nil)
		marks()
		if err := j.Trouble(); err != nil {
			t.Errorf("after a mark that went well: %v", err)
		}

		id := journaltest.SessionID(1)
		head := journaltest.Grow(t, j, id, engine.Head{}, 1)
		disk.fail(isLog)
		if err := j.Append(t.Context(), id, head, journaltest.Chain(id, head, 1)); err == nil {
			t.Fatal("appended on a disk that fails")
		}
		if j.Trouble() == nil {
			t.Error("a failed append is no trouble")
		}
		disk.fail(nil)
		time.Sleep(time.Second)
		marks() // reads the store again, as nobody else does
		if err := j.Trouble(); err != nil {
			t.Errorf("on a disk that is well again: %v", err)
		}
		mustClose(t, j)
		if err := j.Trouble(); !errors.Is(err, journal.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
	})
}

// TestTheJournalSaysThatTheDiskIsSilent: a mark that waits for the disk is
// noticed by those who do not wait.
func TestTheJournalSaysThatTheDiskIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		thaw := make(chan struct{})
		frozen := make(chan struct{})
		fs := errorfs.Wrap(vfs.NewCrashableMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
			if op.Kind == errorfs.OpFileSyncData {
				select {
				case <-frozen:
					<-thaw
				default:
				}
			}
			return nil
		}))
		j := mustOpen(t, "journal", journal.Options{}.WithFS(fs))
		close(frozen)
		marked := make(chan error)
		go func() { marked <- j.MarkAlive(t.Context(), engine.InstantOf(time.Now())) }()
		time.Sleep(time.Second)
		if err := j.Trouble(); err != nil {
			t.Errorf("after a second: %v", err)
		}
		time.Sleep(2 * time.Second)
		if j.Trouble() == nil {
			t.Error("nobody notices that the disk is silent")
		}
		close(thaw)
		if err := <-marked; err != nil {
			t.Error(err)
		}
		if err := j.Trouble(); err != nil {
			t.Errorf("thawed: %v", err)
		}
		mustClose(t, j)
	})
}
