package transport

import (
	"errors"
	"time"

	"gobua/transport/wire"
)

// A client that cannot keep up.
const (
	// A blocked line is tried again after retryFirst, then ever less often.
	retryFirst = 20 * time.Millisecond
	retryMost  = 160 * time.Millisecond
	// crowdFrames is how many frames one of a crowd may be behind at a sweep. A
	// room is about as large as so many updates, so beyond it one snapshot costs
	// less, and its cost does not grow: bringing everything to a crowd takes
	// longer than it takes to happen, and then ever longer.
	crowdFrames = 32
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
	if c.parting {
		s.end(c, farewellGrace)
		return false
	}
	for _, sub := range c.subs {
		if sub.greet != nil && !s.greet(sub) {
			return false
		}
	}
	if !c.out.waits.Load() { // what is put from here on has the client served anew
		return true
	}
	private, farewell := c.out.take(s.scratch[:0], s.hub.now)
	if farewell != nil {
		c.parting = true
		private = appendFarewell(private, farewell)
	}
	ok := s.write(c, private)
	if cap(private) <= keepScratch {
		s.scratch = private[:0]
	}
	if ok && c.parting {
		s.end(c, farewellGrace)
		return false
	}
	return ok
}

// greet sends a subscription its beginning. It stays to be sent if the line
// takes nothing of it, so that whoever comes back gets the newest.
func (s *shard) greet(sub *subscription) bool {
	c, g := sub.client, sub.greet
	fell := g.fallen && c.behind
	if fell && !c.fellAt.IsZero() && time.Since(c.fellAt) < s.hub.times.strikes {
		sub.greet = nil
		c.cut(slowFarewell(time.Now()))
		return s.serve(c)
	}
	var b beginning
	if sub.desk {
		b = sub.room.beginDesk()
	} else {
		b = sub.room.begin(s.scratch[:0], g.id, g.epoch, g.seq, s.hub.now())
		if b.whole && cap(b.frame) <= keepScratch {
			s.scratch = b.frame[:0] // which nobody else uses until this is sent
		}
	}
	n, err := s.send(c, b.frame)
	if err != nil {
		return false
	}
	if n == 0 {
		s.block(c)
		return false
	}
	sub.greet, sub.cursor = nil, b.cursor
	if b.whole {
		s.hub.metrics.snapshots.Inc()
	}
	if fell {
		c.fellAt = time.Now()
	}
	return s.keepRest(c, b.frame, n)
}

// advance brings a subscription to head. If the client has fallen off the log,
// it begins anew with one snapshot, which stands for all it missed. If that was
// because its line was blocked, the second time within the limit it is cut. One
// of a crowd begins anew before that, and is never cut for it.
func (s *shard) advance(sub *subscription, head uint64) {
	c := sub.client
	for sub.cursor < head && s.serve(c) {
		switch {
		case head-sub.cursor > crowdFrames && s.isCrowded(sub):
			sub.greet = &greeting{}
			continue
		case !s.batch.fill(sub.log, sub.cursor, head):
			sub.greet = &greeting{fallen: true}
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
			// Whole frames stay in the log, where they cost nothing.
			c.rest = append([]byte(nil), rest...)
			s.block(c)
			return
		}
	}
}

// isCrowded tells whether a room has so many viewers here that what each is
// sent has to be bounded. Consoles are few and are told everything.
func (s *shard) isCrowded(sub *subscription) bool {
	a := s.audiences[sub.log]
	return !sub.desk && a != nil && len(a.subs) >= s.hub.crowd
}

// write sends a run of whole frames, or keeps what the line does not take.
func (s *shard) write(c *client, p []byte) bool {
	if len(p) == 0 {
		return true
	}
	n, err := s.send(c, p)
	return err == nil && s.keepRest(c, p, n)
}

// keepRest keeps what a line did not take of p, if anything.
func (s *shard) keepRest(c *client, p []byte, n int) bool {
	if n == len(p) {
		return true
	}
	c.rest = append([]byte(nil), p[n:]...)
	s.block(c)
	return false
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
	if n > 0 && !c.blockedAt.IsZero() {
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

func appendFarewell(dst []byte, f *farewell) []byte {
	if f.bye != "" {
		dst = append(dst, wire.Frame(wire.Bye{Code: f.bye, RetryMs: f.retryMs})...)
	}
	return wire.AppendClose(dst, f.code)
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
// that a blocked line does not take, and clients of which nothing is heard.
func (s *shard) lookAround(now time.Time) {
	for _, c := range s.clients {
		if c.gone {
			continue
		}
		if f := c.out.ending(); f != nil && now.Sub(f.since) >= farewellGrace {
			s.end(c, 0)
			continue
		}
		if c.silent() {
			c.hangUp(0)
			continue
		}
		if c.expired(s.hub.now()) {
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
