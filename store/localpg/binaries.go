package localpg

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// minMajor is the oldest version the schema and the settings are made for.
const minMajor = 13

// binaries is a folder with PostgreSQL's programs.
type binaries struct {
	dir     string
	version string // "15.18"
}

func (b binaries) path(name string) string { return filepath.Join(b.dir, name) }

func (b binaries) major() string {
	major, _, _ := strings.Cut(b.version, ".")
	return major
}

// folderPatterns are where packages put the programs: Debian and Ubuntu, Red
// Hat, Homebrew on both kinds of Mac, Postgres.app.
var folderPatterns = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// findBinaries returns programs that work: of the wanted major version, or the
// first on the PATH and else the newest if none is wanted.
func findBinaries(wanted string) (binaries, error) {
	var other []string
	for _, dir := range candidates() {
		b, err := tryBinaries(dir)
		if err != nil {
			continue
		}
		major, err := strconv.Atoi(b.major())
		if err != nil || major < minMajor || wanted != "" && b.major() != wanted {
			other = append(other, b.version)
			continue
		}
		return b, nil
	}
	switch {
	case wanted != "":
		return binaries{}, fmt.Errorf("its data was made by PostgreSQL %s, which is not installed (found: %s): install %s",
			wanted, cmp.Or(strings.Join(other, ", "), "none"), packageName(wanted))
	case len(other) > 0:
		return binaries{}, fmt.Errorf("PostgreSQL %d or newer is needed (found: %s): install a newer one, or set DATABASE_URL", minMajor, strings.Join(other, ", "))
	}
	return binaries{}, fmt.Errorf("PostgreSQL is not installed: %s, or set DATABASE_URL", packageName(""))
}

// packageName says how to get it.
func packageName(major string) string {
	if runtime.GOOS == "darwin" {
		return "brew install postgresql@" + cmp.Or(major, "17")
	}
	if major != "" {
		major = "-" + major
	}
	return "apt-get install postgresql" + major + " (Debian, Ubuntu), dnf install postgresql-server (Fedora)"
}

// candidates lists folders that may hold the programs, best first.
func candidates() []string {
	var dirs []string
	if p, err := exec.LookPath("postgres"); err == nil {
		// Programs find their share folder beside where they really are.
		if real, err := filepath.EvalSymlinks(p); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	for _, pattern := range folderPatterns {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		slices.SortFunc(found, func(a, b string) int { return cmp.Compare(number(b), number(a)) })
		dirs = append(dirs, found...)
	}
	if out, err := output("pg_config", "--bindir"); err == nil {
		dirs = append(dirs, strings.TrimSpace(out))
	}
	return dirs
}

// number is the version in a folder's name.
func number(dir string) int {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, filepath.Base(filepath.Dir(dir)))
	n, _ := strconv.Atoi(digits) // none: 0, last
	return n
}

// tryBinaries runs the programs of a folder to see that they are there and
// work.
func tryBinaries(dir string) (binaries, error) {
	b := binaries{dir: dir}
	if _, err := output(b.path("initdb"), "--version"); err != nil {
		return b, err
	}
	out, err := output(b.path("postgres"), "--version") // postgres (PostgreSQL) 15.18 (Debian …)
	if err != nil {
		return b, err
	}
	words := strings.Fields(out)
	if len(words) < 3 {
		return b, errors.New("no version")
	}
	b.version = words[2]
	return b, nil
}

func output(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	return string(out), err
}
