package transport

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestTheKeyIsMadeOnceAndOnlyItsOwnerCanReadIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token.key")
	first, err := LoadOrCreateKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if first == (Key{}) {
		t.Fatal("the key is all zeros")
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %#o, want 0600", info.Mode().Perm())
	}
	again, err := LoadOrCreateKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if again != first {
		t.Error("a second start has another key")
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 1 {
		t.Errorf("files left beside the key: %v", left)
	}
}

func TestStartsAtTheSameTimeGetTheSameKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token.key")
	keys := make([]Key, 16)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = LoadOrCreateKey(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range keys {
		if keys[i] != keys[0] {
			t.Fatalf("start %d has another key", i)
		}
	}
}

func TestABadKeyFileIsNamedWithWhatToDo(t *testing.T) {
	hex := strings.Repeat("ab", 32)
	tests := []struct {
		name, text string
		mode       os.FileMode
		want       string
	}{
		{"others may read it", hex, 0o644, "chmod 600"},
		{"short", hex[:62], 0o600, "damaged"},
		{"long", hex + "ab", 0o600, "damaged"},
		{"not hexadecimal", strings.Repeat("xy", 32), 0o600, "damaged"},
		{"empty", "", 0o600, "damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "token.key")
			if err := os.WriteFile(path, []byte(tt.text), tt.mode); err != nil {
				t.Fatal(err)
			}
			_, err := LoadOrCreateKey(path)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want an error with %q", err, tt.want)
			}
			if tt.text != "" && strings.Contains(err.Error(), tt.text) {
				t.Error("the error quotes the file")
			}
		})
	}
	if _, err := LoadOrCreateKey(filepath.Join(t.TempDir(), "missing", "token.key")); err == nil {
		t.Error("a missing folder is no error")
	}
}

func TestAKeyIsNotPrinted(t *testing.T) {
	key := Key{1, 2, 3}
	for _, verb := range []string{"%v", "%s", "%+v", "%#v"} {
		if s := fmt.Sprintf(verb, key); s != "(signing key)" {
			t.Errorf("%s prints %s", verb, s)
		}
	}
}
