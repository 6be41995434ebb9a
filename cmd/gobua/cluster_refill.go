package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gobua/engine"
	"gobua/engine/journal/shardlog"
	"gobua/engine/ledger"
	"gobua/internal/cluster"
	"gobua/internal/keptstream"
	"gobua/internal/ledgerkeeper"
	"gobua/internal/ledgerkeeper/ledgerstream"
)

// errDamaged says what is to be done about sessions that are damaged.
var errDamaged = errors.New("the log of a cluster is not filled from a journal with damaged sessions, since what is left out cannot be put in later; " +
	"nothing was written. Put back a copy of the folder journal/ that has them whole, or fill from the journal of another node; " +
	"what nobody has whole is taken out by: gobua journal set-aside SESSION")

// readsWhole reads every session of a journal that the log is to be filled from,
// before the other nodes wait for it. The error names all that are damaged, and
// wraps engine.ErrCorrupt then.
func readsWhole(ctx context.Context, source engine.Journal) error {
	ids, err := source.Sessions(ctx)
	if err != nil {
		return err
	}
	var damaged []error
	for _, id := range ids {
		err := source.Replay(ctx, id, 0, func(engine.Entry) error { return nil })
		switch {
		case errors.Is(err, engine.ErrCorrupt):
			damaged = append(damaged, err)
		case err != nil:
			return err
		}
	}
	if len(damaged) > 0 {
		return fmt.Errorf("%d of %d sessions are damaged: %w\n%w", len(damaged), len(ids), errDamaged, errors.Join(damaged...))
	}
	return nil
}

// beginning tells the other nodes that this one starts, and whether it will fill
// the log.
func (n *node) beginning() (*cluster.Beginning, error) {
	set := n.s.set.cluster
	return cluster.Announce(cluster.BeginOptions{
		JS: n.nats.JetStream(), Node: set.name, Fills: set.refill, Nodes: len(set.routes), Log: n.s.log,
	})
}

// begin returns when the log of the cluster has begun: empty, or filled from the
// journal of one node, which is done here if the settings say so. It blocks for as
// long as it is filled, here or elsewhere.
func (n *node) begin(ctx context.Context, b *cluster.Beginning) error {
	if !n.s.set.cluster.refill {
		return b.Await(ctx)
	}
	f, err := b.Fill(ctx, n.s.journal.LastAlive())
	if err != nil {
		return err
	}
	if node, at, done := f.Before(); done {
		n.s.log.Warn("the log was filled before, nothing is done; take --cluster-refill away", "from", node, "at", at.Time())
		return nil
	}
	return n.refill(ctx, f)
}

// refill fills the log from this node's journal.
func (n *node) refill(ctx context.Context, f *cluster.Filling) error {
	n.s.log.Warn("the log is filled from the journal of this node; nobody is served before that is done", "attempt", f.Attempt())
	done, err := shardlog.Refill(ctx, shardlog.Options{
		Conn: n.nats.Conn(), Layout: n.layout, Node: n.s.set.cluster.name, Log: n.s.log,
	}, n.s.journal, filepath.Join(n.s.set.data, "refill"))
	if errors.Is(err, shardlog.ErrOtherLog) {
		err = errors.Join(err, f.Abandon(ctx))
	}
	if err != nil {
		return fmt.Errorf("filling the log: %w", err)
	}
	aside, err := shardlog.PutCursorsAside(n.s.journal.Dir())
	if err != nil {
		return err
	}
	if aside != "" {
		n.s.log.Warn("how far this node had read of an earlier log was put aside", "folder", aside)
	}
	if err := n.freeLedger(ctx); err != nil {
		return err
	}
	var shards []string
	for k := range n.layout.Shards {
		shards = append(shards, shardUnit(k))
	}
	if err := f.Done(ctx, shards, done.Sessions); err != nil {
		return err
	}
	n.s.log.Warn("the log is filled; take --cluster-refill away", "sessions", done.Sessions, "settled", done.Settled, "records written now", done.Records)
	return nil
}

// freeLedger lets the public log of this machine be brought into the new cluster,
// if it is still bound to a stream that is lost. The keeper brings it in after the
// node has joined, so after the sessions that it witnesses. What is wrong with it
// stops no auction; the keeper says so.
func (n *node) freeLedger(ctx context.Context) error {
	dir := filepath.Join(n.s.set.data, "ledger")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	js := n.nats.JetStream()
	if err := ledgerstream.Create(ctx, js, n.layout.Replicas); err != nil {
		return err
	}
	stream, err := keptstream.Find(ctx, js, ledgerstream.Name)
	if err != nil {
		return fmt.Errorf("the stream of the public log: %w", err)
	}
	if stream.State.LastSeq > 0 {
		return nil // it is there, and goes on
	}
	if err := ledgerkeeper.Leave(dir); err != nil && !errors.Is(err, ledger.ErrNotFound) {
		n.s.log.Error("the public log cannot be taken out of its earlier cluster", "err", err)
	}
	return nil
}
