// Package ledgerstream keeps the chronicle of the public log in a stream of NATS
// JetStream: every message is on stable storage on most of the machines before
// it is acknowledged, and a round names the last one that its writer has read.
//
// There are two subjects. Rounds are fenced by the last sequence of theirs; words
// (cosignatures, time stamps, wishes for notes) are not, so that no witness can
// get in the way of a round. All readers get both in the order of the stream.
package ledgerstream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"gobua/internal/keptstream"
	"gobua/internal/ledgerkeeper"
)

// Name is that of the stream; its subjects are below gobua.ledger.
const Name = "LEDGER"

const (
	roundsSubject = "gobua.ledger.rounds"
	wordsSubject  = "gobua.ledger.words"
	metaFormat    = "gobua.format"
	format        = "ledger 1"
)

// duplicates is how long the stream knows a message again. An append is given up
// long before.
const duplicates = 2 * time.Minute

// Pauses and patience of one append. Two replicas that sync take some
// milliseconds; a stream without a leader answers nothing.
const (
	tryWithin  = 500 * time.Millisecond
	firstPause = 5 * time.Millisecond
	maxPause   = 50 * time.Millisecond

	readAhead = 16               // messages a reader has on their way: of the longest, 32 MiB
	heartbeat = time.Second      // of the server to a reader; two are missed before it looks for another
	forgotten = 30 * time.Second // how long a server keeps the place of a reader that is gone
)

// Stream is the chronicle of a cluster. It implements ledgerkeeper.Chronicle.
type Stream struct{ js jetstream.JetStream }

// New speaks to a stream that Create made. It does not block.
func New(js jetstream.JetStream) *Stream { return &Stream{js} }

func config(replicas int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        Name,
		Description: "Rounds of the public log, and what is said of its checkpoints",
		Subjects:    []string{roundsSubject, wordsSubject},
		Retention:   jetstream.LimitsPolicy,
		MaxMsgs:     -1,
		MaxBytes:    -1,
		Discard:     jetstream.DiscardNew,
		MaxMsgSize:  ledgerkeeper.MaxMessageBytes + 4096, // and its headers
		Storage:     jetstream.FileStorage,
		Replicas:    replicas,
		Duplicates:  duplicates,
		DenyDelete:  true,
		DenyPurge:   true,
		PersistMode: jetstream.DefaultPersistMode,
		Metadata:    map[string]string{metaFormat: format},
	}
}

// Create sees to it that the stream is there and is what it must be. It is for
// the first start of a cluster and may be called by every node at every start;
// it blocks for a few round trips, or until ctx ends while there is no leader to
// make it. Whether the servers sync before they acknowledge cannot be seen from
// here: sync_interval must be always.
func Create(ctx context.Context, js jetstream.JetStream, replicas int) error {
	if err := keptstream.Ensure(ctx, js, config(replicas)); err != nil {
		return fmt.Errorf("ledgerstream: %w", err)
	}
	return nil
}

// Append is part of ledgerkeeper.Chronicle. It tries again, under the same id,
// until the stream has taken the message, has refused it, or ctx ends.
func (s *Stream) Append(ctx context.Context, after uint64, rounds []byte) (uint64, error) {
	id := sha256.Sum256(append(strconv.AppendUint([]byte("rounds "), after, 10), rounds...))
	return s.publish(ctx, roundsSubject, id, rounds, func(err error) error {
		if last, wrong := keptstream.WrongLast(err); wrong && last > after {
			return fmt.Errorf("%w: its last round is message %d, not %d", ledgerkeeper.ErrFenced, last, after)
		}
		return nil
	}, jetstream.WithExpectLastSequencePerSubject(after))
}

// Add is part of ledgerkeeper.Chronicle.
func (s *Stream) Add(ctx context.Context, words []byte) (uint64, error) {
	return s.publish(ctx, wordsSubject, sha256.Sum256(words), words, func(error) error { return nil })
}

// publish sends a message until it was taken or verdict finds it refused. What
// is no verdict says nothing about whether it was taken, but the same id is
// taken once.
func (s *Stream) publish(ctx context.Context, subject string, id [sha256.Size]byte, data []byte, verdict func(error) error, o ...jetstream.PublishOpt) (uint64, error) {
	o = append(o, jetstream.WithMsgID(hex.EncodeToString(id[:16])), jetstream.WithExpectStream(Name), jetstream.WithRetryAttempts(0))
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		try, cancel := context.WithTimeout(ctx, tryWithin)
		ack, err := s.js.Publish(try, subject, data, o...)
		cancel()
		if err == nil {
			return ack.Sequence, nil
		}
		if refused := verdict(err); refused != nil {
			return 0, refused
		}
		if errors.Is(err, nats.ErrMaxPayload) || errors.Is(err, nats.ErrConnectionClosed) {
			return 0, fmt.Errorf("ledgerstream: %w", err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return 0, fmt.Errorf("ledgerstream: %w: %w", ctx.Err(), err)
		}
	}
}

// End is part of ledgerkeeper.Chronicle. The leader of the stream answers.
func (s *Stream) End(ctx context.Context) (uint64, error) {
	stream, err := s.js.Stream(ctx, Name)
	if err != nil {
		return 0, fmt.Errorf("ledgerstream: %w", err)
	}
	return stream.CachedInfo().State.LastSeq, nil
}

// Follow is part of ledgerkeeper.Chronicle. It returns an error also where the
// server went away that it was reading from, within some seconds, or where a
// delivery was lost; the caller goes on behind what it got.
//
// The library's ordered consumer would begin again by itself, but cannot be
// stopped while it tries.
func (s *Stream) Follow(ctx context.Context, after uint64, fn func(ledgerkeeper.Message) error) error {
	consumer, err := s.js.CreateConsumer(ctx, Name, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: after + 1, AckPolicy: jetstream.AckNonePolicy,
		MemoryStorage: true, Replicas: 1, InactiveThreshold: forgotten,
	})
	if err != nil {
		return fmt.Errorf("ledgerstream: %w", err)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(readAhead), jetstream.PullHeartbeat(heartbeat))
	if err != nil {
		return fmt.Errorf("ledgerstream: %w", err)
	}
	defer messages.Stop()
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("ledgerstream: %w", err)
		}
		meta, err := m.Metadata()
		if err != nil {
			return fmt.Errorf("ledgerstream: %w", err)
		}
		seq := meta.Sequence.Stream
		if seq != after+1 {
			return fmt.Errorf("ledgerstream: message %d came after %d", seq, after)
		}
		if err := fn(ledgerkeeper.Message{Seq: seq, Rounds: m.Subject() == roundsSubject, Data: m.Data()}); err != nil {
			return err
		}
		after = seq
	}
}
