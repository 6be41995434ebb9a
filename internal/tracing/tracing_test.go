package tracing

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"gobua/engine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestTheChoiceIsEvenAndTheSameEverywhere: of ids as pages make them the share
// that was asked for, by any node, and without an allocation.
func TestTheChoiceIsEvenAndTheSameEverywhere(t *testing.T) {
	const ids = 100_000
	for _, share := range []float64{0, 0.01, 0.5, 1} {
		here, there := &Tracer{bound: boundOf(share)}, &Tracer{bound: boundOf(share)}
		kept := 0
		for range ids {
			id := uuid.Must(uuid.NewV7())
			if here.Traced(id) != there.Traced(id) {
				t.Fatal("two nodes choose differently")
			}
			if here.Traced(id) {
				kept++
			}
		}
		if got := float64(kept) / ids; math.Abs(got-share) > 0.01 {
			t.Errorf("%v of the ids are traced, not %v", got, share)
		}
		id := uuid.Must(uuid.NewV7())
		if n := testing.AllocsPerRun(1000, func() { here.Traced(id) }); n != 0 {
			t.Errorf("to choose allocates %v times", n)
		}
	}
	if (&Tracer{bound: boundOf(1)}).Traced(engine.CommandID{}) {
		t.Error("what has no id is traced")
	}
}

// TestACollectorThatHangsHoldsNobodyUp: spans beyond what may wait are dropped,
// and the end comes when it is time.
func TestACollectorThatHangsHoldsNobodyUp(t *testing.T) {
	hang := make(chan struct{})
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}))
	defer collector.Close()
	defer close(hang)
	tracer, err := Open(t.Context(), Options{URL: collector.URL, Share: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for range 10 * maxWaiting {
		tracer.Passed(uuid.Must(uuid.NewV7()), "append", now, now)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := tracer.Close(ctx); err == nil {
		t.Error("everything was sent to a collector that takes nothing")
	}
}
