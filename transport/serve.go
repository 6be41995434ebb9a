package transport

import (
	"errors"
	"time"

	"gobua/engine"
	"gobua/transport/wire"
)

// A client that cannot keep up.
const (
	// A blocked line is tried again after retryFirst, then ever less often.
	retryFirst = 20 * time.Millisecond
	retryMost  = 160 * time.Millisecond
	// keepScratch is how large a buffer may be kept for the next client.
	keepScratch = 256 << 10
)

// serve sends what comes before anything public: the rest of a cut frame, the
// beginnings of subscriptions, private messages, and at the very end the
// farewell. It returns false if the line is blocked or ended.
func (s *shard) serve(c *client) bool {
	if c.gone {
		return false
	}
	if len(c.rest) > 0 {
		rest := c.rest
		c.rest = nil
		if !s.write(c, rest) {
			return false
		}
	}
	for _, sub := range c.subs {
		if sub.greet != nil && !s.greet(sub) {
			return false
		}
	}
	private, end := c.out.take(s.scratch[:0], time.Now)
	ok := s.write(c, private)
	if cap(private) <= keepScratch {
		s.scratch = private[:0]
	}
	if ok && end != nil {
		s.sayGoodbye(c, end)
		return false
	}
	return ok
}

// greet sends a subscription its beginning. What a standing is worth is only
// known with the room, so the participant's follows it.
func (s *shard) greet(sub *subscription) bool {
	g := sub.greet
	sub.greet = nil
	var b beginning
	if sub.desk {
		b = sub.room.beginDesk()
	} else {
		b = sub.room.begin(g.id, g.epoch, engine.FeedSeq(g.seq), time.Now())
	}
	sub.cursor = b.cursor
	if b.whole {
		s.hub.metrics.snapshots.Inc()
	}
	return s.write(sub.client, b.frame)
}

// advance brings a subscription to head. If the client has fallen off the log,
// it begins anew with one snapshot, which stands for all it missed.
func (s *shard) advance(sub *subscription, head uint64) {
	c := sub.client
	for s.serve(c) && sub.cursor < head {
		if !s.batch.fill(sub.log, sub.cursor, head) {
			if c.behind && s.strike(c) {
				return
			}
			sub.greet = &greeting{}
			continue
		}
		n, err := s.send(c, s.batch.bytes)
		if err != nil {
			return
		}
		cursor, rest := s.batch.taken(n)
		s.hub.metrics.frames.Add(float64(cursor - sub.cursor))
		sub.cursor = cursor
		if n < len(s.batch.bytes) {
			c.rest = append([]byte(nil), rest...)
			s.block(c)
			return
		}
	}
}

// strike notes that a client fell off a log because its line was blocked. The
// second time within the limit it is cut.
func (s *shard) strike(c *client) (cut bool) {
	now := time.Now()
	if !c.fellAt.IsZero() && now.Sub(c.fellAt) < s.hub.times.strikes {
		c.cut(slowFarewell(now))
		s.serve(c)
		return true
	}
	c.fellAt = now
	return false
}

// write sends a run of whole frames, or keeps what the line does not take.
func (s *shard) write(c *client, p []byte) bool {
	if len(p) == 0 {
		return true
	}
	n, err := s.send(c, p)
	if err != nil {
		return false
	}
	if n < len(p) {
		c.rest = append([]byte(nil), p[n:]...)
		s.block(c)
		return false
	}
	return true
}

// send is the only place where anything is written to a client.
func (s *shard) send(c *client, p []byte) (int, error) {
	if c.gone {
		return 0, errGone
	}
	n, err := c.line.send(p)
	if err != nil {
		s.end(c, 0)
		return 0, err
	}
	s.hub.metrics.bytes.Add(float64(n))
	if n > 0 {
		c.blockedAt = time.Time{}
	}
	return n, nil
}

var errGone = errors.New("the connection has ended")

// block puts a client aside: its line takes nothing more for now.
func (s *shard) block(c *client) {
	now := time.Now()
	if c.blockedAt.IsZero() {
		c.blockedAt, c.pause = now, retryFirst
	}
	c.blocked, c.behind = true, true
	c.retryAt = now.Add(c.pause)
	c.pause = min(2*c.pause, retryMost)
	s.blocked = append(s.blocked, c)
}

// retryBlocked tries the lines that were blocked. One that has taken nothing
// for the limit is cut: there is no use in telling it so.
func (s *shard) retryBlocked() {
	if len(s.blocked) == 0 {
		return
	}
	now := time.Now()
	list := s.blocked
	s.blocked = s.spare[:0]
	for _, c := range list {
		switch {
		case c.gone:
		case now.Before(c.retryAt):
			s.blocked = append(s.blocked, c)
		default:
			c.blocked = false
			s.catchUp(c)
			if c.blocked && now.Sub(c.blockedAt) >= s.hub.times.stall {
				c.cut(slowFarewell(now))
				s.end(c, 0)
			}
		}
	}
	clear(list)
	s.spare = list[:0]
}

// catchUp sends a client all that it has missed while its line was blocked.
func (s *shard) catchUp(c *client) {
	if !s.serve(c) {
		return
	}
	for _, sub := range c.subs {
		s.advance(sub, sub.log.head.Load())
		if c.blocked || c.gone {
			return
		}
	}
	c.behind = false
}

// sayGoodbye writes the farewell and lets the peer read it for a moment.
func (s *shard) sayGoodbye(c *client, f *farewell) {
	var p []byte
	if f.bye != "" {
		p = wire.Frame(wire.Bye{Code: f.bye, RetryMs: f.retryMs})
	}
	p = wire.AppendClose(p, f.code)
	if _, err := s.send(c, p); err == nil {
		s.end(c, farewellGrace)
	}
}

// farewellGrace is how long a peer may take to read its farewell and hang up.
const farewellGrace = time.Second

// end stops writing to a client and has its reader return soon.
func (s *shard) end(c *client, grace time.Duration) {
	if !c.gone {
		c.gone = true
		c.hangUp(grace)
	}
}

// lookAround does what is due now and then: pings, expired tokens, farewells
// that a blocked line does not take.
func (s *shard) lookAround(now time.Time) {
	for _, c := range s.clients {
		if c.gone {
			continue
		}
		if f := c.out.ending(); f != nil && now.Sub(f.since) >= farewellGrace {
			s.end(c, 0)
			continue
		}
		if c.expired(now) {
			c.cut(&farewell{bye: wire.ByeExpired, retryMs: 0, code: wire.CloseTokenExpired, since: now})
		}
		if !now.Before(c.pingAt) {
			c.pingAt = now.Add(s.hub.times.ping)
			c.out.pingDue()
			if !c.blocked {
				s.serve(c)
			}
		}
	}
}
