package ledgerkeeper

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

// Everything here answers from what is published. ErrNotFound: there is no such
// thing, or not yet; ErrDown: the ledger cannot be read now.

// Keys are the keys of the log, the first one first.
func (k *Keeper) Keys() []ledger.Key {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.keys.List()
}

// About tells who signs the log and who watches it.
func (k *Keeper) About() (ledger.About, error) {
	c, err := k.Checkpoint()
	if err != nil {
		return ledger.About{}, err
	}
	about := ledger.About{Origin: k.o.Signer.Origin(), Keys: k.Keys(), Witnesses: []string{}, Checkpoint: c}
	for _, w := range k.o.Witnesses {
		about.Witnesses = append(about.Witnesses, w.Name())
	}
	return about, nil
}

// Checkpoint is the newest checkpoint.
func (k *Keeper) Checkpoint() (ledger.SignedCheckpoint, error) {
	s, shown, err := k.use()
	if err != nil {
		return ledger.SignedCheckpoint{}, err
	}
	defer k.mu.RUnlock()
	return s.dressed(shown)
}

// CheckpointAt is the checkpoint that was signed at a size.
func (k *Keeper) CheckpointAt(size int64) (ledger.SignedCheckpoint, error) {
	s, shown, err := k.use()
	if err != nil {
		return ledger.SignedCheckpoint{}, err
	}
	defer k.mu.RUnlock()
	p, err := s.checkpointAt(size, shown)
	if err != nil {
		return ledger.SignedCheckpoint{}, err
	}
	return s.dressed(p)
}

// Checkpoints are at most limit checkpoints of sizes over after, the oldest
// first; after below zero: the newest ones.
func (k *Keeper) Checkpoints(after int64, limit int) ([]ledger.SignedCheckpoint, error) {
	s, shown, err := k.use()
	if err != nil {
		return nil, err
	}
	defer k.mu.RUnlock()
	var found []published
	var wrong error
	newest := after < 0
	err = s.scan(row(checkpointRow, max(after, 0)+1), row(checkpointRow, shown.checkpoint.Size+1), newest, func(key, value []byte) bool {
		p, err := parseCheckpoint(key, value)
		wrong = err
		found = append(found, p)
		return wrong == nil && len(found) < limit
	})
	if err := errors.Join(err, wrong); err != nil {
		return nil, err
	}
	out := make([]ledger.SignedCheckpoint, len(found))
	for i, p := range found {
		at := i
		if newest {
			at = len(found) - 1 - i
		}
		if out[at], err = s.dressed(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Timestamp is the answer of the time stamping authority about the text of the
// checkpoint of a size, in DER.
func (k *Keeper) Timestamp(size int64) ([]byte, error) {
	s, _, err := k.use()
	if err != nil {
		return nil, err
	}
	defer k.mu.RUnlock()
	return s.get(row(timestampRow, size))
}

func (s *store) checkpointAt(size int64, shown published) (published, error) {
	if size < 0 || size > shown.checkpoint.Size {
		return published{}, ledger.ErrNotFound
	}
	key := row(checkpointRow, size)
	value, err := s.get(key)
	if err != nil {
		return published{}, err
	}
	return parseCheckpoint(key, value)
}

// dressed is a checkpoint with what others have signed of it.
func (s *store) dressed(p published) (ledger.SignedCheckpoint, error) {
	size := p.checkpoint.Size
	var note strings.Builder
	note.Write(p.signed)
	err := s.scan(row(cosignRow, size), row(cosignRow, size+1), false, func(_, value []byte) bool {
		note.Write(value)
		return true
	})
	if err != nil {
		return ledger.SignedCheckpoint{}, err
	}
	_, err = s.get(row(timestampRow, size))
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return ledger.SignedCheckpoint{}, err
	}
	return ledger.SignedCheckpoint{Size: size, Root: p.checkpoint.Root, At: p.at, Note: note.String(), Stamped: err == nil}, nil
}

// Tile is a tile of hashes, or of level -1 a bundle of entries, as C2SP
// tlog-tiles wants them.
func (k *Keeper) Tile(t tlog.Tile) ([]byte, error) {
	s, shown, err := k.use()
	if err != nil {
		return nil, err
	}
	defer k.mu.RUnlock()
	shift := ledger.TileHeight * max(t.L, 0)
	from := t.N << ledger.TileHeight
	to := from + int64(t.W)
	if t.H != ledger.TileHeight || t.W < 1 || t.W > ledger.TileWidth || to<<shift>>shift != to || to<<shift > shown.checkpoint.Size {
		return nil, ledger.ErrNotFound
	}
	first, last := row(entryRow, from), row(entryRow, to)
	if t.L >= 0 {
		first, last = row(hashRow, byte(shift), from), row(hashRow, byte(shift), to)
	}
	var out []byte
	n := 0
	err = s.scan(first, last, false, func(_, value []byte) bool {
		n++
		if t.L >= 0 {
			out = append(out, value...)
		} else {
			out = ledger.AppendBundle(out, string(value))
		}
		return true
	})
	if err == nil && n != t.W {
		err = fmt.Errorf("%w: tile %s has %d rows", ErrDamaged, ledger.TilePath(t), n)
	}
	return out, err
}

// Inclusion proves that the entry at an index is in the tree of a size; size
// zero: of the newest checkpoint.
func (k *Keeper) Inclusion(index, size int64) (ledger.Inclusion, error) {
	s, shown, err := k.use()
	if err != nil {
		return ledger.Inclusion{}, err
	}
	defer k.mu.RUnlock()
	if size == 0 {
		size = shown.checkpoint.Size
	}
	if index < 0 || index >= size || size > shown.checkpoint.Size {
		return ledger.Inclusion{}, ledger.ErrNotFound
	}
	entry, err := s.get(row(entryRow, index))
	if err != nil {
		return ledger.Inclusion{}, err
	}
	proof, err := tlog.ProveRecord(size, index, s)
	return ledger.Inclusion{Index: index, Size: size, Entry: string(entry), Proof: ledger.Hashes(proof)}, err
}

// Consistency proves that the tree of one size continues that of a smaller one.
func (k *Keeper) Consistency(from, to int64) (ledger.Consistency, error) {
	s, shown, err := k.use()
	if err != nil {
		return ledger.Consistency{}, err
	}
	defer k.mu.RUnlock()
	if from < 1 || from > to || to > shown.checkpoint.Size {
		return ledger.Consistency{}, ledger.ErrNotFound
	}
	proof, err := tlog.ProveTree(to, from, s)
	return ledger.Consistency{From: from, To: to, Proof: ledger.Hashes(proof)}, err
}

// SessionEntries are at most limit entries about a session from an index on,
// the oldest first.
func (k *Keeper) SessionEntries(id engine.SessionID, from int64, limit int) ([]ledger.SessionEntry, error) {
	s, shown, err := k.use()
	if err != nil {
		return nil, err
	}
	defer k.mu.RUnlock()
	told, err := s.told(id, shown)
	if err != nil {
		return nil, err
	}
	return s.about(id, from, shown.checkpoint.Size, limit, false, told)
}

// SessionProof proves that the newest entry about a session is in the tree of
// the newest checkpoint.
func (k *Keeper) SessionProof(id engine.SessionID) (p ledger.SessionProof, err error) {
	s, shown, err := k.use()
	if err != nil {
		return p, err
	}
	defer k.mu.RUnlock()
	told, err := s.told(id, shown)
	if err != nil {
		return p, err
	}
	size := shown.checkpoint.Size
	found, err := s.about(id, 0, size, 1, true, told)
	if err != nil {
		return p, err
	}
	if len(found) == 0 {
		return p, ledger.ErrNotFound
	}
	e := found[0]
	proof, err := tlog.ProveRecord(size, e.Index, s)
	if err != nil {
		return p, err
	}
	p.Inclusion = ledger.Inclusion{Index: e.Index, Size: size, Entry: e.Entry, Proof: ledger.Hashes(proof), Opening: e.Opening}
	p.Checkpoint, err = s.dressed(shown)
	return p, err
}

// told tells whether the blind heads of a session may be opened: it has been
// announced, and the log says where it ended. A session that was stopped or
// cancelled keeps its secret, because it may be run again.
func (s *store) told(id engine.SessionID, shown published) (bool, error) {
	raw, err := s.get(row(sessionRow, id))
	if err != nil {
		return false, err
	}
	var w written
	if err := json.Unmarshal(raw, &w); err != nil {
		return false, fmt.Errorf("%w: session %s: %w", ErrDamaged, id, err)
	}
	return w.Phase == engine.PhaseAnnounced && !w.Blind && w.Index < shown.checkpoint.Size, nil
}

// about lists entries about a session with indexes from from to before to.
func (s *store) about(id engine.SessionID, from, to int64, limit int, newestFirst, told bool) (out []ledger.SessionEntry, err error) {
	out = []ledger.SessionEntry{}
	var wrong error
	err = s.scan(row(aboutRow, id, from), row(aboutRow, id, to), newestFirst, func(key, value []byte) bool {
		index, _ := numberAt(key, 1+len(id))
		text, err := s.get(row(entryRow, index))
		if err != nil {
			wrong = fmt.Errorf("%w: entry %d: %w", ErrDamaged, index, err)
			return false
		}
		e := ledger.SessionEntry{Index: index, Entry: string(text)}
		if told {
			e.Opening = parseOpening(value)
		}
		out = append(out, e)
		return len(out) < limit
	})
	return out, errors.Join(err, wrong)
}
