package ops

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// built is the real program, built once for all tests.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "gobua-ops")
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "gobua")
	build := exec.Command("go", "build", "-o", program, "./cmd/gobua")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return program, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if program, err := built(); err == nil {
		os.RemoveAll(filepath.Dir(program))
	}
	os.Exit(status)
}

func program(t *testing.T) string {
	t.Helper()
	p, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// run runs the program with some arguments, which must end well, and returns
// what it said.
func run(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, program(t), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("gobua %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// serve runs the program with its demo and a private database until the test
// ends, and returns its address once it takes bids.
func serve(t *testing.T) (addr string) {
	t.Helper()
	addr = freeAddresses(t, 1)[0]
	var said bytes.Buffer // read once the program has ended
	cmd := exec.Command(program(t), "serve", "--addr", addr, "--data", filepath.Join(t.TempDir(), "data"),
		"--demo", "on", "--demo-bots", "on", "--log-level", "warn", "--min-bidding", "1s", "--drain", "3s")
	cmd.Stderr, cmd.WaitDelay = &said, time.Second // its database may hold the log open
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		hard := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		defer hard.Stop()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the program said:\n%s", said.String())
		}
	})
	eventually(t, "the program is ready", func() bool {
		status, _ := get("http://" + addr + "/readyz")
		return status == http.StatusOK
	})
	return addr
}

// get asks for an address; status 0: there was no answer.
func get(url string) (status int, body []byte) {
	r, err := http.Get(url)
	if err != nil {
		return 0, nil
	}
	defer r.Body.Close()
	if body, err = io.ReadAll(r.Body); err != nil {
		return 0, nil
	}
	return r.StatusCode, body
}

// eventually waits for a condition of the outside world.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
