package transport

import (
	"errors"
	"testing"
	"time"

	"gobua/engine"
)

func TestASpectatorFollowsWithoutAToken(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.dial()
		id := p.send("sub", "session", firstSession)
		snap := p.want("snap")
		if snap["id"] != float64(id) || snap["seq"] != 0.0 {
			t.Fatalf("snap is %v", snap)
		}
		l.bid(firstSession, "M-101", 1000)
		l.bid(firstSession, "M-102", 1100)
		for seq := 1.0; seq <= 2; seq++ {
			if up := p.want("up"); up["seq"] != seq {
				t.Fatalf("got %v, want %v", up["seq"], seq)
			}
		}
		p.send("unsub", "session", firstSession)
		p.want("ok")
		eventually(t, "nobody follows", func() bool { return l.hub.Viewers(firstSession) == 0 })
	})
}

func TestABidderHearsWhatIsPrivateAfterTheRoom(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.signIn("an", engine.RoleBidder)
		p.send("sub", "session", firstSession)
		if first, err := p.read(); err != nil || first["t"] != "snap" {
			t.Fatal(first, err)
		}
		if you := p.want("you"); you["active"] != true {
			t.Fatal(you)
		}
		cmd := newCmd()
		id := p.send("bid", "session", firstSession, "cmd", cmd, "amount", 1000)
		receipt := p.want("receipt")
		if receipt["id"] != float64(id) || receipt["receipt"].(map[string]any)["accepted"] != true {
			t.Fatal(receipt)
		}
		p.want("up")
		if you := p.want("you"); you["seq"] != 1.0 || you["you"].(map[string]any)["best"] != 1000.0 {
			t.Fatal(you)
		}
		other := newCmd()
		for _, op := range []string{"ask", "drop"} {
			p.send(op, "session", firstSession, "cmds", []string{cmd, other})
			m := p.want("receipts")
			l.hall.mu.Lock()
			asked := l.hall.asked
			l.hall.mu.Unlock()
			if len(m["receipts"].([]any)) != 1 || m["unknown"].([]any)[0] != other || asked.Drop != (op == "drop") {
				t.Fatal(m)
			}
		}
	})
}

func TestHelloAfterSubMakesTheParticipantKnown(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.dial()
		p.send("sub", "session", firstSession)
		p.send("hello", "token", l.token("an", engine.RoleBidder))
		p.want("snap")
		p.want("welcome")
		p.want("you")
	})
}

// TestEveryRequestNeedsItsRole walks over who may do what.
func TestEveryRequestNeedsItsRole(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		command := func(op string, fields ...any) func(*page) int {
			return func(p *page) int {
				return p.send(op, append([]any{"session", firstSession, "cmd", newCmd()}, fields...)...)
			}
		}
		requests := map[string]func(*page) int{
			"desk":     func(p *page) int { return p.send("sub", "session", firstSession, "view", "desk") },
			"checkin":  command("checkin"),
			"bid":      command("bid", "amount", 1000),
			"raise":    command("raise", "amount", 1000),
			"withdraw": command("withdraw", "code", "M-101"),
			"open":     command("act", "act", "open"),
			"announce": command("act", "act", "announce", "code", "", "price", 0),
		}
		allowed := map[engine.Role][]string{
			engine.RoleBidder:     {"checkin", "bid", "raise", "withdraw"},
			engine.RoleAuctioneer: {"desk", "open", "announce"},
			engine.RoleObserver:   {"desk"},
			engine.RoleAdmin:      {"desk"},
		}
		for role, may := range allowed {
			p := l.signIn("an", role)
			p.send("sub", "session", firstSession)
			p.want("snap")
			for name, send := range requests {
				id := send(p)
				switch {
				case contains(may, name) && name == "desk":
					p.want("desk")
				case contains(may, name):
					if r := p.want("receipt"); r["id"] != float64(id) {
						t.Fatal(role, name, r)
					}
				default:
					p.refused(id, "forbidden")
				}
			}
			_ = p.conn.Close()
		}
		stranger := l.dial()
		for _, send := range requests {
			stranger.refused(send(stranger), "unauthorized")
		}
	})
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func TestABidderWhoIsNoParticipantIsNotAdmitted(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.signIn("stranger", engine.RoleBidder)
		p.send("bid", "session", firstSession, "cmd", newCmd(), "amount", 1000)
		r := p.want("receipt")["receipt"].(map[string]any)
		if r["accepted"] != false || r["reason"] != string(engine.ReasonNotAdmitted) {
			t.Fatal(r)
		}
	})
}

func TestAnUnknownSessionIsSaidSo(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.signIn("an", engine.RoleBidder)
		const nowhere = "000000000000"
		p.refused(p.send("sub", "session", nowhere), "unknown_session")
		p.refused(p.send("bid", "session", nowhere, "cmd", newCmd(), "amount", 1000), "unknown_session")
	})
}

// TestFailuresOfTheSaleroomHaveTheirCodes: none of them says that the bid was
// refused, because it was not.
func TestFailuresOfTheSaleroomHaveTheirCodes(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.signIn("an", engine.RoleBidder)
		p.send("sub", "session", firstSession)
		p.want("you")
		for _, c := range []struct {
			err  error
			code string
			temp bool
		}{
			{engine.ErrBusy, "busy", true},
			{engine.ErrUnknownOutcome, "unknown", true},
			{engine.ErrNoSession, "unknown_session", false},
			{errors.New("disk on fire at /dev/sda"), "internal", true},
		} {
			l.mu.Lock()
			l.fail = c.err
			l.mu.Unlock()
			id := p.send("bid", "session", firstSession, "cmd", newCmd(), "amount", 1000)
			m := p.want("err")
			if m["id"] != float64(id) || m["code"] != c.code || m["temp"] != c.temp {
				t.Errorf("%v: got %v", c.err, m)
			}
		}
	})
}

// TestOneTabIsTheBiddingChannel: the second follows, may take over, and gets
// the channel by itself when the first is closed.
func TestOneTabIsTheBiddingChannel(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		first := l.signIn("an", engine.RoleBidder)
		first.send("sub", "session", firstSession)
		if you := first.want("you"); you["active"] != true {
			t.Fatal(you)
		}
		second := l.signIn("an", engine.RoleBidder)
		second.send("sub", "session", firstSession)
		if you := second.want("you"); you["active"] != false {
			t.Fatal(you)
		}
		bid := func(p *page) int {
			return p.send("bid", "session", firstSession, "cmd", newCmd(), "amount", 1000)
		}
		second.refused(bid(second), "not_active")
		second.send("take", "session", firstSession)
		second.want("ok")
		if you := second.want("you"); you["active"] != true {
			t.Fatal(you)
		}
		if you := first.want("you"); you["active"] != false {
			t.Fatal(you)
		}
		first.refused(bid(first), "not_active")
		bid(second)
		second.want("receipt")
		second.want("you")
		_ = second.conn.Close()
		first.want("you") // of the bid, which was told to both
		if you := first.want("you"); you["active"] != true {
			t.Fatal(you)
		}
		bid(first)
		first.want("receipt")
	})
}

func TestACommandNeedsAFollowedSession(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.signIn("an", engine.RoleBidder)
		p.refused(p.send("bid", "session", firstSession, "cmd", newCmd(), "amount", 1000), "not_active")
		p.refused(p.send("take", "session", firstSession), "not_active")
	})
}

func TestTheDeskHearsEveryRecordAndWhoIsThere(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		l.bid(firstSession, "M-101", 1000)
		p := l.signIn("staff", engine.RoleAuctioneer)
		p.send("sub", "session", firstSession, "view", "desk")
		p.want("snap")
		desk := p.want("desk")
		if desk["seq"] != 1.0 || len(desk["desk"].(map[string]any)["attempts"].([]any)) != 1 {
			t.Fatal(desk)
		}
		l.bid(firstSession, "M-101", 1100)
		if rec := p.want("rec")["rec"].(map[string]any); rec["s"] != 2.0 {
			t.Fatal(rec)
		}
		// Somebody comes to look, which the desk is told within a second or so.
		l.dial().send("sub", "session", firstSession)
		for p.want("desk")["viewers"] != 2.0 {
		}
	})
}

// TestANewEpochIsToldToAllWhoFollow: after the session was read back from its
// journal, everybody gets the whole room and their standing again.
func TestANewEpochIsToldToAllWhoFollow(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.signIn("an", engine.RoleBidder)
		p.send("sub", "session", firstSession)
		old := p.want("snap")
		p.want("you")
		l.open(firstSession)
		fresh := p.want("snap")
		if fresh["epoch"] == old["epoch"] {
			t.Fatal("the epoch is the same")
		}
		p.want("you")
		p.send("sub", "session", firstSession, "epoch", old["epoch"], "seq", 0)
		if again := p.want("snap"); again["epoch"] != fresh["epoch"] {
			t.Fatal(again)
		}
	})
}

func TestASessionThatIsUnloadedSaysBye(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.dial()
		p.send("sub", "session", firstSession)
		p.want("snap")
		l.hub.Gone(firstSession)
		bye := p.want("bye")
		if bye["session"] != string(firstSession) || bye["code"] != "stale" {
			t.Fatal(bye)
		}
		p.refused(p.send("sub", "session", firstSession), "busy")
		l.open(firstSession)
		p.send("sub", "session", firstSession)
		p.want("snap")
	})
}

func TestResumingContinuesWhereThePageWas(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.dial()
		p.send("sub", "session", firstSession)
		epoch := p.want("snap")["epoch"]
		for i := range 5 {
			l.bid(firstSession, "M-101", engine.Dong(1000+100*i))
		}
		_ = p.conn.Close()
		q := l.dial()
		id := q.send("sub", "session", firstSession, "epoch", epoch, "seq", 2)
		ok := q.want("subok")
		if ok["id"] != float64(id) || ok["seq"] != 2.0 {
			t.Fatal(ok)
		}
		for seq := 3.0; seq <= 5; seq++ {
			if up := q.want("up"); up["seq"] != seq {
				t.Fatal(up)
			}
		}
		for name, from := range map[string][]any{
			"a seq of the future": {"epoch", epoch, "seq", 99},
			"a foreign epoch":     {"epoch", "x3f9a1c2", "seq", 2},
		} {
			q.send("sub", append([]any{"session", firstSession}, from...)...)
			if snap := q.want("snap"); snap["seq"] != 5.0 {
				t.Fatal(name, snap)
			}
		}
	})
}

func TestPongCarriesTheServersClock(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines)
		p := l.dial()
		before := time.Now().UnixMilli()
		p.send("ping", "ct", 12345.678)
		m := p.want("pong")
		after := time.Now().UnixMilli() + 1
		t1, t2 := m["t1"].(float64), m["t2"].(float64)
		if m["ct"] != 12345.678 || t1 < float64(before) || t1 > t2 || t2 > float64(after) {
			t.Fatalf("between %d and %d: %v", before, after, m)
		}
	})
}
