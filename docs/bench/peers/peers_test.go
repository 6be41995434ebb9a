package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gobua/engine"
)

// hall is a server and a crowd in this process, over real sockets.
type hall struct {
	*publisher
	t  *testing.T
	mu sync.Mutex // held by whoever uses crowd
	*crowd
}

// openHall returns once all viewers have been taken in. What serves ends with
// the process.
func openHall(t *testing.T, kindName string, viewers int, change func(broadcaster) broadcaster) *hall {
	t.Helper()
	tally, err := openTally(tallyFile(t))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := listen()
	if err != nil {
		t.Fatal(err)
	}
	b, err := kinds[kindName].serve(listener)
	if err != nil {
		t.Fatal(err)
	}
	c, err := newCrowd(tally)
	if err != nil {
		t.Fatal(err)
	}
	if s := c.obey(order{Op: "join", Addr: listener.Addr().String(), Greet: kinds[kindName].greet, Viewers: viewers}); s.Err != "" {
		t.Fatal(s.Err)
	}
	for until := time.Now().Add(joinTimeout); b.viewers() != viewers; time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("the server knows %d of %d viewers", b.viewers(), viewers)
		}
	}
	if change != nil {
		b = change(b)
	}
	h := &hall{publisher: &publisher{b: b, tally: tally}, t: t, crowd: c}
	stop, stopped := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(stop); <-stopped })
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			h.mu.Lock()
			err := c.read(1)
			h.mu.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
		}
	}()
	return h
}

func tallyFile(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "tally")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// publish has so many updates sent and tells what the crowd saw of them.
func (h *hall) publish(rate, updates int) (served, seen) {
	h.t.Helper()
	s := h.run(order{Rate: rate, Seconds: 60, Updates: updates})
	if s.Published != updates {
		h.t.Fatalf("%d of %d updates were published", s.Published, updates)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return s, h.report(int64(h.seq))
}

// TestEveryKindBringsEveryUpdate: whatever a server wraps or joins, the
// generator finds each update once with each viewer.
func TestEveryKindBringsEveryUpdate(t *testing.T) {
	for _, row := range []string{"", "1"} {
		for _, name := range kindNames() {
			t.Run(name+row, func(t *testing.T) {
				t.Setenv(rowVariable, row)
				const viewers, updates = 20, 200
				h := openHall(t, name, viewers, nil)
				for _, rate := range []int{0, 1000} {
					s, c := h.publish(rate, updates)
					if c.Frames != viewers*updates || c.Lost != 0 || c.Twice != 0 || c.Ended != 0 || c.Viewers != viewers {
						t.Fatalf("at %d a second, seen: %+v", rate, c)
					}
					if s.CPU <= 0 || c.P50 <= 0 || c.P99 < c.P50 || c.Max < c.P99 {
						t.Fatalf("at %d a second: %+v, %+v", rate, s, c)
					}
				}
			})
		}
	}
}

// forgetful leaves out what it is told to.
type forgetful struct {
	broadcaster
	forgets func(engine.FeedSeq) bool
}

func (f forgetful) publish(seq engine.FeedSeq, accepted time.Time) {
	if !f.forgets(seq) {
		f.broadcaster.publish(seq, accepted)
	}
}

// TestAServerThatDropsIsFoundOut: it would look fast.
func TestAServerThatDropsIsFoundOut(t *testing.T) {
	const viewers, updates = 20, 100
	for name, forgets := range map[string]func(engine.FeedSeq) bool{
		"in the middle": func(seq engine.FeedSeq) bool { return seq%10 == 5 },
		"the last":      func(seq engine.FeedSeq) bool { return seq > 90 },
	} {
		t.Run(name, func(t *testing.T) {
			h := openHall(t, "floor", viewers, func(b broadcaster) broadcaster { return forgetful{b, forgets} })
			_, c := h.publish(0, updates)
			if c.Frames != viewers*90 || c.Lost != viewers*10 || c.Twice != 0 {
				t.Fatalf("seen: %+v", c)
			}
		})
	}
}

// TestAConnectionThatIsCutHasLostTheRest: so has a server that gets rid of its
// viewers.
func TestAConnectionThatIsCutHasLostTheRest(t *testing.T) {
	const viewers, updates = 20, 100
	h := openHall(t, "floor", viewers, func(b broadcaster) broadcaster {
		return forgetful{b, func(seq engine.FeedSeq) bool {
			if seq == 51 {
				f := b.(*floor)
				f.mu.Lock()
				defer f.mu.Unlock()
				f.cut(0)
			}
			return false
		}}
	})
	_, c := h.publish(500, updates)
	if c.Frames != viewers*updates-50 || c.Lost != 50 || c.Ended != 1 || c.Viewers != viewers-1 {
		t.Fatalf("seen: %+v", c)
	}
	if _, c = h.publish(500, updates); c.Frames != (viewers-1)*updates || c.Lost != 0 {
		t.Fatalf("then: %+v", c)
	}
}

// TestFramesAreFoundHoweverTheyCome: cut anywhere, joined, in parts.
func TestFramesAreFoundHoweverTheyCome(t *testing.T) {
	at := time.UnixMicro(1_795_783_363_815_123)
	one, two, three := messageOf(1, at, false), messageOf(2, at, true), messageOf(3, at, false)
	stream := frameOf(one)
	stream = append(stream, frameOf(bytes.Join([][]byte{two, three}, []byte{'\n'}))...)
	four := frameOf(messageOf(4, at, false)[:50])
	four[0] = 0x01 // not the end of the message
	stream = append(stream, four...)
	stream = append(stream, 0x8a, 0) // a pong in between
	rest := frameOf(messageOf(4, at, false)[50:])
	rest[0] = 0x80
	stream = append(stream, rest...)
	wrapped := append([]byte(`{"push":{"channel":"x","pub":{"data":`), messageOf(5, at, true)...)
	stream = append(stream, frameOf(append(wrapped, "}}}"...))...)
	for cut := range len(stream) {
		tally, err := openTally(tallyFile(t))
		if err != nil {
			t.Fatal(err)
		}
		c, err := newCrowd(tally)
		if err != nil {
			t.Fatal(err)
		}
		v := &viewer{}
		c.viewers[0] = v
		c.now = at.UnixMicro() + 7000
		for _, p := range [][]byte{stream[:cut], stream[cut:]} {
			if err := v.take(bytes.Clone(p), c); err != nil {
				t.Fatal(err)
			}
		}
		if s := c.report(5); s.Frames != 5 || s.Lost != 0 || s.Twice != 0 || s.Max < 7000 || s.Max > 7010 || len(v.kept)+len(v.parts) != 0 {
			t.Fatalf("cut at %d: %+v", cut, s)
		}
	}
}

// TestRatiosAreToTheFloorOfTheSameRound: the machine may have been another one
// in the next.
func TestRatiosAreToTheFloorOfTheSameRound(t *testing.T) {
	run := func(round int, kind string, cpu time.Duration, p99 int64, stalled int) result {
		return result{
			Round: round, Kind: kind, Viewers: 10, Rate: 10, Stalled: stalled,
			Served: served{CPU: cpu, Wall: time.Second, Frames: 1000}, Seen: seen{Frames: 1000, P99: p99},
		}
	}
	var out strings.Builder
	if err := writeTables(&out, []result{
		run(0, "floor", 10*time.Millisecond, 1, -1), run(0, "gobua", 20*time.Millisecond, 1, -1),
		run(1, "floor", 100*time.Millisecond, 1, -1), run(1, "gobua", 300*time.Millisecond, 1, -1),
		run(2, "floor", 10*time.Millisecond, 1, -1), run(2, "gobua", 40*time.Millisecond, 1, -1),
		run(0, "gobua", 1, 1000, 0), run(0, "gobua", 1, 1500, 1),
	}); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{"| gobua | 40.00 (3.00) |\n", "| gobua | 10 | 10/s | 1.0 | 1.5 | 1.50 (1.50) | 0 |\n"} {
		if !strings.Contains(out.String(), row) {
			t.Errorf("no %q in %s", row, out.String())
		}
	}
}
