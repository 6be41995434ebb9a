package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gobua/internal/cluster"
	"gobua/internal/ledgerkeeper/ledgerstream"
	"gobua/internal/natsnode"
	"gobua/internal/request"
)

// clusterCmd is gobua cluster.
type clusterCmd struct {
	Remove clusterRemoveCmd `cmd:"" help:"Take a node that is stopped, or lost, out of the cluster for good."`
}

// clusterRemoveCmd is gobua cluster remove. It asks the running server of a data
// folder, as gobua backup does: whoever may write there may do anything with it.
type clusterRemoveCmd struct {
	Node string `arg:"" name:"node" help:"Name of the node, as --cluster gave it."`
	Data string `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Data folder of another node, which runs on this machine."`
}

// removals are requests to take a node out. Its name is what is asked.
var removals = request.Kind{Name: "cluster", Within: 30 * time.Second, Kept: 5 * time.Minute}

// removalWithin is how long a node tries to take another one out.
const removalWithin = 15 * time.Second

// Run has a running node do it, and says what came of it.
func (c *clusterRemoveCmd) Run(ctx context.Context) error {
	if !isNodeName(c.Node) {
		return fmt.Errorf("%q is no name of a node", c.Node)
	}
	if err := asOwner(c.Data); err != nil {
		return err
	}
	asked, err := removals.New(c.Data)
	defer func() { _ = asked.Withdraw() }() // a node takes away what is left
	if err != nil {
		return err
	}
	err = asked.Ask(ctx, c.Node)
	if errors.Is(err, request.ErrNoAnswer) {
		return fmt.Errorf("no node that runs with %s has answered: %w", c.Data, err)
	}
	if err != nil {
		return err
	}
	fmt.Printf("node %s is out of the cluster. Where it kept replicas of the log the others make new ones: gobua status says until when.\n", c.Node)
	return nil
}

// attendRemovals answers requests until ctx ends.
func (n *node) attendRemovals(ctx context.Context) {
	removals.Attend(ctx, n.s.set.data, n.s.log, func(ctx context.Context, _, name string) error {
		if !isNodeName(name) {
			return fmt.Errorf("%q is no name of a node", name)
		}
		ctx, cancel := context.WithTimeout(ctx, removalWithin)
		defer cancel()
		err := n.remove(ctx, name)
		n.s.log.Warn("a node was to be taken out of the cluster", "node", name, "err", err)
		return err
	})
}

// remove takes a node out of the cluster for good: its server does not count any
// more, what it kept of the log gets replicas elsewhere, and nobody waits for it.
// It changes nothing where that would leave less than the log needs, or something
// at that node alone. Done twice, the second does what the first left.
func (n *node) remove(ctx context.Context, name string) error {
	for _, m := range n.member.Members() {
		if m.Node == name && m.Live {
			return fmt.Errorf("node %s lives; stop it first, and ask another one", name)
		}
	}
	counted := false
	servers, _ := n.nats.Servers()
	for _, s := range servers {
		counted = counted || s.ID == natsnode.ServerID(name)
	}
	if counted {
		if err := n.mayRemoveServer(ctx, name, servers); err != nil {
			return err
		}
		if err := n.nats.RemoveServer(ctx, name); err != nil && !errors.Is(err, natsnode.ErrNoServer) {
			return err
		}
	}
	err := n.member.Forget(ctx, name)
	if errors.Is(err, cluster.ErrNotKnown) && counted {
		return nil // it took itself off the list when it was stopped
	}
	return err
}

// mayRemoveServer refuses to make the log smaller than it may be, and to do without
// a server that has something which others still lack.
func (n *node) mayRemoveServer(ctx context.Context, name string, servers []natsnode.Server) error {
	for _, s := range servers {
		switch self := s.ID == natsnode.ServerID(name); {
		case self && s.Here:
			return fmt.Errorf("the server of node %s is still there; stop it, or wait a few seconds", name)
		case !self && !s.Here:
			return fmt.Errorf("another server of the log, %s, is away too; bring it back first", s.Name)
		}
	}
	if others := len(servers) - 1; others < n.layout.Replicas {
		return fmt.Errorf("that would leave %d servers for the log, which needs %d: add a node first", others, n.layout.Replicas)
	}
	streams := n.lookForLeaders(ctx)
	for _, stream := range n.streamsWithLeaders() {
		k, seen := streams[stream]
		if !seen && stream == ledgerstream.Name {
			continue // a public log that is out of order stops nothing
		}
		if !seen || k.leader == "" {
			return fmt.Errorf("%s of the log has no leader at the moment; try again", stream)
		}
		_, lacking := k.inOrder()
		lacking = slices.DeleteFunc(lacking, func(s string) bool {
			return s == name || strings.Contains(s, natsnode.ServerID(name)) // which is all that is known of it after a restart
		})
		if len(lacking) > 0 {
			return fmt.Errorf("%s of the log is not whole yet at %v; wait until gobua status says nothing of it", stream, lacking)
		}
	}
	return nil
}
