package transport

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"gobua/engine"
)

// replayRoutes tell a session that is over once more.
var replayRoutes = []route{
	{method: http.MethodGet, path: "/sessions/:id/replay", handle: (*HTTP).replay},
}

// replayAge is how long a part may be kept without asking again: nothing of a
// final session changes, but a later release may write more about it.
const replayAge = "public, max-age=3600"

// replay answers a part of what the room of a session heard from beginning to
// end, for everybody, also while the office is closed.
func (h *HTTP) replay(c *call) error {
	id := engine.SessionID(c.Params("id"))
	number, err := wholeQuery(c, "part")
	if err != nil {
		return err
	}
	if _, _, room, ok := h.Rooms.Room(id); !ok {
		return refuse(codeUnknownSession)
	} else if !room.Now.Phase.Final() {
		return refuse(codeSessionNotOver)
	}
	r, err := h.replays.get(c.ctx, id, func() bool {
		return h.replays.pace.allow(h.TrustedProxies.ClientAddr(c.Ctx), h.Now())
	})
	switch {
	case errors.Is(err, engine.ErrNoSession):
		return refuse(codeUnknownSession)
	case errors.Is(err, engine.ErrNotOver):
		return refuse(codeSessionNotOver)
	case errors.Is(err, errReplayTooLong):
		return refuse(codeReplayTooLong)
	case err != nil:
		return err
	case number >= uint64(len(r.parts)):
		return refuse(codeNotFound)
	}
	return sendReplayPart(c, r.parts[number])
}

// sendReplayPart sends a part packed, as it is kept, to all who can unpack.
func sendReplayPart(c *call, p replayPart) error {
	c.Set(fiber.HeaderETag, p.tag)
	c.Set(fiber.HeaderCacheControl, replayAge)
	c.Vary(fiber.HeaderAcceptEncoding)
	if c.Get(fiber.HeaderIfNoneMatch) == p.tag {
		return c.SendStatus(http.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	if c.AcceptsEncodings("gzip") != "" {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(p.packed)
	}
	body, err := p.plain()
	if err != nil {
		return err
	}
	return c.Send(body)
}
