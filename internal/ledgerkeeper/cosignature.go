package ledgerkeeper

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gobua/engine/ledger"
)

// AddCosignature takes the signatures of witnesses under a checkpoint of the
// log and serves them with it from then on, in a cluster on every node. A later
// word of a witness replaces an earlier one. ledger.ErrCosignature: the
// checkpoint is none of this log, or no witness that is known signed it. It
// blocks for one sync, in a cluster for ten seconds at most.
func (k *Keeper) AddCosignature(signed []byte) error {
	size, words, err := k.cosignaturesOf(signed)
	if err != nil {
		return err
	}
	if k.together != nil {
		var lines strings.Builder
		for _, w := range words {
			lines.WriteString(w.Line)
		}
		err = k.tell(context.Background(), item{Size: size, Cosigned: lines.String()})
	} else {
		err = k.keepCosignatures(size, words)
	}
	if err == nil {
		for range words {
			k.o.Meter.Cosigned()
		}
	}
	return err
}

// cosignaturesOf are the signatures of known witnesses under a checkpoint of
// this log, and its size.
func (k *Keeper) cosignaturesOf(signed []byte) (size int64, words []ledger.Cosignature, err error) {
	c, err := ledger.CheckpointOf(signed)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ledger.ErrCosignature, err)
	}
	words, err = ledger.Cosignatures(signed, k.o.Witnesses...)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ledger.ErrCosignature, err)
	}
	s, shown, err := k.use()
	if err != nil {
		return 0, nil, err
	}
	defer k.mu.RUnlock()
	ours, err := s.checkpointAt(c.Size, shown)
	if errors.Is(err, ledger.ErrNotFound) {
		return 0, nil, fmt.Errorf("%w: no checkpoint of size %d was signed", ledger.ErrCosignature, c.Size)
	}
	if err != nil {
		return 0, nil, err
	}
	if ours.checkpoint != c {
		k.o.Log.Error("ledger: a witness has signed another history", "witness", words[0].Witness, "size", c.Size,
			"ours", ours.checkpoint.Root.Short(), "theirs", c.Root.Short(), "note", string(signed))
		return 0, nil, fmt.Errorf("%w: at size %d this log has root %s, not %s", ledger.ErrCosignature, c.Size, ours.checkpoint.Root.Short(), c.Root.Short())
	}
	return c.Size, words, nil
}

func (k *Keeper) keepCosignatures(size int64, words []ledger.Cosignature) error {
	s, _, err := k.use()
	if err != nil {
		return err
	}
	defer k.mu.RUnlock()
	b := s.db.NewBatch()
	for _, w := range words {
		if err := b.Set(row(cosignRow, size, w.KeyID), []byte(w.Line), nil); err != nil {
			return err
		}
	}
	return s.commit(b)
}
