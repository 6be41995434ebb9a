//go:build chaos && linux

package chaos_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gobua/internal/visitor"
)

// TestTheMemoryIsUsedUp: the program may have not a page more than it has, and
// a crowd comes in. It ends, and is started again by whoever watches it.
func TestTheMemoryIsUsedUp(t *testing.T) {
	t.Parallel()
	s := openSale(t, plan{bidding: 20 * time.Second, flags: []string{"--max-clients-per-address", "5000"}})
	began := time.Now()
	s.limit(unix.RLIMIT_DATA, s.dataBytes())
	direct := site(t, s.addr)
	var crowd []*visitor.Line
	for range 2000 {
		if s.starts.Load() > 1 || s.pid() == 0 {
			break
		}
		line, err := direct.Dial(s.ctx)
		if err != nil {
			continue
		}
		crowd = append(crowd, line)
		_, _ = line.Follow(s.ctx, s.session) // a crowd that is turned away is one, too
	}
	s.eventually("the program ends", func() bool { return s.starts.Load() > 1 })
	s.note("it ended with %d spectators", len(crowd))
	for _, line := range crowd {
		line.Close()
	}
	s.backAfter(time.Since(began))
	s.finish()
}

// dataBytes is how much memory of its own the program has asked for.
func (s *sale) dataBytes() uint64 {
	s.T.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid()))
	if err != nil {
		s.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmData:")
	var kib uint64
	if _, err := fmt.Sscan(after, &kib); err != nil {
		s.Fatal(err)
	}
	return kib << 10
}
