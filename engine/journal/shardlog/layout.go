package shardlog

import (
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"gobua/engine/journal"
	"gobua/internal/keptstream"
)

// Layout is how a cluster's sessions are spread. It is chosen once: it stands in
// the streams, and a node with another one does not open them.
type Layout struct {
	Shards   int // of all auctions; zero: 64
	Streams  int // over which the shards are spread; zero: 8
	Replicas int // of each stream; zero: 3
}

// The limits of a layout. A shard costs each node a key and an owner a
// goroutine, a stream costs a Raft group; nothing is gained by more.
const (
	MaxShards  = 1024
	MaxStreams = 64
)

func (l Layout) withDefaults() Layout {
	if l.Shards == 0 {
		l.Shards = 64
	}
	if l.Streams == 0 {
		l.Streams = min(8, l.Shards)
	}
	if l.Replicas == 0 {
		l.Replicas = 3
	}
	return l
}

func (l Layout) check() error {
	if l.Shards < 1 || l.Shards > MaxShards || l.Streams < 1 || l.Streams > MaxStreams || l.Streams > l.Shards || l.Replicas < 1 || l.Replicas > 5 {
		return fmt.Errorf("shardlog: a layout of %d shards over %d streams with %d replicas cannot be", l.Shards, l.Streams, l.Replicas)
	}
	return nil
}

// ShardOfAuction is the shard that all sessions of an auction are in.
func (l Layout) ShardOfAuction(auctionID string) int {
	h := fnv.New64a()
	h.Write([]byte(auctionID))
	return int(h.Sum64() % uint64(l.withDefaults().Shards))
}

// StreamOf is the number of the stream that a shard is in.
func (l Layout) StreamOf(shard int) int { return shard % l.withDefaults().Streams }

// StreamName is the name of a stream by its number.
func StreamName(stream int) string { return "SALES_" + strconv.Itoa(stream) }

// Subjects. Packs and fences of a shard are on one subject, whose last sequence
// is what every message must name. Settled marks are on another: who marks need
// not be the owner, and must not be taken for one who fenced it.
const (
	logPrefix  = "sales." // what the streams keep
	toldPrefix = "told."  // where the leader of a stream tells again what was committed
	settledEnd = ".settled"
)

func (l Layout) subjectOf(shard int) string {
	return fmt.Sprintf("%s%d.%d", logPrefix, l.StreamOf(shard), shard)
}

// Sizes of messages. What is decided together is packed until it has PackBytes;
// an append that is larger goes alone. A batch has at most journal.MaxBatchBytes
// of records; the rest is for what frames them, 45 bytes each, so that a batch of
// more than 20,000 tiny records may be refused. Servers need a max_payload of
// MaxMessageBytes.
const (
	PackBytes       = 1 << 20
	maxPackBytes    = journal.MaxBatchBytes + 1<<20
	MaxMessageBytes = maxPackBytes + 1<<20 // with its headers
)

// duplicates is how long the log remembers an id. A message is repeated for
// GiveUp at most, which is far less.
const duplicates = 2 * time.Minute

// Metadata of a stream, by which a node knows the layout it was made for.
const (
	metaFormat  = "gobua.format"
	metaShards  = "gobua.shards"
	metaStreams = "gobua.streams"
)

// config is how a stream must be.
func (l Layout) config(stream int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        StreamName(stream),
		Description: "Records of the sessions of every " + strconv.Itoa(l.Streams) + "th shard",
		Subjects:    []string{fmt.Sprintf("%s%d.>", logPrefix, stream)},
		Retention:   jetstream.LimitsPolicy,
		MaxMsgs:     -1,
		MaxBytes:    -1,
		Discard:     jetstream.DiscardNew,
		MaxMsgSize:  MaxMessageBytes,
		Storage:     jetstream.FileStorage,
		Replicas:    l.Replicas,
		Duplicates:  duplicates,
		DenyDelete:  true,
		DenyPurge:   true,
		AllowDirect: true,
		RePublish:   &jetstream.RePublish{Source: fmt.Sprintf("%s%d.>", logPrefix, stream), Destination: fmt.Sprintf("%s%d.>", toldPrefix, stream)},
		PersistMode: jetstream.DefaultPersistMode,
		Metadata: map[string]string{
			metaFormat: packFormat, metaShards: strconv.Itoa(l.Shards), metaStreams: strconv.Itoa(l.Streams),
		},
	}
}

// Create sees to it that the streams of a layout are there, and that they are
// what they must be. It is for the first start of a cluster and may be called by
// every node at every start; it blocks for a few round trips for each stream, or
// until ctx ends while there is no leader to make them. Whether the servers sync
// before they acknowledge cannot be seen from here: sync_interval must be always.
func Create(ctx context.Context, js jetstream.JetStream, layout Layout) error {
	layout = layout.withDefaults()
	if err := layout.check(); err != nil {
		return err
	}
	for k := range layout.Streams {
		if err := keptstream.Ensure(ctx, js, layout.config(k)); err != nil {
			return fmt.Errorf("shardlog: %w", err)
		}
	}
	return nil
}

// checkStream compares a stream with what is not optional.
func (l Layout) checkStream(stream int, got jetstream.StreamConfig) error {
	return keptstream.Check(got, l.config(stream))
}
