package transport

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"gobua/engine"
	"gobua/office"
	"gobua/office/table"
)

const (
	someHash = `"hash":"0000000000000000000000000000000000000000000000000000000000000000"`
	signing  = `{"number":1,` + someHash + `,"proof":"x"}`
)

var afterRights = []right{
	{"GET /notices/a-1/outcomes", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /alarms", "", [5]int{401, 403, 200, 200, 200}},
	{"GET /auctions/a-1/proceedings", "", [5]int{401, 403, 200, 200, 200}},
	{"POST /proceedings/l-1/consent", `{"given":true,"document":"d"}`, [5]int{401, 403, 200, 403, 403}},
	{"POST /proceedings/l-1/offer", "", [5]int{401, 403, 200, 403, 403}},
	{"POST /proceedings/l-1/refusal", `{"reason":"r"}`, [5]int{401, 403, 200, 403, 403}},
	{"POST /proceedings/l-1/disqualify", `{"code":"M-1","reason":"r"}`, [5]int{401, 403, 200, 403, 403}},
	{"POST /proceedings/l-1/payments", `{"amount":1,"reference":"r"}`, [5]int{401, 403, 200, 403, 403}},
	{"GET /proceedings/l-1/minutes", "", [5]int{401, 403, 422, 422, 422}},
	{"POST /proceedings/l-1/sign", signing, [5]int{401, 403, 200, 200, 403}},
	{"POST /proceedings/l-1/refuse-to-sign", `{"number":1,` + someHash + `,"reason":"r"}`, [5]int{401, 403, 200, 200, 403}},
	{"GET /auctions/a-1/deposits", "", [5]int{401, 403, 200, 200, 200}},
	{"GET /auctions/a-1/refunds", "", [5]int{401, 403, 200, 403, 403}},
	{"POST /auctions/a-1/refunds", `{"registrations":["r-1"],"reference":"r"}`, [5]int{401, 403, 200, 403, 403}},
	{"POST /registrations/r-1/forfeit", `{"ground":"absent","reason":"r"}`, [5]int{401, 403, 200, 403, 200}},
	{"POST /registrations/r-1/forfeit-decision", `{"approve":true,"reason":"r"}`, [5]int{401, 403, 200, 403, 200}},
	{"GET /my/proceedings", "", [5]int{401, 200, 403, 403, 403}},
	{"GET /my/proceedings/l-1/minutes", "", [5]int{401, 422, 403, 403, 403}},
	{"POST /my/proceedings/l-1/confirm", signing, [5]int{401, 200, 403, 403, 403}},
	{"POST /my/proceedings/l-1/refuse", `{"typed":"M-1"}`, [5]int{401, 200, 403, 403, 403}},
	{"POST /my/proceedings/l-1/accept", `{"proof":"x"}`, [5]int{401, 200, 403, 403, 403}},
	{"POST /my/proceedings/l-1/decline", "", [5]int{401, 200, 403, 403, 403}},
}

var (
	stubProceeding = office.Proceeding{
		LotID: "l-1", AuctionID: "a-1", Version: 1, State: office.ProceedingConfirm,
		ProceedingFacts: office.ProceedingFacts{
			Currency: "VND", Lot: engine.Lot{AuctionID: "a-1", LotID: "l-1", Number: 1, Kind: "car", Title: "Xe"},
			Steps: []office.ProceedingStep{{At: 1, Kind: office.StepAnnounced, Code: "M-1", Price: 2}},
		},
	}
	stubMine = office.MyProceeding{
		LotOutcome: office.LotOutcome{AuctionID: "a-1", LotID: "l-1", Number: 1, Title: "Xe", State: office.ProceedingConfirm, Currency: "VND"},
		MyCode:     "M-1", Part: office.PartWinner,
	}
)

func (s *stubOffice) Outcomes(context.Context, string) ([]office.LotOutcome, error) {
	return []office.LotOutcome{stubMine.LotOutcome}, s.call()
}

func (s *stubOffice) Proceedings(context.Context, office.Account, string) ([]office.ProceedingView, error) {
	return []office.ProceedingView{{Proceeding: stubProceeding, Minutes: []office.Minutes{}}}, s.call()
}

func (s *stubOffice) AfterAlarms(context.Context, office.Account) ([]office.Alarms, error) {
	return []office.Alarms{{AuctionID: "a-1", RefundsDue: 1}}, s.call()
}

func (s *stubOffice) OwnerConsents(context.Context, office.Account, string, bool, office.Word) (office.Proceeding, error) {
	return stubProceeding, s.call()
}

func (s *stubOffice) OfferAdjacent(context.Context, office.Account, string) (office.Proceeding, error) {
	return stubProceeding, s.call()
}

func (s *stubOffice) RecordRefusal(context.Context, office.Account, string, bool, office.Word) (office.Proceeding, error) {
	return stubProceeding, s.call()
}

func (s *stubOffice) DisqualifyAfter(context.Context, office.Account, string, engine.ParticipantCode, office.Word) (office.Proceeding, error) {
	return stubProceeding, s.call()
}

func (s *stubOffice) NotePayment(context.Context, office.Account, string, engine.Dong, string) (office.Proceeding, error) {
	return stubProceeding, s.call()
}

func (s *stubOffice) MinutesFile(context.Context, office.Account, string, int) (office.Minutes, error) {
	return office.Minutes{Number: 1, PDF: []byte("%PDF")}, s.call()
}

func (s *stubOffice) SignMinutes(context.Context, office.Account, string, office.Signing) (office.Proceeding, error) {
	return stubProceeding, s.call()
}

func (s *stubOffice) RefuseToSign(context.Context, office.Account, string, office.Signing, string) (office.Proceeding, error) {
	return stubProceeding, s.call()
}

func (s *stubOffice) Deposits(context.Context, office.Account, string) ([]office.DepositLine, error) {
	return []office.DepositLine{{RegistrationID: "r-1", LotID: "l-1", State: office.PaymentRefundDue}}, s.call()
}

func (s *stubOffice) RefundFile(context.Context, office.Account, string, table.Format) ([]byte, error) {
	return []byte("PK"), s.call()
}

func (s *stubOffice) MarkRefunded(context.Context, office.Account, string, []string, string) error {
	return s.call()
}

func (s *stubOffice) ProposeForfeit(context.Context, office.Account, string, office.ForfeitGround, string) (office.Registration, error) {
	return stubForfeit(), s.call()
}

func (s *stubOffice) DecideForfeit(context.Context, office.Account, string, bool, string) (office.Registration, error) {
	return stubForfeit(), s.call()
}

func stubForfeit() (r office.Registration) {
	r.ID, r.Deposit.State = "r-1", office.PaymentReceived
	r.Deposit.Forfeit = &office.Forfeit{Ground: office.ForfeitAbsent}
	return r
}

func (s *stubOffice) MyProceedings(context.Context, office.Account) ([]office.MyProceeding, error) {
	return []office.MyProceeding{stubMine}, s.call()
}

func (s *stubOffice) MyMinutes(context.Context, office.Account, string, int) (office.Minutes, error) {
	return office.Minutes{Number: 1, PDF: []byte("%PDF")}, s.call()
}

func (s *stubOffice) ConfirmResult(context.Context, office.Account, string, office.Signing) (office.MyProceeding, error) {
	return stubMine, s.call()
}

func (s *stubOffice) RefuseResult(context.Context, office.Account, string, string, string) (office.MyProceeding, error) {
	return stubMine, s.call()
}

func (s *stubOffice) AnswerOffer(context.Context, office.Account, string, bool, string) (office.MyProceeding, error) {
	return stubMine, s.call()
}

func TestTheTypesOfWhatFollowsHaveTheFieldsOfTheFile(t *testing.T) {
	f := readAPIFile(t)
	for schema, v := range map[string]any{
		"Proceeding": office.Proceeding{}, "ProceedingView": office.ProceedingView{}, "ProceedingStep": office.ProceedingStep{},
		"Award": office.Award{}, "Settlement": office.Settlement{}, "Minutes": office.Minutes{}, "LotOutcome": office.LotOutcome{},
		"MyProceeding": office.MyProceeding{}, "DepositLine": office.DepositLine{}, "Forfeit": office.Forfeit{}, "Alarms": office.Alarms{},
	} {
		have, want := jsonFields(reflect.TypeOf(v)), f.fields(f.Components.Schemas[schema])
		if !slices.Equal(have, want) {
			t.Errorf("%s: %T writes %v, the file says %v", schema, v, have, want)
		}
	}
}
