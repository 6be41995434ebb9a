//go:build (chaos || partitions) && linux

package chaos_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// town is a network on this machine: a namespace with one address for each
// node, all on one bridge, on which this process has an address too. What goes
// from one to another can be lost, each direction for itself, and nobody is told.
type town struct {
	t      *testing.T
	bridge string // no other network of this machine has the name
	first  int    // the last byte of the first node's address
	prefix string // of all addresses
	spaces []int  // by node: a process that is in its namespace and does nothing
}

// people is this process as a place in the town: where the visitors are.
const people = -1

// townSize is how many addresses a town has, with the two that no place may have.
const townSize = 16

// towns counts those of this process, each with addresses of its own.
var towns atomic.Int64

// free is how many towns may be there at once: the three nodes of each take
// more of two processors than their tests can wait for.
var free = make(chan struct{}, 2)

// newTown makes a network for so many nodes, which goes with the test; it waits
// until there is room for one.
func newTown(t *testing.T, nodes int) *town {
	t.Helper()
	free <- struct{}{}
	t.Cleanup(func() { <-free })
	pid, n := os.Getpid(), int(towns.Add(1))
	w := &town{
		t: t, bridge: fmt.Sprintf("gobua%dt%d", pid%100_000, n%100),
		first: n*townSize%256 + 1, prefix: fmt.Sprintf("10.%d.%d", 64+pid%64, pid/64%256),
	}
	t.Cleanup(func() { _ = exec.Command("ip", "link", "del", w.bridge).Run() }) // it may not be there
	w.do("ip", "link", "add", w.bridge, "type", "bridge")
	w.do("ip", "addr", "add", w.address(people)+"/28", "dev", w.bridge)
	w.do("ip", "link", "set", w.bridge, "up")
	for i := range nodes {
		w.spaces = append(w.spaces, newSpace(t))
		port := fmt.Sprintf("%sp%d", w.bridge, i+1)
		w.do("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", strconv.Itoa(w.spaces[i]))
		w.do("ip", "link", "set", port, "master", w.bridge, "up")
		w.do(w.within(i, "ip", "addr", "add", w.address(i)+"/28", "dev", "eth0")...)
		w.do(w.within(i, "ip", "link", "set", "eth0", "up")...)
		w.do(w.within(i, "ip", "link", "set", "lo", "up")...)
	}
	return w
}

// newSpace starts a process in a network of its own, which is there as long as
// it is: until the test ends, or this process, however it does.
func newSpace(t *testing.T) (pid int) {
	t.Helper()
	idle := exec.Command("cat")
	idle.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	stdin, err := idle.StdinPipe()
	if err == nil {
		err = idle.Start()
	}
	if err != nil {
		t.Fatalf("a network of its own: %v; tools/partitions and tools/chaos run these tests where they may have one", err)
	}
	t.Cleanup(func() {
		_ = stdin.Close() // it ends of that
		_ = idle.Wait()
	})
	return idle.Process.Pid
}

// address is a node's, or that of this process.
func (w *town) address(node int) string {
	if node == people {
		return fmt.Sprintf("%s.%d", w.prefix, w.first+townSize-3)
	}
	return fmt.Sprintf("%s.%d", w.prefix, w.first+node)
}

// within is a command that runs another one at a node.
func (w *town) within(node int, command ...string) []string {
	return append([]string{"nsenter", fmt.Sprintf("--net=/proc/%d/ns/net", w.spaces[node]), "--"}, command...)
}

// lose has everything lost that one place sends to another: it goes to a
// hardware address that nobody has.
func (w *town) lose(from, to int) {
	w.t.Helper()
	w.do(w.neighbour(from, "replace", to, "lladdr", "02:00:00:00:00:fe", "nud", "permanent")...)
}

// mend ends what lose began, if it did.
func (w *town) mend(from, to int) {
	command := w.neighbour(from, "del", to)
	_ = exec.Command(command[0], command[1:]...).Run() // it may not be there
}

func (w *town) neighbour(from int, verb string, to int, more ...string) []string {
	command := func(device string) []string {
		return append([]string{"ip", "neigh", verb, w.address(to), "dev", device}, more...)
	}
	if from == people {
		return command(w.bridge)
	}
	return w.within(from, command("eth0")...)
}

// part cuts two places from each other, and join mends it.
func (w *town) part(a, b int) { w.t.Helper(); w.lose(a, b); w.lose(b, a) }
func (w *town) join(a, b int) { w.mend(a, b); w.mend(b, a) }

func (w *town) do(command ...string) {
	w.t.Helper()
	if said, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
		w.t.Fatalf("%s: %v, %s", strings.Join(command, " "), err, said)
	}
}

// TestTheTownLosesWhatItIsTold: what the partitions do to the program must not
// be a fault of the network.
func TestTheTownLosesWhatItIsTold(t *testing.T) {
	t.Parallel()
	w := newTown(t, 2)
	l, err := net.Listen("tcp", w.address(people)+":0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	go func() { _ = server.Serve(l) }() // ends with the test
	t.Cleanup(func() { server.Close() })
	reached := func(from int) bool { // asks as a health check does
		command := w.within(from, file, "ready", "--timeout", "1s", "--at", "http://"+l.Addr().String())
		return exec.Command(command[0], command[1:]...).Run() == nil
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
