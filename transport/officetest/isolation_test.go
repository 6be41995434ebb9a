package officetest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/uuid"

	api "gobua/docs/api"
	"gobua/engine"
	"gobua/office"
)

// operation is one of the API that wants a token, as the file describes it. A
// test of transport holds file and routes together, so a route of tomorrow is
// here, too.
type operation struct {
	method, path string
	example      any // of the body
}

// guarded returns every operation that is not for the public.
func guarded(t *testing.T) (list []operation) {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			Security    *[]map[string]any
			RequestBody struct {
				Content map[string]struct{ Example any }
			} `yaml:"requestBody"`
		}
	}
	if err := yaml.Unmarshal(api.YAML, &doc); err != nil {
		t.Fatal(err)
	}
	for path, methods := range doc.Paths {
		short, ours := strings.CutPrefix(path, "/api/v1")
		for method, op := range methods {
			if !ours || op.Security != nil || method == "parameters" || strings.HasPrefix(short, "/auth/") || strings.HasPrefix(short, "/me") {
				continue
			}
			list = append(list, operation{strings.ToUpper(method), short, op.RequestBody.Content["application/json"].Example})
		}
	}
	slices.SortFunc(list, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return list
}

// twoCentres is the sale of the host, and the staff of another centre.
func twoCentres(t *testing.T) (s *sale, foreign map[engine.Role]*person) {
	t.Helper()
	s = openSale(t)
	var centre office.Centre
	s.admin.ask("POST", "/desk/centres", map[string]any{
		"name": "Trung tâm thứ hai", "admin": map[string]string{"login": "admin.hai", "name": "Quản trị hai", "password": given},
	}).into(201, &centre)
	admin := s.firstSignIn("admin.hai")
	foreign = map[engine.Role]*person{engine.RoleAdmin: admin}
	for _, role := range []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleObserver} {
		foreign[role] = s.account(admin, "hai."+string(role), "Người của trung tâm hai", role)
	}
	return s, foreign
}

// hostIDs are things of the host that nobody of another centre may see.
func (s *sale) hostIDs() map[string]string {
	s.t.Helper()
	r := office.Registration{
		ID: uuid.NewString(), AuctionID: s.auction.ID, LotID: s.auction.Lots[0].ID, AccountID: s.an.id, Version: 1,
		Dossier: office.DossierSubmitted, Standing: office.StandingIn, CreatedAt: engine.InstantOf(s.now()), ChangedAt: engine.InstantOf(s.now()),
		Fee:     office.Payment{Memo: "GBFEE00001", State: office.PaymentDue},
		Deposit: office.Payment{Memo: "GBDEP00001", Due: 240_000_000, State: office.PaymentDue},
	}
	if err := s.store.InsertRegistration(s.t.Context(), r, office.Trail{}); err != nil {
		s.t.Fatal(err)
	}
	return map[string]string{
		"auction": s.auction.ID, "lot": s.auction.Lots[0].ID, "session": string(s.session), "registration": r.ID,
		"auctioneer": s.auctioneer.id, "admin": s.admin.id, "centre": office.HostCentre,
	}
}

// What belongs to another centre is answered exactly as what does not exist,
// by every operation there is, whatever the role of who asks.
func TestStaffOfAnotherCentreSeesNothing(t *testing.T) {
	s, foreign := twoCentres(t)
	ids := s.hostIDs()
	unknown := map[string]string{"session": "zzzzzzzzzzzz"}
	asked := 0
	for _, op := range guarded(t) {
		if !strings.Contains(op.path, "{id}") {
			continue
		}
		path := strings.ReplaceAll(op.path, "{number}", "1")
		var body any
		if op.example != nil {
			raw, err := json.Marshal(op.example)
			if err != nil {
				t.Fatal(err)
			}
			body = string(raw)
		}
		for role, who := range foreign {
			for kind, id := range ids {
				none := unknown[kind]
				if none == "" {
					none = uuid.NewString()
				}
				got := who.ask(op.method, strings.ReplaceAll(path, "{id}", id), body)
				want := who.ask(op.method, strings.ReplaceAll(path, "{id}", none), body)
				if got.StatusCode != want.StatusCode || got.StatusCode < 400 {
					t.Errorf("%s %s of a host's %s as foreign %s: %d %s, of none %d", op.method, op.path, kind, role, got.StatusCode, got.body, want.StatusCode)
				}
				asked++
			}
		}
	}
	if asked < 1000 {
		t.Errorf("only %d questions were asked", asked)
	}
}

// No list shows staff anything of another centre.
func TestListsShowTheOwnCentreAlone(t *testing.T) {
	s, foreign := twoCentres(t)
	ids := s.hostIDs()
	for _, op := range guarded(t) {
		if op.method != http.MethodGet || strings.Contains(op.path, "{") {
			continue
		}
		for role, who := range foreign {
			got := who.ask(op.method, op.path, nil)
			for kind, id := range ids {
				if strings.Contains(string(got.body), id) {
					t.Errorf("%s shows foreign %s the host's %s: %s", op.path, role, kind, got.body)
				}
			}
		}
		for role, who := range map[engine.Role]*person{engine.RoleAuctioneer: s.auctioneer} {
			if got := who.ask(op.method, op.path, nil); op.path == "/auctions" && !strings.Contains(string(got.body), s.auction.ID) {
				t.Errorf("%s does not show the own %s: %s", op.path, role, got.body)
			}
		}
	}
}

// Observers see the auctions they are assigned to; the inspector sees all of
// the centre.
func TestAnObserverSeesAssignedAuctionsAlone(t *testing.T) {
	s := openSale(t)
	delegate := func(login string) *person {
		return s.open(s.admin, office.NewAccount{
			Login: login, Name: "Người giám sát", Role: engine.RoleObserver, Observer: office.ObserverOwner,
		})
	}
	assigned, other := delegate("nguoi.co"), delegate("nguoi.khac")
	d := draft(s.soon(20), s.duc)
	d.Sheet.People.Observers = []string{assigned.id}
	var a office.Auction
	s.auctioneer.ask("POST", "/auctions", d).into(201, &a)
	s.auctioneer.ask("POST", "/auctions/"+a.ID+"/publish", map[string]int{"version": a.Version}).into(200, &a)
	session := string(a.Lots[0].Session)
	for _, c := range []struct {
		who  *person
		sees []string // auctions
	}{{assigned, []string{a.ID}}, {other, nil}, {s.observer, []string{a.ID, s.auction.ID}}} {
		var list struct{ Auctions []struct{ ID string } }
		c.who.ask("GET", "/auctions", nil).into(200, &list)
		var got []string
		for _, one := range list.Auctions {
			got = append(got, one.ID)
		}
		if !slices.Equal(got, c.sees) {
			t.Errorf("got %v, want %v", got, c.sees)
		}
		var desk struct{ Sessions []struct{ Session string } }
		c.who.ask("GET", "/desk/sessions", nil).into(200, &desk)
		if len(desk.Sessions) != len(c.sees) {
			t.Errorf("the desk shows %v", desk.Sessions)
		}
	}
	for _, path := range []string{"/auctions/" + a.ID, "/auctions/" + a.ID + "/day", "/auctions/" + a.ID + "/files", "/sessions/" + session + "/presence"} {
		other.ask("GET", path, nil).refused(404, "not_found")
		assigned.ask("GET", path, nil).into(200, nil)
	}
}

// An admin keeps accounts and settings: over the whole API there is nothing by
// which one bids, changes a bid, or learns who is behind a code.
func TestAnAdminNeitherBidsNorLooksBehindCodes(t *testing.T) {
	s := openSale(t)
	names := []string{"Nguyễn Đình Đức", "Trần Văn An"}
	for _, path := range []string{"/desk/sessions", "/sessions/" + string(s.session), "/sessions/" + string(s.session) + "/rows", "/sessions/" + string(s.session) + "/presence"} {
		got := s.admin.ask("GET", path, nil)
		for _, name := range names {
			if strings.Contains(string(got.body), name) {
				t.Errorf("%s tells an admin of %s", path, name)
			}
		}
	}
	openings := "/sessions/" + string(s.session) + "/openings"
	s.admin.ask("POST", openings, map[string]string{"code": "M-100", "reason": "Xem"}).refused(403, "forbidden")
	s.auctioneer.ask("POST", openings, map[string]string{"code": "M-100", "reason": "Xem"}).refused(409, "too_early")
	for _, path := range []string{"/identities", "/identities/" + s.an.id, "/me/identity"} {
		s.admin.ask("GET", path, nil).refused(403, "forbidden")
	}
	a := draft(s.soon(30))
	a.Participants = []office.Participant{{AccountID: s.admin.id}}
	if got := s.auctioneer.ask("POST", "/auctions", a).refused(422, "invalid"); got != "participants.0 not_a_bidder" {
		t.Errorf("an admin is admitted: %s", got)
	}
}

// A code is opened once the result is there, by two of those who run the auction,
// and the log says so with the reason.
func TestWhoIsBehindACodeIsARecordedAct(t *testing.T) {
	s := openSale(t)
	var me struct{ Participations []struct{ Code string } }
	s.duc.ask("GET", "/me", nil).into(200, &me)
	code := me.Participations[0].Code
	s.auctioneer.ask("POST", "/sessions/"+string(s.session)+"/incident", incident("cannot_bid", "Mất mạng")).into(200, nil)
	s.untilKept()
	path := "/sessions/" + string(s.session) + "/openings"
	if got := s.auctioneer.ask("POST", path, map[string]string{"code": code, "reason": " "}).refused(422, "invalid"); got != "reason missing" {
		t.Errorf("without a reason: %s", got)
	}
	var asked struct{ ID string }
	s.auctioneer.ask("POST", path, map[string]string{"code": code, "reason": "Lập biên bản sự cố"}).into(200, &asked)
	one := "/auctions/" + s.auction.ID + "/openings/" + asked.ID
	s.auctioneer.ask("POST", one+"/use", nil).refused(409, "wrong_state")
	s.registrar.ask("POST", one+"/decide", map[string]bool{"approve": true}).into(200, nil)
	var found struct{ Account struct{ Name string } }
	s.auctioneer.ask("POST", one+"/use", nil).into(200, &found)
	if found.Account.Name != "Nguyễn Đình Đức" {
		t.Errorf("found %+v", found)
	}
	acts, err := s.store.Acts(t.Context(), office.ActQuery{Name: "identity.open", Limit: 5})
	if err != nil || len(acts) != 3 || acts[0].Name != "identity.open" || acts[1].Name != "identity.open_approve" || acts[2].Name != "identity.open_ask" {
		t.Fatalf("the log: %+v, %v", acts, err)
	}
	for _, act := range acts {
		if strings.Contains(string(act.After), "Đức") || act.Name != "identity.open_approve" && act.Reason != "Lập biên bản sự cố" {
			t.Errorf("the log: %+v", act)
		}
	}
}
