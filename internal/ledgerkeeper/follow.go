package ledgerkeeper

import (
	"context"
	"fmt"
	"time"

	"gobua/engine/ledger"
)

const (
	followPause = time.Second // before the chronicle is followed again
	followRoom  = 64          // messages read and not yet taken
)

// follower reads the chronicle ahead.
type follower struct {
	messages chan Message
	cancel   context.CancelFunc
	done     chan struct{}
}

func (f *follower) room() <-chan Message {
	if f == nil {
		return nil
	}
	return f.messages
}

// follow begins to read the chronicle behind what was heard.
func (k *Keeper) follow() {
	ctx, cancel := context.WithCancel(context.Background())
	f := &follower{messages: make(chan Message, followRoom), cancel: cancel, done: make(chan struct{})}
	k.together.follower = f
	after := k.together.heard.Load()
	go func() {
		defer close(f.done)
		var complained time.Time
		for {
			err := k.o.Chronicle.Follow(ctx, after, func(m Message) error {
				select {
				case f.messages <- m:
					after = m.Seq
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
			if ctx.Err() != nil {
				return
			}
			if now := k.o.Now(); now.Sub(complained) >= complainEvery {
				complained = now
				k.o.Log.Warn("ledger: the chronicle cannot be read, will try again", "after", after, "err", err)
			}
			select {
			case <-time.After(followPause):
			case <-ctx.Done():
				return
			}
		}
	}()
}

func (k *Keeper) unfollow() {
	if f := k.together.follower; f != nil {
		f.cancel()
		<-f.done
		k.together.follower = nil
	}
}

// hear takes messages until the one of a number was taken.
func (k *Keeper) hear(ctx context.Context, seq uint64) error {
	t := k.together
	for t.heard.Load() < seq {
		if t.follower == nil {
			return ledger.ErrDown
		}
		select {
		case m := <-t.follower.room():
			if err := k.absorb(m); err != nil {
				return err
			}
		case <-ctx.Done():
			return fmt.Errorf("%w: message %d of the chronicle did not come: %w", ledger.ErrDown, seq, ctx.Err())
		}
	}
	return nil
}
