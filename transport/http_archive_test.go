package transport

import (
	"context"
	"io"
	"strings"

	"gobua/office"
	"gobua/office/casefile"
)

const (
	goodReason    = `{"reason":"Tòa án yêu cầu"}`
	goodComplaint = `{"session":"","bidSeq":0,"name":"An","contact":"0900","body":"Thiếu thông báo"}`
)

var archiveRights = []right{
	{"GET /archive", "", [5]int{401, 403, 200, 200, 200}},
	{"GET /archive/settings", "", [5]int{401, 403, 200, 200, 200}},
	{"PUT /archive/settings", `{"years":10}`, [5]int{401, 403, 403, 403, 200}},
	{"GET /auctions/a-1/casefile", "", [5]int{401, 403, 200, 200, 200}},
	{"POST /auctions/a-1/casefile", goodReason, [5]int{401, 403, 200, 403, 200}},
	{"GET /auctions/a-1/casefile/1/check", "", [5]int{401, 403, 200, 200, 200}},
	{"POST /auctions/a-1/casefile/1/file", `{"identities":false,"reason":""}`, [5]int{401, 403, 200, 200, 200}},
	{"POST /auctions/a-1/hold", goodReason, [5]int{401, 403, 200, 403, 200}},
	{"POST /auctions/a-1/hold/lift", goodReason, [5]int{401, 403, 403, 403, 200}},
	{"POST /auctions/a-1/disposal", goodReason, [5]int{401, 403, 200, 403, 200}},
	{"POST /auctions/a-1/disposal/decide", `{"approve":true,"remark":""}`, [5]int{401, 403, 200, 403, 200}},
	{"GET /auctions/a-1/complaints", "", [5]int{401, 403, 200, 200, 200}},
	{"POST /complaints/k-1/answer", `{"upheld":true,"answer":"Đúng"}`, [5]int{401, 403, 200, 403, 403}},
	{"GET /notices/a-1/complaints", "", [5]int{200, 200, 200, 200, 200}},
	{"POST /notices/a-1/complaints", goodComplaint, [5]int{201, 201, 201, 201, 201}},
}

var (
	stubArchive  = office.Archive{AuctionID: "a-1", Number: 1, Size: 5, Entries: 2, SealedBy: "x", SealedByName: "An", SealedAt: 1, KeepUntil: 2}
	stubHold     = office.Hold{ID: "h-1", Reason: "Tòa án", PlacedAt: 1, PlacedByName: "An"}
	stubDisposal = office.Disposal{
		ID: "d-1", Reason: "Hết hạn", ProposedAt: 1, ProposedByName: "An", DoneAt: 2,
		Record: &office.DisposalRecord{Files: 1, Archives: []office.ReducedFile{{Number: 1}}},
	}
	stubComplaint = office.Complaint{ID: "k-1", AuctionID: "a-1", FiledAt: 1, DueAt: 2, State: office.ComplaintOpen}
)

func (s *stubOffice) CaseFile(context.Context, office.Account, string) (office.CaseFile, error) {
	return office.CaseFile{
		AuctionID: "a-1", Title: "Lúa", Status: office.StatusArchived, Over: true, Archives: []office.Archive{stubArchive},
		Holds: []office.Hold{stubHold}, Disposals: []office.Disposal{stubDisposal}, Keep: office.KeepRules{Years: 10}, Now: 3,
	}, s.call()
}

func (s *stubOffice) Seal(context.Context, office.Account, string, string) (office.Archive, error) {
	return stubArchive, s.call()
}

func (s *stubOffice) CheckArchive(context.Context, office.Account, string, int) (office.ArchiveCheck, error) {
	return office.ArchiveCheck{
		Report: casefile.Report{Entries: 1, Trouble: []casefile.Trouble{{Name: "x", Code: casefile.Altered}}},
		Listed: []casefile.Entry{{Name: "x", Size: 1, Meaning: "thử"}},
	}, s.call()
}

func (s *stubOffice) ReadArchive(context.Context, office.Account, string, int, bool, string) (io.ReadCloser, int64, error) {
	return io.NopCloser(strings.NewReader("PK")), -1, s.call()
}

func (s *stubOffice) PlaceHold(context.Context, office.Account, string, string) (office.Hold, error) {
	return stubHold, s.call()
}

func (s *stubOffice) LiftHold(context.Context, office.Account, string, string) (office.Hold, error) {
	return stubHold, s.call()
}

func (s *stubOffice) ProposeDisposal(context.Context, office.Account, string, string) (office.Disposal, error) {
	return stubDisposal, s.call()
}

func (s *stubOffice) DecideDisposal(context.Context, office.Account, string, bool, string) (office.Disposal, error) {
	return stubDisposal, s.call()
}

func (s *stubOffice) FindArchives(context.Context, office.Account, office.ArchiveSearch) ([]office.ArchiveRow, error) {
	return []office.ArchiveRow{{AuctionID: "a-1", Title: "Lúa", Status: office.StatusArchived, Number: 1, SealedAt: 1, KeepUntil: 2}}, s.call()
}

func (s *stubOffice) Retention(context.Context, office.Account) (office.KeepRules, error) {
	return office.KeepRules{Years: 10, SealAfterDays: 30, AnswerDays: 15}, s.call()
}

func (s *stubOffice) SetRetention(_ context.Context, _ office.Account, k office.KeepRules) (office.KeepRules, error) {
	return k, s.call()
}

func (s *stubOffice) FileComplaint(context.Context, office.Account, string, office.NewComplaint) (office.Complaint, error) {
	return stubComplaint, s.call()
}

func (s *stubOffice) ComplaintCount(context.Context, string) (office.ComplaintCount, error) {
	return office.ComplaintCount{Open: 1}, s.call()
}

func (s *stubOffice) Complaints(context.Context, office.Account, string) ([]office.Complaint, error) {
	return []office.Complaint{stubComplaint}, s.call()
}

func (s *stubOffice) AnswerComplaint(context.Context, office.Account, string, bool, string) (office.Complaint, error) {
	return stubComplaint, s.call()
}
