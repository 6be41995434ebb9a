package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
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
	// spare is how much longer than the load the sessions are open: the time
	// to prepare and to wait at its end.
	spare = 5 * time.Minute
)

// A bid names the next price of its session, start + n × step, when it is sent.
// It is accepted unless a later one overtakes it on the way.
const (
	startAmount engine.Dong = 1_000_000
	stepAmount  engine.Dong = 1_000
)

// ladder is the prices of a session, each taken by one bid of the plan. Its
// methods may be called from any goroutine.
type ladder struct {
	next atomic.Int32
	bids []atomic.Int32 // by rung, one more than the number of the bid; 0: not taken
}

// take returns the next free price for bid i.
func (l *ladder) take(i int) engine.Dong {
	rung := l.next.Add(1) - 1
	l.bids[rung].Store(int32(i) + 1)
	return startAmount + engine.Dong(rung)*stepAmount
}

// at returns which bid named a price.
func (l *ladder) at(price engine.Dong) (i int, ok bool) {
	rung := int((price - startAmount) / stepAmount)
	if rung < 0 || rung >= len(l.bids) {
		return 0, false
	}
	i = int(l.bids[rung].Load()) - 1
	return i, i >= 0
}

// Run puts the load on the server and prints the Result as JSON. It blocks for
// the duration and the time to prepare. It opens the accounts and the auction
// it needs, and cancels the sessions at the end.
func Run(ctx context.Context, o Options, out io.Writer) error {
	if err := o.check(); err != nil {
		return err
	}
	site, err := visitor.NewSite(o.Server)
	if err != nil {
		return err
	}
	defer site.Close()
	l := &load{Options: o, plan: o.plan(), site: site, meter: newMeter(), ladders: make([]ladder, o.Sessions)}
	for i := range l.ladders {
		l.ladders[i].bids = make([]atomic.Int32, l.plan.most(i))
	}
	defer l.leave()
	if err := l.prepare(ctx); err != nil {
		return err
	}
	if err := l.open(ctx); err != nil {
		return err
	}
	runErr := l.bid(ctx)
	result, err := l.result(context.WithoutCancel(ctx))
	if err := errors.Join(runErr, err); err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(result)
}

// load is one run.
type load struct {
	Options
	plan  plan
	site  *visitor.Site
	meter *meter

	auctioneer *visitor.Seat
	sessions   []engine.SessionID
	ladders    []ladder // by session
	bidders    []*bidder
	spectators []*spectator
	clock      time.Duration // the server's clock minus ours

	began    time.Time
	due      atomic.Int64 // bids sent and not answered
	stopping atomic.Bool
	readers  sync.WaitGroup
}

// prepare signs everybody in, publishes the auction and connects.
func (l *load) prepare(ctx context.Context) error {
	admin, err := l.site.SignIn(ctx, l.Login, l.Password)
	if err != nil {
		return err
	}
	who := []visitor.NewAccount{{Login: "load-auctioneer", Name: "Load auctioneer", Role: engine.RoleAuctioneer, StaffRef: "LOAD-1"}}
	for i := range l.Bidders {
		who = append(who, visitor.NewAccount{Login: fmt.Sprintf("load-bidder-%04d", i+1), Name: fmt.Sprintf("Load bidder %d", i+1), Role: engine.RoleBidder})
	}
	people, err := admin.AdmitAll(ctx, l.Password, who, func() {})
	if err != nil {
		return err
	}
	l.auctioneer = people[0].Seat()
	if err := l.publish(ctx, people); err != nil {
		return err
	}
	if err := l.measureClock(ctx); err != nil {
		return err
	}
	return l.connect(ctx, people[1:])
}

func (l *load) publish(ctx context.Context, people []*visitor.Person) error {
	now, err := l.site.Now(ctx)
	if err != nil {
		return err
	}
	a := visitor.Auction{Title: fmt.Sprintf("Load: %v bids/s for %v", l.Rate, l.Duration), Centre: "gobua load", Owner: "nobody", Place: "online"}
	for i := range l.Sessions {
		a.Lots = append(a.Lots, visitor.Lot{Number: i + 1, Kind: "goods", Title: fmt.Sprintf("Load %d", i+1), Rules: visitor.LotRules{Rules: engine.Rules{
			Method: "ascending", Currency: "VND", Start: startAmount,
			Step:    engine.Step{Kind: engine.StepFixed, Amount: stepAmount},
			Closing: engine.Closing{Kind: engine.ClosingFixed},
			Opening: engine.OpeningByAuctioneer, OpensAt: now,
			BiddingMs: engine.Millis((l.Duration + spare).Milliseconds()),
		}}})
	}
	for _, p := range people[1:] {
		a.Participants = append(a.Participants, visitor.Participant{AccountID: p.Account.ID})
	}
	if a, err = people[0].CreateAuction(ctx, a); err != nil {
		return err
	}
	if a, err = people[0].Publish(ctx, a); err != nil {
		return err
	}
	for _, lot := range a.Lots {
		l.sessions = append(l.sessions, lot.Session)
	}
	if len(l.sessions) != l.Sessions {
		return fmt.Errorf("the server published %d sessions of %d", len(l.sessions), l.Sessions)
	}
	return nil
}

// measureClock takes the quickest of some answers: the less an answer took,
// the less it can be wrong.
func (l *load) measureClock(ctx context.Context) error {
	line, err := l.site.Dial(ctx)
	if err != nil {
		return err
	}
	defer line.Close()
	best := time.Hour
	for range 8 {
		c, err := line.Ping(ctx)
		if err != nil {
			return err
		}
		if c.RoundTrip < best {
			best, l.clock = c.RoundTrip, c.Offset
		}
	}
	return nil
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
	err := group.Wait()
	var answer *visitor.APIError
	if errors.As(err, &answer) && answer.Status == http.StatusTooManyRequests {
		return fmt.Errorf("%w\nstart the server with --max-clients-per-address %d or more", err, l.Bidders+l.Spectators+2)
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
	l.began = time.Now().Add(lead)
	for _, s := range l.spectators {
		l.readers.Go(s.read)
	}
	var senders sync.WaitGroup
	for _, b := range l.bidders {
		l.readers.Go(b.read)
		senders.Go(func() { b.send(ctx) })
	}
	renewing, stop := context.WithCancel(ctx)
	senders.Go(func() { l.renew(renewing) })
	if sleep(ctx, time.Until(l.began.Add(l.Duration))) {
		l.awaitAnswers(ctx)
		sleep(ctx, tail)
	}
	stop()
	senders.Wait()
	l.hangUp()
	return ctx.Err()
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

// hangUp ends all connections; what a reader hears then is no loss.
func (l *load) hangUp() {
	l.stopping.Store(true)
	for _, b := range l.bidders {
		if b != nil {
			b.hangUp()
		}
	}
	for _, s := range l.spectators {
		if s != nil {
			s.hangUp()
		}
	}
	l.readers.Wait()
	for _, b := range l.bidders {
		if b != nil {
			_ = b.conn.Close()
		}
	}
	for _, s := range l.spectators {
		if s != nil {
			_ = s.conn.Close()
		}
	}
}

// leave ends whatever prepare began.
func (l *load) leave() {
	l.hangUp()
	if l.auctioneer != nil {
		l.auctioneer.Close()
	}
}

// result looks at the rooms, cancels the sessions and counts.
func (l *load) result(ctx context.Context) (Result, error) {
	sum := l.meter.sum()
	r := Result{
		Server: l.Server, Rate: l.Rate, Bidders: l.Bidders, Spectators: l.Spectators, Sessions: l.Sessions,
		Seconds: l.Duration.Seconds(), Outcomes: sum.outcomes,
		SendDelay: latencies(sum.late), BidToReceipt: latencies(sum.receipt), BidToSeen: latencies(sum.seen), AcceptToSeen: latencies(sum.told),
	}
	r.Bids.Planned, r.Bids.Sent, r.Bids.Answered = int64(l.plan.bids), sum.sent, sum.answered
	r.Bids.Unanswered = sum.sent - sum.answered
	r.Feed.Updates, r.Feed.Gaps, r.Feed.Snapshots, r.Feed.Lost = sum.frames, sum.gaps, sum.snapshots, sum.lost
	for _, session := range l.sessions {
		room, err := l.site.Room(ctx, session)
		if err != nil {
			return r, err
		}
		r.Bids.InRooms += int64(room.Now.Bids)
		if _, err := l.auctioneer.Do(ctx, session, engine.Cancel{Reason: "Hết đợt đo tải · The load is over"}); err != nil {
			return r, fmt.Errorf("cancel session %s: %w", session, err)
		}
	}
	return r, nil
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
