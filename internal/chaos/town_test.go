//go:build chaos

package chaos_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// town is a network on this machine: one namespace with one address for each
// node, all on one bridge, on which this process has an address too. What goes
// from one to another can be lost, each direction for itself, and nobody is told.
type town struct {
	t      *testing.T
	prefix string // of all names and addresses
	bridge string
	ip     string // the command
}

// people is this process as a place in the town: where the visitors are.
const people = -1

// newTown makes a network for so many nodes, which goes with the test.
func newTown(t *testing.T, nodes int) *town {
	t.Helper()
	ip, err := exec.LookPath("ip")
	if err != nil {
		t.Fatal("ip is missing: apt-get install iproute2")
	}
	pid := os.Getpid()
	w := &town{t: t, prefix: fmt.Sprintf("10.%d.%d", 64+pid%64, pid/64%256), bridge: fmt.Sprintf("gobua%d", pid%100_000), ip: ip}
	t.Cleanup(func() {
		for i := range nodes {
			w.try("netns", "del", w.space(i))
		}
		w.try("link", "del", w.bridge)
	})
	w.do("link", "add", w.bridge, "type", "bridge")
	w.do("addr", "add", w.address(people)+"/24", "dev", w.bridge)
	w.do("link", "set", w.bridge, "up")
	for i := range nodes {
		port := fmt.Sprintf("%sp%d", w.bridge, i+1)
		w.do("netns", "add", w.space(i))
		w.do("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", w.space(i))
		w.do("link", "set", port, "master", w.bridge, "up")
		w.do("-n", w.space(i), "addr", "add", w.address(i)+"/24", "dev", "eth0")
		w.do("-n", w.space(i), "link", "set", "eth0", "up")
		w.do("-n", w.space(i), "link", "set", "lo", "up")
	}
	return w
}

// space is the name of a node's namespace.
func (w *town) space(node int) string { return fmt.Sprintf("%s-n%d", w.bridge, node+1) }

// address is a node's, or that of this process.
func (w *town) address(node int) string {
	if node == people {
		return w.prefix + ".254"
	}
	return fmt.Sprintf("%s.%d", w.prefix, node+1)
}

// within is the command that runs a program at a node.
func (w *town) within(node int) []string { return []string{w.ip, "netns", "exec", w.space(node)} }

// lose has everything lost that one place sends to another: it goes to a
// hardware address that nobody has.
func (w *town) lose(from, to int) {
	w.t.Helper()
	w.do(w.neighbour(from, "replace", to, "lladdr", "02:00:00:00:00:fe", "nud", "permanent")...)
}

// mend ends what lose began, if it did.
func (w *town) mend(from, to int) { w.try(w.neighbour(from, "del", to)...) }

func (w *town) neighbour(from int, verb string, to int, more ...string) []string {
	device, args := w.bridge, []string{}
	if from != people {
		device, args = "eth0", []string{"-n", w.space(from)}
	}
	return append(append(args, "neigh", verb, w.address(to), "dev", device), more...)
}

// part cuts two places from each other, and join mends it.
func (w *town) part(a, b int) { w.t.Helper(); w.lose(a, b); w.lose(b, a) }
func (w *town) join(a, b int) { w.mend(a, b); w.mend(b, a) }

func (w *town) do(args ...string) {
	w.t.Helper()
	if said, err := exec.Command(w.ip, args...).CombinedOutput(); err != nil {
		w.t.Fatalf("ip %s: %v, %s", strings.Join(args, " "), err, said)
	}
}

func (w *town) try(args ...string) { _ = exec.Command(w.ip, args...).Run() } // it may not be there

// TestTheTownLosesWhatItIsTold: what the partitions do to the program must not
// be a fault of the network.
func TestTheTownLosesWhatItIsTold(t *testing.T) {
	w := newTown(t, 2)
	l, err := net.Listen("tcp", w.address(people)+":0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	go func() { _ = server.Serve(l) }() // ends with the test
	t.Cleanup(func() { server.Close() })
	reached := func(from int) bool { // asks as a health check does
		args := append(w.within(from)[1:], file, "ready", "--timeout", "1s", "--at", "http://"+l.Addr().String())
		return exec.Command(w.ip, args...).Run() == nil
	}
	if !reached(0) || !reached(1) {
		t.Fatal("the town is no network")
	}
	for _, way := range [][2]int{{0, people}, {people, 0}} {
		w.lose(way[0], way[1])
		if reached(0) || !reached(1) {
			t.Errorf("from %d to %d: what is lost is not what was cut", way[0], way[1])
		}
		w.mend(way[0], way[1])
		if !reached(0) {
			t.Errorf("from %d to %d: what was mended is not", way[0], way[1])
		}
	}
}
