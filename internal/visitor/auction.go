package visitor

import (
	"context"
	"net/http"
	"net/url"

	"gobua/engine"
)

// Auction is a sale with its lots, as the office knows it.
type Auction struct {
	ID           string        `json:"id,omitempty"`
	Status       string        `json:"status,omitempty"`
	Version      int           `json:"version,omitempty"`
	Title        string        `json:"title"`
	Centre       string        `json:"centre"`
	Owner        string        `json:"owner"`
	Place        string        `json:"place"`
	Lots         []Lot         `json:"lots"`
	Participants []Participant `json:"participants"`
}

// Lot is one thing to be sold. Session is known once it is published.
type Lot struct {
	Number  int              `json:"number"`
	Kind    string           `json:"kind"`
	Title   string           `json:"title"`
	Detail  string           `json:"detail,omitempty"`
	Rules   LotRules         `json:"rules"`
	Session engine.SessionID `json:"session,omitempty"`
}

// LotRules are the rules of a lot; ReserveAmount is its hidden reserve, which
// is seen no more once the lot is published.
type LotRules struct {
	engine.Rules
	ReserveAmount engine.Dong `json:"reserveAmount,omitempty"`
}

// Participant is an account that is admitted to all lots of an auction.
type Participant struct {
	AccountID string `json:"accountId"`
}

// draft is what may be said of an auction that does not exist yet.
type draft struct {
	Title        string        `json:"title"`
	Centre       string        `json:"centre"`
	Owner        string        `json:"owner"`
	Place        string        `json:"place"`
	Lots         []Lot         `json:"lots"`
	Participants []Participant `json:"participants"`
}

// CreateAuction writes down a new auction; for auctioneers and administrators.
func (p *Person) CreateAuction(ctx context.Context, a Auction) (Auction, error) {
	var out Auction
	in := draft{a.Title, a.Centre, a.Owner, a.Place, a.Lots, a.Participants}
	err := p.call(ctx, http.MethodPost, "/auctions", in, &out)
	return out, err
}

// Publish freezes an auction's rules and makes its sessions.
func (p *Person) Publish(ctx context.Context, a Auction) (Auction, error) {
	var out Auction
	in := map[string]int{"version": a.Version}
	err := p.call(ctx, http.MethodPost, "/auctions/"+url.PathEscape(a.ID)+"/publish", in, &out)
	return out, err
}
