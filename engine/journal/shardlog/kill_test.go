package shardlog_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
	"gobua/engine/journal/shardlog"
	"gobua/engine/journal/shardlog/shardlogtest"
)

// childEnv makes a process a node that appends until it is killed: a server's
// address, and the folder of the mirror.
const childEnv = "GOBUA_TEST_NODE"

const childSessions = 8

// appendUntilKilled is the whole life of such a process. Each acknowledged end of
// a session is a line.
func appendUntilKilled() {
	url, folder, is := strings.Cut(os.Getenv(childEnv), " ")
	if !is {
		return
	}
	check := func(err error) {
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
	}
	conn, err := nats.Connect(url, shardlogtest.Options()...)
	check(err)
	mirror, err := journal.OpenPebble(folder, journal.Options{})
	check(err)
	log, err := shardlog.Open(ctx, shardlog.Options{Conn: conn, Mirror: mirror, Layout: few(1), Node: "child", AuctionOf: byPrefix})
	check(err)
	check(log.Follow(shardlog.Follower{}))
	for shard := range few(1).Shards {
		_, err := log.Claim(ctx, shard)
		check(err)
	}
	for i := range childSessions {
		go func() {
			id := journaltest.SessionID(32 * i)
			head, err := journaltest.Read(log, id)
			for n := 0; err == nil; n++ {
				entries := journaltest.Chain(id, head, 1+n%3)
				if err = log.Append(ctx, id, head, entries); err == nil {
					head = journaltest.End(head, entries)
					fmt.Println("acknowledged", i, head.Seq)
				}
			}
			check(err)
		}()
	}
	select {}
}

// TestANodeThatIsKilledKnowsWhatItHad: the process of a node ends at any moment,
// and its mirror and cursors fit to the log every time.
func TestANodeThatIsKilledKnowsWhatItHad(t *testing.T) {
	cluster := shardlogtest.Start(t, 1)
	fresh(t, cluster.Connect(0), few(1))
	folder := filepath.Join(t.TempDir(), "mirror")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	acknowledged := map[int]engine.Seq{}
	for kill := range 6 {
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), childEnv+"="+cluster.URL(0)+" "+folder)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines, enough := bufio.NewScanner(out), 100+137*kill
		for n := 0; lines.Scan(); n++ {
			var i int
			var seq engine.Seq
			if _, err := fmt.Sscanf(lines.Text(), "acknowledged %d %d", &i, &seq); err != nil {
				t.Errorf("the child says %q", lines.Text())
				break
			}
			acknowledged[i] = seq
			if n == enough {
				_ = cmd.Process.Kill() // and read what it still said
			}
		}
		_ = cmd.Process.Kill() // if it failed
		_ = cmd.Wait()         // it was killed
		if t.Failed() {
			return
		}
		n := newNode(t, cluster.Connect(0), "parent", few(1))
		n.folder = folder
		n.open()
		for i, seq := range acknowledged {
			if head, err := journaltest.Read(n.log, journaltest.SessionID(32*i)); err != nil || head.Seq < seq {
				t.Fatalf("session %d: %d records were acknowledged, %d are there: %v", i, seq, head.Seq, err)
			}
		}
		n.close()
	}
	t.Logf("acknowledged: %v", acknowledged)
}
