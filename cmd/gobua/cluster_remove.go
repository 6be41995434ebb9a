package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gobua/internal/cluster"
	"gobua/internal/durable"
	"gobua/internal/ledgerkeeper/ledgerstream"
	"gobua/internal/natsnode"
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

// A request is a file in a folder of the data folder, and so is its answer.
const (
	removalsName  = "cluster"
	removalPrefix = "remove-"
	answerSuffix  = ".answer"
	removalDone   = "done\n"
)

// Times of a request.
const (
	removalsEvery = 500 * time.Millisecond
	removalWithin = 15 * time.Second
	removalStale  = 5 * time.Minute // then whoever asked is gone
)

// Run has a running node do it, and says what came of it.
func (c *clusterRemoveCmd) Run(ctx context.Context) error {
	if !isNodeName(c.Node) {
		return fmt.Errorf("%q is no name of a node", c.Node)
	}
	if err := asOwner(c.Data); err != nil {
		return err
	}
	asked := filepath.Join(c.Data, removalsName, removalPrefix+c.Node)
	defer func() { _ = errors.Join(os.Remove(asked), os.Remove(asked+answerSuffix)) }() // a node takes away what is left
	err := os.MkdirAll(filepath.Dir(asked), 0o700)
	if err == nil {
		err = durable.WriteFile(asked, nil)
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*removalWithin)
	defer cancel()
	for {
		said, err := os.ReadFile(asked + answerSuffix)
		switch {
		case err == nil && string(said) == removalDone:
			fmt.Printf("node %s is out of the cluster. Where it kept replicas of the log the others make new ones: gobua status says until when.\n", c.Node)
			return nil
		case err == nil:
			return errors.New(string(said))
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		select {
		case <-time.After(removalsEvery / 5):
		case <-ctx.Done():
			return fmt.Errorf("no node that runs with %s has answered: %w", c.Data, ctx.Err())
		}
	}
}

// attendRemovals answers requests until ctx ends.
func (n *node) attendRemovals(ctx context.Context) {
	beat := time.NewTicker(removalsEvery)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
		asks, _ := filepath.Glob(filepath.Join(n.s.set.data, removalsName, removalPrefix+"*")) // the pattern is well formed
		for _, asked := range asks {
			if !strings.HasSuffix(asked, answerSuffix) {
				n.answerRemoval(ctx, asked)
			}
		}
	}
}

func (n *node) answerRemoval(ctx context.Context, asked string) {
	info, err := os.Stat(asked)
	if err != nil {
		return // withdrawn
	}
	if time.Since(info.ModTime()) > removalStale {
		_ = errors.Join(os.Remove(asked), os.Remove(asked+answerSuffix))
		return
	}
	if _, err := os.Stat(asked + answerSuffix); err == nil {
		return
	}
	name := strings.TrimPrefix(filepath.Base(asked), removalPrefix)
	doing, cancel := context.WithTimeout(ctx, removalWithin)
	defer cancel()
	said := removalDone
	err = n.remove(doing, name)
	if err != nil {
		said = err.Error()
	}
	n.s.log.Warn("a node was to be taken out of the cluster", "node", name, "err", err)
	if err := durable.WriteFile(asked+answerSuffix, []byte(said)); err != nil {
		n.s.log.Error("whoever asked to take a node out is not answered", "err", err)
	}
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
