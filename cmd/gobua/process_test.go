package main

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gobua/internal/testbinary"
	"gobua/internal/visitor"
	"gobua/internal/visitor/visitortest"
	"gobua/store/localpg/localpgtest"
)

// actAsServer makes this test binary be gobua instead.
const actAsServer = "TEST_BINARY_IS_GOBUA"

func TestMain(m *testing.M) {
	if os.Getenv(actAsServer) != "" {
		os.Unsetenv(actAsServer)
		main()
	}
	if options := os.Getenv(actAsLogServer); options != "" {
		os.Exit(runLogServer(options))
	}
	mostlyWaiting()
	status := m.Run()
	testbinary.Forget()
	localpgtest.Forget()
	os.Exit(status)
}

// mostlyWaiting lets more tests run at once than there are processors, unless the
// command line says how many: servers that elect, sessions that run and leases
// that end take time and no processor.
func mostlyWaiting() {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "test.parallel" })
	if !asked {
		if err := flag.Set("test.parallel", "3"); err != nil {
			panic(err) // there is no such flag any more
		}
	}
}

// process is a real gobua that can be killed and started again.
type process struct {
	t     testing.TB
	addr  string
	data  string
	flags []string
	said  visitortest.Spool // what it wrote to its standard error, over all its lives
	lives int
	raced bool // under the race detector
	cmd   *exec.Cmd
}

// newProcess prepares a server with a data folder of its own and, unless a
// flag names another, a private database in it.
func newProcess(t testing.TB, flags ...string) *process {
	t.Helper()
	p := &process{t: t, addr: freeAddress(t), data: filepath.Join(t.TempDir(), "data")}
	p.flags = append([]string{"serve", "--addr", p.addr, "--data", p.data, "--demo", "on", "--demo-bots", "off",
		"--log-level", "warn", "--min-bidding", "1s", "--drain", "3s"}, flags...)
	t.Cleanup(func() {
		p.stop()
		if strings.Contains(p.said.String(), "WARNING: DATA RACE") {
			t.Error("the race detector found something in the server")
		}
		if t.Failed() {
			t.Logf("the server said:\n%s", p.said.String())
		}
	})
	return p
}

// newRaced prepares a server as newProcess does, under the race detector if the
// test is. It takes ten times the processor, so it is for those tests that
// between them touch everything that servers do at once.
func newRaced(t testing.TB, flags ...string) *process {
	t.Helper()
	p := newProcess(t, flags...)
	p.raced = true
	return p
}

// freeAddress is one that nobody listens on now, and that stays free for a
// server while it is started again.
func freeAddress(t testing.TB) string {
	t.Helper()
	return fmt.Sprintf("127.0.0.1:%d", freePort(t))
}

// gobua is the program with some arguments and, besides ours, the given
// environment.
func gobua(env []string, args ...string) *exec.Cmd {
	file, err := testbinary.Plain()
	cmd := gobuaIn(file, env, args...)
	cmd.Err = errors.Join(cmd.Err, err) // shows when it is started
	return cmd
}

// gobuaIn is gobua in another file.
func gobuaIn(file string, env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(file, args...)
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GOBUA_") && !strings.HasPrefix(kv, "DATABASE_URL=") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	cmd.Env = append(append(cmd.Env, env...), actAsServer+"=1")
	cmd.WaitDelay = time.Second // its database may hold the log open
	return cmd
}

// refusal runs the program, which must end by itself, and returns its exit
// status and what it said.
func refusal(t testing.TB, cmd *exec.Cmd) (status int, said string) {
	t.Helper()
	var out visitortest.Spool
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hard := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer hard.Stop()
	_ = cmd.Wait() // its status is looked at next
	return cmd.ProcessState.ExitCode(), out.String()
}

// start runs the server and waits until it takes bids and sign-ins.
func (p *process) start() {
	p.t.Helper()
	p.begin()
	p.awaitReady()
}

// begin runs the server and does not wait.
func (p *process) begin() {
	p.t.Helper()
	if p.lives++; p.lives == 1 && !slices.Contains(p.flags, "--database-url") {
		p.copyDatabase()
	}
	cmd := gobua(nil, p.flags...)
	if p.raced {
		cmd = gobuaIn(os.Args[0], nil, p.flags...)
	}
	cmd.Stderr = &p.said
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.cmd = cmd
}

// copyDatabase gives a server that starts for the first time a private
// database that nobody has used, unless it has one, such as a restored one.
func (p *process) copyDatabase() {
	p.t.Helper()
	folder := filepath.Join(p.data, "postgres")
	if _, err := os.Stat(folder); os.IsNotExist(err) {
		localpgtest.Copy(p.t, folder)
	}
}

func (p *process) awaitReady() {
	p.t.Helper()
	p.eventually("the server is ready", func() bool {
		if p.ended() {
			p.t.Fatalf("the server has ended; it said:\n%s", p.said.String())
		}
		return p.ready()
	})
}

// ended tells whether the server has ended by itself, where the system says so.
func (p *process) ended() bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid)) // "pid (name) state ..."
	return err == nil && strings.Contains(string(stat), ") Z ")
}

// ready is what the server says to a proxy that asks.
func (p *process) ready() bool {
	r, err := http.Get("http://" + p.addr + "/readyz")
	if err != nil {
		return false
	}
	r.Body.Close()
	return r.StatusCode == http.StatusOK
}

// patience bounds every wait for the outside world. Nothing is asserted about how
// long it takes: other tests, and whatever else a machine does, run beside.
const patience = 3 * time.Minute

// eventually waits for a condition of the outside world.
func (p *process) eventually(what string, is func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("waited in vain until %s; the server said:\n%s", what, p.said.String())
		}
	}
}

// kill ends the server the hard way.
func (p *process) kill() {
	if p.cmd != nil {
		_ = p.cmd.Process.Signal(syscall.SIGKILL)
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

// stop ends the server the proper way and returns its exit status.
func (p *process) stop() int {
	if p.cmd == nil {
		return 0
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	hard := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
	defer hard.Stop()
	_ = p.cmd.Wait()
	status := p.cmd.ProcessState.ExitCode()
	p.cmd = nil
	return status
}

// site is the server as its visitors see it.
func (p *process) site() *visitor.Site {
	p.t.Helper()
	site, err := visitor.NewSite("http://" + p.addr)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(site.Close)
	return site
}
