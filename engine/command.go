package engine

// Command is one wish of one actor. ID is zero only for the system's own. Free
// is set by the owner of a group's sessions, on bids of participants who have a
// limit across lots; nil: no limit. Taken is set by it on a key that may open
// sealed offers: whom the limit leaves no further lot, in no order.
type Command struct {
	ID    CommandID
	By    Actor
	Do    Act
	Free  *Free
	Taken []ParticipantCode
}

// Act is what a command asks for. Each act has a name, which is also its name
// on the wire and in the journal.
type Act interface{ ActName() ActName }

// Bidding is an act by which a participant bids, in whatever way the session's
// method has. All of them are refused alike while no bid is taken; what else
// they mean is decided by Method.Bid.
type Bidding interface {
	Act
	bidding()
}

func (PlaceBid) bidding()      {}
func (RaiseMaximum) bidding()  {}
func (PutOffer) bidding()      {}
func (TakeOfferBack) bidding() {}
func (Buy) bidding()           {}

// Keeping is an act with a key of sealed offers. Any member of the staff who is
// in the room may hold one, not the auctioneer alone.
type Keeping interface {
	Act
	keeping()
}

func (TakeKey) keeping()    {}
func (PresentKey) keeping() {}

// ActName names an act.
type ActName string

// The acts. A bidder's: check_in, bid, raise, withdraw, buy, and offer and take_back
// where offers are sealed. The auctioneer's: open to announce, open_round, decline.
// The system's: tick, credit_outage, follow. Those of the keepers of two keys: take_key
// and present_key.
const (
	ActCheckIn      ActName = "check_in"
	ActBid          ActName = "bid"
	ActRaise        ActName = "raise"
	ActWithdraw     ActName = "withdraw"
	ActOpen         ActName = "open"
	ActPause        ActName = "pause"
	ActResume       ActName = "resume"
	ActStop         ActName = "stop"
	ActExtend       ActName = "extend"
	ActSay          ActName = "say"
	ActDisqualify   ActName = "disqualify"
	ActCancel       ActName = "cancel"
	ActAnnounce     ActName = "announce"
	ActTick         ActName = "tick"
	ActCreditOutage ActName = "credit_outage"
	ActOffer        ActName = "offer"
	ActTakeBack     ActName = "take_back"
	ActTakeKey      ActName = "take_key"
	ActPresentKey   ActName = "present_key"
	ActOpenRound    ActName = "open_round"
	ActFollow       ActName = "follow"
	ActBuy          ActName = "buy"
	ActDecline      ActName = "decline"
)

// CheckIn (điểm danh) makes a participant present; only then bids are taken.
type CheckIn struct{}

// PlaceBid (trả giá) offers Amount. Under Rules.Proxy the amount is a maximum.
// Confirm repeats the amount where the typo guard asks for it, else zero.
type PlaceBid struct{ Amount, Confirm Dong }

// RaiseMaximum lifts the leader's own maximum; only under Rules.Proxy.
type RaiseMaximum struct{ Amount, Confirm Dong }

// Buy (mua ngay) takes the price of Rules.BuyNow, which Amount repeats; only
// while it is offered. It ends the bidding.
type Buy struct{ Amount Dong }

// Withdraw (rút lại giá đã trả) takes back the leading bid. Confirm must be the
// participant's own code, typed. The participant is disqualified by it.
type Withdraw struct{ Confirm ParticipantCode }

// Open begins the bidding time.
type Open struct {
	// EarlierGoesOn is filled in by the owner of the sessions: an earlier lot of
	// the same auction was reopened and is not closed again (rule AU2).
	EarlierGoesOn bool
}

// Pause freezes the remaining time. Reason is shown to everyone.
type Pause struct{ Reason string }

// Resume gives the frozen time back.
type Resume struct{ Reason string }

// Stop ends the session for an incident, without a result.
type Stop struct{ Reason string }

// Extend moves the end later by a number of milliseconds.
type Extend struct {
	By     Millis
	Reason string
}

// Say shows a message to the room.
type Say struct{ Text string }

// Disqualify (truất quyền) takes a participant's right to bid.
type Disqualify struct {
	Code   ParticipantCode
	Reason string
}

// Cancel ends the session for good, without a sale.
type Cancel struct{ Reason string }

// Announce makes the proposed result final (công bố). The auctioneer names
// what is announced, so that a price fallen in between is not announced blind.
type Announce struct {
	Winner  ParticipantCode // empty: the sale has failed
	Price   Dong
	Changes int // UnitsNow.Changes as the auctioneer saw it; zero where the lot is sold as one
}

// Tick lets the clock decide: to open, or to close.
type Tick struct{}

// CreditOutage gives back the time from From until the command's own moment,
// during which the session could not be reached.
type CreditOutage struct{ From Instant }

// PutOffer (bỏ phiếu) makes or changes a participant's sealed offer of the
// round. Box is the amount as it will be kept; the session's owner seals it
// right before the command is decided. Nothing that is kept has the amount.
// Where several units are sold the amount is per unit, and Units says how many
// are wanted; zero: one.
type PutOffer struct {
	Amount, Confirm Dong
	Units           int
	Box             []byte
}

// TakeOfferBack takes the sender's own offer of the round out of the box while
// the round runs. It costs nothing, and another may follow.
type TakeOfferBack struct{}

// TakeKey makes its sender one of the two who open the offers together: the
// public halves of the sender's keys, one for each round there may be.
type TakeKey struct{ Publics []Key }

// PresentKey brings the private half for the round that has ended.
type PresentKey struct {
	Private Key
	Taken   []ParticipantCode // Command.Taken, which the decision puts here
}

// OpenRound begins the round that follows an opening by the rules.
type OpenRound struct{}

// Follow moves the end with that of another lot of the group.
type Follow struct{ Extension Extension }

func (CheckIn) ActName() ActName      { return ActCheckIn }
func (PlaceBid) ActName() ActName     { return ActBid }
func (RaiseMaximum) ActName() ActName { return ActRaise }
func (Withdraw) ActName() ActName     { return ActWithdraw }
func (Open) ActName() ActName         { return ActOpen }
func (Pause) ActName() ActName        { return ActPause }
func (Resume) ActName() ActName       { return ActResume }
func (Stop) ActName() ActName         { return ActStop }
func (Extend) ActName() ActName       { return ActExtend }
func (Say) ActName() ActName          { return ActSay }
func (Disqualify) ActName() ActName   { return ActDisqualify }
func (Cancel) ActName() ActName       { return ActCancel }
func (Announce) ActName() ActName     { return ActAnnounce }
func (Tick) ActName() ActName         { return ActTick }
func (CreditOutage) ActName() ActName { return ActCreditOutage }

func (PutOffer) ActName() ActName      { return ActOffer }
func (TakeOfferBack) ActName() ActName { return ActTakeBack }
func (TakeKey) ActName() ActName       { return ActTakeKey }
func (PresentKey) ActName() ActName    { return ActPresentKey }
func (OpenRound) ActName() ActName     { return ActOpenRound }
func (Follow) ActName() ActName        { return ActFollow }
func (Buy) ActName() ActName           { return ActBuy }
