package replay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"gobua/engine"
	"gobua/internal/visitor"
)

// How long a published session may take until it can be followed: a server
// whose journal was busy at publication tries again every minute.
const (
	sessionWait  = 2 * time.Minute
	sessionRetry = time.Second
)

// ran is one auction that was run.
type ran struct {
	Outcome
	Sold    bool
	Reserve engine.Dong // that it was given
}

// one runs a recording from publication to announcement.
func (r *run) one(ctx context.Context, i int) (ran, error) {
	rec := &r.recordings[i]
	auctioneer := r.crew.auctioneers[i%len(r.crew.auctioneers)]
	names := rec.Bidders()
	places, err := r.crew.take(ctx, len(names))
	if err != nil {
		return ran{}, err
	}
	defer r.crew.giveBack(places)
	out := ran{Outcome: Outcome{Refused: make(map[engine.Reason]int)}}
	if r.InferReserve {
		if out.Reserve, err = InferReserve(rec); err != nil {
			return out, err
		}
	}
	session, err := r.publish(ctx, rec, auctioneer.Person(), places, out.Reserve)
	if err != nil {
		return out, err
	}
	h := &hall{run: r, session: session, auctioneer: auctioneer, people: make(map[string]*place), refused: out.Refused}
	for j, name := range names {
		h.people[name] = places[j]
	}
	if err := h.enter(ctx, places); err != nil {
		return out, err
	}
	if err := h.hold(ctx, rec); err != nil {
		return out, err
	}
	result, err := h.announce(ctx)
	if err != nil {
		return out, err
	}
	out.Price, out.Sold = result.Price, result.Outcome == engine.OutcomeSold
	return out, h.leave(ctx, places)
}

// publish writes an auction down and publishes it.
func (r *run) publish(ctx context.Context, rec *Recording, by *visitor.Person, places []*place, reserve engine.Dong) (engine.SessionID, error) {
	select {
	case r.office <- struct{}{}:
		defer func() { <-r.office }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	now, err := r.site.Now(ctx)
	if err != nil {
		return "", err
	}
	bidding := engine.Millis(r.Bidding.Milliseconds())
	a := visitor.Auction{
		Title:  fmt.Sprintf("Replay of %s: %s %s", r.title, rec.Item, rec.ID),
		Centre: "gobua replay", Owner: "recorded", Place: "online",
		Lots: []visitor.Lot{{
			Number: 1, Kind: "goods", Title: fmt.Sprintf("%s %s", rec.Item, rec.ID),
			Rules: visitor.LotRules{Rules: rulesOf(rec, now, bidding), ReserveAmount: reserve},
		}},
	}
	for _, p := range places {
		a.Participants = append(a.Participants, visitor.Participant{AccountID: p.Person().Account.ID})
	}
	if a, err = by.CreateAuction(ctx, a); err != nil {
		return "", err
	}
	if a, err = by.Publish(ctx, a); err != nil {
		return "", err
	}
	if len(a.Lots) != 1 || a.Lots[0].Session == "" {
		return "", errors.New("the server published no session")
	}
	return a.Lots[0].Session, nil
}

// hall is one auction while it is held.
type hall struct {
	run        *run
	session    engine.SessionID
	auctioneer *visitor.Seat
	people     map[string]*place // by recorded name
	room       *visitor.Room     // as the first of them sees it
	leader     string            // recorded name
	refused    map[engine.Reason]int
}

// enter lets everybody follow and check in.
func (h *hall) enter(ctx context.Context, places []*place) error {
	rooms := make([]*visitor.Room, len(places))
	group, ctx := errgroup.WithContext(ctx)
	for i, p := range places {
		group.Go(func() (err error) {
			if rooms[i], err = h.follow(ctx, p); err != nil {
				return fmt.Errorf("follow session %s: %w", h.session, err)
			}
			_, err = h.accepted(ctx, p.Seat, engine.CheckIn{})
			return err
		})
	}
	err := group.Wait()
	h.room = rooms[0]
	return err
}

// follow is patient with a session that is published and not there yet.
func (h *hall) follow(ctx context.Context, p *place) (*visitor.Room, error) {
	ctx, cancel := context.WithTimeout(ctx, sessionWait)
	defer cancel()
	for {
		room, err := p.Follow(ctx, h.session)
		var refused *visitor.Refused
		if !errors.As(err, &refused) || refused.Code != "unknown_session" || !sleep(ctx, sessionRetry) {
			return room, err
		}
	}
}

// hold opens the auction and places the recorded bids, one after the other, at
// their compressed times.
func (h *hall) hold(ctx context.Context, rec *Recording) error {
	if _, err := h.accepted(ctx, h.auctioneer, engine.Open{}); err != nil {
		return err
	}
	opened := time.Now()
	h.run.opened.Add(1)
	for _, b := range rec.Bids {
		part := min(float64(b.After)/float64(max(rec.Duration, b.After, 1)), 1)
		at := opened.Add(time.Duration(part * bidShare * float64(h.run.Bidding)))
		if !sleep(ctx, time.Until(at)) {
			return ctx.Err()
		}
		if err := h.bid(ctx, b); err != nil {
			return err
		}
	}
	_, err := h.room.Await(ctx, func(n engine.Now) bool { return n.Phase == engine.PhaseClosed || n.Phase.Final() })
	if err != nil {
		return err
	}
	h.run.closed.Add(1)
	return nil
}

// bid places one recorded bid: as a raise of the own maximum by whoever leads.
// The receipts tell who leads, because only they are sure to have come.
func (h *hall) bid(ctx context.Context, b RecordedBid) error {
	var do engine.Act = engine.PlaceBid{Amount: b.Maximum}
	if h.leader == b.Bidder {
		do = engine.RaiseMaximum{Amount: b.Maximum}
	}
	receipt, err := h.people[b.Bidder].Do(ctx, h.session, do)
	if err != nil {
		return fmt.Errorf("bid of %s: %w", b.Bidder, err)
	}
	h.run.bids.Add(1)
	switch {
	case !receipt.Accepted:
		h.refused[receipt.Reason]++
		h.run.refused.Add(1)
	case receipt.Leading:
		h.leader = b.Bidder
	}
	return nil
}

// announce makes final what the clock left as a proposal.
func (h *hall) announce(ctx context.Context) (engine.Result, error) {
	room, _ := h.room.View()
	word := engine.Announce{Winner: room.Now.Leader, Price: room.Now.Price}
	if room.Now.Reserve == engine.ReserveNotMet {
		word = engine.Announce{}
	}
	if _, err := h.accepted(ctx, h.auctioneer, word); err != nil {
		return engine.Result{}, err
	}
	room, err := h.room.Await(ctx, func(n engine.Now) bool { return n.Result != nil })
	if err != nil {
		return engine.Result{}, err
	}
	h.run.announced.Add(1)
	return *room.Now.Result, nil
}

func (h *hall) leave(ctx context.Context, places []*place) error {
	for _, p := range places {
		if err := p.Leave(ctx, h.session); err != nil {
			return err
		}
	}
	return nil
}

// accepted does what must not be refused.
func (h *hall) accepted(ctx context.Context, who *visitor.Seat, do engine.Act) (engine.Receipt, error) {
	receipt, err := who.Do(ctx, h.session, do)
	if err == nil && !receipt.Accepted {
		err = fmt.Errorf("refused: %s", receipt.Reason)
	}
	if err != nil {
		return receipt, fmt.Errorf("%s by %s in session %s: %w", do.ActName(), who.Person().Account.Login, h.session, err)
	}
	return receipt, nil
}

// sleep waits; false: ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
