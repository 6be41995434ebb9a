package ops

import (
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
)

// alertFiles are those for every server, and those for a cluster.
var alertFiles = []string{"prometheus/alerts.yml", "prometheus/cluster.yml"}

// alerts are all rules, as Prometheus reads them.
func alerts(t *testing.T) (all []rulefmt.Rule) {
	t.Helper()
	for _, file := range alertFiles {
		groups, errs := rulefmt.ParseFile(file, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
		for _, err := range errs {
			t.Fatal(err)
		}
		for _, g := range groups.Groups {
			all = append(all, g.Rules...)
		}
	}
	return all
}

func exprsOfAlerts(t *testing.T) (all []string) {
	for _, rule := range alerts(t) {
		all = append(all, rule.Expr)
	}
	return all
}

// TestAlertsSayWhatToDo: a summary with a sentence that tells, a section that
// tells more, and how urgent it is.
func TestAlertsSayWhatToDo(t *testing.T) {
	names := map[string]bool{}
	for _, rule := range alerts(t) {
		if names[rule.Alert] {
			t.Errorf("%s is there twice", rule.Alert)
		}
		names[rule.Alert] = true
		if !slices.Contains([]string{"critical", "warning"}, rule.Labels["severity"]) {
			t.Errorf("%s: severity is %q", rule.Alert, rule.Labels["severity"])
		}
		summary := rule.Annotations["summary"]
		if len(summary) < 60 || !strings.HasSuffix(summary, ".") || strings.Count(summary, ".")+strings.Count(summary, ";") < 2 {
			t.Errorf("%s: the summary says what is and not what to do: %q", rule.Alert, summary)
		}
		file, section, _ := strings.Cut(rule.Annotations["runbook"], "#")
		if file != "docs/operations.md" || !slices.Contains(sections(t, filepath.Join("..", file)), section) {
			t.Errorf("%s: there is no section %q", rule.Alert, rule.Annotations["runbook"])
		}
	}
}

// sections are the anchors of a document's headings.
func sections(t *testing.T, file string) (anchors []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(string(text), -1) {
		anchors = append(anchors, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsNumber(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, heading[1]))
	}
	return anchors
}

// TestAlertsFire evaluates every alert with Prometheus' own engine on series in
// which it must fire and on others in which it must not. How long a rule waits
// is not evaluated.
func TestAlertsFire(t *testing.T) {
	untried := map[string]string{}
	for _, rule := range alerts(t) {
		untried[rule.Alert] = rule.Expr
	}
	engine := promqltest.NewTestEngine(t, false, 0, 100_000)
	for _, try := range trials {
		expr, ok := untried[try.alert]
		if !ok {
			t.Errorf("there is no alert %s, or it is tried twice", try.alert)
			continue
		}
		delete(untried, try.alert)
		if got := evaluate(t, engine, expr, try.ill); got == 0 {
			t.Errorf("%s does not fire on\n%s", try.alert, try.ill)
		}
		if got := evaluate(t, engine, expr, try.well); got != 0 {
			t.Errorf("%s fires %d times on\n%s", try.alert, got, try.well)
		}
	}
	if len(untried) > 0 {
		t.Errorf("nobody tries %v", slices.Sorted(maps.Keys(untried)))
	}
}

// evaluate returns how many series an expression has after ten minutes of
// samples, one every fifteen seconds.
func evaluate(t *testing.T, engine *promql.Engine, expr, samples string) int {
	t.Helper()
	storage := promqltest.LoadedStorage(t, "load 15s\n  "+strings.ReplaceAll(samples, "; ", "\n  ")+"\n")
	defer storage.Close()
	query, err := engine.NewInstantQuery(t.Context(), storage, nil, expr, time.Unix(0, 0).Add(10*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	defer query.Close()
	result := query.Exec(t.Context())
	vector, err := result.Vector()
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	return len(vector)
}
