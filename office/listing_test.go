package office_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
	"gobua/store/storetest"
)

// heard remembers the trails of changed auctions.
type heard struct {
	office.Store
	trails []office.Trail
}

func (h *heard) ChangeAuction(ctx context.Context, id string, change func(*office.Auction) (office.Trail, error)) (office.Auction, error) {
	return h.Store.ChangeAuction(ctx, id, func(a *office.Auction) (office.Trail, error) {
		t, err := change(a)
		if err == nil {
			h.trails = append(h.trails, t)
		}
		return t, err
	})
}

// listingHouse is a house with an auctioneer who has a licence.
func listingHouse(t *testing.T) (*house, *heard, office.Account) {
	t.Helper()
	spy := &heard{Store: storetest.Open(t)}
	h := openOn(t, spy)
	licensed := office.Account{
		ID: uuid.NewString(), Login: "dgv.079", Name: "Trần Thị Minh", Role: engine.RoleAuctioneer, StaffRef: "ĐGV-079",
		CreatedAt: engine.InstantOf(h.Now()), CentreID: office.HostCentre,
	}
	check(t, h.store.InsertAccount(background, licensed, hashed(), licensed.Login, office.Trail{}))
	return h, spy, licensed
}

// rulesSheet is a draft that lacks nothing to be listed: two lots of movables
// that open in a month, the second with a hidden starting price.
func rulesSheet(t *testing.T, h *house, auctioneer office.Account) office.AuctionDraft {
	t.Helper()
	d := sheet(h)
	d.Participants = nil
	opening := engine.InstantOf(h.Now().Add(30 * 24 * time.Hour))
	for i := range d.Lots {
		d.Lots[i].Rules.OpensAt = opening
		d.Lots[i].Rules.ReserveAmount = 0
	}
	d.Lots[1].StartHidden, d.Lots[1].Rules.ReserveAmount = true, 60_000_000
	s, err := h.Suggest(office.Wish{Preset: "law2024", Property: office.Movable, OpensAt: opening})
	check(t, err)
	d.Sheet = office.Sheet{
		Preset: "law2024", Property: office.Movable, Windows: s.Windows, Viewing: s.Viewing, Money: s.Money, After: s.After,
		Contacts: "Phòng hồ sơ, 0292 000 000", Quality: "Như hiện trạng", People: office.SheetPeople{Auctioneer: auctioneer.ID, Observers: []string{h.observer.ID}},
	}
	d.Sheet.Windows.Dossier.From += 60 * 60 * 1000
	d.Sheet.Money.Account = office.BankAccount{BIN: "970436", Number: "0123456789", Holder: "TRUNG TAM DAU GIA"}
	return d
}

func (h *house) listed(t *testing.T, d office.AuctionDraft) office.Auction {
	t.Helper()
	a, err := h.CreateAuction(background, h.admin, d, "")
	check(t, err)
	a, err = h.List(background, h.admin, a.ID, a.Version)
	check(t, err)
	return a
}

// register takes a bidder into a lot, as far as the store goes.
func (h *house) register(t *testing.T, a office.Auction, lot int, who office.Account) office.Registration {
	t.Helper()
	now := engine.InstantOf(h.Now())
	r := office.Registration{
		ID: uuid.NewString(), AuctionID: a.ID, LotID: a.Lots[lot].ID, AccountID: who.ID, Version: 1, Dossier: office.DossierDraft,
		Standing: office.StandingIn, CreatedAt: now, ChangedAt: now,
		Fee:     office.Payment{Memo: strings.ToUpper("F" + uuid.NewString()[:8]), State: office.PaymentDue},
		Deposit: office.Payment{Memo: strings.ToUpper("D" + uuid.NewString()[:8]), State: office.PaymentDue},
	}
	check(t, h.store.InsertRegistration(background, r, office.Trail{}))
	return r
}

func TestAListedAuctionIsPublicAndFrozen(t *testing.T) {
	h, spy, auctioneer := listingHouse(t)
	a := h.listed(t, rulesSheet(t, h, auctioneer))
	if a.Status != office.StatusListed || a.ListedAt != engine.InstantOf(h.Now()) || a.Version != 2 {
		t.Fatalf("%+v", a)
	}
	notice, err := h.Notice(background, a.ID)
	check(t, err)
	if notice.Stage != office.StageListed || len(notice.Rules) != 1 || len(notice.Lots) != 2 || notice.Staff[0].Licence != "ĐGV-079" ||
		notice.Next == nil || notice.Next.Kind != "dossier_opens" {
		t.Fatalf("%+v", notice)
	}
	rules, err := h.NoticeRules(background, a.ID, 1)
	check(t, err)
	if engine.Hash(sha256.Sum256(rules.Sheet)) != notice.Rules[0].Hash {
		t.Fatal("the hash in the notice is not that of the text")
	}
	var frozen office.FrozenSheet
	check(t, json.Unmarshal(rules.Sheet, &frozen))
	if frozen.Lots[1].Rules.Reserve == nil || !frozen.Lots[1].StartHidden || frozen.Sheet.Windows != a.Sheet.Windows {
		t.Fatalf("%+v", frozen)
	}
	shown, err := json.Marshal(notice)
	check(t, err)
	for _, secret := range []string{"60000000", auctioneer.ID, h.observer.ID, h.observer.Name, "reserveAmount", "participants"} {
		if strings.Contains(string(shown)+string(rules.Sheet), secret) {
			t.Errorf("the public reads %s", secret)
		}
	}
	last := spy.trails[len(spy.trails)-1]
	if last.Acts[0].Name != "auction.list" || last.Acts[0].AuctionID != a.ID || last.Events[0].Kind != "auction.listed" {
		t.Fatalf("%+v", last)
	}

	again, err := h.List(background, h.admin, a.ID, 1) // the answer was lost, the page asks again
	check(t, err)
	if again.Version != a.Version {
		t.Fatalf("listed twice: %+v", again)
	}
	_, err = h.List(background, h.admin, a.ID, a.Version)
	wants(t, err, office.ErrWrongState)
	_, err = h.UpdateAuction(background, h.admin, a.ID, a.Version, a.AuctionDraft)
	wants(t, err, office.ErrPublished)
	_, err = h.NoticeRules(background, a.ID, 2)
	wants(t, err, office.ErrNotFound)
}

func TestADraftIsNobodysBusiness(t *testing.T) {
	h, _, _ := listingHouse(t)
	a := h.draft(t)
	_, err := h.Notice(background, a.ID)
	wants(t, err, office.ErrNotFound)
	a, err = h.Cancel(background, h.admin, a.ID, "Nhập nhầm")
	check(t, err)
	if a.Status != office.StatusCancelled || a.CancelReason != "Nhập nhầm" {
		t.Fatalf("%+v", a)
	}
	_, err = h.Notice(background, a.ID)
	wants(t, err, office.ErrNotFound)
}

func TestWhatAListingLacksIsNamedAtOnce(t *testing.T) {
	h, _, _ := listingHouse(t)
	d := sheet(h)
	d.Owner, d.Lots = "", d.Lots[:1]
	d.Lots[0].StartHidden, d.Lots[0].Rules.ReserveAmount, d.Lots[0].Rules.OpensAt = true, 0, 0
	a, err := h.CreateAuction(background, h.admin, d, "")
	check(t, err)
	_, err = h.List(background, h.admin, a.ID, 1)
	var want []office.Field
	for _, field := range []string{
		"owner", "sheet.preset", "sheet.property", "sheet.contacts", "sheet.people.auctioneer", "sheet.after.answerMs", "sheet.after.refundDays",
		"lots.0.rules.opensAt", "lots.0.rules.reserveAmount", "sheet.money.account.bin", "sheet.money.account.number", "sheet.money.account.holder",
		"sheet.windows.dossier.from", "sheet.windows.dossier.to", "sheet.windows.deposit.from", "sheet.windows.deposit.to",
	} {
		want = append(want, office.Field{Field: field, Code: "missing"})
	}
	wantsFields(t, err, append(want, office.Field{Field: "participants", Code: "register_instead"})...)
}

func TestARuleIsSetAsideOnlyWithAReasonThatIsPublic(t *testing.T) {
	h, _, auctioneer := listingHouse(t)
	d := rulesSheet(t, h, auctioneer)
	d.Lots[0].Deposit = 1_000_000 // 2.5 % of 40,000,000
	d.Sheet.Override = []office.Override{{Field: "lots.1.deposit", Code: "below_legal_minimum", Reason: "Không dùng đến"}}
	a, err := h.CreateAuction(background, h.admin, d, "")
	check(t, err)
	if !slices.Equal(a.Warnings, []office.Field{{Field: "lots.0.deposit", Code: "below_legal_minimum"}}) {
		t.Fatalf("the draft warns of %v", a.Warnings)
	}
	_, err = h.List(background, h.admin, a.ID, 1)
	wantsFields(t, err, office.Field{Field: "lots.0.deposit", Code: "below_legal_minimum"})

	d = a.AuctionDraft
	d.Sheet.Override = append(d.Sheet.Override, office.Override{Field: "lots.0.deposit", Code: "below_legal_minimum", Reason: " "})
	_, err = h.UpdateAuction(background, h.admin, a.ID, 1, d)
	wantsFields(t, err, office.Field{Field: "sheet.override.1.reason", Code: "missing"})
	d.Sheet.Override[1].Reason = "Theo quyết định số 12/QĐ-STP"
	_, err = h.UpdateAuction(background, h.admin, a.ID, 1, d)
	check(t, err)
	a, err = h.List(background, h.admin, a.ID, 2)
	check(t, err)
	notice, err := h.Notice(background, a.ID)
	check(t, err)
	if !slices.Equal(notice.Sheet.Override, d.Sheet.Override[1:]) {
		t.Fatalf("the public reads %+v", notice.Sheet.Override)
	}
}

func TestThePeopleOfASheetAreStaffOfTheCentre(t *testing.T) {
	h, _, _ := listingHouse(t)
	d := sheet(h)
	d.Sheet.People = office.SheetPeople{Auctioneer: h.auctioneer.ID, Clerk: h.observer.ID, Observers: []string{h.an.ID, h.observer.ID, h.observer.ID}}
	_, err := h.CreateAuction(background, h.admin, d, "")
	wantsFields(t, err,
		office.Field{Field: "sheet.people.auctioneer", Code: "no_licence"}, office.Field{Field: "sheet.people.clerk", Code: "wrong_role"},
		office.Field{Field: "sheet.people.observers.0", Code: "unknown"}, office.Field{Field: "sheet.people.observers.2", Code: "duplicate"})
	list, err := h.Staff(background, h.admin)
	if err != nil || slices.ContainsFunc(list, func(a office.Account) bool { return a.Role == engine.RoleBidder }) || len(list) < 4 {
		t.Fatalf("%v, %v", list, err)
	}
	_, err = h.Staff(background, h.an)
	wants(t, err, office.ErrForbidden)
}

func TestAnAmendmentIsPublicAndOpensTheRightToWithdraw(t *testing.T) {
	h, spy, auctioneer := listingHouse(t)
	a := h.listed(t, rulesSheet(t, h, auctioneer))
	first, second := h.register(t, a, 0, h.an), h.register(t, a, 1, h.binh)
	h.pass(time.Hour)

	d := a.AuctionDraft
	_, err := h.Amend(background, h.admin, a.ID, a.Version, d, "Không đổi gì")
	wantsFields(t, err, office.Field{Field: "notice", Code: "nothing_changed"})
	d.Lots[0].Rules.Start, d.Lots[0].Deposit = 35_000_000, 7_000_000
	_, err = h.Amend(background, h.admin, a.ID, a.Version, d, " ")
	wantsFields(t, err, office.Field{Field: "notice", Code: "missing"})
	_, err = h.Amend(background, h.admin, a.ID, a.Version-1, d, "Giảm giá")
	wants(t, err, office.ErrEditedMeanwhile)
	for _, by := range []office.Account{h.observer, h.an, {}} {
		_, err = h.Amend(background, by, a.ID, a.Version, d, "Giảm giá")
		wants(t, err, office.ErrForbidden)
		_, err = h.List(background, by, a.ID, a.Version)
		wants(t, err, office.ErrForbidden)
		_, err = h.Cancel(background, by, a.ID, "Vì thế")
		wants(t, err, office.ErrForbidden)
	}

	b, err := h.Amend(background, h.admin, a.ID, a.Version, d, "Giá khởi điểm lô 1 giảm còn 35.000.000 đồng")
	check(t, err)
	versions, err := h.RulesVersions(background, a.ID)
	check(t, err)
	lot := a.Lots[0].ID
	if b.Version != a.Version+1 || len(versions) != 2 || versions[0].Hash == versions[1].Hash ||
		!slices.Equal(versions[1].Changes, []office.Change{{Topic: office.TopicPrice, LotID: lot}, {Topic: office.TopicDeposit, LotID: lot}}) {
		t.Fatalf("%+v", versions)
	}
	if !office.WithdrawalFree(versions, first) || office.WithdrawalFree(versions, second) {
		t.Error("the right to withdraw does not follow the lot")
	}
	mails := spy.trails[len(spy.trails)-1].Mails
	if len(mails) != 2 {
		t.Fatalf("%+v", mails)
	}
	for _, m := range mails {
		if told := strings.Contains(m.Body, "quyền rút hồ sơ"); told != (m.AccountID == h.an.ID) {
			t.Errorf("%+v", m)
		}
	}
	notice, err := h.Notice(background, a.ID)
	check(t, err)
	if !notice.Rules[1].Withdrawal || notice.Rules[0].Withdrawal || !strings.Contains(notice.Rules[1].Notice, "35.000.000") {
		t.Fatalf("%+v", notice.Rules)
	}
	// The hidden price of the other lot has not changed, and neither has its hash.
	var frozen [2]office.FrozenSheet
	for i := range frozen {
		check(t, json.Unmarshal(versions[i].Sheet, &frozen[i]))
	}
	if *frozen[0].Lots[1].Rules.Reserve != *frozen[1].Lots[1].Rules.Reserve {
		t.Error("the hash of a hidden price changed with another lot")
	}
	b.AuctionDraft.Lots = b.AuctionDraft.Lots[1:]
	_, err = h.Amend(background, h.admin, a.ID, b.Version, b.AuctionDraft, "Rút lô 1")
	wants(t, err, office.ErrEditedMeanwhile) // somebody has registered for it
}

func TestAfterRegistrationHasClosedTheOpeningMayStillMove(t *testing.T) {
	h, _, auctioneer := listingHouse(t)
	a := h.listed(t, rulesSheet(t, h, auctioneer))
	h.pass(time.Duration(a.Sheet.Windows.Dossier.To-engine.InstantOf(h.Now()))*time.Millisecond + time.Hour)
	d := a.AuctionDraft
	for i := range d.Lots {
		d.Lots[i].Rules.OpensAt += 24 * 60 * 60 * 1000
	}
	_, err := h.Amend(background, h.admin, a.ID, a.Version, d, "Mất điện theo lịch, lùi một ngày")
	check(t, err)
	d.Sheet.Windows.Dossier.To -= 1000
	_, err = h.Amend(background, h.admin, a.ID, a.Version+1, d, "Hạn đã qua không đặt lại vào quá khứ")
	wantsFields(t, err, office.Field{Field: "sheet.windows.dossier.to", Code: "past"})
}

func TestAListedAuctionIsCancelledInPublic(t *testing.T) {
	h, spy, auctioneer := listingHouse(t)
	a := h.listed(t, rulesSheet(t, h, auctioneer))
	h.register(t, a, 0, h.an)
	_, err := h.Cancel(background, h.admin, a.ID, "")
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"})
	b, err := h.Cancel(background, h.admin, a.ID, "Người có tài sản rút tài sản")
	check(t, err)
	again, err := h.Cancel(background, h.admin, a.ID, "Lần nữa")
	check(t, err)
	if b.Status != office.StatusCancelled || again.CancelReason != b.CancelReason {
		t.Fatalf("%+v", again)
	}
	notice, err := h.Notice(background, a.ID)
	check(t, err)
	if notice.Stage != office.StageCancelled || notice.CancelReason != "Người có tài sản rút tài sản" || notice.Next != nil {
		t.Fatalf("%+v", notice)
	}
	last := spy.trails[len(spy.trails)-1]
	if len(last.Mails) != 1 || last.Mails[0].AccountID != h.an.ID || last.Events[0].Kind != "auction.cancelled" {
		t.Fatalf("%+v", last)
	}
	_, err = h.Amend(background, h.admin, a.ID, b.Version, b.AuctionDraft, "Sau khi hủy")
	wants(t, err, office.ErrWrongState)

	published := h.publish(t)
	_, err = h.Cancel(background, h.admin, published.ID, "Quá muộn")
	wants(t, err, office.ErrPublished)
	_, err = h.Amend(background, h.admin, published.ID, published.Version, published.AuctionDraft, "Quá muộn")
	wants(t, err, office.ErrPublished)
}

func TestStaffOfAnotherCentreSeesNothingToList(t *testing.T) {
	h, _, auctioneer := listingHouse(t)
	a := h.listed(t, rulesSheet(t, h, auctioneer))
	other := office.Centre{ID: uuid.NewString(), Version: 1, Name: "Trung tâm khác", CreatedAt: engine.InstantOf(h.Now())}
	check(t, h.store.InsertCentre(background, other, office.Trail{}))
	stranger := h.staffOf(t, other.ID, "nguoi.la", engine.RoleRegistrar)
	_, err := h.Amend(background, stranger, a.ID, a.Version, a.AuctionDraft, "Chen vào")
	wants(t, err, office.ErrNotFound)
	_, err = h.Cancel(background, stranger, a.ID, "Chen vào")
	wants(t, err, office.ErrNotFound)
	_, err = h.List(background, stranger, a.ID, a.Version)
	wants(t, err, office.ErrNotFound)
}
