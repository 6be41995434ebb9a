package depcheck

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestThePagesOfSecurityTellTheTruth: every test they name exists, every file they
// lead to is there, and what is claimed in a row names a test, or says that it is
// open, not ours, or not there.
func TestThePagesOfSecurityTellTheTruth(t *testing.T) {
	const root = "../../"
	tests := texts(t, root, "_test.go")
	for _, file := range []string{"docs/security.md", "docs/asvs.md"} {
		raw, err := os.ReadFile(root + file)
		if err != nil {
			t.Fatal(err)
		}
		page, named := string(raw), 0
		for _, m := range regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(page, -1) {
			if named++; !strings.Contains(tests, "func "+m[1]+"(") {
				t.Errorf("%s: there is no test %s", file, m[1])
			}
		}
		if named < 40 {
			t.Errorf("%s names only %d tests", file, named)
		}
		for _, m := range regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`).FindAllStringSubmatch(page, -1) {
			if _, err := os.Stat(root + "docs/" + m[1]); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
		for row := range strings.Lines(page) {
			if strings.HasPrefix(row, "| V") && !regexp.MustCompile(`\| (met|by|open|n/a)\b`).MatchString(row) {
				t.Errorf("%s: no verdict in %s", file, row)
			}
		}
	}
}
