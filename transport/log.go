package transport

import (
	"sync/atomic"
	"time"

	"gobua/engine"
)

// logFrames is how many frames a feed keeps. A reader further behind gets one
// snapshot, which is smaller than what it missed: 256 updates are 80 KB, a
// room is about 8.
const logFrames = 256

// maxSendBytes bounds what goes to one client in one system call, so that one
// reader far behind does not hold up a sweep.
const maxSendBytes = 64 << 10

// entry is one frame of a feed. It is never changed once it is in the log, so
// a reader that holds one can at worst be late, never see torn bytes.
type entry struct {
	index uint64         // its place in the log
	feed  engine.FeedSeq // the last public update told with it
	at    time.Time      // when it was published
	frame []byte
}

// feedLog is what one audience of a session is told: an append-only ring of
// finished frames. One goroutine at a time appends, under the room's lock; any
// number read without one. A reader is a cursor, the index of the next entry
// it wants; it costs the log nothing however far behind it is.
//
// A ring needs a guard against the writer overtaking a reader. Here every
// entry carries its own index: what is found in a slot either is the entry the
// reader wanted, or the reader has fallen off.
type feedLog struct {
	slots [logFrames]atomic.Pointer[entry]
	head  atomic.Uint64 // index of the next entry
	marks []mark        // one for each shard
}

// mark is what a log and a shard know of each other.
type mark struct {
	readers atomic.Int32 // subscriptions of the shard to this log
	dirty   atomic.Bool  // the shard has been told that there is something new
	_       [56]byte     // a cache line each: shards write theirs all the time
}

func newFeedLog(shards int) *feedLog { return &feedLog{marks: make([]mark, shards)} }

// append adds a frame. It never blocks and costs the same for any number of
// readers. The caller then wakes the shards.
func (l *feedLog) append(feed engine.FeedSeq, at time.Time, frame []byte) {
	index := l.head.Load()
	l.slots[index%logFrames].Store(&entry{index, feed, at, frame})
	l.head.Store(index + 1)
}

// get returns the entry at an index, or nil if it is no longer or not yet there.
func (l *feedLog) get(index uint64) *entry {
	e := l.slots[index%logFrames].Load()
	if e == nil || e.index != index {
		return nil
	}
	return e
}

// resume finds the cursor of a reader that has folded everything up to a feed
// sequence; false if what it missed is no longer all there.
func (l *feedLog) resume(after engine.FeedSeq) (cursor uint64, ok bool) {
	cursor = l.head.Load()
	for cursor > 0 {
		e := l.get(cursor - 1)
		if e == nil {
			// The oldest entry left must be the very next update.
			oldest := l.get(cursor)
			return cursor, oldest != nil && oldest.feed == after+1
		}
		if e.feed <= after {
			return cursor, true
		}
		cursor--
	}
	oldest := l.get(0)
	return 0, oldest != nil && oldest.feed == after+1
}

// forget lets go of every frame. A reader that comes back is sent the whole. It
// is called under the room's lock, and does nothing where there is nothing.
func (l *feedLog) forget() {
	if head := l.head.Load(); head == 0 || l.get(head-1) == nil {
		return
	}
	for i := range l.slots {
		l.slots[i].Store(nil)
	}
}

// readers is how many subscriptions there are in all shards.
func (l *feedLog) readers() (n int) {
	for i := range l.marks {
		n += int(l.marks[i].readers.Load())
	}
	return n
}

// batch is a run of consecutive entries of a log, joined for one send.
// Sweepers build one for a cursor and use it for every client that is there.
type batch struct {
	log      *feedLog
	from, to uint64
	bytes    []byte
	ends     []int // ends[i] is where entry from+i ends in bytes
}

// fill makes b hold what lies between from and head, as much as fits one send,
// at least one entry. It returns false if the reader has fallen off the log.
// The frames are copied, so the guard is the index that get checks.
func (b *batch) fill(log *feedLog, from, head uint64) bool {
	if b.log == log && b.from == from && b.to <= head && (b.to == head || len(b.bytes) >= maxSendBytes) {
		return true
	}
	b.log, b.from, b.to = log, from, from
	b.bytes, b.ends = b.bytes[:0], b.ends[:0]
	for b.to < head && len(b.bytes) < maxSendBytes {
		e := log.get(b.to)
		if e == nil {
			b.log = nil
			return false
		}
		b.bytes = append(b.bytes, e.frame...)
		b.ends = append(b.ends, len(b.bytes))
		b.to++
	}
	return true
}

// taken tells how far a reader is after n bytes of b were sent: its new cursor
// and the rest of the frame that was cut, if one was.
func (b *batch) taken(n int) (cursor uint64, rest []byte) {
	for i, end := range b.ends {
		if n < end {
			start := 0
			if i > 0 {
				start = b.ends[i-1]
			}
			if n == start {
				return b.from + uint64(i), nil
			}
			return b.from + uint64(i) + 1, b.bytes[n:end]
		}
	}
	return b.to, nil
}
