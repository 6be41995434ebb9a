package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// try runs gobua try with these files and returns its status and what it
// printed. Standard input is what the caller gives.
func try(t *testing.T, stdin string, files ...string) (status int, out, errs string) {
	t.Helper()
	in, stdout, stderr := os.Stdin, os.Stdout, os.Stderr
	defer func() { os.Stdin, os.Stdout, os.Stderr = in, stdout, stderr }()
	streams := make([]*os.File, 3)
	for i := range streams {
		f, err := os.Create(filepath.Join(t.TempDir(), "stream"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		streams[i] = f
	}
	if _, err := streams[0].WriteString(stdin); err != nil {
		t.Fatal(err)
	}
	if _, err := streams[0].Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	os.Stdin, os.Stdout, os.Stderr = streams[0], streams[1], streams[2]
	status = run(t.Context(), append([]string{"try"}, files...))
	return status, readBack(t, streams[1].Name()), readBack(t, streams[2].Name())
}

func readBack(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// documented are the blocks of docs/stories.md: rules, story and what is played.
func documented(t *testing.T) (rules, story, played string) {
	t.Helper()
	page := readBack(t, "../../docs/stories.md")
	block := func(kind string) string {
		m := regexp.MustCompile("(?s)```" + kind + "\n(.*?)```").FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("no block %q", kind)
		}
		return m[1]
	}
	return block("json"), block("text"), block("text played")
}

// TestTryPlaysWhatThePageShows runs the example of docs/stories.md, with the
// rules alone and in what carries them.
func TestTryPlaysWhatThePageShows(t *testing.T) {
	rules, story, want := documented(t)
	file := write(t, "story.txt", story)
	for name, text := range map[string]string{
		"alone": rules, "a room": `{"session":"x","rules":` + rules + `}`, "a snapshot": `{"epoch":"e","room":{"rules":` + rules + `}}`, "a record": `{"seq":1,"event":{"rules":` + rules + `}}`,
	} {
		status, got, errs := try(t, "", write(t, "rules.json", text), file)
		if status != 0 || got != want || errs != "" {
			t.Errorf("%s: status %d, %s\n%s\nwant\n%s", name, status, errs, got, want)
		}
	}
	if status, got, errs := try(t, story, write(t, "rules.json", rules), "-"); status != 0 || got != want {
		t.Errorf("the story from standard input: status %d, %s\n%s", status, errs, got)
	}
	if status, got, errs := try(t, rules, "-", file); status != 0 || got != want {
		t.Errorf("the rules from standard input: status %d, %s\n%s", status, errs, got)
	}
	if status, got, _ := try(t, want, write(t, "rules.json", rules), "-"); status != 0 || got != want {
		t.Errorf("played again: status %d\n%s", status, got)
	}
}

// TestTryPlaysAStoryAlone plays every story of the engine and of
// docs/stories.md which carries its rules.
func TestTryPlaysAStoryAlone(t *testing.T) {
	stories, err := filepath.Glob("../../engine/testdata/scenarios/*.txt")
	if err != nil || len(stories) == 0 {
		t.Fatal(err, stories)
	}
	for _, name := range stories {
		if status, got, errs := try(t, "", name); status != 0 || got != readBack(t, name) {
			t.Errorf("%s: status %d, %s\n%s", name, status, errs, got)
		}
	}
	alone := regexp.MustCompile("(?s)```text alone\n(.*?)```").FindAllStringSubmatch(readBack(t, "../../docs/stories.md"), -1)
	if len(alone) == 0 {
		t.Error("the page shows no story alone")
	}
	for _, block := range alone {
		if status, got, errs := try(t, block[1], "-"); status != 0 || got != block[1] {
			t.Errorf("of the page: status %d, %s\n%s", status, errs, got)
		}
	}
}

// TestTryNamesEveryMistake: nothing is played, the status is 1 and every line
// that is not understood is named.
func TestTryNamesEveryMistake(t *testing.T) {
	rules, story, _ := documented(t)
	for name, c := range map[string]struct {
		rules, story string // rules empty: the story alone
		want         []string
	}{
		"lines":            {"", "start 1\nstep 1\ncolour red\n09:00:00 A dance\n", []string{"line 3: unknown rule", "line 4: nobody knows how to \"dance\""}},
		"no rules":         {"", story, []string{"start"}},
		"rules twice":      {rules, "step 5\ncap 9\nreserve 5\n" + story, []string{"line 1: the rules are given", "line 2: the rules are given", "line 3: the rules that are given have no reserve"}},
		"no reserve":       {strings.Replace(rules, "{", `{"reserve":"`+strings.Repeat("ab", 32)+`",`, 1), story, []string{"need", "“reserve N”"}},
		"reserve says":     {strings.Replace(rules, "{", `{"reserve":"`+strings.Repeat("ab", 32)+`",`, 1), "reserve 50,000,000 reveal\n" + story, []string{"line 1: ", "one value is enough"}},
		"unknown rule":     {strings.Replace(rules, "{", `{"colour":1,`, 1), story, []string{"the rules cannot be read", "colour"}},
		"no JSON":          {"start 1", story, []string{"the rules cannot be read"}},
		"rules that are 0": {"{}", story, []string{"method", "opensAt"}},
	} {
		files := []string{write(t, "story.txt", c.story)}
		if c.rules != "" {
			files = append([]string{write(t, "rules.json", c.rules)}, files...)
		}
		status, out, errs := try(t, "", files...)
		if status != 1 || out != "" {
			t.Errorf("%s: status %d, played\n%s", name, status, out)
		}
		for _, want := range c.want {
			if !strings.Contains(errs, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, errs)
			}
		}
	}
	for name, files := range map[string][]string{"no such file": {"nowhere.txt"}, "three files": {"a", "b", "c"}, "both from standard input": {"-", "-"}} {
		if status, _, errs := try(t, "", files...); status != 1 || errs == "" {
			t.Errorf("%s: status %d, %s", name, status, errs)
		}
	}
}

// TestTryHidesAReserveInTheStory: rules hold its hash alone, the story says it.
func TestTryHidesAReserveInTheStory(t *testing.T) {
	rules, story, _ := documented(t)
	rules = strings.Replace(rules, "{", `{"reserve":"`+strings.Repeat("ab", 32)+`",`, 1)
	status, out, errs := try(t, "", write(t, "rules.json", rules), write(t, "story.txt", "reserve 50,000,000\n"+story))
	if status != 0 || !strings.Contains(out, "reserve unmet") {
		t.Errorf("status %d, %s\n%s", status, errs, out)
	}
}
