//go:build !linux

package localpg

import (
	"strconv"
	"strings"
	"syscall"
)

// dieWithParent has no counterpart here: a server whose program was killed
// lives on, and the next start stops it.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}

// processesIn returns the postmaster of the pid file, if a process with that
// number is a postgres.
func processesIn(data string) []int {
	pid := postmasterPid(data)
	if pid == 0 {
		return nil
	}
	command, err := output("ps", "-o", "comm=", "-p", strconv.Itoa(pid))
	if err != nil || !strings.Contains(command, "postgres") {
		return nil
	}
	return []int{pid}
}
