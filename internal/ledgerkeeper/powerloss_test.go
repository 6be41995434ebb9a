package ledgerkeeper

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gobua/internal/powerloss"
)

// TestPowerLossKeepsTheLogsWord: whatever was shown before the power failed is a
// past of what is served afterwards, also between a new key and the next round.
// What the process did on the real system is replayed as a disk may have it.
func TestPowerLossKeepsTheLogsWord(t *testing.T) {
	cuts := 30
	if n, err := strconv.Atoi(os.Getenv("GOBUA_KILLS")); err == nil {
		cuts = 5 * n
	}
	seed := uint64(time.Now().UnixNano())
	chance := rand.New(rand.NewPCG(seed, 0))
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root, out := t.TempDir(), filepath.Join(t.TempDir(), "trace")
	if err := os.MkdirAll(filepath.Join(root, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(powerloss.Strace[0], append(append([]string{}, powerloss.Strace[1:]...), out, exe)...)
	c.Env = append(os.Environ(), childFolder+"="+root, childRounds+"=20")
	if said, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v (is strace installed?): %.2000s", err, said)
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	trace, err := powerloss.Read(f, root, "keys")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("seed %d, %d cuts, %d moments; %s", seed, cuts, trace.Length(), trace.Summary())
	for range cuts {
		at, fate := 1+chance.IntN(trace.Length()), powerloss.Fate(chance.IntN(int(powerloss.Fates)))
		h := &hall{t: t, folder: t.TempDir(), now: time.Now()}
		h.o = Options{Dir: filepath.Join(h.folder, "ledger"), Sessions: func() []Session { return nil }, Now: func() time.Time { return h.now }}
		if err := trace.Cut(at, fate, chance, h.folder); err != nil {
			t.Fatal(err)
		}
		var shown []string
		for line := range strings.Lines(trace.Said(at)) {
			var note string
			if json.Unmarshal([]byte(line), &note) == nil {
				shown = append(shown, note)
			}
		}
		t.Logf("line %d, unsynced %s, %d checkpoints shown", at, fate, len(shown))
		h.keepsItsWord(shown)
	}
}
