package engine

// Command is one wish of one actor. ID is zero only for the system's own.
type Command struct {
	ID CommandID
	By Actor
	Do Act
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

func (PlaceBid) bidding()     {}
func (RaiseMaximum) bidding() {}

// ActName names an act.
type ActName string

// The acts. A bidder's: check_in, bid, raise, withdraw. The auctioneer's: open
// to announce. The system's: tick, credit_outage.
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
)

// CheckIn (điểm danh) makes a participant present; only then bids are taken.
type CheckIn struct{}

// PlaceBid (trả giá) offers Amount. Under Rules.Proxy the amount is a maximum.
// Confirm repeats the amount where the typo guard asks for it, else zero.
type PlaceBid struct{ Amount, Confirm Dong }

// RaiseMaximum lifts the leader's own maximum; only under Rules.Proxy.
type RaiseMaximum struct{ Amount, Confirm Dong }

// Withdraw (rút lại giá đã trả) takes back the leading bid. Confirm must be the
// participant's own code, typed. The participant is disqualified by it.
type Withdraw struct{ Confirm ParticipantCode }

// Open begins the bidding time.
type Open struct{}

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
	Winner ParticipantCode // empty: the sale has failed
	Price  Dong
}

// Tick lets the clock decide: to open, or to close.
type Tick struct{}

// CreditOutage gives back the time from From until the command's own moment,
// during which the session could not be reached.
type CreditOutage struct{ From Instant }

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
