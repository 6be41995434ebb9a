package office

import (
	"context"
	"slices"

	"gobua/engine"
)

// MyProceeding is what a participant may know of a lot that is over: how it
// ended, and what is asked of them.
type MyProceeding struct {
	LotOutcome
	MyCode     engine.ParticipantCode `json:"myCode"`
	Part       Part                   `json:"part"`
	DeadlineAt engine.Instant         `json:"deadlineAt,omitempty"` // of what is asked of me
	Offer      engine.Dong            `json:"offer,omitempty"`      // my price, as the adjacent bidder
	Deposit    engine.Dong            `json:"deposit,omitempty"`    // of the lot
	Forfeit    ForfeitGround          `json:"forfeit,omitempty"`    // on which my deposit may be lost
	Minutes    *Minutes               `json:"minutes,omitempty"`    // the latest version, where I sign
	Settlement *Settlement            `json:"settlement,omitempty"` // of my purchase
	Balance    engine.Dong            `json:"balance,omitempty"`
}

// Part is what a participant is in a proceeding.
type Part string

// The parts.
const (
	PartWinner   Part = "winner"   // has the award
	PartAdjacent Part = "adjacent" // is asked
	PartFallen   Part = "fallen"   // lost the award or the offer
	PartOther    Part = "other"
)

// partOf tells what a code is in a proceeding.
func (p *Proceeding) partOf(code engine.ParticipantCode) Part {
	_, several := p.awardOf(code)
	switch {
	case p.State == ProceedingOffered && p.Offer.Code == code:
		return PartAdjacent
	case p.fell(code):
		return PartFallen
	case several, p.Award != nil && p.Award.Code == code && p.State != ProceedingFailed:
		return PartWinner
	}
	return PartOther
}

// MyProceedings returns the lots a bidder took part in that are over, latest
// first.
func (o *Office) MyProceedings(ctx context.Context, by Account) ([]MyProceeding, error) {
	by, err := o.authorize(ctx, by, engine.RoleBidder)
	if err != nil {
		return nil, err
	}
	codes, sessions, err := o.myCodes(ctx, by)
	if err != nil {
		return nil, err
	}
	list, err := o.store.Proceedings(ctx, ProceedingQuery{Sessions: sessions, Limit: len(sessions)})
	if err != nil {
		return nil, err
	}
	mine := make([]MyProceeding, 0, len(list))
	for i := range list {
		one, err := o.mine(ctx, &list[i], codes[list[i].Session])
		if err != nil {
			return nil, err
		}
		mine = append(mine, one)
	}
	slices.SortStableFunc(mine, func(a, b MyProceeding) int { return int(max(min(b.EndedAt-a.EndedAt, 1), -1)) })
	return mine, nil
}

// myCodes are the codes of a bidder in the newest sessions.
func (o *Office) myCodes(ctx context.Context, by Account) (map[engine.SessionID]engine.ParticipantCode, []engine.SessionID, error) {
	list, err := o.Participations(ctx, by.ID)
	codes := make(map[engine.SessionID]engine.ParticipantCode, len(list))
	sessions := []engine.SessionID{}
	for _, part := range list {
		codes[part.Session] = part.Code
		sessions = append(sessions, part.Session)
	}
	return codes, sessions, err
}

func (o *Office) mine(ctx context.Context, p *Proceeding, code engine.ParticipantCode) (MyProceeding, error) {
	my := MyProceeding{LotOutcome: p.outcome(), MyCode: code, Part: p.partOf(code), Deposit: p.Lot.Deposit}
	if a, several := p.awardOf(code); several {
		my.Code, my.Price, my.BidAt = a.Code, a.Total(), a.BidAt
	}
	for _, f := range p.Fallen {
		if f.Code == code {
			my.Forfeit = f.Ground
		}
	}
	switch my.Part {
	case PartAdjacent:
		my.Offer, my.DeadlineAt = p.Offer.Price, p.DeadlineAt
	case PartWinner:
		my.DeadlineAt = p.DeadlineAt
		if my.Settlement = p.Settlement; p.Settlement != nil {
			my.Balance = p.Settlement.Balance()
		}
		versions, err := o.store.MinutesOf(ctx, []string{p.LotID})
		if err != nil {
			return my, err
		}
		if n := len(versions); n > 0 && versions[n-1].Covers == p.MinutesDue() {
			my.Minutes = &versions[n-1]
			my.Minutes.Signatures = []MinutesSignature{} // whose they are is for the office
		}
	}
	return my, nil
}

// myProceeding finds a bidder's own code in a proceeding. ErrNotFound: they did
// not take part.
func (o *Office) myProceeding(ctx context.Context, by Account, lotID string) (Account, Proceeding, engine.ParticipantCode, error) {
	by, err := o.authorize(ctx, by, engine.RoleBidder)
	if err != nil {
		return by, Proceeding{}, "", err
	}
	if !validID(lotID) {
		return by, Proceeding{}, "", ErrNotFound
	}
	p, err := o.store.Proceeding(ctx, lotID)
	if err != nil {
		return by, p, "", err
	}
	codes, _, err := o.myCodes(ctx, by)
	if err == nil && codes[p.Session] == "" {
		err = ErrNotFound
	}
	return by, p, codes[p.Session], err
}

// ConfirmResult is the winner's confirmation of the minutes, which is also the
// signature under them: the lot is sold. Errors as SignMinutes, ErrForbidden if
// somebody else has won, ErrTooLate.
func (o *Office) ConfirmResult(ctx context.Context, by Account, lotID string, s Signing) (MyProceeding, error) {
	by, p, code, err := o.myProceeding(ctx, by, lotID)
	if err != nil {
		return MyProceeding{}, err
	}
	if err := p.mayAnswer(ProceedingConfirm, p.Award, code, engine.InstantOf(o.now())); err != nil {
		return MyProceeding{}, err // before the proof: a wrong one would weigh on the account
	}
	signature, err := o.sign(ctx, by, &p, s)
	if err != nil {
		return MyProceeding{}, err
	}
	signature.Slot, signature.Code = SlotWinner, code
	p, err = o.changeProceeding(ctx, by, lotID, "confirm", "", func(p *Proceeding, at engine.Instant) error {
		if err := p.confirm(at, code); err != nil {
			return err
		}
		return p.keepSignature(signature)
	})
	return o.answered(ctx, p, err, code)
}

// RefuseResult is the winner's refusal. typed must be the own code, typed again:
// the deposit is lost.
func (o *Office) RefuseResult(ctx context.Context, by Account, lotID, typed, reason string) (MyProceeding, error) {
	by, _, code, err := o.myProceeding(ctx, by, lotID)
	if err != nil {
		return MyProceeding{}, err
	}
	var f faults
	f.when(tidyText(typed) != string(code), "typed", "not_the_code")
	f.lines("reason", &reason, maxReasonRunes)
	if err := f.err(); err != nil {
		return MyProceeding{}, err
	}
	p, err := o.changeProceeding(ctx, by, lotID, "refuse", reason, func(p *Proceeding, at engine.Instant) error {
		return p.refuse(at, code, false, reason, "", "")
	})
	return o.answered(ctx, p, err, code)
}

// AnswerOffer is the adjacent bidder's answer. Accepting needs a proof, as it
// binds; declining costs nothing.
func (o *Office) AnswerOffer(ctx context.Context, by Account, lotID string, accept bool, proof string) (MyProceeding, error) {
	by, p, code, err := o.myProceeding(ctx, by, lotID)
	if err != nil {
		return MyProceeding{}, err
	}
	if err := p.mayAnswer(ProceedingOffered, p.Offer, code, engine.InstantOf(o.now())); err != nil {
		return MyProceeding{}, err
	}
	name := "decline"
	if accept {
		name = "accept"
		if _, err := o.prove(ctx, by, proof, engine.Hash{}); err != nil {
			return MyProceeding{}, err
		}
	}
	p, err = o.changeProceeding(ctx, by, lotID, name, "", func(p *Proceeding, at engine.Instant) error {
		return p.answer(at, code, accept)
	})
	return o.answered(ctx, p, err, code)
}

// mayAnswer tells whether a code may answer what a proceeding waits for.
func (p *Proceeding) mayAnswer(s ProceedingState, asked *Award, code engine.ParticipantCode, at engine.Instant) error {
	if err := p.waits(s, at); err != nil {
		return err
	}
	if asked.Code != code {
		return ErrForbidden
	}
	return nil
}

// answered shows a bidder what their answer made of the proceeding.
func (o *Office) answered(ctx context.Context, p Proceeding, err error, code engine.ParticipantCode) (MyProceeding, error) {
	if err != nil {
		return MyProceeding{}, err
	}
	if p, err = o.store.Proceeding(ctx, p.LotID); err != nil { // with what followed
		return MyProceeding{}, err
	}
	return o.mine(ctx, &p, code)
}

// MyMinutes returns a version of the minutes to the winner.
func (o *Office) MyMinutes(ctx context.Context, by Account, lotID string, number int) (Minutes, error) {
	_, p, code, err := o.myProceeding(ctx, by, lotID)
	if err != nil {
		return Minutes{}, err
	}
	if p.partOf(code) != PartWinner {
		return Minutes{}, ErrForbidden
	}
	return o.store.MinutesPDF(ctx, lotID, number)
}
