package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Where the keys are.
const (
	bucketName   = "gobua"
	streamName   = "KV_" + bucketName
	keySubject   = "$KV." + bucketName + "."
	toldSubject  = "gobua.kv." // a copy of every key that was written, from the leader of the stream
	maxKeyBytes  = 16 << 10    // a node's key with its facts
	maxStoreSize = 64 << 20    // some hundred keys, and what the server has not compacted yet
)

// tryFor bounds one attempt to write. A write takes milliseconds; one that took
// longer than this has probably met a server that is gone.
const tryFor = 180 * time.Millisecond

// retryAfter is the pause between attempts.
const retryAfter = 20 * time.Millisecond

// errRefused: the key was written by somebody else since it was read.
var errRefused = errors.New("cluster: the key has changed")

// entry is one key as it was at a revision. A nil value: deleted.
type entry struct {
	key      string
	revision uint64
	value    []byte
}

// store is the bucket of the leases.
type store struct {
	js jetstream.JetStream
	nc *nats.Conn
}

// openStore makes the bucket if there is none, and blocks until it is there or
// ctx ends.
func openStore(ctx context.Context, js jetstream.JetStream, replicas int) (*store, error) {
	config := jetstream.KeyValueConfig{
		Bucket: bucketName, Description: "who decides what, and until when everybody was served",
		History: 1, Storage: jetstream.FileStorage, Replicas: replicas,
		MaxValueSize: maxKeyBytes, MaxBytes: maxStoreSize,
		RePublish: &jetstream.RePublish{Source: keySubject + ">", Destination: toldSubject + ">"},
	}
	for {
		try, cancel := context.WithTimeout(ctx, 5*time.Second)
		_, err := js.CreateKeyValue(try, config)
		cancel()
		if err == nil {
			return &store{js: js, nc: js.Conn()}, nil
		}
		if errors.Is(err, jetstream.ErrBucketExists) {
			return nil, fmt.Errorf("cluster: the bucket %s is there with other settings (replicas: %d are wanted): %w", bucketName, replicas, err)
		}
		if !pause(ctx, 100*time.Millisecond) {
			return nil, fmt.Errorf("cluster: no bucket: %w", errors.Join(ctx.Err(), err))
		}
	}
}

// put writes a key if it still is at a revision; 0: if it was never written. It
// tries again until it knows the outcome or ctx ends. The id is the same with
// every attempt, so one that was written without an answer is not refused as
// somebody else's. A nil value deletes.
//
// It returns errRefused, or the error of ctx: then nobody knows whether it was
// written.
func (s *store) put(ctx context.Context, key string, after uint64, value []byte) (revision uint64, err error) {
	msg := nats.NewMsg(keySubject + key)
	msg.Data = value
	if value == nil {
		msg.Header.Set("KV-Operation", "DEL")
	}
	id := nats.NewInbox()
	for {
		try, cancel := context.WithTimeout(ctx, tryFor)
		ack, err := s.js.PublishMsg(try, msg, jetstream.WithMsgID(id),
			jetstream.WithExpectLastSequencePerSubject(after), jetstream.WithRetryAttempts(0))
		cancel()
		if err == nil {
			return ack.Sequence, nil
		}
		var api *jetstream.APIError
		if errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence {
			return 0, errRefused
		}
		if !pause(ctx, retryAfter) {
			return 0, errors.Join(ctx.Err(), err)
		}
	}
}

// watch calls fn with every key that is written from now on, on one goroutine.
// Some may be missing: readAll finds them.
//
// It is a plain subscription to what the stream repeats, and not a consumer: a
// consumer lives on one server, and when that is killed it is silent for longer
// than the leases last.
func (s *store) watch(fn func(entry)) (*nats.Subscription, error) {
	return s.nc.Subscribe(toldSubject+">", func(m *nats.Msg) {
		revision, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
		if err != nil {
			return
		}
		fn(entryOf(strings.TrimPrefix(m.Subject, toldSubject), revision, m))
	})
}

func entryOf(key string, revision uint64, m *nats.Msg) entry {
	e := entry{key: key, revision: revision, value: m.Data}
	if m.Header.Get("KV-Operation") != "" {
		e.value = nil
	}
	return e
}

// readAll asks any replica for all keys. What it answers may be a little old.
func (s *store) readAll(ctx context.Context) (list []entry, err error) {
	inbox := s.nc.NewInbox()
	sub, err := s.nc.SubscribeSync(inbox)
	if err != nil {
		return nil, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	ask, err := json.Marshal(map[string][]string{"multi_last": {keySubject + ">"}})
	if err != nil {
		return nil, err
	}
	if err := s.nc.PublishRequest("$JS.API.DIRECT.GET."+streamName, inbox, ask); err != nil {
		return nil, err
	}
	for {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return nil, err
		}
		switch status := m.Header.Get("Status"); status {
		case "":
		case "204", "404": // the end; nothing there
			return list, nil
		default:
			return nil, fmt.Errorf("cluster: reading the keys: status %s %s", status, m.Header.Get("Description"))
		}
		revision, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("cluster: reading the keys: %w", err)
		}
		list = append(list, entryOf(strings.TrimPrefix(m.Header.Get("Nats-Subject"), keySubject), revision, m))
	}
}

// readAllUntil tries readAll until it succeeds or ctx ends.
func (s *store) readAllUntil(ctx context.Context) ([]entry, error) {
	for {
		try, cancel := context.WithTimeout(ctx, time.Second)
		list, err := s.readAll(try)
		cancel()
		if err == nil {
			return list, nil
		}
		if !pause(ctx, 50*time.Millisecond) {
			return nil, errors.Join(ctx.Err(), err)
		}
	}
}

// pause waits, and tells whether ctx still goes on.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
