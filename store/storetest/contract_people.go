package storetest

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
)

func mac(b byte) []byte {
	m := make([]byte, 32)
	m[0] = b
	return m
}

// contractIdentities: a legal person has one account that is not rejected, and
// a change is kept whole or not at all.
func contractIdentities(t *testing.T, s office.Store) {
	staff, a, b := AddAccount(t, s, "ho.so", engine.RoleRegistrar), AddAccount(t, s, "anh", engine.RoleBidder), AddAccount(t, s, "binh", engine.RoleBidder)
	submit := func(of office.Account, by byte) (office.Identity, error) {
		return s.ChangeIdentity(background, of.ID, func(i *office.Identity) (office.Trail, error) {
			i.Kind, i.State, i.Mac, i.Sealed, i.SubmittedAt = office.Person, office.IdentitySubmitted, mac(by), []byte("sealed"), now
			i.Name, i.Search, i.DecidedAt, i.DecidedBy, i.Reason = "Tên Mới", "ten moi", 0, "", ""
			return trail(of, "identity.submit", of.ID), nil
		})
	}
	_, err := s.Identity(background, a.ID)
	wants(t, err, office.ErrNotFound)
	_, err = submit(staff, 1)
	wants(t, err, office.ErrNotFound) // staff has none
	kept, err := submit(a, 1)
	same(t, kept.Version, 1, err)
	got, err := s.Identity(background, a.ID)
	same(t, got.Name, "Tên Mới", err)
	found, err := s.FindAccounts(background, office.HostCentre, []string{"moi"}, 10)
	same(t, len(found), 1, err)
	_, err = submit(b, 1)
	wants(t, err, office.ErrLegalPersonTaken)
	no := errors.New("no")
	_, err = s.ChangeIdentity(background, a.ID, func(i *office.Identity) (office.Trail, error) {
		i.State = office.IdentityVerified
		return office.Trail{}, no
	})
	wants(t, err, no)
	_, err = s.ChangeIdentity(background, a.ID, func(i *office.Identity) (office.Trail, error) {
		i.State, i.DecidedAt, i.DecidedBy, i.Reason = office.IdentityRejected, now+1, staff.ID, "Ảnh mờ"
		return office.Trail{At: now + 1}, nil
	})
	check(t, err)
	_, err = submit(b, 1)
	check(t, err)
	_, err = submit(a, 1)
	wants(t, err, office.ErrLegalPersonTaken)
	waiting, err := s.Identities(background, office.IdentityQuery{State: office.IdentitySubmitted, Words: []string{"ten"}, Limit: 10})
	same(t, len(waiting), 1, err)
	all, err := s.Identities(background, office.IdentityQuery{Limit: 10})
	same(t, len(all), 2, err)
}

// contractSecondFactors: changes wait for each other, so that of many with one
// code one finds it unused.
func contractSecondFactors(t *testing.T, s office.Store) {
	a := AddAccount(t, s, "anh", engine.RoleBidder)
	_, err := s.SecondFactor(background, a.ID)
	wants(t, err, office.ErrNotFound)
	change := func(fn func(*office.SecondFactor)) error {
		return s.ChangeSecondFactor(background, a.ID, func(f *office.SecondFactor) (office.Trail, error) {
			fn(f)
			return office.Trail{At: now}, nil
		})
	}
	check(t, change(func(f *office.SecondFactor) { f.Sealed, f.CreatedAt = []byte("s"), now }))
	check(t, change(func(f *office.SecondFactor) { f.ConfirmedAt, f.Recovery = now+1, []string{"x", ""} }))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := change(func(f *office.SecondFactor) { f.LastStep++ }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got, err := s.SecondFactor(background, a.ID)
	same(t, got, office.SecondFactor{
		AccountID: a.ID, Sealed: []byte("s"), CreatedAt: now, ConfirmedAt: now + 1, LastStep: 8, Recovery: []string{"x", ""},
	}, err)
	check(t, change(func(f *office.SecondFactor) { *f = office.SecondFactor{AccountID: a.ID} }))
	_, err = s.SecondFactor(background, a.ID)
	wants(t, err, office.ErrNotFound)
}

// contractPasswords: a link serves once and before its end, and takes the
// sign-ins and the other links along.
func contractPasswords(t *testing.T, s office.Store) {
	a := AddAccount(t, s, "anh", engine.RoleBidder)
	a.Email = "anh@example.vn"
	check(t, s.UpdateAccount(background, a, "anh", office.Trail{}))
	found, err := s.AccountsByEmail(background, "anh@example.vn", 5)
	same(t, found, []office.Account{a}, err)
	of := token("t", a, uuid.NewString())
	check(t, s.InsertSignIn(background, of, 3, office.Trail{}))
	reset := func(b byte) office.PasswordReset {
		return office.PasswordReset{Hash: engine.Hash{b}, AccountID: a.ID, MadeAt: now, ExpiresAt: now + 10}
	}
	for b := range byte(4) {
		check(t, s.InsertReset(background, reset(b), 3, now-1, office.Trail{}))
	}
	use := func(b byte, at engine.Instant) ([]string, error) {
		_, ended, err := s.UseReset(background, engine.Hash{b}, at, "$argon2id$new", func(office.Account) office.Trail { return office.Trail{At: at} })
		return ended, err
	}
	_, err = use(3, now) // one too many was not kept
	wants(t, err, office.ErrNotFound)
	_, err = use(0, now+10)
	wants(t, err, office.ErrNotFound)
	ended, err := use(0, now+9)
	same(t, ended, []string{of.SignIn}, err)
	for _, b := range []byte{0, 1} {
		_, err = use(b, now+9)
		wants(t, err, office.ErrNotFound)
	}
	_, hash, err := s.AccountByLogin(background, "anh")
	same(t, hash, "$argon2id$new", err)

	given := office.Account{ID: uuid.NewString(), Login: "binh", Name: "Bình", Role: engine.RoleBidder, CreatedAt: now, PasswordGiven: true}
	check(t, s.InsertAccount(background, given, "$argon2id$given", "binh", office.Trail{}))
	got, err := s.Account(background, given.ID)
	same(t, got, given, err)
	_, err = s.SetPassword(background, given.ID, "$argon2id$own", "", office.Trail{})
	check(t, err)
	given.PasswordGiven = false
	got, err = s.Account(background, given.ID)
	same(t, got, given, err)
}

// contractDesks: who may attend what.
func contractDesks(t *testing.T, s office.Store) {
	staff := AddAccount(t, s, "dau.gia.vien", engine.RoleAuctioneer)
	AddAccount(t, s, "anh", engine.RoleBidder)
	gone := AddAccount(t, s, "thu.ky", engine.RoleClerk)
	_, err := s.RevokeAccount(background, gone.ID, office.Trail{At: now})
	check(t, err)
	desks, err := s.Desks(background)
	same(t, desks.Staff, []office.Account{staff}, err)
	same(t, len(desks.Sessions), 0, nil)
}
