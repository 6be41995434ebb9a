package ledgerstream_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/internal/ledgerkeeper"
	"gobua/internal/ledgerkeeper/ledgerstream"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(childFolder); folder != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(folder, os.Getenv(childServer)))
		os.Exit(3)
	}
	goleak.VerifyTestMain(m)
}

// patience bounds every wait of these tests. Nothing is asserted about how long
// things take.
const patience = time.Minute

const (
	one engine.SessionID = "k7qp2mwx90ab"
	two engine.SessionID = "k7qp2mwx90ac"
)

const origin = "daugia.example.vn/log"

// connect starts one server in this process, with the stream, and connects to it.
func connect(t *testing.T) jetstream.JetStream {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		ServerName: "n1", DontListen: true, NoSigs: true, NoLog: true, MaxPayload: 5 << 20,
		JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, JetStreamMaxStore: 1 << 30, JetStreamMaxMemory: 64 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(patience) {
		t.Fatal("the server did not come up")
	}
	js := client(t, nats.InProcessServer(s))
	if err := ledgerstream.Create(t.Context(), js, 1); err != nil {
		t.Fatal(err)
	}
	return js
}

func client(t *testing.T, o ...nats.Option) jetstream.JetStream {
	t.Helper()
	conn, err := nats.Connect("", append(o, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// node is one node's keeper, which runs. Its folder has the key of all.
type node struct {
	*ledgerkeeper.Keeper
	t      *testing.T
	name   string
	folder string
	o      ledgerkeeper.Options
	holds  atomic.Bool
	said   said
	shown  shownMeter
	stop   func()

	mu       sync.Mutex
	sessions []ledgerkeeper.Session
}

// newNode makes a node that does not run yet.
func newNode(t *testing.T, name string, c ledgerkeeper.Chronicle, change ...func(*ledgerkeeper.Options)) *node {
	t.Helper()
	n := &node{t: t, name: name, folder: t.TempDir()}
	if err := os.MkdirAll(n.keys(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(n.keys(), "ledger-key"), []byte(strings.Repeat("ab", 32)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	n.o = ledgerkeeper.Options{
		Dir: filepath.Join(n.folder, "ledger"), Every: 10 * time.Millisecond, Chronicle: c, Holds: n.holds.Load, Meter: &n.shown,
		Sessions: func() []ledgerkeeper.Session { n.mu.Lock(); defer n.mu.Unlock(); return slices.Clone(n.sessions) },
		Log:      slog.New(slog.NewTextHandler(&n.said, nil)),
	}
	for _, f := range change {
		f(&n.o)
	}
	t.Cleanup(n.end)
	return n
}

func (n *node) keys() string { return filepath.Join(n.folder, "keys") }

func (n *node) tryStart() (err error) {
	if n.o.Signer, err = ledgerkeeper.LoadSigner(n.keys(), "", origin); err != nil {
		return err
	}
	if n.Keeper, err = ledgerkeeper.Open(n.o); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); n.Run(ctx) }()
	n.stop = func() {
		cancel()
		<-done
		if err := n.Close(); err != nil {
			n.t.Error(err)
		}
		n.stop = nil
	}
	return nil
}

// start starts the node as a new process would.
func (n *node) start() *node {
	n.t.Helper()
	if err := n.tryStart(); err != nil {
		n.t.Fatal(err)
	}
	return n
}

func (n *node) hold() *node { n.holds.Store(true); return n }
func (n *node) rest() *node { n.holds.Store(false); return n }

func (n *node) end() {
	if n.stop != nil {
		n.stop()
	}
}

func (n *node) set(s ...ledgerkeeper.Session) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sessions = s
}

// note has a note written and returns its index.
func (n *node) note(text string) int64 {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	index, err := n.AppendNote(ctx, "clock", text)
	if err != nil {
		n.t.Fatalf("%s: %v\n%s", n.name, err, n.said.String())
	}
	return index
}

// eventually waits until something is so.
func (n *node) eventually(what string, f func() bool) {
	n.t.Helper()
	for began := time.Now(); !f(); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > patience {
			n.t.Fatalf("%s: not in time: %s\n%s", n.name, what, n.said.String())
		}
	}
}

// reach waits until the node shows a size.
func (n *node) reach(size int64) {
	n.t.Helper()
	n.eventually(fmt.Sprintf("it shows size %d", size), func() bool { return n.size() >= size })
}

// size is that of what the node shows; zero: it shows nothing.
func (n *node) size() int64 {
	c, err := n.Checkpoint()
	if err != nil && !errors.Is(err, ledger.ErrDown) {
		n.t.Fatal(err)
	}
	return c.Size
}

// all is everything that the node serves, as one text.
func (n *node) all() string {
	n.t.Helper()
	var out strings.Builder
	size := n.size()
	tell := func(what string, v any, err error) {
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			n.t.Fatalf("%s: %s: %v", n.name, what, err)
		}
		fmt.Fprintf(&out, "%s: %+v\n", what, v)
	}
	checkpoints, err := n.Checkpoints(0, 100_000)
	tell("checkpoints", checkpoints, err)
	for level := -1; level < 3; level++ {
		width := size >> (8 * max(level, 0))
		for from := int64(0); from < width; from += 256 {
			tile := tlog.Tile{H: 8, L: level, N: from / 256, W: int(min(256, width-from))}
			data, err := n.Tile(tile)
			tell(ledger.TilePath(tile), string(data), err)
		}
	}
	for _, c := range checkpoints {
		stamp, err := n.Timestamp(c.Size)
		tell("stamp", string(stamp), err)
	}
	for _, id := range []engine.SessionID{one, two} {
		entries, err := n.SessionEntries(id, 0, 100_000)
		tell("session", describe(entries), err)
		proof, err := n.EndProof(id)
		tell("end", proof, err)
	}
	return out.String()
}

func describe(entries []ledger.SessionEntry) (out []string) {
	for _, e := range entries {
		out = append(out, fmt.Sprint(e.Index, e.Entry, e.Opening != nil))
		if e.Opening != nil {
			out = append(out, fmt.Sprint(*e.Opening))
		}
	}
	return out
}

// same fails the test if nodes serve anything different.
func same(t *testing.T, nodes ...*node) {
	t.Helper()
	size := int64(1)
	for _, n := range nodes {
		size = max(size, n.size())
	}
	for _, n := range nodes {
		n.reach(size)
	}
	want := nodes[0].all()
	for _, n := range nodes[1:] {
		if got := n.all(); got != want {
			t.Errorf("%s serves another log than %s:\n%s\n---\n%s", n.name, nodes[0].name, got, want)
		}
	}
}

func head(seq engine.Seq) engine.Head { return engine.Head{Seq: seq, Hash: engine.Hash{byte(seq), 1}} }

func session(id engine.SessionID, seq engine.Seq, phase engine.Phase) ledgerkeeper.Session {
	return ledgerkeeper.Session{ID: id, Head: head(seq), Phase: phase}
}

// copied is a copy of a folder.
func copied(t *testing.T, folder string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	return to
}

func remove(t *testing.T, folder string) {
	t.Helper()
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
}

// alone opens the node's folder as the one machine would that has no cluster,
// lets it write, and closes it.
func (n *node) alone(f func(k *ledgerkeeper.Keeper, signer *ledgerkeeper.Signer)) error {
	n.t.Helper()
	o := n.o
	o.Chronicle, o.Holds = nil, nil
	var err error
	if o.Signer, err = ledgerkeeper.LoadSigner(n.keys(), "", origin); err != nil {
		return err
	}
	k, err := ledgerkeeper.Open(o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); k.Run(ctx) }()
	f(k, o.Signer)
	cancel()
	<-done
	return k.Close()
}

// give copies a file of the keys to another node.
func (n *node) give(file string, to *node) {
	n.t.Helper()
	raw, err := os.ReadFile(filepath.Join(n.keys(), file))
	if err == nil {
		err = os.WriteFile(filepath.Join(to.keys(), file), raw, 0o600)
	}
	if err != nil {
		n.t.Fatal(err)
	}
}

// gate is a chronicle that can be held up just before an append.
type gate struct {
	ledgerkeeper.Chronicle
	before func([]byte) // nil: open
	mu     sync.Mutex
}

func (g *gate) set(f func([]byte)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.before = f
}

func (g *gate) Append(ctx context.Context, after uint64, rounds []byte) (uint64, error) {
	g.mu.Lock()
	before := g.before
	g.mu.Unlock()
	if before != nil {
		before(rounds)
	}
	return g.Chronicle.Append(ctx, after, rounds)
}

// said is what was logged.
type said struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *said) has(text string) bool { return strings.Contains(s.String(), text) }

// shownMeter counts what was shown.
type shownMeter struct {
	mu    sync.Mutex
	sizes []int64
}

func (m *shownMeter) Written(int, time.Duration, error) {}
func (m *shownMeter) Published(size int64, _ engine.Instant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sizes = append(m.sizes, size)
}

func (m *shownMeter) all() []int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.sizes)
}

func (m *shownMeter) Contradicted()  {}
func (m *shownMeter) Cosigned()      {}
func (m *shownMeter) Stamped(error)  {}
func (m *shownMeter) Exported(error) {}
