package office

import (
	"fmt"
	"strings"

	"gobua/engine"
	"gobua/office/moneywords"
	"gobua/office/workday"
)

// The letters after a session. Everybody reads codes; only their own letter
// tells a person that a code is theirs.

// failSentences say the grounds of Điều 52.1 in letters.
var failSentences = map[FailGround]string{
	FailNobodyRegistered: "hết thời hạn đăng ký mà không có người đăng ký tham gia (điểm a)",
	FailNoBid:            "không có người trả giá (điểm b)",
	FailBelowReserve:     "giá trả cao nhất thấp hơn giá khởi điểm không công khai (điểm c)",
	FailNotSigned:        "người trúng đấu giá không ký biên bản đấu giá (điểm d)",
	FailWithdrawn:        "đã rút lại giá đã trả mà không có người trả giá tiếp (điểm đ)",
	FailRefused:          "người trúng đấu giá từ chối kết quả và không có người trúng đấu giá khác theo Điều 51 (điểm e)",
	FailSingleBidder:     "chỉ có một người tham gia và không bán cho người đó (điểm g)",
}

var forfeitSentences = map[ForfeitGround]string{
	ForfeitAbsent:       "không tham dự cuộc đấu giá mà không có lý do bất khả kháng (điểm a khoản 6 Điều 39)",
	ForfeitDisqualified: "bị truất quyền tham gia đấu giá (điểm b khoản 6 Điều 39)",
	ForfeitUnsigned:     "từ chối ký biên bản đấu giá (điểm c khoản 6 Điều 39)",
	ForfeitWithdrew:     "rút lại giá đã trả (điểm d khoản 6 Điều 39)",
	ForfeitRefused:      "từ chối kết quả trúng đấu giá (điểm đ khoản 6 Điều 39)",
}

// stepLetters tells the steps of a proceeding to those they concern. r is the
// result, with the first steps only.
func (o *Office) stepLetters(p *Proceeding, steps []ProceedingStep, who cast, r *SessionResult) []Mail {
	var mails []Mail
	lot := fmt.Sprintf("Lô %d: %s", p.Lot.Number, p.Lot.Title)
	send := func(account, kind, subject string, lines ...string) {
		if account == "" {
			return
		}
		mails = append(mails, Mail{
			CentreID: p.CentreID, AccountID: account, AuctionID: p.AuctionID, Kind: kind, Subject: subject,
			Body: lot + "\n\n" + strings.Join(append(lines, "Chi tiết có trên trang đấu giá, mục Kết quả."), "\n"),
		})
	}
	tell := func(kind, subject string, lines ...string) {
		for _, account := range who.everybody {
			send(account, kind, subject, lines...)
		}
	}
	for _, s := range steps {
		behind := who.behind[s.Code]
		switch s.Kind {
		case StepAnnounced:
			switch {
			case len(p.Awards) == 0:
				tell("result_participant", "Kết quả đấu giá",
					fmt.Sprintf("Đấu giá viên đã công bố người trúng đấu giá: mã số %s, giá trúng %s.", s.Code, p.money(s.Price)))
			case s.Code == p.Awards[0].Code: // once for all of them
				tell("result_participant", "Kết quả đấu giá", p.announcedSeveral())
			}
			if a, several := p.awardOf(s.Code); several && r != nil {
				send(behind, "result_winner", "Thông báo trúng đấu giá", severalLines(p, a, r)...)
			} else if p.Award != nil && r != nil {
				send(behind, "result_winner", "Thông báo trúng đấu giá", winnerLines(p, r)...)
			}
		case StepConsented:
			send(behindAward(p, who), "result_consent", "Người có tài sản đồng ý bán",
				"Chỉ có một người tham gia; người có tài sản đã đồng ý bán cho bạn."+p.until(" Hãy xác nhận biên bản đấu giá trước %s."))
		case StepRefused, StepUnsigned, StepDebarred:
			send(behind, "result_fallen", "Bạn không còn là người trúng đấu giá", fallenLine(p, s))
		case StepExpired:
			send(behind, "result_expired", "Đã hết thời hạn trả lời", fallenLine(p, s))
		case StepOffered:
			send(behind, "adjacent_offer", "Đề nghị đối với người trả giá liền kề",
				fmt.Sprintf("Người trúng đấu giá không nhận tài sản. Bạn là người trả giá liền kề với giá %s và có thể mua với giá này.", p.money(s.Price)),
				"Bạn có thể chấp nhận hoặc không; không chấp nhận thì vẫn được hoàn trả tiền đặt trước."+p.until(" Hãy trả lời trước %s."))
		case StepAccepted:
			tell("result_participant", "Kết quả đấu giá", fmt.Sprintf("Người trả giá liền kề, mã số %s, chấp nhận mua với giá %s.", s.Code, p.money(s.Price)))
		case StepConfirmed:
			send(behind, "result_confirmed", "Đã xác nhận biên bản đấu giá",
				fmt.Sprintf("Bạn đã xác nhận trúng đấu giá với giá %s. Tiền đặt trước trở thành tiền đặt cọc và được trừ vào số tiền phải nộp.", p.money(s.Price)))
		case StepFailed:
			tell("result_failed", "Đấu giá không thành", "Đấu giá không thành, căn cứ khoản 1 Điều 52: "+failSentences[s.Ground]+".",
				"Tiền đặt trước được hoàn trả, trừ các trường hợp tại khoản 6 Điều 39.")
		case StepCalledOff:
			tell("result_cancelled", "Phiên đấu giá bị hủy", "Phiên đấu giá đã bị hủy: "+s.Reason, "Tiền đặt trước được hoàn trả.")
		}
	}
	return mails
}

// winnerLines are what the winner must be told at once (Nghị định 62/2017, Điều
// 11): the property, when bidding began and ended, when the system recorded the
// winning bid.
func winnerLines(p *Proceeding, r *SessionResult) []string {
	lines := []string{
		fmt.Sprintf("Bạn (mã số %s) trúng đấu giá với giá %s.", p.Award.Code, p.moneyInWords(p.Award.Price)),
		"Bắt đầu trả giá: " + vietnameseTime(r.OpenedAt) + ".",
		"Kết thúc trả giá: " + vietnameseTime(r.ClosedAt) + ".",
		"Hệ thống ghi nhận giá trúng lúc " + vietnameseTime(p.Award.BidAt) + ".",
	}
	if p.State == ProceedingConsent {
		return append(lines, "Chỉ có một người tham gia nên cần sự đồng ý của người có tài sản; bạn sẽ được báo ngay.")
	}
	return append(lines, "Hãy đọc và xác nhận biên bản đấu giá"+p.until(" trước %s")+
		". Không xác nhận là không ký biên bản; khi đó bạn không được nhận lại tiền đặt trước.")
}

// fallenLine says what refusing, or silence, has as its consequence.
func fallenLine(p *Proceeding, s ProceedingStep) string {
	for _, f := range p.Fallen {
		if f.Code == s.Code && f.Ground != "" {
			return "Tiền đặt trước được đề nghị không trả lại vì " + forfeitSentences[f.Ground] + ". Trung tâm sẽ xem xét và thông báo."
		}
	}
	return "Bạn đã không trả lời trong thời hạn nên được coi là không chấp nhận. Tiền đặt trước vẫn được hoàn trả."
}

// forfeitLetter tells a person what was decided on the deposit.
func forfeitLetter(p *Proceeding, r *Registration, approved bool) Mail {
	m := Mail{
		CentreID: p.CentreID, AccountID: r.AccountID, AuctionID: p.AuctionID, Kind: "deposit_refund", Subject: "Tiền đặt trước được hoàn trả",
		Body: fmt.Sprintf("Lô %d: %s\n\nTiền đặt trước của bạn sẽ được hoàn trả.", p.Lot.Number, p.Lot.Title),
	}
	if approved {
		m.Kind, m.Subject = "deposit_forfeited", "Tiền đặt trước không được trả lại"
		m.Body = fmt.Sprintf("Lô %d: %s\n\nTiền đặt trước %s không được trả lại vì %s.\nLý do: %s\nBạn có quyền khiếu nại theo quy chế cuộc đấu giá.",
			p.Lot.Number, p.Lot.Title, p.money(r.Deposit.Paid), forfeitSentences[r.Deposit.Forfeit.Ground], r.Deposit.Forfeit.Decision)
	}
	return m
}

func behindAward(p *Proceeding, who cast) string {
	switch {
	case p.Award != nil:
		return who.behind[p.Award.Code]
	case len(p.Awards) > 0:
		return who.behind[p.Awards[0].Code]
	}
	return ""
}

// until sets the deadline into a sentence; without one there is no sentence.
func (p *Proceeding) until(format string) string {
	if p.DeadlineAt == 0 {
		return ""
	}
	return fmt.Sprintf(format, vietnameseTime(p.DeadlineAt))
}

func (p *Proceeding) money(d engine.Dong) string { return moneyText(d, p.Currency) }

// moneyText is an amount of a currency for a letter or the minutes.
func moneyText(d engine.Dong, currency string) string {
	if currency != "VND" {
		return fmt.Sprintf("%s %s (đơn vị nhỏ nhất)", moneywords.Figures(d), currency)
	}
	return moneywords.Money(d)
}

func (p *Proceeding) moneyInWords(d engine.Dong) string {
	if p.Currency != "VND" {
		return p.money(d)
	}
	return p.money(d) + " (" + moneywords.Vietnamese(d) + ")"
}

// vietnameseTime writes a moment to the second, as letters and minutes have it.
func vietnameseTime(at engine.Instant) string {
	return at.Time().In(workday.Zone).Format("15 giờ 04 phút 05 giây ngày 02/01/2006")
}
