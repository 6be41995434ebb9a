package office

import (
	"context"
	"time"

	"gobua/engine"
)

// OnceRequest is a request that its sender may repeat under a key of its own.
type OnceRequest struct {
	AccountID string
	Path      string
	Key       string
	Hash      engine.Hash // of what is asked
}

// context is what an answer is sealed for: some answers hold secrets, which the
// database must not tell by itself.
func (r *OnceRequest) context() string { return "once/" + r.AccountID + "/" + r.Path + "/" + r.Key }

// OnceAnswer is what a request was answered; zero: nothing yet.
type OnceAnswer struct {
	Status int // of HTTP
	Body   []byte
}

// OnceStore keeps answers to requests for all programs together.
type OnceStore interface {
	// ClaimOnce returns the answer of a request, or puts it under a claim and says
	// that it is the caller's to answer, or returns neither while another one is at
	// it. ErrKeyReused: the key was used for something else. An answer is forgotten
	// after `kept`.
	ClaimOnce(ctx context.Context, r OnceRequest, claim string, life, kept time.Duration) (ours bool, a OnceAnswer, err error)
	// SettleOnce keeps the answer of a claimed request, or forgets the request if
	// the answer is zero. A claim that has gone to somebody else changes nothing.
	SettleOnce(ctx context.Context, r OnceRequest, claim string, a OnceAnswer) error
}

const (
	// onceKept is longer than any client retries by itself.
	onceKept = 10 * time.Minute
	// onceLook is how often is looked for the answer that another program is at.
	onceLook = 100 * time.Millisecond
)

// BeginOnce tells whether a request is the caller's to answer, by a claim for
// EndOnce, or what it was answered, by whatever program. It waits while another
// one is at it; if that was killed, claimLife at most. A request must be answered
// within claimLife. ErrKeyReused: the key was used for something else. It needs a
// vault.
func (o *Office) BeginOnce(ctx context.Context, r OnceRequest) (claim string, a OnceAnswer, err error) {
	for claim = newClaim(); ; {
		ours, a, err := o.store.ClaimOnce(ctx, r, claim, claimLife, onceKept)
		switch {
		case err != nil:
			return "", OnceAnswer{}, err
		case ours:
			return claim, OnceAnswer{}, nil
		case a.Status != 0:
			a.Body, err = o.vault.Open(r.context(), a.Body)
			return "", a, err
		}
		select {
		case <-time.After(onceLook):
		case <-ctx.Done():
			return "", OnceAnswer{}, ctx.Err()
		}
	}
}

// EndOnce keeps the answer to a request; a zero one: it was not done, and may be
// tried again. It does so also after ctx has ended.
func (o *Office) EndOnce(ctx context.Context, r OnceRequest, claim string, a OnceAnswer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	if a.Status != 0 {
		a.Body = o.vault.Seal(r.context(), a.Body)
	}
	if err := o.store.SettleOnce(ctx, r, claim, a); err != nil {
		o.log.Warn("an answer is not kept for a repeated request", "path", r.Path, "err", err)
	}
}
