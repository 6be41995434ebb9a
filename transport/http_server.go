package transport

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/prometheus/client_golang/prometheus"

	"gobua/engine"
	"gobua/internal/clock"
)

// HTTPOptions are what REST is made of. Office, Rooms and Tokens are required.
type HTTPOptions struct {
	Office  OfficeAPI
	Rooms   Rooms
	Records Records // nil: no session has a file
	Tokens  *AccessTokens
	Once    OnceAPI          // remembers answers for several processes; nil: this one is alone
	Ledger  LedgerAPI        // nil: it is out of order
	Ready   func() Readiness // must not block; nil: always ready
	Metrics *prometheus.Registry
	// Status is what /status tells, as JSON. It must not block; nil: nothing.
	Status func() any
	// MetricsFrom may read /metrics and /status; empty: this machine alone.
	MetricsFrom    []netip.Prefix
	Log            *slog.Logger
	TrustedProxies TrustedProxies
	// Origins are further sites ("https://dau-gia.example") whose pages may
	// send requests that change something. The site itself always may.
	Origins       []string
	RatePerSecond float64 // requests per client address; 0: 50
	RateBurst     int     // 0: 200
	Now           func() time.Time
	// Clock is what is known of Now, and the latest jumps, newest first. It must
	// not block; nil: nothing is known.
	Clock func() (clock.Status, []clock.Jump)
	// OCIDPrefix is the prefix under which the publisher is registered for open
	// contracting data; "ocds-000000" stands for nobody.
	OCIDPrefix string
}

// HTTP is everything that is asked and answered without a WebSocket.
type HTTP struct {
	HTTPOptions
	limiter    *addressLimiter
	lists      *addressLimiter // for the lists of sales
	once       *onceBook
	results    *resultCards
	sales      *saleBook
	feeds      *rendered
	aftermaths *aftermathBook
	replays    *replayBook
	wait       func(context.Context, time.Duration) // lets a time pass, unless the request ends
}

// NewHTTP returns REST over its ports. It starts nothing.
func NewHTTP(o HTTPOptions) *HTTP {
	if o.Ready == nil {
		o.Ready = func() Readiness { return Readiness{Journal: true, Office: true} }
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Clock == nil {
		o.Clock = func() (clock.Status, []clock.Jump) {
			now := o.Now()
			return clock.Status{Now: now, Since: now, Source: clock.Nobody}, nil
		}
	}
	if o.RatePerSecond == 0 {
		o.RatePerSecond = defaultRatePerSecond
	}
	if o.OCIDPrefix == "" {
		o.OCIDPrefix = "ocds-000000"
	}
	if o.RateBurst == 0 {
		o.RateBurst = defaultBurst
	}
	return &HTTP{
		HTTPOptions: o,
		limiter:     newAddressLimiter(o.RatePerSecond, o.RateBurst),
		lists:       newAddressLimiter(o.RatePerSecond*listsPerRequest, o.RateBurst*listsPerRequest),
		once:        newOnceBook(o.Now),
		feeds:       new(rendered),
		aftermaths:  newAftermathBook(o.Office, o.Now),
		sales:       newSaleBook(o.Rooms, o.Now),
		replays:     newReplayBook(o.Rooms, o.Now),
		results:     &resultCards{office: o.Office, now: o.Now, log: o.Log},
		wait:        pass,
	}
}

func pass(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// apiPrefix is where the API lives; everything under /api/ answers JSON.
const apiPrefix = "/api/v1"

// callTimeout ends what a request waits for: a full queue of sign-ins, or a
// database that does not answer.
const callTimeout = 10 * time.Second

// call is one request on its way through a handler.
type call struct {
	*fiber.Ctx
	ctx context.Context // ends after callTimeout
	by  Principal       // zero where the route is public
	// from is the address the request comes from.
	from string
}

// route is one row of the API: who may ask for what, and what answers.
type route struct {
	method, path string
	who          []engine.Role // nil: everybody, without a token
	handle       func(*HTTP, *call) error
	packed       bool // large and public: compressed, which for secrets would be a leak
	once         bool // an Idempotency-Key is honoured here; for auctions the office does it
}

var (
	signedIn = append([]engine.Role{engine.RoleBidder}, desk...)
	bidders  = []engine.Role{engine.RoleBidder}
	desk     = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleObserver, engine.RoleAdmin}
	editors  = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleAdmin}
	admins   = []engine.Role{engine.RoleAdmin}
)

// routes is the whole API. Its test compares it with docs/api/openapi.yaml.
var routes = slices.Concat(
	basicRoutes,
	auditRoutes,
	archiveRoutes,
	reportRoutes,
	hookRoutes,
	fileRoutes,
	publicRoutes,
	recordRoutes,
	saleRoutes,
	replayRoutes,
	dayRoutes,
	listingRoutes,
	registrationRoutes,
	peopleRoutes,
	securityRoutes,
	afterRoutes,
	ledgerRoutes,
	openingRoutes,
)

// basicRoutes are those of signing in, the saleroom and the first office.
var basicRoutes = []route{
	{method: http.MethodPost, path: "/auth/login", handle: (*HTTP).login},
	{method: http.MethodPost, path: "/auth/refresh", handle: (*HTTP).refresh},
	{method: http.MethodPost, path: "/auth/logout", handle: (*HTTP).logout},
	{method: http.MethodGet, path: "/me", who: signedIn, handle: (*HTTP).me},
	{method: http.MethodGet, path: "/time", handle: (*HTTP).time},
	{method: http.MethodGet, path: "/clock", handle: (*HTTP).clock},
	{method: http.MethodGet, path: "/home", handle: (*HTTP).home, packed: true},
	{method: http.MethodGet, path: "/sessions/:id", handle: (*HTTP).session, packed: true},
	{method: http.MethodGet, path: "/sessions/:id/rows", handle: (*HTTP).rows, packed: true},
	{method: http.MethodGet, path: "/desk/sessions", who: desk, handle: (*HTTP).deskSessions},
	{method: http.MethodGet, path: "/auctions", who: desk, handle: (*HTTP).auctions},
	{method: http.MethodPost, path: "/auctions", who: editors, handle: (*HTTP).createAuction},
	{method: http.MethodGet, path: "/auctions/:id", who: desk, handle: (*HTTP).auction},
	{method: http.MethodPut, path: "/auctions/:id", who: editors, handle: (*HTTP).updateAuction},
	{method: http.MethodPost, path: "/auctions/:id/publish", who: editors, handle: (*HTTP).publishAuction, once: true},
	{method: http.MethodGet, path: "/accounts", who: editors, handle: (*HTTP).accounts},
	{method: http.MethodPost, path: "/accounts", who: admins, handle: (*HTTP).createAccount, once: true},
	{method: http.MethodPost, path: "/accounts/:id/revoke", who: admins, handle: (*HTTP).revokeAccount, once: true},
}

// Register puts the API, its documentation and the probes on an app of NewApp.
// It takes everything under /api, so that a mistyped address there is answered
// by the API and not by the page.
func (h *HTTP) Register(app *fiber.App) {
	app.Get("/healthz", h.healthz)
	app.Get("/readyz", h.readyz)
	app.Get("/metrics", h.metrics())
	app.Get("/status", h.status())
	app.Use("/api", h.guard)
	app.Use(ledgerPrefix+"/", h.guard, h.tiles)
	registerDocs(app)
	pack := compress.New(compress.Config{Level: compress.LevelBestSpeed})
	for _, r := range routes {
		handlers := []fiber.Handler{h.serve(r)}
		if r.packed {
			handlers = slices.Insert(handlers, 0, pack)
		}
		if r.method == http.MethodGet {
			app.Get(apiPrefix+r.path, handlers...) // and HEAD
		} else {
			app.Add(r.method, apiPrefix+r.path, handlers...)
		}
	}
	app.Use("/api", noSuchRoute)
}

// guard is passed by every request under /api and /log.
func (h *HTTP) guard(c *fiber.Ctx) error {
	secureHeaders(c)
	limiter := h.limiter
	if strings.HasPrefix(c.Path(), salePrefix) {
		limiter = h.lists
	}
	if !limiter.allow(h.TrustedProxies.ClientAddr(c), h.Now()) {
		return &fault{code: codeRate, retryAfter: time.Second}
	}
	if !safeMethod(c.Method()) && c.Get(fiber.HeaderOrigin) != "" && !h.ownOrigin(c) {
		return refuse(codeForeignOrigin)
	}
	return c.Next()
}

// secureHeaders make an answer useless to anything but a program that asked
// for it: it is not guessed, framed, cached or sent on.
func secureHeaders(c *fiber.Ctx) {
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
}

func safeMethod(m string) bool {
	return m == http.MethodGet || m == http.MethodHead || m == http.MethodOptions
}

// ownOrigin tells whether the page that sends a request is ours. Schemes are
// not compared: behind a proxy that ends TLS we see http where the page saw
// https, and who controls the host controls both.
func (h *HTTP) ownOrigin(c *fiber.Ctx) bool {
	origin := c.Get(fiber.HeaderOrigin)
	if slices.Contains(h.Origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, c.Hostname())
}

// serve admits a request to a route and runs its handler.
func (h *HTTP) serve(r route) fiber.Handler {
	handle := r.handle
	if r.once {
		handle = onlyOnce(r.handle)
	}
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), callTimeout)
		defer cancel()
		in := &call{Ctx: c, ctx: ctx, from: h.TrustedProxies.ClientAddr(c).String()}
		if r.who != nil {
			p, err := h.principal(c)
			if err != nil {
				return err
			}
			c.Locals(localAccount, p.Account)
			if !slices.Contains(r.who, p.Role) {
				return refuse(codeForbidden)
			}
			in.by = p
		}
		for _, name := range c.Route().Params {
			if !plainName(c.Params(name)) {
				return refuse(unknownThing(r.path))
			}
		}
		return handle(h, in)
	}
}

// plainName tells whether a value in a path can be one of ours: an id or a
// number. Whatever else it is, no handler sees it.
func plainName(v string) bool {
	return len(v) <= 64 && strings.Trim(v, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == ""
}

// unknownThing is the code for what does not exist below a path.
func unknownThing(path string) string {
	if strings.HasPrefix(path, "/sessions/") {
		return codeUnknownSession
	}
	return codeNotFound
}

// noSuchRoute answers what no route took: 405 if another method would have
// been right, else 404.
func noSuchRoute(c *fiber.Ctx) error {
	var allowed []string
	for _, r := range routes {
		if fiber.RoutePatternMatch(c.Path(), apiPrefix+r.path, fiber.Config{CaseSensitive: true}) {
			allowed = append(allowed, r.method)
		}
	}
	if len(allowed) == 0 {
		return refuse(codeNotFound)
	}
	c.Set(fiber.HeaderAllow, strings.Join(allowed, ", "))
	return refuse(codeMethodNotAllowed)
}
