package ledgerkeeper

import (
	"context"
	"errors"
	"fmt"

	"gobua/engine/ledger"
)

// A log that was begun on one machine is brought into the chronicle of a cluster
// once, as it is: entries, checkpoints and what was signed of them. The node that
// has it does so by itself when it finds the chronicle empty, whoever holds the
// log. Every message says at which size the import ends; until then no node
// writes rounds or shows the log. So an import that broke off is taken up by
// whichever node has the whole.

// bringIn brings in what is not in the chronicle yet.
func (k *Keeper) bringIn(ctx context.Context) error {
	t := k.together
	if t.until == 0 {
		k.o.Log.Info("ledger: the log of this machine is brought into the cluster", "entries", t.tip.checkpoint.Size)
	}
	for t.importing() && ctx.Err() == nil {
		until := t.until
		if until == 0 {
			until = t.tip.checkpoint.Size
		}
		if t.tip.checkpoint.Size < until {
			return fmt.Errorf("%w: another node brings a log of %d entries in, %d are there", ledger.ErrDown, until, t.size)
		}
		items, err := k.importItems(t.size, int64(len(t.part)), until)
		if err != nil {
			return err
		}
		if err := k.offer(ctx, items); err != nil {
			return err
		}
	}
	return errors.Join(ctx.Err(), k.join())
}

// importItems are those of the next message of an import, after a checkpoint and
// some entries of the round that follows: whole rounds, or a part of one that is
// longer than a message.
func (k *Keeper) importItems(size, part, until int64) (items []item, err error) {
	items = []item{{Until: until}}
	bytes, whole, stop := 0, 0, false // whole: items up to the end of the last round that is in
	from := size + part
	var wrong error
	err = k.store.scan(row(checkpointRow, size+1), row(checkpointRow, until+1), false, func(key, value []byte) bool {
		var p published
		if p, wrong = parseCheckpoint(key, value); wrong != nil {
			return false
		}
		for ; from < p.checkpoint.Size; from++ {
			if bytes >= wantedBytes {
				stop = true
				return false
			}
			var l line
			if l, wrong = k.lineAt(from); wrong != nil {
				return false
			}
			bytes += len(l.entry.Text()) + lineBytes
			items = append(items, itemOf(l))
		}
		items = append(items, item{Checkpoint: string(p.signed), At: p.at})
		bytes += len(p.signed)
		var words []item
		words, wrong = k.store.wordsAbout(p.checkpoint.Size)
		for _, w := range words {
			bytes += len(w.Cosigned) + 2*len(w.Stamp)
		}
		items = append(items, words...)
		whole = len(items)
		return wrong == nil && bytes < wantedBytes
	})
	if stop && whole > 0 { // the round that was begun comes with the next message
		items = items[:whole]
	}
	if err = errors.Join(err, wrong); err == nil && len(items) == 1 {
		err = fmt.Errorf("%w: there is nothing after entry %d of an import to size %d", ErrDamaged, from, until)
	}
	return items, err
}

// lineAt reads an entry of the store as it was written.
func (k *Keeper) lineAt(index int64) (l line, err error) {
	text, err := k.store.get(row(entryRow, index))
	if err != nil {
		return l, fmt.Errorf("%w: entry %d: %w", ErrDamaged, index, err)
	}
	it := item{Entry: string(text)}
	e, err := ledger.ParseEntry(it.Entry)
	if err != nil {
		return l, fmt.Errorf("%w: entry %d: %w", ErrDamaged, index, err)
	}
	switch e := e.(type) {
	case *ledger.HeadEntry:
		l.session = e.Session
	case *ledger.BlindHeadEntry:
		l.session = e.Session
		opening, err := k.store.get(row(aboutRow, e.Session, index))
		if err != nil {
			return l, fmt.Errorf("%w: the opening of entry %d: %w", ErrDamaged, index, err)
		}
		it.Opening = parseOpening(opening)
	}
	if known, ok := k.known[l.session]; ok && known.Index == index {
		it.Phase = known.Phase
	}
	return it.line()
}

// wordsAbout are what others have signed of a checkpoint.
func (s *store) wordsAbout(size int64) (words []item, err error) {
	var lines string
	err = s.scan(row(cosignRow, size), row(cosignRow, size+1), false, func(_, value []byte) bool {
		lines += string(value)
		return true
	})
	if lines != "" {
		words = append(words, item{Size: size, Cosigned: lines})
	}
	stamp, none := s.get(row(timestampRow, size))
	switch {
	case none == nil:
		words = append(words, item{Size: size, Stamp: stamp})
	case !errors.Is(none, ledger.ErrNotFound):
		err = errors.Join(err, none)
	}
	return words, err
}
