//go:build linux

package load

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// crowd reads many lines on one goroutine: with one each, tens of thousands of
// readers would take the processors from the server that is measured. Lines
// that are no bare sockets, as those with TLS, have a goroutine each.
type crowd struct {
	poll    int
	ended   chan struct{} // run has returned
	readers sync.WaitGroup

	mu       sync.Mutex
	lines    map[int32]*line // by descriptor
	alone    []*line         // with a goroutine each
	stopping bool
}

const (
	crowdBatch = 256
	// crowdRead is how much is read of one line at a time.
	crowdRead = 256 << 10
	// crowdWait is how soon a crowd notices that it shall stop.
	crowdWait = 50 * time.Millisecond
)

// newCrowd makes a crowd and begins to read. leave ends that.
func newCrowd() (*crowd, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	c := &crowd{poll: fd, ended: make(chan struct{}), lines: map[int32]*line{}}
	go c.run()
	return c, nil
}

// join has a line read from now on, unless the crowd is leaving.
func (c *crowd) join(l *line) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopping {
		l.hangUp()
		return net.ErrClosed
	}
	tcp, ok := l.conn.(*net.TCPConn)
	if !ok {
		c.alone = append(c.alone, l)
		c.readers.Go(func() { l.lost(l.readOn()) })
		return nil
	}
	fd, err := takeOut(tcp)
	if err != nil {
		return fmt.Errorf("take the descriptor of a line: %w", err)
	}
	l.mu.Lock()
	l.fd = fd
	l.mu.Unlock()
	c.lines[int32(fd)] = l
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP, Fd: int32(fd)}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(c.poll, unix.EPOLL_CTL_ADD, fd, &event))
}

// takeOut takes a connection away from the runtime, which would look at every
// arrival a second time. It stays non-blocking.
func takeOut(tcp *net.TCPConn) (fd int, err error) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	err = raw.Control(func(old uintptr) { fd, failed = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 3) })
	if err = errors.Join(err, failed); err != nil {
		return 0, err
	}
	return fd, tcp.Close() // the duplicate keeps the connection open
}

func (c *crowd) run() {
	defer close(c.ended)
	events := make([]unix.EpollEvent, crowdBatch)
	buf := make([]byte, crowdRead)
	ready := make([]*line, 0, crowdBatch)
	for {
		n, err := unix.EpollWait(c.poll, events, int(crowdWait.Milliseconds()))
		if err != nil && err != unix.EINTR {
			panic("epoll_wait: " + err.Error()) // its arguments are ours
		}
		ready = ready[:0]
		c.mu.Lock()
		stopping := c.stopping
		for _, e := range events[:max(n, 0)] {
			if l := c.lines[e.Fd]; l != nil {
				ready = append(ready, l)
			}
		}
		c.mu.Unlock()
		if stopping {
			return
		}
		for _, l := range ready {
			if err := l.receive(buf); err != nil {
				c.drop(l)
				l.lost(err)
			}
		}
	}
}

// receive takes once what has come. Nobody else closes the descriptor.
func (l *line) receive(buf []byte) error {
	n, err := unix.Read(l.fd, buf)
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
		return nil
	case err != nil:
		return os.NewSyscallError("read", err)
	case n == 0:
		return io.EOF
	}
	return l.take(buf[:n], time.Now())
}

// drop closes a line.
func (c *crowd) drop(l *line) {
	c.mu.Lock()
	delete(c.lines, int32(l.fd))
	c.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		l.over = true
		_ = unix.Close(l.fd) // which takes it out of the poll as well
	}
}

// leave hangs up all lines and returns when nothing is read any more.
func (c *crowd) leave() {
	c.mu.Lock()
	c.stopping = true
	alone := c.alone
	c.mu.Unlock()
	<-c.ended
	for _, l := range alone {
		l.hangUp()
	}
	c.readers.Wait()
	c.mu.Lock()
	lines := c.lines
	c.lines = nil
	c.mu.Unlock()
	for _, l := range lines {
		c.drop(l)
	}
	_ = unix.Close(c.poll)
}

// writeTo writes all of p to a descriptor that does not block, within a time.
func writeTo(fd int, p []byte, within time.Duration) error {
	for end := time.Now().Add(within); ; {
		n, err := unix.Write(fd, p)
		if n > 0 {
			p = p[n:]
		}
		switch {
		case len(p) == 0:
			return nil
		case err == nil || err == syscall.EINTR:
			continue
		case err != unix.EAGAIN:
			return os.NewSyscallError("write", err)
		case time.Now().After(end):
			return os.ErrDeadlineExceeded
		}
		_, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, int(crowdWait.Milliseconds())) // the write tells
	}
}

// pauseUntil returns at a moment, to some 60 µs: the runtime's timers wait for
// whole milliseconds.
func pauseUntil(at time.Time) {
	for left := time.Until(at); left > 0; left = time.Until(at) {
		span := unix.NsecToTimespec(left.Nanoseconds())
		_ = unix.Nanosleep(&span, nil) // a signal ends it early
	}
}
