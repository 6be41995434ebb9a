package transport

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/fasthttp/websocket"

	"gobua/engine"
	"gobua/office"
)

// diary is a Presence that remembers.
type diary struct {
	mu   sync.Mutex
	seen []office.Sighting
}

func (d *diary) Sight(s office.Sighting) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = append(d.seen, s)
}

// lines are what was seen, without the times.
func (d *diary) lines() (out []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.seen {
		out = append(out, fmt.Sprintf("%s %s %d", s.Code, s.Kind, s.Connections))
	}
	return out
}

func TestPresenceFollowsTheLinesOfAParticipant(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		d := new(diary)
		l := goLive(t, lines, func(o *liveOptions) { o.gateway.Presence = d })
		want := func(lines ...string) {
			t.Helper()
			eventually(t, fmt.Sprint(lines), func() bool { return slices.Equal(d.lines(), lines) })
		}
		spectator := l.dial()
		spectator.send("sub", "session", firstSession)
		spectator.want("snap")
		one := l.signIn("an", engine.RoleBidder)
		one.send("sub", "session", firstSession)
		one.want("snap")
		two := l.signIn("an", engine.RoleBidder)
		two.send("sub", "session", firstSession)
		two.want("snap")
		two.send("sub", "session", firstSession) // again is not a second time
		two.want("snap")
		seen := []string{"M-101 sign_in 1", "M-101 enter 1", "M-101 sign_in 2", "M-101 enter 2"}
		want(seen...)
		one.send("checkin", "session", firstSession, "cmd", newCmd())
		one.want("receipt")
		seen = append(seen, "M-101 check_in 0")
		want(seen...)
		_ = two.conn.NetConn().Close() // the line breaks
		seen = append(seen, "M-101 lost 1")
		want(seen...)
		one.send("unsub", "session", firstSession)
		one.want("ok")
		seen = append(seen, "M-101 leave 0")
		want(seen...)
		one.send("sub", "session", firstSession)
		one.want("snap")
		seen = append(seen, "M-101 sign_in 1", "M-101 enter 1")
		want(seen...)
		_ = one.conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseGoingAway, "")) // the page is closed
		want(append(seen, "M-101 leave 0")...)
	})
}
