package transport

import (
	"log/slog"
	"net"
	"sync"
	"time"
)

// The pauses between two attempts to take a connection when there is no
// descriptor or no memory for it grow from the first to the last of these.
const (
	firstAcceptPause = 5 * time.Millisecond
	lastAcceptPause  = time.Second
)

// PatientListener takes connections as another listener does, but does not fail
// when the machine has no descriptor left for one: it tries again until it has.
// The server behind it would end, and with it everybody who is in the room.
// Newcomers wait meanwhile in the queue of the kernel.
type PatientListener struct {
	net.Listener
	Log *slog.Logger

	closing sync.Once
	closed  chan struct{}
}

// Patient makes a listener patient; log nil: slog.Default().
func Patient(l net.Listener, log *slog.Logger) *PatientListener {
	if log == nil {
		log = slog.Default()
	}
	return &PatientListener{Listener: l, Log: log, closed: make(chan struct{})}
}

// Accept implements net.Listener. It blocks until there is a connection, or
// until the listener is closed or broken for good, which is the error. It is
// called on the server's goroutine.
func (l *PatientListener) Accept() (net.Conn, error) {
	for pause := firstAcceptPause; ; pause = min(2*pause, lastAcceptPause) {
		conn, err := l.Listener.Accept()
		if err == nil || !passes(err) {
			return conn, err
		}
		if pause == firstAcceptPause {
			l.Log.Error("no connection can be taken for now; those who are connected stay", "err", err)
		}
		select {
		case <-time.After(pause):
		case <-l.closed:
			return nil, net.ErrClosed
		}
	}
}

// Close implements net.Listener, and ends a pause.
func (l *PatientListener) Close() error {
	l.closing.Do(func() { close(l.closed) })
	return l.Listener.Close()
}
