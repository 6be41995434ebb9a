package visitor

import (
	"fmt"

	"gobua/engine"
)

// ask is one request on a line. Fields that an op does not have stay out.
type ask struct {
	Op      string                  `json:"op"`
	ID      int32                   `json:"id"`
	Token   string                  `json:"token,omitempty"`
	Session engine.SessionID        `json:"session,omitempty"`
	Epoch   string                  `json:"epoch,omitempty"`
	Seq     *engine.FeedSeq         `json:"seq,omitempty"`
	Cmd     *engine.CommandID       `json:"cmd,omitempty"`
	Amount  engine.Dong             `json:"amount,omitempty"`
	Confirm engine.Dong             `json:"confirm,omitempty"`
	Act     string                  `json:"act,omitempty"`
	Text    string                  `json:"text,omitempty"`
	Code    *engine.ParticipantCode `json:"code,omitempty"`
	Ms      engine.Millis           `json:"ms,omitempty"`
	Price   *engine.Dong            `json:"price,omitempty"`
	Cmds    []engine.CommandID      `json:"cmds,omitempty"`
	Keys    []engine.Key            `json:"keys,omitempty"`
	Units   int                     `json:"units,omitempty"`
	Changes int                     `json:"changes,omitempty"`
	CT      *float64                `json:"ct,omitempty"`
	At      []engine.Instant        `json:"at,omitempty"`
	Off     *engine.Millis          `json:"off,omitempty"`
}

// command puts an act of the engine into the words of the protocol.
func command(session engine.SessionID, id engine.CommandID, do engine.Act) (ask, error) {
	a := ask{Session: session, Cmd: &id, Op: "act", Act: string(do.ActName())}
	switch do := do.(type) {
	case engine.CheckIn:
		a.Op, a.Act = "checkin", ""
	case engine.PlaceBid:
		a.Op, a.Act, a.Amount, a.Confirm = "bid", "", do.Amount, do.Confirm
	case engine.RaiseMaximum:
		a.Op, a.Act, a.Amount, a.Confirm = "raise", "", do.Amount, do.Confirm
	case engine.PutOffer:
		a.Op, a.Act, a.Amount, a.Confirm, a.Units = "offer", "", do.Amount, do.Confirm, do.Units
	case engine.TakeOfferBack:
		a.Op, a.Act = "take_back", ""
	case engine.TakeKey:
		a.Keys = do.Publics
	case engine.PresentKey:
		a.Keys = []engine.Key{do.Private}
	case engine.OpenRound:
	case engine.Buy:
		a.Op, a.Act, a.Amount = "buy", "", do.Amount
	case engine.Withdraw:
		a.Op, a.Act, a.Code = "withdraw", "", &do.Confirm
	case engine.Open:
	case engine.Pause:
		a.Text = do.Reason
	case engine.Resume:
		a.Text = do.Reason
	case engine.Stop:
		a.Text = do.Reason
	case engine.Cancel:
		a.Text = do.Reason
	case engine.Say:
		a.Text = do.Text
	case engine.Extend:
		a.Text, a.Ms = do.Reason, do.By
	case engine.Disqualify:
		a.Text, a.Code = do.Reason, &do.Code
	case engine.Decline:
		a.Text, a.Code = do.Reason, &do.Code
	case engine.Announce:
		a.Code, a.Price, a.Changes = &do.Winner, &do.Price, do.Changes
	case engine.Ask:
		a.Price = &do.Price
	case engine.FloorBid:
		a.Code, a.Price, a.Confirm = &do.Code, &do.Amount, do.Confirm
	case engine.FloorCheckIn:
		a.Code = &do.Code
	case engine.Warn:
	case engine.Call:
		a.Price = &do.Price
	case engine.Hammer:
		a.Price = &do.Price
	case engine.Pass:
		a.Price = &do.Price
	case engine.Undo:
		a.Code, a.Price, a.Text = &do.Code, &do.Amount, do.Reason
	case engine.Reopen:
		a.Text = do.Reason
	default:
		return ask{}, fmt.Errorf("%s is not for visitors", do.ActName())
	}
	return a, nil
}

// message is one object from the server: all fields of all kinds, of which
// each kind has its own. Unknown fields are ignored, so that a newer server
// can say more.
type message struct {
	T        string             `json:"t"`
	ID       int32              `json:"id"`
	Session  engine.SessionID   `json:"session"`
	Epoch    string             `json:"epoch"`
	Seq      uint64             `json:"seq"`
	Now      engine.Instant     `json:"now"`
	Code     string             `json:"code"`
	Temp     bool               `json:"temp"`
	Conn     string             `json:"conn"`
	Role     engine.Role        `json:"role"`
	Name     string             `json:"name"`
	Expires  engine.Instant     `json:"exp"`
	Room     *engine.Room       `json:"room"`
	Update   *engine.Update     `json:"up"`
	Resumed  bool               `json:"resumed"`
	Active   bool               `json:"active"`
	You      *engine.Standing   `json:"you"`
	Receipt  *engine.Receipt    `json:"receipt"`
	Receipts []engine.Receipt   `json:"receipts"`
	Unknown  []engine.CommandID `json:"unknown"`
	RetryMs  int                `json:"retry"`
	T1       float64            `json:"t1"`
	T2       float64            `json:"t2"`
}

// Refused says that a request was not carried out at all.
type Refused struct {
	Code      string // as the protocol names it: "rate", "forbidden", …
	Temporary bool   // the same may succeed later
}

func (r *Refused) Error() string { return "request refused: " + r.Code }

// Gone says why a line ended. Its requests under way may have been carried
// out: ask again with the same command ids on the next line.
type Gone struct {
	Code    string // of the server's bye; empty: it said none
	RetryMs int    // when to come back; -1: not by oneself
	Cause   error
}

func (g *Gone) Error() string {
	if g.Code == "" {
		return fmt.Sprintf("line lost: %v", g.Cause)
	}
	return fmt.Sprintf("line ended by the server: %s", g.Code)
}

func (g *Gone) Unwrap() error { return g.Cause }
