package clock

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func aJump(n int) Jump {
	at := morning.Add(time.Duration(n) * time.Minute)
	return Jump{Kind: Step, At: at, Before: at, After: at.Add(time.Hour), Running: n}
}

func open(t *testing.T, path string, next Book) *File {
	t.Helper()
	f, err := OpenFile(path, next)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestJumpsOutliveTheProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jumps")
	next := new(book)
	f := open(t, path, next)
	for n := range 3 {
		if err := f.Jumped(aJump(n)); err != nil {
			t.Fatal(err)
		}
	}
	want := []Jump{aJump(2), aJump(1), aJump(0)}
	if got := f.Latest(); !slices.Equal(got, want) {
		t.Errorf("shown: %+v", got)
	}
	if got := open(t, path, nil).Latest(); !slices.Equal(got, want) {
		t.Errorf("shown by the next program: %+v", got)
	}
	if len(next.jumps) != 3 || next.jumps[2] != aJump(2) {
		t.Errorf("passed on: %+v", next.jumps)
	}
	raw, _ := os.ReadFile(path)
	first, _, _ := strings.Cut(string(raw), "\n")
	if want := `{"kind":"step","at":1795770000000,"byMs":3600000,"before":1795770000000,"after":1795773600000,"running":0}`; first != want {
		t.Errorf("a line is %s, want %s", first, want)
	}
}

func TestATornLineIsCutAndAnythingElseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jumps")
	f := open(t, path, nil)
	for n := range 2 {
		_ = f.Jumped(aJump(n))
	}
	raw, _ := os.ReadFile(path)
	for cut := len(raw)/2 + 1; cut < len(raw); cut++ {
		if err := os.WriteFile(path, raw[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		torn := open(t, path, nil)
		if err := torn.Jumped(aJump(7)); err != nil {
			t.Fatal(err)
		}
		if got := open(t, path, nil).Latest(); !slices.Equal(got, []Jump{aJump(7), aJump(0)}) {
			t.Fatalf("cut at %d: %+v", cut, got)
		}
	}
	if err := os.WriteFile(path, []byte("nonsense\n"+string(raw)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFile(path, nil); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("opened: %v", err)
	}
}

func TestOnlyTheLatestJumpsAreShown(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "jumps"), nil)
	for n := range maxShown + 10 {
		_ = f.Jumped(aJump(n))
	}
	if got := f.Latest(); len(got) != maxShown || got[0] != aJump(maxShown+9) {
		t.Errorf("%d are shown, the newest is %+v", len(got), got[0])
	}
}
