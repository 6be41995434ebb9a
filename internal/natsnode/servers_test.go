package natsnode_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"gobua/internal/keptstream"
	"gobua/internal/natsnode"
	"gobua/internal/natsnode/natsnodetest"
)

// TestAServerIsTakenOutForGood: it counts no more, and the one that had no replica
// gets those that it had, with what was in them.
func TestAServerIsTakenOutForGood(t *testing.T) {
	c := natsnodetest.Start(t, 4)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	asked := c.Nodes[0]
	for i, n := range c.Nodes {
		list, needed := n.Servers()
		if len(list) != 4 || needed != 3 || !slices.ContainsFunc(list, func(s natsnode.Server) bool { return s.Here && s.ID == natsnode.ServerID(c.Options[i].Name) }) {
			t.Fatalf("%s sees %+v, of which %d are needed", c.Options[i].Name, list, needed)
		}
	}
	js := asked.JetStream()
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "SALES", Subjects: []string{"sales.>"}, Replicas: 3}); err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(ctx, "sales.00", []byte("a record")); err != nil {
		t.Fatal(err)
	}
	keepers := func() (names []string) {
		s, err := keptstream.Find(ctx, js, "SALES")
		if err != nil {
			return nil
		}
		info := s.Cluster
		for _, r := range info.Replicas {
			if r.Current {
				names = append(names, r.Name)
			}
		}
		return append(names, info.Leader)
	}
	var had []string
	natsnodetest.Until(t, "three servers keep it", func() bool { had = keepers(); return len(had) == 3 })
	gone := 1
	for !slices.Contains(had, c.Options[gone].Name) {
		gone++
	}
	name := c.Options[gone].Name
	c.Stop(gone)
	natsnodetest.Until(t, "the others are well without it", func() bool { return asked.WaitReady(ctx) == nil && len(keepers()) >= 2 })
	if err := asked.RemoveServer(ctx, "n9"); !errors.Is(err, natsnode.ErrNoServer) {
		t.Errorf("a server that never was: %v", err)
	}
	if err := asked.RemoveServer(ctx, name); err != nil {
		t.Fatal(err)
	}
	natsnodetest.Until(t, "three servers count, of which two are needed", func() bool {
		list, needed := asked.Servers()
		return len(list) == 3 && needed == 2 && !slices.ContainsFunc(list, func(s natsnode.Server) bool { return s.Name == name })
	})
	natsnodetest.Until(t, "three servers keep it again", func() bool {
		names := keepers()
		return len(names) == 3 && !slices.Contains(names, name)
	})
	if err := asked.RemoveServer(ctx, name); !errors.Is(err, natsnode.ErrNoServer) {
		t.Errorf("once more: %v", err)
	}
	s, err := keptstream.Find(ctx, js, "SALES")
	if err != nil || s.State.Msgs != 1 {
		t.Errorf("what was in it: %+v, %v", s, err)
	}
}

// TestNoNodeTakesAServerOutByItself: with the rights of a node nobody can.
func TestNoNodeTakesAServerOutByItself(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	nc := c.Nodes[0].Conn()
	if err := errors.Join(nc.Publish("$JS.API.SERVER.REMOVE", []byte(`{"peer":"n3"}`)), nc.Flush()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	// In the account of the nodes the subject means nothing: the servers stay.
	if err := c.Nodes[1].WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	if list, _ := c.Nodes[1].Servers(); len(list) != 3 {
		t.Errorf("%+v are left", list)
	}
}
