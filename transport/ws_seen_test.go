package transport

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/transport/wire"
)

// said is a Tracer that traces everything but what it is told to leave out, and
// keeps what pages said.
type said struct {
	traceAll
	mu      sync.Mutex
	without engine.CommandID
	spans   []string
}

func (s *said) Traced(id engine.CommandID) bool { return id != s.without }

func (s *said) Said(id engine.CommandID, stage string, from, to time.Time, off time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spans = append(s.spans, fmt.Sprint(id, " ", stage, " ", to.Sub(from), " ", off))
}

func (s *said) have(t *testing.T, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.spans, want) {
		t.Errorf("pages have said\n%q, not\n%q", s.spans, want)
	}
}

// TestAPageIsAskedOnceWhenACommandWasSeen: it is asked with the receipt of what
// is traced, and nobody else is heard.
func TestAPageIsAskedOnceWhenACommandWasSeen(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		trace := &said{without: uuid.Must(uuid.NewV7())}
		l := goLive(t, lines, func(o *liveOptions) { o.gateway.Trace = trace })
		p := l.signIn("an", engine.RoleBidder)
		p.send("sub", "session", firstSession)
		p.want("you")
		other := l.signIn("binh", engine.RoleBidder)
		told := func(p *page, cmd string, at []int64) {
			t.Helper()
			id := p.send("seen", "cmd", cmd, "at", at, "off", 12)
			if ok := p.want("ok"); ok["id"] != float64(id) {
				t.Fatal(ok)
			}
		}

		clicked := time.Now().UnixMilli()
		p.send("bid", "session", firstSession, "cmd", trace.without.String(), "amount", 1000)
		if receipt := p.want("receipt"); receipt["traced"] != nil {
			t.Errorf("asked about what is not traced: %v", receipt)
		}
		at := []int64{clicked, clicked, time.Now().UnixMilli(), time.Now().UnixMilli()}
		told(p, trace.without.String(), at)
		trace.have(t)

		cmd := newCmd()
		at[0] = time.Now().UnixMilli()
		at[1] = at[0]
		p.send("bid", "session", firstSession, "cmd", cmd, "amount", 1100)
		if receipt := p.want("receipt"); receipt["traced"] != true {
			t.Errorf("not asked: %v", receipt)
		}
		at[2] = time.Now().UnixMilli()
		at[3] = at[2]
		told(other, cmd, at)
		told(p, newCmd(), at)
		trace.have(t)
		told(p, cmd, at)
		told(p, cmd, at)
		trace.have(t, cmd+" click 0s 12ms", cmd+" shown 0s 12ms")
	})
}

// TestWhatCannotBeTrueIsNotBelieved: the moments of a page are held against when
// its frame came and its receipt went.
func TestWhatCannotBeTrueIsNotBelieved(t *testing.T) {
	base := time.UnixMilli(1_790_000_000_000)
	ms := func(n int) time.Time { return base.Add(time.Duration(n) * time.Millisecond) }
	const off = 10
	for _, tt := range []struct {
		name string
		at   [4]int // as ms
		off  int
		now  int
		want bool
	}{
		{"as it should be", [4]int{-60, -50, 80, 96}, off, 140, true},
		{"a clock that is fast by what it admits", [4]int{-10, 11, 90, 150}, off, 140, true},
		{"a clock that is slow by what it admits", [4]int{-60, -50, -10, 0}, off, 140, true},
		{"clicked after it was sent", [4]int{-49, -50, 80, 96}, off, 140, false},
		{"sent after the frame was read", [4]int{-60, 13, 80, 96}, off, 140, false},
		{"answered before the receipt was sent", [4]int{-60, -50, -13, 96}, off, 140, false},
		{"shown before it came", [4]int{-60, -50, 80, 79}, off, 140, false},
		{"shown in the future", [4]int{-60, -50, 80, 153}, off, 140, false},
		{"clicked long ago", [4]int{-10_013, -50, 80, 96}, off, 140, false},
		{"a clock that knows nothing", [4]int{-60, -50, 80, 96}, 2001, 140, false},
		{"told too late", [4]int{-60, -50, 80, 96}, off, 10_001, false},
	} {
		s := wire.Seen{Off: engine.Millis(tt.off)}
		for i, n := range tt.at {
			s.At[i] = engine.InstantOf(ms(n))
		}
		if got := (awaited{read: ms(0), sent: ms(0)}).allows(s, ms(tt.now)); got != tt.want {
			t.Errorf("%s: believed: %v", tt.name, got)
		}
	}
}

// TestWaitingForPagesIsBounded: who never says anything makes room after a while,
// and costs nobody else a word before.
func TestWaitingForPagesIsBounded(t *testing.T) {
	var s sightings
	base := time.UnixMilli(1_790_000_000_000)
	first := uuid.Must(uuid.NewV7())
	s.await(first, awaited{by: 1, sent: base})
	for range 2 * maxAwaited {
		s.await(uuid.Must(uuid.NewV7()), awaited{by: 2, sent: base})
	}
	if len(s.of) != maxAwaited {
		t.Errorf("%d are waited for", len(s.of))
	}
	if _, ok := s.take(first, 1); !ok {
		t.Error("the first was pushed out")
	}
	late := uuid.Must(uuid.NewV7())
	s.await(uuid.Must(uuid.NewV7()), awaited{by: 2, sent: base})
	s.await(late, awaited{by: 3, sent: base.Add(awaitedFor + 1)})
	if _, ok := s.take(late, 3); !ok || len(s.of) != 0 {
		t.Errorf("what nobody says any more stands in the way: %d", len(s.of))
	}
}
