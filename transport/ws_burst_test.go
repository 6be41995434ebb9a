package transport

import (
	"encoding/json"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/transport/wire"
)

// bothWays runs a test with each way to read from and write to a connection.
func bothWays(t *testing.T, test func(t *testing.T, lines func(*liveOptions))) {
	for name, portable := range map[string]bool{"descriptor": false, "portable": true} {
		t.Run(name, func(t *testing.T) { test(t, func(o *liveOptions) { o.hub.Portable = portable }) })
	}
}

// folding is a page that folds what it is sent, by the rules of the protocol,
// and fails at the first gap or repetition. Where it is cut, for being slow on
// a busy machine, it comes back and goes on.
type folding struct {
	*page
	l     *live
	room  engine.Room
	epoch string
	seq   engine.FeedSeq
	again bool // asked again over the same connection, so what is under way comes twice
}

// step reads one message and folds it.
func (f *folding) step() {
	f.t.Helper()
	m, err := f.read()
	if err != nil {
		f.reconnect()
		return
	}
	f.take(m)
}

// take folds one message.
func (f *folding) take(m map[string]any) {
	f.t.Helper()
	raw, err := json.Marshal(m)
	if err != nil {
		f.t.Fatal(err)
	}
	switch m["t"] {
	case "snap":
		var snap struct {
			Epoch string
			Seq   engine.FeedSeq
			Room  engine.Room
		}
		if err := json.Unmarshal(raw, &snap); err != nil {
			f.t.Fatal(err)
		}
		f.room, f.epoch, f.seq = snap.Room, snap.Epoch, snap.Seq
	case "subok":
		if seq := m["seq"].(float64); seq != float64(f.seq) && !(f.again && seq < float64(f.seq)) {
			f.t.Fatalf("resumed at %v, not at %d", seq, f.seq)
		}
	case "up":
		var up struct {
			Seq engine.FeedSeq
			Up  engine.Update
		}
		if err := json.Unmarshal(raw, &up); err != nil {
			f.t.Fatal(err)
		}
		if f.again && up.Seq <= f.seq {
			return
		}
		if up.Seq != f.seq+1 {
			f.t.Fatalf("update %d after %d", up.Seq, f.seq)
		}
		f.room.Fold(up.Up)
		f.seq = up.Seq
	case "hb":
		if m["seq"].(float64) > float64(f.seq) {
			f.t.Fatalf("a heartbeat at %v, the page has %d", m["seq"], f.seq)
		}
	}
}

// startFolding follows the first session.
func (l *live) startFolding() *folding {
	f := &folding{page: l.dial(), l: l}
	f.send("sub", "session", firstSession)
	return f
}

// reconnect goes on over another connection.
func (f *folding) reconnect() {
	_ = f.conn.Close()
	f.page, f.again = f.l.dial(), false
	f.subscribe()
}

// subscribe goes on where the page was. That the connection has ended is for
// the next step to see.
func (f *folding) subscribe() {
	f.next++
	sub := map[string]any{"op": "sub", "id": f.next, "session": firstSession}
	if f.epoch != "" {
		sub["epoch"], sub["seq"] = f.epoch, f.seq
	}
	_ = f.conn.WriteJSON(sub)
}

// TestNoGapAndNoRepetitionInABurst: pages that come, leave, resume and start
// over while bids pour in end up with the server's own room.
func TestNoGapAndNoRepetitionInABurst(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		seed := rand.Uint64()
		l := goLive(t, lines)
		const pages, bids = 24, 1000
		var done sync.WaitGroup
		for i := range pages {
			done.Go(func() {
				rng := rand.New(rand.NewPCG(seed, uint64(i)))
				f := l.startFolding()
				for f.seq < bids {
					f.step()
					switch rng.IntN(300) {
					case 0: // the network is gone for a moment
						f.reconnect()
					case 1: // the page wants it again, over the same connection
						f.again = true
						f.subscribe()
					}
				}
				want := l.roomNow()
				if got, want := string(wire.RoomJSON(&f.room)), string(wire.RoomJSON(&want)); got != want {
					t.Errorf("seed %d, page %d folded\n%s\nthe room is\n%s", seed, i, got, want)
				}
			})
		}
		rng := rand.New(rand.NewPCG(seed, pages))
		for range bids {
			l.bid(firstSession, "M-101", engine.Dong(1000+100*rng.IntN(100)))
			if rng.IntN(20) == 0 {
				time.Sleep(time.Duration(rng.IntN(3000)) * time.Microsecond) // bursts, not a stream
			}
		}
		done.Wait()
	})
}

func (l *live) roomNow() engine.Room {
	l.mu.Lock()
	defer l.mu.Unlock()
	return *l.rooms[firstSession]
}

// TestStalledReadersDoNotDelayOthers: a tenth of the viewers stops reading and
// stays connected; the others hear of every update as if nothing was.
func TestStalledReadersDoNotDelayOthers(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines, func(o *liveOptions) {
			o.hub.Shards = 1
			o.hub.times = usualTimes
			o.hub.times.stall = time.Minute // they are to stay and be in the way
		})
		const stalled, healthy = 5, 50 // few enough that updates are not held back to be joined
		for range stalled {
			conn := l.handshake("")
			if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Write(clientFrame(0x81, `{"op":"sub","id":1,"session":"`+string(firstSession)+`"}`)); err != nil {
				t.Fatal(err)
			}
		}
		pages := make([]*folding, healthy)
		for i := range pages {
			pages[i] = l.startFolding()
			pages[i].step()
		}
		eventually(t, "all follow", func() bool { return l.hub.Viewers(firstSession) == stalled+healthy })
		// Enough that the stalled are blocked and have fallen off the log.
		var worst time.Duration
		for range logFrames + 100 {
			began := time.Now()
			seq := l.bid(firstSession, "M-101", 1000)
			for _, p := range pages {
				for p.seq < seq {
					p.step()
				}
			}
			worst = max(worst, time.Since(began))
		}
		t.Logf("worst delivery to all %d: %v", healthy, worst)
		if worst > 2*time.Second {
			t.Error("somebody waited for the stalled")
		}
	})
}

// TestBidsDoNotWaitBehindASweep is about order, not speed: on one shard with
// many viewers and updates all the time, receipts keep coming.
func TestBidsDoNotWaitBehindASweep(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		l := goLive(t, lines, func(o *liveOptions) { o.hub.Shards = 1 })
		for range 200 {
			p := l.dial()
			p.send("sub", "session", firstSession)
			p.want("snap")
			go func() { // reads until the connection ends
				for {
					if _, _, err := p.conn.ReadMessage(); err != nil {
						return
					}
				}
			}()
		}
		stop := make(chan struct{})
		var storm sync.WaitGroup
		storm.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					l.bid(firstSession, "M-102", 1000)
					time.Sleep(100 * time.Microsecond) // leave the hall's lock to others
				}
			}
		})
		p := l.signIn("an", engine.RoleBidder)
		p.send("sub", "session", firstSession)
		p.want("you")
		for range 8 {
			cmd := newCmd()
			p.send("bid", "session", firstSession, "cmd", cmd, "amount", 1000)
			if r := p.want("receipt")["receipt"].(map[string]any); r["cmd"] != cmd {
				t.Fatal(r)
			}
			p.kept = nil
		}
		close(stop)
		storm.Wait()
	})
}
