// Package localpg runs a private PostgreSQL under a folder, from the binaries
// on the machine, for a first run that needs no preparation. It listens where
// only this machine can reach it, asks for a password that only this user can
// read, runs as somebody without privileges if the program is root, is started
// again when it dies, and ends with the program however the program ends.
package localpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lib/pq"
)

// How long things may take, and how they are repeated.
const (
	startTimeout = 60 * time.Second // crash recovery of a small database is far faster
	fastTimeout  = 20 * time.Second // to stop: sessions are cut, a checkpoint is written
	quitTimeout  = 5 * time.Second  // to stop at once, leaving recovery to the next start
	restartFirst = 50 * time.Millisecond
	restartLast  = 5 * time.Second
	calmAfter    = time.Minute // a server that ran this long is started again at once
	portTries    = 5
	pollEvery    = 20 * time.Millisecond
)

// Server is a running private PostgreSQL. Its methods may be called from any
// goroutine.
type Server struct {
	dir  *folder
	bin  binaries
	addr address
	log  *slog.Logger
	tail *tail

	stop     chan struct{} // closed by Stop
	stopOnce sync.Once
	done     chan struct{} // closed when the process is gone for good
	exits    chan error    // ends of the process, while somebody listens

	mu  sync.Mutex
	pid int // of the postmaster, zero while there is none
}

// Start brings up the private PostgreSQL of a folder, which it makes if it is
// not there, and returns how to connect to its database. It blocks for about
// two seconds the first time and a fraction of one later; ctx and a minute
// bound it. The folder belongs to one program at a time: a second one is
// refused. An error says in one line what is missing.
func Start(ctx context.Context, dir string, log *slog.Logger) (*Server, string, error) {
	if log == nil {
		log = slog.Default()
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	began := time.Now()
	f, err := openFolder(dir)
	if err != nil {
		return nil, "", err
	}
	s, dsn, err := start(ctx, f, log)
	if err != nil {
		f.close()
		return nil, "", err
	}
	log.Info("private postgres is running", "dir", f.path, "version", s.bin.version, "user", f.user,
		"took", time.Since(began).Round(time.Millisecond))
	return s, dsn, nil
}

func start(ctx context.Context, f *folder, log *slog.Logger) (*Server, string, error) {
	bin, err := findBinaries(f.dataVersion())
	if err != nil {
		return nil, "", err
	}
	secret, err := f.secret()
	if err != nil {
		return nil, "", err
	}
	if err := stopOrphans(ctx, f.data(), log); err != nil {
		return nil, "", err
	}
	if f.dataVersion() == "" {
		if err := f.initialise(ctx, bin, secret); err != nil {
			return nil, "", err
		}
	}
	for try := 1; ; try++ {
		s := &Server{
			dir: f, bin: bin, log: log, tail: &tail{log: log},
			stop: make(chan struct{}), done: make(chan struct{}), exits: make(chan error, 1),
		}
		if s.addr, err = chooseAddress(f.data()); err != nil {
			return nil, "", err
		}
		go s.supervise()
		if err = s.waitReady(ctx, secret); err == nil {
			return s, s.addr.dsn(appRole, appDatabase, secret), nil
		}
		s.halt()
		if s.addr.port == 0 || try == portTries || !s.tail.mentions("could not bind") {
			return nil, "", err
		}
	}
}

// waitReady returns when the server takes connections and has the program's
// database, or when its process has ended.
func (s *Server) waitReady(ctx context.Context, secret []byte) error {
	for {
		err := ensureDatabase(ctx, s.addr, secret)
		if err == nil {
			return nil
		}
		if e, ok := errors.AsType[*pq.Error](err); ok && strings.HasPrefix(string(e.Code), "28") {
			return fmt.Errorf("its data and %s do not belong together: %w", secretName, err)
		}
		select {
		case end := <-s.exits:
			return fmt.Errorf("it ended while starting (%w): %s", end, s.tail.last())
		case <-ctx.Done():
			return fmt.Errorf("it did not get ready in time (%w): %s", err, s.tail.last())
		case <-time.After(pollEvery):
		}
	}
}

// AdminDSN is how the administrator of the server connects, who may do
// everything there. The program never does; tests and people who repair do.
func (s *Server) AdminDSN() (string, error) {
	secret, err := s.dir.secret()
	if err != nil {
		return "", err
	}
	return s.addr.dsn(adminRole, "postgres", secret), nil
}

// Pid returns the process id of the server, or zero while it is being started
// again.
func (s *Server) Pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pid
}

// Stop ends the server and waits for it: cleanly if it can, by force after
// half a minute. Connections are cut. Calling it again only waits.
func (s *Server) Stop() {
	s.halt()
	s.dir.close()
}

// halt ends the server and leaves the folder locked.
func (s *Server) halt() {
	s.stopOnce.Do(func() { close(s.stop) })
	<-s.done
}

// supervise keeps the server running until Stop. It has an OS thread to
// itself, and never gives it back: the kernel tells the child that its parent
// has died when the thread dies that made it.
func (s *Server) supervise() {
	runtime.LockOSThread()
	defer close(s.done)
	pause := restartFirst
	for {
		began := time.Now()
		err := s.runOnce()
		if err == nil {
			return // stopped
		}
		select {
		case s.exits <- err:
		default:
		}
		if time.Since(began) > calmAfter {
			pause = restartFirst
		}
		s.log.Error("private postgres has ended, starting it again", "err", err, "in", pause, "last", s.tail.last())
		select {
		case <-time.After(pause):
		case <-s.stop:
			return
		}
		pause = min(2*pause, restartLast)
		ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
		if err := stopOrphans(ctx, s.dir.data(), s.log); err != nil {
			s.log.Error("private postgres has left processes behind", "err", err)
		}
		cancel()
	}
}

var errStopped = errors.New("somebody else has stopped it")

// runOnce runs the server until it ends, which is an error, or until Stop,
// which is none.
func (s *Server) runOnce() error {
	cmd := s.command()
	if err := cmd.Start(); err != nil {
		return err
	}
	s.setPid(cmd.Process.Pid)
	defer s.setPid(0)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err == nil {
			err = errStopped
		}
		return err
	case <-s.stop:
	}
	for _, step := range []struct {
		signal  syscall.Signal
		timeout time.Duration
	}{{syscall.SIGINT, fastTimeout}, {syscall.SIGQUIT, quitTimeout}, {syscall.SIGKILL, quitTimeout}} {
		_ = cmd.Process.Signal(step.signal) // it may have ended already
		select {
		case <-ended:
			return nil
		case <-time.After(step.timeout):
			s.log.Warn("private postgres does not stop", "signal", step.signal.String(), "after", step.timeout)
		}
	}
	return nil
}

func (s *Server) setPid(pid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pid = pid
}

// outlive makes servers outlive a killed program, as they do where the kernel
// has nothing for it. Only a test sets it.
var outlive bool

// command is the server's process. Its settings keep it small; durability
// stays as PostgreSQL ships it.
func (s *Server) command() *exec.Cmd {
	args := []string{"-D", filepath.Join(s.dir.seen(), dataName)}
	for _, setting := range append(s.addr.settings(),
		"cluster_name=gobua",
		"unix_socket_permissions=0700",
		"password_encryption=scram-sha-256",
		"max_connections=50",
		"shared_buffers=64MB",
		"max_wal_senders=0",
		"max_parallel_workers_per_gather=0", // they need /dev/shm, which containers keep small
		"jit=off",
		"logging_collector=off",
		"log_destination=stderr",
		"log_line_prefix=",
		"log_min_messages=log", // a refused statement is the program's to report
		"lc_messages=C",
	) {
		args = append(args, "-c", setting)
	}
	cmd := s.dir.command(s.bin.path("postgres"), args...)
	cmd.Stderr = s.tail
	cmd.WaitDelay = time.Second    // backends of a killed server may hold the pipe a moment longer
	cmd.SysProcAttr.Setpgid = true // Ctrl-C in a terminal is for the program, which stops the server last
	if !outlive {
		dieWithParent(cmd.SysProcAttr, syscall.SIGINT)
	}
	return cmd
}

// environment is what the server and its tools see: no PG* setting or locale
// of the caller.
func environment() []string {
	env := []string{"LC_ALL=C"}
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "PG") || strings.HasPrefix(name, "LC_") || name == "LANG" || name == "LANGUAGE" {
			continue
		}
		env = append(env, kv)
	}
	return env
}
