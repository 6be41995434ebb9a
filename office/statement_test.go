package office_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
	"gobua/office/bank"
)

// counter is a fair with one dossier handed in by each of two people, on the
// first day of the deposits.
func counter(t *testing.T) (f *fair, an, binh office.OwnRegistration) {
	t.Helper()
	f = newFair(t)
	an, binh = f.submitted(t, f.an, formOf(1)), f.submitted(t, f.binh, formOf(2))
	f.at(f.depositFrom)
	return f, an, binh
}

func (f *fair) memoOf(t *testing.T, who office.Account, r office.OwnRegistration) string {
	t.Helper()
	return f.own(t, who, r.ID).Deposit.Memo
}

// verdicts are those of a statement, in the order of its rows.
func verdicts(s office.Statement) string {
	var list []string
	for _, r := range s.Rows {
		list = append(list, string(r.Verdict))
	}
	return strings.Join(list, " ")
}

// Uploading shows what every row means and changes nothing; confirming books
// exactly what was shown.
func TestAStatementChangesNothingUntilItIsConfirmed(t *testing.T) {
	f, an, binh := counter(t)
	acts, err := f.store.Acts(background, office.ActQuery{AuctionID: f.auction.ID, Limit: 1})
	check(t, err)
	before := f.own(t, f.an, an.ID)
	s := f.preview(t,
		"25/11/2026 08:00:00|20000000|"+an.Deposit.Memo+"|FT1",
		"25/11/2026 08:01:00|100000|"+an.Fee.Memo+"|FT2",
		"25/11/2026 08:02:00|15000000|"+binh.Deposit.Memo+"|FT3",
		"25/11/2026 08:03:00|20000000|chuyen tien dat coc|FT4",
		"25/11/2026 08:04:00|1|GB22222222Q "+an.Fee.Memo+" "+binh.Fee.Memo+"|FT5")
	if got := verdicts(s); got != "matched matched underpaid no_memo several_memos" {
		t.Fatal(got)
	}
	if s.Rows[2].Difference != -5_000_000 || s.Rows[2].RegistrationID != binh.ID || s.Rows[2].Payment != office.DepositPayment {
		t.Fatalf("%+v", s.Rows[2])
	}
	after := f.own(t, f.an, an.ID)
	if after.Version != before.Version || after.Deposit != before.Deposit || after.Fee != before.Fee {
		t.Fatal("the preview changed a registration")
	}
	s = f.confirm(t, s)
	if s.ConfirmedBy != f.registrar.ID || !s.Rows[0].Applied || !s.Rows[2].Applied || s.Rows[3].Applied {
		t.Fatalf("%+v", s)
	}
	paid, part := f.own(t, f.an, an.ID), f.own(t, f.binh, binh.ID)
	if paid.Deposit.State != office.PaymentReceived || paid.Fee.State != office.PaymentReceived || paid.Deposit.PaidAt != engine.InstantOf(time.Date(2026, 11, 25, 8, 0, 0, 0, saigon)) {
		t.Fatalf("%+v", paid.Deposit)
	}
	if part.Deposit.State != office.PaymentDue || part.Deposit.Missing != 5_000_000 || part.Step.Code != office.StepPayFee {
		t.Fatalf("%+v %+v", part.Deposit, part.Step)
	}
	rest := f.confirm(t, f.preview(t, "25/11/2026 09:00:00|5000000|"+binh.Deposit.Memo+"|FT6"))
	if verdicts(rest) != "split" || f.own(t, f.binh, binh.ID).Deposit.State != office.PaymentReceived {
		t.Fatalf("the rest: %s", verdicts(rest))
	}
	more, err := f.store.Acts(background, office.ActQuery{AuctionID: f.auction.ID, Name: "payment.", Limit: 50})
	check(t, err)
	if len(more) != 4 || more[0].Seq <= acts[0].Seq {
		t.Fatalf("%d bookings in the log", len(more))
	}
}

// The same file again, the same row in another file, the same button pressed
// by two officers at once: booked once.
func TestAPaymentIsBookedOnce(t *testing.T) {
	f, an, _ := counter(t)
	row := "25/11/2026 08:00:00|20000000|" + an.Deposit.Memo + "|FT1"
	first, second := f.preview(t, row), f.preview(t, row)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := f.ConfirmStatement(background, f.registrar, first.ID, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	_, err := f.ConfirmStatement(background, f.registrar, second.ID, nil)
	wants(t, err, office.ErrEditedMeanwhile) // it shows a payment as due that is there
	third := f.preview(t, row, "25/11/2026 10:00:00|20000000|khac "+an.Deposit.Memo+"|FT9")
	if verdicts(third) != "duplicate already_paid" || third.ConfirmedBefore != "" {
		t.Fatalf("%s, before %q", verdicts(third), third.ConfirmedBefore)
	}
	if again := f.preview(t, row); verdicts(again) != "duplicate" || again.ConfirmedBefore != first.ID {
		t.Fatalf("%s, before %q", verdicts(again), again.ConfirmedBefore)
	}
	f.confirm(t, third)
	if d := f.own(t, f.an, an.ID).Deposit; d.Paid != 20_000_000 || d.State != office.PaymentReceived {
		t.Fatalf("%+v", d)
	}
	// The second transfer is there all the same: an officer says whose it is.
	extra := f.preview(t, row, "25/11/2026 10:00:00|20000000|khac "+an.Deposit.Memo+"|FT9")
	_, err = f.ConfirmStatement(background, f.registrar, extra.ID, []office.Assignment{{Line: extra.Rows[0].Line, RegistrationID: an.ID, Payment: office.DepositPayment, Reason: "thử"}})
	wantsFields(t, err, office.Field{Field: "assign.0.line", Code: "not_assignable"})
	f.confirm(t, extra, office.Assignment{Line: extra.Rows[1].Line, RegistrationID: an.ID, Payment: office.DepositPayment, Reason: "nộp hai lần, sẽ hoàn"})
	list, err := f.Registrations(background, f.registrar, f.auction.ID)
	check(t, err)
	if d := list[0].Deposit; d.Surplus != 20_000_000 || d.State != office.PaymentReceived {
		t.Fatalf("%+v", d)
	}
}

// Deposits are taken From ≤ t < To by the bank's booking time, to the
// millisecond as far as banks tell it; what is early or late is kept, shown,
// and counts when an officer accepts it for a reason.
func TestMoneyOutsideTheWindowWaitsForAnOfficer(t *testing.T) {
	for name, c := range map[string]struct {
		booked, verdict string
		state           office.PaymentState
	}{
		"a second early":         {"24/11/2026 23:59:59", "early", office.PaymentDue},
		"the first second":       {"25/11/2026 00:00:00", "matched", office.PaymentReceived},
		"the last second":        {"28/11/2026 16:59:59", "matched", office.PaymentReceived},
		"the first late second":  {"28/11/2026 17:00:00", "late", office.PaymentDue},
		"the last day, no time":  {"28/11/2026", "matched", office.PaymentReceived},
		"the day before":         {"24/11/2026", "early", office.PaymentDue},
		"the day after, no time": {"29/11/2026", "late", office.PaymentDue},
	} {
		t.Run(name, func(t *testing.T) {
			f, an, _ := counter(t)
			f.at(f.depositTo.Add(24 * time.Hour))
			s := f.confirm(t, f.preview(t, c.booked+"|20000000|"+an.Deposit.Memo+"|FT1"))
			if verdicts(s) != c.verdict {
				t.Fatalf("verdict %s", verdicts(s))
			}
			r := f.own(t, f.an, an.ID)
			if r.Deposit.State != c.state || r.Deposit.Paid != 20_000_000 || r.Deposit.Untimely != (c.state == office.PaymentDue) {
				t.Fatalf("%+v", r.Deposit)
			}
			if c.state != office.PaymentDue {
				return
			}
			again, err := f.Waive(background, f.registrar, an.ID, office.DepositPayment, "Ngân hàng xác nhận lỗi ghi có")
			check(t, err)
			if again.Deposit.State != office.PaymentReceived || again.Deposit.Note == "" || again.Deposit.ApprovedBy != f.registrar.ID {
				t.Fatalf("%+v", again.Deposit)
			}
		})
	}
}

// Row by row: wrong encoding, half a line, a row told twice; the good rows are
// shown beside what is wrong, and nothing is booked.
func TestABadBankFileIsToldRowByRow(t *testing.T) {
	f, an, binh := counter(t)
	row := "25/11/2026 08:00:00,20000000," + an.Deposit.Memo + ",FT1\n"
	head := "Ngày giao dịch,Số tiền ghi có,Nội dung,Số tham chiếu\n"
	for name, c := range map[string]struct{ file, verdicts, problems string }{
		"wrong encoding": {"Ng\xe0y giao d\xedch,S\xe8 ti\xeen\n" + row, "", "legacy_encoding"},
		"no table":       {"xin chào\n", "", "header_missing"},
		"empty":          {"", "", "empty"},
		"half a line":    {head + row + "25/11/2026 09:00:00,2000", "matched", "half_line"},
		"row told twice": {head + row + row, "matched duplicate", "duplicate_reference"},
		"bad cells":      {head + "32/13/2026,20000000,x,FT2\n25/11/2026,abc,y,FT3\n" + row, "matched", "bad_date bad_amount"},
	} {
		s, err := f.PreviewStatement(background, f.registrar, f.auction.ID, "sao-ke.csv", strings.NewReader(c.file))
		check(t, err)
		var problems []string
		for _, p := range s.Problems {
			problems = append(problems, p.Code)
		}
		if verdicts(s) != c.verdicts || strings.Join(problems, " ") != c.problems {
			t.Errorf("%s: rows %q, problems %q", name, verdicts(s), problems)
		}
	}
	if a, b := f.own(t, f.an, an.ID), f.own(t, f.binh, binh.ID); a.Deposit.Paid != 0 || b.Deposit.Paid != 0 {
		t.Error("a preview booked something")
	}
}

// Money of somebody who has withdrawn, and a row without a memo that an officer
// gives to a registration.
func TestRowsThatMatchNothingAreAssignedByHand(t *testing.T) {
	f, an, binh := counter(t)
	memo := f.memoOf(t, f.binh, binh)
	_, err := f.WithdrawRegistration(background, f.binh, binh.ID, "")
	check(t, err)
	s := f.preview(t, "25/11/2026 08:00:00|20000000|quen ghi noi dung|FT1", "25/11/2026 08:00:01|20000000|"+memo+"|FT2")
	if verdicts(s) != "no_memo already_paid" {
		t.Fatal(verdicts(s))
	}
	to := func(i int, r office.OwnRegistration) office.Assignment {
		return office.Assignment{Line: s.Rows[i].Line, RegistrationID: r.ID, Payment: office.DepositPayment, Reason: "đối chiếu giấy nộp tiền"}
	}
	_, err = f.ConfirmStatement(background, f.registrar, s.ID, []office.Assignment{{Line: 99}})
	wantsFields(t, err, office.Field{Field: "assign.0.line", Code: "not_assignable"}, office.Field{Field: "assign.0.payment", Code: "unknown"},
		office.Field{Field: "assign.0.reason", Code: "missing"}, office.Field{Field: "assign.0.registrationId", Code: "unknown"})
	s = f.confirm(t, s, to(0, an), to(1, binh))
	if s.Rows[0].Reason == "" || !s.Rows[0].Applied || s.Rows[0].Verdict != bank.NoMemo {
		t.Fatalf("%+v", s.Rows[0])
	}
	if d := f.own(t, f.an, an.ID).Deposit; d.State != office.PaymentReceived {
		t.Fatalf("%+v", d)
	}
	if d := f.own(t, f.binh, binh.ID).Deposit; d.State != office.PaymentRefundDue || d.RefundDueAt == 0 {
		t.Fatalf("money of somebody who left: %+v", d)
	}
}

// A confirmed statement makes eligible, and so draws the code.
func TestABookingGivesTheCode(t *testing.T) {
	f, an, _ := counter(t)
	f.approve(t, an)
	f.confirm(t, f.preview(t,
		"25/11/2026 08:00:00|20000000|"+an.Deposit.Memo+"|FT1", "25/11/2026 08:00:01|100000|"+an.Fee.Memo+"|FT2"))
	if r := f.own(t, f.an, an.ID); r.Code == "" || r.Step.Code != office.StepCheckIn {
		t.Fatalf("%+v", r.Step)
	}
}

// The registrar of the centre alone sees statements.
func TestStatementsAreForTheRegistrar(t *testing.T) {
	f, _, _ := counter(t)
	s := f.preview(t)
	for _, by := range []office.Account{f.admin, f.auctioneer, f.observer, f.an} {
		_, err := f.Statement(background, by, s.ID)
		wants(t, err, office.ErrForbidden)
		_, err = f.ConfirmStatement(background, by, s.ID, nil)
		wants(t, err, office.ErrForbidden)
		_, err = f.PreviewStatement(background, by, f.auction.ID, "x.csv", strings.NewReader(""))
		wants(t, err, office.ErrForbidden)
	}
	list, err := f.Statements(background, f.registrar, f.auction.ID)
	check(t, err)
	if len(list) != 1 || list[0].ID != s.ID || list[0].Rows != nil {
		t.Fatalf("%+v", list)
	}
}
