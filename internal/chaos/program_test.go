package chaos_test

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"gobua/internal/visitor"
	"gobua/internal/visitor/visitortest"
	"gobua/store/localpg/localpgtest"
)

// file is the built program; TestMain makes it.
var file string

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func runAll(m *testing.M) int {
	defer localpgtest.Forget()
	folder, err := os.MkdirTemp("", "chaos")
	if err == nil {
		defer os.RemoveAll(folder)
		file, err = builtProgram(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "test.parallel" })
	if !asked { // most of the time everybody waits
		if err := flag.Set("test.parallel", "4"); err != nil {
			panic(err) // there is no such flag any more
		}
	}
	return m.Run()
}

// builtProgram is one that the caller names, who may not have the tools to build
// it where the tests run; otherwise it is built into a folder.
func builtProgram(folder string) (string, error) {
	if named := os.Getenv("GOBUA_TESTED_PROGRAM"); named != "" {
		return named, nil
	}
	built := filepath.Join(folder, "gobua")
	if said, err := exec.Command("go", "build", "-o", built, "gobua/cmd/gobua").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build gobua: %w\n%s", err, said)
	}
	return built, nil
}

// program is the real gobua, started again a moment after it ended, as systemd
// does it, until it is told to rest.
type program struct {
	t     *testing.T
	addr  string
	data  string
	flags []string
	said  visitortest.Spool // over all its lives
	// descriptorLimit is how many files and sockets it may have; 0: as many as we.
	descriptorLimit int
	within          []string // a command that runs it in its place, such as a network of its own

	mu     sync.Mutex
	cmd    *exec.Cmd     // nil while there is none
	ended  chan struct{} // closed when cmd has ended
	wanted bool
	status int // of its last end
	starts atomic.Int64
	over   chan struct{} // closed when nobody starts it again
}

// restartPause is that of ops/systemd/gobua.service.
const restartPause = time.Second

// newProgram prepares a program on a data folder.
func newProgram(t *testing.T, data string, flags ...string) *program {
	t.Helper()
	p := &program{t: t, addr: freeAddress(t), data: data}
	p.flags = append([]string{"serve", "--data", data, "--demo", "on", "--demo-bots", "off",
		"--log-level", "warn", "--min-bidding", "1s", "--drain", "2s", "--requests-per-second", "1000"}, flags...)
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("the program said:\n%s", p.said.String())
		}
	})
	return p
}

// freeAddress is one on which nobody listens, below those that the kernel gives
// to connections: it stays free while a program is started again.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(22_000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no address is free")
	return ""
}

// start runs the program, again and again, and waits until it is ready.
func (p *program) start() {
	p.t.Helper()
	p.begin()
	p.eventually("the program is ready", func() bool { return strings.HasPrefix(p.readyz(), "200") })
}

// begin runs the program, again and again, and does not wait.
func (p *program) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted, p.over = true, make(chan struct{})
	go p.supervise(p.over)
}

func (p *program) supervise(over chan struct{}) {
	defer close(over)
	for {
		p.mu.Lock()
		if !p.wanted {
			p.mu.Unlock()
			return
		}
		cmd := gobua(append(p.flags, "--addr", p.addr)...)
		if p.descriptorLimit > 0 {
			cmd.Args = append([]string{"sh", "-c", fmt.Sprintf(`ulimit -n %d; exec "$0" "$@"`, p.descriptorLimit), file}, cmd.Args[1:]...)
			cmd.Path = "/bin/sh"
		}
		if len(p.within) > 0 {
			cmd.Args = slices.Concat(p.within, []string{file}, cmd.Args[1:])
			cmd.Path, cmd.Err = exec.LookPath(p.within[0])
		}
		cmd.Stderr = &p.said
		err := cmd.Start()
		ended := make(chan struct{})
		if err == nil {
			p.cmd, p.ended = cmd, ended
			p.starts.Add(1)
		}
		p.mu.Unlock()
		if err != nil {
			fmt.Fprintf(&p.said, "it cannot be started: %v\n", err)
		} else {
			_ = cmd.Wait() // its status is kept
			p.mu.Lock()
			p.cmd, p.status = nil, cmd.ProcessState.ExitCode()
			p.mu.Unlock()
			close(ended)
		}
		for waited := time.Duration(0); waited < restartPause && p.isWanted(); waited += 50 * time.Millisecond {
			time.Sleep(50 * time.Millisecond)
		}
	}
}

func (p *program) isWanted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.wanted
}

// gobua is the program with some arguments and no settings of ours.
func gobua(args ...string) *exec.Cmd {
	cmd := exec.Command(file, args...)
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GOBUA_") && !strings.HasPrefix(kv, "DATABASE_URL=") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	cmd.WaitDelay = time.Second // its database may hold the log open
	return cmd
}

// command runs the program once and returns its status and what it said.
func command(t *testing.T, args ...string) (status int, said string) {
	t.Helper()
	cmd := gobua(args...)
	var out visitortest.Spool
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hard := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer hard.Stop()
	_ = cmd.Wait() // its status is returned
	return cmd.ProcessState.ExitCode(), out.String()
}

// pid is the running program's; zero while there is none.
func (p *program) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// signal sends one to the program, which must run.
func (p *program) signal(s syscall.Signal) {
	p.t.Helper()
	if err := syscall.Kill(p.pid(), s); err != nil {
		p.t.Fatal(err)
	}
}

// kill ends the program the hard way, for good.
func (p *program) kill() { p.rest(syscall.SIGKILL) }

// stop ends the program the proper way, for good, and returns its status.
func (p *program) stop() int {
	p.rest(syscall.SIGTERM)
	return p.status
}

func (p *program) rest(signal syscall.Signal) {
	p.mu.Lock()
	over, ended := p.over, p.ended
	p.wanted = false
	if p.cmd != nil {
		_ = p.cmd.Process.Signal(syscall.SIGCONT)
		_ = p.cmd.Process.Signal(signal)
		hard := time.AfterFunc(40*time.Second, func() { _ = p.cmd.Process.Kill() })
		defer hard.Stop()
		p.mu.Unlock()
		<-ended
	} else {
		p.mu.Unlock()
	}
	if over != nil {
		<-over
	}
}

// readyz is the program's word on itself, with the status first; empty while
// it does not answer.
func (p *program) readyz() string {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get("http://" + p.addr + "/readyz")
	if err != nil {
		return ""
	}
	defer r.Body.Close()
	text, _ := io.ReadAll(r.Body) // what was read is looked at
	return fmt.Sprint(r.StatusCode, " ", string(text))
}

// metric is a number of the program; false: it does not tell.
func (p *program) metric(name string) (value float64, ok bool) {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get("http://" + p.addr + "/metrics")
	if err != nil {
		return 0, false
	}
	defer r.Body.Close()
	text, _ := io.ReadAll(r.Body) // as in readyz
	for line := range strings.Lines(string(text)) {
		if n, err := fmt.Sscanf(line, name+" %g", &value); n == 1 && err == nil {
			return value, true
		}
	}
	return 0, false
}

// eventually waits for a condition of the outside world.
func (p *program) eventually(what string, is func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(90 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// site is the program as its visitors see it, at its own address or at another
// that leads there.
func site(t *testing.T, addr string) *visitor.Site {
	t.Helper()
	s, err := visitor.NewSite("http://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}
