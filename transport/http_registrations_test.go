package transport

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"gobua/engine"
	"gobua/office"
)

const goodForm = `"noConflict":true,"representative":"","representativeId":"","refundTo":{}`

// registrationRights: bidders have their own, the registrar the desk, and
// nobody else any.
var registrationRights = []right{
	{"POST /registrations", `{"auctionId":"a-1","lotId":"l-1"}`, [5]int{401, 201, 403, 403, 403}},
	{"GET /registrations/mine", "", [5]int{401, 200, 403, 403, 403}},
	{"GET /registrations/r-1", "", [5]int{401, 200, 403, 403, 403}},
	{"PUT /registrations/r-1", `{"version":1,` + goodForm + `}`, [5]int{401, 200, 403, 403, 403}},
	{"POST /registrations/r-1/submit", `{"version":1}`, [5]int{401, 200, 403, 403, 403}},
	{"POST /registrations/r-1/withdraw", `{"reason":""}`, [5]int{401, 200, 403, 403, 403}},
	{"POST /registrations/r-1/sent", `{"payment":"fee"}`, [5]int{401, 200, 403, 403, 403}},
	{"GET /banks", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /auctions/a-1/registrations", "", [5]int{401, 403, 403, 403, 403}},
	{"POST /auctions/a-1/registrations", `{"accountId":"x","lotId":"l-1",` + goodForm + `}`, [5]int{401, 403, 403, 403, 403}},
	{"POST /registrations/r-1/decide", `{"version":1,"approve":true}`, [5]int{401, 403, 403, 403, 403}},
	{"POST /registrations/r-1/cash", `{"payment":"fee","amount":1}`, [5]int{401, 403, 403, 403, 403}},
	{"POST /registrations/r-1/guarantee", `{"note":"x"}`, [5]int{401, 403, 403, 403, 403}},
	{"POST /registrations/r-1/waive", `{"payment":"fee","reason":"x"}`, [5]int{401, 403, 403, 403, 403}},
	{"GET /auctions/a-1/statements", "", [5]int{401, 403, 403, 403, 403}},
	{"POST /auctions/a-1/statements", `{"fileId":"f-1"}`, [5]int{401, 403, 403, 403, 403}},
	{"GET /statements/s-1", "", [5]int{401, 403, 403, 403, 403}},
	{"POST /statements/s-1/confirm", `{"assign":[]}`, [5]int{401, 403, 403, 403, 403}},
}

func ownOfTests() office.OwnRegistration {
	p := office.OwnPayment{Memo: "GBFEE00001", State: office.PaymentDue}
	return office.OwnRegistration{
		ID: "r-1", Version: 1, Dossier: office.DossierDraft, Standing: office.StandingIn, Fee: p, Deposit: p,
		Step: office.Step{Code: office.StepDeclare},
	}
}

func deskOfTests() office.DeskRegistration {
	p := office.DeskPayment{Payment: office.Payment{Memo: "GBFEE00001", State: office.PaymentDue}}
	return office.DeskRegistration{
		ID: "r-1", Version: 1, Dossier: office.DossierDraft, Standing: office.StandingIn, Fee: p, Deposit: p, Flags: []office.Flag{},
	}
}

func (s *stubOffice) Register(context.Context, office.Account, string, string) (office.OwnRegistration, error) {
	return ownOfTests(), s.call()
}

func (s *stubOffice) MyRegistrations(context.Context, office.Account) ([]office.OwnRegistration, error) {
	return []office.OwnRegistration{ownOfTests()}, s.call()
}

func (s *stubOffice) MyRegistration(context.Context, office.Account, string) (office.OwnRegistration, error) {
	return ownOfTests(), s.call()
}

func (s *stubOffice) EditRegistration(context.Context, office.Account, string, int, office.DossierForm) (office.OwnRegistration, error) {
	return ownOfTests(), s.call()
}

func (s *stubOffice) SubmitRegistration(context.Context, office.Account, string, int) (office.OwnRegistration, error) {
	return ownOfTests(), s.call()
}

func (s *stubOffice) WithdrawRegistration(context.Context, office.Account, string, string) (office.OwnRegistration, error) {
	return ownOfTests(), s.call()
}

func (s *stubOffice) MarkSent(context.Context, office.Account, string, office.PaymentKind) (office.OwnRegistration, error) {
	return ownOfTests(), s.call()
}

func (s *stubOffice) Registrations(context.Context, office.Account, string) ([]office.DeskRegistration, error) {
	return []office.DeskRegistration{deskOfTests()}, s.call()
}

func (s *stubOffice) RegisterAtCounter(context.Context, office.Account, string, office.CounterForm) (office.DeskRegistration, error) {
	return deskOfTests(), s.call()
}

func (s *stubOffice) DecideRegistration(context.Context, office.Account, string, office.Decision) (office.DeskRegistration, error) {
	return deskOfTests(), s.call()
}

func (s *stubOffice) TakeCash(context.Context, office.Account, string, office.PaymentKind, engine.Dong) (office.DeskRegistration, office.Receipt, error) {
	return deskOfTests(), office.Receipt{Payment: office.FeePayment}, s.call()
}

func (s *stubOffice) AcceptGuarantee(context.Context, office.Account, string, string) (office.DeskRegistration, error) {
	return deskOfTests(), s.call()
}

func (s *stubOffice) Waive(context.Context, office.Account, string, office.PaymentKind, string) (office.DeskRegistration, error) {
	return deskOfTests(), s.call()
}

func (s *stubOffice) ImportStatement(context.Context, office.Account, string, string) (office.Statement, error) {
	return office.Statement{ID: "s-1"}, s.call()
}

func (s *stubOffice) ConfirmStatement(context.Context, office.Account, string, []office.Assignment) (office.Statement, error) {
	return office.Statement{ID: "s-1"}, s.call()
}

func (s *stubOffice) Statement(context.Context, office.Account, string) (office.Statement, error) {
	return office.Statement{ID: "s-1"}, s.call()
}

func (s *stubOffice) Statements(context.Context, office.Account, string) ([]office.Statement, error) {
	return []office.Statement{{ID: "s-1"}}, s.call()
}

func TestTheRegistrarHasTheDesk(t *testing.T) {
	s := newSite(t, new(stubOffice))
	for _, r := range registrationRights {
		method, path, body := cutRequest(r)
		got := s.ask(method, path, body, s.as(engine.RoleRegistrar)...)
		if atDesk := r.statuses[1] == 403 || r.statuses[0] == 200; atDesk != (got.StatusCode < 300) {
			t.Errorf("%s as registrar: %d %s", r.request, got.StatusCode, got.body)
		}
	}
}

func cutRequest(r right) (method, path string, body any) {
	for i := range r.request {
		if r.request[i] == ' ' {
			method, path = r.request[:i], apiPrefix+r.request[i+1:]
			break
		}
	}
	if r.body != "" {
		body = r.body
	}
	return method, path, body
}

func TestTheTypesOfRegistrationsHaveTheFieldsOfTheFile(t *testing.T) {
	f := readAPIFile(t)
	for schema, v := range map[string]any{
		"OwnRegistration": office.OwnRegistration{}, "OwnPayment": office.OwnPayment{}, "NextStep": office.Step{},
		"DeskRegistration": office.DeskRegistration{}, "DeskPayment": office.DeskPayment{}, "DeskFlag": office.Flag{},
		"DossierForm": office.DossierForm{}, "CashReceipt": office.Receipt{}, "Statement": office.Statement{},
		"StatementRow": office.StatementRow{}, "Assignment": office.Assignment{},
	} {
		have, want := jsonFields(reflect.TypeOf(v)), f.fields(f.Components.Schemas[schema])
		if !slices.Equal(have, want) {
			t.Errorf("%s: %T writes %v, the file says %v", schema, v, have, want)
		}
	}
}
