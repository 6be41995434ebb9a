package ledger_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

var update = flag.Bool("update", false, "write testdata/vectors/log.json anew")

// vectors is a small log for other implementations, and what must be found.
type vectors struct {
	Key     string   `json:"key"`     // the first one
	Witness string   `json:"witness"` // whose cosignatures are taken
	Entries []string `json:"entries"`
	Cases   []any    `json:"cases"`
}

// said is how every case begins.
type said struct {
	Kind  string `json:"kind"`
	What  string `json:"what"`
	Right bool   `json:"right"`
}

type (
	noteCase struct {
		said
		Note string `json:"note"`
	}
	inclusionCase struct {
		said
		ledger.Inclusion
	}
	consistencyCase struct {
		said
		ledger.Consistency
	}
	openingCase struct {
		said
		Entry   string         `json:"entry"`
		Opening ledger.Opening `json:"opening"`
	}
)

// TestVectors holds the log that docs/ledger.md offers to other implementations,
// and what is found in it.
func TestVectors(t *testing.T) {
	b := newBook(t)
	v := vectors{Key: b.verifier}
	first := b.signer
	b.heads(4)
	blind := ledger.Opening{Salt: engine.Hash{1}, Head: engine.Head{Seq: 5, Hash: engine.Hash{2}}}
	entry := (&ledger.BlindHeadEntry{Session: "k7qp2mwx90ab", Commitment: ledger.Commit("k7qp2mwx90ab", blind), At: 1_790_000_000_000}).Text()
	b.add(entry)
	second, verifier := key(t, 2)
	b.begin(verifier, first)
	rotated := int64(len(b.entries))
	b.signer = second
	b.heads(6)
	all := int64(len(b.entries))
	v.Entries = b.entries
	cosigner, witness, err := ledger.NewCosigner(witnessName, [32]byte{9}, func() time.Time { return witnessedAt })
	if err != nil {
		t.Fatal(err)
	}
	v.Witness = witness
	cosignedBy, err := ledger.NewCosignatureVerifier(witness)
	if err != nil {
		t.Fatal(err)
	}
	thief, _ := key(t, 3)

	take := func(kind, what string, note []byte) {
		n := noteCase{said{kind, what, false}, string(note)}
		if kind == "cosignature" {
			words, err := ledger.Cosignatures(note, cosignedBy)
			n.Right = err == nil && len(words) == 1
		} else {
			c, err := b.keys.Open(note)
			n.Right = err == nil && c.Size > 0 && c.Size <= all && c == b.checkpoint(c.Size)
		}
		v.Cases = append(v.Cases, n)
	}
	forked := b.checkpoint(3)
	forked.Root[0] ^= 1
	take("checkpoint", "of the first key", b.sign(4, first))
	take("checkpoint", "that ends with a new key, signed by both", b.sign(rotated, first, second))
	take("checkpoint", "that ends with a new key, signed by the one before", b.sign(rotated, first))
	take("checkpoint", "of the second key", b.sign(all, second))
	take("checkpoint", "of the whole, with a cosignature", b.sign(all, second, cosigner))
	take("checkpoint", "of the first key after its end", b.sign(all, first))
	take("checkpoint", "of the second key before its beginning", b.sign(3, second))
	take("checkpoint", "of a key that the log never had", b.sign(4, thief))
	take("checkpoint", "of another history", signed(t, forked.Text(), first))
	take("checkpoint", "whose text was changed", bytes.Replace(b.sign(4, first), []byte("\n4\n"), []byte("\n5\n"), 1))
	take("checkpoint", "with a cosignature alone", b.sign(4, cosigner))
	take("cosignature", "of the witness", b.sign(all, second, cosigner))
	take("cosignature", "that is missing", b.sign(all, second))
	take("cosignature", "of another size", moved(t, b.sign(all, second, cosigner), b.sign(4, first)))

	include := func(what string, in ledger.Inclusion) {
		root := tlog.Hash(b.checkpoint(in.Size).Root)
		err := tlog.CheckRecord(recordProof(in.Proof), in.Size, root, in.Index, tlog.RecordHash([]byte(in.Entry)))
		v.Cases = append(v.Cases, inclusionCase{said{"inclusion", what, err == nil}, in})
	}
	for _, at := range [][2]int64{{0, 1}, {0, all}, {all - 1, all}, {4, 5}, {5, 7}, {2, 8}} {
		proof, err := tlog.ProveRecord(at[1], at[0], b)
		if err != nil {
			t.Fatal(err)
		}
		in := ledger.Inclusion{Index: at[0], Size: at[1], Entry: b.entries[at[0]], Proof: ledger.Hashes(proof)}
		include("of an entry", in)
		for what, change := range map[string]func(*ledger.Inclusion){
			"of another entry":     func(in *ledger.Inclusion) { in.Entry = strings.Replace(in.Entry, "1790", "1791", 1) },
			"at another place":     func(in *ledger.Inclusion) { in.Index = (in.Index + 1) % in.Size },
			"with one hash more":   func(in *ledger.Inclusion) { in.Proof = append(slices.Clone(in.Proof), engine.Hash{}) },
			"with one hash less":   func(in *ledger.Inclusion) { in.Proof = in.Proof[:max(0, len(in.Proof)-1)] },
			"in the other order":   func(in *ledger.Inclusion) { in.Proof = slices.Clone(in.Proof); slices.Reverse(in.Proof) },
			"of a place too large": func(in *ledger.Inclusion) { in.Index = in.Size },
		} {
			bent := in
			if change(&bent); len(in.Proof) > 1 {
				include(what, bent)
			}
		}
	}
	consist := func(what string, c ledger.Consistency) {
		err := ledger.CheckConsistency(b.checkpoint(c.From), b.checkpoint(c.To), c.Proof)
		v.Cases = append(v.Cases, consistencyCase{said{"consistency", what, err == nil}, c})
	}
	for _, at := range [][2]int64{{1, 2}, {1, all}, {4, 8}, {3, 7}, {6, all}, {8, 9}, {all, all}} {
		c := ledger.Consistency{From: at[0], To: at[1], Proof: []engine.Hash{}}
		if at[0] < at[1] {
			c.Proof = b.consistency(at[0], at[1])
		}
		consist("of two sizes", c)
		if at[0] == at[1] {
			continue // two roots that are one need no proof
		}
		more := c
		more.Proof = append(slices.Clone(c.Proof), engine.Hash{9})
		consist("with one hash more", more)
		if len(c.Proof) > 0 {
			less := c
			less.Proof = c.Proof[1:]
			consist("with one hash less", less)
			other := c
			other.Proof = slices.Clone(c.Proof)
			other.Proof[0][0] ^= 1
			consist("with another hash", other)
		}
	}
	open := func(what string, o ledger.Opening) {
		e, err := ledger.ParseEntry(entry)
		if err != nil {
			t.Fatal(err)
		}
		v.Cases = append(v.Cases, openingCase{said{"opening", what, e.(*ledger.BlindHeadEntry).Opens(o)}, entry, o})
	}
	open("of a blind head", blind)
	open("with another number", ledger.Opening{Salt: blind.Salt, Head: engine.Head{Seq: 6, Hash: blind.Head.Hash}})
	open("with another salt", ledger.Opening{Head: blind.Head})
	keepVectors(t, v)
}

// moved puts the last signature of a note under another text.
func moved(t *testing.T, from, to []byte) []byte {
	t.Helper()
	lines := bytes.SplitAfter(from, []byte("\n"))
	return append(bytes.Clone(to), lines[len(lines)-2]...)
}

func recordProof(list []engine.Hash) (p tlog.RecordProof) {
	for _, h := range list {
		p = append(p, tlog.Hash(h))
	}
	return p
}

// keepVectors compares what was found with the file, and lets the program of the
// docs, which has none of this code, find the same.
func keepVectors(t *testing.T, v vectors) {
	t.Helper()
	slices.SortStableFunc(v.Cases, func(a, b any) int { return bytes.Compare(lineOf(t, a), lineOf(t, b)) })
	var text bytes.Buffer
	to := json.NewEncoder(&text)
	to.SetIndent("", " ")
	if err := to.Encode(v); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "vectors", "log.json")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, text.Bytes()) {
		t.Errorf("%s is not what it was (%v): go test ./engine/ledger -run Vectors -update, then read the difference", path, err)
	}
	out, err := exec.CommandContext(t.Context(), "node", "../../docs/check.mjs", path).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte(" cases")) {
		t.Errorf("docs/check.mjs: %v\n%s", err, out)
	}
}

func lineOf(t *testing.T, v any) []byte {
	t.Helper()
	line, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return line
}
