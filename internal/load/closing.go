package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"gobua/engine"
	"gobua/internal/visitor"
)

// ClosingOptions are those of many sessions that close in the same moment.
type ClosingOptions struct {
	Server   string
	Login    string // of an administrator
	Password string
	Sessions int
	Opening  time.Duration // until the sessions open by the clock: time to publish them and to connect
	Bidding  time.Duration // from then until they close
}

const (
	maxClosing = 10_000 // sessions
	// sessionsABidder and sessionsAWatcher keep a connection below its limits:
	// twenty requests at once, and sixteen sessions.
	sessionsABidder  = 8
	sessionsAWatcher = 16
	// closingWait is how long closes are waited for.
	closingWait = 30 * time.Second
)

// ClosingResult is what Close prints.
type ClosingResult struct {
	Sessions    int       `json:"sessions"`
	Accepted    int64     `json:"accepted"`    // bids, of one for each session
	Closed      int64     `json:"closed"`      // sessions whose close was seen
	Sold        int64     `json:"sold"`        // of them with the price that was bid
	AtOtherTime int64     `json:"atOtherTime"` // closes recorded at another moment than the published end
	OutOfOrder  int64     `json:"outOfOrder"`  // updates out of order, missing, or after the close
	Lost        int64     `json:"linesLost"`
	EndToSeen   Latencies `json:"endToSeen"` // ms from the published end to the close at a viewer of the session
}

// Close has many sessions close in the same moment, each with one bid, and
// prints a ClosingResult as JSON.
func Close(ctx context.Context, o ClosingOptions, out io.Writer) error {
	if o.Sessions < 1 || o.Sessions > maxClosing || o.Opening <= 0 || o.Bidding <= 0 {
		return fmt.Errorf("sessions %d, opening %v, bidding %v; want 1 to %d sessions, and times above zero", o.Sessions, o.Opening, o.Bidding, maxClosing)
	}
	site, err := visitor.NewSite(o.Server)
	if err != nil {
		return err
	}
	defer site.Close()
	c := &closing{ClosingOptions: o, site: site, meter: newMeter(), all: make(chan struct{})}
	if c.crowd, err = newCrowd(); err != nil {
		return err
	}
	defer c.hangUp()
	if err := c.prepare(ctx); err != nil {
		return err
	}
	if err := c.bid(ctx); err != nil {
		return err
	}
	wait := time.NewTimer(time.Until(c.ends.Time().Add(-c.clock)) + closingWait)
	defer wait.Stop()
	select {
	case <-c.all:
	case <-wait.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	c.hangUp()
	return printJSON(out, c.result())
}

// closing is one run of Close.
type closing struct {
	ClosingOptions
	site     *visitor.Site
	meter    *meter
	crowd    *crowd
	clock    time.Duration // as load.clock
	sessions []engine.SessionID
	opens    engine.Instant
	ends     engine.Instant
	bidders  []*line // each of the next sessionsABidder sessions
	stopping atomic.Bool
	left     sync.Once
	all      chan struct{} // closed when every session has closed

	accepted, refused, closed, sold, otherTime, disorder, lost atomic.Int64
}

func (c *closing) prepare(ctx context.Context) error {
	bidders := (c.Sessions + sessionsABidder - 1) / sessionsABidder
	people, err := admit(ctx, c.site, c.Login, c.Password, max(bidders, 2))
	if err != nil {
		return err
	}
	if c.clock, err = measureClock(ctx, c.site); err != nil {
		return err
	}
	now, err := c.site.Now(ctx)
	if err != nil {
		return err
	}
	c.opens = now.Add(engine.Millis(c.Opening.Milliseconds()))
	c.ends = c.opens.Add(engine.Millis(c.Bidding.Milliseconds()))
	for first := 0; first < c.Sessions; first += maxSessions {
		lots := min(maxSessions, c.Sessions-first)
		sessions, err := publish(ctx, people, fmt.Sprintf("Load: %d close together", c.Sessions), lots, rulesOf(engine.OpeningByClock, c.opens, c.Bidding))
		if err != nil {
			return err
		}
		c.sessions = append(c.sessions, sessions...)
	}
	if err := c.connect(ctx, people[1:]); err != nil {
		return advise(err, len(c.bidders)+c.Sessions/sessionsAWatcher+2)
	}
	if until := time.Until(c.opens.Time().Add(-c.clock)); until < 0 {
		return fmt.Errorf("the sessions opened %v before everything was prepared: give more time for it", -until)
	}
	return nil
}

func (c *closing) connect(ctx context.Context, people []*visitor.Person) error {
	c.bidders = make([]*line, (c.Sessions+sessionsABidder-1)/sessionsABidder)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(connectAtOnce)
	for i := range c.bidders {
		group.Go(func() (err error) {
			c.bidders[i], err = c.newBidder(ctx, people[i], c.part(i, sessionsABidder))
			return err
		})
	}
	for i := range (c.Sessions + sessionsAWatcher - 1) / sessionsAWatcher {
		group.Go(func() error { return c.newWatcher(ctx, c.part(i, sessionsAWatcher)) })
	}
	return group.Wait()
}

// part is the sessions of a line.
func (c *closing) part(i, each int) []engine.SessionID {
	return c.sessions[i*each : min((i+1)*each, len(c.sessions))]
}

func (c *closing) newBidder(ctx context.Context, p *visitor.Person, sessions []engine.SessionID) (*line, error) {
	token, err := p.Token(ctx)
	if err != nil {
		return nil, err
	}
	l, err := connect(ctx, c.site, netip.Addr{})
	if err != nil {
		return nil, err
	}
	if err := l.enter(token, sessions...); err != nil {
		l.hangUp()
		return nil, err
	}
	l.lost, l.hear = c.lose, func(_ time.Time, object []byte) error {
		if kind := kindOf(object); kind != "receipt" && kind != "err" {
			return nil
		}
		var h heard
		if err := json.Unmarshal(object, &h); err != nil {
			return err
		}
		if h.outcome() == "accepted" {
			c.accepted.Add(1)
		} else {
			c.refused.Add(1)
		}
		return nil
	}
	return l, c.crowd.join(l)
}

func (c *closing) newWatcher(ctx context.Context, sessions []engine.SessionID) error {
	l, err := connect(ctx, c.site, netip.Addr{})
	if err != nil {
		return err
	}
	w := &watcher{closing: c, rooms: make(map[engine.SessionID]*watched)}
	l.hear, l.lost = w.hear, c.lose
	for i, session := range sessions {
		w.rooms[session] = new(watched)
		if err := l.write(question{Op: "sub", ID: int32(i + 1), Session: session}); err != nil {
			l.hangUp()
			return err
		}
	}
	return c.crowd.join(l)
}

// bid places one bid in each session once they are open.
func (c *closing) bid(ctx context.Context) error {
	if !sleep(ctx, time.Until(c.opens.Time().Add(-c.clock))+lead) {
		return ctx.Err()
	}
	for turn := range sessionsABidder {
		for i, l := range c.bidders {
			part := c.part(i, sessionsABidder)
			if turn >= len(part) {
				continue
			}
			id, err := uuid.NewV7()
			if err != nil {
				return err
			}
			q := question{Op: "bid", ID: int32(firstBid + turn), Session: part[turn], Cmd: id.String(), Amount: startAmount}
			if err := l.write(q); err != nil {
				return err
			}
		}
		if !sleep(ctx, betweenBids) {
			return ctx.Err()
		}
	}
	for end := time.Now().Add(answerWait); c.accepted.Load()+c.refused.Load() < int64(c.Sessions) && time.Now().Before(end); {
		if !sleep(ctx, 10*time.Millisecond) {
			return ctx.Err()
		}
	}
	if n := c.refused.Load(); n > 0 {
		return fmt.Errorf("%d of %d bids were refused", n, c.Sessions)
	}
	return nil
}

// betweenBids keeps a bidder below its pace.
const betweenBids = 120 * time.Millisecond

func (c *closing) lose(error) {
	if !c.stopping.Load() {
		c.lost.Add(1)
	}
}

func (c *closing) hangUp() {
	c.left.Do(func() {
		c.stopping.Store(true)
		c.crowd.leave()
	})
}

func (c *closing) result() ClosingResult {
	return ClosingResult{
		Sessions: c.Sessions, Accepted: c.accepted.Load(), Closed: c.closed.Load(), Sold: c.sold.Load(),
		AtOtherTime: c.otherTime.Load(), OutOfOrder: c.disorder.Load(), Lost: c.lost.Load(),
		EndToSeen: latencies(c.meter.sum().closed),
	}
}

// watcher follows some sessions to their close, on one line.
type watcher struct {
	*closing
	rooms map[engine.SessionID]*watched
}

type watched struct {
	seq    engine.FeedSeq
	known  bool
	closed bool
}

var errStrange = errors.New("the server told of a session that nobody follows")

func (w *watcher) hear(at time.Time, object []byte) error {
	kind := kindOf(object)
	if kind != "snap" && kind != "up" {
		return nil
	}
	seq, _ := seqOf(object)
	var h heard
	if err := json.Unmarshal(object, &h); err != nil {
		return err
	}
	room := w.rooms[h.Session]
	switch {
	case room == nil:
		return errStrange
	case kind == "snap":
		if room.known {
			w.disorder.Add(1) // nobody is so slow here that a room must stand for updates
		}
		room.seq, room.known = seq, true
		return nil
	case !room.known || seq != room.seq+1 || room.closed:
		w.disorder.Add(1)
	}
	room.seq = seq
	if h.Update == nil || h.Update.Kind != engine.KindClosed {
		return nil
	}
	room.closed = true
	if h.Update.At != w.ends {
		w.otherTime.Add(1)
	}
	if h.Update.Now.Price == startAmount {
		w.sold.Add(1)
	}
	late := at.Add(w.clock).Sub(w.ends.Time())
	w.meter.note(0, func(s *stripe) { record(s.closed, late) })
	if w.closed.Add(1) == int64(w.Sessions) {
		close(w.all)
	}
	return nil
}
