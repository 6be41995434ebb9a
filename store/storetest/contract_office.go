package storetest

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
)

func trail(by office.Account, name, id string) office.Trail {
	return office.Trail{At: now, Acts: []office.Act{{
		At: now, CentreID: by.CentreID, AccountID: by.ID, Role: by.Role, Origin: "192.0.2.7", Name: name,
		Subject: "centre", SubjectID: id, Reason: "vì thế", Before: json.RawMessage(`{"b": 1,  "a":2}`),
	}}}
}

// contractTrail: the audit log is chained in one order, also under many
// writers, and what a refused act would have left is not there.
func contractTrail(t *testing.T, s office.Store) {
	staff := AddAccount(t, s, "dau.gia.vien", engine.RoleAuctioneer)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := s.KeepTrail(background, trail(staff, "centre.look", "x")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	check(t, s.KeepTrail(background, trail(staff, "auction.list", "y")))
	all, err := s.ActsFrom(background, 1, 100)
	same(t, len(all), 9, err)
	var prev engine.Hash
	for i, a := range all {
		if a.Seq != uint64(i+1) || a.Hash != a.HashAfter(prev) {
			t.Fatalf("line %d does not follow the one before: %+v", i+1, a)
		}
		prev = a.Hash
	}
	some, err := s.Acts(background, office.ActQuery{Name: "centre.", SubjectID: "x", AccountID: staff.ID, CentreID: office.HostCentre, From: now, To: now + 1, Before: 5, Limit: 2})
	same(t, len(some), 2, err)
	same(t, []uint64{some[0].Seq, some[1].Seq}, []uint64{4, 3}, nil)
	none, err := s.Acts(background, office.ActQuery{Name: "centre_", Limit: 10})
	same(t, len(none), 0, err)
}

func contractCentres(t *testing.T, s office.Store) {
	staff := AddAccount(t, s, "quan.tri", engine.RoleAdmin)
	host, err := s.Centre(background, office.HostCentre)
	same(t, host.Host, true, err)
	c := office.Centre{
		ID: uuid.NewString(), Version: 1, Name: "Trung tâm thứ hai", CreatedAt: now,
		CentreFacts: office.CentreFacts{Address: "Số 1", Bank: office.BankAccount{BIN: "970436", Number: "0123"}},
	}
	check(t, s.InsertCentre(background, c, trail(staff, "centre.found", c.ID)))
	c.Name = "Trung tâm hai"
	check(t, s.UpdateCentre(background, c, office.Trail{}))
	wants(t, s.UpdateCentre(background, c, office.Trail{}), office.ErrEditedMeanwhile)
	c.Version = 2
	got, err := s.Centre(background, c.ID)
	same(t, got, c, err)
	list, err := s.Centres(background)
	same(t, list, []office.Centre{host, c}, err)
}

// contractRegistrations: one registration an account and lot, changed under a
// lock, kept whole or not at all.
func contractRegistrations(t *testing.T, s office.Store) {
	staff, x := AddAccount(t, s, "ho.so", engine.RoleRegistrar), AddAccount(t, s, "anh", engine.RoleBidder)
	a := draft([]office.LotDraft{Lot(1)})
	_, err := s.InsertAuction(background, a, staff.ID, office.IdempotencyKey{}, office.Trail{})
	check(t, err)
	r := office.Registration{
		ID: uuid.NewString(), AuctionID: a.ID, LotID: a.Lots[0].ID, AccountID: x.ID, Version: 1, Dossier: office.DossierDraft,
		Standing: office.StandingIn, CreatedAt: now, ChangedAt: now, Login: x.Login, Name: x.Name,
		Fee:               office.Payment{Memo: "GBFEE00001", Due: 100_000, State: office.PaymentDue, DueAt: now + 5},
		Deposit:           office.Payment{Memo: "GBDEP00001", Due: 8_000_000, State: office.PaymentDue},
		RegistrationFacts: office.RegistrationFacts{NoConflict: true, SubmittedAt: now},
	}
	check(t, s.InsertRegistration(background, r, trail(x, "registration.open", r.ID)))
	again := r
	again.ID, again.Fee.Memo, again.Deposit.Memo = uuid.NewString(), "GBFEE00002", "GBDEP00002"
	wants(t, s.InsertRegistration(background, again, office.Trail{}), office.ErrRegistered)

	no := errors.New("no")
	_, err = s.ChangeRegistration(background, r.ID, func(r *office.Registration) (office.Trail, error) {
		r.Dossier = office.DossierApproved
		return office.Trail{}, no
	})
	wants(t, err, no)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			_, err := s.ChangeRegistration(background, r.ID, func(r *office.Registration) (office.Trail, error) {
				r.Deposit.Paid += 2_000_000
				return office.Trail{At: now + 1}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r.Version, r.ChangedAt, r.Deposit.Paid = 5, now+1, 8_000_000
	got, err := s.RegistrationByMemo(background, "GBDEP00001")
	same(t, got, r, err)
	got, err = s.Registration(background, r.ID)
	same(t, got, r, err)
	list, err := s.Registrations(background, office.RegistrationQuery{AuctionID: a.ID, LotID: r.LotID, AccountID: x.ID, CentreID: office.HostCentre, Limit: 5})
	same(t, list, []office.Registration{r}, err)
	_, err = s.ChangeRegistration(background, r.ID, func(r *office.Registration) (office.Trail, error) {
		r.Standing = office.StandingWithdrawn
		return office.Trail{At: now + 2}, nil
	})
	check(t, err)
	check(t, s.InsertRegistration(background, again, office.Trail{}))
}
