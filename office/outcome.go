package office

import (
	"context"

	"gobua/engine"
)

// LotOutcome is what the public is told of how a lot ended (kết quả đấu giá):
// code and price, and the winner's name only if the rules sheet says so.
type LotOutcome struct {
	AuctionID string                 `json:"auctionId"`
	LotID     string                 `json:"lotId"`
	Number    int                    `json:"number"`
	Title     string                 `json:"title"`
	Session   engine.SessionID       `json:"session,omitempty"`
	State     ProceedingState        `json:"state"`
	Currency  string                 `json:"currency"`
	Code      engine.ParticipantCode `json:"code,omitempty"` // of who has or had the award last
	Price     engine.Dong            `json:"price,omitempty"`
	BidAt     engine.Instant         `json:"bidAt,omitempty"`
	Adjacent  bool                   `json:"adjacent,omitempty"` // won as the adjacent bidder
	Ground    FailGround             `json:"ground,omitempty"`
	EndedAt   engine.Instant         `json:"endedAt"`
	ChangedAt engine.Instant         `json:"changedAt,omitempty"`
	Winner    string                 `json:"winner,omitempty"` // the name; of several all, in their order
	Awards    []engine.Award         `json:"awards,omitempty"` // instead of code and price, where several units were sold
}

// outcome is what a proceeding shows the public.
func (p *Proceeding) outcome() LotOutcome {
	out := LotOutcome{
		AuctionID: p.AuctionID, LotID: p.LotID, Number: p.Lot.Number, Title: p.Lot.Title, Session: p.Session, State: p.State,
		Currency: p.Currency, EndedAt: p.EndedAt, Adjacent: p.Second,
	}
	if p.State != ProceedingFailed {
		out.Awards = p.Awards
	}
	if n := len(p.Steps); n > 0 {
		out.ChangedAt = p.Steps[n-1].At
	}
	switch {
	case p.State == ProceedingFailed:
		out.Ground = p.Ground
	case p.Offer != nil: // refused: the price of nobody
	case p.Award != nil:
		out.Code, out.Price, out.BidAt = p.Award.Code, p.Award.Price, p.Award.BidAt
	}
	return out
}

// Outcomes returns how the lots of a public auction ended, by number. Nobody's
// right is asked: it is public, also for those who have not signed in.
func (o *Office) Outcomes(ctx context.Context, auctionID string) ([]LotOutcome, error) {
	if !validID(auctionID) {
		return nil, ErrNotFound
	}
	list, err := o.store.Proceedings(ctx, ProceedingQuery{AuctionID: auctionID, Limit: maxLots})
	if err != nil {
		return nil, err
	}
	outcomes := make([]LotOutcome, 0, len(list))
	for i := range list {
		p := &list[i]
		out := p.outcome()
		if p.After.NameWinner && p.State == ProceedingSold {
			if out.Winner, err = o.namesOfWinners(ctx, p); err != nil {
				return nil, err
			}
		}
		outcomes = append(outcomes, out)
	}
	return outcomes, nil
}

// nameBehind is the name of who bid under a code.
func (o *Office) nameBehind(ctx context.Context, p *Proceeding, code engine.ParticipantCode) (string, error) {
	who, err := o.whoIsWho(ctx, p)
	if err != nil || who.behind[code] == "" {
		return "", err
	}
	a, err := o.store.Account(ctx, who.behind[code])
	return a.Name, err
}
