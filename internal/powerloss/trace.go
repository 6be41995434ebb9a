// Package powerloss tells what a disk may hold after the power failed while a
// real program ran. It reads what strace saw of the program's files, and builds
// the folder anew as of any moment, without what no sync had returned for:
// content that was written and not synced, and names that were made in a folder
// which was not synced. Tests open such folders and hold them against what the
// program had said by then.
//
// What it does not model: a disk that lies about syncs (a test plants that),
// sectors that change without being written, and the order in which a real file
// system happens to write. It may lose more than one of those would, never less.
package powerloss

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Strace is how to run a program so that Read understands the trace, up to the
// file that -o names.
var Strace = []string{
	"strace", "-f", "-y", "-xx", "-s", "33554432", "-e",
	"trace=openat,open,creat,close,write,pwrite64,writev,pwritev,pwritev2,fdatasync,fsync,rename,renameat,renameat2," +
		"unlink,unlinkat,rmdir,ftruncate,truncate,mkdir,mkdirat,link,linkat,symlinkat,copy_file_range,sendfile", "-o",
}

// Trace is what a program did below a folder, and what it said. Moments are
// numbers of lines.
type Trace struct {
	root    string
	length  int
	root0   *node
	live    map[string]*node // by path
	open    map[string]*description
	nodes   []*node
	said    []saying
	ignores func(path string) bool
}

// node is a file or a folder.
type node struct {
	path    string // its first one
	folder  bool
	changes []change // of a file
	names   []naming // in a folder
	syncs   []span
}

// span is a call: when it began and when it had returned.
type span struct{ from, to int }

// change is a write, or where data is nil a new size.
type change struct {
	span
	offset int64
	data   []byte
}

// naming is what one call did to the names in a folder; a nil node takes a name
// away.
type naming struct {
	span
	to map[string]*node
}

type saying struct {
	at   int
	text string
}

// description is an open file.
type description struct {
	*node
	offset int64
	append bool
}

// Length is how many moments there are.
func (t *Trace) Length() int { return t.length }

// Said is what the program had begun to write to its standard output.
func (t *Trace) Said(before int) string {
	var all strings.Builder
	for _, s := range t.said {
		if s.at < before {
			all.WriteString(s.text)
		}
	}
	return all.String()
}

// Ignore plants a disk that lies: syncs of files whose path it is true for are
// taken for nothing.
func (t *Trace) Ignore(path func(string) bool) { t.ignores = path }

var (
	whole   = regexp.MustCompile(`^(\d+) +(\w+)\((.*)\) += (-?\d+)`)
	begun   = regexp.MustCompile(`^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$`)
	resumed = regexp.MustCompile(`^(\d+) +<\.\.\. \w+ resumed>(.*)\) += (-?\d+)`)
)

// Read reads the trace of one process, which may have many threads. root is a
// folder that was there when it began, with nothing but the given empty folders
// in it.
func Read(r io.Reader, root string, folders ...string) (*Trace, error) {
	t := &Trace{root: root, root0: &node{path: root, folder: true}, live: map[string]*node{}, open: map[string]*description{}}
	t.live[root] = t.root0
	t.nodes = []*node{t.root0}
	for _, name := range folders {
		if _, err := t.make(span{-2, -2}, filepath.Join(root, name), true); err != nil {
			return nil, err
		}
		t.root0.syncs = append(t.root0.syncs, span{-1, -1})
	}
	type half struct {
		name, args string
		from       int
	}
	waiting := map[string]half{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 256<<20)
	for ; lines.Scan(); t.length++ {
		line := lines.Text()
		var h half
		var result string
		if m := begun.FindStringSubmatch(line); m != nil {
			t.say(m[2], m[3])
			if m[2] == "close" { // its number is free before it returns
				delete(t.open, number(m[3]))
				continue
			}
			waiting[m[1]] = half{m[2], m[3], t.length}
			continue
		} else if m := whole.FindStringSubmatch(line); m != nil {
			h, result = half{m[2], m[3], t.length}, m[4]
			t.say(h.name, h.args)
		} else if m := resumed.FindStringSubmatch(line); m != nil {
			var waits bool
			if h, waits = waiting[m[1]]; !waits {
				continue
			}
			h.args, result = h.args+m[2], m[3]
			delete(waiting, m[1])
		} else {
			continue // a signal, an exit
		}
		value, err := strconv.ParseInt(result, 10, 64)
		if err != nil {
			return nil, err
		}
		if value < 0 {
			continue // it did nothing
		}
		if err := t.call(h.name, strings.Split(h.args, ", "), value, span{h.from, t.length}); err != nil {
			return nil, fmt.Errorf("line %d: %w", t.length+1, err)
		}
	}
	for _, h := range waiting { // calls on their way at the end may have been done in part
		if h.name == "write" || h.name == "pwrite64" {
			args := strings.Split(h.args, ", ")
			if err := t.call(h.name, args, -1, span{h.from, t.length}); err != nil {
				return nil, err
			}
		}
	}
	return t, lines.Err()
}

func (t *Trace) say(name, args string) {
	if name != "write" || !strings.HasPrefix(args, "1<") {
		return
	}
	if text, err := text(strings.Split(args, ", ")[1]); err == nil {
		t.said = append(t.said, saying{t.length, string(text)})
	}
}

// text reads a string of a trace, which is all hexadecimal.
func text(arg string) ([]byte, error) {
	arg = strings.TrimSuffix(strings.TrimPrefix(arg, `"`), `"`)
	return hex.DecodeString(strings.ReplaceAll(arg, `\x`, ""))
}

// number is the descriptor in "3<path>".
func number(arg string) string {
	n, _, _ := strings.Cut(arg, "<")
	return n
}

// pathOf joins a folder's descriptor and a name.
func pathOf(folder, name string) (string, error) {
	b, err := text(name)
	if err != nil || filepath.IsAbs(string(b)) {
		return string(b), err
	}
	_, at, _ := strings.Cut(folder, "<")
	dir, err := text(strings.TrimSuffix(at, ">"))
	return filepath.Join(string(dir), string(b)), err
}

func (t *Trace) within(path string) bool {
	return path == t.root || strings.HasPrefix(path, t.root+"/")
}

// name lets names in one folder change at once.
func (t *Trace) name(s span, to map[string]*node) error {
	var folder *node
	local := map[string]*node{}
	for path, n := range to {
		dir := t.live[filepath.Dir(path)]
		if dir == nil || folder != nil && dir != folder {
			return fmt.Errorf("%s: moving between folders is not modelled", path)
		}
		folder = dir
		local[filepath.Base(path)] = n
		if n == nil {
			delete(t.live, path)
		} else {
			t.live[path] = n
		}
	}
	folder.names = append(folder.names, naming{s, local})
	return nil
}

func (t *Trace) make(s span, path string, folder bool) (*node, error) {
	n := &node{path: path, folder: folder}
	t.nodes = append(t.nodes, n)
	return n, t.name(s, map[string]*node{path: n})
}

// call takes in one call that has returned.
func (t *Trace) call(name string, args []string, result int64, s span) error {
	switch name {
	case "openat":
		path, err := pathOf(args[0], args[1])
		if err != nil || !t.within(path) {
			return err
		}
		return t.opened(path, args[2], strconv.FormatInt(result, 10), s)
	case "close":
		delete(t.open, number(args[0]))
	case "write", "pwrite64":
		return t.written(name, args, result, s)
	case "fdatasync", "fsync":
		if d := t.open[number(args[0])]; d != nil {
			d.syncs = append(d.syncs, s)
		}
	case "ftruncate":
		if d := t.open[number(args[0])]; d != nil {
			size, err := strconv.ParseInt(args[1], 10, 64)
			d.changes = append(d.changes, change{s, size, nil})
			return err
		}
	case "mkdirat":
		path, err := pathOf(args[0], args[1])
		if err != nil || !t.within(path) {
			return err
		}
		_, err = t.make(s, path, true)
		return err
	case "renameat", "renameat2", "linkat":
		from, err1 := pathOf(args[0], args[1])
		to, err2 := pathOf(args[2], args[3])
		if err1 != nil || err2 != nil || !t.within(from) && !t.within(to) {
			return err1
		}
		n := t.live[from]
		if n == nil {
			return fmt.Errorf("%s is not known", from)
		}
		if name == "linkat" {
			return t.name(s, map[string]*node{to: n})
		}
		return t.name(s, map[string]*node{from: nil, to: n})
	case "unlinkat":
		path, err := pathOf(args[0], args[1])
		if err != nil || t.live[path] == nil {
			return err
		}
		return t.name(s, map[string]*node{path: nil})
	default:
		for _, arg := range args {
			if t.open[number(arg)] != nil && strings.Contains(arg, "<") {
				return fmt.Errorf("%s of %s is not modelled", name, t.open[number(arg)].path)
			}
		}
	}
	return nil
}

func (t *Trace) opened(path, flags, fd string, s span) error {
	n := t.live[path]
	if n == nil {
		if !strings.Contains(flags, "O_CREAT") {
			return fmt.Errorf("%s is not known", path)
		}
		var err error
		if n, err = t.make(s, path, false); err != nil {
			return err
		}
	} else if strings.Contains(flags, "O_TRUNC") {
		n.changes = append(n.changes, change{s, 0, nil})
	}
	if strings.Contains(flags, "O_SYNC") || strings.Contains(flags, "O_DSYNC") || strings.Contains(flags, "O_DIRECT") {
		return fmt.Errorf("%s: %s is not modelled", path, flags)
	}
	t.open[fd] = &description{node: n, append: strings.Contains(flags, "O_APPEND")}
	return nil
}

func (t *Trace) written(name string, args []string, result int64, s span) error {
	d := t.open[number(args[0])]
	if d == nil {
		return nil
	}
	data, err := text(args[1])
	if err != nil {
		return fmt.Errorf("%s: what was written cannot be read: %w", d.path, err)
	}
	if result >= 0 && result < int64(len(data)) {
		data = data[:result]
	}
	offset := d.offset
	switch {
	case name == "pwrite64":
		if offset, err = strconv.ParseInt(args[3], 10, 64); err != nil {
			return err
		}
	case d.append:
		offset = d.size()
		fallthrough
	default:
		d.offset = offset + int64(len(data))
	}
	d.changes = append(d.changes, change{s, offset, data})
	return nil
}

// size is how long a file is while the power is on.
func (n *node) size() (size int64) {
	for _, c := range n.changes {
		if c.data == nil {
			size = c.offset
		} else {
			size = max(size, c.offset+int64(len(c.data)))
		}
	}
	return size
}
