package engine

// Event is something that happened in a session. Events carry absolute
// results, so that Apply has nothing to decide.
type Event interface{ Kind() EventKind }

// EventKind names an event in the journal and on the wire.
type EventKind string

// The kinds of event.
const (
	KindCreated        EventKind = "created"
	KindOpened         EventKind = "opened"
	KindCheckedIn      EventKind = "checked_in"
	KindBidAccepted    EventKind = "bid"
	KindRaised         EventKind = "raised"
	KindAutoRaised     EventKind = "auto"
	KindRefused        EventKind = "refused"
	KindExtended       EventKind = "extended"
	KindPaused         EventKind = "paused"
	KindResumed        EventKind = "resumed"
	KindStopped        EventKind = "stopped"
	KindCancelled      EventKind = "cancelled"
	KindSaid           EventKind = "said"
	KindWithdrawn      EventKind = "withdrawn"
	KindDisqualified   EventKind = "disqualified"
	KindOutageCredited EventKind = "outage"
	KindLowered        EventKind = "lowered"
	KindReopened       EventKind = "reopened"
	KindClosed         EventKind = "closed"
	KindAnnounced      EventKind = "announced"
	KindRoundOpened    EventKind = "round"

	KindKeyTaken          EventKind = "key_taken"
	KindOfferSealed       EventKind = "offer_sealed"
	KindOfferTakenBack    EventKind = "offer_taken_back"
	KindKeyPresented      EventKind = "key_presented"
	KindUnsealed          EventKind = "unsealed"
	KindOfferOpened       EventKind = "offer_opened"
	KindSealedRoundOpened EventKind = "sealed_round"
	KindStageOpened       EventKind = "stage"
	KindPartDeclined      EventKind = "part_declined"
)

// Created is the first record of every session: the frozen rules, their hash,
// what is sold, and who was admitted.
type Created struct {
	Session      SessionID     `json:"session"`
	Lot          Lot           `json:"lot"`
	Rules        Rules         `json:"rules"`
	RulesHash    Hash          `json:"rulesHash"`
	Participants []Participant `json:"participants"`
	Secret       *Secret       `json:"secret,omitempty"`
	// Seed makes the salts of everything that the session's records conceal;
	// see Cover. Drawn by the owner of the sessions, nil: nothing is concealed.
	Seed *Hash `json:"seed,omitempty"`
}

// Participant is an admitted bidder. Holder is HolderOf(session, account): it
// lets the owner of an account find their code, and tells a stranger nothing.
// Party is PartyOf(auction, account), only where a limit spans several lots: it
// shows which codes of one auction are one person's, and nothing else.
type Participant struct {
	Code   ParticipantCode `json:"code"`
	Holder Hash            `json:"holder"`
	Party  *Hash           `json:"party,omitempty"`
	Limit  *Limit          `json:"limit,omitempty"`
}

// Secret is the part of a session that no room may show: the hidden reserve
// and the salt of its hash in the rules.
type Secret struct {
	Reserve Dong `json:"reserve"`
	Salt    Hash `json:"salt"`
}

// Opened begins the bidding time.
type Opened struct {
	ClosesAt Instant `json:"closesAt"`
	LatestAt Instant `json:"latestAt,omitempty"` // no extension goes past it; zero: no limit
}

// CheckedIn makes a participant present.
type CheckedIn struct {
	Code  ParticipantCode `json:"code"`
	Floor bool            `json:"floor,omitempty"` // in the hall, entered by the auctioneer or the clerk
}

// BidAccepted is a valid bid. Level is what the bid itself stands at in the
// history, Price and Leader what holds after the whole command.
type BidAccepted struct {
	Code   ParticipantCode `json:"code"`
	Amount Dong            `json:"amount,omitempty"` // as named; a maximum under Rules.Proxy, then concealed
	Level  Dong            `json:"level"`
	Price  Dong            `json:"price"`
	Leader ParticipantCode `json:"leader"`
	Floor  bool            `json:"floor,omitempty"` // made in the hall, entered by the auctioneer or the clerk
	// Bought is the act that bought at the price of Rules.BuyNow, whatever more
	// it named; empty: it only bid.
	Bought ActName `json:"bought,omitempty"`
	// ClosesAt is the end from now on, where every bid sets it (method "gong").
	ClosesAt Instant `json:"closesAt,omitempty"`
}

// Raised is the leader's own higher maximum. Price is what holds after it.
type Raised struct {
	Code   ParticipantCode `json:"code"`
	Amount Dong            `json:"amount,omitempty"` // concealed, as that of a bid
	Price  Dong            `json:"price"`
}

// AutoRaised is a move the system made for a participant within that
// participant's maximum, because of a bid by Cause (rule PX7).
type AutoRaised struct {
	Code  ParticipantCode `json:"code"`
	Level Dong            `json:"level"`
	Cause ParticipantCode `json:"cause"`
}

// Refused is an attempt that was not accepted, and why.
type Refused struct {
	Act    ActName         `json:"act"`
	Code   ParticipantCode `json:"code,omitempty"`
	Amount Dong            `json:"amount,omitempty"`
	Reason Reason          `json:"reason"`
	Next   Dong            `json:"next,omitempty"`  // the next minimum at that moment
	Steps  Dong            `json:"steps,omitempty"` // steps above the next minimum, with confirm_needed
	Free   *Dong           `json:"free,omitempty"`  // what the limit leaves for this lot, with over_limit
	Text   string          `json:"text,omitempty"`  // the reason that staff gave with the act
}

// Extended moves the end. Count is how many times the closing rule has done
// so; an extension by the auctioneer has a reason and does not count. With a
// Cause another lot of the group was extended, and this one follows.
type Extended struct {
	ClosesAt Instant `json:"closesAt"`
	LatestAt Instant `json:"latestAt,omitempty"`
	Count    int     `json:"count"`
	Reason   string  `json:"reason,omitempty"`
	Cause    *Cause  `json:"cause,omitempty"`
}

// Paused freezes the remaining time.
type Paused struct {
	RemainingMs Millis `json:"remainingMs"`
	Reason      string `json:"reason"`
}

// Resumed gives the frozen time back.
type Resumed struct {
	ClosesAt Instant `json:"closesAt"`
	LatestAt Instant `json:"latestAt,omitempty"`
	Reason   string  `json:"reason,omitempty"`
}

// Stopped ends the session for an incident.
type Stopped struct {
	Reason string `json:"reason"`
}

// Cancelled ends the session for good.
type Cancelled struct {
	Reason string `json:"reason"`
}

// Said is a message to the room.
type Said struct {
	Text string `json:"text"`
}

// Withdrawn takes back the leader's bids; price and leader fall back
// (Law on Property Auction, article 50).
type Withdrawn struct {
	Code   ParticipantCode `json:"code"`
	Price  Dong            `json:"price"`
	Leader ParticipantCode `json:"leader"`
}

// Disqualified takes a participant's right to bid. Price and leader are those
// of the participants who remain.
type Disqualified struct {
	Code   ParticipantCode `json:"code"`
	Reason string          `json:"reason"`
	Price  Dong            `json:"price"`
	Leader ParticipantCode `json:"leader"`
}

// OutageCredited gives back the time that an outage took.
type OutageCredited struct {
	From     Instant `json:"from"`
	LostMs   Millis  `json:"lostMs"`
	ClosesAt Instant `json:"closesAt"`
	LatestAt Instant `json:"latestAt,omitempty"`
}

// Lowered is one fall of the price being asked (giảm giá, rule DU1). Due is
// when it fell; the record may be a moment later.
type Lowered struct {
	Price Dong    `json:"price"`
	Count int     `json:"count"` // how often it has fallen
	Due   Instant `json:"due"`
}

// Reopened lets a falling price go on after who had accepted it left before the
// announcement (article 50): Price is asked for a whole interval.
type Reopened struct {
	ClosesAt Instant `json:"closesAt"`
	Price    Dong    `json:"price"`
	Count    int     `json:"count"`
}

// RoundOpened ends a period of a session with rounds and begins the next one,
// in which only Going may bid (rule SC9). The latest end stays where it was.
type RoundOpened struct {
	Round    int               `json:"round"`   // from 1
	OpensAt  Instant           `json:"opensAt"` // bids are taken from here; the record's own moment unless there is a gap
	ClosesAt Instant           `json:"closesAt"`
	Going    []ParticipantCode `json:"going"` // in the order of admission, at least two
}

// Closed ends the bidding time. What it proposes is derived from the state.
type Closed struct {
	ReserveMet bool `json:"reserveMet"`
}

// Announced is the auctioneer's word that makes the result final.
type Announced struct {
	Result Result `json:"result"`
}

// Outcome of an announced session.
type Outcome string

// The outcomes.
const (
	OutcomeSold   Outcome = "sold"
	OutcomeFailed Outcome = "failed"
)

// Ground is why an auction failed (article 52.1, letters a to g).
type Ground string

// The grounds the engine itself can find. The office knows the others.
const (
	GroundNoBid        Ground = "no_bid"        // b: nobody bid
	GroundBelowReserve Ground = "below_reserve" // c: highest bid below the non-public price
	GroundWithdrawn    Ground = "withdrawn"     // đ: the bid was withdrawn and nobody remains
)

// Result is how a session ended.
type Result struct {
	Outcome Outcome         `json:"outcome"`
	Winner  ParticipantCode `json:"winner,omitempty"`
	Price   Dong            `json:"price,omitempty"`
	BidAt   Instant         `json:"bidAt,omitempty"`  // when the winning bid was received
	BidSeq  Seq             `json:"bidSeq,omitempty"` // its record
	Ground  Ground          `json:"ground,omitempty"` // why it failed
	// Awards is what every winner gets where several units are sold (rule MU1);
	// Winner is then the first in the order and Price that of one unit.
	Awards []Award `json:"awards,omitempty"`
}

func (*Created) Kind() EventKind        { return KindCreated }
func (*Opened) Kind() EventKind         { return KindOpened }
func (*CheckedIn) Kind() EventKind      { return KindCheckedIn }
func (*BidAccepted) Kind() EventKind    { return KindBidAccepted }
func (*Raised) Kind() EventKind         { return KindRaised }
func (*AutoRaised) Kind() EventKind     { return KindAutoRaised }
func (*Refused) Kind() EventKind        { return KindRefused }
func (*Extended) Kind() EventKind       { return KindExtended }
func (*Paused) Kind() EventKind         { return KindPaused }
func (*Resumed) Kind() EventKind        { return KindResumed }
func (*Stopped) Kind() EventKind        { return KindStopped }
func (*Cancelled) Kind() EventKind      { return KindCancelled }
func (*Said) Kind() EventKind           { return KindSaid }
func (*Withdrawn) Kind() EventKind      { return KindWithdrawn }
func (*Disqualified) Kind() EventKind   { return KindDisqualified }
func (*OutageCredited) Kind() EventKind { return KindOutageCredited }
func (*Lowered) Kind() EventKind        { return KindLowered }
func (*Reopened) Kind() EventKind       { return KindReopened }
func (*Closed) Kind() EventKind         { return KindClosed }
func (*Announced) Kind() EventKind      { return KindAnnounced }
func (*RoundOpened) Kind() EventKind    { return KindRoundOpened }

// Events is the event table: every kind and how to make an empty one. To add
// an event: its type, its row here, its case in Apply and in room.js. The
// exhaustiveness test names what is missing.
var Events = map[EventKind]func() Event{
	KindCreated:        func() Event { return new(Created) },
	KindOpened:         func() Event { return new(Opened) },
	KindCheckedIn:      func() Event { return new(CheckedIn) },
	KindBidAccepted:    func() Event { return new(BidAccepted) },
	KindRaised:         func() Event { return new(Raised) },
	KindAutoRaised:     func() Event { return new(AutoRaised) },
	KindRefused:        func() Event { return new(Refused) },
	KindExtended:       func() Event { return new(Extended) },
	KindPaused:         func() Event { return new(Paused) },
	KindResumed:        func() Event { return new(Resumed) },
	KindStopped:        func() Event { return new(Stopped) },
	KindCancelled:      func() Event { return new(Cancelled) },
	KindSaid:           func() Event { return new(Said) },
	KindWithdrawn:      func() Event { return new(Withdrawn) },
	KindDisqualified:   func() Event { return new(Disqualified) },
	KindOutageCredited: func() Event { return new(OutageCredited) },
	KindLowered:        func() Event { return new(Lowered) },
	KindReopened:       func() Event { return new(Reopened) },
	KindClosed:         func() Event { return new(Closed) },
	KindAnnounced:      func() Event { return new(Announced) },
	KindRoundOpened:    func() Event { return new(RoundOpened) },

	KindKeyTaken:          func() Event { return new(KeyTaken) },
	KindOfferSealed:       func() Event { return new(OfferSealed) },
	KindOfferTakenBack:    func() Event { return new(OfferTakenBack) },
	KindKeyPresented:      func() Event { return new(KeyPresented) },
	KindUnsealed:          func() Event { return new(Unsealed) },
	KindOfferOpened:       func() Event { return new(OfferOpened) },
	KindSealedRoundOpened: func() Event { return new(SealedRoundOpened) },
	KindStageOpened:       func() Event { return new(StageOpened) },
	KindAsked:             func() Event { return new(Asked) },
	KindWarned:            func() Event { return new(Warned) },
	KindCallMade:          func() Event { return new(CallMade) },
	KindHammered:          func() Event { return new(Hammered) },
	KindUndone:            func() Event { return new(Undone) },
	KindLotReopened:       func() Event { return new(LotReopened) },
	KindTurnOpened:        func() Event { return new(TurnOpened) },
	KindPartDeclined:      func() Event { return new(PartDeclined) },
	KindUndoAsked:         func() Event { return new(UndoAsked) },
	KindUndoDropped:       func() Event { return new(UndoDropped) },
}
