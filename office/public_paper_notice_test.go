package office

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"gobua/engine"
)

// TestNoticeSaysHowEachLotIsSold: who reads nothing but the printed notice
// knows how a price is found, what ends it, and every price that stands.
func TestNoticeSaysHowEachLotIsSold(t *testing.T) {
	const opens = engine.Instant(1_795_402_800_000) // 10:00 in Viet Nam
	lot := func(title string, change func(*engine.Rules)) PublicLot {
		r := engine.Rules{
			Method: "ascending", Currency: "VND", Start: 40_000_000, Step: engine.Step{Kind: engine.StepFixed, Amount: 5_000_000},
			Closing: engine.Closing{Kind: engine.ClosingFixed}, OpensAt: opens, BiddingMs: 3_600_000,
		}
		change(&r)
		return PublicLot{Title: title, Deposit: 8_000_000, Rules: r}
	}
	f := FrozenSheet{AuctionID: "0193a5f2-7c1e-7a40-b1de-5e0f9c6a7d21", Title: "Đấu giá tài sản thanh lý", Owner: "Sở Tài chính", Lots: []PublicLot{
		lot("Xe ô tô", func(r *engine.Rules) { r.BuyNow = &engine.BuyNow{Amount: 90_000_000, Until: engine.BuyNowFirstBid} }),
		lot("Quyền khai thác", func(r *engine.Rules) { r.Method, r.Gong = "gong", &engine.Gong{SilenceMs: 180_000} }),
		lot("Máy ép", func(r *engine.Rules) {
			r.Method, r.BiddingMs, r.Turns = "turns", 300_000, &engine.Turns{Rounds: 3, TurnMs: 180_000, PauseMs: 120_000}
		}),
		lot("Gỗ tròn", func(r *engine.Rules) {
			r.Method, r.Sealed = "sealed", &engine.Sealed{Pricing: engine.PricingUniform, Rounds: 1, Units: 1_500}
		}),
	}}
	for i := range f.Lots {
		f.Lots[i].Number = i + 1
	}
	pdf, err := noticePDF("https://example.vn", f, RulesVersion{Number: 1, MadeAt: opens - 86_400_000}, Centre{Name: "Trung tâm dịch vụ đấu giá tài sản"})
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("GOBUA_PAPERS"); dir != "" { // to be looked at
		if err := os.WriteFile(filepath.Join(dir, "notice-ways.pdf"), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext of poppler: %v", err)
	}
	text := norm.NFC.String(strings.Join(strings.Fields(string(out)), " "))
	for _, want := range []string{
		"Mua ngay: 90.000.000 đồng", "Lô 1: Giá mua ngay 90.000.000 đồng", "hết hiệu lực khi có người trả giá đầu tiên",
		"Lô 2: Hỏi giá theo vòng", "Sau 3 phút không ai đồng ý hoặc trả cao hơn thì phiên kết thúc",
		"Nghỉ trước vòng đầu: 5 phút", "Lô 3: Trả giá lần lượt theo vòng", "Hết vòng cuối thì phiên kết thúc",
		"Số lượng: 1.500 đơn vị giống nhau", "0 đồng một đơn vị", "Lô 4: Bán 1.500 đơn vị giống nhau", "chỉ được một phần số đơn vị muốn mua",
		"9. Địa điểm",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the notice does not say %q:\n%s", want, text)
		}
	}
}
