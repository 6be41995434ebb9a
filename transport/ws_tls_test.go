package transport

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"gobua/engine"
	"gobua/transport/wire"
)

// dialTLS connects over TLS to whatever ends it.
func (l *live) dialTLS(addr string) *page {
	l.t.Helper()
	d := websocket.Dialer{HandshakeTimeout: patience, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	conn, resp, err := d.Dial("wss://"+addr+"/ws", http.Header{"Origin": {"https://" + addr}})
	if err != nil {
		l.t.Fatal(err, resp)
	}
	l.t.Cleanup(func() { _ = conn.Close() })
	return &page{t: l.t, conn: conn}
}

// roundTrip is what works over any line: a room, private messages, a bid and
// its receipt, a farewell.
func (l *live) roundTrip(p *page) {
	l.t.Helper()
	p.send("hello", "token", l.token("an", engine.RoleBidder))
	p.want("welcome")
	p.send("sub", "session", firstSession)
	p.want("snap")
	p.want("you")
	p.send("bid", "session", firstSession, "cmd", newCmd(), "amount", 1000)
	p.want("receipt")
	p.want("up")
	p.send("ping", "ct", 1)
	p.want("pong")
	l.tokens.Revoke("an", time.Now())
	l.gate.Kick("an")
	if code := p.closed(); code != int(wire.CloseKicked) {
		l.t.Fatal("closed with", code)
	}
	eventually(l.t, "gone", func() bool { return len(l.clients()) == 0 })
}

// TestTLSEndedInTheProcess takes the portable way by itself: what is on the
// descriptor is not what the peer said.
func TestTLSEndedInTheProcess(t *testing.T) {
	certificate := httptest.NewTLSServer(nil)
	certificate.Close()
	l := goLive(t, func(o *liveOptions) {
		o.tls = &tls.Config{Certificates: certificate.TLS.Certificates}
		o.hub.times = usualTimes
		o.hub.times.stay = time.Millisecond
	})
	l.roundTrip(l.dialTLS(l.url))
}

// TestTLSEndedByAProxy is what most have.
func TestTLSEndedByAProxy(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		to := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: l.url})
			r.Out.Host = r.In.Host
		}}
		proxy := httptest.NewTLSServer(to)
		defer proxy.Close()
		l.roundTrip(l.dialTLS(proxy.Listener.Addr().String()))
	})
}
