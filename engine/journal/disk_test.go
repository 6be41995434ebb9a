package journal_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
)

// failingDisk is a file system that loses what was not synced when power is
// cut, and on which chosen operations fail.
type failingDisk struct {
	*errorfs.FS
	memory *vfs.MemFS
	fails  atomic.Pointer[func(errorfs.Op) bool]
	failed atomic.Int64
}

func newFailingDisk(memory *vfs.MemFS) *failingDisk {
	d := &failingDisk{memory: memory}
	d.FS = errorfs.Wrap(memory, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if fails := d.fails.Load(); fails != nil && (*fails)(op) {
			d.failed.Add(1)
			return errors.New("disk failure")
		}
		return nil
	}))
	return d
}

// fail makes the operations fail that are chosen; nil mends the disk.
func (d *failingDisk) fail(chosen func(errorfs.Op) bool) {
	if chosen == nil {
		d.fails.Store(nil)
		return
	}
	d.fails.Store(&chosen)
}

// cutPower returns what the disk holds after a power cut: everything that was
// synced, and some of what was not.
func (d *failingDisk) cutPower(seed int64, unsyncedPercent int) *vfs.MemFS {
	return d.memory.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: unsyncedPercent, RNG: rand.New(rand.NewPCG(uint64(seed), 0))})
}

// isLog tells whether an operation writes or syncs the store's log.
func isLog(op errorfs.Op) bool {
	switch op.Kind {
	case errorfs.OpFileWrite, errorfs.OpFileSync, errorfs.OpFileSyncData, errorfs.OpFileSyncTo:
		return strings.HasSuffix(op.Path, ".log")
	}
	return false
}

// TestFailedWriteIsReadBackFromTheDisk lets the nth write or sync of the log
// fail, for every n. What was acknowledged and what a replay then shows must
// be there after a power cut right afterwards.
func TestFailedWriteIsReadBackFromTheDisk(t *testing.T) {
	for nth := int64(1); nth <= 20; nth++ {
		t.Run(fmt.Sprint(nth), func(t *testing.T) {
			disk := newFailingDisk(vfs.NewCrashableMem())
			j := mustOpen(t, "journal", journal.Options{}.WithFS(disk))
			var ops atomic.Int64
			disk.fail(func(op errorfs.Op) bool { return isLog(op) && ops.Add(1) == nth })
			shown := grow(t, j, 4, 10)
			if disk.failed.Load() == 0 {
				t.Fatal("nothing failed")
			}
			for _, percent := range []int{0, 50, 100} {
				after := mustOpen(t, "journal", journal.Options{}.WithFS(disk.cutPower(nth, percent)))
				for i, head := range shown {
					journaltest.WantHead(t, after, journaltest.SessionID(i), head)
				}
			}
		})
	}
}

// grow lets sessions append at once, reading back after every failure as an
// actor does, and returns where each was last seen.
func grow(t *testing.T, j engine.Journal, sessions, appends int) []engine.Head {
	shown := make([]engine.Head, sessions)
	var all sync.WaitGroup
	for i := range sessions {
		all.Go(func() {
			id := journaltest.SessionID(i)
			for range appends {
				entries := journaltest.Chain(id, shown[i], 1+i)
				err := j.Append(context.Background(), id, shown[i], entries)
				if err == nil {
					shown[i] = journaltest.End(shown[i], entries)
					continue
				}
				found, err := journaltest.Read(j, id)
				if err != nil || found != shown[i] && found != journaltest.End(shown[i], entries) {
					t.Errorf("session %d ended at %d, came back at %d: %v", i, shown[i].Seq, found.Seq, err)
					return
				}
				shown[i] = found
			}
		})
	}
	all.Wait()
	return shown
}

// TestFullDiskIsSurvived: while the disk takes nothing, nothing is
// acknowledged and nothing is served that may be lost; when it takes writes
// again, the journal goes on by itself.
func TestFullDiskIsSurvived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := newFailingDisk(vfs.NewCrashableMem())
		j := mustOpen(t, "journal", journal.Options{}.WithFS(disk))
		id := journaltest.SessionID(1)
		head := journaltest.Grow(t, j, id, engine.Head{}, 3)
		disk.fail(func(op errorfs.Op) bool {
			return op.Kind.ReadOrWrite() == errorfs.OpIsWrite && op.Kind != errorfs.OpFileClose && op.Kind != errorfs.OpLock
		})
		for range 5 {
			if err := j.Append(t.Context(), id, head, journaltest.Chain(id, head, 1)); err == nil || errors.Is(err, engine.ErrFenced) {
				t.Fatalf("append on a full disk: %v", err)
			}
			if got, err := journaltest.Read(j, id); err == nil {
				t.Fatalf("read %d records from a store that cannot be synced", got.Seq)
			}
			time.Sleep(journal.HealPause)
		}
		disk.fail(nil)
		found, err := journaltest.Read(j, id)
		if err != nil || found.Seq < head.Seq {
			t.Fatalf("found %d records of %d: %v", found.Seq, head.Seq, err)
		}
		head = journaltest.Grow(t, j, id, found, 2)
		after := mustOpen(t, "journal", journal.Options{}.WithFS(disk.cutPower(1, 0)))
		journaltest.WantHead(t, after, id, head)
		mustClose(t, after)
		mustClose(t, j)
	})
}

// TestNearlyFullDiskRefusesInGoodOrder: before the disk is full the journal
// takes no more, writes nothing, still reads, and goes on when there is room.
func TestNearlyFullDiskRefusesInGoodOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := newFailingDisk(vfs.NewCrashableMem())
		room := func(mebibytes uint64) {
			disk.memory.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: mebibytes << 20, TotalBytes: 1 << 40})
		}
		room(127)
		if _, err := journal.OpenPebble("journal", journal.Options{}.WithFS(disk)); !errors.Is(err, journal.ErrFull) {
			t.Fatalf("opened: %v", err)
		}
		room(128)
		j := mustOpen(t, "journal", journal.Options{}.WithFS(disk))
		id := journaltest.SessionID(1)
		head := journaltest.Grow(t, j, id, engine.Head{}, 3)
		room(63)
		time.Sleep(2 * time.Second)
		if free, known := j.FreeBytes(); free != 63<<20 || !known {
			t.Errorf("says that %d bytes are free, known: %v", free, known)
		}
		if err := j.Append(t.Context(), id, head, journaltest.Chain(id, head, 1)); !errors.Is(err, journal.ErrFull) {
			t.Fatalf("append: %v", err)
		}
		journaltest.WantHead(t, j, id, head)
		room(64)
		time.Sleep(2 * time.Second)
		journaltest.Grow(t, j, id, head, 1)
		mustClose(t, j)
	})
}

// TestPowerCutLosesNothingAcknowledged cuts the power at random moments while
// sessions append and somebody reads them, and once more right after the
// recovery. No batch is half there.
func TestPowerCutLosesNothingAcknowledged(t *testing.T) {
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	disk := newFailingDisk(vfs.NewCrashableMem())
	const sessions = 5
	told := make([]engine.Head, sessions)
	for cut := range 12 {
		j := mustOpen(t, "journal", journal.Options{HeadsEvery: time.Millisecond}.WithFS(disk))
		for i, head := range told {
			found, err := journaltest.Read(j, journaltest.SessionID(i))
			if err != nil || found.Seq < head.Seq {
				t.Fatalf("cut %d: session %d was told %d records, has %d: %v", cut, i, head.Seq, found.Seq, err)
			}
			if found.Seq%batchOf(i) != 0 {
				t.Fatalf("cut %d: session %d has %d records, and batches of %d were appended", cut, i, found.Seq, batchOf(i))
			}
			told[i] = found // a bid nobody was told of may be there, and is told now
		}
		clone := appendUntilCut(j, disk, told, random)
		mustClose(t, j)
		disk = newFailingDisk(clone)
	}
}

// batchOf is how many records a session appends at a time.
func batchOf(session int) engine.Seq { return engine.Seq(1 + 2*session) }

// appendUntilCut appends to all sessions at once and cuts the power after some
// appends. told then holds what was acknowledged or shown before the cut.
func appendUntilCut(j engine.Journal, disk *failingDisk, told []engine.Head, random *rand.Rand) *vfs.MemFS {
	acknowledged := make(chan func())
	stop := make(chan struct{})
	var all sync.WaitGroup
	for i, head := range told {
		all.Go(func() {
			id := journaltest.SessionID(i)
			for {
				entries := journaltest.Chain(id, head, int(batchOf(i)))
				if j.Append(context.Background(), id, head, entries) != nil {
					return
				}
				head = journaltest.End(head, entries)
				now := head
				select {
				case acknowledged <- func() {
					if now.Seq > told[i].Seq {
						told[i] = now
					}
				}:
				case <-stop:
					return
				}
			}
		})
	}
	all.Go(func() { // somebody who is told what a replay shows
		for {
			for i := range told {
				head, err := journaltest.Read(j, journaltest.SessionID(i))
				if err != nil {
					return
				}
				select {
				case acknowledged <- func() {
					if head.Seq > told[i].Seq {
						told[i] = head
					}
				}:
				case <-stop:
					return
				}
			}
		}
	})
	for range 1 + random.IntN(200) {
		(<-acknowledged)()
	}
	clone := disk.cutPower(random.Int64(), random.IntN(101))
	close(stop)
	all.Wait()
	return clone
}
