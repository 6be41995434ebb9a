// Package shardlog is the journal of a cluster: one log on NATS JetStream that
// every node reads, and in which one node at a time appends to each shard. What
// a node has read is in a journal.Pebble of its own, the mirror, from which it
// is replayed. DESIGN.md describes messages, fences and what survives what.
package shardlog

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"gobua/engine"
	"gobua/engine/journal"
)

// ErrUnknown: nobody knows whether the entries are in the log. The shard's claim
// is given up; whoever claims it next, here or elsewhere, knows.
var ErrUnknown = errors.New("shardlog: outcome unknown")

// Options of a Log. Conn, Mirror and Node are needed.
type Options struct {
	// Conn is a connection to the cluster's servers. It must reconnect by
	// itself. The Log does not close it.
	Conn *nats.Conn
	// Mirror keeps what was read of the log. Nobody else writes to it, and
	// whoever opened it closes it after the Log.
	Mirror *journal.Pebble
	Layout Layout
	Node   string // stands in fences; at most 255 bytes
	Log    *slog.Logger
	// GiveUp is how long an append is tried whose outcome is open; zero means
	// 10 s. A stream whose leader was killed takes none for 5 to 8 s.
	GiveUp time.Duration
	// OnAppend is told the outcome of every append, on the appender's goroutine;
	// it must not block. It may be nil.
	OnAppend func(entries int, took time.Duration, err error)
	// AuctionOf tells the auction of a session by its first entry. nil: the entry
	// is a Created, which names it.
	AuctionOf func(engine.SessionID, engine.Entry) (string, error)

	// Only tests set these.
	lostAfter time.Duration
	deaf      bool // what the leaders tell again is not heard
}

func (o *Options) setDefaults() error {
	if o.Conn == nil || o.Mirror == nil || o.Node == "" || len(o.Node) > maxNodeBytes {
		return errors.New("shardlog: a connection, a mirror and a node's name are needed")
	}
	o.Layout = o.Layout.withDefaults()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.GiveUp == 0 {
		o.GiveUp = 10 * time.Second
	}
	if o.lostAfter == 0 {
		o.lostAfter = lostPatience
	}
	if o.GiveUp > duplicates/2 {
		return fmt.Errorf("shardlog: giving up after %v is too late, the log remembers an id for %v", o.GiveUp, duplicates)
	}
	if o.AuctionOf == nil {
		o.AuctionOf = auctionOf
	}
	return o.Layout.check()
}

// auctionOf reads the auction from a session's first record.
func auctionOf(id engine.SessionID, e engine.Entry) (string, error) {
	r, err := e.Record()
	if err != nil {
		return "", err
	}
	c, ok := r.Event.(*engine.Created)
	if !ok {
		return "", fmt.Errorf("record %d is %s and does not say which auction the session is of", r.Seq, r.Event.Kind())
	}
	return c.Lot.AuctionID, nil
}

// Follower is who is told what other nodes decided.
type Follower struct {
	// Records gets the entries of one session that one message of the log holds,
	// in the order of the log, after the mirror has them durably: all that came
	// after Open, except what this process appended and was acknowledged. So also
	// what it appended without learning the outcome. It is called on the
	// goroutine of the session's stream, which stands still meanwhile. It may
	// read the mirror, which has them, and Replay that session; it must not call
	// the Log otherwise, which may wait for it, nor wait for anybody who does. The
	// entries are the callee's; their bytes are not written by anybody.
	Records func(engine.SessionID, []engine.Entry)
	// Settled tells that a session was marked settled, here or elsewhere, under
	// the same conditions as Records. Once or more often. It may be nil.
	Settled func(engine.SessionID)
	// Lost tells that a claim ended which was not released: why wraps ErrFenced
	// if another owner has the shard, ErrUnknown if an append found no answer,
	// engine.ErrCorrupt if its stream is damaged. No append is taken any more when
	// it is called. It must not block and must not call the Log.
	Lost func(shard int, why error)
}

// Log is the journal of one node of a cluster. It implements engine.Journal.
// Appends are taken for the sessions of shards that were claimed; everything
// else is read from the mirror.
type Log struct {
	o           Options
	js          jetstream.JetStream
	incarnation uint64
	streams     []*stream
	shards      []*shard
	follower    Follower // set once, before anybody calls it

	life context.Context // ends with Close
	end  context.CancelFunc
	all  sync.WaitGroup

	mu        sync.RWMutex
	shardOf   map[engine.SessionID]int
	following bool
	closed    bool
	subs      []*nats.Subscription
}

var _ engine.Journal = (*Log)(nil)

// Open reads every stream to its end into the mirror, so that Replay gives what
// the whole cluster has decided. It blocks for as long as that takes, and while
// a stream has no leader, until ctx ends. The error wraps engine.ErrCorrupt if a
// message is damaged, if what the log has does not continue what the mirror has,
// or if the log ends before the mirror does: then the log has lost something that
// was acknowledged, and nothing is served before somebody has decided. Open does
// not follow yet; see Follow.
func Open(ctx context.Context, o Options) (_ *Log, err error) {
	if err := o.setDefaults(); err != nil {
		return nil, err
	}
	if got := o.Conn.MaxPayload(); o.Conn.IsConnected() && got < MaxMessageBytes {
		return nil, fmt.Errorf("shardlog: the server takes messages of %d bytes, %d are needed: set its max_payload", got, MaxMessageBytes)
	}
	l := &Log{o: o, shardOf: map[engine.SessionID]int{}}
	if l.js, err = jetstream.New(o.Conn); err != nil {
		return nil, fmt.Errorf("shardlog: %w", err)
	}
	var random [8]byte
	_, _ = rand.Read(random[:]) // it never fails
	l.incarnation = binary.BigEndian.Uint64(random[:])
	l.life, l.end = context.WithCancel(context.Background())
	for k := range o.Layout.Streams {
		l.streams = append(l.streams, newStream(l, k))
	}
	for n := range o.Layout.Shards {
		st := l.streams[o.Layout.StreamOf(n)]
		sh := newShard(n, o.Layout.subjectOf(n), st)
		l.shards, st.shards = append(l.shards, sh), append(st.shards, sh)
	}
	defer func() {
		if err != nil {
			l.end()
			err = errors.Join(err, l.closeCursors())
		}
	}()
	if err := l.learnSessions(ctx); err != nil {
		return nil, err
	}
	var all errgroup.Group
	for _, s := range l.streams {
		all.Go(func() error { return s.catchUp(ctx) })
	}
	if err := all.Wait(); err != nil {
		return nil, err
	}
	return l, nil
}

// learnSessions finds out which shard each session of the mirror is in, and
// where it ends.
func (l *Log) learnSessions(ctx context.Context) error {
	ids, err := l.o.Mirror.Sessions(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		head, err := l.o.Mirror.Head(ctx, id)
		if err != nil {
			return err
		}
		first, err := l.mirrored(ctx, id, 1)
		if err != nil {
			return err
		}
		shard, err := l.shardOfFirst(id, first)
		if err != nil {
			return err
		}
		l.shardOf[id] = shard
		l.shards[shard].heads[id] = head
	}
	return nil
}

// errEnough ends a replay that has what it wanted.
var errEnough = errors.New("enough")

// mirrored reads one entry from the mirror, which has it.
func (l *Log) mirrored(ctx context.Context, id engine.SessionID, seq engine.Seq) (found engine.Entry, err error) {
	err = l.o.Mirror.Replay(ctx, id, seq-1, func(e engine.Entry) error {
		found = e
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return found, err
}

// shardOfFirst is the shard of a session by its first entry.
func (l *Log) shardOfFirst(id engine.SessionID, first engine.Entry) (int, error) {
	auction, err := l.o.AuctionOf(id, first)
	if err != nil {
		return 0, fmt.Errorf("session %s: shardlog: nothing was written: %w", id, err)
	}
	return l.o.Layout.ShardOfAuction(auction), nil
}

// Follow begins to read on where Open ended, and to tell what is read. It is
// called once, when whoever is told has replayed what Open found; before it, no
// shard can be claimed. It does not block.
func (l *Log) Follow(f Follower) error {
	if f.Records == nil {
		f.Records = func(engine.SessionID, []engine.Entry) {}
	}
	if f.Settled == nil {
		f.Settled = func(engine.SessionID) {}
	}
	if f.Lost == nil {
		f.Lost = func(int, error) {}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return journal.ErrClosed
	case l.following:
		return errors.New("shardlog: it follows already")
	}
	l.following, l.follower = true, f
	for _, s := range l.streams {
		sub, err := l.o.Conn.Subscribe(fmt.Sprintf("%s%d.>", toldPrefix, s.k), s.hear)
		if err != nil {
			return fmt.Errorf("shardlog: %w", err)
		}
		l.subs = append(l.subs, sub)
		s.mu.Lock()
		s.heardAt = time.Now()
		s.currentAt = s.heardAt // Open read it to its end
		s.mu.Unlock()
		l.all.Go(s.follow)
		l.all.Go(s.watch)
	}
	return nil
}

// Close ends the log: no append is taken any more, one whose outcome is open
// returns ErrUnknown, and nobody is told anything after it has returned. Later
// calls of any method return journal.ErrClosed. The mirror stays open.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return journal.ErrClosed
	}
	l.closed = true
	subs := l.subs
	l.mu.Unlock()
	l.end()
	var err error
	for _, sub := range subs {
		if failed := sub.Unsubscribe(); failed != nil && !errors.Is(failed, nats.ErrConnectionClosed) {
			err = errors.Join(err, failed)
		}
	}
	l.all.Wait()
	return errors.Join(err, l.closeCursors())
}

func (l *Log) closeCursors() (err error) {
	for _, s := range l.streams {
		err = errors.Join(err, s.cursor.close())
	}
	return err
}

// use tells whether the log is open.
func (l *Log) use() error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return journal.ErrClosed
	}
	return nil
}
