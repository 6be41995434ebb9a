// Package keptstream makes streams of JetStream from which nothing may be lost,
// refuses those that are there and would lose something, finds them, and knows
// what they say of a message.
package keptstream

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// ErrOther: a stream of the name is there and is not as it must be. To try again
// does not help.
var ErrOther = errors.New("the stream has other settings")

// A question that comes while the servers elect a leader is lost, so none is
// waited for until ctx ends.
const (
	tryWithin = 5 * time.Second
	tryPause  = 200 * time.Millisecond
)

// errCodeNoPeers: not all servers are there yet.
const errCodeNoPeers jetstream.ErrorCode = 10005

// Ensure sees to it that a stream is there and is what it must be; any node may
// call it at any start. It blocks for a few round trips, or until ctx ends while
// there is no leader to make it. Whether the servers sync before they acknowledge
// cannot be seen from here: sync_interval must be always. Errors: ErrOther, and
// those of JetStream and ctx.
func Ensure(ctx context.Context, js jetstream.JetStream, want jetstream.StreamConfig) error {
	return asked(ctx, want.Name, func(ctx context.Context) error { return ensureOnce(ctx, js, want) })
}

// Find tells what is known of a stream that is there. It blocks until somebody
// answers or ctx ends. Errors: those of JetStream and ctx, and
// jetstream.ErrStreamNotFound at once.
func Find(ctx context.Context, js jetstream.JetStream, name string) (info *jetstream.StreamInfo, err error) {
	err = asked(ctx, name, func(ctx context.Context) error {
		s, err := js.Stream(ctx, name)
		if err == nil {
			info = s.CachedInfo()
		}
		return err
	})
	return info, err
}

// asked asks again as long as an answer may be another one in a moment.
func asked(ctx context.Context, name string, ask func(context.Context) error) error {
	for {
		try, cancel := context.WithTimeout(ctx, tryWithin)
		err := ask(try)
		cancel()
		if err == nil {
			return nil
		}
		err = fmt.Errorf("stream %s: %w", name, err)
		if !passes(err) {
			return err
		}
		select {
		case <-time.After(tryPause):
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
}

func ensureOnce(ctx context.Context, js jetstream.JetStream, want jetstream.StreamConfig) error {
	s, err := js.Stream(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, err = js.CreateStream(ctx, want)
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another node was faster
			s, err = js.Stream(ctx, want.Name)
		}
	}
	if err != nil {
		return err
	}
	return Check(s.CachedInfo().Config, want)
}

// passes tells whether an answer may be another one in a moment.
func passes(err error) bool {
	if errors.Is(err, ErrOther) {
		return false
	}
	var api *jetstream.APIError
	return !errors.As(err, &api) || api.Code == 503 || api.ErrorCode == errCodeNoPeers
}

// Check compares a stream with how it must be, in everything by which a message
// could be lost, refused or told to others, and in what its makers noted of it.
func Check(got, want jetstream.StreamConfig) error {
	type setting struct {
		name      string
		got, want any
	}
	settings := []setting{
		{"replicas", got.Replicas, want.Replicas},
		{"storage", got.Storage, want.Storage},
		{"subjects", fmt.Sprint(got.Subjects), fmt.Sprint(want.Subjects)},
		{"retention", got.Retention, want.Retention},
		{"discard", got.Discard, want.Discard},
		{"deny delete", got.DenyDelete, want.DenyDelete},
		{"deny purge", got.DenyPurge, want.DenyPurge},
		{"allow direct", got.AllowDirect || !want.AllowDirect, true},
		{"persist mode", got.PersistMode, want.PersistMode},
		{"duplicate window", got.Duplicates, want.Duplicates},
		{"a limit of messages", max(got.MaxMsgs, 0), int64(0)},
		{"a limit of bytes", max(got.MaxBytes, 0), int64(0)},
		{"a limit of messages for each subject", max(got.MaxMsgsPerSubject, 0), int64(0)},
		{"a limit of age", got.MaxAge, time.Duration(0)},
		{"a time to live of messages", got.AllowMsgTTL, false},
		{"room for the largest message", got.MaxMsgSize <= 0 || got.MaxMsgSize >= want.MaxMsgSize, true},
		{"republish", republish(got), republish(want)},
	}
	for _, key := range slices.Sorted(maps.Keys(want.Metadata)) {
		settings = append(settings, setting{key, got.Metadata[key], want.Metadata[key]})
	}
	for _, s := range settings {
		if s.got != s.want {
			return fmt.Errorf("%w: %s: it is %v, it must be %v", ErrOther, s.name, s.got, s.want)
		}
	}
	return nil
}

func republish(c jetstream.StreamConfig) string {
	if c.RePublish == nil {
		return "nowhere"
	}
	return fmt.Sprintf("%s to %s, headers only %v", c.RePublish.Source, c.RePublish.Destination, c.RePublish.HeadersOnly)
}

// WrongLast tells whether a stream has refused a message because its subject is
// not where the message said (jetstream.WithExpectLastSequencePerSubject), and
// where it is. Whoever finds it behind what was acknowledged asks again: a leader
// that has just become one may know less. Only 10071 says so. 10164 is given
// while another message of the subject, maybe this one, is being stored, also to
// whoever is quite right.
func WrongLast(err error) (at uint64, is bool) {
	var api *jetstream.APIError
	if !errors.As(err, &api) || api.ErrorCode != jetstream.JSErrCodeStreamWrongLastSequence {
		return 0, false
	}
	_, scanErr := fmt.Sscanf(api.Description, "wrong last sequence: %d", &at)
	return at, scanErr == nil
}
