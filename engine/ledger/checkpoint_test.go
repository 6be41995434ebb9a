package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"gobua/engine/ledger"
)

func TestACheckpointIsReadAsItIsWritten(t *testing.T) {
	b := newBook(t)
	b.heads(4)
	c := b.checkpoint(5)
	back, err := ledger.ParseCheckpoint(c.Text())
	if err != nil || back != c {
		t.Fatalf("%+v: %v", back, err)
	}
	if _, err := b.keys.Open(b.sign(5, b.signer)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"an extension":     c.Text() + "more\n",
		"a zero before":    strings.Replace(c.Text(), "\n5\n", "\n05\n", 1),
		"a negative size":  strings.Replace(c.Text(), "\n5\n", "\n-5\n", 1),
		"no origin":        strings.TrimPrefix(c.Text(), origin),
		"a short root":     strings.Replace(c.Text(), "=\n", "\n", 1),
		"a space":          strings.Replace(c.Text(), origin, "dau gia", 1),
		"an empty text":    "",
		"a carriage retur": strings.ReplaceAll(c.Text(), "\n", "\r\n"),
	} {
		if _, err := ledger.ParseCheckpoint(text); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// Whoever holds an old key cannot go on writing, and a new key is believed only
// with the word of the one before.
func TestAnOldKeySignsNothingNew(t *testing.T) {
	b := newBook(t)
	b.heads(3)
	old := b.signer
	next, verifier := key(t, 2)
	b.begin(verifier, old) // entry 4
	b.heads(3)
	for name, tt := range map[string]struct {
		signed []byte
		want   error
	}{
		"old, before":             {b.sign(4, old), nil},
		"old, with its successor": {b.sign(5, old), nil},
		"both, at the change":     {b.sign(5, old, next), nil},
		"new, at the change":      {b.sign(5, next), nil},
		"new, afterwards":         {b.sign(8, next), nil},
		"old, afterwards":         {b.sign(6, old), ledger.ErrOldKey},
		"new, before it began":    {b.sign(4, next), ledger.ErrOldKey},
	} {
		if _, err := b.keys.Open(tt.signed); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestAForgedKeyIsRefused(t *testing.T) {
	b := newBook(t)
	b.heads(3)
	forger, forged := key(t, 66)
	if _, err := b.keys.Open(b.sign(4, forger)); !errors.Is(err, ledger.ErrForeignKey) {
		t.Errorf("a foreign signature: %v", err)
	}
	bySelf, err := ledger.NewKeyEntry(forged, 1, forger)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.keys.Add(4, bySelf.Text()); !errors.Is(err, ledger.ErrForeignKey) {
		t.Errorf("a key that signs itself in: %v", err)
	}
	// The signature of a checkpoint under the text of another one.
	real := string(b.sign(4, b.signer))
	text, signatures, _ := strings.Cut(real, "\n\n")
	bent := strings.Replace(text, "\n4\n", "\n3\n", 1) + "\n\n" + signatures
	if _, err := b.keys.Open([]byte(bent)); err == nil {
		t.Error("a checkpoint with another size under the same signature was taken")
	}
	if _, err := b.keys.Open([]byte(strings.Replace(real, origin, "other.example", 1))); err == nil {
		t.Error("a checkpoint of another log was taken")
	}
	if got := len(b.keys.List()); got != 1 {
		t.Errorf("%d keys are known, want 1", got)
	}
}
