package office

import (
	"fmt"
	"strconv"
	"strings"

	"gobua/engine"
	"gobua/office/document"
	"gobua/office/moneywords"
)

// timeOf is what the bidding time of a lot is, where it is not all of it.
func timeOf(r *engine.Rules) document.BiddingTime {
	switch {
	case r.Called != nil || r.Gong != nil:
		return document.TimeAtMost
	case r.Hybrid != nil:
		return document.TimeOfFall
	case r.Turns != nil:
		return document.TimeOfFirstPause
	}
	return document.TimeWhole
}

// unitsOf is how many units a lot is sold as, zero: as one.
func unitsOf(r *engine.Rules) int {
	if r.Sealed == nil {
		return 0
	}
	return r.Sealed.Units
}

// buyNowOf is the price at which a lot can be bought at once, zero: it cannot.
func buyNowOf(r *engine.Rules) engine.Dong {
	if r.BuyNow == nil {
		return 0
	}
	return r.BuyNow.Amount
}

// limitTexts says what the sheet has bids mean, and what is hidden of it.
func limitTexts(r *engine.Rules) (out []string) {
	if r.Proxy {
		out = append(out, "Giá trả là mức tối đa, không hiện với ai khác: hệ thống trả thay người tham gia, mỗi lần chỉ vừa đủ để dẫn giá, không vượt mức tối đa.")
	}
	if r.Reserve != nil {
		out = append(out, "Có giá tối thiểu không công khai; giá cao nhất thấp hơn giá đó thì đấu giá không thành.")
	}
	return out
}

// withdrawalText says what becomes of a price that is taken back, and who may
// win after a refusal.
func withdrawalText(lots []PublicLot, a SheetAfter) (out []string) {
	falls, rises := false, false
	for _, l := range lots {
		alone := l.Rules.Descent != nil && l.Rules.Hybrid == nil
		falls, rises = falls || alone, rises || !alone
	}
	if rises {
		out = append(out, "Người trả giá cao nhất rút lại giá đã trả trước khi công bố thì bị truất quyền; phiên tiếp tục từ giá liền kề (Điều 50).")
	}
	if falls {
		out = append(out, "Người chấp nhận giá rút lại giá đã chấp nhận trước khi công bố thì bị truất quyền; phiên tiếp tục theo quy định về đặt giá xuống ở điều trên (Điều 50).")
	}
	if a.AdjacentBidder && rises {
		out = append(out, "Người trúng đấu giá từ chối thì tài sản được bán cho người trả giá liền kề nếu giá liền kề cộng tiền đặt trước không thấp hơn giá bị từ chối và người đó chấp nhận (Điều 51).")
	}
	switch a.SingleBidder {
	case SingleConsent:
		out = append(out, "Chỉ có một người tham gia, một người trả giá thì bán cho người đó khi người có tài sản đồng ý (Điều 49).")
	case SingleNever:
		out = append(out, "Chỉ có một người tham gia thì cuộc đấu giá không thành.")
	}
	if a.PaymentDays > 0 {
		out = append(out, fmt.Sprintf("Người trúng đấu giá nộp đủ tiền trong %d ngày.", a.PaymentDays))
	}
	return out
}

func refundText(a SheetAfter) []string {
	if a.RefundDays <= 0 {
		return nil
	}
	return []string{fmt.Sprintf("Tiền đặt trước được trả trong %d ngày làm việc kể từ ngày kết thúc cuộc đấu giá, vào tài khoản đã đăng ký (Điều 39).", a.RefundDays)}
}

// overrideText says where the sheet departs from its preset, and why.
func overrideText(list []Override) []string {
	var out []string
	for _, o := range list {
		out = append(out, fmt.Sprintf("%s %s. Lý do: %s.", partName(o.Field), departures[o.Code], strings.TrimSuffix(o.Reason, ".")))
	}
	return out
}

// departures has a sentence for each of Overridable.
var departures = map[string]string{
	"above_legal_maximum": "cao hơn mức tối đa theo quy định", "below_legal_minimum": "thấp hơn mức tối thiểu theo quy định",
	"closes_late": "kết thúc muộn hơn quy định", "opens_early": "bắt đầu sớm hơn quy định",
	"listing_too_short": "ngắn hơn thời gian niêm yết theo quy định", "no_calendar": "ở ngoài lịch ngày làm việc đã biết",
	"not_in_law":      "không có trong Luật Đấu giá tài sản",
	"viewing_outside": "không nằm giữa ngày niêm yết và ngày mở phiên", "viewing_too_short": "ngắn hơn quy định",
}

// parts names the fields that can be set aside, by how their path ends.
var parts = map[string]string{
	"rules.biddingMs": "thời gian trả giá", "rules.method": "phương thức đấu giá", "rules.buyNow": "giá mua ngay", "rules.opensAt": "ngày mở phiên",
	"deposit": "tiền đặt trước", "sheet.money.dossierFee": "tiền mua hồ sơ", "sheet.money.cashLimit": "mức nộp bằng tiền mặt",
	"sheet.after.refundDays": "thời hạn trả lại tiền đặt trước", "sheet.windows.listedOn": "thời gian niêm yết",
	"sheet.windows.dossier.to": "thời gian bán và nhận hồ sơ", "sheet.windows.deposit.from": "thời gian nộp tiền đặt trước",
	"sheet.windows.deposit.to": "thời gian nộp tiền đặt trước", "sheet.viewing": "thời gian xem tài sản",
}

// partName names what a field is about: "Lô 2: tiền đặt trước".
func partName(field string) string {
	steps := strings.SplitN(field, ".", 3)
	if n, err := strconv.Atoi(steps[min(1, len(steps)-1)]); err == nil && len(steps) == 3 && steps[0] == "lots" {
		if name, ok := parts[steps[2]]; ok {
			return fmt.Sprintf("Lô %d: %s", n+1, name)
		}
	}
	if strings.HasPrefix(field, "sheet.viewing.") {
		field = "sheet.viewing"
	}
	if name, ok := parts[field]; ok {
		return moneywords.Capital(name)
	}
	return field
}
