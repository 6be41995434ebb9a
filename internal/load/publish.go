package load

import (
	"context"
	"fmt"
	"time"

	"gobua/engine"
	"gobua/internal/visitor"
)

// admit signs in an auctioneer and bidders, in this order.
func admit(ctx context.Context, site *visitor.Site, login, password string, bidders int) ([]*visitor.Person, error) {
	admin, err := site.SignIn(ctx, login, password)
	if err != nil {
		return nil, err
	}
	who := []visitor.NewAccount{{Login: "load-auctioneer", Name: "Load auctioneer", Role: engine.RoleAuctioneer, StaffRef: "LOAD-1"}}
	for i := range bidders {
		who = append(who, visitor.NewAccount{Login: fmt.Sprintf("load-bidder-%04d", i+1), Name: fmt.Sprintf("Load bidder %d", i+1), Role: engine.RoleBidder})
	}
	return admin.AdmitAll(ctx, password, who, func() {})
}

func (l *load) publish(ctx context.Context, people []*visitor.Person) (err error) {
	now, err := l.site.Now(ctx)
	if err != nil {
		return err
	}
	title := fmt.Sprintf("Load: %v bids/s for %v", l.Rate, l.Duration)
	l.sessions, err = publish(ctx, people, title, l.Sessions, rulesOf(engine.OpeningByAuctioneer, now, l.biddingTime()))
	return err
}

// rulesOf are the rules of a load's lots.
func rulesOf(opening engine.Opening, opensAt engine.Instant, bidding time.Duration) engine.Rules {
	return engine.Rules{
		Method: "ascending", Currency: "VND", Start: startAmount,
		Step:    engine.Step{Kind: engine.StepFixed, Amount: stepAmount},
		Closing: engine.Closing{Kind: engine.ClosingFixed},
		Opening: opening, OpensAt: opensAt, BiddingMs: engine.Millis(bidding.Milliseconds()),
	}
}

// publish makes an auction of some lots, held by the first of the people, in
// which the others take part.
func publish(ctx context.Context, people []*visitor.Person, title string, lots int, rules engine.Rules) ([]engine.SessionID, error) {
	a := visitor.Auction{Title: title, Centre: "gobua load", Owner: "nobody", Place: "online"}
	for i := range lots {
		a.Lots = append(a.Lots, visitor.Lot{Number: i + 1, Kind: "goods", Title: fmt.Sprintf("Load %d", i+1), Rules: visitor.LotRules{Rules: rules}})
	}
	for _, p := range people[1:] {
		a.Participants = append(a.Participants, visitor.Participant{AccountID: p.Account.ID})
	}
	a, err := people[0].CreateAuction(ctx, a)
	if err == nil {
		a, err = people[0].Publish(ctx, a)
	}
	if err != nil {
		return nil, err
	}
	var sessions []engine.SessionID
	for _, lot := range a.Lots {
		sessions = append(sessions, lot.Session)
	}
	if len(sessions) != lots {
		return nil, fmt.Errorf("the server published %d sessions of %d", len(sessions), lots)
	}
	return sessions, nil
}
