package ledgerkeeper

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

// line is an entry on its way into the log.
type line struct {
	entry   ledger.Entry
	session engine.SessionID // which it is about; empty: none
	opening *ledger.Opening  // of a blind head
	state   written          // what is known of the session then
	answers string           // the id of the wish that it fulfils; empty: none
}

// written is what was last written of a session.
type written struct {
	Index int64        `json:"index"`
	Head  engine.Head  `json:"head"`
	Phase engine.Phase `json:"phase"`
	Blind bool         `json:"blind,omitempty"`
}

// openingBytes is how an opening is kept: salt, number, hash.
const openingBytes = 32 + 8 + 32

// append makes entries durable together with a checkpoint over them, or
// nothing. It blocks for one sync and publishes nothing.
func (k *Keeper) append(size int64, lines []line, now engine.Instant, signers ...note.Signer) (published, error) {
	d := k.store.draft(size)
	if err := d.add(lines...); err != nil {
		return published{}, err
	}
	p, err := d.sign(now, signers...)
	if err != nil {
		return published{}, err
	}
	return p, k.store.commit(d.batch)
}

// draft is a batch of entries on their way into the store, and the tree as it
// will be then.
type draft struct {
	batch  *pebble.Batch
	size   int64
	hashes overlay
}

// draft begins a batch for the end of the log. A draft that is not committed
// leaves nothing behind.
func (s *store) draft(size int64) *draft {
	return &draft{batch: s.db.NewBatch(), size: size, hashes: overlay{below: s, fresh: map[int64]tlog.Hash{}}}
}

// add puts entries at the end.
func (d *draft) add(lines ...line) error {
	for _, l := range lines {
		if err := putLine(d.batch, d.size, l); err != nil {
			return err
		}
		fresh, err := tlog.StoredHashes(d.size, []byte(l.entry.Text()), d.hashes)
		if err != nil {
			return err
		}
		for level, h := range fresh {
			n := d.size >> level
			d.hashes.fresh[tlog.StoredHashIndex(level, n)] = h
			if err := d.batch.Set(row(hashRow, byte(level), n), h[:], nil); err != nil {
				return err
			}
		}
		d.size++
	}
	return nil
}

// sign makes the checkpoint over what is there now and puts it into the batch.
func (d *draft) sign(now engine.Instant, signers ...note.Signer) (p published, err error) {
	root, err := tlog.TreeHash(d.size, d.hashes)
	if err != nil {
		return p, err
	}
	p = published{checkpoint: ledger.Checkpoint{Origin: signers[0].Name(), Size: d.size, Root: engine.Hash(root)}, at: now}
	if p.signed, err = note.Sign(&note.Note{Text: p.checkpoint.Text()}, signers...); err != nil {
		return p, err
	}
	return p, d.put(p)
}

// put puts a checkpoint into the batch.
func (d *draft) put(p published) error {
	return d.batch.Set(row(checkpointRow, p.checkpoint.Size), append(binary.BigEndian.AppendUint64(nil, uint64(p.at)), p.signed...), nil)
}

func putLine(b *pebble.Batch, index int64, l line) error {
	text := l.entry.Text()
	if len(text) > ledger.MaxEntryBytes {
		return fmt.Errorf("ledger: an entry of %d bytes", len(text))
	}
	err := b.Set(row(entryRow, index), []byte(text), nil)
	if _, ok := l.entry.(*ledger.KeyEntry); ok {
		err = errors.Join(err, b.Set(row(keyRow, index), nil, nil))
	}
	if l.session == "" {
		return err
	}
	var opening []byte
	if o := l.opening; o != nil {
		opening = append(opening, o.Salt[:]...)
		opening = binary.BigEndian.AppendUint64(opening, uint64(o.Head.Seq))
		opening = append(opening, o.Head.Hash[:]...)
	}
	l.state.Index = index
	state, jsonErr := json.Marshal(l.state)
	return errors.Join(err, jsonErr,
		b.Set(row(aboutRow, l.session, index), opening, nil),
		b.Set(row(sessionRow, l.session), state, nil))
}

// parseOpening reads what putLine kept; nil: the entry is not blind.
func parseOpening(b []byte) *ledger.Opening {
	if len(b) != openingBytes {
		return nil
	}
	return &ledger.Opening{Salt: engine.Hash(b[:32]), Head: engine.Head{
		Seq: engine.Seq(binary.BigEndian.Uint64(b[32:])), Hash: engine.Hash(b[40:]),
	}}
}

// overlay reads the tree as it will be after a batch.
type overlay struct {
	below tlog.HashReader
	fresh map[int64]tlog.Hash
}

// ReadHashes is part of tlog.HashReader.
func (o overlay) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if h, ok := o.fresh[index]; ok {
			out[i] = h
			continue
		}
		h, err := o.below.ReadHashes(indexes[i : i+1])
		if err != nil {
			return nil, err
		}
		out[i] = h[0]
	}
	return out, nil
}

// last reads the newest checkpoint, or ledger.ErrNotFound.
func (s *store) last() (p published, err error) {
	err = ledger.ErrNotFound
	scanned := s.scan(row(checkpointRow), after(row(checkpointRow)), true, func(key, value []byte) bool {
		p, err = parseCheckpoint(key, value)
		return false
	})
	return p, errors.Join(scanned, err)
}

func parseCheckpoint(key, value []byte) (p published, err error) {
	size, ok := numberAt(key, 1)
	if !ok || len(value) < 8 {
		return p, fmt.Errorf("%w: a checkpoint's row", ErrDamaged)
	}
	p.at = engine.Instant(binary.BigEndian.Uint64(value))
	p.signed = slices.Clone(value[8:])
	p.checkpoint, err = ledger.CheckpointOf(p.signed)
	if err == nil && p.checkpoint.Size != size {
		err = fmt.Errorf("it says %d", p.checkpoint.Size)
	}
	if err != nil {
		return p, fmt.Errorf("%w: checkpoint of size %d: %w", ErrDamaged, size, err)
	}
	return p, nil
}

// keys reads the keys of the log out of it.
func (s *store) keys() (keys ledger.Keys, err error) {
	var wrong error
	err = s.scan(row(keyRow), after(row(keyRow)), false, func(key, _ []byte) bool {
		index, _ := numberAt(key, 1)
		text, err := s.get(row(entryRow, index))
		if err == nil {
			err = keys.Add(index, string(text))
		}
		if err != nil {
			wrong = fmt.Errorf("%w: entry %d: %w", ErrDamaged, index, err)
		}
		return wrong == nil
	})
	return keys, errors.Join(err, wrong)
}
