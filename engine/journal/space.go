package journal

import (
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Free bytes on the disk below which the journal does not open, and below
// which it appends nothing more. Pebble cannot go on once it gets no new file,
// so appends end in good order while there is still room for what is on its
// way: a log and two memory tables.
const (
	spaceToOpen   = 128 << 20
	spaceToAppend = 64 << 20
)

// checkSpace returns ErrFull if a folder's disk has less than so many bytes
// free. A file system that cannot tell is trusted.
func checkSpace(fs vfs.FS, dir string, bytes uint64) error {
	usage, err := fs.GetDiskUsage(dir)
	if err != nil {
		return nil
	}
	return enough(usage.AvailBytes, dir, bytes)
}

func enough(free uint64, dir string, bytes uint64) error {
	if free >= bytes {
		return nil
	}
	return fmt.Errorf("%w: %s has %d MiB free, %d are needed", ErrFull, dir, free>>20, bytes>>20)
}

// spaceGuard stops appends before the disk is full, and lets them go on by
// itself when there is room again.
type spaceGuard struct {
	fs   vfs.FS
	dir  string
	log  *slog.Logger
	full atomic.Pointer[error]
	free atomic.Pointer[uint64] // bytes at the last look; nil: never looked, or the file system cannot tell
}

// look is called by the keeper at every tick.
func (g *spaceGuard) look() {
	var err error
	if usage, untold := g.fs.GetDiskUsage(g.dir); untold == nil {
		g.free.Store(&usage.AvailBytes)
		err = enough(usage.AvailBytes, g.dir, spaceToAppend)
	}
	before := g.full.Load()
	switch {
	case err != nil && before == nil:
		g.full.Store(&err)
		g.log.Error("journal: no more bids are taken until there is room on the disk", "err", err)
	case err == nil && before != nil:
		g.full.Store(nil)
		g.log.Warn("journal: there is room on the disk again", "dir", g.dir)
	}
}

// check returns why nothing may be appended, or nil. Nothing was written then.
func (g *spaceGuard) check() error {
	if full := g.full.Load(); full != nil {
		return *full
	}
	return nil
}
