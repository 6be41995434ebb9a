package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"gobua/engine"
	"gobua/internal/visitor"
)

const (
	// connectAtOnce bounds how many connections are opened at the same time,
	// below what fills a listener's backlog.
	connectAtOnce = 64
	// lead is the time between the last preparation and the first bid.
	lead = 500 * time.Millisecond
	// answerWait is how long answers are waited for after the last bid.
	answerWait = 5 * time.Second
	// tail is how long spectators may still hear of the last bids.
	tail = 500 * time.Millisecond
	// renewEvery is how often tokens are looked at during a long load.
	renewEvery = 20 * time.Second
	// pingEvery is how often a page asks for the time.
	pingEvery = 5 * time.Second
	// spare is how much longer than the load the sessions are open: the time
	// to prepare and to wait at its end.
	spare = 5 * time.Minute
	// opening is how long opening the sessions may take that are bid in to
	// their end, and openingEach what each of them adds: an auctioneer's
	// connection may ask ten times a second.
	opening     = 3 * time.Second
	openingEach = 150 * time.Millisecond
)

// Run puts the load on the server and prints the Result as JSON. It blocks for
// the duration and the time to prepare. It opens the accounts and the auction
// it needs, and cancels the sessions at the end.
func Run(ctx context.Context, o Options, out io.Writer) error {
	r, err := run(ctx, o)
	if err != nil {
		return err
	}
	return printJSON(out, r)
}

func printJSON(out io.Writer, result any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(result)
}

func run(ctx context.Context, o Options) (Result, error) {
	if err := o.check(); err != nil {
		return Result{}, err
	}
	site, err := visitor.NewSite(o.Server)
	if err != nil {
		return Result{}, err
	}
	defer site.Close()
	l := &load{Options: o, plan: o.plan(), site: site, meter: newMeter(), ladders: make([]ladder, o.Sessions), loopback: site.OnThisMachine()}
	defer l.closeSites()
	if err := l.chooseSites(o.Lines, o.Lines); err != nil {
		return Result{}, err
	}
	for i := range l.ladders {
		l.ladders[i].prepare(l.plan, i)
	}
	if l.first, err = newCrowd(); err != nil {
		return Result{}, err
	}
	if l.others, err = newCrowd(); err != nil {
		l.first.leave()
		return Result{}, err
	}
	defer l.leave()
	if err := l.prepare(ctx); err != nil {
		return Result{}, err
	}
	if err := l.open(ctx); err != nil {
		return Result{}, err
	}
	runErr := l.bid(ctx)
	result, err := l.result(context.WithoutCancel(ctx))
	return result, errors.Join(runErr, err)
}

// chooseSites names the nodes to which bidders and spectators connect, in turn; none:
// the server itself.
func (l *load) chooseSites(bidders, spectators []string) error {
	l.closeSites()
	for _, c := range []struct {
		to    *[]*visitor.Site
		nodes []string
	}{{&l.bidderSites, bidders}, {&l.spectatorSites, spectators}} {
		for _, n := range c.nodes {
			site, err := visitor.NewSite(n)
			if err != nil {
				return err
			}
			*c.to = append(*c.to, site)
		}
	}
	return nil
}

func (l *load) closeSites() {
	for _, site := range slices.Concat(l.bidderSites, l.spectatorSites) {
		site.Close()
	}
	l.bidderSites, l.spectatorSites = nil, nil
}

// lineTo is the node to which the i-th line goes.
func (l *load) lineTo(sites []*visitor.Site, i int) *visitor.Site {
	if len(sites) == 0 {
		return l.site
	}
	return sites[i%len(sites)]
}

// load is one run.
type load struct {
	Options
	plan  plan
	site  *visitor.Site
	meter *meter

	bidderSites, spectatorSites []*visitor.Site // to which their lines go, in turn; none: site

	auctioneer *visitor.Seat
	sessions   []engine.SessionID
	ladders    []ladder // by session
	bidders    []*bidder
	spectators []*spectator
	clock      time.Duration // the server's clock minus ours

	loopback bool   // the server is on this machine
	first    *crowd // reads bidders and the spectators that measure
	others   *crowd // reads the rest

	began    time.Time
	due      atomic.Int64 // bids sent and not answered
	stopping atomic.Bool
	left     sync.Once
}

// prepare signs everybody in, publishes the auction and connects.
func (l *load) prepare(ctx context.Context) error {
	people, err := admit(ctx, l.site, l.Login, l.Password, l.Bidders)
	if err != nil {
		return err
	}
	l.auctioneer = people[0].Seat()
	if err := l.publish(ctx, people); err != nil {
		return err
	}
	if l.Place != nil {
		bidders, spectators, err := l.Place(l.sessions[0])
		if err == nil {
			err = l.chooseSites(bidders, spectators)
		}
		if err != nil {
			return err
		}
	}
	if l.clock, err = measureClock(ctx, l.site); err != nil {
		return err
	}
	return l.connect(ctx, people[1:])
}

// biddingTime is how long the sessions are open.
func (l *load) biddingTime() time.Duration {
	if l.ToTheEnd {
		return l.Duration + opening + time.Duration(l.Sessions)*openingEach
	}
	return l.Duration + spare
}

// measureClock returns by how much the server's clock is ahead of ours. It
// takes the quickest of some answers: the less an answer took, the less it can
// be wrong.
func measureClock(ctx context.Context, site *visitor.Site) (ahead time.Duration, err error) {
	line, err := site.Dial(ctx)
	if err != nil {
		return 0, err
	}
	defer line.Close()
	best := time.Hour
	for range 8 {
		c, err := line.Ping(ctx)
		if err != nil {
			return 0, err
		}
		if c.RoundTrip < best {
			best, ahead = c.RoundTrip, c.Offset
		}
	}
	return ahead, nil
}

func (l *load) connect(ctx context.Context, people []*visitor.Person) error {
	l.bidders = make([]*bidder, len(people))
	l.spectators = make([]*spectator, l.Spectators)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(connectAtOnce)
	for i, p := range people {
		group.Go(func() (err error) { l.bidders[i], err = l.newBidder(ctx, i, p); return err })
	}
	for i := range l.spectators {
		group.Go(func() (err error) { l.spectators[i], err = l.newSpectator(ctx, i); return err })
	}
	return advise(group.Wait(), l.Bidders+l.Spectators+2)
}

// advise adds to an error what the server must allow.
func advise(err error, lines int) error {
	var answer *visitor.APIError
	if errors.As(err, &answer) && answer.Status == http.StatusTooManyRequests {
		return fmt.Errorf("%w\nstart the server with --max-clients-per-address %d or more", err, lines)
	}
	return err
}

func (l *load) open(ctx context.Context) error {
	for _, session := range l.sessions {
		receipt, err := l.auctioneer.Do(ctx, session, engine.Open{})
		if err == nil && !receipt.Accepted {
			err = fmt.Errorf("refused: %s", receipt.Reason)
		}
		if err != nil {
			return fmt.Errorf("open session %s: %w", session, err)
		}
	}
	return nil
}

// bid is the load itself. It returns early only if ctx ends.
func (l *load) bid(ctx context.Context) error {
	began, err := l.beginning(ctx)
	if err != nil {
		return err
	}
	l.began = began
	var beside sync.WaitGroup
	beside.Go(func() { l.sendAll(ctx) })
	if l.beside != nil {
		beside.Go(func() { l.beside(ctx, l.began) })
	}
	renewing, stop := context.WithCancel(ctx)
	beside.Go(func() { l.renew(renewing) })
	beside.Go(func() { l.pingAll(renewing) })
	if sleep(ctx, time.Until(l.began)) {
		l.mark()
		sleep(ctx, time.Until(l.began.Add(l.Duration)))
		l.awaitAnswers(ctx)
		sleep(ctx, tail)
		l.mark()
	}
	stop()
	beside.Wait()
	return ctx.Err()
}

func (l *load) mark() {
	if l.Mark != nil {
		l.Mark()
	}
}

// beginning is when the load begins: soon, or so long before the end of the
// first session that the last bid is due at it.
func (l *load) beginning(ctx context.Context) (time.Time, error) {
	if !l.ToTheEnd {
		return time.Now().Add(lead), nil
	}
	room, err := l.site.Room(ctx, l.sessions[0])
	if err != nil {
		return time.Time{}, err
	}
	if room.Now.ClosesAt == 0 {
		return time.Time{}, fmt.Errorf("session %s has no end: it is %s", l.sessions[0], room.Now.Phase)
	}
	return room.Now.ClosesAt.Time().Add(-l.clock - l.Duration), nil
}

// awaitAnswers waits until every bid is answered, but not for ever.
func (l *load) awaitAnswers(ctx context.Context) {
	for end := time.Now().Add(answerWait); l.due.Load() > 0 && time.Now().Before(end); {
		if !sleep(ctx, 10*time.Millisecond) {
			return
		}
	}
}

// renew gives the server a new token of each bidder before the old one ends.
func (l *load) renew(ctx context.Context) {
	for sleep(ctx, renewEvery) {
		for _, b := range l.bidders {
			b.renew(ctx)
		}
	}
}

// pingAll pings from every spectator's line as often as a page does.
func (l *load) pingAll(ctx context.Context) {
	for round := time.Now(); ctx.Err() == nil; round = round.Add(pingEvery) {
		for i, s := range l.spectators {
			due := round.Add(pingEvery * time.Duration(i) / time.Duration(len(l.spectators)))
			if wait := time.Until(due); wait > time.Millisecond && !sleep(ctx, wait) {
				return
			}
			_ = s.send(textFrame, pagePing) // the reader notices a lost line
		}
		if !sleep(ctx, time.Until(round.Add(pingEvery))) {
			return
		}
	}
}

// pagePing is what a page asks to measure its clock and its line.
var pagePing = []byte(`{"op":"ping","id":7,"ct":0}`)

// lose counts a line that ended, unless we hang up.
func (l *load) lose(i int) {
	if !l.stopping.Load() {
		l.meter.note(i, func(s *stripe) { s.lost++ })
	}
}

// hangUp ends all connections; what a reader hears then is no loss. After it
// nobody but the caller touches bidders and spectators.
func (l *load) hangUp() {
	l.left.Do(func() {
		l.stopping.Store(true)
		l.first.leave()
		l.others.leave()
	})
}

// leave ends whatever prepare began.
func (l *load) leave() {
	l.hangUp()
	if l.auctioneer != nil {
		l.auctioneer.Close()
	}
}

// sleep waits; false: ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
