package office

import (
	"context"
	"errors"
	"slices"

	"gobua/engine"
	"gobua/office/workday"
)

// checkComplete notes what a draft, right as such, lacks to be listed now: what
// is missing, and what contradicts itself. No reason sets these aside. was are
// the windows that are public already: one that has passed may stay as it was.
func (o *Office) checkComplete(f *faults, d *AuctionDraft, was SheetWindows, centre Centre, now engine.Instant) {
	s := &d.Sheet
	f.when(d.Owner == "", "owner", "missing")
	f.when(s.Preset == "", "sheet.preset", "missing")
	f.when(s.Property == "", "sheet.property", "missing")
	f.when(s.Contacts == "", "sheet.contacts", "missing")
	f.when(s.People.Auctioneer == "", "sheet.people.auctioneer", "missing")
	f.when(len(d.Participants) > 0, "participants", "register_instead")
	f.when(s.After.AnswerMs == 0, "sheet.after.answerMs", "missing")
	f.when(s.After.RefundDays == 0, "sheet.after.refundDays", "missing")
	f.when(len(d.Lots) == 0, "lots", "missing")
	deposits := false
	for i := range d.Lots {
		lot := &d.Lots[i]
		field := path("lots", i)
		deposits = deposits || lot.Deposit > 0
		f.when(lot.Rules.OpensAt == 0, field+".rules.opensAt", "missing")
		f.when(lot.Rules.OpensAt != 0 && lot.Rules.OpensAt <= now, field+".rules.opensAt", "past")
		f.when(lot.StartHidden && lot.Rules.ReserveAmount == 0, field+".rules.reserveAmount", "missing")
		// A proceeding has one winner who confirms, pays and may be followed by another (rule MU1).
		f.when(lot.Rules.Sealed != nil && lot.Rules.Sealed.Pricing == engine.PricingUniform, field+".rules.sealed.pricing", "several_winners")
		o.require.check(f, field, lot)
	}
	account := s.depositAccount(centre)
	if deposits || s.Money.DossierFee > 0 {
		f.when(account.BIN == "", "sheet.money.account.bin", "missing")
		f.when(account.Number == "", "sheet.money.account.number", "missing")
		f.when(account.Holder == "", "sheet.money.account.holder", "missing")
	}
	opening := firstOpening(d)
	listed := s.Windows.ListedOn
	if listed == 0 {
		listed = now
	}
	checkOpenWindow(f, "sheet.windows.dossier", s.Windows.Dossier, listed, opening)
	f.when(passed(s.Windows.Dossier, was.Dossier, now), "sheet.windows.dossier.to", "past")
	if deposits {
		checkOpenWindow(f, "sheet.windows.deposit", s.Windows.Deposit, listed, opening)
		f.when(passed(s.Windows.Deposit, was.Deposit, now), "sheet.windows.deposit.to", "past")
	}
	f.when(opening != 0 && s.Windows.CheckIn > opening, "sheet.windows.checkIn", "after_opening")
	f.when(s.Windows.CheckIn != 0 && s.Windows.CheckIn < s.Windows.Dossier.To, "sheet.windows.checkIn", "before_dossiers_close")
}

// passed tells whether a window that is new cannot be used any more.
func passed(w, was Window, now engine.Instant) bool { return w != was && w.To != 0 && w.To <= now }

// checkOpenWindow wants a window that lies between listing and opening.
func checkOpenWindow(f *faults, field string, w Window, listed, opening engine.Instant) {
	f.when(w.From == 0, field+".from", "missing")
	f.when(w.To == 0, field+".to", "missing")
	f.when(w.From != 0 && workday.DayOf(w.From) < workday.DayOf(listed), field+".from", "before_listing")
	f.when(opening != 0 && w.To > opening, field+".to", "after_opening")
}

// depositAccount is where deposits of the auction go.
func (s *Sheet) depositAccount(centre Centre) BankAccount {
	if s.Money.Account != (BankAccount{}) {
		return s.Money.Account
	}
	return centre.Bank
}

// checkStaff sees to it that the people of a sheet are staff of the centre in
// the right roles. The auctioneer must have a licence.
func (o *Office) checkStaff(ctx context.Context, f *faults, p SheetPeople, centreID string) error {
	f.when(len(p.Observers) > maxObservers, "sheet.people.observers", "too_many")
	observers := p.Observers[:min(len(p.Observers), maxObservers)]
	staff, err := o.staffOf(ctx, SheetPeople{Auctioneer: p.Auctioneer, Clerk: p.Clerk, Observers: observers})
	if err != nil {
		return err
	}
	one := func(field, id string, role engine.Role) {
		a, ok := staff[id]
		switch {
		case id == "":
		case !ok, a.CentreID != centreID:
			f.add(field, "unknown")
		case a.Role != role:
			f.add(field, "wrong_role")
		case a.Revoked:
			f.add(field, "revoked")
		case role == engine.RoleAuctioneer && a.StaffRef == "":
			f.add(field, "no_licence")
		}
	}
	one("sheet.people.auctioneer", p.Auctioneer, engine.RoleAuctioneer)
	one("sheet.people.clerk", p.Clerk, engine.RoleClerk)
	for i, id := range observers {
		one(path("sheet.people.observers", i), id, engine.RoleObserver)
		f.when(slices.Index(observers, id) < i, path("sheet.people.observers", i), "duplicate")
	}
	return nil
}

// staffOf looks up the people of a sheet, by id.
func (o *Office) staffOf(ctx context.Context, p SheetPeople) (map[string]Account, error) {
	ids := slices.DeleteFunc(append([]string{p.Auctioneer, p.Clerk}, p.Observers...), func(id string) bool { return !validID(id) })
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := o.store.AccountsByID(ctx, ids)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	staff := make(map[string]Account, len(found))
	for _, a := range found {
		staff[a.ID] = a
	}
	return staff, nil
}
