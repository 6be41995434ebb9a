package transport

import (
	"context"

	"gobua/engine"
	"gobua/office"
)

var auditRights = []right{
	{"GET /acts", "", [5]int{401, 403, 200, 200, 200}},
	{"GET /acts/chain", "", [5]int{401, 403, 200, 200, 200}},
	{"GET /letters", "", [5]int{401, 403, 200, 403, 200}},
	{"GET /letters/m-1", "", [5]int{401, 403, 200, 403, 200}},
	{"POST /letters/m-1/retry", "", [5]int{401, 403, 200, 403, 200}},
}

var stubLetter = office.Letter{ID: "m-1", Kind: "result", Name: "An", Address: "an@example.com", Subject: "Kết quả", CreatedAt: 1}

func (s *stubOffice) Acts(context.Context, office.Account, office.ActQuery) ([]office.Act, error) {
	return []office.Act{{Seq: 1, At: 1, Role: engine.RoleAdmin, Name: "auction.list", Subject: "auction", SubjectID: "a-1"}}, s.call()
}

func (s *stubOffice) CheckActs(context.Context, office.Account) (office.ActChain, error) {
	return office.ActChain{Lines: 1}, s.call()
}

func (s *stubOffice) Letters(context.Context, office.Account, office.LetterQuery) ([]office.Letter, error) {
	return []office.Letter{stubLetter}, s.call()
}

func (s *stubOffice) Letter(context.Context, office.Account, string) (office.Letter, error) {
	return stubLetter, s.call()
}

func (s *stubOffice) RetryLetter(context.Context, office.Account, string) (office.Letter, error) {
	return stubLetter, s.call()
}
