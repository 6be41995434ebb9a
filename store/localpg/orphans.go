package localpg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// lingerTimeout is how long processes may take that have lost their
// postmaster; they notice within milliseconds unless they hang.
const lingerTimeout = 5 * time.Second

// stopOrphans ends what an earlier run left behind in a data folder, and
// returns when no process uses it any more. The caller holds the folder's
// lock, so nobody else can be running a server there on purpose. Only
// processes that are certainly this folder's are touched.
//
// It then removes the pid file. PostgreSQL would do so itself, but not if the
// number belongs to somebody else by now, as it does after a reboot.
func stopOrphans(ctx context.Context, data string, log *slog.Logger) error {
	signals := []struct {
		signal syscall.Signal
		after  time.Duration
		all    bool // also to processes that are no postmaster
	}{
		{syscall.SIGINT, 0, false},
		{syscall.SIGQUIT, fastTimeout, false},
		{syscall.SIGKILL, lingerTimeout, true},
	}
	began, sent := time.Now(), 0
	for {
		pids := processesIn(data)
		if len(pids) == 0 {
			err := os.Remove(filepath.Join(data, "postmaster.pid"))
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		postmaster := postmasterPid(data)
		if !slices.Contains(pids, postmaster) && sent < 2 {
			sent = 2 // nobody to ask: the rest ends by itself or by force
			began = time.Now()
		}
		if sent < len(signals) && time.Since(began) >= signals[sent].after {
			s := signals[sent]
			if sent == 0 {
				log.Info("an earlier run left a private postgres behind, stopping it", "pid", postmaster)
			}
			for _, pid := range pids {
				if s.all || pid == postmaster {
					_ = syscall.Kill(pid, s.signal) // it may have ended by itself
				}
			}
			sent++
			began = time.Now()
		}
		select {
		case <-time.After(pollEvery):
		case <-ctx.Done():
			return fmt.Errorf("processes %v of an earlier run do not end: %w", pids, ctx.Err())
		}
	}
}

// postmasterPid is what the pid file says, zero if it says nothing.
func postmasterPid(data string) int {
	f, err := os.Open(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return 0
	}
	defer f.Close()
	first := bufio.NewScanner(f)
	first.Scan()
	pid, err := strconv.Atoi(strings.TrimSpace(first.Text()))
	if err != nil || pid <= 1 {
		return 0
	}
	return pid
}
