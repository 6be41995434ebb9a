package demo

import (
	"context"
	"fmt"
	"time"

	"gobua/engine"
	"gobua/office"
)

// listed makes an auction whose registration is open, so that a newcomer can
// try to register. It has the numbers of the demo: nobody waits seven working
// days for a first look.
func (d *Demo) listed(ctx context.Context, now time.Time) error {
	a, err := d.o.Office.CreateAuction(ctx, d.staff, d.openForRegistration(now), "")
	if err != nil {
		return fmt.Errorf("demo listing: %w", err)
	}
	if _, err := d.o.Office.List(ctx, d.staff, a.ID, a.Version); err != nil {
		return fmt.Errorf("demo listing: %w", err)
	}
	return nil
}

func (d *Demo) openForRegistration(now time.Time) office.AuctionDraft {
	day := time.Date(now.In(vietnam).Year(), now.In(vietnam).Month(), now.In(vietnam).Day(), 0, 0, 0, 0, vietnam)
	at := func(days, hour int) engine.Instant {
		return engine.InstantOf(day.AddDate(0, 0, days).Add(time.Duration(hour) * time.Hour))
	}
	softClose := engine.Closing{Kind: engine.ClosingReset, WindowMs: 60_000, ByMs: 60_000, MaxCount: 10}
	hidden := rules(650_000_000, 10_000_000, at(4, 10), 30*minute, softClose)
	hidden.ReserveAmount = 700_000_000
	return office.AuctionDraft{
		Title:  "Đấu giá xe ô tô và quyền sử dụng đất ở – nhận đăng ký đến " + at(3, 0).Time().In(vietnam).Format("02/01/2006"),
		Centre: centre, Owner: "Cục Thi hành án dân sự tỉnh", Place: "Trực tuyến",
		Lots: []office.LotDraft{
			{Number: 1, Kind: "car", Title: "Ô tô tải Hyundai HD72, sản xuất 2019", Place: "Kho của Cục Thi hành án dân sự tỉnh", Deposit: 60_000_000,
				Detail: "Đã qua sử dụng 112.000 km; bán theo hiện trạng, có đăng ký xe.", Rules: rules(320_000_000, 5_000_000, at(4, 9), 30*minute, softClose)},
			{Number: 2, Kind: "land", Title: "Quyền sử dụng đất ở thửa số 87, tờ bản đồ 5, xã Tân Lập", Place: "Xã Tân Lập", Deposit: 105_000_000,
				Detail: "Đất ở nông thôn, 150 m², sử dụng lâu dài, có giấy chứng nhận.", Rules: hidden, StartHidden: true},
		},
		Sheet: office.Sheet{
			Preset: "demo", Property: office.HomeLand, Contract: "Số 42/2026/HĐDVĐG", Quality: "Theo hiện trạng khi xem.",
			Viewing: []office.Viewing{
				{Window: office.Window{From: at(1, 8), To: at(1, 17)}, Place: "Kho của Cục Thi hành án; thửa đất tại xã Tân Lập", Contact: "Ông Phúc, 0292 000 002"},
				{Window: office.Window{From: at(2, 8), To: at(2, 17)}, Place: "Kho của Cục Thi hành án; thửa đất tại xã Tân Lập", Contact: "Ông Phúc, 0292 000 002"},
			},
			Money: office.SheetMoney{
				DossierFee: 100_000, CashLimit: 5_000_000, Guarantee: true,
				Account: office.BankAccount{BIN: "970436", Number: "1018889999", Holder: "TT DICH VU DAU GIA TAI SAN", Branch: "Chi nhánh tỉnh"},
			},
			Windows: office.SheetWindows{
				ListedOn: engine.InstantOf(now), Dossier: office.Window{From: engine.InstantOf(now), To: at(3, 17)},
				Deposit: office.Window{From: engine.InstantOf(now), To: at(3, 17)}, CheckIn: at(4, 8),
			},
			People:   office.SheetPeople{Auctioneer: d.staff.ID},
			After:    office.SheetAfter{AnswerMs: 15 * minute, RefundDays: 3, PaymentDays: 30, SingleBidder: "consent", AdjacentBidder: true},
			Contacts: "Phòng hồ sơ, tầng 1, số 12 đường Hòa Bình; điện thoại 0292 000 001, giờ hành chính.",
		},
	}
}
