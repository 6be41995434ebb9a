package shardlog

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"gobua/engine"
)

// catchUp reads the stream to the end it has now, and compares what the mirror
// had with it. It is part of Open.
func (s *stream) catchUp(ctx context.Context) error {
	end, err := s.askSound(ctx)
	if err != nil {
		return err
	}
	found, err := s.cursor.read(len(s.shards))
	if err != nil {
		s.log.o.Log.Warn("shardlog: cursor is damaged, the stream is read from its beginning", "stream", s.name, "err", err)
	}
	if found != nil {
		s.place = *found
		if end, err = s.proveSeen(ctx, end); err != nil {
			return err
		}
	} else {
		s.place = place{Shards: make([]shardPlace, len(s.shards))}
		s.unproven = map[engine.SessionID]engine.Head{}
	}
	for i, sh := range s.shards {
		sh.last, sh.epoch = s.place.Shards[i].Last, s.place.Shards[i].Epoch
	}
	s.durable, s.told, s.taken, s.end = s.place.Applied, s.place.Applied, s.place.Applied, end
	for s.told < end {
		if run := s.take(); len(run) == 0 {
			err = s.fill(ctx, s.told+1)
		} else {
			err = s.read(ctx, run)
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
	return s.proveMirror()
}

// missingPatience is how long a stream may seem not to be there: servers that
// have just met do not know yet.
const missingPatience = 5 * time.Second

// askSound asks the leader how far the stream is, and refuses one that is not as
// it must be. While there is no leader it asks again.
func (s *stream) askSound(ctx context.Context) (end uint64, err error) {
	for began := time.Now(); ; {
		info, err := s.askEnd(ctx)
		if err == nil {
			s.heardAt = time.Now()
			return info.State.LastSeq, s.log.o.Layout.checkStream(s.k, info.Config)
		}
		if errors.Is(err, jetstream.ErrStreamNotFound) && time.Since(began) > missingPatience {
			return 0, fmt.Errorf("shardlog: %w: Create makes it", err)
		}
		if pause(ctx, fillMaxPause); ctx.Err() != nil {
			return 0, fmt.Errorf("shardlog: %w", errors.Join(err, ctx.Err()))
		}
	}
}

// proveSeen refuses a log that does not have the last message that this node had
// of it. A leader that has just become one is given time.
func (s *stream) proveSeen(ctx context.Context, end uint64) (uint64, error) {
	for began := time.Now(); end < s.place.Seen; {
		if time.Since(began) > s.log.o.lostAfter {
			return 0, fmt.Errorf("stream %s: %w: it ends at message %d, and this node had read %d of it: the log has lost what was acknowledged",
				s.name, engine.ErrCorrupt, end, s.place.Seen)
		}
		pause(ctx, fillMaxPause)
		var err error
		if end, err = s.askSound(ctx); err != nil {
			return 0, err
		}
	}
	if s.place.Seen == 0 {
		return end, nil
	}
	for {
		d, err := s.fromLeader(ctx, s.place.Seen)
		switch {
		case err == nil && sha256.Sum256(d.data) == s.place.Digest:
			return end, nil
		case err == nil:
			return 0, fmt.Errorf("stream %s: %w: message %d is another one than this node had read: it is not the same log", s.name, engine.ErrCorrupt, s.place.Seen)
		case errors.Is(err, errNotThere):
			return 0, fmt.Errorf("stream %s: %w: message %d is gone, and this node had read it", s.name, engine.ErrCorrupt, s.place.Seen)
		}
		if pause(ctx, fillMaxPause); ctx.Err() != nil {
			return 0, fmt.Errorf("shardlog: %w", errors.Join(err, ctx.Err()))
		}
	}
}

// proveMirror refuses a mirror that has more of a session than the log, where no
// cursor tells how far it was.
func (s *stream) proveMirror() error {
	for _, sh := range s.shards {
		for id, head := range sh.heads {
			if s.unproven != nil && head.Seq > s.unproven[id].Seq {
				return fmt.Errorf("session %s: %w: the mirror has %d records, and the log has %d of it (stream %s, %d messages): "+
					"it is the mirror of another log, or the log has lost what was acknowledged",
					id, engine.ErrCorrupt, head.Seq, s.unproven[id].Seq, s.name, s.told)
			}
		}
	}
	s.unproven = nil
	return nil
}
