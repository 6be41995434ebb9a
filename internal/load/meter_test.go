package load

import (
	"testing"
	"time"

	"gobua/engine"
	"gobua/transport/wire"
)

func TestPercentilesAreInMilliseconds(t *testing.T) {
	m := newMeter()
	for i := 1; i <= 1000; i++ {
		m.note(i, func(s *stripe) { record(s.receipt, time.Duration(i)*time.Millisecond) })
	}
	got := latencies(m.sum().receipt)
	near := func(name string, got, want float64) {
		t.Helper()
		if got < want*0.999 || got > want*1.001 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	near("p50", got.P50, 500)
	near("p90", got.P90, 900)
	near("p99", got.P99, 990)
	near("p999", got.P999, 999)
	near("max", got.Max, 1000)
	if got.Count != 1000 {
		t.Errorf("count %d", got.Count)
	}
}

func TestLatenciesOutsideTheRangeStillCount(t *testing.T) {
	m := newMeter()
	m.note(0, func(s *stripe) {
		record(s.told, -time.Millisecond) // two clocks
		record(s.told, time.Hour)
	})
	if got := latencies(m.sum().told); got.Count != 2 {
		t.Errorf("count %d, want 2", got.Count)
	}
	if got := latencies(m.sum().seen); got != (Latencies{}) {
		t.Errorf("nothing was recorded: %+v", got)
	}
}

// TestMessagesAreScannedAsTheServerWritesThem ties the short cut to the frames
// of the server.
func TestMessagesAreScannedAsTheServerWritesThem(t *testing.T) {
	up := wire.Frame(wire.Up{Session: "k7qp0z3m9abc", Seq: 125, Update: engine.Update{
		Kind: engine.KindSaid, Message: &engine.Message{Text: `"seq":9`}}})[4:] // after the frame's header
	snap := wire.AppendSnapshot(nil, wire.Snapshot{Session: "k7qp0z3m9abc", Epoch: "x1", Seq: 7}, []byte(`{"seq":8}`))[2:]
	for _, test := range []struct {
		object []byte
		kind   string
		seq    engine.FeedSeq
	}{{up, "up", 125}, {snap, "snap", 7}} {
		seq, ok := seqOf(test.object)
		if kind := kindOf(test.object); kind != test.kind || !ok || seq != test.seq {
			t.Errorf("%s: read as %q %d %v", test.object, kind, seq, ok)
		}
	}
	if kind := kindOf([]byte(`{"x":1}`)); kind != "" {
		t.Errorf("kind %q", kind)
	}
	if _, ok := seqOf([]byte(`{"t":"ok"}`)); ok {
		t.Error("a number was found where there is none")
	}
}
