package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"gobua/engine"
)

// How a cluster began is decided once, by compare-and-set of one key: empty, or
// filled by one node from what it has. No node joins before it is decided and, if
// it is to be filled, done. So nobody decides anything in a log that is half
// there, and nothing is filled in where somebody has decided already.

// beginKey has a dot where names of units have none.
const beginKey = "log.begin"

// beginKeyValue is the value of that key.
type beginKeyValue struct {
	How         how            `json:"how"`
	Node        string         `json:"node"`               // who wrote it
	AtMs        engine.Instant `json:"atMs"`               // when, by that node's time of day; for people
	PaidUntilMs engine.Instant `json:"paidUntilMs"`        // until when everybody was served before the filling
	Attempt     int            `json:"attempt,omitempty"`  // of filling, from 1
	Sessions    int            `json:"sessions,omitempty"` // that were filled in
}

// how a log begins.
type how string

const (
	begunEmpty how = "empty"
	filling    how = "filling"
	filled     how = "filled"
)

// ErrBegun: the cluster has begun in another way, and is not filled any more.
var ErrBegun = errors.New("cluster: it has begun already")

const (
	// beginSubject is answered by every node that has started and not joined.
	beginSubject = "gobua.begin"
	// beginAfter is for how long a node that does not hear all the others waits
	// for one that fills, before a log that nobody has begun begins empty. It is
	// waited once in a cluster's life: time to start three machines by hand.
	beginAfter  = 15 * time.Second
	beginEvery  = 100 * time.Millisecond // how often it is looked at
	answersFor  = 300 * time.Millisecond // how long answers are gathered
	complainAll = time.Minute            // how often a node that waits says so again
)

// BeginOptions are needed before a member can join.
type BeginOptions struct {
	JS       jetstream.JetStream
	Replicas int    // of the bucket; zero: 3
	Node     string // our name
	Fills    bool   // it is us who will fill the log
	Nodes    int    // of the cluster; if so many are heard and nobody fills, nobody is waited for. Zero: unknown
	Log      *slog.Logger
}

// Beginning is a node before it joins. Its methods are for one goroutine.
type Beginning struct {
	o     BeginOptions
	sub   *nats.Subscription
	store *store
}

// starter is what a node answers on beginSubject.
type starter struct {
	Node  string `json:"node"`
	Fills bool   `json:"fills,omitempty"`
}

// Announce tells other nodes that we are about to begin, and whether we will fill
// the log. It does not block, and needs no majority: the earlier the better. The
// caller ends it with Close, when it knows how the log began.
func Announce(o BeginOptions) (*Beginning, error) {
	if o.Replicas == 0 {
		o.Replicas = 3
	}
	if err := checkName(o.Node); err != nil {
		return nil, err
	}
	answer, err := json.Marshal(starter{o.Node, o.Fills})
	if err != nil {
		panic(err) // texts and numbers
	}
	b := &Beginning{o: o}
	b.sub, err = o.JS.Conn().Subscribe(beginSubject, func(m *nats.Msg) { _ = m.Respond(answer) })
	if err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	return b, nil
}

// Close ends the announcement.
func (b *Beginning) Close() { _ = b.sub.Unsubscribe() } // or the connection is closed, or will be

// open makes the bucket if there is none.
func (b *Beginning) open(ctx context.Context) (err error) {
	b.store, err = openStore(ctx, b.o.JS, b.o.Replicas)
	return err
}

// look reads the key; revision 0: it was never written. others: somebody has
// joined this cluster.
func (b *Beginning) look(ctx context.Context) (now beginKeyValue, revision uint64, others bool, err error) {
	list, err := b.store.readAllUntil(ctx)
	if err != nil {
		return now, 0, false, err
	}
	for _, e := range list {
		switch {
		case e.key == beginKey:
			revision = e.revision
			if e.value != nil {
				err = json.Unmarshal(e.value, &now)
			}
		case strings.HasPrefix(e.key, nodePrefix), strings.HasPrefix(e.key, unitPrefix):
			others = true
		}
	}
	if err != nil {
		err = fmt.Errorf("cluster: how it began is not readable: %w", err)
	}
	return now, revision, others, err
}

// write replaces the key; errRefused: somebody else has.
func (b *Beginning) write(ctx context.Context, after uint64, next beginKeyValue) (revision uint64, err error) {
	value, err := json.Marshal(next)
	if err != nil {
		panic(err) // texts and numbers
	}
	return b.store.put(ctx, beginKey, after, value)
}

// Await returns when a node may join: the log is filled, or begins empty, which
// this node then decides if nobody says that it will fill it. It blocks for as
// long as another node fills, or until ctx ends.
func (b *Beginning) Await(ctx context.Context) error {
	if err := b.open(ctx); err != nil {
		return err
	}
	var said time.Time
	for quiet := time.Now(); ; {
		now, revision, others, err := b.look(ctx)
		if err != nil {
			return err
		}
		switch now.How {
		case begunEmpty, filled:
			return nil
		case filling:
			if quiet = time.Now(); quiet.Sub(said) > complainAll {
				said = quiet
				b.o.Log.Warn("this node waits: another one fills the log; if that has ended, start it again with --cluster-refill on", "filled by", now.Node, "attempt", now.Attempt)
			}
		default:
			all, fills := false, false
			if !others {
				if all, fills = b.ask(ctx); fills {
					quiet = time.Now()
				}
			}
			if !others && (fills || !all && time.Since(quiet) < beginAfter) {
				break
			}
			if _, err = b.write(ctx, revision, beginKeyValue{How: begunEmpty, Node: b.o.Node, AtMs: engine.InstantOf(time.Now())}); err == nil {
				return nil
			} else if !errors.Is(err, errRefused) {
				return err
			}
		}
		if !pause(ctx, beginEvery) {
			return ctx.Err()
		}
	}
}

// ask finds out who else is about to begin: all the others, and whether one of
// them fills the log.
func (b *Beginning) ask(ctx context.Context) (all, fills bool) {
	ctx, cancel := context.WithTimeout(ctx, answersFor)
	defer cancel()
	nc := b.store.nc
	inbox := nc.NewInbox()
	sub, err := nc.SubscribeSync(inbox)
	if err != nil {
		return false, false
	}
	defer func() { _ = sub.Unsubscribe() }()
	if err := nc.PublishRequest(beginSubject, inbox, nil); err != nil {
		return false, false
	}
	heard := map[string]bool{}
	for {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return false, fills
		}
		var s starter
		if json.Unmarshal(m.Data, &s) != nil {
			continue
		}
		heard[s.Node] = true
		fills = fills || s.Fills
		if b.o.Nodes > 0 && len(heard) >= b.o.Nodes {
			return true, fills
		}
	}
}

// Filling is the right of one node to fill the log. Its methods are for one
// goroutine.
type Filling struct {
	b        *Beginning
	revision uint64
	now      beginKeyValue
}

// Fill gives this node the right to fill the log, anew after an attempt that broke
// off. paidUntil is until when everybody was served, zero if nobody knows, and then
// sessions are credited from their last record; what the first attempt said
// counts. It blocks until that is written, or ctx ends. ErrBegun: the cluster has
// begun empty, or another node fills it.
func (b *Beginning) Fill(ctx context.Context, paidUntil engine.Instant) (*Filling, error) {
	if err := b.open(ctx); err != nil {
		return nil, err
	}
	for {
		now, revision, others, err := b.look(ctx)
		if err != nil {
			return nil, err
		}
		next := beginKeyValue{How: filling, Node: b.o.Node, PaidUntilMs: max(1, paidUntil), Attempt: 1, AtMs: engine.InstantOf(time.Now())}
		switch {
		case now.How == filled:
			return &Filling{b: b, now: now}, nil
		case now.How == begunEmpty:
			return nil, fmt.Errorf("%w: node %s began it empty at %v, and a log in which somebody may decide is not filled", ErrBegun, now.Node, now.AtMs.Time())
		case now.How == "" && others:
			return nil, fmt.Errorf("%w: nodes have joined it, and a log in which somebody may decide is not filled", ErrBegun)
		case now.How == filling && now.Node != b.o.Node:
			return nil, fmt.Errorf("%w: node %s fills it; start that one again with --cluster-refill on", ErrBegun, now.Node)
		case now.How == filling:
			next.PaidUntilMs, next.Attempt = now.PaidUntilMs, now.Attempt+1
		}
		revision, err = b.write(ctx, revision, next)
		if err == nil {
			return &Filling{b, revision, next}, nil
		}
		if !errors.Is(err, errRefused) {
			return nil, err
		}
		if !pause(ctx, beginEvery) { // the replica that answered was behind
			return nil, ctx.Err()
		}
	}
}

// Before tells who filled the log earlier; false: it is to be filled now.
func (f *Filling) Before() (node string, at engine.Instant, done bool) {
	return f.now.Node, f.now.AtMs, f.now.How == filled
}

// Attempt counts from 1.
func (f *Filling) Attempt() int { return f.now.Attempt }

// Done lets everybody join. Whoever takes one of these units first credits its
// sessions with the time since everybody was last served. It blocks until that
// is written or ctx ends; after an error the filling is not done.
func (f *Filling) Done(ctx context.Context, units []string, sessions int) error {
	for _, unit := range units {
		value, err := json.Marshal(unitKey{PaidUntilMs: f.now.PaidUntilMs})
		if err != nil {
			panic(err) // texts and numbers
		}
		// Refused: an earlier attempt has written it, and nobody else can have.
		if _, err := f.b.store.put(ctx, unitPrefix+unit, 0, value); err != nil && !errors.Is(err, errRefused) {
			return err
		}
	}
	next := f.now
	next.How, next.Sessions, next.AtMs = filled, sessions, engine.InstantOf(time.Now())
	_, err := f.b.write(ctx, f.revision, next)
	if errors.Is(err, errRefused) {
		return fmt.Errorf("%w: another process of this node's name fills it", ErrBegun)
	}
	return err
}

// Abandon takes the right back after a first attempt that wrote nothing, so that
// the cluster can begin in another way.
func (f *Filling) Abandon(ctx context.Context) error {
	if f.now.Attempt != 1 {
		return nil
	}
	_, err := f.b.store.put(ctx, beginKey, f.revision, nil)
	return err
}
