package keyfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOtherKeysAreNamed(t *testing.T) {
	folder, other := t.TempDir(), t.TempDir()
	for _, name := range []string{"access-token", "vault-001", "vault-002", "ledger-key", "ledger-key-next"} {
		for _, dir := range []string{folder, other} {
			if err := Create(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "revoked"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	marksOf := func(dir string) map[string]string {
		t.Helper()
		m, err := Marks(dir)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	kept := marksOf(folder)
	if len(kept) != 4 {
		t.Fatalf("%v", kept)
	}
	for name, mark := range kept {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || strings.Contains(string(text), mark) {
			t.Errorf("the mark of %s tells of it, %v", name, err)
		}
	}
	if err := Differ(folder, marksOf(folder), kept); err != nil {
		t.Error(err)
	}
	if err := Differ(other, marksOf(other), kept); err == nil || !strings.Contains(err.Error(), "access-token") {
		t.Errorf("other keys: %v", err)
	}
	if err := Differ("nowhere", marksOf(filepath.Join(folder, "nowhere")), kept); err == nil || !strings.Contains(err.Error(), "lacks the key access-token") {
		t.Errorf("no keys: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "access-token"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "access-token"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Differ(other, marksOf(other), kept); err == nil || !strings.Contains(err.Error(), "ledger-key") {
		t.Errorf("one of them copied: %v", err)
	}
}
