package ledger_test

import (
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

const origin = "daugia.example.vn/log"

// book is a log in memory, with the key that signs it now.
type book struct {
	t        testing.TB
	entries  []string
	hashes   []tlog.Hash
	signer   note.Signer
	verifier string
	keys     ledger.Keys
}

// newBook begins a log with its first key.
func newBook(t testing.TB) *book {
	t.Helper()
	b := &book{t: t}
	b.signer, b.verifier = key(t, 1)
	b.begin(b.verifier, b.signer)
	return b
}

func key(t testing.TB, n byte) (note.Signer, string) {
	t.Helper()
	s, verifier, err := ledger.NewSigner(origin, [32]byte{n})
	if err != nil {
		t.Fatal(err)
	}
	return s, verifier
}

// begin writes the entry of a key.
func (b *book) begin(verifier string, by note.Signer) {
	b.t.Helper()
	e, err := ledger.NewKeyEntry(verifier, 1_790_000_000_000, by)
	if err != nil {
		b.t.Fatal(err)
	}
	index := int64(len(b.entries))
	b.add(e.Text())
	if err := b.keys.Add(index, e.Text()); err != nil {
		b.t.Fatal(err)
	}
}

func (b *book) add(entry string) {
	b.t.Helper()
	hashes, err := tlog.StoredHashes(int64(len(b.entries)), []byte(entry), b)
	if err != nil {
		b.t.Fatal(err)
	}
	b.entries = append(b.entries, entry)
	b.hashes = append(b.hashes, hashes...)
}

// heads writes n entries.
func (b *book) heads(n int) {
	for range n {
		e := ledger.HeadEntry{Session: "k7qp2mwx90ab", Head: engine.Head{Seq: engine.Seq(len(b.entries)), Hash: engine.Hash{7}}, At: 1_790_000_000_000}
		b.add(e.Text())
	}
}

// ReadHashes is part of tlog.HashReader.
func (b *book) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		if n >= int64(len(b.hashes)) {
			return nil, fmt.Errorf("hash %d of %d", n, len(b.hashes))
		}
		out[i] = b.hashes[n]
	}
	return out, nil
}

func (b *book) checkpoint(size int64) ledger.Checkpoint {
	b.t.Helper()
	root, err := tlog.TreeHash(size, b)
	if err != nil {
		b.t.Fatal(err)
	}
	return ledger.Checkpoint{Origin: origin, Size: size, Root: engine.Hash(root)}
}

// sign signs the checkpoint of a size.
func (b *book) sign(size int64, by ...note.Signer) []byte {
	b.t.Helper()
	return signed(b.t, b.checkpoint(size).Text(), by...)
}

func signed(t testing.TB, text string, by ...note.Signer) []byte {
	t.Helper()
	out, err := note.Sign(&note.Note{Text: text}, by...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (b *book) consistency(from, to int64) []engine.Hash {
	b.t.Helper()
	proof, err := tlog.ProveTree(to, from, b)
	if err != nil {
		b.t.Fatal(err)
	}
	return ledger.Hashes(proof)
}
