package transport

import (
	"context"

	"gobua/engine"
	"gobua/office"
)

var peopleRights = []right{
	{"GET /centres", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /desk/centres", "", [5]int{401, 403, 200, 200, 200}},
	{"POST /desk/centres", `{"name":"Hai","admin":{"login":"hai","name":"Hai","password":"x"}}`, [5]int{401, 403, 403, 403, 201}},
	{"PUT /desk/centres/c-1", `{"version":1,"name":"Hai"}`, [5]int{401, 403, 403, 403, 200}},
	{"PUT /accounts/acc-9", `{"name":"An"}`, [5]int{401, 403, 403, 403, 200}},
	{"POST /accounts/acc-9/sign-out", `{"reason":"Mất máy"}`, [5]int{401, 403, 403, 403, 200}},
	{"POST /accounts/acc-9/drop-second-factor", `{"reason":"Mất máy"}`, [5]int{401, 403, 403, 403, 204}},
	{"POST /join", `{"login":"an","name":"An","password":"x","email":"a@b.vn","consent":true}`, [5]int{201, 201, 201, 201, 201}},
	{"GET /me/identity", "", [5]int{401, 200, 403, 403, 403}},
	{"PUT /me/identity", `{"version":0,"kind":"person","name":"An","number":"1"}`, [5]int{401, 200, 403, 403, 403}},
	{"GET /me/identity/files", "", [5]int{401, 200, 403, 403, 403}},
	{"GET /identities/acc-9/files", "", [5]int{401, 403, 403, 403, 403}},
	{"GET /identities", "", [5]int{401, 403, 403, 403, 403}}, // registrars alone
	{"GET /identities/acc-9", "", [5]int{401, 403, 403, 403, 403}},
	{"POST /identities/acc-9/decide", `{"version":1,"verified":true}`, [5]int{401, 403, 403, 403, 403}},
	{"POST /identities/acc-9/reveal", `{"reason":"Đối chiếu"}`, [5]int{401, 403, 403, 403, 403}},
	{"POST /auth/set-up", `{"challenge":"x"}`, [5]int{200, 200, 200, 200, 200}},
	{"POST /auth/second-factor", `{"challenge":"x","code":"123456"}`, [5]int{200, 200, 200, 200, 200}},
	{"POST /auth/forgot", `{"login":"an"}`, [5]int{204, 204, 204, 204, 204}},
	{"POST /auth/reset", `{"token":"x","password":"mot-mat-khau"}`, [5]int{204, 204, 204, 204, 204}},
	{"POST /me/password", `{"old":"x","password":"mot-mat-khau"}`, [5]int{401, 204, 204, 204, 204}},
	{"GET /me/second-factor", "", [5]int{401, 200, 200, 200, 200}},
	{"POST /me/second-factor", `{"password":"x","code":""}`, [5]int{401, 200, 200, 200, 200}},
	{"POST /me/second-factor/confirm", `{"code":"123456"}`, [5]int{401, 200, 200, 200, 200}},
	{"POST /me/second-factor/remove", `{"password":"x","code":"123456"}`, [5]int{401, 204, 204, 204, 204}},
	{"GET /me/sign-ins", "", [5]int{401, 200, 200, 200, 200}},
	{"POST /me/sign-ins/end-others", "", [5]int{401, 204, 204, 204, 204}},
	{"POST /me/sign-ins/s-1/end", "", [5]int{401, 204, 204, 204, 204}},
}

var (
	stubCentre   = office.Centre{ID: "c-1", Host: true, Version: 1, Name: "Trung tâm", CreatedAt: 1}
	stubIdentity = office.OwnIdentity{
		State: office.IdentitySubmitted, SubmittedAt: 1,
		NewIdentity: office.NewIdentity{Version: 1, Kind: office.Person, Name: "An", IdentityFacts: office.IdentityFacts{Number: "••••0001"}},
	}
	stubExamined = office.ExaminedIdentity{AccountID: "acc-9", Login: "an", OwnIdentity: stubIdentity}
	stubSetUp    = office.SecondFactorSetUp{URI: "otpauth://totp/x", Typed: "ABCD"}
)

func (s *stubOffice) PublicCentres(context.Context) ([]office.PublicCentre, error) {
	return []office.PublicCentre{{ID: "c-1", Name: "Trung tâm"}}, s.call()
}

func (s *stubOffice) Centres(context.Context, office.Account) ([]office.Centre, error) {
	return []office.Centre{stubCentre}, s.call()
}

func (s *stubOffice) FoundCentre(context.Context, office.Account, office.NewCentre) (office.Centre, error) {
	return stubCentre, s.call()
}

func (s *stubOffice) EditCentre(context.Context, office.Account, string, office.CentreEdit) (office.Centre, error) {
	return stubCentre, s.call()
}

func (s *stubOffice) EditAccount(context.Context, office.Account, string, office.AccountEdit) (office.Account, error) {
	return stubAccount, s.call()
}

func (s *stubOffice) DropSecondFactor(context.Context, office.Account, string, string) error {
	return s.call()
}

func (s *stubOffice) Join(context.Context, office.NewBidder, string) (office.Account, error) {
	return stubAccount, s.call()
}

func (s *stubOffice) OwnIdentity(context.Context, office.Account) (office.OwnIdentity, error) {
	return stubIdentity, s.call()
}

func (s *stubOffice) SubmitIdentity(context.Context, office.Account, office.NewIdentity) (office.OwnIdentity, error) {
	return stubIdentity, s.call()
}

func (s *stubOffice) IdentityFiles(context.Context, office.Account, string) ([]office.File, error) {
	return nil, s.call()
}

func (s *stubOffice) FindIdentities(context.Context, office.Account, office.IdentityState, string) ([]office.ExaminedIdentity, error) {
	return []office.ExaminedIdentity{stubExamined}, s.call()
}

func (s *stubOffice) ExamineIdentity(context.Context, office.Account, string) (office.ExaminedIdentity, error) {
	return stubExamined, s.call()
}

func (s *stubOffice) DecideIdentity(context.Context, office.Account, string, int, bool, string) (office.ExaminedIdentity, error) {
	return stubExamined, s.call()
}

func (s *stubOffice) RevealIdentity(context.Context, office.Account, string, string) (office.ExaminedIdentity, error) {
	return stubExamined, s.call()
}

func (s *stubOffice) MayAttend(string, engine.SessionID) bool { return true }

func (s *stubOffice) BeginSetUpBy(context.Context, string, office.Device) (office.SecondFactorSetUp, error) {
	return stubSetUp, s.call()
}

func (s *stubOffice) SignInSecond(context.Context, string, string, office.Device) (office.Account, office.Refresh, []string, error) {
	return stubAccount, stubRefresh, []string{"A1234-56789"}, s.call()
}

func (s *stubOffice) ForgotPassword(context.Context, string, string) error { return s.call() }

func (s *stubOffice) ResetPassword(context.Context, string, string, string) (office.Account, []string, error) {
	return stubAccount, nil, s.call()
}

func (s *stubOffice) ChangePassword(context.Context, office.Account, string, string, string) ([]string, error) {
	return nil, s.call()
}

func (s *stubOffice) SecondFactor(context.Context, office.Account) (office.SecondFactorState, error) {
	return office.SecondFactorState{Set: true, RecoveryLeft: 10}, s.call()
}

func (s *stubOffice) BeginSecondFactor(context.Context, office.Account, string, string) (office.SecondFactorSetUp, error) {
	return stubSetUp, s.call()
}

func (s *stubOffice) ConfirmSecondFactor(context.Context, office.Account, string) ([]string, error) {
	return []string{"A1234-56789"}, s.call()
}

func (s *stubOffice) RemoveSecondFactor(context.Context, office.Account, string, string) error {
	return s.call()
}

func (s *stubOffice) SignIns(context.Context, office.Account, string) ([]office.SignInPlace, error) {
	return []office.SignInPlace{{ID: "s-1", CreatedAt: 1, SeenAt: 2, Current: true}}, s.call()
}

func (s *stubOffice) EndSignIns(context.Context, office.Account, string, string) ([]string, error) {
	return nil, s.call()
}

func (s *stubOffice) EndSignInsOf(context.Context, office.Account, string, string) ([]string, error) {
	return []string{"s-9"}, s.call()
}
