package journal

import (
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"gobua/engine"
)

// keeper remembers, outside the store, how far each session was acknowledged.
// A log that ends too early looks like a short log; only a second witness can
// tell the difference.
type keeper struct {
	fs    vfs.FS
	dir   string
	log   *slog.Logger
	space *spaceGuard

	mu      sync.Mutex
	heads   map[engine.SessionID]engine.Head // only what is durable in the store
	changed bool                             // since the file was last written

	stop, stopped chan struct{}
}

// startKeeper begins to keep heads. Every interval the keeper writes them, if
// any changed, and looks at the free space, on its own goroutine, until close.
func startKeeper(fs vfs.FS, dir string, heads map[engine.SessionID]engine.Head, every time.Duration, space *spaceGuard, log *slog.Logger) *keeper {
	k := &keeper{
		fs: fs, dir: dir, log: log, heads: heads, space: space,
		stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	go k.run(every)
	return k
}

func (k *keeper) run(every time.Duration) {
	defer close(k.stopped)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			k.space.look()
			if err := k.flush(); err != nil {
				k.log.Error("journal: kept heads cannot be written, will try again", "dir", k.dir, "err", err)
			}
		case <-k.stop:
			return
		}
	}
}

// note remembers a head that is durable in the store. It does not block on
// the disk.
func (k *keeper) note(id engine.SessionID, head engine.Head) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.heads[id] = head
	k.changed = true
}

// kept returns the last head known to be durable; zero if none is known.
func (k *keeper) kept(id engine.SessionID) engine.Head {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.heads[id]
}

// forget drops the head of a session that is taken out.
func (k *keeper) forget(id engine.SessionID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.heads, id)
	k.changed = true
}

// all returns a copy of every kept head.
func (k *keeper) all() map[engine.SessionID]engine.Head {
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.heads)
}

// flush writes the heads if any changed. Only one goroutine at a time calls it: run,
// then close.
func (k *keeper) flush() error {
	k.mu.Lock()
	if !k.changed {
		k.mu.Unlock()
		return nil
	}
	heads := maps.Clone(k.heads)
	k.changed = false
	k.mu.Unlock()
	err := writeHeads(k.fs, k.dir, heads)
	if err != nil {
		k.mu.Lock()
		k.changed = true
		k.mu.Unlock()
	}
	return err
}

// close ends the keeper's goroutine and writes the heads a last time.
func (k *keeper) close() error {
	close(k.stop)
	<-k.stopped
	return k.flush()
}
