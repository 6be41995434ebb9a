package transport

import (
	"errors"
	"slices"
	"time"

	"gobua/engine"
	"gobua/transport/wire"
)

func decode(message []byte) (r wire.Request, fault *wire.Fault) {
	r, err := wire.Decode(message)
	errors.As(err, &fault)
	return r, fault
}

// handle answers one request, or refuses what is none. It runs on the reader's
// goroutine, or on the poller's where that is a ping or no request, which wait for
// nothing. It never waits for the session or the peer. If it waits for anything
// else, such as a revocation that is being written down, it holds up its own
// connection alone.
func (c *client) handle(r wire.Request, fault *wire.Fault, at time.Time) {
	if !c.pace.AllowN(at, 1) {
		c.tooFast(r, fault, at)
		return
	}
	if fault != nil {
		c.refuse(fault.Number, fault.Code, "")
		if !c.bearsGarbage(at) {
			c.cutFor(wire.ByeLimit, wire.CloseBadFrames, -1)
		}
		return
	}
	switch r := r.(type) {
	case wire.Ping:
		c.put(note{ping: r, received: at})
	case wire.Hello:
		c.hello(r)
	case wire.Refresh:
		c.refresh(r)
	case wire.Sub:
		c.follow(r)
	case wire.Unsub:
		c.unfollow(r)
	case wire.Take:
		c.take(r)
	case wire.Ask:
		c.ask(r)
	case wire.Command:
		c.command(r, at)
	case wire.Seen:
		c.seen(r, at)
	default:
		panic("a request without a handler") // a bug: Decode knows more than we
	}
}

// tooFast answers a request over the pace under its number, so that the page
// knows which one was not carried out, and ends it if that does not help.
func (c *client) tooFast(r wire.Request, fault *wire.Fault, at time.Time) {
	if !c.bearsHaste(at) {
		c.cutFor(wire.ByeLimit, wire.CloseRate, slowRetryMs)
		return
	}
	var id wire.Number
	if fault != nil {
		id = fault.Number
	} else {
		id = r.Num()
	}
	c.refuse(id, wire.CodeRate, "")
}

// refuse answers a request that is not carried out.
func (c *client) refuse(id wire.Number, code wire.Code, session engine.SessionID) {
	c.hub.metrics.refusals.WithLabelValues(string(code)).Inc()
	c.say(wire.Err{ID: id, Code: code, Temporary: code.Temporary(), Session: session})
}

// hello learns who speaks. Sessions that are followed already are followed as
// their participant from now on.
func (c *client) hello(r wire.Hello) {
	if c.principal.Load() != nil {
		c.refuse(r.Number, wire.CodeForbidden, "")
		return
	}
	p, err := c.gate.tokens.Parse(r.Token)
	if err != nil {
		c.refuse(r.Number, codeOfToken(err), "")
		return
	}
	account, dead, ok := c.gate.registry.signIn(c, p.Account)
	if !ok {
		c.refuse(r.Number, wire.CodeTooMany, "")
		return
	}
	if dead != nil {
		dead.cutFor(wire.ByeLimit, wire.CloseRate, slowRetryMs)
	}
	c.account, c.helloAt = account, engine.InstantOf(c.hub.now())
	c.principal.Store(&p)
	// A revocation between parsing and signing in has found no connection to
	// cut: look once more now that it would.
	if err := c.gate.tokens.Alive(p); errors.Is(err, ErrTokenInvalid) {
		c.cutDead(err)
		return
	}
	now := c.hub.now()
	c.say(wire.Welcome{
		ID: r.Number, Conn: c.name(), Role: p.Role, Name: p.Name,
		Expiry: engine.InstantOf(p.ExpiresAt), Now: engine.InstantOf(now),
	})
	for i := range c.rooms {
		room := c.rooms[i].room
		if code, ok := c.codeIn(room.id); ok {
			c.rooms[i].code = code
			room.parties.join(c, code)
			c.shard.do(func() { room.parties.greet(c, code) }) // after a room that is still to be sent
		}
	}
}

func codeOfToken(err error) wire.Code {
	if errors.Is(err, ErrTokenExpired) {
		return wire.CodeTokenExpired
	}
	return wire.CodeUnauthorized
}

// refresh takes a newer token of the same account.
func (c *client) refresh(r wire.Refresh) {
	old := c.principal.Load()
	if old == nil {
		c.refuse(r.Number, wire.CodeUnauthorized, "")
		return
	}
	p, err := c.gate.tokens.Parse(r.Token)
	if err != nil {
		c.refuse(r.Number, codeOfToken(err), "")
		return
	}
	if p.Account != old.Account || p.Role != old.Role {
		c.refuse(r.Number, wire.CodeForbidden, "")
		return
	}
	c.principal.Store(&p)
	c.say(wire.OK{ID: r.Number, Expiry: engine.InstantOf(p.ExpiresAt)})
}

// speaker returns who sends a request that needs a good token, or refuses it.
func (c *client) speaker(id wire.Number, session engine.SessionID) (Principal, bool) {
	p := c.principal.Load()
	if p == nil {
		c.refuse(id, wire.CodeUnauthorized, session)
		return Principal{}, false
	}
	switch err := c.gate.tokens.Alive(*p); {
	case err == nil:
		return *p, true
	case errors.Is(err, ErrTokenExpired):
		c.refuse(id, wire.CodeTokenExpired, session)
	default:
		c.cutDead(err)
	}
	return Principal{}, false
}

// cutDead cuts a connection whose token has died. Who has only been signed out may
// come back at once, as nobody: the room is for everybody to see.
func (c *client) cutDead(err error) {
	if errors.Is(err, ErrSignInEnded) {
		c.cutFor(wire.ByeSignedOut, wire.CloseSignedOut, 0)
		return
	}
	c.cutFor(wire.ByeKicked, wire.CloseKicked, -1)
}

// codeIn finds which participant of a session the speaker is, if any.
func (c *client) codeIn(session engine.SessionID) (engine.ParticipantCode, bool) {
	p := c.principal.Load()
	if p == nil || p.Role != engine.RoleBidder {
		return "", false
	}
	return c.saleroom.CodeOf(session, p.Account)
}

// deskRoles may see the desk.
var deskRoles = desk

// follow begins or resumes following a session.
func (c *client) follow(r wire.Sub) {
	if r.Desk {
		p, ok := c.speaker(r.Number, r.Session)
		if !ok {
			return
		}
		if !slices.Contains(deskRoles, p.Role) {
			c.refuse(r.Number, wire.CodeForbidden, r.Session)
			return
		}
		if !c.gate.o.MayAttend(p.Account, r.Session) {
			c.refuse(r.Number, wire.CodeUnknownSession, r.Session)
			return
		}
	}
	room := c.hub.room(r.Session)
	if room == nil {
		c.refuse(r.Number, c.missing(r.Session), r.Session)
		return
	}
	f := c.following(r.Session)
	if f == nil {
		if len(c.rooms) == maxSubs {
			c.refuse(r.Number, wire.CodeTooMany, r.Session)
			return
		}
		c.rooms = append(c.rooms, followed{room: room})
		f = &c.rooms[len(c.rooms)-1]
	}
	if f.room != room {
		f.room.parties.leave(c, f.code) // it was unloaded and is back
	}
	f.room, f.desk = room, r.Desk
	if code, ok := c.codeIn(r.Session); ok {
		f.code = code
		room.parties.join(c, code)
	}
	code := f.code
	c.shard.do(func() { c.begin(room, r, code) })
}

// begin runs on the shard: it puts the client among the readers and sends it
// what it has to know first.
func (c *client) begin(r *room, sub wire.Sub, code engine.ParticipantCode) {
	if c.gone {
		return
	}
	if r.ended.Load() {
		c.say(wire.Bye{Session: r.id, Code: wire.ByeStale, RetryMs: resubscribeMs})
		return
	}
	c.shard.subscribe(c, r, false, &greeting{id: sub.Number, epoch: sub.Epoch, seq: sub.Seq})
	if sub.Desk {
		c.shard.subscribe(c, r, true, &greeting{})
	} else if old := c.find(r.desk); old != nil {
		c.shard.unsubscribe(old)
	}
	if !c.blocked {
		c.shard.catchUp(c)
	}
	if code != "" {
		r.parties.greet(c, code)
	}
}

// missing tells why a session cannot be followed.
func (c *client) missing(id engine.SessionID) wire.Code {
	if c.saleroom.Exists(id) {
		return wire.CodeBusy // it is being read back from its journal
	}
	return wire.CodeUnknownSession
}

func (c *client) unfollow(r wire.Unsub) {
	if f := c.following(r.Session); f != nil {
		room, code := f.room, f.code
		c.rooms = slices.DeleteFunc(c.rooms, func(f followed) bool { return f.room == room })
		c.leaving = true
		room.parties.leave(c, code)
		c.leaving = false
		c.shard.do(func() {
			for _, log := range []*feedLog{room.public, room.desk} {
				if sub := c.find(log); sub != nil && !c.gone {
					c.shard.unsubscribe(sub)
				}
			}
		})
	}
	c.say(wire.OK{ID: r.Number})
}

// take makes this connection the account's bidding channel.
func (c *client) take(r wire.Take) {
	if _, ok := c.speaker(r.Number, r.Session); !ok {
		return
	}
	f := c.following(r.Session)
	if f == nil || f.code == "" || !f.room.parties.take(c, f.code) {
		c.refuse(r.Number, wire.CodeNotActive, r.Session)
		return
	}
	c.say(wire.OK{ID: r.Number})
}

// leaveAll ends what the reader began; the shard's side ends with shard.leave.
func (c *client) leaveAll() {
	for _, f := range c.rooms {
		f.room.parties.leave(c, f.code)
	}
}
