package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"gobua/engine"
)

// The file of the alive mark, beside the store. DESIGN.md describes it.
const (
	aliveName  = "alive"
	aliveMagic = "gobua alive 1\n"
	aliveBytes = len(aliveMagic) + 8 + 4
)

// aliveMark is the file in which MarkAlive leaves its moment. Opening a
// journal does not touch it: a tool that only looks, or a program that dies
// while it starts, must not wipe out since when nobody could bid.
type aliveMark struct {
	fs  vfs.FS
	dir string

	mu   sync.Mutex
	file vfs.File // nil until the first mark

	began  atomic.Int64          // of the write under way, nanoseconds since 1970; zero: none
	failed atomic.Pointer[error] // of the last write; nil: it went well
}

// trouble is what the marks tell of the disk. It does not block.
func (m *aliveMark) trouble() error {
	if began := m.began.Load(); began != 0 {
		if waits := time.Since(time.Unix(0, began)); waits > patience {
			return fmt.Errorf("the disk has not answered for %v", waits.Round(100*time.Millisecond))
		}
	}
	if failed := m.failed.Load(); failed != nil {
		return *failed
	}
	return nil
}

// write writes the mark and remembers how that went.
func (m *aliveMark) write(at engine.Instant) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.began.Store(time.Now().UnixNano())
	err := m.overwrite(at)
	m.began.Store(0)
	if err != nil {
		m.failed.Store(&err)
	} else {
		m.failed.Store(nil)
	}
	return err
}

// overwrite puts the mark in its place: it is far smaller than a disk sector,
// and all but the first leave the file's size as it is, so the sync is cheap.
// The caller holds mu.
func (m *aliveMark) overwrite(at engine.Instant) error {
	first := m.file == nil
	if first {
		f, err := m.fs.OpenReadWrite(m.fs.PathJoin(m.dir, aliveName), vfs.WriteCategoryUnspecified)
		if err != nil {
			return err
		}
		m.file = f
	}
	_, err := m.file.WriteAt(encodeAlive(at), 0)
	if err == nil {
		err = m.file.SyncData()
	}
	if err == nil && first {
		err = syncDir(m.fs, m.dir)
	}
	if err != nil { // the next one begins anew, with its name in the folder
		err = errors.Join(err, m.file.Close())
		m.file = nil
	}
	return err
}

// last reads the mark as it is on the disk; zero if there is none, or none
// that can be read.
func (m *aliveMark) last(log *slog.Logger) engine.Instant {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, err := readAlive(m.fs, m.fs.PathJoin(m.dir, aliveName))
	if err != nil {
		log.Warn("journal: alive mark is damaged; a copy goes without it", "dir", m.dir, "err", err)
	}
	return at
}

func (m *aliveMark) close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file == nil {
		return nil
	}
	return m.file.Close()
}

// encodeAlive writes the mark that the process was alive at a moment.
func encodeAlive(at engine.Instant) []byte {
	b := make([]byte, 0, aliveBytes)
	b = append(b, aliveMagic...)
	b = binary.BigEndian.AppendUint64(b, uint64(at))
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

func decodeAlive(b []byte) (engine.Instant, error) {
	if len(b) != aliveBytes || string(b[:len(aliveMagic)]) != aliveMagic {
		return 0, fmt.Errorf("%d bytes are no alive mark", len(b))
	}
	body := b[:aliveBytes-4]
	if crc32.ChecksumIEEE(body) != binary.BigEndian.Uint32(b[len(body):]) {
		return 0, errors.New("its checksum is wrong")
	}
	return engine.Instant(binary.BigEndian.Uint64(body[len(aliveMagic):])), nil
}

// readAlive reads the alive mark; zero if there is none.
func readAlive(fs vfs.FS, path string) (engine.Instant, error) {
	b, err := readFile(fs, path, int64(aliveBytes))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return decodeAlive(b)
}
