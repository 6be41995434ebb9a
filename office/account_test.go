package office_test

import (
	"errors"
	"strings"
	"testing"

	"gobua/engine"
	"gobua/office"
	"gobua/store/storetest"
)

func TestOnlyAnAdminOpensAccounts(t *testing.T) {
	h := open(t)
	n := office.NewAccount{Login: " Chi.An ", Name: "  Chị Ân", Password: password, Role: engine.RoleAuctioneer, StaffRef: "12/TP"}
	forged := h.an
	forged.Role = engine.RoleAdmin // as a token would say that was forged
	for _, by := range []office.Account{h.auctioneer, h.observer, h.an, forged, {}, {ID: h.admin.ID + " ", Role: engine.RoleAdmin}} {
		_, err := h.CreateAccount(background, by, n)
		wants(t, err, office.ErrForbidden)
		_, err = h.Revoke(background, by, h.binh.ID)
		wants(t, err, office.ErrForbidden)
	}
	a, err := h.CreateAccount(background, h.admin, n)
	check(t, err)
	want := office.Account{
		ID: a.ID, Login: "chi.an", Name: "Chị Ân", Role: engine.RoleAuctioneer, StaffRef: "12/TP", CreatedAt: engine.InstantOf(h.Now()),
		CentreID: office.HostCentre, PasswordGiven: true,
	}
	if a != want {
		t.Fatalf("got %+v, want %+v", a, want)
	}
	_, err = h.CreateAccount(background, h.admin, n)
	wants(t, err, office.ErrLoginTaken)
	got, err := h.Account(background, a.ID)
	if got != want || err != nil {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestARevokedAdminIsNoAdminAnyMore(t *testing.T) {
	h := open(t)
	other := h.account(t, "quan.tri.2", "Quản Trị Hai", engine.RoleAdmin)
	_, err := h.Revoke(background, h.admin, h.admin.ID)
	wants(t, err, office.ErrForbidden) // not oneself: somebody must be left
	a, err := h.Revoke(background, h.admin, other.ID)
	if err != nil || !a.Revoked {
		t.Fatalf("%+v, %v", a, err)
	}
	_, err = h.Revoke(background, other, h.an.ID) // other still holds a token that says admin
	wants(t, err, office.ErrForbidden)
	for _, id := range []string{"", "x", "00000000-0000-4000-8000-000000000000", "{" + h.an.ID + "}"} {
		_, err = h.Revoke(background, h.admin, id)
		wants(t, err, office.ErrNotFound)
	}
}

func TestAllMistakesOfAnAccountAreNamedAtOnce(t *testing.T) {
	h := open(t)
	_, err := h.CreateAccount(background, h.admin, office.NewAccount{
		Login: "tên có dấu", Name: " \t ", Password: "bảy ký ", Role: engine.RoleSystem, StaffRef: "a\x00b",
	})
	wantsFields(t, err,
		office.Field{Field: "login", Code: "malformed"}, office.Field{Field: "name", Code: "missing"},
		office.Field{Field: "password", Code: "too_short"}, office.Field{Field: "role", Code: "unknown"},
		office.Field{Field: "staffRef", Code: "malformed"})
	_, err = h.CreateAccount(background, h.admin, office.NewAccount{
		Login: "ab", Name: strings.Repeat("ấ", 121), Password: strings.Repeat("x", 129), Role: engine.RoleBidder, StaffRef: "12",
	})
	wantsFields(t, err,
		office.Field{Field: "login", Code: "malformed"}, office.Field{Field: "name", Code: "too_long"},
		office.Field{Field: "password", Code: "too_long"}, office.Field{Field: "staffRef", Code: "not_for_bidders"})
	_, err = h.CreateAccount(background, h.admin, office.NewAccount{Login: "an-an", Name: "\u200b", Password: "mot-mat-khau", Role: engine.RoleObserver, StaffRef: "\u202e210-SG"})
	wantsFields(t, err, office.Field{Field: "name", Code: "missing"}, office.Field{Field: "observer", Code: "missing"}, office.Field{Field: "staffRef", Code: "malformed"})
}

func TestPeopleAreFoundWithoutMarks(t *testing.T) {
	h := open(t)
	for login, name := range map[string]string{
		"duong": "ĐƯỜNG THỊ ẤU", "decomposed": "Tra\u0302\u0300n Hu\u031b\u01a1\u0301ng", // marks as some keyboards send them
		"do.binh": "Đỗ Thị Bình", "q.tri": "Quản Trị",
	} {
		_, err := h.CreateAccount(background, h.admin, office.NewAccount{Login: login, Name: name, Password: password, Role: engine.RoleBidder})
		check(t, err)
	}
	for query, want := range map[string]string{
		"duong thi au":  "duong",
		"Đường ẤU":      "duong",
		"ĐƯỜ":           "duong",
		"au DUONG":      "duong",
		"trần":          "decomposed",
		"tran huong":    "decomposed",
		"thị bình":      "do.binh",
		"quản trị":      "q.triquan.tri",
		"không ai":      "",
		"%":             "",
		"\x00\xff bình": "binhdo.binh",
	} {
		found, err := h.FindAccounts(background, h.admin, query, 10)
		check(t, err)
		got := ""
		for _, a := range found {
			got += a.Login
		}
		if got != want {
			t.Errorf("%q found %q, want %q", query, got, want)
		}
	}
	all, err := h.FindAccounts(background, h.admin, " ", -1)
	if err != nil || len(all) != 11 {
		t.Errorf("an empty query found %d, %v", len(all), err)
	}
}

func TestEnsureAccountIsHarmlessAgain(t *testing.T) {
	h := open(t)
	n := office.NewAccount{Login: "an.an", Name: "Tên Khác", Password: "mật khẩu khác", Role: engine.RoleBidder}
	a, err := h.EnsureAccount(background, n)
	if a != h.an || err != nil {
		t.Fatalf("got %+v, %v", a, err)
	}
	if _, _, err := h.SignIn(background, "an.an", password, from("10.0.0.1")); err != nil {
		t.Fatalf("the password has changed: %v", err)
	}
	n.Role = engine.RoleAdmin
	if _, err := h.EnsureAccount(background, n); err == nil {
		t.Fatal("a bidder became an admin")
	}
	n = office.NewAccount{Login: "moi", Name: "Mới", Password: password, Role: engine.RoleBidder}
	errs := make(chan error)
	for range 4 {
		go func() { _, err := h.EnsureAccount(background, n); errs <- err }()
	}
	for range 4 {
		check(t, <-errs)
	}
	_, err = h.EnsureAccount(background, office.NewAccount{Login: "??", Role: engine.RoleBidder})
	if _, ok := errors.AsType[*office.Invalid](err); !ok {
		t.Fatalf("got %v", err)
	}
}

func TestWithoutADatabaseEverythingSaysSo(t *testing.T) {
	line := storetest.NewLine(t, storetest.Database(t))
	s := storetest.OpenAt(t, line.DSN)
	storetest.WaitReady(t, s)
	h := openOn(t, s)
	_, refresh, err := h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
	line.Cut()
	for what, call := range map[string]func() error{
		"SignIn":         func() error { _, _, err := h.SignIn(background, "an.an", password, from("10.0.0.1")); return err },
		"Refresh":        func() error { _, _, err := h.Refresh(background, refresh.Token); return err },
		"SignOut":        func() error { _, err := h.SignOut(background, refresh.Token); return err },
		"Account":        func() error { _, err := h.Account(background, h.an.ID); return err },
		"FindAccounts":   func() error { _, err := h.FindAccounts(background, h.admin, "", 1); return err },
		"CreateAccount":  func() error { _, err := h.CreateAccount(background, h.admin, office.NewAccount{}); return err },
		"Revoke":         func() error { _, err := h.Revoke(background, h.admin, h.an.ID); return err },
		"CreateAuction":  func() error { _, err := h.CreateAuction(background, h.admin, sheet(h), ""); return err },
		"UpdateAuction":  func() error { _, err := h.UpdateAuction(background, h.admin, h.an.ID, 1, sheet(h)); return err },
		"Auction":        func() error { _, err := h.Auction(background, h.an.ID); return err },
		"Auctions":       func() error { _, err := h.Auctions(background, h.admin); return err },
		"Publish":        func() error { _, err := h.Publish(background, h.admin, h.an.ID, 1); return err },
		"Participations": func() error { _, err := h.Participations(background, h.an.ID); return err },
		"Reconcile":      func() error { return h.Reconcile(background) },
		"Tidy":           func() error { return h.Tidy(background) },
		"Deliver":        func() error { return h.Deliver(background, storetest.Sold("000000000001", 1)) },
		"Results":        func() error { _, err := h.Results(background, 1); return err },
		"Result":         func() error { _, err := h.Result(background, "000000000001"); return err },
		"AskOpening": func() error {
			_, err := h.AskOpening(background, h.auctioneer, "000000000001", "M-100", "xem")
			return err
		},
	} {
		if err := call(); !errors.Is(err, office.ErrUnavailable) {
			t.Errorf("%s: %v", what, err)
		}
	}
	line.Mend()
	if _, _, err := h.Refresh(background, refresh.Token); err != nil {
		t.Fatalf("the token has not survived the outage: %v", err)
	}
	// Attempts that failed with the database were nobody's guesses.
	for range 6 {
		line.Cut()
		_, _, err = h.SignIn(background, "an.an", password, from("10.0.0.1"))
		wants(t, err, office.ErrUnavailable)
		line.Mend()
	}
	_, _, err = h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
}
