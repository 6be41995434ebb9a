package natsnode_test

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"gobua/internal/natsnode"
	"gobua/internal/natsnode/natsnodetest"
)

func TestThreeServersKeepAMessageOfTheLargestSize(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	js := c.Nodes[0].JetStream()
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "SALES", Subjects: []string{"sales.>"}, Replicas: 3}); err != nil {
		t.Fatal(err)
	}
	batch := make([]byte, 4<<20)
	batch[0] = 7
	ack, err := js.Publish(ctx, "sales.00", batch)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := c.Nodes[1].JetStream().Stream(ctx, "SALES")
	if err != nil {
		t.Fatal(err)
	}
	msg, err := stream.GetMsg(ctx, ack.Sequence)
	if err != nil || len(msg.Data) != len(batch) || msg.Data[0] != 7 {
		t.Fatalf("%v", err)
	}
}

func TestRoutesWithoutTLSAreForLoopback(t *testing.T) {
	for _, o := range []natsnode.Options{
		{ClusterListen: "0.0.0.0:16222", Insecure: true},
		{ClusterListen: "127.0.0.1:16222", Routes: []string{"10.0.0.2:16222"}, Insecure: true},
		{ClusterListen: "127.0.0.1:16222"},
		{ClientListen: "127.0.0.1:16222", Insecure: true},
	} {
		o.Name, o.StoreDir = "n1", t.TempDir()
		if n, err := natsnode.Start(o); err == nil {
			n.Close()
			t.Errorf("%+v was started", o)
		}
	}
}
