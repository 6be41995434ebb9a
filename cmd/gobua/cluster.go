package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"gobua/engine"
	"gobua/engine/actor"
	"gobua/engine/journal/shardlog"
	"gobua/internal/cluster"
	"gobua/internal/keptstream"
	"gobua/internal/natsnode"
	"gobua/internal/relay"
)

// node is this process as one of several: its part of the log, and what it
// decides. docs/adr/0030-many-machines.md says how they work together.
type node struct {
	s        *server
	layout   shardlog.Layout
	nats     *natsnode.Node
	holder   *natsnode.Holder // nil: without TLS
	requests *nats.Conn       // of their own, so that many of them hold up no renewal
	log      *shardlog.Log
	registry *actor.Registry
	relay    *relay.Relay
	member   *cluster.Member
	shards   []*shard
	meter    *clusterMeter
	begun    string      // names this life of the log, the same on every node
	joined   atomic.Bool // registry and member are there
	alone    spell       // this node is cut off

	elsewhere elsewhere
	leaders   leaders

	life       context.Context // ends with the process's part in the cluster
	end        context.CancelFunc
	background sync.WaitGroup
}

// clusterPatience is how long a node waits at its start for most of the others.
const clusterPatience = 10 * time.Minute

// openCluster joins the log and reads it to its end. It blocks until most of the
// nodes are there, without whom nothing can be decided anywhere, and while the log
// is filled from a journal.
func (s *server) openCluster(ctx context.Context) (err error) {
	set := s.set.cluster
	n := &node{s: s, meter: newClusterMeter(s.metrics), shards: make([]*shard, s.layout().Shards), layout: s.layout()}
	n.life, n.end = context.WithCancel(context.WithoutCancel(ctx))
	s.node = n
	if set.refill {
		if err := readsWhole(ctx, s.journal); err != nil {
			return err
		}
	}
	if n.nats, n.holder, err = openNATS(&s.set.cluster, s.set.data, s.log); err != nil {
		return err
	}
	beginning, err := n.beginning()
	if err != nil {
		return err
	}
	defer beginning.Close()
	waiting, cancel := context.WithTimeout(ctx, clusterPatience)
	defer cancel()
	s.log.Info("waiting for most of the other nodes", "node", set.name)
	if err := n.nats.WaitReady(waiting); err != nil {
		return err
	}
	if err := shardlog.Create(waiting, n.nats.JetStream(), n.layout); err != nil {
		return err
	}
	if err := n.begin(ctx, beginning); err != nil {
		return err
	}
	reading, stop := context.WithTimeout(ctx, clusterPatience)
	defer stop()
	if n.begun, err = begunAt(reading, n.nats.JetStream()); err != nil {
		return err
	}
	n.log, err = shardlog.Open(reading, shardlog.Options{
		Conn: n.nats.Conn(), Mirror: s.journal, Layout: n.layout, Node: set.name, Log: s.log, OnAppend: n.meter.appended,
	})
	return err
}

// layout is how the sessions are spread. It is fixed with the first start.
func (s *server) layout() shardlog.Layout {
	return shardlog.Layout{Shards: 64, Streams: 8, Replicas: 3}
}

// begunAt names a life of the log by when its first stream was made: a log that
// was begun anew may give the same number to another update.
func begunAt(ctx context.Context, js jetstream.JetStream) (string, error) {
	first, err := keptstream.Find(ctx, js, shardlog.StreamName(0))
	if err != nil {
		return "", fmt.Errorf("the first stream of the log: %w", err)
	}
	return strconv.FormatInt(first.Created.UnixMilli(), 36), nil
}

// epoch names the feed of every session, where several nodes bring it.
func (n *node) epoch() func(engine.SessionID) string {
	if n == nil {
		return nil
	}
	return func(engine.SessionID) string { return n.begun }
}

// unit tells to which shard the sessions of an auction belong.
func (n *node) unit() func(auctionID string) int {
	if n == nil {
		return nil
	}
	return n.layout.ShardOfAuction
}

// openNATS starts the server within this process, or connects to others. h is who
// this node is to them; nil: without TLS.
func openNATS(set *clusterSettings, data string, log *slog.Logger) (n *natsnode.Node, h *natsnode.Holder, err error) {
	var config *tls.Config
	if set.tls.Certificate != "" {
		if h, err = set.tls.Open(log); err != nil {
			return nil, nil, err
		}
		config = h.Config()
	}
	if len(set.nats) > 0 {
		n, err = natsnode.Connect(natsnode.ConnectOptions{Name: set.name, URLs: set.nats, TLS: config, Credentials: set.credentials, Log: log})
	} else {
		if !natsnode.ElectSooner() {
			log.Warn("a lost leader of the log is replaced within 4 to 9 s and not within 3: this release of nats-server keeps its times elsewhere")
		}
		n, err = natsnode.Start(natsnode.Options{
			Name: set.name, StoreDir: filepath.Join(data, "nats"), ClusterListen: set.listen, Routes: set.routes,
			Insecure: set.insecure, TLS: config, Log: log,
		})
	}
	return n, h, err
}

// join makes this process a member, once its sessions are shown and before it
// serves anybody. From then on it decides what falls to it.
func (n *node) join(ctx context.Context) (err error) {
	set := n.s.set.cluster
	n.registry = n.s.saleroom.Registry
	for k := range n.shards {
		n.shards[k] = &shard{n: n, number: k}
	}
	if err := n.log.Follow(shardlog.Follower{Records: n.registry.Follow, Lost: n.lost}); err != nil {
		return err
	}
	if n.requests, err = n.nats.Dial(); err != nil {
		return err
	}
	n.member, err = cluster.Join(ctx, cluster.Options{
		JS: n.nats.JetStream(), Requests: n.requests, Node: set.name, Units: n.units(), PaidUntil: n.registry.PaidUntil, Facts: n.facts,
		Take: n.take, Give: n.give, Busy: n.busy, Steady: n.s.clock.Steady, Log: n.s.log, Hooks: n.meter.hooks(),
	})
	if err != nil {
		return err
	}
	n.joined.Store(true)
	watchCluster(n.s.metrics, n)
	n.relay, err = relay.New(relay.Options{Local: n.registry, Peers: peers{n.member, set.name}, Unit: n.layout.ShardOfAuction, Meter: n.meter, Trace: n.s.relayTracer(), Log: n.s.log})
	if err != nil {
		return err
	}
	n.s.saleroom.commander = n.relay
	n.background.Go(func() { n.tellViewers(n.life) })
	n.background.Go(func() { n.keepLeaders(n.life) })
	n.background.Go(func() { n.attendRemovals(n.life) })
	return errors.Join(
		n.member.OnBroadcast(kindViewers, func(payload []byte) { n.elsewhere.heard(payload, n.s.clock.Steady()) }),
		n.member.OnBroadcast(kindChanges, func([]byte) { n.s.office.Nudge() }),
	)
}

// kindChanges is the broadcast that something in the office was changed here.
// Who does not hear of it finds out within a second.
const kindChanges = "changes"

// announce has the other nodes look for what was changed in the office. It does
// not block; a process alone has nobody to tell.
func (s *server) announce() {
	if s.node == nil || s.node.member == nil {
		return
	}
	if err := s.node.member.Broadcast(kindChanges, nil); err != nil {
		s.log.Debug("the others are not told of a change", "err", err)
	}
}

// Units of a cluster besides the shards: what one node at a time does for all.
const (
	unitOffice = "office" // its rounds: letters, webhooks, archives
	unitLedger = "ledger" // the public log is written and signed
)

// units are the names of all units. Those of the shards come first, by number.
func (n *node) units() (names []string) {
	for k := range n.shards {
		names = append(names, shardUnit(k))
	}
	return append(names, unitOffice, unitLedger)
}

func shardUnit(shard int) string { return fmt.Sprintf("shard-%02d", shard) }

// shardOf is the shard of a unit, false: it is another kind of unit.
func (n *node) shardOf(unit string) (*shard, bool) {
	var k int
	if _, err := fmt.Sscanf(unit, "shard-%d", &k); err != nil || k < 0 || k >= len(n.shards) {
		return nil, false
	}
	return n.shards[k], true
}

func (n *node) take(ctx context.Context, unit string, since engine.Instant) error {
	if s, ok := n.shardOf(unit); ok {
		return s.take(ctx, since)
	}
	if unit == unitLedger {
		return nil // the ledger asks for itself whether it may write
	}
	return n.s.singles.take(unit)
}

func (n *node) give(ctx context.Context, unit string) error {
	if s, ok := n.shardOf(unit); ok {
		return s.give(ctx)
	}
	return n.s.singles.give(ctx, unit)
}

// serves tells whether this node is not cut off, and the log would take an append
// for any shard, as far as is known, and this node reads it. A node that does not
// reach one of the others sends people on, if there is one that reaches all. It
// does not block.
func (n *node) serves() bool {
	if n.aloneSince() != 0 || len(n.member.CutFrom()) > 0 {
		return false
	}
	for k := range n.layout.Streams { // the first shard of each
		if n.log.TroubleOf(k) == nil {
			return true
		}
	}
	return false
}

// busyBefore is how long before the end of a running session its shard is not
// moved only to even things out.
const busyBefore = engine.Millis(5 * 60_000)

// busy tells whether a session of a shard is in its last minutes.
func (n *node) busy(unit string) bool {
	s, ok := n.shardOf(unit)
	if !ok {
		return false
	}
	return n.lastMinutes(func(shard int) bool { return shard == s.number })
}

// facts are what this node tells of itself.
func (n *node) facts() cluster.Facts {
	f := cluster.Facts{Address: n.s.site(), Version: version(), Viewers: n.s.gateway.Clients(), Sessions: n.registry.Deciding()}
	for _, lag := range n.log.Lag() {
		f.LagRecords += int64(lag.Behind())
	}
	if err := n.log.Trouble(); err != nil {
		f.Trouble = err.Error()
	}
	return f
}

// leave hands everything over, at most until ctx ends.
func (n *node) leave(ctx context.Context) {
	if n.member == nil {
		return
	}
	if err := n.member.Leave(ctx); err != nil {
		n.s.log.Warn("not everything was handed over; the other nodes take it", "err", err)
	}
}

// close ends the log and its server. The registry has stopped before.
func (n *node) close() {
	n.end()
	n.background.Wait()
	if n.log != nil {
		n.mirrorAll()
		if err := n.log.Close(); err != nil {
			n.s.log.Error("log of the cluster", "err", err)
		}
	}
	if n.requests != nil {
		n.requests.Close()
	}
	if n.nats != nil {
		n.nats.Close()
	}
}

// mirrorWithin bounds a stop whose log or mirror does not get on.
const mirrorWithin = time.Second

// mirrorAll waits until this node's folder has what the log has, or at least what
// was acknowledged here: should the log be lost while nobody runs, the folders are
// all there is.
func (n *node) mirrorAll() {
	within := func(reach func(context.Context) error) error {
		ctx, cancel := context.WithTimeout(context.Background(), mirrorWithin)
		defer cancel()
		return reach(ctx)
	}
	if within(n.log.Reach) == nil {
		return
	}
	if err := within(func(ctx context.Context) error { _, err := n.log.Sessions(ctx); return err }); err != nil {
		n.s.log.Warn("the log has more than the folder of this node", "err", err)
	}
}

// peers are the other nodes, for the relay.
type peers struct {
	member *cluster.Member
	self   string
}

func (p peers) Self() string { return p.self }

func (p peers) Owner(unit int) (string, bool) { return p.member.Owner(shardUnit(unit)) }

func (p peers) Ask(node, kind string, payload []byte, timeout time.Duration, answer func([]byte, error)) {
	p.member.AskAsync(node, kind, payload, timeout, func(b []byte, err error) {
		if errors.Is(err, cluster.ErrNoNode) || errors.Is(err, cluster.ErrBusy) {
			err = relay.ErrNobody
		}
		answer(b, err)
	})
}

func (p peers) Serve(kind string, handle func([]byte, func([]byte))) error {
	return p.member.Serve(kind, handle)
}
