package journal_test

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
)

// image is a journal's folder at one moment: what a copy of it holds.
type image map[string][]byte

// takeImage copies a folder. The lock is left out: closing a copy of it would
// release it.
func takeImage(t testing.TB, dir string) image {
	t.Helper()
	img := image{}
	for _, pattern := range []string{"*", "pebble/*"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			info, err := os.Stat(name)
			if err != nil || info.IsDir() || filepath.Base(name) == "LOCK" {
				continue
			}
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			rel, err := filepath.Rel(dir, name)
			if err != nil {
				t.Fatal(err)
			}
			img[filepath.ToSlash(rel)] = b
		}
	}
	return img
}

// load puts the image on a disk of its own, with one file
// replaced, or gone if content is nil.
func (img image) load(t testing.TB, name string, content []byte) vfs.FS {
	t.Helper()
	fs := vfs.NewMem()
	if err := fs.MkdirAll("journal/pebble", 0o700); err != nil {
		t.Fatal(err)
	}
	for n, b := range img {
		if n == name {
			if content == nil {
				continue
			}
			b = content
		}
		f, err := fs.Create(path.Join("journal", n), vfs.WriteCategoryUnspecified)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.Write(append([]byte(nil), b...))
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return fs
}

// files lists the names of one kind.
func (img image) files(kind string) (names []string) {
	for n := range img {
		if strings.Contains(n, kind) {
			names = append(names, n)
		}
	}
	return names
}

// truth is what sessions really held, record by record.
type truth struct {
	chain map[engine.SessionID][]engine.Entry
	kept  map[engine.SessionID]engine.Seq // what was acknowledged and noted elsewhere
}

// write appends n batches to each of some sessions and returns them.
func writeTruth(t testing.TB, j engine.Journal, sessions, batches int) truth {
	t.Helper()
	tr := truth{chain: map[engine.SessionID][]engine.Entry{}, kept: map[engine.SessionID]engine.Seq{}}
	for n := range batches {
		for i := range sessions {
			id := journaltest.SessionID(i)
			head := journaltest.End(engine.Head{}, tr.chain[id])
			entries := journaltest.Chain(id, head, 1+(n+i)%4)
			if err := j.Append(t.Context(), id, head, entries); err != nil {
				t.Fatal(err)
			}
			tr.chain[id] = append(tr.chain[id], entries...)
		}
	}
	return tr
}

// keptFrom takes over what a heads file says.
func (tr truth) keptFrom(t testing.TB, heads []byte) truth {
	t.Helper()
	kept, err := journal.DecodeHeads(heads)
	if err != nil {
		t.Fatal(err)
	}
	tr.kept = map[engine.SessionID]engine.Seq{}
	for id, head := range kept {
		tr.kept[id] = head.Seq
	}
	return tr
}

// verdict is how a damaged journal behaved.
type verdict struct {
	refused  error // of the open or of at least one session
	complete bool  // every session was served whole
}

// judge opens a journal and compares it with the truth. Whatever is served
// must be true and reach the kept head; whatever is refused must be named.
func (tr truth) judge(fs vfs.FS) (v verdict, wrong error) {
	j, err := journal.OpenPebble("journal", journal.Options{}.WithFS(fs))
	if err != nil {
		if !strings.HasPrefix(err.Error(), "journal journal: ") {
			return v, fmt.Errorf("the refusal does not name the folder: %w", err)
		}
		return verdict{refused: err}, nil
	}
	defer j.Close()
	v.complete = true
	for id, want := range tr.chain {
		var got engine.Head
		err := j.Replay(ctx, id, 0, func(e engine.Entry) error {
			if int(e.Seq) > len(want) || want[e.Seq-1].Hash != e.Hash || string(want[e.Seq-1].Body) != string(e.Body) {
				return fmt.Errorf("served record %d, which nobody wrote", e.Seq)
			}
			got = engine.Head{Seq: e.Seq, Hash: e.Hash}
			return nil
		})
		switch {
		case err != nil && !errors.Is(err, engine.ErrCorrupt):
			return v, fmt.Errorf("session %s: %w", id, err)
		case err != nil && !strings.Contains(err.Error(), string(id)):
			return v, fmt.Errorf("the damage does not name session %s: %w", id, err)
		case err != nil:
			v.refused, v.complete = err, false
		case got.Seq < tr.kept[id]:
			return v, fmt.Errorf("session %s was served up to %d, its kept head is %d", id, got.Seq, tr.kept[id])
		case int(got.Seq) < len(want):
			v.complete = false
		}
	}
	return v, nil
}

// openAndRead opens a journal only to read one session.
func openAndRead(fs vfs.FS, id engine.SessionID) (engine.Head, error) {
	j, err := journal.OpenPebble("journal", journal.Options{}.WithFS(fs))
	if err != nil {
		return engine.Head{}, err
	}
	defer j.Close()
	return journaltest.Read(j, id)
}

// newestLog names the log that is being written.
func newestLog(img image) string {
	return slices.Max(img.files(".log"))
}
