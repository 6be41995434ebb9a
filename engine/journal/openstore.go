package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

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

// openStore opens the database, repairing what a crash left and refusing what
// a crash cannot explain. It returns only when everything it will serve is on
// stable storage, also what the last process had written and not yet synced.
func openStore(dir string, o Options, lock *pebble.Lock) (*store, error) {
	if err := checkSpace(o.fs, dir, spaceToOpen); err != nil {
		return nil, err
	}
	s, err := openDB(dir, o, lock, false)
	if err != nil {
		return nil, err
	}
	stamp, err := s.checkStamp()
	if err == nil && stamp != formatStamp {
		err = s.stamp()
	}
	if err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

// inspect opens the database so that nothing in the folder is changed, and
// lets look read it. A database that is damaged must be looked at first:
// opening it for writing removes the files it believes it no longer needs. It
// tells whether there is a database at all.
func inspect(dir string, o Options, lock *pebble.Lock, look func(*store) error) (exists bool, err error) {
	exists, err = storeExists(o.fs, dir)
	if err != nil || !exists {
		return false, err
	}
	s, err := openDB(dir, o, lock, true)
	if err != nil {
		return true, err
	}
	stamp, err := s.checkStamp()
	if err == nil && stamp != "" {
		err = look(s)
	}
	return true, errors.Join(err, s.db.Close())
}

// storeExists tells whether a folder has a database. It refuses a folder that
// has a database's files but not the mark that says which of them count:
// Pebble would take it for a new one, and remove the files.
func storeExists(fs vfs.FS, dir string) (bool, error) {
	desc, err := pebble.Peek(dir, fs)
	if err != nil || desc.Exists {
		return err == nil, err
	}
	names, err := fs.List(dir)
	if err != nil {
		return false, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".sst") || strings.HasSuffix(name, ".log") {
			return false, fmt.Errorf("%w: %s has %s, but no marker.manifest file", engine.ErrCorrupt, dir, name)
		}
	}
	return false, nil
}

// openDB opens the database without asking what is in it.
func openDB(dir string, o Options, lock *pebble.Lock, readOnly bool) (s *store, err error) {
	defer func() {
		if r := recover(); r != nil { // Pebble panics on some kinds of damage
			s, err = nil, fmt.Errorf("%w: %v", engine.ErrCorrupt, r)
		}
	}()
	var opened atomic.Bool
	db, err := pebble.Open(dir, &pebble.Options{
		FS:                 o.fs,
		Lock:               lock,
		ReadOnly:           readOnly,
		FormatMajorVersion: pebble.FormatValueSeparation, // well past FormatWALSyncChunks, which tells a torn tail from damage
		MemTableSize:       o.memTableBytes,
		CacheSize:          cacheBytes,
		MaxOpenFiles:       maxOpenFiles,
		Logger:             pebbleLog{o.Log},
		EventListener:      listen(o.Log.With("dir", dir), &opened),
	})
	opened.Store(true)
	if err != nil {
		return nil, named(err)
	}
	return &store{db: db, tails: map[engine.SessionID]*tail{}}, nil
}

// checkStamp reads the stamp of the database's layout, which this program must
// know. One without a stamp must be empty.
func (s *store) checkStamp() (string, error) {
	stamp, found, err := s.get(formatKey)
	if err != nil {
		return "", err
	}
	if found && string(stamp) != formatStamp && string(stamp) != firstStamp {
		return "", fmt.Errorf("the folder has format %q, this program knows %q", stamp, formatStamp)
	}
	if m := s.db.Metrics(); !found && m.Total().TablesCount > 0 {
		return "", fmt.Errorf("%w: the store has tables but no format stamp", engine.ErrCorrupt)
	}
	return string(stamp), nil
}

// stamp makes an empty database, or one of the first layout, one of this layout.
func (s *store) stamp() error {
	b := s.db.NewBatch()
	if err := b.Set(formatKey, []byte(formatStamp), nil); err != nil {
		return err
	}
	if err := s.commit(b); err != nil {
		return err
	}
	// The log of a new database is begun before its format version is raised,
	// so it lacks what tells damage from a torn tail. This begins another.
	return s.db.Flush()
}

// Pebble repeats a failed flush at once and for ever, also within Open. So
// each failure costs a pause, and an open that fails this often ends the
// process: it could not be ended otherwise.
const (
	backgroundPause = 100 * time.Millisecond
	openPatience    = 20
)

// listen makes a listener for what Pebble does in the background.
func listen(log *slog.Logger, opened *atomic.Bool) *pebble.EventListener {
	var failures atomic.Int64
	return &pebble.EventListener{
		BackgroundError: func(err error) {
			log.Error("journal: the store could not write in the background, will try again", "err", err)
			if failures.Add(1) >= openPatience && !opened.Load() {
				crash(err)
			}
			time.Sleep(backgroundPause)
		},
		WALCreated: func(i pebble.WALCreateInfo) {
			if i.Err != nil && opened.Load() {
				crash(i.Err) // Pebble is about to panic, less clearly
			}
		},
		DataCorruption: func(i pebble.DataCorruptionInfo) {
			log.Error("journal: damaged file", "what", i.String())
		},
		WriteStallBegin: func(i pebble.WriteStallBeginInfo) {
			log.Warn("journal: the disk is too slow, bids wait", "why", i.Reason)
		},
	}
}

// pebbleLog passes Pebble's messages on. What Pebble calls fatal must not
// return, so it panics: during an open that becomes an error, later it ends
// the process.
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
