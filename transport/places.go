package transport

import (
	"container/list"
	"net"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"
)

// places is who holds a place among the requests of a server without having sent
// a whole one: silent from the beginning, or slow. While more than half of the
// places are taken, and more than a quarter by those, the oldest of them gives way
// to each newcomer: whoever opens connections and says nothing else holds all
// places for readTimeout. Whoever is being answered keeps theirs.
//
// Nothing more is read from whoever gives way; the server itself then says that it
// is busy, and closes the connection. To close it here would be a bug to fasthttp
// that ends the program, if it was about to answer.
//
// The server calls heard when a connection comes, begins a request, or goes; the
// first handler of a request calls whole.
type places struct {
	server *fasthttp.Server
	gave   prometheus.Counter

	mu      sync.Mutex
	left    sync.Cond  // there are fewer in leaving
	waiting *list.List // of net.Conn, the oldest first
	at      map[net.Conn]*list.Element
	leaving map[net.Conn]bool // gave way, and the server does not know yet
}

// halfCloser is a connection that can be made to end for who reads it.
type halfCloser interface{ CloseRead() error }

// keepPlaces has a server that is not yet serving keep its places.
func keepPlaces(server *fasthttp.Server, r *prometheus.Registry) *places {
	p := &places{server: server, waiting: list.New(), at: map[net.Conn]*list.Element{}, leaving: map[net.Conn]bool{},
		gave: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "gobua_http_gave_way_total",
			Help: "Connections closed before they had sent a whole request, because others wanted their places.",
		})}
	p.left.L = &p.mu
	if r != nil {
		r.MustRegister(p.gave)
	}
	server.ConnState = p.heard
	return p
}

// heard takes note of what became of a connection. It is called on the goroutine
// that takes connections when one is new, else on its own.
func (p *places) heard(conn net.Conn, state fasthttp.ConnState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch state {
	case fasthttp.StateNew:
		// The server itself would wait for the first byte for ever. The error of a
		// connection that is broken already is met again when it is read.
		_ = conn.SetReadDeadline(time.Now().Add(p.server.ReadTimeout))
		p.wait(conn)
		p.makeRoom()
	case fasthttp.StateActive:
		p.wait(conn)
	default: // answered, handed over or gone
		p.forget(conn)
	}
}

// whole tells that a request has come whole, so that it is answered: also of a
// connection that gave way too late.
func (p *places) whole(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(conn)
}

// gaveWay tells whether a request did not come whole because its connection had
// to give way.
func (p *places) gaveWay(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.leaving[conn]
}

// wait adds who has not sent a whole request. A connection that cannot be made to
// end (TLS within the program, which is for tests) is left alone.
func (p *places) wait(conn net.Conn) {
	if _, ends := conn.(halfCloser); ends && p.at[conn] == nil && !p.leaving[conn] {
		p.at[conn] = p.waiting.PushBack(conn)
	}
}

func (p *places) forget(conn net.Conn) {
	if e := p.at[conn]; e != nil {
		p.waiting.Remove(e)
		delete(p.at, conn)
	}
	if p.leaving[conn] {
		delete(p.leaving, conn)
		p.left.Broadcast()
	}
}

// makeRoom has the oldest one give way. It waits, for as long as goroutines take
// to notice that nothing more comes, when an eighth of the places are of those:
// else the next newcomers could find none.
func (p *places) makeRoom() {
	all := p.server.Concurrency
	if !p.crowded() || p.waiting.Len() <= all/4 {
		return
	}
	oldest := p.waiting.Front().Value.(net.Conn)
	p.forget(oldest)
	p.leaving[oldest] = true
	p.gave.Inc()
	_ = oldest.(halfCloser).CloseRead() // fails if the other side has closed it, which ends it too
	for len(p.leaving) > all/8 {
		p.left.Wait()
	}
}

// crowded tells whether more than half of the places are taken.
func (p *places) crowded() bool {
	return int(p.server.GetOpenConnectionsCount()) > p.server.Concurrency/2
}

// yield is the first handler of a request that has come whole. It has whoever was
// served give their place back at once while places are scarce. A browser else
// keeps its place for idleTimeout after the last request, and in a rush newcomers
// would find none. Sockets have left theirs by then.
func (p *places) yield(c *fiber.Ctx) error {
	p.whole(c.Context().Conn())
	if p.crowded() && c.Get(fiber.HeaderUpgrade) == "" {
		c.Context().SetConnectionClose()
	}
	return c.Next()
}
