package office_test

import (
	"gobua/engine"
	"gobua/office"
)

// sold is one lot sold in some way: how it is published, and the story of its
// session, which opens at 16:00. AN, BINH and CUC stand for the codes.
type sold struct {
	rules func(*office.RulesDraft)
	story string
	// What the minutes say, in this order, and what they do not say.
	say, hide []string
	bids      []string // of the report of bids: how each was made, whether it counts, why not
	submitted []string // how prices reach the auction, as its OCDS release says
	method    string   // of the lot in the data for the national portal; empty: none of the law's
}

const allThere = `
people AN BINH CUC

15:50:00 AN check-in
15:50:10 BINH check-in
15:50:20 CUC check-in
`

// ways are stories that each end in minutes.
var ways = map[string]sold{
	"sealed": {
		bids: []string{"Phiếu kín Có ", "Phiếu kín Có ", "Phiếu kín Có ", "Phiếu kín Có ", "Phiếu kín Có "}, submitted: []string{"electronicSubmission"}, method: "ascending",
		rules: func(r *office.RulesDraft) {
			r.Method = "sealed"
			r.Sealed = &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 1, RunOffs: 1, RoundMs: 300_000}
		},
		story: allThere + `
15:51:00 auctioneer/DGV-01 take-key
15:52:00 clerk/TK-02 take-key
16:00:00 clock
16:01:00 AN offer 60,000,000
16:02:00 BINH offer 65,000,000
16:03:00 CUC offer 65,000,000
16:04:00 AN offer 45,000,000
16:15:00 clock
16:16:00 auctioneer/DGV-01 present-key
16:16:30 clerk/TK-02 present-key
16:17:00 auctioneer open-round
16:18:00 CUC offer 80,000,000
16:19:00 BINH offer 70,000,000
16:22:00 clock
16:22:10 auctioneer/DGV-01 present-key
16:22:20 clerk/TK-02 present-key
16:23:00 auctioneer announce CUC 80,000,000
`,
		say: []string{
			"Phương thức: trả giá lên, bỏ phiếu gián tiếp", "3 người đủ điều kiện, 3 người có mặt", "Có 5 lần trả giá được ghi nhận", "ghi theo lúc máy chủ nhận phiếu",
			"16:02:00,000 BINH 65.000.000", "16:03:00,000 CUC 65.000.000", "16:04:00,000 AN 45.000.000",
			"16:18:00,000 CUC 80.000.000", "16:19:00,000 BINH 70.000.000",
			"DGV-01 nhận một trong hai khóa", "TK-02 nhận một trong hai khóa", "Mở phiên", "DGV-01 đưa khóa mở phiếu", "TK-02 đưa khóa mở phiếu",
			"Mở các phiếu trả giá của vòng 1 bằng hai khóa", "Vòng bỏ phiếu 2", "trả cao hơn 65.000.000", "gồm 2 người",
			"Mở các phiếu trả giá của vòng 2 bằng hai khóa", "công bố người trúng đấu giá là mã số CUC, giá trúng 80.000.000",
			"Giá trúng đấu giá: 80.000.000", "ghi nhận giá trúng lúc 16:18:00,000",
		},
		hide: []string{"60.000.000"}, // an offer that was changed is never opened
	},
	"second price": {
		bids: []string{"Phiếu kín Có ", "Phiếu kín Có "}, submitted: []string{"electronicSubmission"}, method: "ascending",
		rules: func(r *office.RulesDraft) {
			r.Method = "sealed"
			r.Sealed = &engine.Sealed{Pricing: engine.PricingSecond, Rounds: 1}
		},
		story: allThere + `
15:51:00 auctioneer/DGV-01 take-key
15:52:00 clerk/TK-02 take-key
16:00:00 clock
16:01:00 AN offer 90,000,000
16:02:00 BINH offer 65,000,000
16:15:00 clock
16:16:00 auctioneer/DGV-01 present-key
16:16:30 clerk/TK-02 present-key
16:17:00 auctioneer announce AN 65,000,000
`,
		say: []string{"16:01:00,000 AN 90.000.000", "16:02:00,000 BINH 65.000.000", "Mở các phiếu trả giá", "mã số AN, giá trúng 65.000.000", "đã trả 90.000.000", "giá của phiếu cao thứ hai"},
	},
	"several units": {
		bids: []string{"Phiếu kín Có  2", "Phiếu kín Có  4", "Phiếu kín Có  1"}, submitted: []string{"electronicSubmission"}, method: "ascending",
		rules: severalUnits,
		story: allThere + `
15:51:00 auctioneer/DGV-01 take-key
15:52:00 clerk/TK-02 take-key
16:00:00 clock
16:01:00 AN offer 60,000,000 for 2
16:02:00 BINH offer 65,000,000 for 4
16:03:00 CUC offer 50,000,000 for 1
16:15:00 clock
16:16:00 auctioneer/DGV-01 present-key
16:16:30 clerk/TK-02 present-key
16:17:00 auctioneer announce BINH 60,000,000
`,
		say: []string{
			"16:01:00,000 AN 60.000.000", "cho 2 đơn vị", "16:02:00,000 BINH 65.000.000", "cho 4 đơn vị", "16:03:00,000 CUC 50.000.000",
			"có 2 người trúng đấu giá", "Giá mỗi đơn vị: 60.000.000",
			"mã số BINH: 4 đơn vị, tổng cộng 240.000.000", "mã số AN: 1 trong 2 đơn vị đã trả giá, tổng cộng 60.000.000",
		},
	},
	"hybrid": {
		bids: []string{"Trực tiếp Có ", "Phiếu kín Có ", "Phiếu kín Có ", "Trực tiếp Có "}, submitted: []string{"electronicAuction", "electronicSubmission"},
		rules: func(r *office.RulesDraft) {
			r.Method, r.BiddingMs = "hybrid", 240_000
			r.Step = engine.Step{Kind: engine.StepPercent, BasisPoints: 200, Amount: 100_000}
			r.Descent = &engine.Descent{Amount: 5_000_000, EveryMs: 60_000, Floor: 25_000_000}
			r.Sealed, r.Hybrid = &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 1}, &engine.Hybrid{OffersMs: 600_000, AnswerMs: 180_000}
		},
		story: allThere + `
15:51:00 auctioneer/DGV-01 take-key
15:52:00 clerk/TK-02 take-key
16:00:00 clock
16:01:00 clock
16:02:00 clock
16:02:10 AN bid 30,000,000
16:03:00 BINH offer 32,000,000
16:04:00 CUC offer 34,000,000
16:12:10 clock
16:12:30 auctioneer/DGV-01 present-key
16:12:40 clerk/TK-02 present-key
16:13:20 AN bid 35,000,000
16:14:00 auctioneer announce AN 35,000,000
`,
		say: []string{
			"đặt giá xuống, sau đó bỏ phiếu kín trả cao hơn", "16:02:10,000 AN 30.000.000", "16:03:00,000 BINH 32.000.000",
			"16:04:00,000 CUC 34.000.000", "16:13:20,000 AN 35.000.000",
			"Giá giảm 2 lần", "AN chấp nhận giá 30.000.000", "những người khác bỏ phiếu trả cao hơn đến 16 giờ 12 phút 10 giây",
			"Mở phiếu được giá cao nhất 34.000.000", "mã số AN, giá trúng 35.000.000",
		},
	},
	"called": {
		bids: []string{"Trực tiếp Có ", "Tại hội trường Có ", "Tại hội trường Không đã hủy ghi nhận: Nhập nhầm mã số"}, submitted: []string{"electronicAuction", "inPerson"}, method: "ascending",
		rules: func(r *office.RulesDraft) {
			r.Method, r.Called = "called", &engine.Called{Calls: 3}
		},
		story: allThere + `
16:00:00 clock
16:00:05 auctioneer ask 50,000,000
16:01:00 AN bid 45,000,000
16:02:00 clerk floor-bid BINH 50,000,000
16:03:00 auctioneer floor-bid CUC 55,000,000
16:03:30 auctioneer undo CUC 55,000,000 Nhập nhầm mã số
16:04:00 auctioneer call 50,000,000
16:04:10 auctioneer call 50,000,000
16:04:15 auctioneer warn
16:04:20 auctioneer call 50,000,000
16:04:30 auctioneer hammer 50,000,000
16:05:00 auctioneer announce BINH 50,000,000
`,
		say: []string{
			"Có 3 lần trả giá được ghi nhận", "16:01:00,000 AN 45.000.000", "16:02:00,000 BINH 50.000.000", "trả tại hội trường",
			"16:03:00,000 CUC 55.000.000", "trả tại hội trường", "mời trả giá 50.000.000",
			"hủy ghi nhận giá 55.000.000 đồng của mã số CUC", "lý do: Nhập nhầm mã số", "gọi giá 50.000.000 đồng lần 1", "báo sắp gõ búa",
			"gọi giá 50.000.000 đồng lần 3", "gõ búa ở giá 50.000.000", "mã số BINH, giá trúng 50.000.000",
		},
	},
	"group": {
		bids: []string{"Trực tiếp Có ", "Trực tiếp Có "}, submitted: []string{"electronicAuction"}, method: "ascending",
		rules: func(r *office.RulesDraft) {
			r.Closing = engine.Closing{Kind: engine.ClosingAdd, WindowMs: 60_000, ByMs: 120_000}
			r.Group = &engine.Group{Extends: true}
		},
		story: allThere + `
16:00:00 clock
16:10:00 AN bid 45,000,000
16:14:50 lot 4 extended until 16:17:00
16:16:30 BINH bid 50,000,000
16:19:00 clock
16:20:00 auctioneer announce BINH 50,000,000
`,
		say: []string{
			"16:10:00,000 AN 45.000.000", "Có giá mới sát giờ kết thúc của lô 4: cả nhóm gia hạn theo quy chế đến 16 giờ 17 phút 00 giây",
			"Có giá mới sát giờ kết thúc: gia hạn theo quy chế đến 16 giờ 19 phút 00 giây", "mã số BINH, giá trúng 50.000.000",
		},
	},
	"descending": {
		bids: []string{"Trực tiếp Có "}, submitted: []string{"electronicAuction"}, method: "descending",
		rules: func(r *office.RulesDraft) {
			r.Method, r.Step, r.BiddingMs = "descending", engine.Step{}, 240_000
			r.ConfirmAbove = 0
			r.Descent = &engine.Descent{Amount: 5_000_000, EveryMs: 60_000, Floor: 25_000_000}
		},
		story: allThere + `
16:00:00 clock
16:01:00 clock
16:02:00 clock
16:02:10 AN bid 30,000,000
16:03:00 auctioneer announce AN 30,000,000
`,
		say: []string{"Phương thức: đặt giá xuống", "16:02:10,000 AN 30.000.000", "Giá giảm 2 lần", "mã số AN, giá trúng 30.000.000"},
	},
	"plate rounds": {
		bids: []string{"Trực tiếp Có ", "Trực tiếp Có ", "Trực tiếp Có "}, submitted: []string{"electronicAuction"}, method: "ascending",
		rules: func(r *office.RulesDraft) {
			r.Closing = engine.Closing{Kind: engine.ClosingRounds, WindowMs: 10_000, ByMs: 30_000, MaxCount: 10, MaxTotalMs: 300_000}
		},
		story: allThere + `
16:00:00 clock
16:05:00 AN bid 45,000,000
16:14:55 BINH bid 50,000,000
16:15:00 clock
16:15:25 AN bid 55,000,000
16:15:30 clock
16:16:00 auctioneer announce AN 55,000,000
`,
		say: []string{
			"16:05:00,000 AN 45.000.000", "16:14:55,000 BINH 50.000.000", "16:15:25,000 AN 55.000.000", "Vòng 1 đến 16 giờ 15 phút 30 giây", "gồm 2 người",
			"Kết thúc việc trả giá", "mã số AN, giá trúng 55.000.000",
		},
	},
	"gong": {
		bids: []string{"Trực tiếp Có ", "Trực tiếp Có "}, submitted: []string{"electronicAuction"},
		rules: func(r *office.RulesDraft) {
			r.Method, r.Gong, r.BiddingMs = "gong", &engine.Gong{SilenceMs: 180_000}, 3_600_000
		},
		story: allThere + `
16:00:00 clock
16:01:30 AN bid 45,000,000
16:03:10 BINH bid 60,000,000
16:06:10 clock
16:07:00 auctioneer announce BINH 60,000,000
`,
		say: []string{"16:01:30,000 AN 45.000.000", "16:03:10,000 BINH 60.000.000", "mã số BINH, giá trúng 60.000.000"},
	},
	"buy now": {
		bids: []string{"Trực tiếp Có ", "Mua ngay Có "}, submitted: []string{"electronicAuction"}, method: "ascending",
		rules: func(r *office.RulesDraft) { r.BuyNow = &engine.BuyNow{Amount: 90_000_000, Until: engine.BuyNowEnd} },
		story: allThere + `
16:00:00 clock
16:01:00 AN bid 45,000,000
16:02:00 BINH buy 90,000,000
16:03:00 auctioneer announce BINH 90,000,000
`,
		say: []string{
			"16:01:00,000 AN 45.000.000", "16:02:00,000 BINH 90.000.000", "mua ngay", "mã số BINH mua ngay với giá 90.000.000", "Kết thúc việc trả giá",
			"mã số BINH, giá trúng 90.000.000",
		},
	},
	"turns": {
		bids: []string{"Trực tiếp Có ", "Trực tiếp Có ", "Trực tiếp Có "}, submitted: []string{"electronicAuction"}, method: "ascending",
		rules: func(r *office.RulesDraft) {
			r.Method, r.Turns, r.BiddingMs = "turns", &engine.Turns{Rounds: 2, TurnMs: 180_000, PauseMs: 120_000}, 300_000
		},
		story: allThere + `
16:00:00 clock
16:05:00 clock
16:06:00 auctioneer pause Mất mạng ở hội trường
16:10:00 auctioneer resume
16:11:00 CUC bid 45,000,000
16:13:00 BINH bid 60,000,000
16:15:00 outage since 16:13:30
16:17:00 AN bid 65,000,000
16:19:00 clock
16:22:00 clock
16:25:00 clock
16:26:00 auctioneer announce AN 65,000,000
`,
		say: []string{
			"Nghỉ trước vòng đầu: 5", "Phương thức: trả giá lần lượt theo vòng",
			"16:11:00,000 CUC 45.000.000", "16:13:00,000 BINH 60.000.000", "16:17:00,000 AN 65.000.000",
			"Mở phiên, nghỉ trước vòng 1 đến 16 giờ 05 phút 00 giây",
			"Vòng 1: đến lượt người có mã số CUC, muộn nhất đến 16 giờ 08 phút 00 giây. Thứ tự của vòng: CUC, BINH, AN",
			"Tạm dừng phiên", "Tiếp tục phiên, lượt của người có mã số CUC muộn nhất đến 16 giờ 12 phút 00 giây",
			"Vòng 1: đến lượt người có mã số BINH", "Vòng 1: đến lượt người có mã số AN, muộn nhất đến 16 giờ 16 phút 00 giây",
			"thời gian được trả lại, lượt của người có mã số AN muộn nhất đến",
			"Nghỉ trước vòng 2 đến 16 giờ 19 phút 00 giây. Thứ tự của vòng: CUC, BINH, AN", "Vòng 2: đến lượt người có mã số CUC",
			"Vòng 2: đến lượt người có mã số BINH", "Kết thúc việc trả giá", "mã số AN, giá trúng 65.000.000",
		},
		hide: []string{"thời gian trả giá đến"}, // no such time is known while there are turns
	},
	"units": {
		bids: []string{"Phiếu kín Không không nhận phần được chia: Một đơn vị không dùng được 2", "Phiếu kín Có  4", "Phiếu kín Có  3"}, submitted: []string{"electronicSubmission"}, method: "ascending",
		rules: func(r *office.RulesDraft) {
			r.Method, r.Sealed = "sealed", &engine.Sealed{Pricing: engine.PricingUniform, Rounds: 1, Units: 5}
		},
		story: allThere + `
15:51:00 auctioneer/DGV-01 take-key
15:52:00 clerk/TK-02 take-key
16:00:00 clock
16:00:30 AN offer 85,000,000 for 5
16:01:00 AN offer 60,000,000 for 2
16:02:00 BINH offer 65,000,000 for 4
16:03:00 CUC offer 50,000,000 for 3
16:15:00 clock
16:16:00 auctioneer/DGV-01 present-key
16:16:30 clerk/TK-02 present-key
16:17:00 auctioneer decline AN Một đơn vị không dùng được
16:18:00 auctioneer announce BINH 50,000,000 changed 1
`,
		say: []string{
			"Số lượng: 5 đơn vị giống nhau", "Phương thức: trả giá lên, bỏ phiếu gián tiếp, nhiều đơn vị cùng một giá",
			"16:01:00,000 AN 60.000.000", "cho 2 đơn vị; không tính: không nhận phần được chia", "16:02:00,000 BINH 65.000.000", "cho 4 đơn vị", "16:03:00,000 CUC 50.000.000", "cho 3 đơn vị",
			"Mở phiên", "Mở các phiếu trả giá của vòng 1", "mã số AN chỉ được một phần số đơn vị và không nhận phần đó", "Lý do: Một đơn vị không dùng được",
			"công bố người trúng đấu giá là mã số BINH, 4 đơn vị, tổng cộng 200.000.000", "công bố người trúng đấu giá là mã số CUC, 1 trong 3 đơn vị đã trả giá, tổng cộng 50.000.000",
			"có 2 người trúng đấu giá", "Giá mỗi đơn vị: 50.000.000", "4 đơn vị", "200.000.000", "1 trong 3 đơn vị", "50.000.000",
		},
		hide: []string{"85.000.000"},
	},
}
