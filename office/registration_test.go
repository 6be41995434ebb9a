package office_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
	"gobua/office/bank"
)

// fair is a house with one listed auction of two lots: dossiers from 08:00 on
// 24 November to 17:00 on the 27th, deposits from the 25th to the 28th.
type fair struct {
	*house
	auction                office.Auction
	lot, second            string
	dossierFrom, dossierTo time.Time
	depositFrom, depositTo time.Time
	identified             int // how many have an identity
}

var saigon = time.FixedZone("+07:00", 7*60*60)

func newFair(t *testing.T, change ...func(*office.Auction)) *fair {
	t.Helper()
	f := &fair{house: open(t)}
	day := func(d, hour int) time.Time { return time.Date(2026, 11, d, hour, 0, 0, 0, saigon) }
	f.dossierFrom, f.dossierTo, f.depositFrom, f.depositTo = day(24, 8), day(27, 17), day(25, 0), day(28, 17)
	draft := sheet(f.house)
	draft.Participants, draft.Owner = nil, "Công ty Lúa Vàng"
	made, err := f.CreateAuction(background, f.auctioneer, draft, "")
	check(t, err)
	f.auction, err = f.store.ChangeAuction(background, made.ID, func(a *office.Auction) (office.Trail, error) {
		a.Status, a.ListedAt = office.StatusListed, engine.InstantOf(f.Now())
		a.Sheet.Windows = office.SheetWindows{
			Dossier: office.Window{From: engine.InstantOf(f.dossierFrom), To: engine.InstantOf(f.dossierTo)},
			Deposit: office.Window{From: engine.InstantOf(f.depositFrom), To: engine.InstantOf(f.depositTo)},
			CheckIn: engine.InstantOf(day(30, 8)),
		}
		a.Sheet.Money = office.SheetMoney{DossierFee: 100_000, CashLimit: 5_000_000, Guarantee: true, Account: office.BankAccount{BIN: "970436", Number: "0071000123456", Holder: "TRUNG TAM DAU GIA"}}
		a.Sheet.After.RefundDays = 3
		for i := range a.Lots {
			a.Lots[i].Deposit = 20_000_000
		}
		for _, c := range change {
			c(a)
		}
		a.NewRules = f.rules(a, 1)
		return office.Trail{At: engine.InstantOf(f.Now())}, nil
	})
	check(t, err)
	f.lot, f.second = f.auction.Lots[0].ID, f.auction.Lots[1].ID
	f.at(f.dossierFrom)
	return f
}

// rules is a version of the rules as a store keeps it.
func (f *fair) rules(a *office.Auction, number int, changes ...office.Change) *office.RulesVersion {
	frozen := []byte(`{}`)
	v := office.RulesVersion{
		AuctionID: a.ID, Number: number, Sheet: frozen, Hash: sha256.Sum256(frozen), Changes: changes,
		MadeBy: f.auctioneer.ID, MadeAt: engine.InstantOf(f.Now()),
	}
	if number > 1 {
		v.Notice = "Giảm giá khởi điểm"
	}
	return &v
}

// at moves the clock.
func (f *fair) at(t time.Time) { f.pass(t.Sub(f.Now())) }

var form = office.DossierForm{NoConflict: true, RefundTo: office.BankAccount{BIN: "970415", Number: "101010101", Holder: "NGUYEN VAN AN"}}

// formOf has an account of its own, so that nobody shares one.
func formOf(n int) office.DossierForm {
	f := form
	f.RefundTo.Number = fmt.Sprintf("1010101%02d", n)
	return f
}

// known gives an account an identity, once, and has it verified.
func (f *fair) known(t *testing.T, who office.Account) {
	t.Helper()
	if i, err := f.IdentityOf(background, who.ID); err != nil || i.Submitted {
		check(t, err)
		return
	}
	f.identified++
	own, err := f.SubmitIdentity(background, who, office.NewIdentity{Kind: office.Person, Name: who.Name, IdentityFacts: office.IdentityFacts{
		Number: fmt.Sprintf("079090%06d", f.identified), Born: "1990-05-17", Address: "Số 1, phường An Khánh", Phone: "0909000111",
	}})
	check(t, err)
	_, err = f.DecideIdentity(background, f.registrar, who.ID, own.Version, true, "")
	check(t, err)
}

// submitted registers an account for the first lot and hands its dossier in.
func (f *fair) submitted(t *testing.T, who office.Account, form office.DossierForm) office.OwnRegistration {
	t.Helper()
	f.known(t, who)
	r, err := f.Register(background, who, f.auction.ID, f.lot)
	check(t, err)
	r, err = f.EditRegistration(background, who, r.ID, r.Version, form)
	check(t, err)
	r, err = f.SubmitRegistration(background, who, r.ID, r.Version)
	check(t, err)
	return r
}

func (f *fair) approve(t *testing.T, r office.OwnRegistration) office.DeskRegistration {
	t.Helper()
	v, err := f.DecideRegistration(background, f.registrar, r.ID, office.Decision{Version: r.Version, Approve: true, Reason: "đủ giấy tờ"})
	check(t, err)
	return v
}

// csv is a bank statement of rows "dd/mm/yyyy hh:mm:ss|amount|description|reference".
func csv(rows ...string) *strings.Reader {
	b := "Ngày giao dịch,Số tiền ghi có,Nội dung,Số tham chiếu\n"
	for _, r := range rows {
		b += strings.ReplaceAll(r, "|", ",") + "\n"
	}
	return strings.NewReader(b)
}

func (f *fair) preview(t *testing.T, rows ...string) office.Statement {
	t.Helper()
	s, err := f.PreviewStatement(background, f.registrar, f.auction.ID, "sao-ke.csv", csv(rows...))
	check(t, err)
	return s
}

func (f *fair) confirm(t *testing.T, s office.Statement, byHand ...office.Assignment) office.Statement {
	t.Helper()
	s, err := f.ConfirmStatement(background, f.registrar, s.ID, byHand)
	check(t, err)
	return s
}

func (f *fair) own(t *testing.T, who office.Account, id string) office.OwnRegistration {
	t.Helper()
	r, err := f.MyRegistration(background, who, id)
	check(t, err)
	return r
}

// From the first click to the code: every step names the one thing to do.
func TestARegistrationFromDeclarationToCode(t *testing.T) {
	f := newFair(t)
	step := func(r office.OwnRegistration, want office.StepCode) {
		t.Helper()
		if r.Step.Code != want {
			t.Fatalf("next step %+v, want %s", r.Step, want)
		}
	}
	r, err := f.Register(background, f.an, f.auction.ID, f.lot)
	check(t, err)
	step(r, office.StepIdentity)
	_, err = f.SubmitRegistration(background, f.an, r.ID, r.Version)
	wantsFields(t, err, office.Field{Field: "identity", Code: "missing"}, office.Field{Field: "noConflict", Code: "missing"},
		office.Field{Field: "refundTo.number", Code: "missing"})
	f.known(t, f.an)
	r = f.own(t, f.an, r.ID)
	step(r, office.StepDeclare)
	again, err := f.Register(background, f.an, f.auction.ID, f.lot)
	check(t, err)
	if again.ID != r.ID || again.Deposit.Memo != r.Deposit.Memo || r.Fee.Memo == r.Deposit.Memo {
		t.Fatal("registering twice made two")
	}
	_, err = f.SubmitRegistration(background, f.an, r.ID, r.Version)
	wantsFields(t, err, office.Field{Field: "noConflict", Code: "missing"}, office.Field{Field: "refundTo.number", Code: "missing"})
	r, err = f.EditRegistration(background, f.an, r.ID, r.Version, form)
	check(t, err)
	step(r, office.StepPayFee)
	paid, err := bank.ParseVietQR(r.Fee.QR)
	check(t, err)
	if paid.Amount != 100_000 || paid.Memo != r.Fee.Memo || paid.To.Number != "0071000123456" || r.Deposit.QR != "" {
		t.Fatalf("%+v, deposit %q", paid, r.Deposit.QR)
	}
	r, err = f.MarkSent(background, f.an, r.ID, office.FeePayment)
	check(t, err)
	step(r, office.StepSubmit)
	r, err = f.SubmitRegistration(background, f.an, r.ID, r.Version)
	check(t, err)
	step(r, office.StepWaitDeposit)
	_, err = f.EditRegistration(background, f.an, r.ID, r.Version, form)
	wants(t, err, office.ErrWrongState)

	f.at(f.depositFrom)
	step(f.own(t, f.an, r.ID), office.StepPayDeposit)
	f.confirm(t, f.preview(t,
		"24/11/2026 09:00:00|100000|"+r.Fee.Memo+" tien ho so|FT01",
		"25/11/2026 10:00:00|20000000|NGUYEN VAN AN "+strings.ToLower(r.Deposit.Memo)+"|FT02"))
	r = f.own(t, f.an, r.ID)
	step(r, office.StepWaitApproval)
	if r.Code != "" {
		t.Fatal("a code before the approval")
	}
	if v := f.approve(t, r); !v.Admitted {
		t.Fatalf("%+v", v)
	}
	r = f.own(t, f.an, r.ID)
	step(r, office.StepCheckIn)
	if !strings.HasPrefix(string(r.Code), "M-") || r.CodeIssuedAt == 0 {
		t.Fatalf("code %q", r.Code)
	}
	admitted, err := f.Admitted(background, f.auction.ID)
	check(t, err)
	if a := admitted[f.lot]; len(a) != 1 || a[0].AccountID != f.an.ID || a[0].Code != r.Code || len(admitted) != 1 {
		t.Fatalf("%+v", admitted)
	}
	_, err = f.MyRegistration(background, f.binh, r.ID)
	wants(t, err, office.ErrNotFound)
}

// The dossier window is From ≤ t < To on the server's clock.
func TestRegisteringHasItsWindow(t *testing.T) {
	f := newFair(t)
	for _, c := range []struct {
		at   time.Time
		want error
	}{
		{f.dossierFrom.Add(-time.Millisecond), office.ErrTooEarly},
		{f.dossierFrom, nil},
		{f.dossierTo.Add(-time.Millisecond), nil},
		{f.dossierTo, office.ErrTooLate},
	} {
		f.at(c.at)
		r, err := f.Register(background, f.an, f.auction.ID, f.lot)
		wants(t, err, c.want)
		if err == nil {
			_, err = f.WithdrawRegistration(background, f.an, r.ID, "")
			check(t, err)
		}
	}
	_, err := f.Register(background, f.an, f.auction.ID, "00000000-0000-4000-8000-00000000dead")
	wantsFields(t, err, office.Field{Field: "lotId", Code: "unknown"})
	_, err = f.Register(background, f.registrar, f.auction.ID, f.lot)
	wants(t, err, office.ErrForbidden)
}

// A rejected dossier can be corrected and handed in again until the deadline.
func TestARejectedDossierIsCorrected(t *testing.T) {
	f := newFair(t)
	r := f.submitted(t, f.an, form)
	_, err := f.DecideRegistration(background, f.registrar, r.ID, office.Decision{Version: r.Version})
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"})
	_, err = f.DecideRegistration(background, f.registrar, r.ID, office.Decision{Version: r.Version, Reason: "Thiếu bản sao căn cước"})
	check(t, err)
	r = f.own(t, f.an, r.ID)
	if r.Step.Code != office.StepCorrect || r.Step.Reason != "Thiếu bản sao căn cước" || !r.Editable {
		t.Fatalf("%+v", r.Step)
	}
	stale := r.Version
	r, err = f.EditRegistration(background, f.an, r.ID, r.Version, form)
	check(t, err)
	_, err = f.EditRegistration(background, f.an, r.ID, stale, form)
	wants(t, err, office.ErrEditedMeanwhile)
	r, err = f.SubmitRegistration(background, f.an, r.ID, r.Version)
	check(t, err)
	if r.Reason != "" || r.Dossier != office.DossierSubmitted {
		t.Fatalf("%+v", r)
	}
	if v := f.approve(t, r); v.Dossier != office.DossierApproved {
		t.Fatalf("%+v", v)
	}
	late := f.submitted(t, f.binh, formOf(2))
	_, err = f.DecideRegistration(background, f.registrar, late.ID, office.Decision{Version: late.Version, Reason: "Thiếu chữ ký"})
	check(t, err)
	f.at(f.dossierTo)
	_, err = f.SubmitRegistration(background, f.binh, late.ID, late.Version+1)
	wants(t, err, office.ErrTooLate)
	if s := f.own(t, f.binh, late.ID).Step; s.Code != office.StepRejected {
		t.Fatalf("%+v", s)
	}
}

// A representative acts for one participant of a lot (P8), and the officer is
// told of shared accounts.
func TestAProxyActsForOneParticipantOfALot(t *testing.T) {
	f := newFair(t)
	proxy := formOf(1)
	proxy.Representative, proxy.RepresentativeID = "Lê Thị Ba", "079 123 456 789"
	first := f.submitted(t, f.an, proxy)
	if first.ProxyLast != "789" {
		t.Fatalf("%+v", first)
	}
	f.known(t, f.binh)
	r, err := f.Register(background, f.binh, f.auction.ID, f.lot)
	check(t, err)
	missing := formOf(1)
	missing.Representative = "Lê Thị Ba"
	_, err = f.EditRegistration(background, f.binh, r.ID, r.Version, missing)
	wantsFields(t, err, office.Field{Field: "representativeId", Code: "missing"})
	r, err = f.EditRegistration(background, f.binh, r.ID, r.Version, proxy)
	check(t, err)
	_, err = f.SubmitRegistration(background, f.binh, r.ID, r.Version)
	wantsFields(t, err, office.Field{Field: "representativeId", Code: "proxy_of_another"})
	r, err = f.EditRegistration(background, f.binh, r.ID, r.Version, formOf(1))
	check(t, err)
	r, err = f.SubmitRegistration(background, f.binh, r.ID, r.Version)
	check(t, err)
	_, err = f.DecideRegistration(background, f.registrar, r.ID, office.Decision{Version: r.Version, Approve: true})
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"}) // the account is shared: say why it may be
	list, err := f.Registrations(background, f.registrar, f.auction.ID)
	check(t, err)
	if len(list) != 2 || len(list[1].Flags) != 1 || list[1].Flags[0] != (office.Flag{Code: office.FlagSameAccount, With: first.ID}) {
		t.Fatalf("%+v", list[1].Flags)
	}
}

// Cash, guarantee and a fee let off, each once.
func TestMoneyAtTheCounter(t *testing.T) {
	f := newFair(t, func(a *office.Auction) { a.Lots[0].Deposit = 4_000_000 })
	r := f.submitted(t, f.an, form)
	f.at(f.depositFrom)
	_, _, err := f.TakeCash(background, f.registrar, r.ID, office.DepositPayment, 3_999_999)
	wantsFields(t, err, office.Field{Field: "amount", Code: "not_the_amount_due"})
	_, receipt, err := f.TakeCash(background, f.registrar, r.ID, office.DepositPayment, 4_000_000)
	check(t, err)
	if receipt.Number != "PT-"+r.Deposit.Memo || receipt.Payer != f.an.Name || receipt.Lot != 1 || receipt.At != engine.InstantOf(f.Now()) {
		t.Fatalf("%+v", receipt)
	}
	_, _, err = f.TakeCash(background, f.registrar, r.ID, office.DepositPayment, 4_000_000)
	wants(t, err, office.ErrWrongState)
	_, err = f.Waive(background, f.registrar, r.ID, office.FeePayment, "hộ nghèo")
	check(t, err)
	if v := f.approve(t, f.own(t, f.an, r.ID)); !v.Admitted || v.Fee.Waived != 100_000 {
		t.Fatalf("%+v", v)
	}
	other := f.submitted(t, f.binh, formOf(2))
	_, err = f.AcceptGuarantee(background, f.registrar, other.ID, "Vietcombank số 12/BL")
	check(t, err)
	v, err := f.AcceptGuarantee(background, f.registrar, other.ID, "Vietcombank số 12/BL")
	check(t, err)
	if v.Deposit.State != office.PaymentGuaranteed || v.Version != other.Version+1 {
		t.Fatalf("%+v", v)
	}
	f.at(f.depositTo)
	counter := f.account(t, "cham", "Người Chậm", engine.RoleBidder)
	_, err = f.RegisterAtCounter(background, f.registrar, f.auction.ID, office.CounterForm{AccountID: counter.ID, LotID: f.lot, DossierForm: formOf(3)})
	wants(t, err, office.ErrTooLate)
}

// The office may accept a guarantee after the window, if it was handed in
// inside of it; one that lay there before counts from the window's beginning.
func TestAGuaranteeCountsFromWhenItWasHandedIn(t *testing.T) {
	f := newFair(t)
	for i, c := range []struct {
		uploaded, accepted time.Time
		want               error
	}{
		{f.dossierFrom.Add(time.Hour), f.depositFrom.Add(-time.Millisecond), office.ErrTooEarly},
		{f.dossierFrom.Add(2 * time.Hour), f.depositFrom, nil},
		{f.depositTo.Add(-time.Millisecond), f.depositTo.Add(time.Hour), nil},
		{f.depositTo, f.depositTo.Add(time.Hour), office.ErrTooLate},
	} {
		who := f.account(t, fmt.Sprintf("bao.lanh.%d", i), fmt.Sprintf("Người Bảo Lãnh %d", i), engine.RoleBidder)
		f.at(f.dossierFrom)
		r := f.submitted(t, who, formOf(i))
		n := office.NewFile{Name: "bao-lanh.pdf", Type: "application/pdf", Size: 9, Purpose: office.FileGuarantee, Auction: f.auction.ID, Registration: r.ID}
		u := office.Upload{ID: uuid.NewString(), By: who.ID, CentreID: office.HostCentre, BegunAt: engine.InstantOf(c.uploaded), NewFile: n}
		check(t, f.store.InsertUpload(background, u, 10))
		check(t, f.store.InsertFile(background, office.File{
			ID: u.ID, Size: 9, MediaType: n.Type, Name: n.Name, Purpose: n.Purpose, CentreID: office.HostCentre, AuctionID: f.auction.ID,
			RegistrationID: r.ID, UploadedBy: who.ID, UploadedAt: engine.InstantOf(c.uploaded),
		}, 10, office.Trail{}))
		f.at(c.accepted)
		_, err := f.AcceptGuarantee(background, f.registrar, r.ID, "số 1")
		wants(t, err, c.want)
	}
}

// A registrar writes for a person who came with the papers.
func TestRegistrationAtTheCounter(t *testing.T) {
	f := newFair(t)
	f.known(t, f.an)
	in := office.CounterForm{AccountID: f.an.ID, LotID: f.lot, DossierForm: form}
	v, err := f.RegisterAtCounter(background, f.registrar, f.auction.ID, in)
	check(t, err)
	if !v.AtCounter || v.Dossier != office.DossierSubmitted {
		t.Fatalf("%+v", v)
	}
	_, err = f.RegisterAtCounter(background, f.registrar, f.auction.ID, in)
	wants(t, err, office.ErrRegistered)
	in.AccountID = f.auctioneer.ID
	_, err = f.RegisterAtCounter(background, f.registrar, f.auction.ID, in)
	wantsFields(t, err, office.Field{Field: "accountId", Code: "not_a_bidder"})
	for _, by := range []office.Account{f.admin, f.auctioneer, f.observer, f.an} {
		_, err = f.Registrations(background, by, f.auction.ID)
		wants(t, err, office.ErrForbidden)
	}
}

// Two tabs, one click each, at the same moment: one registration, one
// submission, one code.
func TestDoubleSubmitsDoNothingTwice(t *testing.T) {
	f := newFair(t)
	together := func(n int, act func(i int) error) {
		t.Helper()
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				if err := act(i); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	f.known(t, f.an)
	ids := make([]string, 6)
	together(len(ids), func(i int) error {
		r, err := f.Register(background, f.an, f.auction.ID, f.lot)
		ids[i] = r.ID
		return err
	})
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("several registrations: %v", ids)
		}
	}
	r := f.own(t, f.an, ids[0])
	r, err := f.EditRegistration(background, f.an, r.ID, r.Version, form)
	check(t, err)
	together(6, func(int) error {
		_, err := f.SubmitRegistration(background, f.an, r.ID, r.Version)
		return err
	})
	submitted := f.own(t, f.an, r.ID)
	if submitted.Version != r.Version+1 {
		t.Fatalf("version %d after six submissions of %d", submitted.Version, r.Version)
	}
	together(4, func(int) error {
		_, err := f.DecideRegistration(background, f.registrar, r.ID, office.Decision{Version: submitted.Version, Approve: true, Reason: "đủ"})
		return err
	})
	acts, err := f.store.Acts(background, office.ActQuery{SubjectID: r.ID, Limit: 50})
	check(t, err)
	seen := map[string]int{}
	for _, a := range acts {
		seen[a.Name]++
	}
	for _, name := range []string{"registration.open", "registration.submit", "registration.approve"} {
		if seen[name] != 1 {
			t.Errorf("%s stands %d times in the log", name, seen[name])
		}
	}
}

// Codes are different, all of one length, and say nothing about who came when;
// nobody but their owner is shown one, not even in log or audit log (P7, B5).
func TestCodesAreUniqueAndSecret(t *testing.T) {
	var logged bytes.Buffer
	f := newFair(t)
	f.Office = office.New(f.store, office.Options{Now: f.Now, Sessions: f.desk, Vault: keys(t), Log: slog.New(slog.NewTextHandler(&logged, nil))})
	const n = 24
	people, codes, ids := make([]office.Account, n), make([]string, n), make([]string, n)
	f.at(f.depositFrom)
	for i := range n {
		people[i] = f.account(t, fmt.Sprintf("nguoi.%02d", i), fmt.Sprintf("Người Số %02d", i), engine.RoleBidder)
		in := formOf(i)
		in.Representative, in.RepresentativeID = fmt.Sprintf("Đại Diện %02d", i), fmt.Sprintf("0791234567%02d", i)
		r := f.submitted(t, people[i], in)
		ids[i] = r.ID
		_, err := f.Waive(background, f.registrar, r.ID, office.FeePayment, "miễn")
		check(t, err)
		_, err = f.AcceptGuarantee(background, f.registrar, r.ID, "bảo lãnh")
		check(t, err)
	}
	var wg sync.WaitGroup
	for i := range n { // at once, so that draws meet
		wg.Go(func() {
			v, err := f.DecideRegistration(background, f.registrar, ids[i], office.Decision{Version: 5, Approve: true, Reason: "đủ"})
			if err != nil || !v.Admitted {
				t.Errorf("%v %+v", err, v)
			}
		})
	}
	wg.Wait()
	seen, inOrder := map[string]bool{}, 0
	for i := range n {
		codes[i] = string(f.own(t, people[i], ids[i]).Code)
		if seen[codes[i]] || len(codes[i]) != len("M-7331") {
			t.Fatalf("code %q", codes[i])
		}
		seen[codes[i]] = true
		if i > 0 && codes[i] > codes[i-1] {
			inOrder++
		}
	}
	if inOrder == n-1 || inOrder == 0 { // one chance in 24! either way
		t.Error("the codes follow the order of registration")
	}
	list, err := f.Registrations(background, f.registrar, f.auction.ID)
	check(t, err)
	acts, err := f.store.ActsFrom(background, 1, 10_000)
	check(t, err)
	rows, err := f.store.Registrations(background, office.RegistrationQuery{AuctionID: f.auction.ID, Limit: 100})
	check(t, err)
	places := map[string]string{"log": logged.String(), "staff answers": asJSON(t, list), "audit log": asJSON(t, acts), "rows": asJSON(t, rows)}
	for place, text := range places {
		for i := range n {
			if strings.Contains(text, codes[i]) {
				t.Errorf("%s tells the code %s", place, codes[i])
			}
			if strings.Contains(text, fmt.Sprintf("0791234567%02d", i)) {
				t.Errorf("%s tells a national id", place)
			}
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	check(t, err)
	return string(b)
}

// A change of price, quantity or quality after the registration opens the way
// out with the deposit, also after the deadline (P10, Điều 39.3).
func TestWithdrawingIsFreeWhenThePropertyChanged(t *testing.T) {
	f := newFair(t)
	r := f.submitted(t, f.an, form)
	f.at(f.depositFrom)
	_, err := f.AcceptGuarantee(background, f.registrar, r.ID, "bảo lãnh")
	check(t, err)
	f.at(f.dossierTo)
	_, err = f.WithdrawRegistration(background, f.an, r.ID, "đổi ý")
	wants(t, err, office.ErrTooLate)
	_, err = f.store.ChangeAuction(background, f.auction.ID, func(a *office.Auction) (office.Trail, error) {
		at := engine.InstantOf(f.Now())
		a.NewRules = f.rules(a, 2, office.Change{Topic: office.TopicPrice, LotID: f.lot})
		return office.Trail{At: at}, nil
	})
	check(t, err)
	if w := f.own(t, f.an, r.ID).Withdrawal; !w.Allowed || !w.Free || !w.Refund {
		t.Fatalf("%+v", w)
	}
	r, err = f.WithdrawRegistration(background, f.an, r.ID, "giá đã đổi")
	check(t, err)
	// Three working days after Friday 27 November: Wednesday 2 December, to its last millisecond.
	due := engine.InstantOf(time.Date(2026, 12, 3, 0, 0, 0, 0, saigon)) - 1
	if r.Deposit.State != office.PaymentRefundDue || r.Deposit.RefundDueAt != due || r.Step.Code != office.StepWithdrawn {
		t.Fatalf("%+v", r.Deposit)
	}
	again, err := f.WithdrawRegistration(background, f.an, r.ID, "giá đã đổi")
	check(t, err)
	if again.Version != r.Version {
		t.Fatal("withdrawing twice changed something")
	}
}

// The registrar of another centre does not even learn that a registration or a
// statement exists.
func TestAnotherCentreSeesNoRegistration(t *testing.T) {
	f := newFair(t)
	r := f.submitted(t, f.an, form)
	s := f.preview(t)
	other := office.Centre{ID: uuid.NewString(), Version: 1, Name: "Trung tâm tỉnh khác", CreatedAt: engine.InstantOf(f.Now())}
	check(t, f.store.InsertCentre(background, other, office.Trail{}))
	stranger := f.staffOf(t, other.ID, "ho.so.khac", engine.RoleRegistrar)
	for name, err := range map[string]error{
		"list":      second(f.Registrations(background, stranger, f.auction.ID)),
		"decide":    second(f.DecideRegistration(background, stranger, r.ID, office.Decision{Version: r.Version, Approve: true, Reason: "x"})),
		"guarantee": second(f.AcceptGuarantee(background, stranger, r.ID, "x")),
		"waive":     second(f.Waive(background, stranger, r.ID, office.FeePayment, "x")),
		"statement": second(f.Statement(background, stranger, s.ID)),
		"confirm":   second(f.ConfirmStatement(background, stranger, s.ID, nil)),
	} {
		if !errors.Is(err, office.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
