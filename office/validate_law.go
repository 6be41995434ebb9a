package office

import (
	"slices"

	"gobua/engine"
	"gobua/office/workday"
)

// lawCheck holds an auction against a preset. Every code it notes is one of
// Overridable.
type lawCheck struct {
	*faults
	draft    *AuctionDraft
	preset   *Preset
	calendar *workday.Calendar
	listed   engine.Instant // when the listing is hung out
	opening  engine.Instant // of the first lot; zero: not known yet
}

// law notes what an auction does not keep of its preset; nothing if it names
// none. Days are those of Viet Nam. What a draft still lacks is not noted here
// but by checkComplete.
func (o *Office) law(d *AuctionDraft, now engine.Instant) faults {
	preset, ok := Presets[d.Sheet.Preset]
	if !ok {
		return nil
	}
	c := lawCheck{
		faults: &faults{}, draft: d, preset: &preset, calendar: o.calendar, listed: d.Sheet.Windows.ListedOn, opening: firstOpening(d),
	}
	if c.listed == 0 {
		c.listed = now
	}
	c.lots()
	c.money()
	if c.opening != 0 {
		c.listing()
		c.dossierWindow()
		c.depositWindow()
	}
	c.viewing()
	return *c.faults
}

// firstOpening is when the first lot opens, zero if none has a time.
func firstOpening(d *AuctionDraft) (first engine.Instant) {
	for i := range d.Lots {
		if at := d.Lots[i].Rules.OpensAt; at != 0 && (first == 0 || at < first) {
			first = at
		}
	}
	return first
}

// lawfulMethods are those of Điều 40; a draft may not say yet which it has.
var lawfulMethods = []string{"", "ascending", "descending"}

func (c lawCheck) lots() {
	lowest := c.preset.depositMin(c.draft.Sheet.Property)
	for i := range c.draft.Lots {
		lot := &c.draft.Lots[i]
		field := path("lots", i)
		c.when(lot.saysBiddingTime() && int64(lot.Rules.BiddingMs) < c.preset.Bidding.N, field+".rules.biddingMs", "below_legal_minimum")
		start := lot.StartingPrice()
		c.when(lowest.N > 0 && compareShare(lot.Deposit, start, lowest.N) < 0, field+".deposit", "below_legal_minimum")
		c.when(c.preset.DepositMax.N > 0 && compareShare(lot.Deposit, start, c.preset.DepositMax.N) > 0,
			field+".deposit", "above_legal_maximum")
		// Only the two methods of Điều 40 and bids by them: nobody may end the bidding of others.
		c.when(lot.Rules.BuyNow != nil, field+".rules.buyNow", "not_in_law")
		c.when(!slices.Contains(lawfulMethods, lot.Rules.Method), field+".rules.method", "not_in_law")
	}
}

func (c lawCheck) money() {
	s := &c.draft.Sheet
	for i := range c.draft.Lots {
		if most, ok := c.preset.fee(s.Property, c.draft.Lots[i].StartingPrice()); ok && s.Money.DossierFee > most {
			c.add("sheet.money.dossierFee", "above_legal_maximum")
			break
		}
	}
	c.when(c.preset.Cash.N > 0 && s.Money.CashLimit > engine.Dong(c.preset.Cash.N), "sheet.money.cashLimit", "above_legal_maximum")
	c.when(c.preset.Refund.N > 0 && s.After.RefundDays > int(c.preset.Refund.N), "sheet.after.refundDays", "above_legal_maximum")
}

// lastDay is the last day from which n fits before the opening day. Where the
// calendar does not reach, that is noted once and nothing else is.
func (c lawCheck) lastDay(n Number) (workday.Day, bool) {
	day, err := n.before(c.calendar, workday.DayOf(c.opening))
	if err != nil {
		field := path("lots", slices.IndexFunc(c.draft.Lots, func(l LotDraft) bool { return l.Rules.OpensAt == c.opening })) + ".rules.opensAt"
		c.when(!slices.Contains(*c.faults, Field{field, "no_calendar"}), field, "no_calendar")
	}
	return day, err == nil
}

func (c lawCheck) listing() {
	n := c.preset.listing(c.draft.Sheet.Property)
	if n.N == 0 || c.draft.Sheet.Property == "" {
		return
	}
	last, ok := c.lastDay(n)
	c.when(ok && workday.DayOf(c.listed) > last, "sheet.windows.listedOn", "listing_too_short")
}

// dossierWindow: the moment a window closes does not belong to it, so one that
// closes at midnight ends on the day before.
func (c lawCheck) dossierWindow() {
	to := c.draft.Sheet.Windows.Dossier.To
	if c.preset.DossierCloses.N == 0 || to == 0 {
		return
	}
	last, ok := c.lastDay(c.preset.DossierCloses)
	c.when(ok && workday.DayOf(to-1) > last, "sheet.windows.dossier.to", "closes_late")
}

func (c lawCheck) depositWindow() {
	w := c.draft.Sheet.Windows.Deposit
	if n := c.preset.DepositOpens; n.N > 0 && w.From != 0 {
		first, ok := c.lastDay(n)
		c.when(ok && workday.DayOf(w.From) < first, "sheet.windows.deposit.from", "opens_early")
	}
	if n := c.preset.DepositCloses; n.N > 0 && w.To != 0 {
		last, ok := c.lastDay(n)
		c.when(ok && workday.DayOf(w.To-1) > last, "sheet.windows.deposit.to", "closes_late")
	}
}

// viewing wants enough days in a row, each with some viewing on it, between
// the listing and the opening.
func (c lawCheck) viewing() {
	if c.preset.Viewing.N == 0 {
		return
	}
	seen := map[workday.Day]bool{}
	for i, v := range c.draft.Sheet.Viewing {
		if workday.DayOf(v.From) < workday.DayOf(c.listed) || c.opening != 0 && v.To > c.opening {
			c.add(path("sheet.viewing", i), "viewing_outside")
		}
		for d := workday.DayOf(v.From); d <= workday.DayOf(v.To-1) && len(seen) <= int(c.preset.Viewing.N)*maxViewings; d++ {
			seen[d] = true
		}
	}
	for first := range seen {
		run := int64(0)
		for d := first; seen[d]; d++ {
			run++
		}
		if run >= c.preset.Viewing.N {
			return
		}
	}
	c.add("sheet.viewing", "viewing_too_short")
}
