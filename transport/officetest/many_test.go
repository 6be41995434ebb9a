package officetest

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"gobua/engine"
	"gobua/office"
	"gobua/store/storetest"
)

// The tests of this file run two servers on one database.

// at is the same browser at another house.
func (p *person) at(h *house) *person {
	q := *p
	q.h = h
	return &q
}

// until waits until a request is answered with a status: what one house knows
// the other learns within a second, and a test waits longer before it gives up.
func (p *person) until(status int, method, path string) {
	p.h.t.Helper()
	storetest.Until(p.h.t, func() error {
		return errorIf(p.ask(method, path, nil).StatusCode != status, "not yet")
	})
}

// TestASignOutHoldsAtEveryHouse, is remembered there over a restart, also with
// the database away, and ends nobody else's sign-in.
func TestASignOutHoldsAtEveryHouse(t *testing.T) {
	a := open(t)
	b := a.neighbour()
	leaves, stays := a.signIn("admin"), a.signIn("admin")
	for _, p := range []*person{leaves, stays} {
		p.at(b).ask("GET", "/me", nil).into(200, nil)
	}
	leaves.ask("POST", "/auth/logout", nil).into(http.StatusNoContent, nil)
	leaves.ask("GET", "/me", nil).refused(401, "unauthorized") // here at once
	leaves.at(b).until(401, "GET", "/me")
	stays.at(b).ask("GET", "/me", nil).into(200, nil)

	b.line.Cut()
	again := b.shared
	again.dsn, again.away = b.line.DSN, true
	restarted := again.house(t)
	leaves.at(restarted).ask("GET", "/me", nil).refused(401, "unauthorized")
	if r := stays.at(restarted).ask("GET", "/me", nil); r.StatusCode == 401 {
		t.Errorf("who has not signed out is refused: %s", r.body)
	}
}

// TestARevokedAccountIsRevokedAtEveryHouse.
func TestARevokedAccountIsRevokedAtEveryHouse(t *testing.T) {
	a := open(t)
	b := a.neighbour()
	admin := a.signIn("admin")
	clerk := a.account(admin, "thu.ky", "Thư Ký", engine.RoleClerk)
	clerk.at(b).ask("GET", "/me", nil).into(200, nil)
	admin.ask("POST", "/accounts/"+clerk.id+"/revoke", nil).into(200, nil)
	clerk.at(b).until(401, "GET", "/me")
}

// TestAPasswordThatChangesSignsOutEverywhere but where it was changed.
func TestAPasswordThatChangesSignsOutEverywhere(t *testing.T) {
	a := open(t)
	b := a.neighbour()
	here, there := a.signIn("admin"), b.signIn("admin")
	here.ask("POST", "/me/password", map[string]string{"old": password, "password": "một mật khẩu mới"}).into(http.StatusNoContent, nil)
	there.until(401, "GET", "/me")
	here.at(b).ask("GET", "/me", nil).into(200, nil)
}

// TestDesksAreTheSameAtEveryHouse: whose auction was published at one may attend
// at the other, and who was taken off it may no more.
func TestDesksAreTheSameAtEveryHouse(t *testing.T) {
	a := open(t)
	b := a.neighbour()
	admin := a.signIn("admin")
	auctioneer := a.account(admin, "dgv", "Đấu Giá Viên", engine.RoleAuctioneer)
	bidder := a.account(admin, "nguoi", "Người", engine.RoleBidder)
	observer := a.open(admin, office.NewAccount{Login: "quan.sat", Name: "Quan Sát", Role: engine.RoleObserver, Observer: office.ObserverOwner})
	d := draft(a.soon(60), bidder)
	d.Sheet.People = office.SheetPeople{Observers: []string{observer.id}}
	var made office.Auction
	auctioneer.ask("POST", "/auctions", d).into(201, &made)
	auctioneer.ask("POST", "/auctions/"+made.ID+"/publish", map[string]int{"version": made.Version}).into(200, &made)
	session := made.Lots[0].Session
	sees := func(who *person, want bool) {
		t.Helper()
		storetest.Until(t, func() error { return errorIf(b.office.MayAttend(who.id, session) != want, "not yet") })
	}
	sees(auctioneer, true)
	sees(observer, true)
	if _, err := a.store.ChangeAuction(t.Context(), made.ID, func(a *office.Auction) (office.Trail, error) {
		a.Sheet.People.Observers = nil
		return office.Trail{}, nil
	}); err != nil {
		t.Fatal(err)
	}
	sees(observer, false)
}

// TestARepeatedRequestIsCarriedOutOnceByAllHouses, also while the first is still
// at work at another one; only what is the same is taken for a repetition.
func TestARepeatedRequestIsCarriedOutOnceByAllHouses(t *testing.T) {
	a := open(t)
	houses := []*house{a, a.neighbour(), a.neighbour()}
	admin := a.signIn("admin")
	n := office.NewAccount{Login: "moi", Name: "Mới", Password: password, Role: engine.RoleBidder}
	var wg sync.WaitGroup
	var mu sync.Mutex
	bodies, replayed := map[string]int{}, 0
	for i := range 9 {
		wg.Go(func() {
			r := admin.at(houses[i%3]).ask("POST", "/accounts", n, "Idempotency-Key", "mot")
			mu.Lock()
			defer mu.Unlock()
			bodies[fmt.Sprint(r.StatusCode, string(r.body))]++
			if r.Header.Get("Idempotency-Replayed") == "true" {
				replayed++
			}
		})
	}
	wg.Wait()
	if len(bodies) != 1 || replayed != 8 {
		t.Fatalf("%d replayed, answers %v", replayed, bodies)
	}
	other := n
	other.Login = "khac"
	admin.at(houses[1]).ask("POST", "/accounts", other, "Idempotency-Key", "mot").refused(409, "idempotency_reused")
	taken := admin.at(houses[2]).ask("POST", "/accounts", n, "Idempotency-Key", "hai")
	for _, h := range houses { // a refusal is not remembered
		if r := admin.at(h).ask("POST", "/accounts", n, "Idempotency-Key", "hai"); r.StatusCode != taken.StatusCode || r.Header.Get("Idempotency-Replayed") != "" {
			t.Fatalf("%d, then %d: %s", taken.StatusCode, r.StatusCode, r.body)
		}
	}
}

// TestASecretIsNotKeptInAnAnswer: what is remembered is sealed.
func TestASecretIsNotKeptInAnAnswer(t *testing.T) {
	a := open(t)
	admin := a.signIn("admin")
	var hook struct{ Secret string }
	first := admin.ask("POST", "/hooks", map[string]string{"url": "https://a.example/x"}, "Idempotency-Key", "mot")
	first.into(201, &hook)
	again := admin.at(a.neighbour()).ask("POST", "/hooks", map[string]string{"url": "https://a.example/x"}, "Idempotency-Key", "mot")
	if string(again.body) != string(first.body) || hook.Secret == "" {
		t.Fatalf("%s\n%s", first.body, again.body)
	}
	var found int
	if err := storetest.Connect(t, a.shared.dsn).QueryRow(`select count(*) from once_answers where position($1::bytea in answer) > 0`, []byte(hook.Secret)).Scan(&found); err != nil || found != 0 {
		t.Fatalf("the secret stands in %d answers, %v", found, err)
	}
}

// TestGuessingIsSlowedDownByAllHousesTogether.
func TestGuessingIsSlowedDownByAllHousesTogether(t *testing.T) {
	a := open(t)
	houses := []*house{a, a.neighbour()}
	var got []int
	for i := range 7 {
		r := a.visitor().at(houses[i%2]).ask("POST", "/auth/login", map[string]string{"login": "admin", "password": "đoán mò thôi"})
		got = append(got, r.StatusCode)
	}
	if want := []int{401, 401, 401, 401, 401, 429, 429}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
}
