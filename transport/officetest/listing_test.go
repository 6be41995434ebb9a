package officetest

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
)

// listingSale is a sale with a registrar and a draft that lacks nothing to be
// listed, with a hidden starting price.
func listingSale(t *testing.T) (h *house, registrar *person, d office.AuctionDraft) {
	t.Helper()
	h = open(t)
	admin := h.signIn("admin")
	registrar = h.account(admin, "ho.so", "Vũ Hồ Sơ", engine.RoleRegistrar)
	admin.ask("POST", "/accounts", office.NewAccount{
		Login: "dgv", Name: "Lê Thị Bình", Password: password, Role: engine.RoleAuctioneer, StaffRef: "ĐGV-079",
	}).into(201, nil)
	var staff struct{ Staff []struct{ ID, Role string } }
	registrar.ask("GET", "/staff", nil).into(200, &staff)
	d = draft(h.soon(30 * 24 * 60))
	d.Lots[0].StartHidden = true
	wish := map[string]any{"preset": "law2024", "property": "land_use", "opensAt": d.Lots[0].Rules.OpensAt, "start": reserve}
	var s office.Suggestion
	registrar.ask("POST", "/auctions/suggest", wish).into(200, &s)
	d.Sheet = office.Sheet{
		Preset: "law2024", Property: office.LandUse, Windows: s.Windows, Viewing: s.Viewing, Money: s.Money, After: s.After, Contacts: "Phòng hồ sơ",
	}
	d.Sheet.Windows.Dossier.From += 30 * 60 * 1000
	for _, a := range staff.Staff {
		if a.Role == "auctioneer" {
			d.Sheet.People.Auctioneer = a.ID
		}
	}
	d.Sheet.Money.Account = office.BankAccount{BIN: "970436", Number: "0123456789", Holder: "TRUNG TAM"}
	return h, registrar, d
}

func TestAListedAuctionIsReadByAStranger(t *testing.T) {
	h, registrar, d := listingSale(t)
	stranger := h.visitor()
	deposit := d.Lots[0].Deposit
	d.Lots[0].Deposit = 1
	var a office.Auction
	registrar.ask("POST", "/auctions", d).into(201, &a)
	path, public := "/auctions/"+a.ID, "/notices/"+a.ID
	stranger.ask("GET", public, nil).refused(404, "not_found")
	for _, check := range []bool{true, false} {
		body := map[string]any{"version": a.Version, "check": check}
		if got := registrar.ask("POST", path+"/list", body).refused(422, "invalid"); got != "lots.0.deposit below_legal_minimum" {
			t.Errorf("refused for %s", got)
		}
	}
	a.Lots[0].Deposit = deposit
	registrar.ask("PUT", path, a).into(200, &a)
	registrar.ask("POST", path+"/list", map[string]any{"version": a.Version, "check": true}).into(204, nil)
	body, key := map[string]any{"version": a.Version}, []string{"Idempotency-Key", "list-1"}
	registrar.ask("POST", path+"/list", body, key...).into(200, &a)
	registrar.ask("POST", path+"/list", body, key...).into(200, nil) // pressed twice

	var notice office.PublicAuction
	got := stranger.ask("GET", public, nil)
	got.into(200, &notice)
	if len(notice.Rules) != 1 || notice.Staff[0].Name != "Lê Thị Bình" || !notice.Lots[0].StartHidden {
		t.Fatalf("%+v", notice)
	}
	text := stranger.ask("GET", public+"/rules/1", nil)
	text.into(200, nil)
	if sum := sha256.Sum256(text.body); hex.EncodeToString(sum[:]) != notice.Rules[0].Hash.String() {
		t.Error("the text is not the one that was hashed")
	}
	for _, secret := range []string{"2345678901", d.Sheet.People.Auctioneer} {
		if strings.Contains(string(got.body)+string(text.body), secret) {
			t.Errorf("a stranger reads %s", secret)
		}
	}
	tag := got.Header.Get("ETag")
	if again := stranger.ask("GET", public, nil, "If-None-Match", tag); again.StatusCode != 304 || len(again.body) != 0 {
		t.Errorf("asked again: %d", again.StatusCode)
	}
	h.forward(time.Hour) // dossiers are taken now: another stage, another tag
	if again := stranger.ask("GET", public, nil, "If-None-Match", tag); again.StatusCode != 200 {
		t.Errorf("after the stage changed: %d", again.StatusCode)
	}
	stranger.ask("GET", public+"/rules/2", nil).refused(404, "not_found")
	stranger.ask("GET", public+"/rules/x", nil).refused(404, "not_found")
}

func TestTwoOfficersAmendAndCancel(t *testing.T) {
	h, registrar, d := listingSale(t)
	var a office.Auction
	registrar.ask("POST", "/auctions", d).into(201, &a)
	path := "/auctions/" + a.ID
	registrar.ask("POST", path+"/amend", map[string]any{"version": a.Version, "notice": "Sớm quá", "auction": a.AuctionDraft}).refused(409, "wrong_state")
	registrar.ask("POST", path+"/list", map[string]any{"version": a.Version}).into(200, &a)
	a.Lots[0].Rules.ReserveAmount += 50_000_000
	amend := map[string]any{"version": a.Version, "notice": "Điều chỉnh giá khởi điểm", "auction": a.AuctionDraft}
	var b office.Auction
	registrar.ask("POST", path+"/amend", amend).into(200, &b)
	registrar.ask("POST", path+"/amend", amend).refused(409, "edited_meanwhile") // the other officer, from the same version
	var versions struct{ Versions []office.PublicVersion }
	registrar.ask("GET", path+"/versions", nil).into(200, &versions)
	if len(versions.Versions) != 2 || !versions.Versions[1].Withdrawal {
		t.Fatalf("%+v", versions)
	}
	if got := registrar.ask("POST", path+"/cancel", map[string]string{"reason": ""}).refused(422, "invalid"); got != "reason missing" {
		t.Error(got)
	}
	registrar.ask("POST", path+"/cancel", map[string]string{"reason": "Người có tài sản rút tài sản"}).into(200, nil)
	var notice office.PublicAuction
	h.visitor().ask("GET", "/notices/"+a.ID, nil).into(200, &notice)
	if notice.Stage != office.StageCancelled || notice.CancelReason == "" {
		t.Fatalf("%+v", notice)
	}
}

// TestMU1IsRefusedWithAWayOut: what the office does not take of several units is
// refused in the reader's language, and says what to do instead.
func TestMU1IsRefusedWithAWayOut(t *testing.T) {
	_, registrar, d := listingSale(t)
	d.Lots[0].StartHidden, d.Lots[0].Rules.ReserveAmount = false, 0
	rules := &d.Lots[0].Rules
	rules.Method, rules.Proxy, rules.Closing = "sealed", false, engine.Closing{Kind: engine.ClosingFixed}
	rules.Sealed = &engine.Sealed{Pricing: engine.PricingUniform, Rounds: 1, Units: engine.MaxUnits + 1}
	d.Sheet.Override = []office.Override{{Field: "lots.0.rules.method", Code: "not_in_law", Reason: "Bỏ phiếu kín"}}
	refused := func(path string, body any, code string, say map[string]string) {
		t.Helper()
		for lang, want := range say {
			var p struct {
				Error struct {
					Fields []struct{ Code, Message string }
				}
			}
			got := registrar.ask("POST", path, body, "Accept-Language", lang)
			got.into(422, &p)
			i := slices.IndexFunc(p.Error.Fields, func(f struct{ Code, Message string }) bool { return f.Code == code })
			if i < 0 || !strings.Contains(p.Error.Fields[i].Message, want) {
				t.Errorf("%s: %s does not say %q", lang, got.body, want)
			}
		}
	}
	refused("/auctions", d, "too_many_units", map[string]string{"vi": "gom thành gói", "en": "bundle them"})
	rules.Sealed.Units--
	var a office.Auction
	registrar.ask("POST", "/auctions", d).into(201, &a)
	refused("/auctions/"+a.ID+"/list", map[string]any{"version": a.Version}, "several_winners",
		map[string]string{"vi": "mà không niêm yết", "en": "without a listing"})
}
