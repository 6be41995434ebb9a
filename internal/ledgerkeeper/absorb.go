package ledgerkeeper

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

// absorb makes a message of the chronicle part of the store, and shows what it
// brought. An error leaves the store as it was; one that wraps ErrDamaged says
// that chronicle and store contradict each other. After any error the chronicle
// is to be followed anew.
func (k *Keeper) absorb(m Message) error {
	t := k.together
	heard := t.heard.Load()
	if m.Seq <= heard {
		return nil
	}
	items, err := decodeItems(m.Data)
	switch {
	case m.Seq != heard+1:
		err = fmt.Errorf("%w: it comes after message %d", ErrDamaged, heard)
	case !m.Rounds && t.size < 0:
		err = fmt.Errorf("%w: this node had read a round there", ErrDamaged)
	case !m.Rounds && err != nil:
		k.o.Log.Error("ledger: words of the chronicle cannot be read and are passed over", "message", m.Seq, "err", err)
		err = nil
	case err != nil:
	case m.Rounds:
		err = k.absorbRounds(m.Seq, items)
	default:
		err = k.absorbWords(m.Seq, items)
	}
	if err != nil {
		k.unfollow()
		return fmt.Errorf("ledger: message %d of the chronicle: %w", m.Seq, err)
	}
	t.heard.Store(m.Seq)
	t.came.ring()
	k.settle(k.publishTip()) // tried again with the next look
	return nil
}

// reading is a message of rounds on its way into the store.
type reading struct {
	k     *Keeper
	d     *draft
	keys  ledger.Keys
	known int64     // entries that the store had before
	size  int64     // of the log up to the last checkpoint that was read; -1: not known yet
	until int64     // of an import
	lines []line    // after that
	fresh []line    // entries that the store did not have, each with its index
	tip   published // the newest checkpoint that it did not have
}

func (k *Keeper) absorbRounds(seq uint64, items []item) (err error) {
	t := k.together
	r := reading{k: k, known: t.tip.checkpoint.Size, size: t.size, until: t.until, lines: slices.Clone(t.part), tip: t.tip}
	if r.keys, err = ledger.TrustKeys(k.keys.List()...); err != nil {
		return err
	}
	r.d = k.store.draft(r.known)
	defer func() {
		if err != nil {
			_ = r.d.batch.Close()
		}
	}()
	checkpoints := 0
	for _, it := range items {
		if it.Checkpoint != "" {
			checkpoints++
		}
		if err = r.read(it); err != nil {
			return err
		}
	}
	if len(r.lines) > 0 { // a part of a round that is longer than a message
		if checkpoints > 0 || r.size < 0 || r.size+int64(len(r.lines)) > r.until {
			return fmt.Errorf("%w: %d entries at its end are under no checkpoint", ErrDamaged, len(r.lines))
		}
		t.part, t.until, t.round = r.lines, r.until, seq
		return r.d.batch.Close()
	}
	if t.size < 0 && r.size != t.position.Size {
		return fmt.Errorf("%w: it ends at size %d, and this node had read one there that ends at %d", ErrDamaged, r.size, t.position.Size)
	}
	p := position{Round: seq, Size: r.size, Until: r.until}
	if err = r.putPosition(p); err != nil {
		return err
	}
	if err = k.store.commit(r.d.batch); err != nil {
		return err
	}
	r.take(p)
	return nil
}

// read takes one item of a message of rounds.
func (r *reading) read(it item) error {
	switch {
	case it.Entry != "":
		l, err := it.line()
		r.lines = append(r.lines, l)
		return err
	case it.Checkpoint != "":
		return r.readCheckpoint(it)
	case it.Until != 0:
		if it.Until < 0 || r.until != 0 && r.until != it.Until {
			return fmt.Errorf("%w: an import to size %d in one to %d", ErrDamaged, it.Until, r.until)
		}
		r.until = it.Until
		return nil
	case it.Size > 0:
		return r.k.putWords(r.d.batch, it, r.tip)
	}
	return fmt.Errorf("%w: a wish among rounds", ErrDamaged)
}

// readCheckpoint holds a checkpoint against the entries before it: they must
// make its root, and the key in force must have signed it.
func (r *reading) readCheckpoint(it item) error {
	c, err := ledger.CheckpointOf([]byte(it.Checkpoint))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	n := int64(len(r.lines))
	if r.size < 0 {
		r.size = c.Size - n
	}
	switch {
	case n == 0 || c.Size != r.size+n:
		return fmt.Errorf("%w: a checkpoint of size %d over %d entries after %d", ErrDamaged, c.Size, n, r.size)
	case c.Size <= r.known:
		err = r.compare(c, it)
	case r.size != r.d.size:
		return fmt.Errorf("%w: this node's log has a checkpoint of size %d, between %d and %d of the cluster's", ErrDamaged, r.d.size, r.size, c.Size)
	default:
		err = r.extend(c, it)
	}
	r.size, r.lines = c.Size, nil
	return err
}

// compare holds a checkpoint against the store, which has its entries.
func (r *reading) compare(c ledger.Checkpoint, it item) error {
	root, err := tlog.TreeHash(c.Size, r.k.store)
	if err != nil {
		return err
	}
	if engine.Hash(root) != c.Root {
		return fmt.Errorf("%w: at size %d this node's log has root %s, the cluster's %s", ErrDamaged, c.Size, engine.Hash(root).Short(), c.Root.Short())
	}
	if _, err := r.keys.Open([]byte(it.Checkpoint)); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// extend puts the entries and their checkpoint into the batch.
func (r *reading) extend(c ledger.Checkpoint, it item) error {
	for i, l := range r.lines {
		index := r.size + int64(i)
		if _, ok := l.entry.(*ledger.KeyEntry); ok {
			if err := r.keys.Add(index, l.entry.Text()); err != nil {
				return fmt.Errorf("%w: %w", ErrDamaged, err)
			}
		}
		l.state.Index = index
		r.fresh = append(r.fresh, l)
	}
	if _, err := r.keys.Open([]byte(it.Checkpoint)); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := r.d.add(r.lines...); err != nil {
		return err
	}
	root, err := tlog.TreeHash(r.d.size, r.d.hashes)
	if err != nil {
		return err
	}
	if engine.Hash(root) != c.Root {
		return fmt.Errorf("%w: the entries make root %s at size %d, signed was %s", ErrDamaged, engine.Hash(root).Short(), c.Size, c.Root.Short())
	}
	r.tip = published{checkpoint: c, signed: []byte(it.Checkpoint), at: it.At}
	return r.d.put(r.tip)
}

func (r *reading) putPosition(p position) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	for _, w := range r.k.together.wishes {
		if !r.k.together.grants(r.fresh, w) {
			continue
		}
		if err := r.d.batch.Delete(row(wishRow, int64(w.seq)), nil); err != nil {
			return err
		}
	}
	return r.d.batch.Set(row(positionRow), raw, nil)
}

// take makes what was committed part of what the keeper knows.
func (r *reading) take(p position) {
	k, t := r.k, r.k.together
	t.position, t.round, t.until, t.part, t.size, t.tip = &p, p.Round, p.Until, nil, r.size, r.tip
	t.wishes = slices.DeleteFunc(t.wishes, func(w wish) bool { return t.grants(r.fresh, w) })
	for _, l := range r.fresh {
		if l.session != "" {
			k.known[l.session] = l.state
			if t.joined { // also where another node wrote it: a new holder goes on in step
				k.lastRound = k.o.Now()
			}
		}
		if l.answers != "" {
			t.granted = append(t.granted, grant{l.answers, l.state.Index})
		}
	}
	if len(r.fresh) == 0 {
		return
	}
	k.mu.Lock()
	k.keys = r.keys
	k.mu.Unlock()
}

// grants tells whether a wish is fulfilled by one of some entries.
func (t *together) grants(lines []line, w wish) bool {
	return slices.ContainsFunc(lines, func(l line) bool { return l.answers == w.id })
}

// absorbWords takes what was said beside the rounds. Words that do not fit are
// said and passed over: who sent them is no part of the log, and must not be able
// to bring it to a halt. The error is one of the store.
func (k *Keeper) absorbWords(seq uint64, items []item) error {
	t := k.together
	b := k.store.db.NewBatch()
	var wished []wish
	for _, it := range items {
		var err error
		switch {
		case it.Size > 0:
			err = k.putWords(b, it, t.tip)
		case it.Wish != "":
			w, bad := it.wish(seq)
			if bad != nil || len(t.wishes)+len(wished) >= maxWishes {
				k.o.Log.Error("ledger: a note is not written", "message", seq, "waiting", len(t.wishes), "err", bad)
				continue
			}
			wished = append(wished, w)
			err = b.Set(row(wishRow, int64(seq)), []byte(w.id+"\n"+it.Wish), nil)
		default:
			k.o.Log.Error("ledger: a round among words of the chronicle is passed over", "message", seq)
		}
		if err != nil {
			return err
		}
	}
	if b.Empty() {
		return b.Close()
	}
	if err := k.store.commit(b); err != nil {
		return err
	}
	for _, w := range wished { // read again behind the last round, it is there already
		if !slices.ContainsFunc(t.wishes, func(have wish) bool { return have.id == w.id }) {
			t.wishes = append(t.wishes, w)
		}
	}
	return nil
}

// putWords keeps what others have signed of a checkpoint.
func (k *Keeper) putWords(b *pebble.Batch, it item, newest published) error {
	at := newest
	if newest.checkpoint.Size != it.Size {
		var err error
		if at, err = k.store.checkpointAt(it.Size, newest); err != nil {
			k.o.Log.Error("ledger: the chronicle has a word about a checkpoint that is none", "size", it.Size, "err", err)
			return nil
		}
	}
	if len(it.Stamp) > 0 {
		if err := stampIsOver(it.Stamp, []byte(at.checkpoint.Text())); err != nil {
			k.o.Log.Error("ledger: the chronicle has a time stamp that is none", "size", it.Size, "err", err)
			return nil
		}
		return b.Set(row(timestampRow, it.Size), it.Stamp, nil)
	}
	lines, err := k.cosignatureLines(at, it.Cosigned)
	if err != nil {
		k.o.Log.Error("ledger: the chronicle has a cosignature that is none", "size", it.Size, "err", err)
		return nil
	}
	for _, l := range lines {
		if err := b.Set(row(cosignRow, it.Size, l.id), []byte(l.text), nil); err != nil {
			return err
		}
	}
	return nil
}
