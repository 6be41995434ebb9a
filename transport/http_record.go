package transport

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"gobua/engine"
)

// Records is where the files of sessions that are over lie, packed with gzip.
type Records interface {
	// Packed opens one and tells its size, and whether anything speaks for its
	// end already; the caller closes it. It may block until the file is
	// written. Errors: engine.ErrNoSession, engine.ErrNotOver,
	// engine.ErrBareRecord.
	Packed(ctx context.Context, id engine.SessionID) (packed io.ReadCloser, size int64, spoken bool, err error)
}

// recordRoutes give everybody what they need to check a session.
var recordRoutes = []route{
	{method: http.MethodGet, path: "/sessions/:id/record", handle: (*HTTP).record},
}

// How long the file of a session may be kept without asking again.
const (
	recordAge    = "public, max-age=86400" // more may speak for its end later
	recordUnsaid = logNewest               // the log has its end within about a second
)

// record answers the file of a session that is over, also while the office is
// closed.
func (h *HTTP) record(c *call) error {
	id := engine.SessionID(c.Params("id"))
	if h.Records == nil {
		return refuse(codeUnknownSession)
	}
	file, size, spoken, err := h.Records.Packed(c.ctx, id)
	switch {
	case errors.Is(err, engine.ErrNoSession), errors.Is(err, engine.ErrBareRecord):
		return refuse(codeUnknownSession)
	case errors.Is(err, engine.ErrNotOver):
		return refuse(codeSessionNotOver)
	case err != nil:
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`inline; filename="phien-%s.txt"`, string(id)))
	c.Set(fiber.HeaderCacheControl, recordUnsaid)
	if spoken {
		c.Set(fiber.HeaderCacheControl, recordAge)
	}
	c.Vary(fiber.HeaderAcceptEncoding)
	if c.AcceptsEncodings("gzip") != "" {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.SendStream(file, int(size)) // which closes it
	}
	text, err := gzip.NewReader(file)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	return c.SendStream(struct {
		io.Reader
		io.Closer
	}{text, file})
}
