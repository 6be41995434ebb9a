package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
)

var ctx = context.Background()

// states are the folders that damage is tried on, taken from real files.
func states(t *testing.T) map[string]struct {
	image
	truth
} {
	type state = struct {
		image
		truth
	}
	all := map[string]state{}
	add := func(name string, img image, tr truth) {
		all[name] = state{img, tr.keptFrom(t, img["heads"])}
	}

	dir := filepath.Join(t.TempDir(), "journal")
	j := mustOpen(t, dir, journal.Options{HeadsEvery: time.Hour})
	if err := j.MarkAlive(t.Context(), 1_795_000_000_000); err != nil {
		t.Fatal(err)
	}
	tr := writeTruth(t, j, 3, 120)
	add("killed before any head was kept", takeImage(t, dir), tr)
	mustClose(t, j)
	add("closed, rows in the log", takeImage(t, dir), tr)
	mustClose(t, mustOpen(t, dir, journal.Options{}))
	add("opened again, rows in a table", takeImage(t, dir), tr)

	dir = filepath.Join(t.TempDir(), "journal")
	j = mustOpen(t, dir, journal.Options{HeadsEvery: time.Hour}.WithMemTable(64<<10))
	tr = writeTruth(t, j, 3, 300) // enough for logs to be used again
	mustClose(t, j)
	img := takeImage(t, dir)
	add("closed, several tables and a log used again", img, tr)
	if len(img.files(".sst")) == 0 {
		t.Fatal("this many rows were meant to fill a table")
	}
	return all
}

// TestDamageIsRefusedOrHarmless flips bits, zeroes ranges and cuts every kind
// of file, and never gets a wrong answer.
func TestDamageIsRefusedOrHarmless(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for state, s := range states(t) {
		for _, kind := range []string{".log", ".sst", "MANIFEST", "marker.manifest", "marker.format-version", "OPTIONS", "heads", "alive"} {
			t.Run(state+"/"+kind, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 0))
				tries, refused := 0, 0
				for _, name := range s.files(kind) {
					for _, d := range damages(random, len(s.image[name])) {
						content := d.apply(bytes.Clone(s.image[name]))
						v, wrong := s.judge(s.load(t, name, content))
						if wrong != nil {
							t.Errorf("%s: %v: %v", name, d, wrong)
							continue
						}
						if strings.Contains(state, "closed") && v.refused == nil && !v.complete {
							t.Errorf("%s: %v: served less than was acknowledged", name, d)
						}
						tries++
						if v.refused != nil {
							refused++
						}
					}
				}
				t.Logf("%d of %d refused, the others did no harm", refused, tries)
			})
		}
	}
}

// TestFlippedBitInTheLogIsNamed needs no kept head: later records promise what
// had been synced before them, so damage is not mistaken for a torn tail. Only
// near the log's end nothing follows that could promise.
func TestFlippedBitInTheLogIsNamed(t *testing.T) {
	const block = 32 << 10
	dir := filepath.Join(t.TempDir(), "journal")
	j := mustOpen(t, dir, journal.Options{HeadsEvery: time.Hour})
	tr := writeTruth(t, j, 1, 440)
	img := takeImage(t, dir)
	mustClose(t, j)
	name := newestLog(img)
	size := len(img[name])
	if size < 6*block {
		t.Fatalf("the log has %d bytes, want some blocks", size)
	}
	tr = tr.keptFrom(t, img["heads"])
	for at := 0; at < size-2*block; at += 997 {
		damaged := bytes.Clone(img[name])
		damaged[at] ^= 1 << (at % 8)
		v, wrong := tr.judge(img.load(t, name, damaged))
		if wrong != nil {
			t.Fatal(wrong)
		}
		if !errors.Is(v.refused, engine.ErrCorrupt) && !v.complete {
			t.Errorf("bit flipped at %d of %d: %v", at, size, v.refused)
		}
	}
}

// damage is one thing that happens to a file of some length.
type damage struct {
	what     string
	from, to int
	bit      byte
}

func (d damage) String() string {
	return fmt.Sprintf("%s %d to %d bit %d", d.what, d.from, d.to, d.bit)
}

func (d damage) apply(b []byte) []byte {
	switch d.what {
	case "gone":
		return nil
	case "cut":
		return b[:d.from]
	case "zero":
		clear(b[d.from:d.to])
	case "flip":
		b[d.from] ^= 1 << d.bit
	}
	return b
}

// damages draws some of each kind.
func damages(random *rand.Rand, size int) (all []damage) {
	all = append(all, damage{what: "gone"})
	if size == 0 {
		return all
	}
	for range 6 {
		from := random.IntN(size)
		all = append(all,
			damage{what: "flip", from: from, to: from + 1, bit: byte(random.IntN(8))},
			damage{what: "zero", from: from, to: min(size, from+1+random.IntN(4096))},
			damage{what: "cut", from: from, to: size})
	}
	return all
}

// TestTornTailLosesNothingThatWasKept cuts the log at every length near its
// end, and at many before. A session either reaches its kept head or is
// refused with the numbers.
func TestTornTailLosesNothingThatWasKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	j := mustOpen(t, dir, journal.Options{HeadsEvery: time.Hour})
	id := journaltest.SessionID(0)
	tr := writeTruth(t, j, 1, 60)
	mustClose(t, j) // keeps the head
	heads := takeImage(t, dir)["heads"]
	tr = tr.keptFrom(t, heads)

	j = mustOpen(t, dir, journal.Options{HeadsEvery: time.Hour})
	chain := tr.chain[id]
	head := journaltest.End(engine.Head{}, chain)
	var size []int // of the log after each append of the second life
	name := newestLog(takeImage(t, dir))
	for range 40 {
		entries := journaltest.Chain(id, head, 1)
		if err := j.Append(ctx, id, head, entries); err != nil {
			t.Fatal(err)
		}
		chain, head = append(chain, entries...), journaltest.End(head, entries)
		size = append(size, len(takeImage(t, dir)[name]))
	}
	tr.chain[id] = chain
	img := takeImage(t, dir) // as after a kill: kept is only what the first life kept
	mustClose(t, j)
	full := len(img[name])
	for cut := full; cut >= 0; cut -= 1 + (full-cut)/64 {
		v, wrong := tr.judge(img.load(t, name, img[name][:cut]))
		if wrong != nil || v.refused != nil {
			t.Fatalf("cut at %d of %d: %v %v", cut, full, wrong, v.refused)
		}
	}
	for i, whole := range size { // what had been synced before the cut is there
		j, err := journal.OpenPebble("journal", journal.Options{}.WithFS(img.load(t, name, img[name][:whole])))
		if err != nil {
			t.Fatal(err)
		}
		want := engine.Seq(len(chain) - len(size) + i + 1)
		if got, err := journaltest.Read(j, id); err != nil || got.Seq != want {
			t.Fatalf("cut at %d: %d records of %d: %v", whole, got.Seq, want, err)
		}
		mustClose(t, j)
	}
	img["heads"] = journal.EncodeHeads(map[engine.SessionID]engine.Head{id: head})
	for cut := full - 1; cut >= 0; cut -= 1 + (full-cut)/64 {
		_, err := openAndRead(img.load(t, name, img[name][:cut]), id)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("its kept head is record %d", head.Seq)) {
			t.Fatalf("cut at %d of %d: %v", cut, full, err)
		}
	}
}
