package officetest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/uuid"

	api "gobua/docs/api"
	"gobua/engine"
	"gobua/office"
	"gobua/office/upload"
)

// ofSomebody are the operations on one thing that can belong to somebody: what
// everybody may read of an auction is left out.
func ofSomebody(t *testing.T) (list []operation) {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
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
			if ours && strings.Contains(short, "{id}") {
				list = append(list, operation{strings.ToUpper(method), short, op.RequestBody.Content["application/json"].Example})
			}
		}
	}
	return list
}

// TestABidderFindsNothingOfAnotherBidder: by every operation there is, what belongs
// to somebody else is answered as what does not exist.
func TestABidderFindsNothingOfAnotherBidder(t *testing.T) {
	s := openSale(t)
	r := office.Registration{
		ID: uuid.NewString(), AuctionID: s.auction.ID, LotID: s.auction.Lots[0].ID, AccountID: s.an.id, Version: 1,
		Dossier: office.DossierDraft, Standing: office.StandingIn, CreatedAt: engine.InstantOf(s.now()), ChangedAt: engine.InstantOf(s.now()),
		Fee:     office.Payment{Memo: "GBFEE00001", State: office.PaymentDue},
		Deposit: office.Payment{Memo: "GBDEP00001", Due: 240_000_000, State: office.PaymentDue},
	}
	if err := s.store.InsertRegistration(t.Context(), r, office.Trail{}); err != nil {
		t.Fatal(err)
	}
	file := s.an.sent(office.NewFile{Name: "cccd.pdf", Type: upload.PDF, Purpose: office.FileDossier, Registration: r.ID}, []byte(paper))
	var half begun
	s.an.ask("POST", "/files", office.NewFile{Name: "b.pdf", Type: upload.PDF, Purpose: office.FileDossier, Registration: r.ID, Size: 9}).into(201, &half)
	var list struct{ SignIns []struct{ ID string } }
	s.an.ask("GET", "/me/sign-ins", nil).into(200, &list)
	things := map[string]string{"registration": r.ID, "file": file.ID, "half a file": half.ID, "account": s.an.id, "sign-in": list.SignIns[0].ID}
	asked := 0
	for _, op := range ofSomebody(t) {
		path := strings.ReplaceAll(strings.ReplaceAll(op.path, "{number}", "1"), "{opening}", "1")
		var body any = op.example
		if strings.HasSuffix(path, "/upload") && op.method == "PUT" {
			path, body = path+"?offset=0", []byte("%PDF-1.7\n")
		}
		for _, who := range []*person{s.duc, s.visitor()} {
			for kind, id := range things {
				got := who.ask(op.method, strings.ReplaceAll(path, "{id}", id), body)
				want := who.ask(op.method, strings.ReplaceAll(path, "{id}", uuid.NewString()), body)
				if got.StatusCode != want.StatusCode || string(got.body) != string(want.body) && got.StatusCode != 200 {
					t.Errorf("%s %s of another one's %s: %d %s, of none %d %s", op.method, op.path, kind, got.StatusCode, got.body, want.StatusCode, want.body)
				}
				if strings.Contains(string(got.body), r.ID) || strings.Contains(string(got.body), "Trần Văn An") {
					t.Errorf("%s %s tells of another one: %s", op.method, op.path, got.body)
				}
				asked++
			}
		}
	}
	if asked < 500 {
		t.Errorf("only %d questions were asked", asked)
	}
	kept, err := s.store.Registration(t.Context(), r.ID)
	if err != nil || kept.Version != r.Version || kept.Dossier != r.Dossier {
		t.Errorf("it was changed: %+v, %v", kept, err)
	}
	s.an.ask("GET", "/me", nil).into(200, nil) // still signed in
	s.an.ask("GET", "/files/"+file.ID, nil).into(200, nil)
}

// TestWhatABodyMayNotSetStays: fields that are read back in a body, or that are for
// others to set, change nothing.
func TestWhatABodyMayNotSetStays(t *testing.T) {
	s, foreign := twoCentres(t)
	var a office.Auction
	s.auctioneer.ask("POST", "/auctions", draft(s.soon(40), s.duc)).into(201, &a)
	var other struct{ Centres []struct{ ID string } }
	foreign[engine.RoleAdmin].ask("GET", "/desk/centres", nil).into(200, &other)
	forged := a
	forged.Status, forged.CentreID, forged.CreatedAt, forged.ID = office.StatusPublished, other.Centres[0].ID, 1, uuid.NewString()
	forged.Lots[0].Session = s.session
	var saved office.Auction
	got := s.auctioneer.ask("PUT", "/auctions/"+a.ID, forged)
	if got.StatusCode == 200 {
		got.into(200, &saved)
		if saved.Status != a.Status || saved.CentreID != a.CentreID || saved.CreatedAt != a.CreatedAt || saved.ID != a.ID || saved.Lots[0].Session == s.session {
			t.Errorf("a body changed what is not its business: %+v", saved)
		}
	}
	kept, err := s.store.Auction(t.Context(), a.ID)
	if err != nil || kept.Status != office.StatusDraft || kept.CentreID != office.HostCentre || kept.Lots[0].Session == s.session {
		t.Errorf("kept is %+v, %v", kept, err)
	}

	n := office.NewAccount{Login: "gian.diep", Name: "Gián Điệp", Password: password, Role: engine.RoleAdmin, CentreID: office.HostCentre}
	if got := foreign[engine.RoleAdmin].ask("POST", "/accounts", n); got.StatusCode == 201 {
		var made struct{ ID string }
		got.into(201, &made)
		one, err := s.store.Account(t.Context(), made.ID)
		if err != nil || one.CentreID != other.Centres[0].ID {
			t.Errorf("an administrator makes accounts elsewhere: %+v, %v", one, err)
		}
	}
	for _, role := range []string{"admin", "system", "spectator", "auctioneer"} {
		s.visitor().ask("POST", "/join", map[string]any{
			"login": "tu.phong", "name": "Tự Phong", "password": password, "email": "a@b.vn", "consent": true, "role": role,
		}).refused(400, "unknown_field")
	}
}

// TestNoSecretIsLogged: neither by the program nor in the log of acts, whatever
// succeeds or fails, and no answer says what is wrong inside.
func TestNoSecretIsLogged(t *testing.T) {
	h := open(t)
	admin := h.signIn("admin")
	an := h.account(admin, "an.tran", "Trần Văn An", engine.RoleBidder)
	secrets := []string{password, "sai-mat-khau-dai", "mot-mat-khau-moi", an.token, admin.token, an.refreshCookie(), admin.refreshCookie(), "001090012345"}
	h.visitor().ask("POST", "/auth/login", map[string]string{"login": "an.tran", "password": "sai-mat-khau-dai"}).refused(401, "bad_credentials")
	h.visitor().ask("POST", "/auth/login", map[string]string{"login": "sai-mat-khau-dai", "password": "an.tran"}).refused(401, "bad_credentials")
	an.ask("PUT", "/me/identity", map[string]any{
		"version": 0, "kind": "person", "name": "Trần Văn An", "number": "001090012345", "born": "1990-05-17", "address": "Hà Nội", "phone": "0912345678",
	})
	var set struct{ Typed string }
	an.ask("POST", "/me/second-factor", map[string]string{"password": password}).into(200, &set)
	secrets = append(secrets, strings.ReplaceAll(set.Typed, " ", ""), set.Typed)
	var codes struct{ RecoveryCodes []string }
	an.ask("POST", "/me/second-factor/confirm", map[string]string{"code": appCode(t, set.Typed, h.now())}).into(200, &codes)
	secrets = append(secrets, codes.RecoveryCodes...)
	admin.ask("POST", "/me/password", map[string]string{"old": password, "password": "mot-mat-khau-moi"}).into(204, nil)
	h.visitor().ask("POST", "/auth/reset", map[string]string{"token": strings.Repeat("A", 43), "password": "mot-mat-khau-moi"}).refused(404, "not_found")
	acts, err := h.store.Acts(t.Context(), office.ActQuery{Limit: 100})
	if err != nil || len(acts) < 4 {
		t.Fatalf("%d acts, %v", len(acts), err)
	}
	trail, err := json.Marshal(acts)
	if err != nil {
		t.Fatal(err)
	}

	h.line.Cut()
	for _, ask := range []answer{
		an.ask("GET", "/me/identity", nil), admin.ask("GET", "/accounts", nil),
		h.visitor().ask("POST", "/auth/login", map[string]string{"login": "an.tran", "password": password}),
		h.visitor().ask("POST", "/auth/forgot", map[string]string{"login": "an.tran"}),
	} {
		ask.refused(503, "office_closed")
		for _, inside := range []string{"pq:", "dial", "127.0.0.1", "select ", ".go", "sqlx", "connection refused"} {
			if strings.Contains(string(ask.body), inside) {
				t.Errorf("an answer tells %q: %s", inside, ask.body)
			}
		}
	}
	log := h.log.String()
	if !strings.Contains(log, "code=office_closed") && !strings.Contains(log, "status=401") {
		t.Fatalf("nothing is logged: %s", log)
	}
	for i, secret := range secrets {
		if secret == "" {
			t.Fatalf("secret %d is empty", i)
		}
		for place, text := range map[string]string{"log": log, "log of acts": string(trail)} {
			if strings.Contains(text, secret) {
				t.Errorf("secret %d (%.6s…) is in the %s", i, secret, place)
			}
		}
	}
}
