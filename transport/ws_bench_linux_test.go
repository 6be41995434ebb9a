package transport

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"golang.org/x/sys/unix"

	"gobua/engine"
)

// BenchmarkBroadcast measures what it costs to bring updates to viewers over
// loopback sockets that another process really reads. One op is one update.
//
// "alone" publishes the next update when everybody has the last: one system
// call for each viewer and update, the floor without joining. "together"
// publishes sixteen at once, as a busy room does: what waits is joined.
//
// cpu-ns/frame is the processor time of this whole process, kernel included,
// for each frame delivered to one viewer; it is the number to trust on a
// machine that others use too. B/viewer is heap and stack of an idle viewer in
// this process, RSS-B/viewer what the process holds more of the machine's
// memory, without the kernel's own. ns/op includes the pause between two sweeps.
func BenchmarkBroadcast(b *testing.B) {
	for _, viewers := range []int{1000, 10_000} {
		for name, joined := range map[string]int{"alone": 1, "together": 16} {
			b.Run(fmt.Sprintf("viewers=%d/%s", viewers, name), func(b *testing.B) {
				benchmarkBroadcast(b, viewers, joined)
			})
		}
	}
}

func benchmarkBroadcast(b *testing.B, viewers, joined int) {
	l := goLive(b, func(o *liveOptions) {
		o.gateway.Limits = GatewayLimits{Total: 2 * viewers, PerAddress: 2 * viewers}
		o.hub.times = usualTimes
		o.hub.times.quiet, o.hub.times.quietNearEnd = time.Hour, time.Hour // only updates are counted
		o.hub.times.stall = time.Hour                                      // nobody is lost, however busy the machine
	})
	empty, emptyRSS := memory(), resident(b)
	crowd := startCrowd(b, l.url, viewers)
	perViewer, rssPerViewer := float64(memory()-empty)/float64(viewers), float64(resident(b)-emptyRSS)/float64(viewers)
	b.ResetTimer()
	before, sent := processorTime(b), l.framesSent(b)
	for i := 0; i < b.N; i += joined {
		for range min(joined, b.N-i) {
			l.bid(firstSession, "M-101", 1000)
		}
		want := sent + float64(min(i+joined, b.N))*float64(viewers)
		eventually(b, "everybody has it", func() bool { return l.framesSent(b) >= want })
	}
	b.StopTimer()
	frames := float64(b.N) * float64(viewers)
	b.ReportMetric(float64(processorTime(b)-before)/frames, "cpu-ns/frame")
	b.ReportMetric(perViewer, "B/viewer")
	b.ReportMetric(rssPerViewer, "RSS-B/viewer")
	b.ReportMetric(frames/b.Elapsed().Seconds(), "frames/s")
	crowd.leave(b)
}

// framesSent reads the counter of delivered public frames.
func (l *live) framesSent(b *testing.B) float64 {
	var m dto.Metric
	if err := l.hub.metrics.frames.Write(&m); err != nil {
		b.Fatal(err)
	}
	return m.GetCounter().GetValue()
}

// memory is what heap and stacks hold after a collection.
func memory() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// resident is the memory of the machine that this process holds, after it has
// given back what it can.
func resident(b *testing.B) int {
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		b.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// processorTime is what this process has used, user and system.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// crowd is a process full of viewers: this test binary, run again.
type crowd struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

const crowdVariable = "GOBUA_TEST_CROWD" // "address viewers"

// startCrowd returns when every viewer has got its first room.
func startCrowd(b *testing.B, addr string, viewers int) *crowd {
	c := &crowd{cmd: exec.Command(os.Args[0], "-test.run=^TestCrowd$")}
	c.cmd.Env = append(os.Environ(), crowdVariable+"="+addr+" "+strconv.Itoa(viewers))
	c.cmd.Stderr = os.Stderr
	in, err := c.cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	c.in, c.out = in, bufio.NewReader(out)
	b.Cleanup(func() { _ = c.cmd.Process.Kill(); _ = c.cmd.Wait() })
	if line, err := c.out.ReadString('\n'); line != "ready\n" {
		b.Fatalf("the crowd says %q, %v", line, err)
	}
	return c
}

// leave ends the crowd.
func (c *crowd) leave(b *testing.B) {
	if err := c.in.Close(); err != nil {
		b.Fatal(err)
	}
	line, err := c.out.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	b.Log("the crowd read", strings.TrimSpace(line), "bytes")
}

// TestCrowd is the crowd's side; it does nothing unless it is asked to.
func TestCrowd(t *testing.T) {
	addr, count, asked := strings.Cut(os.Getenv(crowdVariable), " ")
	if !asked {
		return
	}
	viewers, err := strconv.Atoi(count)
	if err != nil {
		t.Fatal(err)
	}
	poll, err := unix.EpollCreate1(0)
	if err != nil {
		t.Fatal(err)
	}
	l := &live{t: t, url: addr}
	for range viewers {
		conn := l.handshake("")
		sub := clientFrame(0x81, `{"op":"sub","id":1,"session":"`+string(firstSession)+`"}`)
		if _, err := conn.Write(sub); err != nil {
			t.Fatal(err)
		}
		raw, err := conn.(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		err = raw.Control(func(fd uintptr) {
			err = unix.EpollCtl(poll, unix.EPOLL_CTL_ADD, int(fd), &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	leave := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until the other side closes it
		close(leave)
	}()
	fmt.Println(readAll(t, poll, viewers, leave))
}

// readAll reads from all sockets until told to leave, and says when each has
// got something.
func readAll(t *testing.T, poll, viewers int, leave chan struct{}) (bytes int) {
	greeted := map[int32]bool{}
	events := make([]unix.EpollEvent, 512)
	buf := make([]byte, 64<<10)
	for {
		select {
		case <-leave:
			return bytes
		default:
		}
		n, err := unix.EpollWait(poll, events, 10)
		if err != nil && err != unix.EINTR {
			t.Fatal(err)
		}
		for i := range max(n, 0) {
			got, err := unix.Read(int(events[i].Fd), buf)
			if err != nil && err != unix.EAGAIN {
				t.Fatal(err)
			}
			bytes += max(got, 0)
			if len(greeted) < viewers && !greeted[events[i].Fd] {
				greeted[events[i].Fd] = true
				if len(greeted) == viewers {
					fmt.Println("ready")
				}
			}
		}
	}
}

// BenchmarkBidToReceipt is one bidder's way over a socket and back, without
// journal and rules: what the transport adds to a bid.
func BenchmarkBidToReceipt(b *testing.B) {
	l := goLive(b)
	l.submit = func(id engine.SessionID, c engine.Command, answer func(engine.Receipt, error)) bool {
		answer(engine.Receipt{Cmd: c.ID, Act: c.Do.ActName(), Accepted: true}, nil)
		return true
	}
	p := l.signIn("staff", engine.RoleAuctioneer)
	frame := []byte(`{"op":"act","id":1,"session":"` + string(firstSession) + `","cmd":"` + newCmd() + `","act":"open"}`)
	l.askAgainAndAgain(b, p, frame)
}

// BenchmarkPingToPong is the way of the pings by which a page keeps its clock,
// every few seconds: what an idle viewer costs besides memory.
func BenchmarkPingToPong(b *testing.B) {
	l := goLive(b)
	p := l.dial()
	p.send("ping", "ct", 1)
	p.want("pong")
	l.askAgainAndAgain(b, p, []byte(`{"op":"ping","id":1,"ct":1}`))
}

// askAgainAndAgain waits for each answer. cpu-ns/op is of both ends.
func (l *live) askAgainAndAgain(b *testing.B, p *page, frame []byte) {
	l.clients()[0].pace.SetLimit(1e9)
	l.clients()[0].pace.SetBurst(1e9)
	before := processorTime(b)
	for b.Loop() {
		if err := p.conn.WriteMessage(1, frame); err != nil {
			b.Fatal(err)
		}
		if _, _, err := p.conn.ReadMessage(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
}
