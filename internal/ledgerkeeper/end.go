package ledgerkeeper

import (
	"encoding/json"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

// maxCosigned is how many signatures of witnesses are looked at for the
// checkpoint of a proof. After some rounds of all witnesses the best is found.
const maxCosigned = 128

// EndProof proves where a session that is over ended. It is about the first
// checkpoint that most witnesses signed, so once they have it does not change
// any more. ledger.ErrNotFound: the session is not over, the log does not have
// its end yet, or keeps it a secret; ledger.ErrDown.
func (k *Keeper) EndProof(id engine.SessionID) (p ledger.EndProof, err error) {
	s, shown, err := k.use()
	if err != nil {
		return p, err
	}
	defer k.mu.RUnlock()
	raw, err := s.get(row(sessionRow, id))
	if err != nil {
		return p, err
	}
	var w written
	if err := json.Unmarshal(raw, &w); err != nil {
		return p, fmt.Errorf("%w: session %s: %w", ErrDamaged, id, err)
	}
	if !w.Phase.Final() || w.Blind || w.Index >= shown.checkpoint.Size {
		return p, ledger.ErrNotFound
	}
	at, err := s.checkpointOver(w.Index, shown)
	if err != nil {
		return p, err
	}
	for _, key := range k.keys.List() {
		if key.Index >= at.Size {
			break
		}
		proof, err := s.proof(key.Index, at)
		if err != nil {
			return p, err
		}
		p.Keys = append(p.Keys, proof)
	}
	p.End, err = s.proof(w.Index, at)
	return p, err
}

// proof proves an entry by a checkpoint.
func (s *store) proof(index int64, at ledger.SignedCheckpoint) (ledger.Proof, error) {
	entry, err := s.get(row(entryRow, index))
	if err != nil {
		return ledger.Proof{}, err
	}
	path, err := tlog.ProveRecord(at.Size, index, s)
	return ledger.Proof{Entry: string(entry), Index: index, Path: ledger.Hashes(path), Note: at.Note}, err
}

// checkpointOver is the checkpoint by which an entry is best proved: of those
// that have it the first that most witnesses signed, else the very first.
func (s *store) checkpointOver(index int64, shown published) (ledger.SignedCheckpoint, error) {
	words := map[int64]int{}
	best, seen := int64(0), 0
	err := s.scan(row(cosignRow, index+1), row(cosignRow, shown.checkpoint.Size+1), false, func(key, _ []byte) bool {
		size, _ := numberAt(key, 1)
		if words[size]++; words[size] > words[best] {
			best = size
		}
		seen++
		return seen < maxCosigned
	})
	if err != nil {
		return ledger.SignedCheckpoint{}, err
	}
	from, to := row(checkpointRow, index+1), row(checkpointRow, shown.checkpoint.Size+1)
	if best > 0 {
		from = row(checkpointRow, best)
	}
	var at published
	wrong := ledger.ErrNotFound
	err = s.scan(from, to, false, func(key, value []byte) bool {
		at, wrong = parseCheckpoint(key, value)
		return false
	})
	if err == nil {
		err = wrong
	}
	if err != nil {
		return ledger.SignedCheckpoint{}, err
	}
	return s.dressed(at)
}
