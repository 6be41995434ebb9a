package journal_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
	"gobua/internal/powerloss"
)

// childMany appends to all sessions at once, with tables that fill up soon and
// heads that are kept often, so that files of every kind come and go.
func childMany(dir string) error {
	j, err := journal.OpenPebble(dir, journal.Options{HeadsEvery: 20 * time.Millisecond}.WithMemTable(64<<10))
	if err != nil {
		return err
	}
	failed := make(chan error, childSessions)
	for i := range childSessions {
		go func() {
			var head engine.Head
			id := journaltest.SessionID(i)
			for n := range 120 {
				entries := journaltest.Chain(id, head, 1+n%7)
				if err := j.Append(context.Background(), id, head, entries); err != nil {
					failed <- err
					return
				}
				head = journaltest.End(head, entries)
				fmt.Printf("acknowledged %s %d\n", id, head.Seq)
				if n%10 == i {
					if err := j.MarkAlive(context.Background(), engine.Instant(n+1)); err != nil {
						failed <- err
						return
					}
				}
			}
			failed <- nil
		}()
	}
	for range childSessions {
		err = errors.Join(err, <-failed)
	}
	return errors.Join(err, j.Close())
}

// traced runs a child under strace and reads what it did.
func traced(t *testing.T, task string) *powerloss.Trace {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root, out := t.TempDir(), filepath.Join(t.TempDir(), "trace")
	args := append(append([]string{}, powerloss.Strace[1:]...), out, exe)
	c := exec.Command(powerloss.Strace[0], args...)
	c.Env = append(os.Environ(), childTask+"="+task+" "+filepath.Join(root, "journal"))
	if said, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v (is strace installed?): %.2000s", err, said)
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	trace, err := powerloss.Read(f, root)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// acknowledgedIn is how far each session was, by what a child said.
func acknowledgedIn(said string) map[engine.SessionID]engine.Seq {
	told := map[engine.SessionID]engine.Seq{}
	for line := range strings.Lines(said) {
		var id engine.SessionID
		var seq engine.Seq
		if n, _ := fmt.Sscanf(line, "acknowledged %s %d", &id, &seq); n == 2 {
			told[id] = max(told[id], seq)
		}
	}
	return told
}

// openAfter opens the journal as it may be after a loss of power and holds it
// against what had been said.
func openAfter(t *testing.T, trace *powerloss.Trace, at int, fate powerloss.Fate, chance *rand.Rand) error {
	t.Helper()
	root, err := os.MkdirTemp(t.TempDir(), "cut")
	if err == nil {
		defer os.RemoveAll(root)
		err = trace.Cut(at, fate, chance, root)
	}
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.OpenPebble(filepath.Join(root, "journal"), journal.Options{})
	if err != nil {
		return err
	}
	defer j.Close()
	for id, seq := range acknowledgedIn(trace.Said(at)) {
		head, err := journaltest.Read(j, id) // gapless, each once, or an error
		if err != nil {
			return err
		}
		if head.Seq < seq {
			return fmt.Errorf("session %s: %d records were acknowledged, %d are there", id, seq, head.Seq)
		}
	}
	return nil
}

// TestPowerLossOfTheRealProgramLosesNothing: the journal's own calls to the
// real system, replayed as a disk may have them when the power fails at any
// moment. GOBUA_KILLS says how often.
func TestPowerLossOfTheRealProgramLosesNothing(t *testing.T) {
	cuts := 60
	if n, err := strconv.Atoi(os.Getenv("GOBUA_KILLS")); err == nil {
		cuts = 10 * n
	}
	seed := uint64(time.Now().UnixNano())
	chance := rand.New(rand.NewPCG(seed, 0))
	trace := traced(t, "many")
	t.Logf("seed %d, %d cuts, %d moments; %s", seed, cuts, trace.Length(), trace.Summary())
	for range cuts {
		at, fate := 1+chance.IntN(trace.Length()), powerloss.Fate(chance.IntN(int(powerloss.Fates)))
		if err := openAfter(t, trace, at, fate, chance); err != nil {
			t.Fatalf("seed %d: the power failed at line %d, unsynced %s: %v", seed, at, fate, err)
		}
	}
}

// TestPowerLossFindsADiskThatLies: with syncs of one kind of file ignored, what
// was acknowledged is gone, and the check says so.
func TestPowerLossFindsADiskThatLies(t *testing.T) {
	trace := traced(t, "few")
	for _, ignored := range []string{".log", "heads.new", "pebble"} {
		trace.Ignore(func(path string) bool { return strings.HasSuffix(path, ignored) })
		chance, found := rand.New(rand.NewPCG(1, 0)), 0
		for at := trace.Length() / 2; at <= trace.Length(); at += 3 {
			if openAfter(t, trace, at, powerloss.Lost, chance) != nil {
				found++
			}
		}
		t.Logf("syncs of %s ignored: found at %d moments", ignored, found)
		if found == 0 {
			t.Errorf("syncs of %s were ignored, and nobody noticed", ignored)
		}
	}
}
