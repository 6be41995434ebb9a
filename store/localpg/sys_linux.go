package localpg

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// dieWithParent has the kernel send a signal to the process when the thread
// that starts it dies, even by kill -9.
func dieWithParent(attr *syscall.SysProcAttr, signal syscall.Signal) { attr.Pdeathsig = signal }

// processesIn returns the PostgreSQL processes whose working folder is this
// one: all of a server's work in its data folder.
func processesIn(data string) (pids []int) {
	folder, err := os.Stat(data)
	if err != nil {
		return nil
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		cwd, err := os.Stat("/proc/" + e.Name() + "/cwd")
		if err != nil || !os.SameFile(folder, cwd) {
			continue
		}
		name, err := os.ReadFile("/proc/" + e.Name() + "/comm")
		if err == nil && strings.HasPrefix(string(name), "post") { // postgres or postmaster; not somebody's shell
			pids = append(pids, pid)
		}
	}
	return pids
}
