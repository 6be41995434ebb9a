package ledgerkeeper

import (
	"fmt"

	"gobua/engine"
	"gobua/engine/ledger"
)

// rotate takes the key that waits. The log says so in an entry that the old
// key signs, and both sign the checkpoint that ends with it. Only then is the
// old key thrown away.
func (k *Keeper) rotate(now engine.Instant) error {
	signer, verifier, err := k.o.Signer.next()
	if err != nil {
		return fmt.Errorf("the new key: %w", err)
	}
	old := k.o.Signer.present()
	entry, err := ledger.NewKeyEntry(verifier, now, old)
	if err != nil {
		return err
	}
	size := k.shown.checkpoint.Size
	p, err := k.append(size, []line{{entry: entry}}, now, old, signer)
	if err != nil {
		return err
	}
	k.mu.Lock()
	err = k.keys.Add(size, entry.Text())
	k.mu.Unlock()
	if err != nil {
		return err
	}
	if err := k.o.Signer.promote(); err != nil {
		return fmt.Errorf("the new key: %w", err)
	}
	k.o.Log.Info("ledger: a new key signs", "verifier", verifier, "entry", size)
	return k.publish(p)
}

// finishRotation makes the key of the log the present one, where the process
// ended between writing it down and throwing the old one away.
func (k *Keeper) finishRotation() error {
	keys := k.keys.List()
	want := keys[len(keys)-1].Verifier
	if k.o.Signer.Verifier() == want {
		return nil
	}
	if _, next, err := k.o.Signer.next(); err == nil && next == want {
		return k.o.Signer.promote()
	}
	return fmt.Errorf("%w: the log's key is %s, the file has %s: put back the key file, or begin a new log under another name",
		ErrDamaged, want, k.o.Signer.Verifier())
}
