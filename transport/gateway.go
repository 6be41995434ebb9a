package transport

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	contrib "github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"
	"golang.org/x/time/rate"

	"gobua/engine"
	"gobua/transport/wire"
)

// GatewayOptions say who may connect.
type GatewayOptions struct {
	// Origins are further sites ("https://dau-gia.example") whose pages may
	// connect. The site itself always may. A request without an Origin is
	// refused: browsers always send one, other programs can.
	Origins        []string
	TrustedProxies TrustedProxies
	Limits         GatewayLimits // zero fields: UsualLimits
	// MayAttend tells whether a member of the staff may see the desk of a
	// session and act there. It must not block; nil: all may.
	MayAttend func(accountID string, id engine.SessionID) bool
	Presence  Presence // nil: nobody takes note
	Trace     Tracer   // nil: nothing is traced
	Log       *slog.Logger
}

// GatewayLimits bound the live connections.
type GatewayLimits struct {
	Total      int // each costs a descriptor and some KB, most of them the kernel's
	PerAddress int // of an IPv4 address or an IPv6 /64
	PerAccount int // tabs and phones of one person
}

// UsualLimits are for a process with 20,000 descriptors. Mobile networks and
// halls put hundreds of people behind one address.
var UsualLimits = GatewayLimits{Total: 15_000, PerAddress: 1000, PerAccount: 10}

// Gateway takes WebSocket connections, finds out who speaks, checks what they
// may do, and hands it to the sessions.
type Gateway struct {
	hub       *Hub
	saleroom  Saleroom
	tokens    LiveTokens
	o         GatewayOptions
	log       *slog.Logger
	registry  *registry
	serial    atomic.Uint64
	sightings sightings
}

// NewGateway makes a gateway. It starts nothing.
func NewGateway(hub *Hub, saleroom Saleroom, tokens LiveTokens, o GatewayOptions) *Gateway {
	usual := UsualLimits
	for _, l := range []struct{ have, usual *int }{
		{&o.Limits.Total, &usual.Total}, {&o.Limits.PerAddress, &usual.PerAddress}, {&o.Limits.PerAccount, &usual.PerAccount},
	} {
		if *l.have == 0 {
			*l.have = *l.usual
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MayAttend == nil {
		o.MayAttend = func(string, engine.SessionID) bool { return true }
	}
	return &Gateway{hub: hub, saleroom: saleroom, tokens: tokens, o: o, log: o.Log, registry: newRegistry(o.Limits)}
}

// localAddr is under which admit leaves the client's address for serve: a
// value, not a string, because strings of a request change after it.
const localAddr = "gobua.addr"

// unusedBuffer is for the buffers of the WebSocket library, which does the
// handshake and nothing else: it would answer pings, oversize frames and
// breaches of protocol by itself, from the reading goroutine, into the middle
// of what the shard sends.
const unusedBuffer = 1

// Register puts the gateway at /ws. It refuses an app that would run as
// several processes: each would be another owner of the same sessions.
func (g *Gateway) Register(app *fiber.App) {
	if app.Config().Prefork {
		panic("transport: Prefork would make several owners of one session")
	}
	app.Server().KeepHijackedConns = true // we close them: see serve
	app.Get("/ws", g.admit, contrib.New(g.serve, contrib.Config{
		Origins:           []string{"*"}, // admit has looked, with a better answer than 426
		ReadBufferSize:    unusedBuffer,
		WriteBufferSize:   unusedBuffer,
		WriteBufferPool:   new(sync.Pool),
		EnableCompression: false, // the read limit would not bound what is inflated
		RecoverHandler: func(wrapper *contrib.Conn) {
			g.survive(recover(), wrapper.NetConn()) // hear recovers what it can answer; this is what is left
		},
	}))
}

// admit decides before the upgrade who may connect at all.
func (g *Gateway) admit(c *fiber.Ctx) error {
	if !contrib.IsWebSocketUpgrade(c) {
		return fiber.ErrUpgradeRequired
	}
	if !g.ownOrigin(c) {
		g.hub.metrics.rejected.WithLabelValues("origin").Inc()
		return refuse(codeForeignOrigin)
	}
	addr := limitAddr(g.o.TrustedProxies.ClientAddr(c))
	if v := g.registry.verdict(addr); v != admitted {
		g.hub.metrics.rejected.WithLabelValues(string(v)).Inc()
		c.Set(fiber.HeaderRetryAfter, "2")
		if v == tooManyHere {
			return fiber.ErrTooManyRequests
		}
		return fiber.ErrServiceUnavailable
	}
	c.Locals(localAddr, addr)
	return c.Next()
}

// ownOrigin tells whether the page that connects is ours. Schemes of our own
// host are not compared: behind a proxy that ends TLS we see http where the
// page saw https.
func (g *Gateway) ownOrigin(c *fiber.Ctx) bool {
	origin := c.Get(fiber.HeaderOrigin)
	if slices.Contains(g.o.Origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, c.Hostname())
}

// serve begins a connection, on the goroutine of its upgrade. The library's
// wrapper is pooled and goes to somebody else once serve returns, as do the
// buffers under it, so none is kept: what they had read ahead is taken first.
// The connection itself is ours from here on, and ours to close.
func (g *Gateway) serve(wrapper *contrib.Conn) {
	conn := wrapper.Conn.NetConn() // may have read ahead, so it is what is read from
	addr, _ := wrapper.Locals(localAddr).(netip.Addr)
	c, err := g.open(conn, addr)
	if err != nil {
		g.log.Warn("connection cannot be served", "err", err)
		_ = conn.Close() // as above: nothing was sent
		return
	}
	if v := g.registry.enter(c); v != admitted {
		g.hub.metrics.rejected.WithLabelValues(string(v)).Inc()
		c.cutFor(wire.ByeLimit, wire.CloseRate, slowRetryMs)
		g.close(c)
		return
	}
	g.hub.metrics.clients.Inc()
	if c.hang.polled {
		c.detach(conn)
		return
	}
	c.read(conn)
	g.finish(c)
}

// finish ends a connection that was served. Its reader calls it, as the last it
// does.
func (g *Gateway) finish(c *client) {
	c.leaveAll()
	g.close(c)
	g.hub.metrics.clients.Dec()
	g.registry.leave(c)
	close(c.ended)
}

// open makes the client of a connection and gives it to a shard.
func (g *Gateway) open(conn net.Conn, addr netip.Addr) (*client, error) {
	tcp, err := innermost(conn)
	if err != nil {
		return nil, err
	}
	c := &client{
		hub: g.hub, gate: g, saleroom: g.saleroom, presence: g.o.Presence, shard: g.hub.nextShard(),
		serial: g.serial.Add(1), addr: addr, tcp: tcp,
		ended: make(chan struct{}), pace: rate.NewLimiter(requestsPerSecond, requestBurst),
	}
	c.reading.Store(true)
	if c.line, err = openLine(tcp, g.hub.portable); err != nil {
		return nil, fmt.Errorf("%s: %w", c.name(), err)
	}
	if c.polled, _ = c.line.(polledLine); c.polled != nil && c.shard.poller != nil {
		if err := c.shard.poller.add(c); err != nil {
			return nil, fmt.Errorf("%s: %w", c.name(), err)
		}
		c.hang.polled = true
	}
	if !c.shard.do(func() { c.shard.join(c) }) {
		c.unpoll()
		c.line.close()
		return nil, errGone
	}
	return c, nil
}

// innermost is the connection under fasthttp's wrapper, whose Close does
// nothing, and which is pooled too.
func innermost(conn net.Conn) (net.Conn, error) {
	wrapped, ok := conn.(interface{ UnsafeConn() net.Conn })
	if !ok {
		return nil, fmt.Errorf("connection of type %T cannot be closed", conn)
	}
	return wrapped.UnsafeConn(), nil
}

// close ends a connection for good: first no shard writes to it any more, then
// the peer gets a moment to read the farewell, then the descriptor goes.
func (g *Gateway) close(c *client) {
	c.unpoll()
	left := make(chan struct{})
	if c.shard.do(func() { c.shard.leave(c); close(left) }) {
		select {
		case <-left:
		case <-c.shard.done:
		}
	}
	c.line.close()
	if c.out.ending() != nil {
		c.hangUp(farewellGrace)
		if half, ok := c.tcp.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite() // a connection that is gone already needs none
		}
		c.linger()
	}
	if err := c.tcp.Close(); err != nil {
		g.log.Debug("close", "conn", c.name(), "err", err)
	}
}

// panicked records a bug. The client learns only that there was one.
func (g *Gateway) panicked(v any) {
	g.hub.metrics.panics.Inc()
	g.log.Error("panic in a connection", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
}

// survive records a panic that nothing else has dealt with, if v is one, and
// closes the connection.
func (g *Gateway) survive(v any, conn net.Conn) {
	if v != nil {
		g.panicked(v)
		_ = conn.Close() // whatever its state is
	}
}

// Clients is how many live connections there are. It does not block.
func (g *Gateway) Clients() int { return g.registry.live() }

// CutDead cuts every connection whose token was revoked, by whatever process. It
// returns at once, and may be called from any goroutine.
func (g *Gateway) CutDead() {
	g.cutDead(g.registry.signedIn())
}

// Kick is CutDead for one account, which was revoked or has been signed out
// somewhere. What it has open where it stays signed in goes on. That what is cut
// cannot come back is the tokens' business.
func (g *Gateway) Kick(accountID string) { g.cutDead(g.registry.of(accountID)) }

func (g *Gateway) cutDead(clients []*client) {
	for _, c := range clients {
		if p := c.principal.Load(); p != nil {
			if err := g.tokens.Alive(*p); errors.Is(err, ErrTokenInvalid) {
				c.cutDead(err)
			}
		}
	}
}
