package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
)

// Contract runs everything that office.Store promises against stores that
// `open` makes, each of them empty.
func Contract(t *testing.T, open func(t testing.TB) office.Store) {
	for name, test := range map[string]func(*testing.T, office.Store){
		"accounts":       contractAccounts,
		"search":         contractSearch,
		"sign-ins":       contractSignIns,
		"rotation":       contractRotation,
		"changes":        contractChanges,
		"throttles":      contractThrottles,
		"drafts":         contractDrafts,
		"idempotency":    contractIdempotency,
		"publication":    contractPublication,
		"results":        contractResults,
		"result is once": contractResultOnce,
		"trail":          contractTrail,
		"centres":        contractCentres,
		"identities":     contractIdentities,
		"second factors": contractSecondFactors,
		"passwords":      contractPasswords,
		"desks":          contractDesks,
		"registrations":  contractRegistrations,
		"statements":     contractStatements,
		"proceedings":    contractProceedings,
		"minutes":        contractMinutes,
		"openings":       contractOpenings,
		"files":          contractFiles,
		"rules":          contractRules,
		"presence":       contractPresence,
		"incidents":      contractIncidents,
		"readiness":      contractReadiness,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

var background = context.Background()

// now is a moment like any other, in whole milliseconds.
const now = engine.Instant(1_790_000_000_123)

// CentreOf is the centre of a test's account: the host for staff.
func CentreOf(role engine.Role) string {
	if role == engine.RoleBidder {
		return ""
	}
	return office.HostCentre
}

// AddAccount keeps an account with a login and a role, as the office would.
func AddAccount(t testing.TB, s office.Store, login string, role engine.Role) office.Account {
	t.Helper()
	a := office.Account{
		ID: uuid.NewString(), Login: login, Name: "Người " + login, Role: role, CreatedAt: now, CentreID: CentreOf(role),
	}
	if err := s.InsertAccount(background, a, "$argon2id$hash of "+login, login, office.Trail{}); err != nil {
		t.Fatal(err)
	}
	return a
}

func contractAccounts(t *testing.T, s office.Store) {
	a := office.Account{
		ID: uuid.NewString(), Login: "ngoc.anh", Name: "Đỗ Thị Ngọc Ánh", Role: engine.RoleAuctioneer, StaffRef: "123/TP-ĐG", CreatedAt: now,
		CentreID: office.HostCentre, Email: "anh@trungtam.example",
	}
	check(t, s.InsertAccount(background, a, "$argon2id$1", "ngoc.anh do thi ngoc anh", office.Trail{}))
	got, err := s.Account(background, a.ID)
	same(t, got, a, err)
	got, hash, err := s.AccountByLogin(background, "ngoc.anh")
	same(t, got, a, err)
	same(t, hash, "$argon2id$1", nil)

	again := a
	again.ID = uuid.NewString()
	wants(t, s.InsertAccount(background, again, "$argon2id$2", "", office.Trail{}), office.ErrLoginTaken)
	_, err = s.Account(background, again.ID)
	wants(t, err, office.ErrNotFound)
	_, _, err = s.AccountByLogin(background, "nobody")
	wants(t, err, office.ErrNotFound)

	list, err := s.AccountsByID(background, []string{a.ID, again.ID})
	same(t, list, []office.Account{a}, err)
	list, err = s.AccountsByID(background, nil)
	same(t, list, []office.Account{}, err)

	revoked := a
	revoked.Revoked = true
	for range 2 {
		got, err = s.RevokeAccount(background, a.ID, office.Trail{At: now})
		same(t, got, revoked, err)
	}
	_, err = s.RevokeAccount(background, again.ID, office.Trail{At: now})
	wants(t, err, office.ErrNotFound)
}

func contractSearch(t *testing.T, s office.Store) {
	for login, search := range map[string]string{
		"anh": "anh do thi ngoc anh", "binh": "binh tran 100% binh", "cuong": `cuong le a_b \ cuong`,
	} {
		a := office.Account{ID: uuid.NewString(), Login: login, Name: "x", Role: engine.RoleBidder, CreatedAt: now}
		check(t, s.InsertAccount(background, a, "$argon2id$", search, office.Trail{}))
	}
	for _, c := range []struct {
		words []string
		limit int
		want  []string
	}{
		{nil, 10, []string{"anh", "binh", "cuong"}},
		{nil, 2, []string{"anh", "binh"}},
		{[]string{"ngoc", "do"}, 10, []string{"anh"}},
		{[]string{"ngoc", "tran"}, 10, []string{}},
		{[]string{"%"}, 10, []string{"binh"}},
		{[]string{"a_b"}, 10, []string{"cuong"}},
		{[]string{`\`}, 10, []string{"cuong"}},
		{[]string{"n"}, 10, []string{"anh", "binh", "cuong"}},
	} {
		found, err := s.FindAccounts(background, office.HostCentre, c.words, c.limit)
		logins := []string{}
		for _, a := range found {
			logins = append(logins, a.Login)
		}
		t.Log(c.words)
		same(t, logins, c.want, err)
	}
}

func token(name string, a office.Account, family string) office.RefreshToken {
	return office.RefreshToken{
		Hash: sha256.Sum256([]byte(name)), SignIn: family, AccountID: a.ID, BeganAt: now, IssuedAt: now, ExpiresAt: now.Add(1000),
	}
}

// shown tells whether a token is known, by showing it.
func shown(t *testing.T, s office.Store, token engine.Hash) bool {
	t.Helper()
	err := s.RotateRefresh(background, token, func(office.RefreshToken, office.Account) office.Rotation { return office.Rotation{} })
	if err != nil && !errors.Is(err, office.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func contractSignIns(t *testing.T, s office.Store) {
	a := AddAccount(t, s, "anh", engine.RoleBidder)
	b := AddAccount(t, s, "binh", engine.RoleBidder)
	var all []office.RefreshToken
	for i := range 4 {
		tok := token(fmt.Sprint("a", i), a, uuid.NewString())
		tok.BeganAt = now.Add(engine.Millis(i))
		check(t, s.InsertSignIn(background, tok, 3, office.Trail{}))
		all = append(all, tok)
	}
	of := token("b", b, uuid.NewString())
	check(t, s.InsertSignIn(background, of, 3, office.Trail{}))
	if shown(t, s, all[0].Hash) || !shown(t, s, all[1].Hash) {
		t.Fatal("of four sign-ins the oldest goes, and only that")
	}

	ended, err := s.EndSignIn(background, all[1].Hash)
	same(t, ended, all[1].SignIn, err)
	ended, err = s.EndSignIn(background, all[1].Hash)
	same(t, ended, "", err) // harmless
	if shown(t, s, all[1].Hash) || !shown(t, s, all[2].Hash) {
		t.Fatal("one sign-in ends, and only that")
	}

	_, err = s.RevokeAccount(background, a.ID, office.Trail{At: now})
	check(t, err)
	if shown(t, s, all[2].Hash) || shown(t, s, all[3].Hash) || !shown(t, s, of.Hash) {
		t.Fatal("all sign-ins of a revoked account end, and only those")
	}
	wants(t, s.InsertSignIn(background, token("late", a, uuid.NewString()), 3, office.Trail{}), office.ErrNotFound)

	check(t, s.Tidy(background, now.Add(999), now, now))
	if !shown(t, s, of.Hash) {
		t.Fatal("tidied away before it expired")
	}
	check(t, s.Tidy(background, now.Add(1000), now, now))
	if shown(t, s, of.Hash) {
		t.Fatal("expired and still there")
	}
}

func contractRotation(t *testing.T, s office.Store) {
	a := AddAccount(t, s, "anh", engine.RoleBidder)
	first := token("first", a, uuid.NewString())
	check(t, s.InsertSignIn(background, first, 3, office.Trail{}))
	err := s.RotateRefresh(background, first.Hash, func(got office.RefreshToken, by office.Account) office.Rotation {
		same(t, got, first, nil)
		same(t, by, a, nil)
		return office.Rotation{}
	})
	check(t, err)

	// Rotations of one token come one after the other: each sees the last.
	const n = 8
	var mu sync.Mutex
	seen := map[int]bool{}
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			var uses int
			err := s.RotateRefresh(background, first.Hash, func(got office.RefreshToken, _ office.Account) office.Rotation {
				uses = got.Uses
				next := token(fmt.Sprint("next", i), a, got.SignIn)
				got.Uses++
				got.UsedAt = now
				return office.Rotation{Used: got, Next: &next}
			})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			seen[uses] = true
		})
	}
	wg.Wait()
	for i := range n {
		if !seen[i] || !shown(t, s, token(fmt.Sprint("next", i), a, "").Hash) {
			t.Fatalf("rotation %d is missing: %v", i, seen)
		}
	}

	end := func(office.RefreshToken, office.Account) office.Rotation { return office.Rotation{End: true} }
	check(t, s.RotateRefresh(background, token("next3", a, "").Hash, end))
	for i := range n {
		if shown(t, s, token(fmt.Sprint("next", i), a, "").Hash) {
			t.Fatal("the family has ended, and a token of it lives")
		}
	}
	wants(t, s.RotateRefresh(background, first.Hash, end), office.ErrNotFound)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func has[T comparable](t *testing.T, list []T, want ...T) {
	t.Helper()
	if !slices.Equal(list, want) {
		t.Fatalf("got %v, want %v", list, want)
	}
}
