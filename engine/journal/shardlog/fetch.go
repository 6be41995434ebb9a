package shardlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// delivery is a message of a stream as it came.
type delivery struct {
	seq     uint64
	subject string
	data    []byte
}

// Limits of one fetch: what is read at once stays small beside the memory that
// the sessions take.
const (
	fetchMessages = 512
	fetchBytes    = 8 << 20
)

// answerPatience is how long one question to the servers may take.
const answerPatience = time.Second

// errNotThere: the stream has no such message.
var errNotThere = errors.New("no such message")

// fetch reads messages from a sequence on, from whichever replica answers: the
// nearest one, if it is up. It may lag, so that it has none yet. They come in
// order, and the first may be a later one than was asked for if that one is gone.
func (s *stream) fetch(ctx context.Context, from uint64) ([]delivery, error) {
	conn := s.log.o.Conn
	inbox := conn.NewInbox()
	sub, err := conn.SubscribeSync(inbox)
	if err != nil {
		return nil, err
	}
	defer func() { _ = sub.Unsubscribe() }() // fails only where the connection is gone
	ask, err := json.Marshal(struct {
		Seq      uint64 `json:"seq"`
		Batch    int    `json:"batch"`
		MaxBytes int    `json:"max_bytes"`
	}{from, fetchMessages, fetchBytes})
	if err != nil {
		return nil, err
	}
	if err := conn.PublishRequest("$JS.API.DIRECT.GET."+s.name, inbox, ask); err != nil {
		return nil, err
	}
	var got []delivery
	for {
		m, err := s.next(ctx, sub)
		if err != nil {
			return got, err
		}
		switch status := m.Header.Get("Status"); status {
		case "":
			d, err := deliveryOf(m)
			if err != nil {
				return got, err
			}
			got = append(got, d)
		case "204": // that was all
			return got, nil
		case "404":
			return got, nil
		default:
			return got, fmt.Errorf("stream %s: direct get: status %s %s", s.name, status, m.Header.Get("Description"))
		}
	}
}

func (s *stream) next(ctx context.Context, sub *nats.Subscription) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	m, err := sub.NextMsgWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("stream %s: no replica answers: %w", s.name, err)
	}
	return m, nil
}

// deliveryOf reads a message that was told again or fetched.
func deliveryOf(m *nats.Msg) (delivery, error) {
	seq, err := strconv.ParseUint(m.Header.Get(jetstream.SequenceHeader), 10, 64)
	if err != nil {
		return delivery{}, fmt.Errorf("a message of the log without its sequence: %w", err)
	}
	return delivery{seq: seq, subject: m.Header.Get(jetstream.SubjectHeader), data: m.Data}, nil
}

// fromLeader reads one message from the stream's leader. The error is
// errNotThere if the leader has none.
func (s *stream) fromLeader(ctx context.Context, seq uint64) (delivery, error) {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	ask, err := json.Marshal(map[string]uint64{"seq": seq})
	if err != nil {
		return delivery{}, err
	}
	m, err := s.log.o.Conn.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+s.name, ask)
	if err != nil {
		return delivery{}, fmt.Errorf("stream %s: its leader does not answer: %w", s.name, err)
	}
	var answer struct {
		Error   *jetstream.APIError `json:"error"`
		Message *struct {
			Subject string `json:"subject"`
			Seq     uint64 `json:"seq"`
			Data    []byte `json:"data"`
		} `json:"message"`
	}
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		return delivery{}, fmt.Errorf("stream %s: %w", s.name, err)
	}
	switch {
	case answer.Error != nil && answer.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound:
		return delivery{}, errNotThere
	case answer.Error != nil:
		return delivery{}, fmt.Errorf("stream %s: message %d: %w", s.name, seq, answer.Error)
	case answer.Message == nil || answer.Message.Seq != seq:
		return delivery{}, fmt.Errorf("stream %s: asked for message %d, got another answer", s.name, seq)
	}
	return delivery{seq: seq, subject: answer.Message.Subject, data: answer.Message.Data}, nil
}

// askEnd asks the stream's leader for its state and settings. After ten seconds
// without a leader any server answers, out of what it has: that is no answer.
func (s *stream) askEnd(ctx context.Context) (*jetstream.StreamInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	st, err := s.log.js.Stream(ctx, s.name)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", s.name, err)
	}
	info := st.CachedInfo()
	if info.Cluster != nil && info.Cluster.Leader == "" {
		return nil, fmt.Errorf("stream %s has no leader", s.name)
	}
	return info, nil
}

// pause waits for a while or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
