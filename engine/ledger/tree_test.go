package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"gobua/engine"
	"gobua/engine/ledger"
)

// Every proof is judged by another implementation of RFC 6962, too.
func TestProofsAgreeWithAnotherImplementation(t *testing.T) {
	b := newBook(t)
	b.heads(600)
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, 601).Draw(t, "size")
		index := rapid.Int64Range(0, size-1).Draw(t, "index")
		from := rapid.Int64Range(1, size).Draw(t, "from")
		c := b.checkpoint(size)
		included, err := tlog.ProveRecord(size, index, b)
		if err != nil {
			t.Fatal(err)
		}
		if err := ledger.CheckInclusion(c, index, b.entries[index], ledger.Hashes(included)); err != nil {
			t.Fatal(err)
		}
		leaf := rfc6962.DefaultHasher.HashLeaf([]byte(b.entries[index]))
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(size), leaf, raw(ledger.Hashes(included)), c.Root[:]); err != nil {
			t.Fatalf("another implementation: %v", err)
		}
		if err := ledger.CheckInclusion(c, index, b.entries[index]+"x", ledger.Hashes(included)); err == nil {
			t.Fatal("another entry was found at the same place")
		}
		older := b.checkpoint(from)
		consistent := b.consistency(from, size)
		if err := ledger.CheckConsistency(older, c, consistent); err != nil {
			t.Fatal(err)
		}
		if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(from), uint64(size), raw(consistent), older.Root[:], c.Root[:]); err != nil {
			t.Fatalf("another implementation: %v", err)
		}
	})
}

func raw(hashes []engine.Hash) [][]byte {
	out := make([][]byte, len(hashes))
	for i := range hashes {
		out[i] = hashes[i][:]
	}
	return out
}

// Two people were shown two histories by the same server. Neither proof of
// either can bring them together.
func TestASplitViewIsCaught(t *testing.T) {
	one, other := newBook(t), newBook(t)
	for _, b := range []*book{one, other} {
		b.heads(7)
	}
	one.add("gobua clock 1\nwhat one was shown\n")
	other.add("gobua clock 1\nwhat the other was shown\n")
	for _, b := range []*book{one, other} {
		b.heads(7)
	}
	var split *ledger.SplitView
	for _, sizes := range [][2]int64{{9, 9}, {9, 16}, {16, 9}, {10, 16}} {
		a, c := one.checkpoint(sizes[0]), other.checkpoint(sizes[1])
		for name, b := range map[string]*book{"one": one, "other": other} {
			from, to := min(sizes[0], sizes[1]), max(sizes[0], sizes[1])
			if err := ledger.CheckConsistency(a, c, b.consistency(from, to)); !errors.As(err, &split) {
				t.Errorf("sizes %v, proof of %s: %v", sizes, name, err)
			}
		}
	}
	if err := ledger.CheckConsistency(one.checkpoint(8), other.checkpoint(16), other.consistency(8, 16)); err != nil {
		t.Errorf("what both have seen is no split: %v", err)
	}
	if !strings.Contains(split.Error(), origin) {
		t.Errorf("it does not say which log: %v", split)
	}
	foreign := one.checkpoint(9)
	foreign.Origin = "other.example"
	if err := ledger.CheckConsistency(one.checkpoint(9), foreign, nil); err == nil || errors.As(err, &split) {
		t.Errorf("two logs are no split view: %v", err)
	}
}

func TestTilesLieWhereTheirStandardSays(t *testing.T) {
	for path, tile := range map[string]tlog.Tile{
		"tile/0/000":                {H: 8, L: 0, N: 0, W: 256},
		"tile/0/x001/x234/067":      {H: 8, L: 0, N: 1234067, W: 256},
		"tile/1/273.p/112":          {H: 8, L: 1, N: 273, W: 112},
		"tile/entries/x001/000.p/1": {H: 8, L: -1, N: 1000, W: 1},
	} {
		if got := ledger.TilePath(tile); got != path {
			t.Errorf("%v lies at %s, want %s", tile, got, path)
		}
		if got, ok := ledger.ParseTilePath(path); !ok || got != tile {
			t.Errorf("%s is %v, %v", path, got, ok)
		}
		// Go's own names differ in two places only.
		theirs := strings.NewReplacer("tile/8/data/", "tile/entries/", "tile/8/", "tile/").Replace(tile.Path())
		if theirs != path {
			t.Errorf("package tlog says %s", theirs)
		}
	}
	for _, path := range []string{
		"", "tile/0/0", "tile/0/0000", "tile/00/000", "tile/-1/000", "tile/8/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
		"tile/0/x000/000", "tile/0/001/000", "tile/0/000/", "/tile/0/000", "tile/0/x999/x999/x999/x999/x999/999", "tile/data/000",
	} {
		if tile, ok := ledger.ParseTilePath(path); ok {
			t.Errorf("%q was taken for %v", path, tile)
		}
	}
}

func TestABundleIsReadAsItIsWritten(t *testing.T) {
	var b []byte
	for i := range ledger.TileWidth {
		b = ledger.AppendBundle(b, fmt.Sprint("entry ", i))
	}
	got, err := ledger.ParseBundle(b)
	if err != nil || len(got) != ledger.TileWidth || got[255] != "entry 255" {
		t.Fatalf("%d entries: %v", len(got), err)
	}
	for _, bad := range [][]byte{b[:len(b)-1], b[:1], ledger.AppendBundle(b, "one too many")} {
		if _, err := ledger.ParseBundle(bad); err == nil {
			t.Errorf("a bundle of %d bytes was taken", len(bad))
		}
	}
}
