package actor

import (
	"sync"

	"gobua/engine"
)

// neighbours knows of every auction which of its lots have opened, and which
// were reopened and go on. It is the one thing that sessions share: a closed lot
// may go on only until a later one opens (rule AU2), and whichever comes first,
// under its lock, keeps the other from happening. A lot that the clock opens at
// its published time does not wait for anybody.
//
// What it knows is taken from decided events before they are durable. Where an
// append then fails the session is read back, and what is true put in its place;
// until then it errs on the side of refusing.
type neighbours struct {
	mu     sync.Mutex
	lots   map[auction]map[engine.SessionID]neighbour
	unread map[engine.SessionID]bool // launched, and not read back yet
}

// auction is whose lots are neighbours. A rehearsal of it is another sale.
type auction struct {
	id        string
	rehearsal bool
}

type neighbour struct {
	number         int
	opened, goesOn bool
}

func newNeighbours() *neighbours {
	return &neighbours{lots: map[auction]map[engine.SessionID]neighbour{}, unread: map[engine.SessionID]bool{}}
}

// expect notes that a session will be read back.
func (n *neighbours) expect(id engine.SessionID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.unread[id] = true
}

// know takes in a session that was read back, or that nobody can read.
func (n *neighbours) know(id engine.SessionID, s *engine.State) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.unread, id)
	if s != nil {
		n.keep(s, neighbour{s.Lot.Number, s.OpenedAt != 0, s.GoesOn})
	}
}

// heed takes in what became of a lot.
func (n *neighbours) heed(s *engine.State, e engine.Event) {
	switch e.(type) {
	case *engine.Opened, *engine.LotReopened, *engine.Closed, *engine.Stopped, *engine.Cancelled:
		n.know(s.Session, s)
	}
}

// decide decides an act that depends on the neighbours, and takes in what it
// causes before anybody else can ask. engine.ErrBusy: not every session has been
// read back, so nobody knows.
func (n *neighbours) decide(s *engine.State, cmd engine.Command, at engine.Instant, out []engine.Event) ([]engine.Event, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch do := cmd.Do.(type) {
	case engine.Open:
		do.EarlierGoesOn = n.any(s, func(l neighbour) bool { return l.number < s.Lot.Number && l.goesOn })
		cmd.Do = do
	case engine.Reopen:
		if len(n.unread) > 0 {
			return out, engine.ErrBusy
		}
		do.LaterOpened = n.any(s, func(l neighbour) bool { return l.number > s.Lot.Number && l.opened })
		cmd.Do = do
	}
	events, err := engine.Decide(s, cmd, at, out)
	for _, e := range events {
		switch e.(type) {
		case *engine.Opened:
			n.keep(s, neighbour{s.Lot.Number, true, false})
		case *engine.LotReopened:
			n.keep(s, neighbour{s.Lot.Number, true, true})
		}
	}
	return events, err
}

func (n *neighbours) keep(s *engine.State, l neighbour) {
	key := auction{s.Lot.AuctionID, s.Lot.Rehearsal}
	if n.lots[key] == nil {
		n.lots[key] = map[engine.SessionID]neighbour{}
	}
	n.lots[key][s.Session] = l
}

// any tells whether some other lot of the auction is so.
func (n *neighbours) any(s *engine.State, so func(neighbour) bool) bool {
	for _, l := range n.lots[auction{s.Lot.AuctionID, s.Lot.Rehearsal}] {
		if so(l) {
			return true
		}
	}
	return false
}
