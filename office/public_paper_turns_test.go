package office

import (
	"slices"
	"strings"
	"testing"

	"gobua/engine"
)

// TestTurnsInThePaper: the printed Quy chế says who speaks when, with the
// sheet's own numbers, and the legal check says that the law knows no such method.
func TestTurnsInThePaper(t *testing.T) {
	lot := PublicLot{Number: 1}
	lot.Rules.Method, lot.Rules.BiddingMs = "turns", 300_000
	lot.Rules.Turns = &engine.Turns{Rounds: 3, TurnMs: 180_000, PauseMs: 120_000}
	lot.Rules.Closing.Kind = engine.ClosingFixed
	text := biddingText([]PublicLot{lot})
	if last := text[len(text)-1]; !strings.HasPrefix(last, "Trả giá lần lượt theo vòng: ") ||
		!strings.HasSuffix(last, "Có 3 vòng, mỗi lượt dài nhất 3 phút; nghỉ 5 phút trước vòng đầu và 2 phút trước mỗi vòng sau. Hết vòng cuối thì phiên kết thúc, người đang trả cao nhất được đề nghị trúng theo giá đã trả.") {
		t.Errorf("the paper says %q", last)
	}
	lot.Rules.Turns.Rounds = 1
	if said := strings.Join(biddingText([]PublicLot{lot}), " "); strings.Contains(said, "trước mỗi vòng sau") || strings.Contains(said, "trong thời gian trả giá") {
		t.Errorf("of one round the paper says %q", said)
	}
	if got := methodText([]PublicLot{lot}); got != "trả giá lần lượt theo vòng" {
		t.Errorf("the method is called %q", got)
	}
	if got := plannedEnd(&lot.Rules); got != 0 {
		t.Errorf("the feed says that it ends at %d", got)
	}
	if got := feedWay(&lot.Rules); got != "trả giá lần lượt theo vòng" {
		t.Errorf("the feed calls it %q", got)
	}
	d := &AuctionDraft{Lots: make([]LotDraft, 1)}
	d.Sheet.Preset, d.Lots[0].Rules.Method = "law2024", "turns"
	if !slices.Contains(new(Office).law(d, 1), Field{"lots.0.rules.method", "not_in_law"}) {
		t.Error("the law knows rounds in turn")
	}
	d.Lots[0].Rules.BiddingMs = 300_000
	short := Field{"lots.0.rules.biddingMs", "below_legal_minimum"}
	d.Lots[0].Rules.Turns = lot.Rules.Turns
	if slices.Contains(new(Office).law(d, 1), short) {
		t.Error("the pause before the first round is taken for the bidding time")
	}
	if d.Lots[0].Rules.Turns = nil; !slices.Contains(new(Office).law(d, 1), short) {
		t.Error("a bidding time of five minutes is enough")
	}
}
