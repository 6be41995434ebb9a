//go:build linux && (amd64 || arm64)

package transport

import (
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// epollBatch is how many connections are found to be readable at once.
const epollBatch = 128

// epoll is a poller. Its descriptor stands itself in the runtime's poller, so
// that no thread waits in it: with one processor, a blocking epoll_wait keeps
// everything else from running.
type epoll struct {
	file *os.File
	raw  syscall.RawConn
	fd   int // not to be used once closed

	mu      sync.Mutex
	clients map[uint64]*client // by serial, which is never used twice, as a descriptor is
	closed  bool
}

func openPoller() (poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil { // it never blocks, but this is what NewFile looks at
		_ = unix.Close(fd)
		return nil, fmt.Errorf("epoll: %w", err)
	}
	file := os.NewFile(uintptr(fd), "epoll")
	raw, err := file.SyscallConn()
	if err == nil {
		err = file.SetReadDeadline(time.Time{}) // an error if the runtime cannot wait for it
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("epoll: %w", err)
	}
	return &epoll{file: file, raw: raw, fd: fd, clients: map[uint64]*client{}}, nil
}

// run implements poller.
func (p *epoll) run() {
	events := make([]unix.EpollEvent, epollBatch)
	visited := make([]*client, 0, epollBatch)
	buf := visitBuffers.Get().(*visitBuffer)
	for {
		n := 0
		err := p.raw.Read(func(fd uintptr) (done bool) {
			var err error
			n, err = unix.EpollWait(int(fd), events, 0)
			return n > 0 || err != nil // EINTR: once more
		})
		if err != nil {
			return // closed
		}
		visited = p.find(visited[:0], events[:max(n, 0)])
		for _, c := range visited {
			if c.visit(buf) {
				buf = visitBuffers.Get().(*visitBuffer)
			}
		}
		clear(visited)
	}
}

// find appends the clients of events. Who has ended meanwhile is not there any
// more, whoever has got the descriptor.
func (p *epoll) find(list []*client, events []unix.EpollEvent) []*client {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range events {
		if c := p.clients[serialOf(&events[i])]; c != nil {
			list = append(list, c)
		}
	}
	return list
}

func (p *epoll) add(c *client) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.control(c, unix.EPOLL_CTL_ADD, 0); err != nil {
		return err
	}
	p.clients[c.serial] = c
	return nil
}

// arm tells of what is there already, too.
func (p *epoll) arm(c *client) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.control(c, unix.EPOLL_CTL_MOD, unix.EPOLLIN)
}

func (p *epoll) forget(c *client) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.clients, c.serial)
	_ = p.control(c, unix.EPOLL_CTL_DEL, 0) // one that is closed has left by itself
}

// control changes what is watched; the caller holds mu.
func (p *epoll) control(c *client, op int, events uint32) error {
	if p.closed {
		return errGone
	}
	return c.polled.withDescriptor(func(fd int) error {
		event := unix.EpollEvent{Events: events | unix.EPOLLONESHOT}
		setSerial(&event, c.serial)
		if err := unix.EpollCtl(p.fd, op, fd, &event); err != nil {
			return fmt.Errorf("epoll_ctl: %w", err)
		}
		return nil
	})
}

func (p *epoll) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	_ = p.file.Close() // nothing was written to it
}

// The kernel keeps eight bytes for us with every descriptor.
func setSerial(e *unix.EpollEvent, serial uint64) { e.Fd, e.Pad = int32(serial), int32(serial>>32) }

func serialOf(e *unix.EpollEvent) uint64 { return uint64(uint32(e.Fd)) | uint64(uint32(e.Pad))<<32 }
