package transport

import (
	"context"

	"gobua/office"
)

const goodHook = `{"url":"https://cong.example.vn/gobua","kinds":["auction.listed"]}`

var hookRights = []right{
	{"GET /hooks", "", [5]int{401, 403, 403, 403, 200}},
	{"POST /hooks", goodHook, [5]int{401, 403, 403, 403, 201}},
	{"POST /hooks/h-1/secret", "", [5]int{401, 403, 403, 403, 200}},
	{"POST /hooks/h-1/end", "", [5]int{401, 403, 403, 403, 200}},
	{"POST /hooks/h-1/test", "", [5]int{401, 403, 403, 403, 202}},
	{"GET /hooks/h-1/deliveries", "", [5]int{401, 403, 403, 403, 200}},
	{"POST /hooks/h-1/retry", `{"event":"e-1"}`, [5]int{401, 403, 403, 403, 202}},
}

var stubHook = office.Hook{ID: "h-1", URL: "https://cong.example.vn/gobua", Kinds: []string{"auction.listed"}, CreatedAt: 1}

func (s *stubOffice) Hooks(context.Context, office.Account) ([]office.Hook, error) {
	return []office.Hook{stubHook}, s.call()
}

func (s *stubOffice) AddHook(context.Context, office.Account, office.NewHook) (office.Hook, error) {
	return stubHook, s.call()
}

func (s *stubOffice) ReplaceHookSecret(context.Context, office.Account, string) (office.Hook, error) {
	return stubHook, s.call()
}

func (s *stubOffice) EndHook(context.Context, office.Account, string) (office.Hook, error) {
	return stubHook, s.call()
}

func (s *stubOffice) TestHook(context.Context, office.Account, string) error { return s.call() }

func (s *stubOffice) Deliveries(context.Context, office.Account, string) ([]office.Delivery, error) {
	return []office.Delivery{{HookID: "h-1", EventID: "e-1", Kind: "auction.listed", At: 1, Log: []office.DeliveryTry{{At: 1, Outcome: "timeout"}}}}, s.call()
}

func (s *stubOffice) RetryDelivery(context.Context, office.Account, string, string) error {
	return s.call()
}
