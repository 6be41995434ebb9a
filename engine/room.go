package engine

import "slices"

// The types of this file are all that the public may see. A hidden amount or a
// name cannot be sent to a spectator, because no field here could carry it.

// Room is the public view of a session. A newcomer gets a whole one; then
// updates are folded into it. The page does the same fold in room.js, from the
// same golden frames.
type Room struct {
	Session   SessionID `json:"session"`
	Lot       Lot       `json:"lot"`
	Rules     Rules     `json:"rules"`
	RulesHash Hash      `json:"rulesHash"`
	// Participants is how many are admitted; absent where that is not public.
	Participants int       `json:"participants,omitempty"`
	Now          Now       `json:"now"`
	History      []Row     `json:"history"`  // newest first, at most MaxHistory
	Messages     []Message `json:"messages"` // newest first, at most MaxMessages
}

// How much of the past a room shows. The whole of it is in the record.
const (
	MaxHistory  = 50
	MaxMessages = 10
)

// Now is everything in a room that changes and is not a list: small, absolute
// and whole, so that an update may be applied twice or skipped.
type Now struct {
	Phase       Phase           `json:"ph"`
	Price       Dong            `json:"p,omitempty"`   // highest price; absent: no bid yet
	Next        Dong            `json:"nx"`            // next minimum, or the falling price being asked; zero: no bid can be taken
	Step        Dong            `json:"st"`            // step at this price; the next fall, where the price falls
	Leader      ParticipantCode `json:"b,omitempty"`   // absent: nobody, or hidden by the rules
	Bids        int             `json:"n"`             // accepted bids so far
	ClosesAt    Instant         `json:"e,omitempty"`   // when bidding ends or ended; absent: not opened, paused, stopped or cancelled
	RemainingMs Millis          `json:"rem,omitempty"` // while paused
	Extensions  int             `json:"x,omitempty"`
	LatestAt    Instant         `json:"lx,omitempty"`   // no extension goes past it
	Reserve     ReserveState    `json:"rv,omitempty"`   // absent: no reserve
	Reason      string          `json:"why,omitempty"`  // public sentence: why paused, stopped, cancelled
	LostMs      Millis          `json:"lost,omitempty"` // outages so far, all credited
	Result      *Result         `json:"res,omitempty"`  // once announced
	FallsAt     Instant         `json:"fa,omitempty"`   // when the price falls next, while running
	FallsTo     Dong            `json:"ft,omitempty"`   // and to what; absent: it falls no more
	FallsInMs   Millis          `json:"fin,omitempty"`  // time until it falls, while paused
	Round       *RoundNow       `json:"rd,omitempty"`   // absent: no rounds by the rules, or not opened
	Sealed      *SealedNow      `json:"sl,omitempty"`   // absent: offers are not sealed
	Hybrid      *HybridNow      `json:"hy,omitempty"`   // absent: no stages
	Group       *GroupNow       `json:"gr,omitempty"`   // the last extension came from another lot of the group
	Called      *CalledNow      `json:"cl,omitempty"`   // absent: the lot is not called, not opened or over
	BuyNow      bool            `json:"bn,omitempty"`   // it can be bought at once for the price in the rules
	Bought      bool            `json:"bt,omitempty"`   // it was bought so
	Turns       *TurnsNow       `json:"tn,omitempty"`   // absent: bidders do not speak in turn, or not yet
}

// GroupNow names the lot whose bid moved the end of this one last (rules SC4,
// SC5).
type GroupNow struct {
	Lot int     `json:"l"` // its number in the auction
	At  Instant `json:"at"`
}

// SealedNow is where a session of sealed offers stands (rules SE1, SE2). Until
// a round is opened it has nothing that an offer could change.
type SealedNow struct {
	Round  int               `json:"n"`             // from 1
	Keys   int               `json:"k"`             // how many of the two keys are taken
	Given  int               `json:"g,omitempty"`   // how many have been presented for this round
	Opened bool              `json:"o,omitempty"`   // the round's offers are in the history
	Void   int               `json:"v,omitempty"`   // offers that did not count, once opened
	Floor  Dong              `json:"f,omitempty"`   // highest offer before this round
	RunOff bool              `json:"ro,omitempty"`  // a round among those who were tied
	Going  int               `json:"in,omitempty"`  // how many may offer, from the second round on
	Codes  []ParticipantCode `json:"c,omitempty"`   // who, where codes are shown and they are at most MaxRoundCodes
	Due    SealedDue         `json:"due,omitempty"` // the round that has to follow before anything is announced
	Units  *UnitsNow         `json:"u,omitempty"`   // who gets how many, where several units are sold, once opened
}

// HybridNow is the stage that a session of several is in (rule SE3).
type HybridNow struct {
	Stage Stage           `json:"s,omitempty"` // absent: the price falls
	First ParticipantCode `json:"c,omitempty"` // who accepted the falling price, where codes are shown
}

// SealedDue is what follows an opening by the rules.
type SealedDue string

// The rounds that may be due.
const (
	DueRound  SealedDue = "round"
	DueRunOff SealedDue = "run_off"
)

// RoundNow is where a session with rounds stands (rule SC9). How many rounds
// there are, and the window in which a bid leads to another, is in the rules.
type RoundNow struct {
	Round   int               `json:"n"`           // zero: the main time
	OpensAt Instant           `json:"o,omitempty"` // with a gap: bids are taken from here
	Going   int               `json:"in,omitempty"`
	Codes   []ParticipantCode `json:"c,omitempty"`  // who may bid, where codes are shown and they are at most MaxRoundCodes
	Follows bool              `json:"nx,omitempty"` // another round follows as things stand
}

// TurnsNow is where a session of turns stands (rule RO1). How many rounds there
// are, and how long a turn may last, is in the rules.
type TurnsNow struct {
	Round int             `json:"n"`           // from 1
	Turn  int             `json:"t,omitempty"` // place in the order, from 1; absent: the pause before the round, or it is over
	Code  ParticipantCode `json:"c,omitempty"` // whose turn it is
	Order []TurnLine      `json:"o,omitempty"` // who speaks in the round, at most MaxTurnCodes of them; absent: not fixed yet
}

// TurnLine is one bidder in the order of a round.
type TurnLine struct {
	Code  ParticipantCode `json:"c"`
	Level Dong            `json:"a,omitempty"`   // the offer that stands; absent: none
	Out   bool            `json:"out,omitempty"` // may bid no more
}

// MaxTurnCodes is how many lines a TurnsNow carries: it goes out with every
// update. Even with short turns more than these would take hours a round.
const MaxTurnCodes = 100

// MaxRoundCodes is how many codes a RoundNow carries: it goes out with every
// update. From more than these go on, the room is told the number alone.
const MaxRoundCodes = 20

// ReserveState is what a room may know of a hidden reserve (rule RS1).
type ReserveState string

// The states of a reserve.
const (
	ReserveMet    ReserveState = "met"
	ReserveNotMet ReserveState = "unmet"
)

// Row is one line of the history of prices.
type Row struct {
	Feed   FeedSeq         `json:"f"` // the update that brought it
	At     Instant         `json:"at"`
	Code   ParticipantCode `json:"c,omitempty"` // absent where the rules hide codes
	Level  Dong            `json:"a"`
	Auto   bool            `json:"auto,omitempty"` // moved by the system within a maximum
	Struck bool            `json:"out,omitempty"`  // withdrawn, its bidder disqualified, or above the price that then held
	Fall   bool            `json:"fall,omitempty"` // nobody's bid: the price being asked fell to this
	Floor  bool            `json:"hall,omitempty"` // bid in the hall
	Bought bool            `json:"buy,omitempty"`  // at the price of Rules.BuyNow
	Units  int             `json:"u,omitempty"`    // asked for by an opened offer, where several are sold
}

// Message is a sentence the auctioneer said to the room, or the reason given
// with an act.
type Message struct {
	At   Instant `json:"at"`
	Text string  `json:"text"`
}

// Update is one public change: the whole Now after it, and what to put on top
// of the lists.
type Update struct {
	Kind    EventKind       `json:"k"`
	At      Instant         `json:"at"`
	Now     Now             `json:"now"`
	Row     *Row            `json:"row,omitempty"`
	Message *Message        `json:"msg,omitempty"`
	Struck  []FeedSeq       `json:"strike,omitempty"` // rows that count no more
	Code    ParticipantCode `json:"c,omitempty"`      // who withdrew or was disqualified, where codes are shown
	LostMs  Millis          `json:"lost,omitempty"`   // with an outage: how long it was
	By      Role            `json:"by,omitempty"`     // who asked for an undo, confirmed it or dropped it
}

// Fold makes an update part of the room.
func (r *Room) Fold(u Update) {
	r.Now = u.Now
	if len(u.Struck) > 0 {
		r.History = Strike(r.History, u.Struck)
	}
	if u.Row != nil {
		r.History = prepend(r.History, *u.Row, MaxHistory)
	}
	if u.Message != nil {
		r.Messages = prepend(r.Messages, *u.Message, MaxMessages)
	}
}

// Strike returns a copy of rows in which those with the given feed numbers,
// ascending, count no more. The old rows stay as they were published.
func Strike(rows []Row, struck []FeedSeq) []Row {
	out := slices.Clone(rows)
	for i := range out {
		if _, found := slices.BinarySearch(struck, out[i].Feed); found {
			out[i].Struck = true
		}
	}
	return out
}

// prepend returns a new list with x first, cut at limit. It never writes into
// the old list: a published room is never changed.
func prepend[T any](list []T, x T, limit int) []T {
	out := make([]T, 0, min(len(list)+1, limit))
	out = append(out, x)
	return append(out, list[:min(len(list), limit-1)]...)
}

// Standing is what one participant may know about themselves and nobody else
// may: the private counterpart of Room.
type Standing struct {
	Code         ParticipantCode `json:"code"`
	CheckedIn    bool            `json:"in"`
	Leading      bool            `json:"leading"`
	Best         Dong            `json:"best,omitempty"`   // own highest accepted amount (own maximum)
	Outbid       bool            `json:"outbid,omitempty"` // has bid and does not lead
	Out          Reason          `json:"out,omitempty"`    // why bidding is no longer possible
	OutReason    string          `json:"outWhy,omitempty"` // the auctioneer's sentence
	Won          bool            `json:"won,omitempty"`    // announced as the winner
	LastBidAt    Instant         `json:"lastAt,omitempty"` // for the page's own rate limit
	Withdrawable bool            `json:"canWd,omitempty"`  // leads, and nothing is announced
	NotInRound   bool            `json:"noRd,omitempty"`   // may not bid in this round: no valid bid in the period before
	OfferedAt    Instant         `json:"of,omitempty"`     // when the own sealed offer of this round was received; never its amount
	LastWord     bool            `json:"lw,omitempty"`     // accepted the falling price, and is asked after the offers (rule SE3)
	GoesOn       bool            `json:"on,omitempty"`     // has a valid bid in this period, so would go on into the next round
	Undone       bool            `json:"undone,omitempty"` // the last bid was undone; to bid again is welcome
	Units        int             `json:"un,omitempty"`     // asked for by the own opened offer, where several are sold
	Served       int             `json:"sv,omitempty"`     // how many of them would be, or are, awarded
}

// Desk is what the auctioneer's and the observer's console see on top of the
// room: who is present, by code, and every attempt. It has no field for a
// maximum, a reserve amount or a name.
type Desk struct {
	Participants []DeskParticipant `json:"participants"`
	Attempts     []DeskRecord      `json:"attempts"` // newest first, at most MaxAttempts
}

// MaxAttempts is how many attempts a Desk carries.
const MaxAttempts = 200

// DeskParticipant is a participant as the console sees one.
type DeskParticipant struct {
	Code      ParticipantCode `json:"code"`
	CheckedIn bool            `json:"in"`
	Level     Dong            `json:"level,omitempty"` // last public price reached, not a maximum
	Out       Reason          `json:"out,omitempty"`
	Leading   bool            `json:"leading,omitempty"`
	Attempts  int             `json:"n,omitempty"`
	InRound   bool            `json:"rd,omitempty"` // may bid in the present round
}

// DeskRecord is one record as the console sees it.
type DeskRecord struct {
	Seq    Seq             `json:"s"`
	At     Instant         `json:"at"`
	Kind   EventKind       `json:"k"`
	By     Actor           `json:"by"`
	Code   ParticipantCode `json:"c,omitempty"`
	Act    ActName         `json:"act,omitempty"` // of a refused attempt
	Amount Dong            `json:"a,omitempty"`   // absent where it would be a maximum
	Reason Reason          `json:"why,omitempty"` // of a refusal
	Text   string          `json:"text,omitempty"`
	Leader ParticipantCode `json:"ld,omitempty"`   // after the record, also where the room hides codes
	Round  int             `json:"rd,omitempty"`   // that began
	Going  int             `json:"go,omitempty"`   // how many go on into it
	Stage  Stage           `json:"sg,omitempty"`   // that began
	Count  int             `json:"n,omitempty"`    // which call or turn it was, or how many of several have won
	Floor  bool            `json:"hall,omitempty"` // bid or checked in in the hall
	Units  int             `json:"u,omitempty"`    // asked for by an opened offer
	Bought bool            `json:"buy,omitempty"`  // the bid ended the bidding at the price of Rules.BuyNow
	Hash   Hash            `json:"h"`
}
