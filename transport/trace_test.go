package transport

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
)

type traceAll struct{}

func (traceAll) Traced(engine.CommandID) bool                          { return true }
func (traceAll) Passed(engine.CommandID, string, time.Time, time.Time) {}
func (traceAll) Answered(engine.CommandID, engine.SessionID, engine.ActName, string, time.Time, time.Time) {
}
func (traceAll) Said(engine.CommandID, string, time.Time, time.Time, time.Duration) {}

// TestSealedOffersAreNeverTraced: a trace would tell that there was one, and when.
func TestSealedOffersAreNeverTraced(t *testing.T) {
	c := &client{gate: &Gateway{o: GatewayOptions{Trace: traceAll{}}}}
	for _, try := range []struct {
		act  engine.Act
		want bool
	}{{engine.PlaceBid{}, true}, {engine.PutOffer{}, false}, {engine.TakeOfferBack{}, false}} {
		if got := c.traces(engine.Command{ID: uuid.Must(uuid.NewV7()), Do: try.act}); got != try.want {
			t.Errorf("%s is traced: %v", try.act.ActName(), got)
		}
	}
	c.gate.o.Trace = nil
	if n := testing.AllocsPerRun(1000, func() { c.traces(engine.Command{}) }); n != 0 {
		t.Errorf("without a tracer %v allocations", n)
	}
}
