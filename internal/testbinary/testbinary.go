// Package testbinary builds a package's test binary without the race detector,
// for tests that start processes.
package testbinary

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// Plain is the file of the calling package's test binary without the race
// detector, for further processes of a test: the detector takes ten times the
// processor, and what it finds in a process that is killed nobody reads. It is
// this binary itself if that is plain; otherwise it is built on the first call,
// which blocks for some seconds. It may be called from many goroutines. A
// TestMain removes the file with Forget.
func Plain() (string, error) { return plain() }

// Forget removes what Plain has built, when no test runs any more.
func Forget() { _ = os.RemoveAll(folder) }

var folder string // empty: nothing was built

var plain = sync.OnceValues(func() (string, error) {
	if !raced {
		return os.Executable()
	}
	var err error
	if folder, err = os.MkdirTemp("", "plain"); err != nil {
		return "", err
	}
	// Somebody else may have to run it, such as who has no privileges.
	if err := os.Chmod(folder, 0o755); err != nil {
		return "", err
	}
	file := filepath.Join(folder, filepath.Base(os.Args[0]))
	build := exec.Command("go", "test", "-c", "-race=false", "-ldflags=-s -w", "-o", file, ".")
	if said, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the test binary: %w\n%s", err, said)
	}
	return file, nil
})
