package office

import (
	"strings"

	"gobua/engine"
)

// The acts of a proceeding. Each changes the value or returns an error and
// changes nothing: ErrWrongState, ErrForbidden where it is somebody else's to
// answer, ErrTooLate from the deadline on. The deadline itself is too late:
// valid is at < DeadlineAt, as in the session.

// waits asks that the proceeding is in a state and that there is time left.
func (p *Proceeding) waits(s ProceedingState, at engine.Instant) error {
	switch {
	case p.State != s:
		return ErrWrongState
	case p.DeadlineAt != 0 && at >= p.DeadlineAt:
		return ErrTooLate
	}
	return nil
}

// consent records what the owner says to a sale to the single bidder (Điều 49).
func (p *Proceeding) consent(at engine.Instant, by string, given bool, document, reason string) error {
	if p.State != ProceedingConsent {
		return ErrWrongState
	}
	s := ProceedingStep{At: at, Kind: StepConsented, Document: document, Reason: reason, By: by}
	if given {
		p.note(s)
		p.awaitWinners(at)
		return nil
	}
	s.Kind = StepNotConsented
	p.note(s)
	p.fail(at, FailSingleBidder)
	return nil
}

// confirm is the winner's word that the minutes are right: the lot is sold.
func (p *Proceeding) confirm(at engine.Instant, code engine.ParticipantCode) error {
	if err := p.waits(ProceedingConfirm, at); err != nil {
		return err
	}
	if code != p.Award.Code {
		return ErrForbidden
	}
	p.note(ProceedingStep{At: at, Kind: StepConfirmed, Code: code, Price: p.Award.Price})
	p.State, p.DeadlineAt = ProceedingSold, 0
	return nil
}

// refuse is the winner's refusal of the result (Điều 51), or, unsigned, of
// signing the minutes (Điều 44.3), which has the same effect and another
// ground for the deposit. by is the staff who recorded it, empty if the winner
// said so on the page.
func (p *Proceeding) refuse(at engine.Instant, code engine.ParticipantCode, unsigned bool, reason, document, by string) error {
	if err := p.waits(ProceedingConfirm, at); err != nil {
		return err
	}
	if code != p.Award.Code {
		return ErrForbidden
	}
	s := ProceedingStep{At: at, Kind: StepRefused, Code: code, Price: p.Award.Price, Reason: reason, Document: document, By: by}
	ground, why := ForfeitRefused, FailRefused
	if unsigned {
		s.Kind, ground, why = StepUnsigned, ForfeitUnsigned, FailNotSigned
	}
	p.note(s)
	p.awardFalls(at, ground, why, reason)
	return nil
}

// awardFalls takes the award from its bidder and asks the auctioneer to offer
// the lot to the adjacent bidder, or fails the lot if none may be asked.
func (p *Proceeding) awardFalls(at engine.Instant, lost ForfeitGround, why FailGround, reason string) {
	p.Fallen = append(p.Fallen, Fallen{Code: p.Award.Code, Ground: lost, Reason: reason})
	next, may := p.adjacent()
	if !may {
		p.fail(at, why)
		return
	}
	p.Offer, p.Ground = &next, why // why it fails if the offer comes to nothing
	p.await(ProceedingOffer, at)
}

// offer asks the adjacent bidder. The auctioneer does it; who lets the time
// pass does not take the bidder's right: then the program asks.
func (p *Proceeding) offer(at engine.Instant, by string) error {
	if p.State != ProceedingOffer {
		return ErrWrongState
	}
	p.note(ProceedingStep{At: at, Kind: StepOffered, Code: p.Offer.Code, Price: p.Offer.Price, By: by})
	p.await(ProceedingOffered, at)
	return nil
}

// answer is the adjacent bidder's: who accepts wins at the own price and has
// to confirm the minutes like any winner; who declines loses nothing.
func (p *Proceeding) answer(at engine.Instant, code engine.ParticipantCode, accepts bool) error {
	if err := p.waits(ProceedingOffered, at); err != nil {
		return err
	}
	if code != p.Offer.Code {
		return ErrForbidden
	}
	if !accepts {
		p.note(ProceedingStep{At: at, Kind: StepDeclined, Code: code, Price: p.Offer.Price})
		p.fail(at, p.Ground)
		return nil
	}
	p.note(ProceedingStep{At: at, Kind: StepAccepted, Code: code, Price: p.Offer.Price})
	p.Award, p.Second, p.Offer, p.Ground = p.Offer, true, nil, ""
	p.await(ProceedingConfirm, at)
	return nil
}

// disqualify takes a participant's standing after the session (Điều 9.5): an
// award falls as by refusal, an offer comes to nothing, a runner is asked no
// more. Once the lot is final it is too late: cancelling a result (Điều 72) is
// for the court or for the parties.
func (p *Proceeding) disqualify(at engine.Instant, code engine.ParticipantCode, reason, by string) error {
	if p.State.Final() || p.fell(code) {
		return ErrWrongState
	}
	p.note(ProceedingStep{At: at, Kind: StepDebarred, Code: code, Reason: reason, By: by})
	_, served := p.awardOf(code)
	switch {
	case served: // a single bidder whom the owner has not answered for yet
		p.Fallen = append(p.Fallen, Fallen{Code: code, Ground: ForfeitDisqualified, Reason: reason})
		p.fail(at, FailRefused)
	case p.Award != nil && code == p.Award.Code:
		p.awardFalls(at, ForfeitDisqualified, FailRefused, reason)
	case p.Offer != nil && code == p.Offer.Code:
		p.Fallen = append(p.Fallen, Fallen{Code: code, Ground: ForfeitDisqualified, Reason: reason})
		if next, may := p.adjacent(); may {
			p.Offer = &next
			p.await(ProceedingOffer, at)
			return nil
		}
		p.fail(at, p.Ground)
	default:
		p.Fallen = append(p.Fallen, Fallen{Code: code, Ground: ForfeitDisqualified, Reason: reason})
	}
	return nil
}

// expire decides what nobody has answered in time, and tells whether there was
// anything. A winner's silence is not signing the minutes, the adjacent
// bidder's is declining; the auctioneer's offer the program makes itself. Its
// time is the deadline, not when it was noticed.
func (p *Proceeding) expire(now engine.Instant) bool {
	at := p.DeadlineAt
	if at == 0 || now < at {
		return false
	}
	switch p.State {
	case ProceedingConfirm:
		p.note(ProceedingStep{At: at, Kind: StepExpired, Code: p.Award.Code, Price: p.Award.Price})
		p.awardFalls(at, ForfeitUnsigned, FailNotSigned, "")
		if p.State == ProceedingOffer {
			p.await(ProceedingOffer, now) // the auctioneer could not act before it was known
		}
	case ProceedingOffer:
		// The answer's time runs from when the bidder can be told.
		return p.offer(now, "") == nil
	case ProceedingOffered:
		p.note(ProceedingStep{At: at, Kind: StepExpired, Code: p.Offer.Code, Price: p.Offer.Price})
		p.fail(at, p.Ground)
	default:
		return false
	}
	return true
}

// stepOf returns the latest step of a kind.
func (p *Proceeding) stepOf(k StepKind) (ProceedingStep, bool) {
	for i := len(p.Steps) - 1; i >= 0; i-- {
		if p.Steps[i].Kind == k {
			return p.Steps[i], true
		}
	}
	return ProceedingStep{}, false
}

// checkReason notes what is wrong with a reason that must be given.
func checkReason(f *faults, reason *string) {
	f.lines("reason", reason, maxReasonRunes)
	f.when(!strings.ContainsFunc(*reason, visible), "reason", "missing")
}
