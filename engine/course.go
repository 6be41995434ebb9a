package engine

// Moment is something in a session that is no bid and that its minutes tell:
// what the clock did, or the auctioneer. Which fields it has follows from Kind.
type Moment struct {
	Seq      Seq               `json:"seq"`
	At       Instant           `json:"at"`
	Kind     EventKind         `json:"kind"`
	Code     ParticipantCode   `json:"code,omitempty"`     // who withdrew or was disqualified, or whose turn it is
	Price    Dong              `json:"price,omitempty"`    // what is asked after a fall or a reopening
	ClosesAt Instant           `json:"closesAt,omitempty"` // where the end is since then
	Lot      int               `json:"lot,omitempty"`      // the lot whose bid moved the end of the group
	LostMs   Millis            `json:"lostMs,omitempty"`   // how long an outage was
	Round    int               `json:"round,omitempty"`    // of rule SC9, of sealed offers or of turns
	Going    []ParticipantCode `json:"going,omitempty"`    // who may bid in it, in turns in this order
	Stage    Stage             `json:"stage,omitempty"`    // of rule SE3
	Who      string            `json:"who,omitempty"`      // of the staff, where it was not the auctioneer
	Text     string            `json:"text,omitempty"`     // what was said, or the reason given
}

// momentOf is what a record adds to the course of its session; false: nothing
// that the bids and the result do not tell.
func momentOf(r Record) (Moment, bool) {
	m := Moment{Seq: r.Seq, At: r.At, Kind: r.Event.Kind()}
	switch e := r.Event.(type) {
	case *Opened:
		m.ClosesAt = e.ClosesAt
	case *Extended:
		m.ClosesAt, m.Text = e.ClosesAt, e.Reason
		if e.Cause != nil {
			m.Lot = e.Cause.Lot
		}
	case *Paused:
		m.Text = e.Reason
	case *Resumed:
		m.ClosesAt, m.Text = e.ClosesAt, e.Reason
	case *Said:
		m.Text = e.Text
	case *Withdrawn:
		m.Code = e.Code
	case *Disqualified:
		m.Code, m.Text = e.Code, e.Reason
	case *PartDeclined:
		m.Code, m.Text = e.Code, e.Reason
	case *OutageCredited:
		m.ClosesAt, m.LostMs = e.ClosesAt, e.LostMs
	case *Lowered:
		m.At, m.Price = e.Due, e.Price
	case *Reopened:
		m.ClosesAt, m.Price = e.ClosesAt, e.Price
	case *RoundOpened:
		m.At, m.ClosesAt, m.Round, m.Going = e.OpensAt, e.ClosesAt, e.Round, e.Going
	case *Closed: // the kind says it all
	case *SealedRoundOpened:
		m.ClosesAt, m.Round, m.Going, m.Price = e.ClosesAt, e.Round, e.Going, e.Floor
	case *StageOpened:
		m.ClosesAt, m.Code, m.Price, m.Stage = e.ClosesAt, e.First, e.Price, e.Stage
	case *Unsealed:
		m.Round = e.Round
	case *TurnOpened:
		m.ClosesAt, m.Code, m.Round, m.Going = e.ClosesAt, e.Code, e.Round, e.Order
	case *KeyTaken, *KeyPresented:
		m.Who = r.By.Ref
	case *BidAccepted:
		m.Code, m.Price = e.Code, e.Price
		return m, e.Bought != "" // other bids are in the list of bids
	case *Created, *CheckedIn, *Raised, *AutoRaised, *Refused, *Stopped, *Cancelled, *Announced,
		*OfferSealed, *OfferTakenBack, *OfferOpened,
		*Asked, *Warned, *CallMade, *Hammered, *Undone, *LotReopened, *UndoAsked, *UndoDropped: // those of a call are ExtractCalls
		return Moment{}, false
	}
	return m, true
}
