package chaos_test

import (
	"syscall"
	"testing"
	"time"
)

// TestTheProcessStandsStill: SIGSTOP, as a suspended virtual machine or a
// debugger does it. Nobody is told anything meanwhile, and all of it is
// credited.
func TestTheProcessStandsStill(t *testing.T) {
	t.Parallel()
	s := openSale(t, plan{bidding: 8 * time.Second})
	s.signal(syscall.SIGSTOP)
	time.Sleep(frozenFor)
	s.signal(syscall.SIGCONT)
	s.bidsGoOn(20)
	room := s.await("running")
	if lost := time.Duration(room.Now.LostMs) * time.Millisecond; lost < frozenFor-time.Second || lost > frozenFor+5*time.Second {
		t.Errorf("credited %v for %v", lost, frozenFor)
	}
	s.finish()
}
