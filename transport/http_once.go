package transport

import (
	"bytes"
	"context"
	"crypto/sha256"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"gobua/office"
)

const idempotencyHeader = "Idempotency-Key"

const (
	// onceKeys answers are remembered at least, and twice as many at most: with
	// onceBytes each, 32 MB.
	onceKeys = 256
	// onceBytes is the largest answer that is remembered. Only a large auction
	// is larger, and the office knows a second creation or publication of it.
	onceBytes = 64 << 10
	// onceLife is longer than any client retries by itself. What must hold for
	// longer, the office holds: it remembers the keys of auctions, logins are
	// unique, and a second publication or revocation finds the first.
	onceLife = 10 * time.Minute
)

// onceKey is one intention: of an account, at an address, under its own key.
type onceKey struct{ account, path, key string }

// onceAnswer is what the first request was answered. It is written before
// done is closed and never after.
type onceAnswer struct {
	done   chan struct{}
	body   [sha256.Size]byte // of the request
	ok     bool              // else the request failed and may be tried again
	status int
	answer []byte
}

// OnceAPI remembers answers for all processes on one database; office.Office
// implements it. Its calls block on the database.
type OnceAPI interface {
	BeginOnce(ctx context.Context, r office.OnceRequest) (claim string, a office.OnceAnswer, err error)
	EndOnce(ctx context.Context, r office.OnceRequest, claim string, a office.OnceAnswer)
}

// onceBook remembers the answers to requests with an Idempotency-Key.
type onceBook struct {
	now  func() time.Time
	mu   sync.Mutex
	aged time.Time
	book recent[onceKey, *onceAnswer]
}

func newOnceBook(now func() time.Time) *onceBook {
	return &onceBook{now: now, book: recent[onceKey, *onceAnswer]{limit: onceKeys}}
}

// claim returns the answer of a key, and whether the caller is the first and
// has to give it.
func (b *onceBook) claim(k onceKey, body [sha256.Size]byte) (a *onceAnswer, first bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := b.now(); now.Sub(b.aged) > onceLife {
		b.book.age()
		b.aged = now
	}
	if a, ok := b.book.get(k); ok {
		return a, false
	}
	a = &onceAnswer{done: make(chan struct{}), body: body}
	b.book.put(k, a)
	return a, true
}

func (b *onceBook) forget(k onceKey) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.book.drop(k)
}

// onlyOnce gives a repeated request the answer of the first, also while the
// first is still at work. Only what was done is remembered: a request that was
// refused or failed is tried again. A key used for something else is refused.
func onlyOnce(handle func(*HTTP, *call) error) func(*HTTP, *call) error {
	return func(h *HTTP, c *call) error {
		key := c.Get(idempotencyHeader)
		if key == "" {
			return handle(h, c)
		}
		if len(key) > 64 || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return &fault{code: codeInvalid, fields: []fieldFault{{Field: idempotencyHeader, Code: "malformed"}}}
		}
		k := onceKey{c.by.Account, c.Path(), key}
		sum := sha256.Sum256(c.Request().Body())
		for {
			a, first := h.once.claim(k, sum)
			if first {
				return h.answerFirst(c, k, a, handle)
			}
			if a.body != sum {
				return refuse(codeIdempotencyReused)
			}
			if err := wait(c.ctx, a.done); err != nil {
				return err
			}
			if a.ok {
				return a.replay(c)
			}
		}
	}
}

// replay sends the answer of the first request.
func (a *onceAnswer) replay(c *call) error {
	c.Set("Idempotency-Replayed", "true")
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Status(a.status).Send(a.answer)
}

// answerFirst runs the handler and publishes its answer, also if it panics.
// Where other processes may have been asked the same, one of them all runs it.
func (h *HTTP) answerFirst(c *call, k onceKey, a *onceAnswer, handle func(*HTTP, *call) error) error {
	defer func() {
		if !a.ok {
			h.once.forget(k)
		}
		close(a.done)
	}()
	if h.Once == nil {
		return a.run(h, c, handle)
	}
	r := office.OnceRequest{AccountID: k.account, Path: k.path, Key: k.key, Hash: a.body}
	claim, known, err := h.Once.BeginOnce(c.ctx, r)
	if err != nil {
		return err
	}
	if claim == "" {
		a.status, a.answer, a.ok = known.Status, known.Body, true
		return a.replay(c)
	}
	defer func() { h.Once.EndOnce(c.ctx, r, claim, office.OnceAnswer{Status: a.status, Body: a.answer}) }()
	return a.run(h, c, handle)
}

// run runs the handler and notes its answer if it did what was asked.
func (a *onceAnswer) run(h *HTTP, c *call, handle func(*HTTP, *call) error) error {
	if err := handle(h, c); err != nil {
		return err
	}
	if body := c.Response().Body(); len(body) <= onceBytes {
		a.status, a.answer, a.ok = c.Response().StatusCode(), bytes.Clone(body), true
	}
	return nil
}

func wait(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
