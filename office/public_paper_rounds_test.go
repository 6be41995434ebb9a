package office

import (
	"testing"

	"gobua/engine"
)

// TestRoundsInThePaper is rule SC9 as the printed Quy chế says it, with the
// sheet's own numbers.
func TestRoundsInThePaper(t *testing.T) {
	vpa := engine.Closing{Kind: engine.ClosingRounds, WindowMs: 10_000, ByMs: 30_000, MaxCount: 10, MaxTotalMs: 300_000}
	gap := engine.Closing{Kind: engine.ClosingRounds, WindowMs: 5000, ByMs: 20_000, MaxCount: 3, GapMs: 5000}
	const who = ". Chỉ người có giá hợp lệ ở vòng liền trước (vòng đầu: trong thời gian chính thức) được trả giá ở vòng sau. " +
		"Không có giá mới trong những giây cuối, hoặc chỉ một người có giá hợp lệ trong vòng, thì người trả giá cao nhất trúng khi vòng đó kết thúc."
	for want, c := range map[string]engine.Closing{
		"Có giá hợp lệ trong 10 giây cuối thì mở thêm một vòng trả giá 30 giây, nhiều nhất 10 vòng, tổng cộng không quá 5 phút sau thời gian trả giá chính thức" + who: vpa,
		"Có giá hợp lệ trong 5 giây cuối thì mở thêm một vòng trả giá 20 giây, nhiều nhất 3 vòng; trước mỗi vòng nghỉ 5 giây" + who:                                    gap,
	} {
		if got := closingText(c); got != want {
			t.Errorf("the paper says\n%s\nwant\n%s", got, want)
		}
	}
}
