package visitor

import (
	"context"
	"testing"

	"gobua/engine"
)

func up(seq uint64, price engine.Dong) *message {
	return &message{T: "up", Seq: seq, Update: &engine.Update{Kind: engine.KindBidAccepted, Now: engine.Now{Phase: engine.PhaseRunning, Price: price}}}
}

func snap(epoch string, seq uint64, price engine.Dong) *message {
	return &message{T: "snap", Epoch: epoch, Seq: seq, Room: &engine.Room{Session: testSession, Now: engine.Now{Phase: engine.PhaseRunning, Price: price}}}
}

// TestARoomFollowsItsFeed plays messages to a room and looks at what it shows
// and at whether it asks for something missing.
func TestARoomFollowsItsFeed(t *testing.T) {
	heartbeat := func(seq uint64) *message { return &message{T: "hb", Epoch: "a", Seq: seq} }
	for name, test := range map[string]struct {
		told  []*message
		price engine.Dong
		seq   engine.FeedSeq
		asks  int
		gaps  int
	}{
		"update before the snapshot": {[]*message{up(4, 9), snap("a", 5, 10)}, 10, 5, 0, 0},
		"next update":                {[]*message{snap("a", 5, 10), up(6, 11)}, 11, 6, 0, 0},
		"the same update again":      {[]*message{snap("a", 5, 10), up(6, 11), up(6, 99)}, 11, 6, 0, 0},
		"an old update":              {[]*message{snap("a", 5, 10), up(3, 7)}, 10, 5, 0, 0},
		"a gap is not folded":        {[]*message{snap("a", 5, 10), up(7, 12)}, 10, 5, 1, 1},
		"one gap, one request":       {[]*message{snap("a", 5, 10), up(7, 12), up(8, 13)}, 10, 5, 1, 1},
		"a gap is caught up": {[]*message{snap("a", 5, 10), up(7, 12), {T: "subok", Epoch: "a", Seq: 5, Resumed: true},
			up(6, 11), up(7, 12)}, 12, 7, 1, 1},
		"a second gap":                  {[]*message{snap("a", 5, 10), up(7, 12), snap("a", 7, 12), up(9, 14)}, 12, 7, 2, 2},
		"heartbeat of what is known":    {[]*message{snap("a", 5, 10), heartbeat(5)}, 10, 5, 0, 0},
		"heartbeat shows a lost tail":   {[]*message{snap("a", 5, 10), heartbeat(6)}, 10, 5, 1, 1},
		"heartbeat asks again":          {[]*message{snap("a", 5, 10), up(7, 12), heartbeat(7)}, 10, 5, 2, 1},
		"another epoch throws all away": {[]*message{snap("a", 5, 10), snap("b", 2, 3), up(3, 4)}, 4, 3, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			room, asks := newRoom(testSession), 0
			for _, m := range test.told {
				if room.take(m) {
					asks++
				}
			}
			view, seq := room.View()
			if view.Now.Price != test.price || seq != test.seq || asks != test.asks || room.Gaps() != test.gaps {
				t.Errorf("price %d at %d, %d requests, %d gaps; want %d at %d, %d, %d",
					view.Now.Price, seq, asks, room.Gaps(), test.price, test.seq, test.asks, test.gaps)
			}
		})
	}
}

func TestAwaitReturnsWhenTheRoomIsAsWanted(t *testing.T) {
	room := newRoom(testSession)
	go func() {
		room.take(snap("a", 1, 10))
		room.take(up(2, 11))
	}()
	got, err := room.Await(context.Background(), func(n engine.Now) bool { return n.Price == 11 })
	if err != nil || got.Now.Price != 11 {
		t.Errorf("price %d, %v", got.Now.Price, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := room.Await(ctx, func(engine.Now) bool { return false }); err != context.Canceled {
		t.Errorf("error %v, want the context's", err)
	}
}
