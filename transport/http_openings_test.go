package transport

import (
	"context"

	"gobua/engine"
	"gobua/office"
)

var openingRights = []right{
	{"GET /auctions/a-1/openings", "", [5]int{401, 403, 200, 403, 403}},
	{"POST /sessions/k7qp2mwx90ab/openings", `{"code":"M-733","reason":"Khiếu nại"}`, [5]int{401, 403, 200, 403, 403}},
	{"POST /auctions/a-1/openings/o-1/decide", `{"approve":true}`, [5]int{401, 403, 200, 403, 403}},
	{"POST /auctions/a-1/openings/o-1/use", "", [5]int{401, 403, 200, 403, 403}},
}

var stubOpening = office.OpeningView{
	Opening: office.Opening{
		ID: "o-1", AuctionID: "a-1", Session: "k7qp2mwx90ab", Code: "M-733", Reason: "Khiếu nại", AskedAt: 1, ExpiresAt: 2, AskedByName: "Dung",
	},
	State: office.OpeningWaiting, MayDecide: true,
}

func (s *stubOffice) Openings(context.Context, office.Account, string) ([]office.OpeningView, error) {
	return []office.OpeningView{stubOpening}, s.call()
}

func (s *stubOffice) AskOpening(context.Context, office.Account, engine.SessionID, engine.ParticipantCode, string) (office.OpeningView, error) {
	return stubOpening, s.call()
}

func (s *stubOffice) DecideOpening(context.Context, office.Account, string, string, bool, string) (office.OpeningView, error) {
	return stubOpening, s.call()
}

func (s *stubOffice) UseOpening(context.Context, office.Account, string, string) (office.OpeningView, office.Account, error) {
	return stubOpening, office.Account{ID: "acc-9", Name: "An", Login: "an"}, s.call()
}
