package office

import (
	"context"
	"time"
)

// ChangeTopic names something that every program keeps in memory.
type ChangeTopic string

// The topics.
const (
	TopicDesks     ChangeTopic = "desks"      // who may attend which session
	TopicSignedOut ChangeTopic = "signed_out" // sign-ins that ended, accounts that were revoked
)

// ChangeStore tells programs on the same database that another one has changed
// what they keep in memory.
type ChangeStore interface {
	// Changes returns the version of every topic. Who sees a version sees all
	// that it stands for.
	Changes(ctx context.Context) (map[ChangeTopic]int64, error)
	// SignedOut returns the sign-ins that ended and the accounts that were revoked
	// within a time until now.
	SignedOut(ctx context.Context, within time.Duration) ([]string, error)
}

const (
	// changesEvery is how often the versions are looked at: a row of one page, so
	// that a token that was signed out elsewhere is dead here within a second.
	changesEvery = 400 * time.Millisecond
	// SignedOutKept is for how long a program that starts is told of what was
	// signed out: longer than any token that was made before can live.
	SignedOutKept = 3 * time.Hour
)

// RunChanges keeps what is in memory true to what other programs change in the
// database, until ctx ends. While the database is away memory stays as it is.
func (o *Office) RunChanges(ctx context.Context) {
	seen := map[ChangeTopic]int64{}
	for {
		o.lookForChanges(ctx, seen) // what fails is tried again soon, and others say that the office is closed
		select {
		case <-time.After(changesEvery):
		case <-o.nudged:
		case <-ctx.Done():
			return
		}
	}
}

// lookForChanges reads anew what has another version than seen.
func (o *Office) lookForChanges(ctx context.Context, seen map[ChangeTopic]int64) {
	now, err := o.store.Changes(ctx)
	if err != nil {
		return
	}
	for topic, read := range map[ChangeTopic]func(context.Context) error{TopicDesks: o.ReadDesks, TopicSignedOut: o.readSignedOut} {
		version, known := seen[topic]
		if known && version == now[topic] {
			continue
		}
		switch err := read(ctx); {
		case err == nil:
			seen[topic] = now[topic]
		case ctx.Err() == nil:
			o.log.Warn("what another program has changed is not read, will try again", "topic", topic, "err", err)
		}
	}
}

func (o *Office) readSignedOut(ctx context.Context) error {
	ids, err := o.store.SignedOut(ctx, SignedOutKept)
	if err == nil && o.signedOut != nil {
		o.signedOut(ids)
	}
	return err
}

// Nudge makes RunChanges look at once: somebody has heard that another program
// changed something. It does not block and may be called from any goroutine.
func (o *Office) Nudge() {
	select {
	case o.nudged <- struct{}{}:
	default: // it will look anyway
	}
}
