package engine_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobua/engine/scenario"
)

var update = flag.Bool("update", false, "write what happens into the golden files")

// TestScenarios plays every story and compares what happens with what is
// written there. The stories are for people who know the law.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			script, err := scenario.Parse(src)
			if err != nil {
				t.Fatal(err)
			}
			played := script.Play()
			checkReplay(t, played.Records, played.State, played.Room)
			if *update {
				if err := os.WriteFile(file, played.Text, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if !bytes.Equal(src, played.Text) {
				t.Errorf("the story goes otherwise:\n%s", difference(string(src), string(played.Text)))
			}
		})
	}
}

// difference shows the lines in which two texts differ, from the first one on.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for len(w) > 0 && len(g) > 0 && w[0] == g[0] {
		w, g = w[1:], g[1:]
	}
	for len(w) > 0 && len(g) > 0 && w[len(w)-1] == g[len(g)-1] {
		w, g = w[:len(w)-1], g[:len(g)-1]
	}
	return "- " + strings.Join(w, "\n- ") + "\n+ " + strings.Join(g, "\n+ ")
}
