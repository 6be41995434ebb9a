package main

import (
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"gobua/frontend"
)

// TestTheBillNamesEverythingThatIsInTheProgram: every module of the build, with
// the sum that go.sum has, and every package of the page.
func TestTheBillNamesEverythingThatIsInTheProgram(t *testing.T) {
	info, ok := debug.ReadBuildInfo()
	if !ok || len(info.Deps) < 50 {
		t.Fatal("the test does not know what it was built from")
	}
	b, err := billOf(info, frontend.Vendored)
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	find := func(purl string) *component {
		i := slices.IndexFunc(b.Components, func(c component) bool { return c.PURL == purl })
		if i < 0 {
			t.Fatalf("%s is missing", purl)
		}
		return &b.Components[i]
	}
	for _, m := range info.Deps {
		c := find("pkg:golang/" + m.Path + "@" + m.Version)
		if len(c.Facts) != 1 || !strings.Contains(string(sums), m.Path+" "+m.Version+" h1:"+c.Facts[0].Value) {
			t.Errorf("%s has the sum %v", m.Path, c.Facts)
		}
	}
	preact := find("pkg:npm/%40preact/signals@2.11.4")
	if len(preact.Hashes) != 1 || len(preact.Hashes[0].Content) != 128 || preact.Licences[0].Expression != "MIT" {
		t.Errorf("%+v", preact)
	}
	if _, err := billOf(info, []byte("{")); err == nil {
		t.Error("a list that cannot be read is left out silently")
	}
}
