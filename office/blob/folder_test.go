package blob_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobua/office/blob"
	"gobua/office/blob/blobtest"
)

func TestContract(t *testing.T) {
	blobtest.Contract(t, func(t testing.TB) blob.Store { return blob.NewFolder(t.TempDir()) })
}

// TestContentsMove from one store to another, are read all the time, and what
// was taken away does not come back.
func TestContentsMove(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "files")
	old, to := blob.NewFolder(dir), blob.NewFolder(t.TempDir())
	write := func(s blob.Store, name, content string) {
		t.Helper()
		w, err := blob.NewWriter(ctx, s, name)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err := errors.Join(err, w.Flush()); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range map[string]string{"kept/a": "một", "kept/b": "hai", "kept/gone": "ba", "part/c": "nửa"} {
		write(old, name, content)
	}
	write(to, "kept/b", "hai")
	m := blob.Moving{Store: to, From: old}
	if c, err := m.Open(ctx, "kept/a"); err != nil {
		t.Fatalf("before it is moved: %v", err)
	} else {
		c.Close()
	}
	if err := m.Remove(ctx, "kept/gone"); err != nil {
		t.Fatal(err)
	}
	moved, aside, err := m.Move(ctx, func(name string) bool { return strings.HasPrefix(name, "part/") })
	if err != nil || moved != 1 || aside == "" {
		t.Fatalf("%d moved, %q, %v", moved, aside, err)
	}
	for name, size := range map[string]int64{"kept/a": 5, "kept/b": 3} {
		if n, err := to.Size(ctx, name); err != nil || n != size {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
	}
	for _, name := range []string{"kept/gone", "part/c"} {
		if _, err := m.Open(ctx, name); !errors.Is(err, blob.ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("the folder is still there")
	}
	if n, aside, err := m.Move(ctx, func(string) bool { return false }); n != 0 || aside != "" || err != nil {
		t.Errorf("again: %d, %q, %v", n, aside, err)
	}
}
