//go:build unix

package transport

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
)

// usedUp is a listener without descriptors for so many attempts.
type usedUp struct {
	net.Listener
	fails []error
}

func (u *usedUp) Accept() (net.Conn, error) {
	if len(u.fails) > 0 {
		err := u.fails[0]
		u.fails = u.fails[1:]
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", err)}
	}
	near, _ := net.Pipe()
	return near, nil
}

func (u *usedUp) Close() error { return nil }

func TestAListenerIsPatientWhenDescriptorsAreUsedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, no := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM} {
			l := Patient(&usedUp{fails: []error{no, no, no, no, no, no, no, no, no, no, no, no}}, slog.New(slog.DiscardHandler))
			conn, err := l.Accept()
			if err != nil {
				t.Fatalf("%v ends it: %v", no, err)
			}
			conn.Close()
		}
	})
}

func TestAListenerThatIsBrokenSaysSo(t *testing.T) {
	l := Patient(&usedUp{fails: []error{syscall.EINVAL}}, slog.New(slog.DiscardHandler))
	if _, err := l.Accept(); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a broken listener says %v", err)
	}
}

func TestAPatientListenerCanBeClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fails []error
		for range 1000 {
			fails = append(fails, syscall.EMFILE)
		}
		l := Patient(&usedUp{fails: fails}, slog.New(slog.DiscardHandler))
		ended := make(chan error)
		go func() { _, err := l.Accept(); ended <- err }()
		synctest.Wait()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Error(fmt.Sprint("it ended with ", err))
		}
	})
}
