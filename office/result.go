package office

import (
	"context"
	"fmt"

	"gobua/engine"
)

// SessionResult is how a session ended, whole: what the engine delivers once
// and the office keeps for good.
type SessionResult struct {
	Session      engine.SessionID `json:"session"`
	Lot          engine.Lot       `json:"lot"`
	RulesHash    engine.Hash      `json:"rulesHash"`
	Currency     string           `json:"currency"`
	Phase        engine.Phase     `json:"phase"`              // announced, stopped or cancelled
	OpenedAt     engine.Instant   `json:"openedAt,omitempty"` // zero: never opened
	ClosedAt     engine.Instant   `json:"closedAt,omitempty"` // when bidding time was over; zero: it never was
	EndedAt      engine.Instant   `json:"endedAt"`            // of the announcement, the stop or the cancellation
	Result       *engine.Result   `json:"result"`             // nil unless announced
	Reason       string           `json:"reason,omitempty"`   // of a stop or a cancellation
	Participants int              `json:"participants"`
	Present      int              `json:"present"` // participants who checked in
	CheckIns     []engine.Arrival `json:"checkIns,omitempty"`
	Head         engine.Head      `json:"head"`
	BidCount     int              `json:"bidCount"` // len(Bids), also where Bids is left out
	Bids         []ResultBid      `json:"bids,omitempty"`
	Outs         []ResultOut      `json:"outs,omitempty"`   // oldest first
	Course       []engine.Moment  `json:"course,omitempty"` // what happened beside the bids, oldest first; left out where Bids is
	Calls        []ResultCall     `json:"calls,omitempty"`  // of a lot that was called; oldest first
}

// ResultBid is one line of the history of prices, with the record it comes
// from.
type ResultBid struct {
	Seq    engine.Seq             `json:"seq"`
	At     engine.Instant         `json:"at"`
	Code   engine.ParticipantCode `json:"code"`
	Level  engine.Dong            `json:"level"`
	Auto   bool                   `json:"auto,omitempty"`   // moved by the system within a maximum
	Floor  bool                   `json:"floor,omitempty"`  // made in the hall
	Struck bool                   `json:"struck,omitempty"` // withdrawn, its bidder disqualified, or undone
	Units  int                    `json:"units,omitempty"`  // asked for by a sealed offer, where several are sold; Level is then per unit
}

// ResultCall is something the auctioneer did to call a lot, or to mend what was
// recorded by mistake.
type ResultCall struct {
	Seq    engine.Seq             `json:"seq"`
	At     engine.Instant         `json:"at"`
	Kind   engine.EventKind       `json:"kind"`
	Count  int                    `json:"count,omitempty"`  // which call it was
	Price  engine.Dong            `json:"price,omitempty"`  // asked for, called, hammered or undone
	Code   engine.ParticipantCode `json:"code,omitempty"`   // whose bid was undone
	Bid    engine.Seq             `json:"bid,omitempty"`    // its record
	Passed bool                   `json:"passed,omitempty"` // the hammer fell without a sale
	Reason string                 `json:"reason,omitempty"` // of an undo, of asking for one or dropping it, or of opening the lot again
	Role   engine.Role            `json:"role,omitempty"`   // who asked for an undo, confirmed it or dropped it, where that took two
	Who    string                 `json:"who,omitempty"`    // the reference of that person
}

// ResultOut is a participant who lost the right to bid in the session.
type ResultOut struct {
	At       engine.Instant         `json:"at"`
	Code     engine.ParticipantCode `json:"code"`
	Withdrew bool                   `json:"withdrew,omitempty"` // a bid; else disqualified
	Reason   string                 `json:"reason,omitempty"`
}

// ResultOf turns what the engine extracts from a journal into what the office
// keeps.
func ResultOf(x engine.Extract) SessionResult {
	r := SessionResult{
		Session: x.Session, Lot: x.Lot, RulesHash: x.RulesHash, Currency: x.Rules.Currency, Phase: x.Phase,
		OpenedAt: x.OpenedAt, ClosedAt: x.ClosedAt, EndedAt: x.EndedAt, Result: x.Result, Reason: x.Reason,
		Participants: x.Participants, Present: x.Present, CheckIns: x.CheckIns, Head: x.Head, BidCount: len(x.Bids),
		Course: x.Course,
	}
	for _, b := range x.Bids {
		r.Bids = append(r.Bids, ResultBid(b))
	}
	for _, c := range x.Calls {
		r.Calls = append(r.Calls, ResultCall(c))
	}
	for _, out := range x.Outs {
		r.Outs = append(r.Outs, ResultOut(out))
	}
	return r
}

// maxResults is how many results a list may have.
const maxResults = 200

// Deliver keeps the result of a session that has ended. It may be called any
// number of times, by any number of callers: the result is kept once. nil means
// that it is durable. A second result that ends at another record is a
// *ResultConflict and changes nothing.
func (o *Office) Deliver(ctx context.Context, r SessionResult) error {
	switch {
	case !r.Session.Valid():
		return fmt.Errorf("result: session id %q is malformed", r.Session)
	case !r.Phase.Final():
		return fmt.Errorf("result of session %s: phase %s is not final", r.Session, r.Phase)
	case (r.Phase == engine.PhaseAnnounced) != (r.Result != nil):
		return fmt.Errorf("result of session %s: an announcement and a result go together", r.Session)
	}
	if err := o.store.InsertResult(ctx, r, engine.InstantOf(o.now())); err != nil {
		return err
	}
	// The result is durable; what follows from it must not hold it up.
	if err := o.begin(ctx, r); err != nil {
		o.log.Warn("what follows from a result is not done yet, will try again", "session", r.Session, "err", err)
	}
	return nil
}

// Lacks returns those of the sessions whose result is not kept, or no more: the
// database may be another one than took them.
func (o *Office) Lacks(ctx context.Context, ids []engine.SessionID) ([]engine.SessionID, error) {
	return o.store.LackingResults(ctx, ids)
}

// Results returns the newest results, at most 200, without their bids.
func (o *Office) Results(ctx context.Context, limit int) ([]SessionResult, error) {
	if limit <= 0 || limit > maxResults {
		limit = maxResults
	}
	return o.store.Results(ctx, limit)
}

// Result returns the result of one session with all its bids.
func (o *Office) Result(ctx context.Context, session engine.SessionID) (SessionResult, error) {
	if !session.Valid() {
		return SessionResult{}, ErrNotFound
	}
	return o.store.Result(ctx, session)
}

// auctionOf finds the auction a session belongs to.
func (o *Office) auctionOf(ctx context.Context, session engine.SessionID) (Auction, error) {
	c, err := o.store.Frozen(ctx, session)
	if err != nil {
		return Auction{}, err
	}
	return o.store.Auction(ctx, c.Lot.AuctionID)
}
