package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/cockroachdb/pebble/v2/vfs"

	"gobua/engine"
)

// The file of kept heads, beside the store. DESIGN.md describes it.
const (
	headsName  = "heads"
	headsMagic = "gobua heads 1\n"
	headBytes  = idBytes + seqBytes + hashBytes
)

// maxHeadsBytes bounds what is read into memory: a million sessions.
const maxHeadsBytes = 64 << 20

// encodeHeads writes heads in the order of their ids, and a checksum.
func encodeHeads(heads map[engine.SessionID]engine.Head) []byte {
	b := make([]byte, 0, len(headsMagic)+4+len(heads)*headBytes+sha256.Size)
	b = append(b, headsMagic...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(heads)))
	for _, id := range slices.Sorted(maps.Keys(heads)) {
		b = append(b, id...)
		b = binary.BigEndian.AppendUint64(b, uint64(heads[id].Seq))
		hash := heads[id].Hash
		b = append(b, hash[:]...)
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// decodeHeads reads what encodeHeads wrote. Anything else is an error that
// says what is wrong.
func decodeHeads(b []byte) (map[engine.SessionID]engine.Head, error) {
	if len(b) < len(headsMagic)+4+sha256.Size {
		return nil, fmt.Errorf("%d bytes are too few", len(b))
	}
	if string(b[:len(headsMagic)]) != headsMagic {
		return nil, fmt.Errorf("it begins with %q", b[:len(headsMagic)])
	}
	body := b[:len(b)-sha256.Size]
	if sha256.Sum256(body) != [sha256.Size]byte(b[len(body):]) {
		return nil, errors.New("its checksum is wrong")
	}
	n := binary.BigEndian.Uint32(body[len(headsMagic):])
	body = body[len(headsMagic)+4:]
	if uint64(len(body)) != uint64(n)*uint64(headBytes) {
		return nil, fmt.Errorf("it names %d sessions in %d bytes", n, len(body))
	}
	heads := make(map[engine.SessionID]engine.Head, n)
	for ; len(body) > 0; body = body[headBytes:] {
		id := engine.SessionID(body[:idBytes])
		if err := checkID(id); err != nil {
			return nil, err
		}
		heads[id] = engine.Head{
			Seq:  engine.Seq(binary.BigEndian.Uint64(body[idBytes:])),
			Hash: engine.Hash(body[idBytes+seqBytes : headBytes]),
		}
	}
	if len(heads) != int(n) {
		return nil, errors.New("it names a session twice")
	}
	return heads, nil
}

// readHeads reads the heads file. The error is os.ErrNotExist if there is none.
func readHeads(fs vfs.FS, path string) (map[engine.SessionID]engine.Head, error) {
	b, err := readFile(fs, path, maxHeadsBytes)
	if err != nil {
		return nil, err
	}
	return decodeHeads(b)
}

// writeHeads replaces the heads file so that after a crash at any moment there
// is the old one or the new one. It blocks for two syncs.
func writeHeads(fs vfs.FS, dir string, heads map[engine.SessionID]engine.Head) error {
	path, temporary := fs.PathJoin(dir, headsName), fs.PathJoin(dir, headsName+".new")
	f, err := fs.Create(temporary, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = f.Write(encodeHeads(heads))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := fs.Rename(temporary, path); err != nil {
		return err
	}
	return syncDir(fs, dir)
}

// readFile reads a file of at most limit bytes.
func readFile(fs vfs.FS, path string, limit int64) ([]byte, error) {
	f, err := fs.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("it has more than %d bytes", limit)
	}
	return b, nil
}

// makeDir makes a folder that is still there after a power cut, with all the
// folders above it that are missing.
func makeDir(fs vfs.FS, dir string) error {
	parent := fs.PathDir(dir)
	if _, err := fs.Stat(dir); errors.Is(err, os.ErrNotExist) {
		if parent != dir {
			if err := makeDir(fs, parent); err != nil {
				return err
			}
		}
		if err := fs.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	return syncDir(fs, parent)
}

// syncDir makes the names in a folder durable.
func syncDir(fs vfs.FS, dir string) error {
	d, err := fs.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
