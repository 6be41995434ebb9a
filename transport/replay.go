package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"gobua/engine"
	"gobua/transport/wire"
)

// Limits of what is told again.
const (
	// replayPartBytes is about how large a part is before it is packed: a phone
	// reads one in a blink, and asks for the next when it is ready for it.
	replayPartBytes = 1 << 20
	// maxReplayUpdates bounds one replay: bids without a pause, five a second,
	// for eleven hours. A page holds that many in about 100 MB.
	maxReplayUpdates = 200_000
	// maxReplayBytes bounds what is kept of all replays together, packed.
	maxReplayBytes = 32 << 20
	// replayReading is how long the reading of one session may take.
	replayReading = time.Minute
	// One reading at a time leaves the other processors to those who bid. Who
	// would be further behind than these is told to come again.
	maxReplayWaiting = 8
	// replaysPerMinute is how many sessions an address may have read from
	// their records; what is kept costs nothing and is not counted.
	replaysPerMinute = 30
	replayBurst      = 10
)

// replayEpoch names the life of a feed that is told again.
const replayEpoch = "replay"

// replayPart is a part of a replay as it is sent.
type replayPart struct {
	packed []byte // gzip
	tag    string
}

// replay is a session told again, in parts. It is made by the first who asks
// and never changed afterwards.
type replay struct {
	made  chan struct{} // closed when the rest is set
	parts []replayPart
	bytes int
	err   error
}

// replayBook keeps the replays that were asked for last. All methods may be
// called from any goroutine.
type replayBook struct {
	rooms  Rooms
	now    func() time.Time
	pace   *addressLimiter
	turn   chan struct{} // held by the one who reads
	waits  chan struct{} // a place for each who reads or waits to
	limits replayLimits

	mu    sync.Mutex
	known map[engine.SessionID]*replay
	order []engine.SessionID // asked for last at the end
	bytes int
}

// replayLimits are the constants above; tests have smaller ones.
type replayLimits struct{ partBytes, updates, bytes int }

func newReplayBook(rooms Rooms, now func() time.Time) *replayBook {
	return &replayBook{
		rooms: rooms, now: now, pace: newAddressLimiter(replaysPerMinute/60.0, replayBurst),
		turn: make(chan struct{}, 1), waits: make(chan struct{}, maxReplayWaiting),
		limits: replayLimits{replayPartBytes, maxReplayUpdates, maxReplayBytes},
		known:  map[engine.SessionID]*replay{},
	}
}

// get returns a session's replay. Whoever asks first has it read; the others
// wait for the same reading. admit is asked only before a reading: false turns
// the asker away.
func (b *replayBook) get(ctx context.Context, id engine.SessionID, admit func() bool) (*replay, error) {
	b.mu.Lock()
	r, ok := b.known[id]
	if !ok {
		if !admit() {
			b.mu.Unlock()
			return nil, &fault{code: codeRate, retryAfter: replayRetry}
		}
		select {
		case b.waits <- struct{}{}:
		default:
			b.mu.Unlock()
			return nil, &fault{code: codeBusy, retryAfter: replayRetry}
		}
		r = &replay{made: make(chan struct{})}
		b.known[id] = r
		go b.make(id, r)
	}
	b.touch(id)
	b.mu.Unlock()
	select {
	case <-r.made:
		return r, r.err
	case <-ctx.Done():
		return nil, &fault{code: codeBusy, retryAfter: replayRetry}
	}
}

// replayRetry is when somebody who was turned away may come again.
const replayRetry = 2 * time.Second

// touch makes a session the one asked for last. It is called under mu.
func (b *replayBook) touch(id engine.SessionID) {
	b.drop(id)
	b.order = append(b.order, id)
}

// drop takes a session out of the order. It is called under mu.
func (b *replayBook) drop(id engine.SessionID) {
	b.order = slices.DeleteFunc(b.order, func(other engine.SessionID) bool { return other == id })
}

// make reads a session, on a goroutine of its own, so that an asker who leaves
// does not end the reading for the others. What failed is forgotten at once.
func (b *replayBook) make(id engine.SessionID, r *replay) {
	b.turn <- struct{}{}
	ctx, cancel := context.WithTimeout(context.Background(), replayReading)
	w := &replayWriter{id: id, limits: b.limits}
	err := guardReading(func() error {
		if err := b.rooms.Retell(ctx, id, w.begin, w.tell); err != nil {
			return err
		}
		return w.close()
	})
	cancel()
	<-b.turn
	<-b.waits
	b.mu.Lock()
	defer b.mu.Unlock()
	defer close(r.made)
	r.err = err
	switch {
	case err == nil:
		r.parts, r.bytes = w.parts, w.bytes
		b.bytes += r.bytes
		b.forget()
	case !errors.Is(err, errReplayTooLong): // which it will be the next time, too
		delete(b.known, id)
		b.drop(id)
	}
}

// guardReading turns a panic into an error: it is on no request's goroutine,
// where it would be caught.
func guardReading(read func() error) (err error) {
	defer func() {
		if bug := recover(); bug != nil {
			err = fmt.Errorf("panic while a session was told again: %v", bug)
		}
	}()
	return read()
}

// forget drops the replays that were asked for longest ago until the rest fits.
// It is called under mu; what is still being made, or could not be, has no
// bytes.
func (b *replayBook) forget() {
	for i := 0; b.bytes > b.limits.bytes && i < len(b.order); {
		r := b.known[b.order[i]]
		if r.bytes == 0 {
			i++
			continue
		}
		b.bytes -= r.bytes
		delete(b.known, b.order[i])
		b.order = slices.Delete(b.order, i, i+1)
	}
}

// errReplayTooLong ends the reading of a session that is above the limits.
var errReplayTooLong = errors.New("too many updates to be told again")

// replayWriter makes the parts of a replay. A part is
// {"session":…,"part":0,"frames":[…],"next":1}: the frames as the WebSocket
// sends them, a snap and then an up for each update, and the number of the
// part that follows, absent in the last.
type replayWriter struct {
	id     engine.SessionID
	limits replayLimits
	parts  []replayPart
	bytes  int

	body    bytes.Buffer // of the part at hand, not packed
	updates int
}

func (w *replayWriter) begin(room engine.Room, at engine.Instant) error {
	snap := wire.Snapshot{Session: w.id, Epoch: replayEpoch, Now: at}
	w.frame(wire.AppendSnapshotMessage(nil, snap, wire.RoomJSON(&room)))
	return nil
}

func (w *replayWriter) tell(seq engine.FeedSeq, u engine.Update) error {
	if w.updates++; w.updates > w.limits.updates {
		return errReplayTooLong
	}
	if w.body.Len() >= w.limits.partBytes {
		w.body.WriteString(`],"next":` + strconv.Itoa(len(w.parts)+1) + `}`)
		if err := w.pack(); err != nil {
			return err
		}
	}
	w.frame(wire.AppendMessage(nil, wire.Up{Session: w.id, Seq: seq, Update: u}))
	return nil
}

// frame adds a frame to the part at hand, which begins with it if it is empty.
func (w *replayWriter) frame(f []byte) {
	if w.body.Len() == 0 {
		fmt.Fprintf(&w.body, `{"session":%q,"part":%d,"frames":[`, w.id, len(w.parts))
	} else {
		w.body.WriteByte(',')
	}
	w.body.Write(f)
}

func (w *replayWriter) close() error {
	w.body.WriteString(`]}`)
	return w.pack()
}

// pack ends the part at hand.
func (w *replayWriter) pack() error {
	sum := sha256.Sum256(w.body.Bytes())
	p := replayPart{packed: packed(w.body.Bytes()), tag: `W/"` + hex.EncodeToString(sum[:12]) + `"`}
	w.parts, w.bytes = append(w.parts, p), w.bytes+len(p.packed)
	w.body.Reset()
	if w.bytes > w.limits.bytes {
		return errReplayTooLong
	}
	return nil
}

// plain unpacks a part for a reader who does not.
func (p replayPart) plain() ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(p.packed))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = b.ReadFrom(z)
	return b.Bytes(), err
}
