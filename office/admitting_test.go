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
	state, err := f.AdmissionState(background, f.auctioneer, f.auction.ID)
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
	state, err = f.AdmissionState(background, f.auctioneer, a.ID)
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

// TestASessionKeepsTheHiddenPriceThatWasListed: the hash in its rules is the
// one in the listed rules, so that nobody can have changed the amount between.
func TestASessionKeepsTheHiddenPriceThatWasListed(t *testing.T) {
	secret := engine.Secret{Reserve: 60_000_000, Salt: engine.Hash{9}}
	f := newFair(t, opensLater, func(a *office.Auction) {
		a.Lots[0].StartHidden, a.Lots[0].Rules.ReserveAmount, a.Lots[0].ReserveSalt = true, secret.Reserve, secret.Salt
	})
	f.at(f.depositFrom)
	f.admitted(t, f.an, 1)
	before, err := f.Notice(background, f.auction.ID)
	check(t, err)
	f.at(f.depositTo)
	a, err := f.Publish(background, f.auctioneer, f.auction.ID, f.auction.Version)
	check(t, err)
	after, err := f.Notice(background, f.auction.ID)
	check(t, err)
	want := engine.ReserveHash(secret)
	for name, got := range map[string]*engine.Hash{
		"listed": before.Lots[0].Rules.Reserve, "session": f.created[a.Lots[0].Session].Rules.Reserve, "published": after.Lots[0].Rules.Reserve,
	} {
		if got == nil || *got != want {
			t.Errorf("%s: the hash of the hidden price is %v, want %s", name, got, want)
		}
	}
	if !after.Lots[0].StartHidden || after.Stage != office.StageReady {
		t.Errorf("%+v", after)
	}
}

// TestACancelledAuctionOwesTheDeposits: at once, within the working days of the
// rules sheet, and once only.
func TestACancelledAuctionOwesTheDeposits(t *testing.T) {
	f := newFair(t, opensLater)
	f.at(f.depositFrom)
	an := f.admitted(t, f.an, 1)
	binh := f.submitted(t, f.binh, formOf(2)) // has paid nothing
	_, err := f.Cancel(background, f.registrar, f.auction.ID, "Người có tài sản rút tài sản")
	check(t, err)
	for range 2 {
		r, err := f.store.Registration(background, an.ID)
		check(t, err)
		due := time.Date(2026, 11, 30, 23, 59, 59, 999_000_000, saigon) // the third working day after Wednesday the 25th
		if r.Deposit.State != office.PaymentRefundDue || r.Deposit.RefundDueAt != engine.InstantOf(due) {
			t.Fatalf("%+v", r.Deposit)
		}
		unpaid, err := f.store.Registration(background, binh.ID)
		check(t, err)
		if unpaid.Deposit.State != office.PaymentDue {
			t.Fatalf("%+v", unpaid.Deposit)
		}
		check(t, f.Reconcile(background))
	}
	acts, err := f.store.Acts(background, office.ActQuery{AuctionID: f.auction.ID, Name: "registration.refund_due", Limit: 10})
	check(t, err)
	if len(acts) != 1 || acts[0].Role != engine.RoleSystem || acts[0].Reason == "" {
		t.Errorf("%+v", acts)
	}
}
