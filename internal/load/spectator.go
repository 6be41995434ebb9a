package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"sync/atomic"
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
	reached atomic.Uint64 // seq, for others to read
	known   bool
	updates int64 // that came

	// Of those that measure.
	price engine.Dong // the last that was seen
	jumps []jump
}

// jump is a snapshot that stood for bids this spectator was not told one by one.
type jump struct {
	at          time.Time
	above, upTo engine.Dong
}

// source is the address a spectator comes from. Those of a server on this
// machine come from several, because each has ports for no more than some
// twenty-eight thousand lines.
func (l *load) source(i int) netip.Addr {
	if !l.loopback {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, byte(2 + i%sources)})
}

// sources is how many addresses spectators on this machine come from.
const sources = 8

func (l *load) newSpectator(ctx context.Context, i int) (*spectator, error) {
	c, err := connect(ctx, l.lineTo(l.spectatorSites, i), l.source(i))
	if err != nil {
		return nil, fmt.Errorf("spectator %d: %w", i+1, err)
	}
	s := &spectator{line: c, load: l, index: i, session: i % l.Sessions}
	c.hear, c.lost = s.hearFeed, func(error) { l.lose(i) }
	// The answer is the first snapshot, which hearFeed takes.
	if err := c.write(question{Op: "sub", ID: 1, Session: l.sessions[s.session]}); err != nil {
		c.hangUp()
		return nil, fmt.Errorf("spectator %d: %w", i+1, err)
	}
	crowd := l.others
	if i < watchers {
		crowd = l.first
	}
	return s, crowd.join(c)
}

// hearFeed counts updates and looks whether any is missing.
func (s *spectator) hearFeed(at time.Time, object []byte) error {
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
	s.reached.Store(uint64(s.seq))
	switch {
	case gap:
		s.load.meter.note(s.index, func(m *stripe) { m.gaps++ })
	case kind == "snap" && again:
		s.load.meter.note(s.index, func(m *stripe) { m.snapshots++ })
	}
	if kind == "snap" && s.index < watchers {
		return s.leap(at, object)
	}
	if kind != "up" {
		return nil
	}
	s.updates++
	if s.index >= watchers {
		return nil
	}
	return s.measure(at, object)
}

// leap notes a snapshot.
func (s *spectator) leap(at time.Time, object []byte) error {
	var h struct {
		Room struct {
			Now struct {
				Price engine.Dong `json:"p"`
			} `json:"now"`
		} `json:"room"`
	}
	if err := json.Unmarshal(object, &h); err != nil {
		return err
	}
	if price := h.Room.Now.Price; price > s.price {
		s.jumps = append(s.jumps, jump{at, s.price, price})
		s.price = price
	}
	return nil
}

// resolve measures what snapshots stood for: a bid was seen when the snapshot
// came that has it. It is called when all receipts have come.
func (s *spectator) resolve() {
	for _, j := range s.jumps {
		for _, i := range s.load.ladders[s.session].between(j.above, j.upTo) {
			s.load.meter.note(s.index, func(m *stripe) { record(m.seen, j.at.Sub(s.load.moment(i))) })
		}
	}
}

// measure notes how late an update is.
func (s *spectator) measure(at time.Time, object []byte) error {
	var h heard
	if err := json.Unmarshal(object, &h); err != nil || h.Update == nil {
		return err
	}
	onServer := at.Add(s.load.clock)
	switch h.Update.Kind {
	case engine.KindBidAccepted:
		i, known := s.load.ladders[s.session].at(h.Update.Now.Price)
		if !known {
			return fmt.Errorf("update names the price %d, which nobody has bid", h.Update.Now.Price)
		}
		s.price = max(s.price, h.Update.Now.Price)
		s.load.meter.note(s.index, func(m *stripe) {
			record(m.seen, at.Sub(s.load.moment(i)))
			record(m.told, onServer.Sub(h.Update.At.Time()))
		})
	case engine.KindClosed:
		s.load.meter.note(s.index, func(m *stripe) { record(m.closed, onServer.Sub(h.Update.Now.Ends.Time())) })
	}
	return nil
}
