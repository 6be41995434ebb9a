package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"gobua/engine"
)

// A session of the table that still runs: everybody is told so.
var replayRights = []right{
	{"GET /sessions/k7qp2mwx90ab/replay", "", [5]int{409, 409, 409, 409, 409}},
}

const overID = engine.SessionID("k7qp2mwx90ab")

// stubCourse is what a session of stubRooms tells again.
type stubCourse struct {
	updates int
	err     error
	hold    chan struct{} // if set, the telling waits for it
	asked   *int
}

// Retell is part of Rooms: a bid each second.
func (s *stubRooms) Retell(ctx context.Context, id engine.SessionID,
	begin func(engine.Room, engine.Instant) error, tell func(engine.FeedSeq, engine.Update) error,
) error {
	s.mu.Lock()
	room, course := s.rooms[id], s.told[id]
	if course.asked != nil {
		*course.asked++
	}
	s.mu.Unlock()
	if course.hold != nil {
		select {
		case <-course.hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if course.err != nil {
		return course.err
	}
	room.Now = engine.Now{Phase: engine.PhaseScheduled, Next: 100, Step: 10}
	if err := begin(room, at(-1)); err != nil {
		return err
	}
	for i := range course.updates {
		seq, when := engine.FeedSeq(i+1), at(0).Add(engine.Millis(1000*i))
		price := engine.Dong(100 + 10*i)
		err := tell(seq, engine.Update{
			Kind: engine.KindBidAccepted, At: when, Row: &engine.Row{Feed: seq, At: when, Code: "M-733", Level: price},
			Now: engine.Now{Phase: engine.PhaseRunning, Price: price, Next: price + 10, Step: 10, Bids: i + 1, Leader: "M-733", ClosesAt: at(60)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// over loads a session that is over and has so many updates.
func (s *stubRooms) over(id engine.SessionID, c stubCourse) {
	s.add(id, engine.PhaseAnnounced, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.told == nil {
		s.told = map[engine.SessionID]stubCourse{}
	}
	s.told[id] = c
}

// replayJSON is a part as a page reads it.
type replayJSON struct {
	Session engine.SessionID
	Part    int
	Frames  []json.RawMessage
	Next    *int
}

func replayPath(id engine.SessionID, part int) string {
	return fmt.Sprintf("%s/sessions/%s/replay?part=%d", apiPrefix, id, part)
}

// readReplay asks for one part after the other.
func (s *site) readReplay(id engine.SessionID) (frames []json.RawMessage, parts int) {
	s.t.Helper()
	for next := new(int); next != nil; parts++ {
		var p replayJSON
		s.ask("GET", replayPath(id, *next), nil).into(s.t, 200, &p)
		if p.Session != id || p.Part != parts {
			s.t.Fatalf("part %d is %s %d", parts, p.Session, p.Part)
		}
		frames, next = append(frames, p.Frames...), p.Next
	}
	return frames, parts
}

func TestAReplayIsTheFramesOfTheRoomInOrder(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.http.replays.limits.partBytes = 8_000
	s.rooms.over(overID, stubCourse{updates: 120})
	frames, parts := s.readReplay(overID)
	if len(frames) != 121 || parts < 3 {
		t.Fatalf("%d frames in %d parts", len(frames), parts)
	}
	schemas := messages(t)
	var room engine.Room
	for i, f := range frames {
		var m struct {
			T    string
			Seq  engine.FeedSeq
			Room *engine.Room
			Up   engine.Update
		}
		if err := json.Unmarshal(f, &m); err != nil {
			t.Fatal(err)
		}
		want := "up"
		if i == 0 {
			want, room = "snap", *m.Room
		}
		if m.T != want || m.Seq != engine.FeedSeq(i) {
			t.Fatalf("frame %d is %s %d", i, m.T, m.Seq)
		}
		if err := validate(schemas[want], f); err != nil {
			t.Fatalf("frame %d is no %s of the protocol: %v", i, want, err)
		}
		if i > 0 {
			room.Fold(m.Up)
		}
	}
	if room.Now.Bids != 120 || len(room.History) != engine.MaxHistory {
		t.Errorf("folded: %d bids, %d rows", room.Now.Bids, len(room.History))
	}
}

func TestAReplayIsRefusedBeforeTheEnd(t *testing.T) {
	s := newSite(t, new(stubOffice))
	for i, phase := range []engine.Phase{engine.PhaseScheduled, engine.PhaseRunning, engine.PhasePaused, engine.PhaseClosed} {
		id := engine.SessionID(fmt.Sprintf("aaaaaaaaaaa%d", i))
		s.rooms.add(id, phase, nil)
		p := s.ask("GET", replayPath(id, 0), nil).refused(t, 409, codeSessionNotOver)
		if !strings.Contains(p.Error.Message, "chưa kết thúc") {
			t.Errorf("%s: %s", phase, p.Error.Message)
		}
	}
	p := s.ask("GET", replayPath("aaaaaaaaaaa1", 0), nil, "Accept-Language", "en").refused(t, 409, codeSessionNotOver)
	if !strings.Contains(p.Error.Message, "not over") {
		t.Error(p.Error.Message)
	}
	s.ask("GET", replayPath("zzzzzzzzzzz9", 0), nil).refused(t, 404, codeUnknownSession)
	s.rooms.over(overID, stubCourse{err: engine.ErrNotOver}) // its owner knows better than its room
	s.ask("GET", replayPath(overID, 0), nil).refused(t, 409, codeSessionNotOver)
}

func TestAPartThatIsNotThereIsNotFound(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.rooms.over(overID, stubCourse{updates: 3})
	s.ask("GET", replayPath(overID, 1), nil).refused(t, 404, codeNotFound)
	s.ask("GET", apiPrefix+"/sessions/"+string(overID)+"/replay?part=x", nil).refused(t, 422, codeInvalid)
	frames, _ := s.readReplay(overID)
	if len(frames) != 4 {
		t.Errorf("%d frames", len(frames))
	}
}

func TestAReplayIsReadOnceAndKept(t *testing.T) {
	s := newSite(t, new(stubOffice))
	asked := 0
	s.rooms.over(overID, stubCourse{updates: 3, asked: &asked, hold: make(chan struct{})})
	course := s.rooms.told[overID]
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { s.ask("GET", replayPath(overID, 0), nil) })
	}
	close(course.hold)
	all.Wait()
	first := s.ask("GET", replayPath(overID, 0), nil)
	first.into(t, 200, nil)
	tag := first.Header.Get("ETag")
	if got := first.Header.Get("Cache-Control"); got != replayAge || tag == "" {
		t.Errorf("kept for %q under tag %q", got, tag)
	}
	same := s.ask("GET", replayPath(overID, 0), nil, "If-None-Match", tag)
	if same.StatusCode != 304 || len(same.body) != 0 {
		t.Errorf("again: %d, %d bytes", same.StatusCode, len(same.body))
	}
	if asked != 1 {
		t.Errorf("the records were read %d times", asked)
	}
}

func TestAReplayIsSentPackedToWhoCanUnpack(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.rooms.over(overID, stubCourse{updates: 200})
	plain := s.ask("GET", replayPath(overID, 0), nil, "Accept-Encoding", "identity")
	plain.into(t, 200, nil)
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+replayPath(overID, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip") // named, so the client does not unpack it
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(resp.Header.Get("Vary"), "Accept-Encoding") {
		t.Errorf("headers %v", resp.Header)
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(unpacked, plain.body) || len(raw)*8 > len(unpacked) {
		t.Errorf("%d bytes are sent for %d", len(raw), len(plain.body))
	}
}

func TestADamagedSessionIsNoReplay(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.rooms.over(overID, stubCourse{err: fmt.Errorf("record 7: %w", engine.ErrCorrupt)})
	s.ask("GET", replayPath(overID, 0), nil).refused(t, 500, codeInternal)
	if !strings.Contains(s.log.String(), "record 7") {
		t.Error("the log does not say why")
	}
	s.rooms.over(overID, stubCourse{updates: 1}) // mended: nothing of the failure is kept
	s.ask("GET", replayPath(overID, 0), nil).into(t, 200, nil)
}

// newBook is a book over stub rooms with limits of a test.
func newBook(limits replayLimits) (*replayBook, *stubRooms) {
	rooms := newStubRooms()
	b := newReplayBook(rooms, time.Now)
	b.limits = limits
	return b, rooms
}

func yes() bool { return true }

func TestAReplayHasALimit(t *testing.T) {
	for name, limits := range map[string]replayLimits{
		"updates": {replayPartBytes, 10, maxReplayBytes}, "bytes": {1000, 1000, 500},
	} {
		b, rooms := newBook(limits)
		asked := 0
		rooms.over(overID, stubCourse{updates: 200, asked: &asked})
		for range 3 {
			if _, err := b.get(t.Context(), overID, yes); !errors.Is(err, errReplayTooLong) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if asked != 1 {
			t.Errorf("%s: read %d times to find the same", name, asked)
		}
	}
}

func TestTheReplaysKeptAreBounded(t *testing.T) {
	b, rooms := newBook(replayLimits{replayPartBytes, 1000, 3000})
	counts := make([]int, 20)
	for i := range counts {
		id := engine.SessionID(fmt.Sprintf("aaaaaaaaaa%02d", i))
		rooms.over(id, stubCourse{updates: 50, asked: &counts[i]})
		for range 2 {
			if _, err := b.get(t.Context(), id, yes); err != nil {
				t.Fatal(err)
			}
		}
		if b.bytes > 3000 || len(b.known) != len(b.order) {
			t.Fatalf("%d bytes, %d known, %d in order", b.bytes, len(b.known), len(b.order))
		}
		if counts[i] != 1 {
			t.Errorf("session %d was read %d times", i, counts[i])
		}
	}
	if len(b.known) < 2 || len(b.known) == 20 {
		t.Errorf("%d are kept", len(b.known))
	}
}

func TestWhoAsksForTooManyReplaysWaits(t *testing.T) {
	s := newSite(t, new(stubOffice))
	turnedAway := 0
	for i := range replayBurst + 5 {
		id := engine.SessionID(fmt.Sprintf("aaaaaaaaaa%02d", i))
		s.rooms.over(id, stubCourse{updates: 1})
		got := s.ask("GET", replayPath(id, 0), nil)
		if got.StatusCode == 429 {
			turnedAway++
		}
	}
	if turnedAway != 5 {
		t.Errorf("%d were turned away", turnedAway)
	}
	for range 50 { // what is kept is not counted
		s.ask("GET", replayPath("aaaaaaaaaa00", 0), nil).into(t, 200, nil)
	}
	s.clock.forward(time.Minute)
	s.ask("GET", replayPath("aaaaaaaaaa14", 0), nil).into(t, 200, nil)
}

func TestReadingsWaitInALineThatIsBounded(t *testing.T) {
	b, rooms := newBook(replayLimits{replayPartBytes, 1000, maxReplayBytes})
	hold := make(chan struct{})
	impatient, leave := context.WithCancel(t.Context())
	leave()
	for i := range maxReplayWaiting {
		id := engine.SessionID(fmt.Sprintf("aaaaaaaaaa%02d", i))
		rooms.over(id, stubCourse{updates: 1, hold: hold})
		if _, err := b.get(impatient, id, yes); faultOf(err).code != codeBusy {
			t.Errorf("who leaves: %v", err)
		}
	}
	rooms.over(overID, stubCourse{updates: 1})
	if _, err := b.get(t.Context(), overID, yes); faultOf(err).code != codeBusy {
		t.Errorf("one too many: %v", err)
	}
	close(hold)
	if _, err := b.get(t.Context(), "aaaaaaaaaa00", yes); err != nil { // read for who stayed
		t.Error(err)
	}
	for range maxReplayWaiting {
		b.waits <- struct{}{} // all have come back
	}
}
