package ledgerkeeper

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

// copied reads what the second place has, in order.
func copied(t *testing.T, folder string) (lines []exported) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for s := bufio.NewScanner(bytes.NewReader(raw)); s.Scan(); {
			var l exported
			if err := json.Unmarshal(s.Bytes(), &l); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, l)
		}
	}
	return lines
}

// The copy alone is enough to make the root that was signed.
func TestTheSecondPlaceHasTheWholeLog(t *testing.T) {
	folder := t.TempDir()
	h := newHall(t, func(o *Options) { o.Export = folder })
	move := func(seq engine.Seq) {
		h.set(Session{ID: one, Head: head(seq), Phase: engine.PhaseRunning})
		h.set(Session{ID: two, Head: head(seq), Phase: engine.PhaseRunning, Blind: true})
		h.pass(24 * time.Hour) // a file a day
	}
	move(1)
	if err := h.exportAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	move(2)
	h.shut()
	h.open()
	move(3)
	if err := h.exportAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.exportAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	var hashes []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, err error) {
		for _, i := range indexes {
			out = append(out, hashes[i])
		}
		return out, nil
	})
	entries, checkpoints := int64(0), 0
	for _, l := range copied(t, folder) {
		if l.Index != nil {
			if *l.Index != entries {
				t.Fatalf("entry %d where %d should be", *l.Index, entries)
			}
			more, err := tlog.StoredHashes(entries, []byte(l.Entry), reader)
			if err != nil {
				t.Fatal(err)
			}
			hashes = append(hashes, more...)
			entries++
			continue
		}
		root, err := tlog.TreeHash(entries, reader)
		if c := h.verified(l.Note); err != nil || c.Size != entries || c.Root != engine.Hash(root) {
			t.Errorf("the checkpoint of size %d does not fit %d entries: %v", c.Size, entries, err)
		}
		checkpoints++
	}
	if entries != 7 || checkpoints != 4 {
		t.Errorf("%d entries and %d checkpoints, want 7 and 4", entries, checkpoints)
	}
	for _, l := range copied(t, folder) {
		if bytes.Contains([]byte(l.Entry), []byte("salt")) {
			t.Errorf("a secret in the second place: %+v", l)
		}
	}
}

// A second place that is away is caught up with when it is back.
func TestASecondPlaceThatIsAwayIsCaughtUpWith(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "share")
	h := newHall(t, func(o *Options) { o.Export = folder })
	h.set(Session{ID: one, Head: head(1), Phase: engine.PhaseRunning})
	h.pass(time.Minute)
	if err := h.exportAll(t.Context()); err == nil {
		t.Fatal("a folder that is not there was written")
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := h.exportAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines := copied(t, folder)
	if len(lines) != 4 {
		t.Errorf("%d lines, want two entries with a checkpoint each", len(lines))
	}
	if _, err := ledger.CheckpointOf([]byte(lines[3].Note)); err != nil {
		t.Error(err)
	}
}
