package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"gobua/engine"
	"gobua/internal/visitor"
)

// ReturnOptions are those of viewers who come back after a restart.
type ReturnOptions struct {
	Server   string
	Login    string // of an administrator
	Password string
	Viewers  int
	// Ready is called when all follow, on Return's goroutine. It restarts the
	// server, or asks somebody to.
	Ready func()
	// Within is how long a restart and the return may take; 0: five minutes.
	Within time.Duration
}

// Pauses of a page before it connects again: by chance, up to one that doubles.
const (
	leastPause = 100 * time.Millisecond
	firstPause = 250 * time.Millisecond
	mostPause  = 15 * time.Second
)

// ReturnResult is what Return prints.
type ReturnResult struct {
	Viewers   int   `json:"viewers"`
	Lost      int64 `json:"lost"`      // whose line ended
	Back      int64 `json:"back"`      // who follow again
	Snapshots int64 `json:"snapshots"` // of them with the whole room
	Attempts  int64 `json:"attempts"`  // connections tried, also while there was no server
	Refused   int64 `json:"refused"`   // of them by a server that answered
	Behind    int64 `json:"behind"`    // who did not come to the last update
	// AttemptToRoom is from the beginning of the attempt that succeeded.
	AttemptToRoom Latencies `json:"attemptToRoom"`
	LossToRoom    Latencies `json:"lossToRoom"`
	// FirstToLast is from the first viewer who was back to the last.
	FirstToLast float64 `json:"firstToLastMs"`
	// LastPause is the longest of the pauses, by chance, before the attempts that
	// succeeded.
	LastPause float64 `json:"lastPauseMs"`
}

// Return has viewers follow a session, lets the server be restarted, has them
// come back as pages do, and prints a ReturnResult as JSON.
func Return(ctx context.Context, o ReturnOptions, out io.Writer) error {
	if o.Viewers < 1 || o.Viewers > maxSpectators || o.Ready == nil {
		return fmt.Errorf("viewers: %d; want 1 to %d, and somebody to call", o.Viewers, maxSpectators)
	}
	if o.Within == 0 {
		o.Within = 5 * time.Minute
	}
	site, err := visitor.NewSite(o.Server)
	if err != nil {
		return err
	}
	defer site.Close()
	r := &returning{ReturnOptions: o, site: site, meter: newMeter(), loopback: site.OnThisMachine(), all: make(chan struct{})}
	if r.crowd, err = newCrowd(); err != nil {
		return err
	}
	r.ctx, r.stop = context.WithCancel(ctx) // before there is anybody who reads it
	defer r.hangUp()
	if err := r.prepare(ctx); err != nil {
		return err
	}
	within := time.NewTimer(o.Within)
	defer within.Stop()
	o.Ready()
	select {
	case <-r.all:
	case <-within.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	_, seq, err := site.RoomAt(ctx, r.session)
	if err != nil {
		return err
	}
	sleep(ctx, 2*tail)
	r.hangUp()
	return printJSON(out, r.result(seq))
}

// returning is one run of Return.
type returning struct {
	ReturnOptions
	site     *visitor.Site
	meter    *meter // receipt: from the attempt, seen: from the loss
	crowd    *crowd
	loopback bool
	session  engine.SessionID
	viewers  []*viewer
	ctx      context.Context // of those who come back
	stop     func()          // ends it
	stopping atomic.Bool
	left     sync.Once
	coming   sync.WaitGroup
	all      chan struct{} // closed when all are back

	lost, back, snapshots, attempts, refused atomic.Int64

	mu          sync.Mutex
	first, last time.Time // when somebody was back
}

// viewer follows the session on one line after the other. What it knows is its
// reader's; between two lines, that of who connects.
type viewer struct {
	*returning
	index     int
	epoch     string
	seq       engine.FeedSeq
	lostAt    time.Time // zero: not yet
	attempted time.Time
	pause     time.Duration // the last by chance
	returned  bool
}

func (r *returning) prepare(ctx context.Context) error {
	people, err := admit(ctx, r.site, r.Login, r.Password, 2)
	if err != nil {
		return err
	}
	now, err := r.site.Now(ctx)
	if err != nil {
		return err
	}
	sessions, err := publish(ctx, people, fmt.Sprintf("Load: %d come back", r.Viewers), 1, rulesOf(engine.OpeningByClock, now, r.Within+spare))
	if err != nil {
		return err
	}
	r.session = sessions[0]
	r.viewers = make([]*viewer, r.Viewers)
	group, connecting := errgroup.WithContext(ctx)
	group.SetLimit(connectAtOnce)
	for i := range r.viewers {
		r.viewers[i] = &viewer{returning: r, index: i}
		group.Go(func() error { return r.viewers[i].connect(connecting) })
	}
	if err := advise(group.Wait(), r.Viewers); err != nil {
		return err
	}
	if !sleep(ctx, lead) { // the last snapshots
		return ctx.Err()
	}
	return nil
}

// connect opens a line and follows the session from where this viewer stands.
func (v *viewer) connect(ctx context.Context) error {
	var from netip.Addr
	if v.loopback {
		from = netip.AddrFrom4([4]byte{127, 0, 0, byte(2 + v.index%sources)})
	}
	l, err := connect(ctx, v.site, from)
	if err != nil {
		return err
	}
	l.hear, l.lost = v.hear, v.lose
	q := question{Op: "sub", ID: 1, Session: v.session, Epoch: v.epoch}
	if v.epoch != "" {
		q.Seq = &v.seq
	}
	if err := l.write(q); err != nil {
		l.hangUp()
		return err
	}
	return v.crowd.join(l)
}

func (v *viewer) hear(at time.Time, object []byte) error {
	kind := kindOf(object)
	switch kind {
	case "snap", "up", "hb":
		if seq, ok := seqOf(object); ok && (kind == "snap" || seq > v.seq) {
			v.seq = seq
		}
	case "err":
		return fmt.Errorf("refused: %s", object) // it is still read back; come again
	}
	if kind == "snap" {
		v.epoch = epochOf(object)
	}
	if kind != "snap" && kind != "subok" || v.lostAt.IsZero() || v.returned {
		return nil
	}
	v.returned = true
	v.meter.note(v.index, func(s *stripe) {
		record(s.receipt, at.Sub(v.attempted))
		record(s.seen, at.Sub(v.lostAt))
	})
	if kind == "snap" {
		v.snapshots.Add(1)
	}
	v.welcome(at)
	return nil
}

// welcome counts somebody who is back.
func (r *returning) welcome(at time.Time) {
	r.mu.Lock()
	if r.first.IsZero() || at.Before(r.first) {
		r.first = at
	}
	if at.After(r.last) {
		r.last = at
	}
	r.mu.Unlock()
	if r.back.Add(1) == int64(r.Viewers) {
		close(r.all)
	}
}

// lose has a viewer whose line has ended come back.
func (v *viewer) lose(error) {
	if v.stopping.Load() {
		return
	}
	if v.lostAt.IsZero() {
		v.lostAt = time.Now()
		v.lost.Add(1)
	}
	if !v.returned { // who is lost twice after that shows as behind
		v.coming.Go(v.comeBack)
	}
}

// comeBack connects again until it works.
func (v *viewer) comeBack() {
	for most := firstPause; ; most = min(2*most, mostPause) {
		v.pause = leastPause + rand.N(most)
		if !sleep(v.ctx, v.pause) || v.stopping.Load() {
			return
		}
		v.attempted = time.Now()
		v.attempts.Add(1)
		err := v.connect(v.ctx)
		if err == nil {
			return
		}
		var answer *visitor.APIError
		if errors.As(err, &answer) {
			v.refused.Add(1)
		}
	}
}

func (r *returning) hangUp() {
	r.left.Do(func() {
		r.stopping.Store(true)
		r.stop()
		r.crowd.leave() // from here on nobody is lost
		r.coming.Wait()
	})
}

func (r *returning) result(reached engine.FeedSeq) ReturnResult {
	sum := r.meter.sum()
	out := ReturnResult{
		Viewers: r.Viewers, Lost: r.lost.Load(), Back: r.back.Load(), Snapshots: r.snapshots.Load(),
		Attempts: r.attempts.Load(), Refused: r.refused.Load(),
		AttemptToRoom: latencies(sum.receipt), LossToRoom: latencies(sum.seen),
		FirstToLast: float64(r.last.Sub(r.first).Milliseconds()),
	}
	for _, v := range r.viewers {
		if v.seq < reached {
			out.Behind++
		}
		out.LastPause = max(out.LastPause, float64(v.pause.Milliseconds()))
	}
	return out
}
