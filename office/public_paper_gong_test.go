package office

import (
	"slices"
	"strings"
	"testing"

	"gobua/engine"
)

// TestGongInThePaper: the printed Quy chế says how rounds are taken and what
// ends them, with the sheet's own numbers, and the legal check says that the
// law knows no such method.
func TestGongInThePaper(t *testing.T) {
	lot := PublicLot{Number: 1}
	lot.Rules.Method, lot.Rules.Gong, lot.Rules.BiddingMs = "gong", &engine.Gong{SilenceMs: 180_000}, 3_600_000
	lot.Rules.Closing.Kind = engine.ClosingFixed
	text := biddingText([]PublicLot{lot})
	if last := text[len(text)-1]; !strings.HasPrefix(last, "Hỏi giá theo vòng: ") || !strings.HasSuffix(last, "Sau 3 phút không ai đồng ý hoặc trả cao hơn thì phiên kết thúc, muộn nhất sau 1 giờ kể từ khi mở; "+
		"người lấy vòng cuối cùng được đề nghị trúng theo giá đã đồng ý hoặc đã trả.") {
		t.Errorf("the paper says %q", last)
	}
	if got := methodText([]PublicLot{lot}); got != "hỏi giá theo vòng" {
		t.Errorf("the method is called %q", got)
	}
	d := &AuctionDraft{Lots: make([]LotDraft, 1)}
	d.Sheet.Preset, d.Lots[0].Rules.Method = "law2024", "gong"
	if !slices.Contains(new(Office).law(d, 1), Field{"lots.0.rules.method", "not_in_law"}) {
		t.Error("the law knows the gong")
	}
	d.Lots[0].Rules.Method = "descending"
	if slices.Contains(new(Office).law(d, 1), Field{"lots.0.rules.method", "not_in_law"}) {
		t.Error("the law does not know đặt giá xuống")
	}
}
