package demo

import (
	"gobua/engine"
	"gobua/office"
)

// waysOwner is how the demo finds the sessions of its second auction again.
const waysOwner = "Ban Quản lý tài sản công tỉnh"

// way is a lot that shows one way to sell.
type way struct {
	name    string // what the way is called, before the thing in the title
	kind    string
	thing   string
	place   string
	detail  string
	start   engine.Dong
	deposit engine.Dong
	opens   engine.Millis            // after the auction is made
	bidding engine.Millis            // as Rules.BiddingMs; zero: the whole fall of the price
	reserve engine.Dong              // hidden; zero: none
	as      func(*office.RulesDraft) // what is otherwise than in a plain sale
}

// ways is one lot for each method of the rules, and for the variants that look
// most different in the room. Nearly all of them last about an hour, so that
// whoever looks around finds them open.
var ways = []way{
	{name: "Giá mua ngay", kind: "car", thing: "xe bán tải Ford Ranger XLS 2.2, sản xuất 2018", place: "Bãi xe Sở Nông nghiệp và Môi trường",
		detail: "Xe công thanh lý, đã chạy 96.300 km, còn hạn đăng kiểm. Ai trả đủ giá mua ngay thì mua được ngay, không chờ hết giờ.",
		start:  380_000_000, deposit: 76_000_000, bidding: 60 * minute, as: func(r *office.RulesDraft) {
			r.Step.Amount, r.Closing = 5_000_000, soft
			r.BuyNow = &engine.BuyNow{Amount: 520_000_000, Until: engine.BuyNowEnd}
		}},
	{name: "Trả giá tối đa", kind: "house", thing: "nhà cấp 4 và đất tại số 18 đường Lê Lai", place: "Phường Tân An",
		detail: "Đất ở 86 m², nhà xây năm 2009. Ghi giá cao nhất có thể trả, hệ thống chỉ nâng khi có người trả hơn; có giá tối thiểu không công bố.",
		start:  2_600_000_000, deposit: 390_000_000, bidding: 60 * minute, reserve: 2_900_000_000, as: func(r *office.RulesDraft) {
			r.Step.Amount, r.Closing, r.Proxy = 20_000_000, soft, true
		}},
	{name: "Kéo dài cùng nhau", kind: "land", thing: "đất ở lô 15, khu dân cư Bắc Sơn", place: "Xã Bắc Sơn",
		detail: "100 m², mặt đường 12 m. Lô 15 và lô 16 kéo dài cùng nhau, để ai mua một lô còn kịp trả giá lô kia.",
		start:  1_500_000_000, deposit: 225_000_000, bidding: 55 * minute, as: linked},
	{name: "Kéo dài cùng nhau", kind: "land", thing: "đất ở lô 16, khu dân cư Bắc Sơn", place: "Xã Bắc Sơn",
		detail: "112 m², lô góc. Lô 15 và lô 16 kéo dài cùng nhau, để ai mua một lô còn kịp trả giá lô kia.",
		start:  1_700_000_000, deposit: 255_000_000, bidding: 55 * minute, as: linked},
	{name: "Gọi giá", kind: "goods", thing: "bộ bàn ghế gỗ gụ chạm khắc, tang vật tịch thu", place: "Hội trường tầng 2, số 12 đường Hòa Bình",
		detail: "Một bàn, tám ghế, nguyên trạng. Đấu giá viên gọi giá ba lần rồi gõ búa; người ở hội trường và người trên mạng cùng trả giá.",
		start:  60_000_000, deposit: 9_000_000, bidding: 90 * minute, as: func(r *office.RulesDraft) {
			r.Method, r.Step.Amount = "called", 2_000_000
			r.Called = &engine.Called{Calls: 3, CallEveryMs: 3000}
		}},
	{name: "Đặt giá xuống", kind: "goods", thing: "dây chuyền may công nghiệp 40 máy", place: "Kho số 3, Khu công nghiệp Phú Bài",
		detail: "Thiết bị thanh lý, năm 2015. Mỗi phút giá giảm một mức, ai chấp nhận giá đầu tiên thì mua được.",
		start:  900_000_000, deposit: 90_000_000, as: func(r *office.RulesDraft) {
			falling(r)
			r.Method, r.Step = "descending", engine.Step{}
			r.Descent = &engine.Descent{Amount: 8_000_000, EveryMs: minute, Floor: 500_000_000}
			r.ConfirmAbove = 0
		}},
	{name: "Giá xuống rồi bỏ phiếu", kind: "land", thing: "đất ở thửa số 31, tờ bản đồ 8, xã Hòa Sơn", place: "Xã Hòa Sơn",
		detail: "186 m², đã hai lần không có người mua. Ai chấp nhận giá đang giảm được nói lời cuối, sau khi những người khác bỏ phiếu kín trả cao hơn.",
		start:  600_000_000, deposit: 60_000_000, as: func(r *office.RulesDraft) {
			falling(r)
			r.Method, r.Step = "hybrid", engine.Step{Kind: engine.StepPercent, BasisPoints: 100, Amount: 1_000_000}
			r.Descent = &engine.Descent{Amount: 5_000_000, EveryMs: minute, Floor: 400_000_000}
			r.Sealed, r.Hybrid = &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 1}, &engine.Hybrid{OffersMs: 5 * minute, AnswerMs: 3 * minute}
		}},
	{name: "Bỏ phiếu hai vòng", kind: "house", thing: "nhà hai tầng và đất 140 m² đường Phan Chu Trinh", place: "Phường Tân An",
		detail: "Nhà xây năm 2014, tài sản thi hành án. Bỏ phiếu kín hai vòng; hai người giữ hai khóa, đủ cả hai mới mở được phiếu.",
		start:  3_200_000_000, deposit: 480_000_000, opens: 2 * minute, bidding: 10 * minute, as: func(r *office.RulesDraft) {
			sealed(r, engine.Sealed{Pricing: engine.PricingFirst, Rounds: 2, RunOffs: 1, RoundMs: 5 * minute})
			r.Step.Amount = 50_000_000
		}},
	{name: "Phiếu giá thứ hai", kind: "car", thing: "xe khách 29 chỗ Hyundai County, sản xuất 2016", place: "Bãi xe Sở Xây dựng",
		detail: "Xe thanh lý, đã chạy 210.000 km. Phiếu cao nhất trúng và trả bằng giá của phiếu cao thứ hai.",
		start:  420_000_000, deposit: 63_000_000, bidding: 45 * minute, as: func(r *office.RulesDraft) {
			sealed(r, engine.Sealed{Pricing: engine.PricingSecond, Rounds: 1})
			r.Step.Amount = 5_000_000
		}},
	{name: "Nhiều đơn vị một giá", kind: "goods", thing: "120 tấn thép phế liệu công trình cầu cũ", place: "Bãi vật tư cầu Sông Lam",
		detail: "Giá tính cho một tấn. Mỗi phiếu ghi giá và số tấn; mọi người trúng trả cùng một giá, là giá trúng thấp nhất.",
		start:  7_500_000, deposit: 90_000_000, bidding: 45 * minute, as: func(r *office.RulesDraft) {
			sealed(r, engine.Sealed{Pricing: engine.PricingUniform, Rounds: 1, Units: 120})
			r.Step.Amount = 100_000
		}},
	{name: "Hỏi giá theo vòng", kind: "goods", thing: "máy xúc Komatsu PC200, tang vật tịch thu", place: "Kho vật chứng Công an tỉnh",
		detail: "Sản xuất 2008, còn hoạt động. Mỗi vòng hỏi một giá; ba phút không ai đồng ý thì kết thúc.",
		start:  520_000_000, deposit: 78_000_000, opens: minute, bidding: 60 * minute, as: func(r *office.RulesDraft) {
			r.Method, r.Step.Amount, r.Gong = "gong", 5_000_000, &engine.Gong{SilenceMs: 3 * minute}
		}},
	{name: "Trả giá lần lượt", kind: "goods", thing: "gỗ trắc 4,2 m³, tang vật tịch thu", place: "Hạt Kiểm lâm khu vực II",
		detail: "Gỗ xẻ nhóm I, có biên bản đo. Mỗi vòng mỗi người được gọi một lần, người trả thấp nói trước; điểm danh để vào vòng kế tiếp.",
		start:  850_000_000, deposit: 127_000_000, opens: minute, bidding: 2 * minute, as: func(r *office.RulesDraft) {
			r.Method, r.Step.Amount = "turns", 5_000_000
			r.Turns = &engine.Turns{Rounds: engine.MaxTurnRounds, TurnMs: 45_000, PauseMs: minute}
		}},
}

var soft = engine.Closing{Kind: engine.ClosingReset, WindowMs: minute, ByMs: minute, MaxCount: 10, MaxTotalMs: 20 * minute}

// linked is a lot of the one group of the auction.
func linked(r *office.RulesDraft) {
	r.Step.Amount, r.Closing = 10_000_000, soft
	r.Group = &engine.Group{Name: "Khu dân cư Bắc Sơn", Extends: true}
}

// sealed is a lot whose price nobody hears before the end.
func sealed(r *office.RulesDraft, s engine.Sealed) {
	r.Method, r.Sealed, r.MinIntervalMs = "sealed", &s, 0
}

// falling takes out what a price that comes down by itself has no use for.
func falling(r *office.RulesDraft) { r.Cap, r.MinIntervalMs = 0, 0 }

// waysDay is the auction in which each lot is sold in another way.
func waysDay(now engine.Instant, bidders []office.Account) office.AuctionDraft {
	d := office.AuctionDraft{
		Title:  "Mỗi lô một cách bán – " + now.Time().In(vietnam).Format("02/01/2006"),
		Centre: centre, Owner: waysOwner, Place: "Trực tuyến và tại hội trường tầng 2",
		Participants: participants(bidders),
	}
	for i, w := range ways {
		d.Lots = append(d.Lots, w.lot(i+1, now))
	}
	return d
}

func (w way) lot(number int, now engine.Instant) office.LotDraft {
	r := rules(w.start, 0, now.Add(w.opens), w.bidding, engine.Closing{Kind: engine.ClosingFixed})
	w.as(&r)
	if r.Descent != nil {
		r.BiddingMs = r.Descent.Span(r.Start)
	}
	r.ReserveAmount = w.reserve
	return office.LotDraft{
		Number: number, Kind: w.kind, Title: w.name + ": " + w.thing, Place: w.place, Detail: w.detail, Deposit: w.deposit, Rules: r,
	}
}

// participants are the people who may bid in an auction.
func participants(bidders []office.Account) (list []office.Participant) {
	for _, b := range bidders {
		list = append(list, office.Participant{AccountID: b.ID})
	}
	return list
}
