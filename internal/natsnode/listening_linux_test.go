package natsnode_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// TestNoPortIsPlain: every port that the process listens on asks for TLS.
func TestNoPortIsPlain(t *testing.T) {
	before := listening(t)
	s := startSecured(t)
	ports := 0
	for port := range listening(t) {
		if before[port] {
			continue
		}
		ports++
		if nc, err := nats.Connect(fmt.Sprintf("nats://127.0.0.1:%d", port), nats.Timeout(10*time.Second)); err == nil {
			nc.Close()
			t.Errorf("port %d lets in without TLS", port)
		}
	}
	if want := 2 * len(s.Nodes); ports != want { // routes and clients
		t.Errorf("%d ports are open, not %d", ports, want)
	}
}

// listening are the TCP ports on which this process listens, by what the kernel
// says.
func listening(t *testing.T) map[int]bool {
	t.Helper()
	mine := map[string]bool{}
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && strings.HasPrefix(to, "socket:[") {
			mine[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
		}
	}
	ports := map[int]bool{}
	for _, file := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		table, err := os.ReadFile(file)
		if err != nil {
			continue // a machine without IPv6
		}
		for row := range strings.Lines(string(table)) {
			f := strings.Fields(row)
			if len(f) < 10 || f[3] != "0A" || !mine[f[9]] {
				continue
			}
			_, hex, _ := strings.Cut(f[1], ":")
			port, err := strconv.ParseInt(hex, 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			ports[int(port)] = true
		}
	}
	return ports
}
