package tracing

import (
	"context"
	"encoding/binary"
	"math/rand/v2"

	"go.opentelemetry.io/otel/trace"

	"gobua/engine"
)

// ownIDs is under which a context carries the command whose whole way a span is.
type ownIDs struct{}

// ids makes a command's root span from its id; all others are random.
type ids struct{}

// NewIDs is part of sdk.IDGenerator.
func (g ids) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	if id, ok := ctx.Value(ownIDs{}).(engine.CommandID); ok {
		return trace.TraceID(id), rootOf(id)
	}
	var t trace.TraceID
	binary.BigEndian.PutUint64(t[:8], rand.Uint64()) // #nosec G404 -- no secret: it only tells apart
	binary.BigEndian.PutUint64(t[8:], rand.Uint64()|1)
	return t, g.NewSpanID(ctx, t)
}

// NewSpanID is part of sdk.IDGenerator.
func (ids) NewSpanID(context.Context, trace.TraceID) (s trace.SpanID) {
	binary.BigEndian.PutUint64(s[:], rand.Uint64()|1) // #nosec G404 -- as above
	return s
}
