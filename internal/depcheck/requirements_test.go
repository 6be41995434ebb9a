package depcheck

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// requirementIDs are those of the domain: P1 to P10, A1 to A7, and so on.
var requirementIDs = map[string]int{"P": 10, "A": 7, "B": 14, "R": 7, "M": 6, "U": 6, "S": 6, "T": 3, "I": 6}

// TestThePageOfRequirementsTellsTheTruth: every requirement has a row, and what
// the page names as proof or as place exists.
func TestThePageOfRequirementsTellsTheTruth(t *testing.T) {
	const root = "../../"
	raw, err := os.ReadFile(root + "docs/requirements.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	for letter, n := range requirementIDs {
		for i := 1; i <= n; i++ {
			if id := fmt.Sprintf("\n| %s%d | ", letter, i); strings.Count(page, id) != 1 {
				t.Errorf("%s%d has %d rows", letter, i, strings.Count(page, id))
			}
		}
	}
	goTests, browserTests := texts(t, root, "_test.go"), texts(t, root+"frontend/e2e", ".spec.js")
	for _, m := range regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(page, -1) {
		if !strings.Contains(goTests, "func "+m[1]+"(") {
			t.Errorf("there is no test %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile("“([^”]+)”").FindAllStringSubmatch(page, -1) {
		if m[1] != "quotation marks" && !strings.Contains(browserTests, "'"+m[1]+"'") {
			t.Errorf("there is no browser test %q", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`\b((?:office|engine|transport|migrations)/[\w/]+(?:\.go)?)\b`).FindAllStringSubmatch(page, -1) {
		if found, _ := filepath.Glob(root + m[1] + "*"); len(found) == 0 {
			t.Errorf("there is no %s", m[1])
		}
	}
}

// texts joins all files below a folder whose names end so.
func texts(t *testing.T, folder, end string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "var" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(path, end) {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			all.Write(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
