package load

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gobua/engine"
)

// watchers is how many spectators measure latencies; the others only look
// whether anything is missing, so that reading does not slow down the machine
// that is measured.
const watchers = 64

// spectator follows one session and counts.
type spectator struct {
	*line
	load    *load
	index   int
	session int
	seq     engine.FeedSeq
	known   bool
}

func (l *load) newSpectator(ctx context.Context, i int) (*spectator, error) {
	c, err := connect(ctx, l.site)
	if err != nil {
		return nil, fmt.Errorf("spectator %d: %w", i+1, err)
	}
	s := &spectator{line: c, load: l, index: i, session: i % l.Sessions}
	// The answer is the first snapshot, which read takes.
	if err := c.write(question{Op: "sub", ID: 1, Session: l.sessions[s.session]}); err != nil {
		return nil, fmt.Errorf("spectator %d: %w", i+1, err)
	}
	return s, nil
}

// read counts updates until the line ends.
func (s *spectator) read() {
	for {
		if err := s.next(s.hear); err != nil {
			if !s.load.stopping.Load() {
				s.load.meter.note(s.index, func(m *stripe) { m.lost++ })
			}
			return
		}
	}
}

func (s *spectator) hear(at time.Time, object []byte) error {
	kind := kindOf(object)
	if kind != "snap" && kind != "up" && kind != "hb" {
		return nil
	}
	seq, ok := seqOf(object)
	if !ok {
		return fmt.Errorf("no number in %.80q", object)
	}
	gap := s.known && (kind == "up" && seq > s.seq+1 || kind == "hb" && seq > s.seq)
	again := s.known
	s.known = true
	s.seq = max(seq, s.seq)
	switch kind {
	case "snap":
		if again {
			s.load.meter.note(s.index, func(m *stripe) { m.snapshots++ })
		}
		return nil
	case "hb":
		if gap {
			s.load.meter.note(s.index, func(m *stripe) { m.gaps++ })
		}
		return nil
	}
	var toldAfter, seenAfter time.Duration
	var bid bool
	if s.index < watchers {
		var h heard
		if err := json.Unmarshal(object, &h); err != nil {
			return err
		}
		if bid = h.Update != nil && h.Update.Kind == engine.KindBidAccepted; bid {
			i, known := s.load.ladders[s.session].at(h.Update.Now.Price)
			if !known {
				return fmt.Errorf("update names the price %d, which nobody has bid", h.Update.Now.Price)
			}
			seenAfter = at.Sub(s.load.moment(i))
			toldAfter = at.Add(s.load.clock).Sub(h.Update.At.Time())
		}
	}
	s.load.meter.note(s.index, func(m *stripe) {
		m.frames++
		if gap {
			m.gaps++
		}
		if bid {
			record(m.seen, seenAfter)
			record(m.told, toldAfter)
		}
	})
	return nil
}
