package journal_test

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
)

// TestKilledProcessLosesNothingAcknowledged kills the process with SIGKILL at
// random moments, also while it opens the journal. GOBUA_KILLS says how often.
func TestKilledProcessLosesNothingAcknowledged(t *testing.T) {
	kills := 10
	if s := os.Getenv("GOBUA_KILLS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			t.Fatalf("GOBUA_KILLS is %q, want a number of kills", s)
		}
		kills = n
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("%d kills, seed %d", kills, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := filepath.Join(t.TempDir(), "journal")
	var n counts
	for kill := range kills {
		c := startChild(t, "append", dir)
		if kill%4 != 3 { // every fourth dies before it said anything
			n.read(t, c, 1+random.IntN(400))
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		n.read(t, c, math.MaxInt) // what it had said before it died
		_ = c.Wait()
		if c.stderr.Len() > 0 {
			t.Fatalf("kill %d: the child failed by itself: %s", kill, c.stderr.String())
		}
		if random.IntN(2) == 0 { // otherwise the next child recovers what this one left
			n.check(t, dir)
		}
	}
	n.check(t, dir)
	t.Logf("%d acknowledgements, none lost", n.lines)
}

// TestKilledProcessLeavesJointAppendsWhole: of an append to two sessions both
// have their part or neither, wherever the process is killed.
func TestKilledProcessLeavesJointAppendsWhole(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	said := 0
	for kill := range 5 {
		c := startChild(t, "together", dir)
		for range 20 + 30*kill {
			if !c.lines.Scan() {
				t.Fatalf("the child ended by itself: %s", c.stderr.String())
			}
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for more := true; more; more = c.lines.Scan() {
			if n, err := strconv.Atoi(c.lines.Text()); err == nil {
				said = n
			}
		}
		_ = c.Wait()
		j := mustOpen(t, dir, journal.Options{})
		one, err := journaltest.Read(j, journaltest.SessionID(0))
		two, err2 := journaltest.Read(j, journaltest.SessionID(1))
		if err != nil || err2 != nil || one.Seq != two.Seq || int(one.Seq) < said {
			t.Fatalf("kill %d: acknowledged up to %d, the sessions end at %d (%v) and %d (%v)", kill, said, one.Seq, err, two.Seq, err2)
		}
		mustClose(t, j)
	}
}

// TestBrokenStoreEndsTheProcess: where Pebble cannot go on it leaves its locks
// held; the process then ends and says why, and the next one finds everything.
func TestBrokenStoreEndsTheProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	var n counts
	for _, task := range []string{"no-new-log", "no-table"} {
		c := startChild(t, task, dir)
		n.read(t, c, math.MaxInt)
		if err := c.Wait(); err == nil {
			t.Fatalf("%s: the process ended as if all were well", task)
		}
		if !strings.Contains(c.stderr.String(), "planted disk failure") {
			t.Fatalf("%s: it did not say why: %s", task, c.stderr.String())
		}
	}
	if n.lines == 0 {
		t.Fatal("nothing was acknowledged before the failure")
	}
	n.check(t, dir)
}

// TestFolderIsOpenedByOneProcess: the second one is refused, also the same one.
func TestFolderIsOpenedByOneProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	c := startChild(t, "hold", dir)
	if !c.lines.Scan() || c.lines.Text() != "open" {
		t.Fatalf("the child said %q: %s", c.lines.Text(), c.stderr.String())
	}
	refused := func(_ any, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), dir+" is open in another process") {
			t.Fatalf("got %v", err)
		}
	}
	refused(journal.OpenPebble(dir, journal.Options{}))
	refused(journal.RebuildHeads(t.Context(), dir))
	if err := c.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("%v: %s", err, c.stderr.String())
	}
	j := mustOpen(t, dir, journal.Options{})
	refused(journal.OpenPebble(dir, journal.Options{}))
	mustClose(t, j)
	mustClose(t, mustOpen(t, dir, journal.Options{}))
}
