package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"syscall"
	"time"
	"unsafe"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sys/unix"
)

// crowd is all viewers of a run, read by one goroutine.
type crowd struct {
	poll    int
	viewers map[int32]*viewer
	stalled []int // descriptors that nobody reads
	joined  int
	tally   *tally
	now     int64 // microseconds, once for each read

	// Since the last report.
	lost, spared, twice, ended int64
	delay                      *hdrhistogram.Histogram // from accepted to seen, in microseconds
}

// seen is the answer of the generator.
type seen struct {
	Err     string `json:"err,omitempty"`
	Viewers int64  `json:"viewers"`
	Frames  int64  `json:"frames"` // updates that arrived
	Lost    int64  `json:"lost"`   // updates that were left out before one that arrived, or never came
	Spared  int64  `json:"spared"` // updates in whose place a whole room came
	Twice   int64  `json:"twice"`  // that had come before
	Ended   int64  `json:"ended"`  // connections that the server ended
	P50     int64  `json:"p50"`    // microseconds
	P99     int64  `json:"p99"`
	Max     int64  `json:"max"`
}

func newCrowd(t *tally) (*crowd, error) {
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	return &crowd{poll: poll, viewers: map[int32]*viewer{}, tally: t, delay: hdrhistogram.New(1, 120_000_000, 3)}, nil
}

// runClient is the generator's process. It obeys orders until its input ends.
func runClient([]string) error {
	t, err := openTally(os.Getenv(tallyVariable))
	if err != nil {
		return err
	}
	c, err := newCrowd(t)
	if err != nil {
		return err
	}
	orders := make(chan order)
	go func() {
		defer close(orders)
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			var o order
			if err := json.Unmarshal(in.Bytes(), &o); err != nil {
				return
			}
			orders <- o
		}
	}()
	out := json.NewEncoder(os.Stdout)
	for {
		select {
		case o, more := <-orders:
			if !more {
				return nil
			}
			if err := out.Encode(c.obey(o)); err != nil {
				return err
			}
		default:
			if err := c.read(10); err != nil {
				return err
			}
		}
	}
}

func (c *crowd) obey(o order) seen {
	switch o.Op {
	case "join":
		if err := c.join(o); err != nil {
			return seen{Err: err.Error()}
		}
		return c.report(0)
	case "report":
		return c.report(int64(o.Updates))
	}
	return seen{Err: "unknown order " + o.Op}
}

// join returns when every viewer has been taken in.
func (c *crowd) join(o order) error {
	at, err := netip.ParseAddrPort(o.Addr)
	if err != nil {
		return err
	}
	addr := &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
	for range o.Stalled {
		fd, _, err := connect(addr, o.Greet, false)
		if err != nil {
			return err
		}
		c.stalled = append(c.stalled, fd)
	}
	for i := range o.Viewers {
		fd, came, err := connect(addr, o.Greet, true)
		if err != nil {
			return fmt.Errorf("viewer %d: %w", i, err)
		}
		if err := c.add(fd, greetings[o.Greet].answer, came); err != nil {
			return err
		}
		if i%64 == 0 {
			if err := c.read(0); err != nil {
				return err
			}
		}
	}
	for until := time.Now().Add(joinTimeout); c.joined < o.Viewers; {
		if time.Now().After(until) {
			return fmt.Errorf("%d of %d viewers were taken in", c.joined, o.Viewers)
		}
		if err := c.read(10); err != nil {
			return err
		}
	}
	return nil
}

// add makes a connection a viewer.
func (c *crowd) add(fd int, answer string, came []byte) error {
	v := &viewer{fd: fd, answer: answer}
	if answer == "" {
		c.joined++
	}
	c.viewers[int32(fd)] = v
	c.tally.viewers.Add(1)
	if err := unix.EpollCtl(c.poll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}); err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	if err := v.take(came, c); err != nil {
		c.end(v)
	}
	return nil
}

var (
	events  [512]unix.EpollEvent
	readBuf [256 << 10]byte
)

// read waits for something to read, at most so many milliseconds, and reads
// once from every connection that has it.
func (c *crowd) read(waitMs int) error {
	n, err := unix.EpollWait(c.poll, events[:], waitMs)
	if err != nil && err != unix.EINTR {
		return fmt.Errorf("epoll_wait: %w", err)
	}
	for i := range max(n, 0) {
		v := c.viewers[events[i].Fd]
		if v == nil {
			continue
		}
		got, _, errno := syscall.RawSyscall(syscall.SYS_READ, uintptr(v.fd), uintptr(unsafe.Pointer(&readBuf[0])), uintptr(len(readBuf)))
		if errno == syscall.EAGAIN || errno == syscall.EINTR {
			continue
		}
		c.now = time.Now().UnixMicro()
		if errno != 0 || got == 0 || v.take(readBuf[:got], c) != nil {
			c.end(v)
		}
	}
	return nil
}

// end forgets a connection that has ended. What it had not got is lost, as the
// report finds by what was published.
func (c *crowd) end(v *viewer) {
	if v.ended {
		return
	}
	v.ended = true
	c.ended++
	c.tally.position.Add(-v.at)
	c.tally.viewers.Add(-1)
	_ = unix.Close(v.fd) // nothing is written
}

// saw counts an update of a viewer.
func (c *crowd) saw(v *viewer, seq, accepted int64) {
	if seq <= v.at {
		c.twice++
		return
	}
	c.lost += seq - v.at - 1
	c.tally.position.Add(seq - v.at)
	c.tally.frames.Add(1)
	v.at = seq
	_ = c.delay.RecordValue(max(1, c.now-accepted)) // more than two minutes are not met
}

// jump takes a viewer to where a whole room begins, which stands for all that is
// before it.
func (c *crowd) jump(v *viewer, seq int64) {
	if seq <= v.at {
		return
	}
	c.spared += seq - v.at
	c.tally.position.Add(seq - v.at)
	v.at = seq
}

// report tells what was seen since the last report. Whoever has not got all
// that was published by then has lost it, be it that the connection has ended.
func (c *crowd) report(published int64) seen {
	for fd, v := range c.viewers {
		if missing := published - v.at; missing > 0 {
			c.lost += missing
			v.at = published
			if !v.ended {
				c.tally.position.Add(missing)
			}
		}
		if v.ended {
			delete(c.viewers, fd)
		}
	}
	s := seen{
		Viewers: c.tally.viewers.Load(), Frames: c.delay.TotalCount(), Lost: c.lost, Spared: c.spared, Twice: c.twice, Ended: c.ended,
		P50: c.delay.ValueAtQuantile(50), P99: c.delay.ValueAtQuantile(99), Max: c.delay.Max(),
	}
	c.lost, c.spared, c.twice, c.ended = 0, 0, 0, 0
	c.delay.Reset()
	return s
}
