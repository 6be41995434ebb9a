package journal

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"

	"gobua/engine"
)

// store is one life of the Pebble database: from an open to the first failed
// write. After a failure its memory may hold rows that never reached the disk,
// so nothing is read from it any more and Pebble (the type) opens a new life.
type store struct {
	db *pebble.DB

	// entering is held while a batch enters Pebble's commit pipeline, so that
	// none enters once a failure is known: Pebble would panic.
	entering sync.Mutex
	failure  atomic.Pointer[error] // why no more is written or read

	mu    sync.Mutex
	tails map[engine.SessionID]*tail
}

// tail is the durable end of one session.
type tail struct {
	mu    sync.Mutex // held while an append is on its way: appends of a session are one after the other
	known bool
	head  engine.Head
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

func (s *store) enter(b *pebble.Batch) error {
	s.entering.Lock()
	defer s.entering.Unlock()
	if err := s.failed(); err != nil {
		return err
	}
	defer func() {
		if r := recover(); r != nil {
			crash(r)
		}
	}()
	return s.db.ApplyNoSyncWait(b, pebble.Sync)
}

// crash ends the process. Where Pebble panics it holds its locks for ever, so
// only a new process can go on; and no caller's recover may keep this one
// half alive. Nothing was acknowledged that is not on the disk.
func crash(why any) {
	go panic(fmt.Sprintf("journal: the store cannot go on, start the program again: %v", why))
	select {}
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
		return head, fmt.Errorf("%w: %w", engine.ErrCorrupt, err)
	}
	value, err := it.ValueAndErr()
	if err != nil {
		return head, named(err)
	}
	if head.Hash, _, err = parseRow(value); err != nil {
		return head, fmt.Errorf("%w: record %d: %w", engine.ErrCorrupt, head.Seq, err)
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
		return engine.Hash{}, fmt.Errorf("%w: it is missing", engine.ErrCorrupt)
	}
	hash, _, err := parseRow(value)
	if err != nil {
		return engine.Hash{}, fmt.Errorf("%w: %w", engine.ErrCorrupt, err)
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
