package depcheck

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestThePageOfOperationsTellsTheTruth: every fault it promises to survive names
// a test that there is, and those that only make chaos runs are told apart.
func TestThePageOfOperationsTellsTheTruth(t *testing.T) {
	const root = "../../"
	raw, err := os.ReadFile(root + "docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(raw), "## When something dies")
	section, _, _ = strings.Cut(section, "\n## ")
	goTests, tagged := texts(t, root, "_test.go"), chaosTests(t, root+"internal/chaos")
	rows := regexp.MustCompile(`(?m)^\| .*$`).FindAllString(section, -1)
	if len(rows) < 20 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows[1:] { // the head is the first
		named := regexp.MustCompile("(\\*?)`(Test\\w+)`").FindAllStringSubmatch(row, -1)
		if len(named) == 0 {
			t.Errorf("no test is named: %s", row)
		}
		for _, m := range named {
			if !strings.Contains(goTests, "func "+m[2]+"(") {
				t.Errorf("there is no test %s", m[2])
			}
			if (m[1] != "") != strings.Contains(tagged, "func "+m[2]+"(") {
				t.Errorf("%s is told to run where it does not", m[2])
			}
		}
	}
}

// TestWhatIsSharedIsTested: every test that the page of operations names for
// several programs is there.
func TestWhatIsSharedIsTested(t *testing.T) {
	const root = "../../"
	raw, err := os.ReadFile(root + "docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(raw), "## Many machines: what is shared")
	section, _, _ = strings.Cut(section, "\n## ")
	goTests := texts(t, root, "_test.go")
	named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(section, -1)
	if len(named) < 20 {
		t.Fatalf("%d tests are named", len(named))
	}
	for _, m := range named {
		if !strings.Contains(goTests, "func "+m[1]+"(") {
			t.Errorf("there is no test %s", m[1])
		}
	}
}

// chaosTests joins the files that only make chaos runs.
func chaosTests(t *testing.T, folder string) string {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(folder + "/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(text), "//go:build chaos") {
			all.Write(text)
		}
	}
	return all.String()
}
