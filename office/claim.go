package office

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Claimed says what is claimed.
type Claimed int

// What is claimed: a batch of letters, hooks that are told, or anything that
// has a name.
const (
	ClaimedLetters Claimed = iota
	ClaimedHooks
	ClaimedName
)

// ClaimStore lets one of several programs on the same database do a thing. A
// claim ends by the clock of the database; a claim that has lapsed may be taken
// by another program at any moment.
type ClaimStore interface {
	// Claim takes a name for some time, unless another claim has it.
	Claim(ctx context.Context, name, claim string, life time.Duration) (ours bool, err error)
	// RenewClaim lets all that is still under a claim be so for some time from now.
	RenewClaim(ctx context.Context, of Claimed, claim string, life time.Duration) error
	// EndClaim lets go what is still under a claim.
	EndClaim(ctx context.Context, of Claimed, claim string) error
}

// claimLife is how long what a program has taken waits for it after it was
// killed. A living one renews three times as often, and may miss one.
const claimLife = 30 * time.Second

// claim is a claim that is renewed until it is ended.
type claim struct {
	o    *Office
	of   Claimed
	id   string
	stop context.CancelFunc
	done chan struct{}

	mu    sync.Mutex
	until time.Time // by our steady clock, counted from before the database was asked
}

// newClaim draws the id of a claim.
func newClaim() string { return uuid.NewString() }

// hold keeps a claim that was taken after `began` until end is called.
func (o *Office) hold(ctx context.Context, of Claimed, id string, began time.Time) *claim {
	ctx, stop := context.WithCancel(ctx)
	c := &claim{o: o, of: of, id: id, stop: stop, done: make(chan struct{}), until: began.Add(claimLife)}
	go c.renew(ctx)
	return c
}

func (c *claim) renew(ctx context.Context) {
	defer close(c.done)
	beat := time.NewTicker(claimLife / 3)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
		asked := time.Now()
		if !c.ours() {
			return // we slept too long: another program may be at it
		}
		if err := c.o.store.RenewClaim(ctx, c.of, c.id, claimLife); err == nil {
			c.mu.Lock()
			c.until = asked.Add(claimLife)
			c.mu.Unlock()
		}
	}
}

// ours tells whether nobody else can have taken what is claimed. Once it does
// not, it never does again.
func (c *claim) ours() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Before(c.until)
}

// endWithin bounds the end of a claim when the program stops.
const endWithin = 2 * time.Second

// end lets go what is left, also after ctx has ended. It may be called once.
func (c *claim) end(ctx context.Context) {
	c.stop()
	<-c.done
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	if err := c.o.store.EndClaim(ctx, c.of, c.id); err != nil {
		c.o.log.Warn("a claim ends by itself", "in", claimLife, "err", err)
	}
}
