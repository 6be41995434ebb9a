package ledgerkeeper

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gobua/engine"
	"gobua/engine/ledger"
)

// childFolder makes this test binary a process that writes a log until it is
// killed.
const childFolder = "GOBUA_LEDGER_CHILD"

// childRounds ends such a process by itself after some rounds.
const childRounds = "GOBUA_LEDGER_ROUNDS"

func TestMain(m *testing.M) {
	if folder := os.Getenv(childFolder); folder != "" {
		if err := writeUntilKilled(folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// writeUntilKilled writes rounds of a few sessions, and now and then a new key.
// It says each checkpoint that anybody could have been shown.
func writeUntilKilled(folder string) error {
	signer, err := LoadSigner(filepath.Join(folder, "keys"), "daugia.example.vn/log", "")
	if err != nil {
		return err
	}
	seq, now := engine.Seq(0), time.Now()
	rounds, _ := strconv.Atoi(os.Getenv(childRounds)) // none: for ever
	k, err := Open(Options{
		Dir: filepath.Join(folder, "ledger"), Signer: signer, Now: func() time.Time { return now },
		Sessions: func() []Session {
			return []Session{
				{ID: one, Head: head(seq), Phase: engine.PhaseRunning},
				{ID: two, Head: head(seq), Phase: engine.PhaseRunning, Blind: true},
			}
		},
	})
	if err != nil {
		return err
	}
	for {
		c, err := k.Checkpoint()
		if err != nil {
			return err
		}
		line, err := json.Marshal(c.Note)
		if err != nil {
			return err
		}
		fmt.Println(string(line))
		seq, now = seq+1, now.Add(time.Minute)
		if seq%7 == 0 {
			if _, err := RequestRotation(filepath.Join(folder, "keys")); err != nil && !errors.Is(err, fs.ErrExist) {
				return err
			}
		}
		k.look(nil, false)
		if rounds--; rounds == 0 {
			return k.Close()
		}
	}
}

// TestKilledLedgerKeepsItsWord: whatever was shown before the process was killed
// is a past of what is served afterwards. GOBUA_KILLS says how often.
func TestKilledLedgerKeepsItsWord(t *testing.T) {
	kills := 4
	if n, err := strconv.Atoi(os.Getenv("GOBUA_KILLS")); err == nil && n > 0 {
		kills = n
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("%d kills, seed %d", kills, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	h := &hall{t: t, folder: t.TempDir(), now: time.Now()}
	h.o = Options{Dir: filepath.Join(h.folder, "ledger"), Sessions: func() []Session { return nil }, Now: func() time.Time { return h.now }}
	if err := os.MkdirAll(h.keysFolder(), 0o700); err != nil {
		t.Fatal(err)
	}
	var shown []string
	for kill := range kills {
		shown = append(shown, h.runChild(random.IntN(20))...)
		if kill%2 == 1 { // otherwise the next child recovers what this one left
			h.keepsItsWord(shown)
		}
	}
	h.keepsItsWord(shown)
	t.Logf("%d checkpoints were shown, all of one history", len(shown))
}

// runChild lets a process write some rounds, kills it, and returns what it showed.
func (h *hall) runChild(rounds int) (shown []string) {
	h.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		h.t.Fatal(err)
	}
	c := exec.Command(exe)
	c.Env = append(os.Environ(), childFolder+"="+h.folder)
	c.Stderr = &h.said
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		h.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	read := func() bool {
		if !lines.Scan() {
			return false
		}
		var note string
		if json.Unmarshal(lines.Bytes(), &note) == nil { // the last line may be torn
			shown = append(shown, note)
		}
		return true
	}
	for range rounds {
		if !read() {
			h.t.Fatalf("the child ended by itself: %s", h.said.String())
		}
	}
	if err := c.Process.Kill(); err != nil {
		h.t.Fatal(err)
	}
	for read() {
	}
	_ = c.Wait()
	return shown
}

// keepsItsWord opens the log and holds it to every checkpoint that was shown.
func (h *hall) keepsItsWord(shown []string) {
	h.t.Helper()
	h.open()
	defer h.shut()
	newest := h.verified(h.newest().Note)
	for _, note := range shown {
		c, err := ledger.CheckpointOf([]byte(note))
		if err != nil {
			h.t.Fatal(err)
		}
		if c.Size > newest.Size {
			h.t.Fatalf("size %d was shown, %d is there", c.Size, newest.Size)
		}
		h.consistent(h.verified(note), newest)
	}
}
