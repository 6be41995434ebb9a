package engine

// The acts of the auctioneer at a lot that is called. Each that says something
// about the price names it, so that nothing is called, sold or undone that
// changed in the same moment.
const (
	ActAsk          ActName = "ask"
	ActFloorBid     ActName = "floor_bid"
	ActFloorCheckIn ActName = "floor_check_in"
	ActWarn         ActName = "warn"
	ActCall         ActName = "call"
	ActHammer       ActName = "hammer"
	ActPass         ActName = "pass"
	ActUndo         ActName = "undo"
	ActReopen       ActName = "reopen"
	ActConfirmUndo  ActName = "confirm_undo"
	ActDropUndo     ActName = "drop_undo"
)

// Clerical is an act that the minutes clerk may do beside the auctioneer: to
// enter what people in the hall do, and nothing else.
type Clerical interface {
	Act
	clerical()
}

func (FloorBid) clerical()     {}
func (FloorCheckIn) clerical() {}

// Seconding is an act of the second person that some of the auctioneer's acts
// need. Whoever of the staff follows the lot in the room may be that person.
type Seconding interface {
	Act
	seconding()
}

func (ConfirmUndo) seconding() {}
func (DropUndo) seconding()    {}

// Ask sets the price that is asked for.
type Ask struct{ Price Dong }

// FloorBid enters a bid made in the hall, for the participant who made it. It
// is as valid as if that participant had sent it.
type FloorBid struct {
	Code            ParticipantCode
	Amount, Confirm Dong
	Free            *Free // Command.Free, which the decision puts here
}

// FloorCheckIn makes somebody present who is in the hall.
type FloorCheckIn struct{ Code ParticipantCode }

// Warn gives fair warning (sắp gõ búa).
type Warn struct{}

// Call calls the price that stands, once more.
type Call struct{ Price Dong }

// Hammer ends the bidding (gõ búa): what stands is proposed.
type Hammer struct{ Price Dong }

// Pass ends the bidding without a sale. It is refused where a valid bid would win.
type Pass struct{ Price Dong }

// Undo takes back the last bid that counts. Once that bid has been called for
// the last time, it asks a second person to.
type Undo struct {
	Code   ParticipantCode
	Amount Dong
	Reason string
}

// ConfirmUndo carries out an undo that somebody else has asked for.
type ConfirmUndo struct {
	Code   ParticipantCode
	Amount Dong
	By     string // Command.By.Ref, which the decision puts here
}

// DropUndo refuses an undo that was asked for, or takes the own asking back.
type DropUndo struct {
	Code   ParticipantCode
	Amount Dong
	Reason string
}

// Reopen lets bidding on a closed lot go on.
type Reopen struct {
	Reason string
	// LaterOpened is filled in by the owner of the sessions: a later lot of the
	// same auction has opened.
	LaterOpened bool
}

func (Ask) ActName() ActName          { return ActAsk }
func (FloorBid) ActName() ActName     { return ActFloorBid }
func (FloorCheckIn) ActName() ActName { return ActFloorCheckIn }
func (Warn) ActName() ActName         { return ActWarn }
func (Call) ActName() ActName         { return ActCall }
func (Hammer) ActName() ActName       { return ActHammer }
func (Pass) ActName() ActName         { return ActPass }
func (Undo) ActName() ActName         { return ActUndo }
func (Reopen) ActName() ActName       { return ActReopen }
func (ConfirmUndo) ActName() ActName  { return ActConfirmUndo }
func (DropUndo) ActName() ActName     { return ActDropUndo }
