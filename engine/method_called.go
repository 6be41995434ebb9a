package engine

func init() { Methods["called"] = outcry{} }

// outcry is đấu giá trực tiếp bằng lời nói, for a hall and phones at once:
// prices rise as in ascending without maxima, and the auctioneer calls them.
// The lot ends by the hammer. The clock ends it only at the outer bound that
// every session has, so that a lot left alone does not stay open for ever.
//
// The price that is asked for is an invitation. The law lets everybody bid who
// keeps the step, so a bid between the next minimum and what is asked for is
// taken; it then stands, and the asking begins again from it.
//
// Whatever changes what is being called (a bid, an undo, somebody's leaving,
// another price asked for), or may have kept somebody from hearing it (a pause,
// an outage), makes the calls begin again at the first.
type outcry struct{ ascending }

func (m outcry) Problems(r *Rules) []Problem {
	rest := *r
	rest.Called = nil
	ps := m.ascending.Problems(&rest)
	if r.Called == nil {
		ps = append(ps, Problem{"called", "missing"})
	} else {
		ps = append(ps, r.Called.problems()...)
	}
	if r.Closing != (Closing{Kind: ClosingFixed}) {
		ps = append(ps, Problem{"closing.kind", "not_for_method"})
	}
	if r.Proxy {
		ps = append(ps, Problem{"proxy", "not_for_method"}) // a maximum would answer before anybody can be called
	}
	return ps
}

// Show tells the room where the calling stands.
func (m outcry) Show(s *State, n *Now) {
	m.ascending.Show(s, n)
	if s.OpenedAt == 0 || s.Phase.Final() {
		return
	}
	c := s.called
	n.Called = &CalledNow{Asked: s.askedFor(), Count: c.count, Warned: c.warned}
	if top := c.top(); top != nil {
		n.Called.Floor, n.Called.Final = top.floor, top.final
	}
	if c.undo != nil {
		n.Called.Undo = new(c.undo.now)
	}
	if s.Phase == PhaseRunning {
		n.Called.FreeAt = s.mayCallFrom()
	}
}

// askedFor is what is asked for above the next minimum, zero: nothing.
func (s *State) askedFor() Dong {
	if s.called.asked <= s.NextMinimum() {
		return 0
	}
	return s.called.asked
}

// mayCallFrom is when the next call may come, zero: at any time.
func (s *State) mayCallFrom() Instant {
	if s.called.count == 0 || s.Rules.Called.CallEveryMs == 0 {
		return 0
	}
	return s.called.last.Add(s.Rules.Called.CallEveryMs)
}

// Conduct decides what the auctioneer, and in the hall the clerk, does at a lot
// that is called.
func (m outcry) Conduct(s *State, act Act, now Instant, out []Event) ([]Event, Reason) {
	var e Event
	var why Reason
	switch act := act.(type) {
	case FloorBid:
		return append(out, m.floorBid(s, act, now)), ""
	case FloorCheckIn:
		e, why = floorCheckIn(s, act, now)
	case Ask:
		e, why = ask(s, act, now)
	case Warn:
		e, why = warn(s, now)
	case Call:
		e, why = call(s, act, now)
	case Hammer:
		e, why = hammer(s, act.Price, false, now)
	case Pass:
		e, why = hammer(s, act.Price, true, now)
	case Undo:
		e, why = undo(s, act, now)
	case ConfirmUndo:
		e, why = confirmUndo(s, act, now)
	case DropUndo:
		e, why = dropUndo(s, act, now)
	case Reopen:
		e, why = reopen(s, act, now)
	default:
		return out, ReasonForbidden
	}
	if why != "" {
		return out, why
	}
	out = append(out, e)
	if _, fell := e.(*Hammered); fell {
		out = append(out, s.close())
	}
	return out, ""
}

// floorBid holds a bid from the hall to everything that a bid from a phone is
// held to. A refusal says whose it was.
func (m outcry) floorBid(s *State, act FloorBid, now Instant) Event {
	b := s.byCode[act.Code]
	why, steps := ReasonUnknownCode, Dong(0)
	if b != nil {
		if why = s.whyNoBids(b, now); why == "" {
			why = s.whyOverLimit(b, act, act.Free)
		}
		if why == "" {
			why, steps = m.whyNotBid(s, b, PlaceBid{act.Amount, act.Confirm}, now)
		}
	}
	if why != "" {
		e := &Refused{Act: ActFloorBid, Amount: act.Amount, Reason: why, Next: s.nextAt(now), Steps: steps}
		if b != nil {
			e.Code = b.Code
		}
		if why == ReasonOverLimit {
			e.Free = act.Free.left()
		}
		return e
	}
	return &BidAccepted{Code: b.Code, Amount: act.Amount, Level: act.Amount, Price: act.Amount, Leader: b.Code, Floor: true}
}

func floorCheckIn(s *State, act FloorCheckIn, now Instant) (Event, Reason) {
	b := s.byCode[act.Code]
	switch {
	case b == nil:
		return nil, ReasonUnknownCode
	case b.CheckedIn:
		return nil, ReasonAlreadyCheckedIn
	case b.Out != "":
		return nil, ReasonAlreadyOut
	case s.Phase == PhaseClosed || s.Phase == PhaseRunning && !s.takesBids(now):
		return nil, ReasonClosed
	}
	return &CheckedIn{Code: b.Code, Floor: true}, ""
}

// ask may lower what is asked for down to the next minimum, never below it.
func ask(s *State, act Ask, now Instant) (Event, Reason) {
	next := s.nextAt(now)
	switch {
	case !s.takesBids(now):
		return nil, ReasonWrongPhase
	case act.Price <= 0 || act.Price > MaxDong:
		return nil, ReasonBadAmount
	case next == 0 || act.Price > s.Rules.AmountCap():
		return nil, ReasonAboveCap
	case act.Price < next:
		return nil, ReasonTooLow
	case !s.Rules.OnGrid(act.Price):
		return nil, ReasonOffStep
	}
	return &Asked{act.Price}, ""
}

func warn(s *State, now Instant) (Event, Reason) {
	if !s.takesBids(now) {
		return nil, ReasonWrongPhase
	}
	return &Warned{}, ""
}

func call(s *State, act Call, now Instant) (Event, Reason) {
	switch {
	case !s.takesBids(now):
		return nil, ReasonWrongPhase
	case act.Price != s.Price:
		return nil, ReasonPriceChanged
	case s.called.count == s.Rules.Called.Calls:
		return nil, ReasonAllCalled
	case now < s.mayCallFrom():
		return nil, ReasonCallTooSoon
	}
	return &CallMade{Price: s.Price, Count: s.called.count + 1}, ""
}

// hammer ends the bidding once the price has been called as often as the rules
// say. Who passes says that nothing is sold: where a valid bid would win, the
// law leaves no choice. While an undo waits for a second person the hammer
// waits too: nobody sells on a bid and disputes it at the same time.
func hammer(s *State, price Dong, passes bool, now Instant) (Event, Reason) {
	rules := s.Rules.Called
	switch {
	case !s.takesBids(now):
		return nil, ReasonWrongPhase
	case price != s.Price:
		return nil, ReasonPriceChanged
	case s.called.undo != nil:
		return nil, ReasonUndoPending
	case passes && s.Leader != "" && s.ReserveMet:
		return nil, ReasonBidStands
	case s.called.count < rules.Calls && !rules.EarlyHammer:
		return nil, ReasonCallsMissing
	case now < s.mayCallFrom() && !rules.EarlyHammer:
		return nil, ReasonCallTooSoon
	}
	return &Hammered{Price: s.Price, Passed: passes}, ""
}

// undo takes back the last bid alone, so the newest goes first. Where bidding
// is over the lot has to be reopened before: who was asked to bid again must be
// able to. A bid that was called for the last time is undone by two people:
// whom the hall has heard win loses it by nobody's word alone.
func undo(s *State, act Undo, now Instant) (Event, Reason) {
	top, why := s.undoable(act.Code, act.Amount, now)
	switch {
	case why != "":
		return nil, why
	case !top.final:
		return s.undone(top, act.Reason), textMissing(act.Reason)
	case s.called.undo != nil:
		return nil, ReasonUndoPending
	}
	return &UndoAsked{Bid: top.seq, Code: top.code, Amount: top.amount, Reason: act.Reason}, textMissing(act.Reason)
}

// undoable is the last bid that counts, if it is the one named and bids can be
// undone at the moment; else why not.
func (s *State) undoable(code ParticipantCode, amount Dong, now Instant) (*calledBid, Reason) {
	if !s.takesBids(now) && s.Phase != PhasePaused {
		return nil, ReasonWrongPhase
	}
	top := s.called.top()
	if top == nil || top.code != code || top.amount != amount {
		return nil, ReasonNotLastBid
	}
	return top, ""
}

func (s *State) undone(top *calledBid, reason string) *Undone {
	e := &Undone{Bid: top.seq, Code: top.code, Amount: top.amount, Reason: reason}
	if before := lastOf(s.called.bids[:len(s.called.bids)-1]); before != nil {
		e.Price, e.Leader = before.amount, before.code
	}
	return e
}

// undoWaiting is the undo that waits, if it is of the bid named; else why not.
func (s *State) undoWaiting(code ParticipantCode, amount Dong, now Instant) (*calledBid, Reason) {
	top, why := s.undoable(code, amount, now)
	if why == "" && s.called.undo == nil {
		why = ReasonNoUndoAsked
	}
	return top, why
}

func confirmUndo(s *State, act ConfirmUndo, now Instant) (Event, Reason) {
	top, why := s.undoWaiting(act.Code, act.Amount, now)
	switch {
	case why != "":
		return nil, why
	case act.By == "" || act.By == s.called.undo.by: // who has no reference cannot be told apart
		return nil, ReasonSecondPerson
	}
	e := s.undone(top, s.called.undo.now.Reason)
	e.Asked = s.called.undo.seq
	return e, ""
}

// dropUndo needs a reason of whoever does it: also who asked and thinks better
// of it has disputed a bid before everybody.
func dropUndo(s *State, act DropUndo, now Instant) (Event, Reason) {
	if _, why := s.undoWaiting(act.Code, act.Amount, now); why != "" {
		return nil, why
	}
	return &UndoDropped{Asked: s.called.undo.seq, Code: act.Code, Amount: act.Amount, Reason: act.Reason}, textMissing(act.Reason)
}

// reopen gives a lot its whole time again as the outer bound.
func reopen(s *State, act Reopen, now Instant) (Event, Reason) {
	switch {
	case s.Phase != PhaseClosed:
		return nil, ReasonWrongPhase
	case act.LaterOpened:
		return nil, ReasonLaterLotOpen
	}
	return &LotReopened{ClosesAt: now.Add(s.Rules.BiddingMs), Reason: act.Reason}, textMissing(act.Reason)
}
