// Package journal keeps the records of all sessions so that they survive the
// process, the machine's power and, where damage is possible at all, never
// come back wrong without a word. DESIGN.md describes the folder and what
// survives what.
package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"gobua/engine"
)

// Options of a Pebble journal. The zero value is what production uses.
type Options struct {
	// Log gets warnings and errors; nil is silence.
	Log *slog.Logger
	// OnAppend is told the outcome of every Append, on the appender's
	// goroutine; it must not block. It may be nil.
	OnAppend func(entries int, took time.Duration, err error)
	// HeadsEvery is how often kept heads are written; zero means every second.
	HeadsEvery time.Duration

	// Only tests set these: a disk that fails, a table that fills up soon.
	fs            vfs.FS
	memTableBytes uint64
}

func (o *Options) setDefaults() {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.HeadsEvery == 0 {
		o.HeadsEvery = time.Second
	}
	if o.fs == nil {
		o.fs = vfs.Default
	}
	if o.memTableBytes == 0 {
		o.memTableBytes = memTableBytes
	}
}

// Pebble is the journal of one machine: one row per record in a Pebble
// database, one synced batch per append. It implements engine.Journal.
type Pebble struct {
	dir       string
	o         Options
	lock      *pebble.Lock
	keeper    *keeper
	alive     *aliveMark
	space     *spaceGuard
	lastAlive engine.Instant

	// mu is held for reading by everyone who uses the store, and for writing
	// to replace it after a failure.
	mu      sync.RWMutex
	store   *store // nil after a failed attempt to replace it
	closed  bool
	sick    error     // why there is no store
	triedAt time.Time // when it was last tried to replace the store
}

var _ engine.Journal = (*Pebble)(nil)

// OpenPebble opens the journal in a folder, which it makes if there is none.
// It blocks until what the last process left is read back and on stable
// storage. The error wraps ErrLocked if another process has the folder open,
// ErrHeads if the kept heads are lost, engine.ErrCorrupt if the store as a
// whole is damaged or a session ends before its kept head, ErrFull if the disk
// has too little room. A session that is damaged but long enough does not stop
// the open: its Replay is refused. Opening marks nothing as alive.
func OpenPebble(dir string, o Options) (_ *Pebble, err error) {
	o.setDefaults()
	p := &Pebble{dir: dir, o: o, space: &spaceGuard{fs: o.fs, dir: dir, log: o.Log}, alive: &aliveMark{fs: o.fs, dir: dir}}
	if p.lock, err = lockFolder(o.fs, dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.lock.Close())
		}
	}()
	p.lastAlive, err = readAlive(o.fs, o.fs.PathJoin(dir, aliveName))
	if err != nil {
		// Only the length of an outage is derived from it, so it stops nothing.
		o.Log.Warn("journal: alive mark is damaged; how long the outage lasted is unknown", "dir", dir, "err", err)
	}
	heads, err := p.inspect()
	if err == nil {
		err = p.open(heads)
	}
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", dir, err)
	}
	return p, nil
}

// open opens what inspect found in order.
func (p *Pebble) open(heads map[engine.SessionID]engine.Head) (err error) {
	if p.store, err = openStore(storeDir(p.o.fs, p.dir), p.o, p.lock); err != nil {
		return err
	}
	if heads == nil { // before the first record, so that a missing file always means a lost one
		heads = map[engine.SessionID]engine.Head{}
		err = writeHeads(p.o.fs, p.dir, heads)
	}
	if err != nil {
		return errors.Join(err, p.store.db.Close())
	}
	p.keeper = startKeeper(p.o.fs, p.dir, heads, p.o.HeadsEvery, p.space, p.o.Log)
	return nil
}

// Dir is the folder of the journal. Whoever keeps a small file about the journal
// keeps it there, so that it is gone when the journal is.
func (p *Pebble) Dir() string { return p.dir }

// storeDir is where the database lies in a journal's folder.
func storeDir(fs vfs.FS, dir string) string { return fs.PathJoin(dir, "pebble") }

// lockFolder makes the folder and sees to it that no other process uses it.
func lockFolder(fs vfs.FS, dir string) (*pebble.Lock, error) {
	if err := makeDir(fs, storeDir(fs, dir)); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	lock, err := pebble.LockDirectory(storeDir(fs, dir), fs)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is open in another process; stop that one, or give this one another folder (%w)", ErrLocked, dir, err)
	}
	return lock, nil
}

// inspect reads the kept heads and compares the store with them, before
// anything in the folder is changed. Nil heads mean a new folder.
func (p *Pebble) inspect() (heads map[engine.SessionID]engine.Head, err error) {
	path := p.o.fs.PathJoin(p.dir, headsName)
	heads, headsErr := readHeads(p.o.fs, path)
	sessions := 0
	exists, err := inspect(storeDir(p.o.fs, p.dir), p.o, p.lock, func(s *store) error {
		ids, err := s.sessions()
		sessions = len(ids)
		if err != nil || headsErr != nil {
			return err
		}
		return reachesKept(s, heads)
	})
	switch {
	case err != nil:
		return nil, err
	case headsErr != nil && sessions > 0:
		return nil, fmt.Errorf("%w: %s: %w: without it a journal that ends too early cannot be told from a short one; "+
			"if you know why it is gone, write it anew from the %d sessions of this journal with: gobua journal rebuild-heads",
			ErrHeads, path, headsErr, sessions)
	case errors.Is(headsErr, os.ErrNotExist):
		return nil, nil
	case headsErr != nil:
		return nil, fmt.Errorf("%w: %s: %w, and the journal has no session; if the folder is meant to be new, remove the file", ErrHeads, path, headsErr)
	case !exists && len(heads) > 0:
		return nil, fmt.Errorf("%w: kept heads name %d sessions, but there is no store", engine.ErrCorrupt, len(heads))
	}
	return heads, nil
}

// MarkAlive implements engine.Journal. It blocks for the sync of 26 bytes
// outside the store, so it also works while the store is read again.
func (p *Pebble) MarkAlive(ctx context.Context, at engine.Instant) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := p.mark(at); err != nil {
		return err
	}
	// Where nobody bids nobody else would read a failed store again.
	if _, err := p.use(); err == nil {
		p.mu.RUnlock()
	}
	return nil
}

func (p *Pebble) mark(at engine.Instant) error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.closed {
		return ErrClosed
	}
	if err := p.alive.write(at); err != nil {
		return fmt.Errorf("journal %s: alive mark: %w", p.dir, err)
	}
	return nil
}

// patience is how long a write may take before the disk counts as not
// answering. No session is credited for less.
const patience = 2 * time.Second

// Trouble tells why an append would not be taken now, as far as is known
// without trying: the disk is too full, it does not answer, or the last write
// failed. nil: it would. It never blocks, for /readyz and for those who are
// about to open a session. The alive mark, about once a second, keeps it true
// while nobody bids.
func (p *Pebble) Trouble() error {
	if err := p.space.check(); err != nil {
		return err
	}
	if err := p.alive.trouble(); err != nil {
		return fmt.Errorf("journal %s: alive mark: %w", p.dir, err)
	}
	if !p.mu.TryRLock() {
		return fmt.Errorf("journal %s: the store is being read again", p.dir)
	}
	defer p.mu.RUnlock()
	switch {
	case p.closed:
		return ErrClosed
	case p.store == nil:
		return p.sick
	}
	return p.store.failed()
}

// FreeBytes is the room on the journal's disk, as of the last second; false
// where nobody could tell yet. It never blocks, for whoever watches the disk.
func (p *Pebble) FreeBytes() (free uint64, known bool) {
	if f := p.space.free.Load(); f != nil {
		return *f, true
	}
	return 0, false
}

// LastAlive implements engine.Journal.
func (p *Pebble) LastAlive() engine.Instant { return p.lastAlive }

// Close ends the journal: kept heads are written a last time. It blocks until every append on its way has ended; later calls of any
// method return ErrClosed.
func (p *Pebble) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	p.closed = true
	err := errors.Join(p.keeper.close(), p.alive.close())
	if p.store != nil {
		err = errors.Join(err, p.store.db.Close())
	}
	return errors.Join(err, p.lock.Close())
}

// use returns a store that has not failed, with p.mu held for reading; the
// caller gives it back with p.mu.RUnlock. A failed store is replaced first.
func (p *Pebble) use() (*store, error) {
	for {
		p.mu.RLock()
		if p.closed {
			p.mu.RUnlock()
			return nil, ErrClosed
		}
		if s := p.store; s != nil && s.failed() == nil {
			return s, nil
		}
		p.mu.RUnlock()
		if err := p.heal(); err != nil {
			return nil, err
		}
	}
}

// healPause is how long a failed attempt to open the store again is
// remembered, so that many sessions do not hammer a broken disk.
const healPause = 500 * time.Millisecond

// heal opens the database again after a failed write, so that what is served
// from then on was read from the disk and not from the memory of the failure.
func (p *Pebble) heal() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	if p.store != nil {
		failure := p.store.failed()
		if failure == nil {
			return nil // somebody else was faster
		}
		p.o.Log.Error("journal: reading the store again after a failed write", "dir", p.dir, "err", failure)
		_ = p.store.db.Close() // it reports the failure we know
		p.store, p.sick, p.triedAt = nil, failure, time.Time{}
	}
	if time.Since(p.triedAt) < healPause {
		return p.sick
	}
	dir := storeDir(p.o.fs, p.dir)
	_, err := inspect(dir, p.o, p.lock, func(s *store) error { return reachesKept(s, p.keeper.all()) })
	var s *store
	if err == nil {
		s, err = openStore(dir, p.o, p.lock)
	}
	if err != nil {
		p.sick, p.triedAt = fmt.Errorf("journal %s: %w", p.dir, err), time.Now()
		return p.sick
	}
	p.store, p.sick = s, nil
	return nil
}

// Checkpoint writes a copy of the journal, taken at one moment while it is in
// use, into a folder that must not exist; OpenPebble opens it. Everything that
// was acknowledged before the call is in it, and the alive mark as it was then:
// whoever goes on from the copy owes the time since. Files are linked where the
// file system can, so it is quick. It blocks for several syncs; appends go on
// meanwhile.
func (p *Pebble) Checkpoint(dir string) error {
	s, err := p.use()
	if err != nil {
		return err
	}
	defer p.mu.RUnlock()
	fs := p.o.fs
	if _, err := fs.Stat(dir); err == nil {
		return fmt.Errorf("journal: checkpoint: %s is there already", dir)
	}
	heads := p.keeper.all() // before the rows: every head is durable in the copy
	at := p.alive.last(p.o.Log)
	if err := s.db.Checkpoint(storeDir(fs, dir)); err != nil {
		return fmt.Errorf("journal: checkpoint: %w", err)
	}
	if err := writeHeads(fs, dir, heads); err != nil {
		return fmt.Errorf("journal: checkpoint: %w", err)
	}
	if at == 0 {
		return nil
	}
	mark := aliveMark{fs: fs, dir: dir}
	if err := errors.Join(mark.write(at), mark.close()); err != nil {
		return fmt.Errorf("journal: checkpoint: alive mark: %w", err)
	}
	return nil
}

// Settled implements engine.Journal.
func (p *Pebble) Settled(ctx context.Context, id engine.SessionID) (bool, error) {
	if err := errors.Join(ctx.Err(), checkID(id)); err != nil {
		return false, err
	}
	s, err := p.use()
	if err != nil {
		return false, err
	}
	defer p.mu.RUnlock()
	_, settled, err := s.get(settledKey(id))
	return settled, err
}

// MarkSettled implements engine.Journal. It blocks for one sync.
func (p *Pebble) MarkSettled(ctx context.Context, id engine.SessionID) error {
	if err := errors.Join(ctx.Err(), checkID(id)); err != nil {
		return err
	}
	s, err := p.use()
	if err != nil {
		return err
	}
	defer p.mu.RUnlock()
	b := s.db.NewBatch()
	if err := b.Set(settledKey(id), nil, nil); err != nil {
		return err
	}
	return s.commit(b)
}
