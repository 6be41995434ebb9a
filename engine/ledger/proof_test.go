package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

// proof proves the entry at an index by a checkpoint of a size.
func (b *book) proof(index, size int64, by ...note.Signer) ledger.Proof {
	b.t.Helper()
	path, err := tlog.ProveRecord(size, index, b)
	if err != nil {
		b.t.Fatal(err)
	}
	return ledger.Proof{Entry: b.entries[index], Index: index, Path: ledger.Hashes(path), Note: string(b.sign(size, by...))}
}

// twoKeys is a log whose first key signed the entries 0 to 3, the second one 4
// to 7, with the proof that entry 6 is in it.
func twoKeys(t testing.TB) (b *book, first note.Signer, p ledger.EndProof) {
	b = newBook(t)
	b.heads(3)
	first = b.signer
	second, verifier := key(t, 2)
	b.begin(verifier, first)
	b.heads(3)
	return b, first, ledger.EndProof{
		Keys: []ledger.Proof{b.proof(0, 8, second), b.proof(4, 8, second)},
		End:  b.proof(6, 8, second),
	}
}

// TestAnEndProofNeedsNothingButAKey: what it shows, and every way in which one
// does not.
func TestAnEndProofNeedsNothingButAKey(t *testing.T) {
	b, first, good := twoKeys(t)
	second, _ := key(t, 2)
	stranger, verifier := key(t, 3)
	all := b.keys.List()
	c, keys, err := good.Check()
	if err != nil || c != b.checkpoint(8) || len(keys.List()) != 2 {
		t.Fatalf("%+v %v: %v", c, keys.List(), err)
	}
	for name, tt := range map[string]struct {
		known string
		want  int
	}{
		"the first key": {all[0].Verifier, 2}, "the second key": {all[1].Verifier, 1}, "another key": {verifier, 0},
	} {
		mine := keys.From(tt.known)
		if _, err := mine.Open([]byte(good.End.Note)); len(mine.List()) != tt.want || (err == nil) != (tt.want > 0) {
			t.Errorf("who knows %s believes %d keys: %v", name, len(mine.List()), err)
		}
	}
	// Who has the second key and is shown what the first one signed has to ask.
	before := keys.From(all[1].Verifier)
	if _, err := before.Open(b.sign(3, first)); err == nil {
		t.Error("the second key made the first one believed")
	}
	resigned := func(by note.Signer) func(p *ledger.EndProof) {
		return renoted(func(string) string { return string(b.sign(8, by)) })
	}
	for name, tt := range map[string]struct {
		bend func(p *ledger.EndProof)
		want error
	}{
		"another entry":                 {func(p *ledger.EndProof) { p.End.Entry = b.entries[5] }, ledger.ErrNotIncluded},
		"another index":                 {func(p *ledger.EndProof) { p.End.Index = 5 }, ledger.ErrNotIncluded},
		"an index behind the end":       {func(p *ledger.EndProof) { p.End.Index = 8 }, ledger.ErrNotIncluded},
		"a broken inclusion":            {func(p *ledger.EndProof) { p.End.Path[1][0] ^= 1 }, ledger.ErrNotIncluded},
		"an inclusion cut short":        {func(p *ledger.EndProof) { p.End.Path = p.End.Path[:1] }, ledger.ErrNotIncluded},
		"a key that is not in the tree": {func(p *ledger.EndProof) { p.Keys[1].Path[0][0] ^= 1 }, ledger.ErrNotIncluded},
		"a key at another place":        {func(p *ledger.EndProof) { p.Keys[1].Index = 3 }, ledger.ErrNotIncluded},
		"a forged checkpoint":           {resigned(stranger), ledger.ErrForeignKey},
		"a checkpoint of an old key":    {resigned(first), ledger.ErrOldKey},
		"the second key alone":          {func(p *ledger.EndProof) { p.Keys = p.Keys[1:] }, ledger.ErrKeys},
		"the keys the other way round":  {func(p *ledger.EndProof) { p.Keys[0], p.Keys[1] = p.Keys[1], p.Keys[0] }, ledger.ErrKeys},
		"a key that nobody signed":      {func(p *ledger.EndProof) { p.Keys[1].Entry = self(t, 2) }, ledger.ErrKeys},
		"the first key left in force":   {func(p *ledger.EndProof) { p.Keys = p.Keys[:1] }, ledger.ErrForeignKey},
		"a head in the place of a key":  {func(p *ledger.EndProof) { p.Keys[1] = p.End }, ledger.ErrKeys},
		"two checkpoints":               {func(p *ledger.EndProof) { p.Keys[1].Note = string(b.sign(8, second, first)) }, nil},
		"a signature that is cut":       {renoted(func(n string) string { return n[:len(n)-9] + "\n" }), nil},
		"no key":                        {func(p *ledger.EndProof) { p.Keys = nil }, nil},
		"a log of another name":         {renoted(func(n string) string { return strings.Replace(n, origin+"\n8", origin+"2\n8", 1) }), nil},
		"another size than was signed":  {renoted(func(n string) string { return strings.Replace(n, "\n8\n", "\n9\n", 1) }), ledger.ErrForeignKey},
	} {
		p := ledger.EndProof{End: clone(good.End)}
		for _, k := range good.Keys {
			p.Keys = append(p.Keys, clone(k))
		}
		tt.bend(&p)
		if _, _, err := p.Check(); err == nil || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

// self is the entry of a key that is signed by itself alone.
func self(t *testing.T, n byte) string {
	t.Helper()
	signer, verifier := key(t, n)
	e, err := ledger.NewKeyEntry(verifier, 1_790_000_000_000, signer)
	if err != nil {
		t.Fatal(err)
	}
	return e.Text()
}

// renoted changes the checkpoint everywhere, and signs nothing.
func renoted(change func(signed string) string) func(p *ledger.EndProof) {
	return func(p *ledger.EndProof) {
		p.End.Note = change(p.End.Note)
		for i := range p.Keys {
			p.Keys[i].Note = p.End.Note
		}
	}
}

func clone(p ledger.Proof) ledger.Proof {
	p.Path = append([]engine.Hash(nil), p.Path...)
	return p
}

// TestAProofIsReadAsItIsWritten, as C2SP tlog-proof says, and in no other way.
func TestAProofIsReadAsItIsWritten(t *testing.T) {
	_, _, p := twoKeys(t)
	text := p.End.Text()
	if !strings.HasPrefix(text, "c2sp.org/tlog-proof@v1\nextra ") || !strings.HasSuffix(text, "\n\n"+p.End.Note) {
		t.Errorf("%s", text)
	}
	back, err := ledger.ParseProof(text)
	if err != nil || back.Text() != text || back.Index != 6 || back.Entry != p.End.Entry {
		t.Fatalf("%+v: %v", back, err)
	}
	for name, other := range map[string]string{
		"nothing":            "",
		"another version":    strings.Replace(text, "@v1", "@v2", 1),
		"no entry":           strings.Replace(text, "extra ", "exxtra ", 1),
		"a zero before":      strings.Replace(text, "index 6", "index 06", 1),
		"a negative index":   strings.Replace(text, "index 6", "index -6", 1),
		"no index":           strings.Replace(text, "index 6\n", "", 1),
		"a short hash":       strings.Replace(text, "index 6\n", "index 6\nAAAA\n", 1),
		"an empty line more": strings.Replace(text, "\n\n", "\n\n\n", 1),
		"not signed":         text[:strings.LastIndex(text, "\n\n")],
		"carriage returns":   strings.ReplaceAll(text, "\n", "\r\n"),
		"too long":           text + strings.Repeat("— x AAAA\n", ledger.MaxProofBytes/10),
	} {
		if _, err := ledger.ParseProof(other); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
