//go:build linux

package chaos_test

import (
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// limit sets a soft limit of the running program and returns what it was.
func (s *sale) limit(which int, soft uint64) (before uint64) {
	s.T.Helper()
	var old unix.Rlimit
	if err := unix.Prlimit(s.pid(), which, nil, &old); err != nil {
		s.Fatal(err)
	}
	if err := unix.Prlimit(s.pid(), which, &unix.Rlimit{Cur: soft, Max: old.Max}, nil); err != nil {
		s.Fatal(err)
	}
	return old.Cur
}

// descriptors is how many files and sockets the program has open.
func (s *sale) descriptors() int {
	s.T.Helper()
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.pid()))
	if err != nil {
		s.Fatal(err)
	}
	return len(open)
}

// TestTheDescriptorsAreUsedUp: no file and no connection can be opened any
// more. Whoever is in the room goes on, newcomers wait, and the program does
// not end.
func TestTheDescriptorsAreUsedUp(t *testing.T) {
	t.Parallel()
	s := openSale(t, plan{bidding: 12 * time.Second})
	before := s.limit(unix.RLIMIT_NOFILE, uint64(s.descriptors()))
	var knocking []net.Conn
	for range 20 { // the listener hears of them and cannot take them
		if c, err := net.DialTimeout("tcp", s.addr, time.Second); err == nil {
			knocking = append(knocking, c)
		}
	}
	got := s.receiptsWithin(3 * time.Second)
	s.note("%d receipts while there were none left", got)
	if got == 0 {
		t.Error("whoever was in the room could not bid")
	}
	if s.pid() == 0 {
		t.Fatal("the program ended")
	}
	for _, c := range knocking {
		c.Close()
	}
	s.limit(unix.RLIMIT_NOFILE, before)
	s.bidsGoOn(10)
	if n := s.starts.Load(); n != 1 {
		t.Errorf("the program ended %d times", n-1)
	}
	s.finish()
}

// TestACrowdTakesNoDescriptorOfTheJournal: more connections come than the
// process has descriptors for, of people and of machines that say nothing. Some
// are told to come later; the journal always finds what it needs.
func TestACrowdTakesNoDescriptorOfTheJournal(t *testing.T) {
	t.Parallel()
	s := openSale(t, plan{bidding: 14 * time.Second, descriptors: 1024, flags: []string{"--max-clients-per-address", "5000"}})
	direct := site(t, s.addr)
	var leave []func()
	var live, silent int
	for range 600 {
		line, err := direct.Dial(s.ctx)
		if err != nil {
			continue
		}
		live++
		leave = append(leave, line.Close)
	}
	for range 600 {
		if c, err := net.DialTimeout("tcp", s.addr, time.Second); err == nil {
			silent++
			leave = append(leave, func() { c.Close() })
		}
	}
	s.bidsGoOn(20)
	open := s.descriptors()
	for _, gone := range leave {
		gone()
	}
	s.note("%d of 600 spectators and %d silent connections, %d descriptors of 1,024 open", live, silent, open)
	if live == 0 || live == 600 {
		t.Errorf("%d of 600 spectators came in", live)
	}
	if open > 1024-256 {
		t.Errorf("only %d descriptors are left for the journal", 1024-open)
	}
	if n := s.starts.Load(); n != 1 {
		t.Errorf("the program ended %d times", n-1)
	}
	s.finish()
}
