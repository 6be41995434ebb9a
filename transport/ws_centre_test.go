package transport

import (
	"testing"

	"gobua/engine"
)

// Staff of another centre is answered as if the session did not exist, whatever
// they ask for at a desk.
func TestTheDeskOfAnotherCentreDoesNotExist(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines, func(o *liveOptions) {
			o.gateway.MayAttend = func(account string, _ engine.SessionID) bool { return account == "own" }
		})
		own := l.signIn("own", engine.RoleAuctioneer)
		own.send("sub", "session", firstSession, "view", "desk")
		own.want("desk")
		foreign := l.signIn("foreign", engine.RoleAuctioneer)
		foreign.refused(foreign.send("sub", "session", firstSession, "view", "desk"), "unknown_session")
		foreign.refused(foreign.send("act", "session", firstSession, "cmd", newCmd(), "act", "open"), "unknown_session")
		foreign.refused(foreign.send("ask", "session", firstSession, "cmds", []string{newCmd()}), "unknown_session")
		foreign.send("sub", "session", firstSession) // as everybody
		foreign.want("snap")
	})
}
