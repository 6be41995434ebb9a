package transport

import (
	"testing"
	"time"

	"gobua/engine"
)

func TestQuietRoomsHaveAHeartbeat(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		l := new(script)
		b.follow(b.client(l), "")
		b.bids(1)
		count := func(d time.Duration) (n int) {
			before := len(l.messages(t))
			b.pass(d)
			for _, m := range l.messages(t)[before:] {
				if m["t"] == "hb" {
					if m["seq"] != 1.0 {
						t.Fatal(m)
					}
					n++
				}
			}
			return n
		}
		if n := count(usualTimes.quiet - time.Second); n != 0 {
			t.Errorf("%d heartbeats right after an update", n)
		}
		if n := count(time.Minute); n < 10 || n > 12 {
			t.Errorf("%d heartbeats in a quiet minute", n)
		}
		b.pass(time.Hour - 3*time.Minute) // the session closes after an hour
		b.pass(time.Minute + 10*time.Second)
		if n := count(30 * time.Second); n < 19 || n > 31 {
			t.Errorf("%d heartbeats in half of the last minute", n)
		}
	})
}

// TestARoomThatNobodyFollowsForgetsItsFrames: whoever comes back to it later is
// sent the room, and what is told then is kept as ever.
func TestARoomThatNobodyFollowsForgetsItsFrames(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.bids(3)
		r := b.hub.room(firstSession)
		resumed := func(after engine.FeedSeq) bool {
			epoch, _, _, _ := b.hub.Room(firstSession)
			return !r.begin(nil, 1, epoch, after, time.Now()).whole
		}
		b.pass(forgetAfter - time.Second)
		if !resumed(1) {
			t.Error("the frames are forgotten too soon")
		}
		b.pass(2 * time.Second)
		if resumed(1) || r.public.get(2) != nil {
			t.Error("the frames are still there")
		}
		if !resumed(3) {
			t.Error("who has missed nothing is sent the room")
		}
		b.bids(2)
		if resumed(1) || resumed(2) || !resumed(3) || !resumed(4) {
			t.Error("what came after is not kept")
		}
		l := new(script)
		b.follow(b.client(l), "")
		b.pass(forgetAfter + time.Minute)
		if !resumed(3) && r.public.get(3) == nil {
			t.Error("it forgot under a viewer")
		}
	})
}

func TestClientsArePingedBeforeTheirReadersGiveUp(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		l := new(script)
		b.client(l)
		b.pass(readWait)
		pings := 0
		for _, m := range l.messages(t) {
			if m["t"] == byte(9) {
				pings++
			}
		}
		if pings < 2 {
			t.Errorf("%d pings in %v", pings, readWait)
		}
	})
}
