package cluster_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gobua/engine"
	"gobua/internal/cluster"
	"gobua/internal/natsnode"
	"gobua/internal/natsnode/natsnodetest"
)

// childEnv carries the options of the server of a process that is killed or
// stopped by a test.
const childEnv = "GOBUA_TEST_CLUSTER_CHILD"

func TestMain(m *testing.M) {
	if options := os.Getenv(childEnv); options != "" {
		if err := runChild(options); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// childOptions are what a process needs to know of natsnode.Options.
type childOptions struct {
	Name, StoreDir, ClusterListen string
	Routes                        []string
}

// told is a line of a child.
type told struct {
	Unit  string         `json:"unit"`
	What  string         `json:"what"`
	Since engine.Instant `json:"since"`
}

const (
	wokeServing = "woke, and still believes to serve"
	woke        = "woke"
)

// teller writes lines to the parent.
type teller struct{ mu sync.Mutex }

func (t *teller) tell(l told) {
	line, err := json.Marshal(l)
	if err != nil {
		panic(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Println(string(line))
}

// runChild is a server and a member until the parent closes its input.
func runChild(options string) error {
	var c childOptions
	if err := json.Unmarshal([]byte(options), &c); err != nil {
		return err
	}
	o := natsnode.Options{Name: c.Name, StoreDir: c.StoreDir, ClusterListen: c.ClusterListen, Routes: c.Routes, Insecure: true}
	o.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	n, err := natsnode.Start(o)
	if err != nil {
		return err
	}
	defer n.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var out teller
	m, err := cluster.Join(ctx, cluster.Options{
		JS: n.JetStream(), Node: o.Name, Units: unitNames(), Steady: machine.Steady, Log: o.Log,
		PaidUntil: func() engine.Instant { return 4000 },
		Take: func(_ context.Context, unit string, since engine.Instant) error {
			out.tell(told{unit, takeBegins, since})
			out.tell(told{unit, takeEnds, since})
			return nil
		},
		Give: func(_ context.Context, unit string) error {
			out.tell(told{unit, giveBegins, 0})
			out.tell(told{unit, giveEnds, 0})
			return nil
		},
	})
	if err != nil {
		return err
	}
	go noticeSleep(m, &out)
	_, _ = os.Stdin.Read(make([]byte, 1))
	m.Close()
	return nil
}

// leastSleep is longer than a member believes in its lease.
const leastSleep = 2 * time.Second

// noticeSleep asks, the moment it wakes up, whether the member believes to serve
// what others have had since.
func noticeSleep(m *cluster.Member, out *teller) {
	for before := m.Steady(); ; {
		time.Sleep(time.Millisecond)
		after := m.Steady()
		if after-before > leastSleep {
			what := woke
			for _, u := range unitNames() {
				if m.Mine(u) {
					what = wokeServing
				}
			}
			out.tell(told{What: what})
		}
		before = after
	}
}

// child is such a process, seen from the test.
type child struct {
	cmd   *exec.Cmd
	wokeN atomic.Int64
	bad   atomic.Int64
}

func startChild(t *testing.T, o natsnode.Options, b *book) *child {
	t.Helper()
	name := o.Name
	options, err := json.Marshal(childOptions{o.Name, o.StoreDir, o.ClusterListen, o.Routes})
	if err != nil {
		t.Fatal(err)
	}
	ch := &child{cmd: exec.Command(os.Args[0])}
	ch.cmd.Env = append(os.Environ(), childEnv+"="+string(options))
	stdin, err := ch.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := ch.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := ch.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			var l told
			if json.Unmarshal(lines.Bytes(), &l) != nil {
				continue
			}
			switch l.What {
			case woke:
				ch.wokeN.Add(1)
			case wokeServing:
				ch.wokeN.Add(1)
				ch.bad.Add(1)
			default:
				b.add(note{node: name, unit: l.Unit, what: l.What, since: l.Since})
			}
		}
	}()
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = ch.cmd.Process.Kill()
		<-read
		_ = ch.cmd.Wait()
	})
	return ch
}

func (ch *child) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := ch.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// losses notes how this test's members found out about others.
type losses struct {
	mu  sync.Mutex
	why map[string]bool
}

func (l *losses) note(node, why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.why[node+" "+why] = true
}

func (l *losses) has(what string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why[what]
}

// twoAndAProcess starts a cluster of which n3 is a process of its own.
func twoAndAProcess(t *testing.T) (desks []*desk, ch *child, seen *losses, b *book) {
	t.Helper()
	c := natsnodetest.StartSome(t, 3, 2)
	b, seen = newBook(), &losses{why: map[string]bool{}}
	ch = startChild(t, c.Options[2], b)
	for i, n := range []string{"n1", "n2"} {
		desks = append(desks, join(t, c.Nodes[i].JetStream(), n, b, func(o *cluster.Options, _ *desk) { o.Hooks.NodeLost = seen.note }))
	}
	placed(t, []string{"n1", "n2", "n3"}, desks...)
	return desks, ch, seen, b
}

// leadKeys has a server lead the stream of the keys, and waits until everything
// is in its place after that.
func leadKeys(t *testing.T, desks []*desk, name string) {
	t.Helper()
	until(t, name+" leads the keys", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		kv, err := desks[0].js.Stream(ctx, "KV_gobua")
		if err != nil {
			return false
		}
		if kv.CachedInfo().Cluster.Leader == name {
			return true
		}
		_, _ = desks[0].js.Conn().Request("$JS.API.STREAM.LEADER.STEPDOWN.KV_gobua", []byte(`{"placement":{"preferred":"`+name+`"}}`), time.Second)
		return false
	})
	placed(t, []string{"n1", "n2", "n3"}, desks...)
}

func TestAProcessThatIsKilledIsFoundOutByNobodyResponding(t *testing.T) {
	desks, ch, seen, b := twoAndAProcess(t)
	leadKeys(t, desks, "n1")
	before := len(b.all())
	ch.signal(t, syscall.SIGKILL)
	placed(t, []string{"n1", "n2"}, desks...)
	if !seen.has("n3 gone") {
		t.Error("nobody has noticed that nobody responds")
	}
	// On a busy machine n1 and n2 may give up and take again what is their own.
	was, first := share("n3", []string{"n1", "n2", "n3"}), map[string]bool{}
	for _, n := range b.all()[before:] {
		if n.what != takeBegins || !slices.Contains(was, n.unit) {
			continue
		}
		if !first[n.unit] && n.since != 4000 {
			t.Errorf("%s was served until 4000 and taken with %d", n.unit, n.since)
		}
		first[n.unit] = true
	}
}

func TestAProcessThatIsStoppedLosesItsLeaseAndKnowsItWhenItWakes(t *testing.T) {
	desks, ch, seen, b := twoAndAProcess(t)
	leadKeys(t, desks, "n1")
	ch.signal(t, syscall.SIGSTOP)
	stopped := machine.Steady()
	placed(t, []string{"n1", "n2"}, desks...)
	if !seen.has("n3 dead") {
		t.Error("nobody has noticed that its lease ran out")
	}
	until(t, "n3 has slept so long that it can tell", func() bool { return machine.Steady()-stopped > 2*leastSleep })
	before := len(b.all())
	ch.signal(t, syscall.SIGCONT)
	until(t, "n3 has woken", func() bool { return ch.wokeN.Load() > 0 })
	if ch.bad.Load() > 0 {
		t.Error("n3 has woken and believed to serve what others have")
	}
	placed(t, []string{"n1", "n2", "n3"}, desks...)
	given := map[string]bool{}
	for _, n := range b.all()[before:] {
		if n.node != "n3" {
			continue
		}
		if n.what == takeBegins && !given[n.unit] {
			t.Errorf("n3 takes %s before it has given it up", n.unit)
		}
		given[n.unit] = given[n.unit] || n.what == giveEnds
	}
}

// TestWhenTheLeaderOfTheKeysIsKilledNobodyElseLosesAnything: for some seconds
// nobody can renew or claim. Who hears most of the nodes goes on meanwhile.
func TestWhenTheLeaderOfTheKeysIsKilledNobodyElseLosesAnything(t *testing.T) {
	desks, ch, seen, b := twoAndAProcess(t)
	leadKeys(t, desks, "n3")
	before := len(b.all())
	ch.signal(t, syscall.SIGKILL)
	three, two := cluster.Place(unitNames(), []string{"n1", "n2", "n3"}), cluster.Place(unitNames(), []string{"n1", "n2"})
	placed(t, []string{"n1", "n2"}, desks...)
	if seen.has("n1 dead") || seen.has("n2 dead") {
		t.Error("who could not renew either has taken another for dead")
	}
	for _, n := range b.all()[before:] {
		if three[n.unit] == two[n.unit] {
			t.Errorf("%s: %s of %s, which stays", n.node, n.what, n.unit)
		}
	}
}
