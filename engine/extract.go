package engine

import (
	"cmp"
	"slices"
)

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
	EndedAt      Instant      // of the announcement, the stop or the cancellation
	Bids         []ExtractBid // oldest first
	Result       *Result      // nil unless announced
	Outs         []ExtractOut // oldest first
	Reason       string       // why stopped or cancelled
	Head         Head
	Participants int
	Present      int           // participants who checked in
	CheckIns     []Arrival     // oldest first
	Course       []Moment      // what else happened, oldest first
	Calls        []ExtractCall // of a lot that was called; oldest first
}

// ExtractCall is something the auctioneer did to call a lot, or to mend what
// was recorded by mistake: Kind says what.
type ExtractCall struct {
	Seq    Seq
	At     Instant
	Kind   EventKind
	Count  int             // which call it was
	Price  Dong            // asked for, called, hammered or undone
	Code   ParticipantCode // whose bid was undone
	Bid    Seq             // its record
	Passed bool            // the hammer fell without a sale
	Reason string          // of an undo, of asking for one or dropping it, or of opening the lot again
	Role   Role            // who asked for an undo, confirmed it or dropped it, where that took two
	Who    string          // the reference of that person
}

// Arrival is when a participant checked in.
type Arrival struct {
	Code ParticipantCode `json:"code"`
	At   Instant         `json:"at"`
}

// ExtractBid is one row of the history of prices with its record; of a sealed
// offer that is the one with its box, and At when it was received. The office
// may know its code even where the rules hid codes from the room.
type ExtractBid struct {
	Seq    Seq
	At     Instant
	Code   ParticipantCode
	Level  Dong
	Auto   bool
	Floor  bool // bid in the hall
	Struck bool
	Units  int // asked for by a sealed offer, where several are sold
}

// ExtractOut is a participant who lost the right to bid: who withdrew a bid, or
// was disqualified.
type ExtractOut struct {
	At       Instant
	Code     ParticipantCode
	Withdrew bool
	Reason   string // of a disqualification
}

// Extractor builds an Extract from a session's records, oldest first.
type Extractor struct {
	state    State
	bids     []ExtractBid
	checkIns []Arrival
	outs     []ExtractOut
	course   []Moment
	calls    []ExtractCall
}

// Add takes the next record.
func (x *Extractor) Add(r Record) {
	if e, ok := r.Event.(*CheckedIn); ok {
		x.checkIns = append(x.checkIns, Arrival{e.Code, r.At})
	}
	if m, ok := momentOf(r); ok {
		x.course = append(x.course, m)
	}
	if !x.state.Apply(r) {
		return
	}
	bid := ExtractBid{Seq: r.Seq, At: r.At}
	switch e := r.Event.(type) {
	case *BidAccepted:
		bid.Code, bid.Level, bid.Floor = e.Code, e.Level, e.Floor
	case *Raised:
		bid.Code, bid.Level, bid.Auto = e.Code, e.Price, true
	case *AutoRaised:
		bid.Code, bid.Level, bid.Auto = e.Code, e.Level, true
	case *OfferOpened:
		bid.Seq, bid.At, bid.Code, bid.Level, bid.Units = e.Offer, e.At, e.Code, e.Amount, e.Units
	case *PartDeclined: // who declines a part has done nothing wrong
		x.strike(e.Code, e.Price)
		return
	case *Withdrawn:
		x.outs = append(x.outs, ExtractOut{At: r.At, Code: e.Code, Withdrew: true})
		x.strike(e.Code, e.Price)
		return
	case *Disqualified:
		x.outs = append(x.outs, ExtractOut{At: r.At, Code: e.Code, Reason: e.Reason})
		x.strike(e.Code, e.Price)
		return
	default:
		x.call(r)
		return
	}
	x.bids = append(x.bids, bid)
}

// call keeps what belongs to the calling of a lot.
func (x *Extractor) call(r Record) {
	c := ExtractCall{Seq: r.Seq, At: r.At, Kind: r.Event.Kind()}
	switch e := r.Event.(type) {
	case *Asked:
		c.Price = e.Price
	case *Warned:
	case *CallMade:
		c.Count, c.Price = e.Count, e.Price
	case *Hammered:
		c.Price, c.Passed = e.Price, e.Passed
	case *Undone:
		c.Price, c.Code, c.Bid, c.Reason = e.Amount, e.Code, e.Bid, e.Reason
		if e.Asked != 0 {
			c.Role, c.Who = r.By.Role, r.By.Ref
		}
		for i := range x.bids {
			x.bids[i].Struck = x.bids[i].Struck || x.bids[i].Seq == e.Bid
		}
	case *UndoAsked:
		c.Price, c.Code, c.Bid, c.Reason, c.Role, c.Who = e.Amount, e.Code, e.Bid, e.Reason, r.By.Role, r.By.Ref
	case *UndoDropped:
		c.Price, c.Code, c.Reason, c.Role, c.Who = e.Amount, e.Code, e.Reason, r.By.Role, r.By.Ref
	case *LotReopened:
		c.Reason = e.Reason
	default:
		return
	}
	x.calls = append(x.calls, c)
}

func (x *Extractor) strike(out ParticipantCode, price Dong) {
	for i := range x.bids {
		if x.bids[i].Code == out || x.bids[i].Level > price && x.state.sealed == nil {
			x.bids[i].Struck = true
		}
	}
}

// Extract returns what has been added so far.
func (x *Extractor) Extract() Extract {
	s := &x.state
	if s.sealed != nil { // opened worst first, round by round
		slices.SortFunc(x.bids, func(a, b ExtractBid) int { return cmp.Compare(a.Seq, b.Seq) })
	}
	return Extract{
		Session: s.Session, Lot: s.Lot, Rules: s.Rules, RulesHash: s.RulesHash, Phase: s.Phase,
		OpenedAt: s.OpenedAt, ClosedAt: s.ClosedAt, EndedAt: s.LastAt, Bids: x.bids, Outs: x.outs, Result: s.Result,
		Reason: s.Reason, Head: s.Head, Participants: len(s.bidders), Present: s.Present, CheckIns: x.checkIns,
		Course: x.course, Calls: x.calls,
	}
}
