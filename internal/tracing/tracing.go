// Package tracing sends the ways of a few commands, and a few requests, to an
// OpenTelemetry collector. A command's trace has the command's own id, so every
// node that sees the command writes into the same trace, and whoever has a
// receipt finds it. Nothing in a trace names a person, a participant or an
// amount.
package tracing

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/url"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"gobua/engine"
)

// Limits of what waits to be sent. A collector that is away costs this much
// memory, and the spans that came meanwhile.
const (
	maxWaiting  = 4096
	maxTogether = 512
	sendEvery   = 2 * time.Second
	sendWithin  = 5 * time.Second
)

// Options of a Tracer.
type Options struct {
	URL   string  // of the collector; without a path /v1/traces is meant
	Share float64 // of commands and of requests that are traced, from 0 to 1
	Node  string  // which of several servers this is
	Log   *slog.Logger
}

// Tracer is actor.Tracer, transport.Tracer and transport.RequestTracer. Its
// methods may be called on any goroutine and do not block: what cannot be sent
// in time is dropped.
type Tracer struct {
	provider *sdk.TracerProvider
	spans    trace.Tracer
	bound    uint64 // hashes of ids below it are traced
	share    float64
}

// Open begins to trace. It does not wait for the collector, and no error of the
// collector ever comes back: they are logged.
func Open(ctx context.Context, o Options) (*Tracer, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces"
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(u.String()), otlptracehttp.WithTimeout(sendWithin))
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { o.Log.Warn("traces are not sent", "err", err) }))
	provider := sdk.NewTracerProvider(
		sdk.WithSampler(sdk.AlwaysSample()), // Traced and Request have chosen
		sdk.WithIDGenerator(ids{}),
		sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", "gobua"), attribute.String("service.instance.id", o.Node))),
		sdk.WithBatcher(exporter, sdk.WithMaxQueueSize(maxWaiting), sdk.WithMaxExportBatchSize(maxTogether), sdk.WithBatchTimeout(sendEvery)),
	)
	return &Tracer{provider: provider, spans: provider.Tracer("gobua"), bound: boundOf(o.Share), share: o.Share}, nil
}

// Close sends what waits, until ctx ends.
func (t *Tracer) Close(ctx context.Context) error { return t.provider.Shutdown(ctx) }

func boundOf(share float64) uint64 {
	if share >= 1 {
		return math.MaxUint64
	}
	return uint64(share * math.MaxUint64)
}

// Traced is part of actor.Tracer and transport.Tracer. The choice hangs on the
// id alone, so all nodes make the same one. Who makes ids until one is chosen
// gets a trace and is asked what they saw of it, and nothing else.
func (t *Tracer) Traced(id engine.CommandID) bool {
	return id != engine.CommandID{} && hashOf(id) <= t.bound && t.bound > 0
}

// hashOf spreads ids evenly. Version and variant are always the same, and the
// time is in front.
func hashOf(id engine.CommandID) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a, without the allocation
	h := uint64(offset)
	for _, b := range id {
		h = (h ^ uint64(b)) * prime
	}
	return h ^ h>>32*prime
}

// rootOf is the span of the whole way, known to everybody who knows the command.
func rootOf(id engine.CommandID) (root trace.SpanID) {
	h := fnv.New64a()
	h.Write([]byte("root"))
	h.Write(id[:])
	binary.BigEndian.PutUint64(root[:], h.Sum64()|1) // zero would be none
	return root
}

// Passed is part of actor.Tracer and transport.Tracer.
func (t *Tracer) Passed(id engine.CommandID, stage string, from, to time.Time) {
	t.stage(id, stage, from, to)
}

// stage is a span below the whole way of a command.
func (t *Tracer) stage(id engine.CommandID, stage string, from, to time.Time, more ...attribute.KeyValue) {
	parent := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID(id), SpanID: rootOf(id), TraceFlags: trace.FlagsSampled, Remote: true,
	})
	_, span := t.spans.Start(trace.ContextWithRemoteSpanContext(context.Background(), parent), stage, trace.WithTimestamp(from), trace.WithAttributes(more...))
	span.End(trace.WithTimestamp(to))
}

// Answered is part of transport.Tracer.
func (t *Tracer) Answered(id engine.CommandID, session engine.SessionID, act engine.ActName, outcome string, from, to time.Time) {
	ctx := context.WithValue(context.Background(), ownIDs{}, id)
	_, span := t.spans.Start(ctx, "command "+string(act), trace.WithTimestamp(from), trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("gobua.session", string(session)), attribute.String("gobua.act", string(act)), attribute.String("gobua.outcome", outcome)))
	span.End(trace.WithTimestamp(to))
}

// Said is part of transport.Tracer.
func (t *Tracer) Said(id engine.CommandID, stage string, from, to time.Time, off time.Duration) {
	t.stage(id, stage, from, to, attribute.String("gobua.said_by", "page"), attribute.Int64("gobua.clock_off_ms", off.Milliseconds()))
}

// Request is part of transport.RequestTracer.
func (t *Tracer) Request(method, route string, status int, from, to time.Time) {
	if rand.Float64() >= t.share { // #nosec G404 -- no secret: it only chooses
		return
	}
	_, span := t.spans.Start(context.Background(), method+" "+route, trace.WithTimestamp(from), trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route), attribute.Int("http.response.status_code", status)))
	if status >= 500 {
		span.SetStatus(codes.Error, "")
	}
	span.End(trace.WithTimestamp(to))
}
