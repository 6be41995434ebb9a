package office_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/office"
	"gobua/office/table"
	"gobua/office/workday"
)

// TestADepositIsLostByTwoPeople: who proposes does not decide (four eyes), and
// a proposal that is turned down sends the money back.
func TestADepositIsLostByTwoPeople(t *testing.T) {
	s := hold(t, saleAfter, contested)
	_, err := s.ProposeForfeit(background, s.auctioneer, s.reg[s.cuc.ID], office.ForfeitAbsent, "x")
	wants(t, err, office.ErrWrongState) // bidding is not over
	check(t, s.Deliver(background, s.result))
	_, err = s.ConfirmResult(background, s.an, s.lot, s.latest(t))
	check(t, err)
	_, err = s.ProposeForfeit(background, s.auctioneer, s.reg[s.cuc.ID], office.ForfeitDisqualified, "Dùng phần mềm trả giá")
	check(t, err)
	_, err = s.DecideForfeit(background, s.auctioneer, s.reg[s.cuc.ID], true, "Đúng")
	wants(t, err, office.ErrForbidden)
	_, err = s.DecideForfeit(background, s.registrar, s.reg[s.cuc.ID], true, "Đúng")
	wants(t, err, office.ErrForbidden)
	_, err = s.DecideForfeit(background, s.admin, s.reg[s.cuc.ID], true, "Có biên bản kèm theo")
	check(t, err)
	if d := s.deposit(t, s.cuc); d.State != office.PaymentForfeited || d.ApprovedBy != s.admin.ID || d.Ground != string(office.ForfeitDisqualified) {
		t.Fatalf("%+v", d)
	}
	_, err = s.DecideForfeit(background, s.auctioneer, s.reg[s.cuc.ID], false, "Thôi")
	wants(t, err, office.ErrWrongState)
	_, err = s.DecideForfeit(background, s.auctioneer, s.reg[s.dung.ID], false, "Bão, đường bị cắt: bất khả kháng")
	check(t, err)
	if d := s.deposit(t, s.dung); d.State != office.PaymentRefundDue || d.RefundDueAt == 0 || d.Forfeit.Approved {
		t.Fatalf("%+v", d)
	}
}

// TestRefundsAreDueInWorkingDaysAlsoOverTet: an auction that ends on the eve of
// the holidays of Tết is refunded after them.
func TestRefundsAreDueInWorkingDaysAlsoOverTet(t *testing.T) {
	s := hold(t, saleAfter, contested)
	// 23 November 2026 + 73 days: Thursday 4 February 2027; Tết is on the 6th.
	s.pass(73 * 24 * time.Hour)
	s.finish(contested)
	check(t, s.Deliver(background, s.result))
	_, err := s.ConfirmResult(background, s.an, s.lot, s.latest(t))
	check(t, err)
	end := workday.DayOf(s.result.EndedAt)
	day, left := end, 3
	for left > 0 {
		day = day.AddDays(1)
		working, err := workday.Vietnam().IsWorkingDay(day)
		check(t, err)
		if working {
			left--
		}
	}
	if d := s.deposit(t, s.binh); d.RefundDueAt != day.End() {
		t.Fatalf("ended %s, due %s, want %s", end, workday.DayOf(d.RefundDueAt), day)
	}
	if between := int(day - end); between <= 5 {
		t.Fatalf("three working days over Tết took %d days", between)
	}
	overdue := func() int {
		list, err := s.Deposits(background, s.registrar, s.auction.ID)
		check(t, err)
		n := 0
		for _, d := range list {
			if d.Overdue {
				n++
			}
		}
		alarms, err := s.AfterAlarms(background, s.registrar)
		check(t, err)
		if len(alarms) != 1 || alarms[0].RefundsOverdue != n || alarms[0].RefundsDue != 2 || alarms[0].Forfeits != 1 {
			t.Errorf("%d overdue, alarms %+v", n, alarms)
		}
		return n
	}
	s.pass(day.End().Time().Sub(s.Now()))
	if n := overdue(); n != 0 {
		t.Errorf("%d overdue in the last millisecond", n)
	}
	s.pass(time.Millisecond)
	if n := overdue(); n != 2 {
		t.Errorf("%d overdue a millisecond later", n)
	}
}

func TestRefundsGoToTheBankAndAreMarked(t *testing.T) {
	s := hold(t, saleAfter, contested)
	check(t, s.Deliver(background, s.result))
	_, err := s.ConfirmResult(background, s.an, s.lot, s.latest(t))
	check(t, err)
	_, err = s.RefundFile(background, s.observer, s.auction.ID, table.CSV)
	wants(t, err, office.ErrForbidden)
	file, err := s.RefundFile(background, s.registrar, s.auction.ID, table.CSV)
	check(t, err)
	for _, want := range []string{"DO THI BINH", "LO THI CUC", "200000000", "GBDEP00001"} {
		if !bytes.Contains(file, []byte(want)) {
			t.Errorf("%s is missing in\n%s", want, file)
		}
	}
	if bytes.Contains(file, []byte("GBDEP00003")) {
		t.Error("who never came is in the file")
	}
	for _, code := range s.code {
		if bytes.Contains(file, []byte(code)) {
			t.Errorf("the file ties %s to a person", code)
		}
	}
	ids := []string{s.reg[s.binh.ID], s.reg[s.cuc.ID]}
	wantsFields(t, s.MarkRefunded(background, s.registrar, s.auction.ID, []string{uuid.NewString()}, ""),
		office.Field{Field: "reference", Code: "missing"}, office.Field{Field: "registrations.0", Code: "unknown"})
	for range 2 { // the answer was lost
		check(t, s.MarkRefunded(background, s.registrar, s.auction.ID, ids, "FT2611240001"))
	}
	d := s.deposit(t, s.binh)
	if d.State != office.PaymentRefunded || !slices.Equal(d.References, []string{"FT2611240001"}) {
		t.Fatalf("%+v", d)
	}
	wants(t, s.MarkRefunded(background, s.registrar, s.auction.ID, []string{s.reg[s.an.ID]}, "FT3"), office.ErrWrongState)
	_, err = s.RefundFile(background, s.registrar, s.auction.ID, table.CSV)
	if _, ok := errors.AsType[*office.Invalid](err); !ok {
		t.Errorf("an empty file: %v", err)
	}
}
