package depcheck

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// ruleIDs are those of pricing and closing: PX1 to PX7, RS1 to RS4, and so on;
// zero: the letters alone.
var ruleIDs = map[string]int{
	"PX": 7, "RS": 4, "ST": 3, "SC": 11, "DU": 3, "SE": 3, "VI": 1, "MU": 1, "TX": 1, "RO": 1, "AU": 4, "BN": 0,
}

// TestThePageOfRulesTellsTheTruth: every rule has one row, which names a test
// or says why there is none; what the page names as test or as place exists.
func TestThePageOfRulesTellsTheTruth(t *testing.T) {
	const root = "../../"
	raw, err := os.ReadFile(root + "docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	rules, faults, ok := strings.Cut(string(raw), "## Faults")
	if !ok {
		t.Fatal("no list of faults")
	}
	rows := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([A-Z]{2}\d*) \| .*$`).FindAllStringSubmatch(rules, -1) {
		if rows[m[1]] != "" {
			t.Errorf("%s has two rows", m[1])
		}
		rows[m[1]] = m[0]
	}
	named := regexp.MustCompile("`Test\\w+").MatchString
	for letters, n := range ruleIDs {
		for i := min(1, n); i <= n; i++ {
			id := letters
			if n > 0 {
				id = fmt.Sprint(letters, i)
			}
			row := rows[id]
			delete(rows, id)
			switch {
			case row == "":
				t.Errorf("%s has no row", id)
			case !named(row) && !strings.HasSuffix(row, "| open |") && !strings.Contains(row, "| not for us: "):
				t.Errorf("%s names no test and no reason: %s", id, row)
			}
		}
	}
	for id := range rows {
		t.Errorf("nobody knows a rule %s", id)
	}
	list := regexp.MustCompile(`(?m)^\| .*$`).FindAllString(faults, -1)[2:] // without head and rule
	for _, row := range list {
		if !named(row) && !strings.Contains(row, "“") {
			t.Errorf("no test is named: %s", row)
		}
	}
	if len(list) < 24 {
		t.Errorf("%d faults", len(list))
	}
	goTests := texts(t, root, "_test.go")
	pageTests := texts(t, root+"frontend/e2e", ".spec.js") + texts(t, root+"frontend/test", ".test.js")
	for _, m := range regexp.MustCompile("`(Test\\w+)(?:/([\\w-]+))?`").FindAllStringSubmatch(string(raw), -1) {
		if m[1] == "TestX" {
			continue // which explains how names are written
		}
		if !strings.Contains(goTests, "func "+m[1]+"(") {
			t.Errorf("there is no test %s", m[1])
		}
		if m[2] != "" && !strings.Contains(goTests, `"`+m[2]+`"`) {
			t.Errorf("there is no row %s of %s", m[2], m[1])
		}
	}
	for _, m := range regexp.MustCompile("“([^”]+)”").FindAllStringSubmatch(faults, -1) {
		if m[1] != "Quotation marks" && !strings.Contains(pageTests, "'"+m[1]+"'") {
			t.Errorf("there is no test of the page %q", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`\| (engine/[\w/]+\.go)`).FindAllStringSubmatch(rules, -1) {
		if found, _ := filepath.Glob(root + m[1]); len(found) == 0 {
			t.Errorf("there is no %s", m[1])
		}
	}
}
