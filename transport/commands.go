package transport

import (
	"errors"
	"slices"
	"time"

	"gobua/engine"
	"gobua/transport/wire"
)

// actRoles says whose acts are whose. The engine looks again; here a wrong role
// costs the session nothing.
var actRoles = map[engine.ActName]engine.Role{
	engine.ActCheckIn:    engine.RoleBidder,
	engine.ActBid:        engine.RoleBidder,
	engine.ActRaise:      engine.RoleBidder,
	engine.ActWithdraw:   engine.RoleBidder,
	engine.ActBuy:        engine.RoleBidder,
	engine.ActOpen:       engine.RoleAuctioneer,
	engine.ActPause:      engine.RoleAuctioneer,
	engine.ActResume:     engine.RoleAuctioneer,
	engine.ActStop:       engine.RoleAuctioneer,
	engine.ActExtend:     engine.RoleAuctioneer,
	engine.ActSay:        engine.RoleAuctioneer,
	engine.ActDisqualify: engine.RoleAuctioneer,
	engine.ActCancel:     engine.RoleAuctioneer,
	engine.ActAnnounce:   engine.RoleAuctioneer,
	engine.ActOffer:      engine.RoleBidder,
	engine.ActTakeBack:   engine.RoleBidder,
	engine.ActOpenRound:  engine.RoleAuctioneer,
	engine.ActDecline:    engine.RoleAuctioneer,

	engine.ActAsk:          engine.RoleAuctioneer,
	engine.ActFloorBid:     engine.RoleAuctioneer,
	engine.ActFloorCheckIn: engine.RoleAuctioneer,
	engine.ActWarn:         engine.RoleAuctioneer,
	engine.ActCall:         engine.RoleAuctioneer,
	engine.ActHammer:       engine.RoleAuctioneer,
	engine.ActPass:         engine.RoleAuctioneer,
	engine.ActUndo:         engine.RoleAuctioneer,
	engine.ActReopen:       engine.RoleAuctioneer,
	engine.ActConfirmUndo:  engine.RoleAuctioneer,
	engine.ActDropUndo:     engine.RoleAuctioneer,
}

// mayAct tells whether an act is one of a role's. The clerk has those of the
// hall beside the auctioneer; a key of sealed offers may be held, and an undo
// seconded, by whoever of the staff is in the room: the engine says who they are.
func mayAct(role engine.Role, do engine.Act) bool {
	_, keeps := do.(engine.Keeping)
	if _, seconds := do.(engine.Seconding); keeps || seconds {
		return role != engine.RoleBidder && role != engine.RoleSpectator
	}
	_, clerical := do.(engine.Clerical)
	return actRoles[do.ActName()] == role || clerical && role == engine.RoleClerk
}

// command hands a wish to the session's owner. The answer comes later, on the
// owner's goroutine; the reader goes on at once. read is when its frame was read.
func (c *client) command(r wire.Command, read time.Time) {
	p, ok := c.speaker(r.Number, r.Session)
	if !ok {
		return
	}
	if !mayAct(p.Role, r.Do) {
		c.refuse(r.Number, wire.CodeForbidden, r.Session)
		return
	}
	if !c.saleroom.Exists(r.Session) || p.Role != engine.RoleBidder && !c.gate.o.MayAttend(p.Account, r.Session) {
		c.refuse(r.Number, wire.CodeUnknownSession, r.Session)
		return
	}
	by := engine.Actor{Role: p.Role, Ref: p.reference()}
	if p.Role == engine.RoleBidder {
		code, ok := c.bidder(r, p)
		if !ok {
			return
		}
		by.Ref = string(code)
	}
	if c.inFlight.Add(1) > maxInFlight {
		c.inFlight.Add(-1)
		c.refuse(r.Number, wire.CodeBusy, r.Session)
		return
	}
	command := engine.Command{ID: r.Cmd, By: by, Do: r.Do}
	if c.traces(command) {
		c.saleroom.Submit(r.Session, command, c.answerTraced(r, by.Ref, read))
		return
	}
	c.saleroom.Submit(r.Session, command, func(receipt engine.Receipt, err error) { c.answer(r, by.Ref, receipt, err, nil) })
}

// answer tells what became of a command; sent, if any, is told when, and the
// page is asked when its person saw it.
func (c *client) answer(r wire.Command, ref string, receipt engine.Receipt, err error, sent func(time.Time)) {
	c.inFlight.Add(-1)
	if err != nil {
		c.refuse(r.Number, codeOfFailure(err), r.Session)
		return
	}
	c.checkedIn(r.Session, engine.ParticipantCode(ref), receipt)
	c.put(note{frame: wire.Frame(wire.Receipt{ID: r.Number, Session: r.Session, Receipt: receipt, Traced: sent != nil}), sent: sent})
}

// bidder finds who bids, and refuses who may not now: strangers, the too fast,
// and connections that are not the bidding channel.
func (c *client) bidder(r wire.Command, p Principal) (engine.ParticipantCode, bool) {
	code, ok := c.saleroom.CodeOf(r.Session, p.Account)
	if !ok {
		c.say(wire.Receipt{ID: r.Number, Session: r.Session, Receipt: engine.Receipt{
			Cmd: r.Cmd, Act: r.Do.ActName(), At: engine.InstantOf(c.hub.now()), Reason: engine.ReasonNotAdmitted,
		}})
		return "", false
	}
	f := c.following(r.Session)
	if f == nil || !f.room.parties.active(c, code) {
		c.refuse(r.Number, wire.CodeNotActive, r.Session)
		return "", false
	}
	if _, bids := r.Do.(engine.Bidding); bids && !c.account.bids.Allow() {
		c.refuse(r.Number, wire.CodeRate, r.Session)
		return "", false
	}
	return code, true
}

// codeOfFailure turns the failures of a Saleroom into codes.
func codeOfFailure(err error) wire.Code {
	switch {
	case errors.Is(err, engine.ErrBusy):
		return wire.CodeBusy
	case errors.Is(err, engine.ErrUnknownOutcome):
		return wire.CodeUnknown
	case errors.Is(err, engine.ErrNoSession):
		return wire.CodeUnknownSession
	}
	return wire.CodeInternal
}

// ask looks up what became of commands. Any connection of the account may ask.
func (c *client) ask(r wire.Ask) {
	p, ok := c.speaker(r.Number, r.Session)
	if !ok {
		return
	}
	var code engine.ParticipantCode
	if p.Role == engine.RoleBidder {
		if code, ok = c.saleroom.CodeOf(r.Session, p.Account); !ok {
			c.refuse(r.Number, c.stranger(r.Session), r.Session)
			return
		}
	} else if !c.gate.o.MayAttend(p.Account, r.Session) {
		c.refuse(r.Number, wire.CodeUnknownSession, r.Session)
		return
	}
	c.saleroom.Receipts(r.Session, engine.Question{Code: code, Commands: r.Cmds, Drop: r.Drop}, func(found []engine.Receipt, err error) {
		if err != nil {
			c.refuse(r.Number, codeOfFailure(err), r.Session)
			return
		}
		answer := wire.Receipts{ID: r.Number, Session: r.Session, Receipts: found, Unknown: []engine.CommandID{}}
		if found == nil {
			answer.Receipts = []engine.Receipt{}
		}
		for _, cmd := range r.Cmds {
			if !slices.ContainsFunc(found, func(f engine.Receipt) bool { return f.Cmd == cmd }) {
				answer.Unknown = append(answer.Unknown, cmd)
			}
		}
		c.say(answer)
	})
}

// stranger is the code for somebody who is no participant of a session.
func (c *client) stranger(id engine.SessionID) wire.Code {
	if c.saleroom.Exists(id) {
		return wire.CodeForbidden
	}
	return wire.CodeUnknownSession
}
