package powerloss

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hexed writes a string as strace -xx does.
func hexed(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, `\x%02x`, c)
	}
	return b.String()
}

// story is a trace in short words: open, write, sync and so on by descriptor.
func story(t *testing.T, lines ...string) *Trace {
	t.Helper()
	var raw []string
	for _, line := range lines {
		w := strings.Fields(line)
		at := "AT_FDCWD<" + hexed("/") + ">"
		q := func(s string) string { return `"` + hexed(s) + `"` }
		switch w[0] {
		case "mkdir":
			raw = append(raw, fmt.Sprintf("1 mkdirat(%s, %s, 0700) = 0", at, q(w[1])))
		case "open":
			raw = append(raw, fmt.Sprintf("1 openat(%s, %s, O_RDWR|O_CREAT|O_CLOEXEC, 0600) = %s<%s>", at, q(w[2]), w[1], hexed(w[2])))
		case "dir":
			raw = append(raw, fmt.Sprintf("1 openat(%s, %s, O_RDONLY|O_CLOEXEC) = %s<%s>", at, q(w[2]), w[1], hexed(w[2])))
		case "write":
			raw = append(raw, fmt.Sprintf("1 write(%s<%s>, %s, %d) = %d", w[1], hexed("/x"), q(w[2]), len(w[2]), len(w[2])))
		case "begin-write":
			raw = append(raw, fmt.Sprintf("2 write(%s<%s>, %s, %d <unfinished ...>", w[1], hexed("/x"), q(w[2]), len(w[2])))
		case "end-write":
			raw = append(raw, fmt.Sprintf("2 <... write resumed>) = %s", w[1]))
		case "sync":
			raw = append(raw, fmt.Sprintf("1 fdatasync(%s<%s>) = 0", w[1], hexed("/x")))
		case "bad-sync":
			raw = append(raw, fmt.Sprintf("1 fdatasync(%s<%s>) = -1 EIO (Input/output error)", w[1], hexed("/x")))
		case "begin-sync":
			raw = append(raw, fmt.Sprintf("3 fsync(%s<%s> <unfinished ...>", w[1], hexed("/x")))
		case "end-sync":
			raw = append(raw, "3 <... fsync resumed>) = 0")
		case "rename":
			raw = append(raw, fmt.Sprintf("1 renameat(%s, %s, %s, %s) = 0", at, q(w[1]), at, q(w[2])))
		case "remove":
			raw = append(raw, fmt.Sprintf("1 unlinkat(%s, %s, 0) = 0", at, q(w[1])))
		}
	}
	trace, err := Read(strings.NewReader(strings.Join(raw, "\n")), "/r")
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// found is a folder's files and what is in them.
func found(t *testing.T, trace *Trace, at int, fate Fate, seed uint64) string {
	t.Helper()
	dir := t.TempDir()
	if err := trace.Cut(at, fate, rand.New(rand.NewPCG(seed, 0)), dir); err != nil {
		t.Fatal(err)
	}
	var all []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		all = append(all, rel+"="+string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

func TestOnlyWhatWasSyncedIsSure(t *testing.T) {
	const end = 100
	named := []string{"dir 9 /r", "open 3 /r/a"}
	for name, c := range map[string]struct {
		lines      []string
		lost, kept string
	}{
		"nothing synced":                       {[]string{"write 3 x"}, "", "a=x"},
		"content synced, its name is not":      {[]string{"write 3 x", "sync 3"}, "", "a=x"},
		"name synced, content is not":          {[]string{"write 3 x", "sync 9"}, "a=", "a=x"},
		"both":                                 {[]string{"write 3 x", "sync 3", "sync 9"}, "a=x", "a=x"},
		"written after the sync":               {[]string{"write 3 x", "sync 3", "sync 9", "write 3 y"}, "a=x", "a=xy"},
		"a sync that failed":                   {[]string{"sync 9", "write 3 x", "bad-sync 3"}, "a=", "a=x"},
		"a sync on its way":                    {[]string{"sync 9", "write 3 x", "begin-sync 3"}, "a=", "a=x"},
		"a sync that began before":             {[]string{"sync 9", "begin-sync 3", "write 3 x", "end-sync"}, "a=", "a=x"},
		"a write that ended after the sync":    {[]string{"sync 9", "begin-write 3 x", "sync 3", "end-write 1"}, "a=", "a=x"},
		"a write on its way":                   {[]string{"sync 9", "begin-write 3 x"}, "a=", "a=x"},
		"renamed, the folder not synced":       {[]string{"write 3 x", "sync 3", "sync 9", "rename /r/a /r/b"}, "a=x", "b=x"},
		"renamed over another":                 {[]string{"write 3 x", "sync 3", "open 4 /r/b", "write 4 y", "sync 4", "sync 9", "rename /r/b /r/a"}, "a=x b=y", "a=y"},
		"renamed, the folder synced":           {[]string{"write 3 x", "sync 3", "rename /r/a /r/b", "sync 9"}, "b=x", "b=x"},
		"removed, the folder not synced":       {[]string{"write 3 x", "sync 3", "sync 9", "remove /r/a"}, "a=x", ""},
		"below a folder that was not synced":   {[]string{"mkdir /r/d", "dir 8 /r/d", "open 4 /r/d/b", "write 4 y", "sync 4", "sync 8"}, "", "a= d/b=y"},
		"below a folder whose name was synced": {[]string{"mkdir /r/d", "dir 8 /r/d", "open 4 /r/d/b", "write 4 y", "sync 4", "sync 8", "sync 9"}, "a= d/b=y", "a= d/b=y"},
	} {
		trace := story(t, append(append([]string{}, named...), c.lines...)...)
		if got := found(t, trace, end, Lost, 0); got != c.lost {
			t.Errorf("%s: without what was not synced there is %q, want %q", name, got, c.lost)
		}
		if got := found(t, trace, end, Kept, 0); got != c.kept {
			t.Errorf("%s: with all of it there is %q, want %q", name, got, c.kept)
		}
	}
}

func TestWritesGoOneByOneAndTear(t *testing.T) {
	trace := story(t, "dir 9 /r", "open 3 /r/a", "sync 9", "write 3 ab", "write 3 cd", "write 3 ef")
	some, torn := map[string]bool{}, map[string]bool{}
	for seed := range uint64(200) {
		some[found(t, trace, 100, Some, seed)] = true
		torn[found(t, trace, 100, Torn, seed)] = true
	}
	for _, want := range []string{"a=", "a=ab", "a=\x00\x00cd", "a=ab\x00\x00ef", "a=abcdef"} {
		if !some[want] {
			t.Errorf("some writes: %q never came", want)
		}
	}
	for _, want := range []string{"a=", "a=a", "a=abc", "a=abcde"} {
		if !torn[want] {
			t.Errorf("torn: %q never came", want)
		}
	}
	if len(some) != 8 || len(torn) != 7 {
		t.Errorf("some %v, torn %v", some, torn)
	}
	before := story(t, "dir 9 /r", "open 3 /r/a", "write 3 x", "sync 3", "sync 9")
	if got := found(t, before, 4, Lost, 0); got != "" {
		t.Errorf("before the folder's sync there is %q", got)
	}
	before.Ignore(func(path string) bool { return path == "/r/a" })
	if got := found(t, before, 100, Lost, 0); got != "a=" {
		t.Errorf("on a disk that lies there is %q", got)
	}
}
