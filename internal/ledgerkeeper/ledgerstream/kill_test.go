package ledgerstream_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"gobua/engine/ledger"
	"gobua/internal/ledgerkeeper"
	"gobua/internal/ledgerkeeper/ledgerstream"
)

// childFolder and childServer make this test binary a node that holds the log and
// writes until it is killed.
const (
	childFolder = "GOBUA_LEDGER_NODE"
	childServer = "GOBUA_LEDGER_SERVER"
)

// writeUntilKilled asks for notes and says each checkpoint that it shows.
func writeUntilKilled(folder, url string) error {
	conn, err := nats.Connect(url)
	if err != nil {
		return err
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	signer, err := ledgerkeeper.LoadSigner(filepath.Join(folder, "keys"), "", origin)
	if err != nil {
		return err
	}
	k, err := ledgerkeeper.Open(ledgerkeeper.Options{
		Dir: filepath.Join(folder, "ledger"), Signer: signer, Chronicle: ledgerstream.New(js), Holds: func() bool { return true },
		Sessions: func() []ledgerkeeper.Session { return nil },
	})
	if err != nil {
		return err
	}
	go k.Run(context.Background())
	for i := 0; ; i++ {
		if _, err := k.AppendNote(context.Background(), "clock", fmt.Sprintf("%s %d", filepath.Base(folder), i)); err != nil {
			return err
		}
		c, err := k.Checkpoint()
		if err != nil {
			return err
		}
		line, err := json.Marshal(c.Note)
		if err != nil {
			return err
		}
		fmt.Println(string(line))
	}
}

// process runs a node in a process of its own, lets it show some checkpoints,
// kills it, and returns them.
func (n *node) process(url string, rounds int) (shown []string) {
	n.t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childFolder+"="+n.folder, childServer+"="+url)
	c.Stderr = &n.said
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		n.t.Error(err)
		return nil
	}
	lines := bufio.NewScanner(out)
	read := func() bool {
		var note string
		ok := lines.Scan()
		if ok && json.Unmarshal(lines.Bytes(), &note) == nil { // the last line may be torn
			shown = append(shown, note)
		}
		return ok
	}
	for range rounds {
		if !read() {
			n.t.Errorf("%s ended by itself: %s", n.name, n.said.String())
			break
		}
	}
	_ = c.Process.Kill()
	for read() {
	}
	_ = c.Wait()
	return shown
}

// TestKilledNodesKeepTheLogsWord: two nodes hold the log, each in a process that
// is killed again and again in the middle of its work, and each thinks that it
// alone does. Whatever either showed is a past of the one log.
func TestKilledNodesKeepTheLogsWord(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	chance := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	s, err := server.NewServer(&server.Options{
		ServerName: "n1", Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, MaxPayload: 5 << 20,
		JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, JetStreamMaxStore: 1 << 30, JetStreamMaxMemory: 64 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(patience) {
		t.Fatal("the server did not come up")
	}
	js := client(t, nats.InProcessServer(s))
	if err := ledgerstream.Create(t.Context(), js, 1); err != nil {
		t.Fatal(err)
	}
	stream := ledgerstream.New(js)
	a, b, c := newNode(t, "a", stream), newNode(t, "b", stream), newNode(t, "c", stream).start()
	shown := make(chan []string)
	const kills = 4
	for _, n := range []*node{a, b} {
		rounds := make([]int, kills)
		for i := range rounds {
			rounds[i] = 1 + chance.IntN(15)
		}
		go func() {
			for _, r := range rounds {
				shown <- n.process(s.ClientURL(), r)
			}
		}()
	}
	var notes []string
	for range 2 * kills {
		notes = append(notes, <-shown...)
	}
	a.start().hold()
	b.start()
	a.note("the end")
	same(t, a, b, c)
	a.keepsItsWord(notes)
	t.Logf("%d checkpoints were shown, the log has %d entries", len(notes), a.size())
}

// keepsItsWord holds the log of a node to every checkpoint that was shown.
func (n *node) keepsItsWord(notes []string) {
	n.t.Helper()
	keys, err := ledger.TrustKeys(n.Keys()...)
	if err != nil {
		n.t.Fatal(err)
	}
	newest, err := n.Checkpoint()
	if err != nil {
		n.t.Fatal(err)
	}
	end, err := keys.Open([]byte(newest.Note))
	if err != nil {
		n.t.Fatal(err)
	}
	for _, note := range notes {
		c, err := keys.Open([]byte(note))
		if err != nil || c.Size > end.Size {
			n.t.Errorf("size %d was shown, %d is there: %v", c.Size, end.Size, err)
			continue
		}
		proof, err := n.Consistency(c.Size, end.Size)
		if err == nil {
			err = ledger.CheckConsistency(c, end, proof.Proof)
		}
		if err != nil {
			n.t.Error(err)
		}
	}
}
