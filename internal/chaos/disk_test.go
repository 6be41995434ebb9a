//go:build chaos && linux

package chaos_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gobua/engine"
	"gobua/internal/visitor/visitortest"
)

// notReady waits until the program itself says that it takes no bids.
func (s *sale) notReady() {
	s.T.Helper()
	s.eventually("the program says that it takes no bids", func() bool {
		said := s.readyz()
		return strings.HasPrefix(said, "503") || said == ""
	})
}

// backAfter checks that people bid again after a fault, and that the program
// says so.
func (s *sale) backAfter(fault time.Duration) {
	s.T.Helper()
	s.bidsGoOn(20)
	s.eventually("the program says that it takes bids", func() bool { return strings.HasPrefix(s.readyz(), "200") })
	s.note("the fault lasted %.1f s, bids went on within %.1f s of its end", fault.Seconds(), s.heard.silence.Seconds()-fault.Seconds())
}

// fill leaves so many bytes free on a disk and returns how to make room again.
func (d *disk) fill(leave int64) (makeRoom func()) {
	d.t.Helper()
	path := filepath.Join(d.folder, "ballast")
	var st unix.Statfs_t
	f, err := os.Create(path)
	if err == nil {
		err = unix.Statfs(d.folder, &st)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	size := int64(st.Bavail)*st.Bsize - leave
	if err := unix.Fallocate(int(f.Fd()), 0, 0, size); err != nil {
		d.t.Fatalf("%d MiB: %v", size>>20, err)
	}
	if leave == 0 { // what was kept for the bookkeeping of so large a file, too
		for n := size; unix.Fallocate(int(f.Fd()), 0, n, 4096) == nil; n += 4096 {
		}
	}
	return func() {
		if err := os.Remove(path); err != nil {
			d.t.Fatal(err)
		}
	}
}

// TestTheDiskIsNearlyFull: less is free than the journal needs to go on in good
// order, so it takes nothing more until there is room.
func TestTheDiskIsNearlyFull(t *testing.T) {
	t.Parallel()
	d := newDisk(t, 400)
	s := openSale(t, plan{bidding: 15 * time.Second, data: filepath.Join(d.folder, "data")})
	began := time.Now()
	makeRoom := d.fill(40 << 20)
	s.eventually("nothing is taken", func() bool { return s.receiptsWithin(time.Second) == 0 })
	s.notReady()
	time.Sleep(5 * time.Second)
	makeRoom()
	s.backAfter(time.Since(began))
	s.finish()
}

// TestTheDiskIsFullAtOnce: to the last block, faster than anybody looks.
func TestTheDiskIsFullAtOnce(t *testing.T) {
	t.Parallel()
	d := newDisk(t, 400)
	s := openSale(t, plan{bidding: 15 * time.Second, data: filepath.Join(d.folder, "data")})
	began := time.Now()
	makeRoom := d.fill(0)
	time.Sleep(8 * time.Second)
	s.notReady()
	makeRoom()
	s.backAfter(time.Since(began))
	s.finish()
}

// TestTheDiskTurnsReadOnly: the file system finds an error and takes no writes
// any more. It is repaired, and the program started again.
func TestTheDiskTurnsReadOnly(t *testing.T) {
	t.Parallel()
	d := newDisk(t, 400)
	s := openSale(t, plan{bidding: 15 * time.Second, data: filepath.Join(d.folder, "data")})
	began := time.Now()
	d.fail()
	s.eventually("nothing is taken", func() bool { return s.receiptsWithin(time.Second) == 0 })
	s.notReady()
	time.Sleep(3 * time.Second)
	s.note("%d starts before the repair", s.starts.Load())
	s.kill()
	d.repair()
	s.start()
	s.backAfter(time.Since(began))
	s.finish()
}

// TestTheDiskIsFrozen: every write waits, none fails.
func TestTheDiskIsFrozen(t *testing.T) {
	t.Parallel()
	d := newDisk(t, 400)
	s := openSale(t, plan{bidding: 15 * time.Second, data: filepath.Join(d.folder, "data")})
	began := time.Now()
	d.freeze()
	s.notReady()
	time.Sleep(10 * time.Second)
	d.thaw()
	s.backAfter(time.Since(began))
	s.finish()
}

// meddle has strace do something to system calls of the program, until stop.
func (s *sale) meddle(calls, what string) (stop func()) {
	s.T.Helper()
	pid := s.pid()
	cmd := exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "-p", fmt.Sprint(pid), "-e", "trace="+calls, "-e", "inject="+calls+":"+what)
	var said visitortest.Spool
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		s.Fatalf("strace: %v; install it: apt-get install strace", err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it is interrupted, or the program has ended
	}()
	s.eventually("strace is attached", func() bool {
		select {
		case <-ended:
			s.Fatalf("strace cannot meddle: %s; it takes root, or kernel.yama.ptrace_scope=0", said.String())
		default:
		}
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		return err == nil && !strings.Contains(string(status), "TracerPid:\t0\n")
	})
	return func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // it may have ended
		<-ended
	}
}

// TestTheDiskIsSlow: each sync takes a third of a second more.
func TestTheDiskIsSlow(t *testing.T) {
	t.Parallel()
	s := openSale(t, plan{bidding: 30 * time.Second})
	stop := s.meddle("fdatasync,fsync", "delay_enter=300000")
	got := s.receiptsWithin(15 * time.Second)
	s.note("%d receipts in 15 s of the slow disk", got)
	if got == 0 {
		t.Error("nobody could bid on a slow disk")
	}
	stop()
	s.finish()
}

// TestTheDiskTakesLongerThanAnybodyWaits: each sync takes six seconds.
func TestTheDiskTakesLongerThanAnybodyWaits(t *testing.T) {
	t.Parallel()
	s := openSale(t, plan{bidding: 15 * time.Second})
	began := time.Now()
	stop := s.meddle("fdatasync,fsync", "delay_enter=6000000")
	s.notReady()
	time.Sleep(12 * time.Second)
	stop()
	s.backAfter(time.Since(began))
	s.finish()
}

// TestTheSyncFails: the disk says that it could not keep what was written.
func TestTheSyncFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, calls, what string
		always            bool
	}{
		{"once", "fdatasync", "error=EIO:when=3", false},
		{"now and then", "fdatasync", "error=EIO:when=1+7", false},
		{"always", "fdatasync,fsync", "error=EIO", true},
		{"and writes now and then", "fdatasync,fsync,write,pwrite64", "error=EIO:when=40+9", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := openSale(t, plan{bidding: 15 * time.Second})
			began := time.Now()
			stop := s.meddle(c.calls, c.what)
			if c.always {
				s.notReady()
			}
			time.Sleep(6 * time.Second)
			stop()
			s.backAfter(time.Since(began))
			s.finish()
		})
	}
}

// TestTheDiskFailsAtTheClose: the last bids and the close itself meet syncs
// that fail.
func TestTheDiskFailsAtTheClose(t *testing.T) {
	t.Parallel()
	s := openSale(t, plan{bidding: 6 * time.Second})
	ends := s.await(engine.PhaseRunning).Now.ClosesAt.Time()
	time.Sleep(time.Until(ends) - time.Second)
	stop := s.meddle("fdatasync,fsync", "error=EIO")
	time.Sleep(4 * time.Second)
	stop()
	s.finish()
}
