package office_test

import (
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
)

// admitted registers an account for the first lot until it has its code.
func (f *fair) admitted(t *testing.T, who office.Account, n int) office.OwnRegistration {
	t.Helper()
	r := f.submitted(t, who, formOf(n))
	_, err := f.Waive(background, f.registrar, r.ID, office.FeePayment, "hộ nghèo")
	check(t, err)
	_, err = f.AcceptGuarantee(background, f.registrar, r.ID, "Vietcombank số 12/BL")
	check(t, err)
	if v := f.approve(t, f.own(t, who, r.ID)); !v.Admitted {
		t.Fatalf("%+v", v)
	}
	return f.own(t, who, r.ID)
}

// TestAListedAuctionAdmitsThoseWhoseRegistrationCounts: under the codes they
// were given, to the lot they registered for, and nobody else (rule 7).
func TestAListedAuctionAdmitsThoseWhoseRegistrationCounts(t *testing.T) {
	f := newFair(t, opensLater)
	f.at(f.depositFrom)
	chi := f.account(t, "chi", "Lê Thị Chi", engine.RoleBidder)
	dung := f.account(t, "dung", "Vũ Dũng", engine.RoleBidder)
	em := f.account(t, "em.dang", "Đặng Em", engine.RoleBidder)
	an, binh := f.admitted(t, f.an, 1), f.admitted(t, f.binh, 2)
	gone := f.admitted(t, chi, 3)
	_, err := f.WithdrawRegistration(background, chi, gone.ID, "")
	check(t, err)
	unpaid := f.submitted(t, dung, formOf(4)) // approved, but nothing was paid
	f.approve(t, unpaid)
	waiting := f.submitted(t, em, formOf(5)) // nobody has decided

	publish := func() (office.Auction, error) {
		return f.Publish(background, f.auctioneer, f.auction.ID, f.auction.Version)
	}
	state, err := f.AdmissionState(background, f.observer, f.auction.ID)
	check(t, err)
	if state.Undecided != 1 || state.Lots[0].Admitted != 2 || state.Lots[1].Admitted != 0 || state.ClosesAt != engine.InstantOf(f.depositTo) {
		t.Errorf("%+v", state)
	}
	f.at(f.depositTo.Add(-time.Millisecond))
	_, err = publish()
	wants(t, err, office.ErrTooEarly)
	f.at(f.depositTo)
	_, err = publish()
	wantsFields(t, err, office.Field{Field: "registrations", Code: "undecided"})
	_, err = f.DecideRegistration(background, f.registrar, waiting.ID, office.Decision{Version: waiting.Version, Reason: "Không nộp tiền đặt trước"})
	check(t, err)
	_, err = f.Publish(background, f.clerk, f.auction.ID, f.auction.Version)
	wants(t, err, office.ErrForbidden)

	a, err := publish()
	check(t, err)
	again, err := publish() // the answer was lost
	check(t, err)
	state, err = f.AdmissionState(background, f.observer, a.ID)
	check(t, err)
	if state != nil {
		t.Errorf("the list is closed, but %+v", state)
	}
	session := a.Lots[0].Session
	if a.Status != office.StatusPublished || again.Lots[0].Session != session {
		t.Fatalf("%+v", a)
	}
	if a.Lots[1].Session != "" {
		t.Error("a lot for which nobody registered has a session")
	}
	ended, err := f.Proceedings(background, f.auctioneer, a.ID)
	check(t, err)
	if len(ended) != 1 || ended[0].LotID != f.second || ended[0].Ground != office.FailNobodyRegistered {
		t.Errorf("the lot with nobody: %+v", ended)
	}
	want := map[engine.ParticipantCode]string{an.Code: f.an.ID, binh.Code: f.binh.ID}
	created := f.created[session]
	if len(created.Participants) != len(want) {
		t.Fatalf("%d are admitted, want %d", len(created.Participants), len(want))
	}
	for _, p := range created.Participants {
		if account := want[p.Code]; p.Holder != engine.HolderOf(session, f.PseudonymIn(session, account)) {
			t.Errorf("code %s does not belong to who was given it", p.Code)
		}
	}
}

// opensLater moves the opening behind the deposit window of a fair.
func opensLater(a *office.Auction) {
	for i := range a.Lots {
		a.Lots[i].Rules.OpensAt = engine.InstantOf(time.Date(2026, 12, 1, 9, 0, 0, 0, saigon))
	}
}

// TestAPublicationKnowsEveryRegistration: who becomes admissible after the
// admissions were read is not left out; the publication is refused.
func TestAPublicationKnowsEveryRegistration(t *testing.T) {
	f := newFair(t, opensLater)
	f.at(f.depositFrom)
	r := f.admitted(t, f.an, 1)
	for name, registrations := range map[string]map[string]int{
		"one is missing": {}, "one has changed": {r.ID: r.Version - 1}, "one is gone": {r.ID: r.Version, "x": 1},
	} {
		err := f.store.PublishAuction(background, office.Publication{
			AuctionID: f.auction.ID, Version: f.auction.Version, By: f.auctioneer.ID, At: engine.InstantOf(f.Now()), Registrations: registrations,
		})
		t.Log(name)
		wants(t, err, office.ErrEditedMeanwhile)
	}
}
