package ops

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// settings are the program's own, with their defaults.
func settings(t *testing.T) map[string]string {
	t.Helper()
	known, served := map[string]string{}, helpOf(t)
	for _, flag := range regexp.MustCompile(`(?m)^ +(?:-\w, )?--([a-z0-9-]+)(?:=(\S+))?`).FindAllStringSubmatch(served, -1) {
		known[flag[1]] = strings.Trim(flag[2], `"`)
	}
	if len(known) < 20 || known["drain"] == "" {
		t.Fatalf("gobua serve --help is read wrongly: %v", known)
	}
	return known
}

var helpText struct {
	once sync.Once
	text string
}

func helpOf(t *testing.T) string {
	t.Helper()
	helpText.once.Do(func() { helpText.text = run(t, "serve", "--help") })
	return helpText.text
}

// foreign are variables that other parts of a process read.
var foreign = []string{"GOMEMLIMIT", "DATABASE_URL"}

// knownVariable checks a variable of the environment of gobua serve.
func knownVariable(t *testing.T, name string) {
	t.Helper()
	flag, ours := strings.CutPrefix(name, "GOBUA_")
	if _, ok := settings(t)[strings.ToLower(strings.ReplaceAll(flag, "_", "-"))]; !(ours && ok) && !slices.Contains(foreign, name) {
		t.Errorf("%s is no variable of gobua serve", name)
	}
}

// knownArguments checks the arguments of gobua serve.
func knownArguments(t *testing.T, args []string) {
	t.Helper()
	if len(args) == 0 || args[0] != "serve" {
		t.Fatalf("runs gobua %v", args)
	}
	for _, arg := range args[1:] {
		if name, is := strings.CutPrefix(arg, "--"); is {
			name, _, _ = strings.Cut(name, "=")
			if _, ok := settings(t)[name]; !ok {
				t.Errorf("--%s is no flag of gobua serve", name)
			}
		}
	}
}
