package office

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gobua/engine"
	"gobua/office/webhook"
)

// EventKinds are the events other programs can be told of. A test compares
// them with what the office tells.
var EventKinds = []string{
	"auction.listed",
	"auction.amended",
	"auction.cancelled",
	"auction.published",
	"auction.concluded",
	"session.stopped",
	"session.rerun",
	"lot.result",
	"lot.final",
	"hook.test",
}

// Hook is another program that is told of a centre's events (webhook). Its
// secret is shown once, when it is made or replaced.
type Hook struct {
	ID        string         `json:"id"`
	CentreID  string         `json:"-"`
	URL       string         `json:"url"`
	Kinds     []string       `json:"kinds"` // empty: all
	CreatedAt engine.Instant `json:"createdAt"`
	EndedAt   engine.Instant `json:"endedAt,omitempty"`
	EndedWhy  string         `json:"endedWhy,omitempty"` // "gone": the other side wants nothing more
	OldUntil  engine.Instant `json:"oldUntil,omitempty"` // until when the secret before signs too
	Secret    string         `json:"secret,omitempty"`
	// SealedSecret and SealedOld are as they are kept.
	SealedSecret []byte `json:"-"`
	SealedOld    []byte `json:"-"`
}

// NewHook is what is needed for a Hook.
type NewHook struct {
	URL   string   `json:"url"`
	Kinds []string `json:"kinds"`
}

// Delivery is an event on its way to a hook, or arrived.
type Delivery struct {
	HookID    string          `json:"hookId"`
	EventID   string          `json:"eventId"`
	Kind      string          `json:"kind"`
	AuctionID string          `json:"auctionId,omitempty"`
	At        engine.Instant  `json:"at"` // of the event
	NextAt    engine.Instant  `json:"nextAt,omitempty"`
	Tries     int             `json:"tries"`
	Outcome   webhook.Class   `json:"outcome,omitempty"` // of the last try
	Status    int             `json:"status,omitempty"`  // of the last answer
	SettledAt engine.Instant  `json:"settledAt,omitempty"`
	Log       []DeliveryTry   `json:"log,omitempty"` // newest first
	Body      json.RawMessage `json:"-"`
}

// DeliveryTry is one line of the delivery log.
type DeliveryTry struct {
	At      engine.Instant `json:"at"`
	Outcome webhook.Class  `json:"outcome"`
	Status  int            `json:"status,omitempty"`
	TookMs  int64          `json:"tookMs"`
}

// HookStore keeps hooks and their deliveries.
type HookStore interface {
	InsertHook(ctx context.Context, h Hook, t Trail) error
	// UpdateHook keeps secrets, end and kinds of a hook.
	UpdateHook(ctx context.Context, h Hook, t Trail) error
	Hook(ctx context.Context, id string) (Hook, error)
	// Hooks returns those of a centre, newest first.
	Hooks(ctx context.Context, centreID string) ([]Hook, error)
	// ClaimDeliveries returns deliveries due at now with their bodies, and puts
	// off their next try, so that nobody else makes it meanwhile.
	ClaimDeliveries(ctx context.Context, now, until engine.Instant, limit int) ([]Delivery, error)
	// SettleDelivery keeps what became of a try, with its line in the log.
	SettleDelivery(ctx context.Context, d Delivery, try DeliveryTry) error
	// Deliveries returns those of a hook with their logs, newest event first.
	Deliveries(ctx context.Context, hookID string, limit int) ([]Delivery, error)
	// RetryDelivery makes a delivery that was given up due again.
	// ErrWrongState: it has arrived, or is due anyway.
	RetryDelivery(ctx context.Context, hookID, eventID string, at engine.Instant, t Trail) error
	// TellHook keeps an event for one hook alone.
	TellHook(ctx context.Context, hookID string, e Event, t Trail) error
}

const (
	maxHooks      = 20 // of a centre
	maxDeliveries = 100
	hookBatch     = 16
	hookLease     = 5 * time.Minute // longer than the slowest try
	hookEvery     = 2 * time.Second
	// oldSecretLife is how long a replaced secret signs too: time for the other
	// side to change it.
	oldSecretLife = 24 * time.Hour
)

// Hooks returns the hooks of the caller's centre. Only an admin may, here and
// in all methods below.
func (o *Office) Hooks(ctx context.Context, by Account) ([]Hook, error) {
	by, err := o.authorize(ctx, by, engine.RoleAdmin)
	if err != nil {
		return nil, err
	}
	return o.store.Hooks(ctx, by.CentreID)
}

// AddHook makes a hook and returns it with its secret. *Invalid: an address
// that may not be told, a kind that does not exist, or too many hooks.
func (o *Office) AddHook(ctx context.Context, by Account, n NewHook) (Hook, error) {
	by, err := o.authorize(ctx, by, engine.RoleAdmin)
	if err != nil {
		return Hook{}, err
	}
	var f faults
	f.when(webhook.CheckURL(n.URL, o.localHooks) != nil, "url", "malformed")
	for i, kind := range n.Kinds {
		f.when(!slices.Contains(EventKinds, kind), path("kinds", i), "unknown")
	}
	there, err := o.store.Hooks(ctx, by.CentreID)
	if err != nil {
		return Hook{}, err
	}
	there = slices.DeleteFunc(there, func(h Hook) bool { return h.EndedAt != 0 })
	f.when(len(there) >= maxHooks, "url", "too_many")
	if err := f.err(); err != nil {
		return Hook{}, err
	}
	h := Hook{CentreID: by.CentreID, URL: n.URL, Kinds: append([]string{}, n.Kinds...), CreatedAt: engine.InstantOf(o.now())}
	if h.ID, err = o.newID(); err != nil {
		return Hook{}, err
	}
	secret := webhook.NewSecret()
	h.SealedSecret = o.vault.Seal(hookContext(h.ID), []byte(secret))
	if err := o.store.InsertHook(ctx, h, o.act(by, "hook.add", "hook", h.ID, nil, n)); err != nil {
		return Hook{}, err
	}
	h.Secret = string(secret)
	return h, nil
}

func hookContext(id string) string { return "hook/" + id }

// hookOf finds a hook of the caller's centre.
func (o *Office) hookOf(ctx context.Context, by Account, id string) (Account, Hook, error) {
	if !validID(id) {
		return by, Hook{}, ErrNotFound
	}
	h, err := o.store.Hook(ctx, id)
	if err != nil {
		return by, Hook{}, err
	}
	by, err = o.authorizeAt(ctx, by, h.CentreID, engine.RoleAdmin)
	return by, h, err
}

// ReplaceHookSecret gives a hook another secret and returns it. The one before
// signs too for a day.
func (o *Office) ReplaceHookSecret(ctx context.Context, by Account, id string) (Hook, error) {
	by, h, err := o.hookOf(ctx, by, id)
	if err != nil {
		return Hook{}, err
	}
	if h.EndedAt != 0 {
		return Hook{}, ErrWrongState
	}
	secret := webhook.NewSecret()
	h.SealedOld, h.OldUntil = h.SealedSecret, engine.InstantOf(o.now().Add(oldSecretLife))
	h.SealedSecret = o.vault.Seal(hookContext(h.ID), []byte(secret))
	if err := o.store.UpdateHook(ctx, h, o.act(by, "hook.secret", "hook", id, nil, nil)); err != nil {
		return Hook{}, err
	}
	h.Secret = string(secret)
	return h, nil
}

// EndHook tells a hook nothing more. Ending again changes nothing.
func (o *Office) EndHook(ctx context.Context, by Account, id string) (Hook, error) {
	by, h, err := o.hookOf(ctx, by, id)
	if err != nil || h.EndedAt != 0 {
		return h, err
	}
	h.EndedAt = engine.InstantOf(o.now())
	return h, o.store.UpdateHook(ctx, h, o.act(by, "hook.end", "hook", id, nil, nil))
}

// TestHook tells a hook an event that means nothing.
func (o *Office) TestHook(ctx context.Context, by Account, id string) error {
	by, h, err := o.hookOf(ctx, by, id)
	if err != nil {
		return err
	}
	if h.EndedAt != 0 {
		return ErrWrongState
	}
	e := Event{CentreID: h.CentreID, Kind: "hook.test", Body: map[string]string{"hook": id}}
	return o.store.TellHook(ctx, id, e, o.act(by, "hook.test", "hook", id, nil, nil))
}

// Deliveries returns the newest deliveries to a hook, at most a hundred.
func (o *Office) Deliveries(ctx context.Context, by Account, id string) ([]Delivery, error) {
	if _, _, err := o.hookOf(ctx, by, id); err != nil {
		return nil, err
	}
	return o.store.Deliveries(ctx, id, maxDeliveries)
}

// RetryDelivery tries a delivery again that was given up.
func (o *Office) RetryDelivery(ctx context.Context, by Account, id, eventID string) error {
	by, _, err := o.hookOf(ctx, by, id)
	if err != nil {
		return err
	}
	if !validID(eventID) {
		return ErrNotFound
	}
	trail := o.act(by, "hook.retry", "hook", id, nil, map[string]string{"event": eventID})
	return o.store.RetryDelivery(ctx, id, eventID, trail.At, trail)
}

// SendEvents makes the tries that are due, once, and returns how many.
func (o *Office) SendEvents(ctx context.Context) (int, error) {
	now := o.now()
	due, err := o.store.ClaimDeliveries(ctx, engine.InstantOf(now), engine.InstantOf(now.Add(hookLease)), hookBatch)
	if err != nil {
		return 0, err
	}
	done := make(chan error, len(due)) // one slow endpoint does not hold up the others
	for _, d := range due {
		go func() { done <- o.sendEvent(ctx, d) }()
	}
	for range due {
		if e := <-done; e != nil {
			err = e
		}
	}
	return len(due), err
}

func (o *Office) sendEvent(ctx context.Context, d Delivery) error {
	h, err := o.store.Hook(ctx, d.HookID)
	if err != nil {
		return err
	}
	to, err := o.endpoint(h)
	if err != nil {
		return err
	}
	body, err := json.Marshal(struct {
		Type      string          `json:"type"`
		Timestamp time.Time       `json:"timestamp"`
		Data      json.RawMessage `json:"data"`
	}{d.Kind, d.At.Time(), d.Body})
	if err != nil {
		return fmt.Errorf("event %s: %w", d.EventID, err)
	}
	out := o.hooks.Deliver(ctx, to, webhook.Event{ID: d.EventID, Body: body})
	if out.Class == webhook.Stopped {
		return ctx.Err() // the claim ends by itself
	}
	now := o.now()
	d.Tries, d.Outcome, d.Status = d.Tries+1, out.Class, out.Status
	d.NextAt, d.SettledAt = afterDelivery(d.Tries, out, now)
	if out.Class == webhook.Gone && h.EndedAt == 0 {
		h.EndedAt, h.EndedWhy = engine.InstantOf(now), "gone"
		if err := o.store.UpdateHook(ctx, h, Trail{}); err != nil {
			return err
		}
	}
	return o.store.SettleDelivery(ctx, d, DeliveryTry{
		At: engine.InstantOf(now), Outcome: out.Class, Status: out.Status, TookMs: out.Duration.Milliseconds(),
	})
}

// afterDelivery says when the next try comes, or that there is none.
func afterDelivery(tries int, out webhook.Outcome, now time.Time) (next, settled engine.Instant) {
	wait, again := webhook.Backoff(tries)
	switch out.Class {
	case webhook.Delivered, webhook.Gone, webhook.BadEndpoint:
		again = false
	}
	if !again {
		return 0, engine.InstantOf(now)
	}
	return engine.InstantOf(now.Add(max(wait, out.RetryAfter))), 0
}

// endpoint opens what is needed to tell a hook.
func (o *Office) endpoint(h Hook) (webhook.Endpoint, error) {
	to := webhook.Endpoint{URL: h.URL}
	sealed := [][]byte{h.SealedSecret}
	if h.OldUntil > engine.InstantOf(o.now()) {
		sealed = append(sealed, h.SealedOld)
	}
	for _, s := range sealed {
		secret, err := o.vault.Open(hookContext(h.ID), s)
		if err != nil {
			return to, fmt.Errorf("secret of hook %s: %w", h.ID, err)
		}
		to.Secrets = append(to.Secrets, webhook.Secret(secret))
	}
	return to, nil
}

// RunEvents tells hooks as things happen, until ctx ends.
func (o *Office) RunEvents(ctx context.Context) { o.repeat(ctx, hookEvery, "events", o.SendEvents) }

// repeat runs a round again and again until ctx ends, and logs the first of
// each row of failures. A closed office is no news: others say so.
func (o *Office) repeat(ctx context.Context, every time.Duration, what string, round func(context.Context) (int, error)) {
	failed := false
	for {
		_, err := round(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !failed {
			o.log.Warn("a round of the office failed, will try again", "round", what, "err", err)
		}
		failed = err != nil
		select {
		case <-time.After(every):
		case <-ctx.Done():
			return
		}
	}
}
