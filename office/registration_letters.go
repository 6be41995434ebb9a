package office

import (
	"fmt"
	"strings"

	"gobua/engine"
	"gobua/office/workday"
)

// Letters to participants. None holds a code, a national id or an account
// number: a letter passes through machines that are not ours.

// lotName is how a letter names a lot.
func lotName(a *Auction, lotID string) string {
	if lot := lotOf(a, lotID); lot != nil {
		return fmt.Sprintf("Lô %d: %s", lot.Number, lot.Title)
	}
	return a.Title
}

func letter(a *Auction, r *Registration, kind, subject string, lines ...string) Mail {
	body := append([]string{"Kính gửi Ông/Bà " + r.Name + ",", ""}, lines...)
	body = append(body, "", lotName(a, r.LotID), "Cuộc đấu giá: "+a.Title, "",
		"Việc cần làm tiếp theo luôn có ở trang «Hồ sơ của tôi» sau khi đăng nhập (/ho-so).",
		"What to do next is on the page “My registrations” after signing in (/ho-so).")
	return Mail{
		CentreID: a.CentreID, AccountID: r.AccountID, AuctionID: a.ID, Kind: kind, Subject: subject, Body: strings.Join(body, "\n"),
	}
}

func letterOfDecision(a *Auction, r *Registration) Mail {
	if r.Dossier == DossierApproved {
		return letter(a, r, "registration_approved", "Hồ sơ tham gia đấu giá đã được chấp nhận",
			"Hồ sơ tham gia đấu giá của Ông/Bà đã được chấp nhận.",
			"Your dossier has been approved.")
	}
	return letter(a, r, "registration_rejected", "Hồ sơ tham gia đấu giá cần sửa lại",
		"Hồ sơ tham gia đấu giá của Ông/Bà chưa được chấp nhận vì:", r.Reason, "",
		"Ông/Bà có thể sửa và nộp lại trước "+momentOf(a.Sheet.Windows.Dossier.To)+".",
		"Your dossier was sent back for the reason above; correct it and hand it in again before then.")
}

// letterOfMoney tells that a deposit is there; of a fee nobody is told.
func letterOfMoney(a *Auction, r *Registration, kind PaymentKind) []Mail {
	if kind != DepositPayment || !r.Deposit.Secured() {
		return nil
	}
	return []Mail{letter(a, r, "deposit_received", "Đã ghi nhận tiền đặt trước",
		"Tiền đặt trước (hoặc bảo lãnh ngân hàng) của Ông/Bà đã được ghi nhận.",
		"Your deposit, or the bank guarantee in its place, has been recorded.")}
}

// letterOfMiss tells that money came, but not as it should.
func letterOfMiss(a *Auction, r *Registration, kind PaymentKind) Mail {
	what := "tiền đặt trước"
	if kind == FeePayment {
		what = "tiền mua hồ sơ"
	}
	return letter(a, r, "payment_not_in_order", "Khoản chuyển tiền cần xem lại",
		"Ngân hàng báo có khoản chuyển "+what+" của Ông/Bà nhưng chưa đủ điều kiện ghi nhận (sai số tiền hoặc ngoài thời hạn).",
		"Money of yours has arrived, but not the right amount or not in time. The office will look at it.")
}

func letterOfCode(a *Auction, r *Registration) Mail {
	return letter(a, r, "code_issued", "Đã cấp mã số tham gia đấu giá",
		"Ông/Bà đã đủ điều kiện tham gia và được cấp mã số riêng. Mã số chỉ hiển thị cho Ông/Bà sau khi đăng nhập; xin giữ kín.",
		"You are admitted and have been given a code of your own. It is shown to you alone after signing in; keep it to yourself.")
}

func momentOf(at engine.Instant) string { return at.Time().In(workday.Zone).Format("15:04 02/01/2006") }
