package office

import (
	"testing"

	"gobua/engine"
)

// TestCalledLotInThePaper is how the printed Quy chế says that a lot is called,
// with the sheet's own numbers.
func TestCalledLotInThePaper(t *testing.T) {
	const floor = ". Giá trả tại hội trường do đấu giá viên hoặc thư ký nhập vào hệ thống và có giá trị như giá trả từ thiết bị của người tham gia; " +
		"giá nhập nhầm được đấu giá viên hủy ghi nhận công khai, nêu lý do, bắt đầu từ giá sau cùng."
	for want, c := range map[string]engine.Called{
		"Đấu giá viên gọi giá cao nhất 3 lần rồi gõ búa kết thúc; có giá mới thì gọi lại từ lần đầu, " +
			"hai lần gọi và lần gọi cuối với tiếng búa cách nhau ít nhất 3 giây" + floor: {Calls: 3, CallEveryMs: 3000},
		"Đấu giá viên gọi giá cao nhất 1 lần rồi gõ búa kết thúc; có giá mới thì gọi lại từ lần đầu" +
			"; đấu giá viên được gõ búa khi chưa gọi đủ số lần" + floor: {Calls: 1, EarlyHammer: true},
	} {
		lots := []PublicLot{{Number: 1}}
		lots[0].Rules.Called, lots[0].Rules.Closing = &c, engine.Closing{Kind: engine.ClosingFixed}
		if got := biddingText(lots); got[len(got)-1] != want {
			t.Errorf("the paper says\n%s\nwant\n%s", got[len(got)-1], want)
		}
	}
}

// TestCallsInTheMinutes: what the auctioneer did at a called lot is told, and a
// bid that was undone carries the reason.
func TestCallsInTheMinutes(t *testing.T) {
	calls := []ResultCall{
		{Kind: engine.KindAsked, Price: 1_500_000}, {Kind: engine.KindCallMade, Count: 1}, {Kind: engine.KindCallMade, Count: 2, Price: 1_500_000},
		{Kind: engine.KindWarned}, {Kind: engine.KindUndone, Price: 1_500_000, Code: "M-105", Bid: 9, Reason: "Nhập nhầm mã số."},
		{Kind: engine.KindHammered, Price: 1_500_000}, {Kind: engine.KindHammered, Passed: true}, {Kind: engine.KindLotReopened, Reason: "Có người giơ bảng"},
		{Kind: engine.KindUndoAsked, Price: 1_500_000, Code: "M-105", Bid: 9, Reason: "Nghe nhầm", Role: engine.RoleAuctioneer, Who: "DGV-01"},
		{Kind: engine.KindUndoDropped, Price: 1_500_000, Code: "M-105", Reason: "Tôi cũng nghe mã số này.", Role: engine.RoleClerk},
		{Kind: engine.KindUndone, Price: 1_500_000, Code: "M-105", Bid: 9, Reason: "Nghe nhầm", Role: engine.RoleObserver, Who: "GS-03"},
	}
	for i, want := range []string{
		"mời trả giá 1.500.000 đồng.", "gọi giá khởi điểm lần 1.", "gọi giá 1.500.000 đồng lần 2.", "báo sắp gõ búa.",
		"hủy ghi nhận giá 1.500.000 đồng của mã số M-105 (bản ghi 9), lý do: Nhập nhầm mã số.",
		"gõ búa ở giá 1.500.000 đồng.", "gõ búa, chưa bán.", "mở lại phiên, lý do: Có người giơ bảng.",
		"đấu giá viên (số hiệu DGV-01) đề nghị hủy ghi nhận giá 1.500.000 đồng của mã số M-105 (bản ghi 9) sau lần gọi cuối, chờ người thứ hai xác nhận, lý do: Nghe nhầm.",
		"thư ký phiên không đồng ý hủy ghi nhận, giá 1.500.000 đồng của mã số M-105 giữ nguyên, lý do: Tôi cũng nghe mã số này.",
		"hủy ghi nhận giá 1.500.000 đồng của mã số M-105 (bản ghi 9), người giám sát (số hiệu GS-03) xác nhận, lý do: Nghe nhầm.",
	} {
		if got := callSentence(calls[i], "VND"); got != want {
			t.Errorf("the minutes say %q, want %q", got, want)
		}
	}
	if got := whyUndone(calls, 9); got != "đã hủy ghi nhận: Nhập nhầm mã số." || whyUndone(calls, 8) != "" {
		t.Errorf("the note of the bid is %q", got)
	}
}
