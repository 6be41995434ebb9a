package transport

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"gobua/engine"
)

// numbered appends frames that name their place.
func numbered(l *feedLog, n int) {
	for range n {
		i := l.head.Load()
		l.append(engine.FeedSeq(i+1), time.Time{}, fmt.Appendf(nil, "<%d>", i))
	}
}

func TestABatchHoldsWhatLiesBetweenCursorAndHead(t *testing.T) {
	l := newFeedLog(1)
	numbered(l, 10)
	var b batch
	if !b.fill(l, 3, 7) || string(b.bytes) != "<3><4><5><6>" || b.to != 7 {
		t.Fatalf("%q to %d", b.bytes, b.to)
	}
	for n, want := range map[int]struct {
		cursor uint64
		rest   string
	}{
		0: {3, ""}, 1: {4, "3>"}, 2: {4, ">"}, 3: {4, ""}, 5: {5, ">"}, 11: {7, ">"}, 12: {7, ""},
	} {
		if cursor, rest := b.taken(n); cursor != want.cursor || string(rest) != want.rest {
			t.Errorf("after %d bytes: cursor %d, rest %q, want %v", n, cursor, rest, want)
		}
	}
}

func TestABatchIsBoundedBySize(t *testing.T) {
	l := newFeedLog(1)
	frame := bytes.Repeat([]byte("x"), maxSendBytes/4+1)
	for i := range 10 {
		l.append(engine.FeedSeq(i+1), time.Time{}, frame)
	}
	var b batch
	if !b.fill(l, 0, 10) || b.to != 4 {
		t.Fatalf("%d bytes to %d", len(b.bytes), b.to)
	}
	if !b.fill(l, 4, 10) || b.from != 4 || b.to != 8 {
		t.Fatalf("from %d to %d", b.from, b.to)
	}
}

// TestResumeAtTheEdgeOfTheRing: the oldest update still there is enough for
// who has all before it, and for nobody else.
func TestResumeAtTheEdgeOfTheRing(t *testing.T) {
	for _, n := range []int{1, logFrames - 1, logFrames, logFrames + 1, 3*logFrames + 7} {
		l := newFeedLog(1)
		numbered(l, n) // update k has index k-1
		oldest := max(0, n-logFrames)
		for after, want := range map[int]struct {
			cursor int
			ok     bool
		}{
			n:          {n, true},
			n - 1:      {n - 1, true},
			oldest:     {oldest, true},
			oldest - 1: {oldest, false},
			oldest + 1: {oldest + 1, true},
		} {
			if after < 0 {
				continue
			}
			cursor, ok := l.resume(engine.FeedSeq(after))
			if ok != want.ok || ok && cursor != uint64(want.cursor) {
				t.Errorf("%d frames, after %d: %d, %v, want %v", n, after, cursor, ok, want)
			}
		}
	}
}

// TestResumeSkipsHeartbeats, which carry no update of their own.
func TestResumeSkipsHeartbeats(t *testing.T) {
	l := newFeedLog(1)
	for _, feed := range []engine.FeedSeq{1, 1, 2, 2, 2, 3} {
		l.append(feed, time.Time{}, nil)
	}
	for after, want := range map[engine.FeedSeq]uint64{1: 2, 2: 5, 3: 6} {
		if cursor, ok := l.resume(after); !ok || cursor != want {
			t.Errorf("after %d: %d, %v, want %d", after, cursor, ok, want)
		}
	}
}

// TestAWriterThatOvertakesReadersIsNoticed: whatever the timing, a reader gets
// the very frames it asked for, or is told that it has fallen off.
func TestAWriterThatOvertakesReadersIsNoticed(t *testing.T) {
	l := newFeedLog(1)
	const frames = 200_000
	var readers sync.WaitGroup
	var fell [4]int
	for r := range fell {
		readers.Go(func() {
			var b batch
			for cursor := uint64(0); cursor < frames; {
				head := l.head.Load()
				if cursor == head {
					continue
				}
				if !b.fill(l, cursor, head) {
					fell[r]++
					cursor = l.head.Load()
					continue
				}
				var want []byte
				for i := b.from; i < b.to; i++ {
					want = fmt.Appendf(want, "<%d>", i)
				}
				if !bytes.Equal(b.bytes, want) {
					t.Errorf("read %.60q from %d to %d", b.bytes, b.from, b.to)
					return
				}
				cursor = b.to
			}
		})
	}
	numbered(l, frames)
	readers.Wait()
	t.Log("readers fell off so many times:", fell)
}
