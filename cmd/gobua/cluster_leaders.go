package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"gobua/engine"
	"gobua/engine/actor"
	"gobua/engine/journal/shardlog"
	"gobua/internal/cluster"
	"gobua/internal/ledgerkeeper/ledgerstream"
)

// Each stream of the log has a leader, which is one of the nodes where the log is
// within them. A leader that dies costs its streams some seconds, and one that
// comes back leads nothing: after some restarts a single node would lead all of
// them, and everything would stand still when it dies. So they are spread again,
// one at a time, which costs a stream about half a second.

// Times of the leaders.
const (
	leadersEvery = 5 * time.Second
	// leadersSettle is for how many looks in a row the same nodes must be there and
	// hear each other before a leader is moved: nobody spreads anything in the midst
	// of restarts, nor where a way is cut.
	leadersSettle = 3
	stepWithin    = 5 * time.Second
)

// keepers are the servers that keep a stream.
type keepers struct {
	leader string               // empty: none
	others []jetstream.PeerInfo // as the leader sees them
}

// leaders is who keeps which stream, as last seen.
type leaders struct {
	of atomic.Pointer[map[string]keepers] // by stream
}

// see is who keeps a stream as last seen; nobody: it is not known.
func (l *leaders) see(stream string) keepers { return l.all()[stream] }

// all is who keeps what, as last seen. The caller must not change it.
func (l *leaders) all() map[string]keepers {
	if of := l.of.Load(); of != nil {
		return *of
	}
	return nil
}

// streamsWithLeaders are all that a node's death may stop: the log, the keys, the
// public log.
func (n *node) streamsWithLeaders() (names []string) {
	for k := range n.layout.Streams {
		names = append(names, shardlog.StreamName(k))
	}
	return append(names, "KV_gobua", ledgerstream.Name)
}

// keepLeaders looks who leads what, and has the node that owns the office's unit
// spread them, until ctx ends. Servers of their own are for their operator.
func (n *node) keepLeaders(ctx context.Context) {
	tick := time.NewTicker(leadersEvery)
	defer tick.Stop()
	var seen calm
	for {
		of := n.lookForLeaders(ctx)
		n.leaders.of.Store(&of)
		nodes, apart := presentNodes(n.member.Members())
		if seen.look(nodes, apart) && n.member.Mine(unitOffice) && n.s.set.cluster.listen != "" {
			if stream, to, uneven := leaderToMove(of, nodes, n.busyStream); uneven {
				if err := n.moveLeader(ctx, stream, to); err != nil && ctx.Err() == nil {
					n.s.log.Warn("a stream keeps its leader", "stream", stream, "to", to, "err", err)
				}
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// presentNodes are those that live and stay, by name, and whether one of them
// lives for others and does not answer it.
func presentNodes(members []cluster.Status) (names []string, apart bool) {
	for _, m := range members {
		if m.Live && !m.Draining {
			names = append(names, m.Node)
		}
		apart = apart || m.Live && m.Apart > 0
	}
	return names, apart
}

// calm is for how long nothing has happened to the nodes.
type calm struct {
	nodes []string
	looks int // since when they are the same and hear each other
}

// look takes in who is there, and tells whether leaders may be moved. While two
// nodes do not hear each other the third comes to lead everything, and must: what
// one of the two led the other would vote for anew, again and again, and nothing
// could be written meanwhile.
func (c *calm) look(nodes []string, apart bool) bool {
	if c.looks++; apart || !slices.Equal(nodes, c.nodes) {
		c.nodes, c.looks = nodes, 0
	}
	return c.looks >= leadersSettle
}

func (n *node) lookForLeaders(ctx context.Context) map[string]keepers {
	of := map[string]keepers{}
	for _, name := range n.streamsWithLeaders() {
		ask, cancel := context.WithTimeout(ctx, stepWithin)
		s, err := n.nats.JetStream().Stream(ask, name)
		cancel()
		if err != nil || s.CachedInfo().Cluster == nil {
			continue
		}
		k := keepers{leader: s.CachedInfo().Cluster.Leader}
		for _, other := range s.CachedInfo().Cluster.Replicas {
			k.others = append(k.others, *other)
		}
		of[name] = k
	}
	return of
}

// leaderToMove chooses a stream and a node that keeps it, up to date, and leads at
// least two less than its leader; the pair that is furthest apart. A stream in which
// somebody is busy stays. It is the same for the same arguments.
func leaderToMove(of map[string]keepers, nodes []string, busy func(stream string) bool) (stream, to string, uneven bool) {
	leads := map[string]int{}
	for _, k := range of {
		leads[k.leader]++
	}
	widest := 1
	for _, name := range slices.Sorted(maps.Keys(of)) {
		k := of[name]
		if !slices.Contains(nodes, k.leader) || busy(name) {
			continue
		}
		for _, o := range k.others {
			if wide := leads[k.leader] - leads[o.Name]; o.Current && wide > widest && slices.Contains(nodes, o.Name) {
				stream, to, widest = name, o.Name, wide
			}
		}
	}
	return stream, to, widest > 1
}

// busyStream tells whether a session in a stream of the log is in its last
// minutes.
func (n *node) busyStream(stream string) bool {
	return n.lastMinutes(func(shard int) bool { return shardlog.StreamName(n.layout.StreamOf(shard)) == stream })
}

// lastMinutes tells whether a running session of some shards ends soon.
func (n *node) lastMinutes(in func(shard int) bool) bool {
	now := engine.InstantOf(n.s.clock.Now())
	return slices.ContainsFunc(n.registry.Views(), func(v *actor.View) bool {
		if v.Room.Now.Phase != engine.PhaseRunning || v.Room.Now.ClosesAt.Sub(now) >= busyBefore {
			return false
		}
		shard, known := n.registry.UnitOf(v.Room.Session)
		return known && in(shard)
	})
}

// moveLeader asks a stream's leader to leave that to another node. It blocks
// until the servers have answered.
func (n *node) moveLeader(ctx context.Context, stream, to string) error {
	request, err := json.Marshal(map[string]any{"placement": map[string]string{"preferred": to}})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, stepWithin)
	defer cancel()
	msg, err := n.nats.Conn().RequestWithContext(ctx, "$JS.API.STREAM.LEADER.STEPDOWN."+stream, request)
	if err != nil {
		return err
	}
	var answer struct {
		Success bool `json:"success"`
		Error   *struct {
			Description string `json:"description"`
		} `json:"error"`
	}
	switch err := json.Unmarshal(msg.Data, &answer); {
	case err != nil:
		return fmt.Errorf("its answer: %w", err)
	case answer.Error != nil:
		return errors.New(answer.Error.Description)
	case !answer.Success:
		return errors.New("it did not work")
	}
	n.s.log.Info("a stream has another leader, to spread them", "stream", stream, "leader", to)
	return nil
}
