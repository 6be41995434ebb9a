package engine

// Called is how a lot is sold that the auctioneer calls (đấu giá trực tiếp
// bằng lời nói): no countdown decides, the hammer does. Rules.BiddingMs is only
// the outer bound, at which bidding ends by itself.
type Called struct {
	Calls       int    `json:"calls"`                 // how often the price is called before the hammer; by custom three times
	CallEveryMs Millis `json:"callEveryMs,omitempty"` // least time between two calls, and between the last one and the hammer
	// EarlyHammer: the hammer may fall before the last call.
	EarlyHammer bool `json:"earlyHammer,omitempty"`
}

// Limits of a sheet. Who bids by phone must be able to answer a call, and
// nobody waits a minute for the next.
const (
	MaxCalls       = 5
	maxCallEveryMs = Millis(60_000)
)

func (c *Called) problems() (ps []Problem) {
	if c.Calls < 1 || c.Calls > MaxCalls {
		ps = append(ps, Problem{"called.calls", "out_of_range"})
	}
	if c.CallEveryMs < 0 || c.CallEveryMs > maxCallEveryMs {
		ps = append(ps, Problem{"called.callEveryMs", "out_of_range"})
	}
	return ps
}

// CalledNow is where the calling of a lot stands, for the room.
type CalledNow struct {
	Asked  Dong    `json:"a,omitempty"`  // the price the auctioneer asks for, above the next minimum; absent: that one
	Count  int     `json:"c,omitempty"`  // how often the price has been called
	Warned bool    `json:"w,omitempty"`  // the hammer is about to fall
	FreeAt Instant `json:"fa,omitempty"` // the next call, or the hammer, not before
	Floor  bool    `json:"h,omitempty"`  // the leading bid was made in the hall
	// Final: the leading bid was called for the last time; to undo it takes two people.
	Final bool     `json:"f,omitempty"`
	Undo  *UndoNow `json:"u,omitempty"` // the undo of it that waits for the second
}

// UndoNow is an undo that was asked for, as the room sees it: who asked is told
// by role alone.
type UndoNow struct {
	At     Instant         `json:"at"`
	Code   ParticipantCode `json:"c,omitempty"` // absent where the rules hide codes
	Amount Dong            `json:"a"`
	Role   Role            `json:"by"`
	Reason string          `json:"why"`
}

// calls is what only a session that is called remembers.
type calls struct {
	asked  Dong // an invitation to bid this much; zero: the next minimum
	count  int  // calls since anything changed
	last   Instant
	warned bool
	bids   []calledBid // accepted bids that count, oldest first; the last one leads
	undo   *undoAsked  // of the last of them, nil: none
}

// undoAsked is an undo that waits for a second person. It is void as soon as
// another bid leads, or bidding is over.
type undoAsked struct {
	seq Seq // its record
	by  string
	now UndoNow
}

// calledBid is what an undo needs to know of a bid.
type calledBid struct {
	seq    Seq
	at     Instant
	feed   FeedSeq // its row
	code   ParticipantCode
	amount Dong
	floor  bool
	asked  Dong // what was asked for before it
	// final: it was called for the last time, or the hammer fell on it. That is
	// not forgotten when the calling begins again: to undo it takes two people.
	final bool
}

// restart lets the calling begin again: what was called is not what stands, or
// not everybody could hear it. A session that is not called has nothing to do.
func (c *calls) restart() {
	if c != nil {
		c.count, c.last, c.warned = 0, 0, false
	}
}

// note takes an accepted bid. It answers what was asked for.
func (c *calls) note(b calledBid) {
	if c == nil {
		return
	}
	b.asked, c.asked = c.asked, 0
	c.bids, c.undo = append(c.bids, b), nil
	c.restart()
}

// forget drops the bids of somebody who is out.
func (c *calls) forget(code ParticipantCode) {
	if c == nil {
		return
	}
	leading := c.top()
	kept := c.bids[:0:0]
	for _, b := range c.bids {
		if b.code != code {
			kept = append(kept, b)
		}
	}
	if leading != nil && leading.code == code {
		c.undo = nil
	}
	c.bids, c.asked = kept, 0
	c.restart()
}

// settle marks the bid that leads as called for the last time.
func (c *calls) settle() {
	if top := c.top(); top != nil {
		top.final = true
	}
}

// over ends the calling: no undo waits any more. A session that is not called
// has nothing to do.
func (c *calls) over() {
	if c != nil {
		c.undo = nil
	}
}

// top is the last bid that counts, nil: there is none.
func (c *calls) top() *calledBid { return lastOf(c.bids) }

func lastOf(bids []calledBid) *calledBid {
	if len(bids) == 0 {
		return nil
	}
	return &bids[len(bids)-1]
}

// lastBy is a participant's last bid that counts, nil: there is none.
func lastBy(bids []calledBid, code ParticipantCode) *calledBid {
	for i := len(bids) - 1; i >= 0; i-- {
		if bids[i].code == code {
			return &bids[i]
		}
	}
	return nil
}

// applyUndone makes the last bid as if it had never been: price, leader, what
// was asked for and its bidder are what they were before it (rule AU1). Its row
// stays and counts no more.
func (s *State) applyUndone(e *Undone) {
	c := s.called
	undone := *c.top()
	c.bids, c.undo = c.bids[:len(c.bids)-1], nil
	c.asked = undone.asked
	c.restart()
	b := s.byCode[undone.code]
	b.Best, b.BestSeq, b.BestAt, b.LastBidAt, b.Level = 0, 0, 0, 0, 0
	if before := lastBy(c.bids, undone.code); before != nil {
		b.Best, b.BestSeq, b.BestAt, b.LastBidAt, b.Level = before.amount, before.seq, before.at, before.at, before.amount
	}
	b.Undone = true
	b.rows = b.rows[:len(b.rows)-1]
	s.Bids--
	s.Leader = e.Leader
	s.setPrice(e.Price)
	s.struck = []FeedSeq{undone.feed}
}
