// Package shardlogtest starts NATS servers for tests: real ones, each a process
// of its own, so that they can be killed and stopped like machines.
package shardlogtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"gobua/internal/testbinary"
)

// serveEnv names the settings file of a process that is to be a server.
const serveEnv = "GOBUA_TEST_NATS_SERVER"

// settings are what a server process needs to know.
type settings struct {
	Name      string
	Port      int
	RoutePort int // zero: it is alone
	Routes    []string
	Folder    string
	Payload   int32
}

// Serve makes this process a server if it was started as one, and does not return
// then. A TestMain that uses Start calls it first.
func Serve() {
	path := os.Getenv(serveEnv)
	if path == "" {
		return
	}
	if err := serve(path); err != nil {
		fmt.Fprintln(os.Stderr, "shardlogtest:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serve runs until the process that started it lets go of its standard input.
func serve(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var s settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	o := &server.Options{
		ServerName: s.Name, Host: "127.0.0.1", Port: s.Port, NoSigs: true, MaxPayload: s.Payload,
		JetStream: true, StoreDir: s.Folder, SyncAlways: true, JetStreamMaxStore: 1 << 30, JetStreamMaxMemory: 64 << 20,
		PingInterval: 2 * time.Second, MaxPingsOut: 2, LogFile: filepath.Join(s.Folder, "server.log"), Logtime: true,
	}
	if s.RoutePort != 0 {
		o.Cluster = server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: s.RoutePort, PingInterval: 2 * time.Second}
		o.Routes = server.RoutesFromStr(strings.Join(s.Routes, ","))
	}
	srv, err := server.NewServer(o)
	if err != nil {
		return err
	}
	srv.ConfigureLogger()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	srv.Start()
	if !srv.ReadyForConnections(startPatience) {
		return fmt.Errorf("server %s is not ready", s.Name)
	}
	srv.WaitForShutdown()
	return nil
}

// startPatience is for machines that do much else.
const startPatience = 3 * time.Minute

// Cluster is a number of servers, each synced before it acknowledges.
type Cluster struct {
	t       testing.TB
	folder  string
	servers []*process
}

type process struct {
	settings settings
	cmd      *exec.Cmd // nil: it is down
	stdin    io.Closer
	ended    chan struct{}
}

// Start starts n servers and waits until they make streams. They end with the
// test. One server is no cluster; streams with replicas need as many servers.
func Start(t testing.TB, n int) *Cluster {
	t.Helper()
	const tries = 3 // another process may take a port first
	for try := range tries {
		c := &Cluster{t: t, folder: t.TempDir()}
		c.settle(n)
		for i := range c.servers {
			c.start(i)
		}
		err := c.ready()
		if err == nil {
			t.Cleanup(c.end)
			return c
		}
		c.end()
		t.Logf("servers, try %d: %v", try+1, err)
	}
	t.Fatal("the servers do not start")
	return nil
}

// settle gives each server its name, ports and folder.
func (c *Cluster) settle(n int) {
	ports := freePorts(c.t, 2*n)
	var routes []string
	for i := range n {
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", ports[n+i]))
	}
	for i := range n {
		s := settings{Name: fmt.Sprintf("n%d", i), Port: ports[i], Folder: filepath.Join(c.folder, fmt.Sprintf("n%d", i)), Payload: 8 << 20}
		if n > 1 {
			s.RoutePort, s.Routes = ports[n+i], routes
		}
		c.servers = append(c.servers, &process{settings: s})
	}
}

// freePorts finds ports that nobody listens on, below those that the kernel gives
// to connections.
func freePorts(t testing.TB, n int) (ports []int) {
	t.Helper()
	for range 1000 {
		port := 10_000 + rand.IntN(22_000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		defer l.Close()
		if ports = append(ports, port); len(ports) == n {
			return ports
		}
	}
	t.Fatal("no free ports")
	return nil
}

func (c *Cluster) start(i int) {
	c.t.Helper()
	p := c.servers[i]
	if err := os.MkdirAll(p.settings.Folder, 0o700); err != nil {
		c.t.Fatal(err)
	}
	raw, err := json.Marshal(p.settings)
	if err != nil {
		c.t.Fatal(err)
	}
	path := filepath.Join(p.settings.Folder, "settings.json")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		c.t.Fatal(err)
	}
	program, err := testbinary.Plain() // what runs there is not ours, so nobody looks for its races
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), serveEnv+"="+path, "GOCOVERDIR="+c.folder)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	p.cmd, p.stdin, p.ended = cmd, stdin, make(chan struct{})
	go func() {
		defer close(p.ended)
		_ = cmd.Wait() // killed, mostly
	}()
}

// ready waits until a stream with as many replicas as there are servers can be
// made.
func (c *Cluster) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), startPatience)
	defer cancel()
	conn, err := nats.Connect(c.URLs(), append(Options(), nats.RetryOnFailedConnect(true))...)
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	for {
		try, done := context.WithTimeout(ctx, 2*time.Second)
		_, err := js.CreateStream(try, jetstream.StreamConfig{Name: "READY", Replicas: len(c.servers)})
		done()
		if err == nil {
			return js.DeleteStream(ctx, "READY")
		}
		for _, p := range c.servers {
			select {
			case <-p.ended:
				return fmt.Errorf("server %s ended: %w", p.settings.Name, err)
			default:
			}
		}
		if ctx.Err() != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (c *Cluster) end() {
	for i := range c.servers {
		c.Kill(i)
	}
}

// Len is the number of servers, up or down.
func (c *Cluster) Len() int { return len(c.servers) }

// Name is the name of a server, as stream infos have it.
func (c *Cluster) Name(i int) string { return c.servers[i].settings.Name }

// URL is where a server takes connections.
func (c *Cluster) URL(i int) string {
	return fmt.Sprintf("nats://127.0.0.1:%d", c.servers[i].settings.Port)
}

// URLs are all of them, as nats.Connect takes them.
func (c *Cluster) URLs() string {
	urls := make([]string, len(c.servers))
	for i := range urls {
		urls[i] = c.URL(i)
	}
	return strings.Join(urls, ",")
}

// Kill ends a server like a power cut, whatever state it is in.
func (c *Cluster) Kill(i int) {
	p := c.servers[i]
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
	_ = p.stdin.Close()
	p.cmd = nil
}

// Restart starts a server that was killed, with what it has on disk.
func (c *Cluster) Restart(i int) {
	c.t.Helper()
	if c.servers[i].cmd != nil {
		c.t.Fatalf("server %d is up", i)
	}
	c.start(i)
}

// Wipe takes everything from a server that was killed, as a new disk would.
func (c *Cluster) Wipe(i int) {
	c.t.Helper()
	if c.servers[i].cmd != nil {
		c.t.Fatalf("server %d is up", i)
	}
	if err := os.RemoveAll(c.servers[i].settings.Folder); err != nil {
		c.t.Fatal(err)
	}
}

// Damage flips a bit in the middle of what a server that was killed keeps of a
// stream.
func (c *Cluster) Damage(i int, stream string) {
	c.t.Helper()
	blocks, err := filepath.Glob(filepath.Join(c.servers[i].settings.Folder, "jetstream", "*", "streams", stream, "msgs", "*.blk"))
	if err != nil || len(blocks) == 0 || c.servers[i].cmd != nil {
		c.t.Fatalf("server %d keeps nothing of %s, or is up: %v", i, stream, err)
	}
	b, err := os.ReadFile(blocks[0])
	if err != nil || len(b) == 0 {
		c.t.Fatalf("%s: %d bytes, %v", blocks[0], len(b), err)
	}
	b[len(b)/2] ^= 4
	if err := os.WriteFile(blocks[0], b, 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// Stop freezes a server: its connections stay, and nothing is answered. It waits
// until every thread of it stands still.
func (c *Cluster) Stop(i int) {
	c.t.Helper()
	c.signal(i, syscall.SIGSTOP)
	tasks := filepath.Join("/proc", strconv.Itoa(c.servers[i].cmd.Process.Pid), "task", "*", "stat")
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		threads, err := filepath.Glob(tasks)
		if err != nil {
			c.t.Fatal(err)
		}
		still := true
		for _, path := range threads {
			stat, err := os.ReadFile(path) // "pid (name) state ..."
			if err == nil && !strings.Contains(string(stat), ") T ") {
				still = false
			}
		}
		if still {
			return
		}
		if time.Since(began) > startPatience {
			c.t.Fatalf("server %d does not freeze", i)
		}
	}
}

// Cont lets a frozen server go on.
func (c *Cluster) Cont(i int) { c.signal(i, syscall.SIGCONT) }

func (c *Cluster) signal(i int, s os.Signal) {
	c.t.Helper()
	if c.servers[i].cmd == nil {
		c.t.Fatalf("server %d is down", i)
	}
	if err := c.servers[i].cmd.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
}

// Options are those of a node's connection: it comes back by itself, and soon.
func Options() []nats.Option {
	return []nats.Option{
		nats.MaxReconnects(-1), nats.ReconnectWait(100 * time.Millisecond), nats.ReconnectJitter(20*time.Millisecond, 50*time.Millisecond),
		nats.PingInterval(2 * time.Second), nats.MaxPingsOutstanding(2), nats.Timeout(5 * time.Second),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // lines are cut on purpose; the default prints it
	}
}

// Connect connects to a server first, and to another one where that is down. The
// connection ends with the test.
func (c *Cluster) Connect(first int) *nats.Conn {
	c.t.Helper()
	urls := []string{c.URL(first)}
	for i := range c.servers {
		if i != first {
			urls = append(urls, c.URL(i))
		}
	}
	conn, err := nats.Connect(strings.Join(urls, ","), append(Options(), nats.DontRandomize())...)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(conn.Close)
	return conn
}

// Leader is the server that leads a stream. It waits until there is one.
func (c *Cluster) Leader(js jetstream.JetStream, stream string) int {
	c.t.Helper()
	for began := time.Now(); time.Since(began) < startPatience; time.Sleep(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		s, err := js.Stream(ctx, stream)
		cancel()
		if err != nil || s.CachedInfo().Cluster == nil {
			continue
		}
		for i, p := range c.servers {
			if p.settings.Name == s.CachedInfo().Cluster.Leader {
				return i
			}
		}
	}
	c.t.Fatalf("stream %s has no leader", stream)
	return -1
}
