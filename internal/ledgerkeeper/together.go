package ledgerkeeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

const (
	askWithin = 10 * time.Second // for one word with the chronicle
	maxWishes = 1024             // notes that wait for a round; the clock jumps and a secret is disclosed once in a while
	// lackWithin is how long nothing is said of what the chronicle lacks: nodes of
	// a new cluster start one after the other.
	lackWithin = 3 * time.Second
	// reachWithin is how long the chronicle may say less than this node has read
	// of it: a leader that has just become one is given time. Then it is another
	// chronicle, or has lost what it acknowledged.
	reachWithin = 30 * time.Second
)

// together is what a Keeper of a cluster knows of the chronicle. Everything in it
// belongs to the goroutine of Run, but for what is said otherwise.
//
// The store is written by what comes back from the chronicle and by nothing
// else, on every node and on the one that appends too. So nothing can be shown
// that is not in the chronicle, and all nodes have the same rows.
type together struct {
	follower *follower // nil: it has to be begun (again)
	position *position // in the store; nil: it never had to do with a chronicle
	tip      published // the newest checkpoint in the store; size zero: none
	owed     *ledger.Checkpoint
	wishes   []wish

	round  uint64 // the last message of rounds that was taken
	size   int64  // entries that the chronicle has up to the last checkpoint; -1: not known yet
	until  int64  // size at which an import will end
	part   []line // entries after that, whose checkpoint has not come
	end    uint64 // of the chronicle when it was asked
	asked  bool   // whether it was
	joined bool   // everything up to there was taken, and fits what was shown
	short  time.Time
	behind map[engine.SessionID]time.Time // sessions of which less was read here than was witnessed

	heard atomic.Uint64 // the last message that was taken; read by anybody
	came  *bell         // rings with every message

	mu      sync.Mutex
	waiting map[string]chan<- noteAnswer // wishes of this process, by id; each has room for one
	granted []grant
}

// ErrOfACluster is what a machine that is alone is told by a store that has been
// one of a cluster: to go on with it would make a second log.
var ErrOfACluster = errors.New("this log is one of a cluster: serve it with its cluster, or take it out of there first: gobua keys leave (docs/ledger.md)")

// position is how far the store has the chronicle.
type position struct {
	Round uint64 `json:"round"` // the last message of rounds that is in it whole
	Size  int64  `json:"size"`  // entries that the chronicle has up to there
	Until int64  `json:"until,omitempty"`
}

// wish is a note that waits for a round.
type wish struct {
	seq uint64
	id  string
	e   *ledger.NoteEntry
}

type grant struct {
	id    string
	index int64
}

func (k *Keeper) complain(now time.Time, err error) {
	if now.Sub(k.complained) >= complainEvery {
		k.complained = now
		k.o.Log.Error("ledger: nothing can be written, will try again", "err", err)
	}
}

// loadTogether reads and checks what the store has. Nothing is shown before the
// chronicle has been read to its end.
func (k *Keeper) loadTogether(kept *ledger.Checkpoint) error {
	k.together = &together{came: newBell(), waiting: map[string]chan<- noteAnswer{}, behind: map[engine.SessionID]time.Time{}, owed: kept}
	if err := k.reread(); err != nil {
		return err
	}
	last := k.together.tip
	if last.checkpoint.Size == 0 {
		return nil
	}
	if kept != nil && kept.Origin != last.checkpoint.Origin {
		return fmt.Errorf("%w: a checkpoint of %s was shown, the log is %s", ErrDamaged, kept.Origin, last.checkpoint.Origin)
	}
	if kept != nil && kept.Size > last.checkpoint.Size { // the chronicle has the rest, or owes it
		return k.check(last, nil)
	}
	return k.check(last, kept)
}

// reread reads what the store has. The chronicle is followed from there.
func (k *Keeper) reread() (err error) {
	t := k.together
	if t.tip, err = k.store.last(); errors.Is(err, ledger.ErrNotFound) {
		t.tip, err = published{}, nil
	}
	if err != nil {
		return err
	}
	keys, err := k.store.keys()
	if err != nil {
		return err
	}
	k.mu.Lock()
	k.keys = keys
	k.mu.Unlock()
	if t.position, err = k.store.position(); err != nil {
		return err
	}
	if t.wishes, err = k.store.wishes(); err != nil {
		return err
	}
	t.round, t.size, t.until, t.part, t.asked, t.joined, t.short = 0, 0, 0, nil, false, false, time.Time{}
	t.heard.Store(0)
	if t.position != nil { // the last round is read again: it must be the one that is here
		t.round, t.size, t.until = t.position.Round, -1, t.position.Until
		t.heard.Store(t.position.Round - 1)
	}
	return k.loadKnown()
}

// position reads how far the store has a chronicle; nil: it never had to do
// with one.
func (s *store) position() (*position, error) {
	raw, err := s.get(row(positionRow))
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil
	}
	var p position
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err == nil && (p.Round == 0 || p.Size <= 0) {
		err = fmt.Errorf("%w: a position in the chronicle that is none", ErrDamaged)
	}
	return &p, err
}

// runTogether follows the chronicle, and writes while this node holds the log,
// until ctx ends; what was moved by then is written a last time.
func (k *Keeper) runTogether(ctx context.Context) {
	t := k.together
	beat := time.NewTicker(lookEvery)
	defer beat.Stop()
	defer k.unfollow()
	k.lookTogether(ctx, false)
	for {
		select {
		case m := <-t.follower.room():
			k.hearOne(m)
			k.lookIfWished(ctx)
		case <-beat.C:
			k.lookTogether(ctx, false)
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askWithin/2)
			defer cancel()
			k.lookTogether(ctx, true)
			return
		}
	}
}

// hearOne takes a message that came by itself.
func (k *Keeper) hearOne(m Message) {
	err := k.absorb(m)
	if err == nil {
		err = k.join()
	}
	k.settle(err)
}

// lookIfWished writes a note at once that somebody waits for.
func (k *Keeper) lookIfWished(ctx context.Context) {
	if t := k.together; len(t.wishes) > 0 && t.joined && k.o.Holds() {
		k.lookTogether(ctx, false)
	}
}

// settle judges an error: a contradiction ends what this node shows.
func (k *Keeper) settle(err error) {
	if err == nil {
		return
	}
	if errors.Is(err, ErrDamaged) && k.refused == nil {
		k.refuse(err)
	}
	k.complain(k.o.Now(), err)
}

// refuse shows nothing any more, until an operator has looked.
func (k *Keeper) refuse(err error) {
	k.unfollow()
	k.mu.Lock()
	k.shown, k.refused = published{}, err
	k.mu.Unlock()
	k.o.Log.Error("ledger: this node's log and the cluster's contradict each other; this node shows none until that is settled (docs/ledger.md)", "err", err)
}

// join holds what was read of the chronicle against what this node has, and has
// shown, once it was read to its end. From then on it shows what comes in.
func (k *Keeper) join() error {
	t := k.together
	if t.joined || !t.asked || k.refused != nil {
		return nil
	}
	why := k.lacks()
	if why == nil && t.heard.Load() < t.end || t.importing() {
		return nil
	}
	if why != nil {
		now := k.o.Now()
		if t.short.IsZero() {
			t.short = now
		}
		t.asked = false                                   // ask again: it may have been a leader that did not know yet
		if t.end > 0 && now.Sub(t.short) >= reachWithin { // an empty one may still get the log
			return fmt.Errorf("%w: %w", ErrDamaged, why)
		}
		if now.Sub(t.short) < lackWithin {
			return nil
		}
		return fmt.Errorf("%w: %w", ledger.ErrDown, why)
	}
	t.joined = true
	return k.publishTip()
}

// importing tells whether the chronicle waits for the rest of a log that is
// brought into it.
func (t *together) importing() bool {
	return t.size >= 0 && t.size < t.until || t.end == 0 && t.position == nil && t.tip.checkpoint.Size > 0 && t.size < t.tip.checkpoint.Size
}

// lacks says what the chronicle does not have of what this node has read or
// shown; nil: it may still come.
func (k *Keeper) lacks() error {
	t := k.together
	if t.size < 0 && t.end < t.position.Round { // it was not read again yet
		return fmt.Errorf("the cluster's log ends at message %d, and this node has read message %d of it: it has lost what was acknowledged, or is another log", t.end, t.position.Round)
	}
	if t.heard.Load() < t.end || t.importing() {
		return nil
	}
	if mine := t.tip.checkpoint.Size; t.size < mine {
		return fmt.Errorf("this node's log has %d entries, the cluster's ends at %d: they have gone different ways. "+
			"Keep both; if this node's is the copy of an older cluster, move its folder away", mine, max(t.size, 0))
	}
	if t.owed != nil && t.owed.Size > t.tip.checkpoint.Size {
		return fmt.Errorf("a checkpoint of size %d was shown, the cluster's log ends at %d: start the node first that has the log, or put back a copy of its folder",
			t.owed.Size, t.tip.checkpoint.Size)
	}
	return nil
}

// fitsWhatWasShown compares the store, which has entries, with the checkpoint
// that was kept outside, and its keys with the file.
func (k *Keeper) fitsWhatWasShown() error {
	t := k.together
	if t.owed == nil { // the log has its name, and this node has shown nothing yet
		if err := k.o.Signer.rename(k.keys.Origin()); err != nil {
			return err
		}
	}
	if err := k.knowsTheKey(); err != nil {
		return err
	}
	if t.owed == nil {
		return nil
	}
	root, err := tlog.TreeHash(t.owed.Size, k.store)
	if err != nil {
		return err
	}
	if t.owed.Origin != t.tip.checkpoint.Origin || engine.Hash(root) != t.owed.Root {
		return fmt.Errorf("%w: a checkpoint of %s of size %d with root %s was shown, the cluster's log is %s and has root %s there",
			ErrDamaged, t.owed.Origin, t.owed.Size, t.owed.Root.Short(), t.tip.checkpoint.Origin, engine.Hash(root).Short())
	}
	t.owed = nil
	return nil
}

// publishTip shows what the store has, if it may be shown.
func (k *Keeper) publishTip() error {
	t := k.together
	size := t.tip.checkpoint.Size
	newest := k.newest()
	if !t.joined || size == 0 || t.size < t.until || size <= newest {
		return nil
	}
	if newest == 0 { // the first that this process shows
		if err := k.fitsWhatWasShown(); err != nil {
			return err
		}
	}
	if err := k.publish(t.tip); err != nil {
		return err
	}
	t.answer(size)
	return nil
}

// mendTogether begins anew from the store, opened again if it failed.
func (k *Keeper) mendTogether(now time.Time) error {
	t := k.together
	if t.follower != nil && !k.store.failed.Load() {
		return nil
	}
	if !k.triedAt.IsZero() && now.Sub(k.triedAt) < healPause {
		return ledger.ErrDown
	}
	k.triedAt = now
	k.unfollow()
	if k.store == nil || k.store.failed.Load() {
		if err := k.reopen(); err != nil {
			return err
		}
	}
	if err := k.reread(); err != nil {
		return err
	}
	k.follow()
	return nil
}

// reopen opens the store again after a failed write, so that what is shown from
// then on was read from the disk and not from the memory of the failure.
func (k *Keeper) reopen() (err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.store, err = k.openAgain(true)
	return err
}
