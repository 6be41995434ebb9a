package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"gobua/engine"
	"gobua/transport/wire"
)

func TestConnectionsPerAddressAndInTotalAreLimited(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		proxies, err := ParseTrustedProxies([]string{"127.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		l := goLive(t, lines, func(o *liveOptions) {
			o.gateway.TrustedProxies = proxies
			o.gateway.Limits = GatewayLimits{Total: 3, PerAddress: 2}
		})
		from := func(addr string) int {
			_, resp, _ := l.tryDial(http.Header{"Origin": {"http://" + l.url}, "X-Forwarded-For": {addr}})
			return resp.StatusCode
		}
		entered := func(n int) { eventually(t, "counted", func() bool { return len(l.clients()) == n }) }
		for i, c := range []struct {
			addr   string
			status int
			inside int
		}{
			{"2001:db8::1", 101, 1},
			{"2001:db8::2", 101, 2}, // the same /64
			{"2001:db8::3", 429, 2},
			{"203.0.113.9", 101, 3},
			{"203.0.113.10", 503, 3},
		} {
			if got := from(c.addr); got != c.status {
				t.Fatalf("%d: %s: got %d, want %d", i, c.addr, got, c.status)
			}
			entered(c.inside)
		}
	})
}

// TestTheLimitHoldsAfterTheUpgradeToo: between the look before the upgrade and
// the count after it, others may have come in.
func TestTheLimitHoldsAfterTheUpgradeToo(t *testing.T) {
	g := newRegistry(GatewayLimits{Total: 2, PerAddress: 1})
	one, two := netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("203.0.113.10")
	for i, c := range []struct {
		addr netip.Addr
		want verdict
	}{{one, admitted}, {one, tooManyHere}, {two, admitted}, {netip.MustParseAddr("203.0.113.11"), tooMany}} {
		if got := g.enter(&client{addr: c.addr}); got != c.want {
			t.Errorf("%d: got %q, want %q", i, got, c.want)
		}
	}
	g.drain()
	if got := g.enter(&client{addr: one}); got != shuttingOff {
		t.Errorf("while draining: got %q", got)
	}
}

func TestConnectionsPerAccountAreLimited(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines, func(o *liveOptions) { o.gateway.Limits.PerAccount = 2 })
		l.signIn("an", engine.RoleBidder)
		second := l.signIn("an", engine.RoleBidder)
		third := l.dial()
		third.refused(third.send("hello", "token", l.token("an", engine.RoleBidder)), "too_many")
		_ = second.conn.Close()
		eventually(t, "one has left", func() bool { return len(l.gate.registry.of("an")) == 1 })
		third.send("hello", "token", l.token("an", engine.RoleBidder))
		third.want("welcome")
	})
}

// TestDeadConnectionsOfAnAccountMakeRoom: a phone in a tunnel comes back on line
// after line, and none of the old ones was ever closed.
func TestDeadConnectionsOfAnAccountMakeRoom(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines, func(o *liveOptions) { o.gateway.Limits.PerAccount = 2 })
		l.signIn("an", engine.RoleBidder)
		dead := l.gate.registry.of("an")[0]
		l.signIn("an", engine.RoleBidder)
		dead.heard.Store(-int64(usualTimes.ping + pongWait)) // longer than a ping takes, not long enough to be cut for it
		l.signIn("an", engine.RoleBidder)
		eventually(t, "the dead one is cut", func() bool {
			select {
			case <-dead.ended:
				return len(l.gate.registry.of("an")) == 2
			default:
				return false
			}
		})
		fourth := l.dial()
		fourth.refused(fourth.send("hello", "token", l.token("an", engine.RoleBidder)), "too_many")
	})
}

func TestSubscriptionsPerConnectionAreLimited(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.dial()
		eventually(t, "connected", func() bool { return len(l.clients()) == 1 })
		for i := range maxSubs + 1 {
			id := engine.NewSessionID([12]byte{byte(i / 32), byte(i % 32)})
			l.open(id)
			eventually(t, "there is another request to be had", func() bool { return l.clients()[0].pace.Tokens() >= 1 })
			n := p.send("sub", "session", id)
			if i == maxSubs {
				p.refused(n, "too_many")
				return
			}
			p.want("snap")
		}
	})
}

// TestAConnectionThatIsTooFast is told so, and closed if it goes on.
func TestAConnectionThatIsTooFast(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.dial()
		for range requestBurst {
			p.send("ping", "ct", 1)
		}
		for range requestBurst {
			p.want("pong")
		}
		go func() { // the server stops reading at some point
			for i := range 10 * requestBurst {
				frame := `{"op":"ping","id":` + strings.Repeat("1", 1+i%5) + `,"ct":1}`
				if p.conn.WriteMessage(websocket.TextMessage, []byte(frame)) != nil {
					return
				}
			}
		}()
		if e := p.want("err"); e["code"] != "rate" || e["temp"] != true || e["id"] == nil {
			t.Fatal(e)
		}
		if bye := p.want("bye"); bye["code"] != "limit" {
			t.Fatal(bye)
		}
		if code := p.closed(); code != int(wire.CloseRate) {
			t.Fatal("closed with", code)
		}
	})
}

// TestBidsOfAnAccountAreLimitedOverAllItsConnections: taking the channel over
// in another tab, or reconnecting, gives no new allowance.
func TestBidsOfAnAccountAreLimitedOverAllItsConnections(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		accepted := 0
		for range 3 {
			p := l.signIn("an", engine.RoleBidder)
			p.send("sub", "session", firstSession)
			p.want("you")
			for range bidBurst {
				p.send("bid", "session", firstSession, "cmd", newCmd(), "amount", 1000)
			}
			for range bidBurst {
				for {
					m, err := p.read()
					if err != nil {
						t.Fatal(err)
					}
					if m["t"] == "receipt" {
						accepted++
						break
					}
					if m["t"] == "err" {
						if m["code"] != "rate" {
							t.Fatal(m)
						}
						break
					}
				}
			}
			_ = p.conn.Close()
			eventually(t, "left", func() bool { return len(l.clients()) == 0 })
		}
		if accepted >= 2*bidBurst {
			t.Errorf("%d bids were taken within a moment", accepted)
		}
	})
}

func TestCommandsInFlightAreLimited(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		l.hold = make(chan struct{})
		p := l.signIn("staff", engine.RoleAuctioneer)
		c := l.clients()[0]
		c.inFlight.Store(maxInFlight - 1)
		p.send("act", "session", firstSession, "cmd", newCmd(), "act", "open")
		p.refused(p.send("act", "session", firstSession, "cmd", newCmd(), "act", "open"), "busy")
		close(l.hold)
		p.want("receipt")
	})
}

// TestHostileFrames: each ends with its own close code, and no other client
// notices.
func TestHostileFrames(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		bystander := l.dial()
		long := strings.Repeat("x", wire.MaxClientFrame+1)
		for name, c := range map[string]struct {
			frame []byte
			code  wire.CloseCode
		}{
			"oversize":            {clientFrame(0x81, long), wire.CloseTooBig},
			"oversize in parts":   {append(clientFrame(0x01, long[:4000]), clientFrame(0x80, long[:4000])...), wire.CloseTooBig},
			"binary":              {clientFrame(0x82, "{}"), wire.CloseUnsupported},
			"not masked":          {[]byte{0x81, 2, '{', '}'}, wire.CloseProtocol},
			"unknown opcode":      {clientFrame(0x83, ""), wire.CloseProtocol},
			"long control":        {clientFrame(0x89, strings.Repeat("x", 126)), wire.CloseProtocol},
			"control in parts":    {clientFrame(0x09, ""), wire.CloseProtocol},
			"orphan continuation": {clientFrame(0x80, "x"), wire.CloseProtocol},
			"64-bit length":       {[]byte{0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, wire.CloseTooBig},
		} {
			conn := l.handshake("")
			if _, err := conn.Write(c.frame); err != nil {
				t.Fatal(name, err)
			}
			sent, err := io.ReadAll(conn)
			if want := wire.AppendClose(nil, c.code); err != nil || !bytes.Equal(sent, want) {
				t.Errorf("%s: %v: sent %q, want %q", name, err, sent, want)
			}
		}
		bystander.send("ping", "ct", 1)
		bystander.want("pong")
	})
}

func TestAFrameOfTheLargestSizeIsTaken(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.dial()
		const shell = `{"op":"hello","id":1,"token":""}`
		p.raw(strings.Replace(shell, `""`, `"`+strings.Repeat("x", wire.MaxClientFrame-len(shell))+`"`, 1))
		p.refused(1, "unauthorized")
	})
}

// TestMalformedRequestsAreAnsweredAndThenCut: one may be a mistake.
func TestMalformedRequestsAreAnsweredAndThenCut(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.dial()
		for i := range 6 {
			p.raw(`{"op":"ping","id":7,"ct":1,"extra":true}`)
			if e := p.want("err"); e["code"] != "bad_frame" || e["id"] != 7.0 {
				t.Fatal(i, e)
			}
		}
		if bye := p.want("bye"); bye["code"] != "limit" || bye["retry"] != -1.0 {
			t.Fatal(bye)
		}
		if code := p.closed(); code != int(wire.CloseBadFrames) {
			t.Fatal("closed with", code)
		}
	})
}

func TestBadTokensAreRefused(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.dial()
		p.refused(p.send("hello", "token", "nonsense"), "unauthorized")
		old := l.token("an", engine.RoleBidder)
		l.clock.advance(AccessTokenLife + time.Minute)
		p.refused(p.send("hello", "token", old), "token_expired")
		p.send("hello", "token", l.token("an", engine.RoleBidder))
		p.want("welcome")
		p.refused(p.send("hello", "token", l.token("an", engine.RoleBidder)), "forbidden") // once is enough
		p.refused(p.send("refresh", "token", l.token("binh", engine.RoleBidder)), "forbidden")
	})
}

// TestATokenThatExpiresMidConnection: commands are refused until a newer one
// comes, the room goes on.
func TestATokenThatExpiresMidConnection(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.signIn("an", engine.RoleBidder)
		p.send("sub", "session", firstSession)
		p.want("you")
		l.clock.advance(AccessTokenLife + 10*time.Second)
		bid := func() int { return p.send("bid", "session", firstSession, "cmd", newCmd(), "amount", 1000) }
		p.refused(bid(), "token_expired")
		l.bid(firstSession, "M-102", 1000)
		p.want("up")
		p.send("refresh", "token", l.token("an", engine.RoleBidder))
		if ok := p.want("ok"); ok["exp"] == nil {
			t.Fatal(ok)
		}
		bid()
		p.want("receipt")
	})
}

// shortLived are tokens that ended long ago by the clock of the connection.
type shortLived struct{ *AccessTokens }

func (s shortLived) Parse(token string) (Principal, error) {
	p, err := s.AccessTokens.Parse(token)
	p.ExpiresAt = time.Now().Add(-time.Minute)
	return p, err
}

func (shortLived) Alive(Principal) error { return ErrTokenExpired }

func TestAConnectionIsCutWhenItsTokenIsLongOver(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines, func(o *liveOptions) {
			o.hub.times = usualTimes
			o.hub.times.round = 10 * time.Millisecond
			o.tokens = shortLived{NewTokens(Key{1}, TokenOptions{})}
		})
		p := l.dial()
		p.send("hello", "token", l.token("an", engine.RoleBidder))
		if bye := p.want("bye"); bye["code"] != "expired" {
			t.Fatal(bye)
		}
		if code := p.closed(); code != int(wire.CloseTokenExpired) {
			t.Fatal("closed with", code)
		}
	})
}

// TestARevokedAccountIsCutAtOnceAndDoesNotComeBack by whichever way.
func TestARevokedAccountIsCutAtOnceAndDoesNotComeBack(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		token := l.token("an", engine.RoleBidder)
		pages := []*page{l.signIn("an", engine.RoleBidder), l.signIn("an", engine.RoleBidder)}
		other := l.signIn("binh", engine.RoleBidder)
		l.tokens.Revoke("an", time.Now())
		l.gate.Kick("an")
		for _, p := range pages {
			if bye := p.want("bye"); bye["code"] != "kicked" || bye["retry"] != -1.0 {
				t.Fatal(bye)
			}
			if code := p.closed(); code != int(wire.CloseKicked) {
				t.Fatal("closed with", code)
			}
		}
		again := l.dial()
		again.refused(again.send("hello", "token", token), "unauthorized")
		other.send("ping", "ct", 1)
		other.want("pong")
	})
}

// TestARevocationThatMissedAConnectionStillEndsIt at its next command.
func TestARevocationThatMissedAConnectionStillEndsIt(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.signIn("an", engine.RoleBidder)
		l.tokens.Revoke("an", time.Now())
		p.send("bid", "session", firstSession, "cmd", newCmd(), "amount", 1000)
		if code := p.closed(); code != int(wire.CloseKicked) {
			t.Fatal("closed with", code)
		}
	})
}

// TestASignOutCutsThatSignIn and nobody else's, of the same account or another,
// whichever process it happened in; and who is cut may come back as nobody.
func TestASignOutCutsThatSignIn(t *testing.T) {
	for name, happen := range map[string]func(l *live){
		"here": func(l *live) {
			l.tokens.Revoke("phone", time.Now())
			l.gate.Kick("an")
		},
		"in another process": func(l *live) {
			l.tokens.SignedOut([]string{"phone", "somebody who is not here"})
			l.gate.CutDead()
		},
	} {
		t.Run(name, func(t *testing.T) {
			bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
				l := goLive(t, lines)
				tokens := map[string]string{}
				under := func(account, signIn string) *page {
					token, _, err := l.tokens.Issue(Bearer{Account: account, Role: engine.RoleBidder, SignIn: signIn})
					if err != nil {
						t.Fatal(err)
					}
					tokens[signIn] = token
					p := l.dial()
					p.send("hello", "token", token)
					p.want("welcome")
					return p
				}
				leaves, stays, other := under("an", "phone"), under("an", "laptop"), under("binh", "tablet")
				happen(l)
				if bye := leaves.want("bye"); bye["code"] != "signed_out" || bye["retry"] != 0.0 {
					t.Fatal(bye)
				}
				if code := leaves.closed(); code != int(wire.CloseSignedOut) {
					t.Fatal("closed with", code)
				}
				for _, p := range []*page{stays, other} {
					p.send("ping", "ct", 1)
					p.want("pong")
				}
				again := l.dial()
				again.refused(again.send("hello", "token", tokens["phone"]), "unauthorized")
				again.send("sub", "session", firstSession)
				again.want("snap")
			})
		})
	}
}

// TestADrainThatMayNotWaitCutsWhoIsLeft and says how many that were.
func TestADrainThatMayNotWaitCutsWhoIsLeft(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		for range 3 {
			l.handshake("") // peers that answer nothing
		}
		eventually(t, "connected", func() bool { return len(l.clients()) == 3 })
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		err := l.gate.Drain(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "3 connections") {
			t.Fatal(err)
		}
		if len(l.clients()) != 0 {
			t.Fatal("somebody is still there")
		}
	})
}
