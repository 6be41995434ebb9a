package cluster

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"gobua/engine"
)

// Options of a member.
type Options struct {
	// JS is for the leases. Requests is for requests and broadcasts; nil: the
	// connection of JS. With one of its own a flood of requests does not delay
	// the renewals, which would wait behind it.
	JS       jetstream.JetStream
	Requests *nats.Conn
	Replicas int      // of the bucket; zero: 3
	Node     string   // our name: a to z, 0 to 9 and -
	Units    []string // what can be owned, the same on every node

	// PaidUntil is the moment until which nothing decided here is owed time. Facts
	// are for people. Both are called every half second on a goroutine of the
	// member, PaidUntil also after every Give, and must not block.
	PaidUntil func() engine.Instant
	Facts     func() Facts // nil: none

	// Take begins to serve a unit and returns when it is served. since is until
	// when it was served before, zero if it never was. ctx ends when the unit is
	// not to be taken any more; Take then returns soon. An error means that
	// nothing is served: the unit is given back and tried again later.
	Take func(ctx context.Context, unit string, since engine.Instant) error
	// Give stops serving a unit that Take has taken, and returns when nothing
	// more is decided and the last append has ended. It is called once for each
	// Take that returned nil. ctx ends after ten seconds; then, and after an
	// error, the log's fence alone keeps owners apart.
	//
	// Take and Give of one unit never overlap; those of different units do. They
	// are called on goroutines of their own.
	Give func(ctx context.Context, unit string) error

	// Busy asks for a moment's delay of a move that only evens out. It is called
	// often and must not block. nil: never busy.
	Busy       func(unit string) bool
	BusyAtMost time.Duration // for how long Busy is heard; zero: ten minutes, twice the longest last minutes

	Steady func() time.Duration // counts what really passes, also while the machine sleeps
	Log    *slog.Logger         // nil: nothing is logged
	Hooks  Hooks
}

// Hooks are told what happens, for metrics. Each may be nil; they are called on
// goroutines of the member and must not block.
type Hooks struct {
	Renewed   func(took time.Duration, err error) // one rewriting of our key
	LeaseLost func()
	Took      func(unit, why string, took time.Duration)
	Gave      func(unit, why string)
	NodeLost  func(node, why string) // "dead" or "gone"
}

// defaultBusyAtMost: a lot whose last minutes last longer is moved in them.
const defaultBusyAtMost = 10 * time.Minute

// ErrNameTaken ends a member whose name another process has, or does not let it
// begin.
var ErrNameTaken = errors.New("cluster: another process runs under this node's name")

func (o *Options) check() error {
	if o.JS == nil || o.PaidUntil == nil || o.Take == nil || o.Give == nil || o.Steady == nil {
		return errors.New("cluster: JS, PaidUntil, Take, Give and Steady are needed")
	}
	for _, name := range append([]string{o.Node}, o.Units...) {
		if err := checkName(name); err != nil {
			return err
		}
	}
	if o.Requests == nil {
		o.Requests = o.JS.Conn()
	}
	if o.Replicas == 0 {
		o.Replicas = 3
	}
	if o.BusyAtMost == 0 {
		o.BusyAtMost = defaultBusyAtMost
	}
	if o.Facts == nil {
		o.Facts = func() Facts { return Facts{} }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}

// Member is this process as one node of a cluster. All methods may be called
// from any goroutine; those that block say so.
type Member struct {
	o           Options
	nc          *nats.Conn // for requests
	store       *store
	incarnation string
	lease       *lease
	asks        *asks

	ctx     context.Context
	cancel  context.CancelFunc
	inbox   chan func()    // what the loop is to do
	wg      sync.WaitGroup // everything but the loop
	stopped chan struct{}  // closed when the loop has ended
	done    chan struct{}  // closed when all has ended
	err     error          // written before done is closed

	subsMu     sync.Mutex
	subs       []*nats.Subscription
	subsClosed bool

	view     atomic.Pointer[view]
	apart    atomic.Int64 // how many nodes live that do not answer us
	beatEnds chan uint64  // the last revision of our key

	// The loop's own.
	known     known
	right     map[string]string // the right node of each unit
	placedFor []string          // the nodes it was reckoned for
	moves     int
	takes     int
	renewedAt time.Duration
	steppedAt time.Duration
	cutFrom   map[string]time.Duration // see CutFrom
	hadLease  bool
	term      uint64 // of the lease under which we serve
	leaving   bool
	closing   bool
	gaveAll   chan struct{} // closed when a member that leaves has nothing left
}

// Join makes this process a member. It blocks until its key is written, for
// which most of the servers must be there, or until ctx ends. Units are taken
// about a second later. An error leaves nothing running.
func Join(ctx context.Context, o Options) (*Member, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	m := &Member{
		o: o, nc: o.Requests, incarnation: rand.Text(), lease: newLease(o.Steady),
		inbox: make(chan func(), 1024), stopped: make(chan struct{}), done: make(chan struct{}), beatEnds: make(chan uint64, 1), gaveAll: make(chan struct{}),
		known: known{self: o.Node, nodes: map[string]*node{}, units: map[string]*unit{}},
	}
	for _, u := range o.Units {
		m.known.units[u] = &unit{name: u}
	}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	m.publish()
	revision, err := m.enter(ctx)
	if err != nil {
		m.cancel()
		m.unsubscribeAll()
		if m.asks != nil {
			m.asks.close()
		}
		return nil, err
	}
	m.start(revision)
	return m, nil
}

// enter reads what there is and writes our key for the first time.
func (m *Member) enter(ctx context.Context) (revision uint64, err error) {
	if m.store, err = openStore(ctx, m.o.JS, m.o.Replicas); err != nil {
		return 0, err
	}
	if m.asks, err = newAsks(m.nc); err != nil {
		return 0, err
	}
	list, err := m.store.readAllUntil(ctx)
	if err != nil {
		return 0, err
	}
	now := m.o.Steady()
	for _, e := range list {
		m.known.see(e, now)
	}
	if old := m.known.nodes[m.o.Node]; old != nil && !old.deleted {
		if err := m.waitForNamesake(ctx, old); err != nil {
			return 0, err
		}
		m.lease.before = inherit(old.key)
		revision = old.revision
	} else if old != nil {
		revision = old.revision
	}
	if err := errors.Join(m.servePings(), m.serveStatus()); err != nil {
		return 0, err
	}
	revision, err = m.renew(ctx, 1, revision)
	if errors.Is(err, errRefused) {
		return 0, ErrNameTaken
	} else if err != nil {
		return 0, err
	}
	m.known.see(entry{nodePrefix + m.o.Node, revision, m.key(1).encode()}, m.o.Steady())
	return revision, nil
}

// inherit keeps what an earlier process of our name has said last.
func inherit(old nodeKey) map[string]engine.Instant {
	before := map[string]engine.Instant{}
	for incarnation, at := range old.Before {
		before[incarnation] = at
	}
	before[old.Incarnation] = old.PaidUntilMs
	return before
}

// start begins everything that runs.
func (m *Member) start(revision uint64) {
	m.steppedAt = m.o.Steady()
	m.renewedAt = m.steppedAt
	m.hadLease, m.term = true, m.lease.term.Load()
	m.spawn(func() { m.beatEnds <- m.beat(m.ctx, revision) })
	m.spawn(m.poll)
	if err := m.watchKeys(); err != nil {
		m.o.Log.Error("keys are not watched and only read every second", "err", err)
	}
	go m.loop()
}

func (m *Member) watchKeys() error {
	sub, err := m.store.watch(func(e entry) { m.post(func() { m.known.see(e, m.o.Steady()) }) })
	if err != nil {
		return err
	}
	m.subsMu.Lock()
	defer m.subsMu.Unlock()
	m.subs = append(m.subs, sub)
	return nil
}

// pollEvery is how often all keys are read, in case one was not told of.
const pollEvery = time.Second

func (m *Member) poll() {
	for pause(m.ctx, pollEvery) {
		try, cancel := context.WithTimeout(m.ctx, pollEvery)
		list, err := m.store.readAll(try)
		cancel()
		if err != nil {
			continue // the lease says it when nothing works
		}
		m.post(func() {
			for _, e := range list {
				m.known.see(e, m.o.Steady())
			}
		})
	}
}

// spawn runs fn on a goroutine of its own that the member waits for.
func (m *Member) spawn(fn func()) { m.wg.Go(fn) }

// post has the loop call fn. It blocks while the loop is busy.
func (m *Member) post(fn func()) {
	select {
	case m.inbox <- fn:
	case <-m.stopped:
	}
}

// tryPost is post for what may be lost, for callers that must not block.
func (m *Member) tryPost(fn func()) {
	select {
	case m.inbox <- fn:
	default:
	}
}

// Done is closed when the member has ended; Err then says why, nil for Leave and
// Close.
func (m *Member) Done() <-chan struct{} { return m.done }

// Err is to be asked after Done.
func (m *Member) Err() error {
	<-m.done
	return m.err
}

// Leave hands everything over and ends the member. It blocks until other nodes
// serve what this one did, or until ctx ends; then what is left is given up as
// Close does, and the error says so.
func (m *Member) Leave(ctx context.Context) error {
	m.post(func() {
		m.leaving = true
		m.right = nil // to be reckoned anew, without us
		m.lease.drain()
	})
	var err error
	select {
	case <-m.gaveAll:
	case <-m.done:
		return m.err
	case <-ctx.Done():
		err = ctx.Err()
	}
	m.Close()
	if err == nil {
		err = m.removeKey(ctx)
	}
	return err
}

// removeKey takes our name from the list of nodes. Nothing hangs on it any more.
func (m *Member) removeKey(ctx context.Context) error {
	revision := <-m.beatEnds // it has ended, or Close would not have returned
	for {
		_, err := m.store.put(ctx, nodePrefix+m.o.Node, revision, nil)
		if !errors.Is(err, errRefused) {
			return err
		}
		// The last renewal may have been written without an answer.
		if revision = m.ownRevision(ctx, revision); revision == 0 {
			return ErrNameTaken
		}
	}
}

// Close gives everything up and ends the member, as if the process had died,
// but in good order: the others notice by themselves. It blocks until every Give
// has returned.
func (m *Member) Close() {
	m.post(func() { m.fail(nil) })
	<-m.done
}

// fail ends the member. The loop calls it.
func (m *Member) fail(err error) {
	if m.closing {
		return
	}
	m.closing, m.err = true, err
	if err != nil {
		m.o.Log.Error("this node leaves the cluster", "err", err)
	}
	m.cancel()
}
