package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/internal/visitor"
)

// firstBid is the request number of a bidder's first bid; those before it are
// used up by the preparation.
const firstBid = 1000

// bidder places its share of the bids on one line.
type bidder struct {
	*line
	load    *load
	index   int
	person  *visitor.Person
	session engine.SessionID
	ladder  *ladder
	bids    []int          // of the plan, in the order of their moments
	sent    []atomic.Int64 // when, in nanoseconds since the load began
	token   string
	renewal int32 // request number of the last renewal; they count down
}

func (l *load) newBidder(ctx context.Context, i int, p *visitor.Person) (*bidder, error) {
	token, err := p.Token(ctx)
	if err != nil {
		return nil, err
	}
	c, err := connect(ctx, l.lineTo(l.bidderSites, i), netip.Addr{})
	if err != nil {
		return nil, err
	}
	at := l.plan.sessionOf(i)
	b := &bidder{line: c, load: l, index: i, person: p, session: l.sessions[at], ladder: &l.ladders[at],
		bids: l.plan.of(i), token: token, renewal: firstBid}
	b.sent = make([]atomic.Int64, len(b.bids))
	if err := c.enter(token, b.session); err != nil {
		c.hangUp()
		return nil, fmt.Errorf("bidder %d: %w", i+1, err)
	}
	c.hear, c.lost = b.hearAnswer, func(error) { l.lose(i) }
	return b, l.first.join(c)
}

// enter says who speaks, follows sessions and checks in.
func (l *line) enter(token string, sessions ...engine.SessionID) error {
	questions := []question{{Op: "hello", ID: 1, Token: token}}
	for i, session := range sessions {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		n := int32(2 + 2*i)
		questions = append(questions, question{Op: "sub", ID: n, Session: session},
			question{Op: "checkin", ID: n + 1, Session: session, Cmd: id.String()})
	}
	for _, q := range questions {
		if err := l.ask(q); err != nil {
			return err
		}
	}
	return nil
}

// moment is when bid number i of the plan is due.
func (l *load) moment(i int) time.Time { return l.began.Add(l.plan.due(i)) }

// sendAll sends each bid when it is due, or at once if that has passed, on one
// goroutine: many timers would be late together. It never waits for an answer.
func (l *load) sendAll(ctx context.Context) {
	for i := range l.plan.bids {
		pauseUntil(l.moment(i))
		if ctx.Err() != nil {
			return
		}
		who, nth := l.plan.whose(i)
		l.bidders[who].bid(i, nth)
	}
}

// bid sends bid i of the plan, the bidder's nth.
func (b *bidder) bid(i, nth int) {
	at := b.load.moment(i)
	id, err := uuid.NewV7()
	if err == nil {
		b.load.due.Add(1)
		b.sent[nth].Store(int64(time.Since(b.load.began)))
		err = b.write(question{Op: "bid", ID: int32(firstBid + nth), Session: b.session, Cmd: id.String(),
			Amount: b.ladder.take(i)})
	}
	late := time.Since(at)
	if err != nil {
		b.load.due.Add(-1)
		return // the reader notices that the line is lost
	}
	b.load.meter.note(b.index, func(s *stripe) { s.sent++; record(s.late, late) })
}

// renew sends a newer token if there is one.
func (b *bidder) renew(ctx context.Context) {
	token, err := b.person.Token(ctx)
	if err != nil || token == b.token {
		return // what cannot be renewed shows as refused bids
	}
	b.token = token
	b.renewal--
	_ = b.write(question{Op: "refresh", ID: b.renewal, Token: token}) // the reader notices a lost line
}

// hearAnswer notes the answers to bids.
func (b *bidder) hearAnswer(at time.Time, object []byte) error {
	if kind := kindOf(object); kind != "receipt" && kind != "err" {
		return nil
	}
	var h heard
	if err := json.Unmarshal(object, &h); err != nil {
		return err
	}
	outcome := h.outcome()
	n := int(h.ID) - firstBid
	if n < 0 || n >= len(b.bids) { // a refusal that names no request
		b.load.meter.note(b.index, func(s *stripe) { s.outcomes[outcome]++ })
		return nil
	}
	if outcome == "accepted" {
		b.ladder.accepted[b.bids[n]].Store(true)
	}
	b.load.due.Add(-1)
	took := at.Sub(b.load.moment(b.bids[n]))
	carried := at.Sub(b.load.began) - time.Duration(b.sent[n].Load())
	b.load.meter.note(b.index, func(s *stripe) {
		s.answered++
		s.outcomes[outcome]++
		if h.Receipt != nil {
			record(s.receipt, took)
			record(s.carried, carried)
		}
	})
	return nil
}

// outcome names an answer: accepted, a reason of refusal, or "err" and a code.
func (h *heard) outcome() string {
	switch {
	case h.Receipt == nil:
		return "err " + h.Code
	case h.Receipt.Accepted:
		return "accepted"
	}
	return string(h.Receipt.Reason)
}
