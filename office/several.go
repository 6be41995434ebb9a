package office

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gobua/engine"
	"gobua/office/document"
)

// Several winners (rule MU1). A proceeding is made for one winner who confirms,
// pays, and may be followed by the adjacent bidder. A lot of several units is
// therefore not listed; where it was sold all the same, its proceeding tells
// everybody, asks the owner about a single bidder as always (Điều 49), keeps the
// deposits of all winners, and is over: what each of them signs and pays is
// settled outside of it.

// awaitWinners waits for the winner to confirm. Several are not waited for: their
// proceeding is over.
func (p *Proceeding) awaitWinners(at engine.Instant) {
	if len(p.Awards) > 0 {
		p.State, p.DeadlineAt = ProceedingSold, 0
		return
	}
	p.await(ProceedingConfirm, at)
}

// awardOf is what a code gets of several units. Where the sale has failed
// nobody gets any.
func (p *Proceeding) awardOf(code engine.ParticipantCode) (engine.Award, bool) {
	if p.State == ProceedingFailed {
		return engine.Award{}, false
	}
	i := slices.IndexFunc(p.Awards, func(a engine.Award) bool { return a.Code == code })
	if i < 0 {
		return engine.Award{}, false
	}
	return p.Awards[i], true
}

// asked is what the single bidder would pay of whom the owner is asked.
func (p *Proceeding) asked() engine.Dong {
	if p.Award != nil {
		return p.Award.Price
	}
	return p.Awards[0].Total()
}

// wins tells whether a code has what is sold, or some of it.
func (p *Proceeding) wins(code engine.ParticipantCode) bool {
	_, several := p.awardOf(code)
	return several && p.State == ProceedingSold || p.State == ProceedingSold && p.Award != nil && p.Award.Code == code
}

// awardText says how many units somebody gets, and of how many, where that is
// only a part.
func awardText(a engine.Award) string {
	if a.Wanted > 0 {
		return fmt.Sprintf("%d trong %d đơn vị đã trả giá", a.Units, a.Wanted)
	}
	return fmt.Sprintf("%d đơn vị", a.Units)
}

// announcedSeveral is what everybody is told of several winners. Who they are
// stands on the page of the result: a letter has no room for hundreds.
func (p *Proceeding) announcedSeveral() string {
	units := 0
	for _, a := range p.Awards {
		units += a.Units
	}
	return fmt.Sprintf("Đấu giá viên đã công bố %d người trúng đấu giá, tất cả %d đơn vị, giá mỗi đơn vị %s.", len(p.Awards), units, p.money(p.Awards[0].Price))
}

// severalLines are what each of several winners must be told at once.
func severalLines(p *Proceeding, a engine.Award, r *SessionResult) []string {
	return []string{
		fmt.Sprintf("Bạn (mã số %s) trúng đấu giá %s, giá mỗi đơn vị %s, tổng cộng %s.", a.Code, awardText(a), p.money(a.Price), p.moneyInWords(a.Total())),
		"Bắt đầu trả giá: " + vietnameseTime(r.OpenedAt) + ".",
		"Kết thúc trả giá: " + vietnameseTime(r.ClosedAt) + ".",
		"Hệ thống ghi nhận giá trúng lúc " + vietnameseTime(a.BidAt) + ".",
		"Trung tâm sẽ mời bạn ký biên bản đấu giá và nộp tiền.",
	}
}

// severalWinners are the winners by name, first in the order first.
func (o *Office) severalWinners(ctx context.Context, p *Proceeding) ([]document.Winner, error) {
	if len(p.Awards) == 0 || p.State == ProceedingFailed {
		return nil, nil
	}
	who, err := o.whoIsWho(ctx, p)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, a := range p.Awards {
		if id := who.behind[a.Code]; id != "" {
			ids = append(ids, id)
		}
	}
	accounts, err := o.store.AccountsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(accounts))
	for _, a := range accounts {
		names[a.ID] = a.Name
	}
	list := make([]document.Winner, len(p.Awards))
	for i, a := range p.Awards {
		list[i] = document.Winner{Code: a.Code, Name: names[who.behind[a.Code]], Units: a.Units, Wanted: a.Wanted, Price: a.Price, RecordedAt: a.BidAt}
	}
	return list, nil
}

// namesOfWinners are who has what was sold, by name.
func (o *Office) namesOfWinners(ctx context.Context, p *Proceeding) (string, error) {
	if p.Award != nil {
		return o.nameBehind(ctx, p, p.Award.Code)
	}
	winners, err := o.severalWinners(ctx, p)
	names := make([]string, len(winners))
	for i, w := range winners {
		names[i] = w.Name
	}
	return strings.Join(names, ", "), err
}

// winnersText names who won how much, for lists that have one field for it.
func winnersText(r *engine.Result) string {
	if len(r.Awards) == 0 {
		return string(r.Winner)
	}
	words := make([]string, len(r.Awards))
	for i, a := range r.Awards {
		words[i] = fmt.Sprintf("%s (%d)", a.Code, a.Units)
	}
	return strings.Join(words, ", ")
}
