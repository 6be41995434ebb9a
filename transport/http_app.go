package transport

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
)

// Limits of every HTTP connection. Those of WebSockets begin after the upgrade.
const (
	readTimeout  = 15 * time.Second // the first byte, then a whole request; 256 KiB at 140 kbit/s
	writeTimeout = 30 * time.Second // a whole response
	idleTimeout  = 75 * time.Second // longer than common proxies, so that they close first
	// readBufferBytes is also the limit of all headers together. Unused, it is
	// given back at once (ReduceMemoryUsage), so sockets do not pay for it.
	readBufferBytes = 8 << 10
	maxConnections  = 64 << 10
)

// AppOptions are what every request needs, REST or not.
type AppOptions struct {
	Log            *slog.Logger         // slog.Default()
	Metrics        *prometheus.Registry // nil: requests are not counted
	Trace          RequestTracer        // nil: requests are not traced
	TrustedProxies TrustedProxies
	Now            func() time.Time // time.Now
	// Connections are served at once, at most; live ones do not count. Others are
	// told to come later. 0: 65,536.
	Connections int
}

// NewApp returns the fiber app on which everything is registered, with its
// limits, its log and its one way to answer errors. It refuses to run as
// several processes: each would be another owner of the same sessions.
func NewApp(o AppOptions) *fiber.App {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	var places *places
	app := fiber.New(fiber.Config{
		Prefork:      false,
		ServerHeader: "",
		// Strings of a request are copied. Without it they are memory that the
		// next request overwrites, and REST keeps some: in logs, limiters, caches.
		Immutable:                    true,
		CaseSensitive:                true,
		ReduceMemoryUsage:            true,
		ReadBufferSize:               readBufferBytes,
		BodyLimit:                    maxBodyBytes,
		Concurrency:                  cmp.Or(o.Connections, maxConnections),
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
		DisablePreParseMultipartForm: true, // we take no forms
		DisableStartupMessage:        true,
		EnableTrustedProxyCheck:      true, // with an empty list: fiber itself believes no proxy header
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			if places.gaveWay(c.Context().Conn()) {
				return writeFault(c, &fault{code: codeBusy, retryAfter: time.Second})
			}
			return writeFault(c, faultOf(err))
		},
	})
	places = keepPlaces(app.Server(), o.Metrics)
	app.Use(places.yield, observe(o), wellFramed)
	return app
}

// The keys of fiber.Ctx.Locals that this package uses.
const (
	localRequestID = "gobua.request"
	localAccount   = "gobua.account"
)

// requestID names a request in the log and, where the server failed, towards
// the client. It is empty only for requests refused before they were read.
func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(localRequestID).(string)
	return id
}

// observe is around everything: it numbers the request, says over TLS that it
// stays so, answers what went wrong, turns a panic into an answer that says nothing of it, and writes one
// line. Neither query, header nor body is logged.
func observe(o AppOptions) fiber.Handler {
	count := newRequestMetrics(o.Metrics)
	return func(c *fiber.Ctx) error {
		began := o.Now()
		c.Locals(localRequestID, strings.ToLower(rand.Text()[:12]))
		if o.TrustedProxies.Secure(c) {
			// For this host alone: what else stands below its name is not ours to say.
			c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
		}
		err := nextOrPanic(c)
		var f *fault
		if err != nil {
			f = faultOf(err)
			if err := writeFault(c, f); err != nil {
				return fmt.Errorf("write error answer: %w", err)
			}
		}
		took := o.Now().Sub(began)
		count(c, took)
		if o.Trace != nil {
			o.Trace.Request(c.Method(), c.Route().Path, c.Response().StatusCode(), began, began.Add(took))
		}
		logRequest(c, o, took, f)
		return nil
	}
}

// panicked is a panic on its way to the log.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func nextOrPanic(c *fiber.Ctx) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicked{v, debug.Stack()}
		}
	}()
	return c.Next()
}

func logRequest(c *fiber.Ctx, o AppOptions, took time.Duration, f *fault) {
	status := c.Response().StatusCode()
	level := slog.LevelDebug
	switch {
	case status >= 500 && status != fiber.StatusServiceUnavailable:
		level = slog.LevelError
	case status >= 400 && status != fiber.StatusTooManyRequests: // a flood must not fill the log
		level = slog.LevelInfo
	}
	ctx := c.UserContext()
	if !o.Log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("id", requestID(c)),
		slog.String("method", c.Method()),
		slog.String("path", c.Path()),
		slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.String("from", o.TrustedProxies.ClientAddr(c).String()),
	}
	if account, ok := c.Locals(localAccount).(string); ok {
		attrs = append(attrs, slog.String("account", account))
	}
	if f != nil {
		attrs = append(attrs, slog.String("code", f.code))
		if f.cause != nil {
			attrs = append(attrs, slog.String("cause", f.cause.Error()))
		}
		var p *panicked
		if errors.As(f, &p) {
			attrs = append(attrs, slog.String("stack", string(p.stack)))
		}
	}
	o.Log.LogAttrs(ctx, level, "request", attrs...)
}

// newRequestMetrics counts requests by the pattern of their route, of which
// there are few, never by their path.
func newRequestMetrics(r *prometheus.Registry) func(*fiber.Ctx, time.Duration) {
	if r == nil {
		return func(*fiber.Ctx, time.Duration) {}
	}
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "gobua_http_request_seconds",
		Help:    "Time to answer an HTTP request, by route and status.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"method", "route", "status"})
	r.MustRegister(seconds)
	return func(c *fiber.Ctx, took time.Duration) {
		status := strconv.Itoa(c.Response().StatusCode())
		seconds.WithLabelValues(c.Method(), c.Route().Path, status).Observe(took.Seconds())
	}
}
