package ledgerkeeper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/ledger"
)

// lagPatience is how long a node that took the log over may have read less of a
// session than was witnessed of it: its own copy of the records is some moments
// behind. Then the session has gone back, and that is written down.
const lagPatience = time.Minute

// lookTogether does what is due: it follows, joins, brings a log in, and where
// this node holds the log it writes a round.
func (k *Keeper) lookTogether(ctx context.Context, last bool) {
	if k.refused != nil {
		k.complain(k.o.Now(), k.refused)
		return
	}
	began := k.o.Now()
	size := k.together.tip.checkpoint.Size
	err := k.dueTogether(ctx, began, last)
	if ctx.Err() != nil && !last || errors.Is(err, ErrFenced) { // it was said, and is tried again if it is still due
		return
	}
	if entries := k.together.tip.checkpoint.Size - size; err != nil || entries > 0 && k.o.Holds() {
		k.o.Meter.Written(int(entries), k.o.Now().Sub(began), err)
	}
	k.settle(err)
}

func (k *Keeper) dueTogether(ctx context.Context, began time.Time, last bool) error {
	t := k.together
	if err := k.mendTogether(began); err != nil {
		return err
	}
	if !t.asked {
		ctx, cancel := context.WithTimeout(ctx, askWithin)
		defer cancel()
		end, err := k.o.Chronicle.End(ctx)
		if err != nil {
			return fmt.Errorf("%w: the chronicle does not answer: %w", ledger.ErrDown, err)
		}
		t.end, t.asked = end, true
	}
	if err := k.join(); err != nil {
		return err
	}
	if t.asked && !t.joined && t.heard.Load() >= t.end && t.importing() {
		if err := k.bringIn(ctx); err != nil {
			return err
		}
	}
	if !t.joined {
		return nil
	}
	if err := k.publishTip(); err != nil {
		return err
	}
	if t.tip.checkpoint.Size > 0 {
		if err := k.finishRotation(); err != nil { // the file may be put there at any time
			return fmt.Errorf("%w: this node shows the log and cannot sign it: %v", ledger.ErrDown, err)
		}
	}
	if !k.o.Holds() {
		return nil
	}
	return k.writeTogether(ctx, began, last)
}

// writeTogether writes a round if one is due, and takes the key that waits.
func (k *Keeper) writeTogether(ctx context.Context, began time.Time, last bool) error {
	now := engine.InstantOf(began)
	if k.together.tip.checkpoint.Size == 0 {
		signer := k.o.Signer.present()
		entry, err := ledger.NewKeyEntry(k.o.Signer.Verifier(), now, signer)
		if err != nil {
			return err
		}
		if err := k.propose(ctx, []line{{entry: entry}}, now, signer); err != nil {
			return err
		}
	}
	if err := k.roundTogether(ctx, began, last); err != nil {
		return err
	}
	if !k.o.Signer.rotationWaits() {
		return nil
	}
	signer, verifier, err := k.o.Signer.next()
	if err != nil {
		return fmt.Errorf("the new key: %w", err)
	}
	old := k.o.Signer.present()
	entry, err := ledger.NewKeyEntry(verifier, now, old)
	if err != nil {
		return err
	}
	if err := k.propose(ctx, []line{{entry: entry}}, now, old, signer); err != nil {
		return err
	}
	k.o.Log.Info("ledger: a new key signs", "verifier", verifier)
	return nil
}

func (k *Keeper) roundTogether(ctx context.Context, began time.Time, last bool) error {
	t := k.together
	sessions := k.o.Sessions()
	k.notBehind(sessions, began)
	ended := k.anyEnded(sessions)
	if !last && !ended && len(t.wishes) == 0 && began.Sub(k.lastRound) < k.o.Every {
		return nil
	}
	lines, err := k.linesOf(sessions, engine.InstantOf(began))
	if err != nil {
		return err
	}
	for _, w := range t.wishes {
		lines = append(lines, line{entry: w.e, answers: w.id})
	}
	if ended {
		k.urgent.Store(t.tip.checkpoint.Size + int64(len(lines)))
	}
	if len(lines) == 0 {
		k.lastRound = began
	}
	for len(lines) > 0 {
		n, bytes := 0, 0
		for n < len(lines) && (n == 0 || bytes < wantedBytes) {
			bytes += len(lines[n].entry.Text()) + lineBytes
			n++
		}
		if err := k.propose(ctx, lines[:n], engine.InstantOf(began), k.o.Signer.present()); err != nil {
			k.lastRound = time.Time{} // what is left is due at once
			return err
		}
		lines = lines[n:]
	}
	return nil
}

// notBehind puts what was witnessed in the place of what a node that is some
// moments behind has read of a session.
func (k *Keeper) notBehind(sessions []Session, now time.Time) {
	behind := k.together.behind
	for i, s := range sessions {
		before, known := k.known[s.ID]
		if !known || s.Head.Seq >= before.Head.Seq {
			delete(behind, s.ID)
			continue
		}
		if _, ok := behind[s.ID]; !ok {
			behind[s.ID] = now
		}
		if now.Sub(behind[s.ID]) < lagPatience {
			sessions[i].Head, sessions[i].Phase = before.Head, before.Phase
		}
	}
}

// propose computes a round behind what was read of the chronicle, offers it, and
// returns when it has come back and is part of the log. What is refused is
// forgotten: only what was read again is ever shown.
func (k *Keeper) propose(ctx context.Context, lines []line, now engine.Instant, signers ...note.Signer) error {
	t := k.together
	if !t.joined || t.size != t.tip.checkpoint.Size || t.size < t.until || len(t.part) > 0 {
		return fmt.Errorf("%w: the chronicle has not been read to its end", ledger.ErrDown)
	}
	d := k.store.draft(t.size)
	defer d.batch.Close()
	if err := d.add(lines...); err != nil {
		return err
	}
	p, err := d.sign(now, signers...)
	if err != nil {
		return err
	}
	items := make([]item, 0, len(lines)+1)
	for _, l := range lines {
		items = append(items, itemOf(l))
	}
	return k.offer(ctx, append(items, item{Checkpoint: string(p.signed), At: now}))
}

// offer adds a message of rounds and takes it when it comes back. If another node
// was first, what that one wrote is taken, and the error wraps ErrFenced.
func (k *Keeper) offer(ctx context.Context, items []item) error {
	data, err := encodeItems(items)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	seq, err := k.o.Chronicle.Append(ctx, k.together.round, data)
	if err == nil {
		return k.hear(ctx, seq)
	}
	if !errors.Is(err, ErrFenced) {
		return fmt.Errorf("%w: %w", ledger.ErrDown, err)
	}
	k.o.Log.Info("ledger: another node has written, this one follows", "err", err)
	end, ended := k.o.Chronicle.End(ctx)
	if ended != nil {
		return fmt.Errorf("%w: %w: %w", ledger.ErrDown, err, ended)
	}
	if heard := k.hear(ctx, end); heard != nil {
		return heard
	}
	return err
}

// knowsTheKey refuses to show a log of which this node has no key: its receipts
// would be signed with a key that nobody knows.
func (k *Keeper) knowsTheKey() error {
	for _, key := range k.keys.List() {
		if key.Verifier == k.o.Signer.Verifier() {
			return nil
		}
	}
	return k.finishRotation()
}
