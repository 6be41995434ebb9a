package office

import (
	"fmt"
	"strings"
)

// lotTitle is what a registration is for, in a letter.
func (a *Auction) lotTitle(id string) string {
	for i := range a.Lots {
		if a.Lots[i].ID == id {
			return a.Lots[i].Title
		}
	}
	return a.Title
}

// amendMail tells somebody who has registered that the rules changed.
func amendMail(a *Auction, r Registration, notice string, free bool) Mail {
	var b strings.Builder
	fmt.Fprintf(&b, "Quy chế cuộc đấu giá \"%s\" (tài sản: %s) vừa được thay đổi.\n\n", a.Title, a.lotTitle(r.LotID))
	fmt.Fprintf(&b, "Nội dung thay đổi:\n%s\n\n", notice)
	if free {
		b.WriteString("Vì giá khởi điểm, số lượng hoặc chất lượng tài sản thay đổi, bạn có quyền rút hồ sơ trước phiên đấu giá " +
			"và được nhận lại tiền đặt trước.\n\n")
	}
	fmt.Fprintf(&b, "Dấu vân tay của quy chế mới: %s\n", a.NewRules.Hash)
	return Mail{
		CentreID: a.CentreID, AccountID: r.AccountID, AuctionID: a.ID, Kind: "auction_amended",
		Subject: "Quy chế thay đổi: " + shorten(a.Title), Body: b.String(),
	}
}

// cancelMail tells somebody who has registered that there will be no auction.
func cancelMail(a *Auction, r Registration, reason string) Mail {
	return Mail{
		CentreID: a.CentreID, AccountID: r.AccountID, AuctionID: a.ID, Kind: "auction_cancelled",
		Subject: "Hủy cuộc đấu giá: " + shorten(a.Title),
		Body: fmt.Sprintf("Cuộc đấu giá \"%s\" (tài sản: %s) đã bị hủy.\n\nLý do:\n%s\n\nTiền đặt trước đã nộp được hoàn trả.\n",
			a.Title, a.lotTitle(r.LotID), reason),
	}
}

// shorten keeps a title within the subject of a letter.
func shorten(title string) string {
	const most = 200
	if r := []rune(title); len(r) > most {
		return string(r[:most]) + "…"
	}
	return title
}
