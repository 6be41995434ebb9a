package ledgerkeeper

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

const (
	one engine.SessionID = "k7qp2mwx90ab"
	two engine.SessionID = "k7qp2mwx90ac"
)

func TestAHeadThatMovedIsWitnessedWithinAMinute(t *testing.T) {
	h := newHall(t)
	if c := h.newest(); c.Size != 1 {
		t.Fatalf("a new log has %d entries, want that of its key", c.Size)
	}
	h.set(Session{ID: one, Head: head(1), Phase: engine.PhaseScheduled})
	before := h.verified(h.pass(time.Second).Note) // the first look of a process
	h.set(Session{ID: one, Head: head(3), Phase: engine.PhaseRunning})
	if c := h.pass(30 * time.Second); c.Size != 2 {
		t.Errorf("after half a minute there are %d entries, want 2", c.Size)
	}
	after := h.verified(h.pass(30 * time.Second).Note)
	if after.Size != 3 {
		t.Fatalf("after a minute there are %d entries, want 3", after.Size)
	}
	if c := h.pass(time.Hour); c.Size != 3 {
		t.Errorf("nothing moved, and there are %d entries", c.Size)
	}
	in, err := h.SessionProof(one)
	if err != nil {
		t.Fatal(err)
	}
	if err := ledger.CheckInclusion(h.verified(in.Checkpoint.Note), in.Index, in.Entry, in.Proof); err != nil {
		t.Error(err)
	}
	e, err := ledger.ParseEntry(in.Entry)
	if err != nil || e.(*ledger.HeadEntry).Head != head(3) {
		t.Errorf("%v: %v", e, err)
	}
	h.consistent(before, after)
}

// A close is not kept waiting for the minute, and the others' heads go with it.
func TestACloseIsWitnessedAtOnce(t *testing.T) {
	h := newHall(t)
	h.set(Session{ID: one, Head: head(1), Phase: engine.PhaseRunning})
	h.set(Session{ID: two, Head: head(1), Phase: engine.PhaseRunning})
	h.pass(time.Second)
	for i, phase := range []engine.Phase{engine.PhaseClosed, engine.PhaseAnnounced} {
		h.set(Session{ID: one, Head: head(engine.Seq(5 + i)), Phase: phase})
		h.set(Session{ID: two, Head: head(engine.Seq(8 + i)), Phase: engine.PhaseRunning})
		if c := h.pass(time.Second); c.Size != int64(5+2*i) {
			t.Errorf("%s: %d entries, want %d", phase, c.Size, 5+2*i)
		}
	}
}

// A session of sealed offers gets the same entries whatever happens in it, and
// what they hide is told once it was announced.
func TestBlindHeadsTellNothingBeforeTheEnd(t *testing.T) {
	quiet, busy := newHall(t), newHall(t)
	for i, phase := range []engine.Phase{"scheduled", "scheduled", "running", "running", "running", "closed", "closed"} {
		quiet.set(Session{ID: one, Head: head(2), Phase: phase, Blind: true})
		busy.set(Session{ID: one, Head: head(engine.Seq(2 + 10*i)), Phase: phase, Blind: true})
		if q, b := quiet.pass(time.Minute), busy.pass(time.Minute); q.Size != b.Size {
			t.Fatalf("%s: %d entries where nothing happened, %d where much did", phase, q.Size, b.Size)
		}
	}
	texts := busy.texts(one)
	if len(texts) != 6 {
		t.Errorf("%d entries, want one at first sight and one a round from the opening on", len(texts))
	}
	seen := map[engine.Hash]bool{}
	for _, text := range quiet.texts(one) {
		e, err := ledger.ParseEntry(text)
		if err != nil {
			t.Fatal(err)
		}
		blind, ok := e.(*ledger.BlindHeadEntry)
		if !ok || seen[blind.Commitment] {
			t.Errorf("an entry tells that nothing happened: %q", text)
		}
		seen[blind.Commitment] = true
	}
	sealed, err := busy.SessionEntries(one, 0, 100)
	if err != nil || sealed[5].Opening != nil {
		t.Fatalf("opened before the end: %+v, %v", sealed, err)
	}
	busy.set(Session{ID: one, Head: head(99), Phase: engine.PhaseAnnounced, Blind: true})
	busy.pass(time.Second)
	opened, err := busy.SessionEntries(one, 0, 100)
	if err != nil || len(opened) != 7 {
		t.Fatalf("%d entries, %v", len(opened), err)
	}
	for _, e := range opened[:6] {
		parsed, _ := ledger.ParseEntry(e.Entry)
		if e.Opening == nil || !parsed.(*ledger.BlindHeadEntry).Opens(*e.Opening) {
			t.Errorf("entry %d does not open", e.Index)
		}
	}
	if !strings.Contains(opened[6].Entry, "gobua head 1\n"+string(one)+"\n99\n") {
		t.Errorf("the end is not told: %q", opened[6].Entry)
	}
	quiet.set(Session{ID: one, Head: head(3), Phase: engine.PhaseStopped, Blind: true})
	quiet.pass(time.Second)
	quiet.pass(time.Minute)
	stopped, err := quiet.SessionEntries(one, 0, 100)
	if err != nil || len(stopped) != 7 || stopped[6].Opening != nil {
		t.Errorf("a session that may be run again tells its secret, or has %d entries: %v", len(stopped), err)
	}
}

func TestANoteIsPublishedBeforeItIsAnswered(t *testing.T) {
	h := newHall(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); h.Run(ctx) }()
	index, err := h.AppendNote(ctx, "clock", "1790000000000 forward 5000")
	if err != nil {
		t.Fatal(err)
	}
	in, err := h.Inclusion(index, 0)
	if err != nil || in.Entry != "gobua clock 1\n1790000000000 forward 5000\n" {
		t.Errorf("%+v: %v", in, err)
	}
	if _, err := h.AppendNote(ctx, "head", "x"); err == nil {
		t.Error("a note that looks like a head was written")
	}
	h.set(Session{ID: one, Head: head(4), Phase: engine.PhaseRunning})
	cancel()
	<-done
	if got := h.texts(one); len(got) != 1 {
		t.Errorf("what moved before the end was not written: %q", got)
	}
}

// The tiles are enough for a client that knows nothing else of us.
func TestTilesProveWhatTheyMust(t *testing.T) {
	h := newHall(t)
	for round := range engine.Seq(4) {
		for i := range byte(75) {
			h.set(Session{ID: engine.NewSessionID([12]byte{i % 32, i / 32}), Head: head(round + 1), Phase: engine.PhaseRunning})
		}
		h.pass(time.Minute)
	}
	c := h.verified(h.newest().Note)
	reader := tlog.TileHashReader(c.Tree(), tileReader{h})
	for _, from := range []int64{1, 76, 226, 301} {
		proof, err := tlog.ProveTree(c.Size, from, reader)
		if err != nil {
			t.Fatal(err)
		}
		older, err := h.CheckpointAt(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := ledger.CheckConsistency(h.verified(older.Note), c, ledger.Hashes(proof)); err != nil {
			t.Error(err)
		}
	}
	bundle, err := h.Tile(tlog.Tile{H: 8, L: -1, N: 1, W: int(c.Size - 256)})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := ledger.ParseBundle(bundle)
	if err != nil || len(entries) != int(c.Size-256) {
		t.Fatalf("%d entries: %v", len(entries), err)
	}
	in, err := h.Inclusion(c.Size-1, 0)
	if err != nil || entries[len(entries)-1] != in.Entry {
		t.Errorf("the bundle ends with %q: %v", entries[len(entries)-1], err)
	}
	for _, tile := range []tlog.Tile{{H: 8, L: 0, N: 1, W: 256}, {H: 8, L: 1, N: 0, W: 2}, {H: 8, L: 7, N: 1 << 40, W: 256}, {H: 8, L: 2, N: 0, W: 1}} {
		if _, err := h.Tile(tile); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("tile %+v: %v", tile, err)
		}
	}
}

// tileReader reads tiles by the paths under which they are served.
type tileReader struct{ h *hall }

func (r tileReader) Height() int { return ledger.TileHeight }
func (r tileReader) ReadTiles(tiles []tlog.Tile) (out [][]byte, err error) {
	for _, tile := range tiles {
		served, ok := ledger.ParseTilePath(ledger.TilePath(tile))
		if !ok {
			return nil, errors.New("no path for " + tile.Path())
		}
		data, err := r.h.Tile(served)
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}
func (r tileReader) SaveTiles([]tlog.Tile, [][]byte) {}

// What is not published cannot be asked for.
func TestOnlyWhatIsPublishedIsAnswered(t *testing.T) {
	h := newHall(t)
	for name, err := range map[string]error{
		"an entry that is none":        second(h.Inclusion(1, 0)),
		"a tree that is larger":        second(h.Inclusion(0, 2)),
		"a proof to a larger tree":     second(h.Consistency(1, 2)),
		"a proof from nothing":         second(h.Consistency(0, 1)),
		"a checkpoint that is none":    second(h.CheckpointAt(2)),
		"a session that is none":       second(h.SessionEntries(one, 0, 1)),
		"a time stamp that is none":    second(h.Timestamp(1)),
		"a checkpoint of minus one":    second(h.CheckpointAt(-1)),
		"a session without any proof":  second(h.SessionProof(one)),
		"an entry of a negative index": second(h.Inclusion(-1, 0)),
	} {
		if !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// A log that is shorter than, or other than, what was shown is not served.
func TestALogThatWasSetBackIsRefused(t *testing.T) {
	h := newHall(t)
	move := func(seq engine.Seq) {
		h.set(Session{ID: one, Head: head(seq), Phase: engine.PhaseRunning})
		h.pass(time.Minute)
	}
	move(1)
	h.shut()
	backup := t.TempDir()
	if err := os.CopyFS(backup, os.DirFS(h.o.Dir)); err != nil {
		t.Fatal(err)
	}
	h.open()
	move(2)
	h.shut()
	replace := func(from string) {
		t.Helper()
		if err := os.RemoveAll(h.o.Dir); err != nil {
			t.Fatal(err)
		}
		if from == "" {
			return
		}
		if err := os.CopyFS(h.o.Dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	newest := t.TempDir()
	if err := os.CopyFS(newest, os.DirFS(h.o.Dir)); err != nil {
		t.Fatal(err)
	}
	replace(backup)
	if err := h.tryOpen(); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "size 3 was shown") {
		t.Errorf("an older copy: %v", err)
	}
	replace("")
	if err := h.tryOpen(); !errors.Is(err, ErrDamaged) {
		t.Errorf("no log where there was one: %v", err)
	}
	replace(newest)
	if err := os.Remove(filepath.Join(h.keysFolder(), keyName)); err != nil {
		t.Fatal(err)
	}
	if err := h.tryOpen(); !errors.Is(err, ErrDamaged) {
		t.Errorf("another key: %v", err)
	}
	if _, err := LoadSigner(h.keysFolder(), "other.example", ""); err == nil || !strings.Contains(err.Error(), "cannot be renamed") {
		t.Errorf("another name: %v", err)
	}
}

// A session with fewer records than the log has witnessed, or with others, is
// written down and shouted about.
func TestASessionThatIsAnotherOneIsSaid(t *testing.T) {
	bent := head(9)
	bent.Hash[0] ^= 1
	for words, now := range map[string]engine.Head{
		"fewer records than the log has witnessed": head(8),
		"other records than the log has witnessed": bent,
	} {
		h := newHall(t)
		h.set(Session{ID: one, Head: head(9), Phase: engine.PhaseRunning})
		h.pass(time.Minute)
		h.shut()
		h.open()
		h.set(Session{ID: one, Head: now, Phase: engine.PhaseRunning})
		h.pass(time.Minute)
		if !strings.Contains(h.said.String(), words) || len(h.texts(one)) != 2 {
			t.Errorf("%q\n%s", h.texts(one), h.said.String())
		}
	}
}

// Nothing is lost by a store that failed once: it is read back and goes on.
func TestAStoreThatFailedIsReadBack(t *testing.T) {
	h := newHall(t)
	h.set(Session{ID: one, Head: head(1), Phase: engine.PhaseRunning})
	before := h.verified(h.pass(time.Minute).Note)
	h.store.failed.Store(true)
	h.set(Session{ID: one, Head: head(2), Phase: engine.PhaseRunning})
	after := h.verified(h.pass(time.Minute).Note)
	if after.Size != before.Size+1 {
		t.Errorf("size %d after %d", after.Size, before.Size)
	}
	h.consistent(before, after)
}
