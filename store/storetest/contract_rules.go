package storetest

import (
	"crypto/sha256"
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
)

func version(made engine.Instant, by office.Account, sheet string, changes ...office.Change) *office.RulesVersion {
	return &office.RulesVersion{
		Sheet: []byte(sheet), Hash: sha256.Sum256([]byte(sheet)), Changes: append([]office.Change{}, changes...), MadeBy: by.ID, MadeAt: made,
	}
}

// contractRules: an auction changes under a lock; the rules it was listed with
// are kept in their very bytes and never change.
func contractRules(t *testing.T, s office.Store) {
	staff, x := AddAccount(t, s, "ho.so", engine.RoleRegistrar), AddAccount(t, s, "anh", engine.RoleBidder)
	a := draft([]office.LotDraft{Lot(1), Lot(2)})
	_, err := s.InsertAuction(background, a, staff.ID, office.IdempotencyKey{}, office.Trail{})
	check(t, err)

	no := errors.New("no")
	_, err = s.ChangeAuction(background, a.ID, func(a *office.Auction) (office.Trail, error) {
		a.Title = "Không giữ"
		return office.Trail{}, no
	})
	wants(t, err, no)
	_, err = s.ChangeAuction(background, uuid.NewString(), func(*office.Auction) (office.Trail, error) {
		t.Error("called for an auction that does not exist")
		return office.Trail{}, nil
	})
	wants(t, err, office.ErrNotFound)
	_, err = s.ChangeAuction(background, a.ID, func(a *office.Auction) (office.Trail, error) {
		a.Status, a.ListedAt = office.StatusListed, now
		return office.Trail{}, nil
	})
	if err == nil {
		t.Fatal("an auction was listed without rules")
	}

	const sheet = `{"b": 1,  "a": "<\u003c>"}` // spaces and order are part of what was hashed
	got, err := s.ChangeAuction(background, a.ID, func(a *office.Auction) (office.Trail, error) {
		a.Status, a.ListedAt, a.Sheet.Preset = office.StatusListed, now, "law2024"
		a.Lots[1].StartHidden, a.Lots[1].ReserveSalt = true, engine.Hash{7}
		a.NewRules = version(now, staff, sheet)
		return trail(staff, "auction.list", a.ID), nil
	})
	a.Version, a.Status, a.ListedAt, a.Sheet.Preset = 2, office.StatusListed, now, "law2024"
	a.Lots[1].StartHidden, a.Lots[1].ReserveSalt = true, engine.Hash{7}
	same(t, got, a, err)

	wrong := version(now, staff, sheet)
	wrong.Hash[0]++
	_, err = s.ChangeAuction(background, a.ID, func(a *office.Auction) (office.Trail, error) {
		a.NewRules = wrong
		return office.Trail{}, nil
	})
	if err == nil {
		t.Fatal("rules were kept with a hash that is not theirs")
	}

	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			_, err := s.ChangeAuction(background, a.ID, func(a *office.Auction) (office.Trail, error) {
				a.Title += "+"
				a.NewRules = version(now+1, staff, "{}", office.Change{Topic: office.TopicPrice, LotID: a.Lots[0].ID})
				a.NewRules.Notice = "Giá khởi điểm giảm"
				return office.Trail{At: now + 1}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, err := s.RulesVersions(background, a.ID)
	check(t, err)
	if len(list) != 5 || list[4].Number != 5 || string(list[0].Sheet) != sheet || list[0].Hash != sha256.Sum256([]byte(sheet)) ||
		list[1].Notice != "Giá khởi điểm giảm" || list[4].Changes[0].LotID != a.Lots[0].ID || list[0].Changes == nil || list[0].MadeBy != staff.ID {
		t.Fatalf("%+v", list)
	}
	lotWithARegistrationStays(t, s, a, x)
}

func lotWithARegistrationStays(t *testing.T, s office.Store, a office.Auction, x office.Account) {
	t.Helper()
	check(t, s.InsertRegistration(background, office.Registration{
		ID: uuid.NewString(), AuctionID: a.ID, LotID: a.Lots[0].ID, AccountID: x.ID, Version: 1, Dossier: office.DossierDraft,
		Standing: office.StandingIn, CreatedAt: now, ChangedAt: now,
		Fee: office.Payment{Memo: "GBFEE00001", State: office.PaymentDue}, Deposit: office.Payment{Memo: "GBDEP00001", State: office.PaymentDue},
	}, office.Trail{}))
	_, err := s.ChangeAuction(background, a.ID, func(a *office.Auction) (office.Trail, error) {
		a.Lots = a.Lots[1:]
		return office.Trail{}, nil
	})
	wants(t, err, office.ErrEditedMeanwhile)
	cancelledOwes(t, s, a)
}

// cancelledOwes: only of cancelled auctions, only what is held.
func cancelledOwes(t *testing.T, s office.Store, a office.Auction) {
	t.Helper()
	held := func(want int) []office.Registration {
		t.Helper()
		list, err := s.HeldOfCancelled(background, 10)
		check(t, err)
		if len(list) != want {
			t.Fatalf("%d deposits are held in cancelled auctions, want %d", len(list), want)
		}
		return list
	}
	list, err := s.Registrations(background, office.RegistrationQuery{AuctionID: a.ID, Limit: 1})
	check(t, err)
	move := func(to office.PaymentState) {
		t.Helper()
		_, err := s.ChangeRegistration(background, list[0].ID, func(r *office.Registration) (office.Trail, error) {
			r.Deposit.State = to
			return office.Trail{At: now}, nil
		})
		check(t, err)
	}
	move(office.PaymentReceived)
	held(0)
	_, err = s.ChangeAuction(background, a.ID, func(a *office.Auction) (office.Trail, error) {
		a.Status, a.CancelledAt, a.CancelReason = office.StatusCancelled, now, "Rút tài sản"
		return office.Trail{}, nil
	})
	check(t, err)
	if got := held(1); got[0].ID != list[0].ID {
		t.Fatalf("%+v", got)
	}
	move(office.PaymentRefundDue)
	held(0)
}
