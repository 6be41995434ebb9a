package ledgerkeeper_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"gobua/internal/ledgerkeeper"
	"gobua/internal/ledgerkeeper/ledgerstream"
)

// A node whose store failed goes on from what is on its disk: it misses nothing,
// and what it shows never goes back. The other tests of nodes that share a log
// are in package ledgerstream.
func TestANodeWhoseStoreFailedReadsOn(t *testing.T) {
	s, err := server.NewServer(&server.Options{
		ServerName: "n1", DontListen: true, NoSigs: true, NoLog: true, MaxPayload: 5 << 20,
		JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, JetStreamMaxStore: 1 << 30, JetStreamMaxMemory: 64 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	conn, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err == nil {
		err = ledgerstream.Create(t.Context(), js, 1)
	}
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ledgerkeeper.LoadSigner(t.TempDir(), "", "daugia.example.vn/log")
	if err != nil {
		t.Fatal(err)
	}
	var skip atomic.Int64 // a store that failed is left alone for some seconds
	k, err := ledgerkeeper.Open(ledgerkeeper.Options{
		Dir: t.TempDir(), Signer: signer, Chronicle: ledgerstream.New(js), Holds: func() bool { return true },
		Sessions: func() []ledgerkeeper.Session { return nil },
		Now:      func() time.Time { return time.Now().Add(time.Duration(skip.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); k.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	for want := int64(1); want <= 3; want++ {
		within, cancel := context.WithTimeout(t.Context(), time.Minute)
		index, err := k.AppendNote(within, "clock", "x")
		cancel()
		if err != nil || index != want {
			t.Fatalf("entry %d, want %d: %v", index, want, err)
		}
		k.FailStore()
		skip.Add(int64(time.Minute))
		if c, err := k.Checkpoint(); err != nil || c.Size != want+1 {
			t.Errorf("it shows %d: %v", c.Size, err)
		}
	}
}
