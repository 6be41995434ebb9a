package load

import (
	"context"
	"encoding/json"
	"fmt"
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
	bids    []int // of the plan, in the order of their moments
	token   string
	renewal int32 // request number of the last renewal; they count down
}

func (l *load) newBidder(ctx context.Context, i int, p *visitor.Person) (*bidder, error) {
	token, err := p.Token(ctx)
	if err != nil {
		return nil, err
	}
	c, err := connect(ctx, l.site)
	if err != nil {
		return nil, err
	}
	at := l.plan.sessionOf(i)
	b := &bidder{line: c, load: l, index: i, person: p, session: l.sessions[at], ladder: &l.ladders[at],
		bids: l.plan.of(i), token: token, renewal: firstBid}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	for _, q := range []question{
		{Op: "hello", ID: 1, Token: token},
		{Op: "sub", ID: 2, Session: b.session},
		{Op: "checkin", ID: 3, Session: b.session, Cmd: id.String()},
	} {
		if err := c.ask(q); err != nil {
			return nil, fmt.Errorf("bidder %d: %w", i+1, err)
		}
	}
	return b, nil
}

// moment is when bid number i of the plan is due.
func (l *load) moment(i int) time.Time { return l.began.Add(l.plan.due(i)) }

// send sends each bid when it is due, or at once if that has passed. It never
// waits for an answer.
func (b *bidder) send(ctx context.Context) {
	for n, i := range b.bids {
		at := b.load.moment(i)
		if !sleep(ctx, time.Until(at)) {
			return
		}
		id, err := uuid.NewV7()
		if err == nil {
			b.load.due.Add(1)
			err = b.write(question{Op: "bid", ID: int32(firstBid + n), Session: b.session, Cmd: id.String(),
				Amount: b.ladder.take(i)})
		}
		late := time.Since(at)
		if err != nil {
			b.load.due.Add(-1)
			return // the reader notices that the line is lost
		}
		b.load.meter.note(b.index, func(s *stripe) { s.sent++; record(s.late, late) })
	}
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

// read notes the answers to bids until the line ends.
func (b *bidder) read() {
	for {
		if err := b.next(b.hear); err != nil {
			if !b.load.stopping.Load() {
				b.load.meter.note(b.index, func(s *stripe) { s.lost++ })
			}
			return
		}
	}
}

func (b *bidder) hear(at time.Time, object []byte) error {
	if kind := kindOf(object); kind != "receipt" && kind != "err" {
		return nil
	}
	var h heard
	if err := json.Unmarshal(object, &h); err != nil {
		return err
	}
	outcome := "err " + h.Code
	switch {
	case h.Receipt == nil:
	case h.Receipt.Accepted:
		outcome = "accepted"
	default:
		outcome = string(h.Receipt.Reason)
	}
	n := int(h.ID) - firstBid
	if n < 0 || n >= len(b.bids) { // a refusal that names no request
		b.load.meter.note(b.index, func(s *stripe) { s.outcomes[outcome]++ })
		return nil
	}
	b.load.due.Add(-1)
	took := at.Sub(b.load.moment(b.bids[n]))
	b.load.meter.note(b.index, func(s *stripe) {
		s.answered++
		s.outcomes[outcome]++
		if h.Receipt != nil {
			record(s.receipt, took)
		}
	})
	return nil
}
