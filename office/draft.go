package office

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"gobua/engine"
)

// Limits of a draft. They keep a mistake from becoming a page that no browser
// opens; a sale day of a province has some dozen lots.
const (
	maxLots        = 200
	maxLotNumber   = 10_000
	maxTitleRunes  = 300
	maxDetailRunes = 4000
)

// lotKinds are the kinds the pages have a picture for.
var lotKinds = []string{"land", "house", "car", "plate", "goods"}

// maxOpensAgo is how far in the past an opening may lie when it is published:
// the time it takes to press the button.
const maxOpensAgo = 5 * time.Minute

// path names the i-th element of a list.
func path(list string, i int) string { return list + "." + strconv.Itoa(i) }

// checkDraft tidies a draft and notes what is wrong with it.
func checkDraft(f *faults, d *AuctionDraft, known []LotDraft) {
	f.text("title", &d.Title, maxTitleRunes, true)
	f.text("centre", &d.Centre, maxTitleRunes, false)
	f.text("owner", &d.Owner, maxTitleRunes, false)
	f.text("place", &d.Place, maxTitleRunes, false)
	f.when(len(d.Participants) > engine.MaxParticipants, "participants", "too_many")
	checkSheet(f, &d.Sheet)
	if len(d.Lots) > maxLots {
		f.add("lots", "too_many")
		return
	}
	ids := make(map[string]bool, len(d.Lots))
	for _, lot := range known {
		ids[lot.ID] = true
	}
	numbers := make(map[int]bool, len(d.Lots))
	for i := range d.Lots {
		lot := &d.Lots[i]
		field := path("lots", i)
		if lot.Number == 0 {
			lot.Number = i + 1
		}
		f.when(lot.Number < 1 || lot.Number > maxLotNumber, field+".number", "out_of_range")
		f.when(numbers[lot.Number], field+".number", "duplicate")
		f.when(lot.ID != "" && !ids[lot.ID], field+".id", "unknown")
		numbers[lot.Number] = true
		delete(ids, lot.ID) // so that a second lot with this id is unknown
		checkLot(f, field, lot)
	}
}

func checkLot(f *faults, field string, lot *LotDraft) {
	lot.Session, lot.ReserveSalt = "", engine.Hash{}
	f.when(!slices.Contains(lotKinds, lot.Kind), field+".kind", "unknown")
	f.text(field+".title", &lot.Title, maxTitleRunes, true)
	f.lines(field+".detail", &lot.Detail, maxDetailRunes)
	f.text(field+".place", &lot.Place, maxTitleRunes, false)
	f.when(lot.Deposit < 0 || lot.Deposit > engine.MaxDong, field+".deposit", "out_of_range")

	rules := &lot.Rules
	rules.Reserve = nil // the office makes it of ReserveAmount, once
	frozen := rules.Rules
	if rules.ReserveAmount != 0 {
		frozen.Reserve = new(engine.Hash) // as if it were made
	}
	var wrong *engine.RulesError
	if err := frozen.Check(); errors.As(err, &wrong) {
		for _, p := range wrong.Problems {
			if p != (engine.Problem{Field: "opensAt", Code: "missing"}) { // a draft may lack it
				f.add(field+".rules."+p.Field, p.Code)
			}
		}
	}
	f.when(rules.OpensAt < 0, field+".rules.opensAt", "out_of_range")
	switch {
	case rules.ReserveAmount == 0:
	case rules.Descent != nil:
		f.add(field+".rules.reserveAmount", "not_for_method")
	case rules.ReserveAmount < rules.Start:
		f.add(field+".rules.reserveAmount", "below_start")
	case rules.ReserveAmount > rules.AmountCap():
		f.add(field+".rules.reserveAmount", "too_large")
	case rules.BuyNow != nil && rules.ReserveAmount > rules.BuyNow.Amount:
		f.add(field+".rules.buyNow.amount", "below_reserve")
	}
}

// checkReady notes what an auction, right as a draft, still lacks to be
// published now.
func (o *Office) checkReady(f *faults, d *AuctionDraft) {
	f.when(len(d.Lots) == 0, "lots", "missing")
	earliest := engine.InstantOf(o.now().Add(-maxOpensAgo))
	for i := range d.Lots {
		field := path("lots", i)
		switch opens := d.Lots[i].Rules.OpensAt; {
		case opens == 0:
			f.add(field+".rules.opensAt", "missing")
		case opens < earliest:
			f.add(field+".rules.opensAt", "past")
		}
		o.require.check(f, field, &d.Lots[i])
	}
	checkGroups(f, d.Lots)
}
