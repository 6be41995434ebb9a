package office

import (
	"slices"
	"strings"
	"testing"

	"gobua/engine"
)

// TestBuyNowInThePaper: the printed Quy chế names the price, what it does and
// what ends it, before it says how bidding ends.
func TestBuyNowInThePaper(t *testing.T) {
	for until, want := range map[engine.BuyNowUntil]string{
		engine.BuyNowFirstBid: "hết hiệu lực khi có người trả giá đầu tiên.",
		engine.BuyNowReserve:  "hết hiệu lực khi giá trả đạt giá tối thiểu không công khai.",
		engine.BuyNowShare:    "hết hiệu lực khi giá trả đạt 62,5% của giá này.",
		engine.BuyNowEnd:      "hết hiệu lực khi hết thời gian trả giá.",
	} {
		lot := PublicLot{Number: 1}
		lot.Rules.Closing.Kind = engine.ClosingFixed
		lot.Rules.BuyNow = &engine.BuyNow{Amount: 90_000_000, Until: until, BasisPoints: 6250}
		text := biddingText([]PublicLot{lot})
		if !slices.ContainsFunc(text, func(line string) bool {
			return strings.HasPrefix(line, "Giá mua ngay 90.000.000") && strings.HasSuffix(line, want+" Phiên kết thúc đúng giờ đã định, không kéo dài.")
		}) {
			t.Errorf("%s: the paper says %q", until, text)
		}
	}
}

// TestBuyNowIsNotInTheLaw, which a reason may set aside.
func TestBuyNowIsNotInTheLaw(t *testing.T) {
	want := Field{"lots.0.rules.buyNow", "not_in_law"}
	d := &AuctionDraft{Lots: make([]LotDraft, 1)}
	d.Sheet.Preset = "law2024"
	if found := new(Office).law(d, 1); slices.Contains(found, want) {
		t.Errorf("without an offer: %v", found)
	}
	d.Lots[0].Rules.BuyNow = &engine.BuyNow{Amount: 1, Until: engine.BuyNowEnd}
	found := new(Office).law(d, 1)
	if !slices.Contains(found, want) {
		t.Errorf("with an offer: %v", found)
	}
	d.Sheet.Override = []Override{{Field: want.Field, Code: want.Code, Reason: "Tài sản tư nhân"}}
	if slices.Contains(d.Sheet.blocking(found), want) {
		t.Error("a reason does not set it aside")
	}
}
