package office

import (
	"strings"
	"testing"

	"gobua/engine"
)

// TestMinutesTellTheCourse: each thing that the clock or the auctioneer did is
// a sentence, and falls in a row are one.
func TestMinutesTellTheCourse(t *testing.T) {
	const begin = engine.Instant(1_795_402_800_000) // 10:00:00 in Viet Nam
	at := func(seconds engine.Instant) engine.Instant { return begin + 1000*seconds }
	course := []engine.Moment{
		{At: at(0), Kind: engine.KindOpened, ClosesAt: at(1500)},
		{At: at(60), Kind: engine.KindLowered, Price: 990_000},
		{At: at(120), Kind: engine.KindLowered, Price: 980_000},
		{At: at(150), Kind: engine.KindPaused, Text: "Mất điện hội trường."},
		{At: at(200), Kind: engine.KindResumed, ClosesAt: at(1550)},
		{At: at(230), Kind: engine.KindLowered, Price: 970_000},
		{At: at(240), Kind: engine.KindReopened, Price: 970_000, ClosesAt: at(1600)},
		{At: at(250), Kind: engine.KindExtended, ClosesAt: at(1700)},
		{At: at(260), Kind: engine.KindExtended, ClosesAt: at(1800), Text: "Theo yêu cầu"},
		{At: at(270), Kind: engine.KindOutageCredited, LostMs: 4_250, ClosesAt: at(1805)},
		{At: at(280), Kind: engine.KindSaid, Text: "Còn năm phút"},
		{At: at(290), Kind: engine.KindWithdrawn, Code: "A"},
		{At: at(300), Kind: engine.KindDisqualified, Code: "B", Text: "Thông đồng"},
		{At: at(310), Kind: engine.KindRoundOpened, Round: 1, ClosesAt: at(340), Going: []engine.ParticipantCode{"C", "D"}},
		{At: at(339), Kind: engine.KindBidAccepted, Code: "C", Price: 2_000_000},
		{At: at(340), Kind: engine.KindClosed},
		{At: at(350), Kind: engine.KindKeyTaken, Who: "TK-02"},
		{At: at(360), Kind: engine.KindKeyPresented, Who: "TK-02", Round: 1},
		{At: at(360), Kind: engine.KindUnsealed, Round: 1},
		{At: at(400), Kind: engine.KindSealedRoundOpened, Round: 2, ClosesAt: at(700), Price: 5_000_000, Going: []engine.ParticipantCode{"C", "D"}},
		{At: at(405), Kind: engine.KindExtended, ClosesAt: at(1000), Lot: 3},
		{At: at(410), Kind: engine.KindStageOpened, Stage: engine.StageOffers, Code: "A", Price: 800_000, ClosesAt: at(1000)},
		{At: at(1050), Kind: engine.KindTurnOpened, Round: 2, Going: []engine.ParticipantCode{"B", "A"}, ClosesAt: at(1080)},
		{At: at(1080), Kind: engine.KindTurnOpened, Round: 2, Code: "B", ClosesAt: at(1090)},
		{At: at(1100), Kind: engine.KindStageOpened, Stage: engine.StageAnswer, Code: "A", Price: 950_000, ClosesAt: at(1280)},
	}
	want := []string{
		"Mở phiên, thời gian trả giá đến 10 giờ 25 phút 00 giây.",
		"Giá giảm 2 lần, lần đầu xuống 990.000\u00a0đồng lúc 10 giờ 01 phút 00 giây, lần cuối xuống 980.000\u00a0đồng.",
		"Tạm dừng phiên. Lý do: Mất điện hội trường.",
		"Tiếp tục phiên, thời gian trả giá đến 10 giờ 25 phút 50 giây.",
		"Giá giảm xuống 970.000\u00a0đồng.",
		"Người chấp nhận giá không còn tham gia: phiên tiếp tục từ giá 970.000\u00a0đồng, đến 10 giờ 26 phút 40 giây.",
		"Có giá mới sát giờ kết thúc: gia hạn theo quy chế đến 10 giờ 28 phút 20 giây.",
		"Đấu giá viên gia hạn, thời gian trả giá đến 10 giờ 30 phút 00 giây. Lý do: Theo yêu cầu.",
		"Hệ thống gián đoạn 4,2 giây, thời gian được trả lại, thời gian trả giá đến 10 giờ 30 phút 05 giây.",
		"Đấu giá viên thông báo: Còn năm phút",
		"Người có mã số A rút lại giá đã trả; các lần trả giá của người này không còn tính (Điều 50).",
		"Người có mã số B bị truất quyền tham gia; các lần trả giá của người này không còn tính. Lý do: Thông đồng.",
		"Vòng 1 đến 10 giờ 05 phút 40 giây, gồm 2 người trả giá hợp lệ ở lượt trước: C, D.",
		"Người có mã số C mua ngay với giá 2.000.000\u00a0đồng.",
		"Kết thúc việc trả giá.",
		"Người có số hiệu TK-02 nhận một trong hai khóa mở phiếu.",
		"Người có số hiệu TK-02 đưa khóa mở phiếu.",
		"Mở các phiếu trả giá của vòng 1 bằng hai khóa.",
		"Vòng bỏ phiếu 2 đến 10 giờ 11 phút 40 giây, trả cao hơn 5.000.000\u00a0đồng, gồm 2 người: C, D.",
		"Có giá mới sát giờ kết thúc của lô 3: cả nhóm gia hạn theo quy chế đến 10 giờ 16 phút 40 giây.",
		"Người có mã số A chấp nhận giá 800.000\u00a0đồng; những người khác bỏ phiếu trả cao hơn đến 10 giờ 16 phút 40 giây.",
		"Nghỉ trước vòng 2 đến 10 giờ 18 phút 00 giây. Thứ tự của vòng: B, A.",
		"Vòng 2: đến lượt người có mã số B, muộn nhất đến 10 giờ 18 phút 10 giây.",
		"Mở phiếu được giá cao nhất 950.000\u00a0đồng; người có mã số A, đã chấp nhận giá trước đó, được trả lời cuối cùng đến 10 giờ 21 phút 20 giây.",
	}
	got := courseSentences(course, &engine.Rules{}, "VND")
	for i, sentence := range want {
		if i >= len(got) || got[i].Text != sentence {
			t.Fatalf("sentence %d: %+v\nwant %q", i, got[min(i, len(got)-1):], sentence)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d sentences, want %d", len(got), len(want))
	}
	if last := got[1].At; last != at(120) {
		t.Errorf("the falls are told at %d, want the last of them, %d", last, at(120))
	}
}

// TestMinutesSayWhatTheClockCountsTo: opening, resumption, outage and time given
// by hand move the end of what runs, which is the bidding only in some ways to
// sell.
func TestMinutesSayWhatTheClockCountsTo(t *testing.T) {
	const end = engine.Instant(1_795_402_800_000) // 10:00:00 in Viet Nam
	opened, resumed := engine.Moment{Kind: engine.KindOpened, ClosesAt: end}, engine.Moment{Kind: engine.KindResumed, ClosesAt: end}
	given := engine.Moment{Kind: engine.KindExtended, ClosesAt: end, Text: "Theo yêu cầu"}
	outage := engine.Moment{Kind: engine.KindOutageCredited, ClosesAt: end, LostMs: 1_000}
	turns := engine.Rules{Turns: &engine.Turns{}}
	hybrid := engine.Rules{Hybrid: &engine.Hybrid{}}
	for _, c := range []struct {
		rules engine.Rules
		story []engine.Moment
		want  string // of the last moment
	}{
		{turns, []engine.Moment{opened}, "Mở phiên, nghỉ trước vòng 1 đến "},
		{turns, []engine.Moment{opened, resumed}, "Tiếp tục phiên, nghỉ trước vòng 1 đến "},
		{turns, []engine.Moment{{Kind: engine.KindTurnOpened, Round: 1, Code: "B"}, outage}, "Hệ thống gián đoạn 1,0 giây, thời gian được trả lại, lượt của người có mã số B muộn nhất đến "},
		{turns, []engine.Moment{{Kind: engine.KindTurnOpened, Round: 1, Code: "B"}, {Kind: engine.KindTurnOpened, Round: 2}, given}, "Đấu giá viên gia hạn, nghỉ trước vòng 2 đến "},
		{engine.Rules{Gong: &engine.Gong{}}, []engine.Moment{opened}, "Mở phiên, kết thúc nếu không ai trả giá cho đến "},
		{engine.Rules{Called: &engine.Called{}}, []engine.Moment{opened}, "Mở phiên, thời gian trả giá muộn nhất đến "},
		{hybrid, []engine.Moment{opened}, "Mở phiên, giá giảm muộn nhất đến "},
		{hybrid, []engine.Moment{{Kind: engine.KindStageOpened, Stage: engine.StageOffers}, resumed}, "Tiếp tục phiên, thời gian bỏ phiếu đến "},
		{hybrid, []engine.Moment{{Kind: engine.KindStageOpened, Stage: engine.StageAnswer}, resumed}, "Tiếp tục phiên, thời gian trả lời cuối cùng đến "},
		{engine.Rules{}, []engine.Moment{opened}, "Mở phiên, thời gian trả giá đến "},
	} {
		told := courseSentences(c.story, &c.rules, "VND")
		if got := told[len(told)-1].Text; !strings.HasPrefix(got, c.want+"10 giờ 00 phút 00 giây.") {
			t.Errorf("the minutes say %q, want %q", got, c.want)
		}
	}
}
