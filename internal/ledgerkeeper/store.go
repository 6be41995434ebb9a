package ledgerkeeper

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

// ErrDamaged: the folder does not have what it must have. Nothing is guessed.
var ErrDamaged = errors.New("ledger: damaged")

// Rows of the database. Numbers are big-endian, so rows come in their order.
const (
	stampRow      = 'f' // the layout
	entryRow      = 'e' // index → text
	hashRow       = 'h' // level, number → hash of the tree
	checkpointRow = 'c' // size → moment, note signed by the log
	cosignRow     = 'w' // size, key id → signature line of a witness
	timestampRow  = 't' // size → answer of the time stamping authority
	sessionRow    = 's' // session → what was last written of it
	aboutRow      = 'i' // session, index → opening of a blind head, or nothing
	keyRow        = 'k' // index of a key entry
	exportRow     = 'x' // folder → how far it was exported
	positionRow   = 'q' // how far the store has a chronicle
	wishRow       = 'n' // message of the chronicle → id and text of a note that waits for its round
)

const layout = "gobua ledger 1\n"

// Free bytes on the disk below which the store is not opened, and not written:
// Pebble cannot go on once it gets no new file.
const (
	spaceToOpen  = 128 << 20
	spaceToWrite = 64 << 20
)

// Sizes of the store: a round of ten thousand sessions is a batch of some
// megabytes, and proofs read a few dozen rows.
const (
	memTableBytes = 8 << 20
	cacheBytes    = 8 << 20
	maxOpenFiles  = 64
)

// store is one life of the database, from an open to the first failed write.
type store struct {
	db  *pebble.DB
	dir string

	// entering is held while a batch enters Pebble's pipeline, so that none
	// enters once a failure is known: Pebble would panic.
	entering sync.Mutex
	failed   atomic.Bool
}

func openStore(dir string, log *slog.Logger) (s *store, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := enoughSpace(dir, spaceToOpen); err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil { // Pebble panics on some kinds of damage
			s, err = nil, fmt.Errorf("%w: %s: %v", ErrDamaged, dir, r)
		}
	}()
	db, err := pebble.Open(dir, &pebble.Options{
		FormatMajorVersion: pebble.FormatValueSeparation, // well past what tells a torn tail from damage
		MemTableSize:       memTableBytes,
		CacheSize:          cacheBytes,
		MaxOpenFiles:       maxOpenFiles,
		Logger:             pebbleLog{log},
		EventListener: &pebble.EventListener{
			BackgroundError: func(err error) {
				log.Error("ledger: the store could not write in the background, will try again", "err", err)
				time.Sleep(100 * time.Millisecond) // Pebble repeats it at once and for ever
			},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, named(err))
	}
	s = &store{db: db, dir: dir}
	stamp, err := s.get(row(stampRow))
	switch {
	case err == nil && string(stamp) != layout:
		err = fmt.Errorf("%s has layout %q, this program knows %q", dir, stamp, layout)
	case errors.Is(err, ledger.ErrNotFound) && db.Metrics().Total().TablesCount > 0:
		err = fmt.Errorf("%w: %s has tables but no layout", ErrDamaged, dir)
	case errors.Is(err, ledger.ErrNotFound):
		b := db.NewBatch()
		if err = b.Set(row(stampRow), []byte(layout), nil); err == nil {
			err = s.commit(b)
		}
		if err == nil {
			err = db.Flush() // the log of a new database lacks what tells damage from a torn tail
		}
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

func enoughSpace(dir string, bytes uint64) error {
	usage, err := vfs.Default.GetDiskUsage(dir)
	if err != nil || usage.AvailBytes >= bytes { // a file system that cannot tell is trusted
		return nil
	}
	return fmt.Errorf("%w: %s has %d MiB free, %d are needed", ledger.ErrDown, dir, usage.AvailBytes>>20, bytes>>20)
}

// named marks Pebble's findings of damage.
func named(err error) error {
	if err != nil && pebble.IsCorruptionError(err) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// row is a key: its kind and its parts.
func row(kind byte, parts ...any) []byte {
	k := []byte{kind}
	for _, p := range parts {
		switch p := p.(type) {
		case int64:
			k = binary.BigEndian.AppendUint64(k, uint64(p))
		case uint32:
			k = binary.BigEndian.AppendUint32(k, p)
		case byte:
			k = append(k, p)
		case engine.SessionID:
			k = append(k, p...)
		case string:
			k = append(k, p...)
		}
	}
	return k
}

// numberAt reads the number in a key after its kind and some bytes.
func numberAt(key []byte, from int) (int64, bool) {
	if len(key) < from+8 {
		return 0, false
	}
	n := binary.BigEndian.Uint64(key[from:])
	return int64(n), n < 1<<62
}

// get returns a copy of a value, or ledger.ErrNotFound.
func (s *store) get(key []byte) ([]byte, error) {
	v, closer, err := s.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, ledger.ErrNotFound
	}
	if err != nil {
		return nil, named(err)
	}
	defer closer.Close()
	return append([]byte{}, v...), nil
}

// commit writes a batch and returns when it is on stable storage. After an
// error nobody knows what was written and the store has to be opened again.
func (s *store) commit(b *pebble.Batch) error {
	if err := enoughSpace(s.dir, spaceToWrite); err != nil {
		return err
	}
	err := s.enter(b)
	if err == nil {
		err = b.SyncWait()
	}
	if err != nil {
		s.failed.Store(true)
		return fmt.Errorf("%w: write failed: %w", ledger.ErrDown, err)
	}
	return b.Close()
}

func (s *store) enter(b *pebble.Batch) error {
	s.entering.Lock()
	defer s.entering.Unlock()
	if s.failed.Load() {
		return ledger.ErrDown
	}
	return s.db.ApplyNoSyncWait(b, pebble.Sync)
}

// scan calls fn with the rows from one key to before another, backwards if
// asked, until fn returns false. What fn gets is its own until it returns.
func (s *store) scan(from, to []byte, backwards bool, fn func(key, value []byte) bool) (err error) {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: to})
	if err != nil {
		return named(err)
	}
	defer func() {
		if closed := it.Close(); err == nil {
			err = named(closed)
		}
	}()
	first, next := it.First, it.Next
	if backwards {
		first, next = it.Last, it.Prev
	}
	for ok := first(); ok; ok = next() {
		value, err := it.ValueAndErr()
		if err != nil {
			return named(err)
		}
		if !fn(it.Key(), value) {
			return nil
		}
	}
	return named(it.Error())
}

// after is the key that follows every key with a prefix.
func after(prefix []byte) []byte {
	out := append([]byte{}, prefix...)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i]++; out[i] != 0 {
			return out[:i+1]
		}
	}
	return nil
}

// ReadHashes is part of tlog.HashReader.
func (s *store) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		v, err := s.get(row(hashRow, byte(level), n))
		if err != nil {
			return nil, fmt.Errorf("%w: hash %d of level %d: %w", ErrDamaged, n, level, err)
		}
		if len(v) != tlog.HashSize {
			return nil, fmt.Errorf("%w: hash %d of level %d has %d bytes", ErrDamaged, n, level, len(v))
		}
		out[i] = tlog.Hash(v)
	}
	return out, nil
}

// pebbleLog passes Pebble's messages on. What Pebble calls fatal must not
// return.
type pebbleLog struct{ log *slog.Logger }

func (l pebbleLog) Infof(format string, args ...any) {
	if l.log.Enabled(context.Background(), slog.LevelDebug) {
		l.log.Debug("ledger: pebble: " + strings.TrimSpace(fmt.Sprintf(format, args...)))
	}
}

func (l pebbleLog) Errorf(format string, args ...any) {
	l.log.Error("ledger: pebble: " + fmt.Sprintf(format, args...))
}

func (l pebbleLog) Fatalf(format string, args ...any) {
	l.Errorf(format, args...)
	panic(fmt.Sprintf(format, args...))
}
