package document

import (
	"crypto/sha256"
	"fmt"
	"time"

	"gobua/engine"
)

func at(s string) engine.Instant {
	moment, err := time.ParseInLocation("2006-01-02 15:04:05.000", s, zone)
	if err != nil {
		panic(err)
	}
	return engine.InstantOf(moment)
}

var (
	sampleHead = Head{
		Centre: Centre{
			Superior: "Sở Tư pháp tỉnh Lạng Sơn", Name: "Trung tâm dịch vụ đấu giá tài sản",
			Address: "số 8 đường Hùng Vương, phường Lương Văn Tri, tỉnh Lạng Sơn",
			Phone:   "0205 3812 345", Email: "daugia@langson.example", Site: "https://daugia.langson.example",
		},
		Number: "15/TB-TTĐG", Place: "Lạng Sơn", IssuedAt: at("2026-11-05 08:00:00.000"),
	}
	sampleOwner = Party{"Cơ quan Thi hành án dân sự tỉnh Lạng Sơn", "số 5 đường Đinh Tiên Hoàng, tỉnh Lạng Sơn"}
	sampleHash  = engine.Hash{0x5a, 0x11, 0xc0, 0xde, 0x77, 31: 0x9f}
	sampleTitle = "Quyền sử dụng đất và xe ô tô là tài sản thi hành án đợt 3 năm 2026"
	sampleLots  = []Lot{
		{
			Number: 1, Title: "Quyền sử dụng đất thửa số 214, tờ bản đồ số 37", Detail: "Đất ở tại đô thị, 132,5 m²",
			Quantity: "01 thửa", Quality: "nguyên trạng", Place: "phường Đông Kinh, tỉnh Lạng Sơn", TitlePapers: "Giấy chứng nhận số CĐ 512345",
			Start: 12_850_000_000, Step: engine.Step{Kind: engine.StepFixed, Amount: 50_000_000}, Deposit: 2_570_000_000,
			DossierFee: 300_000, OpensAt: at("2026-11-23 09:30:00.000"), BiddingMs: 25 * 60_000,
		},
		{
			Number: 2, Title: "Xe ô tô Toyota Hilux, biển kiểm soát 12C-045.67", Detail: "Sản xuất năm 2019, màu bạc",
			Place: "kho tang vật, xã Hoàng Đồng", StartHidden: true, Step: engine.Step{Kind: engine.StepPercent, BasisPoints: 250, Amount: 2_000_000},
			Deposit: 45_000_000, DossierFee: 150_000, OpensAt: at("2026-11-23 10:30:00.000"), BiddingMs: 15 * 60_000,
		},
	}
	sampleSignatures = []Signature{
		{Role: "Đấu giá viên", Name: "Nguyễn Thị Hương", Reference: "Thẻ số 1234/TP-ĐGV", How: SignedSecondFactor, At: at("2026-11-23 10:04:11.000")},
		{Role: "Người ghi biên bản", Name: "Lý Văn Tuấn", How: SignedSecondFactor, At: at("2026-11-23 10:05:40.000")},
		{Role: "Người trúng đấu giá", Name: "Hoàng Ngọc Ánh", Reference: "mã số M-733", How: SignedOnSite, At: at("2026-11-23 10:06:02.000")},
		{
			Role: "Người có tài sản đấu giá", Name: "Đặng Quốc Bảo", How: SignedRefused, At: at("2026-11-23 10:10:00.000"),
			Consequence: "từ chối ký biên bản được ghi nhận, biên bản vẫn có giá trị.",
		},
		{Role: "Đại diện người tham gia", Name: "Vi Thị Mỵ", Reference: "mã số M-118"},
	}
)

func sampleNotice() Notice {
	return Notice{
		Head: sampleHead, Title: sampleTitle, Owner: sampleOwner, Lots: sampleLots,
		Viewing:        Window{at("2026-11-10 08:00:00.000"), at("2026-11-11 17:00:00.000"), "tại nơi có tài sản", "trong giờ hành chính"},
		DossierSale:    Window{at("2026-11-05 08:00:00.000"), at("2026-11-20 17:00:00.000"), "trên trang đấu giá và tại trụ sở Trung tâm", ""},
		Registration:   Window{at("2026-11-05 08:00:00.000"), at("2026-11-20 17:00:00.000"), "trên trang đấu giá", ""},
		DepositPayment: Window{at("2026-11-05 08:00:00.000"), at("2026-11-19 17:00:00.000"), "", ""},
		DepositAccount: "8600 2026 1123, Ngân hàng Agribank chi nhánh Lạng Sơn; nội dung chuyển khoản theo hướng dẫn sau khi đăng ký.",
		Conditions:     "cá nhân, tổ chức không thuộc trường hợp bị cấm tại khoản 4 Điều 38 Luật Đấu giá tài sản; nộp hồ sơ hợp lệ và tiền đặt trước đúng hạn.",
		Form:           "Đấu giá trực tuyến", Method: "trả giá lên", Venue: "https://daugia.langson.example, phiên 4k7qz2m8x0ab và 9r3tw5y1c6de",
		Contacts:     []Contact{{"Bà Nông Thị Hạnh, Phòng nghiệp vụ", "0205 3812 346", "nghiepvu@langson.example"}, {"Trực kỹ thuật ngày đấu giá", "0205 3812 399", ""}},
		RulesVersion: 2, RulesHash: sampleHash, Address: "https://daugia.langson.example/cuoc/0193a5f2-7c1e-7a40-b1de-5e0f9c6a7d21",
		Signatures: []Signature{{Role: "Giám đốc", Name: "Trần Đình Khôi", How: SignedDigital, At: at("2026-11-05 08:10:00.000")}},
	}
}

func sampleRules() RulesSheet {
	n := sampleNotice()
	h := sampleHead
	h.Number = "15/QC-TTĐG"
	return RulesSheet{
		Head: h, Title: sampleTitle, Owner: sampleOwner, Version: 2, Change: "lùi hạn xem tài sản một ngày.", Hash: sampleHash, Lots: sampleLots,
		Viewing: n.Viewing, DossierSale: n.DossierSale, Registration: n.Registration, DepositPayment: n.DepositPayment, DepositAccount: n.DepositAccount,
		Conditions: []string{"Không thuộc các trường hợp quy định tại khoản 4 Điều 38 Luật Đấu giá tài sản;", "Có tài khoản đã được xác minh trên trang đấu giá."},
		Ways:       []string{"Mua hồ sơ, nộp hồ sơ và cam kết trên trang đấu giá trực tuyến;", "Người không tự làm được thì nộp tại trụ sở, nhân viên nhập thay."},
		Venue:      n.Venue, Form: n.Form, Method: n.Method,
		Bidding: []string{
			"Giá trả hợp lệ là giá từ giá khởi điểm trở lên, cao hơn giá cao nhất ít nhất một bước giá, được máy chủ nhận trong thời gian trả giá.",
			"Trả giá hợp lệ trong 10 giây cuối kéo dài thời gian trả giá thêm 30 giây, nhiều nhất 10 lần.",
		},
		Withdrawal:   []string{"Người trả giá cao nhất rút lại giá đã trả trước khi công bố thì bị truất quyền; phiên tiếp tục từ giá liền kề."},
		Disqualified: DisqualificationGrounds, Forfeited: ForfeitureGrounds,
		Refund:     []string{"Trong thời hạn 03 ngày làm việc kể từ ngày kết thúc cuộc đấu giá, vào tài khoản đã đăng ký."},
		Incidents:  []string{"Người tham gia không thể trả giá; giá hợp lệ không được ghi nhận; thời điểm trả giá ghi sai; phiên không mở được.", "Phiên tổ chức lại chỉ có những người đã đủ điều kiện của phiên bị dừng."},
		Signatures: n.Signatures,
		Further:    []Article{{"Giải quyết khiếu nại", []string{"Khiếu nại nêu mã biên nhận của lần trả giá; Trung tâm trả lời kèm bản trích xuất diễn biến."}}},
	}
}

// sampleMinutes are minutes with so many bids.
func sampleMinutes(bids int) Minutes {
	h := sampleHead
	h.Number, h.IssuedAt = "15/BB-TTĐG", at("2026-11-23 10:02:30.000")
	m := Minutes{
		Head: h, Version: 1, Title: sampleTitle, Owner: sampleOwner, Venue: "https://daugia.langson.example", Session: "4k7qz2m8x0ab",
		Lots: sampleLots[:1], Form: "Đấu giá trực tuyến", Method: "trả giá lên", RulesVersion: 2, RulesHash: sampleHash,
		StartedAt: at("2026-11-23 09:30:00.000"), EndedAt: at("2026-11-23 09:55:30.000"),
		Auctioneer: Officer{"Đấu giá viên", "Nguyễn Thị Hương", "Thẻ số 1234/TP-ĐGV"},
		Clerk:      Officer{"Người ghi biên bản", "Lý Văn Tuấn", ""},
		Others:     []Officer{{"Chấp hành viên", "Đặng Quốc Bảo", "Cơ quan Thi hành án dân sự tỉnh Lạng Sơn"}},
		Attendees: []Attendee{
			{"M-733", true, at("2026-11-23 09:12:04.310"), ""}, {"M-118", true, at("2026-11-23 09:25:41.007"), ""},
			{"M-460", true, at("2026-11-23 09:29:58.900"), "bị truất quyền"}, {"M-902", false, 0, "đề nghị không trả lại tiền đặt trước"},
		},
		Course: []Happening{{at("2026-11-23 09:30:00.000"), "Mở phiên, thời gian trả giá đến 09 giờ 50 phút 00 giây."}},
		Calls:  []Happening{{at("2026-11-23 09:55:10.000"), "gọi giá 14.000.000.000 đồng lần 1."}},
		Incidents: []Happening{
			{at("2026-11-23 09:41:10.000"), "Đấu giá viên tạm dừng phiên vì sự cố đường truyền của Trung tâm; thời gian còn lại được giữ nguyên."},
			{at("2026-11-23 09:46:10.000"), "Phiên tiếp tục, giờ kết thúc mới được thông báo cho mọi người tham gia."},
		},
		Story: []Happening{
			{at("2026-11-23 09:57:00.000"), "Đấu giá viên công bố người trúng đấu giá là mã số M-118."},
			{at("2026-11-23 09:58:12.000"), "Người có mã số M-118 từ chối kết quả trúng đấu giá (Điều 51)."},
			{at("2026-11-23 10:01:45.000"), "Người trả giá liền kề, mã số M-733, chấp nhận mua với giá đã trả; giá này cộng tiền đặt trước không thấp hơn giá bị từ chối."},
		},
		Outcome:    Outcome{Sold: true, Code: "M-733", Name: "Hoàng Ngọc Ánh", RecordedAt: at("2026-11-23 09:55:02.118")},
		Signatures: sampleSignatures,
		Record:     Attachment{"dien-bien-4k7qz2m8x0ab.json", "Bản trích xuất diễn biến phiên đấu giá", []byte(`{"session":"4k7qz2m8x0ab"}`)},
		RecordHead: engine.Head{Seq: 57, Hash: engine.Hash{0xab, 0xcd, 31: 1}},
		Published: PublishedRecord{
			Attachment: Attachment{"phien-4k7qz2m8x0ab.txt", "Hồ sơ công khai của phiên", []byte("gobua record 1\n")},
			Size:       15, Hash: engine.Hash(sha256.Sum256([]byte("gobua record 1\n"))), Address: "https://daugia.example.vn/api/v1/sessions/4k7qz2m8x0ab/record",
			Check: "https://daugia.example.vn/kiem-chung?phien=4k7qz2m8x0ab",
		},
	}
	price := sampleLots[0].Start
	for n := range bids {
		m.Bids = append(m.Bids, Bid{
			Seq: engine.Seq(5 + n), At: m.StartedAt + engine.Instant(1117*(n+1)), Code: m.Attendees[n%3].Code, Amount: price,
			Struck: n%3 == 2 && n > 2, Auto: n%7 == 5, Floor: n == 3,
		})
		price += 50_000_000
	}
	m.Outcome.Price = price
	return m
}

func sampleIncident() IncidentMinutes {
	h := sampleHead
	h.Number, h.IssuedAt = "16/BB-TTĐG", at("2026-11-23 09:50:00.000")
	return IncidentMinutes{
		Head: h, Title: sampleTitle, Lot: sampleLots[0].Title, Session: "4k7qz2m8x0ab", Paused: true, At: at("2026-11-23 09:41:10.250"),
		Ground: "sự cố kỹ thuật của trang đấu giá làm người tham gia không thể trả giá (Quy chế, Điều 14).",
		What:   "đường truyền của Trung tâm gián đoạn; ba người tham gia mất kết nối cùng lúc.", Price: 13_100_000_000, Leader: "M-118", RemainMs: 13*60_000 + 50_000,
		Events:   []Happening{{at("2026-11-23 09:40:52.000"), "Ba kết nối của người tham gia mất trong một giây."}, {at("2026-11-23 09:41:10.000"), "Đấu giá viên tạm dừng phiên."}},
		Measures: "Chuyển sang đường truyền dự phòng, thông báo trên phòng đấu giá và gửi tin cho mọi người tham gia.", RerunAt: at("2026-11-24 09:00:00.000"),
		Auctioneer: Officer{"Đấu giá viên", "Nguyễn Thị Hương", "Thẻ số 1234/TP-ĐGV"}, Supervisor: Officer{"Cán bộ giám sát", "Chu Thị Yến", "Sở Tư pháp tỉnh Lạng Sơn"},
		RecordHead: engine.Head{Seq: 31, Hash: engine.Hash{0xfe, 31: 2}},
		Signatures: []Signature{
			{Role: "Đấu giá viên", Name: "Nguyễn Thị Hương", How: SignedSecondFactor, At: at("2026-11-23 09:50:20.000")},
			{Role: "Cán bộ giám sát", Name: "Chu Thị Yến", How: SignedDigital, At: at("2026-11-23 09:52:00.000")},
		},
	}
}

func sampleReceipt() DepositReceipt {
	h := sampleHead
	h.Number = "204/XN-TTĐG"
	return DepositReceipt{
		Head: h, Title: sampleTitle, Lot: sampleLots[0].Title, Payer: "Hoàng Ngọc Ánh", PayerID: "0201••••••45", Amount: 2_570_000_000, How: "Chuyển khoản",
		Account: "8600 2026 1123, Agribank chi nhánh Lạng Sơn", Memo: "GOBUA 4K7Q Z2M8", Reference: "FT26322114785", ReceivedAt: at("2026-11-18 14:02:55.000"),
		Signatures: []Signature{{Role: "Kế toán", Name: "Phùng Thị Quỳnh", How: SignedSecondFactor, At: at("2026-11-18 15:00:00.000")}},
	}
}

func sampleRefunds(rows int) RefundList {
	h := sampleHead
	h.Number, h.IssuedAt = "17/DS-TTĐG", at("2026-11-24 08:00:00.000")
	l := RefundList{Head: h, Title: sampleTitle, DueAt: at("2026-11-27 23:59:59.999"), Signatures: sampleSignatures[:1]}
	for n := range rows {
		r := Refund{Code: engine.ParticipantCode(fmt.Sprintf("M-%03d", 100+n)), Name: "Vi Thị Mỵ", Bank: "Vietcombank Lạng Sơn", Account: fmt.Sprintf("0123 4567 %04d", n), Deposit: 2_570_000_000, Interest: 105_616}
		if n%2 == 0 {
			r.PaidAt = at("2026-11-25 10:00:00.000")
		}
		l.Refunds = append(l.Refunds, r)
	}
	return l
}
