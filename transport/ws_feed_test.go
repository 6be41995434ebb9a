package transport

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/transport/wire"
)

// These tests run a real hub in a bubble of time, with lines that take what
// the test lets them take.

// script is a line with a will of its own.
type script struct {
	mu   sync.Mutex
	got  []byte
	take func(p []byte) int // nil: everything
	err  error
	n    int // sends
}

func (s *script) send(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	s.n++
	n := len(p)
	if s.take != nil {
		n = min(n, s.take(p))
	}
	s.got = append(s.got, p[:n]...)
	return n, nil
}

func (s *script) close() {}

func (s *script) set(take func([]byte) int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.take = take
}

func nothing([]byte) int { return 0 }

// sends is how many system calls there would have been.
func (s *script) sends() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

// messages returns what was sent, frame by frame; a frame that is cut or run
// into another fails the test. Control frames appear with their opcode as t.
func (s *script) messages(t *testing.T) (list []map[string]any) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := s.got; len(p) > 0; {
		if len(p) < 2 {
			t.Fatalf("a torn header: %q", p)
		}
		op, n := p[0]&0xf, int(p[1])
		p = p[2:]
		switch n {
		case 126:
			n, p = int(binary.BigEndian.Uint16(p)), p[2:]
		case 127:
			n, p = int(binary.BigEndian.Uint64(p)), p[8:]
		}
		if n > len(p) {
			t.Fatalf("a torn frame: %q", p)
		}
		m := map[string]any{"t": op, "payload": string(p[:n])}
		if op == 1 {
			m = map[string]any{}
			if err := json.Unmarshal(p[:n], &m); err != nil {
				t.Fatalf("%q: %v", p[:n], err)
			}
			if err := validate(messages(t)[m["t"].(string)], p[:n]); err != nil {
				t.Fatalf("%s: %v", p[:n], err)
			}
		}
		list = append(list, m)
		p = p[n:]
	}
	return list
}

// kinds is the sequence of what was sent, by kind.
func kinds(list []map[string]any) (out []any) {
	for _, m := range list {
		out = append(out, m["t"])
	}
	return out
}

func same(got []any, want ...any) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if got[i] != want[i] {
			return false
		}
	}
	return true
}

// bubble is a hub with one session in a bubble of time.
type bubble struct {
	*hall
	t *testing.T
}

func inBubble(t *testing.T, test func(*testing.T, *bubble)) {
	t.Helper()
	messages(t) // the schemas are loaded outside: what they start must not be in the bubble
	synctest.Test(t, func(t *testing.T) {
		hub := NewHub(HubOptions{Shards: 1, Portable: true}) // what waits for real sockets keeps a bubble from resting
		defer hub.Close()
		b := &bubble{newHall(hub), t}
		b.open(firstSession)
		test(t, b)
	})
}

// client connects a line.
func (b *bubble) client(l line) *client {
	near, far := net.Pipe()
	b.t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	c := &client{hub: b.hub, saleroom: b.hall, shard: b.hub.shards[0], line: l, tcp: near}
	c.shard.do(func() { c.shard.join(c) })
	return c
}

// follow subscribes and waits until all has been sent that can be.
func (b *bubble) follow(c *client, code engine.ParticipantCode) {
	r := b.hub.room(firstSession)
	if code != "" {
		r.parties.join(c, code)
	}
	c.shard.do(func() { c.begin(r, wire.Sub{Number: 1, Session: firstSession}, code) })
	synctest.Wait()
}

func (b *bubble) bids(n int) {
	for range n {
		b.bid(firstSession, "M-101", 1000)
	}
}

func (b *bubble) pass(d time.Duration) {
	time.Sleep(d) // of the bubble: takes no time
	synctest.Wait()
}

// ended tells whether nothing more is written to a client.
func (c *client) over() bool {
	done := make(chan bool)
	c.shard.do(func() { done <- c.gone })
	return <-done
}

func TestTheFirstUpdateOfAQuietRoomGoesOutAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		l := new(script)
		b.follow(b.client(l), "")
		b.bids(1)
		synctest.Wait() // no time passes
		if got := kinds(l.messages(t)); !same(got, "snap", "up") {
			t.Fatal(got)
		}
	})
}

// TestManyViewersGetWhatFollowsQuicklyTogether: after a first update at once,
// those within the gap go out joined in one send.
func TestManyViewersGetWhatFollowsQuicklyTogether(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		lines := make([]*script, fewViewers)
		for i := range lines {
			lines[i] = new(script)
			b.follow(b.client(lines[i]), "")
		}
		for range 11 {
			b.bids(1)
			b.pass(time.Millisecond)
		}
		b.pass(sweepGap)
		for _, l := range lines {
			if n := l.sends(); n != 3 { // the snapshot, the first update, the ten together
				t.Fatalf("%d sends", n)
			}
			if got := l.messages(t); len(got) != 12 {
				t.Fatal(kinds(got))
			}
		}
	})
}

// TestALineThatTakesWhatItLikes gets frames whole and in order, or a snapshot
// that stands for what is missing, whatever the cuts.
func TestALineThatTakesWhatItLikes(t *testing.T) {
	for range 20 {
		seed := rand.Uint64()
		inBubble(t, func(t *testing.T, b *bubble) {
			rng, moods := rand.New(rand.NewPCG(seed, 0)), rand.New(rand.NewPCG(seed, 1))
			refused := false // twice in a row would add up to a line that takes nothing for too long
			l := &script{take: func(p []byte) int {
				if refused = !refused && moods.IntN(2) == 0; refused {
					return 0
				}
				return 1 + moods.IntN(4000)
			}}
			c := b.client(l)
			b.follow(c, "M-101")
			for range 100 {
				b.bids(rng.IntN(6))
				b.pass(time.Duration(rng.IntN(200)) * time.Millisecond)
			}
			l.set(nil)
			b.pass(time.Second)
			if c.over() {
				t.Fatalf("seed %d: it was cut, though it took something all the time", seed)
			}
			var seq float64
			for _, m := range l.messages(t) {
				switch m["t"] {
				case "snap":
					seq = m["seq"].(float64)
				case "up":
					if m["seq"] != seq+1 {
						t.Fatalf("seed %d: update %v after %v", seed, m["seq"], seq)
					}
					seq++
				}
			}
			if want := float64(b.feed[firstSession]); seq != want {
				t.Fatalf("seed %d: ended at %v, the room is at %v", seed, seq, want)
			}
		})
	}
}

// TestWhoFallsOffTheLogGetsOneSnapshot, and the second time within half a
// minute a farewell.
func TestWhoFallsOffTheLogGetsOneSnapshot(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		l := new(script)
		c := b.client(l)
		b.follow(c, "")
		fall := func() {
			l.set(nothing)
			b.bids(1)
			synctest.Wait() // the line is blocked
			b.bids(2 * logFrames)
			b.pass(time.Second)
			l.set(nil)
			b.pass(time.Second)
		}
		fall()
		if got := kinds(l.messages(t)); !same(got, "snap", "snap") {
			t.Fatal(got)
		}
		b.pass(usualTimes.strikes)
		fall()
		if c.over() {
			t.Fatal("it was cut for falling off seldom")
		}
		fall()
		list := l.messages(t)
		last := list[len(list)-2:]
		if !same(kinds(last), "bye", byte(8)) || last[0]["code"] != "slow" || last[1]["payload"] != "\x0f\xa0" {
			t.Fatal(kinds(last))
		}
	})
}

// TestABatchLargerThanTheLogIsNobodysFault: who was up to date until then is
// not slow.
func TestABatchLargerThanTheLogIsNobodysFault(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		l := new(script)
		c := b.client(l)
		b.follow(c, "")
		block := make(chan struct{})
		for range 3 {
			c.shard.do(func() { <-block }) // the shard is busy elsewhere
			b.bids(2 * logFrames)
			block <- struct{}{}
			synctest.Wait()
		}
		if got := kinds(l.messages(t)); c.over() || !same(got, "snap", "snap", "snap", "snap") {
			t.Fatal(got)
		}
	})
}

func TestALineThatTakesNothingIsCut(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		l := new(script)
		c := b.client(l)
		b.follow(c, "")
		l.set(nothing)
		b.bids(1)
		b.pass(usualTimes.stall - time.Second)
		if c.over() {
			t.Fatal("too early")
		}
		b.pass(time.Second + retryMost)
		if !c.over() {
			t.Fatal("it was not cut")
		}
	})
}

func TestALineThatBreaksIsLeftAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		l := &script{err: net.ErrClosed}
		c := b.client(l)
		b.follow(c, "")
		b.bids(1)
		b.pass(time.Minute)
		if !c.over() || l.sends() != 0 {
			t.Fatal("still written to")
		}
	})
}

// TestPrivateMessagesGoFirstAndAreNeverDropped while a line is blocked.
func TestPrivateMessagesGoFirstAndAreNeverDropped(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		l := new(script)
		c := b.client(l)
		b.follow(c, "")
		l.set(nothing)
		b.bids(1)
		synctest.Wait()
		for i := range maxNotes {
			c.say(wire.OK{ID: wire.Number(i + 1)})
		}
		l.set(nil)
		b.pass(time.Second)
		list := l.messages(t)
		for i := range maxNotes {
			if m := list[1+i]; m["t"] != "ok" || m["id"] != float64(i+1) {
				t.Fatalf("%d: %v", i, m)
			}
		}
		if got := kinds(list[1+maxNotes:]); !same(got, "up") {
			t.Fatal(got)
		}
	})
}

// TestAnOverflowOfPrivateMessagesCuts: the alternative would be to lose one.
func TestAnOverflowOfPrivateMessagesCuts(t *testing.T) {
	for name, frame := range map[string]int{"by number": 100, "by bytes": maxNoteBytes / 10} {
		inBubble(t, func(t *testing.T, b *bubble) {
			l := new(script)
			c := b.client(l)
			b.follow(c, "")
			l.set(nothing)
			for range maxNotes + 2 {
				c.put(note{frame: wire.AppendText(nil, bytes.Repeat([]byte(" "), frame))})
			}
			b.pass(10 * time.Second)
			if !c.over() {
				t.Fatal(name, "it was not cut")
			}
		})
	}
}

// TestAnOverflowIsSaidIfTheLineAllows, so that the page knows to come back.
func TestAnOverflowIsSaidIfTheLineAllows(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		l := new(script)
		c := b.client(l)
		b.follow(c, "")
		block := make(chan struct{})
		c.shard.do(func() { <-block })
		for i := range maxNotes + 1 {
			c.say(wire.OK{ID: wire.Number(i + 1)})
		}
		block <- struct{}{}
		synctest.Wait()
		list := l.messages(t)
		if got := kinds(list[len(list)-2:]); !same(got, "bye", byte(8)) {
			t.Fatal(got)
		}
	})
}

// TestAFarewellThatNobodyReadsIsNotWaitedFor longer than its grace.
func TestAFarewellThatNobodyReadsIsNotWaitedFor(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		l := new(script)
		c := b.client(l)
		b.follow(c, "")
		l.set(nothing)
		b.bids(1)
		synctest.Wait()
		c.cutFor(wire.ByeRestart, wire.CloseRestart, 500)
		b.pass(farewellGrace + usualTimes.round)
		if !c.over() {
			t.Fatal("still waiting")
		}
	})
}
