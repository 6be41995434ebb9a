package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"gobua/engine"
	"gobua/transport/wire"
)

// polls tells whether idle connections of a server have no reader.
func (l *live) polls() bool { return l.hub.shards[0].poller != nil }

// pongs reads from a bare connection until it has seen the answers to pings with
// these numbers, in this order.
func pongs(t *testing.T, conn net.Conn, numbers ...int) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	var sent []byte
	for _, n := range numbers {
		want := fmt.Sprintf(`{"t":"pong","id":%d,`, n)
		for b := make([]byte, 512); !strings.Contains(string(sent), want); {
			k, err := conn.Read(b)
			if err != nil {
				t.Fatalf("waiting for %s: %v; had %q", want, err, sent)
			}
			sent = append(sent, b[:k]...)
		}
		_, after, _ := strings.Cut(string(sent), want)
		sent = []byte(after)
	}
}

func pingFrame(n int) []byte {
	return clientFrame(0x81, fmt.Sprintf(`{"op":"ping","id":%d,"ct":1}`, n))
}

// TestNothingThatCameWithTheHandshakeIsLost: the server has read it ahead, into
// a buffer that is somebody else's as soon as the upgrade is over.
func TestNothingThatCameWithTheHandshakeIsLost(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		for range 20 {
			frames := append(pingFrame(1), pingFrame(2)...)
			cut := rand.IntN(len(frames))
			conn := l.handshakeWith("", frames[:cut])
			if _, err := conn.Write(append(frames[cut:], pingFrame(3)...)); err != nil {
				t.Fatal(err)
			}
			pongs(t, conn, 1, 2, 3)
			_ = conn.Close()
		}
	})
}

// TestFramesThatComeByteByByte are as good as any.
func TestFramesThatComeByteByByte(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		conn := l.handshake("")
		if err := conn.(*net.TCPConn).SetNoDelay(true); err != nil {
			t.Fatal(err)
		}
		sub := clientFrame(0x01, `{"op":"sub","id":2,`)
		sub = append(sub, clientFrame(0x89, "in between")...)
		sub = append(sub, clientFrame(0x80, `"session":"`+string(firstSession)+`"}`)...)
		for _, b := range append(append(pingFrame(1), sub...), pingFrame(3)...) {
			if _, err := conn.Write([]byte{b}); err != nil {
				t.Fatal(err)
			}
			runtime.Gosched()
		}
		pongs(t, conn, 1, 3)
		eventually(t, "the message in parts is heard", func() bool { return l.hub.Viewers(firstSession) == 1 })
	})
}

// TestAnIdleViewerHasNoGoroutine, nor a bidder who has been quiet for a while.
func TestAnIdleViewerHasNoGoroutine(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines, func(o *liveOptions) {
			o.hub.times = usualTimes
			o.hub.times.stay = 10 * time.Millisecond
		})
		before := runtime.NumGoroutine()
		const viewers = 40
		token := l.token("staff", engine.RoleAuctioneer)
		var conns []net.Conn
		for i := range viewers {
			conn := l.handshake("")
			first := `{"op":"sub","id":1,"session":"` + string(firstSession) + `"}`
			if i < 8 {
				first = `{"op":"hello","id":1,"token":"` + token + `"}`
			}
			if _, err := conn.Write(append(clientFrame(0x81, first), pingFrame(2)...)); err != nil {
				t.Fatal(err)
			}
			pongs(t, conn, 2)
			conns = append(conns, conn)
		}
		if !l.polls() {
			if n := runtime.NumGoroutine() - before; n < viewers {
				t.Fatalf("%d goroutines more: this is not the portable way", n)
			}
			return
		}
		eventually(t, "all readers have gone", func() bool { return runtime.NumGoroutine()-before < 8 }) // fasthttp keeps a few
		for _, conn := range conns {                                                                     // and they come back
			if _, err := conn.Write(pingFrame(3)); err != nil {
				t.Fatal(err)
			}
			pongs(t, conn, 3)
		}
	})
}

// TestARequestThatWaitsHoldsUpOnlyItsOwnConnection: what comes after it waits
// in its order, without being read, and everybody else is served.
func TestARequestThatWaitsHoldsUpOnlyItsOwnConnection(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		release, waits := make(chan struct{}), make(chan struct{}, 1)
		l.submit = func(_ engine.SessionID, c engine.Command, answer func(engine.Receipt, error)) bool {
			waits <- struct{}{}
			<-release
			answer(engine.Receipt{Cmd: c.ID, Act: c.Do.ActName(), Accepted: true}, nil)
			return true
		}
		p := l.signIn("staff", engine.RoleAuctioneer)
		p.send("act", "session", firstSession, "cmd", newCmd(), "act", "open")
		p.send("ping", "ct", 1)
		<-waits
		for range 4 * runtime.GOMAXPROCS(0) { // more than there are shards
			other := l.dial()
			other.send("sub", "session", firstSession)
			other.want("snap")
			other.send("ping", "ct", 1)
			other.want("pong")
		}
		// Somebody who goes on sending fills the kernel's buffers, not ours.
		flood := make([]byte, 0, 1<<20)
		for len(flood) < 1<<20-100 {
			flood = append(flood, pingFrame(4)...)
		}
		var err error
		for i := 0; i < 256 && err == nil; i++ {
			_ = p.conn.NetConn().SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
			_, err = p.conn.NetConn().Write(flood)
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("256 MB were taken from somebody whose request waits: %v", err)
		}
		close(release)
		for _, kind := range []string{"receipt", "pong"} {
			if m, err := p.read(); err != nil || m["t"] != kind {
				t.Fatalf("got %v, %v, want a %s", m, err, kind)
			}
		}
	})
}

// TestWhoIsNotHeardOfIsDropped, and any frame is a sign of life.
func TestWhoIsNotHeardOfIsDropped(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines, func(o *liveOptions) {
			o.hub.times = usualTimes
			o.hub.times.round = 10 * time.Millisecond
		})
		conn := l.handshake("")
		eventually(t, "connected", func() bool { return len(l.clients()) == 1 })
		c := l.clients()[0]
		longAgo := c.heard.Load()
		if _, err := conn.Write(clientFrame(0x8a, "")); err != nil {
			t.Fatal(err)
		}
		eventually(t, "a pong counts", func() bool { return c.heard.Load() > longAgo })
		c.heard.Store(int64(-readWait))
		if sent, err := io.ReadAll(conn); err != nil || len(sent) > 0 {
			t.Fatalf("%v: %q", err, sent)
		}
		eventually(t, "gone", func() bool { return len(l.clients()) == 0 })
	})
}

// TestAHangUpMeetsAReaderInEveryState: before it is gone, while it waits for
// more, and while there is none.
func TestAHangUpMeetsAReaderInEveryState(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines, func(o *liveOptions) {
			o.hub.times = usualTimes
			o.hub.times.stay = time.Millisecond
		})
		for i := range 60 {
			p := l.dial()
			if i%2 == 0 {
				p.send("hello", "token", l.token(fmt.Sprint("staff", i), engine.RoleClerk))
			}
			eventually(t, "connected", func() bool { return len(l.clients()) == 1 })
			c := l.clients()[0]
			go c.hangUp(time.Duration(i%3) * time.Millisecond)
			for range i % 5 {
				_ = p.conn.WriteMessage(websocket.TextMessage, []byte(`{"op":"refresh","id":9,"token":"x"}`)) // it may be over
			}
			eventually(t, "over", func() bool { return len(l.clients()) == 0 })
		}
	})
}

// TestNobodyHearsWhatIsSaidToAnother while connections come and go, by every
// way to end, so fast that descriptors and buffers are used again at once.
func TestNobodyHearsWhatIsSaidToAnother(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		var number atomic.Int64
		stop := make(chan struct{})
		var talk, visitors sync.WaitGroup
		talk.Go(func() { // to those who are here, and, late, to those who were
			var known []*client
			for {
				select {
				case <-stop:
					return
				default:
				}
				l.bid(firstSession, "M-102", 1000)
				known = append(known, l.clients()...)
				known = known[max(0, len(known)-64):]
				for _, c := range known {
					c.say(wire.Err{ID: wire.Number(c.serial), Code: wire.CodeBusy})
				}
				time.Sleep(time.Millisecond) // leave the hall's lock to others
			}
		})
		for w := range 8 {
			visitors.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(w), 1))
				for range 40 {
					l.visitOnce(t, rng, float64(number.Add(1)))
				}
			})
		}
		visitors.Wait()
		close(stop)
		talk.Wait()
		eventually(t, "all have gone", func() bool { return len(l.clients()) == 0 })
		for _, s := range l.hub.shards {
			if p, ok := s.poller.(interface{ watched() int }); ok && p.watched() != 0 {
				t.Errorf("the poller still knows %d", p.watched())
			}
		}
	})
}

// visitOnce is one connection's life: it hears its own answers only, and
// errors under one and the same number.
func (l *live) visitOnce(t *testing.T, rng *rand.Rand, own float64) {
	conn := l.handshake("")
	defer func() { _ = conn.Close() }()
	ask := fmt.Sprintf(`{"op":"ping","id":7,"ct":%v}`, own)
	sub := clientFrame(0x81, `{"op":"sub","id":1,"session":"`+string(firstSession)+`"}`)
	if _, err := conn.Write(append(sub, clientFrame(0x81, ask)...)); err != nil {
		t.Error(err)
		return
	}
	ws := &serverFrames{src: conn}
	mine := 0.0
	for {
		payload, err := ws.next()
		if err != nil {
			t.Error(own, err)
			return
		}
		var m struct {
			T, Code string
			ID, CT  float64
		}
		if len(payload) == 0 || json.Unmarshal(payload, &m) != nil {
			continue // a ping frame
		}
		if m.T == "bye" && m.Code == string(wire.ByeSlow) {
			return // on a busy machine, this test is too slow for what it says itself
		}
		if m.T == "err" {
			if mine != 0 && m.ID != mine {
				t.Errorf("%v was told what is for %v, after %v", own, m.ID, mine)
			}
			mine = m.ID
		}
		if m.T == "pong" {
			if m.CT != own {
				t.Errorf("%v heard the pong of %v", own, m.CT)
			}
			break
		}
	}
	switch rng.IntN(4) {
	case 0:
		_, _ = conn.Write(clientFrame(0x88, "\x03\xe8")) // says goodbye
	case 1:
		_, _ = conn.Write([]byte{0x81, 0xfe, 0x00}) // ends in a header
	case 2:
		_ = conn.(*net.TCPConn).SetLinger(0) // resets
	}
}

// serverFrames reads what the server sends, without a library that answers.
type serverFrames struct{ src io.Reader }

func (f *serverFrames) next() ([]byte, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(f.src, head); err != nil {
		return nil, err
	}
	n, more := int(head[1]), 0
	switch n {
	case 126:
		more = 2
	case 127:
		more = 8
	}
	if more > 0 {
		long := make([]byte, more)
		if _, err := io.ReadFull(f.src, long); err != nil {
			return nil, err
		}
		n = 0
		for _, b := range long {
			n = n<<8 | int(b)
		}
	}
	payload := make([]byte, n)
	_, err := io.ReadFull(f.src, payload)
	return payload, err
}

// TestOneProcessorIsEnough: nothing of the poller blocks a thread that
// everything else needs.
func TestOneProcessorIsEnough(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		var pages []*page
		for range 30 {
			p := l.dial()
			p.send("sub", "session", firstSession)
			p.want("snap")
			pages = append(pages, p)
		}
		for i := range 10 {
			seq := l.bid(firstSession, "M-101", engine.Dong(1000+100*i))
			for _, p := range pages {
				p.send("ping", "ct", 1)
				p.want("pong")
				if up := p.want("up"); up["seq"] != float64(seq) {
					t.Fatal(up)
				}
			}
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := l.gate.Drain(ctx); err != nil {
			t.Fatal(err)
		}
	})
}
