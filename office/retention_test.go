package office_test

import (
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
)

// second is another administrator of the centre.
func (c *concluded) second(t *testing.T) office.Account {
	return c.account(t, "quan.tri.hai", "Quản Trị Hai", engine.RoleAdmin)
}

func (c *concluded) at(at time.Time) { c.pass(at.Sub(c.Now())) }

// TestAFileIsKeptForItsYears: to the end of the day, also from a leap day.
func TestAFileIsKeptForItsYears(t *testing.T) {
	c := conclude(t)
	_, err := c.SetRetention(background, c.admin, office.KeepRules{Years: 4})
	wantsFields(t, err, office.Field{Field: "keep.years", Code: "out_of_range"})
	_, err = c.SetRetention(background, c.clerk, office.KeepRules{Years: 12})
	wants(t, err, office.ErrForbidden)
	for _, one := range []struct {
		sealed time.Time
		years  int
		until  time.Time
	}{
		{time.Date(2028, 2, 29, 23, 59, 0, 0, saigon), 10, time.Date(2038, 3, 1, 0, 0, 0, 0, saigon)},
		{time.Date(2028, 2, 29, 18, 0, 0, 0, time.UTC), 10, time.Date(2038, 3, 2, 0, 0, 0, 0, saigon)}, // 1 March in Viet Nam
		{time.Date(2032, 2, 29, 8, 0, 0, 0, saigon), 12, time.Date(2044, 3, 1, 0, 0, 0, 0, saigon)},
		{time.Date(2033, 2, 28, 8, 0, 0, 0, saigon), 5, time.Date(2038, 3, 1, 0, 0, 0, 0, saigon)},
		{time.Date(2034, 12, 31, 8, 0, 0, 0, saigon), 5, time.Date(2040, 1, 1, 0, 0, 0, 0, saigon)},
	} {
		c.at(one.sealed)
		_, err := c.SetRetention(background, c.admin, office.KeepRules{Years: one.years})
		check(t, err)
		a, err := c.Seal(background, c.clerk, c.auction.ID, "thử")
		check(t, err)
		if a.KeepUntil != engine.InstantOf(one.until) {
			t.Errorf("%s and %d years: %s, want %s", one.sealed, one.years, a.KeepUntil.Time().In(saigon), one.until)
		}
	}
}

func TestNothingIsDisposedOfBeforeItsTime(t *testing.T) {
	c := conclude(t)
	_, err := c.ProposeDisposal(background, c.admin, c.auction.ID, "Hết hạn")
	wants(t, err, office.ErrWrongState) // there is no file
	sealed := c.seal(t)
	c.at(sealed.KeepUntil.Time().Add(-time.Millisecond))
	_, err = c.ProposeDisposal(background, c.admin, c.auction.ID, "Hết hạn")
	wants(t, err, office.ErrTooEarly)
	rows, err := c.FindArchives(background, c.admin, office.ArchiveSearch{Expired: true})
	if err != nil || len(rows) != 0 {
		t.Fatalf("%+v, %v", rows, err)
	}
	c.pass(time.Millisecond)
	rows, err = c.FindArchives(background, c.admin, office.ArchiveSearch{Expired: true})
	if err != nil || len(rows) != 1 {
		t.Fatalf("%+v, %v", rows, err)
	}
	_, err = c.ProposeDisposal(background, c.admin, c.auction.ID, "Hết hạn")
	check(t, err)
	_, err = c.ProposeDisposal(background, c.registrar, c.auction.ID, "Hết hạn")
	wants(t, err, office.ErrWrongState)
}

// TestAHoldBlocksDisposal until two different admins have lifted it, whenever
// it came.
func TestAHoldBlocksDisposal(t *testing.T) {
	c := conclude(t)
	sealed := c.seal(t)
	second := c.second(t)
	c.at(sealed.KeepUntil.Time())
	_, err := c.ProposeDisposal(background, c.admin, c.auction.ID, "Hết hạn")
	check(t, err)
	_, err = c.PlaceHold(background, c.auctioneer, c.auction.ID, "")
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"})
	_, err = c.PlaceHold(background, c.auctioneer, c.auction.ID, "Tòa án thụ lý")
	check(t, err)
	_, err = c.PlaceHold(background, c.admin, c.auction.ID, "lần nữa")
	wants(t, err, office.ErrWrongState)
	_, err = c.DecideDisposal(background, second, c.auction.ID, true, "")
	wants(t, err, office.ErrWrongState)

	_, err = c.LiftHold(background, c.auctioneer, c.auction.ID, "xong")
	wants(t, err, office.ErrForbidden)
	h, err := c.LiftHold(background, c.admin, c.auction.ID, "Án đã có hiệu lực")
	if err != nil || h.LiftedAt != 0 {
		t.Fatalf("%+v, %v", h, err)
	}
	h, err = c.LiftHold(background, c.admin, c.auction.ID, "Án đã có hiệu lực")
	if err != nil || h.LiftedAt != 0 {
		t.Fatalf("one admin lifted it alone: %+v, %v", h, err)
	}
	_, err = c.DecideDisposal(background, second, c.auction.ID, true, "")
	wants(t, err, office.ErrWrongState)
	h, err = c.LiftHold(background, second, c.auction.ID, "Đồng ý")
	if err != nil || h.LiftedAt == 0 {
		t.Fatalf("%+v, %v", h, err)
	}
	_, err = c.LiftHold(background, second, c.auction.ID, "Đồng ý")
	wants(t, err, office.ErrNotFound)
	_, err = c.DecideDisposal(background, second, c.auction.ID, true, "")
	check(t, err)
	_, err = c.PlaceHold(background, c.admin, c.auction.ID, "muộn")
	wants(t, err, office.ErrWrongState)
	acts, err := c.Acts(background, c.admin, office.ActQuery{AuctionID: c.auction.ID, Name: "archive.hold"})
	if err != nil || len(acts) != 3 || acts[2].Reason != "Tòa án thụ lý" {
		t.Fatalf("%+v, %v", acts, err)
	}
}

// TestDisposalNeedsTwoPeopleAndKeepsTheRecord: identities go, in the file, on
// the disk and in the database; the results stay.
func TestDisposalNeedsTwoPeopleAndKeepsTheRecord(t *testing.T) {
	c := conclude(t)
	// A complaint with a paper, and evidence of the listing, which is not personal.
	paper := c.upload(t, c.an, office.NewFile{Name: "don.png", Type: "image/png", Purpose: office.FileComplaint, Auction: c.auction.ID}, picture(t, 1))
	evidence := c.upload(t, c.clerk, office.NewFile{Name: "niem-yet.png", Type: "image/png", Purpose: office.FileListingEvidence, Auction: c.auction.ID}, picture(t, 2))
	sealed := c.seal(t)
	c.at(sealed.KeepUntil.Time())
	_, err := c.DecideDisposal(background, c.admin, c.auction.ID, true, "")
	wants(t, err, office.ErrWrongState) // nothing is proposed
	_, err = c.ProposeDisposal(background, c.admin, c.auction.ID, "Hết thời hạn lưu trữ")
	check(t, err)
	_, err = c.DecideDisposal(background, c.admin, c.auction.ID, true, "")
	wants(t, err, office.ErrForbidden)
	_, err = c.DecideDisposal(background, c.registrar, c.auction.ID, false, "")
	wantsFields(t, err, office.Field{Field: "remark", Code: "missing"})
	_, err = c.DecideDisposal(background, c.registrar, c.auction.ID, false, "Còn tranh chấp")
	check(t, err)
	_, err = c.ProposeDisposal(background, c.admin, c.auction.ID, "Hết thời hạn lưu trữ")
	check(t, err)
	d, err := c.DecideDisposal(background, c.registrar, c.auction.ID, true, "")
	check(t, err)
	if d.DoneAt == 0 || len(d.Record.Archives) != 1 || d.Record.Archives[0].Before != sealed.Hash || d.Record.Archives[0].Manifest != sealed.ManifestHash ||
		d.Record.Archives[0].Removed < 5 {
		t.Fatalf("%+v", d.Record)
	}
	if d.Record.Files != 1 {
		t.Fatalf("%d contents were deleted", d.Record.Files)
	}
	if _, _, err := c.ReadFile(background, c.an, paper.ID); err == nil {
		t.Error("the paper of a complaint is still there")
	}
	_, content, err := c.ReadFile(background, c.clerk, evidence.ID)
	check(t, err)
	check(t, content.Close())
	found, err := c.CheckArchive(background, c.observer, c.auction.ID, 1)
	if err != nil || !found.Same || !found.Whole() || found.Reduced != d.Record.Archives[0].Removed {
		t.Fatalf("%+v, %v", found.Report, err)
	}
	for name, content := range entries(t, c.path("1")) {
		if strings.Contains(content, c.an.Name) || strings.HasPrefix(name, "identities/") {
			t.Errorf("%s is still there", name)
		}
	}
	sealedCodes, err := c.store.Admissions(background, c.session)
	if err != nil || len(sealedCodes) != 0 {
		t.Fatalf("%d admissions, %v", len(sealedCodes), err)
	}
	r, err := c.store.Registration(background, c.reg[c.an.ID])
	if err != nil || r.RefundTo != (office.BankAccount{}) || r.SealedCode != nil {
		t.Fatalf("%+v, %v", r.RegistrationFacts, err)
	}
	result, err := c.Result(background, c.session)
	if err != nil || result.Result.Price != c.result.Result.Price || len(result.Bids) != 3 {
		t.Fatalf("%+v, %v", result, err)
	}
	_, err = c.Seal(background, c.clerk, c.auction.ID, "lần nữa")
	wants(t, err, office.ErrWrongState)
	file, err := c.CaseFile(background, c.observer, c.auction.ID)
	if err != nil || len(file.Disposals) != 2 || file.Disposals[1].Record == nil || file.Disposals[1].DecidedByName != c.registrar.Name {
		t.Fatalf("%+v, %v", file, err)
	}
}

func TestComplaintsAreAnsweredAndCounted(t *testing.T) {
	c := conclude(t)
	words := office.NewComplaint{Session: c.session, BidSeq: 4, Contact: "an@example.vn", Body: "Giá của tôi không được ghi nhận"}
	mine, err := c.FileComplaint(background, c.an, c.auction.ID, words)
	check(t, err)
	if mine.DueAt != engine.InstantOf(time.Date(2026, 12, 15, 0, 0, 0, 0, saigon)) && mine.DueAt <= mine.FiledAt {
		t.Fatalf("%+v", mine)
	}
	_, err = c.FileComplaint(background, office.Account{}, c.auction.ID, office.NewComplaint{Session: "000000000009", BidSeq: 1})
	wantsFields(t, err, office.Field{Field: "name", Code: "missing"}, office.Field{Field: "contact", Code: "missing"},
		office.Field{Field: "body", Code: "missing"}, office.Field{Field: "session", Code: "unknown"})
	_, err = c.FileComplaint(background, office.Account{}, c.auction.ID, office.NewComplaint{Name: "Một Công Dân", Contact: "0900", Body: "Thông báo thiếu"})
	check(t, err)
	_, err = c.FileComplaint(background, c.clerk, c.auction.ID, words)
	wants(t, err, office.ErrForbidden)

	list, err := c.Complaints(background, c.clerk, c.auction.ID)
	if err != nil || len(list) != 2 || list[0].Name != c.an.Name || list[0].BidSeq != 4 {
		t.Fatalf("%+v, %v", list, err)
	}
	list, err = c.Complaints(background, c.observer, c.auction.ID)
	if err != nil || len(list) != 2 || list[0].Name != "" || list[0].Body != "" {
		t.Fatalf("an observer reads who complains: %+v, %v", list, err)
	}
	_, err = c.AnswerComplaint(background, c.admin, mine.ID, true, "Đúng")
	wants(t, err, office.ErrForbidden)
	_, err = c.AnswerComplaint(background, c.clerk, mine.ID, false, "")
	wantsFields(t, err, office.Field{Field: "answer", Code: "missing"})
	_, err = c.AnswerComplaint(background, c.clerk, mine.ID, false, "Biên nhận cho thấy giá đã được ghi nhận")
	check(t, err)
	_, err = c.AnswerComplaint(background, c.clerk, mine.ID, true, "khác")
	wants(t, err, office.ErrWrongState)
	n, err := c.ComplaintCount(background, c.auction.ID)
	if err != nil || n != (office.ComplaintCount{Open: 1, Rejected: 1}) {
		t.Fatalf("%+v, %v", n, err)
	}
	c.seal(t)
	all := entries(t, c.path("1"))
	if strings.Contains(all["complaints/complaints.json"], "Một Công Dân") || !strings.Contains(all["identities/complaints.json"], "Một Công Dân") {
		t.Error("who complains stands outside the identities, or nowhere")
	}
}
