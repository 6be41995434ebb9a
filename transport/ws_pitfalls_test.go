package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	contrib "github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"

	"gobua/engine"
	"gobua/transport/wire"
)

// These tests hold the gateway against what bites with fiber and its WebSocket
// package. Each has been seen to go wrong without the precaution.

// handshake upgrades by hand and returns the bare connection: a peer that
// does only what the test does, without a library that answers by itself.
func (l *live) handshake(extra string) net.Conn { return l.handshakeWith(extra, nil) }

// handshakeWith sends the first bytes after the handshake along with it.
func (l *live) handshakeWith(extra string, first []byte) net.Conn {
	l.t.Helper()
	conn, err := net.Dial("tcp", l.url)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = conn.Close() })
	_, err = io.WriteString(conn, "GET /ws HTTP/1.1\r\nHost: "+l.url+"\r\nOrigin: http://"+l.url+
		"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"+extra+"\r\n"+string(first))
	if err != nil {
		l.t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	var head []byte
	for b := make([]byte, 1); !bytes.HasSuffix(head, []byte("\r\n\r\n")); {
		if _, err := io.ReadFull(conn, b); err != nil {
			l.t.Fatal(err, string(head))
		}
		head = append(head, b[0])
	}
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
		l.t.Fatal(string(head))
	}
	return conn
}

// clientFrame masks a payload the way a browser does, with a mask of zeros.
func clientFrame(first byte, payload string) []byte {
	if len(payload) < 126 {
		return append([]byte{first, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...)
	}
	return append([]byte{first, 0x80 | 126, byte(len(payload) >> 8), byte(len(payload)), 0, 0, 0, 0}, payload...)
}

func (l *live) clients() (list []*client) {
	l.gate.registry.mu.Lock()
	defer l.gate.registry.mu.Unlock()
	for c := range l.gate.registry.clients {
		list = append(list, c)
	}
	return list
}

// Close does nothing on a connection that fasthttp has handed over. A kicked
// peer that neither reads nor answers must be gone all the same.
func TestPitfallKickOfASilentPeer(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		conn := l.handshake("")
		hello, err := json.Marshal(map[string]any{"op": "hello", "id": 1, "token": l.token("an", engine.RoleBidder)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(clientFrame(0x81, string(hello))); err != nil {
			t.Fatal(err)
		}
		eventually(t, "signed in", func() bool { return len(l.gate.registry.of("an")) == 1 })
		l.tokens.Revoke("an", time.Now())
		l.gate.Kick("an")
		eventually(t, "the handler has returned", func() bool { return len(l.clients()) == 0 })
		sent, err := io.ReadAll(conn)
		if err != nil || !bytes.Contains(sent, []byte(`{"t":"bye","code":"kicked","retry":-1}`)) {
			t.Fatalf("%v: %q", err, sent)
		}
	})
}

// The library's wrapper is pooled: who keeps it writes to somebody else.
func TestPitfallPooledWrapperIsNotKept(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		typ := reflect.TypeFor[client]()
		for i := range typ.NumField() {
			switch typ.Field(i).Type {
			case reflect.TypeFor[*contrib.Conn](), reflect.TypeFor[*websocket.Conn]():
				t.Fatalf("client.%s keeps what belongs to the library", typ.Field(i).Name)
			}
		}
		l := goLive(t, lines)
		alice := l.dial()
		eventually(t, "connected", func() bool { return len(l.clients()) == 1 })
		stale := l.clients()[0]
		_ = alice.conn.Close()
		eventually(t, "gone", func() bool { return len(l.clients()) == 0 })
		bob := l.dial()
		for range 200 {
			stale.say(wire.Err{Code: wire.CodeInternal})
		}
		bob.send("ping", "ct", 1)
		if m, err := bob.read(); err != nil || m["t"] != "pong" {
			t.Fatalf("bob heard what was said to alice: %v, %v", m, err)
		}
	})
}

// Strings of a request are memory that later requests overwrite. What is kept
// of one must be a copy.
func TestPitfallNothingOfTheRequestIsKept(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		proxies, err := ParseTrustedProxies([]string{"127.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		l := goLive(t, lines, func(o *liveOptions) { o.gateway.TrustedProxies = proxies })
		header := func(from string) http.Header {
			return http.Header{"Origin": {"http://" + l.url}, "X-Forwarded-For": {from}}
		}
		victim, _, err := l.tryDial(header("203.0.113.9"))
		if err != nil {
			t.Fatal(err)
		}
		for range 50 {
			other, _, err := l.tryDial(header("198.51.100.7"))
			if err != nil {
				t.Fatal(err)
			}
			_ = other.conn.Close()
		}
		eventually(t, "only the victim is left", func() bool { return len(l.clients()) == 1 })
		if got := l.clients()[0].addr; got != netip.MustParseAddr("203.0.113.9") {
			t.Fatal("the address has become", got)
		}
		victim.send("ping", "ct", 1)
		victim.want("pong")
	})
}

// A write without a deadline blocks for ever on a peer that does not read.
// Here no write waits at all: the stalled peer is cut, nobody else notices.
func TestPitfallNoWriteWaitsForThePeer(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines, func(o *liveOptions) {
			o.hub.Shards = 1 // the stalled peer shares the only writer
			o.hub.times = usualTimes
			o.hub.times.stall = 100 * time.Millisecond
		})
		conn := l.handshake("")
		if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(clientFrame(0x81, `{"op":"sub","id":1,"session":"`+string(firstSession)+`"}`)); err != nil {
			t.Fatal(err)
		}
		eventually(t, "follows", func() bool { return l.hub.Viewers(firstSession) == 1 })
		p := l.dial()
		p.send("sub", "session", firstSession)
		p.want("snap")
		level := engine.Dong(1000)
		eventually(t, "the stalled peer is cut", func() bool {
			level += 100
			seq := l.bid(firstSession, "M-101", level)
			if up := p.want("up"); up["seq"] != float64(seq) {
				t.Fatalf("got %v, want %d", up["seq"], seq)
			}
			return l.hub.Viewers(firstSession) == 1
		})
	})
}

// Shutdown of fiber ignores WebSockets: they need a registry, a bye and an end.
func TestPitfallShutdownEndsLiveSockets(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		var pages []*page
		for range 20 {
			p := l.dial()
			p.send("sub", "session", firstSession)
			p.want("snap")
			pages = append(pages, p)
		}
		silent := l.handshake("") // answers nothing and is not waited for beyond its grace
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		drained := make(chan error, 1)
		go func() { drained <- l.gate.Drain(ctx) }()
		retries := map[float64]bool{}
		for _, p := range pages {
			bye := p.want("bye")
			if bye["code"] != "restart" || bye["retry"].(float64) < 500 {
				t.Fatal(bye)
			}
			retries[bye["retry"].(float64)] = true
			if code := p.closed(); code != int(wire.CloseRestart) {
				t.Fatal("close code", code)
			}
		}
		if len(retries) < 5 {
			t.Error("the pages would all come back together:", retries)
		}
		if err := <-drained; err != nil {
			t.Fatal(err)
		}
		_ = silent
		if _, resp, err := l.tryDial(http.Header{"Origin": {"http://" + l.url}}); err == nil || resp.StatusCode != 503 {
			t.Fatal("a draining server took a connection:", err, resp)
		}
	})
}

// The library takes every origin by default, and answers others with 426.
func TestPitfallForeignOriginsAreRefusedBeforeTheUpgrade(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines, func(o *liveOptions) { o.gateway.Origins = []string{"https://dau-gia.example"} })
		for origin, status := range map[string]int{
			"http://" + l.url:              101,
			"https://" + l.url:             101, // TLS may end at a proxy
			"https://dau-gia.example":      101,
			"https://dau-gia.example:444":  403,
			"http://dau-gia.example":       403,
			"https://evil.example":         403,
			"http://" + l.url + ".evil.vn": 403,
			"null":                         403,
			"":                             403,
		} {
			header := http.Header{}
			if origin != "" {
				header.Set("Origin", origin)
			}
			_, resp, _ := l.tryDial(header)
			if resp == nil || resp.StatusCode != status {
				t.Errorf("origin %q: got %v, want %d", origin, resp, status)
			}
		}
	})
}

// panicky is a bug with a secret in it.
type panicky struct{ *AccessTokens }

func (panicky) Parse(string) (Principal, error) { panic("postgres://gobua:hunter2@db") }

// The library's default sends the panic's text to the client.
func TestPitfallThePanicIsNotSent(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines, func(o *liveOptions) { o.tokens = panicky{NewTokens(Key{1}, TokenOptions{})} })
		conn := l.handshake("")
		if _, err := conn.Write(clientFrame(0x81, `{"op":"hello","id":1,"token":"x"}`)); err != nil {
			t.Fatal(err)
		}
		sent, err := io.ReadAll(conn)
		if err != nil {
			t.Fatal(err)
		}
		if want := wire.AppendClose(nil, wire.CloseInternal); !bytes.Equal(sent, want) {
			t.Fatalf("sent %q, want only a close frame with 1011", sent)
		}
		if !strings.Contains(l.log.String(), "hunter2") || !strings.Contains(l.log.String(), "ws_pitfalls_test.go") {
			t.Error("the log does not have the panic and where it was: ", l.log)
		}
		p := l.dial() // and everybody else goes on
		p.send("ping", "ct", 1)
		p.want("pong")
	})
}

// With compression the read limit would not bound what a frame inflates to.
func TestPitfallCompressionIsNeverNegotiated(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		d := websocket.Dialer{EnableCompression: true}
		conn, resp, err := d.Dial("ws://"+l.url+"/ws", http.Header{"Origin": {"http://" + l.url}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if got := resp.Header.Get("Sec-WebSocket-Extensions"); got != "" {
			t.Error("negotiated", got)
		}
		bomb := l.handshake("Sec-WebSocket-Extensions: permessage-deflate\r\n")
		if _, err := bomb.Write(clientFrame(0x81|0x40, "not even deflated")); err != nil { // RSV1: compressed
			t.Fatal(err)
		}
		sent, err := io.ReadAll(bomb)
		if want := wire.AppendClose(nil, wire.CloseProtocol); err != nil || !bytes.Equal(sent, want) {
			t.Fatalf("%v: sent %q", err, sent)
		}
	})
}

// The library's handlers for ping and close, and its answers to oversize and
// broken frames, would write from the reading goroutine into the middle of
// what the shard writes.
func TestPitfallOnlyTheShardWrites(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.dial()
		pongs := make(chan string, 1)
		p.conn.SetPongHandler(func(payload string) error { pongs <- payload; return nil })
		if err := p.conn.WriteControl(websocket.PingMessage, []byte("still there?"), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		p.send("ping", "ct", 1)
		p.want("pong")
		if payload := <-pongs; payload != "still there?" {
			t.Error("pong with", payload)
		}
		if err := p.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if code := p.closed(); code != 1000 {
			t.Error("close answered with", code)
		}
	})
}

// Several processes would be several owners of one session.
func TestPitfallPreforkIsRefused(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an app with Prefork was taken")
		}
	}()
	NewGateway(nil, nil, nil, GatewayOptions{}).Register(fiber.New(fiber.Config{Prefork: true}))
}
