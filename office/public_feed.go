package office

import (
	"context"
	"errors"

	"gobua/engine"
	"gobua/office/document"
	"gobua/office/feed"
)

// How many notices a feed and a calendar hold: what a reader catches up with.
const (
	feedNotices     = 50
	calendarNotices = 200
)

// FeedNotices returns the newest notices for a feed, with the centre that
// answers for it. site is the address of this installation, without a slash at
// its end.
func (o *Office) FeedNotices(ctx context.Context, site string) ([]feed.Notice, Centre, error) {
	return o.feedOf(ctx, site, NoticeQuery{Limit: feedNotices})
}

// UpcomingNotices returns the notices whose dates are still to come, for a
// calendar. site as in FeedNotices.
func (o *Office) UpcomingNotices(ctx context.Context, site string) ([]feed.Notice, Centre, error) {
	return o.feedOf(ctx, site, NoticeQuery{State: PublicUpcoming, Limit: calendarNotices, Now: engine.InstantOf(o.now())})
}

func (o *Office) feedOf(ctx context.Context, site string, q NoticeQuery) ([]feed.Notice, Centre, error) {
	host, err := o.store.Centre(ctx, HostCentre)
	if err != nil {
		return nil, Centre{}, err
	}
	rows, _, err := o.store.Notices(ctx, q)
	if err != nil {
		return nil, Centre{}, err
	}
	list := make([]feed.Notice, 0, len(rows))
	for _, r := range rows {
		n, _, err := o.FeedNotice(ctx, site, r.ID)
		if err != nil {
			return nil, Centre{}, err
		}
		list = append(list, n)
	}
	return list, host, nil
}

// FeedNotice returns one notice as feeds and exports have it, and the centre
// that answers for it. ErrNotFound as Notice.
func (o *Office) FeedNotice(ctx context.Context, site, id string) (feed.Notice, Centre, error) {
	p, err := o.Notice(ctx, id)
	if err != nil {
		return feed.Notice{}, Centre{}, err
	}
	centre, err := o.store.Centre(ctx, p.Centre.ID)
	if err != nil {
		return feed.Notice{}, Centre{}, err
	}
	files, err := o.NoticeFiles(ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) { // a rehearsal has a notice and shows no files
		return feed.Notice{}, Centre{}, err
	}
	n := feedNotice(&p, site)
	for i := range p.Lots {
		lot := feedLot(&p, &p.Lots[i])
		if lot.Result, err = o.feedResult(ctx, p.Lots[i].Session); err != nil {
			return feed.Notice{}, Centre{}, err
		}
		if lot.Result != nil {
			n.UpdatedAt = max(n.UpdatedAt, lot.Result.AnnouncedAt)
		}
		n.Lots = append(n.Lots, lot)
	}
	for _, f := range files {
		n.UpdatedAt = max(n.UpdatedAt, f.UploadedAt, f.WithdrawnAt)
		if f.WithdrawnAt == 0 {
			n.Documents = append(n.Documents, feed.Document{
				ID: f.ID, Title: f.Name, URL: site + "/api/v1/files/" + f.ID, ContentType: f.MediaType, SHA256: f.Hash.String(),
				PublishedAt: f.UploadedAt,
			})
		}
	}
	return n, centre, nil
}

// feedStatus is what a stage is for readers that are programs.
var feedStatus = map[Stage]feed.Status{
	StageInSession: feed.Running, StageConcluded: feed.Concluded, StageArchived: feed.Concluded, StageCancelled: feed.Cancelled,
}

func feedNotice(p *PublicAuction, site string) feed.Notice {
	n := feed.Notice{
		ID: p.ID, Version: max(len(p.Rules)-1, 0), Title: p.Title, Place: p.Place, Conditions: p.Sheet.Terms,
		Centre: feed.Party{ID: p.Centre.ID, Name: p.Centre.Name, Address: p.Centre.Address, Phone: p.Centre.Phone, Email: p.Centre.Email, URL: site + "/"},
		Owner:  feed.Party{Name: p.Owner}, Status: feed.Upcoming, URL: site + "/cuoc-dau-gia/" + p.ID,
		PublishedAt: p.ListedAt, UpdatedAt: max(p.ListedAt, p.PublishedAt, p.ConcludedAt, p.CancelledAt),
		Dossiers: feedWindow(p.Sheet.Windows.Dossier, ""), Register: feedWindow(p.Sheet.Windows.Dossier, ""),
		Deposits: feedWindow(p.Sheet.Windows.Deposit, ""),
	}
	if status, ok := feedStatus[p.Stage]; ok {
		n.Status = status
	}
	if n.PublishedAt == 0 {
		n.PublishedAt = p.PublishedAt
	}
	for _, v := range p.Rules {
		n.UpdatedAt = max(n.UpdatedAt, v.MadeAt)
	}
	for _, v := range p.Sheet.Viewing {
		n.Viewings = append(n.Viewings, feedWindow(v.Window, v.Place))
	}
	for _, l := range p.Lots {
		if opens := l.Rules.OpensAt; opens != 0 {
			if n.OpensAt == 0 || opens < n.OpensAt {
				n.OpensAt = opens
			}
			n.ClosesAt = max(n.ClosesAt, plannedEnd(&l.Rules))
		}
	}
	return n
}

func feedWindow(w Window, place string) feed.Window {
	return feed.Window{OpensAt: w.From, ClosesAt: w.To, Place: place}
}

// feedMethods are the methods of the law behind our own. The gong, and a falling
// price with offers above it, are neither.
var feedMethods = map[string]feed.Method{
	"ascending": feed.Ascending, "called": feed.Ascending, "sealed": feed.Ascending, "turns": feed.Ascending, "descending": feed.Descending,
}

// feedOffers says how prices reach the auction.
func feedOffers(r *engine.Rules) []feed.OfferWay {
	switch {
	case r.Hybrid != nil:
		return []feed.OfferWay{feed.OfferLive, feed.OfferSealed}
	case r.Sealed != nil:
		return []feed.OfferWay{feed.OfferSealed}
	case r.Called != nil:
		return []feed.OfferWay{feed.OfferLive, feed.OfferInHall}
	}
	return []feed.OfferWay{feed.OfferLive}
}

// feedWay is what papers call a way to sell, empty where the method of the law is
// all there is to say.
func feedWay(r *engine.Rules) string {
	if r.Method == "ascending" || r.Method == "descending" {
		return ""
	}
	return methodName(r)
}

// plannedEnd is when bidding ends unless something moves it; zero: nothing says
// when it opens, or, with turns, how long those who come will take.
func plannedEnd(r *engine.Rules) engine.Instant {
	if r.OpensAt == 0 || r.Turns != nil {
		return 0
	}
	return r.OpensAt.Add(r.BiddingMs)
}

func feedLot(p *PublicAuction, l *PublicLot) feed.Lot {
	lot := feed.Lot{
		ID: l.ID, Number: l.Number, Kind: l.Kind, Title: l.Title, Detail: l.Detail, Quality: p.Sheet.Quality, Place: l.Place,
		Method: feedMethods[l.Rules.Method], Offers: feedOffers(&l.Rules), Way: feedWay(&l.Rules), Units: unitsOf(&l.Rules), BuyNow: buyNowOf(&l.Rules), Deposit: l.Deposit, DossierFee: p.Sheet.Money.DossierFee, OpensAt: l.Rules.OpensAt,
		ClosesAt: plannedEnd(&l.Rules),
	}
	if units := unitsOf(&l.Rules); units > 0 {
		lot.Quantity = document.UnitsText(units)
	}
	if !l.StartHidden {
		start := l.Rules.Start
		lot.Start = &start
	}
	if l.Rules.Step.Kind == engine.StepFixed {
		lot.Step = l.Rules.Step.Amount
	}
	return lot
}

// feedResult is what was announced of a session, nil while nothing was.
func (o *Office) feedResult(ctx context.Context, id engine.SessionID) (*feed.Result, error) {
	if id == "" {
		return nil, nil
	}
	r, err := o.store.Result(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case r.Result == nil:
		return &feed.Result{Reason: r.Reason, AnnouncedAt: r.EndedAt}, nil
	}
	units := 0
	for _, a := range r.Result.Awards {
		units += a.Units
	}
	return &feed.Result{
		Units: units, Sold: r.Result.Outcome == engine.OutcomeSold, Price: r.Result.Price, Winner: winnersText(r.Result),
		Reason: grounds[r.Result.Ground], AnnouncedAt: r.EndedAt,
	}, nil
}

// grounds are the grounds on which a sale fails, in the words of Điều 52.
var grounds = map[engine.Ground]string{
	engine.GroundNoBid:        "Không có người trả giá.",
	engine.GroundBelowReserve: "Giá trả cao nhất thấp hơn giá khởi điểm không công khai.",
	engine.GroundWithdrawn:    "Giá đã trả bị rút lại và không còn người trả giá.",
}
