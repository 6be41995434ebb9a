package journal_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"go.uber.org/goleak"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
)

// Some of what a journal must survive ends its process. Such tests start their
// own binary again as a child with a task to do.
const childTask = "GOBUA_JOURNAL_CHILD"

// childSessions is how many sessions a child appends to at once.
const childSessions = 4

func TestMain(m *testing.M) {
	if task := os.Getenv(childTask); task != "" {
		name, dir, _ := strings.Cut(task, " ")
		if err := childTasks[name](dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

var childTasks = map[string]func(dir string) error{
	"append":   func(dir string) error { return childAppend(dir, journal.Options{}) },
	"few":      childFew,
	"many":     childMany,
	"hold":     childHold,
	"together": childTogether,
	"no-new-log": func(dir string) error {
		return childAppend(dir, journal.Options{}.WithFS(diskWithout(func(op errorfs.Op) bool {
			return strings.HasSuffix(op.Path, ".log") && (op.Kind == errorfs.OpCreate || op.Kind == errorfs.OpReuseForWrite)
		})))
	},
	"no-table": func(dir string) error {
		return childAppend(dir, journal.Options{}.WithFS(diskWithout(func(op errorfs.Op) bool {
			return strings.HasSuffix(op.Path, ".sst") && op.Kind == errorfs.OpFileSyncData
		})))
	},
}

// diskWithout is the real disk on which some operations fail, but not before
// the folder has its first two logs.
func diskWithout(fails func(errorfs.Op) bool) vfs.FS {
	logs := 0
	return errorfs.Wrap(vfs.Default, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if strings.HasSuffix(op.Path, ".log") && op.Kind == errorfs.OpCreate {
			if logs++; logs <= 2 {
				return nil
			}
		}
		if fails(op) {
			return errors.New("planted disk failure")
		}
		return nil
	}))
}

// childHold opens the journal and waits for its end.
func childHold(dir string) error {
	j, err := journal.OpenPebble(dir, journal.Options{})
	if err != nil {
		return err
	}
	fmt.Println("open")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return j.Close()
}

// childTogether appends to two sessions together until it is killed.
func childTogether(dir string) error {
	j, err := journal.OpenPebble(dir, journal.Options{})
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		parts := make([]engine.Part, 2)
		for i := range parts {
			id := journaltest.SessionID(i)
			head, err := journaltest.Read(j, id)
			if err != nil {
				return err
			}
			parts[i] = engine.Part{Session: id, After: head, Entries: journaltest.Chain(id, head, 1+n%3)}
		}
		if err := j.AppendTogether(context.Background(), parts); err != nil {
			return err
		}
		fmt.Println(journaltest.End(parts[0].After, parts[0].Entries).Seq)
	}
}

// childFew appends some bids to all sessions at once and ends. Together they
// fit into one block of the log, so that no row is split in it.
func childFew(dir string) error {
	j, err := journal.OpenPebble(dir, journal.Options{})
	if err != nil {
		return err
	}
	failed := make(chan error, childSessions)
	for i := range childSessions {
		go func() {
			var head engine.Head
			id := journaltest.SessionID(i)
			for n := range 8 {
				entries := journaltest.Chain(id, head, 1+n%3)
				if err := j.Append(context.Background(), id, head, entries); err != nil {
					failed <- err
					return
				}
				head = journaltest.End(head, entries)
				fmt.Printf("acknowledged %s %d\n", id, head.Seq)
			}
			failed <- nil
		}()
	}
	for range childSessions {
		err = errors.Join(err, <-failed)
	}
	return errors.Join(err, j.Close())
}

// childAppend says what it found in each session, then appends to all of them
// and says what was acknowledged, until it is killed.
func childAppend(dir string, o journal.Options) error {
	j, err := journal.OpenPebble(dir, o)
	if err != nil {
		return err
	}
	failed := make(chan error)
	for i := range childSessions {
		id := journaltest.SessionID(i)
		head, err := journaltest.Read(j, id)
		if err != nil {
			return err
		}
		fmt.Printf("found %d %d\n", i, head.Seq)
		go func() {
			for n := 0; ; n++ {
				entries := journaltest.Chain(id, head, 1+n%3)
				if err := j.Append(context.Background(), id, head, entries); err != nil {
					failed <- err
					return
				}
				head = journaltest.End(head, entries)
				fmt.Printf("acknowledged %d %d\n", i, head.Seq)
			}
		}()
	}
	return <-failed
}

// child is a running child and what it said so far.
type child struct {
	*exec.Cmd
	lines  *bufio.Scanner
	stdin  io.Closer
	stderr strings.Builder
}

func startChild(t *testing.T, task, dir string) *child {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{Cmd: exec.Command(exe)}
	c.Env = append(os.Environ(), childTask+"="+task+" "+dir)
	c.Stderr = &c.stderr
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if c.stdin, err = c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	c.lines = bufio.NewScanner(stdout)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// counts follows a child's words: what it found must not be less than what was
// acknowledged before.
type counts struct {
	acknowledged [childSessions]engine.Seq
	lines        int
}

// read takes the child's next words, until there were `until` of them or the
// child is dead.
func (n *counts) read(t *testing.T, c *child, until int) {
	t.Helper()
	for i := 0; i < until && c.lines.Scan(); i++ {
		var word string
		var session int
		var seq engine.Seq
		if _, err := fmt.Sscan(c.lines.Text(), &word, &session, &seq); err != nil {
			t.Fatalf("child said %q: %v", c.lines.Text(), err)
		}
		if word == "found" && seq < n.acknowledged[session] {
			t.Fatalf("session %d: %d records were acknowledged, found %d", session, n.acknowledged[session], seq)
		}
		n.acknowledged[session] = seq
		n.lines++
	}
}

// check opens the journal and compares it with what was acknowledged.
func (n *counts) check(t *testing.T, dir string) {
	t.Helper()
	j := mustOpen(t, dir, journal.Options{})
	for i, want := range n.acknowledged {
		head, err := journaltest.Read(j, journaltest.SessionID(i)) // gapless, each once, or an error
		if err != nil || head.Seq < want {
			t.Fatalf("session %d: %d records were acknowledged, found %d: %v", i, want, head.Seq, err)
		}
		n.acknowledged[i] = head.Seq
	}
	mustClose(t, j)
}
