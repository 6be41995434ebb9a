package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobua/office/casefile"
)

// TestArchiveCheckSaysWhatDiffers and ends with a status a script can use.
func TestArchiveCheckSaysWhatDiffers(t *testing.T) {
	var b bytes.Buffer
	w := casefile.NewWriter(&b, "a-1", "Lúa gạo", "Trung tâm")
	if _, err := w.Add("minutes/lo-1-ban-1.pdf", "Biên bản", strings.NewReader("%PDF biên bản")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	good, bad := filepath.Join(t.TempDir(), "good.zip"), filepath.Join(t.TempDir(), "bad.zip")
	spoilt := bytes.Replace(b.Bytes(), []byte("%PDF biên"), []byte("%PDF bien "), 1)
	for name, content := range map[string][]byte{good: b.Bytes(), bad: spoilt} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if status := run(t.Context(), []string{"archive", "check", good}); status != 0 {
		t.Fatalf("a whole file: status %d", status)
	}
	if status := run(t.Context(), []string{"archive", "check", good, bad}); status != 1 {
		t.Fatalf("a spoilt file: status %d", status)
	}
	var out bytes.Buffer
	err := checkArchives([]string{good, bad}, &out)
	if err == nil || !strings.Contains(out.String(), "altered          \"minutes/lo-1-ban-1.pdf\"") || strings.Count(out.String(), "altered") != 1 {
		t.Fatalf("%v\n%s", err, out.String())
	}
}
