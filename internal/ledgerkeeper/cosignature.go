package ledgerkeeper

import (
	"errors"
	"fmt"

	"gobua/engine/ledger"
)

// AddCosignature takes the signatures of witnesses under a checkpoint of the
// log and serves them with it from then on. A later word of a witness replaces
// an earlier one. ledger.ErrCosignature: the checkpoint is none of this log, or no
// witness that is known signed it. It blocks for one sync.
func (k *Keeper) AddCosignature(signed []byte) error {
	c, err := ledger.CheckpointOf(signed)
	if err != nil {
		return fmt.Errorf("%w: %w", ledger.ErrCosignature, err)
	}
	words, err := ledger.Cosignatures(signed, k.o.Witnesses...)
	if err != nil {
		return fmt.Errorf("%w: %w", ledger.ErrCosignature, err)
	}
	s, shown, err := k.use()
	if err != nil {
		return err
	}
	defer k.mu.RUnlock()
	ours, err := s.checkpointAt(c.Size, shown)
	if errors.Is(err, ledger.ErrNotFound) {
		return fmt.Errorf("%w: no checkpoint of size %d was signed", ledger.ErrCosignature, c.Size)
	}
	if err != nil {
		return err
	}
	if ours.checkpoint != c {
		k.o.Log.Error("ledger: a witness has signed another history", "witness", words[0].Witness, "size", c.Size,
			"ours", ours.checkpoint.Root.Short(), "theirs", c.Root.Short(), "note", string(signed))
		return fmt.Errorf("%w: at size %d this log has root %s, not %s", ledger.ErrCosignature, c.Size, ours.checkpoint.Root.Short(), c.Root.Short())
	}
	b := s.db.NewBatch()
	for _, w := range words {
		if err := b.Set(row(cosignRow, c.Size, w.KeyID), []byte(w.Line), nil); err != nil {
			return err
		}
		k.o.Meter.Cosigned()
	}
	return s.commit(b)
}
