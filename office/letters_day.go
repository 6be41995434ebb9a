package office

import (
	"fmt"

	"gobua/engine"
	"gobua/office/workday"
)

// The letters of the day. They name codes of nobody: who is written to knows
// their own.

func whenInVietnam(at engine.Instant) string {
	return at.Time().In(workday.Zone).Format("15:04:05 ngày 02/01/2006")
}

func stopSubject(s SessionOfAuction) string {
	return fmt.Sprintf("Dừng phiên đấu giá tài sản số %d", s.LotNumber)
}

func stopBody(s SessionOfAuction, i Incident) string {
	return fmt.Sprintf(`Phiên đấu giá tài sản số %d (%s) thuộc cuộc đấu giá "%s" đã dừng.

Lý do: %s.
Đấu giá viên cho biết: %s

Tiền đặt trước và mã số của ông/bà được giữ nguyên. Thời gian tổ chức lại phiên đấu giá sẽ được thông báo; ông/bà không phải đăng ký lại.`,
		s.LotNumber, s.LotTitle, s.AuctionTitle, incidentGrounds[i.Ground], i.Sentence)
}

func rerunSubject(s SessionOfAuction) string {
	return fmt.Sprintf("Tổ chức lại phiên đấu giá tài sản số %d", s.LotNumber)
}

func rerunBody(s SessionOfAuction, next engine.SessionID, opensAt engine.Instant, reason string) string {
	return fmt.Sprintf(`Phiên đấu giá tài sản số %d (%s) thuộc cuộc đấu giá "%s" được tổ chức lại.

Bắt đầu: %s (giờ Việt Nam).
Phòng đấu giá: /phong/%s
Lý do: %s

Quy chế, mã số và tiền đặt trước giữ nguyên như phiên đã dừng; không nhận thêm người tham gia.`,
		s.LotNumber, s.LotTitle, s.AuctionTitle, whenInVietnam(opensAt), next, reason)
}

func rehearsalSubject(a *Auction) string { return "Mời đấu giá thử: " + cutRunes(a.Title, 200) }

func rehearsalBody(a *Auction, opensAt engine.Instant) string {
	return fmt.Sprintf(`Trung tâm tổ chức đấu giá thử trước cuộc đấu giá "%s", bắt đầu lúc %s (giờ Việt Nam).

Ông/bà đăng nhập và vào mục "Phiên của tôi" để tham gia. Đấu giá thử không có giá trị pháp lý: không ai trúng đấu giá và không mất tiền.`,
		a.Title, whenInVietnam(opensAt))
}
