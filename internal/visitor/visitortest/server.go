// Package visitortest runs the real server as a process of its own, for tests
// that look at it from outside.
package visitortest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gobua/internal/demo"
	"gobua/internal/visitor"
)

// Admin is the administrator of a test server.
const Admin = "quantri"

// Password is Admin's.
const Password = demo.Password

// startTimeout is how long a server may take to open: on a busy machine the
// first one makes a database.
const startTimeout = time.Minute

// stopTimeout is longer than a server takes to say goodbye.
const stopTimeout = 20 * time.Second

// program builds gobua once for all tests of a process.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "gobua-test")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "gobua")
	out, err := exec.Command("go", "build", "-o", file, "gobua/cmd/gobua").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build gobua: %w\n%s", err, out)
	}
	return file, nil
})

// Run is for TestMain: it runs the tests, looks for goroutines they left
// behind, and removes the program they built.
func Run(m *testing.M) int {
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if file, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(file)) // a folder left in the temporary one harms nobody
	}
	return code
}

// Server is a gobua that can be killed and started again.
type Server struct {
	t       *testing.T
	flags   []string
	address string // host:port
	cmd     *exec.Cmd
}

// Start opens a server with the demo's accounts and its own data folder. It is
// stopped at the end of the test.
func Start(t *testing.T, flags ...string) *Server {
	t.Helper()
	s := &Server{t: t, address: "127.0.0.1:0"}
	s.flags = append([]string{"serve", "--data", filepath.Join(t.TempDir(), "data"), "--demo", "on", "--demo-bots", "off",
		"--log-level", "warn", "--drain", "1s", "--requests-per-second", "1000", "--max-clients-per-address", "1000"}, flags...)
	t.Cleanup(s.stop)
	s.Start()
	return s
}

// Start runs the server, at the same address if it ran before, and returns when
// it answers.
func (s *Server) Start() {
	s.t.Helper()
	file, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(file, append(s.flags, "--addr", s.address)...)
	cmd.Env = environ()
	cmd.Stderr = testLog{s.t}
	cmd.WaitDelay = time.Second // its database may hold the log open
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd = cmd
	opened := make(chan string, 1)
	go listen(out, opened)
	select {
	case port := <-opened:
		s.address = net.JoinHostPort("127.0.0.1", port)
	case <-time.After(startTimeout):
		s.t.Fatal("the server did not say that it is open")
	}
}

// listen finds the port in what the server greets with, and reads on so that
// the server can write.
func listen(out io.Reader, opened chan<- string) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		_, address, ok := strings.Cut(lines.Text(), " is open at ")
		if !ok {
			continue
		}
		if u, err := url.Parse(strings.TrimSpace(address)); err == nil && len(opened) == 0 {
			opened <- u.Port()
			break
		}
	}
	_, _ = io.Copy(io.Discard, out) // ends with the server
}

// environ is ours without settings of the server.
func environ() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GOBUA_") && !strings.HasPrefix(kv, "DATABASE_URL=") {
			env = append(env, kv)
		}
	}
	return env
}

// Kill ends the server the hard way, if it runs.
func (s *Server) Kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(syscall.SIGKILL) // it may have ended by itself
		_ = s.cmd.Wait()                          // says that it was killed
		s.cmd = nil
	}
}

// stop ends the server the proper way, so that its database ends with it.
func (s *Server) stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // as in Kill
	hard := time.AfterFunc(stopTimeout, func() { _ = s.cmd.Process.Kill() })
	defer hard.Stop()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Address is where the server answers: http://127.0.0.1:port.
func (s *Server) Address() string { return "http://" + s.address }

// Site is the server as its visitors see it.
func (s *Server) Site() *visitor.Site {
	s.t.Helper()
	site, err := visitor.NewSite(s.Address())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(site.Close)
	return site
}

// testLog shows what the server logs in the test that started it.
type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Logf("server: %s", strings.TrimSpace(string(p)))
	return len(p), nil
}
