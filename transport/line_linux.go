//go:build linux && (amd64 || arm64)

package transport

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// notSentLowat bounds what the kernel takes for a peer that does not read.
// With the default, some 3 MB vanish into its buffers before anybody notices.
const notSentLowat = 4096

// descriptorLine reads from and writes straight to the socket without waiting.
type descriptorLine struct {
	raw syscall.RawConn
	do  func(fd uintptr) // bound once, so that a send allocates nothing

	out   []byte
	n     int
	errno syscall.Errno
}

// openDescriptor returns false for connections that are no TCP sockets.
func openDescriptor(conn net.Conn) (line, bool, error) {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil, false, nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil, true, fmt.Errorf("descriptor: %w", err)
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, notSentLowat)
	})
	if err = errors.Join(err, failed); err != nil {
		return nil, true, fmt.Errorf("TCP_NOTSENT_LOWAT: %w", err)
	}
	l := &descriptorLine{raw: raw}
	l.do = l.sendTo
	return l, true, nil
}

// send implements line. Control holds the descriptor, so it cannot be closed
// and given to another connection meanwhile; of a closed one it is an error.
func (l *descriptorLine) send(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	l.out = p
	err := l.raw.Control(l.do)
	l.out = nil
	switch {
	case err != nil:
		return 0, err
	case l.errno == syscall.EAGAIN || l.errno == syscall.EINTR:
		return 0, nil
	case l.errno != 0:
		return 0, l.errno
	}
	return l.n, nil
}

// sendTo is a send(2) that cannot wait, so the scheduler need not know of it.
func (l *descriptorLine) sendTo(fd uintptr) {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_SENDTO, fd,
		uintptr(unsafe.Pointer(&l.out[0])), uintptr(len(l.out)),
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
	l.n, l.errno = int(n), errno
}

// receive implements polledLine.
func (l *descriptorLine) receive(p []byte) (n int, err error) {
	var errno syscall.Errno
	err = l.raw.Control(func(fd uintptr) {
		var got uintptr
		got, _, errno = syscall.RawSyscall6(syscall.SYS_RECVFROM, fd,
			uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), unix.MSG_DONTWAIT, 0, 0)
		n = int(got)
	})
	switch {
	case err != nil:
		return 0, err
	case errno == syscall.EAGAIN || errno == syscall.EINTR:
		return 0, nil
	case errno != 0:
		return 0, errno
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

func (l *descriptorLine) withDescriptor(do func(fd int) error) error {
	var failed error
	err := l.raw.Control(func(fd uintptr) { failed = do(int(fd)) })
	return errors.Join(err, failed)
}

func (l *descriptorLine) close() {}
