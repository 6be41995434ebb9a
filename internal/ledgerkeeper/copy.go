package ledgerkeeper

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"gobua/engine/ledger"
)

// Copy writes a copy of the log, as of one moment while it is in use, into a
// folder that must not exist; Open opens it. Whatever was shown before the call
// is in it. The keys that belong to it must be copied before and be the same
// afterwards (internal/backup). It blocks for a few syncs, in which nothing
// new is shown. Any goroutine may call it.
func (k *Keeper) Copy(dir string) error {
	s, _, err := k.use()
	if err != nil {
		return err
	}
	defer k.mu.RUnlock()
	if s.failed.Load() {
		return ledger.ErrDown
	}
	if err := s.db.Checkpoint(dir, pebble.WithFlushedWAL()); err != nil {
		return fmt.Errorf("ledger: copy: %w", named(err))
	}
	return nil
}
