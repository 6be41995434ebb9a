package transport

import (
	"gobua/engine"
	"gobua/office"
	"gobua/transport/wire"
)

// came takes note that a connection of a participant came into a room, where
// there are n now.
func (c *client) came(id engine.SessionID, code engine.ParticipantCode, n int) {
	if c.presence == nil {
		return
	}
	c.presence.Sight(office.Sighting{Session: id, Code: code, Kind: office.PresenceSignIn, At: c.helloAt, Connections: n})
	c.presence.Sight(office.Sighting{Session: id, Code: code, Kind: office.PresenceEnter, At: engine.InstantOf(c.hub.now()), Connections: n})
}

// went takes note that it is gone and leaves n behind. Who closes the page says
// so; whatever else ends a connection has broken it.
func (c *client) went(id engine.SessionID, code engine.ParticipantCode, n int) {
	if c.presence == nil {
		return
	}
	kind := office.PresenceLost
	if end := c.out.ending(); end != nil && end.code == wire.CloseNormal || c.leaving {
		kind = office.PresenceLeave
	}
	c.presence.Sight(office.Sighting{Session: id, Code: code, Kind: kind, At: engine.InstantOf(c.hub.now()), Connections: n})
}

// checkedIn takes note of a check-in that the session has accepted.
func (c *client) checkedIn(id engine.SessionID, code engine.ParticipantCode, r engine.Receipt) {
	if c.presence != nil && r.Accepted && r.Act == engine.ActCheckIn {
		c.presence.Sight(office.Sighting{Session: id, Code: code, Kind: office.PresenceCheckIn, At: r.At})
	}
}
