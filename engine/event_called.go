package engine

// The kinds of event of a session that is called.
const (
	KindAsked       EventKind = "asked"
	KindWarned      EventKind = "warned"
	KindCallMade    EventKind = "called"
	KindHammered    EventKind = "hammered"
	KindUndone      EventKind = "undone"
	KindLotReopened EventKind = "lot_reopened"
	KindUndoAsked   EventKind = "undo_asked"
	KindUndoDropped EventKind = "undo_dropped"
)

// Asked is the price that the auctioneer asks for. It invites and binds nobody:
// a bid of the next minimum is as valid as before (rule 9 of the domain).
type Asked struct {
	Price Dong `json:"price"` // zero: the next minimum again
}

// Warned is the fair warning: the hammer is about to fall.
type Warned struct{}

// CallMade is one call of the price that stands: once, twice, three times.
type CallMade struct {
	Price Dong `json:"price"` // zero: nobody has bid, the start price is called
	Count int  `json:"count"` // from 1
}

// Hammered is the fall of the hammer. Bidding is over with the next record.
type Hammered struct {
	Price  Dong `json:"price"`
	Passed bool `json:"passed,omitempty"` // the auctioneer said that nothing is sold
}

// Undone takes back the last bid that counts, because it was recorded by
// mistake (rule AU1). Price and leader are those before it.
type Undone struct {
	Bid    Seq             `json:"bid"` // its record, which stays
	Code   ParticipantCode `json:"code"`
	Amount Dong            `json:"amount"`
	Price  Dong            `json:"price"`
	Leader ParticipantCode `json:"leader"`
	Reason string          `json:"reason"`
	// Asked is the record by which the undo was asked for, where it needed a
	// second person: this record is then that person's. Zero: it needed none.
	Asked Seq `json:"asked,omitempty"`
}

// UndoAsked asks for the undo of a bid that was called for the last time. It
// takes effect only when a second person confirms it (rule AU1).
type UndoAsked struct {
	Bid    Seq             `json:"bid"` // its record
	Code   ParticipantCode `json:"code"`
	Amount Dong            `json:"amount"`
	Reason string          `json:"reason"`
}

// UndoDropped ends what UndoAsked began, without an undo: refused by the second
// person, or taken back by the one who asked. The record says who.
type UndoDropped struct {
	Asked  Seq             `json:"asked"` // the record by which it was asked for
	Code   ParticipantCode `json:"code"`
	Amount Dong            `json:"amount"`
	Reason string          `json:"reason"`
}

// LotReopened lets bidding on a closed lot go on before anything is announced
// (rule AU2).
type LotReopened struct {
	ClosesAt Instant `json:"closesAt"`
	Reason   string  `json:"reason"`
}

func (*Asked) Kind() EventKind       { return KindAsked }
func (*Warned) Kind() EventKind      { return KindWarned }
func (*CallMade) Kind() EventKind    { return KindCallMade }
func (*Hammered) Kind() EventKind    { return KindHammered }
func (*Undone) Kind() EventKind      { return KindUndone }
func (*LotReopened) Kind() EventKind { return KindLotReopened }
func (*UndoAsked) Kind() EventKind   { return KindUndoAsked }
func (*UndoDropped) Kind() EventKind { return KindUndoDropped }
