package ledgerkeeper

import (
	"errors"
	"fmt"
	"log/slog"

	"gobua/engine/ledger"
)

// Leave takes the log in a folder out of its cluster, for a machine that goes on
// alone or for a cluster that begins anew with this log; no process may have it
// open. Everything that was written stays. It is for an operator who has seen to
// it that no other node of the old cluster writes any more: two of them would
// make two logs under one key. Where there is no log the error wraps
// ledger.ErrNotFound.
func Leave(dir string) error {
	s, err := openStore(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if _, err := s.last(); err != nil { // also a folder without a log
		if errors.Is(err, ledger.ErrNotFound) {
			err = fmt.Errorf("ledger: %s has no log: %w", dir, err)
		}
		return errors.Join(err, s.db.Close())
	}
	b := s.db.NewBatch()
	err = errors.Join(b.Delete(row(positionRow), nil), b.DeleteRange(row(wishRow), after(row(wishRow)), nil))
	if err == nil {
		err = s.commit(b)
	}
	return errors.Join(err, s.db.Close())
}
