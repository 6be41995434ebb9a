package main

import (
	"net"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"gobua/engine"
)

// floor writes finished frames to descriptors, and does nothing else.
type floor struct {
	row bool

	mu  sync.Mutex
	fds []int
}

func serveFloor(l net.Listener) (broadcaster, error) {
	f := &floor{row: withRow()}
	go func() {
		var kept []*net.TCPConn // so that no finalizer closes them
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			tcp := conn.(*net.TCPConn)
			raw, err := tcp.SyscallConn()
			if err != nil {
				continue
			}
			kept = append(kept, tcp)
			_ = raw.Control(func(fd uintptr) {
				f.mu.Lock()
				defer f.mu.Unlock()
				f.fds = append(f.fds, int(fd))
			})
		}
	}()
	return f, nil
}

// publish implements broadcaster. Who takes nothing at once loses the frame;
// who takes a part of it is given up.
func (f *floor) publish(seq engine.FeedSeq, accepted time.Time) {
	frame := frameOf(messageOf(seq, accepted, f.row))
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := 0; i < len(f.fds); i++ {
		n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(f.fds[i]), uintptr(unsafe.Pointer(&frame[0])), uintptr(len(frame)))
		if errno == 0 && int(n) < len(frame) || errno != 0 && errno != syscall.EAGAIN {
			f.cut(i)
			i--
		}
	}
}

// cut gives a viewer up; the caller holds mu.
func (f *floor) cut(i int) {
	_ = syscall.Shutdown(f.fds[i], syscall.SHUT_RDWR) // who has gone already needs none
	f.fds[i] = f.fds[len(f.fds)-1]
	f.fds = f.fds[:len(f.fds)-1]
}

func (f *floor) viewers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.fds)
}
