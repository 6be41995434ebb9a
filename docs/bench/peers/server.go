package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"gobua/engine"
)

// broadcaster is a server of some kind. publish is called by one goroutine.
type broadcaster interface {
	// publish has an update brought to everybody. It may block.
	publish(seq engine.FeedSeq, accepted time.Time)
	// viewers is how many connections would get it.
	viewers() int
}

// order is one line to a server or the generator.
type order struct {
	Op string `json:"op"`

	// run
	Rate    int     `json:"rate,omitempty"` // updates a second; 0: as many as are taken
	Seconds float64 `json:"seconds,omitempty"`
	Updates int     `json:"updates,omitempty"` // not more than this many; 0: no bound

	// join
	Addr    string `json:"addr,omitempty"`
	Greet   string `json:"greet,omitempty"`
	Viewers int    `json:"viewers,omitempty"`
	Stalled int    `json:"stalled,omitempty"` // further connections that read nothing
}

// served is the answer of a server.
type served struct {
	Err       string        `json:"err,omitempty"`
	Addr      string        `json:"addr,omitempty"`
	Viewers   int           `json:"viewers"`
	Resident  int           `json:"resident"` // bytes
	Published int           `json:"published"`
	Skipped   int           `json:"skipped"` // updates that could not be begun within a second of their time
	CPU       time.Duration `json:"cpu"`     // of the whole process, from the first update to the last delivery
	Wall      time.Duration `json:"wall"`    // until publishing ended
	Frames    int64         `json:"frames"`  // delivered until then
	Blocked   time.Duration `json:"blocked"` // of wall: waited for viewers to catch up
}

const (
	// ahead is by how many updates the viewers may be behind before nothing is
	// published. It fits every queue there is, and is less than what this server
	// brings a crowd update by update: whoever is further behind is sent the room.
	ahead = 24
	// tooLate is when an update is given up before it is begun.
	tooLate = time.Second
	// given is how long viewers may take to get another frame before what they
	// lack counts as lost.
	given = time.Second
)

// runServer serves one kind, and obeys orders on its input until that ends.
func runServer(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("which of %s?", strings.Join(kindNames(), ", "))
	}
	k, ok := kinds[args[0]]
	if !ok {
		return fmt.Errorf("there is no %q among %s", args[0], strings.Join(kindNames(), ", "))
	}
	t, err := openTally(os.Getenv(tallyVariable))
	if err != nil {
		return err
	}
	listener, err := listen()
	if err != nil {
		return err
	}
	b, err := k.serve(listener)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(served{Addr: listener.Addr().String(), Resident: resident()}); err != nil {
		return err
	}
	p := publisher{b: b, tally: t}
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var o order
		if err := json.Unmarshal(in.Bytes(), &o); err != nil {
			return err
		}
		var s served
		switch o.Op {
		case "count":
		case "settle":
			debug.FreeOSMemory()
			debug.FreeOSMemory() // pools keep what they hold over one collection
		case "run":
			if s, err = p.profiled(o); err != nil {
				s.Err = err.Error()
			}
		default:
			s.Err = "unknown order " + o.Op
		}
		s.Viewers, s.Resident = b.viewers(), resident()
		if err := out.Encode(s); err != nil {
			return err
		}
	}
	return nil
}

// tallyVariable names the file of the tally, sendBufferVariable how many bytes
// the kernel takes for a connection (empty: as many as it likes), profileVariable
// where profiles go (empty: there are none), rowVariable whether updates have
// their row.
const (
	tallyVariable      = "PEERS_TALLY"
	sendBufferVariable = "PEERS_SEND_BUFFER"
	profileVariable    = "PEERS_PROFILE"
	rowVariable        = "PEERS_ROW"
)

// listen opens a port on loopback. Connections inherit the listener's buffer.
func listen() (net.Listener, error) {
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		bytes, unbounded := strconv.Atoi(os.Getenv(sendBufferVariable))
		if unbounded != nil {
			return nil
		}
		if controlErr := c.Control(func(fd uintptr) {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_SNDBUF, bytes)
		}); controlErr != nil {
			return controlErr
		}
		return err
	}}
	return config.Listen(context.Background(), "tcp4", "127.0.0.1:0")
}

// publisher makes the updates.
type publisher struct {
	b     broadcaster
	tally *tally
	seq   engine.FeedSeq
}

// profiled is run, with a profile of it if one is wanted.
func (p *publisher) profiled(o order) (served, error) {
	path := os.Getenv(profileVariable)
	if path == "" {
		return p.run(o), nil
	}
	f, err := os.Create(fmt.Sprintf("%s.%d", path, o.Rate))
	if err != nil {
		return served{}, err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return served{}, err
	}
	defer pprof.StopCPUProfile()
	return p.run(o), nil
}

// run publishes, and returns when everybody has everything or no more comes.
func (p *publisher) run(o order) (s served) {
	runtime.GC()
	began, cpu, frames := time.Now(), processorTime(), p.tally.frames.Load()
	end := began.Add(time.Duration(o.Seconds * float64(time.Second)))
	for tick := 0; o.Updates == 0 || s.Published < o.Updates; tick++ {
		due := time.Now()
		if o.Rate > 0 {
			due = began.Add(time.Duration(tick) * time.Second / time.Duration(o.Rate))
			time.Sleep(time.Until(due))
		}
		waited := p.waitForViewers()
		s.Blocked += waited
		now := time.Now()
		if !now.Before(end) {
			break
		}
		if o.Rate == 0 {
			due = now
		} else if now.Sub(due) > tooLate {
			s.Skipped++
			continue
		}
		p.seq++
		p.b.publish(p.seq, due)
		s.Published++
	}
	s.Wall, s.Frames = time.Since(began), p.tally.frames.Load()-frames
	s.CPU = p.drain() - cpu
	return s
}

// waitForViewers keeps the backlog bounded, for a while.
func (p *publisher) waitForViewers() time.Duration {
	began := time.Now()
	for p.tally.outstanding(int64(p.seq)) >= ahead && time.Since(began) < given {
		time.Sleep(500 * time.Microsecond)
	}
	return time.Since(began)
}

// drain waits until all has arrived that will, and returns the processor time
// used when the last of it did.
func (p *publisher) drain() (cpu time.Duration) {
	moved, frames := time.Now(), int64(-1)
	for time.Since(moved) < given {
		if n := p.tally.frames.Load(); n != frames {
			moved, frames, cpu = time.Now(), n, processorTime()
		}
		if p.tally.outstanding(int64(p.seq)) <= 0 {
			return processorTime()
		}
		time.Sleep(time.Millisecond)
	}
	return cpu
}

// processorTime is what this process has used, user and system.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident is the memory of the machine that this process holds.
func resident() int {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		panic(err)
	}
	return pages * os.Getpagesize()
}
