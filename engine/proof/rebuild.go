package proof

import (
	"iter"
	"strings"

	"gobua/engine"
)

// commands yields what the sender of a record may have sent. An act that was
// carried out is known to the last detail. Of one that was refused the record
// keeps the act, the amount and why: then everything is yielded that
// such a reason can be given for, and it is enough that one of them is refused
// so. Who holds the receipt knows what was sent. Of staff it keeps whom and what
// they named, too.
func (j *judge) commands(r *engine.Record) iter.Seq[engine.Command] {
	return func(yield func(engine.Command) bool) {
		c := engine.Command{ID: r.Cmd, By: r.By}
		if e, refused := r.Event.(*engine.Refused); refused {
			for _, free := range limits(e) {
				c.Free = free
				for act := range j.refusedActs(r, e) {
					if c.Do = act; !yield(c) {
						return
					}
				}
			}
			return
		}
		c.Taken = j.taken(r)
		for _, act := range j.acts(r) {
			if c.Do = act; !yield(c) {
				return
			}
		}
	}
}

// limits is what a limit across lots may have left to the sender.
func limits(e *engine.Refused) []*engine.Free {
	switch {
	case e.Reason == engine.ReasonLotsTaken:
		return []*engine.Free{{Lots: 0, Total: engine.MaxDong}}
	case e.Reason == engine.ReasonOverLimit && e.Free != nil:
		return []*engine.Free{{Lots: 1, Total: *e.Free}}
	}
	return []*engine.Free{nil}
}

// taken is whom the record of an opening says that a limit across lots left no
// further lot. It follows the record of the second key.
func (j *judge) taken(r *engine.Record) (codes []engine.ParticipantCode) {
	if _, key := r.Event.(*engine.KeyPresented); !key {
		return nil
	}
	next, err := j.ahead.peek(int(r.Seq - j.state.Head.Seq))
	if err != nil || next == nil {
		return nil // as if nobody were; whoever takes the next record meets what is wrong
	}
	if e, opening := next.Event.(*engine.Unsealed); opening {
		for _, v := range e.Void {
			if v.Why == engine.ReasonLotsTaken {
				codes = append(codes, v.Code)
			}
		}
	}
	return codes
}

// acts is the act that brought about what a record says.
func (j *judge) acts(r *engine.Record) []engine.Act {
	s := &j.state
	switch e := r.Event.(type) {
	case *engine.CheckedIn:
		if e.Floor {
			return one(engine.FloorCheckIn{Code: e.Code})
		}
		return one(engine.CheckIn{})
	case *engine.BidAccepted:
		amount := j.amountOf(r, e.Amount, s.NextMinimum())
		switch {
		case e.Floor:
			return one(engine.FloorBid{Code: e.Code, Amount: amount, Confirm: amount})
		case e.Bought == engine.ActBuy:
			return one(engine.Buy{Amount: amount})
		case e.Bought == engine.ActRaise:
			return one(engine.RaiseMaximum{Amount: amount, Confirm: amount})
		}
		return one(engine.PlaceBid{Amount: amount, Confirm: amount})
	case *engine.Raised:
		amount := j.amountOf(r, e.Amount, j.aboveLeader())
		return one(engine.RaiseMaximum{Amount: amount, Confirm: amount})
	case *engine.Withdrawn:
		return one(engine.Withdraw{Confirm: e.Code})
	case *engine.Opened:
		return one(engine.Open{})
	case *engine.Paused:
		return one(engine.Pause{Reason: e.Reason})
	case *engine.Resumed:
		return one(engine.Resume{Reason: e.Reason})
	case *engine.Stopped:
		return one(engine.Stop{Reason: e.Reason})
	case *engine.Cancelled:
		return one(engine.Cancel{Reason: e.Reason})
	case *engine.Said:
		return one(engine.Say{Text: e.Text})
	case *engine.Extended:
		return one(engine.Extend{By: e.ClosesAt.Sub(s.ClosesAt), Reason: e.Reason})
	case *engine.Disqualified:
		return one(engine.Disqualify{Code: e.Code, Reason: e.Reason})
	case *engine.Announced:
		return one(j.announce(e.Result.Winner, e.Result.Price))
	}
	return actsUnderSealOrCalled(s, r.Event)
}

// actsUnderSealOrCalled is acts for what only some methods have.
func actsUnderSealOrCalled(s *engine.State, e engine.Event) []engine.Act {
	switch e := e.(type) {
	case *engine.KeyTaken:
		return one(engine.TakeKey{Publics: e.Publics})
	case *engine.KeyPresented:
		return one(engine.PresentKey{Private: e.Private})
	case *engine.OfferSealed:
		return offers(s, e.Box)
	case *engine.OfferTakenBack:
		return one(engine.TakeOfferBack{})
	case *engine.SealedRoundOpened:
		return one(engine.OpenRound{})
	case *engine.PartDeclined:
		return one(engine.Decline{Code: e.Code, Reason: e.Reason})
	case *engine.Asked:
		return one(engine.Ask{Price: e.Price})
	case *engine.Warned:
		return one(engine.Warn{})
	case *engine.CallMade:
		return one(engine.Call{Price: e.Price})
	case *engine.Hammered:
		if e.Passed {
			return one(engine.Pass{Price: e.Price})
		}
		return one(engine.Hammer{Price: e.Price})
	case *engine.UndoAsked:
		return one(engine.Undo{Code: e.Code, Amount: e.Amount, Reason: e.Reason})
	case *engine.UndoDropped:
		return one(engine.DropUndo{Code: e.Code, Amount: e.Amount, Reason: e.Reason})
	case *engine.Undone:
		if e.Asked != 0 {
			return one(engine.ConfirmUndo{Code: e.Code, Amount: e.Amount})
		}
		return one(engine.Undo{Code: e.Code, Amount: e.Amount, Reason: e.Reason})
	case *engine.LotReopened:
		return one(engine.Reopen{Reason: e.Reason})
	}
	return nil
}

// offers are sealed offers of amounts of which one can be made, whatever the
// round. What is in the box is judged when it is opened; nil stands for one that
// the record does not keep. A box of another length than every box has is nobody's.
func offers(s *engine.State, box []byte) (acts []engine.Act) {
	if sealed := s.Rules.Sealed; sealed != nil {
		switch length := sealed.BoxLength(); {
		case box == nil:
			box = make([]byte, length)
		case len(box) != length:
			return nil
		}
	}
	for _, amount := range []engine.Dong{s.NextMinimum(), s.Rules.Start, s.Rules.NextMinimum(s.Price), s.Rules.AmountCap(), s.Price} {
		acts = append(acts, engine.PutOffer{Amount: amount, Confirm: amount, Box: box})
	}
	return acts
}

func one(act engine.Act) []engine.Act { return []engine.Act{act} }

// announce names what the session would be announced with.
func (j *judge) announce(winner engine.ParticipantCode, price engine.Dong) engine.Announce {
	a := engine.Announce{Winner: winner, Price: price}
	if now := j.state.Now(); now.Sealed != nil && now.Sealed.Units != nil {
		a.Changes = now.Sealed.Units.Changes
	}
	return a
}

// amountOf is the amount of a record, and where it is hidden one that stands in
// for it: the least that the rules allow above least and above every price that
// ever stood. What it stands in for is no less, so whatever somebody discloses
// of what follows, it follows from this one too.
func (j *judge) amountOf(r *engine.Record, amount, least engine.Dong) engine.Dong {
	if r.Concealed == nil {
		return amount
	}
	return max(least, j.above(j.unknown.Highest))
}

// above is the least amount above another that is on the grid of steps.
func (j *judge) above(amount engine.Dong) engine.Dong {
	rules := &j.state.Rules
	if rules.Step.Kind != engine.StepFixed {
		return amount + 1
	}
	if amount < rules.Start {
		return rules.Start
	}
	return amount + rules.Step.Amount - (amount-rules.Start)%rules.Step.Amount
}

// aboveLeader is the least that the leader may lift the own maximum to.
func (j *judge) aboveLeader() engine.Dong {
	if b := j.state.Bidder(j.state.Leader); b != nil {
		return j.above(b.Best)
	}
	return 0
}

// refusedActs yields acts that such a refusal can answer.
func (j *judge) refusedActs(r *engine.Record, e *engine.Refused) iter.Seq[engine.Act] {
	return func(yield func(engine.Act) bool) {
		amounts := []engine.Dong{e.Amount}
		if r.Concealed != nil {
			amounts = j.refusedAmounts()
		}
		for _, amount := range amounts {
			for _, act := range j.biddersActs(e, amount) {
				if !yield(act) {
					return
				}
			}
		}
		if r.By.Role == engine.RoleBidder {
			return
		}
		for act := range j.staffActs(e) {
			if !yield(act) {
				return
			}
		}
	}
}

// refusedAmounts stand in for a hidden amount that was refused: one for each
// reason there can be.
func (j *judge) refusedAmounts() []engine.Dong {
	rules := &j.state.Rules
	list := []engine.Dong{j.state.NextMinimum(), rules.AmountCap(), engine.MaxDong, engine.MaxDong + 1, 1, j.state.Price, rules.Start}
	if b := j.state.Bidder(j.state.Leader); b != nil { // on the grid, and off it
		list = append(list, b.Best, j.above(b.Best), j.above(b.Best)+1)
	}
	// One that the typo guard stops, on the steps and off them.
	step := rules.Step.At(max(j.state.Price, rules.Start))
	if above := engine.Dong(rules.ConfirmAbove); above < (engine.MaxDong-list[0])/step {
		far := list[0] + step*(above+1)
		list = append(list, far, far+1)
		if higher := j.aboveLeader(); higher > far {
			list = append(list, higher)
		}
	}
	return list
}

// biddersActs are what a participant may have sent with an amount.
func (j *judge) biddersActs(e *engine.Refused, amount engine.Dong) []engine.Act {
	var acts []engine.Act
	switch e.Act {
	case engine.ActBid:
		for _, confirm := range confirms(amount) {
			acts = append(acts, engine.PlaceBid{Amount: amount, Confirm: confirm})
		}
	case engine.ActRaise:
		for _, confirm := range confirms(amount) {
			acts = append(acts, engine.RaiseMaximum{Amount: amount, Confirm: confirm})
		}
	case engine.ActFloorBid:
		for _, confirm := range confirms(amount) {
			acts = append(acts, engine.FloorBid{Code: e.Code, Amount: amount, Confirm: confirm})
		}
	case engine.ActBuy:
		acts = one(engine.Buy{Amount: amount})
	case engine.ActWithdraw:
		acts = []engine.Act{engine.Withdraw{Confirm: e.Code}, engine.Withdraw{}}
	case engine.ActOffer:
		acts = offers(&j.state, nil)
	case engine.ActTakeBack:
		acts = one(engine.TakeOfferBack{})
	}
	return acts
}

// confirms are the ways to have repeated an amount: rightly, not, wrongly.
func confirms(amount engine.Dong) []engine.Dong {
	return []engine.Dong{amount, 0, amount + 1}
}

// texts are what staff may have given as a reason: what the record keeps, or one
// that it does not keep because it is too long.
func texts(e *engine.Refused) []string { return []string{e.Text, strings.Repeat("x", 1000)} }

// staffActs yields what the auctioneer, the clerk or the keeper of a key may
// have sent.
func (j *judge) staffActs(e *engine.Refused) iter.Seq[engine.Act] {
	return func(yield func(engine.Act) bool) {
		for _, act := range plainStaffActs(e) {
			if !yield(act) {
				return
			}
		}
		for _, code := range codes(e) {
			for _, text := range texts(e) {
				for _, act := range j.actsAbout(e, code, text) {
					if !yield(act) {
						return
					}
				}
			}
		}
	}
}

// codes are whom an act of staff may have named: whom the record names, or, where
// it names nobody, somebody who does not take part.
func codes(e *engine.Refused) []engine.ParticipantCode {
	if e.Code != "" {
		return []engine.ParticipantCode{e.Code}
	}
	return []engine.ParticipantCode{"", "?"}
}

func plainStaffActs(e *engine.Refused) []engine.Act {
	switch e.Act {
	case engine.ActOpen:
		return []engine.Act{engine.Open{}, engine.Open{EarlierGoesOn: true}}
	case engine.ActAsk:
		return one(engine.Ask{Price: e.Amount})
	case engine.ActWarn:
		return one(engine.Warn{})
	case engine.ActCall:
		return one(engine.Call{Price: e.Amount})
	case engine.ActHammer:
		return one(engine.Hammer{Price: e.Amount})
	case engine.ActPass:
		return one(engine.Pass{Price: e.Amount})
	case engine.ActOpenRound:
		return one(engine.OpenRound{})
	case engine.ActTakeKey:
		return one(engine.TakeKey{})
	case engine.ActPresentKey:
		return one(engine.PresentKey{})
	}
	return nil
}

// actsAbout are acts of staff that name somebody or give a reason.
func (j *judge) actsAbout(e *engine.Refused, code engine.ParticipantCode, text string) []engine.Act {
	switch e.Act {
	case engine.ActPause:
		return one(engine.Pause{Reason: text})
	case engine.ActResume:
		return one(engine.Resume{Reason: text})
	case engine.ActStop:
		return one(engine.Stop{Reason: text})
	case engine.ActCancel:
		return one(engine.Cancel{Reason: text})
	case engine.ActSay:
		return one(engine.Say{Text: text})
	case engine.ActExtend:
		return []engine.Act{engine.Extend{By: 60_000, Reason: text}, engine.Extend{Reason: text}}
	case engine.ActReopen:
		return []engine.Act{engine.Reopen{Reason: text}, engine.Reopen{Reason: text, LaterOpened: true}}
	case engine.ActDisqualify:
		return one(engine.Disqualify{Code: code, Reason: text})
	case engine.ActDecline:
		return one(engine.Decline{Code: code, Reason: text})
	case engine.ActFloorCheckIn:
		return one(engine.FloorCheckIn{Code: code})
	case engine.ActUndo:
		return one(engine.Undo{Code: code, Amount: e.Amount, Reason: text})
	case engine.ActConfirmUndo:
		return one(engine.ConfirmUndo{Code: code, Amount: e.Amount})
	case engine.ActDropUndo:
		return one(engine.DropUndo{Code: code, Amount: e.Amount, Reason: text})
	case engine.ActAnnounce:
		a := j.announce(code, e.Amount)
		changed := a
		changed.Changes++
		return []engine.Act{a, changed}
	}
	return nil
}
