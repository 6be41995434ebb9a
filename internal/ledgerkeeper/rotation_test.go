package ledgerkeeper

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/ledger"
)

func TestANewKeyIsRecordedInTheLog(t *testing.T) {
	h := newHall(t)
	old := h.o.Signer.present()
	h.set(Session{ID: one, Head: head(1), Phase: engine.PhaseRunning})
	before := h.verified(h.pass(time.Minute).Note)
	verifier, err := RequestRotation(h.keysFolder())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := RequestRotation(h.keysFolder()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second key at once: %v", err)
	}
	change := h.pass(time.Second)
	if strings.Count(change.Note, "\n— ") != 2 {
		t.Errorf("the checkpoint of the change is not signed by both:\n%s", change.Note)
	}
	keys := h.Keys()
	if len(keys) != 2 || keys[1].Verifier != verifier || keys[1].Index != change.Size-1 || h.o.Signer.Verifier() != verifier {
		t.Fatalf("keys %+v, signs with %s, want %s", keys, h.o.Signer.Verifier(), verifier)
	}
	h.set(Session{ID: one, Head: head(2), Phase: engine.PhaseRunning})
	after := h.verified(h.pass(time.Minute).Note)
	h.consistent(before, after)
	h.consistent(h.verified(change.Note), after)

	// Whoever stole the old key signs the very same tree: still no.
	forged, err := note.Sign(&note.Note{Text: after.Text()}, old)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.keys.Open(forged); !errors.Is(err, ledger.ErrOldKey) {
		t.Errorf("a checkpoint of the old key: %v", err)
	}
	receipt, err := h.o.Signer.Sign("gobua receipt 1\nx\n")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := h.keys.Verify(receipt); err != nil || text != "gobua receipt 1\nx\n" {
		t.Errorf("%q: %v", text, err)
	}
	h.shut()
	h.open()
	h.consistent(after, h.verified(h.newest().Note))
}

// The process ends at the worst moment: the log has the new key, the files do
// not. The next one goes on with the new key, and throws the old one away.
func TestARotationThatWasCutOffIsFinished(t *testing.T) {
	h := newHall(t)
	files := map[string][]byte{}
	if _, err := RequestRotation(h.keysFolder()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{keyName, nextName, headName} {
		content, err := os.ReadFile(filepath.Join(h.keysFolder(), name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = content
	}
	h.pass(time.Second)
	want := h.o.Signer.Verifier()
	h.shut()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(h.keysFolder(), name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.open()
	h.set(Session{ID: one, Head: head(1), Phase: engine.PhaseRunning})
	h.verified(h.pass(time.Minute).Note)
	if got := h.o.Signer.Verifier(); got != want || len(h.Keys()) != 2 {
		t.Errorf("signs with %s, want %s; keys %+v", got, want, h.Keys())
	}
	if _, err := os.Stat(filepath.Join(h.keysFolder(), nextName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the new key still waits: %v", err)
	}
}

// Receipts and checkpoints have one key, so nobody gets a checkpoint by asking
// for a receipt.
func TestOnlyTheKeeperSignsCheckpoints(t *testing.T) {
	h := newHall(t)
	for _, text := range []string{h.o.Signer.Origin() + "\n5\nx\n", "gobua key 1\nx\n", "\n", "cosignature/v1\n"} {
		if out, err := h.o.Signer.Sign(text); err == nil {
			t.Errorf("signed %q", out)
		}
	}
	info, err := os.Stat(filepath.Join(h.keysFolder(), keyName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info.Mode(), err)
	}
}

// The process ended before anybody was shown anything: the log's name stands
// in the log alone, and stays.
func TestANameThatStandsInTheLogAloneStays(t *testing.T) {
	h := newHall(t)
	h.shut()
	if err := os.Remove(filepath.Join(h.keysFolder(), headName)); err != nil {
		t.Fatal(err)
	}
	signer, err := LoadSigner(h.keysFolder(), "", "another.example/log")
	if err != nil {
		t.Fatal(err)
	}
	h.o.Signer = signer
	if h.Keeper, err = Open(h.o); err != nil {
		t.Fatal(err)
	}
	if c := h.verified(h.newest().Note); c.Origin != "daugia.example.vn/log" || signer.Origin() != c.Origin {
		t.Errorf("the log is called %q, its signer %q", c.Origin, signer.Origin())
	}
}
