package depcheck

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/licences.md anew")

// licences are known by a sentence each, in the order in which they are looked
// for. What is in the program must come under one of them; a text of several
// licences is known by all of its parts.
var licences = []struct{ name, sentence string }{
	{"Apache-2.0", "apache license version 2.0"},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"BSD", "redistribution and use in source and binary forms, with or without modification, are permitted"},
	{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose"},
	{"OFL-1.1", "sil open font license"},
}

// unwanted are words of licences that ask more of whoever gives the program on
// than to name its authors.
var unwanted = []string{
	"gnu general public license", "gnu lesser general public", "gnu affero", "mozilla public license", "eclipse public license",
	"server side public license", "business source license", "commons clause", "non-commercial", "noncommercial", "elastic license",
	"creative commons attribution-sharealike",
}

// licenceFile are the names under which modules keep their licence.
var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([.-].*)?$`)

// licencesOf tells the licences of a text, and what is against it.
func licencesOf(text string) (names []string, against string) {
	words := strings.Join(strings.Fields(strings.NewReplacer(",\n", ",\n", "“", `"`, "”", `"`).Replace(strings.ToLower(text))), " ")
	words = strings.ReplaceAll(words, "apache license, version 2.0", "apache license version 2.0")
	for _, l := range licences {
		if strings.Contains(words, l.sentence) {
			names = append(names, l.name)
		}
	}
	for _, u := range unwanted {
		if strings.Contains(words, u) {
			return names, u
		}
	}
	return names, ""
}

type goModule struct{ Path, Version, Dir string }

// shipped are the modules of which something is in the programs.
func shipped(t *testing.T) (list []goModule) {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}", "gobua/cmd/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for row := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if len(f) == 3 && f[0] != module {
			list = append(list, goModule{f[0], f[1], f[2]})
		}
	}
	slices.SortFunc(list, func(a, b goModule) int { return strings.Compare(a.Path, b.Path) })
	return slices.Compact(list)
}

// forTools are licences of npm packages that only build and test the page; of the
// page itself they must be in ours.
var forTools = []string{"MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "OFL-1.1", "BlueOak-1.0.0", "MPL-2.0"}

// TestWhatWeGiveOnMayBeGivenOn: everything in the program and on its page is under
// a licence that asks for nothing but its own text, and docs/licences.md is the list.
func TestWhatWeGiveOnMayBeGivenOn(t *testing.T) {
	var page strings.Builder
	page.WriteString("# Licences\n\nWhat of others is in the program and on its page. Made by `go test ./internal/depcheck -run TestWhatWeGiveOn -update`; the test\n" +
		"fails for a licence it does not know and for one that asks for more than to be named.\n\n| module | version | licence |\n| --- | --- | --- |\n")
	for _, m := range shipped(t) {
		files, err := os.ReadDir(m.Dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range files {
			if f.IsDir() || !licenceFile.MatchString(f.Name()) {
				continue
			}
			text, err := os.ReadFile(filepath.Join(m.Dir, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			found, against := licencesOf(string(text))
			if against != "" {
				t.Errorf("%s: %s speaks of %q", m.Path, f.Name(), against)
			}
			names = append(names, found...)
		}
		slices.Sort(names)
		if names = slices.Compact(names); len(names) == 0 {
			t.Errorf("%s: no licence that is known", m.Path)
		}
		fmt.Fprintf(&page, "| %s | %s | %s |\n", m.Path, m.Version, strings.Join(names, ", "))
	}
	for _, p := range vendored(t) {
		if !slices.Contains(forTools, p.Licence) || p.Licence == "MPL-2.0" {
			t.Errorf("%s on the page: licence %q", p.Name, p.Licence)
		}
		fmt.Fprintf(&page, "| npm: %s | %s | %s |\n", p.Name, p.Version, p.Licence)
	}
	const file = "../../docs/licences.md"
	if *update {
		if err := os.WriteFile(file, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile(file); err != nil || string(kept) != page.String() {
		t.Errorf("docs/licences.md is not the list of what is there; write it with -update (%v)", err)
	}
}

type npmPackage struct{ Name, Version, Licence string }

func vendored(t *testing.T) (list []npmPackage) {
	t.Helper()
	raw, err := os.ReadFile("../../frontend/vendor/VENDOR.json")
	if err != nil {
		t.Fatal(err)
	}
	var files []struct{ Packages []npmPackage }
	if err := json.Unmarshal(raw, &files); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		list = append(list, f.Packages...)
	}
	slices.SortFunc(list, func(a, b npmPackage) int { return strings.Compare(a.Name, b.Name) })
	return slices.Compact(list)
}

// TestToolsOfThePageAreFree: what only builds and tests the page, too, by the lock
// file.
func TestToolsOfThePageAreFree(t *testing.T) {
	raw, err := os.ReadFile("../../package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct{ License string }
	}
	if err := json.Unmarshal(raw, &lock); err != nil {
		t.Fatal(err)
	}
	for name, p := range lock.Packages {
		if name != "" && !slices.Contains(forTools, p.License) {
			t.Errorf("%s: licence %q", name, p.License)
		}
	}
}

func TestALicenceThatIsNotWantedIsKnown(t *testing.T) {
	for text, want := range map[string]string{
		"GNU GENERAL PUBLIC\n   LICENSE Version 3": "gnu general public license",
		"Mozilla Public License Version 2.0":       "mozilla public license",
		"MIT License ... “Commons Clause” License": "commons clause",
	} {
		if _, got := licencesOf(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if names, against := licencesOf("All rights reserved."); len(names) != 0 || against != "" {
		t.Errorf("nothing is taken for %v, %q", names, against)
	}
}
