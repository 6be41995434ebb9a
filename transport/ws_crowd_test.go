package transport

import (
	"testing"

	"gobua/engine"
	"gobua/transport/wire"
)

// burst makes bids happen on the shard's own goroutine, so that no sweep comes
// between them, and returns when the shard is done with it.
func (l *live) burst(bids int) {
	done := make(chan struct{})
	l.hall.hub.shards[0].do(func() {
		for i := range bids {
			l.bid(firstSession, "M-101", engine.Dong(1000+100*i))
		}
		close(done)
	})
	<-done
}

// TestOneOfACrowdIsSentTheRoomInsteadOfManyUpdates: what each of many viewers
// is sent at a time is bounded; few get every update. Both know the same then.
func TestOneOfACrowdIsSentTheRoomInsteadOfManyUpdates(t *testing.T) {
	bothWays(t, func(t *testing.T, lines func(*liveOptions)) {
		for _, c := range []struct {
			crowd, bids int
			want        string
		}{
			{crowd: 3, bids: crowdFrames + 1, want: "snap"},
			{crowd: 3, bids: crowdFrames, want: "up"},
			{crowd: 4, bids: crowdFrames + 1, want: "up"},
		} {
			l := goLive(t, lines, func(o *liveOptions) { o.hub.Shards, o.hub.crowd = 1, c.crowd })
			pages := []*folding{l.startFolding(), l.startFolding(), l.startFolding()}
			for _, f := range pages {
				f.step() // the first snapshot
			}
			l.burst(c.bids)
			want := l.roomNow()
			for i, f := range pages {
				m, err := f.read()
				if err != nil {
					t.Fatal(err)
				}
				if m["t"] != c.want {
					t.Fatalf("%d bids in a crowd of %d of %d: page %d was sent %v, want %s", c.bids, len(pages), c.crowd, i, m["t"], c.want)
				}
				f.take(m)
				for f.seq < engine.FeedSeq(c.bids) {
					f.step()
				}
				if got, want := string(wire.RoomJSON(&f.room)), string(wire.RoomJSON(&want)); got != want {
					t.Errorf("page %d has\n%s\nthe room is\n%s", i, got, want)
				}
			}
			// It goes on with updates, and nobody is taken for slow.
			l.burst(2)
			for _, f := range pages {
				f.step()
				f.step()
				if f.seq != engine.FeedSeq(c.bids)+2 {
					t.Errorf("the page is at %d after %d bids", f.seq, c.bids+2)
				}
			}
		}
	})
}
