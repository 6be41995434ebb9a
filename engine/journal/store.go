package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"gobua/engine"
)

// Sizes of the store. A running session is read from the memory of its actor,
// so the store hardly needs a cache; the memory table is what a start after a
// crash has to read back.
const (
	memTableBytes = 16 << 20
	cacheBytes    = 8 << 20
	maxOpenFiles  = 256
)

// store is one life of the Pebble database: from an open to the first failed
// write. After a failure its memory may hold rows that never reached the disk,
// so nothing is read from it any more and Pebble (the type) opens a new life.
type store struct {
	db *pebble.DB

	// entering is held while a batch enters Pebble's commit pipeline, so that
	// none enters after a failure: Pebble then panics with its locks held.
	entering sync.Mutex
	failure  atomic.Pointer[error] // why no more is written or read
	stuck    atomic.Bool           // the failure left Pebble's locks held

	mu    sync.Mutex
	tails map[engine.SessionID]*tail
}

// tail is the durable end of one session.
type tail struct {
	mu    sync.Mutex // held while an append is on its way: appends of a session are one after the other
	known bool
	head  engine.Head
}

// openStore opens the database, repairing what a crash left and refusing what
// a crash cannot explain. It returns only when everything it will serve is on
// stable storage, also what the last process had written and not yet synced.
func openStore(dir string, fs vfs.FS, lock *pebble.Lock, log *slog.Logger) (s *store, err error) {
	defer func() {
		if r := recover(); r != nil { // Pebble panics on some kinds of damage
			s, err = nil, fmt.Errorf("%w: %v", engine.ErrCorrupt, r)
		}
	}()
	listener := &pebble.EventListener{
		BackgroundError: func(err error) { log.Error("journal: store works on after an error", "dir", dir, "err", err) },
		DataCorruption:  func(i pebble.DataCorruptionInfo) { log.Error("journal: damaged file", "dir", dir, "what", i.String()) },
		WriteStallBegin: func(i pebble.WriteStallBeginInfo) {
			log.Warn("journal: disk is too slow, bids wait", "dir", dir, "why", i.Reason)
		},
	}
	db, err := pebble.Open(dir, &pebble.Options{
		FS:                 fs,
		Lock:               lock,
		FormatMajorVersion: pebble.FormatValueSeparation, // well past FormatWALSyncChunks, which tells a torn tail from damage
		MemTableSize:       memTableBytes,
		CacheSize:          cacheBytes,
		MaxOpenFiles:       maxOpenFiles,
		Logger:             pebbleLog{log},
		EventListener:      listener,
	})
	if err != nil {
		if pebble.IsCorruptionError(err) {
			err = fmt.Errorf("%w: %w", engine.ErrCorrupt, err)
		}
		return nil, err
	}
	if n := db.Metrics().MemTable.Count; n > 1 {
		return nil, errors.Join(fmt.Errorf("%d recovered tables could not be written to the disk", n-1), db.Close())
	}
	s = &store{db: db, tails: map[engine.SessionID]*tail{}}
	if err := s.checkFormat(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// checkFormat reads the layout's stamp, and writes it into an empty database.
func (s *store) checkFormat() error {
	stamp, found, err := s.get(formatKey)
	if err != nil {
		return err
	}
	if found {
		if string(stamp) != formatStamp {
			return fmt.Errorf("the folder has format %q, this program knows %q", stamp, formatStamp)
		}
		return nil
	}
	it, err := s.db.NewIter(nil)
	if err != nil {
		return err
	}
	empty := !it.First()
	if err := it.Close(); err != nil {
		return named(err)
	}
	if !empty {
		return fmt.Errorf("%w: the folder has rows but no format stamp", engine.ErrCorrupt)
	}
	b := s.db.NewBatch()
	if err := b.Set(formatKey, []byte(formatStamp), nil); err != nil {
		return err
	}
	return s.commit(b)
}

// get returns a copy of a value.
func (s *store) get(key []byte) (value []byte, found bool, err error) {
	v, closer, err := s.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, named(err)
	}
	value = append([]byte{}, v...)
	return value, true, closer.Close()
}

// commit writes a batch and returns when it is on stable storage. It blocks
// for one sync, which it shares with whoever else waits. After an error nobody
// knows what was written and the store is no longer used.
//
// Batch.Commit would end the process on an error; this way the error comes
// back. The batch is closed in either case.
func (s *store) commit(b *pebble.Batch) error {
	if err := s.enter(b); err != nil {
		return err
	}
	if err := b.SyncWait(); err != nil {
		return s.fail(err)
	}
	return b.Close()
}

func (s *store) enter(b *pebble.Batch) (err error) {
	s.entering.Lock()
	defer s.entering.Unlock()
	if err := s.failed(); err != nil {
		return err
	}
	defer func() {
		if r := recover(); r != nil {
			s.stuck.Store(true)
			err = s.fail(fmt.Errorf("%v", r))
		}
	}()
	return s.db.ApplyNoSyncWait(b, pebble.Sync)
}

// fail ends the store's life and returns why. The first reason stays.
func (s *store) fail(err error) error {
	err = fmt.Errorf("journal: write failed: %w", err)
	s.failure.CompareAndSwap(nil, &err)
	return err
}

// failed returns why the store must not be used, or nil.
func (s *store) failed() error {
	if f := s.failure.Load(); f != nil {
		return *f
	}
	return nil
}

// close releases the database. After a failure that left Pebble's locks held
// that is impossible; then the memory is left to the process's end.
func (s *store) close() error {
	if s.stuck.Load() {
		return s.failed()
	}
	return s.db.Close()
}

// tail returns the place where a session's durable end is kept.
func (s *store) tail(id engine.SessionID) *tail {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tails[id]
	if t == nil {
		t = new(tail)
		s.tails[id] = t
	}
	return t
}

// last reads where a session ends. The caller holds the session's tail, so
// every row there is is durable.
func (s *store) last(id engine.SessionID) (head engine.Head, err error) {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: rowKey(id, 0), UpperBound: rowKey(id, ^engine.Seq(0))})
	if err != nil {
		return head, named(err)
	}
	defer closeIter(it, &err)
	if !it.Last() {
		return head, named(it.Error())
	}
	if _, head.Seq, err = parseRowKey(it.Key()); err != nil {
		return head, damaged(id, "%w", err)
	}
	value, err := it.ValueAndErr()
	if err != nil {
		return head, named(err)
	}
	if head.Hash, _, err = parseRow(value); err != nil {
		return head, damaged(id, "record %d: %w", head.Seq, err)
	}
	return head, nil
}

// closeIter closes an iterator. Close repeats the error that stopped it, so
// that no caller can overlook damage.
func closeIter(it *pebble.Iterator, err *error) {
	if closed := it.Close(); *err == nil {
		*err = named(closed)
	}
}

// hashAt reads the hash of one row that must be there.
func (s *store) hashAt(id engine.SessionID, seq engine.Seq) (engine.Hash, error) {
	value, found, err := s.get(rowKey(id, seq))
	if err != nil {
		return engine.Hash{}, err
	}
	if !found {
		return engine.Hash{}, damaged(id, "record %d is missing", seq)
	}
	hash, _, err := parseRow(value)
	if err != nil {
		return engine.Hash{}, damaged(id, "record %d: %w", seq, err)
	}
	return hash, nil
}

// named marks Pebble's findings of damage as damage of the journal.
func named(err error) error {
	if err != nil && pebble.IsCorruptionError(err) {
		return fmt.Errorf("%w: %w", engine.ErrCorrupt, err)
	}
	return err
}

// pebbleLog passes Pebble's messages on. What Pebble calls fatal must not
// return, so it panics: with a batch on its way commit turns that into an
// error, in the background it ends the process, as Pebble intends.
type pebbleLog struct{ log *slog.Logger }

func (l pebbleLog) Infof(format string, args ...any) {
	if l.log.Enabled(context.Background(), slog.LevelDebug) {
		l.log.Debug("pebble: " + fmt.Sprintf(format, args...))
	}
}

func (l pebbleLog) Errorf(format string, args ...any) {
	l.log.Error("pebble: " + fmt.Sprintf(format, args...))
}

func (l pebbleLog) Fatalf(format string, args ...any) {
	l.Errorf(format, args...)
	panic(fmt.Sprintf(format, args...))
}
