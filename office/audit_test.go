package office_test

import (
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
)

// TestActsOfStaffAreLogged: who, what, when, from where, before and after, and
// in one chain.
func TestActsOfStaffAreLogged(t *testing.T) {
	h := open(t)
	by := h.auctioneer
	by.Origin = "192.0.2.9"
	a, err := h.CreateAuction(background, by, sheet(h), "")
	check(t, err)
	d := a.AuctionDraft
	d.Title = "Tên mới"
	h.pass(time.Minute)
	_, err = h.UpdateAuction(background, by, a.ID, a.Version, d)
	check(t, err)
	acts, err := h.Acts(background, h.admin, office.ActQuery{AuctionID: a.ID})
	check(t, err)
	if len(acts) != 2 || acts[0].Name != "auction.edit" || acts[1].Name != "auction.create" {
		t.Fatalf("%+v", acts)
	}
	edit := acts[0]
	if edit.AccountID != by.ID || edit.Who != "Lê Đấu Giá (dau.gia.vien)" || edit.Origin != "192.0.2.9" || edit.Role != engine.RoleAuctioneer ||
		edit.At != engine.InstantOf(h.Now()) || string(edit.Before) == string(edit.After) {
		t.Fatalf("%+v", edit)
	}
	early, err := h.Acts(background, h.admin, office.ActQuery{To: edit.At, Name: "auction."})
	if err != nil || len(early) != 1 {
		t.Fatalf("before the edit: %+v, %v", early, err)
	}
	chain, err := h.CheckActs(background, h.admin)
	if err != nil || chain.Broken != 0 || chain.Lines != edit.Seq || chain.Head != edit.Hash {
		t.Fatalf("%+v, %v", chain, err)
	}
}

// TestSignInsOfStaffAreLogged, with what they came from; those of bidders are not,
// nor is what did not let anybody in.
func TestSignInsOfStaffAreLogged(t *testing.T) {
	h := open(t)
	where := office.Device{Address: "192.0.2.9", Agent: "Chrome · Android"}
	_, _, err := h.SignIn(background, "dau.gia.vien", "không phải", where)
	wants(t, err, office.ErrBadCredentials)
	for _, login := range []string{"dau.gia.vien", "an.an"} {
		_, _, err = h.SignIn(background, login, password, where)
		check(t, err)
	}
	acts, err := h.Acts(background, h.admin, office.ActQuery{Name: "sign_in."})
	check(t, err)
	if len(acts) != 1 || acts[0].Name != "sign_in.begin" || acts[0].AccountID != h.auctioneer.ID || acts[0].Origin != "192.0.2.9" ||
		string(acts[0].After) != `{"device":"Chrome · Android"}` {
		t.Fatalf("%+v", acts)
	}
}

// TestWhoMayReadTheLog: admins and auctioneers of the centre, inspectors, and
// observers of an auction they are assigned to.
func TestWhoMayReadTheLog(t *testing.T) {
	h := open(t)
	d := sheet(h)
	a, err := h.CreateAuction(background, h.auctioneer, d, "")
	check(t, err)
	for _, by := range []office.Account{h.an, h.clerk, h.registrar, h.observer} {
		_, err := h.Acts(background, by, office.ActQuery{})
		wants(t, err, office.ErrForbidden)
	}
	_, err = h.Acts(background, h.observer, office.ActQuery{AuctionID: a.ID})
	wants(t, err, office.ErrNotFound)
	d = a.AuctionDraft
	d.Sheet.People.Observers = []string{h.observer.ID}
	_, err = h.UpdateAuction(background, h.auctioneer, a.ID, a.Version, d)
	check(t, err)
	acts, err := h.Acts(background, h.observer, office.ActQuery{AuctionID: a.ID})
	if err != nil || len(acts) != 2 {
		t.Fatalf("%d lines, %v", len(acts), err)
	}
	_, err = h.CheckActs(background, h.observer)
	wants(t, err, office.ErrForbidden)
	for _, q := range []office.ActQuery{{AuctionID: "'; drop"}, {AccountID: "x"}, {Name: "%"}} {
		_, err = h.Acts(background, h.admin, q)
		wants(t, err, office.ErrNotFound)
	}
}
