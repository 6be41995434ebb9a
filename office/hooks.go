package office

import (
	"context"
	"encoding/json"
	"errors"
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

// endedGone: the other side said that it wants nothing more.
const endedGone = "gone"

// Hook is another program that is told of a centre's events (webhook). Its
// secret is shown once, when it is made or replaced.
type Hook struct {
	ID        string         `json:"id"`
	CentreID  string         `json:"-"`
	URL       string         `json:"url"`
	Kinds     []string       `json:"kinds"` // empty: all
	CreatedAt engine.Instant `json:"createdAt"`
	EndedAt   engine.Instant `json:"endedAt,omitempty"`
	EndedWhy  string         `json:"endedWhy,omitempty"` // endedGone; empty: by hand, or it goes on
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
	Claim     string          `json:"-"` // under which its hook is told
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
	// EndHook keeps that a hook has ended, if it has not, and nothing else of it.
	EndHook(ctx context.Context, id string, at engine.Instant, why string) error
	// ClaimDeliveries puts hooks that have deliveries due at now, and that nobody
	// is telling, under a claim. It returns at most `each` deliveries of each of
	// them with their bodies, those of one hook in the order of their events.
	ClaimDeliveries(ctx context.Context, claim string, life time.Duration, now engine.Instant, hooks, each int) ([]Delivery, error)
	// SettleDelivery keeps what became of a try, with its line in the log. If the
	// claim has gone to somebody else, only that it arrived and the line are kept:
	// they are true whoever tells. What has arrived stays so.
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
	// hooksAtOnce is how many hooks are told at the same time, each one event
	// after the other: hookBatch of them, unless hookTurn is over before. So one
	// slow endpoint holds up the others for not much longer than one try.
	hooksAtOnce = 16
	hookBatch   = 16
	hookTurn    = 20 * time.Second
	hookEvery   = 2 * time.Second
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

// SendEvents makes the tries that are due, once, and returns how many. Several
// programs may do so at the same time: a hook is told by one of them, in the
// order of the events. An event that could not be told comes again later and
// holds up none behind it. It may arrive twice, under the same id, if the
// program dies or stands still for longer than claimLife before it has kept that
// it did.
func (o *Office) SendEvents(ctx context.Context) (int, error) {
	id, began := newClaim(), time.Now()
	due, err := o.store.ClaimDeliveries(ctx, id, claimLife, engine.InstantOf(o.now()), hooksAtOnce, hookBatch)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	held := o.hold(ctx, ClaimedHooks, id, began)
	defer held.end(ctx)
	byHook := map[string][]Delivery{}
	for _, d := range due {
		byHook[d.HookID] = append(byHook[d.HookID], d)
	}
	type told struct {
		tries int
		err   error
	}
	done := make(chan told, len(byHook)) // one slow endpoint does not hold up the others
	for _, list := range byHook {
		go func() {
			n, err := o.tellHook(ctx, held, list)
			done <- told{n, err}
		}()
	}
	tries := 0
	for range byHook {
		one := <-done
		tries += one.tries
		err = errors.Join(err, one.err)
	}
	return tries, err
}

// tellHook tells one hook what is due, one after the other.
func (o *Office) tellHook(ctx context.Context, held *claim, list []Delivery) (tries int, err error) {
	for began := time.Now(); tries < len(list) && time.Since(began) < hookTurn && held.ours(); tries++ {
		if err := o.sendEvent(ctx, list[tries]); err != nil {
			return tries, err
		}
	}
	return tries, nil
}

func (o *Office) sendEvent(ctx context.Context, d Delivery) error {
	h, err := o.store.Hook(ctx, d.HookID)
	if err != nil {
		return err
	}
	if h.EndedAt != 0 {
		return nil // meanwhile
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
		return ctx.Err() // it was no try
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin) // what has arrived is kept also when we stop
	defer cancel()
	now := o.now()
	d.Tries, d.Outcome, d.Status = d.Tries+1, out.Class, out.Status
	d.NextAt, d.SettledAt = afterDelivery(d.Tries, out, now)
	if out.Class == webhook.Gone {
		if err := o.store.EndHook(ctx, h.ID, engine.InstantOf(now), endedGone); err != nil {
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
