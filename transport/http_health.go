package transport

import (
	"net/http"
	"net/netip"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// readinessJSON answers /readyz. Ready is about bidding, which needs the
// journal and not the office.
type readinessJSON struct {
	Ready    bool   `json:"ready"`
	Journal  string `json:"journal"` // writable, failed
	Office   string `json:"office"`  // open, closed
	Draining bool   `json:"draining"`
	Clock    string `json:"clock"` // good, doubtful; it does not make the process unready
	Note     string `json:"note,omitempty"`
}

// healthz answers that the process serves requests. It looks at nothing else:
// a restart cures a process that hangs, not a database that is away.
func (h *HTTP) healthz(c *fiber.Ctx) error {
	secureHeaders(c)
	return c.JSON(map[string]string{"status": "ok"})
}

// readyz answers whether new visitors should be sent here.
func (h *HTTP) readyz(c *fiber.Ctx) error {
	secureHeaders(c)
	r := h.Ready()
	out := readinessJSON{Ready: r.Journal && !r.Draining, Journal: "writable", Office: "open", Draining: r.Draining, Clock: "doubtful"}
	if s, _ := h.Clock(); s.Good {
		out.Clock = "good"
	}
	if !r.Journal {
		out.Journal = "failed"
	}
	if !r.Office {
		out.Office = "closed"
		out.Note = "bidding does not need the office: sessions open, run and close; results are delivered when it is back"
	}
	if !out.Ready {
		c.Status(http.StatusServiceUnavailable)
		c.Context().SetConnectionClose() // a balancer of connections then brings the next question elsewhere
	}
	return c.JSON(out)
}

// metrics serves the registry to the operator.
func (h *HTTP) metrics() fiber.Handler {
	if h.Metrics == nil {
		return notThere
	}
	return h.forOperator(adaptor.HTTPHandler(promhttp.HandlerFor(h.Metrics, promhttp.HandlerOpts{
		Registry: h.Metrics, MaxRequestsInFlight: 2,
	})))
}

// status serves what gobua status prints, to the operator.
func (h *HTTP) status() fiber.Handler {
	if h.Status == nil {
		return notThere
	}
	return h.forOperator(func(c *fiber.Ctx) error {
		secureHeaders(c)
		return c.JSON(h.Status())
	})
}

func notThere(*fiber.Ctx) error { return refuse(codeNotFound) }

// forOperator lets in those in MetricsFrom who speak to us directly. Behind a
// proxy on this machine the whole world would come from 127.0.0.1, so a request
// that was passed on is refused whoever asks.
func (h *HTTP) forOperator(serve fiber.Handler) fiber.Handler {
	from := h.MetricsFrom
	if len(from) == 0 {
		from = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	return func(c *fiber.Ctx) error {
		passedOn := c.Get(fiber.HeaderXForwardedFor) != "" || c.Get(fiber.HeaderForwarded) != ""
		if passedOn || !TrustedProxies(from).Trusts(peerAddr(c)) {
			return refuse(codeNotFound)
		}
		return serve(c)
	}
}
