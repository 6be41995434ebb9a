package visitortest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/fasthttp/websocket"

	"gobua/engine"
	"gobua/internal/visitor"
)

// Spectator follows one session, over as many connections as it takes, and keeps
// every update as it was told, by its number. It notes what a page must never
// see: a gap, the room going back, one number for two things.
type Spectator struct {
	sites   []*visitor.Site // of which the first is tried first, and the next when a line is lost
	session engine.SessionID
	stop    context.CancelFunc
	ended   chan struct{}

	mu    sync.Mutex
	epoch string
	seq   engine.FeedSeq
	told  map[engine.FeedSeq]string // an update as JSON
	wrong []string
	heard time.Time // when the last message came
	beat  Beat
	lines int
}

// Beat is what the last heartbeat said.
type Beat struct {
	Seq    engine.FeedSeq
	At     time.Time      // when it came
	Behind engine.Instant // the last moment at which the server knew the newest; zero: it knows it
	Cut    bool           // the server is cut off from who decides
}

// spectatorPause is how soon a spectator comes back whose line was lost.
const spectatorPause = 200 * time.Millisecond

// spectatorSilence is how long a spectator waits for a word before it takes its
// line for lost. A heartbeat comes after 5 s; a page waits longer, but who comes
// back after 256 updates is told a whole room, and then there is less to compare.
const spectatorSilence = 8 * time.Second

// Watch begins to follow a session, at the first of some servers that are one
// cluster, and at the next when that is lost. Close ends it.
func Watch(session engine.SessionID, sites ...*visitor.Site) *Spectator {
	ctx, stop := context.WithCancel(context.Background())
	s := &Spectator{sites: sites, session: session, stop: stop, ended: make(chan struct{}), told: map[engine.FeedSeq]string{}}
	go s.run(ctx)
	return s
}

// Close ends the spectator and waits until its line has ended. It may be called
// more than once.
func (s *Spectator) Close() {
	s.stop()
	<-s.ended
}

// At is the number of the last update, and when the last message came.
func (s *Spectator) At() (seq engine.FeedSeq, heard time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq, s.heard
}

// Beat is the last heartbeat.
func (s *Spectator) Beat() Beat {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.beat
}

// Lines is how many connections it took so far.
func (s *Spectator) Lines() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lines
}

// Told returns all updates, as JSON by number, and what was wrong. It is called
// after Close.
func (s *Spectator) Told() (told map[engine.FeedSeq]string, wrong []string) { return s.told, s.wrong }

func (s *Spectator) run(ctx context.Context) {
	defer close(s.ended)
	for i := 0; ctx.Err() == nil; i++ {
		s.sit(ctx, s.sites[i%len(s.sites)])
		select {
		case <-time.After(spectatorPause):
		case <-ctx.Done():
		}
	}
}

// sit follows on one connection until it ends.
func (s *Spectator) sit(ctx context.Context, site *visitor.Site) {
	conn, err := site.Connect(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	s.mu.Lock()
	s.lines++
	s.mu.Unlock()
	if s.subscribe(conn) != nil {
		return
	}
	for {
		if conn.SetReadDeadline(time.Now().Add(spectatorSilence)) != nil {
			return
		}
		_, frame, err := conn.ReadMessage()
		if err != nil {
			return
		}
		for object := range bytes.SplitSeq(frame, []byte{'\n'}) {
			again, refused := s.take(object)
			if refused || again && s.subscribe(conn) != nil {
				return
			}
		}
	}
}

// subscribe goes on from where the spectator stands.
func (s *Spectator) subscribe(conn *websocket.Conn) error {
	s.mu.Lock()
	ask := map[string]any{"op": "sub", "id": 1, "session": s.session}
	if s.epoch != "" {
		ask["epoch"], ask["seq"] = s.epoch, s.seq
	}
	s.mu.Unlock()
	return conn.WriteJSON(ask)
}

// spectatorFrame is what a spectator reads of a message.
type spectatorFrame struct {
	T      string          `json:"t"`
	Epoch  string          `json:"epoch"`
	Seq    engine.FeedSeq  `json:"seq"`
	Update json.RawMessage `json:"up"`
	Behind engine.Instant  `json:"behind"`
	Cut    bool            `json:"cut"`
}

// take keeps a message. It tells whether something is missing that must be asked
// for, and whether the asking was refused, as by a node that does not know the
// session yet.
func (s *Spectator) take(object []byte) (again, refused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var m spectatorFrame
	if err := json.Unmarshal(object, &m); err != nil {
		s.complain("message %.80q: %v", object, err)
		return false, false
	}
	s.heard = time.Now()
	switch m.T {
	case "snap":
		if s.epoch != "" && m.Epoch != s.epoch {
			s.complain("epoch %s became %s", s.epoch, m.Epoch)
		}
		if m.Seq < s.seq {
			s.complain("the room went back from update %d to %d", s.seq, m.Seq)
		}
		s.epoch, s.seq = m.Epoch, m.Seq
	case "up":
		s.update(m)
	case "hb":
		s.beat = Beat{m.Seq, s.heard, m.Behind, m.Cut}
		return m.Epoch != s.epoch || m.Seq > s.seq, false
	case "err":
		return false, true
	}
	return false, false
}

func (s *Spectator) update(m spectatorFrame) {
	if before, ok := s.told[m.Seq]; ok && before != string(m.Update) {
		s.complain("update %d was told in two ways: %s and %s", m.Seq, before, m.Update)
	}
	s.told[m.Seq] = string(m.Update)
	switch {
	case m.Seq == s.seq+1:
		s.seq = m.Seq
	case m.Seq > s.seq:
		s.complain("update %d came after %d", m.Seq, s.seq)
		s.seq = m.Seq
	}
}

func (s *Spectator) complain(format string, args ...any) {
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}
