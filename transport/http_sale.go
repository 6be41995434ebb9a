package transport

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
)

// saleRoutes are the lots of one auction together: a list that is cheap to ask
// for again and again, and what the asking bidder is in each.
var saleRoutes = []route{
	{method: http.MethodGet, path: "/sales/:id", handle: (*HTTP).sale},
	{method: http.MethodGet, path: "/sales/:id/mine", who: bidders, handle: (*HTTP).saleMine},
}

// salePrefix is what the addresses of saleRoutes begin with.
const salePrefix = apiPrefix + "/sales/"

// sale answers what moved since the version the reader has; 204 if nothing
// did. It goes on while the office is closed.
func (h *HTTP) sale(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	answer, ok := h.sales.get(id, c.Query("v"))
	switch {
	case !ok:
		return refuse(codeNotFound)
	case answer == nil:
		return c.SendStatus(http.StatusNoContent)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Vary(fiber.HeaderAcceptEncoding)
	if answer.packed != nil && c.AcceptsEncodings("gzip") != "" {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(answer.content())
	}
	return c.Send(answer.body)
}

// saleMine answers how the asking bidder stands in each lot they take part in.
func (h *HTTP) saleMine(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	lots, ok := h.sales.standings(id, c.by.Account)
	if !ok {
		return refuse(codeNotFound)
	}
	return c.JSON(map[string][]SaleStanding{"lots": lots})
}
