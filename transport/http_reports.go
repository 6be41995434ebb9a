package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"gobua/office"
)

// ReportsAPI is what reports and the national portal need of the office.
type ReportsAPI interface {
	Report(ctx context.Context, by office.Account, q office.ReportQuery) (*office.Report, error)
	NotePortal(ctx context.Context, by office.Account, auctionID string, status office.PortalStatus, link string) (office.PortalUpload, error)
	PortalUploads(ctx context.Context, by office.Account, auctionID string) ([]office.PortalUpload, error)
}

// reportRoutes write reports, and keep what was put on the national portal.
var reportRoutes = []route{
	{method: http.MethodPost, path: "/reports", who: desk, handle: (*HTTP).report},
	{method: http.MethodGet, path: "/auctions/:id/portal", who: desk, handle: (*HTTP).portalUploads},
	{method: http.MethodPost, path: "/auctions/:id/portal", who: editors, handle: (*HTTP).notePortal, once: true},
}

// report sends a report while its rows are read. Once it has begun, an error
// can only be told by ending it too early, which the log explains.
func (h *HTTP) report(c *call) error {
	var in office.ReportQuery
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	r, err := h.Office.Report(c.ctx, actor(c), in)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, r.Format.ContentType())
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s"`, r.FileName()))
	out, pipe := io.Pipe()
	go func() { // ends with the report, with ReportLife, or when the reader is gone
		ctx, cancel := context.WithTimeout(context.Background(), office.ReportLife)
		defer cancel()
		err := r.Write(ctx, pipe)
		if err != nil && !errors.Is(err, io.ErrClosedPipe) {
			h.Log.Warn("a report was broken off", "report", r.Name, "err", err)
		}
		pipe.CloseWithError(err)
	}()
	return c.SendStream(&patient{out, c.Context().Conn(), time.Now}) // which closes it
}

func (h *HTTP) portalUploads(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	found, err := h.Office.PortalUploads(c.ctx, actor(c), id)
	return sendJSON(c, map[string]any{"uploads": found}, err)
}

func (h *HTTP) notePortal(c *call) error {
	var in struct {
		Status office.PortalStatus `json:"status"`
		Link   string              `json:"link"`
	}
	id, err := officeID(c)
	if err != nil {
		return err
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	p, err := h.Office.NotePortal(c.ctx, actor(c), id, in.Status, in.Link)
	return sendJSON(c, p, err)
}
