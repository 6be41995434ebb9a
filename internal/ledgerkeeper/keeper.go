package ledgerkeeper

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

// Session is what a session has published of itself, as the ledger needs it.
type Session struct {
	ID    engine.SessionID
	Head  engine.Head
	Phase engine.Phase
	// Blind: how many records it has is a secret until it is announced.
	Blind bool
}

// Options of a Keeper. Dir, Signer and Sessions are required.
type Options struct {
	Dir    string // of the database
	Signer *Signer
	// Sessions lists every session that is served, with its durable head. It is
	// called about once a second and must not block.
	Sessions func() []Session
	// Every is how long a moved head waits at most; 0: a minute. What has to be
	// witnessed at once, such as a close, does not wait.
	Every time.Duration
	// Witnesses are the verifier keys of those whose cosignatures are taken.
	Witnesses []note.Verifier
	Stamp     StampOptions
	// Export is a folder in a second place that gets a copy of every entry and
	// checkpoint; empty: none.
	Export string
	// Chronicle is from where the nodes of a cluster have their log; nil: this is
	// the only one. Holds then tells whether this node is the one that writes; it
	// is called at each round and must not block. Two nodes may believe that for a
	// while: the chronicle takes the round of one.
	Chronicle Chronicle
	Holds     func() bool
	Meter     Meter
	Log       *slog.Logger
	Now       func() time.Time
	Random    io.Reader
}

// Meter counts what the ledger does. Its methods must not block.
type Meter interface {
	// Written measures one round of writing.
	Written(entries int, took time.Duration, err error)
	// Published says how far the log is, and since when.
	Published(size int64, at engine.Instant)
	// Contradicted counts a session whose head went back.
	Contradicted()
	Cosigned()
	Stamped(err error)
	Exported(err error)
}

type noMeter struct{}

func (noMeter) Written(int, time.Duration, error) {}
func (noMeter) Published(int64, engine.Instant)   {}
func (noMeter) Contradicted()                     {}
func (noMeter) Cosigned()                         {}
func (noMeter) Stamped(error)                     {}
func (noMeter) Exported(error)                    {}

func (o *Options) setDefaults() {
	if o.Every == 0 {
		o.Every = time.Minute
	}
	if o.Meter == nil {
		o.Meter = noMeter{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Holds == nil {
		o.Holds = func() bool { return o.Chronicle == nil }
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
}

// Keeper keeps the log. Run writes; all other methods may be called from any
// goroutine, also while Run does not run, and answer from what is published.
type Keeper struct {
	o     Options
	notes chan noteRequest
	moved *bell // rings whenever something was published
	// urgent is the size of a checkpoint that is worth a time stamp at once.
	urgent atomic.Int64
	// together is nil on a machine that is alone.
	together *together

	mu     sync.RWMutex // held for writing to replace the store or what is published
	store  *store
	shown  published
	keys   ledger.Keys
	closed bool
	// refused is why this node shows nothing any more; nil: it does not refuse.
	refused error

	// Of the goroutine that writes.
	known      map[engine.SessionID]written
	lastRound  time.Time
	triedAt    time.Time // to open the store again
	complained time.Time
}

// published is what anybody may be shown: it is durable, and remembered
// outside the database.
type published struct {
	checkpoint ledger.Checkpoint
	signed     []byte // by the log alone
	at         engine.Instant
}

// Open opens the log in its folder, or begins one with the entry of its first
// key. It blocks until what it will show is durable and has been checked: the
// hashes make the root that was signed, the key is that of the log, and it is
// as long as what anybody was shown. Else the error wraps ErrDamaged.
//
// With a chronicle it begins nothing and shows nothing yet: Run reads the
// chronicle first, and until then every answer is ledger.ErrDown.
func Open(o Options) (*Keeper, error) {
	o.setDefaults()
	k := &Keeper{o: o, notes: make(chan noteRequest), moved: newBell(), known: map[engine.SessionID]written{}}
	kept, err := keptHead(o.Signer.folder)
	if err != nil {
		return nil, err
	}
	if k.store, err = openStore(o.Dir, o.Log); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	load := k.load
	if o.Chronicle != nil {
		load = k.loadTogether
	}
	if err := load(kept); err != nil {
		return nil, errors.Join(fmt.Errorf("ledger %s: %w", o.Dir, err), k.store.db.Close())
	}
	return k, nil
}

// load reads what the store has, checks it against what anybody was shown, and
// publishes it. kept is nil for a log that is to be begun.
func (k *Keeper) load(kept *ledger.Checkpoint) error {
	if p, err := k.store.position(); err != nil || p != nil {
		return errors.Join(err, ErrOfACluster)
	}
	last, err := k.store.last()
	switch {
	case errors.Is(err, ledger.ErrNotFound) && kept != nil:
		return fmt.Errorf("%w: a checkpoint of size %d was shown, but the log is empty: put back a copy of the folder, or begin a new log under another name", ErrDamaged, kept.Size)
	case errors.Is(err, ledger.ErrNotFound):
		return k.begin()
	case err != nil:
		return err
	}
	if k.keys, err = k.store.keys(); err != nil {
		return err
	}
	if err := k.check(last, kept); err != nil {
		return err
	}
	if kept == nil { // a crash before anybody was shown anything: the name is in the log alone
		if err := k.o.Signer.rename(k.keys.Origin()); err != nil {
			return err
		}
	}
	if err := k.finishRotation(); err != nil {
		return err
	}
	if err := k.loadKnown(); err != nil {
		return err
	}
	return k.publish(last)
}

// begin writes the first entry of a new log: its key, signed by itself.
func (k *Keeper) begin() error {
	now := engine.InstantOf(k.o.Now())
	signer := k.o.Signer.present()
	entry, err := ledger.NewKeyEntry(k.o.Signer.Verifier(), now, signer)
	if err != nil {
		return err
	}
	made, err := k.append(0, []line{{entry: entry}}, now, signer)
	if err != nil {
		return err
	}
	if err := k.keys.Add(0, entry.Text()); err != nil {
		return err
	}
	return k.publish(made)
}

// check compares the end of the store with its own hashes and with what was
// shown. What was shown may be behind: a crash between the two steps.
func (k *Keeper) check(last published, kept *ledger.Checkpoint) error {
	if _, err := k.keys.Open(last.signed); err != nil {
		return fmt.Errorf("%w: the last checkpoint: %w", ErrDamaged, err)
	}
	root, err := tlog.TreeHash(last.checkpoint.Size, k.store)
	if err != nil {
		return err
	}
	if engine.Hash(root) != last.checkpoint.Root {
		return fmt.Errorf("%w: the hashes make root %s, signed was %s", ErrDamaged, engine.Hash(root).Short(), last.checkpoint.Root.Short())
	}
	if kept == nil {
		return nil
	}
	if kept.Origin != last.checkpoint.Origin || kept.Size > last.checkpoint.Size {
		return fmt.Errorf("%w: a checkpoint of %s of size %d was shown, the log is %s and ends at %d: "+
			"put back a copy of the folder that is long enough, or begin a new log under another name",
			ErrDamaged, kept.Origin, kept.Size, last.checkpoint.Origin, last.checkpoint.Size)
	}
	root, err = tlog.TreeHash(kept.Size, k.store)
	if err != nil {
		return err
	}
	if engine.Hash(root) != kept.Root {
		return fmt.Errorf("%w: at size %d the root is %s, shown was %s", ErrDamaged, kept.Size, engine.Hash(root).Short(), kept.Root.Short())
	}
	return nil
}

// publish lets everybody see a checkpoint that is durable, after it has been
// remembered outside the database.
func (k *Keeper) publish(p published) error {
	if err := keepHead(k.o.Signer.folder, p.signed); err != nil {
		return fmt.Errorf("%w: the checkpoint cannot be remembered: %w", ledger.ErrDown, err)
	}
	k.mu.Lock()
	k.shown = p
	k.mu.Unlock()
	k.o.Meter.Published(p.checkpoint.Size, p.at)
	k.moved.ring()
	return nil
}

// Run writes, and stamps and exports where that is asked for, until ctx ends;
// what was moved by then is written a last time. Where the second place hangs
// it is left to itself.
func (k *Keeper) Run(ctx context.Context) {
	var wg sync.WaitGroup
	if k.o.Stamp.URL != "" {
		wg.Go(func() { k.runStamps(ctx) })
	}
	if k.o.Export != "" {
		exported := make(chan struct{})
		go func() { defer close(exported); k.runExport(ctx) }()
		wg.Go(func() {
			<-ctx.Done()
			select {
			case <-exported:
			case <-time.After(exportPatience):
				k.o.Log.Warn("ledger: the second place does not answer, leaving it", "folder", k.o.Export)
			}
		})
	}
	if k.together != nil {
		k.runTogether(ctx)
	} else {
		k.runWriter(ctx)
	}
	wg.Wait()
}

// Close closes the log. Run must have ended.
func (k *Keeper) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil
	}
	k.closed = true
	if k.store == nil {
		return nil
	}
	return k.store.db.Close()
}

// Trouble says why nothing is shown; nil: the log is shown. It does not block.
func (k *Keeper) Trouble() error {
	k.mu.RLock()
	defer k.mu.RUnlock()
	switch {
	case k.refused != nil:
		return k.refused
	case k.closed || k.store == nil:
		return ledger.ErrDown
	case k.shown.checkpoint.Size == 0:
		return fmt.Errorf("%w: the cluster's log has not been read to its end", ledger.ErrDown)
	}
	return nil
}

// use returns the store and what is published, with k.mu held for reading; the
// caller gives it back with k.mu.RUnlock.
func (k *Keeper) use() (*store, published, error) {
	k.mu.RLock()
	if k.closed || k.store == nil || k.shown.checkpoint.Size == 0 {
		k.mu.RUnlock()
		return nil, published{}, ledger.ErrDown
	}
	return k.store, k.shown, nil
}

// bell wakes whoever waits for the next ring.
type bell struct {
	mu   sync.Mutex
	next chan struct{}
}

func newBell() *bell { return &bell{next: make(chan struct{})} }

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.next)
	b.next = make(chan struct{})
}

// heard returns a channel that is closed at the next ring.
func (b *bell) heard() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.next
}
