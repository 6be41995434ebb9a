package transport

import (
	"context"

	"gobua/engine"
	"gobua/office"
)

var listingRights = []right{
	{"POST /auctions/suggest", `{"preset":"law2024","property":"movable","opensAt":1797213600000}`, [5]int{401, 403, 200, 403, 200}},
	{"POST /auctions/a-1/list", `{"version":1}`, [5]int{401, 403, 200, 403, 200}},
	{"POST /auctions/a-1/amend", `{"version":1,"notice":"Đổi giờ","auction":{"title":"Phiên mẫu"}}`, [5]int{401, 403, 200, 403, 200}},
	{"POST /auctions/a-1/cancel", `{"reason":"Rút tài sản"}`, [5]int{401, 403, 200, 403, 200}},
	{"GET /auctions/a-1/versions", "", [5]int{401, 403, 200, 200, 200}},
	{"GET /staff", "", [5]int{401, 403, 200, 403, 200}},
	{"GET /notices/a-1", "", [5]int{404, 404, 404, 404, 404}},
	{"GET /notices/a-1/rules/1", "", [5]int{404, 404, 404, 404, 404}},
}

func (s *stubOffice) Suggest(office.Wish) (office.Suggestion, error) {
	return office.Suggestion{Viewing: []office.Viewing{}, Explain: []office.Explanation{}}, s.call()
}

func (s *stubOffice) List(ctx context.Context, _ office.Account, id string, _ int) (office.Auction, error) {
	return s.AuctionFor(ctx, office.Account{}, id)
}

func (s *stubOffice) CheckList(context.Context, office.Account, string, int) error { return s.call() }

func (s *stubOffice) Amend(ctx context.Context, _ office.Account, id string, _ int, _ office.AuctionDraft, _ string) (office.Auction, error) {
	return s.AuctionFor(ctx, office.Account{}, id)
}

func (s *stubOffice) Cancel(ctx context.Context, _ office.Account, id, _ string) (office.Auction, error) {
	return s.AuctionFor(ctx, office.Account{}, id)
}

func (s *stubOffice) RulesVersions(context.Context, string) ([]office.RulesVersion, error) {
	return []office.RulesVersion{{Number: 1, Changes: []office.Change{}, MadeAt: 1}}, s.call()
}

func (s *stubOffice) Staff(context.Context, office.Account) ([]office.Account, error) {
	return []office.Account{{ID: "acc-2", Name: "Lê Đấu Giá", Role: engine.RoleAuctioneer}}, s.call()
}

func (s *stubOffice) Notice(context.Context, string) (office.PublicAuction, error) {
	if err := s.call(); err != nil {
		return office.PublicAuction{}, err
	}
	return office.PublicAuction{}, office.ErrNotFound
}

func (s *stubOffice) NoticeRules(context.Context, string, int) (office.RulesVersion, error) {
	if err := s.call(); err != nil {
		return office.RulesVersion{}, err
	}
	return office.RulesVersion{}, office.ErrNotFound
}
