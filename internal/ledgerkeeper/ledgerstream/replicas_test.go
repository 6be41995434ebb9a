package ledgerstream_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"gobua/internal/keptstream"
	"gobua/internal/ledgerkeeper"
	"gobua/internal/ledgerkeeper/ledgerstream"
	"gobua/internal/natsnode/natsnodetest"
)

// three starts three servers in this process that replicate the stream, each
// with a client of its own.
func three(t *testing.T) (servers []*server.Server, clients []jetstream.JetStream) {
	t.Helper()
	ports := natsnodetest.FreePorts(t, 3)
	routes := fmt.Sprintf("nats://127.0.0.1:%d,nats://127.0.0.1:%d,nats://127.0.0.1:%d", ports[0], ports[1], ports[2])
	for i, port := range ports {
		s, err := server.NewServer(&server.Options{
			ServerName: fmt.Sprint("n", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, MaxPayload: 5 << 20,
			JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, JetStreamMaxStore: 1 << 30, JetStreamMaxMemory: 64 << 20,
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: port}, Routes: server.RoutesFromStr(routes),
		})
		if err != nil {
			t.Fatal(err)
		}
		go s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		servers = append(servers, s)
	}
	for _, s := range servers {
		if !s.ReadyForConnections(patience) {
			t.Fatal("a server did not come up")
		}
		clients = append(clients, client(t, nats.InProcessServer(s)))
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := ledgerstream.Create(ctx, clients[0], 3); err != nil {
		t.Fatal(err)
	}
	return servers, clients
}

// Three machines, each with a server and a node. The one that holds the log and
// leads the stream goes away; another one goes on where the last checkpoint was.
func TestAMachineGoesAwayAndTheLogGoesOn(t *testing.T) {
	servers, clients := three(t)
	var nodes []*node
	for i, js := range clients {
		nodes = append(nodes, newNode(t, servers[i].Name(), ledgerstream.New(js)).start())
	}
	s, err := keptstream.Find(t.Context(), clients[0], ledgerstream.Name)
	if err != nil {
		t.Fatal(err)
	}
	leader := s.Cluster.Leader
	var gone int
	for i := range servers {
		if servers[i].Name() == leader {
			gone = i
		}
	}
	left := []*node{nodes[(gone+1)%3], nodes[(gone+2)%3]}
	nodes[gone].hold()
	for i := range 5 {
		nodes[i%3].note(fmt.Sprint("before ", i))
	}
	same(t, nodes...)
	before := left[0].entries()
	servers[gone].Shutdown()
	servers[gone].WaitForShutdown()
	left[0].hold()
	left[1].note("after")
	same(t, left...)
	if got := left[0].entries(); len(got) != len(before)+1 || strings.Join(got[:len(before)], "") != strings.Join(before, "") {
		t.Errorf("%d entries after %d: %q", len(got), len(before), got)
	}
	for _, n := range left {
		n.end()
	}
	stream := ledgerstream.New(clients[(gone+1)%3])
	last := lastRound(t, stream)
	seq, err := stream.Append(t.Context(), last, []byte("one more"))
	if err != nil {
		t.Fatal(err)
	}
	other := ledgerstream.New(clients[(gone+2)%3])
	if again, err := other.Append(t.Context(), last, []byte("one more")); err != nil || again != seq {
		t.Errorf("the same append, without its answer, is message %d and not %d: %v", again, seq, err)
	}
	if seq, err := other.Append(t.Context(), last, []byte("another")); !errors.Is(err, ledgerkeeper.ErrFenced) {
		t.Errorf("a stale append is message %d: %v", seq, err)
	}
}

// The same append twice is one message, also behind others; another one under
// the same number is refused.
func TestAnAppendIsTakenOnce(t *testing.T) {
	stream := ledgerstream.New(connect(t))
	put := func(after uint64, data string) (uint64, error) {
		return stream.Append(t.Context(), after, []byte(data))
	}
	first, err := put(0, "one")
	if err != nil || first != 1 {
		t.Fatalf("%d: %v", first, err)
	}
	if words, err := stream.Add(t.Context(), []byte("words")); err != nil || words != 2 {
		t.Errorf("%d: %v", words, err)
	}
	if seq, err := put(1, "two"); err != nil || seq != 3 {
		t.Errorf("%d: %v", seq, err)
	}
	if seq, err := put(0, "one"); seq != 1 && !errors.Is(err, ledgerkeeper.ErrFenced) { // one server looks at the number first
		t.Errorf("the first one again is %d: %v", seq, err)
	}
	if end, err := stream.End(t.Context()); err != nil || end != 3 {
		t.Errorf("%d messages: %v", end, err)
	}
	for _, after := range []uint64{0, 1, 2} {
		if seq, err := put(after, "another"); !errors.Is(err, ledgerkeeper.ErrFenced) {
			t.Errorf("after %d: %d, %v", after, seq, err)
		}
	}
	var got []string
	stop := errors.New("stop")
	err = stream.Follow(t.Context(), 1, func(m ledgerkeeper.Message) error {
		got = append(got, fmt.Sprintf("%d %v %s", m.Seq, m.Rounds, m.Data))
		if m.Seq == 3 {
			return stop
		}
		return nil
	})
	if want := "2 false words|3 true two"; !errors.Is(err, stop) || strings.Join(got, "|") != want {
		t.Errorf("%q, want %s: %v", got, want, err)
	}
}

// lastRound is the number of the last message of rounds. A reader whose server
// is late reads on, as a node does.
func lastRound(t *testing.T, stream *ledgerstream.Stream) (last uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	end, err := stream.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	for read := uint64(0); ; {
		err = stream.Follow(ctx, read, func(m ledgerkeeper.Message) error {
			if m.Rounds {
				last = m.Seq
			}
			if read = m.Seq; read == end {
				return stop
			}
			return nil
		})
		if errors.Is(err, stop) {
			return last
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
}
