package ledger_test

import (
	"testing"
	"time"

	"gobua/engine/ledger"
)

// What is read can be written, and then it is the same text.
func FuzzParseEntry(f *testing.F) {
	b := newBook(f)
	b.heads(1)
	for _, e := range append(b.entries, "gobua clock 1\nx\n", "gobua blind head 1\nk7qp2mwx90ab\n"+hex64+"\n1\n") {
		f.Add(e)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := ledger.ParseEntry(text); err == nil && e.Text() != text {
			t.Errorf("%q is written %q", text, e.Text())
		}
	})
}

// Nobody makes a note that is taken without a key that is known.
func FuzzOpen(f *testing.F) {
	b := newBook(f)
	b.heads(5)
	cosigner, verifier, err := ledger.NewCosigner(witnessName, [32]byte{9}, func() time.Time { return witnessedAt })
	if err != nil {
		f.Fatal(err)
	}
	v, err := ledger.NewCosignatureVerifier(verifier)
	if err != nil {
		f.Fatal(err)
	}
	good := map[string]bool{}
	for size := int64(1); size < 6; size++ {
		signed := b.sign(size, b.signer, cosigner)
		good[b.checkpoint(size).Text()] = true
		f.Add(signed)
	}
	f.Fuzz(func(t *testing.T, signed []byte) {
		if c, err := b.keys.Open(signed); err == nil && !good[c.Text()] {
			t.Errorf("a checkpoint was taken that nobody signed: %q", signed)
		}
		if words, err := ledger.Cosignatures(signed, v); err == nil && len(words) == 0 {
			t.Errorf("no word and no error: %q", signed)
		}
	})
}

func FuzzTilesAndBundles(f *testing.F) {
	f.Add("tile/0/x001/x234/067.p/3", []byte("\x00\x01x"))
	f.Fuzz(func(t *testing.T, path string, bundle []byte) {
		if tile, ok := ledger.ParseTilePath(path); ok && ledger.TilePath(tile) != path {
			t.Errorf("%q is %v", path, tile)
		}
		entries, err := ledger.ParseBundle(bundle)
		if err != nil {
			return
		}
		var back []byte
		for _, e := range entries {
			back = ledger.AppendBundle(back, e)
		}
		if string(back) != string(bundle) {
			t.Errorf("%x is written %x", bundle, back)
		}
	})
}

// What is read can be written, and only what is in the log is proved.
func FuzzParseProof(f *testing.F) {
	b, _, p := twoKeys(f)
	in := map[string]bool{}
	for _, e := range b.entries {
		in[e] = true
	}
	f.Add(p.End.Text())
	f.Add(p.Keys[1].Text())
	f.Fuzz(func(t *testing.T, text string) {
		end, err := ledger.ParseProof(text)
		if err != nil {
			return
		}
		if end.Text() != text {
			t.Errorf("%q is written %q", text, end.Text())
		}
		if _, _, err := (ledger.EndProof{Keys: p.Keys, End: end}).Check(); err == nil && !in[end.Entry] {
			t.Errorf("%q is in no log", end.Entry)
		}
	})
}
