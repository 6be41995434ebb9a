package officetest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
)

// From an empty database to a session that everybody can see.
func TestASaleIsPrepared(t *testing.T) {
	h := open(t)
	admin := h.signIn("admin")
	bidder := h.account(admin, "duc", "Nguyễn Đình Đức", engine.RoleBidder)
	h.account(admin, "an.tran", "Trần Văn An", engine.RoleBidder)
	auctioneer := h.account(admin, "dau-gia-vien", "Lê Thị Bình", engine.RoleAuctioneer)
	observer := h.account(admin, "giam-sat", "Phạm Công", engine.RoleObserver)

	var found struct {
		Accounts []struct{ ID, Name string }
	}
	auctioneer.ask("GET", "/accounts?query=dinh+duc", nil).into(200, &found)
	if len(found.Accounts) != 1 || found.Accounts[0].ID != bidder.id {
		t.Fatalf("found %+v", found)
	}

	var a office.Auction
	auctioneer.ask("POST", "/auctions", draft(0, bidder)).into(201, &a)
	path := "/auctions/" + a.ID
	if got := auctioneer.ask("POST", path+"/publish", map[string]int{"version": a.Version}).refused(422, "invalid"); got != "lots.0.rules.opensAt missing" {
		t.Errorf("publishing without an opening: %s", got)
	}
	a.Lots[0].Rules.OpensAt = engine.Instant(h.soon(10))
	auctioneer.ask("PUT", path, a).into(200, &a)
	if got := observer.ask("GET", path, nil); strings.Contains(string(got.body), fmt.Sprint(reserve)) {
		t.Error("the observer sees the hidden reserve")
	}
	stale := a
	stale.Version--
	auctioneer.ask("PUT", path, stale).refused(409, "edited_meanwhile")

	draftVersion := a.Version
	auctioneer.ask("POST", path+"/publish", map[string]int{"version": draftVersion}).into(200, &a)
	if a.Status != office.StatusPublished || !a.Lots[0].Session.Valid() {
		t.Fatalf("published: %+v", a)
	}
	auctioneer.ask("POST", path+"/publish", map[string]int{"version": draftVersion}).into(200, nil) // the answer was lost
	auctioneer.ask("PUT", path, a).refused(409, "already_published")

	var me struct {
		Participations []struct {
			Session engine.SessionID
			Code    engine.ParticipantCode
			Phase   engine.Phase
		}
	}
	bidder.ask("GET", "/me", nil).into(200, &me)
	if len(me.Participations) != 1 || me.Participations[0].Session != a.Lots[0].Session ||
		me.Participations[0].Code == "" || me.Participations[0].Phase != engine.PhaseScheduled {
		t.Errorf("the bidder's sessions: %+v", me)
	}
	h.everybodySees(a.Lots[0].Session)
	var desk struct {
		Sessions []struct{ Participants, CheckedIn int }
	}
	observer.ask("GET", "/desk/sessions", nil).into(200, &desk)
	if len(desk.Sessions) != 1 || desk.Sessions[0].Participants != 1 {
		t.Errorf("desk: %+v", desk)
	}
}

func (h *house) everybodySees(id engine.SessionID) {
	h.t.Helper()
	visitor := h.visitor()
	var home struct {
		Soon []struct{ Session engine.SessionID }
	}
	front := visitor.ask("GET", "/home", nil)
	front.into(200, &home)
	if len(home.Soon) != 1 || home.Soon[0].Session != id {
		h.t.Errorf("home: %s", front.body)
	}
	var snap struct {
		Room struct {
			Rules engine.Rules
			Now   engine.Now
		}
	}
	room := visitor.ask("GET", "/sessions/"+string(id), nil)
	room.into(200, &snap)
	if snap.Room.Now.Phase != engine.PhaseScheduled || snap.Room.Rules.Reserve == nil {
		h.t.Errorf("room: %s", room.body)
	}
	for _, public := range []answer{front, room} {
		for _, secret := range []string{fmt.Sprint(reserve), "Đức", "duc", "salt"} {
			if strings.Contains(string(public.body), secret) {
				h.t.Errorf("%s shows %q", public.Request.URL.Path, secret)
			}
		}
	}
}

func TestOfTwoEditorsOneWins(t *testing.T) {
	h := open(t)
	admin := h.signIn("admin")
	var a office.Auction
	admin.ask("POST", "/auctions", draft(0)).into(201, &a)
	editors := make([]*person, 6)
	for i := range editors {
		editors[i] = h.signIn("admin")
	}
	statuses := make(chan int, len(editors))
	var wg sync.WaitGroup
	for i, e := range editors {
		wg.Go(func() {
			mine := a
			mine.Title = fmt.Sprintf("Bản của người %d", i)
			statuses <- e.ask("PUT", "/auctions/"+a.ID, mine).StatusCode
		})
	}
	wg.Wait()
	count := map[int]int{}
	for range editors {
		count[<-statuses]++
	}
	if count[200] != 1 || count[409] != len(editors)-1 {
		t.Errorf("answers %v", count)
	}
}

func TestWrongDraftsAreToldEveryMistake(t *testing.T) {
	h := open(t)
	admin := h.signIn("admin")
	bad := draft(-5)
	bad.Title = " "
	bad.Lots[0].Rules.Start = -1
	bad.Lots[0].Rules.Step.Amount = 0
	bad.Lots[0].Kind = "ship"
	bad.Lots[0].Deposit = engine.MaxDong + 1
	bad.Participants = []office.Participant{{AccountID: admin.id}, {AccountID: "nobody"}}
	got := admin.ask("POST", "/auctions", bad).refused(422, "invalid")
	for _, want := range []string{
		"title missing", "lots.0.rules.start not_positive", "lots.0.rules.step.amount out_of_range", "lots.0.kind unknown",
		"lots.0.deposit out_of_range", "participants.0 not_a_bidder", "participants.1 unknown",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not among %s", want, got)
		}
	}
	got = admin.ask("POST", "/accounts", office.NewAccount{Login: "A B", Password: "short", Role: "king"}).refused(422, "invalid")
	for _, want := range []string{"login malformed", "name missing", "password too_short", "role unknown"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not among %s", want, got)
		}
	}
}

func TestRolesOnTheRealOffice(t *testing.T) {
	h := open(t)
	admin := h.signIn("admin")
	people := []*person{
		h.account(admin, "nguoi-mua", "Nguyễn An", engine.RoleBidder),
		h.account(admin, "dau-gia-vien", "Lê Bình", engine.RoleAuctioneer),
		h.account(admin, "giam-sat", "Phạm Công", engine.RoleObserver),
		admin,
	}
	version := map[string]int{"version": 1}
	for _, r := range []struct {
		method, path string
		body         any
		statuses     [4]int // bidder, auctioneer, observer, admin
	}{
		{"GET", "/me", nil, [4]int{200, 200, 200, 200}},
		{"GET", "/desk/sessions", nil, [4]int{403, 200, 200, 200}},
		{"GET", "/auctions", nil, [4]int{403, 200, 200, 200}},
		{"POST", "/auctions", draft(0), [4]int{403, 201, 403, 201}},
		{"GET", "/auctions/no-such", nil, [4]int{403, 404, 404, 404}},
		{"PUT", "/auctions/no-such", office.Auction{ID: "no-such", Status: "draft", Version: 1, AuctionDraft: draft(0)}, [4]int{403, 404, 403, 404}},
		{"POST", "/auctions/no-such/publish", version, [4]int{403, 404, 403, 404}},
		{"GET", "/accounts", nil, [4]int{403, 200, 403, 200}},
		{"POST", "/accounts", office.NewAccount{Login: "admin", Name: "A", Password: password, Role: "admin"}, [4]int{403, 403, 403, 409}},
		{"POST", "/accounts/no-such/revoke", nil, [4]int{403, 403, 403, 404}},
		{"POST", "/accounts/" + admin.id + "/revoke", nil, [4]int{403, 403, 403, 403}}, // there is always an admin left
	} {
		for i, p := range people {
			if got := p.ask(r.method, r.path, r.body); got.StatusCode != r.statuses[i] {
				t.Errorf("%s %s by %d: %d, want %d: %s", r.method, r.path, i, got.StatusCode, r.statuses[i], got.body)
			}
		}
	}
}

// While the database is away, the public pages and whoever is signed in go on;
// what needs the office says so, and nothing is done twice.
func TestTheOfficeGoesAwayAndComesBack(t *testing.T) {
	h := open(t)
	admin := h.signIn("admin")
	bidder := h.account(admin, "duc", "Nguyễn Đình Đức", engine.RoleBidder)
	var a office.Auction
	admin.ask("POST", "/auctions", draft(h.soon(10), bidder)).into(201, &a)
	admin.ask("POST", "/auctions/"+a.ID+"/publish", map[string]int{"version": 1}).into(200, &a)

	h.line.Cut()
	h.untilTheOfficeIs(false)
	h.everybodySees(a.Lots[0].Session)
	admin.ask("POST", "/auctions", draft(0)).refused(503, "office_closed")
	admin.ask("GET", "/auctions", nil).refused(503, "office_closed")
	admin.ask("GET", "/accounts", nil).refused(503, "office_closed")
	h.visitor().ask("POST", "/auth/login", map[string]string{"login": "duc", "password": password}).refused(503, "office_closed")
	bidder.ask("POST", "/auth/refresh", nil).refused(503, "office_closed")
	h.forward(time.Hour) // nobody could renew
	var me struct {
		Account struct{ ID string }
		Partial bool
	}
	bidder.ask("GET", "/me", nil).into(200, &me)
	if !me.Partial || me.Account.ID != bidder.id {
		t.Errorf("me: %+v", me)
	}
	h.forward(90 * time.Minute)
	bidder.ask("GET", "/me", nil).refused(401, "token_expired")

	h.line.Mend()
	h.untilTheOfficeIs(true)
	bidder.enter(bidder.ask("POST", "/auth/refresh", nil)) // the cookie outlived it
	bidder.ask("GET", "/me", nil).into(200, &me)
	if strings.Contains(h.log.String(), password) {
		t.Error("a password is in the log")
	}
}

// The database does its work and the answer is lost: the same request again
// finds what was done.
func TestALostAnswerCreatesOneAuction(t *testing.T) {
	h := open(t)
	admin := h.signIn("admin")
	key := []string{"Idempotency-Key", "0198c0de-0000-7000-8000-000000000001"}
	h.line.LoseAnswerTo("COMMIT")
	admin.ask("POST", "/auctions", draft(0), key...).refused(503, "office_closed")
	h.line.Mend()
	h.untilTheOfficeIs(true)
	var first, again office.Auction
	admin.ask("POST", "/auctions", draft(0), key...).into(201, &first)
	admin.ask("POST", "/auctions", draft(0), key...).into(201, &again)
	var all struct{ Auctions []office.Auction }
	admin.ask("GET", "/auctions", nil).into(200, &all)
	if len(all.Auctions) != 1 || first.ID != again.ID || all.Auctions[0].ID != first.ID {
		t.Errorf("%d auctions: %s, %s", len(all.Auctions), first.ID, again.ID)
	}
	other := draft(0)
	other.Title = "Khác"
	admin.ask("POST", "/auctions", other, key...).refused(409, "idempotency_reused")
}
