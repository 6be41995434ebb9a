package engine

// Record puts an event of a command in its place after s.Head. The command's
// own record carries its sender and id; what the rules made follow from it is
// the system's.
func (s *State) Record(c Command, at Instant, e Event) Record {
	r := Record{Seq: s.Head.Seq + 1, At: at, By: c.By, Cmd: c.ID, Event: e}
	switch e.(type) {
	case *AutoRaised, *Lowered, *Reopened, *Closed, *RoundOpened, *Unsealed, *OfferOpened, *StageOpened, *TurnOpened:
		r.By, r.Cmd = System, CommandID{}
	case *Extended:
		if _, byHand := c.Do.(Extend); !byHand {
			r.By, r.Cmd = System, CommandID{}
		}
	}
	return r
}

// Outcome returns the remembered answer to a command, if it is still known.
// The sender is a participant's code; empty: staff.
func (s *State) Outcome(code ParticipantCode, id CommandID) (Receipt, bool) {
	if m := s.memoryOf(code); m != nil {
		if o := m.find(id); o != nil {
			return s.answer(o), true
		}
	}
	return Receipt{}, false
}

// Forgot tells that a command of a sender was decided, so long ago that its
// answer is not kept.
func (s *State) Forgot(code ParticipantCode, id CommandID) bool {
	m := s.memoryOf(code)
	if m == nil {
		return false
	}
	n, decided := m.seen[id]
	return decided && m.forgot(n)
}

// memoryOf is what is remembered of a sender; nil: nobody has this code.
func (s *State) memoryOf(code ParticipantCode) *memory {
	if code == "" {
		return &s.staff
	}
	if b := s.byCode[code]; b != nil {
		return &b.memory
	}
	return nil
}

// Now is the changing part of the public room.
func (s *State) Now() Now {
	n := Now{
		Phase: s.Phase, Price: s.Price, Next: s.NextMinimum(),
		Leader: s.shown(s.Leader), Bids: s.Bids, ClosesAt: s.ClosesAt, RemainingMs: s.Remaining,
		Extensions: s.Extensions, LatestAt: s.LatestAt, Reason: s.Reason, LostMs: s.LostMs, Result: s.Result,
		Round: s.roundNow(), Group: s.followed,
	}
	s.method.Show(s, &n)
	if s.Phase == PhasePaused || s.Phase == PhaseStopped || s.Phase == PhaseCancelled {
		n.ClosesAt, n.LatestAt = 0, 0 // no end is running any more
	}
	if s.secret != nil {
		n.Reserve = ReserveNotMet
		if s.Price > 0 && s.ReserveMet {
			n.Reserve = ReserveMet
		}
	}
	return n
}

// shown is a code as the room may see it now: the rules may hide codes until
// the session is announced.
func (s *State) shown(code ParticipantCode) ParticipantCode {
	if s.Rules.HideCodes && s.Phase != PhaseAnnounced {
		return ""
	}
	return code
}

// Room is a whole new public room without history. The caller folds the
// updates since the beginning into it.
func (s *State) Room() Room {
	r := Room{Session: s.Session, Lot: s.Lot, Rules: s.Rules, RulesHash: s.RulesHash, Now: s.Now(), History: []Row{}, Messages: []Message{}}
	if s.Lot.ShowCount {
		r.Participants = len(s.bidders)
	}
	return r
}

// Update is what the room hears of a record that Apply called public, right
// after that Apply.
func (s *State) Update(r Record) Update {
	u := Update{Kind: r.Event.Kind(), At: r.At, Now: s.Now()}
	row := func(code ParticipantCode, level Dong, auto bool) {
		u.Row = &Row{Feed: s.Feed, At: r.At, Code: s.shown(code), Level: level, Auto: auto}
	}
	say := func(text string) {
		if text != "" {
			u.Message = &Message{At: r.At, Text: text}
		}
	}
	switch e := r.Event.(type) {
	case *BidAccepted:
		row(e.Code, e.Level, false)
		u.Row.Floor = e.Floor
		u.Row.Bought = e.Bought != ""
	case *Raised:
		row(e.Code, e.Price, true)
	case *AutoRaised:
		row(e.Code, e.Level, true)
	case *Said:
		say(e.Text)
	case *Extended:
		say(e.Reason)
	case *Resumed:
		say(e.Reason)
	case *Withdrawn:
		u.Code, u.Struck = s.shown(e.Code), s.struck
	case *Disqualified:
		u.Code, u.Struck = s.shown(e.Code), s.struck
		say(e.Reason)
	case *OutageCredited:
		u.LostMs = e.LostMs
	case *Lowered:
		u.Row = &Row{Feed: s.Feed, At: e.Due, Level: e.Price, Fall: true}
	case *OfferOpened:
		row(e.Code, e.Amount, false)
		u.Row.At, u.Row.Units = e.At, e.Units
	case *Undone:
		u.Code, u.Struck = s.shown(e.Code), s.struck
		say(e.Reason)
		if e.Asked != 0 {
			u.By = r.By.Role
		}
	case *UndoAsked:
		u.Code, u.By = s.shown(e.Code), r.By.Role
		say(e.Reason)
	case *UndoDropped:
		u.Code, u.By = s.shown(e.Code), r.By.Role
		say(e.Reason)
	case *LotReopened:
		say(e.Reason)
	case *PartDeclined:
		u.Code, u.Struck = s.shown(e.Code), s.struck
		say(e.Reason)
	case *Opened, *Paused, *Stopped, *Cancelled, *Reopened, *Closed, *Announced, *RoundOpened,
		*KeyTaken, *KeyPresented, *Unsealed, *SealedRoundOpened, *StageOpened,
		*Asked, *Warned, *CallMade, *Hammered, *TurnOpened: // Now says it all
	case *Created, *CheckedIn, *Refused, *OfferSealed, *OfferTakenBack: // the room does not hear of them
	}
	return u
}

// Concerned is whom a record changes something for, so that they are told
// their new Standing; it appends to out and may name somebody twice.
func (s *State) Concerned(r Record, leaderBefore ParticipantCode, out []ParticipantCode) []ParticipantCode {
	if s.movesUnits(r.Event) {
		return s.everybody(out)
	}
	switch e := r.Event.(type) {
	case *CheckedIn:
		out = append(out, e.Code)
	case *BidAccepted:
		out = append(out, e.Code)
	case *Raised:
		out = append(out, e.Code)
	case *Withdrawn:
		out = append(out, e.Code)
	case *Disqualified:
		out = append(out, e.Code)
	case *OfferSealed:
		out = append(out, e.Code)
	case *OfferTakenBack:
		out = append(out, e.Code)
	case *OfferOpened:
		out = append(out, e.Code)
	case *PartDeclined:
		out = append(out, e.Code)
	case *Undone:
		out = append(out, e.Code)
	case *Announced, *Stopped, *Cancelled, *RoundOpened, *Unsealed, *SealedRoundOpened, *StageOpened:
		return s.everybody(out)
	}
	if leaderBefore != s.Leader {
		if leaderBefore != "" {
			out = append(out, leaderBefore)
		}
		if s.Leader != "" {
			out = append(out, s.Leader)
		}
	}
	return out
}

// everybody appends the codes of all participants.
func (s *State) everybody(out []ParticipantCode) []ParticipantCode {
	for _, b := range s.bidders {
		out = append(out, b.Code)
	}
	return out
}

// Standing is what a participant may know about themselves.
func (s *State) Standing(code ParticipantCode) (Standing, bool) {
	b := s.byCode[code]
	if b == nil {
		return Standing{}, false
	}
	leading := s.leads(b)
	offeredAt := Instant(0)
	if b.offer != nil {
		offeredAt = b.offer.at
	}
	return Standing{
		Code: code, CheckedIn: b.CheckedIn, Leading: leading, Best: b.Best,
		Outbid: b.Best > 0 && !leading && b.Out == "",
		Out:    b.Out, OutReason: b.OutReason,
		Won:       s.Result != nil && s.Result.Outcome == OutcomeSold && leading,
		LastBidAt: b.LastBidAt, Withdrawable: leading && !s.Phase.Final(),
		NotInRound: !s.Phase.Final() && !s.mayBidInRound(b), GoesOn: s.goesOn(b), OfferedAt: offeredAt,
		LastWord: s.hybrid != nil && s.hybrid.first == code && b.Out == "" && !s.Phase.Final(),
		Undone:   b.Undone && !leading && b.Out == "" && !s.Phase.Final(),
		Units:    b.units, Served: b.served,
	}, true
}

// DeskParticipants is every participant as the console sees them.
func (s *State) DeskParticipants() []DeskParticipant {
	list := make([]DeskParticipant, 0, len(s.bidders))
	for _, b := range s.bidders {
		list = append(list, DeskParticipant{Code: b.Code, CheckedIn: b.CheckedIn, Level: b.Level, Out: b.Out, Leading: s.leads(b), Attempts: b.Attempts,
			InRound: s.Round > 0 && b.Out == "" && s.mayBidInRound(b)})
	}
	return list
}

// DeskRecord is a record as the console sees it, right after Apply, where
// DeskHears of it: under Rules.Proxy without the amounts, which are maxima, and
// where offers are sealed numbered without what it does not hear of.
func (s *State) DeskRecord(r Record) DeskRecord {
	d := DeskRecord{Seq: r.Seq, At: r.At, Kind: r.Event.Kind(), By: r.By, Leader: s.Leader, Hash: r.Hash}
	if s.sealed != nil {
		d.Seq = s.sealed.deskCount
	}
	amount := func(named, public Dong) {
		d.Amount = named
		if s.Rules.Proxy {
			d.Amount = public
		}
	}
	switch e := r.Event.(type) {
	case *CheckedIn:
		d.Code, d.Floor = e.Code, e.Floor
	case *BidAccepted:
		d.Code, d.Floor = e.Code, e.Floor
		d.Code, d.Bought = e.Code, e.Bought != ""
		if amount(e.Amount, e.Level); d.Bought {
			d.Amount = e.Level // whatever more was named
		}
	case *Raised:
		d.Code = e.Code
		amount(e.Amount, 0)
	case *AutoRaised:
		d.Code, d.Amount = e.Code, e.Level
	case *Refused:
		d.Code, d.Act, d.Reason, d.Text = e.Code, e.Act, e.Reason, e.Text
		amount(e.Amount, 0)
	case *Withdrawn:
		d.Code = e.Code
	case *Disqualified:
		d.Code, d.Text = e.Code, e.Reason
	case *Paused:
		d.Text = e.Reason
	case *Resumed:
		d.Text = e.Reason
	case *Stopped:
		d.Text = e.Reason
	case *Cancelled:
		d.Text = e.Reason
	case *Extended:
		d.Text = e.Reason
	case *Said:
		d.Text = e.Text
	case *RoundOpened:
		d.Round, d.Going = e.Round, len(e.Going)
	case *Announced:
		d.Code, d.Amount = e.Result.Winner, e.Result.Price
		if n := len(e.Result.Awards); n > 0 {
			d.Code, d.Count = "", n
		}
	case *Lowered:
		d.Amount = e.Price
	case *Reopened:
		d.Amount = e.Price
	case *OfferOpened:
		d.Code, d.Amount, d.Units = e.Code, e.Amount, e.Units
	case *Unsealed:
		d.Round = e.Round
	case *KeyPresented:
		d.Round = e.Round
	case *SealedRoundOpened:
		d.Round, d.Going = e.Round, len(e.Going)
	case *StageOpened:
		d.Code, d.Amount, d.Stage = e.First, e.Price, e.Stage
	case *Asked:
		d.Amount = e.Price
	case *CallMade:
		d.Amount, d.Count = e.Price, e.Count
	case *Hammered:
		d.Amount = e.Price
	case *Undone:
		d.Code, d.Amount, d.Text = e.Code, e.Amount, e.Reason
	case *UndoAsked:
		d.Code, d.Amount, d.Text = e.Code, e.Amount, e.Reason
	case *UndoDropped:
		d.Code, d.Amount, d.Text = e.Code, e.Amount, e.Reason
	case *LotReopened:
		d.Text = e.Reason
	case *TurnOpened:
		d.Code, d.Round, d.Count = e.Code, e.Round, e.Turn
	case *PartDeclined:
		d.Code, d.Text = e.Code, e.Reason
	case *Created, *Opened, *OutageCredited, *Closed, *KeyTaken, *Warned: // the kind says it all
	case *OfferSealed, *OfferTakenBack: // the desk does not hear of them
	}
	return d
}
