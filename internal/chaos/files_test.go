package chaos_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newest is the newest file of the journal with a suffix.
func newest(t *testing.T, data, suffix string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(data, "journal", "pebble", "*"+suffix))
	if err != nil || len(found) == 0 {
		t.Fatalf("no file *%s in the journal: %v", suffix, err)
	}
	return found[len(found)-1] // numbers with leading zeros
}

// change rewrites a file as a fault of the disk would.
func change(t *testing.T, path string, how func([]byte) []byte) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, how(text), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheEndOfTheLogIsTorn: the crash left half a record, which nobody was told
// of. The program comes back by itself.
func TestTheEndOfTheLogIsTorn(t *testing.T) {
	t.Parallel()
	s := openSale(t, plan{bidding: 8 * time.Second})
	s.kill()
	log := newest(t, s.data, ".log")
	change(t, log, func(b []byte) []byte {
		half := b[max(0, len(b)-100):]
		return append(b, half[:len(half)/2]...) // a header that promises more than there is
	})
	s.start()
	s.bidsGoOn(10)
	s.finish()
}

// TestBytesOfTheLogAreFlipped in what was acknowledged: the start is refused
// and says why, as often as it is tried; nobody is served anything else. With
// the copy put back, all of it is there.
func TestBytesOfTheLogAreFlipped(t *testing.T) {
	t.Parallel()
	s := openSale(t, plan{bidding: 10 * time.Second})
	s.kill()
	copied := filepath.Join(t.TempDir(), "journal")
	journal := filepath.Join(s.data, "journal")
	if err := os.CopyFS(copied, os.DirFS(journal)); err != nil {
		t.Fatal(err)
	}
	log := newest(t, s.data, ".log")
	for name, how := range map[string]func([]byte) []byte{
		"flipped": func(b []byte) []byte { b[len(b)/2] ^= 0x40; return b },
		"zeroed":  func(b []byte) []byte { clear(b[len(b)/3 : len(b)/3+64]); return b },
		"cut":     func(b []byte) []byte { return b[:len(b)/2] },
	} {
		change(t, log, how)
		for range 2 {
			status, said := command(t, append(s.flags, "--addr", s.addr)...)
			if status != 1 || !strings.Contains(said, "journal") {
				t.Errorf("%s: it ended with status %d and said:\n%s", name, status, said)
			}
			s.note("%s: %.160s", name, strings.TrimSpace(said))
		}
		if status, said := command(t, "journal", "check", "--data", s.data); status != 1 {
			t.Errorf("%s: journal check ends with status %d:\n%s", name, status, said)
		}
		if err := os.RemoveAll(journal); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(journal, os.DirFS(copied)); err != nil {
			t.Fatal(err)
		}
	}
	s.start()
	s.bidsGoOn(10)
	s.finish()
}
