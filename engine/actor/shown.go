package actor

import (
	"sync"
	"sync/atomic"

	"gobua/engine"
)

// shown is what a session has published for readers. Only the session's owner
// writes into it, or who follows it; anybody may read, on any goroutine. It
// outlives its writers, so that a session never disappears between two of them.
type shown struct {
	view      atomic.Pointer[View]
	standings sync.Map                                               // engine.ParticipantCode → engine.Standing
	holders   atomic.Pointer[map[engine.Hash]engine.ParticipantCode] // of the participants' accounts, fixed at creation
	origin    atomic.Pointer[engine.Hash]                            // fingerprint of the creation
}

// View is what a session has published last. Nobody writes into it.
type View struct {
	Room         engine.Room
	Feed         engine.FeedSeq
	Rows         []engine.Row // every row, oldest first
	Participants int
	CheckedIn    int
	Head         engine.Head
	// TellsNoCounts: the head's number is for nobody outside, see engine.State.
	TellsNoCounts bool
}

// began takes in what is fixed when a session is created.
func (s *shown) began(origin engine.Hash, bidders []*engine.Bidder) {
	holders := make(map[engine.Hash]engine.ParticipantCode, len(bidders))
	for _, b := range bidders {
		holders[b.Holder] = b.Code
	}
	s.holders.Store(&holders)
	s.origin.Store(&origin)
}

// publish makes the state after a durable batch visible to readers.
func (s *shown) publish(c *core) {
	s.view.Store(&View{
		Room: c.room, Feed: c.state.Feed, Rows: c.rows,
		Participants: len(c.state.Bidders()), CheckedIn: c.state.Present, Head: c.state.Head,
		TellsNoCounts: c.state.TellsNoCounts(),
	})
}

// publishStandings makes what participants may know of themselves readable.
func (s *shown) publishStandings(you []engine.Standing) {
	for _, y := range you {
		s.standings.Store(y.Code, y)
	}
}
