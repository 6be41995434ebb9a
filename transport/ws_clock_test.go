package transport

import (
	"testing"
	"time"

	"gobua/engine"
)

// The page reckons ends by what these stamps say. If one of them came from
// another clock than the ends, its countdown would be wrong by the difference.
func TestEveryStampOfTheWireIsOfTheServersClock(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		const ahead = 3 * time.Hour
		l := goLive(t, lines, func(o *liveOptions) {
			o.hub.Now = func() time.Time { return time.Now().Add(ahead) }
			o.hub.times = usualTimes
			o.hub.times.quiet, o.hub.times.quietNearEnd, o.hub.times.beat = 50*time.Millisecond, 50*time.Millisecond, 20*time.Millisecond
		})
		p := l.dial()
		check := func(what string, m map[string]any, field string) {
			t.Helper()
			ms, _ := m[field].(float64)
			if off := time.Since(time.UnixMilli(int64(ms)).Add(-ahead)); off.Abs() > time.Minute {
				t.Errorf("%s of %s is off by %v", field, what, off)
			}
		}
		p.send("hello", "token", l.token("lan", engine.RoleBidder))
		check("a welcome", p.want("welcome"), "now")
		p.send("ping", "ct", 1)
		pong := p.want("pong")
		check("a pong", pong, "t1")
		check("a pong", pong, "t2")
		p.send("sub", "session", firstSession)
		check("a snapshot", p.want("snap"), "now")
		check("a heartbeat", p.want("hb"), "now")
	})
}
