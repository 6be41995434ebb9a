package engine

// Extract (trích xuất diễn biến) is what the office keeps of a session that
// has ended: the whole finalised result with every bid.
type Extract struct {
	Session      SessionID
	Lot          Lot
	Rules        Rules
	RulesHash    Hash
	Phase        Phase
	OpenedAt     Instant
	ClosedAt     Instant
	EndedAt      Instant // of the announcement, the stop or the cancellation
	Bids         []Row   // oldest first, with codes
	Result       *Result // nil unless announced
	Reason       string  // why stopped or cancelled
	Head         Head
	Participants int
	Present      int // participants who checked in
}

// Extractor builds an Extract from a session's records, oldest first.
type Extractor struct {
	state State
	bids  []Row
}

// Add takes the next record.
func (x *Extractor) Add(r Record) {
	if !x.state.Apply(r) {
		return
	}
	u := x.state.Update(r)
	if u.Row != nil {
		row := *u.Row
		row.Code = codeOfRow(r.Event)
		x.bids = append(x.bids, row)
	}
	if len(u.Struck) > 0 {
		x.bids = Strike(x.bids, u.Struck)
	}
}

// codeOfRow is whose row an event is. The office may know it even where the
// rules hid codes from the room.
func codeOfRow(e Event) ParticipantCode {
	switch e := e.(type) {
	case *BidAccepted:
		return e.Code
	case *Raised:
		return e.Code
	case *AutoRaised:
		return e.Code
	}
	return ""
}

// Extract returns what has been added so far.
func (x *Extractor) Extract() Extract {
	s := &x.state
	return Extract{
		Session: s.Session, Lot: s.Lot, Rules: s.Rules, RulesHash: s.RulesHash, Phase: s.Phase,
		OpenedAt: s.OpenedAt, ClosedAt: s.ClosedAt, EndedAt: s.LastAt, Bids: x.bids, Result: s.Result,
		Reason: s.Reason, Head: s.Head, Participants: len(s.bidders), Present: s.Present,
	}
}
